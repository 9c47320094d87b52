"""Make the synthetic data of the primary care contract: two invented health centres in 2023, and what came before it.

Every row is invented. The same seed gives the same bytes (no clock is read). What stands on a limit on purpose is
listed in `source.md`. Run it from anywhere: `python generate.py`.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from attrs import frozen

SEED = 20230101
DATA = Path(__file__).parent / "data"
CENTRES = ("ALMEN", "BRYGGAN")
REGION = "EX"
LISTS = [date(2022 + (m - 1) // 12, (m - 1) % 12 + 1, 1) - timedelta(days=1) for m in range(13, 26)]
LAST = date(2023, 12, 31)
SIZE = {"ALMEN": 95, "BRYGGAN": 80}
KINDS = ("RÖKNING", "LÄNGD", "VIKT", "BLODTRYCK", "LDL", "MIDJA")
CARE = {"VC": 80, "DIGITAL": 12, "AKUT": 8}
STAFF = {"LÄKARE": 45, "SSK": 40, "PSYKOLOG": 15}
FEES = {"LÄKARE": 200, "SSK": 100, "PSYKOLOG": 150}
VARIABLES = ("ENSAM65", "FÖDDUTL", "ARBETSLÖS", "ENSAMFÖRÄLDER", "INFLYTTAD", "LÅGUTBILDAD", "UNDER5")


@frozen
class Person:
    """A listed person; `hypertension` is whether diagnoses of I10 to I15 are drawn."""

    id: str
    centre: str
    born: date
    sex: str
    need: int
    hypertension: bool


def write(name: str, heading: str, rows: Iterable[Sequence[object]]) -> None:
    """Write a semicolon file under `data/`."""
    with (DATA / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\n")
        writer.writerow(heading.split(";"))
        writer.writerows([cell.isoformat() if isinstance(cell, date) else cell for cell in row] for row in rows)


def decimal(hundredths: int) -> str:
    """A number of hundredths with a decimal comma."""
    return f"{'-' if hundredths < 0 else ''}{abs(hundredths) // 100},{abs(hundredths) % 100:02d}"


def people(draw: random.Random) -> list[Person]:
    """The persons of the two lists, and six edge persons of ALMEN for the windows of the indicators."""
    found = []
    for centre in CENTRES:
        for number in range(SIZE[centre]):
            born = date(1930, 1, 1) + timedelta(days=draw.randrange(33_000))
            sick = born < date(1975, 1, 1) and draw.random() < 0.6
            found.append(
                Person(f"{centre[0]}{number:03d}", centre, born, draw.choice("KM"), draw.randint(40, 260), sick)
            )
    found += [Person(f"K{n:02d}", "ALMEN", date(1950, 5, n), "K", 120, hypertension=False) for n in range(1, 9)]
    return found


def lists(draw: random.Random, persons: list[Person]) -> list[tuple[Person, date]]:
    """Who is listed on which day: some come, some leave; the edge persons are there on every day."""
    found = []
    for person in persons:
        first = draw.choice(LISTS[1:]) if draw.random() < 0.08 else LISTS[0]
        last = draw.choice(LISTS[:-1]) if draw.random() < 0.06 else LISTS[-1]
        edge = person.id.startswith("K")
        found += [(person, day) for day in LISTS if edge or first <= day <= last]
    return found


def diagnoses(draw: random.Random, persons: list[Person]) -> list[tuple[str, date, str, str]]:
    """Diagnoses: giver, day, person, code. Edges: 899 and 900 days before the last day, and codes beside I10 to I15."""
    rows = []
    for person in persons:
        if person.hypertension:
            for _ in range(draw.randint(1, 3)):
                code = draw.choice(("I109", "I109", "I109", "I10", "I119", "I129", "I139", "I159"))
                rows.append((person.centre, LAST - timedelta(days=draw.randrange(1300)), person.id, code))
        if draw.random() < 0.5:
            code = draw.choice(("I209", "I259", "E119", "J069", "M545", "I489"))
            rows.append((person.centre, LAST - timedelta(days=draw.randrange(1300)), person.id, code))
    for id_, days, code, giver in (
        ("K01", 0, "I109", "ALMEN"),
        ("K02", 899, "I109", "ALMEN"),
        ("K03", 900, "I109", "ALMEN"),
        ("K04", 30, "I16", "ALMEN"),
        ("K05", 30, "I099", "ALMEN"),
        ("K06", 30, "I259", "ALMEN"),
        ("K07", 30, "I159", "LASARETTET"),
        ("K08", 30, "I10", "BRYGGAN"),
    ):
        rows.append((giver, LAST - timedelta(days=days), id_, code))
    return rows


def measurements(draw: random.Random, persons: list[Person]) -> list[tuple[str, date, str, str]]:
    """Values: giver, day, person, kind. Edges: 449, 450, 899 and 900 days before the last day."""
    rows = []
    chance = dict(zip(KINDS, (0.97, 0.95, 0.99, 0.99, 0.8, 0.42), strict=True))
    for person in persons:
        if person.id.startswith("K"):
            continue
        for kind in KINDS:
            if draw.random() < chance[kind]:
                days = draw.randrange(1000 if kind == "LDL" else 480)
                rows.append((person.centre, LAST - timedelta(days=days), person.id, kind))
    for id_, days, kind in (
        ("K01", 0, "BLODTRYCK"),
        ("K02", 449, "BLODTRYCK"),
        ("K07", 450, "BLODTRYCK"),
        ("K03", 10, "BLODTRYCK"),
        ("K01", 899, "LDL"),
        ("K02", 900, "LDL"),
        ("K07", 20, "LÄNGD"),
        ("K08", 20, "LÄNGD"),
        ("K08", 449, "VIKT"),
    ):
        rows.append(("ALMEN", LAST - timedelta(days=days), id_, kind))
    return rows


def contacts(draw: random.Random, persons: list[Person]) -> list[tuple[object, ...]]:
    """Contacts: day, giver, person, home region, listed with, staff, kind, fee; a few of persons from elsewhere."""
    rows: list[tuple[object, ...]] = []
    for _ in range(1500):
        day = date(2023, 1, 1) + timedelta(days=draw.randrange(365))
        staff = draw.choices(list(STAFF), list(STAFF.values()))[0]
        kind = draw.choices(list(CARE), list(CARE.values()))[0]
        person = draw.choice(persons)
        where = draw.random()
        giver = person.centre if where < 0.8 else draw.choice((*CENTRES, "NÄTDOKTORN", "LASARETTET"))
        kind = {"NÄTDOKTORN": "DIGITAL", "LASARETTET": "SJUKHUS"}.get(giver, kind)
        fee = 0 if draw.random() < 0.35 else FEES[staff]
        rows.append((day, giver, person.id, REGION, person.centre, staff, kind, fee))
    for number in range(90):
        day = date(2023, 1, 1) + timedelta(days=draw.randrange(365))
        staff = draw.choice(("LÄKARE", "SSK"))
        home = REGION if number % 3 == 0 else draw.choice(("RX", "RY"))
        rows.append((day, draw.choice(CENTRES), f"X{number:03d}", home, "", staff, "VC", FEES[staff]))
    rows.append((date(2022, 12, 31), "ALMEN", "K01", REGION, "ALMEN", "LÄKARE", "VC", 200))
    rows.append((date(2024, 1, 1), "ALMEN", "K01", REGION, "ALMEN", "LÄKARE", "VC", 200))
    rows.sort(key=lambda row: (row[0], row[1], row[2], row[5], row[6]))
    return [(f"B{number:05d}", *row) for number, row in enumerate(rows, 1)]


def costs(draw: random.Random) -> list[tuple[object, ...]]:
    """Costs of the listed: day, centre, item, in home care, kronor."""
    rows: list[tuple[object, ...]] = []
    for centre in CENTRES:
        for month in range(1, 13):
            for _ in range(18):
                item = draw.choices(("LÄKEMEDEL", "LAB", "BILD", "MATERIAL", "HJÄLPMEDEL"), (50, 25, 8, 10, 7))[0]
                home = draw.choice(("Ja", "Nej")) if item in ("HJÄLPMEDEL", "MATERIAL") else ""
                amount = draw.randint(8_000, 420_000 if item == "LÄKEMEDEL" else 160_000)
                rows.append((date(2023, month, draw.randint(1, 28)), centre, item, home, decimal(amount)))
    rows.append((date(2023, 6, 30), "ALMEN", "LÄKEMEDEL", "", "-1250,50"))
    rows.sort()
    return [(f"C{number:05d}", *row) for number, row in enumerate(rows, 1)]


def requests(draw: random.Random) -> list[tuple[object, ...]]:
    """Requests for care in 2022 and 2023: id, day, centre, day assessed or nothing."""
    rows: list[tuple[object, ...]] = []
    for centre, before, after in (("ALMEN", 0.70, 0.82), ("BRYGGAN", 0.88, 0.93)):
        for year, chance in ((2022, before), (2023, after)):
            for _ in range(150):
                day = date(year, 1, 1) + timedelta(days=draw.randrange(365))
                wait = draw.randint(0, 3) if draw.random() < chance else draw.randint(4, 20)
                assessed: object = "" if draw.random() < 0.02 else day + timedelta(days=wait)
                rows.append((day, centre, assessed))
    rows.sort(key=str)
    return [(f"R{number:05d}", *row) for number, row in enumerate(rows, 1)]


def main() -> None:
    """Write the files of `data/`."""
    DATA.mkdir(exist_ok=True)
    draw = random.Random(SEED)
    persons = people(draw)
    listed = lists(draw, persons)
    doctor = {person.id: draw.random() < (0.62 if person.centre == "ALMEN" else 0.48) for person in persons}
    write(
        "listade.csv",
        "Person;Vårdcentral;Avläst;Född;Kön;Vårdtyngd",
        [(p.id, p.centre, day, p.born, p.sex, decimal(p.need)) for p, day in listed],
    )
    groups: Counter[tuple[str, date, int, str]] = Counter()
    with_doctor: Counter[tuple[str, date, int, str]] = Counter()
    for p, day in listed:
        age = day.year - p.born.year - ((day.month, day.day) < (p.born.month, p.born.day))
        low = max(low for low in (0, 7, 18, 45, 65, 75, 85) if low <= max(age, 0))
        groups[p.centre, day, low, p.sex] += 1
        with_doctor[p.centre, day, low, p.sex] += doctor[p.id]
    write(
        "listade_grupper.csv",
        "Vårdcentral;Avläst;Ålder från;Kön;Antal;Med fast läkare",
        [(*key, count, with_doctor[key]) for key, count in sorted(groups.items())],
    )
    for name, made in (("diagnoser", diagnoses(draw, persons)), ("matvarden", measurements(draw, persons))):
        made.sort()
        rows = [(f"{name[0].upper()}{number:05d}", *row) for number, row in enumerate(made, 1)]
        write(f"{name}.csv", f"Id;Vårdgivare;Datum;Person;{'Kod' if name == 'diagnoser' else 'Slag'}", rows)
    write(
        "besok.csv", "Id;Datum;Vårdgivare;Person;Hemregion;Listad hos;Personal;Vårdslag;Avgift", contacts(draw, persons)
    )
    write("kostnader.csv", "Id;Datum;Vårdcentral;Slag;Hemsjukvård;Belopp", costs(draw))
    write("vardbegaran.csv", "Id;Begärd;Vårdcentral;Bedömd", requests(draw))
    write(
        "bemanning.csv",
        "Vårdcentral;Avläst;Yrkesgrupp;Tillsatta",
        [
            (centre, day, staff, decimal(draw.choice(levels)))
            for centre in CENTRES
            for day in LISTS[:-1]
            for staff, levels in (("LÄKARE", (4, 5, 6)), ("SSK", (9, 10, 13)))
        ],
    )
    write(
        "behov.csv",
        "Vårdcentral;Mätdag;Variabel;Antal",
        [
            (centre, day, variable, draw.randint(2, 14))
            for centre in CENTRES
            for day in LISTS[:-1]
            for variable in VARIABLES
        ],
    )
    write(
        "acg.csv",
        "Vårdcentral;Mätdag;ACG;Antal",
        [
            (centre, date(2023, 11, 30), group, draw.randint(10, 40))
            for centre in CENTRES
            for group in ("G1", "G2", "G3")
        ],
    )
    write(
        "lagen.csv",
        "Vårdcentral;Bedömd;Delfaktor;Poäng",
        [
            (centre, date(2022, 12, 1), part, points)
            for centre, part, points in (
                ("ALMEN", "SJUKHUS", 1),
                ("ALMEN", "GLES", 0),
                ("BRYGGAN", "SJUKHUS", 7),
                ("BRYGGAN", "GLES", 3),
            )
        ],
    )
    write("driftsform.csv", "Vårdcentral;Privat", [("ALMEN", "Nej"), ("BRYGGAN", "Ja")])
    write(
        "brister.csv",
        "Ärende;Fastställt;Vårdcentral;Slag",
        [("V1", date(2023, 3, 14), "BRYGGAN", "RAPPORT"), ("V2", date(2023, 9, 1), "BRYGGAN", "ÖPPETTIDER")],
    )
    write(
        "forskott.csv",
        "Id;Avser;Vårdcentral;Belopp",
        [
            (f"F{number:03d}", date(2023, month, 20), centre, amount)
            for number, (month, centre, amount) in enumerate(
                [(m, c, a) for m in range(1, 13) for c, a in (("ALMEN", 38_000), ("BRYGGAN", 32_500))], 1
            )
        ],
    )


if __name__ == "__main__":
    main()
