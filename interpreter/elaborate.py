"""Expressions as written → typed core.

Assumes: declarations are in the world. Guarantees: every name is bound, every operator has one type, and what could
not be understood is `Absorbed`, its problem reported once.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from dsl import nodes as n
from dsl.dates import parse_date
from dsl.problems import TIGHT_DIVISION
from interpreter import core, problems, types as t
from interpreter.facts import Fact
from interpreter.functions import BUILTINS
from interpreter.meeting import KR, absorbed, as_condition, differ, is_number, meet, never, shown_unit, wrong_type
from interpreter.names import clause_keys, column_type, one_of, resolve_name, row_column
from interpreter.rows import aggregate, rows_of, visible
from interpreter.units import NUMBER
from interpreter.world import RowScope, Scope, World, core_pairs, pairs


def elaborate(world: World, scope: Scope, e: n.Expr, expected: t.Type | None = None) -> core.Expr:
    """Bind and type an expression.

    Args:
        world: the declarations; problems are reported to it.
        scope: what the expression can see.
        e: the expression as written.
        expected: the type its place asks for, by which a bare word may be one of a choice.
    """

    def go(part: n.Expr, want: t.Type | None = None) -> core.Expr:
        return elaborate(world, scope, part, want)

    match e:
        case n.Number():
            return _number(world, e)
        case n.Text(value):
            return core.Const(value, f'"{value}"', type=t.Code(), span=e.span)
        case n.Date(text):
            day = parse_date(text)
            return absorbed(e.span) if day is None else core.Const(day, text, type=t.Day(), span=e.span)
        case n.Name():
            return resolve_name(world, scope, e, expected)
        case n.Member():
            return _member(world, scope, e)
        case n.Lookup():
            return _lookup(world, scope, e)
        case n.Call():
            return _call(world, scope, e)
        case n.Group():
            world.report(problems.SET_OUTSIDE_IN, e.span)
            return absorbed(e.span)
        case n.Minus(of):
            inner = go(of)
            if not is_number(world, inner, "-"):
                return absorbed(e.span)
            if isinstance(inner, core.Const) and not isinstance(inner.value, str | bool):
                return evolve(inner, value=-inner.value, text=f"-{inner.text}", span=e.span)  # type: ignore[operator]
            return core.Negate(inner, type=inner.type, span=e.span)
        case n.Not(of):
            return core.Not(condition(world, scope, of), type=t.Bool(), span=e.span)
        case n.Chain():
            return _chain(world, scope, e)
        case n.Logic(op, parts):
            return core.Logic(op, tuple(condition(world, scope, p) for p in parts), type=t.Bool(), span=e.span)
        case n.Compare():
            return _compare(world, scope, e)
        case n.Among(of, members):
            asked = go(of)
            inside = tuple(as_code(world, scope, member, asked.type) for member in members)
            return core.Among(asked, inside, type=t.Bool(), span=e.span)
        case n.Between(of, low, high):
            asked, first, last = meet(world, [go(of), go(low), go(high)], "in", e.span)
            return core.Between(asked, first, last, type=t.Bool(), span=e.span)
        case n.Presence(of, missing):
            return core.Presence(go(of), missing, type=t.Bool(), span=e.span)
        case n.Else(of, default):
            wanted = go(of, expected)
            first, second = meet(world, [wanted, go(default, wanted.type)], "else", e.span)
            return core.Else(first, second, type=first.type, span=e.span)
        case n.Rounded(of, step):
            exact, by = meet(world, [go(of), go(step)], "rounded to", e.span)
            return core.Round(exact, by, type=exact.type, span=e.span)
        case n.Cases(cases, otherwise):
            if otherwise is None:
                world.report(problems.NO_OTHERWISE, e.span)
                return absorbed(e.span)
            conditions = [condition(world, scope, case.condition) for case in cases]
            values = [go(case.value, expected) for case in cases] + [go(otherwise, expected)]
            values = meet(world, values, "when", e.span)
            cases_ = tuple(zip(conditions, values[:-1], strict=True))
            never(world, conditions)
            return core.Cases(cases_, values[-1], type=values[0].type, span=e.span)
        case n.Aggregate():
            return aggregate(world, scope, e, elaborate)
        case n.Pick(kind, rows):
            chosen, fact = rows_of(world, scope, rows, elaborate)
            if chosen is None:
                return absorbed(e.span)
            kind_type: t.Type = t.Bool() if kind == "exists" else t.RowOf(fact)
            return core.Pick(kind, chosen, type=kind_type, span=e.span)
        case n.Bad():
            return absorbed(e.span)


def condition(world: World, scope: Scope, e: n.Expr) -> core.Expr:
    """An expression that must be yes or no."""
    return as_condition(world, elaborate(world, scope, e, t.Bool()))


# --- atoms and operators


def _number(world: World, e: n.Number) -> core.Expr:
    if not e.unit:
        return core.Const(e.value, e.text, type=t.Num(NUMBER), span=e.span)
    unit = world.unit(n.Name(e.unit, span=e.unit_span))
    if unit is None:
        return absorbed(e.span)
    text = f"{e.text}%" if e.unit == "%" else f"{e.text} {e.unit}"
    return core.Const(e.value * unit.factor, text, type=t.Num(unit), span=e.span)


def _member(world: World, scope: Scope, e: n.Member) -> core.Expr:
    if isinstance(e.of, n.Name):
        row = next((r for r in reversed(scope.rows) if r.row == e.of.id), None)
        if row is not None:
            return row_column(world, row, e.name)
        if world.core_name(e.of, "contract") and world.core_name(e.name, "provider", "buyer"):
            role = world.core_name(e.name)
            return core.PartyRef(role, type=t.Code(), span=e.span)
    whose = e.of.of if isinstance(e.of, n.Lookup) else e.of
    if isinstance(whose, n.Name) and scope.clauses is not None:
        form = world.forms.get(whose.id)
        taken = whose.id in world.tables or whose.id in scope.parameters or whose.id in scope.lets
        if form is not None and not taken:
            return _given(world, scope, e, form)
    of = elaborate(world, scope, e.of)
    match of.type:
        case t.Entry(signature):
            column = signature.value(e.name.id)
            if column is not None:
                world.use(e.name.span, column.name, column.swedish)
                return core.Member(of, column.name, type=column.type, span=e.span)
            known = pairs(signature.values)
            world.unknown(problems.UNKNOWN_COLUMN, e.name, known, of=n_text(e.of))
        case t.RowOf(fact):
            scoped = RowScope(
                fact, world.facts[fact], visible(world, scope, fact), bare=False, spellings=scope.spellings
            )
            column_ref = row_column(world, scoped, e.name)
            if isinstance(column_ref, core.ColumnRef):
                return core.Member(of, column_ref.name, type=column_ref.type, span=e.span)
        case t.Period():
            name = world.core_name(e.name, "start", "end")
            if name:
                return core.Member(of, name, type=t.Day(), span=e.span)
            world.unknown(problems.UNKNOWN_COLUMN, e.name, core_pairs(("start", "end")), of=world.word("period"))
        case t.Unknown():
            pass
        case _:
            world.unknown(problems.UNKNOWN_COLUMN, e.name, (), of=n_text(e.of))
    return absorbed(e.span)


def _given(world: World, scope: Scope, e: n.Member, form: core.Form) -> core.Expr:
    keys = clause_keys(world, scope, e.of)
    if not keys:
        return absorbed(e.span)
    given = dict(form.gives)
    names = next((pair for pair in form.spellings if e.name.id in pair), (e.name.id, ""))
    if names[0] not in given:
        known = list(given) + [other for name, other in form.spellings if name in given]
        world.unknown(problems.UNKNOWN_COLUMN, e.name, known, of=form.name)
        return absorbed(e.span)
    name = world.spelled(e.name.span, names)
    if len(keys) > 1:
        own = f".{e.name.id}"
        world.report(problems.AMBIGUOUS_NAME, e.span, name=n_text(e.of) + own, **one_of(world, keys, own))
        return absorbed(e.span)
    return core.Given(keys[0], name, type=given[name], span=e.span)


def n_text(e: n.Expr) -> str:
    """A short name for an expression, for messages."""
    match e:
        case n.Name(name):
            return name
        case n.Member(of, name):
            return f"{n_text(of)}.{name.id}"
        case n.Lookup(of, _):
            return f"{n_text(of)}[…]"
        case _:
            return "…"


def _lookup(world: World, scope: Scope, e: n.Lookup) -> core.Expr:
    if isinstance(e.of, n.Name):
        fact = world.facts.get(e.of.id)
        form = world.forms.get(e.of.id)
        if fact is not None and e.of.id not in world.tables and e.of.id not in scope.parameters:
            world.use(e.of.span, fact.name, fact.swedish)
            scoped = tuple(k for k in fact.keys if k not in (fact.provider, fact.buyer, fact.dated))
            types = [row_type(fact, k) for k in scoped]
            keys = _keys(world, scope, e, types, fact.name)
            if scope.needs is not None and fact.name not in scope.needs:
                world.report(problems.NOT_NEEDED, e.of.span, of=fact.name, name=", ".join(scoped))
            return core.FactRow(fact.name, keys, type=t.RowOf(fact.name), span=e.span)
        if form is not None and scope.clauses is not None and e.of.id not in world.tables:
            selected = clause_keys(world, scope, e)
            return core.Amount("", selected, type=KR, span=e.span) if selected else absorbed(e.span)
    of = elaborate(world, scope, e.of)
    if isinstance(of.type, t.Table):
        signature = of.type.signature
        keys = _keys(world, scope, e, [k.type for k in signature.keys], n_text(e.of))
        return core.EntryOf(of, keys, type=t.Entry(signature), span=e.span)
    if not isinstance(of.type, t.Unknown):
        world.report(problems.NOT_A_TABLE, e.of.span, name=n_text(e.of))
    return absorbed(e.span)


def _keys(world: World, scope: Scope, e: n.Lookup, types: Sequence[t.Type], name: str) -> tuple[core.Expr, ...]:
    if len(types) != len(e.keys):
        world.report(problems.WRONG_COUNT, e.span, name=name, expected=len(types), found=len(e.keys))
        return tuple(absorbed(key.span) for key in e.keys)
    return tuple(as_code(world, scope, key, want) for key, want in zip(e.keys, types, strict=True))


def as_code(world: World, scope: Scope, e: n.Expr, want: t.Type) -> core.Expr:
    """A key: where a code belongs, a bare number keeps its digits as they stand."""
    if isinstance(want, t.Code) and isinstance(e, n.Number):
        if not e.text.isdigit() or e.unit:
            world.report(problems.GROUPED_CODE, e.span, found=f"{e.text} {e.unit}".strip())
            return absorbed(e.span)
        return core.Const(e.text, e.text, type=t.Code(), span=e.span)
    found = elaborate(world, scope, e, want)
    first, _ = meet(world, [found, core.Absorbed(type=want, span=e.span)], "[ ]", e.span)
    return first


def row_type(fact: object, name: str) -> t.Type:
    """The type of a fact's column."""
    assert isinstance(fact, Fact)
    column = fact.column(name)
    assert column is not None
    return column_type(column)


