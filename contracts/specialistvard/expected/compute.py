"""Work out the settlement of the specialist care contract without the rules engine, in exact fractions.

Reads the CSV files in `../data` and holds the contract's figures as constants, written a second time on purpose. Writes
`settlement.csv` (amounts) and `volymer.csv` (what was produced of what was planned).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
BUYER, PROVIDER = "RE", "FS"
BUDGET = {2021: 12_000_000, 2022: 12_360_000}
SHARES = {"fixed": 30, "visit": 25, "drg": 20, "episode": 10, "value": 8, "goal": 4, "other": 3}
PLANNED_VISITS, PLANNED_POINTS, PLANNED_EPISODES, PLANNED_OPERATIONS = 2_500_000, 44, 280, 18
PRICES = {
    ("H6", "NY"): 1_850,
    ("H6", "ÅTER"): 950,
    ("H9", "NY"): 2_100,
    ("H9", "ÅTER"): 1_050,
    ("J3", "NY"): 1_600,
    ("J3", "ÅTER"): 800,
    ("J3", "INGR"): 4_400,
}
WEIGHTS = {"X01": (Fraction("0.6"), 90_000), "X02": (Fraction("0.9"), 130_000), "X03": (Fraction("1.4"), 210_000)}
MARGIN, BONUS, DEDUCTION = Fraction("0.05"), 1_500, 2_000
FLOOR, TARGET = Fraction(70, 100), Fraction(90, 100)

Record = dict[str, str]


def read(name: str) -> list[Record]:
    """The rows of a data file by heading."""
    with (HERE.parent / "data" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def number(text: str) -> Fraction:
    """A number with decimal comma; a percent sign divides by 100."""
    plain = text.replace(",", ".")
    return Fraction(plain.removesuffix("%").strip()) / 100 if plain.endswith("%") else Fraction(plain)


def year_later(day: date) -> date:
    """The same day a year later; 28 February after 29 February."""
    return date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def to_ore(amount: Fraction) -> Fraction:
    """The amount in kr rounded to whole öre, half away from zero."""
    ore = abs(amount) * 100
    whole = (2 * ore.numerator + ore.denominator) // (2 * ore.denominator)
    return Fraction(whole if amount >= 0 else -whole, 100)


def kr(amount: Fraction) -> str:
    """Two decimals and a point, from an amount in whole öre."""
    whole, rest = divmod(abs(int(amount * 100)), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:02}"


def episodes(visits: list[Record]) -> dict[int, list[int]]:
    """Skin care episodes that the hospital opened: how many visits each holds, by the year in which it was opened."""
    by_patient: dict[str, list[Record]] = defaultdict(list)
    for visit in visits:
        if visit["Vårdområde"] == "HUD":
            by_patient[visit["Patient"]].append(visit)
    found: dict[int, list[int]] = defaultdict(list)
    for own in by_patient.values():
        own.sort(key=lambda v: (v["Datum"], v["Besöks-id"]))
        at = 0
        while at < len(own):
            opened = date.fromisoformat(own[at]["Datum"])
            inside = [v for v in own[at:] if date.fromisoformat(v["Datum"]) < year_later(opened)]
            if own[at]["Vårdgivare"] == PROVIDER:
                found[opened.year].append(len(inside))
            at += len(inside)
    return found


def outcome(operations: list[Record], answers: dict[str, Record]) -> int:
    """Bonus and deduction for the change that patients report."""
    total = 0
    for operation in operations:
        answer = answers.get(operation["Operations-id"])
        if answer and answer["Före"] and answer["Efter"]:
            change = number(answer["Efter"]) - number(answer["Före"])
            total += BONUS if change > MARGIN else -DEDUCTION if change < -MARGIN else 0
    return total


def main() -> None:
    """Write the two files."""
    visits, stays, operations = read("besok.csv"), read("vardtillfallen.csv"), read("operationer.csv")
    answers = {row["Operations-id"]: row for row in read("prom.csv")}
    results = {row["Mätdatum"][:4]: number(row["Resultat"]) for row in read("resultat.csv")}
    opened = episodes(visits)
    lines = ["period;buyer;provider;clause;amount\n"]
    volumes = ["period;volume;planned;produced\n"]
    for year, budget in BUDGET.items():
        part = {name: Fraction(share * budget, 100) for name, share in SHARES.items()}
        listed = sum(
            PRICES[v["Diagnos"][:2], v["Åtgärd"]]
            for v in visits
            if v["Vårdområde"] == "ÖNH" and v["Vårdgivare"] == PROVIDER and v["Datum"].startswith(str(year))
        )
        points = outliers = Fraction(0)
        for stay in stays:
            weight, limit = WEIGHTS[stay["DRG"]]
            if stay["Utskriven"].startswith(str(year)):
                cost = number(stay["Kostnad"])
                points, outliers = (points, outliers + cost) if cost > limit else (points + weight, outliers)
        done = [o for o in operations if o["Datum"].startswith(str(year)) and o["Slag"] == "P"]
        pathology = sum(number(c["Belopp"]) for c in read("kostnader.csv") if c["Datum"].startswith(str(year)))
        fulfilled = min(max((results[str(year)] - FLOOR) / (TARGET - FLOOR), Fraction(0)), Fraction(1))
        clauses = {
            'block["Anslag"]': part["fixed"],
            "visit_fee[ÖNH]": part["visit"] / PLANNED_VISITS * listed,
            'drg["DRG"]': part["drg"] / PLANNED_POINTS * points + outliers,
            "episode_fee[HUD]": part["episode"] / PLANNED_EPISODES * len(opened[year]),
            'bundle["Värdebaserad episod"]': part["value"] / PLANNED_OPERATIONS * len(done),
            'outcome["Värdebaserad episod"]': Fraction(outcome(done, answers)),
            "p4p[402]": fulfilled * part["goal"],
            "cost_reimbursement[PAD]": min(Fraction(pathology), part["other"]),
        }
        payable = {key: to_ore(amount) for key, amount in clauses.items()}
        payable["total"] = sum(payable.values(), Fraction(0))
        lines += [f"{year};{BUYER};{PROVIDER};{key};{kr(amount)}\n" for key, amount in payable.items()]
        single = sum(count == 1 for count in opened[year])
        volumes += [
            f"{year};besök enligt lista, kr;{PLANNED_VISITS};{listed}\n",
            f"{year};DRG-poäng;{PLANNED_POINTS};{kr(points)}\n",
            f"{year};episoder;{PLANNED_EPISODES};{len(opened[year])}\n",
            f"{year};… med ett enda besök;;{single}\n",
            f"{year};ingrepp;{PLANNED_OPERATIONS};{len(done)}\n",
        ]
    # clause keys hold quotation marks of their own, and no cell holds a semicolon: nothing needs quoting
    for name, text in (("settlement.csv", lines), ("volymer.csv", volumes)):
        with (HERE / name).open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(text)


if __name__ == "__main__":
    main()
