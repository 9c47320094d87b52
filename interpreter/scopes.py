"""The scopes of an `each`: one a row, a group of rows, or a month; and the keys they are known by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from attrs import evolve

from dsl.spans import Span
from interpreter import core, problems, types as t
from interpreter.aggregate import chosen
from interpreter.arguments import cell, inside, let
from interpreter.causes import Causes
from interpreter.facts import Fact, Row
from interpreter.operators import day_before, shift
from interpreter.runtime import Derived, Env
from interpreter.values import Days, Failure, fail, figure, last_day, present

ONE_DAY = timedelta(days=1)
SOME_TIME = {"range_en": "which must be above 0", "range_sv": "men ska vara över 0"}
"""What the length of a spell must be."""


def scopes(step: core.Each, env: Env, candidates: Sequence[Row] | None = None) -> Iterator[tuple[Env, Row | None, str]]:
    """The scopes of an `each`: one a month, a row, or a group in the order of its first row.

    Args:
        step: the `each`.
        env: the scope around.
        candidates: the rows of its window that are looked at; all of them when `None`.
    """
    if step.rows is None:
        for inner in months_within(step, env):
            yield inner, None, f"{inner.start:%Y-%m}"
        return
    rows = chosen(step.rows, env, candidates)
    fact = env.ledger.facts[step.rows.fact].fact
    if not step.by and step.spell is None:
        derived = {(fact.name, name): Derived(step.rows.row, e) for name, e in own_lets(step.steps).items()}
        for row in rows:
            yield inside(step.rows.row, row, env, derived), row, row_name(fact, row)
        return
    for keys, own in groups(step, rows, fact, env):
        named = dict(zip(step.by, keys, strict=False))
        period = next((k for k in keys if isinstance(k, Days)), env.period)
        both = dict(named)
        for name in step.by:
            column = fact.column(name)
            if column is not None and column.swedish:
                both[column.swedish] = named[name]
        inner = group_scope(step, env, both, period, tuple(own))
        name = ", ".join(f"{k.start:%Y-%m}" if isinstance(k, Days) else _shown(k) for k in keys)
        yield inner, None, name


def group_scope(step: core.Each, env: Env, keys: Mapping[str, object], period: Days, rows: tuple[Row, ...]) -> Env:
    """The scope of a group of rows: its keys beside those around, and the month or the period that it lies in."""
    both = {**env.keys, **keys}
    return _within(evolve(env, group=rows, keys=both, period=period, start=period.start, end=period.end), step, env)


def months_within(step: core.Each, env: Env) -> Iterator[Env]:
    """The scope of each month of an `each month`."""
    for month in months(env.period):
        yield _within(evolve(env, period=month, start=month.start, end=month.end), step, env)


def _within(inner: Env, step: core.Each, env: Env) -> Env:
    """The scope of a group or month: with lets of its own, inside the scope around."""
    return evolve(inner, definitions=own_lets(step.steps), derived={}, lets={}, around=env)


def own_lets(steps: Sequence[core.Stmt]) -> dict[str, core.Expr]:
    """The lets that stand in a block itself, those under its `when` included."""
    found: dict[str, core.Expr] = {}
    for step in steps:
        match step:
            case core.Let(name, value):
                found[name] = value
            case core.When(cases, otherwise):
                for _, then in (*cases, (None, otherwise)):
                    found.update(own_lets(then))
            case _:
                pass
    return found


def derived_columns(steps: Sequence[core.Stmt]) -> dict[tuple[str, str], Derived]:
    """The lets of the `each fact` blocks that stand in a block itself: columns of the fact in all of the form."""
    found: dict[tuple[str, str], Derived] = {}
    for step in steps:
        match step:
            case core.Each(core.Rows() as rows, (), None, inner):
                found |= {(rows.fact, name): Derived(rows.row, e) for name, e in own_lets(inner).items()}
            case core.When(cases, otherwise):
                for _, then in (*cases, (None, otherwise)):
                    found |= derived_columns(then)
            case _:
                pass
    return found


def _month(day: date, period: Days) -> Days:
    """The calendar month of a day, cut at the ends of the period when the day lies in it."""
    first, last = day.replace(day=1), date(day.year, day.month, last_day(day.year, day.month))
    if period.start <= day <= period.end:
        return Days(max(first, period.start), min(last, period.end))
    return Days(first, last)


def months(period: Days) -> list[Days]:
    """The calendar months of a period, cut at its ends."""
    found, day = [], period.start
    while True:
        end = date(day.year, day.month, last_day(day.year, day.month))
        found.append(Days(day, min(end, period.end)))
        if end >= period.end:
            return found
        day = end + ONE_DAY


def groups(step: core.Each, rows: Sequence[Row], fact: Fact, env: Env) -> list[tuple[list[object], list[Row]]]:
    """Rows by the values they share; `month` groups by the row's month, a spell by the row that opens it."""
    assert step.rows is not None
    found: dict[tuple[object, ...], tuple[list[object], list[Row]]] = {}
    spells: dict[tuple[object, ...], tuple[date, date]] = {}
    causes = Causes()
    for row in rows:
        try:
            keys = _keys(step, row, fact, env)
            if step.spell is not None:
                keys.append(_opened(step.spell, row_day(fact, row, step.span), keys, spells, env))
        except Failure as failure:
            causes.add(failure.causes, row)
            continue
        found.setdefault(tuple(map(_hashable, keys)), (keys, []))[1].append(row)
    causes.check()
    return list(found.values())


