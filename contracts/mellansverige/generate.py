"""Make the synthetic data of this contract: nothing in `data/` describes a real patient, contact or invoice.

Deterministic: a fixed seed, no clock; running it again writes the same cells. Reads the two lists beside the
contract (`viktlista.csv`, `undantagspriser.csv`), writes `data/vardkontakter.xlsx`, `data/fakturerat.csv`,
`data/undantag.csv` and `data/sardebiteringar.csv`. Amounts are whole öre throughout, so that a cell has two decimals.

    python contracts/mellansverige/generate.py [folder to write to]
"""

from __future__ import annotations

import calendar
import csv
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import xlsxwriter

HERE = Path(__file__).resolve().parent
SEED = 20212024
CREATED = datetime(2024, 2, 1, tzinfo=UTC)
NBSP = "\u00a0"

# Buyers: code, name as the hospital's system writes it, share of contacts (illustrative).
BUYERS = (
    ("VASTMANLAND", "Region Västmanland", 22),
    ("VARMLAND", "Region Värmland", 8),
    ("SORMLAND", "Region Sörmland", 16),
    ("DALARNA", "Region Dalarna", 20),
    ("GAVLEBORG", "Region Gävleborg", 24),
    ("OREBRO", "Region Örebro län", 10),
)
NAMES = {code: name for code, name, _ in BUYERS} | {"STOCKHOLM": "Region Stockholm"}

# Care of a group: how often it occurs per year (illustrative) and its area (the areas are printed, REG-16).
NEURO, THORAX, SURGERY = "Neuro", "Thoraxkirurgi och -anestesi", "Kirurgi"
CHILD, BLOOD, ORTHO = "Akademiska Barnsjukhuset", "Blod- och tumörsjukdomar", "Ortopedi och handkirurgi"
OTHER = "Övriga verksamhetsområden"
GROUPS = {
    "A01A": (60, NEURO), "A01E": (90, NEURO), "A20N": (110, NEURO), "A46C": (80, NEURO), "A46E": (70, NEURO),
    "A52E": (110, NEURO), "B04N": (60, OTHER), "C01C": (14, OTHER), "C30C": (80, OTHER), "D10E": (90, THORAX),
    "E02N": (40, THORAX), "E03N": (110, THORAX), "E04A": (25, THORAX), "E04C": (45, THORAX), "E07E": (70, THORAX),
    "F12E": (130, SURGERY), "G04C": (50, SURGERY), "G04A": (35, SURGERY), "H05E": (110, ORTHO), "H40E": (90, ORTHO),
    "L02N": (35, SURGERY), "P05E": (140, OTHER), "Q01N": (9, CHILD), "Q20C": (120, CHILD), "R01N": (18, BLOOD),
    "R20C": (90, BLOOD), "W01A": (14, OTHER), "A90O": (160, NEURO), "B50O": (90, OTHER), "D60O": (70, THORAX),
    "E60O": (90, THORAX), "H70O": (70, ORTHO), "R70O": (120, BLOOD),
}  # fmt: skip

# The seven dearest outliers of Uppsala 2022 as printed (REG-16): buyer, million kr, days of care, group (group [I]).
# For the fifth the print gives "8,2 vårddygn", which is kept as eight days here.
DEAREST = (
    ("DALARNA", "7.2", 111, "Q01N"),
    ("SORMLAND", "6.3", 95, "Q01N"),
    ("VARMLAND", "6.0", 92, "Q01N"),
    ("SORMLAND", "5.1", 83, "Q01N"),
    ("VASTMANLAND", "4.0", 8, "R20C"),
    ("GAVLEBORG", "4.0", 66, "Q01N"),
    ("SORMLAND", "4.0", 64, "Q01N"),
)

# A lognormal cost has 13 % of its cases above the limit and a third of its sum there when sigma is 0.6 to 0.7
# and the limit is about 2.2 times the DRG price (13 % and 32 % are printed, REG-16; the distribution is illustrative).
SIGMA = 0.62
LEVEL = {2022: 63_493 * 1.07, 2023: 65_854 * 1.07}

HEADINGS = (
    "Vårdkontakt-id",
    "Köpande region",
    "Vårdform",
    "Verksamhetsområde",
    "Inskrivningsdatum",
    "Utskrivningsdatum",
    "DRG",
    "KPP-kostnad (kr)",
)
Contact = tuple[str, str, str, date, date, str, int]  # buyer, care form, area, in, out, DRG, cost in öre


def read(name: str) -> list[dict[str, str]]:
    """Rows of one of the semicolon lists beside the contract."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def kr(ore: int, blank: str = "", unit: str = "") -> str:
    """An amount in öre as Swedish text: decimal comma, groups split by `blank`."""
    sign, ore = ("-" if ore < 0 else ""), abs(ore)
    return f"{sign}{ore // 100:,}".replace(",", blank) + f",{ore % 100:02d}{unit}"


def pick_buyer(rng: Random) -> str:
    """A buyer's code, by its share."""
    return rng.choices([b[0] for b in BUYERS], [b[2] for b in BUYERS])[0]


