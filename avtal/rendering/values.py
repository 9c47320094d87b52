"""Values as people read them: a number in its unit, a date, yes or no, a code."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from avtal.rendering.numbers import BLANK, exact, kronor
from avtal.rendering.terminal import visible
from dsl.lexicon import ENGLISH_UNIT, UNITS
from interpreter import types as t
from interpreter.facts import Row
from interpreter.units import KRONA, Unit
from interpreter.values import Days, EntryValue, Missing

MISSING = {"sv": "saknas", "en": "missing"}
YES_NO = {"sv": ("nej", "ja"), "en": ("no", "yes")}


def value(found: object, kind: t.Type | None, language: str) -> str:
    """A value of the evaluator in words.

    Args:
        found: a number in base units, text, date, yes or no, period, row, table entry, or a missing datum.
        kind: its type, which says in what unit a number is shown; a plain number when not given.
        language: `sv` or `en`.
    """
    match found:
        case Missing(datum):
            return f"{MISSING[language]} ({visible(datum)})"
        case bool():
            return YES_NO[language][found]
        case Fraction():
            return number(found, kind.unit, language) if isinstance(kind, t.Num) else exact(found, language)
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


def number(found: Fraction, unit: Unit, language: str) -> str:
    """A number in a unit: kronor whatever multiple was written, else as the unit says, exact or with `…`."""
    if unit.dimension == KRONA.dimension:
        return kronor(found, language)
    shown = exact(found / unit.factor, language)
    return f"{shown}{BLANK}{unit_name(unit.name, language)}" if unit.name else shown


def unit_name(name: str, language: str) -> str:
    """A unit's spelling in a language; that of a declared unit is as it was written."""
    at = 1 if language == "sv" else 0
    parts = []
    for part in name.split("/"):
        core = ENGLISH_UNIT.get(part)
        if core is None or part in UNITS[core][at]:
            parts.append(part)
            continue
        spelled = UNITS[core][1 - at]
        parts.append(UNITS[core][at][min(spelled.index(part), len(UNITS[core][at]) - 1)])
    return "/".join(parts)


def place(row: Row) -> str:
    """Where a row stands: `resultat.csv:5`; the cells of an example's row, which stands in no file, are its text's."""
    return f"{visible(row.file)}:{row.line}" if row.file else ""
