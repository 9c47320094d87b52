"""How the fields of core's classes are written as JSON and read again, by their annotations.

Assumes: annotations of a few kinds (`shape`). Guarantees: a value that is read has the kind that its annotation says,
or `ForgedError` is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import cache
from typing import Any

from interpreter import core, expr as x, facts, steps, types as t, units
from interpreter.columns import read_lines, write_lines
from interpreter.plain import (
    ForgedError,
    Notes,
    Read,
    Write,
    exactly,
    read_cell,
    read_day,
    read_fraction,
    read_span,
    write_cell,
    write_day,
    write_fraction,
    write_span,
)


def _members(union: Any) -> tuple[type, ...]:
    found: tuple[type, ...] = union.__args__
    return found


EXPRESSIONS, STEPS, TYPES = _members(x.Expr), _members(steps.Stmt), _members(t.Type)
CLASSES: tuple[type, ...] = (
    *EXPRESSIONS,
    *STEPS,
    *TYPES,
    *(x.Window, x.Rows, t.Range, t.ColumnType, t.Signature, units.Unit, facts.Column, facts.Fact),
    *(core.Parameter, core.Form, core.TableData, core.Provenance, core.Argument),
    *(core.Stretch, core.ModelUse, core.Instance, core.Terms, core.Indicator, core.Program),
)
"""Every class that a stored program is made of, but for the rows of tables, which are kept as columns
(`interpreter.columns`). A worked example is none: it is run from the text."""

NAMED: dict[str, tuple[type, ...]] = {
    "Expr": EXPRESSIONS,
    "Stmt": STEPS,
    "Type": TYPES,
    **{cls.__name__: (cls,) for cls in CLASSES},
}
_ALIASES = {"Dimension": "tuple[tuple[str, int], ...]"}


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
    if name in ("dict", "Mapping"):
        return _mapping(*shape(parts[1]))
    if rest[0] in _PLAIN:
        return _PLAIN[rest[0]]
    if name == "Sequence":
        return _many(*shape(parts[0]))
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


def _read_kind(raw: Any, _: list[Any]) -> Enum:
    return facts.Kind(raw)


_PLAIN: dict[str, tuple[Read, Write]] = {
    "str": exactly(str),
    "int": exactly(int),
    "bool": exactly(bool),
    "Fraction": (read_fraction, write_fraction),
    "date": (read_day, write_day),
    "Cell": (read_cell, write_cell),
    "Span": (read_span, write_span),
    "Sequence[TableLine]": (read_lines, write_lines),
    "Kind": (_read_kind, lambda value, _: value.value),
}
