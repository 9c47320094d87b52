"""`each F by K …`: rows are added up by group in one query, and what a group is paid is worked out in another on top.

To the second query a group is a row: its keys and its sums are columns, and parameters are what they are in the
group's month or in the period.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from attrs import evolve

from interpreter import core, types as t
from interpreter.facts import Fact
from interpreter.order import expressions
from interpreter.runtime import Env
from interpreter.scopes import group_scope, months, own_lets
from interpreter.sets import numbers
from interpreter.sets.answers import Answer, Answers
from interpreter.sets.gather import Count, varying
from interpreter.sets.lower import Lowering
from interpreter.sets.points import Ask, Point, Points, kinds, reached
from interpreter.sets.relation import Relation
from interpreter.sets.rowset import Rowset
from interpreter.sets.sites import Paying, Site, blocks, combined_columns, total_columns, with_lets
from interpreter.sets.spells import opened
from interpreter.sets.values import (
    ALWAYS,
    Day,
    Flag,
    Lowered,
    Num,
    Refused,
    Text,
    any_of,
    both,
    multiply,
    number,
    unless,
)

MONTH = "month"


def paying_groups(site: Site, step: core.Each, asks: Sequence[Ask]) -> Answers:
    """An `each` over groups of rows, for each scope.

    Raises:
        Refused: a query can't say it.
    """
    rows = step.rows
    assert rows is not None
    if MONTH in step.by and (rows.window is not None or not site.relation.fact.dated):
        raise Refused("months outside the period")
    sums = list({id(e): e for e in expressions(step.steps) if isinstance(e, core.Aggregate) and _of_group(e)}.values())
    summed, keys, special = _summed(site, step, rows, asks, sums)
    points = _points(step, asks)
    relation = Relation(
        fact=Fact(name=site.relation.fact.name, columns=()), source=f"({summed})", rows=site.relation.rows, columns={}
    )
    rowset = Rowset(relation, points, site.tables, single_buyer=False)
    rowset.ties.append(f"r.a = p.{points.column('INTEGER', [p.ask for p in points.points])}")
    if MONTH in step.by:
        at = step.by.index(MONTH)
        first = points.column(
            "BIGINT", [p.env.period.start.year * 12 + p.env.period.start.month for p in points.points]
        )
        rowset.ties.append(f"r.i{at} = p.{first}")
    rowset.used |= dict.fromkeys(["a", "gf", *(f"i{at}" for at in range(len(step.by)))])
    lowering = Lowering(
        rowset,
        kinds(point.env for point in points.points),
        set(),
        site.mode,
        special=special,
        keys=keys,
        of_group=True,
        group_lets=own_lets(step.steps),
        related=_asking(site, step, rowset, kinds(ask.env for ask in asks)),
    )
    special |= {id(e): _enough(e, at, lowering) for at, e in enumerate(sums) if e.at_least is not None}
    for value in special.values():
        rowset.used |= dict.fromkeys(_names(value))
    made = Paying(lowering)
    made.fails.append("(gf > 0)")
    made.steps(step.steps, "")
    columns = total_columns(site, made)
    sql, _ = rowset.sql(", ".join(["a", *columns]), " GROUP BY a")
    begun = site.tables.engine.begin(site.tables.dialect.final(sql))

    def answers() -> list[Answer]:
        found = {int(str(row[0])): tuple(row[1:]) for row in begun()}
        return [blocks(site, made, found.get(at)) for at in range(len(asks))]

    return answers


def _asking(
    site: Site, step: core.Each, rowset: Rowset, envs: Sequence[Env]
) -> Callable[[core.Expr, Lowering], Lowered]:
    """Answers for rows of facts that each group asks for; a group has no file and line, so it is known by a number."""
    relation = rowset.relation
    order = ", ".join(["a", *(f"i{at}" for at in range(len(step.by) + (step.spell is not None)))])
    numbered = f"(SELECT g.*, 0 AS f, ROW_NUMBER() OVER (ORDER BY {order}) AS n FROM {relation.source} g)"  # noqa: S608

    def related(e: core.Expr, base: Lowering) -> Lowered:
        assert site.related is not None
        if isinstance(e, core.Pick) and e.rows.group:
            raise Refused("a row of a group")
        if MONTH in step.by:
            _no_month(_parts(e), envs)  # the window is the group's, and knows the month
        rowset.relation = evolve(relation, source=numbered)
        return site.related(e, base)

    return related


def _points(step: core.Each, asks: Sequence[Ask]) -> Points:
    """A point for each scope, or for each month of it, as groups of rows have it."""
    found = []
    for at, ask in enumerate(asks):
        env = ask.env
        for period in months(env.period) if MONTH in step.by else [env.period]:
            keys: dict[str, object] = {MONTH: period} if MONTH in step.by else {}
            found.append(Point(at, None, None, group_scope(step, env, keys, period, ())))
    scopes = [Ask(ask.env, None, None, None, None) for ask in asks]
    return Points(scopes, found)


def _summed(
    site: Site, step: core.Each, rows: core.Rows, asks: Sequence[Ask], sums: Sequence[core.Aggregate]
) -> tuple[str, Mapping[str, Lowered], dict[int, Lowered]]:
    """The query that adds up rows by group, the groups' keys, and what stands for each aggregate in it."""
    inner = [evolve(ask, env=with_lets(step, rows, ask.env)) for ask in asks]
    parts = [*key_lets(step, site.relation.fact), *(part for e in sums for part in _parts(e))]
    lowering = site.open(inner, [part for part in (rows.where, *parts) if part is not None], rows.row)
    rowset = lowering.rowset
    ask = rowset.points.column("INTEGER", [p.ask for p in rowset.points.points])
    where, chosen_fails = lowering.chosen(rows.where)
    fails = [chosen_fails]
    parted, keys, of_rows, by = [(ask, "a")], {}, {}, []
    for at, name in enumerate(step.by):
        key = _key(name, lowering, rows)
        by.append(key)
        fails.append(both(where, any_of(key.fail, key.null)))
        parted.append((rowset.name(key.sql), f"i{at}"))
        if name != MONTH:
            column = site.relation.fact.column(name)
            for word in filter(None, (name, column.swedish if column is not None else "")):
                keys[word] = evolve(key, sql=f"i{at}", null="", fail="")
                of_rows[word] = evolve(key, null="", fail="")
    lowering.keys = of_rows
    if step.spell is not None:
        sure = unless(any_of(*fails), f"COALESCE({where or 'TRUE'}, FALSE)")
        parted.append((opened(lowering, step.spell, asks, by, sure).sql, f"i{len(by)}"))
    special: dict[int, Lowered] = {}
    made: list[str] = []
    for at, e in enumerate(sums):
        _of_rows_alone(step, e, lowering.envs)
        value, sql, fail = _sum_of(site, e, lowering, f"g{at}")
        special[id(e)] = value
        made += sql
        fails.append(fail)
    fail = any_of(*fails)
    chosen = f" WHERE {any_of(f'COALESCE({where}, FALSE)', fail)}" if where else ""
    names = ", ".join(name for _, name in parted)
    grouped = [*(f"{sql} AS {name}" for sql, name in parted), f"{Count(fail)} AS gf", *made]
    apart = ", ".join(varying(sql for sql, _ in parted))
    text, _ = rowset.sql(", ".join(grouped), f"{chosen} GROUP BY {apart}")
    return f"SELECT {names}, gf{''.join(', ' + m.rpartition(' AS ')[2] for m in made)} FROM ({text}) g", keys, special  # noqa: S608


