"""Work out the settlement of this contract without the engine: `python contracts/akutsjukhus/expected/compute.py`.

Reads the data files and `norddrg.csv` by itself, calculates with exact fractions and writes `settlement.csv` beside
this file; the working figures go to standard output. The contract's terms are written here a second time, on purpose:
the two must agree because both follow the agreement, never because one was copied from the other's output.

Rounding: every clause to öre, half away from zero. Clauses that are shares of others use those rounded amounts.
"""

from __future__ import annotations

import csv
import sys
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE.parent
HOSPITAL, BUYER = "DS", "SLL"
MKR = 1_000_000

PRICE = {2012: Fraction(41_250), 2013: Fraction(41_250) * (1 + Fraction(23, 1000))}
TARGET, OVER, UNDER = Fraction(5_300), Fraction(30, 100), Fraction(30, 100)
BLOCKS = {
    "Skillnader i DRG-pris": Fraction(64, 10) * MKR,
    "Merkostnadsersättning": Fraction(475, 100) * MKR,
    "Jourberedskap": Fraction(96, 10) * MKR,
    "Utbildningsuppdrag och hyresskillnader": Fraction(535, 100) * MKR,
}
CHOICE_PRICES = {"HÖFT": 56_300, "KNÄ": 56_300, "FÖRLOSSNING": 31_400, "KATARAKT": 7_950}
# kr per year with the months of each rate: the side agreement is raised from 2013-07-01
SPECIAL = {
    "Sidoavtal katastrofberedskap": {2012: [(2_400_000, 12)], 2013: [(2_400_000, 6), (3_600_000, 6)]},
    "Sidoavtal smittskyddsenhet": {2012: [(1_250_000, 12)], 2013: [(1_250_000, 12)]},
}
WITHHELD, ENVIRONMENT, BONUS, PENALTY = Fraction(2, 100), Fraction(5, 1000), Fraction(2, 100), Fraction(2, 100)
# indicator: (limit, target, share of what is withheld), %; no limit: new indicator; target below limit: lower is better
INDICATORS: dict[str, tuple[int | None, int | None, int]] = {
    "111": (70, 90, 10),
    "112": (70, 90, 10),
    "113": (80, 95, 20),
    "114": (50, 80, 15),
    "115": (20, 40, 10),
    "121": (None, None, 10),
    "122": (80, None, 10),
    "123": (6, 3, 15),
}
CRITERIA = {"M1": 30, "M2": 30, "M3": 20, "M4": 20}
BONUS_INDICATOR, BONUS_FLOOR, BONUS_NEUTRAL, BONUS_TARGET = "301", Fraction(70), Fraction(80), Fraction(90)
CEILING = 310 * MKR


def number(text: str) -> Fraction:
    """`1 234,50 kr` or `87,5 %` as an exact number of kr or %."""
    for mark in ("kr", "%", " ", "\u00a0"):
        text = text.replace(mark, "")
    return Fraction(text.replace(",", "."))


def ore(amount: Fraction) -> Fraction:
    """`amount` to whole öre, half away from zero."""
    cents = int(abs(amount) * 100 + Fraction(1, 2))
    return Fraction(cents if amount >= 0 else -cents, 100)


def rows(path: Path, encoding: str, dated: str, year: int) -> list[dict[str, str]]:
    """The hospital's rows of `path` with their date in `year`."""
    with path.open(encoding=encoding, newline="") as file:
        found = list(csv.DictReader(file, delimiter=";"))
    return [row for row in found if row["Vårdgivare"] == HOSPITAL and row[dated].startswith(f"{year}-")]


def main_part(year: int, say: list[str]) -> Fraction:
    """Points at the DRG price around the target volume, and whole cost for outliers."""
    with (FOLDER / "norddrg.csv").open(encoding="utf-8", newline="") as file:
        listed = {
            row["drg"]: (number(row["weight"]), number(row["limit"])) for row in csv.DictReader(file, delimiter=";")
        }
    points = outliers = Fraction(0)
    count = 0
    stays = rows(FOLDER / "data/vardtillfallen.csv", "cp1252", "Utskriven", year)
    for row in stays:
        weight, limit = listed[row["DRG-kod"]]
        cost = number(row["Kostnad (KPP)"])
        if cost > limit:
            outliers += cost
            count += 1
        else:
            points += weight
    paid = TARGET + (OVER if points > TARGET else UNDER) * (points - TARGET)
    say.append(f"vårdtillfällen {len(stays)}, ytterfall {count} till {printed(outliers)} kr")
    say.append(f"poäng {points}, ersatta poäng {paid}, pris {printed(PRICE[year])} kr")
    return PRICE[year] * paid + outliers


