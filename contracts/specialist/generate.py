"""Make the synthetic data of the specialist contract: `python contracts/specialist/generate.py` rewrites `data/*.csv`.

Every row is invented. Only `random.Random.random` is used, with integers from there on, and the clock is never read, so
the same bytes come out on every machine. Rows whose id starts with `K` are edge rows; `source.md` says what each shows.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

DATA = Path(__file__).parent / "data"
SEED = 20120402
EAR, EYE, PHOTO, URO = "Öron-näsa-hals", "Ögon", "Ögonbottenfoto", "Urologi"
AREAS = {"AL": {EAR: 100}, "BJ": {EYE: 70, PHOTO: 30}, "CE": {EAR: 35, EYE: 35, URO: 30}, "ZZ": {EAR: 50, EYE: 50}}
"""How often a provider's contact is in each area, per cent. ZZ stands outside and is never paid here."""
CONTACTS = {"AL": 410, "BJ": 520, "CE": 330, "ZZ": 12}
"""Contacts to draw a year."""
KINDS = {
    EAR: (("NYBESÖK", 45), ("ÅTERBESÖK", 42), ("KIRURGI", 13)),
    EYE: (("NYBESÖK", 40), ("ÅTERBESÖK", 50), ("LASER", 10)),
    PHOTO: (("FOTO", 100),),
    URO: (("NYBESÖK", 60), ("ÅTERBESÖK", 40)),
}
UROLOGY_FROM = date(2013, 7, 1)
CRITERIA = {
    # criterion: by provider (2012, 2013)
    "M1": {"AL": ("ja", "nej"), "BJ": ("ja", "ja"), "CE": ("nej", "nej")},
    "M2": {"AL": ("ja", "ja"), "BJ": ("nej", "ja"), "CE": ("ja", "nej")},
}

Rows = list[list[str]]


def pick(draw: Random, parts: dict[str, int] | tuple[tuple[str, int], ...]) -> str:
    """One of `parts`, as often as its hundredths say."""
    place = int(draw.random() * 100)
    for name, share in dict(parts).items():
        place -= share
        if place < 0:
            return name
    raise AssertionError(place)


def contacts(draw: Random) -> Rows:
    """One row per contact, in order of date; one in twenty is not registered in full. Urology opens in July 2013."""
    found: list[tuple[date, list[str]]] = []
    number = 0
    for provider, count in CONTACTS.items():
        for year in (2012, 2013):
            for _ in range(count):
                number += 1
                day = date(year, 1, 1) + timedelta(int(draw.random() * 365))
                area = pick(draw, AREAS[provider])
                if area == URO and day < UROLOGY_FROM:
                    area = EAR
                doctor = f"L{1 + int(draw.random() * 4)}"
                full = "Ofullständig" if draw.random() < 1 / 20 else "Full"
                cells = [f"S{number:05d}", provider, day.isoformat(), area, pick(draw, KINDS[area]), doctor, full]
                found.append((day, cells))
    edges = [
        ("K01", "AL", date(2011, 12, 31), EAR, "NYBESÖK", "Full"),
        ("K02", "AL", date(2012, 1, 1), EAR, "NYBESÖK", "Full"),
        ("K03", "AL", date(2012, 12, 31), EAR, "NYBESÖK", "Full"),
        ("K04", "AL", date(2013, 1, 1), EAR, "NYBESÖK", "Full"),
        ("K05", "BJ", date(2013, 3, 31), EYE, "LASER", "Full"),
        ("K06", "BJ", date(2013, 4, 1), EYE, "LASER", "Full"),
        ("K07", "BJ", date(2012, 5, 5), EYE, "LASER", "Ofullständig"),
        ("K08", "BJ", date(2012, 5, 5), PHOTO, "FOTO", "Ofullständig"),
        ("K09", "CE", date(2013, 7, 1), URO, "NYBESÖK", "Full"),
        ("K10", "CE", date(2014, 1, 1), URO, "ÅTERBESÖK", "Full"),
        ("K11", "ZZ", date(2012, 6, 6), URO, "NYBESÖK", "Full"),
    ]
    for key, provider, day, area, kind, full in edges:
        found.append((day, [key, provider, day.isoformat(), area, kind, "L1", full]))
    return [cells for _, cells in sorted(found, key=lambda pair: (pair[0], pair[1][0]))]


def criteria() -> Rows:
    """Each criterion on the last day of the year."""
    return [
        [provider, code, f"{year}-12-31", cell[place]]
        for place, year in enumerate((2012, 2013))
        for code, cells in CRITERIA.items()
        for provider, cell in cells.items()
    ]


def write(name: str, headings: str, rows: Rows) -> None:
    """Write `rows` below `headings` as a semicolon file; no cell needs quotes."""
    text = "".join(line + "\n" for line in (headings, *(";".join(row) for row in rows)))
    (DATA / name).write_bytes(text.encode("utf-8"))


def main() -> None:
    """Write all files; the order of the draws is part of the seed's meaning."""
    draw = Random(SEED)
    write("kontakter.csv", "Kontakt-id;Vårdgivare;Datum;Vårdval;Kontakttyp;Läkare;Registrering", contacts(draw))
    write("miljo.csv", "Vårdgivare;Kriterium;Bedömt;Uppfyllt", criteria())


if __name__ == "__main__":
    main()
