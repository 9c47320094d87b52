"""Tables of SQLite, which keeps in a column what its type says nothing of: nothing is changed to fit, nothing stops."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy.dialects import mssql, postgresql

from avtal.engines.snapshot import opened
from avtal.reading import Reading, read_data
from avtal.reading.database import stored
from avtal.reading.places import Database
from avtal.reading.worker_parquet import readable
from interpreter.facts import Fact

TABLE = """CREATE TABLE admission (id text PRIMARY KEY, date date, cost decimal(18, 2), weight numeric, share float,
    urgent boolean, note datetime)"""
DAY = "2012-01-31"
Asked = Callable[..., Reading]


@pytest.fixture
def base(tmp_path: Path) -> Callable[[str, object], Database]:
    """Lay a table with a row that has one cell of one's own."""

    def lay(column: str, value: object) -> Database:
        path = tmp_path / "base.db"
        path.unlink(missing_ok=True)
        cells = {"id": "K1", "date": DAY} | {column: value}
        connection = sqlite3.connect(path)
        connection.execute(TABLE)
        marks = ", ".join("?" * len(cells))
        insert = f"INSERT INTO admission ({', '.join(cells)}) VALUES ({marks})"  # noqa: S608  # names are ours
        connection.execute(insert, [*cells.values()])
        connection.commit()
        connection.close()
        return Database(f"sqlite:///{path}", "admission")

    return lay


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("cost", 900719925474099301, Fraction(900719925474099301)),
        ("cost", 10.0, Fraction(10)),  # SQLite itself keeps it as an integer
        ("cost", "1,5 tkr", Fraction(1500)),
        ("cost", 1.239, Fraction(1239, 1000)),  # not rounded to the two decimals that the column declares
        ("weight", 1.239, Fraction(1239, 1000)),
        ("share", 12.5, Fraction(1, 8)),
        ("urgent", "nej", False),
        ("urgent", 1, True),
        ("date", "2012-01-31 00:00:00.000000", dt.date(2012, 1, 31)),
        ("note", "any text", "any text"),
    ],
)
def test_a_cell_is_read_as_the_database_keeps_it(
    base: Callable[[str, object], Database], admission: Fact, column: str, value: object, expected: object
) -> None:
    (row,) = read_data([base(column, value)], [admission]).data["admission"]
    assert row.cells[column] == expected


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("cost", float("inf"), "AVD21"),
        ("cost", "many", "AVD21"),
        ("weight", 1e-12, "AVD25"),
        ("note", 1.5, "AVD37"),
        ("urgent", 7, "AVD32"),
        ("urgent", 0.5, "AVD36"),
        ("urgent", "kanske", "AVD32"),
        ("date", "2012-01-31 10:00:00", "AVD31"),
        ("date", "2012-13-01", "AVD29"),
        ("date", "soon", "AVD28"),
        ("date", 20120131, "AVD36"),
    ],
)
def test_a_cell_that_is_no_such_value_is_a_problem_of_its_own(
    base: Callable[[str, object], Database], admission: Fact, column: str, value: object, code: str
) -> None:
    place = base(column, value)
    reading = read_data([place], [admission])
    (problem,) = reading.problems
    assert (problem.code, problem.row, problem.column) == (code, 1, column)
    with opened([place], [admission], keep=False) as found:
        assert found.reading.problems == reading.problems


def test_a_driver_that_gives_up_on_a_cell_is_told_of(base: Callable[[str, object], Database], admission: Fact) -> None:
    place = base("date", "2012-13-01")
    (problem,) = read_data([Database(f"{place.url}?detect_types=1", "admission")], [admission]).problems
    assert (problem.code, dict(problem.args)) == ("AVD51", {"reason": "ValueError"})


def test_a_type_that_no_column_has_is_told_of_once() -> None:
    of = sqlalchemy.types
    assert [stored(kind, "postgresql") for kind in (of.Float(), of.Numeric(), of.DateTime(), of.Date())] == [
        "DOUBLE",
        "VARCHAR",
        "VARCHAR",
        "VARCHAR",
    ]
    told = "TIMESTAMP WITH TIME ZONE"
    assert [stored(of.DateTime(timezone=True), name) for name in ("postgresql", "oracle", "sqlite")] == [
        told,
        told,
        "VARCHAR",
    ]
    assert [stored(kind(), "postgresql") for kind in (postgresql.MONEY, postgresql.INTERVAL)] == ["MONEY", "INTERVAL"]
    assert not any(map(readable, (told, "MONEY", "INTERVAL")))
    assert stored(mssql.MONEY(), "mssql") == "VARCHAR"  # comes as a number


def test_of_a_column_that_is_ignored_only_whether_it_is_empty_is_asked(tmp_path: Path, admission: Fact) -> None:
    path, mapping = tmp_path / "base.db", tmp_path / "mapping.toml"
    mapping.write_text('[[file]]\nname = "admission"\nignore = ["Laddad Den"]\n', encoding="utf-8")
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE admission (laddad_den text, id text, date date)")
    unreadable = "CAST(x'ff' AS text)"  # no UTF-8, so that the driver gives up on it
    rows = [f"({unreadable}, 'K2', '{DAY}')", f"(NULL, 'K1', '{DAY}')", "(NULL, NULL, NULL)"]
    connection.execute(f"INSERT INTO admission VALUES {', '.join(rows)}")  # noqa: S608  # values are ours
    connection.commit()
    place = Database(f"sqlite:///{path}", "admission")
    reading = read_data([place], [admission], mapping=mapping)
    assert [row.cells["id"] for row in reading.data["admission"]] == ["K1", "K2"]
    with opened([place], [admission], mapping=mapping, keep=False) as found:
        assert found.reading.files == reading.files
    connection.execute(f"INSERT INTO admission VALUES ({unreadable}, NULL, NULL)")  # noqa: S608  # values are ours
    connection.commit()
    connection.close()
    assert {p.code for p in read_data([place], [admission], mapping=mapping).problems} == {"AVD20"}
