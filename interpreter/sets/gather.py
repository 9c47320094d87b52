"""Rows gathered before they are looked up: those alike in all that a query asks of them become one, with their number.

A price times a quantity sums up as the price times the sum of quantities. Where rows differ in a few codes and their
quantity alone, the query adds up quantities by codes first, and looks up each combination once instead of each row.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from math import prod
from typing import Self

from interpreter.facts import Kind
from interpreter.sets.relation import ColumnInfo
from interpreter.sets.rowset import Gathering, Rowset
from interpreter.sets.values import ALWAYS, NARROW, Num

OURS = re.compile(r"\b[bcvxy][0-9]+\b")
CELL = re.compile(r"c[0-9]+")
FEWEST, SHARE = 100_000, 8
"""How many rows a relation has at least, and how many of them there are on average for each that they become."""


def worth_it(groups: int, rows: int) -> bool:
    """Whether rows are so many, and become so few, that it is faster."""
    return rows >= FEWEST and groups * SHARE <= rows


def varying(values: Iterable[str]) -> list[str]:
    """Those of some values that are no constants: PostgreSQL groups by none, and SQLite takes a number for a place."""
    return [sql for sql in values if OURS.search(sql)]


class Count(str):
    """How many rows a condition holds for; an empty one never holds. As text it is so for rows that lie one by one."""

    __slots__ = ("condition",)
    condition: str

    def __new__(cls, condition: str) -> Self:
        """Of a condition."""
        text = f"COUNT(CASE WHEN {condition or 'FALSE'} THEN 1 END)" if condition != ALWAYS else "COUNT(*)"
        made = super().__new__(cls, text)
        made.condition = condition
        return made

    def gathered(self, _: Collection[str]) -> str:
        """The same of gathered rows."""
        if self.condition == ALWAYS:
            return "COALESCE(SUM(k), 0)"
        return f"COALESCE(SUM(CASE WHEN {self.condition or 'FALSE'} THEN k END), 0)"


class Total(str):
    """The sum of a number over the rows that a condition holds for, all when it is empty; `most` is its largest."""

    __slots__ = ("condition", "most", "value")
    value: Num
    condition: str
    most: int

    def __new__(cls, value: Num, condition: str, most: int, *, cast: bool) -> Self:
        """Of a number; `cast` where the engine must be told beforehand that the sum is wide."""
        made = super().__new__(cls, _summed(f"CAST({value.sql} AS {{wide}})" if cast else value.sql, condition))
        made.value, made.condition, made.most = value, condition, most
        return made

    def gathered(self, measures: Collection[str]) -> str:
        """The same of gathered rows, of which some cells are sums already."""
        factors = [*self.value.product] if self.measure() in measures else [self.value.sql, "k"]
        if self.most > NARROW:
            factors[0] = f"CAST({factors[0]} AS {{wide}})"
        return _summed(" * ".join(factors), self.condition)

    def measure(self) -> str:
        """The cell of the row that the number is proportional to; empty when there is none."""
        cells = [factor for factor in self.value.product if CELL.fullmatch(factor)]
        return cells[0] if cells else ""

    def besides(self) -> str:
        """What else is asked for, when that cell is summed up."""
        first = self.measure()
        others = [*self.value.product]
        others.remove(first)
        return " ".join([*others, self.condition])


def _summed(sql: str, condition: str) -> str:
    return f"SUM(CASE WHEN {condition} THEN {sql} END)" if condition not in ("", ALWAYS) else f"SUM({sql})"


def gathered(rowset: Rowset, columns: Sequence[str]) -> list[str] | None:
    """Let the rows of a query be gathered, if that is worth it, and say its columns for them; else `None`.

    Args:
        rowset: the query, which gathers from then on.
        columns: what it is to give for each scope: counts, totals, and whatever else must see the rows' own cells.
    """
    totals = [column for column in columns if isinstance(column, Total)]
    wide = any(total.most > NARROW for total in totals) and not rowset.tables.dialect.wide
    told_apart = not rowset.used.keys().isdisjoint(("f", "n"))  # something is joined to the row itself
    if told_apart or rowset.extra[1] or rowset.ties or wide or not rowset.lookups:
        return None
    level = min(lookup.level for lookup in rowset.lookups) - 1
    above = [sql for sql, (_, at) in rowset.named.items() if at > level] + [k.condition for k in rowset.lookups]
    summed = {total.measure() for total in totals} - {""}
    known: dict[str, None] = {}
    while True:
        asked = [*above, *(asked_by(column, summed) for column in columns)]
        known = dict.fromkeys(name for sql in asked for name in OURS.findall(sql))
        if summed.isdisjoint(known):
            break
        summed -= known.keys()
    later = {column for lookup in rowset.lookups for column in lookup.columns}
    later |= {name for name, at in rowset.named.values() if at > level}
    keys = [name for name in known if name not in later]
    if not worth_it(size(rowset, keys), rowset.relation.rows) or not small_sums(rowset, summed):
        return None
    rowset.gathering = Gathering(level, tuple(keys), tuple(sorted(summed)))
    return [c.gathered(summed) if isinstance(c, Count | Total) else c for c in columns]


def asked_by(column: str, summed: Collection[str]) -> str:
    """The SQL that must see the rows' own cells, when some cells are summed up."""
    match column:
        case Count():
            return column.condition
        case Total() if column.measure() in summed:
            return column.besides()
        case Total():
            return f"{column.value.sql} {column.condition}"
        case _:
            return column


def size(rowset: Rowset, keys: Sequence[str]) -> int:
    """How many different rows there can be by some keys."""
    columns = {info.sql: info for info in rowset.relation.columns.values()}
    numbers, rows = rowset.scopes()
    points = len(rows) if any(key.startswith("v") for key in keys) else len(set(numbers))
    all_different = rowset.relation.rows
    return points * prod(
        different(columns[key], all_different) if key in columns else rowset.few.get(key, all_different)
        for key in keys
        if not key.startswith("v")
    )


def different(info: ColumnInfo, unknown: int) -> int:
    """How many different cells a column has at most; `unknown` where nothing tells."""
    match info.kind:
        case Kind.NUMBER:
            return info.high - info.low + 1 + info.missing
        case Kind.BOOL:
            return 2 + info.missing
        case _:
            return len(info.codes) + info.missing if info.codes is not None else unknown


def small_sums(rowset: Rowset, measures: Collection[str]) -> bool:
    """Whether the sums of cells fit in the ordinary type."""
    infos = [info for info in rowset.relation.columns.values() if info.sql in measures]
    return all(max(abs(info.low), abs(info.high)) * rowset.relation.rows <= NARROW for info in infos)
