"""Rows of a list that fit one key on one day, found by a sweep: a list may have many thousand rows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import TypeAlias

from interpreter import core
from interpreter.facts import Cell

Stretch: TypeAlias = tuple[tuple[object, ...], tuple[object, ...]]
"""The first and the last point that a row covers in one column; points of one column can be compared."""

MANY = 100
"""How many rows may lie side by side before one that is reported already is left out of the comparison."""

_ENDLESS = "\U0010ffff"


def overlaps(lines: Sequence[core.TableLine]) -> Iterator[tuple[core.TableLine, core.TableLine]]:
    """Pairs of rows that fit one key on one day; each row at most once as the later of a pair, in the list's order.

    Rows with plain keys meet only when their keys are equal, so a list of these is swept key by key.
    """
    plain: dict[tuple[Cell, ...], list[core.TableLine]] = {}
    for line in lines:
        if any(m.kind != "value" for m in line.keys):
            yield from _swept(lines)
            return
        plain.setdefault(tuple(m.low for m in line.keys), []).append(line)
    for group in plain.values():
        if len(group) > 1:
            yield from _swept(group)


def _swept(lines: Sequence[core.TableLine]) -> Iterator[tuple[core.TableLine, core.TableLine]]:
    """Sweep along the column in which the fewest rows lie side by side, and compare only those that do."""
    ranges = [[*map(_stretch, line.keys), _days(line)] for line in lines]
    column = min(range(len(ranges[0])), key=lambda c: _together([row[c] for row in ranges]), default=0)
    order = sorted(range(len(lines)), key=lambda i: (ranges[i][column][0], i))
    found: dict[int, int] = {}
    active: list[int] = []
    for at in order:
        start = ranges[at][column][0]
        active = [other for other in active if ranges[other][column][1] >= start]
        for other in active:
            first, second = sorted((at, other))
            if second not in found and all(map(_meet, ranges[first], ranges[second])):
                found[second] = first
                if second == at:
                    break
        if at not in found or len(active) < MANY:
            active.append(at)
    for second, first in sorted(found.items()):
        yield lines[first], lines[second]


def _together(column: Sequence[Stretch]) -> int:
    """How many pairs of rows lie side by side in a column."""
    starts, ends = sorted(s for s, _ in column), sorted(e for _, e in column)
    return sum(bisect_right(starts, end) - bisect_left(ends, start) for start, end in column)


def _meet(a: Stretch, b: Stretch) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


def _stretch(m: core.Matcher) -> Stretch:
    """What a key cell covers; points are tuples that start with their kind, so that any two can be compared."""
    if m.kind == "pattern":
        return ("text", str(m.low)), ("text", f"{m.low}{_ENDLESS}")
    if m.kind == "band":
        last = ("number", m.high) if m.high is not None else ("numbers",)
        return ("number", m.low), last
    kind = {Fraction: "number", str: "text", date: "date", bool: "yes_no"}.get(type(m.low), "none")
    return (kind, m.low), (kind, m.low)


def _days(line: core.TableLine) -> Stretch:
    return (line.start or date.min,), (line.end or date.max,)


def show_matcher(m: core.Matcher) -> str:
    """A key cell as it was written."""
    if m.kind == "pattern":
        return f"{m.low}*"
    if m.kind == "band":
        return f"{m.low}+" if m.high is None else f"{m.low}-{m.high}"
    return str(m.low)
