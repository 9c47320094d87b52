"""Files made to harm: each ends in a problem within seconds, and this process lives to tell it."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path
from random import Random

import pytest

from avtal.reading import Reading, child, read as reading_module, read_data
from interpreter.facts import Fact

SECONDS = 10.0
"""Generous: most take a few hundredths; the limit is for a machine that is busy."""

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'


def text(place: str, value: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


ID_DATE = f'<row r="1">{text("A1", "id")}{text("B1", "date")}</row>'
ROW = f'<row r="2">{text("A2", "x")}{text("B2", "2012-01-01")}</row>'


def codes(path: Path, fact: Fact) -> list[str]:
    """The codes of the problems of one file, read within `SECONDS`."""
    start = time.monotonic()
    reading: Reading = read_data([path], [fact])
    assert time.monotonic() - start < SECONDS
    assert not (reading.problems and reading.data)
    return [problem.code for problem in reading.problems]


def xlsx(path: Path, rows: str, *, before: str = "", parts: dict[str, str] | None = None) -> Path:
    """A workbook of one sheet with these rows as XML; `before` stands above the sheet's root."""
    written = {
        "_rels/.rels": relations("officeDocument", "xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": relations("worksheet", "worksheets/sheet1.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?>{before}<worksheet xmlns="{MAIN}">'
        f"<sheetData>{rows}</sheetData></worksheet>",
    } | (parts or {})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in written.items():
            archive.writestr(name, text)
    return path


def relations(kind: str, target: str, ids: tuple[str, ...] = ("r1",)) -> str:
    listed = [f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{target}"/>' for i in ids]
    return f"{RELATIONS}{''.join(listed)}</Relationships>"


def cell(place: str, value: str = "1", attributes: str = "") -> str:
    return f'<c r="{place}"{attributes}><v>{value}</v></c>'


BOMB = (
    '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("nul", b"id;date\n1;\x00\n", ["AVD09"]),
        ("utf-16-without-mark", "id;date\n".encode("utf-16-le"), ["AVD09"]),
        ("utf-16-odd", "id;date\n".encode("utf-16") + b"x", ["AVD07"]),
        ("undefined-in-cp1252", b"id;date\n\x81;2012-01-01\n", ["AVD07"]),
        ("two-encodings", "id;date\nå;2012-01-01\n".encode() + "å;x\n".encode("cp1252"), ["AVD08"]),
        ("one-line", b"id;date\n" + b"x" * 10_000_000, ["AVD10"]),
        ("separators", b"id;date\n" + b";" * 10_000_000, []),
        ("quotes", b"id;date\n" + b'"' * 10_000_001, ["AVD10"]),
        ("open-quote", b'id;date\n"' + b"1;2012-01-01\n" * 500_000, ["AVD10"]),
        ("headings", b";".join(b"h%d" % i for i in range(300)) + b"\n", ["AVD14"] * 300 + ["AVD16"] * 2),
        ("digits", b"id;date;cost\n1;2012-01-01;" + b"9" * 100_000, ["AVD39"]),
        ("escapes", b"id;\x1b[31mdate\n1;2\n", ["AVD14", "AVD16"]),
        ("random", Random(1).randbytes(100_000), None),  # noqa: S311 - seeded
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_texts(tmp_path: Path, admission: Fact, name: str, data: bytes, expected: list[str] | None) -> None:
    path = tmp_path / "admissions.csv"
    path.write_bytes(data)
    found = codes(path, admission)
    assert found == expected if expected is not None else found, name


def test_a_plain_workbook_of_this_make_is_read(tmp_path: Path, admission: Fact) -> None:
    assert codes(xlsx(tmp_path / "admissions.xlsx", ID_DATE + ROW), admission) == []


STRINGS = {
    "xl/_rels/workbook.xml.rels": RELATIONS
    + f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    + f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>'
}
ELSEWHERE = {
    "_rels/.rels": relations("officeDocument", "/hidden/book.xml"),
    "hidden/_rels/book.xml.rels": relations("worksheet", "sheet.xml"),
    "hidden/book.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "hidden/sheet.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>'
    "</sheetData></worksheet>",
}
"""A second book to which the archive's root points, beside an innocent one in the usual place."""


@pytest.mark.parametrize(
    ("rows", "before", "parts", "expected"),
    [
        (f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>', "", {}, "AVD42"),
        (f'<row r="1">{cell("A1")}{cell("A1")}</row>', "", {}, "AVD42"),
        (f'<row r="1">{cell("B1")}{cell("A1")}</row>', "", {}, "AVD42"),
        (f'<row r="2">{cell("A2")}</row><row r="1">{cell("A1")}</row>', "", {}, "AVD42"),
        (f'<row r="1">{cell("A2")}</row>', "", {}, "AVD42"),
        (f'<row r="0">{cell("A0")}</row>', "", {}, "AVD42"),
        (ID_DATE.replace("date", "&i;"), BOMB, {}, "AVD42"),
        (ID_DATE, '<!DOCTYPE a SYSTEM "file:///etc/passwd">', {}, "AVD42"),
        (ID_DATE, "", STRINGS | {"xl/sharedStrings.xml": f'{BOMB}<sst xmlns="{MAIN}"/>'}, "AVD42"),
        (ID_DATE, "", {"xl/_rels/workbook.xml.rels": relations("worksheet", "a.xml", ("r1", "r1"))}, "AVD42"),
        (ID_DATE, "", {"_rels/.rels": relations("officeDocument", "xl/workbook.xml", ("r1", "r2"))}, "AVD42"),
        (ID_DATE, "", {"_rels/.rels": relations("officeDocument", "../../etc/passwd")}, "AVD40"),
        (ID_DATE, "", ELSEWHERE, "AVD41"),
        (ID_DATE, "", {"xl/Workbook.xml": "<a/>"}, "AVD42"),
        (ID_DATE, "", {"xl/media/image1.png": "\0" * (513 << 20)}, "AVD42"),
        (ID_DATE, "", {"xl/workbook.xml": "<a/>"}, "AVD40"),
        (ID_DATE, "", {"xl/workbook.xml": "<a"}, "AVD40"),
        (ID_DATE, "", {"xl/_rels/workbook.xml.rels": "<a/>"}, "AVD40"),
        (ID_DATE + "<row", "", {}, "AVD40"),
        (f'<row r="1">{"<a>" * 100_000}{"</a>" * 100_000}</row>', "", {}, "AVD11"),
        (ID_DATE + ROW.replace("<is><t>x</t></is>", "<f>1+1</f><v>2</v>"), "", {}, "AVD41"),
        (
            ID_DATE + ROW.replace(text("A2", "x"), cell("A2", "#N/A", ' t="e"')),
            "",
            {},
            "AVD46",
        ),
        ("", "", {}, "AVD11"),
    ],
)
def test_workbooks(
    tmp_path: Path, admission: Fact, rows: str, before: str, parts: dict[str, str], expected: str
) -> None:
    path = xlsx(tmp_path / "admissions.xlsx", rows, before=before, parts=parts)
    assert codes(path, admission) == [expected]


@pytest.mark.parametrize("ending", ["xlsx", "parquet"])
def test_what_is_no_such_file(tmp_path: Path, admission: Fact, ending: str) -> None:
    path = tmp_path / f"admissions.{ending}"
    for data in (
        b"",
        b"PK\x03\x04",
        b"PAR1PAR1",
        b"PAR1" + bytes(100) + b"PAR1",
        b"\xd0\xcf\x11\xe0" * 100,
        Random(2).randbytes(9999),  # noqa: S311 - seeded
    ):
        path.write_bytes(data)
        assert codes(path, admission) == ["AVD40"]


def test_damaged_files_never_stop_this_process(tmp_path: Path, admission: Fact) -> None:
    import duckdb

    chance = Random(3)  # noqa: S311 - seeded
    duckdb.sql("SELECT 'a' AS id, DATE '2012-01-01' AS date, 1.5 AS cost").write_parquet(str(tmp_path / "p.parquet"))
    whole = {
        "admissions.parquet": (tmp_path / "p.parquet").read_bytes(),
        "admissions.xlsx": xlsx(tmp_path / "x.xlsx", ID_DATE + ROW).read_bytes(),
    }
    for name, data in whole.items():
        for _ in range(15):
            damaged = bytearray(data)
            for _ in range(chance.randrange(1, 8)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            (tmp_path / name).write_bytes(damaged)
            codes(tmp_path / name, admission)


def test_a_reader_that_takes_too_long_or_too_much_is_stopped(
    tmp_path: Path, admission: Fact, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = xlsx(tmp_path / "admissions.xlsx", ID_DATE + ROW)
    monkeypatch.setattr(reading_module, "CHILD_SECONDS", 0.001)
    assert codes(path, admission) == ["AVD45"]
    monkeypatch.setattr(reading_module, "CHILD_SECONDS", 60.0)
    monkeypatch.setattr(reading_module, "CHILD_MEMORY", 1 << 20)
    assert codes(path, admission) == ["AVD45"]


def test_a_library_that_prints_does_not_disturb_the_messages(tmp_path: Path) -> None:
    code = "import os\ndef read(request, send):\n    os.write(1, b'100%')\n    send({'rows': []})\n    print('done')\n"
    (tmp_path / "noisy.py").write_text(code, encoding="utf-8")
    told = child.messages(str(tmp_path / "noisy"), {}, seconds=60, memory=1 << 30)
    assert list(told) == [{"rows": []}]


def test_files_beyond_the_limits_are_not_opened(tmp_path: Path, admission: Fact) -> None:
    for name in ("admissions.csv", "admissions.xlsx", "admissions.parquet"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(5 << 30)
        assert codes(tmp_path / name, admission) == ["AVD03"]


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, admission: Fact) -> None:
    path = tmp_path / "admissions.csv"
    path.write_text("id;date\n1;2012-01-01\n", encoding="utf-8")

    def append(*_: object) -> None:
        path.write_text("id;date\n1;2012-01-01\n2;2012-01-01\n", encoding="utf-8")

    assert [p.code for p in read_data([path], [admission], progress=append).problems] == ["AVD49"]


def test_no_cell_but_the_offending_one_is_told(tmp_path: Path, admission: Fact) -> None:
    path = tmp_path / "admissions.csv"
    path.write_text("id;date;note\n19121212-1212;fel;hemlig diagnos\n", encoding="utf-8")
    reading = read_data([path], [admission])
    told = repr(reading) + "".join(p.text(lang) + p.where(lang) for p in reading.problems for lang in ("sv", "en"))
    assert "fel" in told
    assert "19121212" not in told
    assert "hemlig" not in told


def test_the_tests_meet_every_code(request: pytest.FixtureRequest) -> None:
    from avtal.reading.catalogue import CATALOGUE

    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].glob("*/test_*.py"))
    page = (request.config.rootpath / "docs" / "data.md").read_text(encoding="utf-8")
    assert [code for code in CATALOGUE if f'"{code}"' not in tests] == []
    assert [code for code in CATALOGUE if f"| {code} |" not in page] == []
