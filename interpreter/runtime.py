"""Where expressions are evaluated: the ledger of one settlement, and the scope of a clause, row, group or month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction

from attrs import define, field, frozen

from interpreter import core
from interpreter.facts import Row
from interpreter.lookup import FactIndex, TableIndex
from interpreter.settlement import ClauseResult, Trace
from interpreter.values import Days, present


@define(eq=False)
class Ledger:
    """What a settlement of one pair for one period can ask for.

    Args:
        evaluator: what gives an expression its value: the reference evaluator.
        results: the clauses settled so far, by key.
        given: amounts that an example sets by name instead.
        trace: where values are recorded, when they are.
    """

    program: core.Program
    facts: Mapping[str, FactIndex]
    tables: Mapping[str, TableIndex]
    provider: str | None
    buyer: str | None
    period: Days
    evaluator: Callable[[core.Expr, Env], object]
    results: dict[str, ClauseResult] = field(factory=dict)
    given: dict[str, Fraction] = field(factory=dict)
    trace: list[list[Trace]] | None = None
    depth: int = 0


@frozen(eq=False)
class Env:
    """Where an expression is evaluated.

    Args:
        instance: the clause, whose parameters are seen; `None` for the contract's own expressions.
        lets: the named expressions of the scope: outside `each`, of a row, of a group; values once worked out.
        rows: rows by their variable.
        group: the rows and keys of the surrounding group.
        period: the settled period or the month around; `start`, `end`: the days that dated values are asked for.
        outer: the contract's scope, in which arguments are evaluated.
    """

    ledger: Ledger
    instance: core.Instance | None
    definitions: Mapping[str, core.Expr]
    lets: dict[tuple[str, object], object]
    row_lets: Mapping[str, tuple[str, Mapping[str, core.Expr]]]
    period: Days
    start: date
    end: date
    rows: Mapping[str, Row] = field(factory=dict)
    group: tuple[Row, ...] = ()
    keys: Mapping[str, object] = field(factory=dict)
    previous: tuple[core.Argument, int] | None = None
    offers: Mapping[str, object] = field(factory=dict)

    def value(self, e: core.Expr) -> object:
        """The value of an expression here, perhaps `Missing`.

        Raises:
            Failure: it has no value, for the causes given.
        """
        return self.ledger.evaluator(e, self)

    def number(self, e: core.Expr) -> Fraction:
        """A number that must be there."""
        value = present(self.value(e))
        assert isinstance(value, Fraction)
        return value

    def holds(self, e: core.Expr) -> bool:
        """A condition, which must have an answer."""
        value = present(self.value(e))
        assert isinstance(value, bool)
        return value
