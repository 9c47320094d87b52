"""Reports as curves, pictures, files and on the command line; and that no module names a form of payment."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

import folders
import pytest
import report_folder
from python_calamine import CalamineWorkbook
from report_folder import view
from running import run

from avtal import api
from avtal.rendering import tables as shown
from avtal.rendering.plots import svg
from avtal.reports.curves import Curve, curves
from avtal.reports.points import points
from avtal.reports.view import CHANGE, Column, Table, View, change, share

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = ROOT / "contracts"
HALF = Fraction(1, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return report_folder.write(tmp_path / "rapport")


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
    assert "ange -o" in run("report", folder, "mix", "-O", "xlsx", code=2).stderr
    assert "ändelsen" in run("report", folder, "mix", "-o", tmp_path / "r.pdf", code=2).stderr
    for output in ("r.txt", "r.xlsx"):
        assert "går inte att skriva" in run("report", folder, "mix", "-o", tmp_path / "x" / output, code=2).stderr
    (tmp_path / "r.xlsx").symlink_to(tmp_path / "x" / "r.xlsx")
    assert "mappen finns inte" in run("report", folder, "mix", "-o", tmp_path / "r.xlsx", code=2).stderr
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


def test_clauses_of_one_name_have_a_curve_each(tmp_path: Path) -> None:
    asked = (CONTRACTS / "kvalitetsandelar", "--period", "2012")
    run("report", asked[0], "curves", *asked[1:], "-O", "svg", "-o", tmp_path / "bilder")
    files = sorted(path.name for path in (tmp_path / "bilder").glob("malersattning-411-*.svg"))
    assert len(files) == 3
    assert any("som-i-skane" in name for name in files)
    shown = run("report", asked[0], "fulfilment", *asked[1:]).stdout
    assert "målersättning 411 (kvalitetsandel Som i Skåne" in shown
