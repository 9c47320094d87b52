"""Clauses whose labels are nearly the same: one that an amendment begins may be meant to change the other."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.diagnostics import nearest
from interpreter import problems
from interpreter.raw import Raw, in_force
from interpreter.world import World

NEARLY, MOST_PAIRS = 75, 20_000
"""How alike two labels are, in per cent, that may be one misspelt; how many pairs of clauses are compared at most."""


def beside(world: World, begun: Sequence[Raw], raws: Sequence[Raw]) -> None:
    """Warn of clauses that begin by an amendment, beside one that goes on and whose label is nearly the same.

    Labels that differ in digits alone number what they name.

    Args:
        world: where it is told.
        begun: the clauses that begin.
        raws: all clauses so far.
    """
    if len(begun) * len(raws) > MOST_PAIRS:
        return
    for raw in begun:
        assert raw.start is not None
        goes_on = [r for r in raws if r not in begun and r.owner is raw.owner and not r.parent]
        labels = {r.label: r for r in goes_on if r.label and in_force(r, raw.start)}
        labels = {label: r for label, r in labels.items() if _lettered(label) != _lettered(raw.label)}
        near = labels.get(nearest(raw.label, labels, NEARLY)) if raw.label else None
        if near is not None:
            name, other = world.key(raw.key), world.key(near.key)
            world.report(problems.NEARLY_ANOTHER, raw.span, near.span, name=name, near=other, day=raw.start)


def _lettered(label: str) -> str:
    return "".join(letter for letter in label.casefold() if not letter.isdigit())
