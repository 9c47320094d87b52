"""Which clause of the new contract is which of the old one.

By its key first; then by what a clause says that it was called; then what is certain: the only clause that went and the
only one that came that mean the same (renamed), or that have the same form and label elsewhere (moved). All else went
or came.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from attrs import define, field

from interpreter import core
from interpreter.diff.changes import Kind
from interpreter.diff.sides import Side, own_name, suffix

Name = Callable[[Side, core.Instance], Hashable]


@define(eq=False)
class Pairs:
    """The pairs, and how those were found that have another key in the new contract.

    Args:
        of: the new clause by the old one's key.
        how: renamed or moved, by the old clause's key.
    """

    old: Side
    new: Side
    of: dict[str, core.Instance] = field(factory=dict)
    how: dict[str, Kind] = field(factory=dict)
    _taken: set[str] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self._below()
        self._told()
        self._shared(strict=True)
        self._alike(lambda side, i: (self._parent(side, i), side.clause(i)), Kind.RENAMED)
        self._alike(lambda _, i: own_name(i) if suffix(i) else id(i), Kind.MOVED)
        self._shared(strict=False)

    def pairs(self) -> list[tuple[core.Instance, core.Instance]]:
        """The clauses that both have, old and new, in the order of the new text."""
        before = {new.key: i for i in self.old.program.instances if (new := self.of.get(i.key)) is not None}
        return [(before[i.key], i) for i in self.new.program.instances if i.key in before]

    def gone(self) -> list[core.Instance]:
        """The clauses that only the old contract has."""
        return [i for i in self.old.program.instances if i.key not in self.of]

    def come(self) -> list[core.Instance]:
        """The clauses that only the new contract has."""
        return [i for i in self.new.program.instances if i.key not in self._taken]

    def _pair(self, found: Iterable[tuple[core.Instance, core.Instance]]) -> None:
        for old, new in found:
            self.of[old.key] = new
            self._taken.add(new.key)

    def _parent(self, side: Side, instance: core.Instance) -> Hashable:
        """The clause around one, by its new key where both have it; a clause of one side alone is around no pair."""
        up = instance.parent
        if up is None or (side is self.new and up.key in self._taken):
            return up and up.key
        return self.of[up.key].key if side is self.old and up.key in self.of else (id(side), up.key)

    def _below(self) -> None:
        """Pair those of one name whose parents are a pair, level by level."""
        while True:
            there = {(self._parent(self.new, i), own_name(i)): i for i in self.come()}
            named = [(i, there.get((self._parent(self.old, i), own_name(i)))) for i in self.gone()]
            found = [(old, new) for old, new in named if new is not None]
            if not found:
                return
            self._pair(found)

    def _told(self) -> None:
        """Pair those that say what they were called: their label or code, or their whole key."""
        for new in self.come():
            asked = (new.was, f'["{new.was}"]', f"[{new.was}]")
            found = [
                old
                for old in self.gone()
                if new.was
                and (new.was in (old.key, self.old.name(old)[1]) or (same_form(old, new) and suffix(old) in asked))
            ]
            if len(found) == 1:
                self.how[found[0].key] = Kind.RENAMED
                self._pair([(found[0], new)])
        self._below()

    def _alike(self, name: Name, kind: Kind) -> None:
        """Pair those that are the only ones on their side of one name."""
        sides: list[dict[Hashable, list[core.Instance]]] = [{}, {}]
        for found, side, alone in zip(sides, (self.old, self.new), (self.gone(), self.come()), strict=True):
            for instance in alone:
                found.setdefault(name(side, instance), []).append(instance)
        for at, old in sides[0].items():
            new = sides[1].get(at, [])
            if len(old) == len(new) == 1:
                self.how[old[0].key] = kind
                self._pair([(old[0], new[0])])
        self._below()

    def _shared(self, *, strict: bool) -> None:
        """Let both sides call a pair by its new key from here on."""
        self.old.pair({key: new.key for key, new in self.of.items()}, strict=strict)
        self.new.pair({new.key: new.key for new in self.of.values()}, strict=strict)


def same_form(old: core.Instance, new: core.Instance) -> bool:
    """Whether two clauses have the same form, whichever of its names is declared first."""
    return bool({old.form.name, old.form.swedish} & {new.form.name, new.form.swedish} - {""})
