"""Make the synthetic data of this contract: `python contracts/akutsjukhus/generate.py` rewrites `data/*.csv`.

Every row is invented. No patient, stay, cost or result is real, and the hospital does not exist. The data have the
shape and the habits of a Swedish extract: semicolons, decimal commas, one file in cp1252, blanks and "kr" in cells.

Guarantees: the same bytes on every machine and Python. Only `random.Random.random` is used (the one sequence that
Python promises to keep), with integers from there on; the clock is never read. Weights and limits are read from
`norddrg.csv`, so that costs follow the list the contract pays by.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
SEED = 20120223
HOSPITAL = "DS"
OTHER = "VS"
YEARS = {2012: 6180, 2013: 5820}
"""Stays of the hospital in each settled year."""

MEAN_COST = {2011: 40_300, 2012: 41_600, 2013: 42_400, 2014: 43_200, 2016: 45_000}
"""Cost in kr of a stay of weight 1, by year of discharge."""

MIX = {
    "A46A": 80, "A46C": 200, "A46E": 260, "A48N": 240, "A62N": 220, "A70N": 140, "B04N": 60, "C30C": 30,
    "C40N": 280, "D10E": 40, "D41C": 380, "D41E": 340, "D47E": 360, "D52N": 160, "E18C": 300, "E47C": 440,
    "E47E": 360, "E54N": 580, "E60N": 660, "E62N": 300, "F10A": 80, "F10E": 180, "F20N": 280, "F25E": 140,
    "F40N": 240, "F45E": 400, "G05E": 280, "G40N": 120, "H10C": 180, "H10E": 220, "H15N": 200, "H45N": 220,
    "H50N": 180, "J30E": 220, "K40N": 160, "L10E": 80, "L40N": 360, "L52N": 100, "M05E": 80, "N10E": 160,
    "P01C": 80, "P05E": 140, "R40N": 140, "S40C": 140, "V40N": 140, "W01A": 12, "W05N": 5,
}  # fmt: skip
"""How often each DRG occurs, parts of the sum of all."""

COST_QUANTILES = (
    (0, 350), (50, 480), (250, 680), (500, 870), (750, 1150), (900, 1550), (950, 1950), (980, 2500), (995, 3600),
    (1000, 6200),
)  # fmt: skip
"""A stay's cost in thousandths of the mean of its DRG, by quantile in thousandths; straight lines between."""

CLINICS = {"A": "Neurologi", "B": "Ögon", "C": "Öron-näsa-hals", "H": "Ortopedi", "F": "Kirurgi", "G": "Kirurgi",
           "N": "Kvinnosjukvård", "P": "Kvinnosjukvård", "W": "Intensivvård"}  # fmt: skip

CHOICE = {2012: {"HÖFT": 128, "KNÄ": 109, "FÖRLOSSNING": 342, "KATARAKT": 418},
          2013: {"HÖFT": 121, "KNÄ": 117, "FÖRLOSSNING": 331, "KATARAKT": 455}}  # fmt: skip
"""Events under patient choice, by year and category."""

RESULTS = {
    # indicator: (2012, 2013); an empty text is "not reported". Values on a limit are there on purpose.
    "111": ("78,4 %", "70,0 %"), "112": ("91,2 %", "90,0 %"), "113": ("87,5 %", "94,25 %"),
    "114": ("50,0 %", "66,67 %"), "115": ("31,7 %", "19,9 %"), "121": ("", "55,3 %"), "122": ("80,0 %", "80,1 %"),
    "123": ("4,2 %", "2,9 %"), "301": ("86,4 %", "77,5 %"),
}  # fmt: skip

CRITERIA = {"M1": ("ja", "ja"), "M2": ("ja", "nej"), "M3": ("nej", "ja"), "M4": ("ja", "ja")}
"""Environment criteria met in 2012 and 2013."""


class Draw:
    """Integers drawn from one seeded sequence."""

    def __init__(self, seed: int) -> None:
        """Start the sequence at `seed`."""
        self.source = Random(seed)

    def below(self, bound: int) -> int:
        """An integer from 0 up to, not including, `bound`."""
        return int(self.source.random() * bound)

    def day(self, year: int) -> date:
        """A day of `year`."""
        return date(year, 1, 1) + timedelta(self.below((date(year + 1, 1, 1) - date(year, 1, 1)).days))

    def drg(self) -> str:
        """A DRG code, as often as `MIX` says."""
        place = self.below(sum(MIX.values()))
        for code, parts in MIX.items():
            place -= parts
            if place < 0:
                return code
        raise AssertionError(place)

    def cost(self, mean: int) -> int:
        """A stay's cost in öre around `mean` kr, skewed to the right as costs per patient are."""
        place = self.below(1_000_000)
        for (low, start), (high, end) in pairwise(COST_QUANTILES):
            if place < high * 1000:
                factor = start * 1000 + (end - start) * (place - low * 1000) // (high - low)
                return mean * factor // 10_000 + self.below(100)
        raise AssertionError(place)


def grouped(kronor: int, blank: str) -> str:
    """The digits of `kronor` in threes with `blank` between."""
    return f"{kronor:,}".replace(",", blank)


def cell(draw: Draw, ore: int) -> str:
    """A cost cell as people and systems write it: plain, grouped by a blank or a no-break blank, some with kr."""
    kronor, rest = divmod(ore, 100)
    style = draw.below(100)
    if style < 70:
        return f"{kronor},{rest:02d}"
    if style < 88:
        return f"{grouped(kronor, ' ')},{rest:02d}"
    if style < 93:
        return f"{grouped(kronor, chr(0xA0))},{rest:02d}"
    return f"{grouped(kronor, ' ')},{rest:02d} kr" if style < 98 else f"{kronor},{rest:02d} kr"


