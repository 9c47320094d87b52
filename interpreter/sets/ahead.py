"""What is asked of the engine before it is needed, so that it adds up while the first clauses are settled.

Small facts are read while contracts are opened. What a form asks of rows in any case, and no clause's amount decides,
is asked before the first clause is settled; the rest is asked by the clause that first comes to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from interpreter import core
from interpreter.clerk import clause_days
from interpreter.lookup import FactIndex
from interpreter.order import expressions, inner_of
from interpreter.runtime import Known, Ledger
from interpreter.sets.answers import Place
from interpreter.sets.clauses import QuickClerk
from interpreter.sets.expressions import constant_arguments
from interpreter.sets.portfolio import Open
from interpreter.sets.relation import Engine
from interpreter.values import Failure

Early = dict[tuple[int, int], dict[tuple[str, object], Known]]
"""What lets of clauses came to, by the identities of a clause and its ledger."""


def early(
    contracts: Sequence[tuple[core.Program, Sequence[Open]]],
    hire: Callable[[core.Instance, Ledger], QuickClerk],
    engine: Engine,
) -> Early:
    """Work out what clauses define without other clauses and sums over rows, as long as the engine is at work."""
    found: Early = {}
    for program, opened in contracts:
        for instance in program.order:
            if engine.idle():
                return found
            for one in opened:
                days, clerk = clause_days(one.ledger, instance), hire(instance, one.ledger)
                if days is not None and clerk.plan.early and clerk.planned():
                    scope = clerk.scope(days)
                    for run in clerk.plan.early:
                        with suppress(Failure):  # whoever asks for it fails
                            run(scope)
                    found[id(instance), id(one.ledger)] = scope.lets
    return found


def plain(instance: core.Instance) -> bool:
    """Whether all that a clause is given is one constant each, which no other clause decides."""
    return len(constant_arguments(instance)) == len(instance.arguments)


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


def placed(steps: Sequence[core.Stmt], month: core.Each | None = None) -> Iterator[tuple[Place, core.Each | None]]:
    """Every aggregate and every `each` over rows of a form that is asked for once a clause, or once a month."""
    for step in steps:
        match step:
            case core.Each(None, _, _, inner):
                yield from placed(inner, step) if month is None else ()
            case core.Each():
                yield step, month
            case core.When(cases, otherwise):
                for condition, then in cases:
                    yield from ((e, month) for e in expressions(condition) if isinstance(e, core.Aggregate))
                    yield from placed(then, month)
                yield from placed(otherwise, month)
            case _:
                yield from ((e, month) for e in expressions(step) if isinstance(e, core.Aggregate))


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


def _evaluated(thing: object) -> Iterator[core.Aggregate]:
    """The aggregates that are worked out whenever a step or expression is; those inside one are asked in its rows."""
    stack = [thing]
    while stack:
        match stack.pop():
            case core.Aggregate() as found:
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
