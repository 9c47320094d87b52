"""Make the synthetic data of the obstetrics contract: `python contracts/forlossning/generate.py` rewrites `data/*.csv`.

Every row is invented. Only `random.Random.random` is used, with integers from there on, and the clock is never read, so
the same bytes come out on every machine. Rows whose id starts with `K` are edge rows; `source.md` says what each shows.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

DATA = Path(__file__).parent / "data"
SEED = 20120301
BIRTHS = {"LS": {2012: 284, 2013: 301}, "SS": {2012: 412, 2013: 395}, "ZZ": {2012: 11, 2013: 8}}
"""Births to draw by provider and year; ZZ stands outside the rule book and must never be paid here."""
MEASURES = {"LS": 143, "SS": 208, "ZZ": 4}
"""Ultrasounds and the like, a year."""
CRITERIA = {
    # criterion: by provider (2012, 2013); an empty text is "not assessed"
    "M1": {"LS": ("ja", "nej"), "SS": ("ja", "ja")},
    "M2": {"LS": ("ja", "ja"), "SS": ("", "ja")},
}

Rows = list[list[str]]


def day_of(year: int, draw: Random) -> date:
    """A day of `year`."""
    return date(year, 1, 1) + timedelta(int(draw.random() * 365))


def way(draw: Random) -> str:
    """How the child was born."""
    place = draw.random()
    return "Vaginal" if place < 0.75 else "Sugklocka/tång" if place < 0.83 else "Sectio"


def births(draw: Random) -> Rows:
    """One row per birth, in order of date; one in seventy has two children, one in forty is not in the register."""
    found: list[tuple[date, list[str]]] = []
    number = 0
    for provider, years in BIRTHS.items():
        for year, count in years.items():
            for _ in range(count):
                number += 1
                day = day_of(year, draw)
                children = "2" if draw.random() < 1 / 70 else "1"
                known = "N" if draw.random() < 1 / 40 else "J"
                cells = [f"F{number:05d}", provider, f"P{number:05d}", day.isoformat(), way(draw), children, known]
                found.append((day, cells))
    edges = [
        ("K01", "LS", "PK1", date(2011, 12, 31), "Vaginal"),
        ("K02", "LS", "PK2", date(2012, 1, 1), "Sectio"),
        ("K03", "SS", "PK3", date(2012, 12, 31), "Vaginal"),
        ("K04", "SS", "PK4", date(2013, 1, 1), "Vaginal"),
        ("K05", "SS", "PK3", date(2013, 12, 31), "Sugklocka/tång"),
        ("K06", "SS", "PK5", date(2014, 1, 1), "Sectio"),
        ("K07", "LS", "PK6", date(2012, 7, 1), "Vaginal"),
        ("K08", "LS", "PK7", date(2012, 7, 1), "Vaginal"),
    ]
    found += [(day, [key, provider, who, day.isoformat(), how, "1", "J"]) for key, provider, who, day, how in edges]
    return [cells for _, cells in sorted(found, key=lambda pair: (pair[0], pair[1][0]))]


def days(draw: Random, born: Rows) -> Rows:
    """Days of after-care by birth: none, one or two rows. A Caesarean stays longer."""
    found: Rows = []
    for cells in born:
        longer = 1 if cells[4] == "Sectio" else 0
        place = draw.random()
        if cells[0] == "K07":
            counts = [2]
        elif cells[0] == "K08":
            counts = [1, 2]
        elif place < 0.12:
            counts = []
        else:
            counts = [1 + longer + int(draw.random() * 3), *([1 + int(draw.random() * 2)] if place > 0.9 else [])]
        found += [[cells[0], str(count)] for count in counts]
    return [[f"D{number:05d}", *cells] for number, cells in enumerate(found, 1)]


def measure(draw: Random) -> str:
    """What was done."""
    place = draw.random()
    return "ULTRALJUD" if place < 0.8 else "BEDÖMNING" if place < 0.95 else "VÄNDNING"


def measures(draw: Random) -> Rows:
    """Measures that belong to no birth, in order of date; two stand on the day of a new price."""
    found: list[tuple[date, str, str]] = [(date(2013, 6, 30), "LS", "ULTRALJUD"), (date(2013, 7, 1), "LS", "ULTRALJUD")]
    for provider, count in MEASURES.items():
        for year in (2012, 2013):
            found += [(day_of(year, draw), provider, measure(draw)) for _ in range(count)]
    ordered = enumerate(sorted(found), 1)
    return [[f"A{number:04d}", provider, day.isoformat(), kind] for number, (day, provider, kind) in ordered]


def criteria() -> Rows:
    """Each criterion on the last day of the year."""
    return [
        [provider, code, f"{year}-12-31", cell[place]]
        for place, year in enumerate((2012, 2013))
        for code, cells in CRITERIA.items()
        for provider, cell in cells.items()
    ]


def write(name: str, headings: str, rows: Rows, encoding: str = "utf-8") -> None:
    """Write `rows` below `headings` as a semicolon file; no cell needs quotes."""
    text = "".join(line + "\n" for line in (headings, *(";".join(row) for row in rows)))
    (DATA / name).write_bytes(text.encode(encoding))


def main() -> None:
    """Write all files; the order of the draws is part of the seed's meaning."""
    draw = Random(SEED)
    born = births(draw)
    write(
        "forlossningar.csv", "Förlossnings-id;Vårdgivare;Patient;Datum;Förlossningssätt;Barn;Register", born, "cp1252"
    )
    write("eftervard.csv", "Rad;Förlossnings-id;Dygn", days(draw, born))
    write("atgarder.csv", "Åtgärds-id;Vårdgivare;Datum;Åtgärd", measures(draw))
    write("miljo.csv", "Vårdgivare;Kriterium;Bedömt;Uppfyllt", criteria())


if __name__ == "__main__":
    main()
