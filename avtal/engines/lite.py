"""SQLite, in memory, as Python has it: for data so small that the start of a larger database would be most of the time.

Guarantees: no statement but one SELECT is carried out for a caller; no file is opened; no number comes back that is not
an integer, and a sum that does not fit 63 bits is an error, never a rounded number.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import TypeVar

from avtal.engines.at_once import AtOnce
from interpreter.sets.relation import EngineError, Stored

TYPES = ("SMALLINT", "INTEGER", "BIGINT", "DATE", "BOOLEAN", "TEXT")
"""The types of the columns of a table; a date is stored as its ordinal, a condition as 0 or 1."""

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_STEPS = 100_000
"""After so many steps of SQLite's machine Python may look for Ctrl-C."""

_INTERRUPTED = "SQLITE_INTERRUPT"
_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()

T = TypeVar("T")


class LiteEngine(AtOnce):
    """A SQLite of our own, in memory."""

    dialect = "sqlite"

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._connection.set_progress_handler(_go_on, _STEPS)
        for name, count, function in FUNCTIONS:
            self._connection.create_function(name, count, function, deterministic=True)
        self._connection.execute("PRAGMA query_only = ON")

    def query(self, sql: str) -> Sequence[tuple[object, ...]]:
        """The rows of one SELECT.

        Raises:
            EngineError: it could not be carried out, or a number came out that is no integer.
        """
        if not sql.startswith(("SELECT ", "WITH ")):
            raise EngineError("not one SELECT")
        rows = self._run(lambda: self._connection.execute(sql).fetchall())
        if any(float in map(type, row) for row in rows):
            raise EngineError("a number is too large")
        return rows

    def table(self, name: str, types: Sequence[tuple[str, str]], rows: Sequence[tuple[Stored, ...]]) -> None:
        """Make, or replace, a table.

        Args:
            name: its name, in lower case.
            types: its columns with their types, of `TYPES`.
            rows: its rows.

        Raises:
            EngineError: a number is too large for its column.
        """
        for word in (name, *(column for column, _ in types)):
            if not _NAME.fullmatch(word):
                raise ValueError(f"not a name of ours: {word!r}")
        if any(kind not in TYPES for _, kind in types):
            raise EngineError("a type of column that SQLite lacks")
        columns = ", ".join(f"{column} {kind}" for column, kind in types)
        marks = ", ".join("?" * len(types))
        days = [at for at, (_, kind) in enumerate(types) if kind == "DATE"]
        counted = _with_ordinals(rows, days) if days else rows
        self._connection.execute("PRAGMA query_only = OFF")
        self._connection.execute("BEGIN")
        try:
            self._connection.execute(f"DROP TABLE IF EXISTS {name}")
            self._connection.execute(f"CREATE TABLE {name} ({columns})")
            self._run(lambda: self._connection.executemany(f"INSERT INTO {name} VALUES ({marks})", counted))
        except EngineError:
            self._connection.execute("ROLLBACK")
            raise
        else:
            self._connection.execute("COMMIT")
        finally:
            self._connection.execute("PRAGMA query_only = ON")

    def close(self) -> None:
        """Let everything go."""
        self._connection.close()

    def _run(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorname", "") == _INTERRUPTED:
                raise KeyboardInterrupt from error
            raise EngineError(reason(error)) from error
        except (OverflowError, UnicodeEncodeError) as error:
            raise EngineError(reason(error)) from error


def reason(error: Exception) -> str:
    """Why SQLite gave up, without the values of any row."""
    if isinstance(error, OverflowError) or str(error) == "integer overflow":
        return "a number is too large"
    return type(error).__name__


def _go_on() -> int:
    return 0


def _with_ordinals(rows: Sequence[tuple[Stored, ...]], days: Sequence[int]) -> Iterable[tuple[Stored, ...]]:
    columns: list[Sequence[Stored]] = list(zip(*rows, strict=True))
    for at in days if columns else ():
        columns[at] = [cell.toordinal() if isinstance(cell, date) else None for cell in columns[at]]
    return zip(*columns, strict=True)


@lru_cache(maxsize=10_000)
def _parts(ordinal: int) -> tuple[int, int, int] | None:
    """Year, month and day of an ordinal; nothing outside the calendar."""
    if not _FIRST <= ordinal <= _LAST:
        return None
    day = date.fromordinal(ordinal)
    return day.year, day.month, day.day


def _part(at: int) -> Callable[[int | None], int | None]:
    def part(ordinal: int | None) -> int | None:
        parts = None if ordinal is None else _parts(ordinal)
        return None if parts is None else parts[at]

    return part


def _made(year: int | None, month: int | None, day: int | None) -> int | None:
    """The ordinal of a date; nothing for one that there is not."""
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day).toordinal()
    except (ValueError, OverflowError):
        return None


FUNCTIONS: Sequence[tuple[str, int, Callable[..., int | None]]] = (
    ("year", 1, _part(0)),
    ("month", 1, _part(1)),
    ("day", 1, _part(2)),
    ("make_date", 3, _made),
)
"""What SQLite lacks of the calendar, over ordinals: (name, number of arguments, function)."""
