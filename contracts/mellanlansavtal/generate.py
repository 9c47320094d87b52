"""Make the synthetic data of this contract: nothing in `data/` describes a real patient, contact or receipt.

Deterministic: a fixed seed, no clock; running it again writes the same bytes. Reads the list of weights beside the
contract. Amounts are whole öre. On purpose: costs at the limit of their group and an öre above, care on the first and
last day of a quarter and just outside the contract, a buyer that is no party, a quarter of one contact, one of none.

    python contracts/mellanlansavtal/generate.py
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
SEED = 20222023
HOSPITAL, CLINIC = "Norrhavs lasarett", "Kustkliniken"
SS, OD, VV = "Region Söderslätt", "Region Österdal", "Region Västervik"

# What is done where, and how often in a quarter for the larger buyer (illustrative).
GROUPS = {
    HOSPITAL: {"F30E": 9, "F40O": 7, "H10E": 4, "H90O": 16, "P05E": 11, "E47E": 8, "B20O": 6},
    CLINIC: {"B20O": 14, "F40O": 5, "H10E": 8, "H35O": 7, "H90O": 22},
}
SIZE = {SS: 1.0, OD: 0.6, VV: 0.15}
ITEMS = {"H10E": ("KNÄPROTES", 1), "H35O": ("AXELSTIFT", 3), "B20O": ("LINS", 1)}
PRICE = 63_493  # for the level of the invented costs only
FEES = (0, 25_000, 30_000, 30_000, 40_000)  # öre; some have reached the ceiling of fees
QUARTERS = [(year, first) for year in (2022, 2023) for first in (1, 4, 7, 10)]
EMPTY, ALONE = (2022, 7), (2022, 1)  # quarters of the clinic for Österdal: closed, and a single contact

Row = tuple[str, ...]


def kr(ore: int) -> str:
    """An amount in öre as Swedish text."""
    return f"{ore // 100},{ore % 100:02d}"


def write(name: str, headings: list[str], rows: list[Row], prefix: str) -> None:
    """A semicolon file in `data/`, by date, with a number in the first column; UTF-8, line ends LF."""
    with (HERE / "data" / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(headings)
        writer.writerows([f"{prefix}{number:05d}", *row] for number, row in enumerate(rows, start=1))


def weights() -> dict[tuple[str, int], tuple[float, int]]:
    """(weight, cost limit in kr) by DRG and year."""
    with (HERE / "viktlista.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["drg"], int(row["från"][:4])): (float(row["vikt"].replace(",", ".")), int(row["gräns"]))
            for row in csv.DictReader(file, delimiter=";")
        }


class Books:
    """The rows of the four files."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.lists = weights()
        self.contacts: list[Row] = []
        self.items: list[Row] = []
        self.drugs: list[Row] = []
        self.fees: list[Row] = []

    def contact(self, unit: str, buyer: str, out: date, drg: str, cost: int) -> None:
        """A contact, with the implants and the fee that go with it."""
        rng = self.rng
        stay = 0 if drg.endswith("O") else rng.randrange(1, 9)
        care = "Slutenvård" if stay else "Öppenvård"
        came = (out - timedelta(days=stay)).isoformat()
        self.contacts.append((unit, buyer, care, came, out.isoformat(), drg, kr(cost)))
        if drg in ITEMS:
            item, most = ITEMS[drg]
            self.items.append((unit, buyer, out.isoformat(), item, str(rng.randrange(1, most + 1))))
        if not stay:
            self.fees.append((unit, buyer, out.isoformat(), kr(rng.choice(FEES))))

    def quarter(self, unit: str, buyer: str, year: int, first: int) -> None:
        """A quarter's care at a unit for a buyer."""
        rng = self.rng
        if (unit, buyer) == (CLINIC, OD) and (year, first) in (EMPTY, ALONE):
            return
        start = date(year, first, 1)
        days = (date(year + first // 10, (first + 2) % 12 + 1, 1) - start).days
        for drg, often in GROUPS[unit].items():
            for _ in range(round(often * SIZE[buyer] * rng.uniform(0.7, 1.3))):
                cost = round(100 * self.lists[drg, year][0] * PRICE * 1.04 * rng.lognormvariate(0, 0.38))
                self.contact(unit, buyer, start + timedelta(days=rng.randrange(days)), drg, cost)
        for _ in range(round(3 * SIZE[buyer] * rng.uniform(0.5, 1.5)) if unit == HOSPITAL else 0):
            day = start + timedelta(days=rng.randrange(days))
            text = rng.choice(("Cancerläkemedel, infusion", "Immunglobulin", "Antikropp mot transplantatavstötning"))
            self.drugs.append((unit, buyer, day.isoformat(), text, "", kr(rng.randrange(1_800_000, 16_000_000))))

    def edges(self) -> None:
        """What tells one reading of the text from another."""
        for unit, drg in ((HOSPITAL, "F30E"), (CLINIC, "H10E")):
            limit = 100 * self.lists[drg, 2022][1]
            for buyer, cost in ((SS, limit), (OD, limit + 1)):
                self.contact(unit, buyer, date(2022, 6, 30), drg, cost)
        self.contact(HOSPITAL, SS, date(2023, 1, 1), "F30E", 100 * self.lists["F30E", 2022][1] + 1)  # last year's limit
        self.contact(CLINIC, SS, date(2021, 12, 31), "H90O", 300_000)
        self.contact(CLINIC, SS, date(2024, 1, 1), "H90O", 300_000)
        # The clinic's only contact for Österdal in the first quarter of 2022: a deduction that ends on half an öre.
        at = date(2022, 3, 31)
        self.contacts.append((CLINIC, OD, "Öppenvård", at.isoformat(), at.isoformat(), "H35O", kr(7_350_083)))
        self.items.append((CLINIC, OD, at.isoformat(), "AXELSTIFT", "2"))
        self.fees.append((CLINIC, OD, at.isoformat(), kr(40_000)))


def main() -> None:
    """Write all four files."""
    books = Books(Random(SEED))
    for year, first in QUARTERS:
        for unit in (HOSPITAL, CLINIC):
            for buyer in (SS, OD, VV):
                books.quarter(unit, buyer, year, first)
    books.edges()
    contacts, items, drugs, fees = (
        sorted(rows, key=lambda row: (row[at], row))
        for rows, at in ((books.contacts, 4), (books.items, 2), (books.drugs, 2), (books.fees, 2))
    )
    who = ["Utförare", "Köpande region"]
    write(
        "vardkontakter.csv",
        ["Vårdkontakt-id", *who, "Vårdform", "Inskriven", "Utskriven", "DRG", "Kostnad (kr)"],
        contacts,
        "K",
    )
    write("implantat.csv", ["Radnummer", *who, "Datum", "Artikel", "Antal"], items, "I")
    write("lakemedel.csv", ["Radnummer", *who, "Datum", "Läkemedel", "Vårdkontakt-id", "Belopp (kr)"], drugs, "L")
    write("patientavgifter.csv", ["Kvittonummer", *who, "Betald", "Avgift (kr)"], fees, "P")


if __name__ == "__main__":
    main()
