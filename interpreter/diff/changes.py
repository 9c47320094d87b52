"""What a difference between two contracts is made of: changes, each at its origin, with the clauses that it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum

from attrs import field, frozen

from dsl.spans import Span

Words = tuple[str, str]
"""A name or a part in (English, Swedish)."""


class Kind(Enum):
    """What sort of change it is."""

    VALUE = "value"
    UNIT = "unit"
    CONDITION = "condition"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RENAMED = "renamed"
    EDITORIAL = "editorial"
    """Written otherwise, and meaning the same."""


class Thing(Enum):
    """What is changed."""

    CONTRACT = "contract"
    CLAUSE = "clause"
    FORM = "form"
    MODEL = "model"
    TABLE = "table"
    INDEX = "index"
    LET = "let"
    SUBTOTAL = "subtotal"
    INDICATOR = "indicator"
    PROMISE = "promise"
    FACT = "fact"
    EXAMPLE = "example"


@frozen(kw_only=True)
class Change:
    """One change, where it was made.

    Args:
        kind: what sort of change it is.
        thing: what is changed.
        key: the clause's key, or the thing's name; that of the old contract for what is removed.
        name: the same in (English, Swedish).
        part: what of it: a parameter, a row, a line of a form; empty for all of it.
        old, new: the contract's own words, short; empty where there are none.
        old_span, new_span: where they stand; `None` where there is nothing.
        start, end: the days that the change is about, both included; `None` is open.
        affects: the keys of the clauses whose meaning it changes.
    """

    kind: Kind
    thing: Thing
    key: str
    name: Words
    part: Words = ("", "")
    old: str = ""
    new: str = ""
    old_span: Span | None = field(default=None, repr=False)
    new_span: Span | None = field(default=None, repr=False)
    start: date | None = None
    end: date | None = None
    affects: tuple[str, ...] = ()

    @property
    def of_meaning(self) -> bool:
        """Whether the contract now means something else."""
        return self.kind is not Kind.EDITORIAL


@frozen(kw_only=True)
class Changes:
    """All that differs between two contracts.

    Args:
        changes: in the order of the new text; the contract's terms first, then clauses, then what they are made of.
        keys: the old key of each clause that both contracts have → its new key.
        names: a clause's key → the clause in (English, Swedish).
        turning: the clauses whose rows may be paid by another case, since their conditions ask for something else.
        rows: those of them where it is their rows' own conditions that ask.
        written: what was only written otherwise, in (English, Swedish): layout, order, language.
    """

    changes: tuple[Change, ...] = ()
    keys: Mapping[str, str] = field(factory=dict, repr=False)
    names: Mapping[str, Words] = field(factory=dict, repr=False)
    turning: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()
    written: tuple[Words, ...] = ()

    @property
    def of_meaning(self) -> tuple[Change, ...]:
        """The changes of meaning: none means that every settlement comes out as before."""
        return tuple(change for change in self.changes if change.of_meaning)

    @property
    def clauses(self) -> dict[str, tuple[Change, ...]]:
        """The clauses whose meaning changed, each with what changed it, its own changes first."""
        found: dict[str, list[Change]] = {}
        for change in self.of_meaning:
            for key in change.affects:
                found.setdefault(key, []).append(change)
        return {key: tuple(sorted(own, key=lambda c: c.thing is not Thing.CLAUSE)) for key, own in found.items()}
