"""Lines → blocks, by indentation. Guarantees: every line is in the tree, and nothing stands where nobody reads it."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from dsl import nodes as n, problems
from dsl.diagnostics import Diagnostic
from dsl.layout import INDENT
from dsl.limits import MAX_DEPTH


def blocks(flat: Sequence[tuple[int, n.Line]], text: str) -> tuple[tuple[n.Line, ...], list[Diagnostic]]:
    """Nest lines by their indentation, bottom up and without recursion.

    A line whose indentation fits nowhere is reported and put where it was most likely meant: one blank too many or few
    leaves it beside the line above, more make it the first of a block whose other lines are then indented as it is.

    Args:
        flat: the lines with how many blanks each is indented by.
        text: the file's text, for messages.
    """
    found: list[Diagnostic] = []
    stack: list[tuple[int, list[n.Line]]] = [(-INDENT, [])]

    too_deep = False  # reported once: the lines below are all deeper still

    def close() -> None:
        _, block = stack.pop()
        parent = stack[-1][1]
        parent[-1] = evolve(parent[-1], block=(*parent[-1].block, *block))

    for indent, line in flat:
        odd = indent % INDENT == 1 and all(level != indent for level, _ in stack)
        while len(stack) > 2 and indent < stack[-1][0] - odd:
            close()
        current = stack[-1][0]
        if indent != current:
            deeper = indent >= current + INDENT or current <= 0
            fits = len(stack) <= MAX_DEPTH
            if indent != current + INDENT and (fits or not deeper):
                levels = dict.fromkeys([*(level for level, _ in stack[1:]), current + INDENT])
                expected = ", ".join(str(level) for level in levels)
                found.append(problems.INDENTATION.at(line.span, found=indent, expected=expected))
            if deeper and fits:
                stack.append((indent if len(stack) > 1 else 0, []))
            elif deeper and not too_deep:
                too_deep = True
                found.append(problems.TOO_DEEP.at(line.span, limit=MAX_DEPTH))
        stack[-1][1].append(line)
    while len(stack) > 2:
        close()
    lines = tuple(stack[1][1]) if len(stack) > 1 else ()
    return lines, [*found, *_childless(lines, text)]


def _childless(lines: Sequence[n.Line], text: str) -> list[Diagnostic]:
    """What stands below a line that takes nothing below it."""
    found: list[Diagnostic] = []
    stack = list(lines)
    while stack:
        line = stack.pop()
        stack.extend(line.block)
        if line.block and isinstance(line.statement, n.Sentence):
            found.append(problems.TEXT_FIRST.at(line.span))
        elif line.block and not takes_block(line.statement):
            head = text[line.span.start : line.span.end].split(maxsplit=1)[0]
            found.append(problems.BLOCK_NOT_ALLOWED.at(line.block[0].span, line.span, head=head))
    return found


def takes_block(statement: n.Statement) -> bool:
    """Whether lines may be indented below a statement: it does not say all that it says on its own line."""
    match statement:
        case n.Let(value=value) | n.Gives(value=value) | n.Pays(value=value):
            return value is None
        case n.When(then=then) | n.Otherwise(then=then):
            return then is None or (isinstance(then, n.Pays | n.Gives) and then.value is None)
        case (
            n.Use()
            | n.DefineUnit()
            | n.Declare()
            | n.Requires()
            | n.Unsettled()
            | n.Needs()
            | n.Inside()
            | n.Expect()
            | n.Always()
            | n.Subtotal()
            | n.Ends()
            | n.Sentence()
            | n.Source()
            | n.OutsideBase()
            | n.TableRow()
        ):
            return False
        case (
            n.Clause()
            | n.Since()
            | n.Define()
            | n.DefineTable()
            | n.Each()
            | n.Example()
            | n.Given()
            | n.Amend()
            | n.BadLine()
        ):
            return True
