"""What a generated expression can see, by the rules of `interpreter.names`: no name that could mean two things."""

from __future__ import annotations

from attrs import define, evolve, field, frozen

from agree import kinds as k
from agree.facts import FactSpec, TableSpec


@frozen
class Leaf:
    """A name as it is written, what kind it is of, whether it may be missing, and whether it is of a row."""

    text: str
    kind: str
    maybe: bool = False
    row: bool = False


@define
class Frame:
    """A row in sight: its prefix (empty when its columns are seen bare), and the lets of its fact.

    `grouped` says that it is one of the group around, whose columns are what it is grouped by.
    """

    prefix: str
    fact: FactSpec
    lets: list[Leaf]
    own: bool = False
    grouped: bool = False


@define
class Scope:
    """What can be named.

    Args:
        leaves: parameters and lets.
        frames: the rows around, outermost first.
        facts: what can be aggregated; `lets` are the derived columns of each by name.
        tables: what can be looked up.
        clauses: amounts and gifts of other clauses.
        keys: what the group around is grouped by.
        deep: how many aggregates are around.
        contract: whether it is the contract's own, and not a form's.
        alone: whether no clause can be asked for, as over providers.
        of_row: whether a let here is the row's.
    """

    leaves: list[Leaf] = field(factory=list)
    frames: tuple[Frame, ...] = ()
    facts: list[FactSpec] = field(factory=list)
    lets: dict[str, list[Leaf]] = field(factory=dict)
    tables: list[tuple[str, TableSpec]] = field(factory=list)
    clauses: list[Leaf] = field(factory=list)
    keys: list[Leaf] = field(factory=list)
    group: FactSpec | None = None
    month: bool = False
    deep: int = 0
    contract: bool = False
    alone: bool = False
    of_row: bool = False

    def inner(self, *frames: Frame, deep: int = 1) -> Scope:
        """The same with more rows in sight."""
        return evolve(self, frames=(*self.frames, *frames), deep=self.deep + deep)

    def block(self) -> Scope:
        """The same for a block, whose lets are not seen outside it."""
        return evolve(self, leaves=list(self.leaves), lets={name: list(lets) for name, lets in self.lets.items()})

    def hides(self, frame: Frame, name: str) -> bool:
        """Whether a column or let of a row could also mean what the rows around are grouped by."""
        return not frame.prefix and not frame.grouped and any(key.text == name for key in self.keys)

    def seen(self, kind: str) -> list[Leaf]:
        """The names of a kind."""
        kinds = (k.NUMBER, k.SHARE) if kind in (k.NUMBER, k.SHARE) else (kind,)
        found = [leaf for leaf in (*self.leaves, *self.clauses) if leaf.kind in kinds]
        for at, frame in enumerate(self.frames):
            others = [f for i, f in enumerate(self.frames) if i != at and f.fact is frame.fact]
            if frame.prefix or not any(not f.prefix for f in others):
                found += [
                    Leaf(frame.prefix + c.name, c.kind, c.optional, row=True)
                    for c in frame.fact.columns
                    if c.kind in kinds and not self.hides(frame, c.name)
                ]
            if frame.prefix or not any(not f.prefix or f.own for f in others):
                lets = [let for let in frame.lets if let.kind in kinds and not self.hides(frame, let.text)]
                found += [Leaf(frame.prefix + let.text, let.kind, let.maybe, row=True) for let in lets]
        hidden = {c.name for frame in self.frames for c in frame.fact.columns if not frame.prefix}
        found += [key for key in self.keys if key.kind in kinds and key.text not in hidden]
        return found
