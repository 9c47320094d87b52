"""What a contract must not be, one function a check.

Reading the tuple at the end lists what the language refuses beyond names and units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from dsl.diagnostics import Diagnostic
from dsl.spans import Span
from interpreter import core, problems
from interpreter.arguments import covers
from interpreter.clerk import clause_days, scope_of
from interpreter.dry import dry_ledger, indexed
from interpreter.lump import sums_each_period
from interpreter.order import expressions
from interpreter.rows_of_all import counted_for_each
from interpreter.runtime import Ledger
from interpreter.values import Days, Failure, Missing
from interpreter.world import World

ONE_DAY = timedelta(days=1)
Check = Callable[[World, core.Program], Iterator[Diagnostic]]


def moments(instance: core.Instance, program: core.Program) -> list[Days]:
    """A day of each stretch in which a clause is in force and its arguments stay the same."""
    whole = clause_days(dry_ledger(program, Days(program.terms.start, program.terms.end), {}), instance)
    if whole is None:
        return []
    starts = {whole.start}
    for argument in instance.all_arguments():
        starts |= {s.start for s in argument.stretches if s.start and whole.start < s.start <= whole.end}
    return [Days(day, day) for day in sorted(starts)]


def static(e: core.Expr) -> bool:
    """Whether an expression can be worked out without data and without other clauses."""
    needs = (
        core.Amount,
        core.Given,
        core.FactRow,
        core.Aggregate,
        core.Pick,
        core.ColumnRef,
        core.PerPeriod,
        core.PartyRef,
    )
    return not any(isinstance(part, needs) for part in expressions(e))


def known(instance: core.Instance, name: str, ledger: Ledger) -> object:
    """The value of a parameter when it needs no data; `None` when it does."""
    parameter = instance.form.parameter(name)
    assert parameter is not None
    argument = instance.arguments.get(name)
    values = [s.value for s in argument.stretches] if argument else [parameter.default] if parameter.default else []
    if (argument is not None and argument.per) or not all(map(static, values)):
        return None
    env = scope_of(ledger, instance)
    try:
        return env.value(core.Param(parameter.name, type=parameter.type, span=instance.span))
    except Failure:
        return None


def rates_present(e: core.Expr, instance: core.Instance) -> core.Expr:
    """A condition in which it is worked out that rates per time are present: they have a value for months, not days."""
    match e:
        case core.Presence(core.Param(name), missing) if name in instance.arguments and instance.arguments[name].per:
            return core.Const(not missing, type=e.type, span=e.span)
        case core.Logic(op, parts):
            return core.Logic(op, tuple(rates_present(part, instance) for part in parts), type=e.type, span=e.span)
        case core.Not(of):
            return core.Not(rates_present(of, instance), type=e.type, span=e.span)
        case _:
            return e


def _whole(program: core.Program) -> Iterator[core.Instance]:
    """The clauses in which nothing is reported yet."""
    return (instance for instance in program.instances if not instance.broken)


def requirements(world: World, program: core.Program) -> Iterator[Diagnostic]:
    """Every `requires` of a form holds for the arguments of each clause, in each stretch of days."""
    del world
    tables = indexed(program)
    for instance in _whole(program):
        for written, reason, _ in instance.form.requires:
            condition = rates_present(written, instance)
            names = {e.name for e in expressions(condition) if isinstance(e, core.Param)}
            if not static(condition):
                continue
            for day in moments(instance, program):
                ledger = dry_ledger(program, day, tables)
                if any(known(instance, name, ledger) is None for name in names):
                    continue
                try:
                    holds = scope_of(ledger, instance).value(condition)
                except Failure as failure:
                    if all(cause.code == problems.DATUM_MISSING.code for cause in failure.causes):
                        continue
                    yield from failure.causes
                    break
                if not isinstance(holds, Missing) and not holds:
                    yield problems.REQUIREMENT.at(
                        _at(instance, {e.name for e in expressions(written) if isinstance(e, core.Param)}),
                        form=instance.words,
                        reason_en=reason[0],
                        reason_sv=reason[1],
                    )
                    break


def _at(instance: core.Instance, names: set[str]) -> Span:
    """The place of the first argument that a requirement is about."""
    places = [s.span for name in names for s in _stretches(instance, name)]
    return min(places, default=instance.span)


def _stretches(instance: core.Instance, name: str) -> tuple[core.Stretch, ...]:
    argument = instance.arguments.get(name)
    return argument.stretches if argument else ()


def shares(world: World, program: core.Program) -> Iterator[Diagnostic]:
    """Parameters that are shares of a parent's whole sum to at most 100 %, and to less only with a warning."""
    sv = world.language == "sv"
    tables = indexed(program)
    groups: dict[str, list[core.Instance]] = {}
    for instance in program.instances:
        parent = instance.parent
        if parent is not None and not parent.broken and any(p.share for p in instance.form.parameters):
            groups.setdefault(parent.key, []).append(instance)
    for key, children in groups.items():
        days = sorted({day.start for child in children for day in moments(child, program)})
        for day in days:
            ledger = dry_ledger(program, Days(day, day), tables)
            total = Fraction(0)
            whole = True
            for child in children:
                whole = whole and not child.broken
                if child.broken or clause_days(ledger, child) is None:
                    continue
                name = next(p.name for p in child.form.parameters if p.share)
                value = known(child, name, ledger)
                whole = whole and isinstance(value, Fraction)
                total += value if isinstance(value, Fraction) else 0
            if not whole or total == 1:
                continue
            problem = problems.WEIGHTS_ABOVE if total > 1 else problems.WEIGHTS_BELOW
            decimal = f"{float_free(total * 100)} %"
            place = children[0].parent
            assert place is not None
            yield problem.at(place.span, name=world.key(key), found=decimal.replace(".", ",") if sv else decimal)
            break


