"""Exact numbers as people read them.

Guarantees: no number passes through floating point; only `amount` rounds, and says to what. The signs are those of
Swedish (a test asks Babel for sv_SE); English differs in the decimal sign only, since the language groups digits by
blanks in both.
"""

from __future__ import annotations

from fractions import Fraction

BLANK = "\u00a0"
DECIMALS = 6
"""The most decimals that a shown value has; a longer one ends in `…`."""


MINUS = "\u2212"
"""The minus sign, in both languages, so that columns look alike."""


def decimal_sign(language: str) -> str:
    """The decimal sign of a language."""
    return "," if language == "sv" else "."


def grouped(digits: str) -> str:
    """Digits in groups of three."""
    first = len(digits) % 3
    groups = [digits[:first]] * bool(first) + [digits[at : at + 3] for at in range(first, len(digits), 3)]
    return BLANK.join(groups)


def half_away(value: Fraction, places: int) -> int:
    """The value in units of the last of `places` decimals, half away from zero."""
    scaled = abs(value) * Fraction(10) ** places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return -whole if value < 0 else whole


def amount(value: Fraction, language: str, places: int = 2) -> str:
    """A number with exactly so many decimals, half away from zero: `1 234 567,89`."""
    scaled = half_away(value, places)
    digits = f"{abs(scaled):0{places + 1}d}"
    whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :]
    sign = MINUS if scaled < 0 else ""
    return f"{sign}{grouped(whole)}{decimal_sign(language) if places else ''}{decimals}"


def money(value: Fraction, language: str) -> str:
    """An amount of money to the öre, `1 234 567,89`; more decimals when it has them."""
    return amount(value, language) if (value * 100).denominator == 1 else exact(value, language)


def kronor(value: Fraction, language: str) -> str:
    """An amount of money to the öre with its unit, `1 234 567,89 kr`; more decimals when it has them."""
    return f"{money(value, language)}{BLANK}kr"


def exact(value: Fraction, language: str) -> str:
    """A number with as many decimals as it has, at most `DECIMALS`; what is cut off shows as `…`."""
    scaled = abs(value) * 10**DECIMALS
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    units, decimals = divmod(whole, 10**DECIMALS)
    shown = f"{decimals:0{DECIMALS}d}"
    shown = shown if rest else shown.rstrip("0")
    sign = MINUS if value < 0 else ""
    dots = "…" if rest else ""
    return f"{sign}{grouped(str(units))}{decimal_sign(language) if shown else ''}{shown}{dots}"


def ore(above: int, below: int) -> str:
    """An amount for machines, `plain` with two decimals, by a numerator and a denominator of any size."""
    return plain(Fraction(above, below), 2) if 100 % below else _decimal(above * (100 // below), 2)


def plain(value: Fraction, places: int = 0) -> str:
    """A number for machines: `-1234.5`, at least so many decimals, and as a fraction `1/3` when it has no end."""
    above, below = value.numerator, value.denominator
    unit = 10**places
    if unit % below == 0:
        return _decimal(above * (unit // below), places)
    denominator, twos, fives = below, 0, 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    if denominator != 1:
        return f"{above}/{below}"
    places = max(twos, fives)
    return _decimal(above * (10**places // below), places)


def _decimal(scaled: int, places: int) -> str:
    """So many units of the last of `places` decimals."""
    digits = f"{abs(scaled):0{places + 1}d}"
    cut = len(digits) - places
    return f"{'-' if scaled < 0 else ''}{digits[:cut]}{'.' if places else ''}{digits[cut:]}"
