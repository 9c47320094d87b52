"""A snapshot has the rows, and the problems, that the reading of rows gives."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import xlsxwriter
from engine_data import NAMES, contract, rows_back
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from pyarrow import parquet as written
from snapshot_data import FACTS, GOOD, HEAD, csv_text, in_process, near

from avtal.engines import coding, renewal
from avtal.engines.duck import DuckEngine
from avtal.engines.snapshot import opened
from avtal.reading import Reading, read_data
from interpreter.facts import Fact
from interpreter.sets.relation import EngineError

__all__ = ["near"]


def agree(paths: Sequence[Path], facts: Sequence[Fact] = FACTS, **asked: Any) -> Reading:
    """Hold that a snapshot says what the reading of rows says."""
    expected = read_data(paths, facts)
    with ExitStack() as stack:
        try:
            found = stack.enter_context(opened(paths, facts, **asked))
        except EngineError as error:
            # Numbers that no 63-bit integer has: right all the same.
            if "63 bits" not in str(error):
                raise
            assert not expected.problems
            return expected
        assert found.reading.problems == expected.problems
        assert found.reading.suggestion == expected.suggestion
        if expected.problems:
            assert found.dataset is None
            return expected
        assert found.reading.files == expected.files
        assert found.dataset is not None
        assert found.dataset.relations.keys() == expected.data.keys()
        for name, rows in expected.data.items():
            relation = found.dataset.relations[name]
            names = [column.name for column in relation.fact.columns]
            as_read = [(row.file, row.line, tuple(row.cells.get(column) for column in names)) for row in rows]
            assert rows_back(found.dataset, relation) == sorted(as_read, key=lambda row: row[:2])
    return expected


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("near")
def test_the_data_of_every_contract(name: str, tmp_path: Path) -> None:
    made = contract(name)
    folder = tmp_path / "data"
    shutil.copytree(made.path.parent / "data", folder)
    reading = agree([folder], list(made.program.facts.values()))
    assert reading.data


CELLS = {
    "id": [
        "A1",
        "A2",
        " A1 ",
        "",
        "å",
        "a\u0301",
        "a\u200bb",
        "x y",
        'q"q',
        "line\nbreak",
        "lone\rreturn",
        "A" * 10_001,
        "0102",
        "=1+1",
    ],
    "date": [
        "2012-01-31",
        "20120131",
        "2012-01-31 00:00:00",
        "2012-02-30",
        "31/1/2012",
        "1850-01-01",
        "",
        "2012-01-31 12:00",
    ],
    "cost": [
        "1",
        "007",
        "-12,5",
        "1 234,50",
        "1.234",
        "1,234",
        "1.234.567",
        "2,5 tkr",
        "50 öre",
        "x",
        "",
        "-101",
        "1e5",
        "1234567890123456789",
        "0,1234567",
        "(5)",
        "5-",
        "12,5 kg",
        "1.5",
        "1,5",
        "999999999999999999",
    ],
    "share": ["50", "87,5 %", "101", "0,5", "1.000", "", "50 kr"],
    "weight": ["1", "0,25", "0.25", "1.234", "12.345,6", "", "nan", "3 tkr"],
    "urgent": ["ja", "NEJ", "1", "0", "", "kanske"],
    "kind": ["in", "SLUTEN", "öppen", "oppen", "", "Öppen"],
    "note": [
        "",
        "fri text",
        "tab\there",
        "rad\nrad",
        "rad\rrad",
        "\r",
        "rad\r\nrad\r",
        "a;b",
        '"',
        "   ",
        "\u202fx",
        "x" * 10_001,
    ],
}


@pytest.mark.parametrize("few", [90_000, 1])
@settings(max_examples=40, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_same_problems_and_rows(data: st.DataObject, few: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("data")
    mostly = data.draw(st.sampled_from([1, 3, 30]))
    for file in ("admission.csv", "vårdtillfällen_2013.csv"):
        rows = []
        for at in range(data.draw(st.integers(0, 6))):
            row = []
            for place, name in enumerate(HEAD):
                good = f"{file[0]}{at}" if name == "id" else GOOD[place]
                odd = data.draw(st.integers(0, mostly)) == 0
                row.append(data.draw(st.sampled_from(CELLS[name])) if odd else good)
            if data.draw(st.integers(0, 40)) == 0:
                row = data.draw(st.sampled_from([[""], row[:-1], [*row, "x"], [""] * len(HEAD)]))
            rows.append(row)
        folder.joinpath(file).write_text(csv_text(rows), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(renewal, "messages", in_process)
        patch.setattr(coding, "FEW", few)
        agree([folder], keep=False)


@pytest.mark.parametrize("few", [90_000, 1])
@pytest.mark.usefixtures("near")
def test_many_problems_are_counted(few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coding, "FEW", few)
    rows = [["A", "2012-13-01", "x", "101", "1.234", "?", "?", "text"] for _ in range(700)]
    (tmp_path / "admission.csv").write_text(csv_text(rows), "utf-8")
    reading = agree([tmp_path])
    assert {problem.code for problem in reading.problems} == {
        "AVD29",
        "AVD21",
        "AVD26",
        "AVD38",
        "AVD32",
        "AVD33",
        "AVD99",
    }


@pytest.mark.usefixtures("near")
def test_ends_of_lines_within_cells_are_read_the_same(tmp_path: Path) -> None:
    notes = ["rad\rrad", "\rrad", "rad\r", "rad\r\nrad", "rad\nrad", 'rad\r"', "\r\r\n\r", "rad"]
    text = "".join(f'A{at};2012-01-31;"{note.replace(chr(34), 2 * chr(34))}"\n' for at, note in enumerate(notes))
    (tmp_path / "admission.csv").write_bytes(f"id;date;note\n{text}".encode())
    assert next(row.cells["note"] for row in agree([tmp_path]).data["admission"]) == notes[0]


def twins(folder: Path, rows: int, *, refused: int = 0) -> None:
    """The same rows in two files; every so manieth of the second is refused for a cell that is no key."""
    for file in ("admission_1.csv", "admission_2.csv"):
        made = [["A" + str(at % rows), "2012-01-31", "1", "", "", "", "", ""] for at in range(rows)]
        for at in range(refused, rows, refused or rows):
            made[at][2] = "x" if file == "admission_2.csv" else "1"
        (folder / file).write_text(csv_text(made), "utf-8")


@pytest.mark.parametrize("refused", [0, 7])
@pytest.mark.usefixtures("near")
def test_rows_delivered_twice_are_told_in_the_same_order(refused: int, tmp_path: Path) -> None:
    twins(tmp_path, 1500, refused=refused)
    rows = [[f"A{at % 1100}", *GOOD[1:]] for at in range(1499, 400, -1)]
    (tmp_path / "admission_3.csv").write_text(csv_text(rows), "utf-8")
    paths = [tmp_path / "admission_3.csv", tmp_path / "admission_2.csv", tmp_path / "admission_1.csv"]
    reading = agree(paths)
    assert [problem.code for problem in reading.problems].count("AVD38") == 3000
    agree([tmp_path])


@pytest.mark.usefixtures("near")
def test_very_many_rows_delivered_twice_are_all_counted(tmp_path: Path) -> None:
    twins(tmp_path, 100_000)
    with opened([tmp_path], FACTS) as found:
        assert found.dataset is None
        told = [problem for problem in found.reading.problems if problem.code == "AVD38"]
        assert {problem.file: dict(problem.args)["file"] for problem in told} == {
            "admission_1.csv": "admission_2.csv",
            "admission_2.csv": "admission_1.csv",
        }
        more = [dict(problem.args)["count"] for problem in found.reading.problems if problem.code == "AVD99"]
    assert more == ["99000", "99000"]


@pytest.mark.usefixtures("near")
def test_doubled_keys_without_rows_are_never_paid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    twins(tmp_path, 2)
    query = DuckEngine.query
    monkeypatch.setattr(DuckEngine, "query", lambda engine, sql: [] if "PARTITION BY" in sql else query(engine, sql))
    with pytest.raises(EngineError, match="doubled keys"), opened([tmp_path], FACTS):
        pass


@pytest.mark.usefixtures("near")
def test_headings_mappings_and_files_are_judged_the_same(tmp_path: Path) -> None:
    for at, (name, text) in enumerate(
        [
            ("admission.csv", csv_text([GOOD], [*HEAD[:-1], "anteckning"])),
            ("admission.csv", csv_text([GOOD], [*HEAD[:-1], "id"])),
            ("admission.csv", csv_text([GOOD], [*HEAD[:-1], "vårdkontakt"])),
            ("admission.csv", csv_text([GOOD[1:]], HEAD[1:])),
            ("admission.csv", csv_text([GOOD, ["x", *GOOD[1:]]], [*HEAD[:-1], ""])),
            ("admission.csv", csv_text([["tkr", *GOOD[1:]]], ["id", "date", "cost (tkr)", *HEAD[3:]])),
            ("admission.csv", csv_text([GOOD], ["id", "date", "cost (%)", *HEAD[3:]])),
            ("admission.csv", "Titel\n\n" + csv_text([GOOD])),
            ("admission.csv", ""),
            ("admission.csv", csv_text([])),
            ("admission.csv", 'id;date\n"A;2012-01-01\n'),
            ("admission.csv", "sep=,\nid,date\nA,2012-01-01\n"),
            ("admission.csv", "id;date\nA;2012-01-01\n"),
            ("unknown.csv", csv_text([GOOD])),
            ("admission.xls", "x"),
        ]
    ):
        folder = tmp_path / f"case{at}"
        folder.mkdir()
        (folder / name).write_text(text, "utf-8")
        agree([folder])
    for at, mapping in enumerate(
        [
            '[[file]]\nname = "x.csv"\nfact = "admission"\nignore = ["note"]\n[file.constants]\nnote = "samma"\n',
            '[[file]]\nname = "x.csv"\nfact = "admission"\n[file.values.kind]\n"" = "öppen"\n"in" = "out"\n',
            '[[file]]\nname = "x.csv"\nfact = "admission"\n[file.columns]\n"note" = "weight"\n"weight" = "note"\n',
            '[[file]]\nname = "x.csv"\nfact = "nothing"\n',
            '[[file]]\nname = "x.csv"\nfact = "admission"\n[file.values.nothing]\n"a" = "b"\n',
            '[[file]]\nname = "y.csv"\nfact = "admission"\n',
            '[[file]]\nname = "x.csv"\nfact = "admission"\ndecimal = "."\n',
            "nonsense",
        ]
    ):
        folder = tmp_path / f"mapped{at}"
        folder.mkdir()
        rows = [GOOD, ["A2", *GOOD[1:6], "", ""], ["A3", "2012-01-01", "1.234", "", "", "", "", ""]]
        (folder / "x.csv").write_text(csv_text(rows), "utf-8")
        (folder / "mapping.toml").write_text(mapping, "utf-8")
        agree([folder])
    agree([tmp_path / "nowhere"])
    agree([])


def parquet(path: Path, sql: str) -> None:
    duckdb.sql(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")


PLAIN = "SELECT 'K' || range AS id, DATE '2012-01-01' AS date"
PARQUETS = [
    "SELECT 'K' || range AS id, DATE '2012-01-01' + range::INT AS date, 0.25 * range AS cost FROM range(50)",
    "SELECT range AS id, DATE '2012-01-01' AS date, range % 7 AS cost, (range % 5)::DOUBLE / 8 AS weight FROM range(9)",
    "SELECT range::UTINYINT AS id, TIMESTAMP '2012-01-01 00:00:00' AS date, range::UBIGINT AS cost FROM range(50)",
    "SELECT range::DECIMAL(9, 1) AS id, TIMESTAMP '2012-01-01 12:00:00' AS date FROM range(5)",
    "{plain}, range::DOUBLE AS cost FROM range(5)",
    "{plain}, range::FLOAT / 7 AS weight FROM range(5)",
    "{plain}, 'nan'::DOUBLE AS weight FROM range(5)",
    "{plain}, (range - 200)::DECIMAL(38, 10) / 3 AS cost FROM range(300)",
    "{plain}, (range * 1000000000000000000)::DECIMAL(38, 0) AS cost FROM range(5)",
    "{plain}, ' ' || range AS cost, range % 2 = 0 AS urgent FROM range(50)",
    "{plain}, range || ',5' AS cost, 'ja' AS urgent, 1 AS kind FROM range(5)",
    "SELECT 'K' || range % 4 AS id, DATE '2012-01-01' AS date FROM range(9)",
    "SELECT if(range > 2, 'K' || range, NULL) AS id, if(range > 1, DATE '2012-01-01', NULL) AS date FROM range(9)",
    "{plain}, [1] AS note FROM range(5)",
    "{plain}, 1 AS ID FROM range(5)",
    "{plain}, 'å' || range AS note, TRUE AS kind FROM range(5)",
    "{plain} FROM range(5) WHERE false",
    "SELECT 'K' || range AS id, DATE '1812-01-01' AS date, NULL AS note FROM range(3)",
    "SELECT 'K' || range AS id, DATE 'infinity' AS date FROM range(3)",
]


@pytest.mark.parametrize("few", [90_000, 1])
@pytest.mark.parametrize("sql", PARQUETS, ids=range(len(PARQUETS)))
@pytest.mark.usefixtures("near")
def test_parquet_is_read_the_same(sql: str, few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coding, "FEW", few)
    parquet(tmp_path / "admission.parquet", sql.replace("{plain}", PLAIN))
    agree([tmp_path])


@pytest.mark.usefixtures("near")
def test_a_time_with_a_zone_is_refused(tmp_path: Path) -> None:
    parquet(tmp_path / "admission.parquet", "SELECT 'K' || range AS id, TIMESTAMPTZ '2012-01-01' AS date FROM range(3)")
    with opened([tmp_path], FACTS) as found:
        assert [problem.code for problem in found.reading.problems] == ["AVD48"]


@pytest.mark.usefixtures("near")
def test_cells_below_no_heading_of_parquet_are_told(tmp_path: Path) -> None:
    ids = [f"K{at}" for at in range(1200)]
    odd = [[1] if at == 5 else None for at in range(1200)]
    table = {"id": ids, "date": [date(2012, 1, 31)] * 1200}
    head = [*table, "", ""]
    for cells, row, value, count in ((list(range(1200)), 1, "0", 1001), ([None, " x "] + [None] * 1198, 2, "x", 2)):
        made = pa.table([*(pa.array(column) for column in table.values()), pa.array(cells), pa.array(odd)], head)
        written.write_table(made, tmp_path / "admission.parquet")
        found = agree([tmp_path], keep=False).problems
        assert (found[0].code, found[0].row, found[0].value, len(found)) == ("AVD19", row, value, count)
        assert found[-1].code == ("AVD99" if count > 2 else "AVD19")
    written.write_table(pa.table({**table, "": pa.nulls(1200)}), tmp_path / "admission.parquet")
    assert len(agree([tmp_path], keep=False).data["admission"]) == 1200


@pytest.mark.usefixtures("near")
def test_parquet_that_is_broken_or_oddly_named(tmp_path: Path) -> None:
    (tmp_path / "admission.parquet").write_bytes(b"PAR1 nonsense PAR1")
    assert [problem.code for problem in agree([tmp_path]).problems] == ["AVD40"]
    whole = tmp_path / "whole"
    whole.mkdir()
    parquet(whole / "admission.parquet", PARQUETS[0])
    data = (whole / "admission.parquet").read_bytes()
    (whole / "admission.parquet").write_bytes(data[:4] + bytes(200) + data[204:])
    assert [problem.code for problem in agree([whole]).problems] == ["AVD40"]
    odd = tmp_path / "odd"
    odd.mkdir()
    parquet(odd / "x.parquet", PARQUETS[0])
    (odd / "x.parquet").rename(odd / "admission[1].parquet")
    assert [problem.code for problem in agree([odd]).problems] == ["AVD50"]
    (odd / "admission[1].parquet").rename(odd / "admission.parquet")
    odd.rename(tmp_path / "odd [2012]*")
    assert agree([tmp_path / "odd [2012]*"]).data["admission"]


def test_a_workbook_is_read_the_same(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "admission.xlsx") as book:
        sheet = book.add_worksheet()
        day, per = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "0.0%"})
        sheet.write_row(0, 0, HEAD)
        for line in range(1, 30):
            sheet.write(line, 0, f"K{line}")
            sheet.write_datetime(line, 1, datetime(2012, 1, line), day)  # noqa: DTZ001 - a workbook has no zones
            sheet.write_number(line, 2, line / 4)
            sheet.write_number(line, 3, line / 100, per)
            sheet.write_boolean(line, 5, line % 2 == 0)
    assert agree([tmp_path]).data["admission"]
    with xlsxwriter.Workbook(tmp_path / "admission.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ["K1", 41000, "x", 2, "", "", 1])
    assert len(agree([tmp_path]).problems) > 2
