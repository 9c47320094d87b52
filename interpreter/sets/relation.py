"""Data as a set engine has them: for each fact a relation of integers, with what the integers mean.

Whoever loads data (`avtal.engines`) guarantees what is said here; the lowering builds on it and checks nothing
again.

INVARIANT, of the columns in the engine (`c1`, `c2` … in the order of the fact's columns, in lower case):

- a NUMBER is a BIGINT; the value in base units is `stored / scale`. A missing cell is NULL.
- a CODE, TEXT or CHOICE with a dictionary (`codes` is not `None`) is an INTEGER, the position in `codes`, which is
  sorted by code point, so that integers compare as the codes do; without a dictionary it is text, compared byte by
  byte (UTF-8).
- a DATE is a DATE, a BOOL a BOOLEAN; an engine that lacks one has its ordinal, or 0 and 1 (`known_day`).
- `f` is a SMALLINT, the position of the row's file in `files`, and `n` an INTEGER, the row's line in it
  (`facts.Row.line`).
- every cell is within the declared range of its column, a cell that is not optional is there, and no two rows have
  one key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Protocol

from attrs import field, frozen

from dsl.alike import Alike
from interpreter.facts import Fact, Kind, Row

MOST_CODES = 100_000
"""A column with more different codes than this has no dictionary."""

Stored = int | str | bool | date | None


def known_day(stored: object) -> date:
    """A date that an engine has given back."""
    return stored if isinstance(stored, date) else date.fromordinal(int(stored))  # type: ignore[call-overload]


Month = tuple[int | None, int | None, int, int]
"""Provider and buyer by their places in the dictionaries (`None` for a row that names none, or a fact that has none),
the month as 12 × year + month - 1, and how many rows they have in it."""


@frozen(kw_only=True, eq=False, repr=False)
class ColumnInfo(Alike):
    """What the integers of a column mean.

    Args:
        name: the column's English name.
        sql: its name in the engine.
        kind: what it holds.
        scale: of a number: stored / scale is the value in base units.
        low, high: of a number: the smallest and the largest that is stored; 0 when there is none.
        missing: whether some cell is missing.
        codes: the dictionary, sorted by code point; `None` for none.
    """

    name: str
    sql: str
    kind: Kind
    scale: int = 1
    low: int = 0
    high: int = 0
    missing: bool = False
    codes: tuple[str, ...] | None = None


@frozen(kw_only=True, eq=False, repr=False)
class Relation(Alike):
    """One fact's rows in the engine.

    Args:
        fact: the fact.
        source: what stands after FROM to read it: a table's name, or a call that reads files; written by us alone.
        rows: how many there are.
        columns: by English name, in the fact's order.
        files: the names of the files that the rows came from.
        stays: whether the rows lie where they are to stay: few or many, they are asked about and not read whole.
    """

    fact: Fact
    source: str
    rows: int
    columns: Mapping[str, ColumnInfo]
    files: tuple[str, ...] = ()
    months: Sequence[Month] | None = None
    stays: bool = False


class Engine(Protocol):
    """A database that relations lie in."""

    dialect: str
    """`duckdb`, `postgres`, `spark` or `sqlite`."""

    def query(self, sql: str) -> Sequence[tuple[object, ...]]:
        """The rows of one SELECT.

        Raises:
            EngineError: it could not be carried out (memory, overflow, connection).
        """

    def begin(self, sql: str) -> Callable[[], Sequence[tuple[object, ...]]]:
        """Have one SELECT carried out, if it can while other work goes on; what is returned waits for its rows.

        Raises:
            EngineError: it could not be carried out; what is returned may raise it as well.
        """

    def idle(self) -> bool:
        """Whether all that was begun has been carried out."""

    def table(self, name: str, types: Sequence[tuple[str, str]], rows: Sequence[tuple[Stored, ...]]) -> None:
        """Make, or replace, a small table: columns and types (BIGINT, INTEGER, DATE, BOOLEAN, TEXT), and rows."""

    def lay(self, name: str, types: Sequence[tuple[str, str]], rows: Sequence[tuple[Stored, ...]]) -> None:
        """Have such a table made that the next query asks for; if it can't be made, that query may say so."""


class EngineError(Exception):
    """The engine could not carry out a query; the reference evaluator is asked instead where that is possible."""


@frozen(kw_only=True, eq=False, repr=False)
class Dataset(Alike):
    """The relations of a data set, by the fact's English name, and the engine that they lie in.

    A fact that is not here was never handed in; one with no rows is here with `rows` 0.

    Args:
        relations: by the fact's English name.
        engine: what they lie in.
        rows: the same rows as they were read, where they are at hand in memory; they are then not asked for.
    """

    relations: Mapping[str, Relation]
    engine: Engine
    rows: Mapping[str, Sequence[Row]] = field(factory=dict)