def _call(world: World, scope: Scope, e: n.Call) -> core.Expr:
    name = world.core_name(e.name)
    if name == "tariff" and len(e.arguments) == 2:
        return _tariff(world, scope, e)
    builtin = BUILTINS.get(name)
    if builtin is None:
        world.unknown(problems.UNKNOWN_BUILTIN, e.name, core_pairs(BUILTINS))
        return absorbed(e.span)
    if len(e.arguments) != builtin.count:
        world.report(problems.WRONG_COUNT, e.span, name=e.name.id, expected=builtin.count, found=len(e.arguments))
        return absorbed(e.span)
    arguments = [elaborate(world, scope, a) for a in e.arguments]
    if builtin.same:
        if not all(is_number(world, a, name) for a in arguments):
            return absorbed(e.span)
        arguments = meet(world, arguments, name, e.span)
        return core.Call(name, tuple(arguments), type=arguments[0].type, span=e.span)
    for argument, want in zip(arguments, builtin.takes, strict=True):
        if argument.type != want and not isinstance(argument.type, t.Unknown):
            wrong_type(world, argument, want, f"`{e.name.id}`")
            return absorbed(e.span)
    return core.Call(name, tuple(arguments), type=builtin.gives, span=e.span)


def _tariff(world: World, scope: Scope, e: n.Call) -> core.Expr:
    """A table of lower bounds and rates, and an amount of what the bounds are in."""
    table, of = (elaborate(world, scope, argument) for argument in e.arguments)
    if isinstance(table.type, t.Unknown) or isinstance(of.type, t.Unknown):
        return absorbed(e.span)
    signature = table.type.signature if isinstance(table.type, t.Table) else t.Signature((), ())
    match [c.type for c in (*signature.keys, *signature.values)]:
        case [t.Num() as bound, t.Num() as rate]:
            of, _ = meet(world, [of, core.Absorbed(type=bound, span=of.span)], "tariff", e.span)
            kind = t.Num(shown_unit(bound.unit * rate.unit, [bound.unit, rate.unit]))
            return core.Tariff(table, of, type=kind, span=e.span)
        case _:
            world.report(problems.NOT_A_TARIFF, table.span, name=n_text(e.arguments[0]))
            return absorbed(e.span)


