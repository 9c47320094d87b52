"""What is refused, where the problem says it stands, and that nothing is read beside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from avtal.engines.snapshot import opened
from avtal.reading import Reading, read_data
from avtal.reading.catalogue import CATALOGUE
from interpreter.facts import Column, Fact, Kind

Read = Callable[..., Reading]
Found = list[tuple[str, int, str]]


def found(reading: Reading) -> Found:
    """Code, row and column of each problem; every one must speak both languages, and no data may come with it."""
    assert reading.data == {}
    for problem in reading.problems:
        assert problem.code in CATALOGUE
        assert len(problem.value) <= 40
        for text in (problem.text("sv"), problem.text("en"), problem.where("sv"), problem.where("en")):
            assert text.isprintable()
            assert "{" not in text
        assert problem.text("sv") != problem.text("en")
        assert problem.where("sv").startswith(problem.file)
    return [(p.code, p.row, p.column) for p in reading.problems]


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("cost", "1e5", "AVD21"),
        ("cost", "NaN", "AVD21"),
        ("cost", "inf", "AVD21"),
        ("cost", "\u0661\u0662", "AVD21"),
        ("cost", "1_000", "AVD21"),
        ("cost", "+5", "AVD21"),
        ("cost", ",5", "AVD21"),
        ("cost", "5,", "AVD21"),
        ("cost", "1,2,3", "AVD21"),
        ("cost", "1.23,4.5", "AVD21"),
        ("cost", "12 34", "AVD21"),
        ("cost", "1'234", "AVD21"),
        ("cost", "1,2 3", "AVD21"),
        ("cost", "=1+1", "AVD21"),
        ("cost", "9" * 60, "AVD25"),
        ("cost", "9" * 5000, "AVD21"),
        ("cost", "1234567890123456789", "AVD25"),
        ("cost", "0,1234567", "AVD25"),
        ("cost", "1.234", "AVD22"),
        ("cost", "123,456", "AVD22"),
        ("cost", "-1,234 kr", "AVD22"),
        ("cost", "(5)", "AVD27"),
        ("cost", "5-", "AVD27"),
        ("cost", "- 5", "AVD27"),
        ("cost", "\u20135", "AVD27"),
        ("cost", "-5", "AVD26"),
        ("cost", "5 %", "AVD24"),
        ("cost", "5 eur", "AVD24"),
        ("cost", "5 poäng", "AVD24"),
        ("cost", "5 äpplen", "AVD24"),
        ("share", "5 kr", "AVD24"),
        ("share", "100,01", "AVD26"),
        ("weight", "5 kr", "AVD24"),
        ("urgent", "kanske", "AVD32"),
        ("urgent", "2", "AVD32"),
        ("kind", "slutten", "AVD33"),
        ("provider", "D\u200bS", "AVD34"),
        ("provider", "D\u00a0S", "AVD34"),
        ("provider", "D\tS", "AVD34"),
        ("provider", "A\u030a", "AVD35"),
        ("note", "a\u202eb", "AVD34"),
        ("note", "x" * 10_001, "AVD39"),
    ],
)
def test_cells(admissions: Read, heading: str, cell: str, code: str) -> None:
    reading = admissions(f"id;datum;{heading}\n1;2012-01-01;\n2;2012-01-02;{cell}\n")
    assert found(reading) == [(code, 3, heading)]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("31/1 2012", "AVD28"),
        ("31.1.2012", "AVD28"),
        ("120131", "AVD28"),
        ("2012-1-31", "AVD28"),
        ("40939", "AVD28"),
        ("2012-02-30", "AVD29"),
        ("20111301", "AVD29"),
        ("1899-12-31", "AVD30"),
        ("9999-12-31", "AVD30"),
        ("2012-01-31 14:35:00", "AVD31"),
        ("2012-01-31 00:00:00.5", "AVD31"),
        ("", "AVD20"),
        (" \u00a0", "AVD20"),
    ],
)
def test_dates(admissions: Read, cell: str, code: str) -> None:
    assert found(admissions(f"id;datum\n1;{cell}\n")) == [(code, 2, "datum")]


def test_mixed_decimal_signs_name_the_row_that_settled_it(admissions: Read) -> None:
    reading = admissions(
        "id;datum;kostnad\n1;2012-01-01;1,5\n2;2012-01-01;1.5\n3;2012-01-01;1.500\n4;2012-01-01;1,500\n"
    )
    assert found(reading) == [("AVD23", 3, "kostnad"), ("AVD22", 4, "kostnad")]
    assert "row 2" in reading.problems[0].text("en")
    assert "rad 2" in reading.problems[0].text("sv")


def test_columns_that_disagree_decide_nothing_for_a_third(admissions: Read) -> None:
    reading = admissions("id;datum;kostnad;andel;vikt\n1;2012-01-01;1,5;1.5;1,234\n")
    assert found(reading) == [("AVD22", 2, "vikt")]


def test_every_problem_of_a_file_is_listed_in_its_order(admissions: Read) -> None:
    reading = admissions("id;datum;kostnad\n;x;1.234\n1;2012-01-01\n2;2012-02-31;5 %;7\n3;2012-01-03;y\n")
    assert found(reading) == [
        ("AVD20", 2, "id"),
        ("AVD28", 2, "datum"),
        ("AVD22", 2, "kostnad"),
        ("AVD18", 3, ""),
        ("AVD18", 4, ""),
        ("AVD21", 5, "kostnad"),
    ]


def test_problems_are_counted_beyond_a_thousand(admissions: Read) -> None:
    reading = admissions("id;datum\n" + "".join(f"{i};x\n" for i in range(1500)))
    assert len(reading.problems) == 1001
    assert reading.problems[-1].code == "AVD99"
    assert "500" in reading.problems[-1].text("sv")


def test_doubled_keys_stand_on_both_rows_across_files_and_beside_other_problems(read: Read) -> None:
    reading = read(
        {
            "admissions1.csv": "id;date;cost\n1;2012-01-01;5\n2;2012-01-01;6\n",
            "admissions2.csv": "id;date;cost\n3;2012-01-01;\n1;2012-01-01;x\n",
        }
    )
    assert [(p.file, p.code, p.row) for p in reading.problems] == [
        ("admissions2.csv", "AVD21", 3),
        ("admissions1.csv", "AVD38", 2),
        ("admissions2.csv", "AVD38", 3),
    ]
    assert "admissions2.csv, row 3" in reading.problems[1].text("en")
    assert found(reading)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("AVD11", 0, "")]),
        ("\n\n", [("AVD11", 0, "")]),
        ("id;date;Id\n1;2012-01-01;2\n", [("AVD13", 1, "Id")]),
        ("id;date;vårdkontakt\n1;2012-01-01;2\n", [("AVD15", 1, "vårdkontakt")]),
        ("id;date;Kostnaden\n1;2012-01-01;2\n", [("AVD14", 1, "Kostnaden")]),
        ("id;cost\n1;5\n", [("AVD16", 1, "date")]),
        ("id;date;Kostnad (dagar)\n1;2012-01-01;2\n", [("AVD24", 1, "Kostnad (dagar)")]),
        ("id;date;Vikt kr\n1;2012-01-01;2\n", [("AVD24", 1, "Vikt kr")]),
        ("id;date;\n1;2012-01-01;2\n", [("AVD19", 2, "")]),
        ("Uttag\n\nid;date\n1;2012-01-01\n", [("AVD12", 1, "")]),
        ('id;date\n1;"2012-01-01\n2;2012-01-01\n', [("AVD10", 2, "")]),
        ('id;date\n1;2012-01-01\n2;"a"b\n', [("AVD10", 3, "")]),
    ],
)
def test_headings_and_records(admissions: Read, text: str, expected: Found) -> None:
    assert found(admissions(text)) == expected


def test_help_names_the_nearest_spellings_and_a_section_to_start_from(admissions: Read) -> None:
    reading = admissions('Vårdkontakt-id;Datum;Kostnaden;"Min ""egen"""\n1;2012-01-01;2;\n')
    assert {p.code for p in reading.problems} == {"AVD14", "AVD16"}
    costs = next(p for p in reading.problems if p.column == "Kostnaden")
    assert costs.text("sv").endswith("Menade du `kostnad`?")
    assert costs.text("en").endswith("Did you mean `kostnad`?")
    assert '# "Kostnaden" = "kostnad"    # kostnad?' in reading.suggestion
    accepted = reading.suggestion.replace('# "Kostnaden"', '"Kostnaden"').replace(
        '# "Vårdkontakt-id"', '"Vårdkontakt-id"'
    )
    accepted = accepted.replace("[file.columns]", 'ignore = ["Min \\"egen\\""]\n[file.columns]')
    assert admissions('Vårdkontakt-id;Datum;Kostnaden;"Min ""egen"""\n1;2012-01-01;2;\n', accepted).problems == ()


