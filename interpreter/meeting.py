"""Where types meet: one kind on both sides, a rate per time beside its own kind, and the words for a mismatch."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from dsl.spans import Span
from interpreter import core, problems, types as t
from interpreter.units import KRONA, NUMBER, PERCENT, Unit, time_ratio, unit_name
from interpreter.world import World

KR = t.Num(KRONA)
"""The type of money."""


def absorbed(span: Span) -> core.Absorbed:
    """An expression that stands in for what is already reported."""
    return core.Absorbed(type=t.Unknown(), span=span)


def never(world: World, conditions: Sequence[core.Expr]) -> None:
    """Report a case that stands below one that always holds, or repeats an earlier one."""
    seen: dict[core.Expr, core.Expr] = {}
    always: core.Expr | None = None
    for condition in conditions:
        earlier = always or seen.get(condition)
        if earlier is not None:
            world.report(problems.NEVER, condition.span, earlier.span)
        seen.setdefault(condition, condition)
        if always is None and isinstance(condition, core.Const) and condition.value is True:
            always = condition


def wrong_type(world: World, found: core.Expr, expected: t.Type, what: str) -> None:
    """Report that `what` is of another type than its place asks for."""
    arguments = {
        "what": what,
        **world.kind("expected", expected),
        **world.kind("found", found.type),
        "example": example_of(world, expected),
    }
    bare = isinstance(found, core.Const) and isinstance(found.type, t.Num) and not found.type.unit.name
    if bare and isinstance(expected, t.Num):
        arguments["example"] = with_unit(world, found, expected)
    problem = problems.MISSING_UNIT if bare and isinstance(expected, t.Num) else problems.WRONG_TYPE
    world.report(problem, found.span, **arguments)


def example_of(world: World, expected: t.Type) -> str:
    """A value of a type, as it would be written."""
    sv = world.language == "sv"
    match expected:
        case t.Num(unit):
            name = unit_name(unit.name, world.language, world.unit_names)
            return f"80{name}" if name == "%" else f"100 {name}".strip()
        case t.Day():
            return "2012-01-31"
        case t.Choice(options):
            return options[0][sv] or options[0][0]
        case t.Code():
            return "113"
        case t.Bool():
            return "ja" if sv else "yes"
        case _:
            return "…"


def with_unit(world: World, found: core.Expr, expected: t.Num) -> str:
    """A bare number with the unit that its place asks for; a fraction where per cent belong is a hundredth as much."""
    assert isinstance(found, core.Const)
    name = unit_name(expected.unit.name, world.language, world.unit_names)
    if name != "%":
        return f"{found.text} {name}"
    return f"{found.text}%" if isinstance(found.value, Fraction) and abs(found.value) > 1 else "80%"


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
        **world.kind("left", left.type),
        **world.kind("right", right.type),
    )


def is_number(world: World, value: core.Expr, op: str) -> bool:
    """Whether a value is a number; one that is not is reported."""
    if isinstance(value.type, t.Num):
        return True
    if not isinstance(value.type, t.Unknown):
        wrong_type(world, value, t.FRACTION, f"`{op}`")
    return False


def shown_unit(unit: Unit, parts: Sequence[Unit]) -> Unit:
    """A unit to print a product in: percent when a percentage was in it, a year where there is a rate by time."""
    if unit.is_number:
        return PERCENT if any(p.name == "%" for p in parts) else NUMBER
    by_month = dict(unit.dimension).get("month") == -1
    name = dimension_name(unit).replace("/month", "/year") if by_month else dimension_name(unit)
    return Unit(unit.dimension, Fraction(1, 12) if by_month else NUMBER.factor, name)


def dimension_name(unit: Unit) -> str:
    """A dimension in words: `kr/drg_point`."""
    above = "·".join(
        base if exponent == 1 else f"{base}^{exponent}" for base, exponent in unit.dimension if exponent > 0
    )
    below = "".join(f"/{base}" * -exponent for base, exponent in unit.dimension if exponent < 0)
    return f"{above or '1'}{below}"


def as_condition(world: World, found: core.Expr) -> core.Expr:
    """An expression that must be yes or no."""
    if isinstance(found.type, t.Bool | t.Unknown):
        return found
    wrong_type(world, found, t.Bool(), ("villkoret", "the condition")[world.language != "sv"])
    return absorbed(found.span)
