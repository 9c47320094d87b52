"""The builtins: one row each, read by the elaborator, the evaluator and the docs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

from attrs import frozen

from dsl.alike import Alike
from interpreter.types import FRACTION, Day, Type, Unknown

UNKNOWN = Unknown()


@frozen(eq=False, repr=False)
class Builtin(Alike):
    """A function of the language.

    Args:
        name: its English name; `dsl.lexicon.NAMES` has the Swedish one.
        count: how many arguments it takes.
        same: whether all arguments are numbers of one unit, which is then the result's.
        takes: otherwise the type of each argument; `gives` is then the result's.
        apply: what it does with its arguments' values.
        doc: what it gives, in a sentence.
    """

    name: str
    count: int
    apply: Callable[[Sequence[object]], object]
    doc: str
    same: bool = False
    takes: tuple[Type, ...] = ()
    gives: Type = UNKNOWN


def _whole_years(arguments: Sequence[object]) -> Fraction:
    born, on = arguments
    assert isinstance(born, date)
    assert isinstance(on, date)
    return Fraction(on.year - born.year - ((on.month, on.day) < (born.month, born.day)))


def _fraction(value: object) -> Fraction:
    assert isinstance(value, Fraction)
    return value


def _clamp(arguments: Sequence[object]) -> Fraction:
    value, low, high = map(_fraction, arguments)
    return _lesser(_greater(value, low), high)


def _lesser(one: Fraction, other: Fraction) -> Fraction:
    """The smaller of two, the first of equal ones; compared as integers: several times as fast."""
    (top, below), (above, under) = one.as_integer_ratio(), other.as_integer_ratio()
    return one if top * under <= above * below else other


def _greater(one: Fraction, other: Fraction) -> Fraction:
    """The larger of two, the first of equal ones."""
    (top, below), (above, under) = one.as_integer_ratio(), other.as_integer_ratio()
    return one if top * under >= above * below else other


def _date(value: object) -> date:
    assert isinstance(value, date)
    return value


BUILTINS: dict[str, Builtin] = {
    row.name: row
    for row in (
        Builtin("clamp", 3, _clamp, "the first value, but not below the second nor above the third", same=True),
        Builtin("lesser", 2, lambda a: _lesser(*map(_fraction, a)), "the smaller of two", same=True),
        Builtin("greater", 2, lambda a: _greater(*map(_fraction, a)), "the larger of two", same=True),
        Builtin("absolute", 1, lambda a: abs(_fraction(a[0])), "the value without its sign", same=True),
        Builtin(
            "floor",
            1,
            lambda a: Fraction(_fraction(a[0]).__floor__()),
            "the whole number at or below a plain number",
            takes=(FRACTION,),
            gives=FRACTION,
        ),
        Builtin(
            "ceiling",
            1,
            lambda a: Fraction(_fraction(a[0]).__ceil__()),
            "the whole number at or above a plain number",
            takes=(FRACTION,),
            gives=FRACTION,
        ),
        Builtin("age", 2, _whole_years, "whole years from a birth date to a day", takes=(Day(), Day()), gives=FRACTION),
        Builtin(
            "year_of",
            1,
            lambda a: Fraction(_date(a[0]).year),
            "the calendar year of a date",
            takes=(Day(),),
            gives=FRACTION,
        ),
        Builtin(
            "month_of",
            1,
            lambda a: Fraction(_date(a[0]).month),
            "the month of a date, 1 to 12",
            takes=(Day(),),
            gives=FRACTION,
        ),
    )
}
"""Every builtin by its English name."""