def pick_day(rng: Random, year: int) -> date:
    """A day of the year."""
    return date(year, 1, 1) + timedelta(days=rng.randrange(366 if calendar.isleap(year) else 365))


def contact(rng: Random, buyer: str, drg: str, out: date, cost: int, stay: int | None = None) -> Contact:
    """One contact; an outpatient group (code ending in O) begins and ends on one day."""
    outpatient = drg.endswith("O")
    days = 0 if outpatient else stay if stay is not None else 1 + int(rng.expovariate(1 / 5))
    area = CHILD if stay == 8 else GROUPS[drg][1]
    return (buyer, "Öppenvård" if outpatient else "Slutenvård", area, out - timedelta(days=days), out, drg, cost)


def contacts(rng: Random) -> list[Contact]:
    """All contacts of both years, the edge rows on purpose included, in order of discharge."""
    lists = {(r["drg"], int(r["från"][:4])): r for r in read("viktlista.csv")}
    rows: list[Contact] = []
    for year in (2022, 2023):
        for drg, (count, _) in GROUPS.items():
            weight = float(lists[drg, year]["vikt"].replace(",", "."))
            sigma = SIGMA * (0.62 if drg.endswith("O") else 1.0)
            for _ in range(count + rng.randrange(-count // 12, count // 12 + 1)):
                cost = round(100 * weight * LEVEL[year] * rng.lognormvariate(0, sigma))
                rows.append(contact(rng, pick_buyer(rng), drg, pick_day(rng, year), cost))
        # Edges: exactly at the limit is an inlier, one öre above is an outlier, one öre below is an inlier.
        for i, difference in enumerate((0, 1, -1)):
            limit = 100 * int(lists["E03N", year]["gräns"])
            rows.append(contact(rng, BUYERS[i][0], "E03N", date(year, 6, 15), limit + difference))
        # Edge: first and last day of the year count; a stay over New Year belongs to the year of discharge.
        rows.append(contact(rng, "DALARNA", "P05E", date(year, 12, 31), 2_950_000))
        rows.append(contact(rng, "DALARNA", "R01N", date(year, 1, 1), 61_234_567, 21))
    for buyer, million, days, drg in DEAREST:
        rows.append(contact(rng, buyer, drg, pick_day(rng, 2022), int(float(million) * 10) * 10_000_000, days))
    # Rows that must not count: a region that is no party here, and discharges outside the settled years.
    strangers = ("E03N", "A01E", "Q20C", "R01N", "A90O", "E03N")
    rows += [contact(rng, "STOCKHOLM", drg, pick_day(rng, rng.choice((2022, 2023))), 31_111_100) for drg in strangers]
    outside = (date(2021, 12, 30), date(2021, 12, 31), date(2024, 1, 1), date(2024, 1, 2))
    rows += [contact(rng, "GAVLEBORG", "E07E", out, 22_222_200) for out in outside]
    return sorted(rows, key=lambda row: (row[4], row[5], row[0], row[6]))


def write_contacts(path: Path, rows: list[Contact]) -> None:
    """An .xlsx with text as text, dates as date cells and costs as numbers; its properties are fixed."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_numbers": False})
    book.set_properties({"title": "Syntetiska vårdkontakter", "comments": "Syntetiska data", "created": CREATED})
    sheet = book.add_worksheet("Vårdkontakter")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    money = book.add_format({"num_format": "#,##0.00"})
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(0, column, heading)
    for line, (buyer, care, area, start, end, drg, cost) in enumerate(rows, start=1):
        for column, text in enumerate((f"AS{end.year % 100}-{line:06d}", NAMES[buyer], care, area)):
            sheet.write_string(line, column, text)
        sheet.write_datetime(line, 4, start, day)
        sheet.write_datetime(line, 5, end, day)
        sheet.write_string(line, 6, drg)
        sheet.write_number(line, 7, cost / 100, money)
    sheet.set_column(0, 7, 18)
    sheet.freeze_panes(1, 0)
    book.close()


def write_csv(path: Path, headings: list[str], rows: list[list[str]]) -> None:
    """A semicolon file, UTF-8, line ends LF."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)


def invoices(rng: Random) -> list[list[str]]:
    """Net invoiced 2020–2022 by buyer, month and kind; credit notes are negative rows.

    The yearly level follows the printed DRG points 20 008, 21 712 and 22 081 (REG-16) and the printed price rise of
    5.0 % from 2021 to 2022; the size of the sample and the split on buyers are illustrative.
    """
    level = {2020: 20_008 * 60_470, 2021: 21_712 * 60_470, 2022: 22_081 * 63_493}
    kinds = (("DRG", 1.0), ("Ytterfall", 0.5), ("Undantag", 0.06), ("Särdebitering", 0.08))
    rows: list[list[str]] = []
    for year in (2020, 2021, 2022):
        for month in range(1, 13):
            last = date(year, month, calendar.monthrange(year, month)[1]).isoformat()
            for code, _, share in BUYERS:
                for kind, size in kinds:
                    # 0.215 brings the printed volume down to the size of this sample.
                    ore = round(100 * level[year] / 12 * share / 100 * 0.215 * size * rng.uniform(0.85, 1.15))
                    rows.append([f"F{year}-{len(rows) + 1:05d}", code, last, kind, kr(ore, NBSP)])
                    if rng.random() < 0.06:
                        credit = -round(ore * rng.uniform(0.01, 0.08))
                        rows.append([f"F{year}-{len(rows) + 1:05d}", code, last, kind, kr(credit, NBSP)])
            if month == 6:  # a region that is no party here
                rows.append([f"F{year}-{len(rows) + 1:05d}", "STOCKHOLM", last, "DRG", kr(123_456_700, NBSP)])
    return rows


def exceptions(rng: Random) -> list[list[str]]:
    """Service lines outside DRG (REG-6) with item and quantity, dated."""
    # Item: lines per year, largest quantity. Only hours (PSY-03) come in quarters, which gives
    # products of more than two decimals.
    items = {
        "NHV-01": (8, 1),
        "NHV-02": (20, 1),
        "PSY-01": (14, 12),
        "PSY-02": (25, 1),
        "PSY-03": (22, 25),
        "CAN-01": (45, 20),
        "CAN-02": (32, 4),
        "CAN-03": (40, 1),
    }
    rows = []
    for year in (2022, 2023):
        for item, (count, largest) in items.items():
            for _ in range(count):
                size = rng.randrange(1, largest + 1)
                quantity = f"{size // 4},{size % 4 * 25:02d}" if item == "PSY-03" else str(size)
                rows.append([pick_day(rng, year).isoformat(), pick_buyer(rng), item, quantity])
    rows += [["2023-12-31", "OREBRO", "NHV-01", "1"], ["2024-01-01", "OREBRO", "NHV-01", "1"]]
    rows += [["2022-03-03", "STOCKHOLM", "PSY-02", "1"], ["2022-12-31", "VARMLAND", "PSY-03", "0,25"]]
    return [[f"U{i:05d}", *row] for i, row in enumerate(sorted(rows), start=1)]


def special_debits(rng: Random, rows: list[Contact]) -> list[list[str]]:
    """Expensive drugs and implants (REG-7) at actual amounts, each with the contact it was given in."""
    items = (
        ("Läkemedel", "Dyrt läkemedel, genterapi", 1_800_000, BLOOD),
        ("Läkemedel", "Dyrt läkemedel, blodsjukdom", 145_000, BLOOD),
        ("Läkemedel", "Dyrt läkemedel, nervsjukdom", 92_000, NEURO),
        ("Implantat", "Dyrt implantat, hjärta", 168_000, THORAX),
        ("Implantat", "Dyrt implantat, neurostimulator", 121_000, NEURO),
        ("Implantat", "Dyrt implantat, rygg", 64_000, ORTHO),
    )
    out: list[list[str]] = []
    for line, (buyer, _, area, _, end, _, _) in enumerate(rows, start=1):
        if buyer == "STOCKHOLM" or rng.random() > 0.045:
            continue
        fitting = [item for item in items if item[3] == area]
        if fitting:
            # The first of an area is the rarest and dearest.
            kind, text, size, _ = rng.choices(fitting, [1 + 3 * i for i in range(len(fitting))])[0]
            amount = round(100 * size * rng.uniform(0.8, 1.25))
            identity = f"AS{end.year % 100}-{line:06d}"
            out.append([f"S{len(out) + 1:05d}", end.isoformat(), buyer, kind, text, identity, kr(amount, " ", " kr")])
    return out


def main(target: Path) -> None:
    """Write all four files into `target`."""
    rng = Random(SEED)
    rows = contacts(rng)
    write_contacts(target / "vardkontakter.xlsx", rows)
    heads = ["Fakturanummer", "Köpare", "Avser månad t.o.m.", "Slag", "Nettobelopp"]
    write_csv(target / "fakturerat.csv", heads, invoices(rng))
    heads = ["Radnummer", "Datum", "Köpare", "Artikel", "Antal"]
    write_csv(target / "undantag.csv", heads, exceptions(rng))
    heads = ["Radnummer", "Datum", "Köpare", "Slag", "Benämning", "Vårdkontakt-id", "Faktisk kostnad"]
    write_csv(target / "sardebiteringar.csv", heads, special_debits(rng, rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "data")
