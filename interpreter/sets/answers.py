"""What queries say for the places where a contract meets rows, by scope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from attrs import frozen

from dsl.alike import Alike, Shown
from interpreter import core, types as t
from interpreter.combined import nothing
from interpreter.runtime import Env
from interpreter.units import NUMBER
from interpreter.values import small

if TYPE_CHECKING:
    from interpreter.sets.failing import Failing

Queried = core.Aggregate | core.Each
"""What a query is made of."""

Place = Queried | core.Pick
"""Where a form meets rows; of picks it is whether there are any (`any_of_them`), for which they are counted."""

Key = tuple[object, ...]


@frozen(eq=False, repr=False)
class Block(Alike):
    """What the lines of one `pays` over rows come to in a scope.

    Args:
        step: the `pays`.
        count: how many lines.
        exact: their sum in kr.
        payable: the sum of what each is rounded to, where the contract rounds lines; else `exact`.
    """

    step: core.Pays
    count: int
    exact: Fraction
    payable: Fraction


@frozen(eq=False, repr=False)
class Summed(Alike):
    """What an aggregate's values come to in a scope: how many, their sum or the one sought, and weights."""

    count: int
    found: object = None
    weights: Fraction = Fraction(0)


Answer: TypeAlias = Summed | tuple[Block, ...] | None
"""`None`: some row may fail."""

Answers: TypeAlias = Callable[[], list[Answer]]
"""The answers of all scopes that ask, once the engine has them: other work goes on while it adds up."""


def any_of_them(e: object) -> TypeGuard[core.Pick]:
    """Whether an expression asks whether there are rows."""
    return isinstance(e, core.Pick) and e.kind == "exists"


def counted(e: core.Pick) -> core.Aggregate:
    """How many rows there are of those that it asks for."""
    return core.Aggregate("count", None, e.rows, type=t.Num(NUMBER), span=e.span)


@frozen(eq=False, repr=False)
class Begun(Shown):
    """A query under way: what waits for its answers, which scope each is for, and what finds rows that fail."""

    answers: Answers
    keys: Sequence[Key]
    failing: Failing | None = None


def refused(reason: Exception) -> Answers:
    """No answers, for a reason that whoever asks for them is told."""

    def answers() -> list[Answer]:
        raise reason

    return answers


def combined(e: core.Aggregate, answer: Summed, env: Env) -> object:
    """What an aggregate's sums come to; see `interpreter.combined.combine`."""
    if e.of is None:
        assert isinstance(e.type, t.Num)
        return Fraction(answer.count) * e.type.unit.factor
    least = env.number(e.at_least) if e.at_least is not None else None
    if least is not None and answer.count < least:
        return nothing(e, f": {answer.count} < {least}")
    match e.kind:
        case "sum" | "distinct":
            total = answer.found if answer.found is not None else Fraction(0)
            assert isinstance(total, Fraction)
            return small(total, e.span) if e.kind == "sum" else total
        case _ if not answer.count:
            return nothing(e)
        case "mean":
            assert isinstance(answer.found, Fraction)
            return small(answer.found / answer.weights, e.span) if answer.weights else nothing(e)
        case _:
            return answer.found
