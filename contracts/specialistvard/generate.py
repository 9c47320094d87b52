"""Make the synthetic data of the specialist care contract: visits, stays, operations with answers, results, costs.

Every row is invented. The same seed gives the same bytes (no clock is read). Rows whose id starts with `K` are edge
rows, placed on purpose on or beside a limit of the contract; `source.md` lists them. Run it from anywhere.
"""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

SEED = 20210101
DATA = Path(__file__).parent / "data"
VISITS = {2021: 1_930, 2022: 2_210}  # ear, nose and throat
STAYS = {2021: 51, 2022: 44}
OPERATIONS = {2021: 19, 2022: 17}
SKIN_PATIENTS = {2020: 90, 2021: 190, 2022: 170}
PRICED = ("H6", "H9", "J3")
SKIN = ("L40", "L20", "C44", "D22")

Row = list[str]


def day_of(rng: random.Random, year: int) -> date:
    """A day of a year."""
    return date(year, 1, 1) + timedelta(days=rng.randrange(365))


def visits(rng: random.Random) -> list[Row]:
    """Visits to the hospital paid each for itself, and those of skin care, which make episodes, at it and elsewhere."""
    rows: list[Row] = []
    for year, count in VISITS.items():
        for _ in range(count):
            group = rng.choices(PRICED, (45, 30, 25))[0]
            kinds = ("NY", "ÅTER", "INGR") if group == "J3" else ("NY", "ÅTER")
            kind = rng.choices(kinds, (35, 55, 10)[: len(kinds)])[0]
            patient, code = f"P{rng.randrange(1_000, 4_000)}", f"{group}{rng.randrange(10)}{rng.randrange(10)}"
            rows.append(["", "FS", patient, day_of(rng, year).isoformat(), "ÖNH", code, kind])
    serial = 0
    for year, count in SKIN_PATIENTS.items():
        for _ in range(count):
            serial += 1
            day, diagnosis = day_of(rng, year), rng.choice(SKIN)
            more = 0 if rng.random() < 0.7 else rng.randrange(1, 5)
            for at in range(1 + more):
                by = "XX" if rng.random() < 0.12 else "FS"
                kind = "NY" if at == 0 else "ÅTER"
                rows.append(["", by, f"H{serial:04}", day.isoformat(), "HUD", f"{diagnosis}{at}", kind])
                day += timedelta(days=rng.randrange(14, 260))
    rows = [row for row in rows if row[3] <= "2023-03-31"]
    rows.sort(key=lambda row: (row[3], row[2], row[5]))
    for at, row in enumerate(rows, start=1):
        row[0] = f"B{at:05}"
    return rows + edges()


def edges() -> list[Row]:
    """Episodes on and beside their limits."""
    skin = [
        ("K01a", "FS", "KH1", "2021-02-10"),
        ("K01b", "FS", "KH1", "2022-02-09"),  # the last day of the first episode
        ("K02a", "FS", "KH2", "2021-02-10"),
        ("K02b", "FS", "KH2", "2022-02-10"),  # opens the second
        ("K03a", "XX", "KH3", "2021-05-03"),  # opened elsewhere
        ("K03b", "FS", "KH3", "2021-05-04"),
        ("K04a", "FS", "KH4", "2021-05-03"),
        ("K04b", "XX", "KH4", "2021-05-04"),  # within the hospital's episode
        ("K05a", "FS", "KH5", "2020-12-31"),  # opened before the contract
        ("K05b", "FS", "KH5", "2021-12-30"),
        ("K05c", "FS", "KH5", "2021-12-31"),
        ("K06a", "FS", "KH6", "2020-02-29"),  # a year later is 28 February
        ("K06b", "FS", "KH6", "2021-02-28"),
    ]
    return [[*row, "HUD", "L400", "NY"] for row in skin]


def stays(rng: random.Random) -> list[Row]:
    """Stays grouped by DRG; a few are dear, and one costs exactly the limit."""
    rows: list[Row] = []
    for year, count in STAYS.items():
        for at in range(1, count + 1):
            code = rng.choices(("X01", "X02", "X03"), (40, 40, 20))[0]
            usual = {"X01": 38_000, "X02": 61_000, "X03": 97_000}[code]
            cost = round(usual * rng.lognormvariate(0, 0.42), 2)
            rows.append([f"V{year}-{at:03}", "FS", day_of(rng, year).isoformat(), code, f"{cost:.2f}"])
    rows.append(["K10", "FS", "2021-06-07", "X01", "90000.00"])
    rows.append(["K11", "FS", "2021-06-07", "X01", "90000.01"])
    return [[*row[:4], row[4].replace(".", ",")] for row in rows]


def operations(rng: random.Random) -> tuple[list[Row], list[Row]]:
    """Operations and what patients answered, on an index in thousandths."""
    rows: list[Row] = []
    answers: list[Row] = []
    for year, count in OPERATIONS.items():
        for at in range(1, count + 1):
            identity, day = f"OP{year}-{at:03}", day_of(rng, year)
            rows.append([identity, f"Q{year}{at:03}", day.isoformat(), "FS", rng.choice(("V", "H")), "P"])
            before = rng.randrange(200, 700)
            after = "" if rng.random() < 0.2 else f"0,{min(999, max(0, before + rng.randrange(-140, 320))):03}"
            answers.append([identity, (day + timedelta(days=365)).isoformat(), f"0,{before:03}", after])
    rows.append(["K20", "QK20", "2021-09-01", "FS", "V", "P"])
    answers.append(["K20", "2022-09-01", "0,400", "0,450"])  # on the margin
    rows.append(["K20-R", "QK20", "2021-11-01", "FS", "V", "R"])
    return rows, answers


def costs(rng: random.Random) -> list[Row]:
    """Answers from pathology, at cost; the second year they pass the limit."""
    rows: list[Row] = []
    for year, count, dearest in ((2021, 150, 3_600), (2022, 190, 4_300)):
        for at in range(1, count + 1):
            amount = f"{rng.randrange(700, dearest)},{rng.randrange(100):02}"
            rows.append([f"C{year}-{at:03}", "FS", day_of(rng, year).isoformat(), "PAD", amount])
    return rows


def write(name: str, heading: str, rows: list[Row]) -> None:
    """A file with semicolons."""
    with (DATA / name).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";", lineterminator="\n").writerows([heading.split(";"), *rows])


def main() -> None:
    """Write the six files."""
    DATA.mkdir(exist_ok=True)
    rng = random.Random(SEED)
    write("besok.csv", "Besöks-id;Vårdgivare;Patient;Datum;Vårdområde;Diagnos;Åtgärd", visits(rng))
    write("vardtillfallen.csv", "Vårdkontakt-id;Vårdgivare;Utskriven;DRG;Kostnad", stays(rng))
    done, answers = operations(rng)
    write("operationer.csv", "Operations-id;Patient;Datum;Vårdgivare;Sida;Slag", done)
    write("prom.csv", "Operations-id;Mätdatum;Före;Efter", answers)
    write("kostnader.csv", "Kostnads-id;Vårdgivare;Datum;Slag;Belopp", costs(rng))
    results = [["FS", "402", "2021-12-31", "83,5 %"], ["FS", "402", "2022-12-31", "92 %"]]
    write("resultat.csv", "Vårdgivare;Indikator;Mätdatum;Resultat", results)


if __name__ == "__main__":
    main()
