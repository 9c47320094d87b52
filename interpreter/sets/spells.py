"""Spells of rows: a row that the spell before does not cover opens one, which lasts as long as the text says.

Where one spell ends depends on where the one before it began, which a query can't say in one go. So a query gives the
days on which each group has rows, the reference evaluator's own calendar finds which of them open a spell, and a table
of those is joined back to the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from interpreter import core
from interpreter.runtime import Env
from interpreter.scopes import spell_end
from interpreter.sets.gather import varying
from interpreter.sets.lower import Lowering
from interpreter.sets.points import Ask
from interpreter.sets.relation import Stored, known_day
from interpreter.sets.values import Day, Flag, Num, Refused, Text, is_wide
from interpreter.values import Failure

MOST_SPELLED = 2_000_000
"""Of how many rows at most the days are brought back."""


def opened(
    lowering: Lowering, length: core.Expr, asks: Sequence[Ask], keys: Sequence[Num | Text | Day | Flag], where: str
) -> Day:
    """The first day of the spell that each row lies in.

    Args:
        lowering: the rows.
        length: how long a spell lasts.
        asks: the scopes.
        keys: what the rows are grouped by besides.
        where: the condition that a row counts on, empty for all: it is chosen, and all that it is grouped by is there.

    Raises:
        Refused: the rows have no date or are too many, or a length or the end of a spell can't be worked out.
    """
    rowset = lowering.rowset
    relation, tables = rowset.relation, rowset.tables
    if not relation.fact.dated:
        raise Refused("spells of rows without a date")
    if relation.rows > MOST_SPELLED or any(isinstance(key, Num) and is_wide(key) for key in keys):
        raise Refused("spells of very many rows")
    day = rowset.column(relation.fact.dated)
    assert isinstance(day, Day)
    ask = rowset.points.column("INTEGER", [p.ask for p in rowset.points.points])
    told = [ask, *(rowset.name(key.sql) for key in keys), day.sql]
    types = ["INTEGER", *map(_type, keys), "DATE"]
    names = [f"k{at}" for at in range(len(told))]
    columns = ", ".join(f"{sql} AS {name}" for sql, name in zip(told, names, strict=True))
    text, _ = rowset.sql(columns, f" WHERE {where or 'TRUE'} GROUP BY {', '.join(varying(told))}")
    found = tables.engine.query(tables.dialect.final(text))
    whole = [row for row in found if None not in row]  # a key that fails has no value, and its row fails as well
    rows = sorted(tuple(_stored(kind, cell) for kind, cell in zip(types, row, strict=True)) for row in whole)
    spells: list[tuple[Stored, ...]] = []
    for own, days in groupby(rows, key=lambda row: row[:-1]):
        at = own[0]
        assert isinstance(at, int)
        spells += _spells(own, [row[-1] for row in days], length, asks[at].env)
    source = tables.source("t", [*zip(names, types, strict=True), ("w", "DATE")], spells)
    condition = " AND ".join(f"t.{name} = {sql}" for name, sql in zip(names, told, strict=True))
    (first,) = rowset.join(source, ["w"], condition)
    return Day(sql=first)


def _spells(own: tuple[Stored, ...], days: Sequence[Stored], length: core.Expr, env: Env) -> list[tuple[Stored, ...]]:
    """Each day of a group with the day that its spell opened on; see `interpreter.scopes.groups`."""
    found: list[tuple[Stored, ...]] = []
    first = last = date.min
    for at, day in enumerate(days):
        assert isinstance(day, date)
        if at == 0 or day > last:
            try:
                first, last = day, spell_end(day, length, env)
            except Failure:
                raise Refused("a spell without an end") from None
        found.append((*own, day, first))
    return found


def _type(key: Num | Text | Day | Flag) -> str:
    """How a key is stored in a small table."""
    match key:
        case Num():
            return "BIGINT"
        case Text(codes=codes):
            return "TEXT" if codes is None else "INTEGER"
        case Day():
            return "DATE"
        case Flag():
            return "BOOLEAN"


def _stored(kind: str, cell: object) -> Stored:
    """A key that an engine has given back, as it is stored in a small table."""
    match kind:
        case "DATE":
            return known_day(cell)
        case "BOOLEAN":
            return bool(cell)
        case "TEXT":
            return str(cell)
        case _:
            return int(str(cell))
