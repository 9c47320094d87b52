"""Make the synthetic data of the Västra Götaland contract: six invented health centres in 2016 and 2017.

Every row is invented. The same seed gives the same bytes (no clock is read). What stands on a limit on purpose is
listed in `source.md`. Run it from anywhere: `python generate.py`.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from attrs import frozen

SEED = 20170101
DATA = Path(__file__).parent / "data"


@frozen
class Centre:
    """An invented health centre; `old` and `need` shift its list, `primary` is the share of care it keeps."""

    code: str
    private: bool
    listed: int
    old: float
    need: float
    acg: float
    primary: float
    place: tuple[int, int, int, int]


CENTRES = (
    Centre("EK", private=False, listed=8400, old=0.7, need=1.55, acg=1.18, primary=0.55, place=(0, 0, 0, 0)),
    Centre("LI", private=True, listed=9600, old=0.9, need=0.80, acg=0.90, primary=0.66, place=(0, 1, 0, 0)),
    Centre("HA", private=True, listed=3100, old=1.5, need=0.95, acg=1.05, primary=0.79, place=(6, 6, 5, 4)),
    Centre("SK", private=False, listed=5200, old=1.3, need=1.05, acg=1.02, primary=0.72, place=(5, 3, 2, 0)),
    Centre("BO", private=True, listed=11800, old=0.8, need=0.65, acg=0.92, primary=0.49, place=(2, 1, 1, 0)),
    Centre("DA", private=False, listed=4300, old=1.4, need=1.00, acg=1.00, primary=0.87, place=(4, 3, 2, 0)),
)
PLACE_PARTS = ("SJUKHUS", "ORT", "TÄTHET", "Ö")
AGES = {0: 7, 7: 11, 18: 27, 45: 20, 65: 10, 75: 7, 85: 3}
"""The lowest age of each group, and the parts of a middling list that it has."""
ACG = tuple(f"G{number:02d}" for number in range(1, 13))
VARIABLES = {
    "ENSAM65": 0.045,
    "FÖDDUTL": 0.10,
    "ARBETSLÖS": 0.06,
    "ENSAMFÖRÄLDER": 0.05,
    "INFLYTTAD": 0.13,
    "LÅGUTBILDAD": 0.09,
    "UNDER5": 0.06,
}
"""The seven variables of CNI, and the share of a middling list that each holds for."""
CNI_WEIGHTS = dict(zip(VARIABLES, map(Fraction, ("6", "5.5", "5", "4.5", "4", "3.5", "3")), strict=True))
COUNTED = ("VGPV", "PRIVAT", "NATTAXA", "ANNANREG", "UNDERLEV")
OTHER = ("ÖVRIGOFF", "ÖVRIGPRIV")
LEFT_OUT = ("RIKSREG", "INSKR", "REGTYP")
LINES = {
    "030": (9_000, 30_000),
    "080": (40_000, 90_000),
    "090": (5_000, 25_000),
    "110": (0, 60_000),
    "120": (-120_000, -50_000),
    "130": (-30_000, -6_000),
    "140": (-15_000, -1_000),
    "152": (-420_000, -250_000),
    "153": (-45_000, -12_000),
    "170": (-160_000, -80_000),
    "260": (0, 55_000),
    "360": (2_000, 14_000),
    "420": (4_000, 22_000),
}
"""Product codes of what is worked out elsewhere, and the kronor a month that they are drawn between."""
MONTHS = [date(2016 + (month - 1) // 12, (month - 1) % 12 + 1, 1) for month in range(7, 26)]
LISTS = [month - timedelta(days=1) for month in MONTHS if month.year == 2017] + [date(2017, 12, 31)]
MEASURED = (date(2016, 11, 30), date(2017, 2, 28), date(2017, 5, 31), date(2017, 8, 31), date(2017, 11, 30))
RESULTS = (date(2016, 12, 31), date(2017, 3, 31), date(2017, 6, 30), date(2017, 9, 30))
INDICATORS = tuple(range(201, 235))


def write(name: str, heading: str, rows: Iterable[Sequence[object]]) -> None:
    """Write a semicolon file under `data/`."""
    with (DATA / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\n")
        writer.writerow(heading.split(";"))
        writer.writerows([cell.isoformat() if isinstance(cell, date) else cell for cell in row] for row in rows)


def percent(share: float) -> str:
    """A share as a Swedish percentage with one decimal."""
    return f"{share * 100:.1f} %".replace(".", ",")


def lists(draw: random.Random) -> list[tuple[str, date, int, str, int, int]]:
    """Rows of the list: centre, day, age group, sex, persons, of whom with a permanent doctor."""
    rows = []
    for centre in CENTRES:
        shape = {age: part * (1 + (centre.old - 1) * (age - 30) / 60) for age, part in AGES.items()}
        whole = 2 * sum(shape.values())
        size = float(centre.listed)
        for day in LISTS:
            for age in AGES:
                for sex in ("K", "M"):
                    persons = round(size * shape[age] / whole * draw.uniform(0.97, 1.03))
                    rows.append((centre.code, day, age, sex, persons, round(persons * draw.uniform(0.3, 0.7))))
            size *= draw.uniform(0.996, 1.008)
    return rows


def needs(draw: random.Random, listed: dict[tuple[str, date], int]) -> list[tuple[str, date, str, int]]:
    """Rows of CNI: centre, day, variable, persons. SK stands at exactly 2.5 on two days and a little above on one."""
    rows = []
    for centre in CENTRES:
        for day in LISTS:
            persons = listed[centre.code, day]
            found = {
                variable: round(persons * share * centre.need * draw.uniform(0.95, 1.05))
                for variable, share in VARIABLES.items()
            }
            if centre.code == "SK" and day in LISTS[:3]:
                aim = Fraction(5, 2) * persons + (1 if day == LISTS[2] else 0)
                found = exactly(found, aim)
            rows += [(centre.code, day, variable, count) for variable, count in found.items()]
    return rows


def exactly(found: dict[str, int], aim: Fraction) -> dict[str, int]:
    """The counts, with three of them moved so that the weighted sum is `aim`."""
    for extra in range(200):
        for unemployed in range(2):
            moved = dict(found, INFLYTTAD=found["INFLYTTAD"] + extra, FÖDDUTL=found["FÖDDUTL"] + unemployed)
            rest = aim - sum(CNI_WEIGHTS[v] * n for v, n in moved.items() if v != "LÅGUTBILDAD")
            count = rest / CNI_WEIGHTS["LÅGUTBILDAD"]
            if count.denominator == 1 and count >= 0:
                return dict(moved, LÅGUTBILDAD=int(count))
    raise ValueError(found)


def burden(draw: random.Random, listed: dict[tuple[str, date], int]) -> list[tuple[str, date, str, int]]:
    """Rows of ACG: centre, day of measurement, group, persons."""
    rows = []
    for centre in CENTRES:
        for day in MEASURED:
            persons = listed[centre.code, max(d for d in LISTS if d <= max(day, LISTS[0]))]
            shape = [draw.uniform(0.8, 1.2) * (1 + (centre.acg - 1) * at / 2) / (1 + at / 2) for at in range(12)]
            rows += [
                (centre.code, day, group, round(persons * share / sum(shape)))
                for group, share in zip(ACG, shape, strict=True)
            ]
    return rows


def contacts(draw: random.Random) -> list[tuple[str, date, str, str, str, str, str]]:
    """A sample of contacts: id, day, giver, the centre listed with, home region, staff, kind of care."""
    rows = []
    for centre in CENTRES:
        for first in [month for month in MONTHS if month <= date(2017, 12, 1)]:
            for _ in range(draw.randint(18, 30)):
                day = first + timedelta(days=draw.randrange(28))
                if draw.random() < 0.06:
                    kind = draw.choice(LEFT_OUT)
                elif draw.random() < centre.primary:
                    kind = draw.choices(COUNTED, (70, 14, 8, 5, 3))[0]
                else:
                    kind = draw.choices(OTHER, (75, 25))[0]
                own = kind == "VGPV" and draw.random() < 0.85
                giver = centre.code if own else draw.choice([c.code for c in CENTRES]) if kind == "VGPV" else kind
                staff = draw.choices(("LÄKARE", "SSK", "ÖVRIG"), (45, 40, 15))[0]
                rows.append((day, giver, centre.code, "VGR", staff, kind))
    rows.sort()
    return [(f"K{number:05d}", *row) for number, row in enumerate(rows, 1)]


def results(draw: random.Random) -> list[tuple[str, int, date, str]]:
    """Rows of the 34 indicators. LI never reported 234; HA's 210 lost its value in September."""
    rows = []
    for centre in CENTRES:
        for indicator in INDICATORS:
            level = draw.uniform(0.35, 0.97)
            for day in RESULTS:
                if (centre.code, indicator) == ("LI", 234):
                    continue
                lost = (centre.code, indicator, day) == ("HA", 210, RESULTS[3])
                level = min(max(level + draw.uniform(-0.05, 0.06), 0), 1)
                rows.append((centre.code, indicator, day, "" if lost else percent(level)))
    edges = {("EK", 201): "50,0 %", ("EK", 202): "80,0 %", ("SK", 201): "49,9 %", ("SK", 202): "79,9 %"}
    return [
        (centre, indicator, day, edges.get((centre, indicator), value) if day == RESULTS[0] else value)
        for centre, indicator, day, value in rows
    ]