def test_problems_and_the_section_are_in_the_words_of_the_reader(admissions: Read) -> None:
    reading = admissions("vårdkontakt;utskriven den dag;kostnad\n1;2012-01-01;2\n")
    wrong, lacking = reading.problems
    assert "i underlaget vårdtillfälle. " in wrong.text("sv")
    assert "of the fact admission. " in wrong.text("en")
    assert lacking.text("sv").startswith("Underlaget vårdtillfälle kräver kolumnen datum, ")
    assert lacking.where("sv").endswith(", kolumn datum")
    assert lacking.where("en").endswith(", column date")
    # what the file lacks is guessed before what may be left out, and not what another heading is
    assert '"kostnad" = "kostnad"\n# "utskriven den dag" = "datum"    # datum, ' in reading.suggestion


def test_a_file_that_matches_no_fact(read: Read) -> None:
    reading = read({"vardtilfalle_ny.csv": "id;datum\n1;2012-01-01\n"})
    assert found(reading) == [("AVD04", 0, "")]
    assert "vårdtillfälle" in reading.problems[0].text("sv")
    assert '# fact = "' in reading.suggestion


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ("x = ", [("AVD05", 1, "")]),
        ("[[file]]\nnam = 'a'", [("AVD05", 0, "")]),
        ("[[file]]\nname = '../a.csv'", [("AVD05", 0, "")]),
        ("[[file]]\nname = 'a.csv'\n[[file]]\nname = 'a.csv'", [("AVD05", 0, "")]),
        ("file = 3", [("AVD05", 0, "")]),
        ("[[file]]\nname = 'a.csv'\nencoding = 'ebcdic'", [("AVD05", 0, "")]),
        ("[[file]]\nname = 'a.csv'\ndecimal = ';'", [("AVD05", 0, "")]),
        ("[[file]]\nname = 'a.csv'\nheader = -1", [("AVD05", 0, "")]),
        ("[[file]]\nname = 'a.csv'\nignore = [1]", [("AVD05", 0, "")]),
        ("[[file]]\nname = 'a.csv'\n[file.constants]\ncost = 1.5", [("AVD05", 0, "")]),
        ("[[file]]\nname = 'a.csv'\n[file.columns]\nid = 'id'\n[file.constants]\nid = '1'", [("AVD05", 0, "")]),
        ("[[file]]\nname = 'annan.csv'", [("AVD06", 0, "")]),
        ("ignore = ['annan.csv']", [("AVD06", 0, "")]),
        ("[[file]]\nname = 'vardtillfallen.csv'\nfact = 'vård'", [("AVD05", 0, "")]),
        (
            "[[file]]\nname = 'vardtillfallen.csv'\n[file.columns]\nid = 'idd'",
            [("AVD05", 0, ""), ("AVD14", 1, "id"), ("AVD16", 1, "id")],
        ),
        ("[[file]]\nname = 'vardtillfallen.csv'\n[file.columns]\nidd = 'id'", [("AVD17", 1, "")]),
        ("[[file]]\nname = 'vardtillfallen.csv'\nignore = ['Not']", [("AVD17", 1, "")]),
        ("[[file]]\nname = 'vardtillfallen.csv'\n[file.constants]\nid = 'x'", [("AVD05", 1, "id")]),
        ("[[file]]\nname = 'vardtillfallen.csv'\n[file.constants]\ncost = 'x'", [("AVD21", 0, "cost")]),
        ("[[file]]\nname = 'vardtillfallen.csv'\n[file.constants]\ncost = '1.234'", [("AVD22", 0, "cost")]),
        ("x = " + "[" * 5000, [("AVD05", 1, "")]),
        ("#" * 300_000, [("AVD03", 0, "")]),
    ],
)
def test_mappings(admissions: Read, mapping: str, expected: Found) -> None:
    assert found(admissions("id;datum\n1;2012-01-01\n", mapping)) == expected


