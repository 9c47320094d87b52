"""The clauses of a settlement in their turn, and which of them are settled for many ledgers at once."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

from dsl.alike import Shown
from interpreter import core
from interpreter.casts import Ranked, Ranks
from interpreter.clerk import Hire, settle_clause
from interpreter.sets.abreast import Ask, Crowd
from interpreter.sets.ahead import Decided
from interpreter.sets.many import Clause, prepared, settle_abreast
from interpreter.sets.portfolio import Open
from interpreter.sets.relation import Engine
from interpreter.settle import Progress

MANY = 4
"""For how many parties, periods and contracts a clause is settled abreast."""

Group = tuple[Crowd, Ranks]
"""The ledgers of contracts that are alike, and for each of them the clauses of its contract."""


def grouped(opened: Sequence[Open]) -> Group:
    """The ledgers of contracts that are alike, of which there is at least one."""
    return Crowd([one.ledger for one in opened]), Ranks([one.program for one in opened])


def alike(instances: Sequence[core.Instance]) -> bool:
    """Whether clauses, and those around them, have the same forms."""
    if isinstance(instances, Ranked):
        return True
    level: Sequence[core.Instance | None] = instances
    while level[0] is not None:
        form = level[0].form
        if not all(one is not None and one.form is form for one in level):
            return False
        level = [one.parent for one in level if one is not None]
    return all(one is None for one in level)


def forms_of(instance: core.Instance) -> tuple[int, ...]:
    """The identities of a clause's form and of those around it, which may hand something on: what is alike in them."""
    found: list[int] = []
    up: core.Instance | None = instance
    while up is not None:
        found.append(id(up.form))
        up = up.parent
    return tuple(found)


@define(eq=False, repr=False)
class Turns(Shown):
    """The clauses of ledgers in their turn.

    Args:
        groups: the ledgers.
        ask: says what an expression comes to in one scope.
        hire: who settles a clause of one ledger.
        prepared: clauses by the number of their group and their place in it, as far as they have been worked out.
    """

    groups: Sequence[Group]
    ask: Ask
    hire: Hire
    prepared: dict[tuple[int, int], Clause | None] = field(factory=dict)

    def prepare(self, engine: Engine) -> None:
        """Work out what can be known of clauses as long as the engine is at work."""
        decided = Decided()
        for group, (crowd, clauses) in enumerate(self.groups):
            for at in range(len(clauses) if len(crowd.ledgers) >= MANY else 0):
                if engine.idle():
                    return
                instances = clauses.at(at)
                if alike(instances):
                    self.prepared[group, at] = prepared(crowd, instances, self.ask, self.hire, decided)

    def settle(self, progress: Progress | None) -> None:
        """Settle every clause of every ledger: the first of all of them, then the second, and so on.

        Args:
            progress: told (clause, done, of) as work goes on.
        """
        total = sum(len(clauses) * len(crowd.ledgers) for crowd, clauses in self.groups)
        done = 0
        for at in range(max((len(clauses) for _, clauses in self.groups), default=0)):
            for group, (crowd, clauses) in enumerate(self.groups):
                if at < len(clauses):
                    instances = clauses.at(at)
                    self.clause(crowd, instances, self.prepared.pop((group, at), None))
                    done += len(instances)
                    if progress is not None:
                        progress(instances[0].key, done, total)

    def clause(self, crowd: Crowd, instances: Sequence[core.Instance], ready: Clause | None) -> None:
        """Settle one clause of ledgers whose contracts are alike."""
        if len(instances) < MANY:
            for ledger, instance in zip(crowd.ledgers, instances, strict=True):
                settle_clause(ledger, instance, self.hire)
            return
        if alike(instances):
            settle_abreast(crowd, instances, self.ask, self.hire, ready)
            return
        forms: dict[tuple[int, ...], list[int]] = {}
        for at, instance in enumerate(instances):
            forms.setdefault(forms_of(instance), []).append(at)
        for own in forms.values():
            settle_abreast(crowd.some(own), [instances[at] for at in own], self.ask, self.hire)
