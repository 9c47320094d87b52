"""One clause: its steps in their order, its lines collected, its amount rounded as the contract says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from math import prod
from typing import TypeVar

from attrs import define, field

from dsl.alike import Shown
from interpreter import core, problems, types as t
from interpreter.causes import Causes, once
from interpreter.facts import Row
from interpreter.results import offered_in, pays, result_of, settled_result, sums
from interpreter.runtime import Derived, Env, Ledger
from interpreter.scopes import derived_columns, own_lets, scopes
from interpreter.settlement import ClauseResult, Line, Lines, Status
from interpreter.units import KRONA, NUMBER, Dimension, Unit, combine
from interpreter.values import Days, Failure, fail, figure, lowest_terms, present

T = TypeVar("T")
UNKNOWN_YET = (problems.DATUM_MISSING.code, problems.CHANGES_INSIDE.code)
"""Why a requirement may lack an answer for the period as a whole: an optional value is missing, or one changes."""


@define(eq=False, repr=False)
class Clerk(Shown):
    """Carries out the steps of one clause: collects its lines, gifts, offers and failures."""

    instance: core.Instance
    ledger: Ledger
    lines: list[Line | Lines] = field(factory=list)
    given: dict[str, object] = field(factory=dict)
    offers: dict[str, object] = field(factory=dict)

    def scope(self, period: Days) -> Env:
        """The scope of the clause's steps, for the days in which it is in force."""
        steps = self.instance.form.steps
        return clause_env(self.ledger, self.instance, period, own_lets(steps), derived_columns(steps))

    def paid(self) -> bool:
        """Whether the form pays at all."""
        return pays(self.instance.form.steps)

    def requirements(self, env: Env) -> None:
        """What the form requires holds also for arguments that are not known before data are read.

        A requirement that mentions a missing value holds; one about dated values was checked for each of their days.
        """
        for condition, reason, _ in self.instance.form.requires:
            self.require(env.value, condition, reason)

    def require(self, ask: Callable[[T], object], of: T, reason: tuple[str, str]) -> None:
        """See to it that a requirement holds, by asking `of` whether it does."""
        try:
            holds = ask(of)
        except Failure as failure:
            if all(cause.code in UNKNOWN_YET for cause in failure.causes):
                return
            raise
        if holds is False:
            form, span = self.instance.words, self.instance.span
            raise fail(problems.REQUIREMENT, span, form=form, reason_en=reason[0], reason_sv=reason[1])

    def ranges(self, env: Env) -> None:
        """Every figure that a parameter stands for lies in the range that it declares, also one that is worked out."""
        trace, env.ledger.trace = env.ledger.trace, None
        try:
            for p in self.instance.form.parameters:
                if p.range.low is not None or p.range.high is not None:
                    self.within(p, env.value, core.Param(p.name, type=p.type, span=self.instance.span))
        finally:
            env.ledger.trace = trace

    def within(self, p: core.Parameter, ask: Callable[[T], object], of: T) -> None:
        """See to it that a parameter's figure, which `of` is asked for, lies in its range.

        A figure that has no value, or several in the period, is left to the place that asks for it.
        """
        try:
            found = ask(of)
        except Failure:
            return
        if found not in p.range:
            span = self.instance.span
            name = p.swedish if self.ledger.program.language == "sv" and p.swedish else p.name
            raise fail(problems.OUTSIDE_RANGE, span, what=f"`{name}`", found=figure(found, p.type), **p.range.said)

    def steps(self, steps: Sequence[core.Stmt], env: Env, row: Row | None, name: str) -> None:
        """Carry out steps for the clause, a row or a group; `name` is the key of that row or group."""
        for step in steps:
            match step:
                case core.Let():
                    pass
                case core.Pays():
                    self.pay(step, env, row, name)
                case core.Gives(gift, value):
                    self.given[gift] = env.value(value)
                case core.Offer(offer, value):
                    self.offers[offer] = self.offered(env.value(value), value.type)
                case core.Unsettled(condition):
                    if env.holds(condition):
                        raise waiting(step, env, row, name)
                case core.When(cases, otherwise):
                    taken = next((then for condition, then in cases if env.holds(condition)), otherwise)
                    self.steps(taken, env, row, name)
                case core.Each():
                    self.each(step, env)

    def offered(self, value: object, kind: t.Type) -> object:
        """What is handed to nested clauses: money as a payable amount, for what is printed is what one goes on from."""
        return offered_in(self.ledger.program.terms, value, kind)

    def pay(self, step: core.Pays, env: Env, row: Row | None, name: str) -> None:
        """Add a line for what is paid, with its quantity and price where it is their product."""
        self.add(step, priced(step.value, env), row, name)

    def add(self, step: core.Pays, paid: Priced, row: Row | None, name: str) -> None:
        """Add a line."""
        amount, quantity, unit_price, unit = paid
        dated = self.ledger.facts[row.fact].fact.dated if row is not None else ""
        day = row.cells.get(dated) if row is not None else None
        self.lines.append(
            Line(
                clause=self.instance.key,
                label=step.label,
                fact=row.fact if row is not None else "",
                row=name,
                day=day if isinstance(day, date) else None,
                quantity=quantity,
                unit=unit,
                unit_price=unit_price,
                amount=amount,
                file=row.file if row is not None else "",
                number=row.line if row is not None else 0,
                span=step.span,
            )
        )

    def each(self, step: core.Each, env: Env, rows: Sequence[Row] | None = None) -> None:
        """Carry out the steps of each row, group or month; a failing one does not hide the failures of the next.

        Args:
            step: the `each`.
            env: the scope around.
            rows: those of its window that are looked at; all of them when `None`.
        """
        causes = Causes()
        for inner, row, name in scopes(step, env, rows):
            try:
                self.steps(step.steps, inner, row, name)
            except Failure as failure:
                group = inner.group if step.rows is not None else ()
                causes.add(failure.causes, *((row,) if row is not None else group))
        causes.check()


