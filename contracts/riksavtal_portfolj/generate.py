"""Make the synthetic data of this contract: nothing in `data/` describes a real patient, contact or invoice.

Deterministic: a fixed seed, no clock; running it again writes the same bytes. Reads the list of weights beside the
contract. Amounts are whole öre.

    python contracts/riksavtal_portfolj/generate.py
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
SEED = 20222023

# Buyers with their share of contacts (illustrative).
BUYERS = {
    "UPPSALA": 34,
    "OREBRO": 7,
    "VASTMANLAND": 12,
    "VARMLAND": 6,
    "SORMLAND": 11,
    "DALARNA": 12,
    "GAVLEBORG": 13,
    "STOCKHOLM": 5,
}
PARTNERS = ("UPPSALA", "VASTMANLAND", "SORMLAND", "DALARNA", "GAVLEBORG")  # have an agreement of their own
PRICE = 64_000  # about what a point costs, for the level of the invented costs only


def kr(ore: int) -> str:
    """An amount in öre as Swedish text."""
    return f"{ore // 100},{ore % 100:02d}"


def write(name: str, headings: list[str], rows: list[list[str]]) -> None:
    """A semicolon file in `data/`, UTF-8, line ends LF."""
    with (HERE / "data" / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)


def weights() -> dict[tuple[str, int], tuple[float, int]]:
    """(weight, cost limit in kr) by DRG and year."""
    with (HERE / "viktlista.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["drg"], int(row["från"][:4])): (float(row["vikt"].replace(",", ".")), int(row["gräns"]))
            for row in csv.DictReader(file, delimiter=";")
        }


def day(rng: Random, year: int) -> str:
    """A day of the year."""
    return (date(year, 1, 1) + timedelta(days=rng.randrange(365))).isoformat()


def buyer(rng: Random) -> str:
    """A buyer, by its share."""
    return rng.choices(list(BUYERS), list(BUYERS.values()))[0]


def contacts(rng: Random) -> list[list[str]]:
    """Contacts of both years, with the edges on purpose: the limit, the last day of an agreement and the day after."""
    lists = weights()
    rows = []
    for drg, year in lists:
        weight, limit = lists[drg, year]
        for _ in range(rng.randrange(18, 34)):
            cost = round(100 * weight * PRICE * 1.05 * rng.lognormvariate(0, 0.5))
            rows.append([day(rng, year), buyer(rng), drg, kr(cost)])
        rows.append([f"{year}-06-15", "DALARNA", drg, kr(100 * limit)])
    for at in ("2022-12-31", "2023-06-30", "2023-07-01"):  # Gävleborg's heart agreement ends on 30 June 2023
        rows += [[at, "GAVLEBORG", "E07E", kr(15_000_000)], [at, "GAVLEBORG", "E03N", kr(99_000_001)]]
    rows += [["2021-12-31", "VARMLAND", "A46E", kr(5_000_000)], ["2024-01-01", "VARMLAND", "A46E", kr(5_000_000)]]
    return [[f"K{i:05d}", *row] for i, row in enumerate(sorted(rows), start=1)]


def invoices(rng: Random) -> list[list[str]]:
    """Net invoiced per buyer, quarter and kind 2020–2022."""
    kinds = {"Regionavtal": 1.0, "Riksavtal": 0.2, "Slutet avtal": 0.3, "Ytterfall": 0.4, "Särdebitering": 0.05}
    rows: list[list[str]] = []
    for year in (2020, 2021, 2022):
        for last in ("03-31", "06-30", "09-30", "12-31"):
            for code, share in BUYERS.items():
                for kind, size in kinds.items():
                    if kind == "Regionavtal" and code in ("UPPSALA", "STOCKHOLM"):
                        continue
                    if kind == "Slutet avtal" and code not in PARTNERS:
                        continue
                    ore = round(100 * 2_400_000 * share / 8 * size * rng.uniform(0.85, 1.15))
                    rows.append([f"F{len(rows) + 1:05d}", code, f"{year}-{last}", kind, kr(ore)])
    return rows


def services(rng: Random) -> list[list[str]]:
    """Examinations in the magnetic camera (MR), and others that no clause pays for."""
    rows = []
    for year in (2022, 2023):
        for code, share in BUYERS.items():
            rows += [
                [day(rng, year), code, rng.choices(["MR", "LAB"], [4, 1])[0], str(rng.randrange(1, 3))]
                for _ in range(share * 3)
            ]
    return [[f"T{i:05d}", *row] for i, row in enumerate(sorted(rows), start=1)]


def special_debits(rng: Random) -> list[list[str]]:
    """Expensive drugs and implants at actual amounts."""
    items = (("Läkemedel", "Dyrt läkemedel", 145_000), ("Implantat", "Dyrt implantat", 92_000))
    rows = []
    for year in (2022, 2023):
        for _ in range(40):
            kind, text, size = rng.choice(items)
            rows.append([day(rng, year), buyer(rng), kind, text, kr(round(100 * size * rng.uniform(0.7, 1.4)))])
    return [[f"S{i:04d}", *row] for i, row in enumerate(sorted(rows), start=1)]


def training(rng: Random) -> list[list[str]]:
    """Placements of doctors in training, in weeks, some in halves."""
    rows = []
    for year in (2022, 2023):
        for code in BUYERS:
            if code in ("UPPSALA", "STOCKHOLM"):
                continue
            for _ in range(rng.randrange(3, 9)):
                weeks = rng.randrange(4, 53)
                half = ",5" if rng.random() < 0.2 else ""
                rows.append([day(rng, year), code, rng.choice(["ST", "ST", "BT"]), f"{weeks}{half}"])
    return [[f"U{i:04d}", *row] for i, row in enumerate(sorted(rows), start=1)]


def main() -> None:
    """Write all files."""
    rng = Random(SEED)
    write("vardtillfallen.csv", ["Vårdkontakt-id", "Utskriven", "Köpare", "DRG", "Kostnad"], contacts(rng))
    write("fakturerat.csv", ["Fakturanummer", "Köpare", "Avser kvartal t.o.m.", "Slag", "Nettobelopp"], invoices(rng))
    write("tjanster.csv", ["Radnummer", "Datum", "Köpare", "Artikel", "Antal"], services(rng))
    write("sardebiteringar.csv", ["Radnummer", "Datum", "Köpare", "Slag", "Benämning", "Belopp"], special_debits(rng))
    write("utbildning.csv", ["Placering", "Avslutad", "Köpare", "Utbildning", "Veckor"], training(rng))


if __name__ == "__main__":
    main()
