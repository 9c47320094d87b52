"""A table or view of a database as a file of records, read once and only read, by SQLAlchemy.

Where to connect is said by whoever runs the program, by an address or a variable of the environment; a mapping beside
the data only names the variable, so that a stranger's folder can't make the program connect anywhere. Guarantees: one
SELECT on one table, in a transaction that is rolled back; no address, which may hold a password, in any message.
SQLite keeps what it is given, whatever type a column is declared to have: its cells are taken as it keeps them, since
made to fit the declared type a number is rounded, a text becomes a yes, and a date that is none stops the reading.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import compress
from pathlib import Path
from typing import Any
from uuid import UUID

from avtal.reading.places import Database
from avtal.reading.problems import DataProblem, visible
from avtal.reading.tables import Record, Table, UnreadableError
from avtal.reading.worker_parquet import cell

_MANY = 5000
_UNREAD = frozenset({"INTERVAL", "MONEY"})
"""Types of PostgreSQL whose cells come as what no column has: lengths of time, and texts in the server's own form."""
_PACKAGES = {"MySQLdb": "mysqlclient", "psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary"}
"""The packages of drivers whose modules have other names."""


class Records:
    """The records of a table, and the hash of all that was read.

    Args:
        database: the table.
        name: what it is called in problems.
    """

    def __init__(self, database: Database, name: str) -> None:
        self._name = name
        self._hash = hashlib.sha256()
        try:
            import sqlalchemy
        except ImportError:
            raise UnreadableError(DataProblem(code="AVD52", file=name)) from None
        self._sql = sqlalchemy
        self._kind = ""
        try:
            with warnings.catch_warnings():
                # A reader of decimals is told that its database has none: they are made from what it has.
                warnings.simplefilter("ignore")
                url = sqlalchemy.make_url(database.url)
                self._kind = url.drivername
                _there(url)
                self._engine = sqlalchemy.create_engine(url)
                schema, _, table = database.table.rpartition(".")
                self._table = sqlalchemy.Table(
                    table, sqlalchemy.MetaData(), schema=schema or None, autoload_with=self._engine
                )
        except Exception as error:  # noqa: BLE001 - drivers raise what they like, and their words may hold the address
            raise self._unreadable(error) from None

    @property
    def sha256(self) -> str:
        """The hash of the headings and cells read so far."""
        return self._hash.hexdigest()

    def table(self, ignored: Callable[[str], bool]) -> Table:
        """The records as a file has them.

        Args:
            ignored: whether a heading is not wanted; of its cells only whether they are empty is asked for, since the
                database or its driver may be unable to order or to hand over what they hold.
        """
        headings = tuple(column.name for column in self._table.columns)
        types = tuple(stored(column.type, self._engine.dialect.name) for column in self._table.columns)
        wanted = [not ignored(heading) for heading in headings]
        return Table(self._records(headings, types, wanted), tagged=True, headings=headings, types=types)

    def _records(self, headings: tuple[str, ...], types: tuple[str, ...], wanted: list[bool]) -> Iterator[Record]:
        inexact = {at for at, kind in enumerate(types) if kind == "DOUBLE"}
        self._hash.update(repr(headings).encode())
        # In an order of its own, so that rows have the same numbers in every reading.
        order = list(self._table.primary_key.columns) or list(compress(self._table.columns, wanted))
        line = 0
        try:
            with warnings.catch_warnings(), self._engine.connect() as connection:
                warnings.simplefilter("ignore")
                if self._engine.dialect.name == "sqlite":
                    connection.exec_driver_sql("PRAGMA query_only = ON")
                reading = connection.execution_options(yield_per=_MANY, **self._only_reading())
                for row in reading.execute(self._sql.select(*self._cells(wanted)).order_by(*order)):
                    line += 1
                    cells = [tagged(value, exact=at not in inexact) for at, value in enumerate(row)]
                    self._hash.update(repr(cells).encode())
                    yield line, cells
                connection.rollback()
        except (self._sql.exc.SQLAlchemyError, ValueError, TypeError, ArithmeticError) as error:
            # A driver that can't make a cell what its column is declared to be raises an error of Python's own.
            raise self._unreadable(error) from None
        finally:
            self._engine.dispose()

    def _cells(self, wanted: list[bool]) -> list[Any]:
        """What is selected: the columns; of SQLite without their types, so that its values come as they are kept."""
        sql, columns = self._sql, list(self._table.columns)
        kept = sql.types.NullType() if self._engine.dialect.name == "sqlite" else None
        return [
            (column if kept is None else sql.type_coerce(column, kept).label(column.name))
            if is_wanted
            else sql.case((column.is_not(None), 1)).label(column.name)
            for column, is_wanted in zip(columns, wanted, strict=True)
        ]

    def _only_reading(self) -> dict[str, Any]:
        return {"postgresql_readonly": True} if self._engine.dialect.name == "postgresql" else {}

    def _unreadable(self, error: Exception) -> UnreadableError:
        if isinstance(error, self._sql.exc.NoSuchTableError):
            return UnreadableError(DataProblem(code="AVD53", file=self._name))
        if isinstance(error, FileNotFoundError):
            return UnreadableError(DataProblem(code="AVD59", file=self._name))
        kind = visible(self._kind)
        if isinstance(error, self._sql.exc.NoSuchModuleError):
            return UnreadableError(DataProblem(code="AVD62", file=self._name, args=(("kind", kind),)))
        if isinstance(error, ModuleNotFoundError) and error.name:
            args = (("kind", kind), ("package", _PACKAGES.get(error.name, error.name)))
            return UnreadableError(DataProblem(code="AVD61", file=self._name, args=args))
        reason = type(getattr(error, "orig", None) or error).__name__
        return UnreadableError(DataProblem(code="AVD51", file=self._name, args=(("reason", reason),)))


def stored(kind: Any, dialect: str) -> str:
    """The type of a column in DuckDB's words, where it decides by itself how cells are read; else that of texts.

    Args:
        kind: the type as SQLAlchemy has it.
        dialect: what SQLAlchemy calls the database. SQLite keeps what it is given, whatever the type.
    """
    import sqlalchemy

    if isinstance(kind, sqlalchemy.types.Float):
        return "DOUBLE"
    if dialect != "sqlite" and getattr(kind, "timezone", False):
        return "TIMESTAMP WITH TIME ZONE"
    if dialect == "postgresql" and kind.__visit_name__ in _UNREAD:
        return str(kind.__visit_name__)
    return "VARCHAR"


def _there(url: Any) -> None:
    """See to it that the file of an address is there: SQLite would make an empty one.

    Raises:
        FileNotFoundError: it is not.
    """
    file = url.database or ":memory:"
    if url.get_backend_name() == "sqlite" and not file.startswith((":memory:", "file:")) and not Path(file).is_file():
        raise FileNotFoundError


def tagged(value: object, *, exact: bool) -> str:
    """A value of a database as a tagged cell; a float in a column that is not one is told from exact numbers."""
    if isinstance(value, UUID):
        return f"t{value}"
    if isinstance(value, float) and exact and (read := cell(value)).startswith("n"):
        return f"f{read[1:]}"
    if isinstance(value, Decimal) and not value.is_finite():
        return f"x{value}"
    if isinstance(value, datetime) and value.tzinfo is not None:
        return f"D{value.isoformat()}"
    if value is None or isinstance(value, str | bool | int | float | Decimal | date):
        return cell(value)
    return "x"
