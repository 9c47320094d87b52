"""Which kinds of core nodes a set of programs holds, and where: what the generated programs have tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import attrs

from interpreter import core

CONTEXTS = ("clause", "row", "group", "month", "where", "of", "window", "providers", "argument", "contract")
"""A form's margin, rows, groups and months; a condition on rows; what is aggregated; a window; the contract's own."""

Place = tuple[str, str]


def counted(program: core.Program) -> Counter[Place]:
    """How many nodes of a kind stand in a context."""
    found: Counter[Place] = Counter()
    for instance in program.instances:
        for argument in instance.arguments.values():
            found.update(_inside([s.value for s in argument.stretches], "argument"))
        found.update(_inside(instance.form.steps, "clause"))
    found.update(_inside([let.value for let in program.lets], "contract"))
    found.update(_inside([condition for condition, _, _ in program.promises], "contract"))
    for indicator in program.indicators.values():
        found.update(_inside([e for e in (indicator.fulfilled, indicator.population) if e is not None], "contract"))
    return found


def _inside(things: object, context: str) -> Iterator[Place]:
    stack: list[tuple[object, str]] = [(things, context)]
    while stack:
        top, where = stack.pop()
        if isinstance(top, core.Node | core.Step | core.Rows | core.Window):
            yield _name(top), where
        match top:
            case core.Aggregate():
                inner = "of" if top.rows is not None else "providers"
                stack += [(top.of, inner), (top.weight, inner), (top.rows, where)]
                stack += [(top.at_least, where), (top.rank, where)]
            case core.Rows():
                stack += [(top.window, where), (top.where, "where")]
            case core.Window():
                stack += [(top.anchor, "window"), (top.length, "window")]
            case core.Each():
                kind = "month" if top.rows is None else "group" if top.by or top.spell is not None else "row"
                stack += [(top.rows, where), (top.spell, where), (top.steps, kind)]
            case list() | tuple():
                stack += [(part, where) for part in top]
            case core.Node() | core.Step():
                stack += [
                    (getattr(top, a.name), where) for a in attrs.fields(type(top)) if a.name not in ("span", "type")
                ]
            case _:
                pass


def _name(node: object) -> str:
    name = type(node).__name__
    match node:
        case core.Aggregate():
            more = [" present"] if node.present else []
            more += [" weighted"] if node.weight is not None else []
            more += [" at least"] if node.at_least is not None else []
            return f"{node.kind or 'count'}{''.join(more)}"
        case core.Pick():
            return node.kind
        case core.Logic() | core.Compare():
            return node.op
        case core.Call():
            return f"{node.name}()"
        case core.Window():
            return f"window {node.side or ('in' if node.anchor is not None else 'any')}"
        case core.Rows():
            return "rows of all" if node.all_providers else "rows of the group" if node.group else "rows"
        case core.Each():
            return f"each{' by' if node.by else ''}{' spell' if node.spell is not None else ''}"
        case core.Multiply():
            return "divide" if any(op == "/" for op, _ in node.rest) else "multiply"
        case _:
            return name


def table(found: Mapping[Place, int]) -> str:
    """How often each kind of node stands in each context."""
    names = sorted({name for name, _ in found}, key=lambda name: (name[0].islower(), name))
    width = max(len(name) for name in names)
    lines = [" " * width + "".join(f"{context:>10}" for context in CONTEXTS)]
    lines += [f"{name:<{width}}" + "".join(f"{found.get((name, c), 0):>10}" for c in CONTEXTS) for name in names]
    return "\n".join(lines)
