"""Columns of whole numbers as text, in as few bytes as the largest of them needs: read faster than digits.

Assumes: bytes have the order that they had when it was written; else nothing. Guarantees: what comes out is whole
numbers, or `ForgedError` is raised.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from struct import pack
from typing import Any

from interpreter.plain import ForgedError

_BYTES = {"b": 1, "h": 2, "i": 4, "q": 8}
"""How many bytes a number takes, by the letter that `struct` has for it."""


def packed(numbers: Sequence[int]) -> str | list[int]:
    """A column as text; as it is where a number takes more than eight bytes."""
    low, high = min(numbers, default=0), max(numbers, default=0)
    for letter, size in _BYTES.items():
        bound = 1 << (8 * size - 1)
        if -bound <= low and high < bound:
            found = b2a_base64(pack(f"{len(numbers)}{letter}", *numbers), newline=False)
            return f"{letter}{found.decode('ascii')}"
    return list(numbers)


def unpacked(raw: Any) -> Sequence[int]:
    """The column that `packed` wrote, of which a number is made when it is asked for.

    Raises:
        ForgedError: it wrote no such thing.
    """
    if type(raw) is list and all(type(number) is int for number in raw):
        return raw
    size = _BYTES.get(raw[:1]) if type(raw) is str else None
    if size is None:
        raise ForgedError
    try:
        data = a2b_base64(raw[1:], strict_mode=True)
    except ValueError as error:
        raise ForgedError from error
    if len(data) % size:
        raise ForgedError
    return memoryview(data).cast(raw[0])
