"""The scopes of an `each`: one a row, a group of rows, or a month; and the keys they are known by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction

from attrs import evolve

from dsl.spans import Span
from interpreter import core, problems
from interpreter import types as t
from interpreter.aggregate import chosen, inside
from interpreter.facts import Fact, Row
from interpreter.operators import shift
from interpreter.runtime import Env
from interpreter.values import Days, Missing, fail, last_day, present

ONE_DAY = timedelta(days=1)


def scopes(step: core.Each, env: Env) -> Iterator[tuple[Env, Row | None, str]]:
    """The scopes of an `each`: one a month, a row, or a group in the order of its first row."""
    if step.rows is None:
        for month in months(env.period):
            yield (
                _fresh(evolve(env, period=month, start=month.start, end=month.end), step),
                None,
                f"{month.start:%Y-%m}",
            )
        return
    rows = chosen(step.rows, env)
    fact = env.ledger.facts[step.rows.fact].fact
    if not step.by and step.spell is None:
        for row in rows:
            inner = inside(step.rows.row, row, env)
            yield evolve(inner, lets=_Layer(env.lets)), row, row_name(fact, row)
        return
    for keys, own in groups(step, rows, fact, env):
        named = dict(zip(step.by, keys, strict=False))
        period = next((k for k in keys if isinstance(k, Days)), env.period)
        both = {**env.keys, **named}
        for name in step.by:
            column = fact.column(name)
            if column is not None and column.swedish:
                both[column.swedish] = named[name]
        inner = evolve(env, group=tuple(own), keys=both, period=period, start=period.start, end=period.end)
        name = ", ".join(f"{k.start:%Y-%m}" if isinstance(k, Days) else _shown(k) for k in keys)
        yield _fresh(inner, step), None, name


class _Layer(dict[tuple[str, object], object]):
    """The lets of a row: its own are kept under the row, the others are shared with the scope around."""

    def __init__(self, outer: dict[tuple[str, object], object]) -> None:
        super().__init__()
        self.outer = outer

    def __contains__(self, key: object) -> bool:
        return key in self.outer

    def __getitem__(self, key: tuple[str, object]) -> object:
        return self.outer[key]

    def __setitem__(self, key: tuple[str, object], value: object) -> None:
        self.outer[key] = value


def _fresh(env: Env, step: core.Each) -> Env:
    """A group's or month's scope: its own lets are worked out anew."""
    own = {s.name: s.value for s in step.steps if isinstance(s, core.Let)}
    kept = {key: value for key, value in env.lets.items() if key[0] not in own and key[1] is not None}
    return evolve(env, lets=kept, definitions={**env.definitions, **own})


def months(period: Days) -> list[Days]:
    """The calendar months of a period, cut at its ends."""
    found, day = [], period.start
    while day <= period.end:
        end = date(day.year, day.month, last_day(day.year, day.month))
        found.append(Days(day, min(end, period.end)))
        day = end + ONE_DAY
    return found


def groups(step: core.Each, rows: Sequence[Row], fact: Fact, env: Env) -> list[tuple[list[object], list[Row]]]:
    """Rows by the values they share; `month` groups by the row's month, a spell by the row that opens it."""
    found: dict[tuple[object, ...], tuple[list[object], list[Row]]] = {}
    spells: dict[tuple[object, ...], tuple[date, date]] = {}
    for row in rows:
        keys: list[object] = []
        for name in step.by:
            if name == "month":
                day = row_day(fact, row, step.span)
                keys.append(Days(day.replace(day=1), date(day.year, day.month, last_day(day.year, day.month))))
            else:
                cell = row.cells.get(name)
                keys.append(
                    present(Missing(f"{fact.name}.{name} ({row.file}:{row.line})", step.span) if cell is None else cell)
                )
        if step.spell is not None:
            day = row_day(fact, row, step.span)
            opened, last = spells.get(tuple(map(_hashable, keys)), (date.max, date.min))
            if day > last:
                assert isinstance(step.spell.type, t.Num)
                by = env.number(step.spell)
                last = shift(day, by, step.spell.type.unit.dimension, env, step.spell) - ONE_DAY
                opened = day
                spells[tuple(map(_hashable, keys))] = (opened, last)
            keys.append(opened)
        found.setdefault(tuple(map(_hashable, keys)), (keys, []))[1].append(row)
    return list(found.values())


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
