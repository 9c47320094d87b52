"""Equality, hash and text of the classes, written once instead of generated for each of two hundred classes.

attrs compiles these methods for every class when a program starts, which takes two thirds of what making the class
takes. A class says `@frozen(eq=False, repr=False)` and inherits from `Alike`; its fields' own `eq` and `repr` settings
hold as ever. One that is told apart by identity inherits from `Shown`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any

from attrs import fields


@cache
def compared(cls: Any) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    """The fields of an attrs class that equality looks at, with the function that says what of them it looks at."""
    return tuple((a.name, a.eq_key) for a in fields(cls) if a.eq)


@cache
def _looked_at(cls: Any) -> Callable[[Any], Any]:
    """What takes from a thing all that equality looks at."""
    own = compared(cls)
    if not own:
        return lambda _: ()
    if all(key is None for _, key in own):
        return attrgetter(*(name for name, _ in own))
    return lambda thing: tuple([getattr(thing, n) if key is None else key(getattr(thing, n)) for n, key in own])


class Shown:
    """Says what its fields hold."""

    __slots__ = ()

    def __repr__(self) -> str:
        cls: Any = self.__class__
        shown = ", ".join(f"{a.name}={getattr(self, a.name)!r}" for a in fields(cls) if a.repr)
        return f"{cls.__qualname__}({shown})"


class Alike(Shown):
    """Two of the same class are equal when their compared fields are."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        cls: Any = self.__class__
        look = _looked_at(cls)
        return bool(look(self) == look(other))

    def __hash__(self) -> int:
        cls: Any = self.__class__
        return hash((cls, _looked_at(cls)(self)))
