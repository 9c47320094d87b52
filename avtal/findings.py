"""What is wrong, as plain data: the problems of texts and of data files, with their places and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from avtal.answers import Finding, Position, Refusal, RefusedRow
from avtal.errors import AvtalError, DataError
from dsl.diagnostics import Diagnostic
from dsl.spans import Span, place


def finding(diagnostic: Diagnostic, texts: Mapping[str, str], language: str) -> Finding:
    """A diagnostic with its places and words.

    Args:
        diagnostic: what was found.
        texts: each file's text by the name that spans give it.
        language: of the words, `sv` or `en`.
    """
    at = position(diagnostic.span, texts)
    return Finding(
        code=diagnostic.code,
        severity=diagnostic.problem.severity.value,
        message=diagnostic.message(language),
        help=diagnostic.help(language),
        file=at.file,
        line=at.line,
        column=at.column,
        end_line=at.end_line,
        end_column=at.end_column,
        related=tuple(position(other, texts) for other in diagnostic.others),
    )


def findings(diagnostics: Iterable[Diagnostic], texts: Mapping[str, str], language: str) -> tuple[Finding, ...]:
    """Diagnostics with their places and words."""
    return tuple(finding(one, texts, language) for one in diagnostics)


def position(span: Span, texts: Mapping[str, str]) -> Position:
    """A span as lines and columns."""
    if span.file not in texts:
        return Position(file=span.file, line=None, column=None, end_line=None, end_column=None)
    text = texts[span.file]
    start, end = place(text, span), place(text, Span(span.file, span.end, span.end))
    return Position(file=span.file, line=start.line, column=start.column, end_line=end.line, end_column=end.column)


def refusal(error: AvtalError, language: str) -> Refusal:
    """What stands in the way: the sentence, and each problem of a text or of data that it is about."""
    rows: tuple[RefusedRow, ...] = ()
    suggestion = ""
    if isinstance(error, DataError):
        speech = "sv" if language == "sv" else "en"
        rows = tuple(
            RefusedRow(code=p.code, file=p.file, row=p.row, heading=p.column, message=p.text(speech))
            for p in error.reading.problems
        )
        suggestion = error.reading.suggestion
    return Refusal(
        detail=error.text(language),
        findings=findings(error.diagnostics, error.texts, language),
        refused_rows=rows,
        suggestion=suggestion,
    )
