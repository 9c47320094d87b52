"""The forms in which data arrive: every one is read to exactly the same rows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pytest
import xlsxwriter

from avtal.reading import Reading, read_data
from interpreter.facts import Cell, Fact

Read = Callable[..., Reading]

TEXT = "id;datum;kostnad;akut;kommentar\n0102;2012-01-31;1 234,50;ja;Åre\nA1;20120229;;NEJ;\n"
ROWS: list[dict[str, Cell]] = [
    {"id": "0102", "date": date(2012, 1, 31), "cost": Fraction(2469, 2), "urgent": True, "note": "Åre"},
    {"id": "A1", "date": date(2012, 2, 29), "cost": None, "urgent": False, "note": None},
]


def rows(reading: Reading, fact: str = "admission") -> list[dict[str, Cell]]:
    assert [(p.code, p.where("en"), p.text("en")) for p in reading.problems] == []
    return [dict(row.cells) for row in reading.data[fact]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_separators_and_line_ends(read: Read, encoding: str, separator: str, end: str) -> None:
    text = TEXT.replace(";", separator).replace("\n", end)
    reading = read({"vardtillfallen.csv": text.encode(encoding)})
    assert rows(reading) == ROWS
    assert [row.line for row in reading.data["admission"]] == [2, 3]


def test_comma_separated_with_quoted_decimal_comma(admissions: Read) -> None:
    text = 'id,datum,kostnad,akut,kommentar\n0102,2012-01-31,"1 234,50",ja,Åre\nA1,20120229,,NEJ,\n'
    assert rows(admissions(text)) == ROWS


def test_excel_separator_line_counts_as_a_line(admissions: Read) -> None:
    reading = admissions("sep=;\n" + TEXT)
    assert rows(reading) == ROWS
    assert [row.line for row in reading.data["admission"]] == [3, 4]


def test_quotes_keep_separators_line_breaks_and_doubled_quotes(admissions: Read) -> None:
    reading = admissions('id;datum;kommentar\n"1";2012-01-31;"a;b ""c""\nd"\n\n;;\n2;2012-01-31;e\n')
    assert [row["note"] for row in rows(reading)] == ['a;b "c"\nd', "e"]
    assert [row.line for row in reading.data["admission"]] == [2, 6]


@pytest.mark.parametrize(
    ("heading", "cell", "expected"),
    [
        ("cost", "1234,5", Fraction(2469, 2)),
        ("cost", "1234.5", Fraction(2469, 2)),
        ("cost", "1.234,50", Fraction(2469, 2)),
        ('"cost"', '"1,234.50"', Fraction(2469, 2)),
        ("cost", "1.234.567", Fraction(1234567)),
        ("cost", "1\u00a0234\u00a0567,89", Fraction(123456789, 100)),
        ("cost", "1\u202f234,5", Fraction(2469, 2)),
        ("cost", "1\u2009234,5", Fraction(2469, 2)),
        ("cost", "1 500kr", Fraction(1500)),
        ("cost", "3 Mkr", Fraction(3000000)),
        ("cost", "0,125", Fraction(1, 8)),
        ("cost", "1 234,567", Fraction(1234567, 1000)),
        ("cost", "1 234,50 kr", Fraction(2469, 2)),
        ("cost", "1,2 tkr", Fraction(1200)),
        ("cost", "3 mkr", Fraction(3000000)),
        ("cost", "50 öre", Fraction(1, 2)),
        ("cost", "999999999999999999,999999", Fraction(10**24 - 1, 10**6)),
        ("Kostnad (tkr)", "1,2", Fraction(1200)),
        ("KOSTNAD mkr", "1,2", Fraction(1200000)),
        ("Kostnad (tkr)", "5 kr", Fraction(5)),
        ("share", "87,5 %", Fraction(7, 8)),
        ("share", "87,5", Fraction(7, 8)),
        ("share", "87,5%", Fraction(7, 8)),
        ("weight", "87,5 %", Fraction(7, 8)),
        ("weight", "0,4860", Fraction(243, 500)),
        ("weight", "-12,5", Fraction(-25, 2)),
        ("weight", "\u221212,5", Fraction(-25, 2)),
        ("weight", "007", Fraction(7)),
        ("Vikt (%)", "87,5", Fraction(7, 8)),
        ("date", "2012-01-31 00:00:00", date(2012, 1, 31)),
        ("date", "2012-01-31T00:00", date(2012, 1, 31)),
        ("date", "20120131", date(2012, 1, 31)),
        ("urgent", "J", True),
        ("urgent", "Sant", True),
        ("urgent", "1", True),
        ("urgent", "falskt", False),
        ("urgent", "no", False),
        ("kind", "SLUTEN", "inpatient"),
        ("kind", "Öppen", "outpatient"),
        ("kind", "outpatient", "outpatient"),
        ("provider", " 007 ", "007"),
        ("VÅRD_GIVARE", "DS", "DS"),
        ("note", "tkr\u00a05", "tkr\u00a05"),
    ],
)
def test_cells(read: Read, heading: str, cell: str, expected: Cell) -> None:
    text = f"id|{heading}|datum\n1|{cell}|2012-05-05\n" if heading != "date" else f"id|date\n1|{cell}\n"
    (row,) = rows(read({"admissions.txt": text}))
    assert expected in row.values()


def test_a_column_shows_its_decimal_sign_to_the_cells_that_could_be_read_either_way(admissions: Read) -> None:
    reading = admissions("id;datum;kostnad;vikt\n1;2012-01-01;1,234;2,345\n2;2012-01-02;1,5;\n")
    # The column of costs decides itself; the weights, which prove nothing, follow the rest of the file.
    assert [(row["cost"], row["weight"]) for row in rows(reading)] == [
        (Fraction(1234, 1000), Fraction(2345, 1000)),
        (Fraction(3, 2), None),
    ]


def test_the_mapping_may_state_the_decimal_sign(admissions: Read) -> None:
    mapping = '[[file]]\nname = "vardtillfallen.csv"\ndecimal = "."\n'
    assert rows(admissions("id;datum;vikt\n1;2012-01-01;1.234\n", mapping))[0]["weight"] == Fraction(617, 500)


@pytest.mark.parametrize(
    "name",
    [
        "admission",
        "Admissions",
        "vårdtillfälle",
        "vardtillfallen",
        "VÅRDTILLFÄLLEN",
        "vardtillfallen_2012",
        "vårdtillfällen 2012 kv1",
    ],
)
def test_file_names(read: Read, name: str) -> None:
    assert len(rows(read({f"{name}.csv": TEXT}))) == 2


def test_files_of_one_fact_are_joined_and_hashed(read: Read) -> None:
    reading = read(
        {"vardtillfallen_2011.csv": TEXT, "vardtillfallen_2012.csv": TEXT.replace("0102", "x").replace("A1", "y")}
    )
    assert [row["id"] for row in rows(reading)] == ["0102", "A1", "x", "y"]
    assert [(f.name, f.fact, f.rows) for f in reading.files] == [
        ("vardtillfallen_2011.csv", "admission", 2),
        ("vardtillfallen_2012.csv", "admission", 2),
    ]
    assert len({f.sha256 for f in reading.files}) == 2


def test_a_file_without_rows_differs_from_no_file(admissions: Read) -> None:
    assert admissions("id;datum\n").data == {"admission": []}


def test_progress_and_single_files(tmp_path: Path, admission: Fact) -> None:
    path = tmp_path / "admissions.csv"
    path.write_text(TEXT, encoding="utf-8")
    told: list[tuple[str, int, int]] = []
    reading = read_data([path, path], [admission], progress=lambda *args: told.append(args))
    assert len(reading.data["admission"]) == 2
    assert told == [("admissions.csv", 2, 3)]


MAPPING = """
ignore = ["lasmig.txt"]
[[file]]
name = "uttag.csv"
fact = "vårdtillfälle"
header = 3
encoding = "latin-1"
ignore = ["Internt"]
[file.columns]
"Vårdkontakt-id" = "id"
"In" = "date"
"Sort" = "slag"
"Akutfall" = "urgent"
[file.values.kind]
"P" = "inpatient"
"" = "öppen"
[file.values.akut]
"X" = true
[file.constants]
provider = "DS"
cost = "1,2 tkr"
"""


def test_mapping(read: Read) -> None:
    text = (
        "Uttag ur systemet;;;;\n;;;;\nVårdkontakt-id;In;Sort;Akutfall;Internt\n1;2012-01-01;P;X;?\n2;2012-01-02;;nej;\n"
    )
    reading = read({"uttag.csv": text.encode("latin-1"), "lasmig.txt": "Läs mig"}, MAPPING)
    assert rows(reading) == [
        {"provider": "DS", "cost": 1200, "id": "1", "date": date(2012, 1, 1), "kind": "inpatient", "urgent": True},
        {"provider": "DS", "cost": 1200, "id": "2", "date": date(2012, 1, 2), "kind": "outpatient", "urgent": False},
    ]


def workbook(path: Path, fill: Callable[..., None], sheets: tuple[str, ...] = ("Blad1",)) -> Path:
    book = xlsxwriter.Workbook(str(path))
    for sheet in sheets:
        fill(book, book.add_worksheet(sheet))
    book.close()
    return path


def fill_admissions(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    shares = book.add_format({"num_format": '0.0"%%"\\%%'})
    sheet.write_row(0, 0, ["Vårdkontakt", "Datum", "Kostnad (tkr)", "Andel", "Akut", "Vikt", "Kommentar", ""])
    sheet.write_row(1, 0, ["0102"])
    sheet.write_datetime(1, 1, datetime.fromisoformat("2012-01-31"), days)
    sheet.write_number(1, 2, 0.1 + 0.2)
    sheet.write_number(1, 3, 0.875, shares)
    sheet.write(1, 4, True)  # noqa: FBT003 - a cell
    sheet.write_number(1, 5, -0.486)
    sheet.write_number(1, 6, 12)
    sheet.write_number(3, 0, 42)
    sheet.write_string(3, 1, "2012-02-29")
    sheet.write_string(3, 2, "1,5 mkr")
    sheet.write_number(3, 3, 87.5)
    sheet.write_string(3, 4, "nej")
    sheet.write_number(3, 5, 3)


def test_workbook(tmp_path: Path, admission: Fact) -> None:
    path = workbook(tmp_path / "vårdtillfällen.xlsx", fill_admissions)
    reading = read_data([path], [admission])
    assert rows(reading) == [
        {
            "id": "0102",
            "date": date(2012, 1, 31),
            "cost": Fraction(300),
            "share": Fraction(7, 8),
            "urgent": True,
            "weight": Fraction(-486, 1000),
            "note": "12",
        },
        {
            "id": "42",
            "date": date(2012, 2, 29),
            "cost": Fraction(1500000),
            "share": Fraction(7, 8),
            "urgent": False,
            "weight": Fraction(3),
            "note": None,
        },
    ]
    assert [row.line for row in reading.data["admission"]] == [2, 4]


def test_the_mapping_chooses_the_sheet(tmp_path: Path, admission: Fact) -> None:
    workbook(tmp_path / "vårdtillfällen.xlsx", fill_admissions, ("Försida", "Uttag"))
    (tmp_path / "mapping.toml").write_text(
        '[[file]]\nname = "vårdtillfällen.xlsx"\nsheet = "Uttag"\n', encoding="utf-8"
    )
    assert len(rows(read_data([tmp_path], [admission]))) == 2


def test_parquet(tmp_path: Path, admission: Fact) -> None:
    import duckdb

    path = tmp_path / "admissions.parquet"
    duckdb.sql(
        "SELECT * FROM (VALUES ('0102', DATE '2012-01-31', 1234.50::DECIMAL(12, 2), 87.5::DOUBLE, true, 7, 'Åre'), "
        "('A1', DATE '2012-02-29', NULL, NULL, false, NULL, NULL)) "
        "AS t(id, datum, kostnad, andel, akut, vikt, kommentar)"
    ).write_parquet(str(path))
    assert rows(read_data([path], [admission])) == [
        {**ROWS[0], "share": Fraction(7, 8), "weight": Fraction(7)},
        {**ROWS[1], "share": None, "weight": None},
    ]


def test_text_files_import_neither_duckdb_nor_calamine(tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text("count\n1\n", encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from avtal.reading import read_data;"
        "from interpreter.facts import Column, Fact, Kind;"
        "fact = Fact(name='visit', columns=(Column(name='count', kind=Kind.NUMBER),));"
        f"assert read_data([Path({str(tmp_path)!r})], [fact]).data['visit'][0].cells == {{'count': 1}};"
        "assert not {'duckdb', 'python_calamine', 'lark'} & sys.modules.keys()"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root, timeout=60)
