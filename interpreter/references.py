"""What an expression refers to: entries of tables, rows of facts, amounts and gifts of other clauses."""

from __future__ import annotations

from fractions import Fraction

from interpreter import core, problems
from interpreter import types as t
from interpreter.arguments import cell
from interpreter.facts import Cell, Row
from interpreter.lookup import TableIndex
from interpreter.runtime import Env
from interpreter.settlement import ClauseResult, Status
from interpreter.values import Days, EntryValue, Missing, fail, small


def entry(e: core.EntryOf, env: Env) -> object:
    found, names = opened(e.table, env)
    keys: list[Cell] = []
    for key in e.keys:
        value = env.value(key)
        if isinstance(value, Missing):
            return value
        keys.append(value)  # type: ignore[arg-type]
    own = found.data.signature
    if names:
        assert isinstance(e.table.type, t.Table)
        asked = [names[c.name] for c in e.table.type.signature.keys]
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
        values = {mine: values[their] for mine, their in names.items() if their in values}
    return EntryValue(values, shown, line.span)


def opened(e: core.Expr, env: Env) -> tuple[TableIndex, dict[str, str]]:
    """A table, and the names by which a form sees its columns: through as many forms and models as handed it on."""
    found = env.value(e)
    names: dict[str, str] = {}
    while isinstance(found, tuple):
        found, pairs = found
        inner = dict(pairs)
        names = {mine: inner.get(their, their) for mine, their in names.items()} if names else inner
    assert isinstance(found, TableIndex)
    return found, names


def tariff(e: core.Tariff, env: Env) -> object:
    """Each part of an amount at the rate of the bracket that it lies in; a bracket ends where the next begins."""
    amount = env.value(e.of)
    if isinstance(amount, Missing):
        return amount
    assert isinstance(amount, Fraction)
    table, _ = opened(e.table, env)
    name = table.data.name.partition("@")[0]
    brackets = []
    for line in table.data.lines:
        if (line.start is None or line.start <= env.end) and (line.end is None or line.end >= env.start):
            if (line.start and line.start > env.start) or (line.end and line.end < env.end):
                raise fail(problems.CHANGES_INSIDE, line.span, name=name, day=line.start or line.end)
            bound, rate = line.keys[0].low, line.values[0]
            if rate is None:
                return Missing(f"{name}[{show(bound)}]", e.span)
            assert isinstance(bound, Fraction)
            assert isinstance(rate, Fraction)
            brackets.append((bound, rate))
    brackets.sort()
    if not brackets or amount < brackets[0][0]:
        raise fail(problems.BELOW_BRACKETS, e.span, found=show(amount), name=name)
    ends = [bound for bound, _ in brackets[1:]]
    total = Fraction(0)
    for (start, rate), end in zip(brackets, [*ends, None], strict=True):
        if amount > start:
            total += rate * ((amount if end is None else min(amount, end)) - start)
    return small(total, e.span)


def show(value: object) -> str:
    """A key in a message."""
    return str(value) if not isinstance(value, Fraction) or value.denominator > 1 else str(value.numerator)


def fact_row(e: core.FactRow, env: Env) -> object:
    index = env.ledger.facts[e.fact]
    fact = index.fact
    names = [k for k in fact.keys if k not in (fact.provider, fact.buyer, fact.dated)]
    keys = [env.value(key) for key in e.keys]
    for key in keys:
        if isinstance(key, Missing):
            return key
    rows = index.dated(env.ledger.provider, env.ledger.buyer, env.period.start, env.period.end)
    found = [r for r in rows if all(r.cells.get(n) == k for n, k in zip(names, keys, strict=True))]
    datum = f"{e.fact}[{', '.join(map(show, keys))}]"
    if len(found) > 1:
        raise fail(problems.SEVERAL_ROWS, e.span, count=len(found), datum=datum)
    return found[0] if found else Missing(datum, e.span)


def member(e: core.Member, of: object, name: str) -> object:
    if isinstance(of, Missing):
        return of
    if isinstance(of, Days):
        return of.start if name == "start" else of.end
    if isinstance(of, EntryValue):
        value = of.values[name]
        return Missing(f"{of.name}.{name}", e.span) if value is None else value
    assert isinstance(of, Row)
    return cell(of, name, e)


def amount(e: core.Expr, what: str, keys: tuple[str, ...], env: Env) -> Fraction:
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
        amount = settled(env, key, e).amount
        total += amount if amount is not None else 0
    return total


def settled(env: Env, key: str, e: core.Expr) -> ClauseResult:
    result = env.ledger.results.get(key)
    if result is None or result.status is not Status.SETTLED:
        raise fail(problems.DEPENDS, e.span, name=key)
    return result
