"""Measured data as the meaning sees it: typed tables of rows, each row knowing the file and line it came from.

The reading of files lives in `avtal.reading`; this module is the shape that both sides agree on. Numbers are
`Fraction`s in base units (kr, not mkr; 0.8 for 80 %), missing cells are `None`, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from fractions import Fraction

from attrs import field, frozen

from dsl.alike import Alike, Shown
from interpreter.units import NUMBER, Unit

Cell = Fraction | str | bool | date | None


class Kind(Enum):
    """What a column holds."""

    NUMBER = "number"
    CODE = "code"
    TEXT = "text"
    DATE = "date"
    BOOL = "bool"
    CHOICE = "choice"


@frozen(kw_only=True, eq=False, repr=False)
class Column(Alike):
    """One typed column of a fact.

    Args:
        name, swedish: its two names; data files may use either as heading.
        kind: what it holds; `unit` says in what unit a number is measured (a cell without a unit is in this unit).
        optional: whether an empty cell is allowed (missing), else an empty cell refuses the row.
        low, high: the declared input range in base units, checked when data are read; `None` is unbounded.
        choices: for CHOICE, the (English, Swedish) words; the English word is the cell's value.
    """

    name: str
    swedish: str = ""
    kind: Kind
    unit: Unit = NUMBER
    optional: bool = False
    low: Fraction | None = None
    high: Fraction | None = None
    choices: tuple[tuple[str, str], ...] = ()


@frozen(kw_only=True, eq=False, repr=False)
class Fact(Alike):
    """A kind of measured data (*underlag*): its columns and which of them are key, date, provider and buyer.

    Args:
        keys: the columns that together identify a row; two rows with one key are an error. May be empty.
        dated: the date column; rows outside the settled period are out of scope. Empty: no clock.
        provider, buyer: the columns with the parties' codes; empty when the data have no such column.
        indicator, result: the columns with an indicator's code and its value, when rows are results of indicators: what
            is computed joins what is reported.
        counts: the unit that a row counts in `count of` (a contact, a visit, a person).
    """

    name: str
    swedish: str = ""
    columns: tuple[Column, ...]
    keys: tuple[str, ...] = ()
    dated: str = ""
    provider: str = ""
    buyer: str = ""
    indicator: str = ""
    result: str = ""
    counts: Unit = NUMBER

    def column(self, name: str) -> Column | None:
        """The column called `name` in either language."""
        return next((c for c in self.columns if name in (c.name, c.swedish)), None)


@frozen(eq=False, repr=False)
class Row(Shown):
    """One row of data: its cells by English column name, and where it stands (file and 1-based line or sheet row)."""

    fact: str
    cells: Mapping[str, Cell]
    file: str = field(default="", repr=False)
    line: int = field(default=0, repr=False)


Data = Mapping[str, Sequence[Row]]
"""Rows by the fact's English name."""
