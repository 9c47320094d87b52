"""Expressions as written → typed core. Assumes: declarations are in the world. Guarantees: every name is bound,
every operator has one type, and what could not be understood is `Absorbed`, its problem reported once.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from dsl import nodes as n
from dsl.dates import parse_date
from dsl.lexicon import ENGLISH_UNIT, UNITS
from dsl.spans import Span
from interpreter import core, problems
from interpreter import types as t
from interpreter.functions import BUILTINS
from interpreter.names import clause_keys, resolve_name, row_column
from interpreter.units import NUMBER, PERCENT, Unit, time_ratio
from interpreter.world import RowScope, Scope, World


def absorbed(span: Span) -> core.Absorbed:
    """An expression that stands in for what is already reported."""
    return core.Absorbed(type=t.Unknown(), span=span)


def elaborate(world: World, scope: Scope, e: n.Expr, expected: t.Type | None = None) -> core.Expr:
    """Bind and type an expression.

    Args:
        world: the declarations; problems are reported to it.
        scope: what the expression can see.
        e: the expression as written.
        expected: the type its place asks for, by which a bare word may be one of a choice.
    """
    go = lambda part, want=None: elaborate(world, scope, part, want)  # noqa: E731
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
            if not _number_type(world, inner, "-"):
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
            value = go(of)
            inside = tuple(go(member, value.type) for member in members)
            for member in inside:
                _same(world, value, member, "i" if world.language == "sv" else "in", member.span)
            return core.Among(value, inside, type=t.Bool(), span=e.span)
        case n.Between(of, low, high):
            value, first, last = meet(world, [go(of), go(low), go(high)], "in", e.span)
            return core.Between(value, first, last, type=t.Bool(), span=e.span)
        case n.Presence(of, missing):
            return core.Presence(go(of), missing, type=t.Bool(), span=e.span)
        case n.Else(of, default):
            value = go(of, expected)
            first, second = meet(world, [value, go(default, value.type)], "else", e.span)
            return core.Else(first, second, type=first.type, span=e.span)
        case n.Rounded(of, step):
            value, by = meet(world, [go(of), go(step)], "rounded to", e.span)
            return core.Round(value, by, type=value.type, span=e.span)
        case n.Cases(cases, otherwise):
            if otherwise is None:
                world.report(problems.NO_OTHERWISE, e.span)
                return absorbed(e.span)
            conditions = [condition(world, scope, case.condition) for case in cases]
            values = [go(case.value, expected) for case in cases] + [go(otherwise, expected)]
            values = meet(world, values, "when", e.span)
            pairs = tuple(zip(conditions, values[:-1], strict=True))
            never(world, conditions)
            return core.Cases(pairs, values[-1], type=values[0].type, span=e.span)
        case n.Aggregate():
            return _aggregate(world, scope, e)
        case n.Pick(kind, rows):
            chosen, fact = _rows(world, scope, rows)
            if chosen is None:
                return absorbed(e.span)
            kind_type: t.Type = t.Bool() if kind == "exists" else t.RowOf(fact)
            return core.Pick(kind, chosen, type=kind_type, span=e.span)
        case n.Bad():
            return absorbed(e.span)


def condition(world: World, scope: Scope, e: n.Expr) -> core.Expr:
    """An expression that must be yes or no."""
    found = elaborate(world, scope, e, t.Bool())
    if not isinstance(found.type, t.Bool | t.Unknown):
        what = ("villkoret", "the condition")[world.language != "sv"]
        wrong_type(world, found, t.Bool(), what)
        return absorbed(e.span)
    return found


def never(world: World, conditions: Sequence[core.Expr]) -> None:
    """Report a case that stands below one that always holds, or repeats an earlier one."""
    for at, later in enumerate(conditions):
        for earlier in conditions[:at]:
            if earlier == later or (isinstance(earlier, core.Const) and earlier.value is True):
                world.report(problems.NEVER, later.span, earlier.span)
                break


# --- types meeting


def wrong_type(world: World, found: core.Expr, expected: t.Type, what: str) -> None:
    """Report that `what` is of another type than its place asks for."""
    example = example_of(expected)
    arguments = {
        "what": what,
        "expected_en": t.words(expected, "en"),
        "expected_sv": t.words(expected, "sv"),
        "found_en": t.words(found.type, "en"),
        "found_sv": t.words(found.type, "sv"),
        "example": example,
    }
    bare = isinstance(found, core.Const) and isinstance(found.type, t.Num) and not found.type.unit.name
    problem = problems.MISSING_UNIT if bare and isinstance(expected, t.Num) else problems.WRONG_TYPE
    world.report(problem, found.span, **arguments)


def example_of(expected: t.Type) -> str:
    """A value of a type, as it would be written."""
    match expected:
        case t.Num(unit):
            return f"80{unit.name}" if unit.name == "%" else f"100 {unit.name}".strip()
        case t.Day():
            return "2012-01-31"
        case t.Choice(options):
            return options[0][0]
        case _:
            return "…"


def meet(world: World, values: Sequence[core.Expr], op: str, span: Span) -> list[core.Expr]:
    """Bring values to one type: a rate per time that meets its own kind without the time becomes it."""
    known = [v for v in values if not isinstance(v.type, t.Unknown)]
    if not known or all(_alike(v.type, known[0].type) for v in known):
        return list(values)
    numbers = [v.type.unit for v in known if isinstance(v.type, t.Num)]
    if len(numbers) == len(known):
        for unit in numbers:
            if all(u.dimension == unit.dimension or time_ratio(u.dimension, unit.dimension) for u in numbers):
                return [per_period(v, unit) for v in values]
    other = next(v for v in known if not _alike(v.type, known[0].type))
    differ(world, known[0], other, op, span)
    return [absorbed(v.span) for v in values]


def _alike(a: t.Type, b: t.Type) -> bool:
    return a == b or (isinstance(a, t.Choice) and isinstance(b, t.Choice) and a.words == b.words)


def per_period(value: core.Expr, unit: Unit) -> core.Expr:
    """`value` as `unit`, taken over the period when it is a rate of it per time."""
    if not isinstance(value.type, t.Num) or value.type.unit.dimension == unit.dimension:
        return value
    time = time_ratio(value.type.unit.dimension, unit.dimension)
    return core.PerPeriod(value, time, type=t.Num(unit), span=value.span)


def differ(world: World, left: core.Expr, right: core.Expr, op: str, span: Span) -> None:
    """Report two kinds that can't be put together."""
    world.report(
        problems.UNITS_DIFFER,
        span,
        left.span,
        right.span,
        op=op,
        left_en=t.words(left.type, "en"),
        left_sv=t.words(left.type, "sv"),
        right_en=t.words(right.type, "en"),
        right_sv=t.words(right.type, "sv"),
    )


