"""Make the synthetic data of the psychiatry contract: `python contracts/psykiatri/generate.py` rewrites `data/*.csv`.

Every row is invented. Only `random.Random.random` is used, with integers from there on, and the clock is never read, so
the same bytes come out on every machine. Rows whose id starts with `K` are edge rows; `source.md` says what each shows.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

DATA = Path(__file__).parent / "data"
SEED = 20120503
AREAS = {"BERGA": ("NO", 3_412), "DALEN": ("NO", 4_870), "EKNÄS": ("SÖ", 5_233), "FORSA": ("SÖ", 2_961)}
"""Provider and population at the end of 2011, of the areas that stay with their provider."""
GRANBY, GRANBY_MOVES = 4_015, date(2013, 6, 30)
"""The population of the area that moves from SÖ to NO, and the first reading with the new provider."""
VISITS = {"NO": 690, "SÖ": 655, "ZZ": 9}
STAYS = {"NO": 122, "SÖ": 131, "ZZ": 5}
"""Visits and stays to draw a year; ZZ stands outside the contract and must never be paid here."""
RESULTS = {
    # indicator: by provider (2012, 2013); an empty text is "not reported"
    "321": {"NO": ("71,3 %", "85,0 %"), "SÖ": ("65,0 %", "58,4 %")},
    "322": {"NO": ("17,5 %", ""), "SÖ": ("30,0 %", "9,1 %")},
}
CRITERIA = {"M1": {"NO": ("ja", "ja"), "SÖ": ("nej", "ja")}}

Rows = list[list[str]]


def population(draw: Random) -> Rows:
    """Each area on the last day of each month, from December 2011 to December 2013."""
    found: Rows = []
    persons = {area: count for area, (_, count) in AREAS.items()} | {"GRANBY": GRANBY}
    for month in range(25):
        year, at = divmod(2011 * 12 + 12 + month, 12)
        read = date(year, at + 1, 1) - timedelta(1)
        for area in persons:
            owner = AREAS[area][0] if area in AREAS else ("NO" if read >= GRANBY_MOVES else "SÖ")
            found.append([area, owner, read.isoformat(), str(persons[area])])
            persons[area] += int(draw.random() * 23) - 8
    return found


def visits(draw: Random) -> Rows:
    """One row per visit, in order of date; three in five are with a doctor."""
    found: list[tuple[date, str, str]] = [
        (date(2011, 12, 31), "NO", "LÄKARE"),
        (date(2014, 1, 1), "SÖ", "BEHANDLARE"),
    ]
    for provider, count in VISITS.items():
        for year in (2012, 2013):
            for _ in range(count):
                day = date(year, 1, 1) + timedelta(int(draw.random() * 365))
                found.append((day, provider, "LÄKARE" if draw.random() < 0.6 else "BEHANDLARE"))
    ordered = enumerate(sorted(found), 1)
    return [[f"B{number:05d}", provider, day.isoformat(), kind] for number, (day, provider, kind) in ordered]


def stays(draw: Random) -> Rows:
    """One row per stay, in order of discharge; most are short, a few last for months."""
    found: list[tuple[date, list[str]]] = []
    number = 0
    for provider, count in STAYS.items():
        for year in (2012, 2013):
            for _ in range(count):
                number += 1
                left = date(year, 1, 1) + timedelta(int(draw.random() * 365))
                long = 6 if draw.random() < 0.06 else 1
                came = left - timedelta(int(draw.random() * 22) * long)
                place = draw.random()
                level = "ALLMÄN" if place < 0.78 else "INTENSIV" if place < 0.93 else "ÄTSTÖRNING"
                who = f"P{1 + int(draw.random() * 320):04d}"
                found.append((left, [f"V{number:05d}", provider, who, came.isoformat(), left.isoformat(), level]))
    edges = [
        ("K01", "NO", date(2011, 12, 20), date(2011, 12, 31), "ALLMÄN"),
        ("K02", "NO", date(2011, 12, 20), date(2012, 1, 1), "ALLMÄN"),
        ("K03", "SÖ", date(2012, 12, 20), date(2013, 1, 5), "INTENSIV"),
        ("K04", "SÖ", date(2013, 4, 4), date(2013, 4, 4), "INTENSIV"),
        ("K05", "SÖ", date(2012, 2, 28), date(2012, 3, 1), "ÄTSTÖRNING"),
        ("K06", "NO", date(2013, 12, 30), date(2014, 1, 2), "ALLMÄN"),
    ]
    for key, provider, came, left, level in edges:
        found.append((left, [key, provider, f"P{key}", came.isoformat(), left.isoformat(), level]))
    return [cells for _, cells in sorted(found, key=lambda pair: (pair[0], pair[1][0]))]


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
    draw = Random(SEED)
    write("befolkning.csv", "Område;Ansvarig;Avläst;Invånare 18 år och äldre", population(draw))
    write("besok.csv", "Besöks-id;Vårdgivare;Datum;Besökstyp", visits(draw))
    write("vardperioder.csv", "Vårdperiod;Vårdgivare;Patient;In;Ut;Nivå", stays(draw))
    write("resultat.csv", "Vårdgivare;Indikator;Mätdatum;Resultat", yearly(RESULTS))
    write("miljo.csv", "Vårdgivare;Kriterium;Bedömt;Uppfyllt", yearly(CRITERIA))


if __name__ == "__main__":
    main()
