"""Exact values: rounding, calendar arithmetic, and the two ways in which a value can be absent.

`Missing` is a datum that is not there; the text may test it. `Failure` is an error with its causes; it passes through
every test untouched and ends the clause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeAlias

from attrs import evolve, field, frozen

from dsl.alike import Alike, Shown
from dsl.diagnostics import DataRow, Diagnostic, Problem
from dsl.spans import NOWHERE, Span
from interpreter import problems, types as t
from interpreter.facts import Fact, Row
from interpreter.units import unit_name

MAX_BITS = 4_096


class Failure(Exception):  # noqa: N818
    """A clause can't be settled; `causes` say why, all of them."""

    def __init__(self, causes: Sequence[Diagnostic]) -> None:
        super().__init__(f"{len(causes)} causes")
        self.causes = tuple(causes)


def fail(problem: Problem, span: Span, **arguments: object) -> Failure:
    """A failure with one cause."""
    return Failure((problem.at(span, **arguments),))


def data_rows(row: Row | None) -> tuple[DataRow, ...]:
    """A row of data as a problem tells of it; nothing for one that stands in no file."""
    return (DataRow(row.fact, row.file, row.line),) if row is not None and row.file else ()


def _place(row: Row | None) -> str:
    return f"{row.file}:{row.line}" if row is not None and row.file else ""


@frozen(eq=False, repr=False)
class Missing(Alike):
    """A datum that is not there.

    Args:
        datum: which, in English names.
        span: where the text asked for it.
        row: the row of data that lacks it.
        of: the fact that it is of, which has a name for it in Swedish.
        swedish: which, in Swedish, where no fact says it.
        listed: whether a list of the contract lacks it.
    """

    datum: str
    span: Span = NOWHERE
    row: Row | None = field(default=None, eq=_place, repr=False)
    of: Fact | None = field(default=None, eq=False, repr=False)
    swedish: str = field(default="", eq=False, repr=False)
    listed: bool = field(default=False, eq=False, repr=False)

    def failure(self) -> Failure:
        """What becomes of it where a value is needed."""
        todo = _IN_LIST if self.listed else _IN_DATA
        cause = problems.DATUM_MISSING.at(
            self.span, datum_en=self.datum, datum_sv=self.in_swedish(), todo_en=todo[0], todo_sv=todo[1]
        )
        return Failure((evolve(cause, data=data_rows(self.row)),))

    def in_swedish(self) -> str:
        """Which datum, in Swedish names."""
        if self.of is None:
            return self.swedish or self.datum
        rest = self.datum.removeprefix(self.of.name)
        column = self.of.column(rest[1:]) if rest.startswith(".") else None
        return f"{self.of.swedish or self.of.name}{f'.{column.swedish}' if column and column.swedish else rest}"

    def told(self, language: str = "en") -> str:
        """Which datum, and the place of the row that lacks it."""
        datum, at = self.in_swedish() if language == "sv" else self.datum, _place(self.row)
        return f"{datum} ({at})" if at else datum


_IN_DATA = "add it to the data", "lägg till det i underlaget"
_IN_LIST = (
    "add the row to the list, or mend the code in the data",
    "lägg till raden i listan, eller rätta koden i underlaget",
)


@frozen(eq=False, repr=False)
class Days(Alike):
    """A period: its first and last day."""

    start: date
    end: date


@frozen(eq=False, repr=False)
class EntryValue(Shown):
    """A row of a table: its values by name, and which table and key it is."""

    values: Mapping[str, object]
    name: str
    span: Span


Value: TypeAlias = Fraction | str | bool | date | Missing | Days | EntryValue | Row | object


def present(value: object) -> object:
    """The value, which must not be missing."""
    if isinstance(value, Missing):
        raise value.failure()
    return value


def round_to(value: Fraction, step: Fraction, mode: str) -> Fraction:
    """The multiple of `step` nearest to `value` as `mode` says.

    Args:
        value, step: in the same base unit; `step` is positive.
        mode: `half_away` (half away from zero), `half_even`, `up` (away from zero), `down` (towards zero).
    """
    (top, below), (steps, parts) = value.as_integer_ratio(), step.as_integer_ratio()
    return Fraction(nearest(top * parts, below * steps, mode) * steps, parts)


