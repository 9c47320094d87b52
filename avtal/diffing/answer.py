"""A difference as plain data: what `avtal diff -O json` prints and what other programs are sent.

Every field is a text, a whole number, yes/no, nothing, or a sequence of such; an amount is an exact decimal text
(`1234.50`, or `1/3` when it has no end). Names and kinds are English whatever the language; words are in the one asked
for. The shape is kept: a field may be added, none changes its meaning.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen

from avtal import periods
from avtal.contract import Contract
from avtal.diffing.difference import Difference, Scope, Sum
from avtal.rendering.difference import Teller
from avtal.rendering.numbers import plain
from dsl.diagnostics import Diagnostic
from dsl.spans import Span, place


@frozen(kw_only=True)
class Place:
    """Where something stands in a text; lines start at 1."""

    file: str
    line: int
    column: int


@frozen(kw_only=True)
class ChangeAnswer:
    """One change at its origin: see `interpreter.diff.Change`.

    Args:
        subject, part: what is changed, in words.
        affects: the keys of the clauses whose meaning it changes.
    """

    kind: str
    thing: str
    key: str
    subject: str
    part: str
    old: str
    new: str
    old_place: Place | None
    new_place: Place | None
    start: str | None
    end: str | None
    of_meaning: bool
    affects: tuple[str, ...]


@frozen(kw_only=True)
class SideReason:
    """Why something can't be settled; `code` is empty when it is not a problem of the catalogue."""

    side: str
    code: str
    message: str


@frozen(kw_only=True)
class AmountAnswer:
    """What is paid before and after, for whom and when.

    Args:
        clause: the clause's key; empty for all clauses together.
        name: the clause in words.
        follows: its own meaning is unchanged.
        lacking: the sides that have no such thing: `old`, `new`.
    """

    clause: str
    name: str
    period: str
    start: str
    end: str
    buyer: str
    provider: str
    old: str | None
    new: str | None
    difference: str | None
    follows: bool
    lacking: tuple[str, ...]
    reasons: tuple[SideReason, ...]


@frozen(kw_only=True)
class CrossingAnswer:
    """A row or a result that moved across a threshold."""

    clause: str
    period: str
    buyer: str
    provider: str
    fact: str
    row: str
    day: str | None
    file: str
    line: int
    old: str
    new: str
    difference: str | None


@frozen(kw_only=True)
class EffectAnswer:
    """What a change comes to.

    Args:
        total: kr; `None` when it can't be told because something is not settled on both sides.
        clauses: those that come to something else, the largest change first.
        unlooked: rows of changed clauses that were too many to look for thresholds in.
        reasons: why a side can't be settled at all.
    """

    total: str | None
    clauses: tuple[AmountAnswer, ...]
    pairs: tuple[AmountAnswer, ...]
    crossings: tuple[CrossingAnswer, ...]
    unlooked: int
    reasons: tuple[SideReason, ...]


@frozen(kw_only=True)
class DifferenceAnswer:
    """What a change means and comes to.

    Args:
        contract: its name.
        changed: whether anything but the writing changed.
        clauses: the keys of the clauses whose meaning changed.
        editorial: what was only written otherwise, in words.
        effect: `None` when no data were given.
    """

    contract: str
    changed: bool
    clauses: tuple[str, ...]
    changes: tuple[ChangeAnswer, ...]
    editorial: tuple[str, ...]
    effect: EffectAnswer | None


def differed(difference: Difference, *, language: str = "") -> DifferenceAnswer:
    """A difference as plain data.

    Args:
        difference: as `avtal.diff` gave it.
        language: of the words, `sv` or `en`; the contract's own when empty.
    """
    teller = Teller(difference, language or difference.language)
    changes = difference.changes
    return DifferenceAnswer(
        contract=difference.name,
        changed=difference.changed,
        clauses=tuple(changes.clauses),
        changes=tuple(
            ChangeAnswer(
                kind=c.kind.value,
                thing=c.thing.value,
                key=c.key,
                subject=teller.subject(c),
                part=c.part[teller.at],
                old=c.old,
                new=c.new,
                old_place=_place(difference.old, c.old_span),
                new_place=_place(difference.new, c.new_span),
                start=str(c.start) if c.start else None,
                end=str(c.end) if c.end else None,
                of_meaning=c.of_meaning,
                affects=c.affects,
            )
            for c in changes.changes
        ),
        editorial=tuple(words[teller.at] for words in changes.written),
        effect=_effect(teller),
    )


def _place(side: Contract | None, span: Span | None) -> Place | None:
    text = side.texts.get(span.file) if side is not None and span is not None else None
    if span is None or text is None:
        return None
    at = place(text, span)
    return Place(file=span.file.rpartition("/")[2], line=at.line, column=at.column)


def _effect(teller: Teller) -> EffectAnswer | None:
    effect = teller.difference.effect
    if effect is None:
        return None
    return EffectAnswer(
        total=_money(effect.total),
        clauses=tuple(_amount(teller, c.scope, c.sum, c.clause, follows=c.follows) for c in teller.effects()),
        pairs=tuple(_amount(teller, p.scope, p.sum) for p in effect.pairs),
        crossings=tuple(
            CrossingAnswer(
                clause=c.clause,
                period=periods.name(c.scope.start, c.scope.end),
                buyer=c.scope.buyer[1],
                provider=c.scope.provider[1],
                fact=c.fact,
                row=c.row,
                day=str(c.day) if c.day else None,
                file=c.file,
                line=c.line,
                old=c.old[teller.at],
                new=c.new[teller.at],
                difference=_money(c.difference),
            )
            for c in effect.crossings
        ),
        unlooked=effect.unlooked,
        reasons=tuple(SideReason(side=side, code="", message=teller.reason(error)) for side, error in effect.failures),
    )


def _amount(teller: Teller, scope: Scope, found: Sum, clause: str = "", *, follows: bool = False) -> AmountAnswer:
    return AmountAnswer(
        clause=clause,
        name=teller.key(clause) if clause else "",
        period=periods.name(scope.start, scope.end),
        start=str(scope.start),
        end=str(scope.end),
        buyer=scope.buyer[1],
        provider=scope.provider[1],
        old=_money(found.old),
        new=_money(found.new),
        difference=_money(found.difference),
        follows=follows,
        lacking=found.lacking,
        reasons=(
            *_reasons(teller, "old", found.old_failures),
            *_reasons(teller, "new", found.new_failures),
        ),
    )


def _reasons(teller: Teller, side: str, failures: Sequence[Diagnostic]) -> tuple[SideReason, ...]:
    return tuple(SideReason(side=side, code=d.code, message=d.message(teller.language)) for d in failures)


def _money(amount: Fraction | None) -> str | None:
    return None if amount is None else plain(amount, 2)
