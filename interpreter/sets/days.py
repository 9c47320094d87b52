"""Calendar arithmetic in a query, by the rules of `interpreter.values`."""

from __future__ import annotations

from datetime import date

from attrs import evolve

from interpreter.sets.rowset import Rowset
from interpreter.sets.values import Day, Num, Refused, any_of, day_literal, is_wide, literal, together, unless

MOST_DAYS, MOST_MONTHS = 100_000, 10_000
"""How far a date is moved in a query; a row that moves it further is left to the reference evaluator."""


def between(rowset: Rowset, later: Day, earlier: Day) -> Num:
    """The days from a date to a later one."""
    null, fail = together([later, earlier])
    sql = rowset.tables.dialect.days.format(a=later.sql, b=earlier.sql)
    return Num(sql=f"CAST({sql} AS BIGINT)", low=-3_700_000, high=3_700_000, null=null, fail=fail)


def by_days(rowset: Rowset, day: Day, by: Num, sign: int) -> Day:
    """A date moved by days; it fails outside the calendar, by parts of a day, and by very many.

    Raises:
        Refused: the days are of more than 63 bits.
    """
    by = _whole(rowset, by, MOST_DAYS)
    moved = rowset.name(rowset.tables.dialect.later.format(a=day.sql, b=_signed(by, sign)))
    null, fail = together([day, by])
    outside = f"(NOT {moved} BETWEEN {day_literal(date.min)} AND {day_literal(date.max)})"
    return Day(sql=moved, null=null, fail=any_of(fail, unless(null, outside)))


def by_months(rowset: Rowset, day: Day, by: Num, sign: int, rule: str) -> Day:
    """A date moved by whole months; see `interpreter.values.add_months`. By very many it fails.

    Args:
        rowset: the query.
        day, by: the date and how many months.
        sign: 1 for later, -1 for earlier.
        rule: what the contract says of a day that the month lacks; it fails when it says nothing.

    Raises:
        Refused: the months are of more than 63 bits.
    """
    by = _whole(rowset, by, MOST_MONTHS)
    dialect, name = rowset.tables.dialect, rowset.name
    null, fail = together([day, by])
    months = name(
        f"({dialect.year.format(a=day.sql)} * 12 + {dialect.month.format(a=day.sql)} - 1 + {_signed(by, sign)})"
    )
    outside = f"(NOT {months} BETWEEN 12 AND {9998 * 12 + 11})"
    safe = name(f"(CASE WHEN {outside} THEN {literal(24_000)} ELSE {months} END)")
    first = name(_first(rowset, safe))
    after = name(_first(rowset, f"({safe} + 1)"))
    last = name(dialect.days.format(a=after, b=first))
    own = name(f"CAST({dialect.day.format(a=day.sql)} AS BIGINT)")
    kept = dialect.later.format(a=first, b=f"({own} - 1)")
    end = after if rule == "following" else dialect.later.format(a=after, b="(0 - 1)")
    sql = f"(CASE WHEN {own} <= {last} THEN {kept} ELSE {end} END)"
    lacks = "" if rule else f"({own} > {last})"
    return Day(sql=sql, null=null, fail=any_of(fail, unless(null, any_of(outside, lacks))))


def _first(rowset: Rowset, months: str) -> str:
    """The first day of a month that is counted from the year 0."""
    quotient = rowset.tables.dialect.quotient.format(a=months, b=literal(12))
    return f"make_date(CAST({quotient} AS INTEGER), CAST({months} - 12 * {quotient} + 1 AS INTEGER), 1)"


def _whole(rowset: Rowset, by: Num, most: int) -> Num:
    """The whole days or months to move by; it fails where they are parts, or more than `most`.

    Raises:
        Refused: they are of more than 63 bits.
    """
    if is_wide(by):
        raise Refused("a date moved very far")
    sql, fails = by.sql, [by.fail]
    low, high = by.low // by.scale, -(-by.high // by.scale)
    if by.scale != 1:
        n = rowset.name(by.sql)
        size = rowset.name(f"(CASE WHEN {n} < 0 THEN - {n} ELSE {n} END)")
        whole = rowset.name(rowset.tables.dialect.quotient.format(a=size, b=literal(by.scale)))
        sql = f"(CASE WHEN {n} < 0 THEN - {whole} ELSE {whole} END)"
        fails.append(unless(by.null, f"({whole} * {literal(by.scale)} <> {size})"))
    if max(abs(low), abs(high)) > most:
        n = rowset.name(sql)
        near = f"({n} BETWEEN {-most} AND {most})"
        sql, low, high = f"(CASE WHEN {near} THEN {n} ELSE {literal(0)} END)", -most, most
        fails.append(unless(by.null, f"(NOT {near})"))
    return Num(sql=sql, low=low, high=high, null=by.null, fail=any_of(*fails))


def _signed(by: Num, sign: int) -> str:
    return by.sql if sign > 0 else f"(0 - {by.sql})"


def age(rowset: Rowset, born: Day, on: Day) -> Num:
    """Whole years from a birth date to a day."""
    null, fail = together([born, on])
    dialect = rowset.tables.dialect

    def in_year(day: Day) -> str:
        return f"({dialect.month.format(a=day.sql)} * 100 + {dialect.day.format(a=day.sql)})"

    years = f"{dialect.year.format(a=on.sql)} - {dialect.year.format(a=born.sql)}"
    sql = f"({years} - CASE WHEN {in_year(on)} < {in_year(born)} THEN 1 ELSE 0 END)"
    return Num(sql=sql, low=-9999, high=9999, null=null, fail=fail)


def part(rowset: Rowset, which: str, day: Day) -> Num:
    """The year or the month of a date."""
    pattern, high = (rowset.tables.dialect.year, 9999) if which == "year_of" else (rowset.tables.dialect.month, 12)
    whole = Num(sql=f"CAST({pattern.format(a=day.sql)} AS BIGINT)", low=1, high=high)
    return evolve(whole, null=day.null, fail=day.fail)


def unfailing(day: Day, anchor: Day) -> Day:
    """A day beside the anchor: at the very ends of the calendar it is left to fail."""
    return evolve(day, null=anchor.null)
