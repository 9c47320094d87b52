"""What is asked of the engine before it is needed, so that it adds up while the first clauses are settled.

Small facts are read while contracts are opened. What a form asks of rows in any case, and no clause's amount decides,
is asked before the first clause is settled; the rest is asked by the clause that first comes to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set as AbstractSet
from itertools import chain
from typing import TypeGuard

from attrs import define, field

from dsl.alike import Shown
from interpreter import core
from interpreter.casts import tabled
from interpreter.lookup import FactIndex
from interpreter.order import expressions, inner_of
from interpreter.sets.answers import Place, any_of_them
from interpreter.sets.expressions import offered, throughout
from interpreter.sets.portfolio import Open


def plain(instances: Sequence[core.Instance]) -> bool:
    """Whether all that clauses are given is one constant or table each, which no other clause decides."""
    table = tabled(instances) if instances else None
    if table is not None and table.plain():
        return True
    return all(_plain(argument) for instance in instances for argument in instance.arguments.values())


def _plain(argument: core.Argument) -> bool:
    value = throughout(argument)
    named = value.of if isinstance(value, core.Renamed) else value
    return isinstance(named, core.Const | core.TableRef)


OTHERS = (
    core.Amount | core.Given | core.Aggregate | core.Pick | core.ColumnRef | core.GroupKey | core.Previous | core.LetRef
)
"""What asks for other clauses, rows that are added up, a row that a clause does not know, or a let not its own."""


@define(eq=False, repr=False)
class Decided(Shown):
    """What of clauses can be worked out before any other clause is settled, and without a sum over rows.

    What an expression asks for is found once: clauses of the same form, which are kept meanwhile, have it in common.
    """

    parts: dict[int, frozenset[str] | None] = field(factory=dict)

    def asked(self, value: core.Expr | core.Argument, lets: Mapping[str, core.Expr]) -> frozenset[str] | None:
        """The parameters that an expression asks for, by lets as well; `None` when it asks for something else too."""
        if id(value) not in self.parts:
            stack, names, seen = [value], set[str](), set[str]()
            while stack:
                for e in expressions(stack.pop()):
                    match e:
                        case core.Param(name):
                            names.add(name)
                        case core.LetRef(name, "") if name in lets:
                            if name not in seen:
                                seen.add(name)
                                stack.append(lets[name])
                        case _ if isinstance(e, OTHERS):
                            self.parts[id(value)] = None
                            return None
                        case _:
                            pass
            self.parts[id(value)] = frozenset(names)
        return self.parts[id(value)]

    def value(self, e: core.Expr, instance: core.Instance, lets: Mapping[str, core.Expr]) -> bool:
        """Whether an expression of a clause is such; `lets` are those of its form."""
        names = self.asked(e, lets)
        return names is not None and all(self.parameter(name, instance, lets) for name in names)

    def parameter(self, name: str, instance: core.Instance, lets: Mapping[str, core.Expr]) -> bool:
        """Whether a parameter of a clause is such."""
        argument, declared = instance.arguments.get(name), instance.parameter(name)
        if argument is not None:
            # What stands in the contract may lean on its own lets, and on the model that it stands in.
            value = throughout(argument)
            return type(value) is core.Const or self.asked(argument, {}) == frozenset()
        if declared is None or not offered(instance).isdisjoint(declared.spellings):
            return False
        return declared.default is None or self.value(declared.default, instance, lets)


class Facts(dict[str, FactIndex]):
    """Facts by name; one that is still being read is waited for when it is first asked for."""

    def __init__(self, late: dict[str, Callable[[], FactIndex]]) -> None:
        super().__init__()
        self._late = late

    def __missing__(self, name: str) -> FactIndex:
        """Wait for a fact."""
        found = self[name] = self._late[name]()
        return found

    def complete(self) -> None:
        """Wait for all of them, in the order in which contracts declare them."""
        every = {name: self[name] for name in self._late}
        self.clear()
        self.update(every)


def complete(opened: Sequence[Open]) -> None:
    """Wait for the facts of ledgers."""
    for one in opened:
        if isinstance(one.ledger.facts, Facts):
            one.ledger.facts.complete()


def keyed_facts(program: core.Program) -> frozenset[str]:
    """The facts whose rows a contract's clauses look up by key."""
    forms = {id(instance.form): instance.form for instance in program.instances}
    every = (e for form in forms.values() for e in expressions(form.steps))
    return frozenset(e.fact for e in every if isinstance(e, core.FactRow))


def asking_facts(program: core.Program, large: AbstractSet[str]) -> frozenset[str]:
    """The facts whose rows ask, each by itself, for rows of large ones: one query for all of them is faster.

    Args:
        program: a contract.
        large: the facts that have so many rows that none is at hand.
    """
    forms = {id(instance.form): instance.form for instance in program.instances}
    found: set[str] = set()
    stack: list[object] = [form.steps for form in forms.values()] if large else []
    while stack:
        match stack.pop():
            case core.Each(rows, _, _, steps) as each:
                stack.append(steps)
                if rows is not None and _asks(each, large):
                    found.add(rows.fact)
            case core.When(cases, otherwise):
                stack += [otherwise, *(then for _, then in cases)]
            case tuple() as several:
                stack += several
            case _:
                pass
    return frozenset(found)


def _asks(each: core.Each, large: AbstractSet[str]) -> bool:
    """Whether the steps of a row, or what chooses it, ask for rows of large facts."""
    inner = chain(expressions(each.steps), expressions(each.rows))
    return any(isinstance(e, core.Aggregate | core.Pick) and e.rows is not None and e.rows.fact in large for e in inner)


def placed(steps: Sequence[core.Stmt], month: core.Each | None = None) -> Iterator[tuple[Place, core.Each | None]]:
    """Every place of a form that is asked for once a clause, or once a month."""
    for step in steps:
        match step:
            case core.Each(None, _, _, inner):
                yield from placed(inner, step) if month is None else ()
            case core.Each():
                yield step, month
            case core.When(cases, otherwise):
                for condition, then in cases:
                    yield from ((e, month) for e in expressions(condition) if _asking(e))
                    yield from placed(then, month)
                yield from placed(otherwise, month)
            case _:
                yield from ((e, month) for e in expressions(step) if _asking(e))


def _asking(e: object) -> TypeGuard[core.Aggregate | core.Pick]:
    return isinstance(e, core.Aggregate) or any_of_them(e)


def surely(steps: Sequence[core.Stmt], month: core.Each | None = None) -> Iterator[tuple[Place, core.Each | None]]:
    """Those of the places that are asked for whatever a condition comes to."""
    for step in steps:
        match step:
            case core.Each(None, _, _, inner):
                yield from surely(inner, step) if month is None else ()
            case core.Each():
                yield step, month
            case core.When(cases, _):
                yield from ((e, month) for e in _evaluated(cases[0][0]))
            case _:
                yield from ((e, month) for e in _evaluated(step))


def _evaluated(thing: object) -> Iterator[core.Aggregate | core.Pick]:
    """The aggregates that are worked out whenever a step or expression is; those inside one are asked in its rows."""
    stack = [thing]
    while stack:
        match stack.pop():
            case found if _asking(found):
                yield found
            case core.Pick():
                pass  # what is asked there is asked in its rows
            case core.Cases(cases, _):
                stack.append(cases[0][0])
            case core.Logic(_, parts):
                stack.append(parts[0])
            case core.Else(of, _):
                stack.append(of)
            case tuple() as several:
                stack.extend(several)
            case other:
                stack.extend([getattr(other, name) for name in inner_of(type(other))])