def _same(world: World, left: core.Expr, right: core.Expr, op: str, span: Span) -> None:
    meet(world, [left, right], op, span)


def _number_type(world: World, value: core.Expr, op: str) -> bool:
    if isinstance(value.type, t.Num):
        return True
    if not isinstance(value.type, t.Unknown):
        wrong_type(world, value, t.FRACTION, f"`{op}`")
    return False


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
        if world.core_name(e.of) == "contract" and world.core_name(e.name) in ("provider", "buyer"):
            role = world.core_name(e.name)
            return core.PartyRef(role, type=t.Code(), span=e.span)
    if isinstance(e.of, n.Lookup) and isinstance(e.of.of, n.Name) and scope.clauses is not None:
        form = world.forms.get(e.of.of.id)
        if form is not None and e.of.of.id not in world.tables:
            return _given(world, scope, e, form)
    of = elaborate(world, scope, e.of)
    match of.type:
        case t.Entry(signature):
            column = signature.value(e.name.id)
            if column is not None:
                world.use(e.name.span, column.name, column.swedish)
                return core.Member(of, column.name, type=column.type, span=e.span)
            known = [name for c in signature.values for name in (c.name, c.swedish)]
            world.unknown(problems.UNKNOWN_COLUMN, e.name, known, of=n_text(e.of))
        case t.RowOf(fact):
            scoped = RowScope(fact, world.facts[fact], visible(world, scope, fact), bare=False)
            column_ref = row_column(world, scoped, e.name)
            if isinstance(column_ref, core.ColumnRef):
                return core.Member(of, column_ref.name, type=column_ref.type, span=e.span)
        case t.Period():
            name = world.core_name(e.name)
            if name in ("start", "end"):
                return core.Member(of, name, type=t.Day(), span=e.span)
            world.unknown(problems.UNKNOWN_COLUMN, e.name, ("start", "end"), of="period")
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
    if e.name.id not in given:
        world.unknown(problems.UNKNOWN_COLUMN, e.name, given, of=form.name)
        return absorbed(e.span)
    return core.Given(keys[0], e.name.id, type=given[e.name.id], span=e.span)


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


