"""PostgreSQL: a database that somebody else runs, asked by SELECTs, with temporary tables of our own.

Guarantees: no statement but one SELECT is carried out for a caller, in a transaction that may only read; what is made
are temporary tables, which other sessions do not see and which go with the connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TypeVar

import psycopg
from psycopg import sql as compose

from avtal.engines.at_once import AtOnce
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
    "SET client_encoding = 'UTF8'",  # of a database that says none, texts come as bytes else
    "SET default_transaction_read_only = on",
    "SET standard_conforming_strings = on",
    "SET jit = off",  # measured: compiling takes longer than the queries that it is for
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET extra_float_digits = 1",
)

_COLUMNS = """
    WITH RECURSIVE c (place, name, type, modifier) AS (
        SELECT a.attnum, a.attname, a.atttypid, a.atttypmod FROM pg_attribute a
        WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT c.place, c.name, t.typbasetype, t.typtypmod FROM c JOIN pg_type t ON t.oid = c.type WHERE t.typtype = 'd'
    )
    SELECT CAST(c.name AS TEXT),
           format_type(t.oid, c.modifier) || CASE WHEN t.typtype = 'e' THEN ' enum' ELSE '' END
    FROM c JOIN pg_type t ON t.oid = c.type WHERE t.typtype <> 'd' ORDER BY c.place
"""
"""The columns of a table with their types: of a domain what it is over, however many domains lie between."""
_TYPES = {
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "numeric": "DECIMAL",
    "text": "VARCHAR",
    "name": "VARCHAR",
    "uuid": "VARCHAR",
    "character varying": "VARCHAR",
    "date": "DATE",
    "timestamp without time zone": "TIMESTAMP",
    "timestamp with time zone": "TIMESTAMP WITH TIME ZONE",
    "boolean": "BOOLEAN",
    "real": "FLOAT",
    "double precision": "DOUBLE",
}
_NUMERIC = re.compile(r"numeric\(([0-9]+),(-?[0-9]+)\)")
_TEXT = re.compile(r"character(?: varying)?\([0-9]+\)|.* enum")

T = TypeVar("T")


class PostgresEngine(AtOnce):
    """A session with a PostgreSQL server.

    Args:
        url: where it is: `postgresql://user@host:port/database`; what it leaves out, a password among it, is taken as
            `psql` takes it, from `PGPASSWORD`, `~/.pgpass` and the other places of libpq.

    Raises:
        EngineError: nobody answers there, or not to this user.
    """

    dialect = "postgres"

    def __init__(self, url: str) -> None:
        # Nothing is prepared: a table made anew with other columns would make what was prepared for it an error.
        self._connection = self._run(
            lambda: psycopg.connect(url, autocommit=True, application_name="avtal", prepare_threshold=None)
        )
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

    def columns(self, table: str) -> list[tuple[str, str]]:
        """The columns of a table or view there, with their types in DuckDB's words; none when there is no such.

        Args:
            table: its name, with its schema before a dot if it is not the usual one.

        Raises:
            EngineError: the server could not be asked.
        """
        name = compose.Identifier(*table.split(".")).as_string(self._connection)
        found = self._run(lambda: self._connection.execute(_COLUMNS, (name,)).fetchall())
        return [(heading, _TYPES.get(kind) or _decimals(kind)) for heading, kind in found]

    def keep(self, name: str, sql: str) -> None:
        """Make, or replace, a temporary table of the rows of one SELECT, which is ours.

        Raises:
            EngineError: it could not be carried out.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name of ours: {name!r}")
        self._run(lambda: self._kept(compose.Identifier("pg_temp", name), sql))

    def _kept(self, table: compose.Identifier, sql: str) -> None:
        with self._connection.transaction():
            self._connection.execute("SET TRANSACTION READ WRITE")
            self._connection.execute(compose.SQL("DROP TABLE IF EXISTS {}").format(table))
            # Without parameters nothing in the text of the SELECT is taken for a place for one.
            made = compose.SQL("CREATE TEMPORARY TABLE {} AS ").format(table).as_string(self._connection)
            self._connection.execute((made + sql).encode())
            self._connection.execute(compose.SQL("ANALYZE {}").format(table))

    @contextmanager
    def still(self) -> Iterator[None]:
        """What is done within sees the tables as they were when it began; an error takes all of it back.

        Raises:
            EngineError: the server could not.
        """
        idle = self._connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        try:
            with self._connection.transaction():
                if idle:
                    self._connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ WRITE")
                yield
        except psycopg.Error as error:
            raise EngineError(reason(error)) from error

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


def _decimals(kind: str) -> str:
    """A type of a column that has a measure of its own."""
    found = _NUMERIC.fullmatch(kind)
    if found is not None:
        return f"DECIMAL({found[1]},{found[2]})"
    if kind.startswith("timestamp("):
        return "TIMESTAMP" if kind.endswith("without time zone") else "TIMESTAMP WITH TIME ZONE"
    return "VARCHAR" if _TEXT.fullmatch(kind) else kind


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
