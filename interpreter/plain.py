"""Values without parts as JSON, read as strictly as they are written: texts, numbers, days, cells, places.

Guarantees: what is read has the kind that was asked for, or `ForgedError` is raised.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from dsl.spans import NOWHERE, Span
from interpreter.facts import Cell

Read = Callable[[Any, list[Any]], Any]
"""From what is written, and the nodes before it (the names of files first), to the value."""

Write = Callable[[Any, "Notes"], Any]


class Notes(Protocol):
    """What writes: it numbers files, and things, which it writes first."""

    def file(self, name: str) -> int:
        """The number of a file."""

    def node(self, thing: Any) -> int:
        """The number of a thing."""


class ForgedError(ValueError):
    """A text that no `encode` has written."""


def exactly(kind: type) -> tuple[Read, Write]:
    """Values that JSON has of itself, of just this type."""

    def reading(raw: Any, _: list[Any]) -> Any:
        if type(raw) is not kind:
            raise ForgedError
        return raw

    return reading, lambda value, _: value


def read_fraction(raw: Any, _: list[Any]) -> Fraction:
    """A number: whole, or numerator and denominator."""
    if type(raw) is int:
        return Fraction(raw)
    if type(raw) is list and len(raw) == 2 and type(raw[0]) is type(raw[1]) is int and raw[1]:
        return Fraction(raw[0], raw[1])
    raise ForgedError


def write_fraction(value: Fraction, _: Notes) -> Any:
    """A number as `read_fraction` takes it."""
    return value.numerator if value.denominator == 1 else [value.numerator, value.denominator]


def read_day(raw: Any, _: list[Any]) -> date:
    """A day, by its number."""
    if type(raw) is not list or len(raw) != 1 or type(raw[0]) is not int:
        raise ForgedError
    return date.fromordinal(raw[0])


def write_day(value: date, _: Notes) -> Any:
    """A day as `read_day` takes it."""
    return [value.toordinal()]


def read_cell(raw: Any, nodes: list[Any]) -> Cell:
    """A cell, whatever it holds."""
    if raw is None or type(raw) is str or type(raw) is bool:
        return raw
    return read_day(raw, nodes) if type(raw) is list and len(raw) == 1 else read_fraction(raw, nodes)


def write_cell(value: Cell, to: Notes) -> Any:
    """A cell as `read_cell` takes it."""
    if isinstance(value, Fraction):
        return write_fraction(value, to)
    return write_day(value, to) if isinstance(value, date) else value


def read_span(raw: Any, nodes: list[Any]) -> Span:
    """A place: the number of its file, start and end."""
    if raw is None:
        return NOWHERE
    if type(raw) is not list or len(raw) != 3 or not type(raw[0]) is type(raw[1]) is type(raw[2]) is int:
        raise ForgedError
    return Span(nodes[0][raw[0]], raw[1], raw[2])


def write_span(value: Span, to: Notes) -> Any:
    """A place as `read_span` takes it."""
    return None if value == NOWHERE else [to.file(value.file), value.start, value.end]
