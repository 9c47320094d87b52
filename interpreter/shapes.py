"""How the fields of core's classes are written as JSON and read again, by their annotations.

Assumes: annotations of a few kinds (`shape`). Guarantees: a value that is read has the kind that its annotation says,
or `ForgedError` is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, Protocol

from dsl.spans import NOWHERE, Span
from interpreter import core, expr as x, facts, steps, types as t, units


def _members(union: Any) -> tuple[type, ...]:
    found: tuple[type, ...] = union.__args__
    return found


EXPRESSIONS, STEPS, TYPES = _members(x.Expr), _members(steps.Stmt), _members(t.Type)
CLASSES: tuple[type, ...] = (
    *EXPRESSIONS,
    *STEPS,
    *TYPES,
    *(x.Window, x.Rows, t.Range, t.ColumnType, t.Signature, units.Unit, facts.Column, facts.Fact),
    *(core.Parameter, core.Form, core.TableLine, core.Matcher, core.TableData, core.Provenance, core.Argument),
    *(core.Stretch, core.ModelUse, core.Instance, core.Terms, core.Indicator, core.Program),
)
"""Every class that a stored program is made of. A worked example is none: it is run from the text."""

NAMED: dict[str, tuple[type, ...]] = {
    "Expr": EXPRESSIONS,
    "Stmt": STEPS,
    "Type": TYPES,
    **{cls.__name__: (cls,) for cls in CLASSES},
}
_ALIASES = {"Dimension": "tuple[tuple[str, int], ...]"}
Read = Callable[[Any, list[Any]], Any]
Write = Callable[[Any, "Notes"], Any]


class Notes(Protocol):
    """What writes: it numbers files, and things, which it writes first."""

    def file(self, name: str) -> int:
        """The number of a file."""

    def node(self, thing: Any) -> int:
        """The number of a thing."""


class ForgedError(ValueError):
    """A text that no `encode` has written."""


def _split(text: str, sign: str) -> list[str]:
    """`text` cut at each `sign` that stands outside brackets."""
    found, depth = [""], 0
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == sign and not depth:
            found.append("")
        else:
            found[-1] += character
    return [part.strip() for part in found]


@cache
def shape(annotation: str) -> tuple[Read, Write]:
    """How a field with this annotation is read and written.

    Raises:
        KeyError: the annotation names what can't be stored.
    """
    options = _split(_ALIASES.get(annotation, annotation), "|")
    rest = [option for option in options if option != "None"]
    if len(rest) < len(options):
        read, write = shape(" | ".join(rest))
        return _optional(read), lambda value, to: None if value is None else write(value, to)
    name, _, inner = rest[0].partition("[")
    parts = _split(inner.removesuffix("]"), ",")
    if name == "tuple" and parts[-1] == "...":
        return _many(*shape(parts[0]))
    if name == "tuple":
        return _fixed([shape(part) for part in parts])
    if name == "dict":
        return _mapping(*shape(parts[1]))
    if name in _PLAIN:
        return _PLAIN[name]
    return _node(NAMED[name]), _write_node


def _optional(read: Read) -> Read:
    return lambda raw, nodes: None if raw is None else read(raw, nodes)


def _node(classes: tuple[type, ...]) -> Read:
    known = frozenset(classes)

    def read(raw: Any, nodes: list[Any]) -> Any:
        if type(raw) is not int or raw < 0:
            raise ForgedError
        found = nodes[raw]
        if type(found) not in known:
            raise ForgedError
        return found

    return read


def _write_node(value: Any, to: Notes) -> int:
    return to.node(value)


def _many(read: Read, write: Write) -> tuple[Read, Write]:
    def reading(raw: Any, nodes: list[Any]) -> Any:
        if type(raw) is not list:
            raise ForgedError
        return tuple([read(part, nodes) for part in raw])

    return reading, lambda value, to: [write(part, to) for part in value]


def _fixed(shapes: Sequence[tuple[Read, Write]]) -> tuple[Read, Write]:
    readers, writers = [read for read, _ in shapes], [write for _, write in shapes]

    def reading(raw: Any, nodes: list[Any]) -> Any:
        if type(raw) is not list or len(raw) != len(readers):
            raise ForgedError
        return tuple([read(part, nodes) for read, part in zip(readers, raw, strict=True)])

    return reading, lambda value, to: [write(part, to) for write, part in zip(writers, value, strict=True)]


def _mapping(read: Read, write: Write) -> tuple[Read, Write]:
    def reading(raw: Any, nodes: list[Any]) -> Any:
        if type(raw) is not dict:
            raise ForgedError
        return {name: read(part, nodes) for name, part in raw.items()}

    return reading, lambda value, to: {name: write(part, to) for name, part in value.items()}


def _plain(kind: type) -> tuple[Read, Write]:
    def reading(raw: Any, _: list[Any]) -> Any:
        if type(raw) is not kind:
            raise ForgedError
        return raw

    return reading, lambda value, _: value


def _read_fraction(raw: Any, _: list[Any]) -> Fraction:
    if type(raw) is int:
        return Fraction(raw)
    if type(raw) is list and len(raw) == 2 and type(raw[0]) is type(raw[1]) is int and raw[1]:
        return Fraction(raw[0], raw[1])
    raise ForgedError


def _write_fraction(value: Fraction, _: Notes) -> Any:
    return value.numerator if value.denominator == 1 else [value.numerator, value.denominator]


def _read_day(raw: Any, _: list[Any]) -> date:
    if type(raw) is not list or len(raw) != 1 or type(raw[0]) is not int:
        raise ForgedError
    return date.fromordinal(raw[0])


def _write_day(value: date, _: Notes) -> Any:
    return [value.toordinal()]


def _read_cell(raw: Any, nodes: list[Any]) -> facts.Cell:
    if raw is None or type(raw) is str or type(raw) is bool:
        return raw
    return _read_day(raw, nodes) if type(raw) is list and len(raw) == 1 else _read_fraction(raw, nodes)


def _write_cell(value: facts.Cell, to: Notes) -> Any:
    if isinstance(value, Fraction):
        return _write_fraction(value, to)
    return _write_day(value, to) if isinstance(value, date) else value


def _read_span(raw: Any, nodes: list[Any]) -> Span:
    if raw is None:
        return NOWHERE
    if type(raw) is not list or len(raw) != 3 or not type(raw[0]) is type(raw[1]) is type(raw[2]) is int:
        raise ForgedError
    return Span(nodes[0][raw[0]], raw[1], raw[2])


def _write_span(value: Span, to: Notes) -> Any:
    return None if value == NOWHERE else [to.file(value.file), value.start, value.end]


def _read_kind(raw: Any, _: list[Any]) -> Enum:
    return facts.Kind(raw)


_PLAIN: dict[str, tuple[Read, Write]] = {
    "str": _plain(str),
    "int": _plain(int),
    "bool": _plain(bool),
    "Fraction": (_read_fraction, _write_fraction),
    "date": (_read_day, _write_day),
    "Cell": (_read_cell, _write_cell),
    "Span": (_read_span, _write_span),
    "Kind": (_read_kind, lambda value, _: value.value),
}
