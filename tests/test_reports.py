"""Reports for follow-up meetings: a small contract by figures worked out by hand, the tree's contracts by sums."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

import folders
import pytest
from python_calamine import CalamineWorkbook
from running import run

from avtal import api
from avtal.record import provenance
from avtal.rendering import tables as shown
from avtal.rendering.plots import svg
from avtal.rendering.settlement import Report
from avtal.reports.billing import billing
from avtal.reports.curves import Curve, curves
from avtal.reports.dearest import dearest
from avtal.reports.fulfilment import fulfilment
from avtal.reports.lists import FAMILIES, ids, shares_2021, weaknesses
from avtal.reports.mix import mix
from avtal.reports.pieces import pieces
from avtal.reports.points import points
from avtal.reports.production import production
from avtal.reports.review import review
from avtal.reports.status import status
from avtal.reports.view import CHANGE, Column, Table, View, change, share

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = ROOT / "contracts"
HALF = Fraction(1, 2)

FORMS = """\
unit thing, things (sak)

fact deed (dåd)
  key      id
  dated    on
  provider provider
  counts   thing
  column id : code
  column provider (utförare) : code
  column on (den) : date
  column kind (slag) : code
  column care (vård) : choice open (öppen), closed (sluten) optional
  column size (storlek) : thing from 0 things to 1 000 things

fact score (mått)
  key      provider, name, on
  dated    on
  provider provider
  column provider (utförare) : code
  column name (namn) : code
  column on (den) : date
  column value (värde) : % optional from 0% to 100%

form bulk (mängd)
  "A price up to a ceiling, and what the large ones cost beside it."
  source "SLL-2 till SLL-4: made up; SPV-1"
  component process
  needs deed: id, size
  param price (pris) : kr/thing
  param limit (tak)  : thing
  each deed
    when size > 5 things  pays "large" 100 kr/thing * size
  let made (gjort) = sum of size over deed where size <= 5 things
  pays "bulk" price * lesser(made, limit)

form mean_pay (snittlön)
  "A krona for the mean."
  source "made up"
  needs deed: size
  let middle = (sum of size over deed) / (count of deed)
  pays 1 kr * middle

form year_before (fjolår)
  "What was done the year before."
  source "PV-6, PV-8: made up"
  component structure
  needs deed: size
  let earlier = sum of size over deed in 12 months before period.start
  pays 1 kr/thing * earlier

form goal (mål)
  "A sum by a result."
  source "SLL-13: made up"
  component outcome
  needs score: name, value
  param name (namn) : code key
  param low (låg)   : %
  param high (hög)  : %
  param amount (belopp) : kr
  let found (funnet) = score[name].value
  unsettled when found is missing  "not reported" "inte redovisat"
  pays amount * clamp((found - low) / (high - low), 0%, 100%)

form reported (redovisat)
  "A sum for a report."
  source "SLL-12: made up"
  component outcome
  needs score: name, value
  param name (namn) : code key
  let found = score[name].value
  when found is missing  pays 0 kr
  otherwise              pays 7 kr

form lamp (lampa)
  "A light, and no money."
  source "REG-13: made up"
  needs score: name, value
  param name (namn) : code key
  gives shine (sken) = score[name].value
  gives bright (ljust) = (score[name].value else 0%) > 50%
"""

CONTRACT = """\
avtal "Rapporterat"
  beställare "Region Ett" kod "R1"
  vårdgivare "Kliniken A" kod "A"
  vårdgivare "Kliniken B" kod "B"
  period     2012-01-01 till 2013-12-31
  avräkning  årlig
  avrundning öre halva_från_noll

använd former

mängd "Vård" pris 10,05 kr/sak tak 12 sak/år

snittlön

fjolår

mål namn m låg 50% hög 80% belopp 100 kr

redovisat namn ny

lampa namn m
lampa namn borta
"""

DEEDS = """\
id;utförare;den;slag;vård;storlek
1;A;2011-05-05;x;öppen;3
2;A;2012-01-05;x;öppen;4
3;A;2012-02-05;x;öppen;4
4;A;2012-03-05;y;sluten;6
5;A;2012-04-05;y;;8
6;A;2013-01-05;x;öppen;5
7;A;2013-02-05;y;sluten;5
8;A;2013-03-05;y;sluten;8
9;B;2012-01-05;y;sluten;8
10;B;2013-01-05;y;sluten;1
"""
SCORES = """\
utförare;namn;den;värde
A;m;2012-06-01;65%
A;m;2013-06-01;90%
B;m;2012-06-01;50%
A;ny;2012-06-01;1%
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "rapport"
    for name, text in {
        "former.avtal": FORMS,
        "contract.avtal": CONTRACT,
        "data/deed.csv": DEEDS,
        "data/score.csv": SCORES,
    }.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return made


