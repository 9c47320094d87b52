"""Work out the settlement without the engine: `python contracts/specialist/expected/compute.py`.

Reads the files of `data/` by itself, counts with exact fractions and writes `settlement.csv` beside this file. The
contract's terms are written here a second time, on purpose. Every clause is rounded to öre, half away from zero; the
sum for the environment is itself rounded before it is shared.
"""

from __future__ import annotations

import csv
import sys
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"
BUYER, PROVIDERS, YEARS = "SLL", ("AL", "BJ", "CE"), ("2012", "2013")
# (area, kind): fees in kr, each from a day on
FEES = {
    ("Öron-näsa-hals", "NYBESÖK"): [("2012-01-01", Fraction(1310)), ("2013-01-01", Fraction(1345))],
    ("Öron-näsa-hals", "ÅTERBESÖK"): [("2012-01-01", Fraction(790))],
    ("Öron-näsa-hals", "KIRURGI"): [("2012-01-01", Fraction(2480))],
    ("Ögon", "NYBESÖK"): [("2012-01-01", Fraction(1120))],
    ("Ögon", "ÅTERBESÖK"): [("2012-01-01", Fraction(64550, 100))],
    ("Ögon", "LASER"): [("2012-01-01", Fraction(1905)), ("2013-04-01", Fraction(1790))],
    ("Ögonbottenfoto", "FOTO"): [("2012-01-01", Fraction(385))],
    ("Urologi", "NYBESÖK"): [("2013-07-01", Fraction(1420))],
    ("Urologi", "ÅTERBESÖK"): [("2013-07-01", Fraction(860))],
}
UNREGISTERED_IS_PAID = {"Ögonbottenfoto"}
ENVIRONMENT = Fraction(5, 1000)
CRITERIA = {"M1": Fraction(70, 100), "M2": Fraction(30, 100)}

Row = dict[str, str]


def read(name: str) -> list[Row]:
    """The rows of a file."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def ore(amount: Fraction) -> Fraction:
    """`amount`, which is never negative here, to whole öre, half away from zero."""
    return Fraction(int(amount * 100 + Fraction(1, 2)), 100)


def of(rows: list[Row], day: str, provider: str, year: str) -> list[Row]:
    """The provider's rows of the year."""
    return [row for row in rows if row["Vårdgivare"] == provider and row[day].startswith(year)]


def fee(row: Row) -> Fraction:
    """The fee of a contact on its day."""
    known = [amount for day, amount in FEES[row["Vårdval"], row["Kontakttyp"]] if day <= row["Datum"]]
    paid = row["Registrering"] == "Full" or row["Vårdval"] in UNREGISTERED_IS_PAID
    return known[-1] if paid else Fraction(0)


def settle(provider: str, year: str) -> dict[str, Fraction]:
    """Amount in kr of every clause."""
    fees = sum((fee(row) for row in of(read("kontakter.csv"), "Datum", provider, year)), Fraction(0))
    lines = {'fee_list["Arvoden"]': ore(fees)}
    pot = ore(ENVIRONMENT * lines['fee_list["Arvoden"]'])
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
