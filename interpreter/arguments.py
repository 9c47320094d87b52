"""What names stand for while a clause is settled: parameters with their dated values, lets, cells of rows."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from attrs import evolve

from interpreter import core, problems
from interpreter.facts import Row
from interpreter.runtime import Env
from interpreter.values import Failure, Missing, fail, length, small

ONE_DAY = timedelta(days=1)


def parameter(name: str, env: Env, e: core.Expr) -> object:
    """What a parameter stands for: its argument, what a parent offers, its default, or missing."""
    instance = env.instance
    assert instance is not None
    argument = instance.arguments.get(name)
    if argument is not None:
        return dated(name, argument, outward(env), e)
    declared = instance.form.parameter(name)
    for word in declared.spellings if declared is not None else ():
        if word in env.offers:
            return env.offers[word]
    if declared is not None and declared.default is not None:
        return env.value(declared.default)
    return Missing(f"{instance.key}: {name}", e.span)


def outward(env: Env) -> Env:
    """The scope of a clause's arguments: the contract's names, a model's parameters, this moment."""
    instance = env.instance
    assert instance is not None
    lets = {let.name: let.value for let in env.ledger.program.lets}
    model = evolve(instance, arguments=instance.model, model={}) if instance.model else None
    return evolve(env, instance=model, definitions=lets, rows={}, group=(), keys={}, lets={}, row_lets={}, offers={})


def dated(name: str, argument: core.Argument, env: Env, e: core.Expr) -> object:
    """An argument's value for the days asked for; a rate per time is taken over the period, stretch by stretch."""
    if argument.per:
        return _over_stretches(name, argument, env, e)
    at = [i for i, s in enumerate(argument.stretches) if covers(s, env.start, env.end)]
    days = f"{env.start}" if env.start == env.end else f"{env.start} – {env.end}"
    if not at:
        raise fail(problems.NOT_IN_FORCE, e.span, name=name, day=days)
    for index in at[1:]:
        start = argument.stretches[index].start
        raise fail(problems.CHANGES_INSIDE, argument.stretches[index].span, name=name, day=start)
    stretch = argument.stretches[at[0]]
    if (stretch.start and stretch.start > env.start) or (stretch.end and stretch.end < env.end):
        day = stretch.start if stretch.start and stretch.start > env.start else stretch.end
        raise fail(problems.NOT_IN_FORCE, stretch.span, name=name, day=day)
    return stretch_value(argument, at[0], env)


def stretch_value(argument: core.Argument, at: int, env: Env) -> object:
    return evolve(env, previous=(argument, at)).value(argument.stretches[at].value)


def covers(s: core.Stretch, start: date, end: date) -> bool:
    """Whether a stretch holds on some day from `start` to `end`."""
    return (s.start is None or s.start <= end) and (s.end is None or s.end >= start)


def _over_stretches(name: str, argument: core.Argument, env: Env, e: core.Expr) -> object:
    """A rate per time over the period: each stretch's rate times its length."""
    total = Fraction(0)
    day = env.period.start
    prorate = env.ledger.program.terms.prorate
    for at, stretch in enumerate(argument.stretches):
        if not covers(stretch, env.period.start, env.period.end):
            continue
        start = max(stretch.start or env.period.start, env.period.start)
        end = min(stretch.end or env.period.end, env.period.end)
        if start > day:
            break
        rate = stretch_value(argument, at, evolve(env, start=start, end=end))
        if isinstance(rate, Missing):
            return rate
        assert isinstance(rate, Fraction)
        total += rate * length(start, end, argument.per, prorate, stretch.span)
        day = end + ONE_DAY
    if day <= env.period.end:
        raise fail(problems.NOT_IN_FORCE, e.span, name=name, day=day)
    return small(total, e.span)


def per_period(e: core.Expr, of: core.Expr, time: str, env: Env) -> object:
    """A rate per time over the period, cut where a dated value of the clause changes."""
    cuts = {env.period.start}
    if env.instance is not None:
        for argument in (*env.instance.arguments.values(), *env.instance.model.values()):
            cuts |= {s.start for s in argument.stretches if s.start and env.period.start < s.start <= env.period.end}
    starts = sorted(cuts)
    total = Fraction(0)
    prorate = env.ledger.program.terms.prorate
    if len(starts) == 1:
        inside = evolve(env, start=env.period.start, end=env.period.end) if env.start != env.end else env
        rate = inside.value(of)
        if isinstance(rate, Missing):
            return rate
        assert isinstance(rate, Fraction)
        return small(rate * length(env.period.start, env.period.end, time, prorate, e.span), e.span)
    for start, following in zip(starts, [*starts[1:], env.period.end + ONE_DAY], strict=True):
        end = following - ONE_DAY
        rate = evolve(env, start=start, end=end, lets={}).value(of)
        if isinstance(rate, Missing):
            return rate
        assert isinstance(rate, Fraction)
        total += rate * length(start, end, time, prorate, e.span)
    return small(total, e.span)


def let(name: str, row: str, env: Env) -> object:
    """A named expression, worked out once per scope; a failure is kept and raised where the name is used."""
    if row:
        data = env.rows[row]
        variable, definitions = env.row_lets[data.fact]
        key: tuple[str, object] = (name, id(data))
        day = _day(data, env)
        inner = evolve(
            env, rows={**env.rows, variable: data}, start=day or env.start, end=day or env.end, group=(), keys={}
        )
        definition = definitions[name]
    else:
        key, inner, definition = (name, None), env, env.definitions[name]
    if key not in env.lets or env.ledger.trace is not None:
        try:
            env.lets[key] = inner.value(definition)
        except Failure as failure:
            env.lets[key] = failure
    value = env.lets[key]
    if isinstance(value, Failure):
        raise Failure(value.causes)
    return value


def _day(row: Row, env: Env) -> date | None:
    dated_by = env.ledger.facts[row.fact].fact.dated
    day = row.cells.get(dated_by) if dated_by else None
    return day if isinstance(day, date) else None


def cell(row: Row, name: str, e: core.Expr) -> object:
    cell = row.cells.get(name)
    return Missing(row_datum(row, name), e.span) if cell is None else cell


def row_datum(row: Row, name: str) -> str:
    """A cell in words: its column, fact and place."""
    return f"{row.fact}.{name} ({row.file}:{row.line})" if row.file else f"{row.fact}.{name}"
