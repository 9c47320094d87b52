"""Work out the settlement of the spine surgery contract without the rules engine, in exact fractions.

Reads the CSV files in `../data` and holds the contract's figures as constants, written a second time on purpose.
Writes `settlement.csv` (amounts) and `svar.csv` (how many were asked, answered in time, and did better than expected).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
YEARS, PROVIDERS, BUYER = (2013, 2014), ("A", "B", "C"), "SLL"
BASE = {
    2013: {"DISK": 58_000, "STENOS": 74_000, "FUSION": 148_000},
    2014: {"DISK": 59_160, "STENOS": 75_480, "FUSION": 150_960},
}
NEEDS = {"DIABETES": 4_000, "TIDIGARE_RYGGOP": 9_500, "FLERA_NIVÅER": 12_000}
ALLOWANCE, SHARE = 1_850, Fraction(25, 100)
COSTS = {"INFEKTION": 60_000, "DURASKADA": 25_000, "TROMBOS": 32_500}
TOLERANCE = timedelta(days=60)
MARGIN, PER_UNIT, BONUS, DEDUCTION = Fraction(3, 10), 3_000, 4_500, 2_000
REQUIRED = Fraction(60, 100)
REOPERATION = {"DISK": 61_000, "STENOS": 79_000, "FUSION": 155_000}

Record = dict[str, str]


def read(name: str) -> list[Record]:
    """The rows of a data file by heading."""
    with (HERE.parent / "data" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def number(text: str) -> Fraction:
    """A number with decimal comma."""
    return Fraction(text.replace(",", "."))


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


def outcome(operations: list[Record], answers: dict[str, Record]) -> tuple[Fraction, list[int]]:
    """The outcome part of one provider's year, and [asked, answered in time, better than expected]."""
    ahead: list[Fraction] = []
    for operation in operations:
        answer = answers.get(operation["Operations-id"])
        due = year_later(date.fromisoformat(operation["Operationsdatum"]))
        if answer and answer["Svar"] and abs(date.fromisoformat(answer["Svarsdatum"]) - due) <= TOLERANCE:
            ahead.append(number(answer["Förväntat"]) - number(answer["Svar"]))
    counts = [len(operations), len(ahead), sum(a > MARGIN for a in ahead)]
    if len(ahead) < REQUIRED * len(operations):
        return Fraction(0), counts
    total = Fraction(0)
    for a in ahead:
        if a > MARGIN:
            total += min(PER_UNIT * (a - MARGIN), Fraction(BONUS))
        elif a < -MARGIN:
            total -= min(PER_UNIT * (-a - MARGIN), Fraction(DEDUCTION))
    return total, counts


def reoperations(operations: list[Record]) -> dict[tuple[int, str], Fraction]:
    """What reoperations come to, per (year, provider)."""
    sums: dict[tuple[int, str], Fraction] = defaultdict(Fraction)
    for redo in operations:
        on = date.fromisoformat(redo["Operationsdatum"])
        if redo["Slag"] != "R" or on.year not in YEARS:
            continue
        earlier = [
            o
            for o in operations
            if o["Slag"] == "P"
            and (o["Patient"], o["Ingrepp"]) == (redo["Patient"], redo["Ingrepp"])
            and o["Operationsdatum"] < redo["Operationsdatum"]
        ]
        first = max(earlier, key=lambda o: (o["Operationsdatum"], o["Operations-id"]))
        inside = on <= year_later(date.fromisoformat(first["Operationsdatum"])) and redo["Utan samband"] == "Nej"
        price = REOPERATION[redo["Ingrepp"]]
        if not inside or first["Vårdgivare"] != redo["Vårdgivare"]:
            sums[on.year, redo["Vårdgivare"]] += price
        if inside and first["Vårdgivare"] != redo["Vårdgivare"]:
            sums[on.year, first["Vårdgivare"]] -= price
    return sums


def main() -> None:
    """Write the two files."""
    operations = read("operationer.csv")
    answers = {row["Operations-id"]: row for row in read("svar.csv")}
    needs: dict[str, int] = defaultdict(int)
    for row in read("behov.csv"):
        needs[row["Operations-id"]] += NEEDS[row["Faktor"]]
    complications: dict[str, list[Record]] = defaultdict(list)
    for row in read("komplikationer.csv"):
        complications[row["Operations-id"]].append(row)
    redone = reoperations(operations)

    rows: list[list[str]] = []
    replies: list[list[str]] = []
    for year in YEARS:
        for provider in PROVIDERS:
            own = [
                o
                for o in operations
                if o["Vårdgivare"] == provider and o["Operationsdatum"].startswith(str(year)) and o["Slag"] == "P"
            ]
            occurred = 0
            for operation in own:
                start = date.fromisoformat(operation["Operationsdatum"])
                for c in complications[operation["Operations-id"]]:
                    if c["Undvikbar"] == "Ja" and start <= date.fromisoformat(c["Datum"]) <= year_later(start):
                        occurred += COSTS[c["Slag"]]
            by_outcome, counts = outcome(own, answers)
            clauses = {
                'procedure_price["Basersättning"]': Fraction(sum(BASE[year][o["Ingrepp"]] for o in own)),
                'special_needs["Särskilda behov"]': Fraction(sum(needs[o["Operations-id"]] for o in own)),
                'avoidable_complications["Undvikbara komplikationer"]': ALLOWANCE * len(own) + SHARE * occurred,
                "outcome_against_expected[GA]": by_outcome,
                'guarantee["Garanti och omoperationer"]': redone[year, provider],
            }
            payable = {key: to_ore(Fraction(amount)) for key, amount in clauses.items()}
            payable["total"] = sum(payable.values(), Fraction(0))
            rows += [[str(year), BUYER, provider, key, kr(amount)] for key, amount in payable.items()]
            replies.append([str(year), provider, *map(str, counts)])
    write("settlement.csv", "period;buyer;provider;clause;amount", rows)
    write("svar.csv", "period;provider;asked;answered;better", replies)


def write(name: str, heading: str, rows: list[list[str]]) -> None:
    """A UTF-8 file with semicolons beside this script; no cell holds a semicolon."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(";".join(cells) + "\n" for cells in [heading.split(";"), *rows])


if __name__ == "__main__":
    main()
