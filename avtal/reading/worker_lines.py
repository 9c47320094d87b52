"""Find one contact's lines in a Parquet file of payment lines, in the child process, with DuckDB shut to all else.

Messages: `{"refused": code}`, or `{"texts": {…}}` and then `{"rows": [cells…]}`, every cell a text or nothing.
"""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

_FOUND = "SELECT {0} FROM read_parquet(?, hive_partitioning = false, union_by_name = false) WHERE contact = ?"
_SAID = "SELECT decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = 'avtal'"


def read(request: dict[str, Any], send: Any) -> None:
    """Send the lines of `request["contact"]` in `request["file"]`, as texts of the columns named."""
    import duckdb

    opened = runpy.run_path(str(Path(__file__).with_name("worker_parquet.py")))["opened"]
    connection, name = opened(request["file"], threads=0)
    columns = ", ".join(f'"{column}"::VARCHAR' for column in request["columns"])
    try:
        said = connection.execute(_SAID, [name]).fetchall()
        found = connection.execute(_FOUND.format(columns), [name, request["contact"]]).fetchall()
        texts = json.loads(said[0][0]) if said else {}
    except (duckdb.Error, ValueError):
        send({"refused": "AVD40"})
        return
    send({"texts": texts if isinstance(texts, dict) else {}})
    send({"rows": found})
