"""A difference as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from avtal.diffing.difference import Difference, Effect
from avtal.rendering.difference import Teller
from avtal.rendering.terminal import BOLD, DIM, GREEN, RED, YELLOW, Paint, left, right, width
from interpreter.diff import Kind

MOST_LINES = 40
"""How many lines of one table or list are shown; the rest are counted."""

Row = tuple[str, ...]


def text(difference: Difference, language: str, paint: Paint | None = None, *, most: int = MOST_LINES) -> str:
    """A difference as text.

    Args:
        difference: what to show.
        language: `sv` or `en`.
        paint: colours; none when not given.
        most: how many lines of each list are shown.
    """
    paint, teller = paint or Paint(), Teller(difference, language)
    out = [*_changes(teller, paint, most)]
    if difference.effect is not None:
        out += ["", *_effect(difference.effect, teller, paint, most)]
    return "\n".join(out) + "\n"


def _changes(teller: Teller, paint: Paint, most: int) -> list[str]:
    changes = teller.difference.changes
    out: list[str] = []
    for subject, own in teller.groups():
        out.append(paint(subject, BOLD))
        for change in own[:most]:
            colour = {Kind.ADDED: GREEN, Kind.REMOVED: RED}.get(change.kind, YELLOW)
            where, because = teller.where(change), teller.because(change)
            place = f"  {paint(where, DIM)}" if where else ""
            out.append(f"  {paint(teller.change(change), colour)}{place}")
            out += [f"    {paint(because, DIM)}"] if because and change is own[min(len(own), most) - 1] else []
        out += _more(len(own) - most, teller, "  ")
    if not out:
        told = f" ({', '.join(words[teller.at] for words in changes.written)})" if changes.written else ""
        out.append(f"{teller.word('none')}{told}")
    edited = [change for change in changes.changes if not change.of_meaning]
    if edited:
        out += ["", teller.word("written")]
        out += [
            f"  {teller.subject(c)}: {teller.change(c)}" if c.old or c.new else f"  {teller.subject(c)}"
            for c in edited[:most]
        ]
        out += _more(len(edited) - most, teller, "  ")
    return out


def _more(left_out: int, teller: Teller, lead: str) -> list[str]:
    return [f"{lead}… {('{} more', '{} till')[teller.at].format(left_out)}"] if left_out > 0 else []


def _effect(effect: Effect, teller: Teller, paint: Paint, most: int) -> list[str]:
    out = [paint(teller.word("kronor"), BOLD)]
    rows = [(teller.effect(one), teller.scope(one.scope), *teller.amounts(one.sum)) for one in teller.effects()]
    head = tuple(teller.word(name) for name in ("clause", "period", "old", "new", "difference"))
    if rows:
        out += [*_table([head, *rows[:most]]), *_more(len(rows) - most, teller, "")]
    elif not effect.failures:
        out.append(teller.word("no_effect"))
    changed = [pair for pair in effect.pairs if not pair.sum.same]
    if len(changed) > 1 or (changed and len(rows) > 1):
        out += ["", paint(teller.word("totals"), BOLD)]
        out += _table([(teller.scope(pair.scope), *teller.amounts(pair.sum)) for pair in changed[:most]])
        out += _more(len(changed) - most, teller, "")
    if rows or effect.failures:
        out += ["", paint(teller.total(), BOLD)]
    if effect.crossings:
        out += ["", paint(f"{teller.word('crossed')} ({len(effect.crossings)})", BOLD)]
        out += [f"  {teller.crossing(one)}" for one in effect.crossings[:most]]
        out += _more(len(effect.crossings) - most, teller, "  ")
    if effect.unlooked:
        out += ["", paint(f"  {teller.word('unlooked').format(effect.unlooked)}", DIM)]
    reasons = teller.failures()
    if reasons:
        out += ["", paint(teller.word("reasons"), BOLD, RED), *(f"  {reason}" for reason in reasons[:most])]
        out += _more(len(reasons) - most, teller, "  ")
    return out


def _table(rows: Sequence[Row]) -> list[str]:
    """Rows in columns, the last three to the right."""
    sizes = [max(width(row[at]) for row in rows) for at in range(len(rows[0]))]
    texts = len(sizes) - 3
    return [
        "  ".join((left if at < texts else right)(cell, sizes[at]) for at, cell in enumerate(row)).rstrip()
        for row in rows
    ]
