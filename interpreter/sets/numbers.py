"""Arithmetic on numbers in a query: choice of the smaller, rounding, whole numbers, brackets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from attrs import evolve

from interpreter.sets.dialect import Dialect
from interpreter.sets.values import (
    NARROW,
    Flag,
    Num,
    Refused,
    add,
    aligned,
    any_of,
    fits,
    literal,
    multiply,
    negate,
    number,
    together,
    unless,
    widened,
)

Name = Callable[[str], str]


def lesser(a: Num, b: Num, name: Name) -> Num:
    """The smaller of two."""
    return _picked(a, b, "<=", min, name)


def greater(a: Num, b: Num, name: Name) -> Num:
    """The larger of two."""
    return _picked(a, b, ">=", max, name)


def _picked(a: Num, b: Num, op: str, pick: Callable[[int, int], int], name: Name) -> Num:
    null, fail = together([a, b])
    one, two = aligned([a, b])
    if one.constant is not None and two.constant is not None:
        return number(Fraction(pick(one.low, two.low), one.scale))
    low, high = pick(one.low, two.low), pick(one.high, two.high)
    first, second = name(one.sql), name(two.sql)
    wide = max(abs(v) for v in (one.low, one.high, two.low, two.high)) > NARROW
    if wide:
        first, second = (f"CAST({sql} AS {{wide}})" for sql in (first, second))
    # Both ways are said: a planner that takes the one with nothing after ELSE for never missing is in error about it.
    sql = f"(CASE WHEN {first} {op} {second} THEN {first} WHEN {second} {op} {first} THEN {second} END)"
    if wide and max(abs(low), abs(high)) <= NARROW:
        sql = f"CAST({sql} AS BIGINT)"
    return Num(sql=sql, scale=one.scale, low=low, high=high, null=null, fail=fail)


def absolute(value: Num, name: Name) -> Num:
    """The number without its sign."""
    if value.low >= 0:
        return value
    if value.high <= 0:
        return negate(value)
    n = name(value.sql)
    return evolve(value, sql=f"(CASE WHEN {n} < 0 THEN - {n} ELSE {n} END)", low=0, high=max(-value.low, value.high))


def rounded(value: Num, step: Fraction, mode: str, dialect: Dialect, name: Name) -> Num:
    """The multiple of a step nearest to a number as the mode says; see `interpreter.values.round_to`."""
    top, below = step.denominator, value.scale * step.numerator
    counted = multiply(evolve(value, scale=1), number(Fraction(top)))
    counts = _divided(counted, below, mode, dialect, name)
    return evolve(multiply(counts, number(Fraction(step.numerator))), scale=step.denominator)


def floor(value: Num, dialect: Dialect, name: Name) -> Num:
    """The whole number at or below."""
    return _divided(evolve(value, scale=1), value.scale, "floor", dialect, name)


def ceiling(value: Num, dialect: Dialect, name: Name) -> Num:
    """The whole number at or above."""
    return _divided(evolve(value, scale=1), value.scale, "ceiling", dialect, name)


MODES = {
    "half_away": ("half_away", "half_away"),
    "half_even": ("half_even", "half_even"),
    "up": ("up", "up"),
    "down": ("down", "down"),
    "floor": ("down", "up"),
    "ceiling": ("up", "down"),
}
"""For each mode what is done with the size of a number that is positive, and of one that is negative."""


def _divided(value: Num, by: int, mode: str, dialect: Dialect, name: Name) -> Num:
    """A whole number divided by a positive one, to a whole number."""
    if by == 1:
        return value
    positive, negative = MODES[mode]
    most = 2 * max(abs(value.low), abs(value.high)) + 2 * by
    fits(-most, most, "a rounded number")
    if most > NARROW and not dialect.wide_division:
        raise Refused("division of more than 63 bits")
    n = name(widened(value, -most, most))
    size = name(f"(CASE WHEN {n} < 0 THEN - {n} ELSE {n} END)")
    wide = most > NARROW

    def whole(number: int) -> str:
        return f"CAST({number} AS {{wide}})" if wide else literal(number)

    def quotient(a: str, b: int) -> str:
        return dialect.quotient.format(a=a, b=whole(b))

    def result(how: str) -> str:
        match how:
            case "half_away":
                return quotient(f"(2 * {size} + {whole(by)})", 2 * by)
            case "up":
                return quotient(f"({size} + {whole(by - 1)})", by)
            case "down":
                return quotient(size, by)
            case _:
                cut = name(quotient(size, by))
                rest = name(f"(2 * ({size} - {cut} * {whole(by)}))")
                odd = f"({cut} - 2 * {quotient(cut, 2)} = 1)"
                up = f"({rest} > {whole(by)} OR ({rest} = {whole(by)} AND {odd}))"
                return f"({cut} + CASE WHEN {up} THEN 1 ELSE 0 END)"

    sql = f"(CASE WHEN {n} < 0 THEN - {result(negative)} ELSE {result(positive)} END)"
    low, high = (_edge(v, by) for v in (value.low, value.high))
    low, high = low - 1, high + 1
    if wide and max(abs(low), abs(high)) <= NARROW:
        sql = f"CAST({sql} AS BIGINT)"
    return Num(sql=sql, scale=1, low=low, high=high, null=value.null, fail=value.fail)


def _edge(value: int, by: int) -> int:
    return value // by if value >= 0 else -(-value // by)


def compared(op: str, left: Num, right: Num) -> Flag:
    """A comparison of two numbers."""
    null, fail = together([left, right])
    a, b = aligned([left, right])
    if a.constant is not None and b.constant is not None:
        held = {"=": a.low == b.low, "!=": a.low != b.low, "<": a.low < b.low}
        held |= {"<=": a.low <= b.low, ">": a.low > b.low, ">=": a.low >= b.low}
        return Flag(sql="TRUE" if held[op] else "FALSE", constant=held[op])
    most = max(abs(v) for v in (a.low, a.high, b.low, b.high))
    sign = "<>" if op == "!=" else op
    return Flag(sql=f"({widened(a, -most, most)} {sign} {widened(b, -most, most)})", null=null, fail=fail)


def bracketed(amount: Num, brackets: Sequence[tuple[Fraction, Fraction]], name: Name) -> Num:
    """Each part of an amount at the rate of the bracket that it lies in; see `interpreter.references.tariff`.

    Args:
        amount: named, for it is used in each bracket.
        brackets: (where it begins, its rate), sorted.
        name: gives a value a short name.
    """
    parts: list[tuple[int, Num]] = []
    ends = [bound for bound, _ in brackets[1:]]
    for (start, rate), end in zip(brackets, [*ends, None], strict=True):
        upper = amount if end is None else lesser(amount, number(end), name)
        part = greater(add([(1, upper), (-1, number(start))]), number(Fraction(0)), name)
        parts.append((1, multiply(part, number(rate))))
    total = add(parts)
    below = compared("<", amount, number(brackets[0][0]))
    fail = "TRUE" if below.constant else "" if below.constant is False else below.sql
    return evolve(total, null=amount.null, fail=any_of(amount.fail, unless(amount.null, fail)))


def clamped(value: Num, low: Num, high: Num, name: Name) -> Num:
    """The first value, but not below the second nor above the third."""
    return lesser(greater(value, low, name), high, name)
