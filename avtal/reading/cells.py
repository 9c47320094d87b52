"""One reader per column: from a cell's text to an exact value in base units, or a reason why not.

Assumes: text cells come as they stand in the file; cells of workbooks and Parquet come *tagged*, one letter for what
they are and then the value (`TAGS`). Guarantees: the same text in the same column gives the same answer, so answers
are kept; only the decimal sign is decided by the column as a whole (`NumberReader`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction

from attrs import frozen

from avtal.reading.numerals import Numeral, Refused, numeral, plain, show, unit_of
from avtal.reading.problems import visible
from dsl.alike import Alike
from interpreter.facts import Cell, Column, Kind
from interpreter.units import PERCENT, Unit

TAGS = {
    "t": "text",
    "n": "number, as -12.5",
    "x": "number that the file itself no longer holds exactly",
    "f": "number in floating point, in a column that is not: its fifteen digits",
    "p": "number in a cell formatted as percent, in %",
    "d": "date, ISO",
    "D": "date with a time of day",
    "b": "1 or 0",
    "e": "error value of a workbook",
}
"""First letters of tagged cells; an empty cell is the empty text."""

LONGEST = 10_000
"""The most characters of a text cell."""

_CURRENCIES = frozenset({"kr", "eur"})
_KEPT_ANSWERS = 50_000
_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})-([0-9]{2})|([0-9]{2})([0-9]{2}))([ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)?"
)
_MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0{1,9})?)?")
_EARLIEST, _LATEST = date(1900, 1, 1), date(2100, 12, 31)
_BOOLEANS = dict.fromkeys(("ja", "j", "yes", "y", "true", "sant", "1"), True) | dict.fromkeys(
    ("nej", "n", "no", "false", "falskt", "0"), False
)
_KIND_PHRASES = {
    Kind.NUMBER: "a-number",
    Kind.CODE: "a-code",
    Kind.TEXT: "a-text",
    Kind.DATE: "a-date",
    Kind.BOOL: "yes-no",
    Kind.CHOICE: "a-choice",
}
_TAG_PHRASES = dict.fromkeys("npxf", "a-number") | {"d": "a-date", "D": "a-date", "b": "yes-no"}


@frozen(eq=False, repr=False)
class Undecided(Alike):
    """A number whose `sign` may be thousands or decimals; `value`, in base units, takes it for the decimal sign."""

    value: Fraction
    sign: str


Answer = Cell | Refused | Undecided
_UNREAD = Undecided(Fraction(0), "")


class CellReader:
    """Reads the cells of one column of one file.

    Args:
        column: the fact's column.
        tagged: whether cells carry a tag (workbook, Parquet) or are bare text.
        values: the mapping's translations, from cell text to the text read instead.
    """

    def __init__(self, column: Column, *, tagged: bool = False, values: Mapping[str, str] | None = None) -> None:
        self.column = column
        self._tagged = tagged
        self._values = values or {}
        self._answers: dict[str, Answer] = {}

    @property
    def translates(self) -> bool:
        """Whether the mapping gives the column translations."""
        return bool(self._values)

    def __call__(self, cell: str, line: int) -> Answer:
        """The value of `cell`, which stands on `line`."""
        answer: Answer = self._answers.get(cell, _UNREAD)
        if answer is not _UNREAD:
            return answer
        answer = self._tag(cell, line) if self._tagged else self._plain(cell, line)
        if not isinstance(answer, Undecided):
            if len(self._answers) >= _KEPT_ANSWERS:
                self._answers.clear()
            self._answers[cell] = answer
        return answer

    def _plain(self, cell: str, line: int) -> Answer:
        text = cell.strip()
        text = self._values.get(text, text)
        if not text:
            return None if self.column.optional else Refused("AVD20")
        if len(text) > LONGEST:
            return Refused("AVD39", (("limit", str(LONGEST)),))
        return self.text(text, line)

    def _tag(self, cell: str, line: int) -> Answer:
        tag, body = cell[:1], cell[1:]
        if tag in ("", "t") or body in self._values:
            return self._plain(body, line)
        return Refused("AVD46") if tag == "e" else self.stored(tag, body, line)

    def text(self, text: str, line: int) -> Answer:  # noqa: ARG002 - numbers name the line that proves their sign
        """Read text that is not empty and has no blanks around it, standing on `line`."""
        if self.column.kind is Kind.CHOICE:
            return read_choice(self.column, text)
        return _READERS[self.column.kind](text)

    def stored(self, tag: str, body: str, line: int) -> Answer:
        """Read a value that the file stores as a number, date or yes/no."""
        kind = self.column.kind
        coded = kind in (Kind.CODE, Kind.TEXT)
        if tag == "n" and (kind in (Kind.CHOICE, Kind.BOOL) or (coded and "." not in body)):
            return self._plain(body, line)
        if tag in "nxf" and coded:
            return Refused("AVD37")
        if tag in "dD" and kind is Kind.DATE:
            return read_date(body) if tag == "d" else Refused("AVD31")
        if tag == "b" and kind is Kind.BOOL:
            return body == "1"
        return Refused("AVD36", (("found", _TAG_PHRASES[tag]), ("expected", _KIND_PHRASES[kind])))


class NumberReader(CellReader):
    """Reads numbers, and keeps watch over the column's decimal sign.

    The first cell that proves a decimal sign settles it for the column; a later cell that proves the other is
    refused. Cells that prove nothing are `Undecided` until `decide` is called when the file has been read.

    Args:
        unit: the unit of a cell that names none: the column's, or the one in the heading.
        decimal: the decimal sign that the mapping states; empty when it states none.
    """

    def __init__(
        self,
        column: Column,
        *,
        tagged: bool = False,
        values: Mapping[str, str] | None = None,
        unit: Unit | None = None,
        decimal: str = "",
    ) -> None:
        super().__init__(column, tagged=tagged, values=values)
        self.unit = unit or column.unit
        self.decimal = decimal
        self._proof: tuple[tuple[str, str], ...] = (("because", "the-mapping"),)

    def text(self, text: str, line: int) -> Answer:
        """Read a number with an optional unit."""
        found = numeral(text)
        if isinstance(found, Refused):
            return found
        unit = self._unit(found)
        if isinstance(unit, Refused):
            return unit
        if found.decimal and not self.decimal:
            self.decimal, self._proof = found.decimal, (("because", "row-of"), ("line", str(line)))
        if found.decimal and found.decimal != self.decimal:
            return self._mixed(found.decimal)
        value = found.value if unit.factor == 1 else found.value * unit.factor
        return Undecided(value, found.undecided) if found.undecided else in_range(self.column, value)

    def stored(self, tag: str, body: str, line: int) -> Answer:
        """Read a stored number; in a cell formatted as percent it is in %, else in the column's unit."""
        if tag == "x":
            # What is no number at all (NaN, infinity) has no digits.
            return Refused("AVD25" if any(map(str.isdigit, body)) else "AVD21")
        if tag not in "npf":
            return super().stored(tag, body, line)
        if tag == "p" and self.column.unit.dimension:
            return Refused("AVD24", (("unit", "%"), ("expected", expected(self.column))))
        value = plain(body)
        if isinstance(value, Refused):
            return value
        return in_range(self.column, value * (PERCENT if tag == "p" else self.unit).factor)

    def decide(self, found: Undecided, others: str) -> Answer:
        """The value of an undecided number, or why it cannot be told.

        Args:
            found: the number.
            others: the decimal sign that the file's other columns agree on; empty when they prove none.
        """
        if found.sign == (self.decimal or others):
            return in_range(self.column, found.value)
        return Refused("AVD22")

    def _unit(self, found: Numeral) -> Unit | Refused:
        if not found.unit:
            return self.unit
        unit = unit_of(found.unit, self.column.unit)
        return unit or Refused("AVD24", (("unit", visible(found.unit)), ("expected", expected(self.column))))

    def _mixed(self, sign: str) -> Refused:
        return Refused("AVD23", (("found", sign), ("expected", self.decimal), *self._proof))