def test_files_that_cannot_be_data(read: Read, tmp_path: Path, admission: Fact) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("id;date\nhemligt;2012-01-01\n", encoding="utf-8")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "admissions.csv").symlink_to(outside)
    os.mkfifo(folder / "visits.csv")
    reading = read({"gammal.XLS": b"\xd0\xcf", "README.md": "# ok", "~$a.xlsx": b"", ".hidden.csv": b""})
    assert [(p.file, p.code) for p in reading.problems] == [
        ("admissions.csv", "AVD01"),
        ("gammal.XLS", "AVD02"),
        ("visits.csv", "AVD01"),
    ]
    assert "hemligt" not in repr(reading)
    missing = read_data([tmp_path / "borta.csv", tmp_path / "a.doc"], [admission], mapping=tmp_path / "m.toml")
    assert [(p.file, p.code) for p in missing.problems] == [("borta.csv", "AVD01"), ("a.doc", "AVD01")]
    mapped = read_data([outside], [admission], mapping=tmp_path / "m.toml")
    assert [(p.file, p.code) for p in mapped.problems] == [("m.toml", "AVD01"), ("outside.csv", "AVD04")]


def sheet_of(path: Path, fill: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], None]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    fill(book, book.add_worksheet("Blad1"))
    book.close()
    return path