def view(folder: Path, period: str = "", providers: tuple[str, ...] = (), language: str = "sv") -> View:
    contract = api.load(folder)
    assert [d.message("en") for d in contract.diagnostics if d.is_error] == []
    reading = api.read(contract)
    made = provenance(contract, reading)
    found = api.settle(contract, reading, period=period, providers=providers)
    units = contract.analysed.world.unit_names
    return View(contract, reading, [Report(s, contract.program, made, language, units) for s in found], language)


def by_title(tables: tuple[Table, ...]) -> dict[str, dict[object, tuple[object, ...]]]:
    return {t.title: {row[0]: row[1:] for row in (*t.rows, *([t.total] if t.total else []))} for t in tables}


# --- production


def test_rows_volumes_and_amounts_by_a_column(folder: Path) -> None:
    found = by_title(production(view(folder, providers=("A",)), by=("slag",)))
    assert found["Antal dåd per slag"] == {
        "x": (2, 1, -HALF),
        "y": (2, 2, 0),
        "Summa": (4, 3, Fraction(-1, 4)),
    }
    # 2012: x 4 + 4 of the capped volume, y 6 + 8 with lines of their own; 2013: 10 of the capped volume.
    assert found["sak per slag"] == {
        "y": (14, 13, Fraction(-1, 14)),
        "x": (8, 5, Fraction(-3, 8)),
        "Summa": (22, 18, Fraction(-2, 11)),
    }
    price = Fraction("10.05")
    assert found["Fakturerat per slag, kr"] == {
        "y": (1400, 800 + 5 * price, (5 * price - 600) / 1400),
        "x": (8 * price, 5 * price, Fraction(-3, 8)),
        "Summa": (1400 + 8 * price, 800 + 10 * price, (2 * price - 600) / (1400 + 8 * price)),
    }


def test_both_names_of_a_column_and_its_words_in_the_readers_language(folder: Path) -> None:
    swedish = by_title(production(view(folder, "2012", ("A",)), by=("care",)))
    assert set(swedish["Antal dåd per vård"]) == {"öppen", "sluten", "(ej angivet)", "Summa"}
    english = by_title(production(view(folder, "2012", ("A",), "en"), by=("vård",)))
    assert set(english["Number of deed by care"]) == {"open", "closed", "(not given)", "Total"}
    assert set(english) == {"Number of deed by care", "thing by care", "Invoiced by care, kr"}


def test_a_column_that_is_not_there_is_named_with_those_that_are(folder: Path) -> None:
    with pytest.raises(api.UnreadableError, match="slag") as error:
        production(view(folder), by=("klinik",))
    assert "'klinik'" in error.value.text("sv")
    assert "care" not in error.value.text("sv")


def test_without_a_column_those_with_few_groups_are_taken(folder: Path) -> None:
    assert production(view(folder)) == (), "ten rows are too few to be divided without being asked"
    titles = [t.title for t in production(view(CONTRACTS / "mellansverige", "2022"))]
    assert "Antal vårdtillfälle per verksamhetsområde" in titles
    assert not any("vårdkontakt_id" in title for title in titles)


def test_the_largest_are_shown_and_the_rest_together() -> None:
    own = view(CONTRACTS / "mellansverige", "2022-01-01..2023-12-31", language="en")
    table = next(t for t in production(own, by=("drg",), top=3) if "drg_point" in t.title)
    assert len(table.rows) == 4
    assert str(table.rows[3][0]).startswith("Others (")
    assert table.total is not None
    for at in (1, 2):
        assert sum(row[at] for row in table.rows if isinstance(row[at], Fraction)) == table.total[at]
    assert table.columns[3] == Column("Change 2022–2023", CHANGE)
    whole = next(t for t in production(own, by=("drg",), top=10_000) if "drg_point" in t.title)
    assert whole.total == table.total