def nearest(top: int, below: int, mode: str) -> int:
    """The whole number nearest to `top / below` as `mode` says; `below` is positive."""
    whole, rest = divmod(abs(top), below)
    twice = 2 * rest
    match mode:
        case "half_away":
            whole += twice >= below
        case "half_even":
            whole += twice > below or (twice == below and whole % 2 == 1)
        case "up":
            whole += rest > 0
        case _:
            assert mode == "down"
    return -whole if top < 0 else whole


def last_day(year: int, month: int) -> int:
    """How many days a month has."""
    return 31 if month == 12 else (date(year, month + 1, 1) - date(year, month, 1)).days


def add_months(day: date, months: int, rule: str, span: Span) -> date:
    """`day` plus months; a day that the month lacks is refused unless the contract has a rule for it.

    Args:
        rule: `last` takes the month's last day, `following` the first of the next, empty refuses.

    Raises:
        Failure: AV508.
    """
    at = day.year * 12 + day.month - 1 + months
    year, month = divmod(at, 12)
    month += 1
    if not 1 <= year <= 9998:
        raise fail(problems.NO_SUCH_DAY, span, start=day, months=months)
    last = last_day(year, month)
    if day.day <= last:
        return date(year, month, day.day)
    if rule == "last":
        return date(year, month, last)
    if rule == "following":
        return date(year, month, last) + timedelta(days=1)
    raise fail(problems.NO_SUCH_DAY, span, start=day, months=months)


def whole_months(start: date, end: date) -> int | None:
    """How many whole months lie from `start` to `end`, both included; `None` when they are not whole."""
    if start.day != 1 or end.day != last_day(end.year, end.month):
        return None
    return (end.year - start.year) * 12 + end.month - start.month + 1


def months_by_days(start: date, end: date) -> Fraction:
    """The length in months when it is shared by days: days over the actual days of each calendar year, times 12."""
    total = Fraction(0)
    for year in range(start.year, end.year + 1):
        first, last = max(start, date(year, 1, 1)), min(end, date(year, 12, 31))
        total += Fraction(12 * ((last - first).days + 1), 337 + last_day(year, 2))
    return total


def length(start: date, end: date, time: str, prorate: str, span: Span) -> Fraction:
    """How many months (or days) a rate per month (or day) is for.

    Raises:
        Failure: AV506 when months are not whole and the contract does not say how to share.
    """
    if time == "day":
        return Fraction((end - start).days + 1)
    months = whole_months(start, end)
    if months is not None:
        return Fraction(months)
    if prorate == "days":
        return months_by_days(start, end)
    raise fail(problems.PART_OF_MONTH, span, start=start, end=end)


def lowest_terms(top: int, below: int, span: Span) -> Fraction:
    """A fraction whose bits are within the limit.

    Raises:
        Failure: AV512.
    """
    value = Fraction(top, below)
    near = top.bit_length() <= MAX_BITS and below.bit_length() <= MAX_BITS
    return value if near else small(value, span)


def small(value: Fraction, span: Span) -> Fraction:
    """The value, if its bits are within the limit.

    Raises:
        Failure: AV512.
    """
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        raise fail(problems.NUMBER_TOO_BIG, span, limit=MAX_BITS)
    return value


def figure(value: object, kind: t.Type) -> str:
    """A number in its unit, as it would be written; at most six decimals, as many as a text may have."""
    assert isinstance(value, Fraction)
    assert isinstance(kind, t.Num)
    whole, rest = divmod(int(abs(value / kind.unit.factor) * 10**6), 10**6)
    decimals = f",{rest:06}".rstrip("0").rstrip(",")
    name = kind.unit.name
    return f"{'-' * (value < 0)}{whole}{decimals}{'' if name == '%' else ' '}{name}".strip()


def written(value: object, kind: t.Type, language: str) -> str:
    """A value in its unit as the text would write it, exact when it has few decimals."""
    if isinstance(value, Fraction) and isinstance(kind, t.Num):
        name = unit_name(kind.unit.name, language)
        return f"{_number(value / kind.unit.factor, language)}{'' if name in ('%', '') else ' '}{name}"
    return str(value)


def _number(size: Fraction, language: str) -> str:
    scaled = abs(size) * 10**6
    whole, decimals = divmod(int(scaled), 10**6)
    rest = f"{decimals:06d}".rstrip("0")
    sign = "," if language == "sv" else "."
    digits = f"{whole:,}".replace(",", " ") + (f"{sign}{rest}" if rest else "")
    return f"{'-' if size < 0 else ''}{digits}{'' if scaled.denominator == 1 else '…'}"
