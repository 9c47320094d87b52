"""Equality, hash and text of the trees' classes, written once instead of generated for each of a hundred classes.

attrs compiles these methods for every class when a program starts; that was a third of what `avtal check` took. A class
says `@frozen(eq=False, repr=False)` and inherits from `Alike`; its fields' own `eq` and `repr` settings hold as ever.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from attrs import fields


@cache
def compared(cls: Any) -> tuple[str, ...]:
    """The fields of an attrs class that equality looks at."""
    return tuple(a.name for a in fields(cls) if a.eq)


class Alike:
    """Two of the same class are equal when their compared fields are."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        cls: Any = self.__class__
        return all(getattr(self, name) == getattr(other, name) for name in compared(cls))

    def __hash__(self) -> int:
        cls: Any = self.__class__
        return hash((cls, *(getattr(self, name) for name in compared(cls))))

    def __repr__(self) -> str:
        cls: Any = self.__class__
        shown = ", ".join(f"{a.name}={getattr(self, a.name)!r}" for a in fields(cls) if a.repr)
        return f"{cls.__qualname__}({shown})"
