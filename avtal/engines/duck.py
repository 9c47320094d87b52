"""DuckDB, embedded: locked to the folders that it is given, bounded in memory, and stopped by Ctrl-C.

Guarantees: no statement but one SELECT is carried out for a caller; nothing outside the folders given is opened;
DuckDB spills only into the folder given for it, else it reports that memory is short.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

try:
    # The engine by itself: the same classes without the package's Python side, which takes thrice as long to import.
    import _duckdb as duckdb
except ImportError:
    import duckdb  # type: ignore[no-redef]

from interpreter.sets.relation import EngineError, Stored

MEMORY = 400 << 20
"""The most bytes that DuckDB may hold, unless another bound is given."""

TYPES = {name: name for name in ("SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "DATE", "BOOLEAN")} | {"TEXT": "VARCHAR"}
"""The types of the columns of a table, and what DuckDB calls them."""

_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_CHUNK = 50_000
_ROW_GROUP = 122_880
_FEW = 10_000

T = TypeVar("T")


class _Opening(threading.Thread):
    """Makes a connection while other work goes on: it takes as long as half of a settlement's modules.

    Args:
        config: what it is opened with.
        folders, files: all that it may open.
    """

    def __init__(
        self, config: Mapping[str, str | bool | int | float | list[str]], folders: list[str], files: list[str]
    ) -> None:
        super().__init__()
        self._config = dict(config)
        self._allowed = (folders, files)
        self._made: duckdb.DuckDBPyConnection | None = None
        self._error: Exception | None = None

    def run(self) -> None:
        """Open and lock it: nobody gets it before."""
        try:
            connection = duckdb.connect(":memory:", config=self._config)
            connection.execute("SET enable_progress_bar = false")
            connection.execute("SET preserve_insertion_order = false")
            folders, files = self._allowed
            connection.execute("SET allowed_directories = ?", [folders])
            connection.execute("SET allowed_paths = ?", [files])
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            self._made = connection
        except Exception as error:  # noqa: BLE001 - raised again for whoever asks for the connection
            self._error = error

    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection.

        Raises:
            duckdb.Error: it could not be opened.
        """
        self.join()
        if self._made is None:
            raise self._error or RuntimeError("no connection")
        return self._made

    def close(self) -> None:
        """Let the connection go, if there is one."""
        self.join()
        if self._made is not None:
            self._made.close()


