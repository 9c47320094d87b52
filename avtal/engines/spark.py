"""Spark SQL, over Spark Connect or in a session that is already there: Spark, Databricks, Fabric, Sail.

Guarantees: no statement but one SELECT is carried out for a caller; what is made are temporary views of the session. A
number that does not fit is an error, never one that wrapped around: sums that may be larger than 63 bits are asked for
as decimals, and Spark is set to ANSI mode, where overflow is an error, as far as the server has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Any, TypeVar

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from avtal.engines.at_once import AtOnce
from interpreter.sets.relation import EngineError, Stored

TYPES = {
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "HUGEINT": pa.decimal128(38, 0),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "TEXT": pa.string(),
}
"""The types of the columns of a table, and what Arrow calls them."""

_SQL = {"HUGEINT": "DECIMAL(38, 0)", "TEXT": "STRING"}

ANSI = "spark.sql.ansi.enabled"

_FEW_TRIES = 4
_ABSENT = ("TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND", "NO_SUCH_CATALOG_EXCEPTION", "REQUIRES_SINGLE_PART_NAMESPACE")
_UNNAMED = "AnalysisException"
"""What Sail says of a table that is not there, and of much else."""

_STORED = {
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "string": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamp_ntz": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "float": "FLOAT",
    "double": "DOUBLE",
}
_LITERAL = re.compile(r"`[^`]*`|'((?:[^']|'')*)'")
_TRIED = "SELECT '''' AS a, '' AS b, 'å''é' AS c"
_MEASURED = re.compile(r"(decimal|char|varchar)(\([0-9,]+\))")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")

T = TypeVar("T")


class SparkEngine(AtOnce):
    """A session of Spark SQL.

    Args:
        session: a URL, `sc://host:port/;token=…`, or a session.
        own: whether a session that is handed in goes when all is done; else it is left open.

    Raises:
        EngineError: nobody answers there.
    """

    dialect = "spark"

    def __init__(self, session: str | Any, *, own: bool = False) -> None:
        self._own = own or isinstance(session, str)
        self._made: set[str] = set()
        self._held: list[Any] = []
        self._session: Any = self._run(lambda: _remote(session)) if isinstance(session, str) else session
        self._spoken()
        self._was = self._run(lambda: self._session.conf.get(ANSI, None))
        self._run(lambda: self._session.conf.set(ANSI, "true"))
        if isinstance(session, str):
            _patience(self._session, None)

    @property
    def session(self) -> Any:
        """The session of PySpark."""
        return self._session

    def _spoken(self) -> None:
        """See to it that texts are read as they are written: settings and versions differ in how quotes are.

        Raises:
            EngineError: they are not.
        """
        if list(self.query(_TRIED)) != [("'", "", "å'é")]:
            raise EngineError("texts in SQL are read differently there")

    @property
    def version(self) -> str:
        """The version of Spark that the server says it is."""
        return str(self._run(lambda: self._session.version))

    def query(self, sql: str) -> Sequence[tuple[object, ...]]:
        """The rows of one SELECT.

        Raises:
            EngineError: it could not be carried out, or a number came out that is no integer.
        """
        if not sql.startswith(("SELECT ", "WITH ")):
            raise EngineError("not one SELECT")
        table = self._run(lambda: self._session.sql(spelled(sql)).toArrow())
        columns = [_whole(column.to_pylist()) for column in table.columns]
        return list(zip(*columns, strict=True))

    def table(self, name: str, types: Sequence[tuple[str, str]], rows: Sequence[tuple[Stored, ...]]) -> None:
        """Make, or replace, a temporary view of rows that are sent.

        Args:
            name: its name, in lower case.
            types: its columns with their types, of `TYPES`.
            rows: its rows.

        Raises:
            EngineError: a number is too large for its column, or the rows could not be sent.
        """
        for word in (name, *(column for column, _ in types)):
            if not _NAME.fullmatch(word):
                raise ValueError(f"not a name of ours: {word!r}")
        cells = list(zip(*rows, strict=True)) if rows else [()] * len(types)
        try:
            arrays = [pa.array(own, TYPES[kind]) for own, (_, kind) in zip(cells, types, strict=True)]
        except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
            raise EngineError("a value that the database cannot hold") from error
        if rows:
            table = pa.table(arrays, names=[column for column, _ in types])
            self._run(lambda: self._session.createDataFrame(table).createOrReplaceTempView(name))
        else:
            nothing = ", ".join(f"CAST(NULL AS {_SQL.get(kind, kind)}) AS {column}" for column, kind in types)
            self._run(lambda: self._session.sql(f"SELECT {nothing} WHERE FALSE").createOrReplaceTempView(name))
        self._made.add(name)

    def columns(self, table: str) -> list[tuple[str, str]]:
        """The columns of a table or view there, with their types in DuckDB's words; none when there is no such.

        Args:
            table: its name, with its catalogue and schema before dots if they are not the usual ones.

        Raises:
            EngineError: the server could not be asked.
        """
        name = ".".join(f"`{part.replace('`', '``')}`" for part in table.split("."))
        try:
            found = self._run(lambda: self._session.table(name).schema)
        except EngineError as error:
            if str(error) in _ABSENT or (str(error) == _UNNAMED and not self._there(name)):
                return []
            raise
        return [(field.name, _stored(field.dataType.simpleString())) for field in found.fields]

    def _there(self, name: str) -> bool:
        return self._run(lambda: bool(self._session.catalog.tableExists(name)))

    def keep(self, name: str, sql: str, *, often: bool = False) -> None:
        """Make, or replace, a temporary view of one SELECT, which is ours.

        Args:
            name: its name, in lower case.
            sql: the SELECT.
            often: whether it will be asked for often: Spark is asked to keep what it has worked out, where it can.

        Raises:
            EngineError: it could not be carried out.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name of ours: {name!r}")
        frame = self._run(lambda: self._session.sql(spelled(sql)))
        if often:
            # Some servers have no place to keep it in; it is worked out each time then.
            with suppress(EngineError):
                frame = self._run(frame.persist)
                self._held.append(frame)
        self._run(lambda: frame.createOrReplaceTempView(name))
        self._made.add(name)

    @contextmanager
    def still(self) -> Iterator[None]:
        """What is done within: Spark has no transaction over several queries."""
        yield

    def close(self) -> None:
        """Let everything go; a session that was handed in is left as it was."""
        if self._own:
            self._run(self._session.stop)
            return
        for frame in self._held:
            self._run(frame.unpersist)
        for name in self._made:
            self._run(lambda name=name: self._session.catalog.dropTempView(name))  # type: ignore[misc]
        if self._was is not None:
            self._run(lambda: self._session.conf.set(ANSI, self._was))

    def _run(self, work: Callable[[], T]) -> T:
        return _guarded(work)


