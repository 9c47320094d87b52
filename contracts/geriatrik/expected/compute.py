"""Work out the settlement without the engine: `python contracts/geriatrik/expected/compute.py`.

Reads the files of `data/` by itself, counts with exact fractions and writes beside this file `settlement.csv` and
`aterinskrivna.csv` (the counts of indicator 331). The contract's terms are written here a second time, on
purpose. Every clause is rounded to öre, half away from zero; the sum for the environment before it is shared.
"""

from __future__ import annotations

import csv
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
BUYER, PROVIDERS, YEARS = "SLL", ("MÅ", "TÄ"), ("2012", "2013")
CASE = {
    "2012": {"Stroke": 61200, "Höftfraktur": 54800, "Hjärtsvikt": 33900, "Palliativ": 18500},
    "2013": {"Stroke": 62730, "Höftfraktur": 56170, "Hjärtsvikt": 33900, "Palliativ": 18500},
}
SAME_CASE = 7
# kr per day, days that the case's price holds
DAY = {"Stroke": (3150, 16), "Höftfraktur": (3150, 14), "Hjärtsvikt": (2980, 10), "Palliativ": (4240, 0)}
READMITTED_WITHIN = 30
BONUS = Fraction(35, 1000)
# indicator: minimum, neutral, target in per cent, weight
INDICATORS = {"331": (30, 20, 10, Fraction(1, 2)), "332": (70, 85, 95, Fraction(1, 2))}
ENVIRONMENT = Fraction(5, 1000)
CRITERIA = {"M1": Fraction(1, 2), "M2": Fraction(1, 2)}

Row = dict[str, str]


def read(name: str) -> list[Row]:
    """The rows of a file."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


STAYS = read("vardperioder.csv")


def ore(amount: Fraction) -> Fraction:
    """`amount` to whole öre, half away from zero."""
    cents = int(abs(amount) * 100 + Fraction(1, 2))
    return Fraction(cents if amount >= 0 else -cents, 100)


def of(rows: list[Row], column: str, day: str, provider: str, year: str) -> list[Row]:
    """The provider's rows of the year."""
    return [row for row in rows if row[column] == provider and row[day].startswith(year)]


def gap(first: Row, second: Row) -> int:
    """Days from the first stay's discharge to the second's admission."""
    return (date.fromisoformat(second["Inskriven"]) - date.fromisoformat(first["Utskriven"])).days


def continues(stay: Row) -> bool:
    """Whether the patient left the same provider at most so many days before this stay."""
    return any(
        other["Patient"] == stay["Patient"]
        and other["Enhet"] == stay["Enhet"]
        and other["Vårdperiod"] != stay["Vårdperiod"]
        and 0 <= gap(other, stay) <= SAME_CASE
        for other in STAYS
    )


def readmitted(stay: Row) -> bool:
    """Whether the patient was admitted anywhere within thirty days after this stay."""
    return any(
        other["Patient"] == stay["Patient"]
        and other["Vårdperiod"] != stay["Vårdperiod"]
        and 0 <= gap(stay, other) <= READMITTED_WITHIN
        for other in STAYS
    )


def beyond(stay: Row) -> int:
    """What the days beyond the case's cost; the day of admission and the day of discharge both count."""
    price, held = DAY[stay["Vårdtyp"]]
    days = (date.fromisoformat(stay["Utskriven"]) - date.fromisoformat(stay["Inskriven"])).days + 1
    return price * max(days - held, 0)


def settle(provider: str, year: str, counted: list[str]) -> dict[str, Fraction]:
    """Amount in kr of every clause; the counts of indicator 331 are added to `counted`."""
    stays = of(STAYS, "Enhet", "Utskriven", provider, year)
    lines = {
        'case_price["Vårdfall"]': Fraction(sum(CASE[year][stay["Vårdtyp"]] for stay in stays if not continues(stay))),
        'day_price["Dygn utöver fallet"]': Fraction(sum(beyond(stay) for stay in stays)),
    }
    whole = sum(lines.values(), Fraction(0))
    again = sum(readmitted(stay) for stay in stays)
    counted.append(f"{year};{provider};{again};{len(stays)}")
    reported = of(read("resultat.csv"), "Vårdgivare", "Mätdatum", provider, year)[0]["Resultat"]
    results = {
        "331": Fraction(100 * again, len(stays)),
        "332": Fraction(reported.removesuffix(" %").replace(",", ".")),
    }
    for code, (low, neutral, target, weight) in INDICATORS.items():
        up = min(max((results[code] - neutral) / (target - neutral), Fraction(0)), Fraction(1))
        down = min(max((results[code] - neutral) / (low - neutral), Fraction(0)), Fraction(1))
        lines[f'quality_bonus["Bonus och vite"]/bonus_malus[{code}]'] = ore(weight * BONUS * (up - down) * whole)
    pot = ore(ENVIRONMENT * whole)
    assessed = of(read("miljo.csv"), "Vårdgivare", "Bedömt", provider, year)
    met = {row["Kriterium"]: row["Uppfyllt"] == "ja" for row in assessed}
    for code, weight in CRITERIA.items():
        lines[f'environment["Miljö"]/criterion[{code}]'] = ore(weight * pot * met[code])
    lines["total"] = sum(lines.values(), Fraction(0))
    return lines


def printed(amount: Fraction) -> str:
    """An amount in whole öre as `-1234567.89`."""
    cents = int(amount * 100)
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def main() -> None:
    """Settle every provider and year and write the files."""
    counted: list[str] = []
    lines = [
        f"{year};{BUYER};{provider};{clause};{printed(amount)}"
        for year in YEARS
        for provider in PROVIDERS
        for clause, amount in settle(provider, year, counted).items()
    ]
    text = "\n".join(("period;buyer;provider;clause;amount", *lines, ""))
    (HERE / "settlement.csv").write_text(text, encoding="utf-8", newline="\n")
    again = "\n".join(("period;provider;återinskrivna;vårdperioder", *counted, ""))
    (HERE / "aterinskrivna.csv").write_text(again, encoding="utf-8", newline="\n")
    sys.stdout.write(text + again)


if __name__ == "__main__":
    main()
