"""The reference evaluator: what an expression means. The definition that any other engine must agree with.

Everything is exact; nothing is cached here but a `let`, once per scope. With `env.ledger.trace` on, every value is
recorded with the values it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

from attrs import define, evolve, field, frozen

from interpreter import core, problems
from interpreter import types as t
from interpreter.facts import Cell, Row
from interpreter.functions import BUILTINS
from interpreter.lookup import FactIndex, TableIndex, code_between, matches_code
from interpreter.settlement import ClauseResult, Status, Trace
from interpreter.values import (
    Days,
    EntryValue,
    Failure,
    Missing,
    add_months,
    fail,
    length,
    present,
    round_to,
    small,
)

MAX_DEPTH = 150
ONE_DAY = timedelta(days=1)


@define(eq=False)
class Ledger:
    """What a settlement of one pair for one period can ask for.

    Args:
        results: the clauses settled so far, by key.
        given: amounts that an example sets by name instead.
        trace: where values are recorded, when they are.
    """

    program: core.Program
    facts: Mapping[str, FactIndex]
    tables: Mapping[str, TableIndex]
    provider: str | None
    buyer: str | None
    period: Days
    results: dict[str, ClauseResult] = field(factory=dict)
    given: dict[str, Fraction] = field(factory=dict)
    trace: list[list[Trace]] | None = None
    depth: int = 0


@frozen(eq=False)
class Env:
    """Where an expression is evaluated.

    Args:
        instance: the clause, whose parameters are seen; `None` for the contract's own expressions.
        lets: the named expressions of the scope: outside `each`, of a row, of a group; values once worked out.
        rows: rows by their variable.
        group: the rows and keys of the surrounding group.
        period: the settled period or the month around; `start`, `end`: the days that dated values are asked for.
        outer: the contract's scope, in which arguments are evaluated.
    """

    ledger: Ledger
    instance: core.Instance | None
    definitions: Mapping[str, core.Expr]
    lets: dict[tuple[str, object], object]
    row_lets: Mapping[str, tuple[str, Mapping[str, core.Expr]]]
    period: Days
    start: date
    end: date
    rows: Mapping[str, Row] = field(factory=dict)
    group: tuple[Row, ...] = ()
    keys: Mapping[str, object] = field(factory=dict)
    previous: tuple[core.Argument, int] | None = None
    offers: Mapping[str, object] = field(factory=dict)


def evaluate(e: core.Expr, env: Env) -> object:
    """The value of an expression, perhaps `Missing`.

    Raises:
        Failure: it has no value, for the causes given.
    """
    ledger = env.ledger
    ledger.depth += 1
    try:
        if ledger.depth > MAX_DEPTH:
            raise fail(problems.TOO_DEEP, e.span, limit=MAX_DEPTH)
        if ledger.trace is None:
            return _value(e, env)
        ledger.trace.append([])
        value: object = None
        try:
            value = _value(e, env)
            return value
        finally:
            parts = ledger.trace.pop()
            ledger.trace[-1].append(_traced(e, env, value, parts))
    finally:
        ledger.depth -= 1


def _traced(e: core.Expr, env: Env, value: object, parts: list[Trace]) -> Trace:
    note = ""
    row = None
    rows: tuple[tuple[Row, object], ...] = ()
    match e:
        case core.Param(name) | core.LetRef(name, _) | core.GroupKey(name) | core.PeriodRef(name) | core.TableRef(name):
            note = name
        case core.ColumnRef(variable, name):
            note, row = name, env.rows.get(variable)
        case core.Amount(what, keys):
            note = what or ", ".join(keys)
        case core.Given(key, name):
            note = f"{key}.{name}"
        case core.Aggregate() if parts and parts[-1].expr is None:
            rows, parts = parts[-1].rows, parts[:-1]
        case _:
            pass
    return Trace(expr=e, value=value, parts=tuple(parts), note=note, row=row, rows=rows, span=e.span)


def number(e: core.Expr, env: Env) -> Fraction:
    """A number that must be there."""
    value = present(evaluate(e, env))
    assert isinstance(value, Fraction)
    return value


def holds(e: core.Expr, env: Env) -> bool:
    """A condition, which must have an answer."""
    value = present(evaluate(e, env))
    assert isinstance(value, bool)
    return value


def _value(e: core.Expr, env: Env) -> object:  # noqa: PLR0911
    match e:
        case core.Const(value):
            return value
        case core.Param(name):
            return parameter(name, env, e)
        case core.LetRef(name, row):
            return let(name, row, env)
        case core.ColumnRef(row, name):
            return _cell(env.rows[row], name, e)
        case core.RowRef(row):
            return env.rows[row]
        case core.GroupKey(name):
            return env.keys[name]
        case core.PeriodRef("month"):
            return env.period
        case core.PeriodRef():
            return env.ledger.period
        case core.PartyRef(role):
            return env.ledger.provider if role == "provider" else env.ledger.buyer
        case core.Previous():
            assert env.previous is not None
            return _stretch_of(env.previous[0], env.previous[1] - 1, env)
        case core.TableRef(name):
            return env.ledger.tables[name]
        case core.Renamed(of, names):
            return (evaluate(of, env), names)
        case core.EntryOf():
            return _entry(e, env)
        case core.FactRow():
            return _fact_row(e, env)
        case core.Member(of, name):
            return _member(e, evaluate(of, env), name)
        case core.Amount(what, keys):
            return _amount(e, what, keys, env)
        case core.Given(key, name):
            return _settled(env, key, e).given[name]
        case core.Add(first, rest):
            return _add(e, evaluate(first, env), [(op, evaluate(part, env)) for op, part in rest], env)
        case core.Multiply(first, rest):
            return _multiply(e, evaluate(first, env), [(op, evaluate(part, env)) for op, part in rest])
        case core.Negate(of):
            value = evaluate(of, env)
            return value if isinstance(value, Missing) else -value  # type: ignore[operator]
        case core.Not(of):
            return not holds(of, env)
        case core.Logic(op, parts):
            return _logic(op, parts, env)
        case core.Compare(op, left, right):
            return _compare(op, evaluate(left, env), evaluate(right, env))
        case core.Among(of, members):
            value = present(evaluate(of, env))
            return any(_member_of(value, present(evaluate(member, env))) for member in members)
        case core.Between(of, low, high):
            value, first_, last = (present(evaluate(part, env)) for part in (of, low, high))
            if isinstance(value, str) and isinstance(first_, str) and isinstance(last, str):
                return code_between(value, first_, last)
            return first_ <= value <= last  # type: ignore[operator]
        case core.Presence(of, missing):
            return isinstance(evaluate(of, env), Missing) == missing
        case core.Else(of, default):
            value = evaluate(of, env)
            return evaluate(default, env) if isinstance(value, Missing) else value
        case core.Round(of, step):
            value = evaluate(of, env)
            if isinstance(value, Missing):
                return value
            assert isinstance(value, Fraction)
            by = number(step, env)
            if by <= 0:
                raise fail(problems.DIVISION_BY_ZERO, e.span)
            return round_to(value, by, env.ledger.program.terms.round_mode)
        case core.Cases(cases, otherwise):
            for condition, then in cases:
                if holds(condition, env):
                    return evaluate(then, env)
            return evaluate(otherwise, env)
        case core.PerPeriod(of, time):
            return _per_period(e, of, time, env)
        case core.Call(name, arguments):
            values = [evaluate(argument, env) for argument in arguments]
            absent = next((v for v in values if isinstance(v, Missing)), None)
            return absent if absent is not None else BUILTINS[name].apply(values)
        case core.Aggregate():
            from interpreter.aggregate import aggregate  # noqa: PLC0415

            return aggregate(e, env)
        case core.Pick(kind, rows):
            from interpreter.aggregate import chosen  # noqa: PLC0415

            found = chosen(rows, env)
            if kind == "exists":
                return bool(found)
            if not found:
                return Missing(f"{kind} {rows.fact}", e.span)
            return found[-1] if kind == "latest" else found[0]
        case core.Absorbed():
            raise fail(problems.NOT_HERE, e.span, name="…")


# --- names


def parameter(name: str, env: Env, e: core.Expr) -> object:
    """What a parameter stands for: its argument, what a parent offers, its default, or missing."""
    instance = env.instance
    assert instance is not None
    argument = instance.arguments.get(name)
    if argument is not None:
        return dated(name, argument, outward(env), e)
    if name in env.offers:
        return env.offers[name]
    declared = instance.form.parameter(name)
    if declared is not None and declared.default is not None:
        return evaluate(declared.default, env)
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
    return _stretch_of(argument, at[0], env)


def _stretch_of(argument: core.Argument, at: int, env: Env) -> object:
    return evaluate(argument.stretches[at].value, evolve(env, previous=(argument, at)))


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
        rate = _stretch_of(argument, at, evolve(env, start=start, end=end))
        if isinstance(rate, Missing):
            return rate
        assert isinstance(rate, Fraction)
        total += rate * length(start, end, argument.per, prorate, stretch.span)
        day = end + ONE_DAY
    if day <= env.period.end:
        raise fail(problems.NOT_IN_FORCE, e.span, name=name, day=day)
    return small(total, e.span)


def _per_period(e: core.Expr, of: core.Expr, time: str, env: Env) -> object:
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
        rate = evaluate(of, inside)
        if isinstance(rate, Missing):
            return rate
        assert isinstance(rate, Fraction)
        return small(rate * length(env.period.start, env.period.end, time, prorate, e.span), e.span)
    for start, following in zip(starts, [*starts[1:], env.period.end + ONE_DAY], strict=True):
        end = following - ONE_DAY
        rate = evaluate(of, evolve(env, start=start, end=end, lets={}))
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
        inner = evolve(env, rows={**env.rows, variable: data}, start=day or env.start, end=day or env.end, group=(), keys={})
        definition = definitions[name]
    else:
        key, inner, definition = (name, None), env, env.definitions[name]
    if key not in env.lets or env.ledger.trace is not None:
        try:
            env.lets[key] = evaluate(definition, inner)
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


def _cell(row: Row, name: str, e: core.Expr) -> object:
    cell = row.cells.get(name)
    return Missing(row_datum(row, name), e.span) if cell is None else cell


def row_datum(row: Row, name: str) -> str:
    """A cell in words: its column, fact and place."""
    return f"{row.fact}.{name} ({row.file}:{row.line})" if row.file else f"{row.fact}.{name}"


# --- tables, rows and clauses


def _entry(e: core.EntryOf, env: Env) -> object:
    found = evaluate(e.table, env)
    names: tuple[tuple[str, str], ...] = ()
    while isinstance(found, tuple):
        found, names = found
    assert isinstance(found, TableIndex)
    keys: list[Cell] = []
    for key in e.keys:
        value = evaluate(key, env)
        if isinstance(value, Missing):
            return value
        keys.append(value)  # type: ignore[arg-type]
    own = found.data.signature
    theirs = dict(names)
    if names:
        assert isinstance(e.table.type, t.Table)
        asked = [theirs[c.name] for c in e.table.type.signature.keys]
        keys = [keys[asked.index(c.name)] for c in own.keys]
    lines = found.find(tuple(keys), env.start, env.end)
    shown = f"{found.data.name.partition('@')[0]}[{', '.join(map(show, keys))}]"
    if not lines:
        return Missing(shown if env.start != env.end else f"{shown} {env.start}", e.span)
    if len(lines) > 1:
        raise fail(problems.SEVERAL_ENTRIES, e.span, count=len(lines), datum=shown)
    line = lines[0]
    if (line.start and line.start > env.start) or (line.end and line.end < env.end):
        raise fail(problems.CHANGES_INSIDE, line.span, name=shown, day=line.start or line.end)
    values = dict(zip((c.name for c in own.values), line.values, strict=True))
    if names:
        values = {mine: values[their] for mine, their in names if their in values}
    return EntryValue(values, shown, line.span)


def show(value: object) -> str:
    """A key in a message."""
    return str(value) if not isinstance(value, Fraction) or value.denominator > 1 else str(value.numerator)


def _fact_row(e: core.FactRow, env: Env) -> object:
    index = env.ledger.facts[e.fact]
    fact = index.fact
    names = [k for k in fact.keys if k not in (fact.provider, fact.buyer, fact.dated)]
    keys = [evaluate(key, env) for key in e.keys]
    for key in keys:
        if isinstance(key, Missing):
            return key
    rows = index.dated(env.ledger.provider, env.ledger.buyer, env.period.start, env.period.end)
    found = [r for r in rows if all(r.cells.get(n) == k for n, k in zip(names, keys, strict=True))]
    datum = f"{e.fact}[{', '.join(map(show, keys))}]"
    if len(found) > 1:
        raise fail(problems.SEVERAL_ROWS, e.span, count=len(found), datum=datum)
    return found[0] if found else Missing(datum, e.span)


def _member(e: core.Member, of: object, name: str) -> object:
    if isinstance(of, Missing):
        return of
    if isinstance(of, Days):
        return of.start if name == "start" else of.end
    if isinstance(of, EntryValue):
        value = of.values[name]
        return Missing(f"{of.name}.{name}", e.span) if value is None else value
    assert isinstance(of, Row)
    return _cell(of, name, e)


def _amount(e: core.Expr, what: str, keys: tuple[str, ...], env: Env) -> Fraction:
    given = env.ledger.given
    if what and what in given:
        return given[what]
    if what == "base":
        keys = tuple(i.key for i in env.ledger.program.instances if i.inside_base)
    total = Fraction(0)
    for key in keys:
        if key in given:
            total += given[key]
            continue
        amount = _settled(env, key, e).amount
        total += amount if amount is not None else 0
    return total


def _settled(env: Env, key: str, e: core.Expr) -> ClauseResult:
    result = env.ledger.results.get(key)
    if result is None or result.status is not Status.SETTLED:
        raise fail(problems.DEPENDS, e.span, name=key)
    return result


# --- operators


def _add(e: core.Expr, first: object, rest: list[tuple[str, object]], env: Env) -> object:
    for value in (first, *(v for _, v in rest)):
        if isinstance(value, Missing):
            return value
    if isinstance(first, date):
        return _date_sum(e, first, rest, env)
    total = first
    for op, value in rest:
        total = total + value if op == "+" else total - value  # type: ignore[operator]
    assert isinstance(total, Fraction)
    return small(total, e.span)


def _date_sum(e: core.Expr, day: date, rest: list[tuple[str, object]], env: Env) -> object:
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
    if dimension == (("day", 1),):
        try:
            return day + timedelta(days=int(by))
        except OverflowError:
            raise fail(problems.NO_SUCH_DAY, e.span, start=day, months=by) from None
    return add_months(day, int(by), env.ledger.program.terms.month_end, e.span)


def _multiply(e: core.Expr, first: object, rest: list[tuple[str, object]]) -> object:
    for value in (first, *(v for _, v in rest)):
        if isinstance(value, Missing):
            return value
    product = first
    assert isinstance(product, Fraction)
    for op, value in rest:
        assert isinstance(value, Fraction)
        if op == "/" and value == 0:
            raise fail(problems.DIVISION_BY_ZERO, e.span)
        product = product / value if op == "/" else product * value
    return small(product, e.span)


def _logic(op: str, parts: tuple[core.Expr, ...], env: Env) -> bool:
    """From left to right; an untaken part never fails."""
    for part in parts:
        if holds(part, env) == (op == "or"):
            return op == "or"
    return op == "and"


def _compare(op: str, left: object, right: object) -> object:
    for value in (left, right):
        if isinstance(value, Missing):
            return value
    if op in ("=", "!="):
        return (left == right) == (op == "=")
    result: bool = {
        "<": lambda: left < right,  # type: ignore[operator]
        "<=": lambda: left <= right,  # type: ignore[operator]
        ">": lambda: left > right,  # type: ignore[operator]
        ">=": lambda: left >= right,  # type: ignore[operator]
    }[op]()
    return result


def _member_of(value: object, member: object) -> bool:
    if isinstance(value, str) and isinstance(member, str):
        return matches_code(value, member)
    return value == member


