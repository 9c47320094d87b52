"""Places in a text. Spans are offsets; lines and columns are worked out only when something is printed."""

from __future__ import annotations

from attrs import frozen

from dsl.alike import Alike


@frozen(eq=False, repr=False)
class Span(Alike):
    """The characters `start` up to but not including `end` of the file called `file`."""

    file: str
    start: int
    end: int

    def __lt__(self, other: Span) -> bool:
        return (self.file, self.start, self.end) < (other.file, other.start, other.end)

    def to(self, other: Span) -> Span:
        """The span from the start of this to the end of `other` in the same file."""
        return Span(self.file, self.start, max(self.end, other.end))


NOWHERE = Span("", 0, 0)
"""The span of what no text caused."""


@frozen(eq=False, repr=False)
class Place(Alike):
    """A span's first line and column, 1-based, with the text of that line."""

    line: int
    column: int
    text: str


def place(text: str, span: Span) -> Place:
    """Where in `text` a span starts.

    Args:
        text: the whole file.
        span: offsets into it; an offset past the end means the end.
    """
    start = min(span.start, len(text))
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    return Place(
        text.count("\n", 0, start) + 1, start - line_start + 1, text[line_start : line_end if line_end >= 0 else None]
    )