Hire = Callable[[core.Instance, Ledger], Clerk]
"""Who carries out the steps of a clause."""


def waiting(step: core.Unsettled, env: Env, row: Row | None, name: str) -> Failure:
    """Why a clause waits, and in which month when it does so for one; of rows and groups their rows tell."""
    at = f" ({name})" if name and row is None and not env.group else ""
    return fail(problems.UNSETTLED, step.span, reason_en=step.reason[0] + at, reason_sv=step.reason[1] + at)


Priced = tuple[Fraction, Fraction | None, Fraction | None, Unit]
"""An amount, with its quantity, kr per unit, and unit where it is a product of one price and volumes."""


def priced(value: core.Expr, env: Env) -> Priced:
    """An amount, with its quantity, kr per unit, and unit where it is a product of one price and volumes.

    Each part of such a product is worked out once, as the product itself would work it out.
    """
    at = price_at(value) if env.ledger.trace is None else None
    if at is None or not isinstance(value, core.Multiply):
        return env.number(value), None, None, NUMBER
    parts = [value.first, *(part for _, part in value.rest)]
    env.ledger.depth += 1  # the product is a level of its own
    try:
        found = [env.value(part) for part in parts]
    finally:
        env.ledger.depth -= 1
    return product_of(value, found, at, parts[at].type)


def product_of(value: core.Multiply, parts: Sequence[object], at: int, price: t.Type) -> Priced:
    """A product whose part `at` is its price, of such a type, and the others its volumes."""
    numbers = []
    for part in parts:
        number = present(part)
        assert isinstance(number, Fraction)
        numbers.append(number)
    unit_price = numbers.pop(at)
    top, below = prod(n.numerator for n in numbers), prod(n.denominator for n in numbers)
    amount = lowest_terms(top * unit_price.numerator, below * unit_price.denominator, value.span)
    assert isinstance(price, t.Num)
    return amount, Fraction(top, below), unit_price, counted(price.unit.dimension, price.unit.name)


