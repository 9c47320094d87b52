"""Parquet files that other programs made: what is not read stands in the way of nothing."""

from __future__ import annotations

import datetime as dt
from base64 import b64encode
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from avtal.engines.snapshot import opened
from avtal.reading import Reading, read_data
from avtal.reading.arrow_schema import lengths_of_time
from interpreter.facts import Fact

GOOD = {"id": ["1", "2"], "date": [dt.date(2012, 1, 1)] * 2, "cost": [Decimal("5.00"), None]}
NOON = dt.datetime(2012, 1, 1, 12, tzinfo=dt.UTC)


def both(folder: Path, fact: Fact) -> Reading:
    """What the rows' own reader finds, which must be what a snapshot finds."""
    reading = read_data([folder], [fact])
    with opened([folder], [fact], keep=False) as found:
        assert found.reading.problems == reading.problems
        assert reading.problems or found.reading.files == reading.files
    return reading


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mapping.toml").write_text('[[file]]\nname = "admission.parquet"\nignore = ["Laddad Den"]\n', "utf-8")
    return tmp_path


def lay(folder: Path, **columns: object) -> None:
    parquet.write_table(pa.table(GOOD | columns), folder / "admission.parquet")


@pytest.mark.parametrize(
    "column",
    [
        pa.array([NOON, None], pa.timestamp("us", "UTC")),
        pa.array([9_000_000_000_000_000_000, None], pa.timestamp("us")),
        pa.array([[1, 2], None]),
        pa.array([b"x", None]),
    ],
)
def test_a_column_that_is_ignored_may_hold_anything(folder: Path, admission: Fact, column: pa.Array) -> None:
    lay(folder, laddad_den=column)
    assert [row.cells["id"] for row in both(folder, admission).data["admission"]] == ["1", "2"]


def test_a_record_with_a_cell_that_is_ignored_is_a_record(folder: Path, admission: Fact) -> None:
    stamps = pa.array([None, NOON], pa.timestamp("us", "UTC"))
    lay(folder, id=["1", None], date=[dt.date(2012, 1, 1), None], laddad_den=stamps)
    assert [(p.code, p.row, p.column) for p in both(folder, admission).problems] == [
        ("AVD20", 2, "id"),
        ("AVD20", 2, "date"),
    ]
    lay(folder, id=["1", None], date=[dt.date(2012, 1, 1), None], laddad_den=stamps.take(pa.array([1, 0])))
    assert len(both(folder, admission).data["admission"]) == 1


def test_a_column_of_a_type_that_is_not_read_is_told_of_as_that(folder: Path, admission: Fact) -> None:
    lay(folder, note=pa.array([NOON, None], pa.timestamp("us", "UTC")), laddad_den=["", ""])
    (problem,) = both(folder, admission).problems
    assert (problem.code, problem.column) == ("AVD48", "note")


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_a_length_of_time_is_no_number(folder: Path, admission: Fact, unit: str) -> None:
    """Parquet has a whole number of it, of a unit that only Arrow's own schema knows."""
    weeks = pa.array([7, None], pa.duration(unit))
    lay(folder, weight=weeks, laddad_den=weeks)
    (problem,) = both(folder, admission).problems
    assert (problem.code, problem.column, dict(problem.args)) == ("AVD48", "weight", {"type": "DURATION"})
    lay(folder, laddad_den=weeks, weight=pa.array([7, None], pa.int64()))
    assert [row.cells["weight"] for row in both(folder, admission).data["admission"]] == [7, None]


def test_a_schema_of_arrow_that_is_none_says_nothing(folder: Path, admission: Fact) -> None:
    assert lengths_of_time(None) == frozenset()
    told = pa.schema([("a", pa.int64()), ("b", pa.duration("s")), ("c", pa.list_(pa.duration("s")))])
    message = told.serialize().to_pybytes()
    assert lengths_of_time(b64encode(message)) == lengths_of_time(b64encode(message[4:])) == {1}
    for end in range(len(message)):
        assert lengths_of_time(b64encode(message[:end])) <= {1}
        lengths_of_time(b64encode(message[:end] + b"\xff" * (len(message) - end)))
    assert lengths_of_time(b"%") == frozenset()
    # A file of DuckDB has no such schema.
    lay(folder, weight=pa.array([7, None], pa.int64()), laddad_den=["", ""])
    file = folder / "admission.parquet"
    made = duckdb.sql(f"SELECT * FROM '{file}'").fetchall()  # noqa: S608  # a name of ours
    duckdb.sql(f"COPY (SELECT * FROM '{file}') TO '{folder / 'other.parquet'}'")  # noqa: S608
    (folder / "other.parquet").replace(file)
    assert len(both(folder, admission).data["admission"]) == len(made)


def test_a_decimal_of_more_digits_than_are_read_exactly_is_a_problem(folder: Path, admission: Fact) -> None:
    wide = pa.array([Decimal("123456789012345.654321"), None], pa.decimal256(50, 6))
    lay(folder, weight=wide, laddad_den=wide)
    (problem,) = both(folder, admission).problems
    assert (problem.code, problem.column, dict(problem.args)) == ("AVD48", "weight", {"type": "DECIMAL(50,6)"})
    assert "högst 38 siffror" in problem.text("sv")
    lay(folder, weight=pa.array([Decimal("12345.654321"), None], pa.decimal256(38, 6)), laddad_den=wide)
    assert both(folder, admission).data["admission"][0].cells["weight"] == Fraction("12345.654321")
