"""Things of contracts, their data and their clauses in many scopes at once; see `interpreter.sets.abreast`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from interpreter import core
from interpreter.facts import Kind, Row
from interpreter.lookup import there
from interpreter.references import amount, entry_at, member, no_row, opened, party, renamed, row_with, settled
from interpreter.runtime import Env, Ledger
from interpreter.sets.abreast import Abreast, How, Scopes
from interpreter.sets.brought import SEVERAL
from interpreter.sets.fetch import LazyIndex
from interpreter.sets.vectors import Column, Fell, Numbers, Same, added, asked, numbers, taken, values
from interpreter.values import EntryValue, Failure, Missing


def _member(work: Abreast, e: core.Member, scopes: Scopes) -> Column:
    if type(e.of) is core.FactRow:
        column = _cells(work, e, e.of, scopes)
        if column is not None:
            return column
    name = e.name
    found: list[object] = []
    fell: list[int] = []
    for scope, of in zip(scopes, values(work.value(e.of, scopes), len(scopes)), strict=True):
        value: object = None
        if type(of) is EntryValue:
            value = of.values[name]
        elif type(of) is Row:
            value = of.cells.get(name)
            if isinstance(value, Failure):
                fell.append(scope)
        found.append(member(e, of, name, work.ledgers[scope]) if value is None else value)
    if fell:
        raise Fell(fell)
    return found


NOBODY: Mapping[object, int] = {}


def _cells(work: Abreast, e: core.Member, of: core.FactRow, scopes: Scopes) -> Column | None:
    """A column of the rows with some keys, without making the rows; `None` where they are not at hand like that."""
    index = work.crowd.fact(of.fact)
    brought = index.at_once() if isinstance(index, LazyIndex) else None
    if brought is None or None in work.crowd.providers:
        return None
    work.level += 1  # the row is a level of its own
    work.reach(work.level, scopes)
    keys = _keys(work, of.keys, scopes)
    work.level -= 1
    providers, days = work.crowd.providers, work.days
    rows = {id(own): brought.keyed(own) for own in {id(days[scope]): days[scope] for scope in scopes}.values()}
    places = [
        rows[id(days[scope])].get(wanted, NOBODY).get(providers[scope])
        for scope, wanted in zip(scopes, keys, strict=True)
    ]
    if SEVERAL in places:
        raise Fell(scope for scope, place in zip(scopes, places, strict=True) if place == SEVERAL)
    info, column = brought.relation.columns[e.name], brought.column(e.name)
    cells: list[Any] = [None if place is None else column[place] for place in places]
    if info.kind is Kind.NUMBER and None not in cells:
        return Numbers(list(map(int, cells)), [info.scale] * len(cells))
    make = brought.decoder(e.name)
    found: list[object] = []
    for scope, place, wanted, cell in zip(scopes, places, keys, cells, strict=True):
        if cell is not None:
            found.append(make(cell))
        elif place is not None:
            found.append(member(e, brought.row(place), e.name, work.ledgers[scope]))
        else:
            absent = next((key for key in wanted if isinstance(key, Missing)), None)
            found.append(absent or no_row(of, wanted, work.ledgers[scope]))
    return found


def _party(work: Abreast, e: core.PartyRef, scopes: Scopes) -> Column:
    return [party(e, work.ledgers[scope]) for scope in scopes]


def _period(work: Abreast, e: core.PeriodRef, scopes: Scopes) -> Column:
    assert e.name == "period"  # a month is known in its own scopes alone
    return [work.ledgers[scope].period for scope in scopes]


def _table(work: Abreast, e: core.TableRef, scopes: Scopes) -> Column:
    found = [work.ledgers[scope].tables[e.name].common for scope in scopes]
    first = found[0]
    return Same(first) if all(table is first for table in found) else list(found)


def _renamed(work: Abreast, e: core.Renamed, scopes: Scopes) -> Column:
    of = work.value(e.of, scopes)
    if type(of) is Same:
        return Same(renamed(of.value, e.names))
    return [renamed(table, e.names) for table in values(of, len(scopes))]


def _entry(work: Abreast, e: core.EntryOf, scopes: Scopes) -> Column:
    fixed = all(type(key) in (core.Const, core.PartyRef) and id(key) not in work.constants for key in e.keys)
    if type(e.table) is core.TableRef and fixed:
        named = [key.value if type(key) is core.Const else (key.role,) for key in e.keys]  # type: ignore[union-attr]
        return work.once(("entry", e.table.name, *named), scopes, partial(_entries, work, e))
    return _entries(work, e, scopes)


def _keys(work: Abreast, keys: Sequence[core.Expr], scopes: Scopes) -> Sequence[tuple[object, ...]]:
    """What is looked for in each scope."""
    columns = [work.value(key, scopes) for key in keys]
    if all(type(column) is Same for column in columns):
        return [tuple([column.value for column in columns if type(column) is Same])] * len(scopes)
    return list(zip(*[values(column, len(scopes)) for column in columns], strict=True))


def _entries(work: Abreast, e: core.EntryOf, scopes: Scopes) -> Column:
    count = len(scopes)
    tables = values(work.value(e.table, scopes), count)
    keys = _keys(work, e.keys, scopes)
    first: object = None
    found: list[object] = []
    fell: list[int] = []
    for scope, table, wanted in zip(scopes, tables, keys, strict=True):
        lacking = next((part for part in (table, *wanted) if isinstance(part, Missing)), None)
        if lacking is not None:
            found.append(lacking)
            continue
        if table is not first:
            first, (whole, names) = table, opened(table)
        entry = whole.lasting(wanted) if not names else None  # type: ignore[arg-type]
        if entry is None:
            try:
                found.append(entry_at(e, whole, names, list(wanted), work.env(scope)))  # type: ignore[arg-type]
            except Failure:
                fell.append(scope)
        else:
            found.append(entry)
    if fell:
        raise Fell(fell)
    return found


def _row(work: Abreast, e: core.FactRow, scopes: Scopes) -> Column:
    found: list[object] = []
    fell: list[int] = []
    for scope, wanted in zip(scopes, _keys(work, e.keys, scopes), strict=True):
        ledger = work.ledgers[scope]
        index = ledger.facts[e.fact]
        rows = () if index.absent else index.keyed(wanted, ledger.provider, ledger.buyer, work.days[scope])
        if len(rows) == 1:
            found.append(rows[0])
            continue
        try:
            there(index, e.span)
            found.append(row_with(e, list(wanted), work.env(scope)))
        except Failure:
            fell.append(scope)
    if fell:
        raise Fell(fell)
    return found


def _amount(work: Abreast, e: core.Amount, scopes: Scopes) -> Column:
    column = _summed(work, e, scopes)
    return (
        column
        if column is not None
        else asked(scopes, zip(map(work.env, scopes)), partial(amount, e, e.what, e.clauses))
    )


def _summed(work: Abreast, e: core.Amount, scopes: Scopes) -> Column | None:
    """A sum of clauses where all are settled; `None` where they are not, are not the same, or the sum is rounded."""
    ledgers = [work.ledgers[scope] for scope in scopes]
    first = ledgers[0].program
    alike = work.table is not None or all(ledger.program is first for ledger in ledgers)
    if not alike or e.what == "total" or any(ledger.given for ledger in ledgers):
        return None
    keys = [i.key for i in first.instances if i.inside_base] if e.what == "base" else e.clauses
    parts: list[tuple[str, Numbers]] = []
    for key in keys:
        part = _payable(ledgers, key, scopes)
        if part is None:
            return None
        parts.append(("+", part))
    return added(parts, scopes) if parts else Same(Fraction(0))


def _payable(ledgers: Sequence[Ledger], key: str, scopes: Scopes) -> Numbers | None:
    """The payable amounts of a clause; `None` where it is not settled for all."""
    noted = [ledger.results.noted.get(key) for ledger in ledgers]
    if noted[0] is not None and all(one is not None and one[0] is noted[0][0] for one in noted):
        whole = noted[0][0]
        found = taken(Numbers(whole.tops, whole.belows), [one[1] for one in noted if one is not None])
        assert type(found) is Numbers
        return found
    return numbers([own.results.amount(key) if key in own.results else None for own in ledgers], len(scopes))


def _given(work: Abreast, e: core.Given, scopes: Scopes) -> Column:
    def given(env: Env) -> object:
        found = settled(env, e.clause, e).given
        return found[e.name] if e.name in found else Missing(f"{e.clause}.{e.name}", e.span)

    return asked(scopes, zip(map(work.env, scopes)), given)


THINGS: Mapping[type, How] = {
    core.Member: _member,
    core.PartyRef: _party,
    core.PeriodRef: _period,
    core.TableRef: _table,
    core.Renamed: _renamed,
    core.EntryOf: _entry,
    core.FactRow: _row,
    core.Amount: _amount,
    core.Given: _given,
}