def price_at(value: core.Expr) -> int | None:
    """Which part of a product of a price and volumes is its one price; `None` when it is no such product."""
    if not isinstance(value, core.Multiply) or any(op == "/" for op, _ in value.rest):
        return None
    parts = [value.first, *(part for _, part in value.rest)]
    found = [at for at, p in enumerate(parts) if isinstance(p.type, t.Num) and ("kr", 1) in p.type.unit.dimension]
    return found[0] if len(found) == 1 else None


@cache
def counted(dimension: Dimension, name: str) -> Unit:
    """What a price in kr per something is for one of."""
    return Unit(combine(KRONA.dimension, dimension, -1), Fraction(1), name.partition("/")[2])


def clause_env(
    ledger: Ledger,
    instance: core.Instance,
    period: Days,
    definitions: Mapping[str, core.Expr],
    derived: Mapping[tuple[str, str], Derived],
) -> Env:
    """The scope of a form's steps.

    Args:
        ledger, instance: of the clause.
        period: the days in which it is in force.
        definitions, derived: the lets that stand in the form itself, and those of its rows.
    """
    return Env(
        ledger,
        instance,
        period,
        period.start,
        period.end,
        definitions=definitions,
        derived=derived,
        offers=offers_to(ledger, instance),
    )


def offers_to(ledger: Ledger, instance: core.Instance) -> Mapping[str, object]:
    """What the clauses around a clause offer it, the nearest first."""
    offers: Mapping[str, object] = {}
    parent = instance.parent
    while parent is not None:
        around = ledger.results.offered(parent.key)
        offers = {**around, **offers} if offers else around
        parent = parent.parent
    return offers


def scope_of(ledger: Ledger, instance: core.Instance) -> Env:
    """The scope of the steps of a clause that is in force."""
    period = clause_days(ledger, instance)
    assert period is not None
    return Clerk(instance, ledger).scope(period)


def clause_days(ledger: Ledger, instance: core.Instance) -> Days | None:
    """The days of the period in which a clause is in force; `None` when there are none."""
    period = ledger.period
    start, end = period.start, period.end
    up: core.Instance | None = instance
    while up is not None:
        if up.start is not None and up.start > start:
            start = up.start
        if up.end is not None and up.end < end:
            end = up.end
        up = up.parent
    if start is period.start and end is period.end:
        return period
    return Days(start, end) if start <= end else None


def settle_clause(ledger: Ledger, instance: core.Instance, clerk_for: Hire = Clerk) -> ClauseResult:
    """Settle one clause, whose dependencies are settled, and note it in the ledger.

    Args:
        ledger: of the pair and the period.
        instance: the clause.
        clerk_for: hires who carries out its steps.
    """
    days = clause_days(ledger, instance)
    if days is None:
        zero = Fraction(0)
        result = result_of(instance, Status.SETTLED, paid=pays(instance.form.steps), amount=zero, exact=zero)
        ledger.results[instance.key] = result
        return result
    clerk = clerk_for(instance, ledger)
    paid = clerk.paid()
    try:
        _parent_settled(ledger, instance)
        env = clerk.scope(days)
        clerk.requirements(env)
        clerk.ranges(env)
        clerk.steps(instance.form.steps, env, None, "")
    except Failure as failure:
        waits = all(cause.code == problems.UNSETTLED.code for cause in failure.causes)
        status = Status.UNSETTLED if waits else Status.FAILED
        result = result_of(instance, status, paid=paid, failures=once(failure.causes))
    else:
        amount, exact = sums(clerk.lines, ledger.program.terms)
        result = settled_result(instance, amount, exact, clerk.lines, clerk.given, clerk.offers, paid=paid)
    ledger.results[instance.key] = result
    return result


def _parent_settled(ledger: Ledger, instance: core.Instance) -> None:
    parent = instance.parent
    if parent is not None and not ledger.results.settled(parent.key):
        raise fail(problems.DEPENDS, instance.span, name=parent.key)
