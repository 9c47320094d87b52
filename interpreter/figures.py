"""What of a contract is its own: the fields that are figures, apart from the mould that contracts have in common.

A place in a text is a figure, and so are the numbers and texts of constants and the parties' names; which form a clause
has, what it is called and which parameters it is given are not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from attrs import NOTHING, Attribute, fields

from interpreter import core

LEFT_OUT = {"examples", "used_facts", "units"}
"""Fields that are not stored."""

PLACE, TEXT, DAY, WHOLE, MARKED, NUMBER = "place", "text", "day", "whole", "marked", "number"
"""What a figure is: a place in a text, a text, a day, a field as it is written, what the mould says, or a number."""

ONE_THING = (core.Instance, core.ModelUse)
"""Classes whose things are told apart by identity."""

CELLS: dict[type, str] = {Fraction: NUMBER, str: TEXT, date: DAY}
"""How a mould marks what the cell of a constant is; a truth value, or that there is none, it says itself."""

_FIGURES = {
    core.Const: {"value": MARKED, "text": TEXT},
    core.TableData: {"lines": MARKED},
    core.Provenance: {"source": TEXT},
    core.Terms: {"name": TEXT, "buyers": WHOLE, "providers": WHOLE, "start": DAY, "end": DAY},
}


class Figures(NamedTuple):
    """The figures of a contract, in the order in which its mould asks for them.

    Args:
        files, starts, ends: places: the number of the file (-1 for nowhere), and which characters of it.
        tops, belows: numbers, as numerators and denominators.
        texts: those of constants, sources and names.
        rest: all else.
    """

    files: Sequence[int]
    starts: Sequence[int]
    ends: Sequence[int]
    tops: Sequence[int]
    belows: Sequence[int]
    texts: Sequence[str]
    rest: list[Any]


@cache
def stored_fields(cls: Any) -> tuple[Attribute[Any], ...]:
    """The fields of a class that are stored, those that must be given first."""
    return tuple(sorted((f for f in fields(cls) if f.name not in LEFT_OUT), key=lambda f: not required(f)))


def required(of: Attribute[Any]) -> bool:
    """Whether a field must be given."""
    return of.default is NOTHING


def default(of: Attribute[Any]) -> Callable[[], Any]:
    """What makes the value that a field has when none is given."""
    factory: Callable[[], Any] | None = getattr(of.default, "factory", None)
    return factory or (lambda: of.default)


@cache
def figures_of(cls: type) -> dict[str, str]:
    """The fields of a class that are figures, or may be, and what they are."""
    found: dict[str, str] = {}
    for f in stored_fields(cls):
        annotation = str(f.type)
        if "Span" in annotation:
            found[f.name] = PLACE if annotation == "Span" else WHOLE
    return found | _FIGURES.get(cls, {})
