"""Equality, hash and text of the trees' classes, written once instead of generated for each of a hundred classes.

attrs compiles these methods for every class when a program starts; that was a third of what `avtal check` took. A class
says `@frozen(eq=False, repr=False)` and inherits from `Alike`; its fields' own `eq` and `repr` settings hold as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from attrs import fields


@cache
def compared(cls: Any) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    """The fields of an attrs class that equality looks at, with the function that says what of them it looks at."""
    return tuple((a.name, a.eq_key) for a in fields(cls) if a.eq)


def _compared_values(node: Any) -> list[Any]:
    values = []
    for name, key in compared(node.__class__):
        value = getattr(node, name)
        values.append(value if key is None else key(value))
    return values


class Alike:
    """Two of the same class are equal when their compared fields are."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return _compared_values(self) == _compared_values(other)

    def __hash__(self) -> int:
        return hash((self.__class__, *_compared_values(self)))

    def __repr__(self) -> str:
        cls: Any = self.__class__
        shown = ", ".join(f"{a.name}={getattr(self, a.name)!r}" for a in fields(cls) if a.repr)
        return f"{cls.__qualname__}({shown})"
