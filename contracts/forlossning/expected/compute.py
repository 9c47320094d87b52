"""Work out the settlement without the engine: `python contracts/forlossning/expected/compute.py`.

Reads the files of `data/` by itself, counts with exact fractions and writes `settlement.csv` beside this file. The
contract's terms are written here a second time, on purpose. Every clause is rounded to öre, half away from zero; the
sum for the environment is itself rounded before it is shared.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
BUYER, PROVIDERS, YEARS = "SLL", ("LS", "SS"), ("2012", "2013")
BIRTH = {
    "2012": {"Vaginal": 24600, "Sugklocka/tång": 29900, "Sectio": 46750},
    "2013": {"Vaginal": 25215, "Sugklocka/tång": 30648, "Sectio": 47919},
}
DAY, DAYS_HELD = 3980, 2
ENVIRONMENT = Fraction(5, 1000)
CRITERIA = {"M1": Fraction(1, 2), "M2": Fraction(1, 2)}

Row = dict[str, str]


def read(name: str, encoding: str = "utf-8") -> list[Row]:
    """The rows of a file."""
    with (DATA / name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def ore(amount: Fraction) -> Fraction:
    """`amount`, which is never negative here, to whole öre, half away from zero."""
    return Fraction(int(amount * 100 + Fraction(1, 2)), 100)


def of(rows: list[Row], day: str, provider: str, year: str) -> list[Row]:
    """The provider's rows of the year."""
    return [row for row in rows if row["Vårdgivare"] == provider and row[day].startswith(year)]


def measure(row: Row) -> int:
    """The price of a measure on its day."""
    if row["Åtgärd"] == "ULTRALJUD":
        return 890 if row["Datum"] <= "2013-06-30" else 925
    return {"VÄNDNING": 5400, "BEDÖMNING": 1150}[row["Åtgärd"]]


def settle(provider: str, year: str) -> dict[str, Fraction]:
    """Amount in kr of every clause."""
    stayed = Counter[str]()
    for row in read("eftervard.csv"):
        stayed[row["Förlossnings-id"]] += int(row["Dygn"])
    births = of(read("forlossningar.csv", "cp1252"), "Datum", provider, year)
    extra = sum(max(stayed[row["Förlossnings-id"]] - DAYS_HELD, 0) for row in births)
    measures = of(read("atgarder.csv"), "Datum", provider, year)
    lines = {
        'chain_package["Förlossning"]': Fraction(sum(BIRTH[year][row["Förlossningssätt"]] for row in births)),
        "chain_services[BB_DYGN]": Fraction(DAY * extra),
        'choice_part["Ultraljud och bedömning"]': Fraction(sum(measure(row) for row in measures)),
    }
    pot = ore(ENVIRONMENT * sum(lines.values(), Fraction(0)))
    met = {row["Kriterium"]: row["Uppfyllt"] == "ja" for row in of(read("miljo.csv"), "Bedömt", provider, year)}
    for code, weight in CRITERIA.items():
        lines[f'environment["Miljö"]/criterion[{code}]'] = ore(weight * pot * met[code])
    lines["total"] = sum(lines.values(), Fraction(0))
    return lines


def printed(amount: Fraction) -> str:
    """An amount in whole öre as `1234567.89`."""
    cents = int(amount * 100)
    return f"{cents // 100}.{cents % 100:02d}"


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
