"""Numbers as Swedish and English systems write them, read exactly or refused.

Assumes: a cell's text without surrounding blanks. Guarantees: a text has one reading or none. A single `.` or `,`
followed by three digits may be thousands or decimals; such a numeral is `undecided` and the caller decides it by
what the rest of the column shows, never by the numeral itself.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache

from attrs import frozen

from dsl.alike import Alike
from dsl.lexicon import ENGLISH_UNIT
from interpreter.units import CORE_UNITS, Unit

MOST_WHOLE = 18
MOST_DECIMALS = 6

_MOST = 64
_BLANKS = " \u00a0\u202f\u2009"
_TOKEN = re.compile(
    rf"([-\u2212]?)([0-9](?:[0-9.,{_BLANKS}]{{0,58}}[0-9])?)[{_BLANKS}]?([^0-9.,\s{_BLANKS}\u2212-][^0-9]{{0,30}})?"
)
_OTHER = {".": ",", ",": "."}
_ODD_MINUS = r"\([^)0-9]*[0-9][^)]*\)|[^-0-9]*[0-9][^-]*[-\u2212\u2013]|(?:[-\u2212]\s+|[\u2013\u2014]\s*)[0-9].*"
_STRIP_BLANKS = str.maketrans("", "", _BLANKS)

# Words that stand in data and not in contracts, beside the language's own spellings.
_DATA_WORDS = {
    "procent": "%",
    "percent": "%",
    "kr.": "kr",
    "kkr": "tkr",
    "ksek": "tkr",
    "tsek": "tkr",
    "msek": "mkr",
} | {
    "€": "eur",
    "mån": "month",
    "tim": "hour",
    "h": "hour",
    "min": "minute",
}
UNIT_WORDS: dict[str, Unit] = {
    word.casefold(): CORE_UNITS[name] for word, name in (ENGLISH_UNIT | _DATA_WORDS).items() if name in CORE_UNITS
}
"""Units that may follow a number in a cell, by casefolded word."""


@frozen(eq=False, repr=False)
class Refused(Alike):
    """Why a cell cannot be read: a code of `problems.CATALOGUE` and the args of its sentences."""

    code: str
    args: tuple[tuple[str, str], ...] = ()


@frozen(eq=False, repr=False)
class Numeral(Alike):
    """A number as written.

    Args:
        value: the number, its unit not yet applied; when `undecided`, read with the sign as decimal sign.
        unit: the unit word as written; empty when there is none.
        decimal: the decimal sign that the form proves (`,` or `.`); empty when it proves none.
        undecided: the sign that may be thousands or decimals; empty when the reading is certain.
    """

    value: Fraction
    unit: str = ""
    decimal: str = ""
    undecided: str = ""


def numeral(text: str) -> Numeral | Refused:
    """Read `text` (stripped) as a number with an optional unit after it.

    Returns the numeral, or why it cannot be read (`AVD21`, `AVD25` or `AVD27`).
    """
    match = _TOKEN.fullmatch(text) if len(text) <= _MOST else None
    if match is None:
        return Refused("AVD27" if len(text) <= _MOST and re.fullmatch(_ODD_MINUS, text) else "AVD21")
    minus, body, unit = match.groups()
    shape = _shape(body)
    if shape is None:
        return Refused("AVD21")
    whole, decimals, decimal, undecided = shape
    value = exact(whole, decimals, minus=minus != "")
    return Numeral(value, (unit or "").strip(), decimal, undecided) if isinstance(value, Fraction) else value


def _shape(body: str) -> tuple[str, str, str, str] | None:
    """Split `body` into (whole digits, decimal digits, proved decimal sign, undecided sign); `None` if malformed."""
    dots, commas = body.count("."), body.count(",")
    if not dots and not commas:
        whole = _whole(body)
        return None if whole is None else (whole, "", "", "")
    if dots + commas == 1:
        sign = "." if dots else ","
        left, _, right = body.partition(sign)
        whole = _whole(left)
        if whole is None or not right.isdigit():
            return None
        undecided = left == whole and len(right) == 3 and len(left) <= 3 and left[0] != "0"
        return (whole, right, "", sign) if undecided else (whole, right, sign, "")
    if not dots or not commas:
        sign = "." if dots else ","
        return (body.replace(sign, ""), "", _OTHER[sign], "") if _groups(f"\\{sign}").fullmatch(body) else None
    sign = max(".,", key=body.rindex)
    left, _, right = body.rpartition(sign)
    if not right.isdigit() or not _groups(f"\\{_OTHER[sign]}").fullmatch(left):
        return None
    return left.replace(_OTHER[sign], ""), right, sign, ""


@cache
def _groups(sign: str) -> re.Pattern[str]:
    """Digits in groups of three with a sign between, given as a pattern; few files have any."""
    return re.compile(rf"[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}})+")


def _whole(text: str) -> str | None:
    if text.isdigit():
        return text
    return text.translate(_STRIP_BLANKS) if _groups(f"[{_BLANKS}]").fullmatch(text) else None


def exact(whole: str, decimals: str, *, minus: bool) -> Fraction | Refused:
    """The number with these ASCII digits, or `AVD25` when they are more than the limits allow."""
    if len(decimals) > MOST_DECIMALS or len(whole.lstrip("0")) > MOST_WHOLE:
        return Refused("AVD25")
    number = int(whole + decimals)
    if minus:
        number = -number
    return Fraction(number, 10 ** len(decimals)) if decimals else Fraction(number)


def plain(text: str) -> Fraction | Refused:
    """Read `-12.5`, the form in which workbooks and Parquet give a number, under the same limits."""
    minus = text.startswith("-")
    whole, _, decimals = text[minus:].partition(".")
    return exact(whole, decimals, minus=minus)


def unit_of(word: str, column: Unit) -> Unit | None:
    """The unit that `word` names, if it measures the same as `column`; `None` if it is unknown or of another kind."""
    if word.casefold() == column.name.casefold():
        return column
    unit = UNIT_WORDS.get(word.casefold())
    return unit if unit is not None and unit.dimension == column.dimension else None


def show(value: Fraction, unit: Unit) -> str:
    """`value` (in base units) as a person writes it in `unit`: an exact decimal where one exists, else a fraction."""
    number = value / unit.factor
    digits = next((d for d in range(13) if (number * 10**d).denominator == 1), None)
    if digits is None:
        text = str(number)
    else:
        whole, rest = divmod(abs(number.numerator * 10**digits // number.denominator), 10**digits)
        text = f"{'-' if number < 0 else ''}{whole}" + (f".{rest:0{digits}d}" if digits else "")
    return f"{text} {unit.name}".rstrip()
