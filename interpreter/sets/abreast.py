"""Expressions of a clause in many scopes at once: those of contracts that settle it by the same form.

The meaning is that of `interpreter.evaluate`: an untaken part is never asked for, a let is worked out where it stands.
What is made of a kind of expression here is a column; whatever is none of these kinds is asked scope by scope. A scope
in which something fails, or is missing where a value is needed, is left out and settled by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from attrs import define, field

from dsl.alike import Shown
from dsl.limits import MAX_DEPTH as NESTED
from interpreter import core
from interpreter.casts import Cast, Grid, Ranked, Table, tabled
from interpreter.clerk import clause_env, offers_to
from interpreter.figures import NUMBER
from interpreter.lookup import FactIndex
from interpreter.order import expressions
from interpreter.runtime import Derived, Env, Ledger
from interpreter.sets.expressions import PLAIN, offered, throughout
from interpreter.sets.vectors import Absent, Column, Fell, Numbers, Same, asked, checked, merged, taken, values
from interpreter.values import Days, Missing, whole_months

DEEPEST = 75
"""How deep an expression may lie; whether a deeper one is too deep the reference evaluator says."""

Scopes = Sequence[int]
Ask = Callable[[core.Expr, Env], object]
How = Callable[[Any, Any, Scopes], Column]
"""How an expression is worked out in some scopes of an `Abreast`."""


class Crowd:
    """Ledgers whose clauses are settled abreast, with what they have in common.

    Args:
        ledgers: in their order.
    """

    __slots__ = ("_facts", "_grid", "_providers", "ledgers")

    def __init__(self, ledgers: Sequence[Ledger]) -> None:
        self.ledgers = ledgers
        self._grid = Grid(())
        self._providers: list[str | None] | None = None
        self._facts: dict[str, FactIndex | None] = {}

    @property
    def providers(self) -> list[str | None]:
        """The provider of each."""
        if self._providers is None:
            self._providers = [own.provider for own in self.ledgers]
        return self._providers

    def fact(self, name: str) -> FactIndex | None:
        """The rows of a fact, where all have the same."""
        if name not in self._facts:
            index = self.ledgers[0].facts[name]
            common = all(own.facts[name] is index for own in self.ledgers)
            self._facts[name] = index if common else None
        return self._facts[name]

    def grid(self, casts: Sequence[Cast]) -> Grid:
        """The figures of their contracts as columns, for all clauses the same."""
        if self._grid.casts != casts:
            self._grid = Grid(casts)
        return self._grid

    def some(self, places: Sequence[int]) -> Crowd:
        """Those of some places."""
        return self if len(places) == len(self.ledgers) else Crowd([self.ledgers[at] for at in places])


@define(eq=False, repr=False)
class Abreast(Shown):
    """A clause in many scopes.

    Args:
        crowd: the ledgers by scope.
        instances, days: by scope.
        definitions, derived: the lets that stand in the form itself, and those of its rows.
        ask: says what an expression comes to in one scope.
        how: how each kind of expression is worked out; what it lacks is asked scope by scope.
        scopes: all of them, in order.
        envs: those that something was asked in by itself.
        kept: what parameters, lets and entries came to, for which scopes, and how deep their parts lie.
        level, deepest: how deep the expression under way lies, and how deep any has lain.
        table: the arguments as figures, where they are those of several contracts of one mould.
        constants: those of arguments in which contracts of one mould differ in constants alone, by their identity in
            the first contract, and where they are among the figures.
    """

    crowd: Crowd
    instances: Sequence[core.Instance]
    days: Sequence[Days]
    definitions: Mapping[str, core.Expr]
    derived: Mapping[tuple[str, str], Derived]
    ask: Ask
    how: Mapping[type, How]
    scopes: Scopes
    envs: dict[int, Env] = field(factory=dict)
    kept: dict[object, list[tuple[Scopes, Column, int]]] = field(factory=dict)
    level: int = 0
    deepest: int = 0
    table: Table | None = None
    constants: dict[int, tuple[str, int]] = field(factory=dict)
    ledgers: Sequence[Ledger] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.ledgers = self.crowd.ledgers
        first = self.instances[0]
        if isinstance(self.instances, Ranked) or any(instance is not first for instance in self.instances):
            self.table = tabled(self.instances)

    def env(self, scope: int) -> Env:
        """A scope as the reference evaluator has it."""
        found = self.envs.get(scope)
        if found is None:
            found = self.envs[scope] = clause_env(
                self.ledgers[scope], self.instances[scope], self.days[scope], self.definitions, self.derived
            )
        return found

    def value(self, e: core.Expr, scopes: Scopes) -> Column:
        """What an expression comes to in some scopes, of which there is at least one.

        Raises:
            Fell: with the scopes in which it has no value.
        """
        how = self.how.get(type(e))
        if how is None:
            return self.asked(e, scopes, self.level)
        self.level += 1
        self.reach(self.level, scopes)
        found = how(self, e, scopes)
        self.level -= 1
        return found

    def reach(self, level: int, scopes: Scopes) -> None:
        """Go down to a level.

        Raises:
            Fell: with all scopes, when that is too deep.
        """
        if level > self.deepest:
            if level > DEEPEST:
                raise Fell(scopes)
            self.deepest = level

    def asked(self, e: core.Expr, scopes: Scopes, above: int) -> Column:
        """What an expression comes to that lies below so many others, asked scope by scope.

        Raises:
            Fell: with the scopes in which it has no value.
        """

        def ask(scope: int) -> object:
            ledger = self.ledgers[scope]
            ledger.depth += above
            try:
                return self.ask(e, self.env(scope))
            finally:
                ledger.depth -= above

        return asked(scopes, zip(scopes, strict=True), ask)

    def split(self, e: core.Expr, scopes: Scopes) -> tuple[Scopes, Scopes]:
        """The scopes in which a condition holds, and those in which it does not.

        Raises:
            Fell: with those in which it has no answer.
        """
        found = self.value(e, scopes)
        if type(found) is Same and type(found.value) is bool:
            return (scopes, ()) if found.value else ((), scopes)
        answers = values(found, len(scopes))
        holds = [scope for scope, answer in zip(scopes, answers, strict=True) if answer is True]
        if len(holds) == len(scopes):
            return scopes, ()
        fails = [scope for scope, answer in zip(scopes, answers, strict=True) if answer is False]
        if len(fails) == len(scopes):
            return (), scopes
        if len(holds) + len(fails) < len(scopes):
            open_ = set(scopes) - {*holds, *fails}
            missing = {scope for scope, answer in zip(scopes, answers, strict=True) if isinstance(answer, Missing)}
            raise Absent(open_) if open_ == missing else Fell(open_)
        return holds, fails

    def once(self, key: object, scopes: Scopes, make: Callable[[Scopes], Column]) -> Column:
        """What is the same thing wherever it is asked for in a scope, worked out once for the same scopes."""
        known = self.kept.setdefault(key, [])
        for own, column, height in known:
            if own is scopes or own is self.scopes:
                self.reach(self.level + height, scopes)
                return column if own is scopes else taken(column, scopes)
        before, self.deepest = self.deepest, self.level
        column = make(scopes)
        known.append((scopes, column, self.deepest - self.level))
        self.deepest = max(before, self.deepest)
        return column

    def argument(self, e: core.Param, scopes: Scopes) -> Column:
        """What a parameter stands for: its argument, what a clause around offers, its default, or missing."""
        name = e.name
        first = self.instances[scopes[0]]
        if self.table is not None:
            constant = self.table.constant(name)
            if constant is not None:
                return self.figured(*constant, scopes)
            rate = self.table.rate(name)
            if rate is not None:
                column = self.over_time(*rate, scopes)
                if column is not None:
                    return column
            if name not in self.table.raw:
                return self.own(e, first, scopes)
            common = self.common(name)
            if common is not None:
                return self.value(common, scopes)
        elif all(self.instances[scope] is first for scope in scopes):
            return self.own(e, first, scopes)
        found: list[object] = []
        for scope in scopes:
            argument = self.instances[scope].arguments.get(name)
            value = throughout(argument) if argument is not None else None
            if type(value) is not core.Const:
                break
            found.append(value.value)
        else:
            return found
        if all(name not in self.instances[scope].arguments for scope in scopes):
            return self.own(e, first, scopes)
        return self.stretched(e, scopes)

    def common(self, name: str) -> core.Expr | None:
        """An argument of the first contract, in which the others differ in constants alone; none that leans on a scope.

        Args:
            name: of an argument that there is.
        """
        assert self.table is not None
        value = throughout(self.instances[0].arguments[name])
        plain = value is not None and all(isinstance(part, PLAIN) for part in expressions(value))
        constants = self.table.within(name) if plain else None
        self.constants |= constants or {}
        return value if constants is not None else None

    def figured(self, kind: str, at: int, scopes: Scopes) -> Column:
        """A parameter that is one constant, by where it stands among the figures of each contract."""
        assert self.table is not None
        grid = self.crowd.grid(self.table.casts)
        if kind == NUMBER:
            found: Column = Numbers(grid.column("tops", at), grid.column("belows", at))
        else:
            texts = grid.column("texts", at)
            found = Same(texts[0]) if texts.count(texts[0]) == len(texts) else list(texts)
        return found if scopes is self.scopes else taken(found, scopes)

    def over_time(self, per: str, at: int, scopes: Scopes) -> Column | None:
        """A parameter that is one rate, taken over the days of the clause; `None` when these are not the same for all.

        Raises:
            Fell: with all scopes, when a number may be too big.
        """
        assert self.table is not None
        days = self.days[scopes[0]]
        if not all(self.days[scope] is days for scope in scopes):
            return None
        times = (days.end - days.start).days + 1 if per == "day" else whole_months(days.start, days.end)
        if times is None:
            return None
        rate = self.figured(NUMBER, at, scopes)
        assert type(rate) is Numbers
        return checked(Numbers([times * top for top in rate.tops], rate.belows), scopes)

    def stretched(self, e: core.Param, scopes: Scopes) -> Column:
        """A parameter whose argument has several values, or leans on the contract's own or on a model's."""
        most = 0
        for scope in scopes if self.table is None else scopes[:1]:
            models, model = 0, self.instances[scope].model
            while model is not None:
                models, model = models + 1, model.model
            most = max(most, models)
        self.reach(self.level + most * NESTED, scopes)
        return self.asked(e, scopes, self.level - 1)

    def handed(self, spellings: Collection[str], scopes: Scopes) -> Column | None:
        """What the clause around offers under one of some names, where it was noted as columns for all scopes."""
        around = self.instances[scopes[0]].parent
        if around is None or around.parent is not None:
            return None
        noted = [self.ledgers[scope].results.noted.get(around.key) for scope in scopes]
        first = noted[0]
        if first is None or not all(one is not None and one[0] is first[0] for one in noted):
            return None
        word = next((word for word in spellings if word in first[0].columns), None)
        if word is None:
            return None
        column: Column = first[0].columns[word]
        return taken(column, [one[1] for one in noted if one is not None])

    def own(self, e: core.Param, instance: core.Instance, scopes: Scopes) -> Column:
        """A parameter of one clause, or one that none of several clauses is given."""
        declared, argument = instance.parameter(e.name), instance.arguments.get(e.name)
        if argument is not None:
            value = throughout(argument)
            if value is None or not all(isinstance(part, PLAIN) for part in expressions(value)):
                return self.stretched(e, scopes)
            return self.value(value, scopes)
        spellings = declared.spellings if declared is not None else ()
        handed: list[int] = []
        found: list[object] = []
        if not offered(instance).isdisjoint(spellings):
            column = self.handed(spellings, scopes)
            if column is not None:
                return column
            for scope in scopes:
                offers = offers_to(self.ledgers[scope], self.instances[scope])
                word = next((word for word in spellings if word in offers), None)
                if word is not None:
                    handed.append(scope)
                    found.append(offers[word])
        if len(handed) == len(scopes):
            return found
        missing = set(scopes) - set(handed)
        rest = [scope for scope in scopes if scope in missing] if handed else scopes
        if declared is not None and declared.default is not None:
            without = self.value(declared.default, rest)
        else:
            without = Same(Missing(f"{instance.key}: {e.name}", e.span))
        return merged([(handed, found), (rest, without)], scopes) if handed else without
