"""Units are types: exponent vectors over base units, with exact factors.

Guarantees: two units are the same kind exactly when their `dimension`s are equal; a number is always kept in base
units (kr, months, days …), and only printing goes back to the unit that was written. A file may declare units of
its own (`unit drg_point (drg_poäng)`), each a new dimension.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from attrs import field, frozen

from dsl.alike import Alike
from dsl.lexicon import ENGLISH_UNIT, UNITS

Units = Mapping[str, tuple[str, str]]
"""The two names of each unit that a file declares, by either."""

NO_UNITS: Units = MappingProxyType({})
"""No unit but those of the language."""

Dimension = tuple[tuple[str, int], ...]
"""Sorted (base unit, exponent) pairs without zero exponents; `()` is a plain number."""


@frozen(eq=False, repr=False)
class Unit(Alike):
    """A unit as written, with its dimension and its size in base units.

    Args:
        dimension: which base units it multiplies, the type that is checked.
        factor: how many base units one of this is (`mkr` is 1 000 000 kr).
        name: how it was written, for printing; not part of equality.
    """

    dimension: Dimension
    factor: Fraction = Fraction(1)
    name: str = field(default="", eq=False)

    def __mul__(self, other: Unit) -> Unit:
        return Unit(combine(self.dimension, other.dimension, 1), self.factor * other.factor, _times(self, other))

    def __truediv__(self, other: Unit) -> Unit:
        name = f"{self.name or '1'}/{other.name}" if other.name else self.name
        return Unit(combine(self.dimension, other.dimension, -1), self.factor / other.factor, name)

    @property
    def is_number(self) -> bool:
        """Whether this is a plain number or a percentage."""
        return not self.dimension


def _times(a: Unit, b: Unit) -> str:
    return f"{a.name}·{b.name}" if a.name and b.name else a.name or b.name


def combine(a: Dimension, b: Dimension, sign: int) -> Dimension:
    """Add (`sign` 1) or subtract (-1) the exponents of `b` to those of `a`."""
    total = dict(a)
    for base, exponent in b:
        total[base] = total.get(base, 0) + sign * exponent
    return tuple(sorted((base, exponent) for base, exponent in total.items() if exponent))


def base(name: str, factor: Fraction | int = 1, of: str = "") -> Unit:
    """A unit `name` that is `factor` of the base unit `of` (itself when empty)."""
    return Unit(((of or name, 1),), Fraction(factor), name)


NUMBER = Unit((), Fraction(1), "")
PERCENT = Unit((), Fraction(1, 100), "%")
KRONA = base("kr")
MONTH = base("month")
DAY = base("day")

CORE_UNITS: dict[str, Unit] = {
    "%": PERCENT,
    "kr": KRONA,
    "öre": base("öre", Fraction(1, 100), "kr"),
    "tkr": base("tkr", 1000, "kr"),
    "mkr": base("mkr", 1_000_000, "kr"),
    "eur": base("eur"),
    "month": MONTH,
    "quarter": base("quarter", 3, "month"),
    "year": base("year", 12, "month"),
    "day": DAY,
    "week": base("week", 7, "day"),
    "hour": base("hour"),
    "minute": base("minute", Fraction(1, 60), "hour"),
    "point": base("point"),
    "person": base("person"),
    "visit": base("visit"),
    "episode": base("episode"),
    "contact": base("contact"),
}
"""Units every file knows, by English name; `dsl.lexicon.UNITS` has the Swedish names and the plurals."""


def time_ratio(a: Dimension, b: Dimension) -> str:
    """The time unit by which `a` is a rate of `b`: `month` or `day` when `a` is `b` per that time, else empty.

    What is not per a time is no rate: a plain number is no rate of days, though it is days per day.
    """
    for time, exponent in a:
        if exponent < 0 and time in ("month", "day") and combine(a, ((time, 1),), 1) == b:
            return time
    return ""


def unit_name(name: str, language: str, units: Units = NO_UNITS) -> str:
    """A unit's spelling in `sv` or `en`, in the number (one or many) that it is written in."""
    at = 1 if language == "sv" else 0
    parts = []
    for part in name.split("/"):
        if part in units:
            parts.append(units[part][at])
            continue
        core = ENGLISH_UNIT.get(part)
        if core is None or part in UNITS[core][at]:
            parts.append(part)
            continue
        spelled = UNITS[core][1 - at]
        parts.append(UNITS[core][at][min(spelled.index(part), len(UNITS[core][at]) - 1)])
    return "/".join(parts)


UNITS_ELSEWHERE = {
    "procent": "%",
    "percent": "%",
    "procentenheter": "%",
    "milj": "mkr",
    "miljon": "mkr",
    "miljoner": "mkr",
    "million": "mkr",
    "millions": "mkr",
    "msek": "mkr",
    "tusen": "tkr",
    "thousand": "tkr",
    "tsek": "tkr",
    "ksek": "tkr",
}
"""A unit as it is written on paper, in lower case → what is written here."""


def unit_elsewhere(name: str) -> str:
    """What a unit on paper is called here, as `%` for `procent`; empty when it is none of them."""
    return UNITS_ELSEWHERE.get(name.casefold(), "")