class DuckEngine:
    """A DuckDB of our own in this process.

    Args:
        folders: what its queries may read, and `write` may write into.
        files: more that its queries may read. Nothing else is opened.
        spill: the folder that it may spill into when memory is short; without one such a query is refused.
        memory: the most bytes that it may hold.
        threads: how many it may use; as many as the machine has when `None`.
    """

    dialect = "duckdb"

    def __init__(
        self,
        folders: Sequence[Path] = (),
        *,
        files: Sequence[Path] = (),
        spill: Path | None = None,
        memory: int = MEMORY,
        threads: int | None = None,
    ) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            "python_enable_replacements": "false",
            "temp_directory": "" if spill is None else str(spill.resolve()),
            "memory_limit": f"{memory}B",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        if threads is not None:
            config["threads"] = str(threads)
        self._opening = _Opening(
            config, [str(folder.resolve()) for folder in folders], [str(file.resolve()) for file in files]
        )
        self._opening.start()

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        return self._opening.connection()

    def query(self, sql: str) -> Sequence[tuple[object, ...]]:
        """The rows of one SELECT.

        Raises:
            EngineError: it could not be carried out.
        """
        return self._run(lambda: self._connection.execute(self._select(sql)).fetchall())

    def stream(self, sql: str) -> Iterator[tuple[object, ...]]:
        """The rows of one SELECT, a few thousand at a time; other work may go on in between.

        Raises:
            EngineError: it could not be carried out.
        """
        with self._connection.cursor() as cursor:
            self._run(lambda: cursor.execute(self._select(sql)), cursor)
            while chunk := self._run(lambda: cursor.fetchmany(_FEW), cursor):
                yield from chunk

    def write(
        self,
        sql: str,
        file: Path,
        *,
        group: int = _ROW_GROUP,
        metadata: Mapping[str, str] | None = None,
        compact: bool = False,
    ) -> None:
        """Write the rows of one SELECT to a Parquet file in one of the folders given.

        Args:
            sql: the SELECT; its ORDER BY is kept.
            file: the file, which is replaced.
            group: how many rows a row group has.
            metadata: what the file says of itself, by names of ours.
            compact: whether to use the newer encodings, which not every program reads: half the size.

        Raises:
            EngineError: it could not be carried out.
        """
        text = self._text(sql)
        said = ", ".join(f"{name}: {quoted(value)}" for name, value in (metadata or {}).items())
        options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {group}"
        options += ", PARQUET_VERSION v2" if compact else ""
        options += f", KV_METADATA {{{said}}}" if said else ""
        copy = f"COPY ({text}) TO {quoted(str(file.resolve()))} ({options})"
        self._run(lambda: self._connection.execute(copy))

    def keep(self, name: str, sql: str) -> None:
        """Make, or replace, a table of the rows of one SELECT; its ORDER BY is kept.

        Raises:
            EngineError: it could not be carried out.
        """
        text = self._text(sql)
        self._run(lambda: self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS {text}"))

    def table(self, name: str, types: Sequence[tuple[str, str]], rows: Sequence[tuple[Stored, ...]]) -> None:
        """Make, or replace, a table.

        Args:
            name: its name, in lower case.
            types: its columns with their types, of `TYPES`.
            rows: its rows.

        Raises:
            EngineError: memory is short, or a number is too large for its column.
        """
        for word in (name, *(column for column, _ in types)):
            if not _NAME.fullmatch(word):
                raise ValueError(f"not a name of ours: {word!r}")
        columns = ", ".join(f"{column} {TYPES[kind]}" for column, kind in types)
        self._run(lambda: self._connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})"))
        self.extend(name, types, rows)

    def extend(self, name: str, types: Sequence[tuple[str, str]], rows: Sequence[tuple[Stored, ...]]) -> None:
        """Add rows to a table that `table` made with the same columns.

        Raises:
            EngineError: memory is short, or a number is too large for its column.
        """
        # One list of JSON for each column: measured 430 000 rows a second, against 260 000 with lists as parameters
        # and 12 000 with VALUES.
        taken = ", ".join(f"unnest(from_json_strict(?, '[\"{TYPES[kind]}\"]'))" for _, kind in types)
        for start in range(0, len(rows), _CHUNK):
            self._insert(name, taken, rows[start : start + _CHUNK])

    def _insert(self, name: str, taken: str, rows: Sequence[tuple[Stored, ...]]) -> None:
        lists = [json.dumps(column, default=str) for column in zip(*rows, strict=True)]
        self._run(lambda: self._connection.execute(f"INSERT INTO {name} SELECT {taken}", lists))

    def close(self) -> None:
        """Let everything go."""
        self._opening.close()

    def _text(self, sql: str) -> str:
        """The text of exactly one SELECT, to stand in another statement."""
        self._select(sql)
        return sql.rstrip("; \n")

    def _select(self, sql: str) -> duckdb.Statement:
        """The one SELECT that a text is, read: carrying it out does not read the text again."""
        try:
            statements = self._connection.extract_statements(sql)
        except duckdb.Error as error:
            raise EngineError(reason(error)) from error
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise EngineError("not one SELECT")
        return statements[0]

    def _run(self, work: Callable[[], T], connection: duckdb.DuckDBPyConnection | None = None) -> T:
        """Carry out work on the connection, so that Ctrl-C interrupts it at once and leaves the connection usable.

        DuckDB itself looks for signals only between its tasks, which may be minutes apart; so the main thread waits
        here and another works.
        """
        if threading.current_thread() is not threading.main_thread():
            return self._guarded(work)
        done = threading.Event()
        results: list[T] = []
        errors: list[BaseException] = []

        def run() -> None:
            try:
                results.append(self._guarded(work))
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
                errors.append(error)
            finally:
                done.set()

        threading.Thread(target=run, daemon=True).start()
        try:
            done.wait()
        except KeyboardInterrupt:
            (connection or self._connection).interrupt()
            done.wait()
            raise
        if errors:
            raise errors[0]
        return results[0]

    def _guarded(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except duckdb.Error as error:
            raise EngineError(reason(error)) from error


def reason(error: duckdb.Error) -> str:
    """Why DuckDB gave up, without the values of any row."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return "out of memory"
    if isinstance(error, duckdb.OutOfRangeException | duckdb.ConversionException):
        return "a number is too large"
    return type(error).__name__


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
