"""Work out the expected settlement of this contract without the engine: plain Python, exact fractions.

Written from source.md, not from contract.avtal. Reads the files in `data/` and the two lists beside the contract,
and writes `settlement.csv` beside this script (to standard output with `-`). The price and its index are repeated
here on purpose, so that a slip in the contract's text shows as a difference.

    python contracts/mellansverige/expected/compute.py [-]
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

from python_calamine import CalamineWorkbook

FOLDER = Path(__file__).resolve().parent.parent
YEARS = (2022, 2023)
PROVIDER = "AS"
BUYERS = {
    "Region Västmanland": "VASTMANLAND",
    "Region Värmland": "VARMLAND",
    "Region Sörmland": "SORMLAND",
    "Region Dalarna": "DALARNA",
    "Region Gävleborg": "GAVLEBORG",
    "Region Örebro län": "OREBRO",
}
FIXED, VARIABLE = Fraction(40, 100), Fraction(60, 100)
LPIK_FORECAST = {2021: Fraction("0.023"), 2023: Fraction("0.031")}
KPP_OUTCOME = {2021: Fraction("0.035")}
BLEND = Fraction(50, 100)
PRICE = {2022: Fraction(63_493)}
# Index of 2023: the forecast forwards, half of what the forecast of 2021 missed of the KPP inliers backwards.
PRICE[2023] = PRICE[2022] * (1 + LPIK_FORECAST[2023]) * (1 + BLEND * (KPP_OUTCOME[2021] - LPIK_FORECAST[2021]))


def number(text: str) -> Fraction:
    """A Swedish number, with or without blanks between groups and `kr` after it."""
    return Fraction(text.removesuffix("kr").replace(" ", "").replace("\u00a0", "").replace(",", "."))


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a semicolon file by heading."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


def dated_list(name: str, key: str) -> dict[tuple[str, int], dict[str, str]]:
    """A list beside the contract by key and year; every row of both lists is in force for one whole calendar year."""
    found = {}
    for row in rows(FOLDER / name):
        year = int(row["från"][:4])
        if (row["från"], row["till"]) != (f"{year}-01-01", f"{year}-12-31") or (row[key], year) in found:
            raise ValueError(f"{name}: {row}")
        found[row[key], year] = row
    return found


def contacts() -> Iterator[tuple[str, int, str, Fraction]]:
    """(buyer, year of discharge, DRG, cost) of each contact; a binary cell is read as its shortest decimal."""
    sheet = CalamineWorkbook.from_path(FOLDER / "data" / "vardkontakter.xlsx").get_sheet_by_index(0).to_python()
    heads = [str(cell) for cell in sheet[0]]
    for cells in sheet[1:]:
        row = dict(zip(heads, cells, strict=True))
        buyer = BUYERS.get(str(row["Köpande region"]), "")
        discharged = row["Utskrivningsdatum"]
        if not isinstance(discharged, date):
            raise TypeError(f"vardkontakter.xlsx: {row}")
        yield buyer, discharged.year, str(row["DRG"]), Fraction(repr(row["KPP-kostnad (kr)"]))


def clause_amounts() -> dict[tuple[int, str, str], Fraction]:
    """The exact amount of each (year, buyer, clause), before rounding."""
    keys = (
        'subscription["Abonnemang"]',
        'drg["Rörlig ersättning"]',
        'outliers["Ytterfall"]',
        'exceptions["Undantag"]',
        'actual_cost["Särdebiteringar"]',
    )
    subscription, variable, outliers, exceptions, special = keys
    amounts = {(year, buyer, key): Fraction(0) for year in YEARS for buyer in BUYERS.values() for key in keys}

    def add(year: int, buyer: str, key: str, amount: Fraction) -> None:
        if (year, buyer, key) in amounts:  # other years and regions that are no party here are out of scope
            amounts[year, buyer, key] += amount

    for row in rows(FOLDER / "data" / "fakturerat.csv"):
        if row["Slag"] == "DRG":
            invoiced = int(row["Avser månad t.o.m."][:4])
            for year in (invoiced + 1, invoiced + 2):  # an amount counts in the mean for each of the next two years
                add(year, row["Köpare"], subscription, FIXED * number(row["Nettobelopp"]) / 2)
    weights = dated_list("viktlista.csv", "drg")
    for buyer, year, drg, cost in contacts():
        if year not in YEARS or not buyer:
            continue
        entry = weights[drg, year]
        if cost > number(entry["gräns"]):
            add(year, buyer, outliers, cost)
        else:
            add(year, buyer, variable, VARIABLE * PRICE[year] * number(entry["vikt"]))
    prices = dated_list("undantagspriser.csv", "artikel")
    for row in rows(FOLDER / "data" / "undantag.csv"):
        year = int(row["Datum"][:4])
        if year in YEARS:
            price = number(prices[row["Artikel"], year]["pris"])
            add(year, row["Köpare"], exceptions, number(row["Antal"]) * price)
    for row in rows(FOLDER / "data" / "sardebiteringar.csv"):
        add(int(row["Datum"][:4]), row["Köpare"], special, number(row["Faktisk kostnad"]))
    return amounts


def ore(amount: Fraction) -> int:
    """The amount in whole öre, half away from zero."""
    size = (abs(amount) * 200 + 1) // 2
    return -size if amount < 0 else size


def text(amount: int) -> str:
    """An amount in öre as `1234567.89`."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def settlement() -> Iterator[tuple[str, ...]]:
    """The lines of settlement.csv: each buyer's clauses and their total, which is the sum of rounded clauses."""
    totals: dict[tuple[int, str], int] = {}
    yield "period", "buyer", "provider", "clause", "amount"
    for (year, buyer, clause), amount in clause_amounts().items():
        payable = ore(amount)
        totals[year, buyer] = totals.get((year, buyer), 0) + payable
        yield str(year), buyer, PROVIDER, clause, text(payable)
        if clause.startswith("actual_cost"):
            yield str(year), buyer, PROVIDER, "total", text(totals[year, buyer])


def main() -> None:
    """Write the file, or print it."""
    if sys.argv[1:] == ["-"]:
        csv.writer(sys.stdout, delimiter=";", lineterminator="\n").writerows(settlement())
        return
    with (FOLDER / "expected" / "settlement.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\n").writerows(settlement())


if __name__ == "__main__":
    main()