def weights() -> dict[str, tuple[int, int]]:
    """Weight in thousandths and limit in kr by DRG, from the list beside the contract."""
    with (HERE / "norddrg.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["drg"]: (int(row["weight"].replace(",", "")), int(row["limit"]))
            for row in csv.DictReader(file, delimiter=";")
        }


Stay = tuple[date, str, str, int, int]
"""Discharged, provider, DRG, days in hospital, cost in öre."""


def stay(draw: Draw, listed: dict[str, tuple[int, int]], provider: str, year: int) -> Stay:
    """One stay discharged in `year`."""
    drg = draw.drg()
    weight, _ = listed[drg]
    return draw.day(year), provider, drg, 1 + draw.below(2 + weight // 200), draw.cost(weight * MEAN_COST[year] // 1000)


def edges(listed: dict[str, tuple[int, int]]) -> list[Stay]:
    """Stays that stand on an edge: first and last days, cost on the limit and one öre over, over a new year."""
    limit = {code: listed[code][1] * 100 for code in ("E47C", "H10E", "P05E")}
    return [
        (date(2011, 12, 31), HOSPITAL, "E54N", 3, 1_934_500),
        (date(2012, 1, 1), HOSPITAL, "E54N", 4, 2_011_275),
        (date(2012, 6, 30), HOSPITAL, "E47C", 9, limit["E47C"]),
        (date(2012, 6, 30), HOSPITAL, "E47C", 9, limit["E47C"] + 1),
        (date(2012, 12, 31), HOSPITAL, "H10E", 8, limit["H10E"]),
        (date(2013, 1, 1), HOSPITAL, "H10E", 12, limit["H10E"] + 1),
        (date(2013, 2, 28), HOSPITAL, "P05E", 2, limit["P05E"]),
        (date(2013, 12, 31), HOSPITAL, "W05N", 46, 39_874_050),
        (date(2014, 1, 1), HOSPITAL, "F45E", 3, 1_788_000),
        (date(2016, 1, 1), HOSPITAL, "F45E", 5, 1_901_000),
        # another hospital's stay with a code outside the list: none of this contract's business
        (date(2012, 9, 14), OTHER, "X99Z", 2, 3_100_000),
    ]


def write(name: str, encoding: str, rows: list[list[str]]) -> None:
    """Write `rows` as a semicolon file; no cell needs quotes."""
    text = "".join(";".join(row) + "\n" for row in rows)
    (HERE / "data" / name).write_bytes(text.encode(encoding))


def stays(draw: Draw) -> None:
    """`vardtillfallen.csv`: the stays, in order of discharge."""
    listed = weights()
    found = edges(listed)
    for year, count in YEARS.items():
        found += [stay(draw, listed, HOSPITAL, year) for _ in range(count)]
        found += [stay(draw, listed, OTHER, year) for _ in range(14)]
    for year, count in ((2011, 12), (2014, 10), (2016, 3)):
        found += [stay(draw, listed, HOSPITAL, year) for _ in range(count)]
    rows = [["Vårdkontakt-id", "Vårdgivare", "Klinik", "Inskriven", "Utskriven", "DRG-kod", "Kostnad (KPP)"]]
    for number, (day, provider, drg, days, ore) in enumerate(sorted(found), 1):
        clinic = CLINICS.get(drg[0], "Medicin")
        admitted = day - timedelta(days)
        key = f"VK{number:06d}"
        rows.append([key, provider, clinic, admitted.isoformat(), day.isoformat(), drg, cell(draw, ore)])
    write("vardtillfallen.csv", "cp1252", rows)


def choices(draw: Draw) -> None:
    """`vardval.csv`: operations and births under patient choice, in order of date."""
    found = [(draw.day(year), HOSPITAL, kind) for year in CHOICE for kind, n in CHOICE[year].items() for _ in range(n)]
    found += [(draw.day(year), OTHER, kind) for year in CHOICE for kind in CHOICE[year] for _ in range(3)]
    found += [(date(2011, 12, 30), HOSPITAL, "KATARAKT"), (date(2014, 1, 2), HOSPITAL, "KNÄ")]
    found += [(date(2012, 1, 1), HOSPITAL, "FÖRLOSSNING"), (date(2013, 12, 31), HOSPITAL, "FÖRLOSSNING")]
    rows = [["Vårdvals-id", "Vårdgivare", "Datum", "Kategori"]]
    for number, (day, provider, kind) in enumerate(sorted(found), 1):
        rows.append([f"VV{number:05d}", provider, day.isoformat(), kind])
    write("vardval.csv", "utf-8-sig", rows)


def results(draw: Draw) -> None:
    """`resultat.csv` and `miljo.csv`: indicator results and criteria at the end of each year, two hospitals."""
    rows = [["Vårdgivare", "Indikator", "Mätdatum", "Resultat"]]
    met = [["Vårdgivare", "Kriterium", "Bedömt", "Uppfyllt"]]
    for place, year in enumerate(YEARS):
        day = date(year, 12, 31).isoformat()
        rows += [[HOSPITAL, code, day, values[place]] for code, values in RESULTS.items()]
        rows += [[OTHER, code, day, f"{40 + draw.below(50)},{draw.below(10)} %"] for code in RESULTS]
        met += [[HOSPITAL, code, day, values[place]] for code, values in CRITERIA.items()]
        met += [[OTHER, code, day, "nej"] for code in CRITERIA]
    write("resultat.csv", "utf-8", rows)
    write("miljo.csv", "utf-8", met)


def main() -> None:
    """Write all files; the order of the draws is part of the seed's meaning."""
    draw = Draw(SEED)
    stays(draw)
    choices(draw)
    results(draw)


if __name__ == "__main__":
    main()
