"""What a form demands of its arguments, in many scopes at once: its requirements, and the ranges of its parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import define, field

from dsl.alike import Shown
from interpreter import core
from interpreter.clerk import Clerk
from interpreter.sets.abreast import Abreast
from interpreter.sets.vectors import Absent, Fell, Numbers, Same, outside, values
from interpreter.types import Range
from interpreter.values import Failure


@define(eq=False, repr=False)
class Demands(Shown):
    """What a form demands, as far as it has been looked at.

    Args:
        work: the scopes.
        form: the form.
        asked: the requirements and parameters that have been looked at.
    """

    work: Abreast
    form: core.Form
    asked: set[object] = field(factory=set)

    def check(self, known: Callable[[core.Expr], bool]) -> None:
        """Look at what the form requires, and at the ranges of parameters, where that is known and not done yet.

        Raises:
            Fell: with the scopes in which something is not as it must be.
        """
        for at, (condition, reason, _) in enumerate(self.form.requires):
            if at not in self.asked and known(condition):
                self.required(condition, reason)
                self.asked.add(at)
        for p in self.form.parameters:
            parameter = core.Param(p.name, type=p.type, span=self.form.span)
            bounded = p.range.low is not None or p.range.high is not None
            if bounded and p.name not in self.asked and known(parameter):
                self.within(parameter, p.range)
                self.asked.add(p.name)

    def required(self, condition: core.Expr, reason: tuple[str, str]) -> None:
        """See to it that what the form requires holds.

        Raises:
            Fell: with the scopes in which it does not.
        """
        asked = self.work.scopes
        while asked:
            try:
                found = values(self.work.value(condition, asked), len(asked))
            except Fell as fell:  # a value that is missing does not break what is required
                self.work.level = 0
                for scope in () if isinstance(fell, Absent) else fell.scopes:
                    self.required_in(scope, condition, reason)
                asked = [scope for scope in asked if scope not in fell.scopes]
                continue
            broken = [scope for scope, holds in zip(asked, found, strict=True) if holds is False]
            if broken:
                raise Fell(broken)
            return

    def required_in(self, scope: int, condition: core.Expr, reason: tuple[str, str]) -> None:
        """See to it that what the form requires holds in a scope.

        Raises:
            Fell: it does not.
        """
        clerk = Clerk(self.work.instances[scope], self.work.ledgers[scope])
        try:
            clerk.require(self.work.env(scope).value, condition, reason)
        except Failure:
            raise Fell([scope]) from None

    def within(self, parameter: core.Param, allowed: Range) -> None:
        """See to it that a parameter's figure lies in its range.

        Raises:
            Fell: with the scopes in which it does not.
        """
        every = self.work.scopes
        found = self.work.value(parameter, every)
        fell: Sequence[int]
        if type(found) is Same:
            fell = () if found.value in allowed else every
        elif type(found) is Numbers:
            fell = [every[place] for place in outside(found, allowed)]
        else:
            fell = [at for at, value in zip(every, values(found, len(every)), strict=True) if value not in allowed]
        if fell:
            raise Fell(fell)