@pytest.mark.parametrize("name", ["akutsjukhus", "hoft_kna", "mellansverige"])
def test_pieces_add_up_to_what_was_paid(name: str) -> None:
    period = "2022" if name == "mellansverige" else "2012"
    own = view(CONTRACTS / name, period)
    for report in own.reports[:2]:
        found = pieces(own, report)
        for clause in report.settlement.clauses:
            if clause.pays:
                assert sum((p.amount for p in found if p.clause is clause), Fraction(0)) == clause.amount
        rows = [piece for piece in found if piece.row is not None and not piece.own]
        assert all(piece.row is not None and piece.row.file for piece in rows)


def test_several_sums_and_other_years_rest_on_no_row(folder: Path) -> None:
    own = view(folder, "2012", ("A",))
    found = pieces(own, own.reports[0])
    assert [(p.clause.key, p.row) for p in found if p.clause.key in ("mean_pay", "year_before")] == [
        ("mean_pay", None),
        ("year_before", None),
    ]
    assert [(p.row.cells["id"], p.own) for p in found if p.row is not None] == [
        ("4", True),
        ("5", True),
        ("2", False),
        ("3", False),
    ]


# --- the other tables


def test_the_dearest_lines_with_ties(folder: Path) -> None:
    (table,) = dearest(view(folder), top=2)
    assert table.title == "Dyraste raderna: mängd Vård – large"
    assert [(row[0], row[1], row[2], row[3], row[4]) for row in table.rows] == [
        ("1", 800, "2012", "R1 / A", "5"),
        ("1", 800, "2012", "R1 / B", "9"),
        ("1", 800, "2013", "R1 / A", "8"),
    ]
    assert table.rows[1][5] == "den 2012-01-05, slag y, vård sluten, storlek 8"
    assert table.notes[0] == "3 av 4 rader, 80 procent av deras belopp."


def test_a_common_price_is_not_shown_in_full() -> None:
    table = next(t for t in dearest(view(CONTRACTS / "akutsjukhus", "2012")) if "vårdvalsdel" in t.title)
    assert len(table.rows) == 5
    assert "237 rader kostar så mycket; 5 visas." in table.notes


def test_billing_types(folder: Path) -> None:
    (table,) = billing(view(folder, "2012", ("A",)))
    assert {row[0]: row[1:3] for row in table.rows} == {
        "mängd Vård – large": (2, HALF),
        "mängd Vård – bulk": (2, HALF),
        "snittlön": (None, None),
        "fjolår": (None, None),
        "mål m": (None, None),
        "redovisat ny": (None, None),
    }
    assert table.total is not None
    assert table.total[3] == sum(row[3] for row in table.rows if isinstance(row[3], Fraction))
    assert table.total[4] == 1


def test_fulfilment(folder: Path) -> None:
    first = fulfilment(view(folder))[0]
    assert first.title == "Måluppfyllelse, 2012, R1 / A"
    assert first.rows[0] == ("mål m", "65\u00a0%", "låg 50\u00a0%, hög 80\u00a0%", 50, 100, 0, HALF)
    assert first.rows[1] == ("redovisat ny", "1\u00a0%", None, 7, 7, 7, 1)


def test_what_is_not_settled_is_in_no_sum_and_is_named(folder: Path) -> None:
    own = view(folder, "2013", ("B",))
    table = fulfilment(own)[0]
    assert table.rows[0][1] == "oavgjord"
    assert table.rows[0][3] is None
    assert table.rows[1][3:6] == (0, 7, 0), "not reported: nothing, where a report gives all"
    assert table.total is not None
    assert table.total[3] is None
    for report in (fulfilment, billing, mix):
        assert any("Inte avräknat, och därför inte med: 2013 R1 / B: mål m" in note for note in report(own)[0].notes)
    run("report", folder, "mix", "--period", "2013", code=1)


def test_the_mix(folder: Path) -> None:
    found = by_title(mix(view(folder, "2012", ("A",))))
    assert found["Struktur, process och resultat, 2012"]["Struktur"][0] == 3
    assert found["Struktur, process och resultat, 2012"]["Resultat"][0] == 57
    assert found["Struktur, process och resultat, 2012"]["Inte angivet"][0] == Fraction("5.5")
    beside = found["Blandningen bredvid 2021, 2012"]
    bulk = Fraction("1480.4")
    assert beside["DRG-poäng (SPV-3)"][:2] == (bulk, bulk / (bulk + 57))
    assert beside["Målrelaterad (SPV-6)"][:2] == (57, 57 / (bulk + 57))
    assert beside["Utan motsvarighet 2021"][0] == Fraction("8.5")


