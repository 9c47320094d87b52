"""Make the synthetic data of the geriatrics contract: `python contracts/geriatrik/generate.py` rewrites `data/*.csv`.

Every row is invented. Only `random.Random.random` is used, with integers from there on, and the clock is never read, so
the same bytes come out on every machine. Rows whose id starts with `K` are edge rows; `source.md` says what each shows.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

DATA = Path(__file__).parent / "data"
SEED = 20120604
PATIENTS = {"MÅ": 430, "TÄ": 350, "ZZ": 12}
"""Patients whose first stay is drawn; ZZ stands outside the contract and is never paid here."""
FIRST, DAYS = date(2011, 12, 1), 770
"""The first stays begin on one of so many days from there."""
LENGTH = {"Stroke": (6, 20), "Höftfraktur": (5, 18), "Hjärtsvikt": (3, 12), "Palliativ": (4, 22)}
"""The shortest stay and how many days longer it may be, in nights."""
RESULTS = {"332": {"MÅ": ("88,6 %", "95,0 %"), "TÄ": ("79,0 %", "70,0 %")}}
CRITERIA = {
    # criterion: by provider (2012, 2013)
    "M1": {"MÅ": ("ja", "nej"), "TÄ": ("ja", "ja")},
    "M2": {"MÅ": ("ja", "ja"), "TÄ": ("nej", "ja")},
}

Rows = list[list[str]]
Stay = tuple[date, str, str, str, date, str]
"""Discharged, id or nothing, provider, patient, admitted, category."""


def category(draw: Random) -> str:
    """A category of care."""
    place = draw.random()
    return "Stroke" if place < 0.25 else "Höftfraktur" if place < 0.5 else "Hjärtsvikt" if place < 0.85 else "Palliativ"


def course(draw: Random, provider: str, patient: str) -> list[Stay]:
    """A patient's stays: the first, and one in four times another within seven weeks, some of them elsewhere."""
    found: list[Stay] = []
    came = FIRST + timedelta(int(draw.random() * DAYS))
    while True:
        kind = category(draw)
        least, longer = LENGTH[kind]
        left = came + timedelta(least + int(draw.random() * longer))
        found.append((left, "", provider, patient, came, kind))
        if draw.random() > 0.27:
            return found
        came = left + timedelta(1 + int(draw.random() * 48))
        if draw.random() < 1 / 8:
            provider = {"MÅ": "TÄ", "TÄ": "MÅ"}.get(provider, provider)


EDGES: list[Stay] = [
    (date(2011, 12, 31), "K01", "MÅ", "PK1", date(2011, 12, 20), "Hjärtsvikt"),
    (date(2012, 1, 7), "K02", "MÅ", "PK1", date(2012, 1, 7), "Hjärtsvikt"),
    (date(2012, 5, 10), "K03", "TÄ", "PK2", date(2012, 5, 1), "Hjärtsvikt"),
    (date(2012, 5, 24), "K04", "TÄ", "PK2", date(2012, 5, 17), "Hjärtsvikt"),
    (date(2012, 6, 6), "K05", "TÄ", "PK2", date(2012, 6, 1), "Hjärtsvikt"),
    (date(2012, 9, 10), "K06", "MÅ", "PK3", date(2012, 9, 1), "Stroke"),
    (date(2012, 9, 20), "K07", "TÄ", "PK3", date(2012, 9, 12), "Stroke"),
    (date(2013, 3, 16), "K08", "TÄ", "PK4", date(2013, 3, 1), "Stroke"),
    (date(2013, 3, 17), "K09", "TÄ", "PK5", date(2013, 3, 1), "Stroke"),
    (date(2013, 4, 15), "K10", "TÄ", "PK4", date(2013, 4, 15), "Palliativ"),
    (date(2013, 4, 20), "K11", "TÄ", "PK5", date(2013, 4, 17), "Palliativ"),
    (date(2014, 1, 2), "K12", "MÅ", "PK6", date(2013, 12, 28), "Palliativ"),
]


def stays(draw: Random) -> Rows:
    """One row per stay, in order of discharge."""
    found: list[Stay] = [*EDGES]
    number = 0
    for provider, count in PATIENTS.items():
        for _ in range(count):
            number += 1
            found += course(draw, provider, f"P{number:04d}")
    return [
        [key or f"V{place:05d}", provider, patient, came.isoformat(), left.isoformat(), kind]
        for place, (left, key, provider, patient, came, kind) in enumerate(sorted(found), 1)
    ]


def yearly(of: dict[str, dict[str, tuple[str, str]]]) -> Rows:
    """Provider, measure, last day of the year and cell, for both years."""
    return [
        [provider, code, f"{year}-12-31", cell[place]]
        for place, year in enumerate((2012, 2013))
        for code, cells in of.items()
        for provider, cell in cells.items()
    ]


def write(name: str, headings: str, rows: Rows) -> None:
    """Write `rows` below `headings` as a semicolon file; no cell needs quotes."""
    text = "".join(line + "\n" for line in (headings, *(";".join(row) for row in rows)))
    (DATA / name).write_bytes(text.encode("utf-8"))


def main() -> None:
    """Write all files; the order of the draws is part of the seed's meaning."""
    write("vardperioder.csv", "Vårdperiod;Enhet;Patient;Inskriven;Utskriven;Vårdtyp", stays(Random(SEED)))
    write("resultat.csv", "Vårdgivare;Indikator;Mätdatum;Resultat", yearly(RESULTS))
    write("miljo.csv", "Vårdgivare;Kriterium;Bedömt;Uppfyllt", yearly(CRITERIA))


if __name__ == "__main__":
    main()
