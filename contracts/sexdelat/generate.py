"""Make the synthetic data of the second hospital: `python contracts/sexdelat/generate.py` rewrites `data/*.csv`.

Every row is invented. Only `random.Random.random` is used, with integers from there on, and the clock is never read, so
the same bytes come out on every machine. Rows whose id starts with `K` are edge rows; `source.md` says what each shows.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

DATA = Path(__file__).parent / "data"
SEED = 20120705
GROUPS = {
    # DRG: how often per hundred, the cost in kr that most stays lie near
    "A46C": (12, 46_000), "D47E": (17, 21_500), "E47E": (18, 26_500), "E54N": (24, 19_000), "H10E": (8, 92_000),
    "L40N": (12, 30_000), "P05E": (9, 20_000),
}  # fmt: skip
STAYS = {"OS": {2012: 471, 2013: 418}, "ZZ": {2012: 6, 2013: 6}}
"""Stays to draw; ZZ is another hospital, none of this contract's business."""
CHOICE = {2012: {"HÖFT": 11, "KNÄ": 9, "FÖRLOSSNING": 22}, 2013: {"HÖFT": 9, "KNÄ": 9, "FÖRLOSSNING": 24}}
RESULTS = {
    # indicator: (2012, 2013); an empty text is "not reported"
    "201": ("81,0 %", "90,0 %"), "211": ("7,6 %", "3,8 %"), "212": ("80,0 %", "80,5 %"), "221": ("77,5 %", "70,0 %"),
    "231": ("60,0 %", "74,9 %"), "241": ("95,0 %", "83,4 %"), "251": ("", "12,0 %"),
}  # fmt: skip
CRITERIA = {"M1": ("ja", "nej")}

Rows = list[list[str]]


def group(draw: Random) -> str:
    """A DRG, as often as `GROUPS` says."""
    place = int(draw.random() * 100)
    for code, (share, _) in GROUPS.items():
        place -= share
        if place < 0:
            return code
    raise AssertionError(place)


def cost(draw: Random, near: int) -> int:
    """A cost in öre: half to one and a half times `near`, and for one in twenty up to five times that."""
    dear = 1 + int(draw.random() * 5) if draw.random() < 0.05 else 1
    return near * dear * (50 + int(draw.random() * 100)) + int(draw.random() * 100)


def stays(draw: Random) -> Rows:
    """One row per stay, in order of discharge."""
    found: list[tuple[date, str, str, str, int]] = []
    for provider, years in STAYS.items():
        for year, count in years.items():
            for _ in range(count):
                code = group(draw)
                day = date(year, 1, 1) + timedelta(int(draw.random() * 365))
                found.append((day, "", provider, code, cost(draw, GROUPS[code][1])))
    found += [
        (date(2011, 12, 31), "K01", "OS", "E54N", 1_900_000),
        (date(2012, 1, 1), "K02", "OS", "E54N", 1_900_000),
        (date(2012, 6, 1), "K03", "OS", "E47E", 7_400_000),
        (date(2012, 6, 1), "K04", "OS", "E47E", 7_400_001),
        (date(2013, 12, 31), "K05", "OS", "W05N", 91_250_075),
        (date(2014, 1, 1), "K06", "OS", "A46C", 4_600_000),
    ]
    return [
        [key or f"V{place:05d}", provider, day.isoformat(), code, f"{ore // 100},{ore % 100:02d}"]
        for place, (day, key, provider, code, ore) in enumerate(sorted(found), 1)
    ]


def choices(draw: Random) -> Rows:
    """Operations and births under patient choice, in order of date."""
    found = [
        (date(year, 1, 1) + timedelta(int(draw.random() * 365)), kind)
        for year, kinds in CHOICE.items()
        for kind, count in kinds.items()
        for _ in range(count)
    ]
    return [[f"VV{place:04d}", "OS", day.isoformat(), kind] for place, (day, kind) in enumerate(sorted(found), 1)]


def yearly(of: dict[str, tuple[str, str]]) -> Rows:
    """Hospital, measure, last day of the year and cell, for both years."""
    return [
        ["OS", code, f"{year}-12-31", cells[place]]
        for place, year in enumerate((2012, 2013))
        for code, cells in of.items()
    ]


def write(name: str, headings: str, rows: Rows) -> None:
    """Write `rows` below `headings` as a semicolon file; no cell needs quotes."""
    text = "".join(line + "\n" for line in (headings, *(";".join(row) for row in rows)))
    (DATA / name).write_bytes(text.encode("utf-8"))


def main() -> None:
    """Write all files; the order of the draws is part of the seed's meaning."""
    draw = Random(SEED)
    write("vardtillfallen.csv", "Vårdkontakt-id;Vårdgivare;Utskriven;DRG;Kostnad", stays(draw))
    write("vardval.csv", "Vårdvals-id;Vårdgivare;Datum;Kategori", choices(draw))
    write("resultat.csv", "Vårdgivare;Indikator;Mätdatum;Resultat", yearly(RESULTS))
    write("miljo.csv", "Vårdgivare;Kriterium;Bedömt;Uppfyllt", yearly(CRITERIA))


if __name__ == "__main__":
    main()
