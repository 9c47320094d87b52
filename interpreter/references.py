"""What an expression refers to: entries of tables, rows of facts, amounts and gifts of other clauses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import partial

from interpreter import core, problems, types as t
from interpreter.arguments import cell
from interpreter.causes import Causes
from interpreter.facts import Cell, Row
from interpreter.lookup import TableIndex, show, there
from interpreter.runtime import Env, Ledger
from interpreter.settlement import ClauseResult, Status
from interpreter.values import Days, EntryValue, Failure, Missing, fail, figure, round_to, small

ONE_DAY = timedelta(days=1)


def entry(e: core.EntryOf, env: Env) -> object:
    """The row of a table that fits the keys and holds on the day, perhaps missing."""
    table = env.value(e.table)
    if isinstance(table, Missing):
        return table
    found, names = opened(table)
    keys: list[Cell] = []
    for key in e.keys:
        value = env.value(key)
        if isinstance(value, Missing):
            return value
        keys.append(value)  # type: ignore[arg-type]
    return entry_at(e, found, names, keys, env)


def entry_at(e: core.EntryOf, found: TableIndex, names: Mapping[str, str], keys: list[Cell], env: Env) -> object:
    """The row of an opened table that fits keys which are all there."""
    own = found.data.signature
    if names:
        assert isinstance(e.table.type, t.Table)
        asked = [names[c.name] for c in e.table.type.signature.keys]
        keys = [keys[asked.index(c.name)] for c in own.keys]
    wanted = tuple(keys)
    value = found.lasting(wanted)
    if value is None:
        fitting = found.find(wanted)
        if not fitting:
            return Missing(found.called(wanted), e.span, listed=True)
        value = found.entry(wanted, in_force(fitting, partial(found.called, wanted), env, e))
    if not names:
        return value
    values = {mine: value.values[their] for mine, their in names.items() if their in value.values}
    return EntryValue(values, value.name, value.span)


def in_force(fitting: Sequence[core.TableLine], called: Callable[[], str], env: Env, e: core.Expr) -> core.TableLine:
    """The one of the rows for a key that holds on the days asked for; `called` says what they are in a message.

    Raises:
        Failure: AV505 when none holds on one of the days, AV504 when one follows another on them.
    """
    if len(fitting) == 1 and fitting[0].start is fitting[0].end is None:
        return fitting[0]
    lines = [ln for ln in fitting if (ln.start or env.end) <= env.end and (ln.end or env.start) >= env.start]
    lines.sort(key=lambda line: line.start or date.min)
    if len(lines) > 1:
        raise fail(problems.CHANGES_INSIDE, lines[1].span, name=called(), day=lines[1].start, **problems.APART)
    if not lines or (lines[0].start or env.start) > env.start:
        span = lines[0].span if lines else e.span
        raise fail(problems.NOT_IN_FORCE, span, name=called(), day=env.start)
    last = lines[0].end or env.end
    if last < env.end:
        raise fail(problems.NOT_IN_FORCE, lines[0].span, name=called(), day=last + ONE_DAY)
    return lines[0]


def renamed(found: object, names: Sequence[tuple[str, str]]) -> object:
    """A table by the names of a form's signature, perhaps missing."""
    return found if isinstance(found, Missing) else (found, names)


def opened(found: object) -> tuple[TableIndex, dict[str, str]]:
    """A table, and the names by which a form sees its columns: through as many forms and models as handed it on."""
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
    found = env.value(e.table)
    if isinstance(found, Missing):
        return found
    table, _ = opened(found)
    name = table.data.name.partition("@")[0]
    brackets = []
    for line in table.data.lines:
        if (line.start is None or line.start <= env.end) and (line.end is None or line.end >= env.start):
            if line.start and line.start > env.start:
                raise fail(problems.CHANGES_INSIDE, line.span, name=name, day=line.start, **problems.APART)
            if line.end and line.end < env.end:
                raise fail(problems.CHANGES_INSIDE, line.span, name=name, day=line.end + ONE_DAY, **problems.APART)
            bound, rate = line.keys[0].low, line.values[0]
            if rate is None:
                return Missing(f"{name}[{show(bound)}]", e.span, listed=True)
            assert isinstance(bound, Fraction)
            assert isinstance(rate, Fraction)
            brackets.append((bound, rate))
    brackets.sort()
    if not brackets or amount < brackets[0][0]:
        raise fail(problems.BELOW_BRACKETS, e.span, found=figure(amount, e.of.type), name=name)
    ends = [bound for bound, _ in brackets[1:]]
    total = Fraction(0)
    for (start, rate), end in zip(brackets, [*ends, None], strict=True):
        if amount > start:
            total += rate * ((amount if end is None else min(amount, end)) - start)
    return small(total, e.span)


