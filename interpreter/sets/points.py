"""What a query takes from outside its rows: parameters, lets and tables, worked out by the reference evaluator.

A query answers for many scopes at once: one for each pair of parties, period and month that asks. A dated value may
change inside a scope, so that each scope has a point for every stretch of days in which nothing changes. An expression
that asks nothing of the row has one value at each point, and all of them make up a column of the parameter table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import lcm

from attrs import define, field, frozen

from dsl.alike import Shown
from interpreter import core, types as t
from interpreter.arguments import outward
from interpreter.casts import Late
from interpreter.facts import Fact
from interpreter.order import expressions
from interpreter.runtime import Env
from interpreter.sets.expressions import lasting
from interpreter.sets.relation import Stored
from interpreter.sets.values import ALWAYS, NARROW, Day, Fixed, Flag, Lowered, Num, Refused, day_literal, fits, literal
from interpreter.values import Failure, Missing

ONE_DAY = timedelta(days=1)
MOST_POINTS = 100_000


@frozen(eq=False, repr=False)
class Ask(Shown):
    """A scope that rows are asked for in, and which rows: those of the parties, dated from `start` to `end`.

    Args:
        env: the scope around the rows.
        provider, buyer: codes; `None` is any.
        start, end: `None` is open.
    """

    env: Env
    provider: str | None
    buyer: str | None
    start: date | None
    end: date | None

    @classmethod
    def of(cls, rows: core.Rows, env: Env, fact: Fact, start: date | None = None, end: date | None = None) -> Ask:
        """The rows of a fact that an expression asks for in a scope, dated from `start` to `end`."""
        provider = env.ledger.provider if fact.provider and not rows.all_providers else None
        return cls(env, provider, env.ledger.buyer if fact.buyer else None, start, end)


@frozen(eq=False, repr=False)
class Point(Shown):
    """A stretch of days of a scope in which no dated value changes, with the scope as it is for a row dated then."""

    ask: int
    start: date | None
    end: date | None
    env: Env


@define(eq=False, repr=False)
class Points(Shown):
    """The points of a query, and the columns of its parameter table.

    Args:
        asks: the scopes.
        points: their points, by scope and day.
        columns: (name, type, one value a point).
    """

    asks: Sequence[Ask]
    points: Sequence[Point]
    columns: list[tuple[str, str, tuple[Stored, ...]]] = field(factory=list)

    def value(self, e: core.Expr) -> Lowered:
        """An expression that asks nothing of the row.

        Raises:
            Refused: it has values that a query can't hold.
        """
        return self._lowered(e.type, self.found(e))

    def found(self, e: core.Expr) -> list[object]:
        """What the reference evaluator says at each point: a value, `Missing` or a `Failure`.

        Raises:
            Refused: it asks for a row that isn't there.
        """
        bound = {part.rows.row for part in expressions(e) if isinstance(part, core.Aggregate | core.Pick) and part.rows}
        if any(isinstance(p, core.ColumnRef | core.LetRef) and p.row and p.row not in bound for p in expressions(e)):
            raise Refused("another row")
        if self.points and any(home_known(name, self.points[0].env) is None for name in named(e)):
            raise Refused("a let of a group inside other rows")
        keys = self.points[0].env.keys if self.points else {}
        if any(isinstance(part, core.GroupKey) and part.name not in keys for part in expressions(e)):
            raise Refused("a group's key inside other rows")
        found: list[object] = []
        for point in self.points:
            try:
                found.append(point.env.value(e))
            except Failure as failure:
                found.append(failure)
        return found

    def _lowered(self, kind: t.Type, values: Sequence[object]) -> Lowered:
        fail = self._when([isinstance(v, Failure) for v in values])
        null = self._when([isinstance(v, Missing) for v in values])
        there = [v for v in values if not isinstance(v, Failure | Missing)]
        match kind:
            case t.Num():
                return self._number(values, [v for v in there if isinstance(v, Fraction)], null, fail)
            case t.Bool():
                if there and len(set(there)) == 1 and not null and not fail:
                    constant = bool(there[0])
                    return Flag(sql="TRUE" if constant else "FALSE", constant=constant)
                column = self.column("BOOLEAN", [v if isinstance(v, bool) else None for v in values])
                return Flag(sql=column, null=null, fail=fail)
            case t.Day():
                days = [v if isinstance(v, date) else None for v in values]
                same = len(set(days)) == 1 and days[0] is not None
                return Day(
                    sql=day_literal(days[0]) if same and days[0] else self.column("DATE", days), null=null, fail=fail
                )
            case t.Code() | t.Choice():
                return Fixed(values=tuple(v if isinstance(v, str) else None for v in values), null=null, fail=fail)
            case _:
                raise Refused("a value of the contract that is no number, code, date or condition")

    def _number(self, values: Sequence[object], there: Sequence[Fraction], null: str, fail: str) -> Num:
        if not there:
            return Num(sql="CAST(NULL AS BIGINT)", low=0, high=0, null=null, fail=fail)
        scale = lcm(*(v.denominator for v in there))
        whole = [int(v * scale) if isinstance(v, Fraction) else None for v in values]
        ints = [v for v in whole if v is not None]
        low, high = min(ints), max(ints)
        fits(low, high)
        if low == high and not null and not fail:
            return Num(sql=literal(low), scale=scale, low=low, high=high)
        if max(abs(low), abs(high)) > NARROW:
            raise Refused("a value of the contract of more than 63 bits")
        return Num(sql=self.column("BIGINT", whole), scale=scale, low=low, high=high, null=null, fail=fail)

    def _when(self, flags: Sequence[bool]) -> str:
        if not any(flags):
            return ""
        return ALWAYS if all(flags) else self.column("BOOLEAN", flags)

    def column(self, kind: str, values: Sequence[Stored]) -> str:
        """The name of a column of the parameter table with these values, one a point."""
        wanted = tuple(values)
        for name, known, there in self.columns:
            if known == kind and there == wanted:
                return name
        name = f"v{len(self.columns)}"
        self.columns.append((name, kind, wanted))
        return name


def points_of(asks: Sequence[Ask], parts: Sequence[object], *, dated: bool) -> Points:
    """The points of scopes.

    Args:
        asks: the scopes.
        parts: the expressions that are asked for in the rows of each.
        dated: whether the rows have dates, by which dated values are chosen.

    Raises:
        Refused: there are too many.
    """
    found: list[Point] = []
    known: dict[tuple[object, ...], set[date]] = {}
    for at, ask in enumerate(asks):
        if not dated:
            found.append(Point(at, None, None, _inside(ask.env, None)))
            continue
        # The scopes stand in one place of a form: what is dated there is the clause's and the contract's.
        own = dates_of(ask.env)
        if own not in known:
            known[own] = cut_days(parts, ask.env)
        cuts = sorted(d for d in known[own] if _within(d, ask))
        starts = [ask.start or date.min, *cuts]
        ends = [*(cut - ONE_DAY for cut in cuts), ask.end or date.max]
        found += [
            Point(at, start, end, _inside(ask.env, start))
            for start, end in zip(starts, ends, strict=True)
            if start <= end
        ]
        if len(found) > MOST_POINTS:
            raise Refused("too many dated values")
    return Points(asks, found)


def _within(day: date, ask: Ask) -> bool:
    return (ask.start or date.min) < day <= (ask.end or date.max)


def _inside(env: Env, on: date | None) -> Env:
    """The scope as a row of that day has it; see `interpreter.arguments.inside`."""
    return Env(
        env.ledger,
        env.instance,
        env.period,
        on or env.start,
        on or env.end,
        around=env,
        rows=env.rows,
        group=env.group,
        keys=env.keys,
        previous=env.previous,
        offers=env.offers,
    )


def kinds(envs: Iterable[Env]) -> list[Env]:
    """Of scopes in one place of a form, one of each kind: what is asked of one holds for all that have its arguments.

    One contract gives a price for each, another the same price for each month: what a query may not say of the second
    must not be decided by looking at the first.
    """
    found: dict[tuple[object, ...], Env] = {}
    for env in envs:
        found.setdefault(dates_of(env), env)
    return list(found.values())


def dates_of(env: Env) -> tuple[object, ...]:
    """What decides which dated values scopes in one place of a form meet: two that have it in common meet the same."""
    instance, tables = env.instance, env.ledger.tables
    if not isinstance(instance, core.Instance) or instance.model is not None:
        return id(instance), id(tables)
    arguments = instance.arguments
    named: object
    if isinstance(arguments, Late):  # which days and tables they have their mould says
        dates, known = arguments.cast.mould.dates, id(arguments.raw)
        if known not in dates:
            dates[known] = tables_named(arguments)
        named = dates[known]
    else:
        named = tables_named(arguments)
    if named is None:
        return id(instance), id(tables)
    return id(instance.form), named, *(id(table.common) for table in tables.values())


def tables_named(arguments: Mapping[str, core.Argument]) -> tuple[tuple[str, str, str], ...] | None:
    """Arguments by name, with what they are a rate per and the name of a table.

    Returns:
        `None` when one is neither a table nor one constant, or one rate, for all days.
    """
    named: list[tuple[str, str, str]] = []
    for name, argument in arguments.items():
        value = lasting(argument)
        while isinstance(value, core.Renamed):
            value = value.of
        if not isinstance(value, core.Const | core.TableRef):
            return None
        named.append((name, argument.per, value.name if isinstance(value, core.TableRef) else ""))
    return tuple(named)


def cut_days(parts: Sequence[object], env: Env) -> set[date]:
    """The days on which something dated that expressions may ask for begins to hold, or has ended the day before."""
    found: set[date] = set()
    for e, scope in reached(parts, env):
        match e:
            case core.Param(name) if scope.instance is not None:
                argument = scope.instance.arguments.get(name)
                for stretch in argument.stretches if argument is not None else ():
                    found |= _ends(stretch.start, stretch.end)
            case core.TableRef(name):
                found |= scope.ledger.tables[name].common.changes()
            case _:
                pass
        if handed_table(e, scope):
            found |= {day for table in scope.ledger.tables.values() for day in table.common.changes()}
    return found


def handed_table(e: core.Node, scope: Env) -> bool:
    """Whether an expression is a table that another clause hands on, whichever it is."""
    if not isinstance(e.type, t.Table):
        return False
    own = scope.instance.arguments if scope.instance is not None else {}
    return isinstance(e, core.Given) or (isinstance(e, core.Param) and e.name not in own)


def _ends(start: date | None, end: date | None) -> set[date]:
    found = {start} if start else set()
    return found | {end + ONE_DAY} if end and end < date.max else found


def reached(parts: Sequence[object], env: Env) -> Iterator[tuple[core.Node, Env]]:
    """Every expression that some expressions are made of, through lets, parameters and models, with its scope."""
    stack: list[tuple[object, Env]] = [(part, env) for part in parts]
    seen: set[tuple[object, int]] = set()
    while stack:
        thing, scope = stack.pop()
        for e in expressions(thing):
            yield e, scope
            inner: list[tuple[object, Env]] = []
            match e:
                case core.Param(name) if scope.instance is not None:
                    at: tuple[object, int] = (("param", name), id(scope.instance))
                    argument, declared = scope.instance.arguments.get(name), scope.instance.parameter(name)
                    if argument is not None:
                        inner = [(argument, outward(scope))]
                    elif declared is not None and declared.default is not None:
                        inner = [(declared.default, scope)]
                case core.LetRef(name, ""):
                    home = home_known(name, scope)
                    if home is None:  # a let of a block inside, whose value is among the parts
                        continue
                    at, inner = (("let", name), id(home)), [(home.definitions[name], home)]
                case core.LetRef(name, _):
                    at, inner = (("derived", name), 0), [(e2, scope) for e2 in derived_named(name, scope)]
                case _:
                    continue
            if at not in seen:
                seen.add(at)
                stack += inner


def named(e: core.Expr) -> list[str]:
    """The lets that an expression names itself, those of rows left out."""
    return [part.name for part in expressions(e) if isinstance(part, core.LetRef) and not part.row]


def home_known(name: str, env: Env) -> Env | None:
    """The scope in which a let stands, from a scope outwards."""
    scope: Env | None = env
    while scope is not None and name not in scope.definitions:
        scope = scope.around
    return scope


def derived_named(name: str, env: Env) -> list[core.Expr]:
    """The lets of rows that are called so, from a scope outwards."""
    found: list[core.Expr] = []
    scope: Env | None = env
    while scope is not None:
        found += [derived.value for (_, let), derived in scope.derived.items() if let == name]
        scope = scope.around
    return found


def leans_on_days(value: core.Expr, env: Env, *, dated: bool) -> bool:
    """Whether a value of a row may be another in a month of a clause than in the whole of it.

    Args:
        value: the value.
        env: the scope around the row.
        dated: whether the row has a date, by which dated values are chosen.
    """
    for e, scope in reached([value], env):
        match e:
            case core.PeriodRef("month") | core.PerPeriod() | core.FactRow():
                return True
            case core.Aggregate(rows=core.Rows(window=None) as rows) | core.Pick(rows=core.Rows(window=None) as rows):
                if scope.ledger.facts[rows.fact].fact.dated:
                    return True
            case core.Param(name) if scope.instance is not None and name in scope.instance.arguments:
                argument = scope.instance.arguments[name]
                if argument.per or (not dated and any(s.start or s.end for s in argument.stretches)):
                    return True
            case core.TableRef(name) if not dated and scope.ledger.tables[name].common.changes():
                return True
            case _ if not dated and handed_table(e, scope):
                return True
            case _:
                pass
    return False


def signature(ask: Ask) -> tuple[object, ...]:
    """What tells the rows of one scope from those of another."""
    return ask.provider, ask.buyer, ask.start, ask.end
