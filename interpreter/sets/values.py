"""What an expression is inside a query: SQL text with all that is known of it before the query runs.

A value that the reference evaluator would have for a row is here in three parts: `sql`, its value where there is
one; `null`, a condition that holds where it is missing; `fail`, a condition that holds where working it out fails.
Both conditions are SQL that is never NULL, or empty when they can't hold. `fail` may be too wide, never too narrow: a
row that fails is settled again by the reference evaluator, which knows why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import gcd, lcm
from typing import TypeAlias

from attrs import evolve, frozen

from dsl.alike import Alike
from interpreter.values import MAX_BITS

NARROW = 2**63 - 1
WIDE = 2**126
"""The largest integers that are reckoned with: of the ordinary type, and of the wide type of every engine in use."""
LARGEST_SCALE = 1 << MAX_BITS
ALWAYS, NEVER = "TRUE", "FALSE"
_NAMED = re.compile(r"(?<=\b[a-z])(?=[0-9.])")
"""Within what may be a name of ours, `x12`, or the beginning of one, `t.k0`."""


class Refused(Exception):  # noqa: N818
    """The set engine can't do this exactly; the reference evaluator does it instead. The text says what."""


@frozen(kw_only=True, eq=False, repr=False)
class Num(Alike):
    """A number: `sql / scale` in base units; the integer lies from `low` to `high`.

    `made_of` is the SQL of a product, followed by that of its factors. The integer is limited by the engine, and the
    scale by the language (AV512): what has a larger one may be more than a number there.

    Raises:
        Refused: its scale is larger.
    """

    sql: str
    scale: int = 1
    low: int
    high: int
    null: str = ""
    fail: str = ""
    made_of: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.scale >= LARGEST_SCALE:
            raise Refused("a number of very many decimals")

    @property
    def product(self) -> tuple[str, ...]:
        """Its factors: itself alone when it is no product."""
        return self.made_of[1:] if self.made_of and self.made_of[0] == self.sql else (self.sql,)

    @property
    def constant(self) -> Fraction | None:
        """Its value, when it is the same for every row."""
        known = self.low == self.high and self.sql == literal(self.low) and not self.null and not self.fail
        return Fraction(self.low, self.scale) if known else None


@frozen(kw_only=True, eq=False, repr=False)
class Text(Alike):
    """A code or a text: a position in `codes`, or text where there are none."""

    sql: str
    codes: tuple[str, ...] | None = None
    null: str = ""
    fail: str = ""


@frozen(kw_only=True, eq=False, repr=False)
class Fixed(Alike):
    """A code that is known before the query runs, one for each point of the parameters; `None` where it is missing."""

    values: tuple[str | None, ...]
    null: str = ""
    fail: str = ""


@frozen(kw_only=True, eq=False, repr=False)
class Day(Alike):
    """A date."""

    sql: str
    null: str = ""
    fail: str = ""


@frozen(kw_only=True, eq=False, repr=False)
class Flag(Alike):
    """Yes or no; `constant` where it is known before the query runs."""

    sql: str
    null: str = ""
    fail: str = ""
    constant: bool | None = None


@frozen(kw_only=True, eq=False, repr=False)
class Entry(Alike):
    """A row of a table or of data: its columns by name."""

    columns: Mapping[str, Lowered]
    null: str = ""
    fail: str = ""


Lowered: TypeAlias = Num | Text | Fixed | Day | Flag | Entry


def literal(value: int) -> str:
    """An integer as SQL, of the ordinary type where it fits in it."""
    return f"CAST({value} AS BIGINT)" if abs(value) <= NARROW else f"CAST({value} AS {{wide}})"


def day_literal(day: date) -> str:
    """A date as SQL."""
    return f"DATE '{day.isoformat()}'"


def text_literal(text: str) -> str:
    """A text as SQL; one that holds what may be a name of ours is written in parts, so that no name is found in it.

    Raises:
        Refused: it holds a character that an engine might read differently.
    """
    if any(not c.isprintable() or c in "\\{}" for c in text):
        raise Refused("a text with unusual characters")
    parts = ["'" + part.replace("'", "''") + "'" for part in _NAMED.split(text)]
    return parts[0] if len(parts) == 1 else f"({' || '.join(parts)})"


def any_of(*conditions: str) -> str:
    """A condition that holds when one of them does; empty ones never do."""
    parts = list(dict.fromkeys(c for c in conditions if c))
    if ALWAYS in parts:
        return ALWAYS
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})" if parts else ""


