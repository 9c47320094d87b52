"""What changed in a contract's head: its name, parties, period and settlement terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from attrs import define

from dsl.lexicon import NAMES
from interpreter import core
from interpreter.diff.changes import Change, Kind, Thing, Words
from interpreter.diff.sides import Side
from interpreter.order import expressions

PARTS: tuple[tuple[str, Words], ...] = (
    ("start", ("period from", "period från")),
    ("end", ("period to", "period till")),
    ("settle", ("settle", "avräkning")),
    ("round_where", ("what is rounded", "vad som avrundas")),
    ("round_step", ("rounding", "avrundning")),
    ("round_mode", ("rounding", "avrundning")),
    ("prorate", ("prorate", "fördelning")),
    ("month_end", ("month_end", "månadsslut")),
)
Parties = Sequence[tuple[str, str]]


@define(eq=False)
class Terms:
    """The changes of a contract's head."""

    sides: tuple[Side, Side]

    def all(self) -> Iterator[Change]:
        """Every change."""
        old, new = (side.program.terms for side in self.sides)
        if old.name != new.name:
            yield self._change(Kind.RENAMED, ("name", "namn"), old.name, new.name)
        for field, part in PARTS:
            before, after = getattr(old, field), getattr(new, field)
            if before != after:
                yield self._change(Kind.VALUE, part, self._shown(0, before), self._shown(1, after))
        yield from self._parties(("buyer", "beställare"), old.buyers, new.buyers)
        yield from self._parties(("provider", "vårdgivare"), old.providers, new.providers)

    def _shown(self, side: int, value: core.Const | date | str) -> str:
        if isinstance(value, core.Const):
            return value.text
        text = str(value)
        return NAMES.get(text, text) if self.sides[side].program.language == "sv" else text

    def _change(self, kind: Kind, part: Words, old: str, new: str) -> Change:
        before, after = (side.program.terms for side in self.sides)
        return Change(
            kind=kind,
            thing=Thing.CONTRACT,
            key=after.name,
            name=(after.name, after.name),
            part=part,
            old=old,
            new=new,
            old_span=before.span,
            new_span=after.span,
        )

    def _parties(self, part: Words, old: Parties, new: Parties) -> Iterator[Change]:
        """Parties by code. Their order counts where a pool is shared: the öre that can't be shared go by it."""
        before, after = ({code: name for name, code in parties} for parties in (old, new))
        for code, name in after.items():
            if code not in before:
                yield self._change(Kind.ADDED, part, "", f"{name} ({code})")
            elif before[code] != name:
                yield self._change(Kind.RENAMED, part, f"{before[code]} ({code})", f"{name} ({code})")
        for code, name in before.items():
            if code not in after:
                yield self._change(Kind.REMOVED, part, f"{name} ({code})", "")
        order = [[code for _, code in parties if code in before and code in after] for parties in (old, new)]
        if order[0] != order[1]:
            kind = Kind.MOVED if any(shares(side.program) for side in self.sides) else Kind.EDITORIAL
            yield self._change(kind, part, ", ".join(order[0]), ", ".join(order[1]))


def shares(program: core.Program) -> bool:
    """Whether some clause shares a pool to the öre."""
    things = [*program.lets, *(step for i in program.instances for step in i.form.steps)]
    given = [argument for i in program.instances for argument in i.all_arguments()]
    found = (e for thing in (*things, *given) for e in expressions(thing))
    return any(isinstance(e, core.Aggregate) and e.kind == "portion" for e in found)
