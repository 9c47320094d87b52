"""What settling gives: clauses with their payable amounts, the lines they are made of, and what stood in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any

from attrs import define, field, frozen

from dsl.alike import Alike, Shown
from dsl.diagnostics import Diagnostic
from dsl.spans import Span
from interpreter.core import Expr
from interpreter.facts import Cell, Row
from interpreter.units import NUMBER, Unit


class Status(Enum):
    """How a clause came out."""

    SETTLED = "settled"
    UNSETTLED = "unsettled"
    """The contract itself says that it waits, for the reason given."""
    FAILED = "failed"
    """A datum is missing or wrong, or a clause that it builds on was not settled."""


@frozen(kw_only=True, eq=False, repr=False)
class Line(Alike):
    """One payment line: what a row, a group of rows, or the clause as a whole is paid.

    Args:
        clause: the key of the clause.
        label: the label of its `pays`, empty when the form has one only.
        fact, row: the fact and the key of the row or group it is for; empty when it is for the clause as a whole.
        day: the row's date, if it has one.
        quantity, unit: how many of what, when the amount is a price times a volume; else `None`.
        unit_price: kr per `unit`, exact; else `None`.
        amount: kr, exact before rounding.
        file, number: the data file and its line; empty and 0 without one.
        span: the `pays` that caused it.
    """

    clause: str
    label: str = ""
    fact: str = ""
    row: str = ""
    day: date | None = None
    quantity: Fraction | None = None
    unit: Unit = NUMBER
    unit_price: Fraction | None = None
    amount: Fraction
    file: str = ""
    number: int = 0
    span: Span


@define(eq=False, repr=False)
class Lines(Shown):
    """Payment lines that are only known by their sums until somebody asks for them.

    Args:
        count: how many they are.
        exact: their sum in kr before rounding; `payable`: with each rounded, where the contract rounds lines.
        fetch: gives them, in their order.
        origin: what whoever writes all lines at once can ask for them by.
    """

    count: int
    exact: Fraction
    payable: Fraction
    fetch: Callable[[], Sequence[Line]]
    origin: object = None
    fetched: Sequence[Line] | None = None

    def all(self) -> Sequence[Line]:
        """The lines."""
        if self.fetched is None:
            self.fetched = self.fetch()
        return self.fetched


@frozen(eq=False, repr=False)
class LineList(Sequence[Line], Shown):
    """A clause's lines of which some are fetched when they are asked for."""

    parts: Sequence[Line | Lines]

    def __len__(self) -> int:
        return sum(part.count if isinstance(part, Lines) else 1 for part in self.parts)

    def __iter__(self) -> Iterator[Line]:
        for part in self.parts:
            if isinstance(part, Lines):
                yield from part.all()
            else:
                yield part

    def __getitem__(self, at: Any) -> Any:
        return tuple(self)[at]


@frozen(eq=False, repr=False)
class OneLine(Sequence[Line], Shown):
    """The one line of a clause, made each time it is asked for: most settlements only show amounts.

    Args:
        make: makes the line of a number.
        at: that number.
    """

    make: Callable[[int], Line]
    at: int

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, OneLine | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[Line]:
        yield self.make(self.at)

    def __getitem__(self, at: Any) -> Any:
        return tuple(self)[at]


def listed(lines: Sequence[Line | Lines]) -> Sequence[Line]:
    """The lines of a clause in their order, those that are known only together to be fetched later."""
    if isinstance(lines, OneLine):
        return lines
    known = tuple(lines)
    return LineList(known) if any(isinstance(line, Lines) for line in known) else known  # type: ignore[return-value]


@frozen(kw_only=True, eq=False, repr=False)
class ClauseResult(Alike):
    """What came out of one clause.

    Args:
        key: the path of form and label, `withheld["Kvalitet"]/p4p[113]`.
        form, swedish: the form's two names; `label` is the clause's own.
        depth: how many clauses it is nested in.
        amount: the payable amount in kr, rounded as the contract says; `None` unless settled.
        exact: the sum of its lines before rounding; `None` unless settled.
        given: what it gives others, by name.
        failures: why it was not settled.
        pays: whether the form pays at all (one that only gives has no amount to print).
        component: `structure`, `process` or `outcome`, when the contract or the form says.
        span: the clause's line in the contract.
    """

    key: str
    form: str
    swedish: str
    label: str
    depth: int
    status: Status
    amount: Fraction | None = None
    exact: Fraction | None = None
    lines: Sequence[Line] = field(default=(), repr=False)
    given: Mapping[str, object] = field(factory=dict)
    offers: Mapping[str, object] = field(factory=dict)
    failures: tuple[Diagnostic, ...] = ()
    pays: bool = True
    inside_base: bool = True
    component: str = ""
    span: Span


@frozen(kw_only=True, eq=False, repr=False)
class Settlement(Alike):
    """One contract settled for one pair of parties and one period.

    Args:
        contract: its name.
        buyer, provider: (name, code) of the parties; empty texts when the contract names none.
        start, end: the first and last day settled.
        clauses: in the order of the text.
        subtotals: (name, kr) in the order of the text; `None` when a clause in it was not settled.
        total: kr; `None` when any clause was not settled: no partial total is ever called a total.
        promises: (what was promised, whether it held) of every `always`.
        failures: all that stood in the way, those of promises included.
        rows: how many rows of each fact were in scope, and how many were read.
    """

    contract: str
    buyer: tuple[str, str]
    provider: tuple[str, str]
    start: date
    end: date
    clauses: Sequence[ClauseResult]
    subtotals: tuple[tuple[str, Fraction | None], ...] = ()
    total: Fraction | None = None
    promises: tuple[tuple[str, bool], ...] = ()
    failures: tuple[Diagnostic, ...] = ()
    rows: Mapping[str, tuple[int, int]] = field(factory=dict)

    def clause(self, key: str) -> ClauseResult | None:
        """The clause with that key."""
        return next((c for c in self.clauses if c.key == key), None)


@frozen(kw_only=True, eq=False, repr=False)
class Trace(Alike):
    """How a value came about: an expression, its value, and the values it was made of.

    Args:
        expr: the expression; its span is its place in the text, its type says the unit.
        value: a number in base units, text, date, yes/no, `Missing`, a row or a table entry.
        parts: the values it was made of, in order.
        note: what else to say (`let` name, parameter name, clause key, table entry), short.
        rows: for an aggregate, the rows it ran over with the value each gave.
        row: the datum's row, for a column.
    """

    expr: Expr | None
    value: object
    parts: tuple[Trace, ...] = ()
    note: str = ""
    rows: tuple[tuple[Row, object], ...] = field(default=(), repr=False)
    row: Row | None = field(default=None, repr=False)
    cell: Cell = None
    span: Span | None = None