def expected(column: Column) -> str:
    """The unit of `column` in words for a message."""
    return column.unit.name or "plain-number"


def money(column: Column) -> bool:
    """Whether a column measures money, which floating point does not carry exactly."""
    return column.kind is Kind.NUMBER and any(name in _CURRENCIES for name, _ in column.unit.dimension)


def in_range(column: Column, value: Fraction) -> Fraction | Refused:
    """`value` if it lies in the column's declared range, else `AVD26` with the range in the column's unit."""
    low, high = column.low, column.high
    if (low is None or low <= value) and (high is None or value <= high):
        return value
    phrase = "from-to" if low is not None and high is not None else "at-least" if low is not None else "at-most"
    bounds = [(n, show(b, column.unit)) for n, b in (("low", low), ("high", high)) if b is not None]
    return Refused("AVD26", (("range", phrase), *bounds))


def read_date(text: str) -> date | Refused:
    """Read `2012-01-31`, `20120131` or either with a midnight time; every other form is refused, never guessed."""
    match = _DATE.fullmatch(text)
    if match is None:
        return Refused("AVD28")
    year, month, day, tight_month, tight_day, time = match.groups()
    if time and not _MIDNIGHT.fullmatch(time):
        return Refused("AVD31")
    try:
        found = date(int(year), int(month or tight_month), int(day or tight_day))
    except ValueError:
        return Refused("AVD29")
    return found if _EARLIEST <= found <= _LATEST else Refused("AVD30")


def read_bool(text: str) -> bool | Refused:
    """Read yes or no in either language, as a word, a letter or 1/0."""
    answer = _BOOLEANS.get(text.casefold())
    return Refused("AVD32") if answer is None else answer


def read_choice(column: Column, text: str) -> str | Refused:
    """Read one of the column's words in either language; the English word is the value."""
    folded = text.casefold()
    for word, swedish in column.choices:
        if folded in (word.casefold(), swedish.casefold()):
            return word
    from difflib import get_close_matches

    words = [word for pair in column.choices for word in pair if word]
    near = get_close_matches(folded, words, 1)
    choices = (("choices", ", ".join(f"`{w}`" for w in words)),)
    return Refused("AVD33", choices + ((("suggestions", f"`{near[0]}`"),) if near else ()))


def read_code(text: str) -> str | Refused:
    """Read a code: its text exactly. What cannot be seen or compared safely is refused."""
    return _invisible(text, allowed="") or text


def read_text(text: str) -> str | Refused:
    """Read free text; line breaks, tabs and no-break blanks are allowed in it."""
    return _invisible(text, allowed="\t\n\r\u00a0\u202f\u2009") or text


def _invisible(text: str, allowed: str) -> Refused | None:
    if text.isascii() and text.isprintable():
        return None
    for character in text:
        if not character.isprintable() and character not in allowed:
            name = unicodedata.name(character, "")
            return Refused("AVD34", (("character", f"U+{ord(character):04X} {name}".strip()),))
    return None if unicodedata.is_normalized("NFC", text) else Refused("AVD35")


_READERS: dict[Kind, Callable[[str], Answer]] = {
    Kind.CODE: read_code,
    Kind.TEXT: read_text,
    Kind.DATE: read_date,
    Kind.BOOL: read_bool,
}
"""Readers of text by kind; numbers have `NumberReader`, and choices need their column."""
