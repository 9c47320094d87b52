"""Which facts a contract looks at outside its own days: rows of the others, dated there, no settlement can ever use."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter import core
from interpreter.order import inner_of


def looked_at_outside(program: core.Program) -> frozenset[str]:
    """The facts of which a contract may use rows that are dated before or after its period.

    It may where it asks by a window (`in 1 year before …`, `in any period`) or for the row with a key.

    Args:
        program: a contract without errors.
    """
    found = set()
    for part in _parts(program):
        match part:
            case core.FactRow(fact):
                found.add(fact)
            case core.Rows(fact=fact, window=core.Window() as window) if not _inside(window):
                found.add(fact)
            case _:
                pass
    return frozenset(found)


def _inside(window: core.Window) -> bool:
    """Whether a window is `in period` or `in month`."""
    return not window.side and isinstance(window.anchor, core.PeriodRef)


def _parts(program: core.Program) -> Iterator[object]:
    """All that a contract is worked out from, node by node."""
    stack: list[object] = [let.value for let in program.lets]
    stack += [condition for condition, _, _ in program.promises]
    for indicator in program.indicators.values():
        stack += [indicator.fulfilled, indicator.population]
    for instance in program.instances:
        form = instance.form
        stack += [*instance.all_arguments(), *form.steps, *(condition for condition, _, _ in form.requires)]
        stack += [parameter.default for parameter in form.parameters]
    while stack:
        top = stack.pop()
        if isinstance(top, tuple):
            stack.extend(top)
        else:
            yield top
            stack.extend([getattr(top, name) for name in inner_of(type(top))])