def visible(world: World, scope: Scope, fact: str) -> frozenset[str]:
    """The columns of a fact that the scope may see: those the form needs, or all in a contract."""
    if scope.needs is None:
        return frozenset(column.name for column in world.facts[fact].columns)
    needs = scope.needs.get(fact)
    return needs.columns if needs else frozenset()


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
            return core.Amount("", selected, type=kr(), span=e.span) if selected else absorbed(e.span)
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
    from interpreter.facts import Fact  # noqa: PLC0415
    from interpreter.names import column_type  # noqa: PLC0415

    assert isinstance(fact, Fact)
    column = fact.column(name)
    assert column is not None
    return column_type(column)


def kr() -> t.Num:
    """The type of money."""
    return t.Num(UNIT_KR)


UNIT_KR = Unit((("kr", 1),), NUMBER.factor, "kr")


def _call(world: World, scope: Scope, e: n.Call) -> core.Expr:
    name = world.core_name(e.name)
    builtin = BUILTINS.get(name)
    if builtin is None:
        world.unknown(problems.UNKNOWN_BUILTIN, e.name, BUILTINS)
        return absorbed(e.span)
    if len(e.arguments) != builtin.count:
        world.report(problems.WRONG_COUNT, e.span, name=e.name.id, expected=builtin.count, found=len(e.arguments))
        return absorbed(e.span)
    arguments = [elaborate(world, scope, a) for a in e.arguments]
    if builtin.same:
        if not all(_number_type(world, a, name) for a in arguments):
            return absorbed(e.span)
        arguments = meet(world, arguments, name, e.span)
        return core.Call(name, tuple(arguments), type=arguments[0].type, span=e.span)
    for argument, want in zip(arguments, builtin.takes, strict=True):
        if argument.type != want and not isinstance(argument.type, t.Unknown):
            wrong_type(world, argument, want, f"`{e.name.id}`")
            return absorbed(e.span)
    return core.Call(name, tuple(arguments), type=builtin.gives, span=e.span)


def _chain(world: World, scope: Scope, e: n.Chain) -> core.Expr:
    from dsl.problems import TIGHT_DIVISION  # noqa: PLC0415

    if e.tight:
        world.report(TIGHT_DIVISION, e.span)
    first = elaborate(world, scope, e.first)
    rest = [(op, elaborate(world, scope, part)) for op, part in e.rest]
    parts = [first, *(part for _, part in rest)]
    if any(isinstance(p.type, t.Unknown) for p in parts):
        return absorbed(e.span)
    if e.rest[0][0] in "+-":
        return _sum(world, e, first, rest)
    if not all(_number_type(world, p, op) for p, op in zip(parts, ["*", *(op for op, _ in rest)], strict=True)):
        return absorbed(e.span)
    unit = first.type.unit if isinstance(first.type, t.Num) else NUMBER
    for op, part in rest:
        assert isinstance(part.type, t.Num)
        unit = unit / part.type.unit if op == "/" else unit * part.type.unit
    shown = _shown(unit, [p.type.unit for p in parts if isinstance(p.type, t.Num)])
    ops = tuple(("/" if op == "/" else "*", part) for op, part in rest)
    return core.Multiply(first, ops, type=t.Num(shown), span=e.span)


def _shown(unit: Unit, parts: Sequence[Unit]) -> Unit:
    """A unit to print a product in: base units, and percent when a percentage is all that was in it."""
    if unit.is_number:
        return PERCENT if any(p.name == "%" for p in parts) or len(parts) > 1 and parts[0].dimension else NUMBER
    return Unit(unit.dimension, NUMBER.factor, dimension_name(unit))


def dimension_name(unit: Unit) -> str:
    """A dimension in words: `kr/drg_point`."""
    above = "·".join(base if exponent == 1 else f"{base}^{exponent}" for base, exponent in unit.dimension if exponent > 0)
    below = "".join(f"/{base}" * -exponent for base, exponent in unit.dimension if exponent < 0)
    return f"{above or '1'}{below}"


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
    if not all(_number_type(world, p, ops[0]) for p in [first, *(p for _, p in rest)]):
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
        b = as_code(world, scope, right, a.type) if isinstance(a.type, t.Code) else elaborate(world, scope, right, a.type)
    first, second = meet(world, [a, b], e.op, e.span)
    if e.op not in ("=", "!=") and isinstance(first.type, t.Bool | t.Choice | t.Code | t.RowOf | t.Entry | t.Table):
        differ(world, first, second, e.op, e.span)
        return absorbed(e.span)
    return core.Compare(e.op, first, second, type=t.Bool(), span=e.span)


# --- rows


