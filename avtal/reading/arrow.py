"""Arrow tables as data: each is put into a Parquet file of its own, and is then read and checked as one.

Takes whatever offers an Arrow stream: tables of pyarrow, frames of polars and pandas, relations of DuckDB, and streams
of batches, which are never held whole.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from avtal.errors import UnreadableError


@contextmanager
def delivered(tables: Mapping[str, Any]) -> Iterator[list[Path]]:
    """Files with the tables; they go when this is left.

    Args:
        tables: by the fact's name in either language: objects with `__arrow_c_stream__`.

    Raises:
        UnreadableError: pyarrow is not installed, a name is none, or something is no table that Parquet holds.
    """
    if not tables:
        yield []
        return
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise UnreadableError(
            "Arrowtabeller kräver pyarrow: pip install 'avtal[arrow]'.",
            "Arrow tables need pyarrow: pip install 'avtal[arrow]'.",
        ) from None
    with tempfile.TemporaryDirectory(prefix="avtal-") as folder:
        paths = []
        for name, table in tables.items():
            path = Path(folder, f"{name}.parquet")
            if path.parent != Path(folder) or not name.isidentifier():
                raise _unusable(name)
            try:
                reader = pa.RecordBatchReader.from_stream(table)
                if any(map(pa.types.is_duration, reader.schema.types)):
                    raise _unusable(name)  # Parquet would have a number, of whatever part of a second
                with parquet.ParquetWriter(path, reader.schema) as writer:
                    for batch in reader:
                        writer.write_batch(batch)
            except (pa.ArrowException, TypeError, AttributeError, NotImplementedError) as error:
                raise _unusable(name) from error
            paths.append(path)
        yield paths


def _unusable(name: str) -> UnreadableError:
    return UnreadableError(
        f"Tabellen {name!r} kan inte läsas som Arrow. Namnet ska vara underlagets, och kolumnerna text, tal, datum "
        "eller ja/nej.",
        f"The table {name!r} can't be read as Arrow. Its name must be the fact's, and its columns text, numbers, dates "
        "or yes/no.",
    )
