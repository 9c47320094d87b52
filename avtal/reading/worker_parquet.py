"""Read one Parquet file with DuckDB, in the child process, with everything else of DuckDB shut.

Messages: `{"refused": code, …}`, or `{"headings": […], "types": […], "total": n}` and then `{"rows": [[n, cells]…]}`.
What a column holds is fetched only if it may be read. Of any other, one that the mapping ignores or one of a type that
no column has, nothing but whether a cell is empty: it can then stand in the way of nothing.
"""

from __future__ import annotations

import os
import runpy
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

_CHUNK = 2000
_READ = "SELECT {} FROM read_parquet(?, hive_partitioning = false, union_by_name = false, filename = false)"
_SCHEMA = "SELECT name, num_children, precision, scale FROM parquet_schema(?)"
BESIDE = "SELECT value FROM parquet_kv_metadata({}) WHERE key = '{}'::BLOB"
"""What a file has beside its data under a name."""
_COUNT = "SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata(?)"

Node = tuple[str, int | None, int | None, int | None]
"""A node of a schema: name, how many children it has, and the digits and decimals of a DECIMAL."""
MOST_DIGITS = 38
"""The most digits of a DECIMAL that DuckDB has; it reads a longer one as floating point."""
FLOATS = frozenset({"FLOAT", "DOUBLE"})
DURATION = "DURATION"
"""The type of a column of lengths of time."""
NOTHING = '"NULL"'
"""The type of a column that never has had a value, as Arrow tables have it."""
_EXACT = ("DECIMAL", "VARCHAR", "DATE", "TIMESTAMP", "BOOLEAN")
_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"}) | frozenset(
    {"UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)


def readable(stored: str) -> bool:
    """Whether values of the DuckDB type `stored` are of a kind that some column has."""
    if stored in _WHOLE or stored in FLOATS or stored == NOTHING:
        return True
    exact = stored.startswith(_EXACT) and not stored.endswith(("]", "TIME ZONE"))
    return exact and digits(stored) <= MOST_DIGITS


def digits(stored: str) -> int:
    """How many digits a DECIMAL has; 0 of another type."""
    return int(stored[8:].partition(",")[0]) if stored.startswith("DECIMAL(") and stored.endswith(")") else 0


def types_of(schema: list[Node], described: list[str], lengths: Collection[int]) -> list[str]:
    """The types of the outermost columns, as DuckDB describes them; of a DECIMAL that it makes floating point its own.

    Args:
        schema: the depth-first list of the schema's nodes.
        described: what DuckDB says of each of the outermost columns.
        lengths: the places of those that hold lengths of time, which are whole numbers to DuckDB.
    """
    nodes = outermost(schema)
    wide = [precision is not None and precision > MOST_DIGITS for _, _, precision, _ in nodes]
    own = [f"DECIMAL({precision},{scale})" for _, _, precision, scale in nodes]
    found = [mine if is_wide else said for is_wide, mine, said in zip(wide, own, described, strict=True)]
    return [DURATION if at in lengths else said for at, said in enumerate(found)]


def read(request: dict[str, Any], send: Any) -> None:
    """Send the records of `request["file"]`.

    Args:
        request: `file`, whose name holds no glob characters; `ignore`, the headings that are not wanted, folded.
        send: takes the messages.
    """
    import duckdb

    fold = runpy.run_path(str(Path(__file__).with_name("folding.py")))["fold"]
    ignored = set(request["ignore"])
    connection, name = opened(request["file"])
    try:
        # DuckDB renames twins (`id`, `ID` → `ID_1`); the file's own names come from its schema.
        schema = connection.execute(_SCHEMA, [name]).fetchall()
        total = connection.execute(_COUNT, [name]).fetchone()
        described = connection.execute(_READ.format("*") + " LIMIT 0", [name]).description
        headings = [node[0] for node in outermost(schema)]
        arrow = runpy.run_path(str(Path(__file__).with_name("arrow_schema.py")))
        beside = connection.execute(BESIDE.format("?", arrow["KEY"]), [name]).fetchone()
        lengths = arrow["lengths_of_time"](beside[0] if beside else None)
        types = types_of(schema, [str(column[1]) for column in described], lengths)
        fetched = [
            f"h{at}"
            if readable(kind) and fold(heading) not in ignored
            else f"CASE WHEN h{at} IS NOT NULL THEN true END"
            for at, (heading, kind) in enumerate(zip(headings, types, strict=True))
        ]
        names = ", ".join(f"h{at}" for at in range(len(headings)))
        result = connection.execute(f"{_READ.format(', '.join(fetched))} AS t({names})", [name])
    except duckdb.Error:
        send({"refused": "AVD40"})
        return
    send({"headings": headings, "types": types, "total": total[0] if total else 0})
    line = 0
    try:
        while chunk := result.fetchmany(_CHUNK):
            send({"rows": [[line + i + 1, [cell(value) for value in row]] for i, row in enumerate(chunk)]})
            line += len(chunk)
    except (duckdb.Error, ValueError, OverflowError):
        send({"refused": "AVD40"})


def opened(file: str, *, threads: int = 1) -> tuple[Any, str]:
    """A DuckDB that can open one file and nothing else, and the name to open it by.

    Args:
        file: its absolute path, without glob characters.
        threads: how many to use; as many as the machine has when 0.
    """
    import duckdb

    folder, name = os.path.split(file)
    os.chdir(folder or ".")
    connection = duckdb.connect(
        ":memory:",
        config={
            "python_enable_replacements": "false",
            "temp_directory": "",
            **({"threads": str(threads)} if threads else {}),
            "memory_limit": "1GB",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    connection.execute("SET enable_progress_bar = false")
    # allowed_paths opens this one file; after the lock no statement can open another.
    connection.execute("SET allowed_paths = ?", [[name]])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection, name


def outermost(schema: list[Node]) -> list[Node]:
    """The nodes of the outermost columns from the depth-first list of the schema's nodes."""
    found: list[Node] = []
    pending = [0]
    for node in schema:
        if len(pending) == 2:
            found.append(node)
        pending[-1] -= 1
        if node[1]:
            pending.append(node[1])
        while len(pending) > 1 and pending[-1] == 0:
            pending.pop()
    return found


def cell(value: Any) -> str:
    """A value as a tagged cell (`cells.TAGS`)."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "t" + value
    if isinstance(value, bool):
        return "b1" if value else "b0"
    if isinstance(value, int):
        return f"n{value}"
    if isinstance(value, Decimal):
        return "n" + _short(value)
    if isinstance(value, float):
        return _floating(value) if value - value == 0 else "x" + str(value)
    if isinstance(value, datetime):
        midnight = not (value.hour or value.minute or value.second or value.microsecond)
        return f"d{value.date().isoformat()}" if midnight else f"D{value.isoformat()}"
    if isinstance(value, date):
        return f"d{value.isoformat()}"
    return "x"


def _floating(value: float) -> str:
    """A number as a tagged cell. Only columns that don't measure money may be floating point.

    Fifteen digits are what a double surely holds: a whole number of more, a code perhaps, is not rounded to them.
    """
    found = Decimal(f"{value + 0.0:.15g}")  # zero has no minus
    return f"x{value:.0f}" if value.is_integer() and found != Decimal(value) else "n" + _short(found)


def _short(value: Decimal) -> str:
    """`value` in plain decimal digits, without zeros at the end of its decimals."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