def both(path: str, condition: str) -> str:
    """A condition that holds where the path is taken; an empty path is always taken, an empty condition never holds."""
    if not condition:
        return ""
    if NEVER in (path, condition):
        return NEVER
    if path in ("", ALWAYS):
        return condition
    return path if condition == ALWAYS else f"({path} AND {condition})"


def unless(condition: str, of: str) -> str:
    """`of`, where the condition doesn't hold."""
    if not condition or not of:
        return of
    return "" if condition == ALWAYS else f"(NOT {condition} AND {of})"


def number(value: Fraction) -> Num:
    """A constant."""
    sql = literal(value.numerator)
    return Num(sql=sql, scale=value.denominator, low=value.numerator, high=value.numerator)


def fits(low: int, high: int, what: str = "a number") -> None:
    """Refuse what the wide type can't hold.

    Raises:
        Refused: it can't.
    """
    if max(abs(low), abs(high)) > WIDE:
        raise Refused(f"{what} of more than 126 bits")


def is_wide(value: Num) -> bool:
    """Whether the integer needs the wide type."""
    return max(abs(value.low), abs(value.high)) > NARROW


def widened(value: Num, low: int, high: int) -> str:
    """The SQL of an operand, in the wide type when the result lies beyond the ordinary one."""
    if max(abs(low), abs(high)) <= NARROW or is_wide(value):
        return value.sql
    return f"CAST({value.sql} AS {{wide}})"


def scaled(value: Num, scale: int) -> Num:
    """The same number at a scale that its own divides."""
    factor = scale // value.scale
    if factor == 1:
        return value
    low, high = value.low * factor, value.high * factor
    fits(low, high)
    if value.constant is not None:
        return evolve(value, sql=literal(low), scale=scale, low=low, high=high)
    return evolve(value, sql=f"({widened(value, low, high)} * {literal(factor)})", scale=scale, low=low, high=high)


def aligned(values: Sequence[Num]) -> list[Num]:
    """Numbers at one scale."""
    scale = lcm(*(value.scale for value in values))
    return [scaled(value, scale) for value in values]


def together(values: Sequence[Lowered]) -> tuple[str, str]:
    """When an operation on values is missing, and when it may fail: each is worked out, and one is enough."""
    return any_of(*(v.null for v in values)), any_of(*(v.fail for v in values))


def add(values: Sequence[tuple[int, Num]]) -> Num:
    """A sum of numbers, each with its sign."""
    null, fail = together([v for _, v in values])
    parts = aligned([v for _, v in values])
    signs = [sign for sign, _ in values]
    low = sum(p.low if s > 0 else -p.high for s, p in zip(signs, parts, strict=True))
    high = sum(p.high if s > 0 else -p.low for s, p in zip(signs, parts, strict=True))
    # an intermediate sum may lie outside the range of the whole
    most = sum(max(abs(p.low), abs(p.high)) for p in parts)
    fits(-most, most)
    if all(p.constant is not None for p in parts):
        return number(Fraction(low, parts[0].scale))
    sql = ""
    for sign, part in zip(signs, parts, strict=True):
        operand = widened(part, -most, most)
        sql = (
            (f"{sql} + {operand}" if sign > 0 else f"{sql} - {operand}")
            if sql
            else operand
            if sign > 0
            else f"- {operand}"
        )
    return Num(sql=f"({sql})", scale=parts[0].scale, low=low, high=high, null=null, fail=fail)


def multiply(a: Num, b: Num) -> Num:
    """A product."""
    null, fail = together([a, b])
    for one, other in ((a, b), (b, a)):
        known = one.constant
        if known is not None:
            return _times(other, known)
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    low, high = min(corners), max(corners)
    fits(low, high)
    sql = f"({widened(a, low, high)} * {widened(b, low, high)})"
    made_of = (sql, *a.product, *b.product)
    return Num(sql=sql, scale=a.scale * b.scale, low=low, high=high, null=null, fail=fail, made_of=made_of)


def _times(value: Num, by: Fraction) -> Num:
    shared = gcd(by.numerator, value.scale)
    top, scale = by.numerator // (shared or 1), value.scale // (shared or 1) * by.denominator
    low, high = sorted((value.low * top, value.high * top))
    fits(low, high)
    if value.constant is not None:
        return number(Fraction(low, scale))
    sql = value.sql if top == 1 else f"({widened(value, low, high)} * {literal(top)})"
    made_of = value.made_of if top == 1 else (sql, *value.product, literal(top))
    return evolve(value, sql=sql, scale=scale, low=low, high=high, made_of=made_of)