def choice_part(year: int, say: list[str]) -> Fraction:
    """Count times price by category."""
    kinds = [row["Kategori"] for row in rows(FOLDER / "data/vardval.csv", "utf-8-sig", "Datum", year)]
    say.append("vårdval " + ", ".join(f"{kind} {kinds.count(kind)}" for kind in CHOICE_PRICES))
    return Fraction(sum(CHOICE_PRICES[kind] for kind in kinds))


def fulfilment(result: Fraction | None, limit: int | None, target: int | None) -> Fraction:
    """Share of full payment: new indicator, limit only, or between limit and target in either direction."""
    if result is None:
        return Fraction(0)
    if limit is None:
        return Fraction(1)
    if target is None:
        return Fraction(result > limit)
    return min(max((result - limit) / (target - limit), Fraction(0)), Fraction(1))


def bonus(result: Fraction) -> Fraction:
    """Between minus the penalty share and plus the bonus share, nought at the neutral level."""
    if result >= BONUS_NEUTRAL:
        return BONUS * min((result - BONUS_NEUTRAL) / (BONUS_TARGET - BONUS_NEUTRAL), Fraction(1))
    return -PENALTY * min((BONUS_NEUTRAL - result) / (BONUS_NEUTRAL - BONUS_FLOOR), Fraction(1))


def settle(year: int, say: list[str]) -> dict[str, Fraction]:
    """Amount in kr of every clause in `year`."""
    lines = {'drg["Huvuddel"]': ore(main_part(year, say))}
    lines |= {f'block["{label}"]': ore(amount) for label, amount in BLOCKS.items()}
    lines['choice_part["Vårdvalsdel"]'] = ore(choice_part(year, say))
    for label, rates in SPECIAL.items():
        lines[f'special_assignment["{label}"]'] = ore(
            sum((Fraction(rate * part, 12) for rate, part in rates[year]), Fraction(0))
        )
    base = sum(lines.values(), Fraction(0))
    say.append(f"delsumma vård {printed(base)} kr")

    data = FOLDER / "data"
    results = {r["Indikator"]: number(r["Resultat"]) if r["Resultat"] else None
               for r in rows(data / "resultat.csv", "utf-8", "Mätdatum", year)}  # fmt: skip
    withheld = ore(WITHHELD * base)
    lines['withheld["Kvalitet"]'] = -withheld
    for code, (limit, target, weight) in INDICATORS.items():
        earned = Fraction(weight, 100) * fulfilment(results[code], limit, target) * withheld
        lines[f'withheld["Kvalitet"]/p4p[{code}]'] = ore(earned)

    met = {r["Kriterium"]: r["Uppfyllt"] == "ja" for r in rows(data / "miljo.csv", "utf-8", "Bedömt", year)}
    pot = ore(ENVIRONMENT * base)
    for code, weight in CRITERIA.items():
        lines[f'environment["Miljö"]/criterion[{code}]'] = ore(Fraction(weight, 100) * met[code] * pot)

    result = results[BONUS_INDICATOR]
    if result is None:
        raise SystemExit(f"{BONUS_INDICATOR}: inget resultat för {year}; bonus och vite kan inte avgöras")
    lines['bonus_malus["Bonus och vite"]'] = ore(bonus(result) * base)
    lines['cap["Tak"]'] = ore(min(CEILING - base, Fraction(0)))
    lines["total"] = sum(lines.values(), Fraction(0))
    return lines


def printed(amount: Fraction) -> str:
    """An amount in whole öre as `-1234567.89`."""
    cents = int(amount * 100)
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def main() -> None:
    """Settle both years and write `settlement.csv`."""
    text = "period;buyer;provider;clause;amount\n"
    for year in (2012, 2013):
        say = [f"--- {year}"]
        for clause, amount in settle(year, say).items():
            text += f"{year};{BUYER};{HOSPITAL};{clause};{printed(amount)}\n"
        sys.stdout.write("\n".join(say) + "\n")
    (HERE / "settlement.csv").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
