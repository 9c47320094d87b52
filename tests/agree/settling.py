"""A case settled by the reference evaluator."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from agree.contracts import Case
from interpreter.facts import Cell, Column, Fact, Row
from interpreter.pipeline import Analysed
from interpreter.settle import settle
from interpreter.settlement import Settlement


def by_names_of(data: Mapping[str, tuple[Row, ...]], facts: Mapping[str, Fact]) -> dict[str, tuple[Row, ...]]:
    """Rows under the names that a text in the other language declares first."""
    found: dict[str, tuple[Row, ...]] = {}
    for fact in facts.values():
        other = {c.swedish: c for c in fact.columns} | {c.name: c for c in fact.columns}
        for name in (fact.name, fact.swedish):
            if name in data:
                found[fact.name] = tuple(
                    evolve(r, fact=fact.name, cells={other[c].name: _word(other[c], v) for c, v in r.cells.items()})
                    for r in data[name]
                )
    return found


def _word(column: Column, cell: Cell) -> Cell:
    return next((first for first, second in column.choices if cell == second), cell)


def reference(case: Case, analysed: Analysed) -> tuple[Settlement, ...]:
    """What the reference evaluator comes to.

    Args:
        case: the case.
        analysed: its contract, sound.
    """
    assert analysed.program is not None
    q = case.question
    return settle(analysed.program, case.data, start=q.start, end=q.end, providers=q.providers, buyers=q.buyers)