def test_the_shares_of_2021_are_whole() -> None:
    sums: dict[tuple[str, str, str], Fraction] = {}
    for row in shares_2021():
        at = (row.operation, row.area, row.region)
        sums[at] = sums.get(at, Fraction(0)) + row.share
    assert len(shares_2021()) == 228
    assert set(sums.values()) == {Fraction(1)}


def test_weaknesses_are_a_list_to_talk_over(folder: Path) -> None:
    (table,) = review(view(folder, "2012", ("A",)))
    families = {str(row[0]).partition(":")[0] for row in table.rows}
    assert families == {"SPV-2", "PV-6", "PV-8", "PV-13"}, "of several sources, the first that the list knows"
    assert all(row[4] is None for row in table.rows), "how each is met is for the reader to write"
    assert any("inget omdöme" in note for note in table.notes)
    assert any("snittlön" in note for note in table.notes)
    assert set(weaknesses()) <= set(FAMILIES)


def test_ids_of_a_source() -> None:
    assert ids("SLL-12 till SLL-14: x; PV-6, PV-8; PUB-2 b") == ("SLL-12", "SLL-13", "SLL-14", "PV-6", "PV-8", "PUB-2")
    assert ids("VBC-2 to 4") == ("VBC-2", "VBC-3", "VBC-4")
    assert ids("2012-02-23, ICD-10") == ("ICD-10",)


def test_status_shows_what_is_not_money(folder: Path) -> None:
    table = status(view(folder, "2012", ("A",)))[0]
    assert table.title == "Lampa, 2012"
    assert [c.heading for c in table.columns] == ["Post", "sken", "ljust"]
    assert table.rows == (("m", "65\u00a0%", "ja"), ("borta", None, "nej"))
    assert status(view(folder, "2012", language="en"))[0].title == "Lamp, 2012, R1 / A"


# --- curves


def curve(own: View, key: str) -> Curve:
    return next(c for c in curves(own) if c.clause.key == key)


def test_a_curve_is_what_the_contract_pays(folder: Path) -> None:
    own = view(folder, "2012", ("A",))
    goal = curve(own, "goal[m]")
    assert goal.turns
    assert goal.now == (Fraction("0.65"), 50)
    assert dict(goal.points)[Fraction("0.7")] == Fraction("66.67")
    assert goal.marks == (("låg", HALF), ("hög", Fraction(4, 5)))
    assert [row for row in points(own, goal).rows if row[0] in (0, 50, 80, 100)] == [
        (0, 0),
        (50, 0),
        (80, 100),
        (100, 100),
    ]
    assert not curve(own, "reported[ny]").turns
    volume = curve(own, 'bulk["Vård"]')
    assert volume.name == "dåd"
    assert volume.points[0] == (0, 1400)
    assert volume.points[-1] == (18, Fraction("1520.6"))


def test_a_picture_is_svg_without_scripts_and_the_same_each_time(folder: Path) -> None:
    own = view(folder, "2012", ("A",))
    for key in ("goal[m]", 'bulk["Vård"]'):
        picture = svg(curve(own, key))
        assert picture == svg(curve(own, key))
        root = ET.fromstring(picture)  # noqa: S314  (our own)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "<script" not in picture
        assert "href=" not in picture
        assert "url(" not in picture
        assert "@import" not in picture
        assert "<!--" not in picture
    assert "låg 50" in svg(curve(own, "goal[m]"))


# --- on the command line


@pytest.mark.parametrize(
    "kind", ["production", "dearest", "billing", "fulfilment", "mix", "review", "status", "curves"]
)
def test_every_report_in_every_form(folder: Path, tmp_path: Path, kind: str) -> None:
    asked = (
        ("report", folder, kind, "--period", "2012", "--by", "slag")
        if kind == "production"
        else ("report", folder, kind, "--period", "2012")
    )
    table = run(*asked).stdout
    assert "─" in table
    english = run(*asked, "--lang", "en").stdout
    assert english != table
    run(*asked, "-o", tmp_path / "r.txt")
    assert (tmp_path / "r.txt").read_text("utf-8") == table
    rows = list(csv.DictReader(io.StringIO(run(*asked, "-O", "csv").stdout), delimiter=";"))
    assert list(rows[0]) == ["table", "row", "column", "value"]
    run(*asked, "-o", tmp_path / "r.xlsx")
    book = CalamineWorkbook.from_path(str(tmp_path / "r.xlsx"))
    assert len(book.sheet_names) == table.count("\n\n")
    assert book.get_sheet_by_index(0).to_python()[0][0] == table.splitlines()[0]


