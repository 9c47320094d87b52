"""A diagnostic is data: which problem, where, with which words. Nothing is printed here.

A `Problem` is one kind of mistake with its code, texts in both languages and a page in `docs/errors/`. Texts are
`str.format` templates over the diagnostic's arguments. Codes are never reused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from fractions import Fraction
from itertools import groupby

from attrs import field, frozen

from dsl.alike import Alike
from dsl.spans import Span


class Severity(Enum):
    """Whether a contract with this finding may be settled (warning) or not (error)."""

    ERROR = "error"
    WARNING = "warning"


@frozen(eq=False, repr=False)
class Problem(Alike):
    """A kind of mistake.

    Args:
        code: `AV` and three digits.
        en, sv: what is wrong, in the contract's own words.
        help_en, help_sv: what to do about it; may be empty.
    """

    code: str
    en: str
    sv: str
    help_en: str = ""
    help_sv: str = ""
    severity: Severity = Severity.ERROR

    def at(self, span: Span, *others: Span, **arguments: object) -> Diagnostic:
        """This problem at a place, with the words its texts name; `others` are places that belong to it.

        An argument that reads differently in the two languages is given twice, as `name_en` and `name_sv`.
        """
        return Diagnostic(self, span, {name: str(value) for name, value in arguments.items()}, others)


@frozen(eq=False, repr=False)
class DataRow(Alike):
    """A row of data that a problem is about, by its place: its key may be a person's number, which no message shows.

    Args:
        fact: what it is a row of.
        file, line: where it stands, the line counted from 1.
    """

    fact: str
    file: str
    line: int


@frozen(eq=False, repr=False)
class Diagnostic(Alike):
    """A problem at a place.

    `arguments` fill the problem's texts. An argument `suggestion` (perhaps empty) adds "did you mean …?" to the help,
    and `rows` tells after the message which rows of a table's file, or providers, it is about. `data` are the rows of
    data that it is about, in their order; `more` says that there are others, too many to keep.
    """

    SHOWN = 3
    """How many rows of data a message tells."""

    problem: Problem
    span: Span
    arguments: Mapping[str, str] = field(factory=dict)
    others: tuple[Span, ...] = ()
    data: tuple[DataRow, ...] = ()
    more: bool = False

    @property
    def code(self) -> str:
        """The problem's code."""
        return self.problem.code

    @property
    def is_error(self) -> bool:
        """Whether nothing may be settled before it is mended."""
        return self.problem.severity is Severity.ERROR

    def message(self, language: str) -> str:
        """What is wrong, in `sv` or `en`."""
        text = (self.problem.sv if language == "sv" else self.problem.en).format_map(self.arguments)
        rows = self.arguments.get("rows", "") or self._rows(language)
        return f"{text} ({rows})" if rows else text

    def _rows(self, language: str) -> str:
        """Which rows of data it is about: the first of its files, and how many others."""
        shown = sorted(self.data, key=lambda row: (row.file, row.line))[: self.SHOWN]
        files = groupby(shown, key=lambda row: row.file)
        told = ", ".join([f"{file}:{', '.join([str(row.line) for row in rows])}" for file, rows in files])
        rest = len(self.data) - len(shown)
        if not rest and not self.more:
            return told
        sv = language == "sv"
        least = ("minst " if sv else "at least ") if self.more else ""
        return f"{told} och {least}{rest} till" if sv else f"{told} and {least}{rest} more"

    def help(self, language: str) -> str:
        """What to do, in `sv` or `en`; may be empty."""
        text = (self.problem.help_sv if language == "sv" else self.problem.help_en).format_map(self.arguments)
        suggestion = self.arguments.get("suggestion", "")
        if not suggestion:
            return text
        asked = f"menade du `{suggestion}`?" if language == "sv" else f"did you mean `{suggestion}`?"
        return f"{asked} {text}" if text else asked


def nearest(word: str, candidates: Iterable[str], like: int = 60) -> str:
    """The candidate most like `word`, at least `like` per cent, or an empty text when none is like it."""
    import difflib  # noqa: PLC0415 - few runs miss a name

    known = {candidate.casefold(): candidate for candidate in candidates}
    cutoff = Fraction(like, 100)
    found = difflib.get_close_matches(word.casefold(), known, 1, cutoff)  # type: ignore[call-overload]
    return known[found[0]] if found else ""
