"""Work out the settlement without the engine: `python contracts/sexdelat/expected/compute.py`.

Reads the files of `data/` by itself, counts with exact fractions and writes `settlement.csv` beside this file. The
contract's terms are written here a second time, on purpose. Every clause is rounded to öre, half away from zero, and so
is every sum that is shared among indicators or criteria, before it is shared.
"""

from __future__ import annotations

import csv
import sys
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
BUYER, PROVIDER, YEARS = "SLL", "OS", ("2012", "2013")
PRICE, TARGET, RATE = 41250, 350, Fraction(30, 100)
# weight in thousandths, limit in kr
GROUPS = {
    "A46C": (1105, 121000), "D47E": (512, 63500), "E47E": (634, 74000), "E54N": (458, 52500), "H10E": (2214, 198000),
    "L40N": (723, 84500), "P05E": (486, 59000), "W05N": (10532, 869000),
}  # fmt: skip
FIXED = {
    'block["Skillnader i DRG-pris"]': 420_000,
    'block["Merkostnadsersättning"]': 185_000,
    'block["Jourberedskap"]': 610_000,
    'block["Utbildningsuppdrag och hyresskillnader"]': 305_000,
}
CHOICE = {"HÖFT": 56300, "KNÄ": 56300, "FÖRLOSSNING": 31400}
ASSIGNMENTS = 240_000
WITHHELD, ENVIRONMENT = Fraction(2, 100), Fraction(5, 1000)
# domain: parts of 300, and its indicators: minimum, target in per cent, share; no minimum: reporting is enough
PLAN: dict[str, tuple[Fraction, dict[str, tuple[int | None, int | None, Fraction]]]] = {
    "Kunskapsbaserad och ändamålsenlig vård": (Fraction(100), {"201": (60, 90, Fraction(1))}),
    "Säker hälso- och sjukvård": (
        Fraction(125),
        {"211": (10, 4, Fraction(60, 100)), "212": (80, None, Fraction(40, 100))},
    ),
    "Patientfokuserad": (Fraction(125, 10), {"221": (70, 85, Fraction(1))}),
    "Effektiv": (Fraction(25), {"231": (50, 75, Fraction(1))}),
    "Vård i rimlig tid": (Fraction(25), {"241": (75, 95, Fraction(1))}),
    "Hälsofrämjande": (Fraction(125, 10), {"251": (None, None, Fraction(1))}),
}

Row = dict[str, str]


def read(name: str, day: str, year: str) -> list[Row]:
    """The hospital's rows of the year."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return [row for row in rows if row["Vårdgivare"] == PROVIDER and row[day].startswith(year)]


def ore(amount: Fraction) -> Fraction:
    """`amount` to whole öre, half away from zero."""
    cents = int(abs(amount) * 100 + Fraction(1, 2))
    return Fraction(cents if amount >= 0 else -cents, 100)


def main_part(year: str) -> Fraction:
    """Points at the price around the target, and for outliers the cost above the limit besides."""
    points = excess = Fraction(0)
    for row in read("vardtillfallen.csv", "Utskriven", year):
        weight, limit = GROUPS[row["DRG"]]
        points += Fraction(weight, 1000)
        excess += max(Fraction(row["Kostnad"].replace(",", ".")) - limit, Fraction(0))
    sys.stdout.write(f"{year}: {float(points)} poäng, överskjutande {float(excess)} kr\n")
    return PRICE * (TARGET + RATE * (points - TARGET)) + excess


def fulfilment(result: str, low: int | None, target: int | None) -> Fraction:
    """The share that is earned of an indicator."""
    if not result:
        return Fraction(0)
    found = Fraction(result.removesuffix(" %").replace(",", "."))
    if low is None:
        return Fraction(1)
    if target is None:
        return Fraction(found > low)
    return min(max((found - low) / (target - low), Fraction(0)), Fraction(1))


def settle(year: str) -> dict[str, Fraction]:
    """Amount in kr of every clause."""
    choices = sum(CHOICE[row["Kategori"]] for row in read("vardval.csv", "Datum", year))
    lines = {
        'drg["Huvuddel"]': ore(main_part(year)),
        **{key: Fraction(amount) for key, amount in FIXED.items()},
        'choice_part["Vårdvalsdel"]': Fraction(choices),
        'special_assignment["Särskilda uppdrag"]': Fraction(ASSIGNMENTS),
    }
    parts = sum(lines.values(), Fraction(0))
    held = ore(WITHHELD * parts)
    lines['withheld["Kvalitet"]'] = -held
    met = read("miljo.csv", "Bedömt", year)[0]["Uppfyllt"] == "ja"
    lines['environment["Miljö"]/criterion[M1]'] = ore(ENVIRONMENT * parts) * met
    results = {row["Indikator"]: row["Resultat"] for row in read("resultat.csv", "Mätdatum", year)}
    for domain, (of_300, indicators) in PLAN.items():
        pot = ore(held * of_300 / 300)
        for code, (low, target, share) in indicators.items():
            earned = ore(share * fulfilment(results[code], low, target) * pot)
            lines[f'quality_domain["{domain}"]/p4p[{code}]'] = earned
    lines["total"] = sum(lines.values(), Fraction(0))
    return lines


def printed(amount: Fraction) -> str:
    """An amount in whole öre as `-1234567.89`."""
    cents = int(amount * 100)
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def main() -> None:
    """Settle both years and write `settlement.csv`."""
    lines = [
        f"{year};{BUYER};{PROVIDER};{clause};{printed(amount)}"
        for year in YEARS
        for clause, amount in settle(year).items()
    ]
    text = "\n".join(("period;buyer;provider;clause;amount", *lines, ""))
    (HERE / "settlement.csv").write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
