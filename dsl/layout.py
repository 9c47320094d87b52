"""Characters, lines and blocks: what a text must look like before a single line is parsed.

Guarantees: every logical line is cut out with its place, indentation and comments; nothing that a reader can't see
reaches the parser; sizes and depths are within the limits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from attrs import frozen

from dsl import problems
from dsl.alike import Alike
from dsl.diagnostics import Diagnostic
from dsl.limits import MAX_BYTES, MAX_DEPTH, MAX_PROBLEMS
from dsl.spans import Span

INDENT = 2

BLANKS = "\u00a0\u202f"
"""Blanks other than the ordinary one that may group digits, and indent a line that was pasted from a document."""

_TEXT_EXTRA = set("–—‐…’‘”“«»§°²³×·•€½¼¾±µ≤≥≠→" + BLANKS)
_LETTERS = set("åäöÅÄÖéÉèÈüÜáÁàÀæÆøØôÔçÇñÑëËïÏ")
_ODD = re.compile(r"[^\n -~]")
_SPLIT = re.compile("[aAoOeE][\u0300\u0301\u0308\u030a]")
_CONTINUED = re.compile(f"\n([ {BLANKS}]*)([^ \n{BLANKS}])")
_SCAN = re.compile(r'"[^"\n]*("|$)|#|[()\[\]]')
_OPENING = {"(": ")", "[": "]"}


@frozen(eq=False, repr=False)
class Logical(Alike):
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


@frozen(eq=False, repr=False)
class Layout(Alike):
    """A file cut into logical lines, the comments after the last, and what is wrong with its characters."""

    lines: tuple[Logical, ...]
    after: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


def normal(text: str) -> str:
    """The text with one kind of line end and one kind of å: what editors and systems write differently.

    Windows' own line ends are accepted, a byte order mark at the start is dropped, and letters that macOS splits into
    a letter and an accent are joined.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return _SPLIT.sub(lambda match: unicodedata.normalize("NFC", match.group()), text)


def describe(character: str) -> str:
    """A character by code point and name, for a message."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'control character')}"


def characters(text: str, file: str) -> Iterator[Diagnostic]:
    """Report characters that hide or imitate others: the first on each line."""
    reported = -1
    for match in _ODD.finditer(text):
        character = match.group()
        if match.start() < reported or character in _TEXT_EXTRA or character in _LETTERS:
            continue
        end = text.find("\n", match.end())
        reported = end if end >= 0 else len(text)
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
    found = list(islice(characters(text, file), MAX_PROBLEMS + 1))
    lines: list[Logical] = []
    before: list[str] = []
    position = 0
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        content = position + len(text[position:end]) - len(text[position:end].lstrip(" \t" + BLANKS))
        if content == end:
            if not before or before[-1]:
                before.append("")
            position = end + 1
            continue
        if text[content] == "#":
            before.append(text[content:end].rstrip(" " + BLANKS))
            position = end + 1
            continue
        indent = content - position + text.count("\t", position, content) * (INDENT - 1)  # a reported tab is a level
        logical, end = _logical(text, content, indent, end, file, tuple(before), found)
        lines.append(logical)
        before = []
        position = end + 1
        if len(found) > MAX_PROBLEMS:
            break
    while before and not before[-1]:
        before.pop()
    return Layout(tuple(lines), tuple(before), tuple(found))


def _logical(
    text: str, start: int, indent: int, end: int, file: str, before: tuple[str, ...], found: list[Diagnostic]
) -> tuple[Logical, int]:
    """Cut out the logical line at `start`, whose physical line stops at `end`; returns it and where it stops.

    A line goes on while a parenthesis is open and the next line is indented deeper or begins by closing it, so that a
    forgotten `)` costs one line and not the rest of the file. Problems are added to `found`.
    """
    stack: list[tuple[str, int]] = []
    position, comment = start, -1
    first = end
    row = text[start] == "|"  # parentheses in a table's cells are text
    while True:
        match = _SCAN.search(text, position, end)
        if match is None:
            following = _continuation(text, end, indent) if stack else -1
            if following < 0:
                break
            position, end = end + 1, following
            continue
        sign = match.group()
        position = match.end()
        if sign == "#":
            comment = match.start()
            if stack:
                found.append(problems.COMMENT_INSIDE.at(Span(file, comment, end)))
                position, comment = end, -1
                continue
            break
        if sign.startswith('"'):
            if len(sign) == 1 or not sign.endswith('"'):
                found.append(problems.UNCLOSED_TEXT.at(Span(file, match.start(), end)))
        elif row:
            continue
        elif sign in _OPENING:
            stack.append((sign, match.start()))
            if len(stack) > MAX_DEPTH:
                found.append(problems.TOO_DEEP.at(Span(file, match.start(), match.end()), limit=MAX_DEPTH))
                return Logical(start, end, indent, before, ""), end
        elif stack and _OPENING[stack[-1][0]] == sign:
            stack.pop()
        else:
            found.append(problems.UNOPENED.at(Span(file, match.start(), match.end()), found=sign))
            stack, row = [], True
    if stack:
        opening, at = stack[-1]
        found.append(problems.UNCLOSED.at(Span(file, at, at + 1), found=opening))
        return Logical(start, first, indent, before, ""), first
    stop = comment if comment >= 0 else end
    content = start + len(text[start:stop].rstrip(" " + BLANKS))
    return Logical(start, content, indent, before, text[comment:end].rstrip(" " + BLANKS) if comment >= 0 else ""), end


def _continuation(text: str, end: int, indent: int) -> int:
    """Where the physical line after the one stopping at `end` stops, or -1 when it does not continue that line."""
    match = _CONTINUED.match(text, end)
    if match is None or match.group(2) == "|" or (len(match.group(1)) <= indent and match.group(2) not in ")]"):
        return -1
    following = text.find("\n", match.end())
    return following if following >= 0 else len(text)
