"""What changed in a form: which of its lines, and which defaults of its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from attrs import evolve

from interpreter import core
from interpreter.diff.changes import Change, Kind
from interpreter.diff.parts import Part
from interpreter.diff.prints import both
from interpreter.diff.sides import Side, Where, offered
from interpreter.diff.values import changed, words

Pairs = Sequence[tuple[core.Instance, core.Instance]]
Line = tuple[Part, Part]
"""A line printed through names, and by its names."""


def form(sides: tuple[Side, Side], where: Where, old: core.Form, new: core.Form) -> Iterator[Change]:
    """The lines in which two forms differ that mean something else; the whole form when no line tells."""
    lines = [
        list(zip(side.parts(own, deep=True), side.parts(own, deep=False), strict=True))
        for side, own in zip(sides, (old, new), strict=True)
    ]
    marks = [[(_path(deep), shallow.print) for deep, shallow in own] for own in lines]
    found: list[Change] = []
    for tag, a, b, c, d in SequenceMatcher(None, marks[0], marks[1], autojunk=False).get_opcodes():
        if tag != "equal":
            found += _lines(sides, where, lines[0][a:b], lines[1][c:d])
    if not found:
        base = old.outside_base != new.outside_base
        whole = evolve(where, part=("outside base", "utanför bas") if base else ("rule", "regel"))
        found = [evolve(changed(sides, whole, None, None), old_span=old.span, new_span=new.span)]
    yield from found


def _path(part: Part) -> tuple[str, ...]:
    return tuple(both(*words) for words in part.path)


def _lines(sides: tuple[Side, Side], where: Where, gone: Sequence[Line], come: Sequence[Line]) -> Iterator[Change]:
    """Lines of one place in a form: those of one name are changed; the others went or came, unless they only name."""
    left = list(gone)
    for new, _ in come:
        old = next((line for line in left if _path(line[0]) == _path(new)), None)
        here = evolve(where, part=new.words)
        if old is not None:
            left.remove(old)
            if old[0].print != new.print:
                change = changed(sides, here, old[0].value, new.value)
                kind = Kind.CONDITION if new.condition else change.kind
                yield evolve(change, kind=kind, old_span=old[0].span, new_span=new.span)
        elif not new.named:
            yield evolve(changed(sides, here, None, new.value), kind=Kind.ADDED, new_span=new.span)
    for old_line, _ in left:
        if not old_line.named:
            change = changed(sides, evolve(where, part=old_line.words), old_line.value, None)
            yield evolve(change, kind=Kind.REMOVED, old_span=old_line.span)


def defaults(sides: tuple[Side, Side], where: Where, pairs: Pairs) -> Iterator[Change]:
    """The defaults that differ, each with the clauses that give the parameter nothing.

    Args:
        sides: the contracts.
        where: the form.
        pairs: the clauses that have it, old and new.
    """
    before = {both(p.name, p.swedish): p for p in pairs[0][0].form.parameters}
    for new in pairs[0][1].form.parameters:
        old = before.get(both(new.name, new.swedish))
        if old is None or sides[0].expr(old.default) == sides[1].expr(new.default):
            continue
        takes = [
            clause.key
            for earlier, clause in pairs
            if old.name not in earlier.arguments and new.name not in clause.arguments and not offered(clause, new)
        ]
        here = evolve(where, part=words(new), affects=tuple(takes))
        if takes:
            yield changed(sides, here, old.default, new.default)
