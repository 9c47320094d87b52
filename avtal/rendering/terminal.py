"""How text meets a terminal: colour, width, and characters that must not reach it as they are."""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import IO

from attrs import frozen

from dsl.alike import Alike

RED, GREEN, YELLOW, BLUE, CYAN, BOLD, DIM = "31", "32", "33", "34", "36", "1", "2"


@frozen(eq=False, repr=False)
class Paint(Alike):
    """Puts colour on words, or leaves them as they are."""

    on: bool = False

    def __call__(self, text: str, *codes: str) -> str:
        """`text` in the colours of `codes`."""
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self.on and text else text


def wants_colour(stream: IO[str], *, asked: bool | None) -> bool:
    """Whether a stream is to have colour: what was asked for, else NO_COLOR and FORCE_COLOR, else if it is a terminal.

    FORCE_COLOR=0 means no colour.
    """
    if asked is not None:
        return asked
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR", "")
    if forced:
        return forced not in ("0", "false", "no")
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def paint(stream: IO[str] | None = None, *, asked: bool | None = None) -> Paint:
    """The paint of a stream, standard output when not given."""
    return Paint(wants_colour(stream or sys.stdout, asked=asked))


def visible(text: str) -> str:
    """`text` with characters that don't print written as escapes, so that no file steers a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\u00a0\u202f" else f"\\u{ord(c):04x}" for c in text)


def width(text: str) -> int:
    """How many columns a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def left(text: str, columns: int) -> str:
    """`text` filled with blanks on the right."""
    return text + " " * (columns - width(text))


def right(text: str, columns: int) -> str:
    """`text` filled with blanks on the left."""
    return " " * (columns - width(text)) + text