def key_lets(step: core.Each, fact: Fact) -> list[core.LetRef]:
    """The lets of its rows that an `each` over rows of a fact groups by."""
    assert step.rows is not None
    names = [name for name in step.by if name != MONTH and fact.column(name) is None]
    return [core.LetRef(name, step.rows.row, type=t.Unknown()) for name in names]


def _of_rows_alone(step: core.Each, e: core.Aggregate, envs: Sequence[Env]) -> None:
    """Refuse a sum over a group whose rows ask for the group's own lets or month.

    Raises:
        Refused: they do.
    """
    lets, parts = own_lets(step.steps), _parts(e)
    asked = (part for env in envs for part, _ in reached(parts, env))
    if any(isinstance(part, core.LetRef) and not part.row and part.name in lets for part in asked):
        raise Refused("a group's let for each row")
    if MONTH in step.by:
        _no_month(parts, envs)


def _parts(e: core.Expr) -> list[core.Expr]:
    """What is asked of each of the rows that an expression chooses."""
    match e:
        case core.Aggregate(_, of, rows):
            found = [of, e.weight, rows.where if rows is not None else None]
        case core.Pick(_, rows):
            found = [rows.where]
        case _:
            found = []
    return [part for part in found if part is not None]


def _no_month(parts: Sequence[object], envs: Sequence[Env]) -> None:
    """Refuse what rows ask for when it depends on the month of the group around them.

    Raises:
        Refused: it does.
    """
    for part, scope in chain.from_iterable(reached(parts, env) for env in envs):
        match part:
            case core.PeriodRef("month") | core.PerPeriod() | core.FactRow():
                raise Refused("a group's month for each row")
            case core.Aggregate(rows=core.Rows(window=None) as rows) | core.Pick(rows=core.Rows(window=None) as rows):
                if not rows.group and scope.ledger.facts[rows.fact].fact.dated:
                    raise Refused("a group's month for each row")
            case core.Param(name) if scope.instance is not None:
                argument = scope.instance.arguments.get(name)
                if argument is not None and argument.per:
                    raise Refused("a group's month for each row")
            case _:
                pass