def test_pictures_in_a_folder(folder: Path, tmp_path: Path) -> None:
    run("report", folder, "curves", "--period", "2012", "--provider", "A", "-o", tmp_path / "bilder")
    assert sorted(p.name for p in (tmp_path / "bilder").iterdir()) == [
        "mal-m-2012-r1-a.svg",
        "mangd-vard-2012-r1-a.svg",
    ]


def test_wrong_usage(folder: Path, tmp_path: Path) -> None:
    assert "till en mapp" in run("report", folder, "mix", "-O", "svg", "-o", tmp_path, code=2).stderr
    assert "till en mapp" in run("report", folder, "curves", "-O", "svg", code=2).stderr
    assert "rapport.xlsx" in run("report", folder, "mix", "-O", "xlsx", code=2).stderr
    assert "ändelsen" in run("report", folder, "mix", "-o", tmp_path / "r.pdf", code=2).stderr
    for output in ("r.txt", "r.xlsx"):
        assert "går inte att skriva" in run("report", folder, "mix", "-o", tmp_path / "x" / output, code=2).stderr
    (tmp_path / "fil").write_text("", "utf-8")
    assert "går inte att skriva" in run("report", folder, "curves", "-O", "svg", "-o", tmp_path / "fil", code=2).stderr
    run("report", folder, "vädret", code=2)


def test_nothing_to_show_is_said(tmp_path: Path) -> None:
    own = folders.write(tmp_path / "prov")
    assert "inget att visa" in run("report", own, "status", "--period", "2012", "--provider", "A").stderr


# --- cells


def test_cells_as_people_read_them() -> None:
    table = Table(
        "T",
        (Column("a"), Column("b", "money"), Column("c", "number"), Column("d", "share"), Column("e", CHANGE)),
        (
            ("=1", Fraction(-1234), Fraction(1, 3), HALF, Fraction(-1, 3)),
            ("x" * 80, None, Fraction(10**20), None, HALF),
        ),
        notes=("n",),
    )
    text = shown.text(table, "sv").replace("\u00a0", " ")
    assert "−1 234,00" in text
    assert "0,333333…" in text
    assert "50,0 %" in text
    assert "−33,3 %" in text
    assert "+50,0 %" in text
    assert "…" in text.splitlines()[4]
    assert shown.as_csv([table]).splitlines()[1:4] == ["T;'=1;b;-1234", "T;'=1;c;1/3", "T;'=1;d;0.5"]


def test_a_workbook_holds_numbers_as_far_as_it_can(tmp_path: Path) -> None:
    table = Table("T", (Column("a"), Column("b", "number")), (("=1", Fraction(10**20)), ("x", HALF), ("y", None)))
    shown.workbook(tmp_path / "t.xlsx", [table])
    rows = CalamineWorkbook.from_path(str(tmp_path / "t.xlsx")).get_sheet_by_index(0).to_python()
    assert rows[3][:2] == ["=1", "1" + "0" * 20]
    assert rows[4][:2] == ["x", 0.5]


def test_changes_and_shares_of_nothing() -> None:
    assert change(Fraction(0), Fraction(1)) is None
    assert change(None, Fraction(1)) is None
    assert change(Fraction(-2), Fraction(-1)) == HALF
    assert share(Fraction(1), Fraction(0)) is None
    assert share(None, Fraction(1)) is None


# --- no form by name


def test_no_module_names_a_form_of_payment() -> None:
    """Reports, like all of the engine and program, tell clauses apart by how they are written."""
    names = set()
    for module in sorted((ROOT / "stdlib_rules").glob("*.avtal")):
        for form in api.load(module).analysed.world.forms.values():
            names |= {form.name, form.swedish}
    plain = {"", "cap", "tak", "cost", "status", "quality", "kvalitet", "scope", "block", "period", "fee", "avgift"}
    telling = {name for name in names - plain if "_" in name or len(name) > 9} | {"p4p", "drg"}
    found = []
    for path in [*(ROOT / "interpreter").rglob("*.py"), *(ROOT / "avtal").rglob("*.py")]:
        if path.name == "templates.py":
            continue  # the texts of new contracts use forms, as any contract does
        code = path.read_text("utf-8")
        found += [f"{path.name}: {name}" for name in telling if re.search(rf"[\"'`]{re.escape(name)}[\"'`]", code)]
    assert sorted(found) == []
