"""A clause settled for many ledgers at once: what `interpreter.clerk.settle_clause` gives, ledger by ledger.

A ledger for which anything stands in the way, a value that is missing or a clause that waits, is left out and settled
by itself, so that what is said of it is said in one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attrs import define, field

from dsl.alike import Shown
from interpreter import core
from interpreter.casts import Ranked
from interpreter.clerk import Hire, clause_days, counted, price_at, settle_clause
from interpreter.lookup import TableIndex
from interpreter.results import offered_in, pays, settled_result, sums
from interpreter.runtime import Ledger
from interpreter.scopes import derived_columns, own_lets
from interpreter.sets.abreast import Abreast, Ask, Crowd, Scopes
from interpreter.sets.abreast_operators import OPERATORS
from interpreter.sets.abreast_things import THINGS
from interpreter.sets.ahead import Decided, plain
from interpreter.sets.demands import Demands
from interpreter.sets.paid import Outcome, Paid, payable
from interpreter.sets.vectors import Column, Fell, Numbers, Same, numbers, product, values
from interpreter.settlement import Line, Lines
from interpreter.types import Num
from interpreter.units import KRONA, NUMBER
from interpreter.values import Days, EntryValue, Failure, Missing

TURNS = 3
"""How often what fails is left out; after that all are settled one by one."""

HOW = {**OPERATORS, **THINGS}

Left = tuple[str, Scopes, Column]
"""What left a clause: its name, the scopes it did in, and the values."""


def prepared(crowd: Crowd, instances: Sequence[core.Instance], ask: Ask, hire: Hire, decided: Decided) -> Clause | None:
    """A clause of many ledgers with what no other clause and no sum over rows decides worked out; see `settle_abreast`.

    Returns:
        `None` where nothing is gained, or something stands in the way in some ledger.
    """
    first = instances[0]
    if any(isinstance(step, core.Each) for step in first.form.steps) or not _given_alike(instances):
        return None
    days = days_of(crowd.ledgers, instances)
    ready = [own for own in days if own is not None]
    if len(ready) < len(days):
        return None
    clause = Clause.open(crowd, instances, ready, ask, hire)
    try:
        clause.prepare(decided)
    except Fell:
        return None
    return clause


def _given_alike(instances: Sequence[core.Instance]) -> bool:
    """Whether clauses are one, or are given the same parameters, each one constant or table."""
    if isinstance(instances, Ranked):
        return plain(instances)
    first = instances[0]
    if all(instance is first for instance in instances):
        return True
    return plain(instances) and all(each.arguments.keys() == first.arguments.keys() for each in instances)


def days_of(ledgers: Sequence[Ledger], instances: Sequence[core.Instance]) -> Sequence[Days | None]:
    """The days of each ledger's period in which a clause is in force; `None` when there are none."""
    if not isinstance(instances, Ranked):
        return list(map(clause_days, ledgers, instances))
    first, found = instances[0], dict[int, Days | None]()
    for ledger in ledgers:
        if id(ledger.period) not in found:
            found[id(ledger.period)] = clause_days(ledger, first)
    return [found[id(ledger.period)] for ledger in ledgers]


def chosen(instances: Sequence[core.Instance], places: Sequence[int]) -> Sequence[core.Instance]:
    """The clauses of some places."""
    return instances.some(places) if isinstance(instances, Ranked) else [instances[at] for at in places]


def settle_abreast(
    crowd: Crowd, instances: Sequence[core.Instance], ask: Ask, hire: Hire, clause: Clause | None = None
) -> None:
    """Settle one clause of many ledgers, by the same form, and note it in each ledger.

    Args:
        crowd: the ledgers, of which none is traced.
        instances: the clause in the contract of each.
        ask: says what an expression comes to in one scope.
        hire: who settles the clause of a ledger that is left out.
        clause: the same as `prepared` has left it.
    """
    left: Sequence[int] = range(len(instances))
    alone: list[int] = []
    for _ in range(TURNS):
        days = ready_days(crowd.some(left).ledgers, chosen(instances, left)) if left else []
        ready = [at for at, own in zip(left, days, strict=True) if own is not None]
        if not ready:
            break
        if clause is None or len(ready) < len(clause.work.scopes):
            own = [one for one in days if one is not None]
            clause = Clause.open(crowd.some(ready), chosen(instances, ready), own, ask, hire)
        try:
            clause.settle()
        except Fell as fell:
            clause = None
            fallen = {ready[scope] for scope in fell.scopes}
            alone += sorted(fallen)
            left = [at for at in left if at not in fallen]
        else:
            settled = set(ready)
            left = [at for at in left if at not in settled]
            break
    for at in (*alone, *left):
        settle_clause(crowd.ledgers[at], instances[at], hire)


def ready_days(ledgers: Sequence[Ledger], instances: Sequence[core.Instance]) -> Sequence[Days | None]:
    """The days in which a clause is in force; `None` when there are none, or the clause around it is not settled."""
    around, days = instances[0].parent, days_of(ledgers, instances)
    if around is None:
        return days
    key = around.key  # alike contracts call their clauses the same
    return [own if ledger.results.settled(key) else None for ledger, own in zip(ledgers, days, strict=True)]