@pytest.mark.parametrize(
    ("heading", "value", "style", "code"),
    [
        ("id", 1.5, None, "AVD37"),
        ("id", 1234567890123456789, None, "AVD37"),
        ("id", date(2012, 3, 1), "yyyy-mm-dd", "AVD36"),
        ("id", True, None, "AVD36"),
        ("cost", date(2012, 3, 1), "yyyy-mm-dd", "AVD36"),
        ("cost", 0.5, "0%", "AVD24"),
        ("cost", 1e15, None, "AVD25"),
        ("cost", 0.1234567, None, "AVD25"),
        ("cost", -1, None, "AVD26"),
        ("cost", "1.234", None, "AVD22"),
        ("datum", 40939, None, "AVD36"),
        ("datum", datetime.fromisoformat("2012-01-31 14:35"), "yyyy-mm-dd", "AVD31"),
        ("akut", 3, None, "AVD32"),
        ("akut", date(2012, 3, 1), "yyyy-mm-dd", "AVD36"),
    ],
)
def test_workbook_cells(
    tmp_path: Path, admission: Fact, heading: str, value: object, style: str | None, code: str
) -> None:
    def fill(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        headings = ["id", "datum", "cost", "akut"]
        sheet.write_row(0, 0, headings)
        sheet.write_row(1, 0, ["x", "2012-01-01"])
        sheet.write(1, headings.index(heading), value, book.add_format({"num_format": style}) if style else None)

    assert found(read_data([sheet_of(tmp_path / "admissions.xlsx", fill)], [admission])) == [(code, 2, heading)]


def test_workbook_formulas_errors_and_sheets(tmp_path: Path, admission: Fact) -> None:
    def formula(_: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, ["id", "datum", "cost"])
        sheet.write_formula(2, 2, "=1+1", None, 2)
        sheet.write_formula(3, 2, "=1+1", None, 2)

    reading = read_data([sheet_of(tmp_path / "admissions.xlsx", formula)], [admission])
    assert found(reading) == [("AVD41", 3, "")]
    assert "2 formula cells, the first at C3" in reading.problems[0].text("en")

    book = xlsxwriter.Workbook(str(tmp_path / "admissions.xlsx"))
    book.add_worksheet("Ett")
    book.add_worksheet("Två")
    book.close()
    assert found(read_data([tmp_path / "admissions.xlsx"], [admission])) == [("AVD43", 0, "")]
    (tmp_path / "mapping.toml").write_text("[[file]]\nname = 'admissions.xlsx'\nsheet = 'Tre'", encoding="utf-8")
    reading = read_data([tmp_path], [admission])
    assert found(reading) == [("AVD44", 0, "")]
    assert "`Ett`, `Två`" in reading.problems[0].text("sv")


@pytest.mark.parametrize(
    ("expression", "heading", "expected"),
    [
        ("1.5::DOUBLE", "cost", [("AVD47", 0, "cost")]),
        ("[1]", "cost", [("AVD48", 0, "cost")]),
        ("'x'::BLOB", "note", [("AVD48", 0, "note")]),
        ("TIMESTAMP '2012-01-01 10:00'", "date", [("AVD31", 1, "date")]),
        ("'NaN'::DOUBLE", "weight", [("AVD21", 1, "weight")]),
        ("'-inf'::DOUBLE", "weight", [("AVD21", 1, "weight")]),
        ("1.5::DECIMAL(4, 1)", "id", [("AVD37", 1, "id")]),
        ("12345678901234567890::DECIMAL(20, 0)", "cost", [("AVD25", 1, "cost")]),
        ("''", "id", [("AVD20", 1, "id")]),
        ("'1.234'", "cost", [("AVD22", 1, "cost")]),
    ],
)
def test_parquet_columns(tmp_path: Path, admission: Fact, expression: str, heading: str, expected: Found) -> None:
    import duckdb

    columns = {"id": "'1'", "date": "DATE '2012-01-01'"} | {heading: expression}
    query = "SELECT " + ", ".join(f"{value} AS {name}" for name, value in columns.items())
    duckdb.sql(query).write_parquet(str(tmp_path / "admissions.parquet"))
    assert found(read_data([tmp_path / "admissions.parquet"], [admission])) == expected


def test_parquet_headings_that_differ_in_case_alone(tmp_path: Path) -> None:
    import duckdb

    fact = Fact(name="visit", columns=(Column(name="count", kind=Kind.NUMBER),))
    duckdb.sql("SELECT 1 AS count, 2 AS xount").write_parquet(str(tmp_path / "visits.parquet"))
    data = (tmp_path / "visits.parquet").read_bytes()
    (tmp_path / "visits.parquet").write_bytes(data.replace(b"xount", b"Count"))
    assert found(read_data([tmp_path / "visits.parquet"], [fact])) == [("AVD13", 0, "Count")]


def test_a_file_name_that_duckdb_would_take_for_a_pattern(tmp_path: Path, admission: Fact) -> None:
    (tmp_path / "admissions[1].parquet").write_bytes(b"PAR1")
    assert found(read_data([tmp_path / "admissions[1].parquet"], [admission])) == [("AVD50", 0, "")]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_file_of_utf8_that_the_mapping_says_is_not_is_one_mistake(read: Read, encoding: str, start: str) -> None:
    heading = "id" if start else "vårdkontakt"
    text = start + f"{heading};datum;kommentar\n" + "1;2012-01-01;Årsta\n" * 300
    reading = read({"vardtillfallen.csv": text}, f'[[file]]\nname = "vardtillfallen.csv"\nencoding = "{encoding}"\n')
    assert found(reading) == [("AVD60", 0, "")]
    assert f"säger {encoding}. Ta bort `encoding`" in reading.problems[0].text("sv")
    assert reading.suggestion == ""


def test_a_file_of_an_older_encoding_is_read_as_the_mapping_says(read: Read) -> None:
    mapping = '[[file]]\nname = "vardtillfallen.csv"\nencoding = "cp1252"\n'
    for note in ("Årsta", "Ã¥ Å", "plain"):
        data = f"id;datum;kommentar\n1;2012-01-01;{note}\n".encode("cp1252")
        (row,) = read({"vardtillfallen.csv": data}, mapping).data["admission"]
        assert row.cells["note"] == note


@pytest.mark.parametrize(("rows", "told"), [(1000, ["AVD14", "AVD28"]), (1001, ["AVD14"])])
def test_wrong_headings_are_told_before_the_rows_of_a_large_file_are_read(
    tmp_path: Path, admission: Fact, rows: int, told: list[str]
) -> None:
    path = tmp_path / "admissions.csv"
    text = "".join(f"{at};2012-01-01;\n" for at in range(rows - 1))
    path.write_text(f"id;date;kostnadd\n{text}x;fel;\n", "utf-8")
    reading = read_data([path], [admission])
    with opened([path], [admission], keep=False) as snapshot:
        assert snapshot.reading.problems == reading.problems
    assert [code for code, _, _ in found(reading)] == told
    assert "kostnadd" in reading.suggestion
