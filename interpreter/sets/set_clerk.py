"""A clerk who has the rows of large facts paid by query, and brings back only what somebody asks for."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from attrs import define

from interpreter import core
from interpreter.aggregate import window_days
from interpreter.clerk import Clerk
from interpreter.facts import Row
from interpreter.runtime import Env
from interpreter.sets.answers import Answer, Summed
from interpreter.sets.bulk import Origin
from interpreter.sets.clauses import QuickClerk
from interpreter.sets.fetch import LazyIndex
from interpreter.sets.lines import lines_of
from interpreter.sets.points import Ask
from interpreter.sets.relation import EngineError
from interpreter.sets.values import Refused
from interpreter.settlement import Line, Lines

if TYPE_CHECKING:
    from interpreter.sets.settle import Sets


@define(eq=False, kw_only=True, repr=False)
class SetClerk(QuickClerk):
    """A clerk who has rows of large facts paid by query."""

    sets: Sets

    def each(self, step: core.Each, env: Env, rows: Sequence[Row] | None = None) -> None:
        """Carry out the steps of each row at once where a query can, else one by one."""
        answer: Answer = None
        if rows is None and step.rows is not None and self.sets.answerable(step.rows, env):
            answer = self.sets.answer(step, step.rows, env)
            if answer is None and (failing := self.sets.failing(step, env)):
                Clerk.each(self.alone(), step, env, failing)  # raises what stands in the way
        if answer is None or isinstance(answer, Summed):
            super().each(step, env, rows)
            return
        if not answer:
            return
        index = env.ledger.facts[step.rows.fact] if step.rows is not None else None
        assert isinstance(index, LazyIndex)
        exact = sum((block.exact for block in answer), Fraction(0))
        payable = sum((block.payable for block in answer), Fraction(0))
        count = sum(block.count for block in answer)
        site, key = self.sets.site(index, env.ledger.program.terms), self.instance.key

        def fetch() -> Sequence[Line]:
            if not (step.by or step.spell):
                try:
                    return lines_of(site, step, key, scope(step, env, index))
                except (Refused, EngineError):  # a price or volume may be larger than the amount, which did fit
                    self.sets.counters["reference: lines"] += 1
            one_by_one = self.alone()
            Clerk.each(one_by_one, step, env)
            return [line for line in one_by_one.lines if isinstance(line, Line)]

        origin = Origin(site, step, scope(step, env, index))
        self.lines.append(Lines(count, exact, payable, fetch, origin))

    def alone(self) -> Clerk:
        """One who carries out steps as the reference evaluator does, with lines of its own."""
        return Clerk(self.instance, self.ledger)


def scope(step: core.Each, env: Env, index: LazyIndex) -> Ask:
    """Which rows an `each` asks for in a scope."""
    assert step.rows is not None
    return Ask.of(step.rows, env, index.fact, *window_days(step.rows, env))
