"""What `avtal.diff` gives: the changes of meaning and, with data, what they come to in kronor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from attrs import field, frozen

from avtal.contract import Contract
from avtal.errors import AvtalError
from dsl.diagnostics import Diagnostic
from interpreter.diff import Changes
from interpreter.diff.changes import Words

Party = tuple[str, str]
"""A party's name and code."""


@frozen(kw_only=True)
class Sum:
    """What is paid before and after a change.

    Args:
        old, new: kr; `None` where it can't be settled. What a contract does not have pays 0.
        lacking: on which sides there is no such thing: `old`, `new`.
        old_failures, new_failures: why it can't be settled.
    """

    old: Fraction | None
    new: Fraction | None
    lacking: tuple[str, ...] = ()
    old_failures: tuple[Diagnostic, ...] = field(default=(), repr=False)
    new_failures: tuple[Diagnostic, ...] = field(default=(), repr=False)

    @property
    def difference(self) -> Fraction | None:
        """New minus old, in kr; `None` when either can't be settled."""
        return None if self.old is None or self.new is None else self.new - self.old

    @property
    def same(self) -> bool:
        """Whether nothing changed: the same amount, or not settled for the same reasons."""
        if self.old is None and self.new is None:
            return [d.code for d in self.old_failures] == [d.code for d in self.new_failures]
        return self.old is not None and self.old == self.new


@frozen(kw_only=True)
class Scope:
    """Whom and which days an amount is for."""

    start: date
    end: date
    buyer: Party = ("", "")
    provider: Party = ("", "")


@frozen(kw_only=True)
class Crossing:
    """A row or a result that a change moved across a threshold.

    Args:
        clause: the key of the clause.
        fact, row: the row of data; empty when it is the clause as a whole, or a month of it.
        day, file, line: its date and place.
        old, new: what became of it: the label of the case that paid it, or the condition with its answer; empty
            where it was not paid.
        difference: what it is paid more, in kr; `None` when that is not known for it alone.
    """

    clause: str
    scope: Scope
    fact: str = ""
    row: str = ""
    day: date | None = None
    file: str = ""
    line: int = 0
    old: Words = ("", "")
    new: Words = ("", "")
    difference: Fraction | None = None


@frozen(kw_only=True)
class ClauseEffect:
    """What a change comes to for one clause, provider and period.

    Args:
        clause: its key, that of the new contract where both have it.
        follows: its own meaning is unchanged; it follows from other clauses.
        given: what it gives others, where that changed: name, old and new.
    """

    clause: str
    scope: Scope
    sum: Sum
    follows: bool
    given: tuple[tuple[str, object, object], ...] = ()


@frozen(kw_only=True)
class PairEffect:
    """What a change comes to for one provider and period, all clauses together."""

    scope: Scope
    sum: Sum


@frozen(kw_only=True)
class Effect:
    """What a change comes to on data.

    Args:
        clauses: those whose amount changed or can't be settled on both sides, the largest change first.
        pairs: every provider and period, the largest change first.
        crossings: what moved across a threshold, the largest first.
        unlooked: rows whose amount changed and that were too many to look for a threshold in.
        failures: what stands in the way of settling one side at all: `old` or `new`, and why.
    """

    clauses: tuple[ClauseEffect, ...] = ()
    pairs: tuple[PairEffect, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    unlooked: int = 0
    failures: tuple[tuple[str, AvtalError], ...] = ()

    @property
    def total(self) -> Fraction | None:
        """The change of all totals together, in kr; `None` when any can't be settled on both sides."""
        if self.failures:
            return None
        found = [pair.sum.difference for pair in self.pairs]
        known = [one for one in found if one is not None]
        return sum(known, Fraction(0)) if len(known) == len(found) else None

    @property
    def known(self) -> Fraction:
        """The change of those totals that could be settled on both sides, in kr; what is `unknown` is not in it."""
        return sum((pair.sum.difference or Fraction(0) for pair in self.pairs), Fraction(0))

    @property
    def unknown(self) -> tuple[Scope, ...]:
        """The providers and periods that could not be settled on both sides."""
        return tuple(pair.scope for pair in self.pairs if pair.sum.difference is None)


@frozen(kw_only=True)
class Difference:
    """What a change of a contract means and comes to.

    Args:
        old, new: the contracts; `None` where there is none.
        changes: the changes of meaning, each at its origin.
        effect: in kronor; `None` when no data were given.
    """

    old: Contract | None = field(repr=False)
    new: Contract | None = field(repr=False)
    changes: Changes
    effect: Effect | None = None

    @property
    def changed(self) -> bool:
        """Whether the contract means something else, or comes to something else, or that can't be told."""
        effect = self.effect
        if effect is None:
            return bool(self.changes.of_meaning)
        moved = [one for one in (*(c.sum for c in effect.clauses), *(p.sum for p in effect.pairs)) if not one.same]
        return bool(self.changes.of_meaning or effect.failures or moved)

    @property
    def name(self) -> str:
        """The contract's name."""
        side = self.new or self.old
        return side.name if side is not None else ""

    @property
    def language(self) -> str:
        """The vocabulary that the contract is written in now."""
        side = self.new or self.old
        return side.language if side is not None else "sv"


def largest(effects: Sequence[ClauseEffect]) -> tuple[ClauseEffect, ...]:
    """What can't be settled first, then the largest changes."""
    return tuple(sorted(effects, key=_size))


def _size(effect: ClauseEffect) -> tuple[bool, Fraction]:
    difference = effect.sum.difference
    return difference is not None, -abs(difference or Fraction(0))
