"""What is told of rows of parties that no contract has."""

from __future__ import annotations

import csv
import io
import json
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from avtal import api
from avtal.answering import settled
from avtal.cli import run
from avtal.engines.means import Means
from avtal.strangers import strangers
from avtal.structure import to_json

CONTRACT = """contract "Two"
  buyer    "Region"   code "REG"
  provider "Hospital" code "HOSP"
  period   2012

unit drip, drips (dropp)

fact visit (besök)
  key id
  dated d
  provider p
  buyer b
  counts drip
  column id : code
  column p : code
  column b : code optional
  column d : date

fact spare (reserv)
  key id
  provider p
  column id : code
  column p : code

form each_visit
  "So much for each."
  needs visit: id, p, b, d
  each visit
    pays "a" 10 kr

each_visit "Visits"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "contract.avtal").write_text(CONTRACT, encoding="utf-8")
    (tmp_path / "data").mkdir()
    return tmp_path


def lay(folder: Path, rows: str, spare: str = "") -> None:
    """Lay visits, `provider buyer` each, and rows of a fact that no clause needs."""
    lines = [f"v{at};{row.replace(' ', ';')};2012-03-01" for at, row in enumerate(rows.split(", "))]
    (folder / "data" / "visit.csv").write_text("\n".join(["id;p;b;d", *lines, ""]), encoding="utf-8")
    more = [f"s{at};{row}" for at, row in enumerate(spare.split())]
    (folder / "data" / "spare.csv").write_text("\n".join(["id;p", *more, ""]), encoding="utf-8")


def told(folder: Path, engine: str) -> list[str]:
    contract = api.load(folder)
    reading = api.read(contract, means=Means(engine=engine, keep=False))
    try:
        found = list(strangers([contract], reading))
    finally:
        reading.close()
    assert all(sv.startswith("Obs: ") for sv, _ in found)
    return [en for _, en in found]


ENGINES = pytest.mark.parametrize("engine", ["reference", "duckdb"])


@ENGINES
def test_nothing_is_told_of_own_rows_and_of_a_whole_region(folder: Path, engine: str) -> None:
    lay(folder, "HOSP REG, HOSP ")
    assert told(folder, engine) == []
    lay(folder, "HOSP REG, KLIN REG, VC17 REG, VC17 OTH", "X X X")
    assert told(folder, engine) == []


@ENGINES
def test_that_no_row_is_of_its_parties(folder: Path, engine: str) -> None:
    lay(folder, "HSP1 REG, HSP1 REG, VC17 REG", "HOSP")
    (found,) = told(folder, engine)
    said = (
        "no row of the fact visit is of the contract's provider (HOSP). The codes there are HSP1 (2 rows, visit.csv:2)"
    )
    assert said in found
    assert "VC17 (1 row, " in found
    lay(folder, "HOSP A, HOSP B, HOSP C, HOSP D, HOSP E, HOSP F")
    (found,) = told(folder, engine)
    assert "no row of the fact visit is of the contract's buyer (REG)" in found
    assert found.count("1 row") == 5
    assert "…" in found


@ENGINES
def test_the_first_place_is_the_same_in_whatever_order_files_are_given(folder: Path, engine: str) -> None:
    lay(folder, "HOSP REG, HOPS REG, HOPS REG")
    first = (folder / "data" / "visit.csv").rename(folder / "data" / "visit_2.csv")
    second = folder / "data" / "visit_1.csv"
    second.write_text(first.read_text("utf-8").replace("v", "w"), encoding="utf-8")
    contract = api.load(folder)
    for files in ((first, second), (second, first)):
        reading = api.read(contract, files, means=Means(engine=engine, keep=False))
        ((_, found),) = strangers([contract], reading)
        reading.close()
        assert "HOPS (4 rows, visit_1.csv:3)" in found


@ENGINES
def test_a_code_that_is_nearly_its_own(folder: Path, engine: str) -> None:
    lay(folder, "HOSP REG, HOSP REG, HOPS REG", "HOSP")
    (found,) = told(folder, engine)
    assert "the fact visit has rows of a provider that the contract lacks: HOPS (1 row, " in found
    lay(folder, "HOSP REG, HOSP REG, HOPS REG", "HOSP HOPS")
    assert told(folder, engine) == []  # one that stands in several facts is somebody
    lay(folder, "HOSP REG, HOSP RGE")
    (found,) = told(folder, engine)
    assert "the fact visit has rows of a buyer that the contract lacks: RGE" in found


def test_json_and_the_answers_have_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(folder, "HSP1 REG, HSP1 REG")
    contract = api.load(folder)
    reading = api.read(contract)
    found = settled(contract, reading)
    assert [note.partition(".")[0] for note in found.notes] == [
        "Note: no row of the fact visit is of the contract's provider (HOSP)"
    ]
    assert settled(contract, reading, language="sv").notes[0].startswith("Obs: ingen rad i underlaget besök")
    for asked, language in ((["--lang", "en"], "en"), (["--lang", "sv"], "sv"), ([], "en")):
        assert run(["settle", str(folder), "-O", "json", *asked]) == 0
        assert capsys.readouterr().out == to_json(settled(contract, reading, language=language))
    # In a folder of contracts it stands once.
    (folder / "contract.avtal").rename(folder / "a.avtal")
    (folder / "b.avtal").write_text(CONTRACT.replace('"Two"', '"Three"'), encoding="utf-8")
    assert run(["settle", str(folder / "a.avtal"), str(folder / "b.avtal"), "-O", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (len(told["settlements"]), told["notes"]) == (2, list(found.notes))


@pytest.mark.parametrize("more", [(), ("--show-lines",)], ids=["amounts", "lines"])
def test_every_form_has_it(folder: Path, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    lay(folder, "HSP1 REG, HSP1 REG")
    (note,) = settled(contract := api.load(folder), api.read(contract)).notes
    asked = ["settle", str(folder), *more]
    assert run([*asked, "-O", "csv"]) == 0
    *rows, last = csv.DictReader(io.StringIO(capsys.readouterr().out), delimiter=";")
    assert {name: cell for name, cell in last.items() if cell} == {"clause": note, "status": "note"}
    assert list(last) == list(rows[0] if rows else last)
    assert sum(Fraction(row["amount"]) for row in rows if row["status"] == "settled") == 0
    assert run([*asked, "-O", "table"]) == 0
    assert capsys.readouterr().out.endswith(f"\n\n{note}\n")
    assert run([*asked, "-o", str(folder / "a.xlsx")]) == 0
    summary = CalamineWorkbook.from_path(str(folder / "a.xlsx")).get_sheet_by_index(0).to_python()
    assert (summary[0][0], summary[1][0]) == (note, "Two")


def test_on_a_terminal_it_stands_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(folder, "HSP1 REG, HSP1 REG")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for output, times in (((), 0), (("-o", str(folder / "a.txt")), 1)):
        assert run(["settle", str(folder), *output]) == 0
        told, beside = capsys.readouterr()
        assert beside.count("Note: no row") == 1
        assert (told + "".join(path.read_text("utf-8") for path in folder.glob("*.txt"))).count("Note: no row") == times


def test_settling_tells_it_on_standard_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(folder, "HSP1 REG, HSP1 REG")
    assert run(["settle", str(folder), "-O", "csv"]) == 0
    shown = capsys.readouterr()
    assert ";total;settled;0.00" in shown.out
    assert "no row of the fact visit is of the contract's provider (HOSP)" in shown.err
    assert run(["settle", str(folder), "-O", "csv", "--lang", "sv"]) == 0
    assert "ingen rad i underlaget besök hör till avtalets vårdgivare (HOSP)" in capsys.readouterr().err
