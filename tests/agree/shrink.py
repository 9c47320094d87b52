"""A case made small: rows, lines and parts of expressions taken away as long as it still shows what it showed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

import attrs

from agree.contracts import Case, Question
from dsl import nodes as n
from dsl.parse import parse
from dsl.spans import Span
from interpreter.facts import Cell, Row

Shows = Callable[[Case], bool]
T = TypeVar("T")


class Shrinker:
    """Shrinks one case.

    Args:
        case: what shows it.
        shows: whether a case still does; it is asked at most `budget` times.
    """

    def __init__(self, case: Case, shows: Shows, budget: int = 1500) -> None:
        self.case = case
        self.shows = shows
        self.budget = budget

    def run(self) -> Case:
        """The smallest case found."""
        while self.budget > 0:
            before = self.case
            self.question()
            self.rows()
            self.lines()
            self.expressions()
            self.cells()
            if before is self.case:
                break
        return self.case

    def attempt(self, case: Case) -> bool:
        """Take a case if it still shows it."""
        if self.budget <= 0:
            return False
        self.budget -= 1
        if not self.shows(case):
            return False
        self.case = case
        return True

    def question(self) -> None:
        """Ask for all, or for one provider."""
        if self.case.question != Question():
            self.attempt(attrs.evolve(self.case, question=Question()))

    def rows(self) -> None:
        """Take rows away, half of them first."""
        for fact in list(self.case.data):
            self._fewer(list(self.case.data[fact]), lambda rows, fact=fact: self._with_rows({fact: tuple(rows)}))

    def _with_rows(self, rows: Mapping[str, tuple[Row, ...]]) -> Case:
        return attrs.evolve(self.case, data={**self.case.data, **rows})

    def _fewer(self, items: list[T], make: Callable[[list[T]], Case]) -> None:
        size = max(len(items) // 2, 1)
        while items:
            at = 0
            while at < len(items):
                rest = items[:at] + items[at + size :]
                if self.attempt(make(rest)):
                    items = rest
                else:
                    at += size
            if size == 1:
                return
            size //= 2

    def lines(self) -> None:
        """Take lines away with the lines indented below them."""
        at = 0
        while at < len(lines := self.case.text.split("\n")):
            end = at + 1
            depth = len(lines[at]) - len(lines[at].lstrip())
            while end < len(lines) and lines[end].strip() and len(lines[end]) - len(lines[end].lstrip()) > depth:
                end += 1
            if not self.attempt(attrs.evolve(self.case, text="\n".join(lines[:at] + lines[end:]))):
                at += 1

    def expressions(self) -> None:
        """Put a part of an expression in its place, from the outermost inwards."""
        at = 0
        while True:
            places = sorted(set(_replacements(self.case.text)), key=lambda p: (p[0].start, -p[0].end, len(p[1])))
            if at >= len(places) or self.budget <= 0:
                return
            span, new = places[at]
            text = self.case.text[: span.start] + new + self.case.text[span.end :]
            at = at if self.attempt(attrs.evolve(self.case, text=text)) else at + 1

    def cells(self) -> None:
        """Put simple values in cells."""
        for fact, own in self.case.data.items():
            for at, row in enumerate(own):
                for column, cell in row.cells.items():
                    for simple in _simpler(cell):
                        now = list(self.case.data[fact])
                        now[at] = attrs.evolve(now[at], cells={**now[at].cells, column: simple})
                        if self.attempt(self._with_rows({fact: tuple(now)})):
                            break


def _simpler(cell: Cell) -> Sequence[Cell]:
    if isinstance(cell, Fraction) and cell not in (0, 1):
        return (Fraction(1), Fraction(0))
    return ()


def _replacements(text: str) -> Iterator[tuple[Span, str]]:
    """Places of expressions, and what may stand there instead: a part of it in parentheses, or a short constant."""
    stack: list[object] = [parse(text).module]
    while stack:
        top = stack.pop()
        if isinstance(top, n.Expr):
            for part in _parts(top):
                inner = text[part.span.start : part.span.end]
                if len(inner) < top.span.end - top.span.start:
                    yield top.span, inner if inner.isalnum() else f"({inner})"
            if top.span.end - top.span.start > 4:
                yield from ((top.span, simple) for simple in ("1", "1 kr", "yes"))
        if attrs.has(type(top)) and not isinstance(
            top, n.Signature | n.TypeChoice | n.TypeWords | n.Needs | n.DefineUnit
        ):
            stack.extend(getattr(top, a.name) for a in attrs.fields(type(top)) if a.name != "span")
        elif isinstance(top, tuple):
            stack.extend(top)


def _parts(e: n.Expr) -> Iterator[n.Expr]:
    stack: list[object] = [getattr(e, a.name) for a in attrs.fields(type(e)) if a.name != "span"]
    while stack:
        top = stack.pop()
        if isinstance(top, n.Expr):
            yield top
        elif attrs.has(type(top)):
            stack.extend(getattr(top, a.name) for a in attrs.fields(type(top)) if a.name != "span")
        elif isinstance(top, tuple):
            stack.extend(top)
