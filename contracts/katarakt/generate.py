"""Make the synthetic data of the cataract contract: `python contracts/katarakt/generate.py` rewrites `data/*.csv`.

Every row is invented. Only `random.Random.random` is used, with integers from there on, and the clock is never read, so
the same bytes come out on every machine. Rows whose id starts with `K` are edge rows; `source.md` says what each shows.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

DATA = Path(__file__).parent / "data"
SEED = 20120223
OPERATIONS = {"EK": {2012: 262, 2013: 281}, "FU": {2012: 181, 2013: 170}, "GR": {2012: 117, 2013: 134}}
"""Operation days to draw by provider and year; some have both eyes."""
OUTSIDE = {"ZZ": {2012: 9, 2013: 9}}
"""A provider outside the rule book, whose rows must never be paid here."""
EXTRA = {"EK": 71, "FU": 38, "GR": 44, "ZZ": 5}
"""Measures paid by the case, a year."""

RESULTS = {
    # indicator: by provider (2012, 2013)
    "311": {"EK": ("88,4 %", "95,0 %"), "FU": ("80,0 %", "74,5 %"), "GR": ("61,3 %", "81,2 %")},
    "312": {"EK": ("1,4 %", "0,5 %"), "FU": ("2,0 %", "2,7 %"), "GR": ("4,0 %", "0,4 %")},
}
CRITERIA = {
    "M1": {"EK": ("ja", "ja"), "FU": ("nej", "ja"), "GR": ("ja", "nej")},
    "M2": {"EK": ("ja", "nej"), "FU": ("ja", "ja"), "GR": ("nej", "nej")},
}

Rows = list[list[str]]


def day_of(year: int, draw: Random) -> date:
    """A day of `year`."""
    return date(year, 1, 1) + timedelta(int(draw.random() * 365))


def operations(draw: Random) -> Rows:
    """One row per operated eye; an eighth are complex, one day in nine has both eyes, one in thirty is unreported."""
    found: list[tuple[date, list[str]]] = []
    number = patient = 0
    for provider, years in (OPERATIONS | OUTSIDE).items():
        for year, count in years.items():
            for _ in range(count):
                patient += 1
                day = day_of(year, draw)
                both = draw.random() < 1 / 9
                for eye in ("H", "V") if both else ("H" if draw.random() < 0.5 else "V",):
                    number += 1
                    kind = "Komplex" if draw.random() < 1 / 8 else "Standard"
                    reported = "Nej" if draw.random() < 1 / 30 else "Ja"
                    cells = [f"OP{number:05d}", provider, f"P{patient:05d}", day.isoformat(), eye, kind, reported]
                    found.append((day, cells))
    edges = [
        ("K01", "EK", "PK1", date(2011, 12, 31), "H", "Standard", "Ja"),
        ("K02", "EK", "PK1", date(2012, 1, 1), "V", "Standard", "Ja"),
        ("K03", "EK", "PK2", date(2012, 12, 31), "H", "Standard", "Ja"),
        ("K04", "EK", "PK2", date(2013, 1, 1), "V", "Standard", "Ja"),
        ("K05", "FU", "PK3", date(2012, 2, 29), "H", "Komplex", "Ja"),
        ("K06", "FU", "PK3", date(2012, 2, 29), "V", "Standard", "Ja"),
        ("K07", "FU", "PK4", date(2012, 3, 1), "H", "Standard", "Nej"),
        ("K08", "FU", "PK4", date(2012, 3, 1), "V", "Standard", "Ja"),
        ("K09", "GR", "PK5", date(2013, 5, 6), "H", "Standard", "Ja"),
        ("K10", "FU", "PK5", date(2013, 5, 6), "V", "Standard", "Ja"),
        ("K11", "GR", "PK6", date(2013, 12, 31), "H", "Standard", "Ja"),
        ("K12", "GR", "PK6", date(2014, 1, 1), "V", "Standard", "Ja"),
    ]
    found += [(day, [i, p, who, day.isoformat(), eye, kind, yes]) for i, p, who, day, eye, kind, yes in edges]
    return [cells for _, cells in sorted(found, key=lambda pair: (pair[0], pair[1][0]))]


def visits(draw: Random, operated: Rows) -> Rows:
    """Return visits by operation: mostly one, sometimes none or more; some in two rows."""
    found: Rows = []
    for cells in operated:
        place = draw.random()
        counts = [1] if place < 0.78 else [] if place < 0.86 else [2] if place < 0.95 else [1, 2]
        found += [[cells[0], "ÅTERBESÖK", str(count)] for count in counts]
    return [[f"T{number:05d}", *cells] for number, cells in enumerate(found, 1)]


def kind_of(draw: Random) -> str:
    """The kind of a measure outside the package."""
    return "EFTERSTARR" if draw.random() < 0.6 else "BEDÖMNING"


def measures(draw: Random) -> Rows:
    """Measures outside the package, in order of date."""
    found: list[tuple[date, str, str]] = [(date(2014, 1, 2), "EK", "BEDÖMNING"), (date(2012, 1, 1), "GR", "EFTERSTARR")]
    for provider, count in EXTRA.items():
        for year in (2012, 2013):
            found += [(day_of(year, draw), provider, kind_of(draw)) for _ in range(count)]
    ordered = enumerate(sorted(found), 1)
    return [[f"A{number:04d}", provider, day.isoformat(), kind] for number, (day, provider, kind) in ordered]


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
    operated = operations(draw)
    head = "Operations-id;Vårdgivare;Patient;Operationsdatum;Öga;Kategori;Kataraktregistret"
    write("operationer.csv", head, operated)
    write("aterbesok.csv", "Rad;Operations-id;Tjänst;Antal", visits(draw, operated))
    write("atgarder.csv", "Åtgärds-id;Vårdgivare;Datum;Åtgärd", measures(draw))
    write("resultat.csv", "Vårdgivare;Indikator;Mätdatum;Resultat", yearly(RESULTS))
    write("miljo.csv", "Vårdgivare;Kriterium;Bedömt;Uppfyllt", yearly(CRITERIA))


if __name__ == "__main__":
    main()
