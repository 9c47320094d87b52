"""A difference between two contracts as text for a terminal and as Markdown for a merge request: the same sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import define

from avtal import periods
from avtal.diffing.difference import ClauseEffect, Crossing, Difference, Scope, Sum
from avtal.errors import AvtalError
from avtal.rendering.numbers import kronor
from avtal.rendering.terminal import visible
from dsl.diagnostics import Diagnostic
from dsl.spans import Span, place
from interpreter.diff import Change, Kind, Thing
from interpreter.diff.changes import Words

THINGS: dict[Thing, Words] = {
    Thing.CONTRACT: ("terms", "villkor"),
    Thing.CLAUSE: ("clause", "post"),
    Thing.FORM: ("form", "ersättningsform"),
    Thing.MODEL: ("model", "modell"),
    Thing.TABLE: ("table", "tabell"),
    Thing.INDEX: ("index", "indexserie"),
    Thing.LET: ("let", "låt"),
    Thing.SUBTOTAL: ("subtotal", "delsumma"),
    Thing.INDICATOR: ("indicator", "indikator"),
    Thing.PROMISE: ("promise", "löfte"),
    Thing.FACT: ("fact", "underlag"),
    Thing.EXAMPLE: ("example", "räkneexempel"),
}
KINDS: dict[Kind, Words] = {
    Kind.VALUE: ("value", "värde"),
    Kind.UNIT: ("unit", "enhet"),
    Kind.CONDITION: ("condition", "villkor"),
    Kind.ADDED: ("added", "tillkommer"),
    Kind.REMOVED: ("removed", "utgår"),
    Kind.MOVED: ("moved", "flyttad"),
    Kind.RENAMED: ("renamed", "byter namn"),
    Kind.EDITORIAL: ("editorial", "redaktionell"),
}
WORDS: dict[str, Words] = {
    "title": ("What changes", "Vad som ändras"),
    "none": ("No change of meaning", "Ingen ändring av betydelsen"),
    "kronor": ("In kronor", "I kronor"),
    "old": ("Before", "Före"),
    "new": ("After", "Efter"),
    "difference": ("Change", "Ändring"),
    "clause": ("Clause", "Post"),
    "period": ("Period", "Period"),
    "provider": ("Provider", "Vårdgivare"),
    "total": ("In all", "Totalt"),
    "totals": ("By provider and period", "Per vårdgivare och period"),
    "follows": ("follows", "följer"),
    "crossed": ("Across a threshold", "Över en tröskel"),
    "failed": ("can't be settled", "kan inte avräknas"),
    "reasons": ("Not settled", "Inte avräknat"),
    "untold": ("can't be compared", "går inte att jämföra"),
    "settled": ("Settled both before and after", "Avräknat både före och efter"),
    "both": ("Before and after", "Före och efter"),
    "unlooked": (
        "conditions were not looked for in clauses with {} more lines: too many",
        "villkor har inte sökts i poster med ytterligare {} rader: för många",
    ),
    "unpaid": ("not paid", "inte betald"),
    "no_effect": ("No change in kronor on these data", "Ingen ändring i kronor på detta underlag"),
    "written": ("Editorial", "Redaktionellt"),
    "missing": ("not there", "finns inte"),
}


@define
class Teller:
    """Says what a difference is, in one language."""

    difference: Difference
    language: str

    @property
    def at(self) -> int:
        """Which of a pair of (English, Swedish) is meant."""
        return int(self.language == "sv")

    def word(self, name: str) -> str:
        """A word of the report."""
        return WORDS[name][self.at]

    def kronor(self, amount: Fraction | None, *, signed: bool = False) -> str:
        """An amount; what can't be settled says so, and is never a zero."""
        if amount is None:
            return self.word("failed")
        plus = "+" if signed and amount > 0 else ""
        return f"{plus}{kronor(amount, self.language)}"

    def key(self, key: str) -> str:
        """A clause's key in the reader's words."""
        return visible(self.difference.changes.names.get(key, (key, key))[self.at])

    # --- changes

    def groups(self) -> Iterator[tuple[str, list[Change]]]:
        """The changes of meaning under what they are changes of, in their order."""
        found: dict[str, list[Change]] = {}
        for change in self.difference.changes.of_meaning:
            found.setdefault(self.subject(change), []).append(change)
        yield from found.items()

    def subject(self, change: Change) -> str:
        """What is changed."""
        name = change.name[self.at]
        if change.thing is Thing.CLAUSE:
            return visible(name)
        return visible(f"{THINGS[change.thing][self.at]} {name if change.thing is not Thing.CONTRACT else ''}".strip())

    def change(self, change: Change) -> str:
        """A change in a line: its part, what it was and is, and the days."""
        part = change.part[self.at]
        days = self.days(change)
        kind = KINDS[change.kind][self.at]
        old, new = (visible(text) for text in (change.old, change.new))
        match change.kind:
            case Kind.ADDED | Kind.REMOVED:
                said = f"{kind}: {new or old}" if new or old else kind
            case Kind.RENAMED | Kind.MOVED:
                said = f"{kind}: {old} → {new}"
            case Kind.UNIT | Kind.CONDITION:
                said = f"{old or '–'} → {new or '–'} ({kind})"
            case _:
                said = f"{old or '–'} → {new or '–'}"
        return f"{f'{visible(part)}: ' if part else ''}{said}{f', {days}' if days else ''}"

    def days(self, change: Change) -> str:
        """The days that a change is about."""
        words = (
            ("from {}", "from {} to {}", "to {}")
            if self.language == "en"
            else ("från {}", "från {} till {}", "till {}")
        )
        if change.start and change.end:
            return words[1].format(change.start, change.end)
        if change.start or change.end:
            return words[0 if change.start else 2].format(change.start or change.end)
        return ""

    def because(self, change: Change) -> str:
        """The clauses that a change elsewhere reaches."""
        if change.thing is Thing.CLAUSE and len(change.affects) < 2:
            return ""
        names = [self.key(key) for key in change.affects]
        shown = ", ".join(names[:MOST_NAMED]) + (f", … ({len(names)})" if len(names) > MOST_NAMED else "")
        return f"{('changes ', 'ändrar ')[self.at]}{shown}" if shown else ""

    def where(self, change: Change) -> str:
        """The place of a change: in the new text, or in the old one for what went."""
        side, span = (
            (self.difference.new, change.new_span) if change.new_span else (self.difference.old, change.old_span)
        )
        if side is None or span is None:
            return ""
        return spot(side.texts, span)

    # --- kronor

    def scope(self, scope: Scope) -> str:
        """Whom and when, short."""
        party = scope.provider[1] or scope.provider[0]
        buyer = f"{scope.buyer[1]}–" if self.several_buyers() and scope.buyer[1] else ""
        return visible(f"{periods.name(scope.start, scope.end)} {buyer}{party}".strip())

    def several_buyers(self) -> bool:
        """Whether the contract has several buyers, so that they must be told apart."""
        effect = self.difference.effect
        return effect is not None and len({pair.scope.buyer for pair in effect.pairs}) > 1

    def amounts(self, found: Sum) -> tuple[str, str, str]:
        """Before, after and the change."""
        old, new = (
            self.word("missing") if name in found.lacking else self.kronor(amount)
            for name, amount in (("old", found.old), ("new", found.new))
        )
        changed = found.difference
        return old, new, "–" if changed is None else self.kronor(changed, signed=True)

    def effect(self, one: ClauseEffect) -> str:
        """A clause of an effect; one whose own meaning is unchanged is said to follow."""
        return self.key(one.clause) + (f" ({self.word('follows')})" if one.follows else "")

    def crossing(self, one: Crossing) -> str:
        """What moved across a threshold, in a line."""
        what = f"{one.fact} {one.row}".strip()
        place_ = f" ({one.file}:{one.line})" if one.file else ""
        old, new = (side[self.at] or self.word("unpaid") for side in (one.old, one.new))
        amount = f", {self.kronor(one.difference, signed=True)}" if one.difference is not None else ""
        head = ", ".join(filter(None, (self.key(one.clause), what)))
        return visible(f"{self.scope(one.scope)} {head}{place_}: {old} → {new}{amount}")

    def total(self) -> str:
        """The change in all; where something could not be settled, what it is without that, and no total."""
        effect = self.difference.effect
        if effect is None or effect.failures:
            return f"{self.word('total')}: {self.word('untold')}"
        if effect.total is not None:
            return f"{self.word('total')}: {self.kronor(effect.total, signed=True)}"
        lacking = ", ".join(map(self.scope, effect.unknown[:MOST_NAMED])) + (", …" * (len(effect.unknown) > MOST_NAMED))
        if len(effect.unknown) == len(effect.pairs):
            return f"{self.word('total')}: {self.word('untold')} ({lacking})"
        known = self.kronor(effect.known, signed=True)
        return f"{self.word('settled')}: {known}. {self.word('untold').capitalize()}: {lacking}"

    def failures(self) -> list[str]:
        """Why amounts are lacking: each reason once, with its side and code."""
        effect = self.difference.effect
        if effect is None:
            return []
        found = [f"{self.word(name)}: {self.word('failed')}: {self.reason(error)}" for name, error in effect.failures]
        for one in [*(c.sum for c in effect.clauses), *(p.sum for p in effect.pairs)]:
            old, new = ([self.told(failure) for failure in side] for side in (one.old_failures, one.new_failures))
            found += [f"{self.word('both')}: {reason}" for reason in old if reason in new]
            found += [f"{self.word('old')}: {reason}" for reason in old if reason not in new]
            found += [f"{self.word('new')}: {reason}" for reason in new if reason not in old]
        return [visible(text) for text in dict.fromkeys(found)]

    def reason(self, error: AvtalError) -> str:
        """Why a side can't be settled."""
        return error.text(self.language)

    def told(self, failure: Diagnostic) -> str:
        """A failure with its code."""
        return f"{failure.message(self.language)} [{failure.code}]"

    def effects(self) -> Sequence[ClauseEffect]:
        """The clauses that come to something else, the largest change first."""
        effect = self.difference.effect
        return [one for one in effect.clauses if not one.sum.same] if effect is not None else []


MOST_NAMED = 6


def spot(texts: object, span: Span) -> str:
    """A file and line, as `contract.avtal:12`."""
    text = texts.get(span.file, "") if isinstance(texts, dict) else ""
    name = span.file.rpartition("/")[2]
    return f"{name}:{place(text, span).line}" if text else ""
