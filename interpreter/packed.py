"""Columns of whole numbers and of texts as one text each, which is read faster than number by number.

Numbers take as few bytes as the largest of them needs.

Assumes: bytes have the order that they had when it was written; else nothing. Guarantees: what comes out is whole
numbers, or texts, or `ForgedError` is raised.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator, Sequence
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


_END = "|"


class Joined(Sequence[str]):
    """Texts that are taken apart when one is asked for: most are only shown.

    Args:
        raw: the texts, with a mark after each.
    """

    __slots__ = ("_raw", "_texts")

    def __init__(self, raw: str) -> None:
        self._raw = raw
        self._texts: list[str] | None = None

    def __len__(self) -> int:
        return self._raw.count(_END)

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts())

    def __getitem__(self, at: Any) -> Any:
        return self.texts()[at]

    def texts(self) -> list[str]:
        """All of them."""
        if self._texts is None:
            self._texts = self._raw.split(_END)[:-1]
        return self._texts


def joined(texts: Sequence[str]) -> str | list[str]:
    """Texts as one; as they are where one of them has the mark in it."""
    return list(texts) if any(_END in text for text in texts) else "".join([f"{text}{_END}" for text in texts])


def unjoined(raw: Any) -> Sequence[str]:
    """The texts that `joined` wrote.

    Raises:
        ForgedError: it wrote no such thing.
    """
    if type(raw) is str and (not raw or raw.endswith(_END)):
        return Joined(raw)
    if type(raw) is not list or not all(type(text) is str for text in raw):
        raise ForgedError
    return raw