def fact_row(e: core.FactRow, env: Env) -> object:
    """The one row in scope with the keys, perhaps missing."""
    there(env.ledger.facts[e.fact], e.span)
    return row_with(e, [env.value(key) for key in e.keys], env)


def row_with(e: core.FactRow, keys: list[object], env: Env) -> object:
    """The one row in scope of a fact that is there, with keys of which some may be missing."""
    for key in keys:
        if isinstance(key, Missing):
            return key
    found = env.ledger.facts[e.fact].keyed(tuple(keys), env.ledger.provider, env.ledger.buyer, env.period)
    if len(found) == 1:
        return found[0]
    none = no_row(e, keys, env.ledger)
    if found:
        told = {"datum_en": none.datum, "datum_sv": none.in_swedish()}
        causes = Causes()
        causes.add([problems.SEVERAL_ROWS.at(e.span, count=len(found), **told)], *found)
        raise Failure(causes.all())
    return none


def no_row(e: core.FactRow, keys: Sequence[object], ledger: Ledger) -> Missing:
    """What stands for a row that is not there."""
    return Missing(f"{e.fact}[{', '.join(map(show, keys))}]", e.span, of=ledger.facts[e.fact].fact)


def party(e: core.PartyRef, ledger: Ledger) -> object:
    """The code of a party that is settled; missing where the contract names no buyer."""
    code = ledger.provider if e.role == "provider" else ledger.buyer
    swedish = "vårdgivare" if e.role == "provider" else "beställare"
    return Missing(f"contract.{e.role}", e.span, swedish=f"avtal.{swedish}") if code is None else code


def member(e: core.Member, of: object, name: str, ledger: Ledger) -> object:
    """A column of a row or an entry, or an end of a period."""
    if isinstance(of, Missing):
        return of
    if isinstance(of, Days):
        return of.start if name == "start" else of.end
    if isinstance(of, EntryValue):
        value = of.values[name]
        return Missing(f"{of.name}.{name}", e.span, listed=True) if value is None else value
    assert isinstance(of, Row)
    return cell(of, name, e, ledger)


def amount(e: core.Expr, what: str, keys: tuple[str, ...], env: Env) -> Fraction:
    """The sum of the payable amounts of clauses, or what an example gives instead."""
    given = env.ledger.given
    if what and what in given:
        return given[what]
    if what == "base":
        keys = tuple(i.key for i in env.ledger.program.instances if i.inside_base)
    total = Fraction(0)
    for key in keys:
        total += given[key] if key in given else payable_amount(env, key, e)
    return payable_total(total, env.ledger.program.terms) if what == "total" else total


def payable_total(total: Fraction, terms: core.Terms) -> Fraction:
    """The sum of all clauses, rounded where the contract rounds its total."""
    if terms.round_where != "total":
        return total
    assert terms.round_step is not None
    assert isinstance(terms.round_step.value, Fraction)
    return round_to(total, terms.round_step.value, terms.round_mode)


def payable_amount(env: Env, key: str, e: core.Expr) -> Fraction:
    """The payable amount of another clause.

    Raises:
        Failure: AV510 when it was not settled.
    """
    found = env.ledger.results.amount(key) if key in env.ledger.results else None
    if found is None:
        raise fail(problems.DEPENDS, e.span, name=key)
    return found


def settled(env: Env, key: str, e: core.Expr) -> ClauseResult:
    """The result of another clause.

    Raises:
        Failure: AV510 when it was not settled.
    """
    result = env.ledger.results.get(key)
    if result is None or result.status is not Status.SETTLED:
        raise fail(problems.DEPENDS, e.span, name=key)
    return result