def of_environment(memory: int | None = None) -> SparkEngine:
    """The session that is active, or else the one that the environment says, on this machine if it says none.

    Args:
        memory: the most bytes that a Spark of this machine may hold; its own measure when `None`.

    Raises:
        EngineError: there is none, and none can be started.
    """
    active = _guarded(SparkSession.getActiveSession)
    if active is not None:
        return SparkEngine(active)
    build = SparkSession.builder.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    if memory is not None:
        build = build.config("spark.driver.memory", f"{memory >> 20}m")
    session = _guarded(build.getOrCreate)
    if hasattr(session, "_jsparkSession"):
        session.sparkContext.setLogLevel("ERROR")
    return SparkEngine(session, own=True)


def _remote(url: str) -> Any:
    """A session over Spark Connect that gives up soon when nobody answers."""
    from pyspark.sql.connect.session import SparkSession as Remote

    session = Remote.builder.remote(url).create()
    _patience(session, _FEW_TRIES)
    return session


def _patience(session: Any, tries: int | None) -> None:
    """How often a session asks again when nobody answers; the client's own measure, ten minutes, when `None`."""
    from pyspark.sql.connect.client.retries import DefaultPolicy

    session.client.set_retry_policies([DefaultPolicy() if tries is None else DefaultPolicy(max_retries=tries)])


def _guarded(work: Callable[[], T]) -> T:
    try:
        return work()
    except PySparkException as error:
        raise EngineError(reason(error)) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("grpc", "py4j", "pyspark"):
            raise EngineError("no connection to the database") from error
        raise


def _stored(kind: str) -> str:
    """A type of a column in DuckDB's words."""
    measured = _MEASURED.fullmatch(kind)
    if measured is not None:
        return f"DECIMAL{measured[2]}" if measured[1] == "decimal" else "VARCHAR"
    return _STORED.get(kind, kind)


def spelled(sql: str) -> str:
    """A query with quotes in texts as every Spark reads them: before Spark 4, and in Sail, two of them are none."""
    if "''" not in sql:
        return sql
    return _LITERAL.sub(lambda m: m[0] if m[1] is None else "'" + m[1].replace("''", "\\'") + "'", sql)


def reason(error: PySparkException) -> str:
    """Why Spark gave up, without the values of any row."""
    condition = str(error.getCondition() or "")
    if "OVERFLOW" in condition or "OUT_OF_RANGE" in condition:
        return "a number is too large"
    return condition or type(error).__name__


def _whole(cells: list[object]) -> list[object]:
    if not any(isinstance(cell, Decimal) for cell in cells):
        return cells
    found = [int(cell) if isinstance(cell, Decimal) else cell for cell in cells]
    if found != cells:
        raise EngineError("a number that is not whole")
    return found


__all__ = ["ANSI", "TYPES", "SparkEngine", "of_environment", "reason", "spelled"]
