"""Operators on values: a missing operand makes the result missing, a number that grows too far is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import Any

from interpreter import core, problems, types as t
from interpreter.lookup import code_between, matches_code
from interpreter.runtime import Env
from interpreter.units import DAY
from interpreter.values import Missing, add_months, fail, lowest_terms, round_to

ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def add(e: core.Expr, first: object, rest: list[tuple[str, object]], env: Env) -> object:
    """Numbers of one unit, or a date moved by months or days, or the days between two dates."""
    for value in (first, *(v for _, v in rest)):
        if isinstance(value, Missing):
            return value
    if isinstance(first, date):
        return date_sum(e, first, rest, env)
    assert isinstance(first, Fraction)
    top, below = first.as_integer_ratio()  # brought to lowest terms once, at the end
    for op, value in rest:
        assert isinstance(value, Fraction)
        above, under = value.as_integer_ratio()
        above *= below
        top = top * under + (above if op == "+" else -above)
        below *= under
    return lowest_terms(top, below, e.span)


def date_sum(e: core.Expr, day: date, rest: list[tuple[str, object]], env: Env) -> object:
    """A date moved by whole months or days, one after the other; a date less a date is days."""
    assert isinstance(e, core.Add)
    for (op, value), (_, part) in zip(rest, e.rest, strict=True):
        if isinstance(value, date):
            return Fraction((day - value).days)
        assert isinstance(value, Fraction)
        assert isinstance(part.type, t.Num)
        day = shift(day, value if op == "+" else -value, part.type.unit.dimension, env, e)
    return day


def shift(day: date, by: Fraction, dimension: object, env: Env, e: core.Expr) -> date:
    """A day moved by whole months or days."""
    if by.denominator != 1:
        raise fail(problems.NOT_WHOLE, e.span, found=by)
    if dimension == DAY.dimension:
        try:
            return day + timedelta(days=int(by))
        except OverflowError:
            raise fail(problems.NO_SUCH_DAY, e.span, start=day, months=by) from None
    return add_months(day, int(by), env.ledger.program.terms.month_end, e.span)


def day_after(day: date, env: Env, e: core.Expr) -> date:
    """The day after; the calendar has a last one."""
    return shift(day, Fraction(1), DAY.dimension, env, e)


def day_before(day: date, env: Env, e: core.Expr) -> date:
    """The day before; the calendar has a first one."""
    return shift(day, Fraction(-1), DAY.dimension, env, e)


def multiply(e: core.Expr, first: object, rest: list[tuple[str, object]]) -> object:
    """A product or quotient; a division by zero is refused."""
    for value in (first, *(v for _, v in rest)):
        if isinstance(value, Missing):
            return value
    assert isinstance(first, Fraction)
    top, below = first.as_integer_ratio()  # brought to lowest terms once, at the end
    for op, value in rest:
        assert isinstance(value, Fraction)
        above, under = value.as_integer_ratio()
        if op == "/":
            above, under = under, above
            if not under:
                raise fail(problems.DIVISION_BY_ZERO, e.span)
        top *= above
        below *= under
    return lowest_terms(top, below, e.span)


def logic(op: str, parts: tuple[core.Expr, ...], env: Env) -> bool:
    """From left to right; an untaken part never fails."""
    for part in parts:
        if env.holds(part) == (op == "or"):
            return op == "or"
    return op == "and"


def compare(op: str, left: object, right: object) -> object:
    """Whether two values stand as the operator says; missing when one of them is."""
    if isinstance(left, Missing):
        return left
    if isinstance(right, Missing):
        return right
    if isinstance(left, Fraction) and isinstance(right, Fraction):  # as integers: several times as fast
        (top, below), (above, under) = left.as_integer_ratio(), right.as_integer_ratio()
        left, right = top * under, above * below
    if op in ("=", "!="):
        return (left == right) == (op == "=")
    result: bool = ORDERS[op](left, right)
    return result


def among(value: object, members: Iterable[object]) -> object:
    """Whether a value is one of some, asked one by one until it is; missing when it, or one that is asked, is."""
    for member in members:
        met = member_of(value, member)
        if met is not False:
            return met
    return False


def member_of(value: object, member: object) -> object:
    """Whether a value is a member: a code also by a pattern; missing when one of them is."""
    if isinstance(value, Missing):
        return value
    if isinstance(member, Missing):
        return member
    if isinstance(value, str) and isinstance(member, str):
        return matches_code(value, member)
    return value == member


def negative(value: object) -> object:
    """A number with the other sign."""
    if isinstance(value, Missing):
        return value
    assert isinstance(value, Fraction)
    return -value


def between(value: object, low: object, high: object) -> object:
    """Both ends included; codes by their leading characters; missing when one of the three is."""
    for part in (value, low, high):
        if isinstance(part, Missing):
            return part
    if isinstance(value, str) and isinstance(low, str) and isinstance(high, str):
        return code_between(value, low, high)
    inside: bool = low <= value <= high  # type: ignore[operator]
    return inside


def rounded(e: core.Expr, value: object, step: object, env: Env) -> object:
    """A multiple of a step, in the contract's mode; missing when the value or the step is."""
    if isinstance(value, Missing):
        return value
    if isinstance(step, Missing):
        return step
    assert isinstance(value, Fraction)
    assert isinstance(step, Fraction)
    if step <= 0:
        raise fail(problems.DIVISION_BY_ZERO, e.span)
    return round_to(value, step, env.ledger.program.terms.round_mode)