def _keys(step: core.Each, row: Row, fact: Fact, env: Env) -> list[object]:
    """What a row shares with others of its group, the day that a spell opens left out."""
    assert step.rows is not None
    keys: list[object] = []
    for name in step.by:
        if name == "month":
            keys.append(_month(row_day(fact, row, step.span), env.period))
        elif fact.column(name) is None:
            keys.append(present(let(name, step.rows.row, inside(step.rows.row, row, env))))
        else:
            keys.append(present(cell(row, name, step, env.ledger)))
    return keys


def _opened(
    length: core.Expr, day: date, keys: Sequence[object], spells: dict[tuple[object, ...], tuple[date, date]], env: Env
) -> date:
    """The day on which the spell was opened that a day lies in; `spells` are the first and last day of the latest."""
    own = tuple(map(_hashable, keys))
    if own not in spells or day > spells[own][1]:
        spells[own] = (day, spell_end(day, length, env))
    return spells[own][0]


def spell_end(day: date, length: core.Expr, env: Env) -> date:
    """The last day of a spell that is opened on a day.

    Raises:
        Failure: AV210 when it lasts no time, or AV508 and AV513 when its end is no day.
    """
    by = env.number(length)
    assert isinstance(length.type, t.Num)
    if by <= 0:
        what = "`förlopp om`" if env.ledger.program.language == "sv" else "`spell of`"
        raise fail(problems.OUTSIDE_RANGE, length.span, what=what, found=figure(by, length.type), **SOME_TIME)
    return day_before(shift(day, by, length.type.unit.dimension, env, length), env, length)


def _hashable(key: object) -> object:
    return (key.start, key.end) if isinstance(key, Days) else key


def row_day(fact: Fact, row: Row, span: Span) -> date:
    """The date of a row.

    Raises:
        Failure: AV514 when it has none.
    """
    day = row.cells.get(fact.dated) if fact.dated else None
    if not isinstance(day, date):
        raise fail(problems.NO_DATE, span)
    return day


def row_name(fact: Fact, row: Row) -> str:
    """The key of a row as text; its place in the file when it has no key."""
    keys = [_shown(row.cells.get(k)) for k in fact.keys]
    return ", ".join(keys) or f"{row.file}:{row.line}"


def _shown(cell: object) -> str:
    if isinstance(cell, Fraction) and cell.denominator == 1:
        return str(cell.numerator)
    return "" if cell is None else str(cell)
