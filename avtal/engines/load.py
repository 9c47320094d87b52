"""Rows as `avtal.reading` gives them → relations of integers in an engine.

Assumes: the rows were read, or checked, by `avtal.reading`: no key twice, every cell within its range.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import lcm
from typing import cast

from attrs import frozen

from interpreter.facts import Cell, Column, Data, Fact, Kind, Row
from interpreter.sets.relation import MOST_CODES, ColumnInfo, Dataset, Engine, EngineError, Relation, Stored

LARGEST = (1 << 63) - 1
LARGEST_WIDE = 1 << 126
"""The largest integers of an ordinary column, and of a wide one."""

MOST_LINES = (1 << 31) - 1
MOST_FILES = (1 << 15) - 1

SQL_TYPES = {Kind.NUMBER: "BIGINT", Kind.DATE: "DATE", Kind.BOOL: "BOOLEAN"}
"""The type of a column by its kind; one with a dictionary is INTEGER, any other TEXT."""


def from_rows(facts: Mapping[str, Fact], data: Data, engine: Engine, *, keep: bool = False) -> Dataset:
    """Bring rows to an engine.

    Args:
        facts: the facts by English name.
        data: their rows; facts that the contract does not declare are left out.
        engine: where the tables `fact1`, `fact2` … are made.
        keep: whether the rows stay at hand beside them, so that none is asked for.

    Returns:
        the relations; a fact that `data` lacks has none.

    Raises:
        EngineError: a number has no 126-bit integer in its column's scale, or the engine could not take the rows.
    """
    relations: dict[str, Relation] = {}
    for at, (name, fact) in enumerate(facts.items(), 1):
        if name in data:
            relations[name] = _relation(fact, data[name], f"fact{at}", engine)
    return Dataset(relations=relations, engine=engine, rows=data if keep else {})


def _relation(fact: Fact, rows: Sequence[Row], table: str, engine: Engine) -> Relation:
    made = [
        stored(column, at, [row.cells.get(column.name) for row in rows]) for at, column in enumerate(fact.columns, 1)
    ]
    files = tuple(sorted({row.file for row in rows}))
    if len(files) > MOST_FILES or any(row.line > MOST_LINES for row in rows):
        raise EngineError(f"{fact.name}: too many files, or lines in a file")
    place = {file: at for at, file in enumerate(files)}
    types = [(one.info.sql, one.type) for one in made] + [("f", "SMALLINT"), ("n", "INTEGER")]
    places = ([place[row.file] for row in rows], [row.line for row in rows])
    engine.table(table, types, list(zip(*(one.values for one in made), *places, strict=True)))
    columns = {one.info.name: one.info for one in made}
    return Relation(fact=fact, source=table, rows=len(rows), columns=columns, files=files)


@frozen
class StoredColumn:
    """A column as it is stored: what its integers mean, its SQL type, its cells."""

    info: ColumnInfo
    type: str
    values: Sequence[Stored]


def stored(column: Column, at: int, cells: Sequence[Cell]) -> StoredColumn:
    """Turn the cells of a column into what is stored.

    Args:
        column: the fact's column.
        at: which it is, from 1.
        cells: its cells, in the order of the rows.

    Raises:
        EngineError: a number does not fit.
    """
    missing = None in cells
    if column.kind is Kind.NUMBER:
        numbers = cast("Sequence[Fraction | None]", cells)
        scale = lcm(*{number.denominator for number in numbers if number is not None})
        values = [None if x is None else x.numerator * (scale // x.denominator) for x in numbers]
        there = [value for value in values if value is not None]
        low, high = min(there, default=0), max(there, default=0)
        most = max(-low, high)
        if scale > LARGEST or most > LARGEST_WIDE:
            raise EngineError(f"{column.name}: a number does not fit 126 bits")
        info = ColumnInfo(
            name=column.name, sql=f"c{at}", kind=column.kind, scale=scale, low=low, high=high, missing=missing
        )
        return StoredColumn(info, SQL_TYPES[column.kind] if most <= LARGEST else "HUGEINT", values)
    plain = ColumnInfo(name=column.name, sql=f"c{at}", kind=column.kind, missing=missing)
    if column.kind in SQL_TYPES:
        return StoredColumn(plain, SQL_TYPES[column.kind], cast("Sequence[date | bool | None]", cells))
    texts = cast("Sequence[str | None]", cells)
    codes = tuple(sorted({text for text in texts if text is not None}))
    if len(codes) > MOST_CODES:
        return StoredColumn(plain, "TEXT", texts)
    place: dict[str | None, int | None] = {code: at for at, code in enumerate(codes)}
    place[None] = None
    info = ColumnInfo(name=column.name, sql=f"c{at}", kind=column.kind, missing=missing, codes=codes)
    return StoredColumn(info, "INTEGER", [place[text] for text in texts])


def divisors(number: int) -> Iterator[int]:
    """The divisors of a small number that are powers of ten times a divisor of what is left."""
    found, left = [1], number
    while left % 10 == 0:
        left //= 10
        found.append(found[-1] * 10)
    yield from sorted({power * part for power in found for part in (1, left)})
