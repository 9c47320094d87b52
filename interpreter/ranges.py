"""The range that a parameter, a column or a table's column declares: read here, checked wherever a figure is known."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from dsl import nodes as n
from dsl.spans import Span
from interpreter import core, problems, types as t
from interpreter.elaborate import elaborate
from interpreter.facts import Cell
from interpreter.meeting import wrong_type
from interpreter.overlap import show_matcher
from interpreter.values import figure
from interpreter.world import Scope, World


def declared(world: World, kind: t.Type, low: n.Expr | None, high: n.Expr | None, what: str) -> t.Range:
    """The range `from low to high` of a figure of type `kind`; an end that is no such figure is reported."""
    ends: list[core.Const | None] = []
    for end in (low, high):
        found = elaborate(world, Scope(), end, kind) if end is not None else None
        if isinstance(found, core.Const) and isinstance(found.value, Fraction) and found.type == kind:
            ends.append(found)
            continue
        if found is not None and not isinstance(found.type, t.Unknown):
            wrong_type(world, found, kind if isinstance(kind, t.Num) else t.FRACTION, f"`{what}`")
        ends.append(None)
    values = [end.value if end is not None else None for end in ends]
    return t.Range(*values, *(end.text if end is not None else "" for end in ends))  # type: ignore[arg-type]


def in_range(known: t.Range, found: core.Matcher | Cell) -> bool:
    """Whether a cell, or both ends of a band, lie in a range."""
    return all(end in known for end in ((found.low, found.high) if isinstance(found, core.Matcher) else (found,)))


def outside(world: World, known: t.Range, value: core.Expr, what: str) -> None:
    """Report a written figure that lies outside its range; what is worked out is checked when it is settled."""
    if isinstance(value, core.Const) and value.value not in known:
        world.report(problems.OUTSIDE_RANGE, value.span, what=what, found=value.text, **known.said)


def entries_outside(
    world: World, data: core.TableData, want: t.Signature, names: Mapping[str, str], asked: Span
) -> None:
    """Report, once, each row of a table that lies outside what a form allows in its columns.

    Args:
        data: the table.
        want: the form's columns.
        names: what the table itself calls them.
        asked: where the form is given the table.
    """
    own = [column.name for column in (*data.signature.keys, *data.signature.values)]
    known = {(d.span, d.arguments.get("what")) for d in world.found if d.problem is problems.OUTSIDE_RANGE}
    for column in (*want.keys, *want.values):
        at = own.index(names[column.name])
        for line in data.lines:
            found = (*line.keys, *line.values)[at]
            what = f"`{world.called(data)}[{', '.join(show_matcher(m) for m in line.keys)}].{own[at]}`"
            if not in_range(column.range, found) and (line.span, what) not in known:
                shown = show_matcher(found) if isinstance(found, core.Matcher) else figure(found, column.type)
                said = column.range.said
                world.report(problems.OUTSIDE_RANGE, line.span, asked, what=what, found=shown, **said)
