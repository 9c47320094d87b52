"""A query over the rows of one fact, put together step by step: rows with parameters, named values, lookups.

Every name in it is ours (`c1` a column, `v1` a parameter, `x1` a named value, `t1` a lookup with `y1` its columns).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from attrs import define, evolve, field, frozen

from dsl.alike import Shown
from interpreter.facts import Kind
from interpreter.sets.points import Points, signature
from interpreter.sets.relation import ColumnInfo, Relation, Stored
from interpreter.sets.small import SmallTables
from interpreter.sets.values import Day, Flag, Lowered, Num, Text, day_literal

NAMED = re.compile(r"\b[xy][0-9]+\b")
EXPORTED = re.compile(r"\be[0-9]+\b")
PARAMETER = re.compile(r"\bv[0-9]+\b")
TABLE = re.compile(r"\bt\.")
ALIAS = re.compile(r" t(?=$|\([^()]*\)$)")
ONE_DAY = timedelta(days=1)
MAX_WEIGHT = 10_000
"""How many named values one may be made of in a query before it is worked out as a whole."""
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


@frozen(eq=False, repr=False)
class Gathering(Shown):
    """Rows that become one where they are alike.

    Args:
        level: the level that they are gathered on top of.
        keys: what they are alike in, beside their scope.
        measures: cells of which the sum is taken.
    """

    level: int
    keys: tuple[str, ...]
    measures: tuple[str, ...]

    def sql(self, below: str, scope: Sequence[str] = ("s",)) -> str:
        """The gathered rows of a query, with their number `k`; `scope` tells what scope a row is of."""
        by = ", ".join(dict.fromkeys([*scope, *self.keys]))
        sums = ", ".join(["COUNT(*) AS k", *(f"CAST(SUM({name}) AS BIGINT) AS {name}" for name in self.measures)])
        return f"SELECT {by}, {sums} FROM {below} q GROUP BY {by}"  # noqa: S608  # names are ours


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
        few: names for values of which there are but a few, and how many.
        gathering: how its rows are gathered, if they are.
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
    few: dict[str, int] = field(factory=dict)
    gathering: Gathering | None = None

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

    def needed(self, select: str) -> Rowset:
        """The same rows with what a selection needs of the named values and lookups alone.

        The others may ask for what is joined further out, which this query can't see.
        """
        made = {name: sql for sql, (name, _) in self.named.items()}
        made |= {column: lookup.condition for lookup in self.lookups for column in lookup.columns}
        found: set[str] = set()
        left = NAMED.findall(select)
        while left:
            name = left.pop()
            if name in made and name not in found:
                found.add(name)
                left += NAMED.findall(made[name])
        named = {sql: (name, level) for sql, (name, level) in self.named.items() if name in found}
        return evolve(self, named=named, lookups=[k for k in self.lookups if not found.isdisjoint(k.columns)])

    def exported(self, select: str) -> set[str]:
        """The columns of a query further out that a selection, a named value or a lookup asks for."""
        texts = (select, *self.named, *(lookup.condition for lookup in self.lookups))
        return {name for text in texts for name in EXPORTED.findall(text)}

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
            mine = own[point.ask]
            if mine and not values and point.start is not None and mine[-1][1] == point.start - ONE_DAY:
                mine[-1] = (mine[-1][0], point.end)  # nothing that the query asks for changes there
            else:
                mine.append((point.start, point.end, *values))
        numbers: dict[tuple[object, ...], int] = {}
        found: list[int] = []
        rows: list[tuple[Stored, ...]] = []
        for ask, theirs in zip(self.points.asks, own, strict=True):
            key = (signature(ask), tuple(theirs))
            if key not in numbers:
                numbers[key] = len(numbers)
                rows += [(numbers[key], *self.parties(ask.provider, ask.buyer), *row) for row in theirs]
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
        parties: list[ColumnInfo] = []
        for at, name, any_party in (
            (1, fact.provider, all(a.provider is None for a in asks)),
            (2, fact.buyer, all(a.buyer is None for a in asks)),
        ):
            if not name or any_party:
                continue
            info = columns[name]
            if at == 2 and self.single_buyer and info.missing and info.codes == ():
                continue  # no row names a buyer
            letter = "ab"[at - 1]
            parties.append(info)
            types.append((letter, "INTEGER" if info.codes is not None else "TEXT"))
            keep.append(at)
            same = f"r.{info.sql} = p.{letter}"
            if at == 2 and self.single_buyer and info.missing:
                same = f"({same} OR r.{info.sql} IS NULL)"
            conditions.append(same)
        windowed = any(a.start or a.end for a in asks) or len(rows) > len(set(numbers))
        within = ""
        if fact.dated and windowed:
            day = f"r.{columns[fact.dated].sql}"
            first, last = rows[0][3:5] if len({row[3:5] for row in rows}) == 1 else (None, None)
            if isinstance(first, date) and isinstance(last, date):
                within = f" WHERE {day} BETWEEN {day_literal(first)} AND {day_literal(last)}"
            else:
                types += [("d", "DATE"), ("e", "DATE")]
                keep += [3, 4]
                conditions.append(f"{day} BETWEEN p.d AND p.e")
        types += [(name, kind) for name, kind, _ in self.points.columns]
        keep += range(5, 5 + len(self.points.columns))
        parameters = self.tables.source("p", types, [tuple(row[i] for i in keep) for row in rows])
        brought = [
            "p.s AS s",
            *(f"p.{name} AS {name}" for name, _, _ in self.points.columns),
            *(f"b.{name} AS {name}" for name in self.extra[1]),
        ]
        met = " AND ".join([*conditions, *self.ties]) or "TRUE"
        dialect, source = self.tables.dialect, self.relation.source
        beside = f"{dialect.beside} {parameters} ON {met}"
        alone = self.gathering is not None and ("d", "DATE") not in types and self._alone(parties, rows)
        if alone:
            own = ", ".join(dict.fromkeys([*self.used, *(info.sql for info in parties)]))
            text = f"SELECT {own} FROM {source} r{within}"  # noqa: S608  # names are ours
        else:
            inner = ", ".join([*(f"r.{c} AS {c}" for c in self.used), *brought])
            text = f"SELECT {inner} FROM {source} r {beside} {self.extra[0]}{within}"  # noqa: S608
        top = max([0, *(level for _, level in self.named.values()), *(k.level for k in self.lookups)])
        levels = [text]
        far = self._far(top) if dialect.far else frozenset()
        for level in range(top + 1):
            if level in far:
                levels[-1] += dialect.far
            if level:
                levels.append(self._level(self._below(levels), level))
            if self.gathering is not None and self.gathering.level == level and alone:
                levels.append(self.gathering.sql(self._below(levels), [info.sql for info in parties]))
                levels.append(f"SELECT r.*, {', '.join(brought)} FROM {self._below(levels)} r {beside}")  # noqa: S608
            elif self.gathering is not None and self.gathering.level == level:
                levels.append(self.gathering.sql(self._below(levels)))
        if not dialect.stacked:
            return f"SELECT {select} FROM ({levels[-1]}) q {tail}".strip(), numbers  # noqa: S608
        first = ", ".join(f"l{at} AS ({dialect.apart(text)})" for at, text in enumerate(levels))
        return f"WITH {first} SELECT {select} FROM l{len(levels) - 1} q {tail}".strip(), numbers  # noqa: S608

    def _alone(self, parties: Sequence[ColumnInfo], rows: Sequence[tuple[Stored, ...]]) -> bool:
        """Whether rows are gathered before they meet parameters: those ask for most of them, and decide none.

        An engine that knows the columns' least and largest values then needs no search for the row that one becomes.
        """
        assert self.gathering is not None
        if self.extra != ("", ()) or len(parties) != 1 or parties[0].codes is None:
            return False
        low = [sql for sql, (_, at) in self.named.items() if at <= self.gathering.level]
        asked = len({row[1] for row in rows}) * 2 >= len(parties[0].codes)
        return asked and not any(PARAMETER.search(sql) for sql in (*low, *self.gathering.keys))

    def _far(self, top: int) -> frozenset[int]:
        """The levels at which the values of those below must not be put in, for they would grow beyond all bounds."""
        weights: dict[str, int] = {}
        found: set[int] = set()
        for level in range(1, top + 1):
            own = {name: sql for sql, (name, at) in self.named.items() if at == level}
            if any(_weight(sql, weights) > MAX_WEIGHT for sql in own.values()):
                found.add(level)
                weights = {}
            weights |= {name: _weight(sql, weights) for name, sql in own.items()}
        return frozenset(found)

    def _below(self, levels: Sequence[str]) -> str:
        """What the next level reads from."""
        dialect = self.tables.dialect
        return f"l{len(levels) - 1}" if dialect.stacked else f"({dialect.apart(levels[-1])})"

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


def _weight(sql: str, weights: Mapping[str, int]) -> int:
    """How many named values an expression is made of when each is put in where it stands."""
    return 1 + sum(weights.get(name, 1) for name in NAMED.findall(sql))


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
