"""The places where a contract meets rows, each answered by one query for all scopes that ask.

An aggregate gives each scope what its values come to; an `each` over rows gives, for every `pays` in it, how many lines
it makes and what they sum to. A scope in which some row may fail gets no answer: the reference evaluator settles it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from attrs import define, evolve, field

from dsl.alike import Shown
from interpreter import core
from interpreter.runtime import Derived, Env
from interpreter.scopes import own_lets
from interpreter.sets.answers import Answer, Answers, Block, Summed
from interpreter.sets.gather import Count, Total, gathered
from interpreter.sets.lower import Lowering, Taken
from interpreter.sets.numbers import rounded
from interpreter.sets.points import Ask, kinds, points_of
from interpreter.sets.relation import Relation, known_day
from interpreter.sets.rowset import Rowset
from interpreter.sets.small import SmallTables
from interpreter.sets.values import (
    ALWAYS,
    NARROW,
    NEVER,
    Day,
    Flag,
    Lowered,
    Num,
    Refused,
    Text,
    any_of,
    both,
    fits,
    multiply,
)
from interpreter.values import Failure


@define(eq=False, repr=False)
class Site(Shown):
    """What queries need beside the place itself.

    Args:
        relation: the rows of the fact.
        tables: where small tables are put.
        single_buyer: whether a row that names no buyer is the buyer's.
        mode: how the contract rounds.
        related: answers for rows of other facts that each row asks for.
        line_step: to what lines are rounded; `None` where the contract rounds clauses or totals.
    """

    relation: Relation
    tables: SmallTables
    single_buyer: bool
    mode: str
    line_step: Fraction | None
    related: Callable[[core.Expr, Lowering], Lowered] | None = None

    def open(self, asks: Sequence[Ask], parts: Sequence[object], variable: str) -> Lowering:
        """A lowering of expressions in the rows of the relation.

        Raises:
            Refused: the rows can't be told apart by a date that each has.
        """
        fact = self.relation.fact
        if fact.dated and self.relation.columns[fact.dated].missing:
            raise Refused("rows without a date")
        points = points_of(asks, parts, dated=bool(fact.dated))
        rowset = Rowset(self.relation, points, self.tables, self.single_buyer)
        return Lowering(rowset, kinds(ask.env for ask in asks), {variable}, self.mode, related=self.related)

    def begin(self, lowering: Lowering, columns: Sequence[str]) -> Callable[[], list[tuple[object, ...] | None]]:
        """Have the query carried out; what is returned gives each scope the columns of its row, `None` without rows."""
        shown = gathered(lowering.rowset, columns) or columns
        sql, numbers = lowering.rowset.sql(", ".join(["s", *shown]), " GROUP BY s")
        begun = self.tables.engine.begin(self.tables.dialect.final(sql))

        def rows() -> list[tuple[object, ...] | None]:
            found = {_int(row[0]): row[1:] for row in begun()}
            return [found.get(at) for at in numbers]

        return rows


def _int(value: object) -> int:
    return int(value)  # type: ignore[call-overload, no-any-return]


def total(value: Num, condition: str, rows: int, tables: SmallTables) -> Total:
    """The sum of a number over the rows that a condition holds for; exact, whatever its size.

    Raises:
        Refused: it may be larger than the engine's wide type.
    """
    most = max(abs(value.low), abs(value.high)) * max(rows, 1)
    fits(-most, most, "a sum")
    return Total(value, condition, most, cast=most > NARROW and not tables.dialect.wide_sums)


# --- aggregates ---------------------------------------------------------------------------------------------------


def aggregate(site: Site, e: core.Aggregate, asks: Sequence[Ask]) -> Answers:
    """An aggregate over rows, for each scope.

    Raises:
        Refused: a query can't say it.
    """
    rows = e.rows
    assert rows is not None
    lowering = site.open(asks, aggregate_parts(e), rows.row)
    taken = lowering.taken(e, rows)
    if e.of is None:
        counted = site.begin(lowering, [Count(taken.where or ALWAYS), Count(taken.fail)])
        return lambda: [Summed(0) if row is None else None if row[1] else Summed(_int(row[0])) for row in counted()]
    if e.rank is not None:
        return _ranked(site, e, asks, lowering, taken)
    columns, read = combined_columns(site.tables, site.relation.rows, e, taken)
    found = site.begin(lowering, [Count(taken.where or ALWAYS), Count(taken.fail), *columns])
    return lambda: [Summed(0) if row is None else None if row[1] else read(_int(row[0]), row[2:]) for row in found()]


def aggregate_parts(e: core.Aggregate) -> list[core.Expr]:
    """What an aggregate asks of each row."""
    assert e.rows is not None
    return [part for part in (e.rows.where, e.of, e.weight) if part is not None]


def _ranked(site: Site, e: core.Aggregate, asks: Sequence[Ask], lowering: Lowering, taken: Taken) -> Answers:
    """A percentile: the smallest value that at least that share of the values do not exceed."""
    value = taken.value
    assert e.rank is not None
    assert isinstance(value, Num)
    ranks = {rank_of(e.rank, ask.env) for ask in asks}
    share = ranks.pop()
    if ranks or share is None or not 0 < share <= 1:
        raise Refused("a percentile that changes")
    if max(site.relation.rows, 1) * share.denominator > NARROW:
        raise Refused("a percentile of very many decimals")
    rowset = lowering.rowset
    inside = f"CASE WHEN {taken.where} THEN 0 ELSE 1 END" if taken.where else "0"
    counted, failing = (_over(condition) for condition in (taken.where or ALWAYS, taken.fail or NEVER))
    columns = (
        f"s, {value.sql} AS w0, {inside} AS w1, {counted} AS w2, {failing} AS w3, "
        f"ROW_NUMBER() OVER (PARTITION BY s ORDER BY {inside}, {value.sql}) AS w4"
    )
    text, numbers = rowset.sql(columns)
    top, below = share.numerator, share.denominator
    nearest = f"w4 * {below} >= w2 * {top} AND (w4 - 1) * {below} < w2 * {top}"
    sql = f"SELECT s, MAX(w2), MAX(w3), MAX(CASE WHEN w1 = 0 AND {nearest} THEN w0 END) FROM ({text}) k GROUP BY s"  # noqa: S608
    begun = site.tables.engine.begin(site.tables.dialect.final(sql))

    def answers() -> list[Answer]:
        rows = {_int(row[0]): row[1:] for row in begun()}
        return [_at_rank(value, rows.get(number)) for number in numbers]

    return answers


def _over(condition: str) -> str:
    """How many rows of a scope a condition holds for, beside each row; Sail plans no window over what never holds."""
    if condition == NEVER:
        return "0"
    return f"{Count(condition)} OVER (PARTITION BY s)"


def rank_of(rank: core.Expr, env: Env) -> Fraction | None:
    """Which percentile is asked for in a scope; `None` where that can't be said."""
    try:
        return env.number(rank)
    except Failure:
        return None


