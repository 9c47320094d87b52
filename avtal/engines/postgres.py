"""PostgreSQL: a database that somebody else runs, asked by SELECTs, with temporary tables of our own.

Guarantees: no statement but one SELECT is carried out for a caller, in a transaction that may only read; what is made
are temporary tables, which other sessions do not see and which go with the connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypeVar

import psycopg
from psycopg import sql as compose

from interpreter.sets.relation import EngineError, Stored

TYPES = {name: name for name in ("SMALLINT", "INTEGER", "BIGINT", "DATE", "BOOLEAN", "TEXT")} | {"HUGEINT": "NUMERIC"}
"""The types of the columns of a table, and what PostgreSQL calls them."""

_OIDS = {name: kind.lower() for name, kind in TYPES.items()} | {
    "SMALLINT": "int2",
    "INTEGER": "int4",
    "BIGINT": "int8",
    "BOOLEAN": "bool",
}
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_SETTINGS = (
    "SET default_transaction_read_only = on",
    "SET standard_conforming_strings = on",
    "SET jit = off",  # measured: compiling takes longer than the queries that it is for
    "SET TimeZone = 'UTC'",
)

T = TypeVar("T")


class PostgresEngine:
    """A session with a PostgreSQL server.

    Args:
        url: where it is: `postgresql://user@host:port/database`; what it leaves out, a password among it, is taken as
            `psql` takes it, from `PGPASSWORD`, `~/.pgpass` and the other places of libpq.

    Raises:
        EngineError: nobody answers there, or not to this user.
    """

    dialect = "postgres"

    def __init__(self, url: str) -> None:
        self._connection = self._run(lambda: psycopg.connect(url, autocommit=True, application_name="avtal"))
        for setting in _SETTINGS:
            self._run(lambda setting=setting: self._connection.execute(setting))  # type: ignore[misc]

    @property
    def version(self) -> str:
        """The server's version."""
        return self._connection.info.parameter_status("server_version") or ""

    def query(self, sql: str) -> Sequence[tuple[object, ...]]:
        """The rows of one SELECT.

        Raises:
            EngineError: it could not be carried out, or a number came out that is no integer.
        """
        if not sql.startswith(("SELECT ", "WITH ")):
            raise EngineError("not one SELECT")
        # In the binary form the server takes one statement only.
        rows = self._run(lambda: self._connection.execute(sql, binary=True).fetchall())
        return [tuple(map(_whole, row)) for row in rows] if any(Decimal in map(type, row) for row in rows) else rows

    def table(self, name: str, types: Sequence[tuple[str, str]], rows: Sequence[tuple[Stored, ...]]) -> None:
        """Make, or replace, a temporary table.

        Args:
            name: its name, in lower case.
            types: its columns with their types, of `TYPES`.
            rows: its rows.

        Raises:
            EngineError: a number is too large for its column, or the user may not make temporary tables.
        """
        for word in (name, *(column for column, _ in types)):
            if not _NAME.fullmatch(word):
                raise ValueError(f"not a name of ours: {word!r}")
        table = compose.Identifier("pg_temp", name)
        columns = compose.SQL(", ").join(
            compose.SQL("{} {}").format(compose.Identifier(column), compose.SQL(TYPES[kind])) for column, kind in types
        )
        self._run(lambda: self._make(table, columns, [_OIDS[kind] for _, kind in types], rows))

    def _make(
        self,
        table: compose.Identifier,
        columns: compose.Composed,
        types: Sequence[str],
        rows: Sequence[tuple[Stored, ...]],
    ) -> None:
        with self._connection.cursor() as cursor, self._connection.transaction():
            cursor.execute("SET TRANSACTION READ WRITE")
            cursor.execute(compose.SQL("DROP TABLE IF EXISTS {}").format(table))
            cursor.execute(compose.SQL("CREATE TEMPORARY TABLE {} ({})").format(table, columns))
            with cursor.copy(compose.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(table)) as copy:
                copy.set_types(types)
                for row in rows:
                    copy.write_row(row)
            cursor.execute(compose.SQL("ANALYZE {}").format(table))  # nobody else does it for a temporary table

    def close(self) -> None:
        """Let everything go."""
        self._connection.close()

    def _run(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except psycopg.Error as error:
            raise EngineError(reason(error)) from error
        except (OverflowError, UnicodeEncodeError) as error:
            raise EngineError("a value that the database cannot hold") from error


def reason(error: psycopg.Error) -> str:
    """Why PostgreSQL gave up, without the values of any row."""
    if isinstance(error, psycopg.errors.NumericValueOutOfRange):
        return "a number is too large"
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        return "no connection to the database"
    return type(error).__name__


def _whole(cell: object) -> object:
    if not isinstance(cell, Decimal):
        return cell
    found = int(cell)
    if found != cell:
        raise EngineError("a number that is not whole")
    return found


__all__ = ["TYPES", "PostgresEngine", "reason"]
