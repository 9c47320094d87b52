"""A tree → its text in the one canonical layout, in its own vocabulary or the other.

Guarantees: the text is read as the same tree, is laid out the same when laid out again, and holds every comment.

Two blanks a level; one blank between words, two before a reason and a comment; arguments, declarations, cases and
dated values in columns; tables with numbers to the right and text to the left; at most one blank line in a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from attrs import frozen

from dsl import nodes as n
from dsl.diagnostics import Diagnostic
from dsl.layout import INDENT
from dsl.parse import parse
from dsl.spans import Span
from dsl.statements import CASE, PLAIN, SINCE, Row, StatementWriter
from dsl.words import Words, is_number, language_of

_WIDEST_CASE = 60
"""Conditions longer than this are not put in a column: their values would stand out of sight."""


def format_text(text: str, file: str = "", to: str | None = None) -> tuple[str, tuple[Diagnostic, ...]]:
    """Lay out a text.

    Args:
        text: the contents of a contract or library file.
        file: its name, used in the diagnostics.
        to: the vocabulary to write the language's own words in, `en` or `sv`; the text's own when left out.

    Returns:
        The text in the canonical layout, or as it was when it has errors; and everything that is wrong with it.
    """
    parsed = parse(text, file)
    if any(diagnostic.is_error for diagnostic in parsed.diagnostics):
        return text, parsed.diagnostics
    return format_module(parsed.module, to), parsed.diagnostics


def format_module(module: n.Module, to: str | None = None, rename: Mapping[Span, str] | None = None) -> str:
    """The text of a module in the canonical layout.

    Args:
        module: the tree. A line that could not be read is written as it stood.
        to: the vocabulary to write the language's own words, units after numbers and decimal signs in, `en` or `sv`.
            Left out, all words are in the vocabulary that most of them are in, the rest as written.
        rename: new text by the span of a name, of a number, of a number's unit or of a table's cell. What a name means
            is not known here: a name that is not in it stays as written, and so does a number that is in it with its
            own text (a code such as 1.2 is no decimal).
    """
    words = Words(to or language_of(module.text), to is not None, rename or {})
    lines = _block(module.lines, 0, StatementWriter(words, module.text))
    lines += _above(module.after, "", first=not lines)
    return "".join(f"{line}\n" for line in lines)


def _block(block: Sequence[n.Line], depth: int, writer: StatementWriter) -> list[str]:
    margin = " " * (INDENT * depth)
    rows = [writer.row(line, depth) for line in block]
    texts = _aligned(block, rows, writer)
    out: list[str] = []
    for at, (line, text) in enumerate(zip(block, texts, strict=True)):
        out += _above(line.before, margin, first=at == 0)
        out.append(f"{margin}{text}  {line.comment}" if line.comment else margin + text)
        out += _block(line.block, depth + 1, writer)
    return out


def _above(before: Sequence[str], margin: str, *, first: bool) -> list[str]:
    """The comments and blank lines above a line; no blank line begins a file or a block, and none follows another."""
    kept = [text for previous, text in pairwise(("" if first else "#", *before)) if text or previous]
    return [margin + text if text else "" for text in kept]


@frozen
class _Run:
    """Neighbouring lines of one kind, no blank line between them: what is put in columns together."""

    start: int
    end: int
    kind: str


def _runs(block: Sequence[n.Line], rows: Sequence[Row]) -> list[_Run]:
    runs: list[_Run] = []
    for at, row in enumerate(rows):
        joins = bool(runs) and runs[-1].kind == row.kind and "" not in block[at].before
        if joins:
            runs[-1] = _Run(runs[-1].start, at + 1, row.kind)
        else:
            runs.append(_Run(at, at + 1, row.kind))
    return runs


def _aligned(block: Sequence[n.Line], rows: Sequence[Row], writer: StatementWriter) -> list[str]:
    texts: list[str] = []
    for run in _runs(block, rows):
        members = rows[run.start : run.end]
        if isinstance(block[run.start].statement, n.TableRow):
            statements = [line.statement for line in block[run.start : run.end]]
            table = [statement for statement in statements if isinstance(statement, n.TableRow)]
            texts += _table(table, writer.words)
        elif run.kind == CASE:
            texts += _cases(members)
        else:
            width = 0 if run.kind == PLAIN else max((len(row.left) for row in members if row.right), default=0)
            gap = "  " if run.kind == SINCE else " "
            texts += [f"{row.left:{width}}{gap}{row.right}" if row.right else row.left for row in members]
    return texts


def _cases(rows: Sequence[Row]) -> list[str]:
    """Cases with what they lead to in a column; the value after `otherwise` stands below the values after `then`."""
    width = max(len(row.left) for row in rows)
    if len(rows) == 1 or width > _WIDEST_CASE:
        return [" ".join(part for part in (row.left, row.word, row.right) if part) for row in rows]
    word = max(len(row.word) for row in rows)
    texts = []
    for row in rows:
        text = f"{row.left:{width}}  "
        text += f"{row.word:{word}} {row.right}" if row.word or not row.statement else row.right
        texts.append(text if row.right else row.left)
    return texts


def _table(rows: Sequence[n.TableRow], words: Words) -> list[str]:
    """The rows of a table, its headings first, each column as wide as its widest cell."""
    cells = [[words.cell(cell, heading=at == 0) for cell in row.cells] for at, row in enumerate(rows)]
    body = cells[1:] or cells
    columns = range(max(len(row) for row in cells))
    widths = [max(len(row[column]) for row in cells if column < len(row)) for column in columns]
    right = []
    for column in columns:
        filled = [row[column] for row in body if column < len(row) and row[column]]
        right.append(bool(filled) and all(is_number(text) for text in filled))
    return [
        "|"
        + "|".join(
            f" {text:>{width}} " if number else f" {text:{width}} "
            for text, width, number in zip(row, widths, right, strict=False)
        )
        + "|"
        for row in cells
    ]