def _at_rank(value: Num, row: Sequence[object] | None) -> Answer:
    if row is None:
        return Summed(0)
    count, failing, found = row
    if failing:
        return None
    if not count:
        return Summed(0)
    return Summed(_int(count), Fraction(_int(found), value.scale))


Read = Callable[[int, Sequence[object]], Summed]


def combined_columns(tables: SmallTables, rows: int, e: core.Aggregate, of: Taken) -> tuple[Sequence[str], Read]:
    """The columns that an aggregate needs, and what they mean.

    Raises:
        Refused: it counts different values that a query can't tell apart.
    """
    value, weight, taken = of.value, of.weight, of.where

    def chosen(sql: str) -> str:
        return f"CASE WHEN {taken} THEN {sql} END" if taken else sql

    match e.kind, value:
        case "sum", Num(scale=scale):
            return [total(value, taken, rows, tables)], lambda n, row: Summed(n, Fraction(_int(row[0] or 0), scale))
        case "mean", Num(scale=scale):
            if e.weight is None:
                return [total(value, taken, rows, tables)], lambda n, row: Summed(
                    n, Fraction(_int(row[0] or 0), scale), Fraction(n)
                )
            product = multiply(value, weight)
            columns = [total(product, taken, rows, tables), total(weight, taken, rows, tables)]
            return columns, lambda n, row: Summed(
                n, Fraction(_int(row[0] or 0), product.scale), Fraction(_int(row[1] or 0), weight.scale)
            )
        case ("lowest" | "highest") as kind, Num(scale=scale):
            word = "MIN" if kind == "lowest" else "MAX"
            return [f"{word}({chosen(value.sql)})"], lambda n, row: Summed(
                n, Fraction(_int(row[0]), scale) if n else None
            )
        case ("lowest" | "highest") as kind, Day():
            word = "MIN" if kind == "lowest" else "MAX"
            return [f"{word}({chosen(value.sql)})"], lambda n, row: Summed(n, known_day(row[0]) if n else None)
        case "distinct", Num() | Text() | Day() | Flag():
            return [f"COUNT(DISTINCT {chosen(value.sql)})"], lambda n, row: Summed(n, Fraction(_int(row[0])))
        case kind, _:
            raise Refused(kind)


