"""Text → tree. Assumes nothing. Guarantees: every line is in the tree, read or as `BadLine`, and every problem of
the text is in the diagnostics. One mistake never hides another on a different line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from attrs import evolve, frozen
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from dsl import nodes as n
from dsl import problems
from dsl.build import Builder
from dsl.diagnostics import Diagnostic
from dsl.layout import INDENT, MAX_DEPTH, MAX_TOKENS, Logical, layout, normal
from dsl.lexicon import KEYWORDS
from dsl.spans import Span
from dsl.syntax import parser


@frozen
class Parsed:
    """A module with everything that is wrong with its text."""

    module: n.Module
    diagnostics: tuple[Diagnostic, ...]


def parse(text: str, file: str = "") -> Parsed:
    """Read a text.

    Args:
        text: the contents of a contract or library file.
        file: its name, used in spans.

    Returns:
        The tree and the problems; a line that can't be read stands in the tree as `BadLine`.
    """
    text = normal(text)
    cut = layout(text, file)
    found = list(cut.diagnostics)
    broken = {d.span.start for d in found}
    flat: list[tuple[int, n.Line]] = []
    budget = MAX_TOKENS
    for logical in cut.lines:
        span = Span(file, logical.start, logical.end)
        statement: n.Statement
        if any(logical.start <= at <= logical.end for at in broken):
            statement = n.BadLine(text[span.start : span.end], span=span)
        else:
            statement, wrong, tokens = _statement(text, logical, file)
            found.extend(wrong)
            budget -= tokens
            if budget < 0:
                found.append(problems.TOO_MANY.at(span, limit=MAX_TOKENS))
                break
        flat.append((logical.indent, n.Line(statement, (), logical.before, logical.comment, span=span)))
    lines, wrong = _blocks(flat, file)
    found.extend(wrong)
    module = n.Module(file, text, lines, cut.after, span=Span(file, 0, len(text)))
    return Parsed(module, tuple(sorted(found, key=lambda d: (d.span, d.code))))


def parse_expression(text: str, file: str, offset: int) -> tuple[n.Expr, tuple[Diagnostic, ...]]:
    """Read one expression, such as a table cell that stands at `offset` in `file`."""
    try:
        tree = parser().parse(f"let x = {text}")
    except UnexpectedInput as error:
        return n.Bad(span=Span(file, offset, offset + len(text))), (_problem(error, text, file, offset, 8),)
    builder = Builder(file, offset - 8, f"let x = {text}")
    statement = builder.statement(tree)
    assert isinstance(statement, n.Let)
    assert statement.value is not None
    return statement.value, tuple(builder.found)


def _statement(text: str, logical: Logical, file: str) -> tuple[n.Statement, list[Diagnostic], int]:
    source = text[logical.start : logical.end]
    span = Span(file, logical.start, logical.end)
    if source.startswith("|"):
        return _row(source, span)
    try:
        tree = parser().parse(source)
    except UnexpectedInput as error:
        return n.BadLine(source, span=span), [_problem(error, source, file, logical.start, 0)], 1
    builder = Builder(file, logical.start, source)
    statement = builder.statement(tree)
    return evolve(statement, span=span), builder.found, builder.tokens


def _row(source: str, span: Span) -> tuple[n.Statement, list[Diagnostic], int]:
    if not source.endswith("|") or len(source) == 1:
        return n.BadLine(source, span=span), [problems.TABLE_ROW_OPEN.at(span)], 1
    cells = []
    for match in re.finditer(r'(?:"[^"]*"|[^|"])*\|', source[1:]):
        raw = match.group()[:-1]
        start = span.start + 1 + match.start() + len(raw) - len(raw.lstrip(" "))
        stripped = raw.strip(" ")
        cells.append(n.Cell(stripped, span=Span(span.file, start, start + len(stripped))))
    return n.TableRow(tuple(cells), span=span), [], 2 * len(cells)


def _blocks(flat: Sequence[tuple[int, n.Line]], file: str) -> tuple[tuple[n.Line, ...], list[Diagnostic]]:
    """Nest lines by their indentation, bottom up and without recursion."""
    found: list[Diagnostic] = []
    stack: list[tuple[int, list[n.Line]]] = [(-INDENT, [])]

    def close() -> None:
        _, block = stack.pop()
        parent = stack[-1][1]
        parent[-1] = evolve(parent[-1], block=tuple(block))

    for indent, line in flat:
        while len(stack) > 1 and indent < stack[-1][0]:
            close()
        current = stack[-1][0]
        if indent != current:
            if indent == current + INDENT and (stack[-1][1] or len(stack) == 1):
                if len(stack) > MAX_DEPTH:
                    found.append(problems.TOO_DEEP.at(line.span, limit=MAX_DEPTH))
                    continue
                stack.append((indent, []))
            else:
                expected = ", ".join(str(max(level, 0)) for level, _ in stack[1:]) or "0"
                deeper = max(current, 0) + (INDENT if stack[-1][1] else 0)
                found.append(problems.INDENTATION.at(line.span, found=indent, expected=f"{expected}, {deeper}"))
                if len(stack) == 1:
                    stack.append((0, []))
        stack[-1][1].append(line)
    while len(stack) > 2:
        close()
    return tuple(stack[1][1]) if len(stack) > 1 else (), found


def _problem(error: UnexpectedInput, source: str, file: str, offset: int, skipped: int) -> Diagnostic:
    """What the parser stumbled on, in words. `skipped` characters were put before the author's own."""
    at = max((error.pos_in_stream or 0) - skipped, 0)
    if isinstance(error, UnexpectedCharacters):
        digits = re.match(r"[0-9]+(?:[ .,\u00a0\u202f]?[0-9]+)*", source[at:])
        if digits:
            return problems.NUMBER_TOO_LONG.at(Span(file, offset + at, offset + at + digits.end()), found=digits.group()[:40])
        return problems.BAD_CHARACTER.at(Span(file, offset + at, offset + at + 1), character=f"`{source[at]}`")
    assert isinstance(error, UnexpectedToken)
    token = error.token
    expected = expectation(frozenset(error.accepts or error.expected))
    if token.type == "$END":
        end = Span(file, offset + len(source), offset + len(source))
        return problems.UNFINISHED.at(end, expected=expected)
    span = Span(file, offset + at, offset + at + len(token))
    if token.type in KEYWORDS and error.expected == {"NAME"}:
        return problems.RESERVED.at(span, found=token)
    return problems.UNREADABLE.at(span, found=token, expected=expected)


_SIGNS = {"LPAR": "(", "RPAR": ")", "LSQB": "[", "RSQB": "]", "EQUAL": "=", "COMMA": ",", "COLON": ":", "ARROW": "->"}


@cache
def expectation(terminals: frozenset[str]) -> str:
    """Terminals as words: at most five, the telling ones first."""
    words: list[str] = []
    if terminals >= {"NUMBER", "NAME", "LPAR"}:
        words.append("a value" if "SUM" not in terminals else "an expression")
    else:
        words += [w for t, w in (("NAME", "a name"), ("NUMBER", "a number"), ("DATE", "a date")) if t in terminals]
    if "STRING" in terminals and "NUMBER" not in terminals:
        words.append('a text "…"')
    words += [f"`{sign}`" for terminal, sign in _SIGNS.items() if terminal in terminals and terminal != "LPAR"]
    words += [f"`{KEYWORDS[t][0]}`" for t in sorted(terminals) if t in KEYWORDS]
    if "$END" in terminals:
        words.append("the end of the line")
    return ", ".join(words[:5])


