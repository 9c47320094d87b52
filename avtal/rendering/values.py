"""Values as people read them: a number in its unit, a date, yes or no, a code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from avtal.rendering.numbers import BLANK, exact, kronor
from avtal.rendering.terminal import visible
from dsl.lexicon import ENGLISH_UNIT, UNITS
from dsl.spans import Span
from interpreter import types as t
from interpreter.facts import Row
from interpreter.units import KRONA, NO_UNITS, Unit, Units, unit_name
from interpreter.values import Days, EntryValue, Missing

Uses = Mapping[Span, tuple[str, str]]
"""Where a name with two spellings stands → what it is called in English and in Swedish (`Analysed.uses`)."""

MISSING = {"sv": "saknas", "en": "missing"}
YEARS = range(1900, 2200)
"""Plain whole numbers that are shown without a blank among their digits, for they are years more often than not."""
YES_NO = {"sv": ("nej", "ja"), "en": ("no", "yes")}


def value(found: object, kind: t.Type | None, language: str, units: Units = NO_UNITS) -> str:
    """A value of the evaluator in words.

    Args:
        found: a number in base units, text, date, yes or no, period, row, table entry, or a missing datum.
        kind: its type, which says in what unit a number is shown; a plain number when not given.
        language: `sv` or `en`.
        units: the two names of each unit that the contract declares.
    """
    match found:
        case Missing():
            return f"{MISSING[language]} ({visible(found.told(language))})"
        case bool():
            return YES_NO[language][found]
        case Fraction():
            return number(found, kind.unit, language, units) if isinstance(kind, t.Num) else exact(found, language)
        case Days(start, end):
            return f"{start} – {end}"
        case Row():
            return place(found)
        case EntryValue():
            return visible(found.name)
        case date():
            return str(found)
        case str() if isinstance(kind, t.Choice):
            return next((sv if language == "sv" and sv else en for en, sv in kind.words if en == found), visible(found))
        case str():
            return visible(found)
        case _:
            return ""


def number(found: Fraction, unit: Unit, language: str, units: Units = NO_UNITS) -> str:
    """A number in a unit: kronor whatever multiple was written, else as the unit says, exact or with `…`."""
    if unit.dimension == KRONA.dimension:
        return kronor(found, language)
    if not unit.name and found.denominator == 1 and found.numerator in YEARS:
        return str(found)
    shown = exact(found / unit.factor, language)
    first, slash, below = unit.name.partition("/")
    if any(first in spellings[:2] for spellings in UNITS.get(ENGLISH_UNIT.get(first, ""), ())):  # not `dygn`
        from dsl.words import Words

        first = Words(language, convert=True).unit(first, found / unit.factor)
    return f"{shown}{BLANK}{unit_name(first + slash + below, language, units)}" if unit.name else shown


def place(row: Row) -> str:
    """Where a row stands: `resultat.csv:5`; for a computed indicator how it was counted."""
    return f"{visible(row.file)}:{row.line}" if row.file and row.line else visible(row.file)
