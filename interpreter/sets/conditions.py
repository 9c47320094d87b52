"""Conditions in a query: comparisons, membership, and what is asked from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from attrs import evolve

from interpreter.lookup import code_between, matches_code
from interpreter.sets import numbers
from interpreter.sets.codes import equal, within
from interpreter.sets.rowset import Rowset
from interpreter.sets.values import (
    Day,
    Fixed,
    Flag,
    Lowered,
    Num,
    Refused,
    Text,
    any_of,
    both,
    day_literal,
    number,
    together,
)

YES, NO = Flag(sql="TRUE", constant=True), Flag(sql="FALSE", constant=False)


def compared(rowset: Rowset, op: str, left: Lowered, right: Lowered) -> Flag:
    """A comparison of two values of one kind.

    Raises:
        Refused: of a kind that is not compared in queries.
    """
    match left, right:
        case Num(), Num():
            return numbers.compared(op, left, right)
        case Day(), Day():
            pass
        case ((Text() | Fixed()), (Text() | Fixed())):
            return equal(rowset, op, left, right)
        case Flag(), Flag() if op in ("=", "!="):
            pass
        case _:
            raise Refused("a comparison of such values")
    null, fail = together([left, right])
    return Flag(sql=f"({left.sql} {'<>' if op == '!=' else op} {right.sql})", null=null, fail=fail)


def logic(op: str, parts: Sequence[Flag]) -> Flag:
    """`and` or `or` from left to right: what comes after a part that decides is not asked for."""
    decides, answer = op == "or", YES if op == "or" else NO
    kept: list[Flag] = []
    for part in parts:
        if part.constant is None or part.constant is decides:
            kept.append(part)
        if part.sql == answer.sql:
            break
    if not kept:
        return NO if decides else YES
    fails, path = [], ""
    for part in kept:
        fails.append(both(path, part.fail))
        own = f"(NOT {part.sql})" if decides else part.sql
        path = f"({path} AND {own})" if path else own
    if kept[-1].sql == answer.sql:
        return evolve(answer, fail=any_of(*fails), constant=None if any(fails) else decides)
    word = " OR " if decides else " AND "
    return Flag(sql=f"({word.join(p.sql for p in kept)})", fail=any_of(*fails))


def among(of: Lowered, members: Sequence[object]) -> Flag:
    """Membership in a set that is the same for all rows.

    Raises:
        Refused: a query can't say it.
    """
    match of:
        case Text():
            texts = [m for m in members if isinstance(m, str)]
            return within(of, lambda code: any(matches_code(code, m) for m in texts), texts)
        case Num():
            held = [numbers.compared("=", of, number(m)) for m in members if isinstance(m, Fraction)]
            return Flag(sql=any_of(*(h.sql for h in held)) or "FALSE", null=of.null, fail=of.fail)
        case Day():
            days = ", ".join(day_literal(m) for m in members if isinstance(m, date))
            return Flag(sql=f"({of.sql} IN ({days}))", null=of.null, fail=of.fail)
        case _:
            raise Refused("members of such values")


def between(of: Lowered, low: Lowered, high: Lowered) -> Flag:
    """Both ends included; codes by their leading characters.

    Raises:
        Refused: a query can't say it.
    """
    null, fail = together([of, low, high])
    match of, low, high:
        case Num(), Num(), Num():
            first, last = numbers.compared("<=", low, of), numbers.compared("<=", of, high)
            held = logic("and", [evolve(f, null="", fail="") for f in (first, last)])
            return evolve(held, null=null, fail=fail, constant=None if null or fail else held.constant)
        case Day(), Day(), Day():
            return Flag(sql=f"({of.sql} BETWEEN {low.sql} AND {high.sql})", null=null, fail=fail)
        case Text(), Fixed(), Fixed():
            first_codes, last_codes = set(low.values), set(high.values)
            if len(first_codes) != 1 or len(last_codes) != 1:  # or there is no scope that asks
                raise Refused("codes from and to what changes")
            start, end = first_codes.pop(), last_codes.pop()
            if start is None or end is None:
                raise Refused("codes from and to what is missing")
            return within(evolve(of, fail=fail), lambda code: code_between(code, start, end), None)
        case _:
            raise Refused("such values from and to")
