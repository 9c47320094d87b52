"""Read one Parquet file with DuckDB, in the child process, with everything else of DuckDB shut.

Messages: `{"refused": code, …}`, or `{"headings": […], "types": […], "total": n}` and then `{"rows": [[n, cells]…]}`.
"""

from __future__ import annotations

import os
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_CHUNK = 2000
_READ = "SELECT * FROM read_parquet(?, hive_partitioning = false, union_by_name = false, filename = false)"
_COUNT = "SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata(?)"


def read(request: dict[str, Any], send: Any) -> None:
    """Send the records of `request["file"]`, whose name holds no glob characters."""
    import duckdb

    connection, name = opened(request["file"])
    try:
        # DuckDB renames twins (`id`, `ID` → `ID_1`); the file's own names come from its schema.
        schema = connection.execute("SELECT name, num_children FROM parquet_schema(?)", [name]).fetchall()
        total = connection.execute(_COUNT, [name]).fetchone()
        result = connection.execute(_READ, [name])
        types = [str(column[1]) for column in result.description]
    except duckdb.Error:
        send({"refused": "AVD40"})
        return
    send({"headings": top(schema), "types": types, "total": total[0] if total else 0})
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


def top(schema: list[tuple[str, int | None]]) -> list[str]:
    """The names of the outermost columns from the depth-first list of the schema's nodes."""
    names: list[str] = []
    pending = [0]
    for name, children in schema:
        if len(pending) == 2:
            names.append(name)
        pending[-1] -= 1
        if children:
            pending.append(children)
        while len(pending) > 1 and pending[-1] == 0:
            pending.pop()
    return names


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
        # Only columns that don't measure money may be floating point; fifteen digits are what a double surely holds.
        return "n" + _short(Decimal(f"{value:.15g}")) if value - value == 0 else "x" + str(value)
    if isinstance(value, datetime):
        midnight = not (value.hour or value.minute or value.second or value.microsecond)
        return f"d{value.date().isoformat()}" if midnight else f"D{value.isoformat()}"
    if isinstance(value, date):
        return f"d{value.isoformat()}"
    return "x"


def _short(value: Decimal) -> str:
    """`value` in plain decimal digits, without zeros at the end of its decimals."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