def float_free(value: Fraction) -> str:
    """A number with at most two decimals, cut."""
    whole = abs(value.numerator) * 100 // value.denominator
    text = f"{whole // 100}.{whole % 100:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text


def indicators(world: World, program: core.Program) -> Iterator[Diagnostic]:
    """When the contract defines indicators, every clause that is about one names one of them."""
    del world
    if not program.indicators:
        return
    for instance in program.instances:
        for p in instance.form.parameters:
            if p.indicator:
                for s in _stretches(instance, p.name):
                    code = s.value.value if isinstance(s.value, core.Const) else None
                    if isinstance(code, str) and code not in program.indicators:
                        listed = ", ".join(program.indicators)
                        yield problems.UNKNOWN_INDICATOR.at(s.value.span, name=code, known=listed)


def dated_inside(world: World, program: core.Program) -> Iterator[Diagnostic]:
    """A value that starts after the contract's end, or ends before its start, is a slip worth a warning."""
    terms = program.terms
    for instance in _whole(program):
        for argument in instance.arguments.values():
            for s in argument.stretches:
                if not covers(s, terms.start, terms.end) and s.start not in world.never:
                    yield problems.CAUSE_OUTSIDE.at(s.span, day=s.start or s.end)


def gaps(world: World, program: core.Program) -> Iterator[Diagnostic]:
    """A day between two values of one argument on which none holds is a slip worth a warning; an end is not."""
    for instance in _whole(program):
        for name, argument in instance.arguments.items():
            ordered = sorted(argument.stretches, key=lambda s: s.start or date.min)
            for before, after in pairwise(ordered):
                if before.end is not None and after.start is not None and after.start - before.end > ONE_DAY:
                    first, last = before.end + ONE_DAY, after.start - ONE_DAY
                    parameter = instance.form.parameter(name)
                    called = world.called(parameter) if parameter is not None else name
                    yield problems.VALUE_GAP.at(after.span, before.span, name=called, start=first, end=last)


def formers(world: World, program: core.Program) -> Iterator[Diagnostic]:
    """Clauses that say they were called what another clause beside them, or anywhere by its whole key, is called."""
    keys = {instance.key: instance for instance in program.instances}
    for instance in program.instances:
        beside = f"{instance.parent.key}/" if instance.parent is not None else ""
        own = f"{beside}{instance.form.name}"
        for key in (instance.was, f'{own}["{instance.was}"]', f"{own}[{instance.was}]"):
            if instance.was and key in keys:
                yield problems.STILL_HERE.at(instance.span, keys[key].span, name=world.key(key))


CHECKS: tuple[Check, ...] = (
    requirements,
    shares,
    indicators,
    dated_inside,
    gaps,
    sums_each_period,
    counted_for_each,
    formers,
)
"""All checks, in the order they run."""
