"""Arguments that stand beside their clause instead of below it: the indentation was forgotten.

Guarantees: one problem for all such lines below a clause, and lines in which each stands where it was meant to.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from dsl import nodes as n
from dsl.lexicon import ENGLISH_NAME
from interpreter import problems
from interpreter.raw import Owner
from interpreter.world import World

_LINES = frozenset({"contract", "indicator", "period", "component", "was", "certainty"})
"""Words of the language's own that may begin a line beside a clause, though a form may call a parameter so too."""


def taken_in(world: World, lines: Sequence[n.Line], around: Owner | None = None) -> Sequence[n.Line]:
    """The lines with each argument of the clause above it put below that clause, and reported.

    Args:
        world: the forms and models; problems are reported to it.
        lines: those of one block, or of the whole file.
        around: the form or model whose block it is, and whose own arguments stand there.
    """
    made: list[n.Line] = []
    strays: dict[int, list[n.Name]] = {}
    for line in lines:
        head, above = _head(line), _owner(world, _head(made[-1])) if made else None
        if head is not None and above is not None and _stray(world, head, above, around):
            strays.setdefault(len(made) - 1, []).append(head)
            made[-1] = evolve(made[-1], block=(*made[-1].block, line))
        else:
            made.append(line)
    for at, (first, *others) in strays.items():
        clause = _head(made[at])
        assert clause is not None
        world.report(problems.BESIDE, first.span, *(o.span for o in others), name=first.id, form=clause.id)
    return made


def _head(line: n.Line) -> n.Name | None:
    return line.statement.head if isinstance(line.statement, n.Clause) else None


def _owner(world: World, head: n.Name | None) -> Owner | None:
    return None if head is None else world.forms.get(head.id) or world.models.get(head.id)


def _stray(world: World, head: n.Name, above: Owner, around: Owner | None) -> bool:
    """Whether a word can only be meant as an argument of the clause above."""
    elsewhere = _owner(world, head) is not None or (around is not None and around.parameter(head.id) is not None)
    return above.parameter(head.id) is not None and not elsewhere and ENGLISH_NAME.get(head.id) not in _LINES