def _chain(world: World, scope: Scope, e: n.Chain) -> core.Expr:
    if e.tight:
        world.report(TIGHT_DIVISION, e.span)
    first = elaborate(world, scope, e.first)
    rest = [(op, elaborate(world, scope, part)) for op, part in e.rest]
    parts = [first, *(part for _, part in rest)]
    if any(isinstance(p.type, t.Unknown) for p in parts):
        return absorbed(e.span)
    if e.rest[0][0] in "+-":
        return _sum(world, e, first, rest)
    if not all(is_number(world, p, op) for p, op in zip(parts, ["*", *(op for op, _ in rest)], strict=True)):
        return absorbed(e.span)
    unit = first.type.unit if isinstance(first.type, t.Num) else NUMBER
    for op, part in rest:
        assert isinstance(part.type, t.Num)
        unit = unit / part.type.unit if op == "/" else unit * part.type.unit
    shown = shown_unit(unit, [p.type.unit for p in parts if isinstance(p.type, t.Num)])
    ops = tuple(("/" if op == "/" else "*", part) for op, part in rest)
    return core.Multiply(first, ops, type=t.Num(shown), span=e.span)


def _sum(world: World, e: n.Chain, first: core.Expr, rest: Sequence[tuple[str, core.Expr]]) -> core.Expr:
    """Numbers of one unit; a date and months or days; a date less a date."""
    if isinstance(first.type, t.Day):
        op, second = rest[0]
        if len(rest) == 1 and op == "-" and isinstance(second.type, t.Day):
            return core.Add(first, ((op, second),), type=t.DAYS, span=e.span)
        for _, part in rest:
            if not (isinstance(part.type, t.Num) and part.type.unit.dimension in ((("month", 1),), (("day", 1),))):
                differ(world, first, part, op, e.span)
                return absorbed(e.span)
        return core.Add(first, tuple(rest), type=t.Day(), span=e.span)
    ops = [op for op, _ in rest]
    if not all(is_number(world, p, ops[0]) for p in [first, *(p for _, p in rest)]):
        return absorbed(e.span)
    met = meet(world, [first, *(p for _, p in rest)], ops[0], e.span)
    if any(isinstance(p.type, t.Unknown) for p in met):
        return absorbed(e.span)
    shown = next((p.type for p in met if isinstance(p.type, t.Num) and p.type.unit.name == "%"), met[0].type)
    return core.Add(met[0], tuple(zip(ops, met[1:], strict=True)), type=shown, span=e.span)


def _compare(world: World, scope: Scope, e: n.Compare) -> core.Expr:
    """Both sides of one kind; a bare word beside a choice is one of its words, a number beside a code its digits."""
    left, right = e.left, e.right
    if isinstance(left, n.Name) and not isinstance(right, n.Name):
        b = elaborate(world, scope, right)
        a = elaborate(world, scope, left, b.type)
    else:
        a = elaborate(world, scope, left)
        b = (
            as_code(world, scope, right, a.type)
            if isinstance(a.type, t.Code)
            else elaborate(world, scope, right, a.type)
        )
    first, second = meet(world, [a, b], e.op, e.span)
    if e.op not in ("=", "!=") and isinstance(first.type, t.Bool | t.Choice | t.Code | t.RowOf | t.Entry | t.Table):
        differ(world, first, second, e.op, e.span)
        return absorbed(e.span)
    return core.Compare(e.op, first, second, type=t.Bool(), span=e.span)
