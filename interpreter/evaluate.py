"""The reference evaluator: what an expression means. The definition that any other engine must agree with.

Everything is exact; nothing is cached here but a `let`, once per scope. With `env.ledger.trace` on, every value is
recorded with the values it came from.
"""

from __future__ import annotations

from interpreter import core, problems
from interpreter.aggregate import aggregate, chosen
from interpreter.arguments import cell, let, parameter, per_period, value_before
from interpreter.facts import Row
from interpreter.functions import BUILTINS
from interpreter.operators import add, among, between, compare, logic, multiply, negative, rounded
from interpreter.references import amount, entry, fact_row, member, party, renamed, settled, tariff
from interpreter.runtime import Env
from interpreter.settlement import Trace
from interpreter.values import Missing, fail

MAX_DEPTH = 150


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


def _value(e: core.Expr, env: Env) -> object:
    match e:  # the commonest first: a settlement asks for columns, comparisons and parameters by the million
        case core.ColumnRef(row, name):
            return cell(env.rows[row], name, e, env.ledger)
        case core.Compare(op, left, right):
            return compare(op, env.value(left), env.value(right))
        case core.Param(name):
            return parameter(name, env, e)
        case core.Const(value):
            return value
        case core.Logic(op, parts):
            return logic(op, parts, env)
        case core.LetRef(name, row):
            return let(name, row, env)
        case core.Multiply(first, rest):
            return multiply(e, env.value(first), [(op, env.value(part)) for op, part in rest])
        case core.Add(first, rest):
            return add(e, env.value(first), [(op, env.value(part)) for op, part in rest], env)
        case core.Member(of, name):
            return member(e, env.value(of), name, env.ledger)
        case core.EntryOf():
            return entry(e, env)
        case core.GroupKey(name):
            return env.keys[name]
        case core.PeriodRef("month"):
            return env.period
        case core.PeriodRef():
            return env.ledger.period
        case core.PartyRef():
            return party(e, env.ledger)
        case core.Previous():
            return value_before(env)
        case core.TableRef(name):
            return env.ledger.tables[name]
        case core.Renamed(of, names):
            return renamed(env.value(of), names)
        case core.Tariff():
            return tariff(e, env)
        case core.FactRow():
            return fact_row(e, env)
        case core.Amount(what, keys):
            return amount(e, what, keys, env)
        case core.Given(key, name):
            given = settled(env, key, e).given
            return given[name] if name in given else Missing(f"{key}.{name}", e.span)
        case core.Negate(of):
            return negative(env.value(of))
        case core.Not(of):
            return not env.holds(of)
        case core.Among(of, members):
            return among(env.value(of), (env.value(one) for one in members))
        case core.Between(of, low, high):
            return between(*(env.value(part) for part in (of, low, high)))
        case core.Presence(of, missing):
            return isinstance(env.value(of), Missing) == missing
        case core.Else(of, default):
            found = env.value(of)
            return env.value(default) if isinstance(found, Missing) else found
        case core.Round(of, step):
            return rounded(e, env.value(of), env.value(step), env)
        case core.Cases(cases, otherwise):
            for condition, then in cases:
                if env.holds(condition):
                    return env.value(then)
            return env.value(otherwise)
        case core.PerPeriod(of, time):
            return per_period(e, of, time, env)
        case core.Call(name, arguments):
            values = [env.value(argument) for argument in arguments]
            absent = next((v for v in values if isinstance(v, Missing)), None)
            return absent if absent is not None else BUILTINS[name].apply(values)
        case core.Aggregate():
            return aggregate(e, env)
        case core.Pick(kind, rows):
            found = chosen(rows, env)
            if kind == "exists":
                return bool(found)
            if not found:
                return Missing(f"{kind} {rows.fact}", e.span)
            return found[-1] if kind == "latest" else found[0]
        case core.Absorbed():
            raise fail(problems.NOT_HERE, e.span, name="…")
