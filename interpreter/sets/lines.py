"""The payment lines of an `each` over rows, brought back for one scope, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from attrs import frozen

from dsl.alike import Alike
from interpreter import core, types as t
from interpreter.clerk import counted, price_at
from interpreter.facts import Row
from interpreter.lookup import order_of
from interpreter.scopes import row_name
from interpreter.sets.brought import maker
from interpreter.sets.lower import Lowering
from interpreter.sets.points import Ask
from interpreter.sets.sites import Paying, Site, lowered_each
from interpreter.sets.values import Num, multiply, number
from interpreter.settlement import Line
from interpreter.units import NUMBER, Unit


@frozen(eq=False, repr=False)
class Priced(Alike):
    """A payment that is a price times a volume: the two, and what the volume is counted in."""

    quantity: Num
    price: Num
    unit: Unit


def lines_of(site: Site, step: core.Each, clause: str, ask: Ask) -> Sequence[Line]:
    """The lines of an `each` in one scope, as the reference evaluator would make them.

    Args:
        site: the rows.
        step: the `each`.
        clause: the key of the clause.
        ask: the scope.
    """
    made = lowered_each(site, step, [ask])
    columns: list[str] = []
    priced = []
    for pays, path, amount in made.pays:
        columns += [path or "TRUE", amount.sql]
        found = price_and_volume(pays.value, made)
        priced.append(found)
        if found is not None:
            columns += [found.quantity.sql, found.price.sql]
    rows, _ = with_rows(site, made.lowering, columns)
    place = order_of(site.relation.fact)
    rows.sort(key=lambda pair: place(pair[0]))
    return [line for row, record in rows for line in _lines(site, made, priced, clause, row, record)]


def with_rows(
    site: Site, lowering: Lowering, columns: Sequence[str], tail: str = ""
) -> tuple[list[tuple[Row, Sequence[object]]], list[int]]:
    """The rows of a query, in no order, each with further columns; and the number `s` of each scope in it."""
    infos = [info.sql for info in site.relation.columns.values()]
    lowering.rowset.used.update(dict.fromkeys([*infos, "f", "n"]))
    sql, numbers = lowering.rowset.sql(", ".join([*infos, "f", "n", *columns]), tail)
    make, width = maker(site.relation), len(infos) + 2
    found = site.tables.engine.query(site.tables.dialect.final(sql))
    return [(make(record[:width]), record[width:]) for record in found], numbers


def _lines(
    site: Site, made: Paying, priced: Sequence[Priced | None], clause: str, row: Row, record: Sequence[object]
) -> Sequence[Line]:
    fact = site.relation.fact
    day = row.cells.get(fact.dated) if fact.dated else None
    found, at = [], 0
    for (pays, _, amount), product in zip(made.pays, priced, strict=True):
        taken, paid = record[at], record[at + 1]
        quantity = unit_price = None
        unit = NUMBER
        if product is not None and taken:
            quantity = Fraction(int(str(record[at + 2])), product.quantity.scale)
            unit_price = Fraction(int(str(record[at + 3])), product.price.scale)
            unit = product.unit
        at += 2 if product is None else 4
        if taken:
            found.append(
                Line(
                    clause=clause,
                    label=pays.label,
                    fact=fact.name,
                    row=row_name(fact, row),
                    day=day if isinstance(day, date) else None,
                    quantity=quantity,
                    unit=unit,
                    unit_price=unit_price,
                    amount=Fraction(int(str(paid)), amount.scale),
                    file=row.file,
                    number=row.line,
                    span=pays.span,
                )
            )
    return found


def price_and_volume(value: core.Expr, made: Paying) -> Priced | None:
    """A product of one price and volumes; see `interpreter.clerk.priced`."""
    at = price_at(value)
    if at is None or not isinstance(value, core.Multiply):
        return None
    parts = [value.first, *(part for _, part in value.rest)]
    kind, quantity = parts[at].type, number(Fraction(1))
    for place, part in enumerate(parts):
        if place != at:
            quantity = multiply(quantity, made.lowering.number(part))
    assert isinstance(kind, t.Num)
    return Priced(quantity, made.lowering.number(parts[at]), counted(kind.unit.dimension, kind.unit.name))
