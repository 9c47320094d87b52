"""A difference as Markdown for a merge request: what it comes to first, the details folded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from avtal.diffing.difference import Difference
from avtal.rendering.difference import KINDS, Teller

MOST_SHOWN = 12
"""How many of the largest changes stand open; the others are folded."""
MOST_FOLDED = 500

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~])")


def escaped(text: str) -> str:
    """A text that Markdown takes as it is written."""
    return _SIGNS.sub(r"\\\1", text)


def markdown(differences: Sequence[Difference], language: str) -> str:
    """Differences as one Markdown page."""
    return "\n".join(page for one in differences for page in _one(Teller(one, language or one.language))) + "\n"


def _one(teller: Teller) -> list[str]:
    difference, effect = teller.difference, teller.difference.effect
    out = [f"### {escaped(difference.name)}", ""]
    if effect is not None:
        out += [f"**{escaped(teller.total())}**", ""]
    changes = difference.changes
    if not changes.of_meaning:
        told = ", ".join(words[teller.at] for words in changes.written)
        out += [f"{teller.word('none')}{f' ({told})' if told else ''}.", ""]
    reasons = teller.failures()
    if reasons:
        out += [f"**{teller.word('reasons')}**", "", *(f"- {escaped(reason)}" for reason in reasons[:MOST_SHOWN]), ""]
    lines = [
        f"- **{escaped(subject)}** {KINDS[change.kind][teller.at]}: {escaped(teller.change(change))}"
        + (f" ({escaped(because)})" if (because := teller.because(change)) else "")
        for subject, own in teller.groups()
        for change in own
    ]
    out += _folded(lines, [], teller)
    rows = [_row([teller.effect(one), teller.scope(one.scope), *teller.amounts(one.sum)]) for one in teller.effects()]
    head = [_row([teller.word(n) for n in ("clause", "period", "old", "new", "difference")]), "|---|---|--:|--:|--:|"]
    out += _folded(rows, head, teller)
    if effect is not None and effect.crossings:
        found = [f"- {escaped(teller.crossing(one))}" for one in effect.crossings]
        out += _details(f"{teller.word('crossed')} ({len(found)})", found)
    if effect is not None and len(effect.pairs) > 1:
        totals = [_row([teller.scope(p.scope), *teller.amounts(p.sum)]) for p in effect.pairs if not p.sum.same]
        head = [_row([teller.word(n) for n in ("period", "old", "new", "difference")]), "|---|--:|--:|--:|"]
        out += _details(teller.word("totals"), totals, head) if totals else []
    return out


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(escaped(cell) for cell in cells)} |"


def _folded(lines: list[str], head: list[str], teller: Teller) -> list[str]:
    """The first lines open, the rest folded; each part with the table's head."""
    if not lines:
        return []
    out = [*head, *lines[:MOST_SHOWN], ""]
    rest = lines[MOST_SHOWN:]
    if rest:
        out += _details(("{} more", "{} till")[teller.at].format(len(rest)), rest, head)
    return out


def _details(title: str, lines: Sequence[str], head: Sequence[str] = ()) -> list[str]:
    shown = [*lines[:MOST_FOLDED]]
    left_out = len(lines) - len(shown)
    more = ["", f"… {left_out}"] if left_out else []
    return [f"<details><summary>{escaped(title)}</summary>", "", *head, *shown, *more, "", "</details>", ""]
