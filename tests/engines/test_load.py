"""Rows brought to an engine are the rows that the reference has."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from engine_data import NAMES, contract, rows_back

import avtal
from avtal.engines.duck import DuckEngine
from avtal.engines.lite import LiteEngine
from avtal.engines.load import from_rows
from interpreter.facts import Cell, Column, Fact, Kind, Row
from interpreter.sets.relation import MOST_CODES, EngineError
from interpreter.units import KRONA, PERCENT

YES, NO = True, False
FACT = Fact(
    name="visit",
    columns=(
        Column(name="id", kind=Kind.CODE),
        Column(name="cost", kind=Kind.NUMBER, unit=KRONA, optional=True),
        Column(name="share", kind=Kind.NUMBER, unit=PERCENT, optional=True),
        Column(name="day", kind=Kind.DATE),
        Column(name="urgent", kind=Kind.BOOL, optional=True),
        Column(name="sort", kind=Kind.CHOICE, choices=(("first", "första"), ("again", "åter"))),
    ),
    keys=("id",),
    dated="day",
)


def row(line: int, *cells: Cell, file: str = "b.csv") -> Row:
    return Row("visit", dict(zip([c.name for c in FACT.columns], cells, strict=True)), file, line)


@pytest.mark.parametrize("name", NAMES)
def test_the_rows_of_every_contract_come_back(name: str) -> None:
    made = contract(name)
    reading = avtal.read(made)
    dataset = from_rows(made.program.facts, reading.data, DuckEngine())
    assert dataset.relations.keys() == reading.data.keys()
    for fact, rows in reading.data.items():
        relation = dataset.relations[fact]
        names = [column.name for column in relation.fact.columns]
        assert list(relation.columns) == names
        assert list(relation.files) == sorted(relation.files)
        expected = [(r.file, r.line, tuple(r.cells.get(column) for column in names)) for r in rows]
        assert rows_back(dataset, relation) == sorted(expected, key=lambda one: one[:2])


def test_what_the_integers_mean() -> None:
    rows = [
        row(2, "B", Fraction(5, 2), Fraction(1, 3), date(2012, 1, 1), YES, "first"),
        row(3, "Å", Fraction(-7), Fraction(1, 8), date(2012, 1, 2), None, "again", file="a.csv"),
        row(4, "a", None, None, date(2012, 1, 3), NO, "again"),
    ]
    dataset = from_rows({"visit": FACT}, {"visit": rows, "other": []}, DuckEngine())
    relation = dataset.relations["visit"]
    columns = relation.columns
    assert list(dataset.relations) == ["visit"]
    assert relation.files == ("a.csv", "b.csv")
    assert columns["id"].codes == ("B", "a", "Å")
    assert (columns["cost"].scale, columns["cost"].low, columns["cost"].high) == (2, -14, 5)
    assert (columns["share"].scale, columns["share"].low, columns["share"].high) == (24, 3, 8)
    assert [column.missing for column in columns.values()] == [False, True, True, False, True, False]
    assert dataset.engine.query(f"SELECT c1, c2, c6, f, n FROM {relation.source} ORDER BY n") == [
        (0, 5, 1, 1, 2),
        (2, -14, 0, 0, 3),
        (1, None, 0, 1, 4),
    ]


def test_a_fact_without_rows_is_there_and_an_absent_one_is_not() -> None:
    dataset = from_rows({"visit": FACT}, {"visit": []}, DuckEngine())
    assert dataset.relations["visit"].rows == 0
    assert dataset.relations["visit"].columns["cost"].low == 0
    assert dataset.engine.query(f"SELECT count(*) FROM {dataset.relations['visit'].source}") == [(0,)]
    assert not from_rows({"visit": FACT}, {}, DuckEngine()).relations


@pytest.mark.parametrize(
    "costs",
    [
        [Fraction((1 << 126) + 1)],
        [Fraction(-(1 << 126) - 1)],
        [Fraction(10**37), Fraction(1, 100)],
        [Fraction(1, prime) for prime in (10**9 + 7, 10**9 + 9, 10**9 + 21)],
    ],
)
def test_a_number_without_an_integer_is_refused(costs: list[Fraction]) -> None:
    rows = [row(i, f"{i}", cost, None, date(2012, 1, 1), None, "first") for i, cost in enumerate(costs)]
    with pytest.raises(EngineError, match="cost"):
        from_rows({"visit": FACT}, {"visit": rows}, DuckEngine())


def test_a_number_beyond_63_bits_has_a_wide_column() -> None:
    costs = [Fraction(10**18 - 1), Fraction(-1, 10**6), None, Fraction(-(10**18) + 1)]
    rows = [row(i, f"{i}", cost, None, date(2012, 1, 1), None, "first") for i, cost in enumerate(costs)]
    dataset = from_rows({"visit": FACT}, {"visit": rows}, DuckEngine())
    relation = dataset.relations["visit"]
    assert (relation.columns["cost"].scale, relation.columns["cost"].high) == (10**6, 10**24 - 10**6)
    assert dataset.engine.query(f"SELECT c2 FROM {relation.source} ORDER BY n") == [
        (10**24 - 10**6,),
        (-1,),
        (None,),
        (10**6 - 10**24,),
    ]
    with pytest.raises(EngineError, match="SQLite lacks"):
        from_rows({"visit": FACT}, {"visit": rows}, LiteEngine())


def test_a_line_or_file_without_a_number_is_refused() -> None:
    with pytest.raises(EngineError, match="visit"):
        from_rows(
            {"visit": FACT},
            {"visit": [row(1 << 31, "a", None, None, date(2012, 1, 1), None, "first")]},
            DuckEngine(),
        )


def test_a_column_of_many_codes_is_text() -> None:
    many = [row(i, f"{i:06}", None, None, date(2012, 1, 1), None, "first") for i in range(MOST_CODES + 1)]
    dataset = from_rows({"visit": FACT}, {"visit": many}, DuckEngine())
    relation = dataset.relations["visit"]
    assert relation.columns["id"].codes is None
    assert dataset.engine.query(f"SELECT min(c1), max(c1), count(*) FROM {relation.source}") == [
        ("000000", f"{MOST_CODES:06}", MOST_CODES + 1)
    ]
