"""Expressions inside the rows of a fact, as SQL over integers.

Assumes: core is sound. Guarantees: where a row's `fail` and `null` don't hold, its value is that of
`interpreter.evaluate`; where the reference would fail, `fail` holds. What can't be said so is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction

from dsl.classes import define, evolve, field
from interpreter import core, types as t
from interpreter.lookup import TableIndex, code_between, matches_code
from interpreter.order import expressions
from interpreter.runtime import Env
from interpreter.sets import numbers
from interpreter.sets.codes import equal, within
from interpreter.sets.lookups import looked_up
from interpreter.sets.rowset import Rowset
from interpreter.sets.values import (
    ALWAYS,
    Day,
    Entry,
    Fixed,
    Flag,
    Lowered,
    Num,
    Refused,
    Text,
    add,
    any_of,
    both,
    choose,
    day_literal,
    multiply,
    negate,
    number,
    together,
    unless,
)
from interpreter.values import Failure, Missing

YES, NO = Flag(sql="TRUE", constant=True), Flag(sql="FALSE", constant=False)


@define(eq=False)
class Lowering:
    """Lowers the expressions of one query.

    Args:
        rowset: the query.
        env: the scope around the rows, for what lets are called; that of any of the scopes asked for.
        variables: the names by which expressions call the row.
        special: what stands for certain expressions instead: the aggregates of a group.
    """

    rowset: Rowset
    env: Env
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
        if not isinstance(found, Num):
            raise Refused("a value that is no number")
        return found

    def condition(self, e: core.Expr) -> Flag:
        """A condition that must have an answer: where it is missing, it fails."""
        found = self.value(e)
        if not isinstance(found, Flag):
            raise Refused("a condition that is no condition")
        return evolve(found, null="", fail=any_of(found.fail, found.null))

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
                return self._compare(op, self.value(left), self.value(right))
            case core.Logic(op, parts):
                return self._logic(op, [self.condition(part) for part in parts])
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
                return self._among(self.value(of), members)
            case core.Between(of, low, high):
                return self._between(self.value(of), self.value(low), self.value(high))
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
            scope: Env | None = self.env
            fact = self.rowset.relation.fact.name
            while scope is not None and (fact, name) not in scope.derived:
                scope = scope.around
            if scope is None:
                raise Refused("a let of another fact")
            derived = scope.derived[fact, name]
            self.variables.add(derived.row)
            self.lets[key] = self.value(derived.value)
        return self.lets[key]

    def _compare(self, op: str, left: Lowered, right: Lowered) -> Flag:
        match left, right:
            case Num(), Num():
                return numbers.compared(op, left, right)
            case Day(), Day():
                null, fail = together([left, right])
                return Flag(sql=f"({left.sql} {'<>' if op == '!=' else op} {right.sql})", null=null, fail=fail)
            case ((Text() | Fixed()), (Text() | Fixed())):
                return equal(self.rowset, op, left, right)
            case Flag(), Flag() if op in ("=", "!="):
                null, fail = together([left, right])
                return Flag(sql=f"({left.sql} {'<>' if op == '!=' else op} {right.sql})", null=null, fail=fail)
            case _:
                raise Refused("a comparison of such values")

    def _logic(self, op: str, parts: list[Flag]) -> Flag:
        """From left to right: what comes after a part that decides is not asked for."""
        decides = op == "or"
        kept: list[Flag] = []
        for part in parts:
            if part.constant is None:
                kept.append(part)
            elif part.constant is decides:
                kept.append(part)
                break
        if not kept:
            return NO if decides else YES
        if kept[0].constant is not None:
            return YES if decides else NO
        fails, path = [], ""
        for part in kept:
            fails.append(both(path, part.fail))
            own = f"(NOT {part.sql})" if decides else part.sql
            path = f"({path} AND {own})" if path else own
        word = " OR " if decides else " AND "
        return Flag(sql=f"({word.join(p.sql for p in kept)})", fail=any_of(*fails))

    def _sum(self, first: core.Expr, rest: tuple[tuple[str, core.Expr], ...]) -> Lowered:
        start = self.value(first)
        if isinstance(start, Day):
            return self._moved(start, rest)
        if not isinstance(start, Num):
            raise Refused("a sum of such values")
        outside = [(op, part) for op, part in rest if self.outer(part)]
        parts = [(1, start)]
        parts += [(1 if op == "+" else -1, self.number(part)) for op, part in rest if not self.outer(part)]
        parts += [(1 if op == "+" else -1, self.number(part)) for op, part in outside]
        return add(parts)

    def _moved(self, day: Day, rest: tuple[tuple[str, core.Expr], ...]) -> Lowered:
        for op, part in rest:
            value = self.value(part)
            null, fail = together([day, value])
            if isinstance(value, Day):
                if len(rest) > 1 or op == "+":
                    raise Refused("a sum of dates")
                sql = self.rowset.tables.dialect.days.format(a=day.sql, b=value.sql)
                return Num(sql=f"CAST({sql} AS BIGINT)", low=-3_700_000, high=3_700_000, null=null, fail=fail)
            if not isinstance(value, Num) or value.scale != 1 or not isinstance(part.type, t.Num):
                raise Refused("a date moved by a part of a day")
            if part.type.unit.dimension != (("day", 1),) or max(abs(value.low), abs(value.high)) > 100_000:
                raise Refused("a date moved by months")
            by = value.sql if op == "+" else f"- {value.sql}"
            sql = self.rowset.name(self.rowset.tables.dialect.later.format(a=day.sql, b=by))
            outside = f"(NOT {sql} BETWEEN {day_literal(date.min)} AND {day_literal(date.max)})"
            missing = any_of(day.null, value.null)
            day = Day(sql=sql, null=null, fail=any_of(fail, unless(missing, outside)))
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
            return YES if (of.null == ALWAYS) == missing else NO
        sql = of.null or "FALSE"
        return Flag(sql=sql if missing else f"(NOT {sql})", fail=of.fail)

    def _member(self, of: Lowered, name: str) -> Lowered:
        if not isinstance(of, Entry):
            raise Refused("a part of such a value")
        column = of.columns[name]
        return evolve(column, null=any_of(of.null, column.null), fail=any_of(of.fail, column.fail))

    def _among(self, of: Lowered, members: tuple[core.Expr, ...]) -> Flag:
        if not all(self.outer(member) for member in members):
            raise Refused("members that differ by row")
        known: list[object] = []
        for member in members:
            values = self.rowset.points.found(member)
            if any(isinstance(v, Failure | Missing) or v != values[0] for v in values):
                raise Refused("members that change")
            known.append(values[0])
        fail = any_of(of.fail, of.null)
        match of:
            case Text():
                return within(
                    of, lambda code: any(matches_code(code, str(m)) for m in known), fail, [str(m) for m in known]
                )
            case Num():
                held = [numbers.compared("=", of, number(m)) for m in known if isinstance(m, Fraction)]
                return Flag(sql=any_of(*(h.sql for h in held)) or "FALSE", fail=fail)
            case Day():
                days = ", ".join(day_literal(m) for m in known if isinstance(m, date))
                return Flag(sql=f"({of.sql} IN ({days}))", fail=fail)
            case _:
                raise Refused("members of such values")

    def _between(self, of: Lowered, low: Lowered, high: Lowered) -> Flag:
        fail = any_of(*(part for v in (of, low, high) for part in (v.fail, v.null)))
        match of, low, high:
            case Num(), Num(), Num():
                first, last = numbers.compared("<=", low, of), numbers.compared("<=", of, high)
                both_hold = self._logic("and", [evolve(f, null="", fail="") for f in (first, last)])
                return evolve(both_hold, fail=fail, constant=None if fail else both_hold.constant)
            case Day(), Day(), Day():
                return Flag(sql=f"({of.sql} BETWEEN {low.sql} AND {high.sql})", fail=fail)
            case Text(), Fixed(), Fixed():
                first_code, last_code = set(low.values), set(high.values)
                a, b = first_code.pop(), last_code.pop()
                if first_code or last_code or a is None or b is None:
                    raise Refused("codes from and to what changes")
                return within(of, lambda code: code_between(code, a, b), fail, None)
            case _:
                raise Refused("such values from and to")

    def _round(self, of: core.Expr, step: core.Expr) -> Num:
        found = self.rowset.points.found(step) if self.outer(step) else []
        if not found or not isinstance(found[0], Fraction) or any(v != found[0] for v in found) or found[0] <= 0:
            raise Refused("rounding to what changes")
        return numbers.rounded(self.number(of), found[0], self.mode, self.rowset.tables.dialect, self.rowset.name)

    def _call(self, name: str, values: list[Lowered]) -> Lowered:
        given = [v for v in values if isinstance(v, Num)]
        days = [v for v in values if isinstance(v, Day)]
        short, dialect = self.rowset.name, self.rowset.tables.dialect
        match name, given, days:
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
            case "year_of", _, [day]:
                return Num(sql=dialect.year.format(a=day.sql), low=1, high=9999, null=day.null, fail=day.fail)
            case "month_of", _, [day]:
                return Num(sql=dialect.month.format(a=day.sql), low=1, high=12, null=day.null, fail=day.fail)
            case "age", _, [born, on]:
                return self._age(born, on)
            case _:
                raise Refused(name)

    def _age(self, born: Day, on: Day) -> Num:
        null, fail = together([born, on])
        dialect = self.rowset.tables.dialect

        def in_year(day: Day) -> str:
            return f"({dialect.month.format(a=day.sql)} * 100 + {dialect.day.format(a=day.sql)})"

        years = f"{dialect.year.format(a=on.sql)} - {dialect.year.format(a=born.sql)}"
        sql = f"({years} - CASE WHEN {in_year(on)} < {in_year(born)} THEN 1 ELSE 0 END)"
        return Num(sql=sql, low=-9999, high=9999, null=null, fail=fail)

    def _tariff(self, e: core.Tariff) -> Num:
        amount = self.number(e.of)
        found = {id(v[0] if isinstance(v, tuple) else v): v for v in self.rowset.points.found(e.table)}
        if len(found) > 1:
            raise Refused("brackets that change")
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
