"""What an expression is, known before any data are read."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from attrs import field, frozen

from dsl.alike import Alike
from interpreter.units import DAY, NO_UNITS, NUMBER, PERCENT, Unit, Units, unit_name


@frozen(eq=False, repr=False)
class Num(Alike):
    """A number of a unit. The unit's factor and name only say how to print it; two are alike when dimensions are."""

    unit: Unit = NUMBER

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Num) and self.unit.dimension == other.unit.dimension

    def __hash__(self) -> int:
        return hash(self.unit.dimension)


@frozen(eq=False, repr=False)
class Bool(Alike):
    """Yes or no."""


@frozen(eq=False, repr=False)
class Code(Alike):
    """A code or a text; codes keep their characters."""


@frozen(eq=False, repr=False)
class Day(Alike):
    """A date."""


@frozen(eq=False, repr=False)
class Period(Alike):
    """A stretch of days with a start and an end: the settled period, a month."""


@frozen(eq=False, repr=False)
class Choice(Alike):
    """One of a closed set of words, English first."""

    words: tuple[tuple[str, str], ...]

    def word(self, name: str) -> str:
        """The English word for a word in either language, or an empty text."""
        return next((en for en, sv in self.words if name in (en, sv)), "")


@frozen(eq=False, repr=False)
class Range(Alike):
    """Between which values a figure must lie, both ends included; an end of `None` is open.

    Args:
        low, high: in base units.
        low_text, high_text: as they are written.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    low_text: str = ""
    high_text: str = ""

    def __contains__(self, value: object) -> bool:
        """Whether a number lies in the range; what is no number has none."""
        if not isinstance(value, Fraction):
            return True
        top, below = value.as_integer_ratio()  # compared as integers: several times as fast
        if self.low is not None:
            above, under = self.low.as_integer_ratio()
            if above * below > top * under:
                return False
        if self.high is not None:
            above, under = self.high.as_integer_ratio()
            return top * under <= above * below
        return True

    @property
    def said(self) -> dict[str, str]:
        """The range in words, for a message."""
        if self.high is None:
            return {"range_en": f"below {self.low_text}", "range_sv": f"under {self.low_text}"}
        ends = (self.low_text, self.high_text)
        return {"range_en": "outside {} to {}".format(*ends), "range_sv": "utanför {} till {}".format(*ends)}


ANYTHING = Range()
"""No bounds."""


@frozen(eq=False, repr=False)
class ColumnType(Alike):
    """A key or a value of a table: its two names and its type, whether a cell may be empty, and its range."""

    name: str
    swedish: str = field(default="", eq=False)
    type: Type = field(factory=Code)
    optional: bool = field(default=False, eq=False)
    range: Range = field(default=ANYTHING, eq=False)


@frozen(eq=False, repr=False)
class Signature(Alike):
    """What a table is looked up by and what an entry holds."""

    keys: tuple[ColumnType, ...]
    values: tuple[ColumnType, ...]

    def value(self, name: str) -> ColumnType | None:
        """The value column of that name in either language."""
        return next((c for c in self.values if name in (c.name, c.swedish)), None)


@frozen(eq=False, repr=False)
class Table(Alike):
    """A table, looked up with `[ ]`."""

    signature: Signature


@frozen(eq=False, repr=False)
class Entry(Alike):
    """One row of a table, perhaps missing."""

    signature: Signature


@frozen(eq=False, repr=False)
class RowOf(Alike):
    """One row of a fact, perhaps missing."""

    fact: str


@frozen(eq=False, repr=False)
class Unknown(Alike):
    """The type of what is already reported as wrong; it fits anything."""


Type: TypeAlias = Num | Bool | Code | Day | Period | Choice | Table | Entry | RowOf | Unknown

FRACTION = Num(NUMBER)
SHARE = Num(PERCENT)
DAYS = Num(DAY)


def words(t: Type, language: str, units: Units = NO_UNITS) -> str:
    """A type in the reader's words; `units` are the names of units that a file declares."""
    sv = language == "sv"
    match t:
        case Num(unit):
            return unit_name(unit.name, language, units) or ("ett tal" if sv else "a number")
        case Bool():
            return "ja eller nej" if sv else "yes or no"
        case Code():
            return "en kod" if sv else "a code"
        case Day():
            return "ett datum" if sv else "a date"
        case Period():
            return "en period" if sv else "a period"
        case Choice(options):
            return (" eller " if sv else " or ").join(f"`{(s if sv else '') or e}`" for e, s in options)
        case Table():
            return "en tabell" if sv else "a table"
        case Entry():
            return "en rad i en tabell" if sv else "a row of a table"
        case RowOf(fact):
            return f"en rad av {fact}" if sv else f"a row of {fact}"
        case Unknown():
            return "?"
