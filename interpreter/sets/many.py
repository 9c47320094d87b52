"""A clause settled for many ledgers at once: what `interpreter.clerk.settle_clause` gives, ledger by ledger.

A ledger for which anything stands in the way, a value that is missing or a clause that waits, is left out and settled
by itself, so that what is said of it is said in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from attrs import define, field

from dsl.alike import Shown
from interpreter import core
from interpreter.clerk import Clerk, Hire, clause_days, counted, price_at, settle_clause
from interpreter.lookup import TableIndex
from interpreter.results import offered_in, pays, settled_result, sums
from interpreter.runtime import Ledger
from interpreter.scopes import derived_columns, own_lets
from interpreter.sets.abreast import Abreast, Ask, Scopes
from interpreter.sets.abreast_operators import OPERATORS
from interpreter.sets.abreast_things import THINGS
from interpreter.sets.ahead import Decided, plain
from interpreter.sets.paid import Paid
from interpreter.sets.vectors import Absent, Fell, Numbers, Same, lying, numbers, product, rounded, values
from interpreter.settlement import Line, Lines, OneLine, Status
from interpreter.types import Num, Range
from interpreter.units import NUMBER
from interpreter.values import Days, EntryValue, Failure, Missing

TURNS = 3
"""How often what fails is left out; after that all are settled one by one."""

HOW = {**OPERATORS, **THINGS}


def prepared(
    ledgers: Sequence[Ledger], instances: Sequence[core.Instance], ask: Ask, hire: Hire, decided: Decided
) -> Clause | None:
    """A clause of many ledgers with what no other clause and no sum over rows decides worked out; see `settle_abreast`.

    Returns:
        `None` where nothing is gained, or something stands in the way in some ledger.
    """
    first = instances[0]
    alike = all(instance is first for instance in instances) or plain(instances)
    pairs = list(zip(ledgers, instances, strict=True))
    days = [clause_days(*pair) for pair in pairs]
    if not alike or any(isinstance(step, core.Each) for step in first.form.steps):
        return None
    ready = [(*pair, own) for pair, own in zip(pairs, days, strict=True) if own is not None]
    if len(ready) < len(days):
        return None
    clause = Clause.open(ready, ask, hire)
    try:
        clause.prepare(decided)
    except Fell:
        return None
    return clause


def settle_abreast(
    ledgers: Sequence[Ledger],
    instances: Sequence[core.Instance],
    ask: Ask,
    hire: Hire,
    clause: Clause | None = None,
) -> None:
    """Settle one clause of many ledgers, by the same form, and note it in each ledger.

    Args:
        ledgers: of which none is traced.
        instances: the clause in the contract of each.
        ask: says what an expression comes to in one scope.
        hire: who settles the clause of a ledger that is left out.
        clause: the same as `prepared` has left it.
    """
    pairs = list(zip(ledgers, instances, strict=True))
    alone: list[tuple[Ledger, core.Instance]] = []
    for _ in range(TURNS):
        ready = [(*pair, days) for pair in pairs if (days := ready_days(*pair)) is not None]
        if not ready:
            break
        if clause is None or len(ready) < len(clause.lines):
            clause = Clause.open(ready, ask, hire)
        try:
            clause.settle()
        except Fell as fell:
            clause = None
            left_out = {id(ready[at][0]) for at in fell.scopes}
            alone += [pair for pair in pairs if id(pair[0]) in left_out]
            pairs = [pair for pair in pairs if id(pair[0]) not in left_out]
        else:
            kept = {id(ledger) for ledger, _, _ in ready}
            pairs = [pair for pair in pairs if id(pair[0]) not in kept]
            break
    for ledger, instance in [*alone, *pairs]:
        settle_clause(ledger, instance, hire)


def ready_days(ledger: Ledger, instance: core.Instance) -> Days | None:
    """The days in which a clause is in force; `None` when there are none, or the clause around it is not settled."""
    parent = instance.parent
    if parent is not None and ledger.results[parent.key].status is not Status.SETTLED:
        return None
    return clause_days(ledger, instance)


@define(eq=False, repr=False)
class Clause(Shown):
    """A clause that is being settled for many ledgers.

    Args:
        work: its scopes.
        form: its form.
        hire: who carries out what is done row by row, group by group or month by month.
        lines, given, offers: by scope.
        paid: what was paid in which scopes, and is not among the lines yet.
        single: whether nothing else has been paid.
        asked: the requirements and parameters that have been looked at.
    """

    work: Abreast
    form: core.Form
    hire: Hire
    lines: list[list[Line | Lines]]
    given: list[dict[str, object]]
    offers: list[dict[str, object]]
    paid: list[Paid] = field(factory=list)
    single: bool = True
    asked: set[object] = field(factory=set)

    @classmethod
    def open(cls, ready: Sequence[tuple[Ledger, core.Instance, Days]], ask: Ask, hire: Hire) -> Clause:
        """A clause of ledgers, none of whose steps is carried out."""
        form, count = ready[0][1].form, len(ready)
        ledgers, instances, days = zip(*ready, strict=True)
        lets, derived = own_lets(form.steps), derived_columns(form.steps)
        work = Abreast(ledgers, instances, days, lets, derived, ask, HOW, range(count))
        empty = range(count)
        return cls(work, form, hire, [[] for _ in empty], [{} for _ in empty], [{} for _ in empty])

    def prepare(self, decided: Decided) -> None:
        """Work out what can be known before the clauses around are settled, and without a sum over rows.

        Raises:
            Fell: with the scopes that are to be settled by themselves.
        """
        work, instance = self.work, self.work.instances[0]

        def known(e: core.Expr) -> bool:
            if isinstance(e, core.Param):
                return decided.parameter(e.name, instance, work.definitions)
            return decided.value(e, instance, work.definitions)

        self.check(known)
        for name, value in work.definitions.items():
            if known(value):
                work.value(core.LetRef(name, type=value.type), work.scopes)
        work.envs.clear()  # they have not heard yet what the clauses around hand on

    def settle(self) -> None:
        """Carry out its steps, and note what comes out in each ledger.

        Raises:
            Fell: with the scopes that are to be settled by themselves; nothing is noted then.
        """
        self.check(lambda _: True)
        self.steps(self.form.steps, self.work.scopes)
        self.note()

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
        outside: Sequence[int]
        if type(found) is Same:
            outside = () if found.value in allowed else every
        elif type(found) is Numbers:
            outside = [at for at, inside in zip(every, lying(found, allowed), strict=True) if not inside]
        else:
            outside = [at for at, value in zip(every, values(found, len(every)), strict=True) if value not in allowed]
        if outside:
            raise Fell(outside)

    def steps(self, steps: Sequence[core.Stmt], scopes: Scopes) -> None:
        """Carry out steps in some scopes.

        Raises:
            Fell: with the scopes that are to be settled by themselves.
        """
        for step in steps:
            match step:
                case core.Let():
                    pass
                case core.Pays():
                    self.pays(step, scopes)
                case core.Gives(name, value):
                    for scope, found in zip(scopes, self.there(value, scopes), strict=True):
                        self.given[scope][name] = found
                case core.Offer(name, value):
                    for scope, found in zip(scopes, self.there(value, scopes), strict=True):
                        terms = self.work.ledgers[scope].program.terms
                        self.offers[scope][name] = offered_in(terms, found, value.type)
                case core.Unsettled(condition):
                    waiting, _ = self.work.split(condition, scopes)
                    if waiting:
                        raise Fell(waiting)
                case core.When(cases, otherwise):
                    left = scopes
                    for condition, then in cases:
                        holds, left = self.work.split(condition, left) if left else ((), ())
                        if holds:
                            self.steps(then, holds)
                    if left:
                        self.steps(otherwise, left)
                case _:
                    assert isinstance(step, core.Each)
                    self.each(step, scopes)

    def there(self, e: core.Expr, scopes: Scopes) -> Sequence[object]:
        """Values that leave the clause.

        Raises:
            Fell: with the scopes in which it is missing, or a thing that has its place in a text.
        """
        found = values(self.work.value(e, scopes), len(scopes))
        placed = (Missing, EntryValue, TableIndex, tuple)
        fell = [scope for scope, value in zip(scopes, found, strict=True) if isinstance(value, placed)]
        if fell:
            raise Fell(fell)
        return found

    def number(self, e: core.Expr, scopes: Scopes) -> Numbers:
        """Numbers that must be there.

        Raises:
            Fell: with the scopes in which they are not.
        """
        found = self.work.value(e, scopes)
        exact = numbers(found, len(scopes))
        if exact is None:
            several = values(found, len(scopes))
            raise Fell(scope for scope, v in zip(scopes, several, strict=True) if not isinstance(v, Fraction))
        return exact

    def pays(self, step: core.Pays, scopes: Scopes) -> None:
        """Add a line in each scope, with its quantity and price where it is their product."""
        value, at = step.value, price_at(step.value)
        quantity: Numbers | None = None
        price: Numbers | None = None
        unit = NUMBER
        if at is None or not isinstance(value, core.Multiply):
            amount = self.number(value, scopes)
        else:
            exprs = [value.first, *(part for _, part in value.rest)]
            self.work.level += 1  # the product is a level of its own
            parts = [("*", self.number(part, scopes)) for part in exprs]
            self.work.level -= 1
            amount = product(parts, scopes)
            kind = exprs[at].type
            assert isinstance(kind, Num)
            unit = counted(kind.unit.dimension, kind.unit.name)
            _, price = parts.pop(at)
            quantity = product(parts, scopes)
        self.paid.append(Paid(scopes, self.work.instances, step, amount, quantity, price, unit))

    def listed(self) -> None:
        """Put what was paid among the lines."""
        for paid in self.paid:
            for at, scope in enumerate(paid.scopes):
                self.lines[scope].append(paid.line(at))
        self.paid.clear()

    def each(self, step: core.Each, scopes: Scopes) -> None:
        """Carry out the steps of each row, group or month, scope by scope."""
        self.listed()
        self.single = False
        fell = []
        for scope in scopes:
            clerk = self.hire(self.work.instances[scope], self.work.ledgers[scope])
            clerk.lines, clerk.given, clerk.offers = self.lines[scope], self.given[scope], self.offers[scope]
            try:
                clerk.each(step, self.work.env(scope))
            except Failure:
                fell.append(scope)
        if fell:
            raise Fell(fell)

    def note(self) -> None:
        """Note what came out in each ledger."""
        work = self.work
        terms = work.ledgers[0].program.terms
        paid = pays(self.form.steps)
        count = len(work.scopes)
        found: Iterable[tuple[Any, Any, Sequence[Line | Lines]]]
        if self.single and len(self.paid) == 1 and self.paid[0].scopes is work.scopes and terms.round_where != "total":
            assert terms.round_step is not None
            assert isinstance(terms.round_step.value, Fraction)
            (one,) = self.paid
            nearest = rounded(one.amount, terms.round_step.value, terms.round_mode)
            lines = [OneLine(one.line, scope) for scope in work.scopes]
            found = zip(values(nearest, count), values(one.amount, count), lines, strict=True)
        else:
            self.listed()
            own = zip(self.lines, work.ledgers, strict=True)
            found = [(*sums(several, ledger.program.terms), several) for several, ledger in own]
        each = zip(work.ledgers, work.instances, found, self.given, self.offers, strict=True)
        for ledger, instance, (amount, exact, several), given, offers in each:
            ledger.results[instance.key] = settled_result(instance, amount, exact, several, given, offers, paid=paid)
