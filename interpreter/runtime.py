"""Where expressions are evaluated: the ledger of one settlement, and the scope of a clause, row, group or month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction

from attrs import define, evolve, field, frozen

from dsl.alike import Shown
from interpreter import core
from interpreter.facts import Row
from interpreter.lookup import FactIndex, TableIndex
from interpreter.noted import Results
from interpreter.settlement import Trace
from interpreter.values import Days, present


@define(eq=False, repr=False)
class Ledger(Shown):
    """What a settlement of one pair for one period can ask for.

    Args:
        evaluator: what gives an expression its value: the reference evaluator.
        results: the clauses settled so far, by key.
        given: amounts that an example sets by name instead.
        trace: where values are recorded, when they are.
        shared: what is the same for all providers of one buyer in one period, so that it is worked out once.
    """

    program: core.Program
    facts: Mapping[str, FactIndex]
    tables: Mapping[str, TableIndex]
    provider: str | None
    buyer: str | None
    period: Days
    evaluator: Callable[[core.Expr, Env], object]
    results: Results = field(factory=Results)
    given: dict[str, Fraction] = field(factory=dict)
    trace: list[list[Trace]] | None = None
    depth: int = 0
    contract: Env | None = None
    shared: dict[tuple[object, ...], object] = field(factory=dict)


@frozen(eq=False, repr=False)
class Derived(Shown):
    """A let of an `each`: a column that is worked out from the row that `row` stands for."""

    row: str
    value: core.Expr


@frozen(eq=False, repr=False)
class Known(Shown):
    """What a let came to: its value or the failure raised wherever it is used; and how, when that is traced."""

    value: object
    parts: tuple[Trace, ...] = ()


@frozen(eq=False, repr=False)
class Env(Shown):
    """Where an expression is evaluated.

    Args:
        instance: the clause (or the use of a model) whose parameters are seen; `None` for what is the contract's own.
        definitions, derived: the lets that stand in this very scope: its own, and those of its rows by (fact, name).
        lets: what they came to. A let means the same wherever it is used, so it is worked out where it stands.
        around: the scope outside this one; `None` for a clause and for the contract.
        period: the settled period or the month around; `start`, `end`: the days that dated values are asked for.
        rows: rows by their variable.
        group, keys: the rows and keys of the surrounding group.
        previous: the argument being worked out, and which of its stretches.
        offers: what the clauses around offer for parameters.
    """

    ledger: Ledger
    instance: core.Instance | core.ModelUse | None
    period: Days
    start: date
    end: date
    definitions: Mapping[str, core.Expr] = field(factory=dict)
    derived: Mapping[tuple[str, str], Derived] = field(factory=dict)
    lets: dict[tuple[str, object], Known] = field(factory=dict)
    around: Env | None = None
    rows: Mapping[str, Row] = field(factory=dict)
    group: tuple[Row, ...] = ()
    keys: Mapping[str, object] = field(factory=dict)
    previous: tuple[core.Argument, int] | None = None
    offers: Mapping[str, object] = field(factory=dict)

    def again(self, ledger: Ledger | None = None, start: date | None = None, end: date | None = None) -> Env:
        """The scope and all around it with another ledger or other days, every let still to be worked out."""
        return evolve(
            self,
            ledger=ledger or self.ledger,
            start=start or self.start,
            end=end or self.end,
            lets={},
            around=self.around.again(ledger, start, end) if self.around is not None else None,
        )

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


def contract_env(ledger: Ledger) -> Env:
    """The scope of the contract's own expressions: one for a ledger, so that its lets are worked out once."""
    if ledger.contract is None:
        lets = {let.name: let.value for let in ledger.program.lets}
        ledger.contract = Env(ledger, None, ledger.period, ledger.period.start, ledger.period.end, definitions=lets)
    return ledger.contract
