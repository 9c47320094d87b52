"""Columns of values, one for each of many scopes, and operators on them.

A column is one value that is the same in every scope, exact numbers as two lists of integers, or a list of whatever the
reference evaluator would give. Numbers are not brought to lowest terms before they leave: what would be too big for the
reference evaluator is too big here, and what is not may be; a scope in which anything fails is settled by itself, so
that no failure is ever worded here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import repeat
from operator import add as plus, eq, ge, le, mul, ne, neg, sub
from typing import TypeAlias

from interpreter.operators import ORDERS
from interpreter.types import Range
from interpreter.values import MAX_BITS, Failure, nearest

BOUND = 1 << MAX_BITS
COMPARED = {**ORDERS, "=": eq, "!=": ne}


class Fell(Exception):  # noqa: N818
    """Scopes that are to be settled by themselves: their numbers among those that are settled abreast."""

    def __init__(self, scopes: Iterable[int]) -> None:
        super().__init__()
        self.scopes = frozenset(scopes)


class Absent(Fell):
    """Scopes in which a condition has no answer because something is missing."""


class Same:
    """One value in every scope."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


class Numbers:
    """A number for each scope, as its numerator over its denominator, which is positive."""

    __slots__ = ("belows", "tops")

    def __init__(self, tops: Sequence[int], belows: Sequence[int]) -> None:
        self.tops = tops
        self.belows = belows


Column: TypeAlias = Same | Numbers | list[object]


def values(column: Column, count: int) -> Sequence[object]:
    """The values of a column, as the reference evaluator has them."""
    if type(column) is Same:
        return [column.value] * count
    if type(column) is Numbers:
        return list(map(Fraction, column.tops, column.belows))
    assert isinstance(column, list)
    return column


def at(column: Column, place: int) -> object:
    """The value of one place."""
    if type(column) is Same:
        return column.value
    if type(column) is Numbers:
        return Fraction(column.tops[place], column.belows[place])
    assert isinstance(column, list)
    return column[place]


def numbers(column: Column, count: int) -> Numbers | None:
    """A column as numbers; `None` when some value is none."""
    if type(column) is Numbers:
        return column
    if type(column) is Same:
        if type(column.value) is not Fraction:
            return None
        top, below = column.value.as_integer_ratio()
        return Numbers([top] * count, [below] * count)
    assert isinstance(column, list)
    if set(map(type, column)) != {Fraction}:
        return None
    pairs = [value.as_integer_ratio() for value in column]  # type: ignore[attr-defined]
    return Numbers([top for top, _ in pairs], [below for _, below in pairs])


def taken(column: Column, places: Sequence[int]) -> Column:
    """The values of some places."""
    if type(column) is Same:
        return column
    if type(column) is Numbers:
        tops, belows = column.tops, column.belows
        return Numbers([tops[at] for at in places], [belows[at] for at in places])
    assert isinstance(column, list)
    return [column[at] for at in places]


def merged(parts: Sequence[tuple[Sequence[int], Column]], scopes: Sequence[int]) -> Column:
    """One column of several, each for some of the scopes."""
    if len(parts) == 1:
        return parts[0][1]
    place = {scope: at for at, scope in enumerate(scopes)}
    exact = [numbers(column, len(own)) for own, column in parts]
    if all(exact):
        tops, belows = [0] * len(scopes), [1] * len(scopes)
        for (own, _), part in zip(parts, exact, strict=True):
            assert part is not None
            for scope, top, below in zip(own, part.tops, part.belows, strict=True):
                tops[place[scope]], belows[place[scope]] = top, below
        return Numbers(tops, belows)
    whole: list[object] = [None] * len(scopes)
    for own, column in parts:
        for scope, value in zip(own, values(column, len(own)), strict=True):
            whole[place[scope]] = value
    return whole


def one_by_one(apply: Callable[..., object], columns: Sequence[Column], scopes: Sequence[int]) -> Column:
    """What a function of the reference evaluator makes of the values of each scope.

    Raises:
        Fell: with the scopes in which it fails.
    """
    if all(type(column) is Same for column in columns):
        try:
            return Same(apply(*(column.value for column in columns if type(column) is Same)))
        except Failure:
            raise Fell(scopes) from None
    count = len(scopes)
    return asked(scopes, zip(*(values(column, count) for column in columns), strict=True), apply)


