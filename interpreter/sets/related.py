"""Rows of a fact asked for by each row of another (or the same): sums, counts, the latest, whether there are any.

A query of its own joins each row that asks with the rows it asks for and works out one answer for it; the answer is
joined back. Values of the asking row that the condition needs go into that query as columns.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeGuard

from attrs import define, evolve, field, frozen

from dsl.alike import Shown
from interpreter import core, types as t
from interpreter.aggregate import window_days
from interpreter.order import expressions
from interpreter.sets import days
from interpreter.sets.codes import translated
from interpreter.sets.gather import Count
from interpreter.sets.lower import Lowering
from interpreter.sets.points import Ask, cut_days, kinds, points_of
from interpreter.sets.relation import Dataset, Relation
from interpreter.sets.rowset import Rowset, cell
from interpreter.sets.running import ordered, running
from interpreter.sets.sites import combined_columns
from interpreter.sets.small import SmallTables
from interpreter.sets.values import (
    ALWAYS,
    NEVER,
    Day,
    Entry,
    Flag,
    Lowered,
    Num,
    Refused,
    Text,
    any_of,
    multiply,
    number,
)
from interpreter.units import DAY
from interpreter.values import Failure

ONE_DAY = timedelta(days=1)
PAIRS_AT_MOST = 50_000_000
"""How many pairs of rows are tried when no equality says which belong together."""


@define(eq=False, kw_only=True, repr=False)
class Inner(Lowering):
    """Expressions on rows that are asked for; what asks only for the asking row is worked out there.

    Args:
        base: the rows that ask.
        exported: values of the asking row, by the name they have in the inner query.
    """

    base: Lowering
    exported: list[tuple[str, str]] = field(factory=list)
    known_outside: dict[int, Lowered] = field(factory=dict)

    def value(self, e: core.Expr) -> Lowered:
        """An expression as SQL."""
        if any(self._of_row(part) for part in expressions(e)) or self.base.outer(e):
            return Lowering.value(self, e)
        if id(e) not in self.known_outside:
            self.kept.append(e)
            self.known_outside[id(e)] = self.export(self.base.value(e))
        return self.known_outside[id(e)]

    def export(self, value: Lowered) -> Lowered:
        """A value of the asking row as the inner query sees it.

        Raises:
            Refused: it is a row itself, or known before the query.
        """
        if not isinstance(value, Num | Text | Day | Flag):
            raise Refused("a whole row of another fact")
        return evolve(
            value,
            sql=self.name(value.sql),
            null=value.null and self.name(value.null),
            fail=value.fail and self.name(value.fail),
        )

    def name(self, sql: str) -> str:
        """The name of a column of the asking row in the inner query."""
        if sql in (ALWAYS, NEVER):
            return sql
        for known, name in self.exported:
            if known == sql:
                return name
        self.exported.append((sql, f"e{self.rowset.tables.next()}"))
        return self.exported[-1][1]


@frozen(eq=False, repr=False)
class Related(Shown):
    """What is needed to look for rows of other facts.

    Args:
        dataset: where they lie.
        tables: small tables.
        single_buyer: whether a row that names no buyer is the buyer's.
    """

    dataset: Dataset
    tables: SmallTables
    single_buyer: bool

    def __call__(self, e: core.Expr, base: Lowering) -> Lowered:
        """The answer for each row.

        Raises:
            Refused: a query can't say it.
        """
        match e:
            case core.Aggregate(rows=core.Rows() as rows) if not e.until and not rows.group:
                return self.aggregate(e, rows, base)
            case core.Aggregate(rows=core.Rows() as rows) if e.until in base.variables and not rows.group:
                return running(self.tables, self.relation(rows, base), e, rows, base, single_buyer=self.single_buyer)
            case core.Pick(kind, rows):
                return self.pick(kind, rows, base)
            case _:
                raise Refused("such rows for each row")

    def open(self, rows: core.Rows, parts: Sequence[object], base: Lowering) -> tuple[Inner, str, list[str]]:
        """The rows that are asked for, the condition that they are joined by, and when looking for them fails."""
        relation, asks = self.relation(rows, base), base.rowset.points.asks
        fact = relation.fact
        wide = [Ask.of(rows, ask.env, fact) for ask in asks]
        points = points_of(wide, parts, dated=bool(fact.dated))
        by_asker = not fact.dated and base.rowset.relation.fact.dated and any(cut_days(parts, a.env) for a in asks)
        if len(points.points) > len(wide) or by_asker:
            raise Refused("dated values for each row of each row")
        rowset = Rowset(relation, points, self.tables, self.single_buyer)
        inner = Inner(rowset, kinds(ask.env for ask in asks), {rows.row}, base.mode, related=base.related, base=base)
        base.rowset.used |= {"f": None, "n": None}
        ask = base.rowset.points.column("INTEGER", [p.ask for p in base.rowset.points.points])
        own = points.column("INTEGER", list(range(len(wide))))
        joined = [f"p.{own} = b.{inner.name(ask)}"]
        fails: list[str] = []
        window = self.window(rows, base, inner, relation)
        if window:
            fails += window[1:]
            joined.append(window[0])
        where = rows.where
        leading = list(where.parts) if isinstance(where, core.Logic) and where.op == "and" else [where] if where else []
        equal = 0
        there: set[str] = set()
        for part in leading:
            if isinstance(part, core.Presence) and _own(part.of, rows):  # it never fails, so that the next may go first
                there |= set() if part.missing else {part.of.name}
                continue
            condition = self.equality(part, rows, base, inner, relation, there)
            if condition is None:
                break
            equal += 1
            joined.append(condition[0])
            fails.append(condition[1])
        if not equal and relation.rows * base.rowset.relation.rows > PAIRS_AT_MOST:
            raise Refused("rows for each row without a code that tells which")
        return inner, " AND ".join(joined), fails

    def relation(self, rows: core.Rows, base: Lowering) -> Relation:
        """The rows of the fact.

        Raises:
            Refused: they were never handed in, indicators are worked out beside them, or some have no date.
        """
        relation, asks = self.dataset.relations.get(rows.fact), base.rowset.points.asks
        if relation is None or any(a.env.ledger.facts[rows.fact].size() != relation.rows for a in asks):
            raise Refused("a fact without data, or with rows that are worked out")
        if relation.fact.dated and relation.columns[relation.fact.dated].missing:
            raise Refused("rows without a date")
        return relation

    def window(self, rows: core.Rows, base: Lowering, inner: Inner, relation: Relation) -> list[str]:
        """What the window asks of the date, and when working out its ends fails; nothing for no window."""
        fact = relation.fact
        window = rows.window
        if window is None and not fact.dated:
            return []
        if window is None or all(base.outer(part) for part in (window.anchor, window.length) if part is not None):
            found = []
            for point in base.rowset.points.points:
                try:
                    found.append(window_days(rows, point.env))
                except Failure:
                    raise Refused("a window that fails") from None
            if not fact.dated or all(start is None and end is None for start, end in found):
                return []
            points = base.rowset.points
            first = inner.name(points.column("DATE", [start or date.min for start, _ in found]))
            last = inner.name(points.column("DATE", [end or date.max for _, end in found]))
            return [f"r.{relation.columns[fact.dated].sql} BETWEEN b.{first} AND b.{last}"]
        if not fact.dated:
            raise Refused("a window over rows without dates")
        anchor = base.value(window.anchor) if window.anchor is not None else None
        assert isinstance(anchor, Day)
        start, end = self.ends(window, anchor, base)
        fail = any_of(start.fail, end.fail, anchor.null, start.null, end.null)
        return [
            f"r.{relation.columns[fact.dated].sql} BETWEEN b.{inner.name(start.sql)} AND b.{inner.name(end.sql)}",
            fail,
        ]

    def ends(self, window: core.Window, anchor: Day, base: Lowering) -> tuple[Day, Day]:
        """The first and last day of a window that is counted from a day of the asking row."""
        if window.length is None:
            return anchor, anchor
        length = base.number(window.length)
        assert isinstance(window.length.type, t.Num)
        by_day = window.length.type.unit.dimension == DAY.dimension
        rule = base.envs[0].ledger.program.terms.month_end
        rowset = base.rowset

        def moved(sign: int) -> Day:
            if by_day:
                return days.by_days(rowset, anchor, length, sign)
            return days.by_months(rowset, anchor, length, sign, rule)

        one = number(Fraction(1))
        if window.side == "before":
            return moved(-1), days.unfailing(days.by_days(rowset, anchor, one, -1), anchor)
        return days.unfailing(days.by_days(rowset, anchor, one, 1), anchor), moved(1)

    def equality(
        self,
        part: core.Expr,
        rows: core.Rows,
        base: Lowering,
        inner: Inner,
        relation: Relation,
        there: Collection[str],
    ) -> tuple[str, str] | None:
        """A condition `row.column = something of the asking row` for the join, and when it fails.

        Args:
            there: columns that are looked at only where they are there.
        """
        if not (isinstance(part, core.Compare) and part.op == "="):
            return None
        for mine, other in ((part.left, part.right), (part.right, part.left)):
            if not _own(mine, rows):
                continue
            if any(inner._of_row(e) for e in expressions(other)) or base.outer(other):  # noqa: SLF001
                continue
            info = relation.columns.get(mine.name)
            if info is None or (info.missing and mine.name not in there):
                return None
            column, value = cell(info), base.value(other)
            if isinstance(column, Text) and isinstance(value, Text):
                sql = translated(base.rowset, value, column)
            elif (isinstance(column, Num) and isinstance(value, Num) and column.scale == value.scale) or (
                isinstance(column, Day) and isinstance(value, Day)
            ):
                sql = value.sql
            else:
                return None
            return f"r.{info.sql} = b.{inner.name(sql)}", any_of(value.fail, value.null)
        return None

    def joined(self, inner: Inner, condition: str, select: str, tail: str) -> str:
        """The inner query: what it selects for each asking row, known by `a0`, `f` and `n`."""
        exports = ", ".join(
            f"q.{sql} AS {name}" if sql.isidentifier() else f"{sql} AS {name}" for sql, name in inner.exported
        )
        exports += ", q.f AS bf, q.n AS bn"
        asks = inner.base.rowset.needed(exports)
        if isinstance(inner.base, Inner) and not asks.exported(exports).isdisjoint(
            name for _, name in inner.base.exported
        ):
            raise Refused("rows for each row of each row that ask for the outermost")
        asking, _ = asks.sql(exports)
        names = ["bf", "bn", *(name for _, name in inner.exported)]
        inner.rowset.extra = (f"JOIN ({self.tables.dialect.apart(asking)}) b ON {condition}", tuple(names))
        sql, _ = inner.rowset.sql(select, tail)
        return sql

    def aggregate(self, e: core.Aggregate, rows: core.Rows, base: Lowering) -> Lowered:
        """An aggregate over the rows that each row asks for."""
        parts = [part for part in (rows.where, e.of, e.weight) if part is not None]
        inner, condition, fails = self.open(rows, parts, base)
        taken = inner.taken(e, rows)
        if e.kind in ("mean", "percentile"):
            raise Refused(f"{e.kind} for each row")
        columns: Sequence[str] = ()
        if e.of is not None:
            columns, _ = combined_columns(self.tables, inner.rowset.relation.rows, e, taken)
        ask = inner.exported[0][1]
        select = ", ".join(
            [f"{ask} AS a", "bf", "bn", f"{Count(taken.where or ALWAYS)} AS w0", f"{Count(taken.fail)} AS w1"]
            + [f"{sql} AS w2" for sql in columns]
        )
        sql = self.joined(inner, condition, select, f" GROUP BY {ask}, bf, bn")
        count, failing, *found = self.back(base, inner, sql, ["w0", "w1", *(["w2"] if columns else [])])
        failed = any_of(*fails, f"(COALESCE({failing}, 0) > 0)" if taken.fail else "")
        return self.answer(e, inner, taken.value, count, found, failed, base)

    def answer(
        self,
        e: core.Aggregate,
        inner: Inner,
        value: Lowered,
        count: str,
        found: Sequence[str],
        fail: str,
        base: Lowering,
    ) -> Lowered:
        """What the columns of the inner query come to for the asking row."""
        size = inner.rowset.relation.rows
        rows = Num(sql=f"COALESCE({count}, 0)", low=0, high=size)
        null = ""
        if e.at_least is not None:
            least = base.number(e.at_least)
            if least.constant is None:
                raise Refused("at least a number that changes")
            null = f"(COALESCE({count}, 0) < {-(-least.low // least.scale)})"
        if e.of is None:
            assert isinstance(e.type, t.Num)
            return evolve(multiply(rows, number(e.type.unit.factor)), fail=fail)
        first = found[0]
        if e.kind == "distinct":
            return Num(sql=f"COALESCE({first}, 0)", low=0, high=size, null=null, fail=fail)
        assert isinstance(value, Num | Day)
        if e.kind == "sum" and isinstance(value, Num):
            edge = max(abs(value.low), abs(value.high)) * max(size, 1)
            sql = f"COALESCE(CAST({first} AS {'BIGINT' if edge < 2**63 else '{wide}'}), 0)"
            return Num(sql=sql, scale=value.scale, low=-edge, high=edge, null=null, fail=fail)
        return evolve(value, sql=first, null=any_of(null, f"({first} IS NULL)"), fail=fail)

    def back(self, base: Lowering, inner: Inner, sql: str, columns: Sequence[str]) -> list[str]:
        """Join the answers of an inner query back to the rows that asked."""
        ask = inner.exported[0][0]
        return base.rowset.join(f"({sql}) t", columns, f"t.a = {ask} AND t.bf = q.f AND t.bn = q.n")

    def pick(self, kind: str, rows: core.Rows, base: Lowering) -> Lowered:
        """The latest or earliest of the rows that each row asks for, or whether there are any."""
        inner, condition, fails = self.open(rows, [rows.where] if rows.where is not None else [], base)
        where, fail = inner.chosen(rows.where)
        ask = inner.exported[0][1]
        if kind == "exists":
            select = f"{ask} AS a, bf, bn, {Count(where or ALWAYS)} AS w0, {Count(fail)} AS w1"
            sql = self.joined(inner, condition, select, f" GROUP BY {ask}, bf, bn")
            count, failing = self.back(base, inner, sql, ["w0", "w1"])
            failed = any_of(*fails, f"(COALESCE({failing}, 0) > 0)" if fail else "")
            return Flag(sql=f"(COALESCE({count}, 0) > 0)", fail=failed)
        return self.row(kind, inner, condition, where, fail, fails, base)

    def row(
        self, kind: str, inner: Inner, condition: str, where: str, fail: str, fails: Sequence[str], base: Lowering
    ) -> Lowered:
        """The latest or earliest row: its columns."""
        relation = inner.rowset.relation
        fact = relation.fact
        order = [relation.columns[name] for name in (fact.dated, *fact.keys) if name]
        if not fact.keys or any(info.missing for info in order):
            raise Refused("the latest of rows without a key")
        infos = list(relation.columns.values())
        for info in infos:
            inner.rowset.used[info.sql] = None
        ask = inner.exported[0][1]
        way = " DESC" if kind == "latest" else ""
        by = ordered(order, way, self.tables.dialect)
        taken = f"CASE WHEN {where} THEN 0 ELSE 1 END" if where else "0"
        select = ", ".join(
            [
                f"{ask} AS a",
                "bf",
                "bn",
                *(i.sql for i in infos),
                f"{taken} AS w0",
                *([f"CASE WHEN {fail} THEN 1 END AS w1"] if fail else ()),
            ]
        )
        found = self.joined(inner, condition, select, "")  # its order by columns: Sail loses that of a condition
        names = [f"w{at}" for at, _ in enumerate(infos, 3)]
        renamed = ", ".join(f"{info.sql} AS {name}" for info, name in zip(infos, names, strict=True))
        group = "PARTITION BY a, bf, bn"
        failing = f"COUNT(w1) OVER ({group})" if fail else "0"
        place = f"ROW_NUMBER() OVER ({group} ORDER BY w0, {by})"
        ranked = f"SELECT a, bf, bn, w0, {failing} AS w1, {place} AS w2, {renamed} FROM ({found}) k"  # noqa: S608
        first = f"SELECT a, bf, bn, w0, w1, {', '.join(names)} FROM ({ranked}) k WHERE w2 = 1"  # noqa: S608
        missed, failed, *cells = self.back(base, inner, first, ["w0", "w1", *names])
        columns: dict[str, Lowered] = {}
        for info, sql in zip(infos, cells, strict=True):
            columns[info.name] = cell(evolve(info, sql=sql))
        fell = any_of(*fails, f"(COALESCE({failed}, 0) > 0)" if fail else "")
        return Entry(columns=columns, null=f"(COALESCE({missed}, 1) = 1)", fail=fell)


def _own(e: core.Expr, rows: core.Rows) -> TypeGuard[core.ColumnRef]:
    """Whether an expression is a column of the rows that are asked for."""
    return isinstance(e, core.ColumnRef) and e.row == rows.row