@define(eq=False, repr=False)
class Clause(Shown):
    """A clause that is being settled for many ledgers.

    Args:
        work: its scopes.
        form: its form.
        hire: who carries out what is done row by row, group by group or month by month.
        demands: what the form demands of its arguments.
        lines, given, offers: by scope, as far as they are not columns.
        gifts, handed: what was given and offered as columns.
        paid: what was paid in which scopes, and is not among the lines yet.
        single: whether nothing else has been paid.
    """

    work: Abreast
    form: core.Form
    hire: Hire
    demands: Demands
    lines: list[list[Line | Lines]] = field(factory=list)
    given: list[dict[str, object]] = field(factory=list)
    offers: list[dict[str, object]] = field(factory=list)
    gifts: list[Left] = field(factory=list)
    handed: list[Left] = field(factory=list)
    paid: list[Paid] = field(factory=list)
    single: bool = True

    @classmethod
    def open(
        cls, crowd: Crowd, instances: Sequence[core.Instance], days: Sequence[Days], ask: Ask, hire: Hire
    ) -> Clause:
        """A clause of ledgers, none of whose steps is carried out."""
        form, every = instances[0].form, range(len(instances))
        lets, derived = own_lets(form.steps), derived_columns(form.steps)
        work = Abreast(crowd, instances, days, lets, derived, ask, HOW, every)
        return cls(work, form, hire, Demands(work, form))

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

        self.demands.check(known)
        for name, value in work.definitions.items():
            if known(value):
                work.value(core.LetRef(name, type=value.type), work.scopes)
        work.envs.clear()  # they have not heard yet what the clauses around hand on

    def settle(self) -> None:
        """Carry out its steps, and note what comes out in each ledger.

        Raises:
            Fell: with the scopes that are to be settled by themselves; nothing is noted then.
        """
        self.demands.check(lambda _: True)
        self.steps(self.form.steps, self.work.scopes)
        self.note()

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
                    self.gifts.append((name, scopes, self.there(value, scopes)))
                case core.Offer(name, value):
                    self.handed.append((name, scopes, self.offered(self.there(value, scopes), value)))
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

    def there(self, e: core.Expr, scopes: Scopes) -> Column:
        """Values that leave the clause.

        Raises:
            Fell: with the scopes in which it is missing, or a thing that has its place in a text.
        """
        found = self.work.value(e, scopes)
        if type(found) is Numbers:
            return found
        placed = (Missing, EntryValue, TableIndex, tuple)
        several = values(found, len(scopes))
        fell = [scope for scope, value in zip(scopes, several, strict=True) if isinstance(value, placed)]
        if fell:
            raise Fell(fell)
        return found

    def offered(self, found: Column, e: core.Expr) -> Column:
        """Values as they are handed to nested clauses."""
        terms = self.terms
        if type(found) is Numbers:
            money = isinstance(e.type, Num) and e.type.unit.dimension == KRONA.dimension
            return payable(found, terms) if money else found
        if type(found) is Same:
            return Same(offered_in(terms, found.value, e.type))
        assert isinstance(found, list)
        return [offered_in(terms, value, e.type) for value in found]

    @property
    def terms(self) -> core.Terms:
        """How all the contracts round."""
        return self.work.ledgers[0].program.terms

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
        """Put what was paid among the lines, and what left the clause to its scope."""
        if not self.lines:
            every = self.work.scopes
            self.lines, self.given, self.offers = [[] for _ in every], [{} for _ in every], [{} for _ in every]
        for paid in self.paid:
            for at, scope in enumerate(paid.scopes):
                self.lines[scope].append(paid.line(at))
        self.paid.clear()
        for columns, to in ((self.gifts, self.given), (self.handed, self.offers)):
            for name, scopes, column in columns:
                for scope, value in zip(scopes, values(column, len(scopes)), strict=True):
                    to[scope][name] = value
            columns.clear()

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
        paid = pays(self.form.steps)
        every = all(own is work.scopes for _, own, _ in (*self.gifts, *self.handed))
        if every and self.single and len(self.paid) <= 1 and all(one.scopes is work.scopes for one in self.paid):
            self.together(pays=paid)
            return
        self.listed()
        each = zip(work.ledgers, work.instances, self.lines, self.given, self.offers, strict=True)
        for ledger, instance, lines, given, offers in each:
            amount, exact = sums(lines, ledger.program.terms)
            ledger.results[instance.key] = settled_result(instance, amount, exact, lines, given, offers, paid=paid)

    def together(self, *, pays: bool) -> None:
        """Note what came out as columns: of a clause that pays one line at most, and the same way in all ledgers."""
        work = self.work
        count = len(work.scopes)
        exact = self.paid[0].amount if self.paid else Numbers([0] * count, [1] * count)
        outcome = Outcome(
            work.instances,
            payable(exact, self.terms),
            exact,
            self.paid[0] if self.paid else None,
            {name: column for name, _, column in self.gifts},
            {name: column for name, _, column in self.handed},
            pays,
        )
        noted = outcome.noted()
        key = work.instances[0].key  # alike contracts call their clauses the same
        for at, ledger in enumerate(work.ledgers):
            ledger.results.noted[key] = noted, at