# --- rows that are paid -------------------------------------------------------------------------------------------


@define(eq=False, repr=False)
class Paying(Shown):
    """The steps of an `each` over rows, lowered: its payments with the condition that each is made on."""

    lowering: Lowering
    fails: list[str] = field(factory=list)
    pays: list[tuple[core.Pays, str, Num]] = field(factory=list)

    def steps(self, steps: Sequence[core.Stmt], path: str) -> None:
        """Lower steps that are carried out where `path` holds.

        Raises:
            Refused: a query can't say it.
        """
        for step in steps:
            match step:
                case core.Let():
                    pass
                case core.Pays():
                    amount = self.lowering.number(step.value)
                    self.fails.append(both(path, any_of(amount.fail, amount.null)))
                    self.pays.append((step, path, amount))
                case core.Unsettled(condition, _):
                    held = self.lowering.condition(condition)
                    self.fails.append(both(path, any_of(held.fail, "" if held.constant is False else held.sql)))
                case core.When(cases, otherwise):
                    self.when(cases, otherwise, path)
                case _:
                    raise Refused(f"{type(step).__name__} inside rows")

    def when(
        self, cases: Sequence[tuple[core.Expr, Sequence[core.Stmt]]], otherwise: Sequence[core.Stmt], path: str
    ) -> None:
        """Lower cases, each under the condition that it is the first that holds."""
        left = path
        name = self.lowering.rowset.name
        for condition, then in cases:
            held = self.lowering.condition(condition)
            self.fails.append(both(left, held.fail))
            if held.constant is True:
                self.steps(then, left)
                return
            if held.constant is False:
                continue
            self.steps(then, name(_sure(left, held.sql)))
            left = name(_sure(left, f"(NOT {held.sql})"))
        self.steps(otherwise, left)


def _sure(path: str, condition: str) -> str:
    """Both, and never NULL."""
    return f"COALESCE({both(path, condition)}, FALSE)"


def paying(site: Site, step: core.Each, asks: Sequence[Ask]) -> Answers:
    """An `each` over rows, for each scope.

    Raises:
        Refused: a query can't say it.
    """
    made = lowered_each(site, step, asks)
    found = site.begin(made.lowering, total_columns(site, made))
    return lambda: [blocks(site, made, row) for row in found()]


def total_columns(site: Site, made: Paying) -> list[str]:
    """How many rows fail, then for each payment how many lines it makes and what they come to."""
    rows = site.relation.rows
    columns: list[str] = [Count(any_of(*made.fails))]
    for _, taken, amount in made.pays:
        columns += [Count(taken or ALWAYS), total(amount, taken, rows, site.tables)]
        if site.line_step is not None:
            whole = rounded(amount, site.line_step, site.mode, site.tables.dialect, made.lowering.rowset.name)
            columns.append(total(whole, taken, rows, site.tables))
    return columns


def lowered_each(site: Site, step: core.Each, asks: Sequence[Ask]) -> Paying:
    """The condition that rows are chosen by, and the steps that they are paid by.

    Raises:
        Refused: a query can't say it.
    """
    rows = step.rows
    assert rows is not None
    inner = [evolve(ask, env=with_lets(step, rows, ask.env)) for ask in asks]
    parts: list[object] = [part for part in (rows.where, step.steps) if part is not None]
    lowering = site.open(inner, parts, rows.row)
    where, fail = lowering.chosen(rows.where)
    made = Paying(lowering, [fail])
    made.steps(step.steps, lowering.rowset.name(_sure("", where)) if where else "")
    return made


def with_lets(step: core.Each, rows: core.Rows, env: Env) -> Env:
    """The scope around the rows of an `each`, in which the block's own lets are columns of the row."""
    derived = {(rows.fact, name): Derived(rows.row, e) for name, e in own_lets(step.steps).items()}
    return evolve(env, derived={**env.derived, **derived}, lets={})


def blocks(site: Site, made: Paying, row: tuple[object, ...] | None) -> tuple[Block, ...] | None:
    """What the columns of a scope's row say; `None` when some row may fail."""
    if row is not None and row[0]:
        return None
    found = []
    width = 3 if site.line_step is not None else 2
    for at, (step, _, amount) in enumerate(made.pays):
        cells = row[1 + at * width : 1 + (at + 1) * width] if row is not None else (0,) * width
        exact = Fraction(_int(cells[1] or 0), amount.scale)
        payable = exact
        if site.line_step is not None:
            payable = Fraction(_int(cells[2] or 0), site.line_step.denominator)
        found.append(Block(step, _int(cells[0]), exact, payable))
    return tuple(found)
