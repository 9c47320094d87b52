"""Text → tree.

Assumes nothing. Guarantees: every line is in the tree, read or as `BadLine`, and every problem of the text is in the
diagnostics. One mistake never hides another on a different line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import evolve, frozen

from dsl import nodes as n, problems, slips
from dsl.blocks import blocks
from dsl.build import Builder
from dsl.diagnostics import Diagnostic
from dsl.lalr import Token, Tree, Unexpected, parse as parse_tokens, tokens as read_tokens
from dsl.layout import BLANKS, Logical, layout, normal
from dsl.limits import MAX_BYTES, MAX_DEPTH, MAX_NAME, MAX_PROBLEMS, MAX_TOKENS
from dsl.spans import Span
from dsl.tables import tables

_PREFIX = "let x = "
"""What turns an expression into a line."""

_LET = 4
"""How many parts a `let` has: the word, the name, its name in the other language, the value."""

_DATE_BY_SLASHES = ["NUMBER", "SLASH", "NUMBER"]
"""What follows the first slash of `31/12/2012`."""

_THOUSAND = re.compile("[0-9]{3}(?![0-9])")
"""Three digits after another number look like a group of its thousands."""

_CELL = re.compile(r'(?:"[^"]*"|[^|"])*\|')


@frozen
class Parsed:
    """A module with everything that is wrong with its text."""

    module: n.Module
    diagnostics: tuple[Diagnostic, ...]


def parse_bytes(data: bytes, file: str = "") -> Parsed:
    """Read the bytes of a file; what is not UTF-8 is a problem of the text like any other.

    Args:
        data: the file's bytes.
        file: its name, used in spans.
    """
    if len(data) > 2 * MAX_BYTES:  # twice: line ends of Windows count for one character only
        found = problems.TOO_LARGE.at(Span(file, 0, 0), found=len(data), limit=MAX_BYTES)
        return Parsed(n.Module(file, "", (), span=Span(file, 0, 0)), (found,))
    try:
        return parse(data.decode("utf-8"), file)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        at = Span(file, len(normal(before)), len(normal(before)) + 1)
        found = problems.NOT_UTF8.at(at, byte=f"0x{data[error.start]:02X}", position=error.start + 1)
        text = normal(data.decode("utf-8", "replace"))
        return Parsed(n.Module(file, text, (), span=Span(file, 0, len(text))), (found,))


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
    broken = sorted(d.span.start for d in found)
    next_broken = 0
    flat: list[tuple[int, n.Line]] = []
    budget = MAX_TOKENS
    for logical in cut.lines:
        span = Span(file, logical.start, logical.end)
        while next_broken < len(broken) and broken[next_broken] < logical.start:
            next_broken += 1
        statement: n.Statement
        if next_broken < len(broken) and broken[next_broken] <= logical.end:
            statement = n.BadLine(text[span.start : span.end], span=span)
        else:
            statement, wrong, tokens = _statement(text, logical, file)
            found.extend(wrong)
            budget -= tokens
            if budget < 0:
                found.append(problems.TOO_MANY.at(span, limit=MAX_TOKENS))
                break
        flat.append((logical.indent, n.Line(statement, (), logical.before, logical.comment, span=span)))
        if len(found) > MAX_PROBLEMS:
            break
    lines, wrong = blocks(flat, text)
    found.extend(wrong)
    module = n.Module(file, text, lines, cut.after, span=Span(file, 0, len(text)))
    found.sort(key=lambda d: (d.span, d.code))
    if len(found) > MAX_PROBLEMS:
        found[MAX_PROBLEMS:] = [problems.TOO_WRONG.at(found[MAX_PROBLEMS].span, limit=MAX_PROBLEMS)]
    return Parsed(module, tuple(found))


def parse_expression(text: str, file: str, offset: int) -> tuple[n.Expr, tuple[Diagnostic, ...]]:
    """Read one expression, such as a table cell that stands at `offset` in `file`."""
    source = _PREFIX + text
    start = offset - len(_PREFIX)
    tree, wrong, _ = _tree(source, file, start, len(_PREFIX))
    if tree is not None and tree.data == "let" and len(tree.children) == _LET and tree.children[3] is not None:
        builder = Builder(file, start, source)
        value = builder.expr(tree.children[3])
        return value, tuple(builder.found)
    span = Span(file, offset, offset + len(text))
    nothing = problems.UNFINISHED.at(span, **slips.expectation(frozenset({"NUMBER", "NAME", "LPAR"})))
    return n.Bad(span=span), (*wrong,) or (nothing,)


def _statement(text: str, logical: Logical, file: str) -> tuple[n.Statement, list[Diagnostic], int]:
    source = text[logical.start : logical.end]
    span = Span(file, logical.start, logical.end)
    if source.startswith("|"):
        return _row(source, span)
    tree, wrong, count = _tree(source, file, logical.start, 0)
    if tree is None:
        return n.BadLine(source, span=span), wrong, count
    builder = Builder(file, logical.start, source)
    statement = builder.statement(tree)
    return evolve(statement, span=span), builder.found, count


def _tree(source: str, file: str, offset: int, skipped: int) -> tuple[Tree | None, list[Diagnostic], int]:
    """The tree of a line, or what is wrong with it, and how many tokens it has.

    Args:
        source: the line.
        file: the file that it stands in.
        offset: where it starts there.
        skipped: how many characters at its start are not the author's.
    """
    count = 1
    try:
        line = read_tokens(tables(), source)
        count = len(line)
        refused = _refused(line, source, file, offset)
        if refused:
            return None, [refused], count
        tree = parse_tokens(tables(), line, len(source))
    except Unexpected as error:
        return None, [slips.problem(error, source, file, offset, skipped)], count
    if tree.height > MAX_DEPTH + 1:
        return None, [problems.TOO_DEEP.at(Span(file, offset + skipped, offset + len(source)), limit=MAX_DEPTH)], count
    return tree, [], count


def _refused(line: Sequence[Token], source: str, file: str, offset: int) -> Diagnostic | None:
    """What the grammar would let pass: a parenthesis too deep in a table's cell, and `1.000,50` read as two numbers."""
    depth = 0
    for index, token in enumerate(line):
        if token.type in ("LPAR", "LSQB"):
            depth += 1
            if depth > MAX_DEPTH:
                return problems.TOO_DEEP.at(Span(file, offset + token.start, offset + token.end), limit=MAX_DEPTH)
        elif token.type in ("RPAR", "RSQB"):
            depth -= 1
        elif token.type == "SLASH" and [part.type for part in line[index + 1 : index + 4]] == _DATE_BY_SLASHES:
            start, end = line[index - 1].start, line[index + 3].end
            if slips.foreign_date(source[start:end], 0, 0):
                return problems.FOREIGN_DATE.at(Span(file, offset + start, offset + end), found=source[start:end])
        elif token.type in ("COMMA", "DOT") and 0 < index < len(line) - 1:
            before, after = line[index - 1], line[index + 1]
            numbers = before.type == after.type == "NUMBER"
            if numbers and before.end == token.start and token.end == after.start:
                day = slips.foreign_date(source, token.start, 0)
                if day:
                    place = Span(file, offset + day.start(), offset + day.end())
                    return problems.FOREIGN_DATE.at(place, found=day.group())
                place = Span(file, offset + before.start, offset + after.end)
                long = before.text.isdigit() and len(after.text) > 6  # 1.2345678
                problem = problems.NUMBER_TOO_LONG if long else problems.DIGIT_GROUPS
                return problem.at(place, found=source[before.start : after.end])
        elif token.type == "NAME" and index and line[index - 1].type == "NAME" and line[index - 1].end == token.start:
            place = Span(file, offset + line[index - 1].start, offset + token.end)
            return problems.NAME_TOO_LONG.at(place, found=line[index - 1].text[:20], limit=MAX_NAME)
        elif token.type == "NUMBER" and index and line[index - 1].type == "NUMBER" and _THOUSAND.match(token.text):
            before = line[index - 1]
            place = Span(file, offset + before.start, offset + token.end)
            return problems.DIGIT_GROUPS.at(place, found=source[before.start : token.end])
    return None


def _row(source: str, span: Span) -> tuple[n.Statement, list[Diagnostic], int]:
    if not source.endswith("|") or len(source) == 1:
        return n.BadLine(source, span=span), [problems.TABLE_ROW_OPEN.at(span)], 1
    cells = []
    at = 1
    while match := _CELL.match(source, at):  # not finditer, which would try again at each sign of what is no cell
        at = match.end()
        raw = match.group()[:-1]
        start = span.start + match.start() + len(raw) - len(raw.lstrip(" " + BLANKS))
        stripped = raw.strip(" " + BLANKS)
        cells.append(n.Cell(stripped, span=Span(span.file, start, start + len(stripped))))
    return n.TableRow(tuple(cells), span=span), [], 2 * len(cells)
