"""What names stand for while a clause is settled: parameters with their dated values, lets, cells of rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

from attrs import evolve

from interpreter import core, problems
from interpreter.facts import Row
from interpreter.order import expressions
from interpreter.runtime import Derived, Env, Known, Ledger, contract_env
from interpreter.types import Num
from interpreter.units import time_ratio
from interpreter.values import Failure, Missing, fail, length, small

ONE_DAY = timedelta(days=1)


def parameter(name: str, env: Env, e: core.Expr) -> object:
    """What a parameter stands for: its argument, what a parent offers, its default, or missing."""
    instance = env.instance
    assert instance is not None
    declared = instance.parameter(name)
    argument = instance.arguments.get(name)
    if argument is not None:
        swedish = declared.swedish if declared is not None and env.ledger.program.language == "sv" else ""
        return dated(swedish or name, argument, outward(env), e)
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
    around = contract_env(env.ledger)
    return Env(env.ledger, instance.model, env.period, env.start, env.end, around=around)


def dated(name: str, argument: core.Argument, env: Env, e: core.Expr) -> object:
    """An argument's value for the days asked for; a rate per time is taken over the period, stretch by stretch.

    A sum without a time counts once for the settlement, so that it can't share one with a rate.
    """
    sums = _sums_beside(argument, env, e) if argument.per else []
    if argument.per and not sums:
        return _over_stretches(name, argument, env, e)
    at = [i for i, s in enumerate(argument.stretches) if covers(s, env.start, env.end)]
    if not at:
        days = f"{env.start}" if env.start == env.end else f"{env.start} – {env.end}"
        raise fail(problems.NOT_IN_FORCE, argument.stretches[-1].span, name=name, day=days)
    stretch = argument.stretches[at[0]]
    for i in at[1:]:
        if not _goes_on(stretch, argument.stretches[i]):
            second = argument.stretches[i]
            todo = problems.SAY_THE_TIME if 0 < len(sums) < len(at) else problems.APART
            raise fail(problems.CHANGES_INSIDE, second.span, name=name, day=second.start, **todo)
        stretch = evolve(stretch, end=argument.stretches[i].end)
    if (stretch.start and stretch.start > env.start) or (stretch.end and stretch.end < env.end):
        day = env.start if stretch.start and stretch.start > env.start else _after(stretch.end)
        raise fail(problems.NOT_IN_FORCE, stretch.span, name=name, day=day)
    if sums and rate_by(stretch, e):
        later = max(stretch, sums[0], key=lambda s: s.start or date.min)
        raise fail(problems.CHANGES_INSIDE, later.span, name=name, day=later.start, **problems.SAY_THE_TIME)
    return stretch_value(argument, at[0], env)


def _goes_on(before: core.Stretch, after: core.Stretch) -> bool:
    """Whether a value is written anew, as it was, from the day after it ends: then it does not change."""
    builds = any(isinstance(part, core.Previous) for part in expressions(after.value))
    return _after(before.end) == after.start and before.value == after.value and not builds


def _sums_beside(argument: core.Argument, env: Env, e: core.Expr) -> list[core.Stretch]:
    """The stretches of the period whose value is no rate, of an argument that has rates."""
    return [s for s in argument.stretches if covers(s, env.period.start, env.period.end) and not rate_by(s, e)]


def rate_by(stretch: core.Stretch, e: core.Expr) -> str:
    """The time that a stretch's value is a rate by, where `e` asks for the amount; empty when it is no rate."""
    assert isinstance(stretch.value.type, Num)
    assert isinstance(e.type, Num)
    return time_ratio(stretch.value.type.unit.dimension, e.type.unit.dimension)


def _after(day: date | None) -> date | None:
    return day + ONE_DAY if day else None


def stretch_value(argument: core.Argument, at: int, env: Env) -> object:
    """The value of one stretch of an argument, which may ask for the one before."""
    inner = evolve(env, previous=(argument, at)) if at else env
    return inner.value(argument.stretches[at].value)


def value_before(env: Env) -> object:
    """`previous`: the value that was in force when the stretch before ended."""
    assert env.previous is not None
    argument, at = env.previous
    last = argument.stretches[at - 1].end or env.start
    return stretch_value(argument, at - 1, evolve(env, start=last, end=last, lets={}))


def covers(s: core.Stretch, start: date, end: date) -> bool:
    """Whether a stretch holds on some day from `start` to `end`."""
    return (s.start is None or s.start <= end) and (s.end is None or s.end >= start)