def lines(draw: random.Random) -> list[tuple[str, date, str, str, str]]:
    """Lines worked out elsewhere: id, day, centre, product code, kronor."""
    rows = []
    for centre in CENTRES:
        size = centre.listed / 8000
        for first in [month for month in MONTHS if month.year == 2017 and month <= date(2017, 12, 1)]:
            for code, (low, high) in LINES.items():
                rows.append((first, centre.code, code, draw.randint(int(low * 100 * size), int(high * 100 * size))))
    rows.append((date(2017, 5, 1), "BO", "220", 12_500_00))
    rows.append((date(2017, 6, 1), "BO", "221", -8_000_50))
    rows.append((date(2017, 12, 31), "HA", "221", 5_000_50))
    rows.append((date(2018, 1, 1), "HA", "221", 99_000_00))
    rows.sort()
    return [
        (f"B{number:05d}", day, centre, code, f"{'-' if ore < 0 else ''}{abs(ore) // 100},{abs(ore) % 100:02d}")
        for number, (day, centre, code, ore) in enumerate(rows, 1)
    ]


def main() -> None:
    """Write the files of `data/`."""
    DATA.mkdir(exist_ok=True)
    draw = random.Random(SEED)
    read = lists(draw)
    listed: dict[tuple[str, date], int] = {}
    for code, day, _, _, persons, _ in read:
        listed[code, day] = listed.get((code, day), 0) + persons
    write("listade.csv", "Vårdcentral;Avläst;Ålder från;Kön;Antal;Med fast läkare", read)
    write("cni.csv", "Vårdcentral;Mätdag;Variabel;Antal", needs(draw, listed))
    write("acg.csv", "Vårdcentral;Mätdag;ACG;Antal", burden(draw, listed))
    write("kontakter.csv", "Kontakt-id;Datum;Vårdgivare;Listad hos;Hemregion;Personal;Vårdslag", contacts(draw))
    write("kvalitet.csv", "Vårdcentral;Indikator;Mätdatum;Resultat", results(draw))
    write("betalningsrader.csv", "Rad;Avser;Vårdcentral;Produktkod;Belopp", lines(draw))
    places = [
        (c.code, date(2016, 12, 1), part, points)
        for c in CENTRES
        for part, points in zip(PLACE_PARTS, c.place, strict=True)
    ]
    places += [("SK", date(2017, 7, 1), part, points) for part, points in zip(PLACE_PARTS, (8, 4, 2, 0), strict=True)]
    write("lagen.csv", "Vårdcentral;Bedömd;Delfaktor;Poäng", places)
    write("driftsform.csv", "Vårdcentral;Privat", [(c.code, "Ja" if c.private else "Nej") for c in CENTRES])


if __name__ == "__main__":
    main()
