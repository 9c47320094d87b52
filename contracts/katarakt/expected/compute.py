"""Work out the settlement of the cataract contract without the engine: `python contracts/katarakt/expected/compute.py`.

Reads the files of `data/` by itself, counts with exact fractions and writes `settlement.csv` beside this file. The
contract's terms are written here a second time, on purpose. Every clause is rounded to öre, half away from zero, and
shares are taken of the rounded sum of the care; the sum for the environment is itself rounded before it is shared.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
BUYER, PROVIDERS, YEARS = "SLL", ("EK", "FU", "GR"), ("2012", "2013")
PRICE = {("Standard", "2012"): 7950, ("Standard", "2013"): 8117, ("Komplex", "2012"): 11400, ("Komplex", "2013"): 11400}
SAME_DAY = Fraction(75, 100)
VISIT, VISITS_HELD = 850, 1
CASE = {"EFTERSTARR": 1240, "BEDÖMNING": 980}
BONUS = Fraction(3, 100)
# indicator: minimum, neutral, target in per cent, weight
INDICATORS = {"311": (70, 80, 95, Fraction(1, 2)), "312": (4, 2, Fraction(1, 2), Fraction(1, 2))}
ENVIRONMENT = Fraction(5, 1000)
CRITERIA = {"M1": Fraction(60, 100), "M2": Fraction(40, 100)}

Row = dict[str, str]


def read(name: str) -> list[Row]:
    """The rows of a file."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def ore(amount: Fraction) -> Fraction:
    """`amount` to whole öre, half away from zero."""
    cents = int(abs(amount) * 100 + Fraction(1, 2))
    return Fraction(cents if amount >= 0 else -cents, 100)


def number(text: str) -> Fraction:
    """`87,5 %` as a number of per cent."""
    return Fraction(text.removesuffix("%").strip().replace(",", "."))


def of(rows: list[Row], day: str, provider: str, year: str) -> list[Row]:
    """The provider's rows of the year."""
    return [row for row in rows if row["Vårdgivare"] == provider and row[day].startswith(year)]


def care(provider: str, year: str) -> dict[str, Fraction]:
    """Packages, visits beyond them, and measures by the case."""
    packages = visits = Fraction(0)
    had = Counter[str]()
    for row in read("aterbesok.csv"):
        had[row["Operations-id"]] += int(row["Antal"])
    seen: set[tuple[str, str]] = set()
    operated = of(read("operationer.csv"), "Operationsdatum", provider, year)
    for row in sorted(operated, key=lambda r: (r["Operationsdatum"], r["Operations-id"])):
        if row["Kataraktregistret"] != "Ja":
            continue
        eye = (row["Patient"], row["Operationsdatum"])
        packages += PRICE[row["Kategori"], year] * (SAME_DAY if eye in seen else 1)
        seen.add(eye)
        visits += VISIT * max(had[row["Operations-id"]] - VISITS_HELD, 0)
    cases = sum(CASE[row["Åtgärd"]] for row in of(read("atgarder.csv"), "Datum", provider, year))
    return {
        'chain_package["Kataraktpaket"]': ore(packages),
        "chain_services[ÅTERBESÖK]": ore(visits),
        'choice_part["Åtgärder per fall"]': Fraction(cases),
    }


def settle(provider: str, year: str) -> dict[str, Fraction]:
    """Amount in kr of every clause."""
    lines = care(provider, year)
    whole = sum(lines.values(), Fraction(0))
    results = {
        row["Indikator"]: number(row["Resultat"]) for row in of(read("resultat.csv"), "Mätdatum", provider, year)
    }
    for code, (low, neutral, target, weight) in INDICATORS.items():
        up = min(max((results[code] - neutral) / (target - neutral), Fraction(0)), Fraction(1))
        down = min(max((results[code] - neutral) / (low - neutral), Fraction(0)), Fraction(1))
        key = f'quality_bonus["Bonus och vite"]/bonus_malus[{code}]'
        lines[key] = ore(weight * BONUS * (up - down) * whole)
    met = {row["Kriterium"]: row["Uppfyllt"] == "ja" for row in of(read("miljo.csv"), "Bedömt", provider, year)}
    for code, weight in CRITERIA.items():
        lines[f'environment["Miljö"]/criterion[{code}]'] = ore(weight * ore(ENVIRONMENT * whole) * met[code])
    lines["total"] = sum(lines.values(), Fraction(0))
    return lines


def printed(amount: Fraction) -> str:
    """An amount in whole öre as `-1234567.89`."""
    cents = int(amount * 100)
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def main() -> None:
    """Settle every provider and year and write `settlement.csv`."""
    lines = [
        f"{year};{BUYER};{provider};{clause};{printed(amount)}"
        for year in YEARS
        for provider in PROVIDERS
        for clause, amount in settle(provider, year).items()
    ]
    text = "\n".join(("period;buyer;provider;clause;amount", *lines, ""))
    (HERE / "settlement.csv").write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
