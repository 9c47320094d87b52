"""Expressions inside the rows of a fact, as SQL over integers.

Assumes: core is sound. Guarantees: where a row's `fail` and `null` don't hold, its value is that of
`interpreter.evaluate`; where the reference would fail, `fail` holds. What can't be said so is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from attrs import define, evolve, field, frozen

from dsl.alike import Shown
from interpreter import core, types as t
from interpreter.lookup import TableIndex
from interpreter.order import expressions
from interpreter.runtime import Env
from interpreter.sets import conditions, days, numbers
from interpreter.sets.lookups import looked_up
from interpreter.sets.points import leans_on_days
from interpreter.sets.rowset import Rowset
from interpreter.sets.values import (
    ALWAYS,
    Day,
    Entry,
    Flag,
    Lowered,
    Num,
    Refused,
    add,
    any_of,
    both,
    choose,
    multiply,
    negate,
    number,
    unless,
)
from interpreter.units import DAY
from interpreter.values import Failure, Missing


@frozen(eq=False, repr=False)
class Taken(Shown):
    """What an aggregate takes of the rows.

    Args:
        value, weight: what is added up of each, and how much it weighs.
        where: the condition that a row is taken on, empty for all of them.
        fail: when a row, taken or not, fails the aggregate.
    """

    value: Lowered
    weight: Num
    where: str
    fail: str


@define(eq=False, repr=False)
class Lowering(Shown):
    """Lowers the expressions of one query.

    Args:
        rowset: the query.
        envs: the scopes around the rows, one of each kind; what lets are called is the same in all of them.
        variables: the names by which expressions call the row.
        special: what stands for certain expressions instead: the aggregates of a group.
    """

    rowset: Rowset
    envs: Sequence[Env]
    variables: set[str]
    mode: str
    special: dict[int, Lowered] = field(factory=dict)
    keys: Mapping[str, Lowered] = field(factory=dict)
    of_group: bool = False
    group_lets: Mapping[str, core.Expr] = field(factory=dict)
    related: Callable[[core.Expr, Lowering], Lowered] | None = None
    known: dict[int, Lowered] = field(factory=dict)
    lets: dict[str, Lowered] = field(factory=dict)
    asked: dict[int, bool] = field(factory=dict)
    kept: list[object] = field(factory=list)

    def outer(self, e: core.Expr) -> bool:
        """Whether an expression asks nothing of the row (or group)."""
        if id(e) not in self.asked:
            self.kept.append(e)
            self.asked[id(e)] = not any(self._of_row(part) for part in expressions(e))
        return self.asked[id(e)]

    def _of_row(self, e: core.Node) -> bool:
        match e:
            case core.ColumnRef(row, _):
                return row in self.variables
            case core.LetRef(name, ""):
                return name in self.group_lets and not self.outer(self.group_lets[name])
            case core.LetRef(_, row):
                return row in self.variables
            case core.GroupKey(name):
                return name in self.keys
            case core.Pick(_, rows):
                return self.of_group and rows.group
            case core.Aggregate():
                return (
                    id(e) in self.special
                    or e.until in self.variables
                    or (self.of_group and e.rows is not None and e.rows.group)
                )
            case _:
                return False

    def value(self, e: core.Expr) -> Lowered:
        """An expression as SQL.

        Raises:
            Refused: it can't be.
        """
        if id(e) in self.special:
            return self.special[id(e)]
        if id(e) not in self.known:
            self.kept.append(e)
            self.known[id(e)] = self.rowset.points.value(e) if self.outer(e) else self.rowset.shortened(self._value(e))
        return self.known[id(e)]

    def number(self, e: core.Expr) -> Num:
        """A number as SQL."""
        found = self.value(e)
        assert isinstance(found, Num)
        return found

    def condition(self, e: core.Expr) -> Flag:
        """A condition that must have an answer: where it is missing, it fails."""
        found = self.value(e)
        assert isinstance(found, Flag)
        return evolve(found, null="", fail=any_of(found.fail, found.null))

    def chosen(self, where: core.Expr | None) -> tuple[str, str]:
        """The condition that rows are chosen by, empty for all of them, and when it fails."""
        if where is None:
            return "", ""
        held = self.condition(where)
        return "" if held.constant else held.sql, held.fail

    def taken(self, e: core.Aggregate, rows: core.Rows) -> Taken:
        """What an aggregate takes of the rows: one for each where it counts."""
        chosen, fail = self.chosen(rows.where)
        one = number(Fraction(1))
        if e.of is None:
            return Taken(one, one, chosen, fail)
        value, weight = self.value(e.of), one
        value_fail = value.fail if e.present else any_of(value.fail, value.null)
        taken = both(chosen, f"(NOT {value.null})") if value.null and e.present else chosen
        if e.weight is not None:
            weight = self.number(e.weight)
            value_fail = any_of(value_fail, unless(value.null, any_of(weight.fail, weight.null)))
        return Taken(value, weight, taken, any_of(fail, both(chosen, value_fail)))

    def _value(self, e: core.Expr) -> Lowered:
        match e:
            case core.ColumnRef(_, name):
                return self.rowset.column(name)
            case core.LetRef(name, ""):
                return self.value(self.group_lets[name])
            case core.LetRef(name, row):
                return self._let(name, row)
            case core.GroupKey(name):
                return self.keys[name]
            case core.Compare(op, left, right):
                return conditions.compared(self.rowset, op, self.value(left), self.value(right))
            case core.Logic(op, parts):
                return conditions.logic(op, [self.condition(part) for part in parts])
            case core.Not(of):
                held = self.condition(of)
                return evolve(
                    held, sql=f"(NOT {held.sql})", constant=None if held.constant is None else not held.constant
                )
            case core.Add(first, rest):
                return self._sum(first, rest)
            case core.Multiply(first, rest):
                return self._product(e, first, rest)
            case core.Negate(of):
                return negate(self.number(of))
            case core.Cases(cases, otherwise):
                return choose(
                    [(self.condition(c), self.value(v)) for c, v in self._taken(cases)], self.value(otherwise)
                )
            case core.Else(of, default):
                return self._default(self.value(of), self.value(default))
            case core.Presence(of, missing):
                return self._presence(self.value(of), missing=missing)
            case core.Member(of, name):
                return self._member(self.value(of), name)
            case core.EntryOf():
                return looked_up(self.rowset, e, [self.value(key) for key in e.keys])
            case core.Among(of, members):
                return conditions.among(self.value(of), self._members(members))
            case core.Between(of, low, high):
                return conditions.between(self.value(of), self.value(low), self.value(high))
            case core.Round(of, step):
                return self._round(of, step)
            case core.Call(name, arguments):
                return self._call(name, [self.value(a) for a in arguments])
            case core.Tariff():
                return self._tariff(e)
            case core.Aggregate() | core.Pick() | core.FactRow():
                if self.related is None:
                    raise Refused("rows of a fact for each row")
                return self.related(e, self)
            case _:
                raise Refused(type(e).__name__)

    def _taken(self, cases: tuple[tuple[core.Expr, core.Expr], ...]) -> list[tuple[core.Expr, core.Expr]]:
        """The cases that may apply: a branch that is never taken may hold what can't be said."""
        found = []
        for condition, value in cases:
            held = self.condition(condition).constant
            if held is False:
                continue
            found.append((condition, value))
            if held is True:
                break
        return found

    def _let(self, name: str, row: str) -> Lowered:
        key = f"{row}.{name}"
        if key not in self.lets:
            fact = self.rowset.relation.fact
            homes = [_home(fact.name, name, env) for env in self.envs]
            derived = homes[0].derived[fact.name, name]
            for env, home in zip(self.envs, homes, strict=True):
                if home is not env and leans_on_days(derived.value, home, dated=bool(fact.dated)):
                    raise Refused("a let of rows that stands in another scope")
            around, self.variables = self.variables, {derived.row}  # a row around may be called the same
            try:
                self.lets[key] = self.value(derived.value)
            finally:
                self.variables = around
        return self.lets[key]

    def _sum(self, first: core.Expr, rest: tuple[tuple[str, core.Expr], ...]) -> Lowered:
        start = self.value(first)
        if isinstance(start, Day):
            return self._moved(start, rest)
        assert isinstance(start, Num)
        outside = [(op, part) for op, part in rest if self.outer(part)]
        parts = [(1, start)]
        parts += [(1 if op == "+" else -1, self.number(part)) for op, part in rest if not self.outer(part)]
        parts += [(1 if op == "+" else -1, self.number(part)) for op, part in outside]
        return add(parts)

    def _moved(self, day: Day, rest: tuple[tuple[str, core.Expr], ...]) -> Lowered:
        for op, part in rest:
            value, sign = self.value(part), 1 if op == "+" else -1
            if isinstance(value, Day):
                return days.between(self.rowset, day, value)
            assert isinstance(value, Num)
            assert isinstance(part.type, t.Num)
            if part.type.unit.dimension == DAY.dimension:
                day = days.by_days(self.rowset, day, value, sign)
            else:
                day = days.by_months(self.rowset, day, value, sign, self.envs[0].ledger.program.terms.month_end)
        return day

    def _product(self, e: core.Multiply, first: core.Expr, rest: tuple[tuple[str, core.Expr], ...]) -> Num:
        """A product; all that is outside the row is worked out first, divisions by it included."""
        parts = [("*", first), *rest]
        if any(op == "/" and not self.outer(part) for op, part in parts):
            raise Refused("division by something of the row")
        outside = tuple((op, part) for op, part in parts if self.outer(part))
        inside = [self.number(part) for _, part in parts if not self.outer(part)]
        product = inside[0]
        for part in inside[1:]:
            product = multiply(product, part)
        if outside:
            one = core.Const(Fraction(1), type=t.FRACTION)
            product = multiply(
                product, self.number(self._made(core.Multiply(one, outside, type=e.type, span=e.span), e))
            )
        return product

    def _made(self, e: core.Expr, of: core.Expr) -> core.Expr:
        """An expression that we made ourselves, the same each time it is made for another."""
        return self._ours.setdefault(id(of), e)

    _ours: dict[int, core.Expr] = field(factory=dict)

    def _default(self, of: Lowered, default: Lowered) -> Lowered:
        if not of.null:
            return of
        return choose([(Flag(sql=of.null, fail=of.fail), default)], evolve(of, null="", fail=""))

    def _presence(self, of: Lowered, *, missing: bool) -> Flag:
        if of.null in ("", ALWAYS) and not of.fail:
            return conditions.YES if (of.null == ALWAYS) == missing else conditions.NO
        sql = of.null or "FALSE"
        return Flag(sql=sql if missing else f"(NOT {sql})", fail=of.fail)

    def _member(self, of: Lowered, name: str) -> Lowered:
        assert isinstance(of, Entry)
        column = of.columns[name]
        return evolve(column, null=any_of(of.null, column.null), fail=any_of(of.fail, column.fail))

    def _members(self, members: tuple[core.Expr, ...]) -> list[object]:
        """What members of a set are, for all rows and scopes alike."""
        if not all(self.outer(member) for member in members):
            raise Refused("members that differ by row")
        if not self.rowset.points.points:
            raise Refused("no scope asks")
        known: list[object] = []
        for member in members:
            values = self.rowset.points.found(member)
            if any(isinstance(v, Failure | Missing) or v != values[0] for v in values):
                raise Refused("members that change")
            known.append(values[0])
        return known

    def _round(self, of: core.Expr, step: core.Expr) -> Num:
        found = self.rowset.points.found(step) if self.outer(step) else []
        if not found or not isinstance(found[0], Fraction) or any(v != found[0] for v in found) or found[0] <= 0:
            raise Refused("rounding to what changes")
        return numbers.rounded(self.number(of), found[0], self.mode, self.rowset.tables.dialect, self.rowset.name)

    def _call(self, name: str, values: list[Lowered]) -> Lowered:
        given = [v for v in values if isinstance(v, Num)]
        dates = [v for v in values if isinstance(v, Day)]
        short, dialect = self.rowset.name, self.rowset.tables.dialect
        match name, given, dates:
            case "clamp", [value, low, high], _:
                return numbers.clamped(value, low, high, short)
            case "lesser", [a, b], _:
                return numbers.lesser(a, b, short)
            case "greater", [a, b], _:
                return numbers.greater(a, b, short)
            case "absolute", [a], _:
                return numbers.absolute(a, short)
            case "floor", [a], _:
                return numbers.floor(a, dialect, short)
            case "ceiling", [a], _:
                return numbers.ceiling(a, dialect, short)
            case (("year_of" | "month_of"), _, [day]):
                return days.part(self.rowset, name, day)
            case "age", _, [born, on]:
                return days.age(self.rowset, born, on)
            case _:
                raise Refused(name)

    def _tariff(self, e: core.Tariff) -> Num:
        amount = self.number(e.of)
        found = {id(v[0] if isinstance(v, tuple) else v): v for v in self.rowset.points.found(e.table)}
        if len(found) > 1:
            raise Refused("brackets that change")
        if not found:
            raise Refused("no scope asks")
        table = next(iter(found.values()))
        while isinstance(table, tuple):
            table = table[0]
        if not isinstance(table, TableIndex) or any(line.start or line.end for line in table.data.lines):
            raise Refused("brackets that change")
        brackets = []
        for line in table.data.lines:
            bound, rate = line.keys[0].low, line.values[0]
            if not isinstance(bound, Fraction) or not isinstance(rate, Fraction):
                raise Refused("a bracket without a rate")
            brackets.append((bound, rate))
        if not brackets:
            raise Refused("no brackets")
        return numbers.bracketed(amount, sorted(brackets), self.rowset.name)


def _home(fact: str, name: str, env: Env) -> Env:
    """The scope in which a let of a fact's rows stands, from a scope outwards."""
    scope: Env | None = env
    while scope is not None and (fact, name) not in scope.derived:
        scope = scope.around
    assert scope is not None
    return scope
