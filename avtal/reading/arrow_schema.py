"""What Arrow says of the columns of a Parquet file that it wrote, where Parquet itself has no word for it.

A length of time (duration, timedelta) is a whole number to Parquet, of whatever part of a second; only Arrow's own
schema, which pyarrow, pandas and polars put beside the data, tells it from a number. The schema is a stranger's: what
can't be read of it says nothing.
"""

from __future__ import annotations

import struct
from base64 import b64decode

KEY = "ARROW:schema"
"""What the schema is called in the file."""
_LENGTH_OF_TIME = 18
_SCHEMA_OF_MESSAGE, _FIELDS_OF_SCHEMA, _TYPE_OF_FIELD = 2, 1, 2
_CONTINUED = 0xFFFFFFFF


def lengths_of_time(stored: object) -> frozenset[int]:
    """The places of the outermost columns that hold lengths of time.

    Args:
        stored: what the file has under `KEY`; `None` when nothing.
    """
    if not isinstance(stored, bytes):
        return frozenset()
    try:
        message = b64decode(stored)
        start = 8 if _number(message, 0) == _CONTINUED else 4
        schema = _inner(message, start + _number(message, start), _SCHEMA_OF_MESSAGE)
        fields = _inner(message, schema, _FIELDS_OF_SCHEMA)
        kinds = [_kind(message, fields + 4 * (1 + at)) for at in range(_number(message, fields))]
    except (ValueError, struct.error):
        return frozenset()
    return frozenset(at for at, kind in enumerate(kinds) if kind == _LENGTH_OF_TIME)


def _number(message: bytes, at: int) -> int:
    (found,) = struct.unpack_from("<I", message, at)
    return int(found)


def _place(message: bytes, table: int, field: int) -> int:
    """Where a field of a table of FlatBuffers stands; `table` itself when it has none."""
    (back,) = struct.unpack_from("<i", message, table)
    size, _, *offsets = struct.unpack_from(f"<{3 + field}H", message, table - back)
    return table + (int(offsets[field]) if 4 + 2 * field < size else 0)


def _inner(message: bytes, table: int, field: int) -> int:
    """Where the table or list is that a field of a table leads to."""
    at = _place(message, table, field)
    return at + _number(message, at)


def _kind(message: bytes, place: int) -> int:
    """The type of the field to which a place in a list leads."""
    table = place + _number(message, place)
    (found,) = struct.unpack_from("<B", message, _place(message, table, _TYPE_OF_FIELD))
    return int(found)
