"""A query over the rows of one fact, put together step by step: rows with parameters, named values, lookups.

Every name in it is ours (`c1` a column, `v1` a parameter, `x1` a named value, `t1` a lookup with `y1` its columns).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from attrs import define, evolve, field, frozen

from dsl.alike import Shown
from interpreter.facts import Kind
from interpreter.sets.points import Points, signature
from interpreter.sets.relation import ColumnInfo, Relation, Stored
from interpreter.sets.small import SmallTables
from interpreter.sets.values import Day, Flag, Lowered, Num, Text

NAMED = re.compile(r"\b[xy][0-9]+\b")
TABLE = re.compile(r"\bt\.")
ALIAS = re.compile(r" t(?=$|\([^()]*\)$)")
SHORT = 48
"""Values that are written shorter than this are repeated; longer ones get a name."""


@frozen(eq=False, repr=False)
class Lookup(Shown):
    """A table to be joined: at which level, its source, its columns and their new names, and the condition."""

    level: int
    source: str
    asked: tuple[str, ...]
    columns: tuple[str, ...]
    condition: str


@define(eq=False, repr=False)
class Rowset(Shown):
    """A query under construction.

    Args:
        relation: the rows.
        points: the scopes that they are asked for in, and their parameters.
        single_buyer: whether a row that names no buyer is the buyer's.
        extra: another join at the bottom, and the columns that it brings.
        ties: further conditions by which rows (`r`) belong to parameters (`p`).
        tables: where small tables are put.
    """

    relation: Relation
    points: Points
    tables: SmallTables
    single_buyer: bool
    used: dict[str, None] = field(factory=dict)
    named: dict[str, tuple[str, int]] = field(factory=dict)
    lookups: list[Lookup] = field(factory=list)
    extra: tuple[str, tuple[str, ...]] = ("", ())
    ties: list[str] = field(factory=list)

    def column(self, name: str) -> Lowered:
        """A cell of the row."""
        info = self.relation.columns[name]
        self.used[info.sql] = None
        return cell(info)

    def name(self, sql: str) -> str:
        """A short name for a value."""
        if len(sql) < SHORT:
            return sql
        if sql not in self.named:
            self.named[sql] = (f"x{self.tables.next()}", self.level(sql) + 1)
        return self.named[sql][0]

    def shortened(self, value: Lowered) -> Lowered:
        """The same value, its parts by short names."""
        if isinstance(value, Num | Text | Day | Flag):
            return evolve(
                value,
                sql=self.name(value.sql),
                null=value.null and self.name(value.null),
                fail=value.fail and self.name(value.fail),
            )
        return value

    def level(self, sql: str) -> int:
        """How many subqueries must be below one that can ask for this."""
        levels = dict(self.named.values())
        levels |= {column: lookup.level for lookup in self.lookups for column in lookup.columns}
        return max((levels[name] for name in NAMED.findall(sql)), default=0)

    def join(self, source: str, columns: Sequence[str], condition: str) -> list[str]:
        """Join a table of which at most one row fits; new names for its columns, NULL where none fits.

        Args:
            source: the table, as it stands after JOIN, its alias `t` and a blank before that.
            columns: its columns.
            condition: with `t.` before the table's columns and nothing before the row's.
        """
        for known in self.lookups:
            if (known.source, known.asked, known.condition) == (source, tuple(columns), condition):
                return list(known.columns)
        names = [f"y{self.tables.next()}" for _ in columns]
        self.lookups.append(Lookup(self.level(condition) + 1, source, tuple(columns), tuple(names), condition))
        return names

    def scopes(self) -> tuple[list[int], list[tuple[Stored, ...]]]:
        """For each scope its number, scopes with the same rows and parameters sharing one; and the parameter rows."""
        own: list[list[tuple[Stored, ...]]] = [[] for _ in self.points.asks]
        for at, point in enumerate(self.points.points):
            values = tuple(column[at] for _, _, column in self.points.columns)
            own[point.ask].append((point.start, point.end, *values))
        numbers: dict[tuple[object, ...], int] = {}
        found: list[int] = []
        rows: list[tuple[Stored, ...]] = []
        for ask, mine in zip(self.points.asks, own, strict=True):
            key = (signature(ask), tuple(mine))
            if key not in numbers:
                numbers[key] = len(numbers)
                rows += [(numbers[key], *self.parties(ask.provider, ask.buyer), *row) for row in mine]
            found.append(numbers[key])
        return found, rows

    def parties(self, provider: str | None, buyer: str | None) -> tuple[Stored, Stored]:
        """The parties as the relation stores them; -1 or a text that no row has for one that it doesn't know."""
        fact = self.relation.fact
        return self._party(fact.provider, provider), self._party(fact.buyer, buyer)

    def _party(self, column: str, code: str | None) -> Stored:
        if not column or code is None:
            return None
        return stored_code(self.relation.columns[column], code)

    def sql(self, select: str, tail: str = "") -> tuple[str, list[int]]:
        """The query, and each scope's number in it."""
        numbers, rows = self.scopes()
        fact, columns = self.relation.fact, self.relation.columns
        conditions = []
        asks = self.points.asks
        types = [("s", "BIGINT")]
        keep = [0]
        for at, name, any_party in (
            (1, fact.provider, all(a.provider is None for a in asks)),
            (2, fact.buyer, all(a.buyer is None for a in asks)),
        ):
            if not name or any_party:
                continue
            info = columns[name]
            letter = "ab"[at - 1]
            types.append((letter, "INTEGER" if info.codes is not None else "TEXT"))
            keep.append(at)
            same = f"r.{info.sql} = p.{letter}"
            if at == 2 and self.single_buyer and info.missing:
                same = f"({same} OR r.{info.sql} IS NULL)"
            conditions.append(same)
        windowed = any(a.start or a.end for a in asks) or len(rows) > len(set(numbers))
        if fact.dated and windowed:
            day = f"r.{columns[fact.dated].sql}"
            types += [("d", "DATE"), ("e", "DATE")]
            keep += [3, 4]
            conditions.append(f"{day} BETWEEN p.d AND p.e")
        types += [(name, kind) for name, kind, _ in self.points.columns]
        keep += range(5, 5 + len(self.points.columns))
        parameters = self.tables.source("p", types, [tuple(row[i] for i in keep) for row in rows])
        inner = ", ".join(
            [
                *(f"r.{c} AS {c}" for c in self.used),
                "p.s AS s",
                *(f"p.{name} AS {name}" for name, _, _ in self.points.columns),
                *(f"b.{name} AS {name}" for name in self.extra[1]),
            ]
        )
        met = " AND ".join([*conditions, *self.ties]) or "TRUE"
        dialect = self.tables.dialect
        text = f"SELECT {inner} FROM {self.relation.source} r {dialect.beside} {parameters} ON {met} {self.extra[0]}"  # noqa: S608
        top = max([0, *(level for _, level in self.named.values()), *(k.level for k in self.lookups)])
        if not dialect.stacked:
            for level in range(1, top + 1):
                text = self._level(f"({text})", level)
            return f"SELECT {select} FROM ({text}) q {tail}".strip(), numbers  # noqa: S608
        levels = [text, *(self._level(f"l{level - 1}", level) for level in range(1, top + 1))]
        first = ", ".join(f"l{at} AS ({dialect.apart(text)})" for at, text in enumerate(levels))
        return f"WITH {first} SELECT {select} FROM l{top} q {tail}".strip(), numbers  # noqa: S608

    def _level(self, below: str, level: int) -> str:
        lets = [f"{sql} AS {name}" for sql, (name, at) in self.named.items() if at == level]
        joins = [(at, lookup) for at, lookup in enumerate(self.lookups) if lookup.level == level]
        parts = ["q.*"]
        tables = []
        for at, lookup in joins:
            alias = f"t{at}"
            parts += [f"{alias}.{c} AS {y}" for c, y in zip(lookup.asked, lookup.columns, strict=True)]
            condition = TABLE.sub(f"{alias}.", lookup.condition)
            tables.append(f" LEFT JOIN {ALIAS.sub(f' {alias}', lookup.source)} ON {condition}")
        return f"SELECT {', '.join([*parts, *lets])} FROM {below} q{''.join(tables)}"  # noqa: S608


def cell(info: ColumnInfo) -> Lowered:
    """A column of a relation as a value."""
    null = f"({info.sql} IS NULL)" if info.missing else ""
    match info.kind:
        case Kind.NUMBER:
            return Num(sql=info.sql, scale=info.scale, low=info.low, high=info.high, null=null)
        case Kind.CODE | Kind.TEXT | Kind.CHOICE:
            return Text(sql=info.sql, codes=info.codes, null=null)
        case Kind.DATE:
            return Day(sql=info.sql, null=null)
        case Kind.BOOL:
            return Flag(sql=info.sql, null=null)


def stored_code(info: ColumnInfo, code: str) -> Stored:
    """A code as a column stores it; what no row has for one that it doesn't know."""
    if info.codes is None:
        return code
    at = bisect_left(info.codes, code)
    return at if at < len(info.codes) and info.codes[at] == code else -1
