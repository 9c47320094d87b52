"""Work out the settlement without the engine: `python contracts/psykiatri/expected/compute.py`.

Reads the files of `data/` by itself, counts with exact fractions and writes `settlement.csv` beside this file. The
contract's terms are written here a second time, on purpose. Every clause is rounded to öre, half away from zero; the
sum for the environment is itself rounded before it is shared.
"""

from __future__ import annotations

import csv
import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
BUYER, PROVIDERS, YEARS = "SLL", ("NO", "SÖ"), ("2012", "2013")
READINESS = {"2012": Fraction(1_800_000), "2013": Fraction(1_854_000)}
PER_PERSON = Fraction(9250, 100)
NEED = {"BERGA": 135, "DALEN": 92, "EKNÄS": 81, "FORSA": 118, "GRANBY": 74}  # hundredths
VISIT = {"LÄKARE": (1650, 400), "BEHANDLARE": (840, None)}  # price, at most a year
NIGHT = {"ALLMÄN": 4350, "INTENSIV": 7900, "ÄTSTÖRNING": 5225}
BONUS = Fraction(35, 1000)
# indicator: minimum, neutral, target in per cent, weight
INDICATORS = {"321": (50, 65, 85, Fraction(60, 100)), "322": (30, 20, 10, Fraction(40, 100))}
ENVIRONMENT = Fraction(5, 1000)

Row = dict[str, str]


def read(name: str) -> list[Row]:
    """The rows of a file."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def ore(amount: Fraction) -> Fraction:
    """`amount` to whole öre, half away from zero."""
    cents = int(abs(amount) * 100 + Fraction(1, 2))
    return Fraction(cents if amount >= 0 else -cents, 100)


def of(rows: list[Row], day: str, provider: str, year: str) -> list[Row]:
    """The provider's rows of the year."""
    return [row for row in rows if row["Vårdgivare"] == provider and row[day].startswith(year)]


def capitation(provider: str, year: str) -> Fraction:
    """Weighted residents of each month, over the mean need of all residents that month."""
    paid = Fraction(0)
    rows = read("befolkning.csv")
    for month in range(1, 13):
        day = (date(int(year), month, 1) - timedelta(1)).isoformat()
        counted = [(row["Ansvarig"], NEED[row["Område"]], int(row["Invånare 18 år och äldre"]))
                   for row in rows if row["Avläst"] == day]  # fmt: skip
        mean = Fraction(sum(need * persons for _, need, persons in counted), sum(persons for _, _, persons in counted))
        paid += PER_PERSON * sum(need * persons for owner, need, persons in counted if owner == provider) / mean
    return paid


def nights(row: Row) -> int:
    """Nights between admission and discharge."""
    return (date.fromisoformat(row["Ut"]) - date.fromisoformat(row["In"])).days


def care(provider: str, year: str) -> dict[str, Fraction]:
    """The fixed sum, the capitation, visits and days."""
    lines = {
        'block["Beredskap dygnet runt"]': READINESS[year],
        'area_capitation["Områdesansvar"]': ore(capitation(provider, year)),
    }
    kinds = [row["Besökstyp"] for row in of(read("besok.csv"), "Datum", provider, year)]
    for kind, (price, at_most) in VISIT.items():
        made = kinds.count(kind)
        lines[f"fee[{kind}]"] = Fraction(price * (made if at_most is None else min(made, at_most)))
    stays = of(read("vardperioder.csv"), "Ut", provider, year)
    lines['day_price["Heldygnsvård"]'] = Fraction(sum(NIGHT[row["Nivå"]] * nights(row) for row in stays))
    return lines


def settle(provider: str, year: str) -> dict[str, Fraction]:
    """Amount in kr of every clause."""
    lines = care(provider, year)
    whole = sum(lines.values(), Fraction(0))
    results = {row["Indikator"]: row["Resultat"] for row in of(read("resultat.csv"), "Mätdatum", provider, year)}
    for code, (low, neutral, target, weight) in INDICATORS.items():
        earned = Fraction(0)
        if results[code]:
            found = Fraction(results[code].removesuffix(" %").replace(",", "."))
            up = min(max((found - neutral) / (target - neutral), Fraction(0)), Fraction(1))
            down = min(max((found - neutral) / (low - neutral), Fraction(0)), Fraction(1))
            earned = up - down
        lines[f'quality_bonus["Bonus och vite"]/bonus_malus[{code}]'] = ore(weight * BONUS * earned * whole)
    met = of(read("miljo.csv"), "Bedömt", provider, year)[0]["Uppfyllt"] == "ja"
    lines['environment["Miljö"]/criterion[M1]'] = ore(ENVIRONMENT * whole * met)
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