def _rows(world: World, scope: Scope, rows: n.Rows) -> tuple[core.Rows | None, str]:
    """The rows of a fact, and the fact's name; `None` when something in it is wrong."""
    fact = world.facts.get(rows.fact.id)
    if fact is None:
        world.unknown(problems.UNKNOWN_FACT, rows.fact, world.facts)
        return None, ""
    world.use(rows.fact.span, fact.name, fact.swedish)
    if scope.needs is not None and fact.name not in scope.needs:
        world.report(problems.NOT_NEEDED, rows.fact.span, of=fact.name, name="…")
        return None, ""
    row = rows.alias.id if rows.alias else f"{fact.name}#{len(scope.rows)}"
    window = None
    if rows.window is not None:
        window = _window(world, scope, rows.window)
    lets = scope.row_lets.get(fact.name, {})
    inner = scope.inner(RowScope(row, fact, visible(world, scope, fact.name), rows.alias is None, lets=lets))
    where = condition(world, inner, rows.where) if rows.where is not None else None
    grouped = scope.group is not None and scope.group.name == fact.name and window is None and not rows.all_providers
    return core.Rows(fact.name, row, rows.all_providers, window, where, grouped), fact.name


def _window(world: World, scope: Scope, window: n.Window) -> core.Window:
    anchor = elaborate(world, scope, window.anchor) if window.anchor is not None else None
    length = elaborate(world, scope, window.length) if window.length is not None else None
    if length is not None and isinstance(length.type, t.Num):
        if length.type.unit.dimension not in ((("month", 1),), (("day", 1),)):
            wrong_type(world, length, t.DAYS, ("fönstret", "the window")[world.language != "sv"])
    if anchor is not None and not isinstance(anchor.type, t.Day | t.Period | t.Unknown):
        wrong_type(world, anchor, t.Day(), ("fönstret", "the window")[world.language != "sv"])
    return core.Window(window.side, anchor, length)


def rows_scope(world: World, scope: Scope, rows: n.Rows) -> tuple[core.Rows | None, Scope]:
    """The rows of an `each`, and the scope inside it."""
    chosen, name = _rows(world, scope, rows)
    if chosen is None:
        return None, scope
    fact = world.facts[name]
    lets = scope.row_lets.setdefault(name, {})
    row = RowScope(chosen.row, fact, visible(world, scope, name), rows.alias is None, own_lets=True, lets=lets)
    return chosen, scope.inner(row)


def _aggregate(world: World, scope: Scope, e: n.Aggregate) -> core.Expr:
    over = e.over
    if over is not None and world.core_name(over.fact) == "providers" and over.fact.id not in world.facts:
        return _over_providers(world, scope, e)
    if over is None:
        if scope.group is None:
            word = e.kind
            world.report(problems.NOT_HERE, e.span, name=word)
            return absorbed(e.span)
        over = n.Rows(n.Name(scope.group.name, span=e.span), span=e.span)
    rows, name = _rows(world, scope, over)
    if rows is None:
        return absorbed(e.span)
    fact = world.facts[name]
    row = RowScope(
        rows.row, fact, visible(world, scope, name), over.alias is None, lets=scope.row_lets.get(name, {})
    )
    return _aggregated(world, scope, scope.inner(row), e, rows, t.Num(fact.counts))


def _over_providers(world: World, scope: Scope, e: n.Aggregate) -> core.Expr:
    if e.over is not None and (e.over.where or e.over.window):
        world.report(problems.NOT_HERE, e.over.span, name=e.over.fact.id)
    return _aggregated(world, scope, scope, e, None, t.FRACTION)


def _aggregated(
    world: World, outer: Scope, inner: Scope, e: n.Aggregate, rows: core.Rows | None, counts: t.Num
) -> core.Expr:
    of = elaborate(world, inner, e.of) if e.of is not None else None
    weight = elaborate(world, inner, e.weight) if e.weight is not None else None
    at_least = elaborate(world, outer, e.at_least) if e.at_least is not None else None
    rank = elaborate(world, outer, e.rank) if e.rank is not None else None
    kind: t.Type
    if of is None or e.kind == "distinct":
        kind = counts if of is None else t.FRACTION
    elif isinstance(of.type, t.Unknown):
        return absorbed(e.span)
    elif isinstance(of.type, t.Day) and e.kind in ("lowest", "highest"):
        kind = of.type
    elif _number_type(world, of, e.kind):
        kind = of.type
    else:
        return absorbed(e.span)
    return core.Aggregate(e.kind, of, rows, e.present, weight, at_least, rank, type=kind, span=e.span)


def spelled(unit: Unit, language: str) -> str:
    """A core unit's first spelling in a language, or its name."""
    known = ENGLISH_UNIT.get(unit.name)
    return UNITS[known][language == "sv"][0] if known else unit.name