def negate(value: Num) -> Num:
    """The number with the other sign."""
    return _times(value, Fraction(-1))


def choose(cases: Sequence[tuple[Flag, Lowered]], otherwise: Lowered) -> Lowered:
    """The value of the first case that holds.

    Args:
        cases: conditions with their values; none that is known not to hold.
        otherwise: the value where none holds.

    Raises:
        Refused: the values are of kinds that can't be put together.
    """
    taken: list[tuple[Flag, Lowered]] = []
    for condition, value in cases:
        if condition.constant is True:
            otherwise = value
            break
        taken.append((condition, value))
    if not taken:
        return otherwise
    values = alike([*(value for _, value in taken), otherwise])
    branches = list(zip((condition for condition, _ in taken), values, strict=False))
    last = values[-1]
    return _chosen(branches, last)


def _chosen(branches: Sequence[tuple[Flag, Lowered]], last: Lowered) -> Lowered:
    fail = _case([(c, any_of(c.fail, c.null), v.fail) for c, v in branches], last.fail)
    null = _case([(c, "", v.null) for c, v in branches], last.null)
    assert not isinstance(last, Fixed)
    match last:
        case Num():
            numbers = [v for _, v in branches if isinstance(v, Num)]
            everyone = [*numbers, last]
            low, high = min(v.low for v in everyone), max(v.high for v in everyone)
            sql = _sql_case(
                [(c, widened(v, low, high)) for (c, _), v in zip(branches, numbers, strict=True)],
                widened(last, low, high),
            )
            return Num(sql=sql, scale=last.scale, low=low, high=high, null=null, fail=fail)
        case Entry():
            names = list(last.columns)
            columns = {
                name: _chosen([(c, v.columns[name]) for c, v in branches if isinstance(v, Entry)], last.columns[name])
                for name in names
            }
            return Entry(columns=columns, null=null, fail=fail)
        case Text() | Day() | Flag():
            plain = [(c, v.sql) for c, v in branches if not isinstance(v, Entry | Fixed)]
            sql = _sql_case(plain, last.sql)
            if isinstance(last, Flag):
                return Flag(sql=sql, null=null, fail=fail)
            return evolve(last, sql=sql, null=null, fail=fail)


def _sql_case(branches: Sequence[tuple[Flag, str]], last: str) -> str:
    if all(sql == last for _, sql in branches):
        return last
    return f"(CASE {' '.join(f'WHEN {{if}}{c.sql}{{fi}} THEN {sql}' for c, sql in branches)} ELSE {last} END)"


def _case(branches: Sequence[tuple[Flag, str, str]], last: str) -> str:
    """A condition by cases: (condition, when the condition itself makes it hold, what it is in that case)."""
    if not last and not any(first or then for _, first, then in branches):
        return ""
    parts: list[str] = []
    for condition, first, then in branches:
        if first:
            parts.append(f"WHEN {first} THEN TRUE")
        parts.append(f"WHEN {condition.sql} THEN {then or 'FALSE'}")
    return f"(CASE {' '.join(parts)} ELSE {last or 'FALSE'} END)"


def alike(values: Sequence[Lowered]) -> list[Lowered]:
    """Values of one kind, so that one of them can be chosen: numbers at one scale, codes by one dictionary.

    Raises:
        Refused: they can't be made alike.
    """
    numbers = [v for v in values if isinstance(v, Num)]
    if len(numbers) == len(values):
        return [*aligned(numbers)]
    texts = [v for v in values if isinstance(v, Text)]
    if len(texts) == len(values):
        if len({t.codes for t in texts}) > 1:
            raise Refused("codes by different dictionaries")
        return [*texts]
    if any(all(isinstance(v, kind) for v in values) for kind in (Day, Flag)):
        return list(values)
    entries = [v for v in values if isinstance(v, Entry)]
    if len(entries) == len(values):
        columns = {name: alike([e.columns[name] for e in entries]) for name in entries[0].columns}
        return [
            evolve(entry, columns={name: found[at] for name, found in columns.items()})
            for at, entry in enumerate(entries)
        ]
    raise Refused("values of different kinds")
