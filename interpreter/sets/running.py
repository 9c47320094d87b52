"""Running sums: what the rows up to and with the one that asks add up to, in the order of (date, key)."""

from __future__ import annotations

from collections.abc import Sequence

from interpreter import core
from interpreter.aggregate import window_days
from interpreter.sets.dialect import Dialect
from interpreter.sets.lower import Lowering
from interpreter.sets.points import kinds, points_of
from interpreter.sets.relation import ColumnInfo, Relation
from interpreter.sets.rowset import Rowset, cell
from interpreter.sets.small import SmallTables
from interpreter.sets.values import Lowered, Num, Refused, Text, any_of, both, fits
from interpreter.values import Failure


def running(
    tables: SmallTables, relation: Relation, e: core.Aggregate, rows: core.Rows, base: Lowering, *, single_buyer: bool
) -> Lowered:
    """A running sum over the rows of the scope, or over those of them that share codes with the row that asks.

    Args:
        tables: small tables.
        relation: the rows.
        e, rows: the sum, and which rows it is over.
        base: the rows that ask, which must be of the same scope and days.
        single_buyer: whether a row that names no buyer is the buyer's.

    Raises:
        Refused: a query can't say it.
    """
    asks = base.rowset.points.asks
    fact = relation.fact
    everyone = any(a.provider is None for a in asks) and bool(fact.provider)
    if fact.name != base.rowset.relation.fact.name or not _same_days(rows, base):
        raise Refused("a running sum over other rows")
    if everyone != rows.all_providers:
        raise Refused("a running sum over other parties")
    assert e.of is not None
    shared, where_parts = _shared(rows, e.until)
    points = points_of(asks, [*where_parts, e.of], dated=bool(fact.dated))
    rowset = Rowset(relation, points, tables, single_buyer)
    inner = Lowering(rowset, kinds(ask.env for ask in asks), {rows.row}, base.mode)
    order = [relation.columns[name] for name in (fact.dated, *fact.keys) if name]
    apart = [relation.columns[name] for name in shared]
    if not fact.keys or any(info.missing for info in (*order, *apart)):
        raise Refused("a running sum of rows without a key")
    where, choosing = "", ""
    for part in where_parts:
        held = inner.condition(part)
        choosing = any_of(choosing, both(where, held.fail))
        where = f"({where} AND {held.sql})" if where else held.sql
    value = inner.number(e.of)
    adding = both(where, value.fail if e.present else any_of(value.fail, value.null))
    for info in (*order, *apart):
        rowset.used[info.sql] = None
    rowset.used |= {"f": None, "n": None}
    base.rowset.used |= {"f": None, "n": None}
    mine = points.column("INTEGER", [p.ask for p in points.points])
    ask = base.rowset.points.column("INTEGER", [p.ask for p in base.rowset.points.points])
    edge = max(abs(value.low), abs(value.high)) * max(relation.rows, 1)
    fits(-edge, edge, "a sum")
    kind = "BIGINT" if edge < 2**63 else "{wide}"
    together = ", ".join([mine, *(info.sql for info in apart)])
    over = f"OVER (PARTITION BY {together} ORDER BY {ordered(order, '', tables.dialect)} ROWS UNBOUNDED PRECEDING)"
    amount = f"COALESCE(CASE WHEN {where or 'TRUE'} THEN CAST({value.sql} AS {kind}) END, 0)"
    # Rows are chosen before any is added up: who asks meets each that can't be chosen, but those to add up to its own.
    failing = [f"COUNT(CASE WHEN {choosing} THEN 1 END) OVER (PARTITION BY {together})"] if choosing else []
    failing += [f"COUNT(CASE WHEN {adding} THEN 1 END) {over}"] if adding else []
    select = f"{mine} AS a, f AS bf, n AS bn, SUM({amount}) {over} AS w0, {' + '.join(failing) or '0'} AS w1"
    sql, _ = rowset.sql(select)
    total, failed = base.rowset.join(f"({sql}) t", ["w0", "w1"], f"t.a = {ask} AND t.bf = q.f AND t.bn = q.n")
    found = f"COALESCE(CAST({total} AS {kind}), 0)"
    failed = f"(COALESCE({failed}, 0) > 0)" if failing else ""
    return Num(sql=found, scale=value.scale, low=-edge, high=edge, fail=failed)


def _same_days(rows: core.Rows, base: Lowering) -> bool:
    """Whether rows are those of the days that each scope asks for; those without dates are, if there are such days."""
    window = rows.window
    if window is not None and not all(base.outer(part) for part in (window.anchor, window.length) if part is not None):
        return False
    try:
        found = [window_days(rows, ask.env) == (ask.start, ask.end) for ask in base.rowset.points.asks]
    except Failure:
        return False
    return all(found) or not base.rowset.relation.fact.dated


def _shared(rows: core.Rows, until: str) -> tuple[list[str], list[core.Expr]]:
    """The columns that a row must share with the one that asks, and the rest of the condition.

    Only equalities that come first are taken so: what follows one is not asked of rows that differ in it.
    """
    where = rows.where
    parts = list(where.parts) if isinstance(where, core.Logic) and where.op == "and" else [where] if where else []
    shared: list[str] = []
    while parts:
        match parts[0]:
            case core.Compare("=", core.ColumnRef(a, x), core.ColumnRef(b, y)) if x == y and {a, b} == {
                rows.row,
                until,
            }:
                shared.append(x)
                parts.pop(0)
            case _:
                break
    return shared, parts


def ordered(order: Sequence[ColumnInfo], way: str, dialect: Dialect) -> str:
    """An order by columns; texts by their bytes."""
    plain = [(info.sql, info.codes is None and isinstance(cell(info), Text)) for info in order]
    return ", ".join(f"{sql}{dialect.order if text else ''}{way}" for sql, text in plain)
