"""What a contract says beside the values: where a figure comes from, how sure it is, what a clause pays for (GOV-4)."""

from __future__ import annotations

from collections.abc import Sequence

from dsl import nodes as n
from dsl.lexicon import NAMES
from interpreter import core, problems
from interpreter.world import World

CERTAINTY = ("printed", "derived", "public", "illustrative", "disputed")
NOTHING = core.Provenance()
COMPONENT = ("structure", "process", "outcome")


def provenance(world: World, lines: Sequence[n.Line], around: core.Provenance = NOTHING) -> core.Provenance:
    """The source and certainty written below a clause, an argument or one of its values; else those `around` it."""
    source, certainty = around.source, around.certainty
    for line in lines:
        match line.statement:
            case n.Source(text):
                source = text.value
            case n.Clause(head, _) as clause if world.core_name(head, "certainty"):
                certainty = word(world, clause, CERTAINTY)
            case _:
                pass
    return core.Provenance(source, certainty)


def says(world: World, line: n.Line) -> bool:
    """Whether a line only says where something comes from, or how sure it is."""
    match line.statement:
        case n.Source():
            return True
        case n.Clause(head, _):
            return bool(world.core_name(head, "certainty"))
        case _:
            return False


def component(world: World, clause: n.Clause) -> str:
    """The word after `component`; empty, and reported, when it is none of the three."""
    return word(world, clause, COMPONENT)


def former(world: World, clause: n.Clause) -> str:
    """What a clause was called before, after `was`: one text; empty, and reported, when it is something else."""
    value = clause.items[0].value if len(clause.items) == 1 else None
    if isinstance(value, n.Text):
        return value.value
    world.report(problems.TERM_SHAPE, clause.head.span, name=clause.head.id, example=f'{clause.head.id} "…"')
    return ""


def word(world: World, clause: n.Clause, known: Sequence[str]) -> str:
    """The one word that a line gives, which must be one of `known` in either language."""
    value = clause.items[0].value if len(clause.items) == 1 else None
    if isinstance(value, n.Name) and world.core_name(value, *known):
        return world.core_name(value)
    wrong = value if isinstance(value, n.Name) else n.Name("…", span=clause.head.span)
    spelled = [*known, *(NAMES[k] for k in known)]
    world.unknown(problems.WRONG_WORD, wrong, spelled, what=f"`{clause.head.id}`", found=wrong.id)
    return ""