def _over_stretches(name: str, argument: core.Argument, env: Env, e: core.Expr) -> object:
    """A rate per time over the period: each stretch's rate times its length, cut where what it is made of changes."""
    total = Fraction(0)
    day = env.period.start
    prorate = env.ledger.program.terms.prorate
    for at, stretch in enumerate(argument.stretches):
        if not covers(stretch, env.period.start, env.period.end):
            continue
        first = max(stretch.start or env.period.start, env.period.start)
        last = min(stretch.end or env.period.end, env.period.end)
        if first > day:
            break
        for start, end in _pieces(first, last, changes(stretch.value, env)):
            rate = stretch_value(argument, at, evolve(env, start=start, end=end, lets={}))
            if isinstance(rate, Missing):
                return rate
            assert isinstance(rate, Fraction)
            total += rate * length(start, end, rate_by(stretch, e), prorate, stretch.span)
        if last >= env.period.end:
            return small(total, e.span)
        day = last + ONE_DAY
    raise fail(problems.NOT_IN_FORCE, argument.stretches[-1].span, name=name, day=day)


def changes(e: core.Expr, env: Env) -> set[date]:
    """The days on which a dated value that an expression is made of, directly or by lets and models, takes over."""
    found: set[date] = set()
    stack: list[tuple[core.Expr, Env]] = [(e, env)]
    seen: set[tuple[str, int]] = set()
    while stack:
        expression, scope = stack.pop()
        for part in expressions(expression):
            if isinstance(part, core.Param) and scope.instance is not None:
                at, home = ("param " + part.name, id(scope.instance)), scope
                argument, declared = scope.instance.arguments.get(part.name), scope.instance.parameter(part.name)
                stretches = argument.stretches if argument is not None else ()
                found |= {s.start for s in stretches if s.start}
                inner = [(s.value, outward(scope)) for s in stretches]
                if argument is None and declared is not None and declared.default is not None:
                    inner = [(declared.default, scope)]
            elif isinstance(part, core.LetRef) and not part.row:
                home = home_of(part.name, scope)
                at, inner = (part.name, id(home)), [(home.definitions[part.name], home)]
            else:
                continue
            if at not in seen:
                seen.add(at)
                stack += inner
    return found


def _pieces(first: date, last: date, cuts: set[date]) -> list[tuple[date, date]]:
    starts = [first, *sorted(day for day in cuts if first < day <= last)]
    return list(zip(starts, [*(day - ONE_DAY for day in starts[1:]), last], strict=True))


def per_period(e: core.Expr, of: core.Expr, time: str, env: Env) -> object:
    """A rate per time over the period, cut where a dated value that it is made of changes."""
    total = Fraction(0)
    prorate = env.ledger.program.terms.prorate
    pieces = _pieces(env.period.start, env.period.end, changes(of, env))
    for start, end in pieces:
        whole = len(pieces) == 1
        rate = env.value(of) if whole else env.again(start=start, end=end).value(of)
        if isinstance(rate, Missing):
            return rate
        assert isinstance(rate, Fraction)
        total += rate * length(start, end, time, prorate, e.span)
    return small(total, e.span)


def home_of(name: str, env: Env) -> Env:
    """The scope in which a let stands."""
    while name not in env.definitions:
        assert env.around is not None
        env = env.around
    return env


def let(name: str, row: str, env: Env) -> object:
    """A named expression, worked out once where it stands; a failure is kept and raised wherever it is used."""
    if row:
        data = env.rows[row]
        home = env
        while (data.fact, name) not in home.derived:
            assert home.around is not None
            home = home.around
        derived = home.derived[data.fact, name]
        key: tuple[str, object] = (name, id(data))
        inner, definition = inside(derived.row, data, home), derived.value
    else:
        home = inner = home_of(name, env)
        key, definition = (name, None), home.definitions[name]
    trace = env.ledger.trace
    known = home.lets.get(key)
    if known is None or (trace is not None and not known.parts):
        before = len(trace[-1]) if trace is not None else 0
        value: object
        try:
            value = inner.value(definition)
        except Failure as failure:
            value = failure
        known = home.lets[key] = Known(value, tuple(trace[-1][before:]) if trace is not None else ())
    elif trace is not None:
        trace[-1].extend(known.parts)
    if isinstance(known.value, Failure):
        raise Failure(known.value.causes)
    return known.value


def inside(variable: str, row: Row, env: Env, derived: Mapping[tuple[str, str], Derived] | None = None) -> Env:
    """The scope of a row: its columns by its variable, dated values on its date, the lets `derived` from it."""
    dated_by = env.ledger.facts[row.fact].fact.dated
    day = row.cells.get(dated_by) if dated_by else None
    on = day if isinstance(day, date) else None
    return Env(  # made in full, not evolved: this is done for every row and every let of it
        env.ledger,
        env.instance,
        env.period,
        on or env.start,
        on or env.end,
        derived=derived or {},
        around=env,
        rows={**env.rows, variable: row},
        group=env.group,
        keys=env.keys,
        previous=env.previous,
        offers=env.offers,
    )


def cell(row: Row, name: str, e: core.Expr | core.Each, ledger: Ledger) -> object:
    """A cell of a row; of a computed indicator that failed, its failure."""
    found: object = row.cells.get(name)
    if isinstance(found, Failure):
        raise Failure(found.causes)
    if found is None:
        return Missing(f"{row.fact}.{name}", e.span, row, ledger.facts[row.fact].fact)
    return found