def _of_group(e: core.Aggregate) -> bool:
    return e.rows is not None and e.rows.group


def _key(name: str, lowering: Lowering, rows: core.Rows) -> Num | Text | Day | Flag:
    """What a row is grouped by."""
    fact = lowering.rowset.relation.fact
    if name == MONTH:
        day = lowering.rowset.column(fact.dated)
        assert isinstance(day, Day)
        dialect = lowering.rowset.tables.dialect
        sql = f"({dialect.year.format(a=day.sql)} * 12 + {dialect.month.format(a=day.sql)})"
        return Num(sql=sql, low=0, high=200_000, null=day.null)
    if fact.column(name) is None:
        value = lowering.value(core.LetRef(name, rows.row, type=t.Unknown()))
    else:
        value = lowering.rowset.column(name)
    if not isinstance(value, Num | Text | Day | Flag):
        raise Refused("groups by such values")
    return value


def _sum_of(site: Site, e: core.Aggregate, lowering: Lowering, name: str) -> tuple[Lowered, list[str], str]:
    """What stands for an aggregate over a group, the columns that it takes, and when it fails."""
    rows = e.rows
    assert rows is not None
    if e.until or e.rank is not None:
        raise Refused(f"{e.kind} over a group")
    lowering.variables.add(rows.row)
    taken, size = lowering.taken(e, rows), site.relation.rows
    count = f"{Count(taken.where or ALWAYS)} AS {name}n"
    if e.of is None:
        assert isinstance(e.type, t.Num)
        whole = Num(sql=f"{name}n", low=0, high=size)
        return multiply(whole, number(e.type.unit.factor)), [count], taken.fail
    if e.kind == "mean":
        raise Refused("a mean of a group")
    columns, _ = combined_columns(site.tables, size, e, taken)
    made = [f"{columns[0]} AS {name}v", count]
    if e.kind == "distinct":
        return Num(sql=f"{name}v", low=0, high=size), made, taken.fail
    value = taken.value
    assert isinstance(value, Num | Day)
    if e.kind == "sum" and isinstance(value, Num):
        edge = max(abs(value.low), abs(value.high)) * max(size, 1)
        kind = "BIGINT" if edge < 2**63 else "{wide}"
        sql = f"COALESCE(CAST({name}v AS {kind}), 0)"
        return Num(sql=sql, scale=value.scale, low=-edge, high=edge), made, taken.fail
    return evolve(value, sql=f"{name}v", null=f"({name}n = 0)", fail=""), made, taken.fail


def _enough(e: core.Aggregate, at: int, lowering: Lowering) -> Lowered:
    """What stands for an aggregate over a group, the so-manieth, missing over fewer values than it asks for.

    Raises:
        Refused: how many it asks for depends on what the group comes to.
    """
    assert e.at_least is not None
    value = lowering.special[id(e)]
    if any(id(part) in lowering.special for part in expressions(e.at_least)):
        raise Refused("at least a number of the group")
    least = lowering.number(e.at_least)
    count = Num(sql=f"g{at}n", low=0, high=lowering.rowset.relation.rows)
    few = numbers.compared("<", count, least)
    return evolve(value, null=any_of(value.null, few.sql), fail=any_of(value.fail, least.fail, least.null))


def _names(value: Lowered) -> list[str]:
    """The columns of the summing query that a value is written with."""
    texts = [value.sql, value.null] if isinstance(value, Num | Day | Flag | Text) else []
    return [name for text in texts for name in re.findall(r"\bg[0-9]+[nv]\b", text)]
