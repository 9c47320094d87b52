"""Characters, lines and blocks: what a text must look like before a single line is parsed.

Guarantees: every logical line is cut out with its place, indentation and comments; nothing that a reader can't see
reaches the parser; sizes and depths are within the limits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from attrs import frozen

from dsl import problems
from dsl.diagnostics import Diagnostic
from dsl.spans import Span

MAX_BYTES = 256 * 1024
MAX_TOKENS = 50_000
MAX_DEPTH = 64
INDENT = 2

BLANKS = "\u00a0\u202f"
"""Blanks other than the ordinary one that may group digits."""

_TEXT_EXTRA = set("–—‐…’‘”“«»§°²³×·•€½¼¾±µ≤≥≠→" + BLANKS)
_LETTERS = set("åäöÅÄÖéÉèÈüÜáÁàÀæÆøØôÔçÇñÑëËïÏ")
_ODD = re.compile(r"[^\n -~]")
_SCAN = re.compile(r'"[^"\n]*("|$)|#|[()\[\]]')
_OPENING = {"(": ")", "[": "]"}


@frozen
class Logical:
    """A line of the language: one physical line, or several joined by an open parenthesis.

    Args:
        start, end: offsets of its content, without indentation and comment.
        indent: how many blanks it is indented by.
        before: comments (and blank lines, as empty texts) above it.
        comment: the comment behind it.
    """

    start: int
    end: int
    indent: int
    before: tuple[str, ...]
    comment: str


@frozen
class Layout:
    """A file cut into logical lines, the comments after the last, and what is wrong with its characters."""

    lines: tuple[Logical, ...]
    after: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


def normal(text: str) -> str:
    """The text with one kind of line end; Windows' own is accepted, a byte order mark at the start is dropped."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def describe(character: str) -> str:
    """A character by code point and name, for a message."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'control character')}"


def characters(text: str, file: str) -> Iterator[Diagnostic]:
    """Report characters that hide or imitate others; the same character is reported once."""
    seen: set[str] = set()
    for match in _ODD.finditer(text):
        character = match.group()
        if character in _TEXT_EXTRA or character in _LETTERS or character in seen:
            continue
        seen.add(character)
        span = Span(file, match.start(), match.end())
        if character == "\t":
            yield problems.TAB.at(span)
        else:
            yield problems.HIDDEN_CHARACTER.at(span, character=describe(character))


def layout(text: str, file: str) -> Layout:
    """Cut a text into logical lines.

    Args:
        text: the file's text, already `normal`.
        file: its name, for the spans.

    Returns:
        The lines, with every problem of characters, size and parentheses found on the way.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        return Layout((), (), (problems.TOO_LARGE.at(Span(file, 0, 0), found=size, limit=MAX_BYTES),))
    found = list(characters(text, file))
    if found:
        return Layout((), (), tuple(found))
    lines: list[Logical] = []
    before: list[str] = []
    position = 0
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        content = position + len(text[position:end]) - len(text[position:end].lstrip(" "))
        if content == end:
            if not before or before[-1]:
                before.append("")
            position = end + 1
            continue
        if text[content] == "#":
            before.append(text[content:end].rstrip(" "))
            position = end + 1
            continue
        stop, comment_at, end, wrong = _logical(text, content, end, file)
        found.extend(wrong)
        comment = text[comment_at:end].rstrip(" ") if comment_at >= 0 else ""
        lines.append(Logical(content, stop, content - position, tuple(before), comment))
        before = []
        position = end + 1
    while before and not before[-1]:
        before.pop()
    return Layout(tuple(lines), tuple(before), tuple(found))


def _logical(text: str, start: int, end: int, file: str) -> tuple[int, int, int, list[Diagnostic]]:
    """Find where the logical line at `start` stops: (end of content, comment or -1, end of line, problems)."""
    wrong: list[Diagnostic] = []
    stack: list[tuple[str, int]] = []
    position, comment = start, -1
    row = text[start] == "|"
    while True:
        match = _SCAN.search(text, position, end)
        if match is None or (row and match.group() != "#" and not match.group().startswith('"')):
            if match is not None:
                position = match.end()
                continue
            if not stack or end >= len(text):
                break
            following = text.find("\n", end + 1)
            position, end = end + 1, len(text) if following < 0 else following
            continue
        sign = match.group()
        position = match.end()
        if sign == "#":
            if stack:
                wrong.append(problems.COMMENT_INSIDE.at(Span(file, match.start(), end)))
            comment = match.start()
            break
        if sign.startswith('"'):
            if len(sign) == 1 or not sign.endswith('"'):
                wrong.append(problems.UNCLOSED_TEXT.at(Span(file, match.start(), end)))
        elif sign in _OPENING:
            stack.append((sign, match.start()))
        elif stack and _OPENING[stack[-1][0]] == sign:
            stack.pop()
        else:
            break
        if len(stack) > MAX_DEPTH:
            wrong.append(problems.TOO_DEEP.at(Span(file, match.start(), match.end()), limit=MAX_DEPTH))
            return start, -1, end, wrong
    if stack:
        sign, at = stack[0]
        first = text.find("\n", start)
        end = len(text) if first < 0 else first
        wrong.append(problems.UNCLOSED.at(Span(file, at, at + 1), found=sign))
        return start, -1, end, wrong
    stop = comment if comment >= 0 else end
    return start + len(text[start:stop].rstrip(" ")), comment, end, wrong