def asked(scopes: Sequence[int], arguments: Iterable[tuple[object, ...]], apply: Callable[..., object]) -> Column:
    """What a function comes to for the arguments of each scope.

    Raises:
        Fell: with the scopes in which it fails.
    """
    found: list[object] = []
    fell: list[int] = []
    for scope, given in zip(scopes, arguments, strict=True):
        try:
            found.append(apply(*given))
        except Failure:
            fell.append(scope)
    if fell:
        raise Fell(fell)
    return found


def checked(found: Numbers, scopes: Sequence[int]) -> Numbers:
    """Numbers that the reference evaluator has room for.

    Raises:
        Fell: with all scopes, when one of their numbers may be too big.
    """
    if max(found.tops) >= BOUND or min(found.tops) <= -BOUND or max(found.belows) >= BOUND:
        raise Fell(scopes)
    return found


def compared(op: str, left: Numbers, right: Numbers) -> list[object]:
    """How numbers stand to each other."""
    return list(map(COMPARED[op], map(mul, left.tops, right.belows), map(mul, right.tops, left.belows)))


def outside(of: Numbers, allowed: Range) -> list[int]:
    """The places of numbers that do not lie in a range; see `Range.__contains__`."""
    found: list[int] = []
    for holds, end in ((ge, allowed.low), (le, allowed.high)):
        if end is None:
            continue
        above, under = end.as_integer_ratio()
        tops = of.tops if under == 1 else map(mul, of.tops, repeat(under))
        held = list(map(holds, tops, map(mul, of.belows, repeat(above)) if above else repeat(0)))
        if not all(held):
            found += [place for place, lies in enumerate(held) if not lies]
    return found


def product(factors: Sequence[tuple[str, Numbers]], scopes: Sequence[int]) -> Numbers:
    """A product or quotient; the first factor's sign is not looked at.

    Raises:
        Fell: with the scopes that divide by zero, or with all when a number may be too big.
    """
    (_, first), *rest = factors
    tops: Iterable[int] = first.tops
    belows: Iterable[int] = first.belows
    for op, factor in rest:
        above, under = factor.tops, factor.belows
        if op == "/":
            if 0 in above:
                raise Fell(scope for scope, divisor in zip(scopes, above, strict=True) if not divisor)
            signs = [1 if divisor > 0 else -1 for divisor in above]
            above, under = list(map(mul, under, signs)), list(map(mul, above, signs))
        tops, belows = map(mul, tops, above), map(mul, belows, under)
    return checked(Numbers(list(tops), list(belows)), scopes)


def added(items: Sequence[tuple[str, Numbers]], scopes: Sequence[int]) -> Numbers:
    """A sum or difference; the first item's sign is not looked at.

    Raises:
        Fell: with all scopes, when a number may be too big.
    """
    (_, first), *rest = items
    tops, belows = first.tops, first.belows
    for op, item in rest:
        above, under = map(mul, item.tops, belows), item.belows
        tops = list(map(plus if op == "+" else sub, map(mul, tops, under), above))
        belows = list(map(mul, belows, under))
    return checked(Numbers(tops, belows), scopes)


def opposite(of: Numbers) -> Numbers:
    """Numbers with the other sign."""
    return Numbers(list(map(neg, of.tops)), of.belows)


def chosen(op: str, one: Numbers, other: Numbers) -> Numbers:
    """The first of two numbers where it stands to the second as `op` says, else the second."""
    firsts = compared(op, one, other)
    return Numbers(
        [a if first else b for first, a, b in zip(firsts, one.tops, other.tops, strict=True)],
        [a if first else b for first, a, b in zip(firsts, one.belows, other.belows, strict=True)],
    )


def rounded(of: Numbers, step: Fraction, mode: str) -> Numbers:
    """The multiples of a step nearest to numbers, as `interpreter.values.round_to` says."""
    steps, parts = step.as_integer_ratio()
    wholes = [nearest(top * parts, below * steps, mode) * steps for top, below in zip(of.tops, of.belows, strict=True)]
    return Numbers(wholes, [parts] * len(wholes))
