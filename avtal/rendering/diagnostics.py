"""Diagnostics as text with the source line and a caret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from avtal.rendering.terminal import BLUE, BOLD, CYAN, RED, YELLOW, Paint, visible, width
from dsl.alike import Alike
from dsl.diagnostics import Diagnostic
from dsl.spans import Place, Span, place

WIDEST = 110
"""The most columns of a source line that are shown."""

ERROR = {"sv": "fel", "en": "error"}
WARNING = {"sv": "varning", "en": "warning"}
_RUNS = re.compile(r"\^+|-+| +")
HELP = {"sv": "hjälp", "en": "help"}
ALSO = {"sv": "se även", "en": "see also"}


@frozen(eq=False, repr=False)
class _Mark(Alike):
    """A line of a file with what is to be underlined in it, in characters of the line."""

    file: str
    place: Place
    length: int
    main: bool


def _mark(span: Span, text: str, *, main: bool) -> _Mark:
    at = place(text, span)
    rest = len(at.text) - (at.column - 1)
    return _Mark(span.file, at, max(1, min(span.end - span.start, rest)), main)


def render(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str], language: str, paint: Paint | None = None
) -> str:
    """Diagnostics as text, one paragraph each.

    Args:
        diagnostics: in the order to show them.
        texts: each file's text by the name that spans give it; a place in an unknown file is shown without its line.
        language: `sv` or `en`.
        paint: colours; none when not given.
    """
    return "\n".join(one(d, texts, language, paint or Paint()) for d in diagnostics)


def one(diagnostic: Diagnostic, texts: Mapping[str, str], language: str, paint: Paint) -> str:
    """One diagnostic as text, ended by a line end."""
    colour = RED if diagnostic.is_error else YELLOW
    word = (ERROR if diagnostic.is_error else WARNING)[language]
    head = paint(f"{word} {diagnostic.code}", BOLD, colour)
    lines = [f"{head}{paint(': ' + visible(diagnostic.message(language)), BOLD)}"]
    spans = [diagnostic.span, *(other for other in diagnostic.others if other != diagnostic.span)]
    marks = [_mark(s, texts[s.file], main=at == 0) for at, s in enumerate(spans) if s.file in texts]
    gutter = max((len(str(mark.place.line)) for mark in marks), default=0)
    bar = paint("|", BLUE)
    shown: set[tuple[str, int]] = set()
    for mark in marks:
        line = (mark.file, mark.place.line)
        if line in shown:
            continue
        shown.add(line)
        also = "" if mark.main else f" ({ALSO[language]})"
        arrow = paint("-->" if mark.main else ":::", BLUE)
        lines.append(f"{' ' * gutter}{arrow} {visible(mark.file)}:{mark.place.line}:{mark.place.column}{also}")
        source, underline = _window(mark, [m for m in marks if (m.file, m.place.line) == line], paint, colour)
        lines.append(f"{' ' * gutter} {bar}")
        lines.append(f"{paint(str(mark.place.line).rjust(gutter), BLUE)} {bar} {source}")
        lines.append(f"{' ' * gutter} {bar} {underline}")
    if not marks and diagnostic.span.file:
        lines.append(f"{paint('-->', BLUE)} {visible(diagnostic.span.file)}")
    help_ = diagnostic.help(language)
    if help_:
        lines.append(f"{' ' * gutter} {paint('=', BLUE)} {paint(HELP[language], BOLD, CYAN)}: {visible(help_)}")
    return "\n".join(lines) + "\n"


def _window(mark: _Mark, marks: Sequence[_Mark], paint: Paint, colour: str) -> tuple[str, str]:
    """The shown part of a source line, and below it what is underlined: `^` the problem itself, `-` what belongs to it.

    Args:
        mark: what the shown part must hold.
        marks: all that is to be underlined in the line.
        paint: colours.
        colour: that of `^`.
    """
    line, start = mark.place.text, mark.place.column - 1
    cut = 0
    if len(line) > WIDEST and start + mark.length > WIDEST - 10:
        cut = max(0, min(start - 30, len(line) - WIDEST))
    end = min(len(line), cut + WIDEST)
    signs = [" "] * (end - cut + 1)
    for other in sorted(marks, key=lambda m: m.main):
        first = other.place.column - 1 - cut
        for at in range(max(0, first), min(first + other.length, len(signs))):
            signs[at] = "^" if other.main else "-"
    before, after = "…" if cut else "", "…" if end < len(line) else ""
    columns = [max(0, width(visible(c))) for c in line[cut:end]] + [1]
    under = "".join(sign * size for sign, size in zip(signs, columns, strict=True)).rstrip()
    painted = "".join(
        paint(run, {"^": colour, "-": BLUE}[run[0]]) if run[0] != " " else run for run in _RUNS.findall(under)
    )
    return f"{before}{visible(line[cut:end])}{after}", " " * len(before) + painted


def summary(diagnostics: Sequence[Diagnostic], language: str) -> str:
    """How many errors and warnings there are, in words; empty when there are none."""
    errors = sum(d.is_error for d in diagnostics)
    warnings = len(diagnostics) - errors
    if language == "sv":
        parts = [f"{errors} fel"] * bool(errors) + [f"{warnings} varning{'ar' * (warnings > 1)}"] * bool(warnings)
        return " och ".join(parts)
    parts = [f"{errors} error{'s' * (errors > 1)}"] * bool(errors)
    parts += [f"{warnings} warning{'s' * (warnings > 1)}"] * bool(warnings)
    return " and ".join(parts)
