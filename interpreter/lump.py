"""Sums without a time that count once for every settled period.

`block 84 mkr` in a contract of four years that is settled yearly pays 84 mkr four times, and a ceiling of 2 600 mkr
begins anew each year. Most often a sum a year was meant: `84 mkr/year` says so whatever the contract is settled by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache

from dsl.diagnostics import Diagnostic
from dsl.lexicon import LANGUAGES, UNITS
from interpreter import core, problems, types as t
from interpreter.arguments import outward
from interpreter.clerk import scope_of
from interpreter.dry import Tables, dry_ledger, indexed
from interpreter.order import expressions
from interpreter.settle import periods
from interpreter.units import KRONA, NUMBER
from interpreter.values import Days, Failure, written
from interpreter.world import World

PER = {"yearly": "year", "quarterly": "quarter", "monthly": "month"}


def sums_each_period(world: World, program: core.Program) -> Iterator[Diagnostic]:
    """Amounts in kr that a form pays, or is bounded by, once for each settled period of several."""
    terms, unknown = program.terms, core.Terms()
    if (terms.start, terms.end) == (unknown.start, unknown.end):  # the period is reported
        return
    tables = cache(lambda: indexed(program))  # once, and only where an amount is to be worked out
    for instance in program.instances:
        if instance.broken or not instance.arguments:
            continue
        names = lump_sums(instance.form)
        for name, argument in instance.arguments.items():
            if name not in names:
                continue
            for s in argument.stretches:
                days = _days(instance, s, terms)
                count = len(periods(terms, days.start, days.end)) if days is not None else 0
                said = _said(s.value, instance.model, program) if count > 1 else ""
                if not said or days is None:
                    continue
                found = s.value.text if isinstance(s.value, core.Const) else ""
                amount = _amount(s.value, instance, program, days, tables())
                if amount:
                    parameter = instance.form.parameter(name)
                    yield problems.EACH_PERIOD.at(
                        s.value.span,
                        name=world.called(parameter) if parameter is not None else name,
                        found=found or written(amount, s.value.type, world.language),
                        count=count,
                        **{f"example_{language}": _examples(said, terms, language) for language in LANGUAGES},
                    )


def _said(value: core.Expr, model: core.ModelUse | None, program: core.Program) -> str:
    """The first amount that a value is made of, as written; empty when more than the text decides it, or it has a time.

    Of a price list it is the unit of the column.
    """
    lets = {let.name: let.value for let in program.lets}
    amounts: list[core.Const] = []
    columns: list[str] = []
    waiting: list[tuple[core.Expr, core.ModelUse | None]] = [(value, model)]
    while waiting:
        e, around = waiting.pop()
        for part in expressions(e):
            unit = part.type.unit if isinstance(part.type, t.Num) else NUMBER
            if {name for name, _ in unit.dimension} & {"month", "day"}:
                return ""
            match part:
                case core.Const():
                    amounts += [part] if unit.dimension == KRONA.dimension else []
                case core.Member(core.EntryOf()):
                    columns += [unit.name] if unit.dimension == KRONA.dimension else []
                case core.LetRef(name, "") if name in lets:
                    waiting.append((lets.pop(name), None))
                case core.Param(name):
                    argument = around.arguments.get(name) if around is not None else None
                    if around is None or argument is None or argument.per:
                        return ""
                    waiting += [(s.value, around.model) for s in argument.stretches]
                case _ if not isinstance(part, _SAID):
                    return ""
                case _:
                    pass
    first = min(amounts, key=lambda amount: amount.span, default=None)
    return first.text if first is not None else columns[0] if columns else ""


_SAID = (
    *(core.TableRef, core.Renamed, core.EntryOf, core.Member, core.Tariff, core.PartyRef, core.LetRef),
    *(core.Add, core.Multiply, core.Negate, core.Not, core.Logic, core.Compare, core.Among, core.Between),
    *(core.Presence, core.Else, core.Round, core.Cases, core.Call),
)
"""What the text and its parties decide."""


def _amount(
    value: core.Expr, instance: core.Instance, program: core.Program, days: Days, tables: Tables
) -> Fraction | None:
    """What a value comes to for the first provider on the first of some days; `None` when it can't be told."""
    ledger = dry_ledger(program, Days(days.start, days.start), tables)
    try:
        found = outward(scope_of(ledger, instance)).value(value)
    except Failure:
        return None
    return found if isinstance(found, Fraction) else None


def _days(instance: core.Instance, s: core.Stretch, terms: core.Terms) -> Days | None:
    """The days on which a value of a clause holds."""
    starts, ends = [terms.start], [terms.end]
    up: core.Instance | None = instance
    while up is not None:
        starts += [up.start] if up.start else []
        ends += [up.end] if up.end else []
        up = up.parent
    start, end = max(*starts, s.start or terms.start), min(*ends, s.end or terms.end)
    return Days(start, end) if start <= end else None


def lump_sums(form: core.Form) -> frozenset[str]:
    """The parameters in kr whose value a form pays, or bounds a payment by, once for the settled period.

    One that a payment both adds and takes away is not among them: what is paid is what has been added since before.
    """
    lets = {step.name: step.value for step in form.steps if isinstance(step, core.Let)}
    return frozenset(name for step in _paid(form.steps) for name in _summed(step.value, lets))


def _summed(paid: core.Expr, lets: Mapping[str, core.Expr]) -> set[str]:
    """The parameters in kr that one payment is, or is bounded by."""
    found: set[tuple[str, int]] = set()
    seen: set[tuple[str, int]] = set()
    waiting = [(paid, 1)]
    while waiting:
        e, sign = waiting.pop()
        match e:
            case core.Param(name) if e.type == t.Num(KRONA):
                found.add((name, sign))
            case core.LetRef(name, "") if name in lets and (name, sign) not in seen:
                seen.add((name, sign))
                waiting.append((lets[name], sign))
            case core.Multiply(first, rest):
                waiting += [(part, sign) for part in _scaled([first, *(part for _, part in rest)])]
            case core.Add(first, rest):
                waiting += [(first, sign), *((part, sign if op == "+" else -sign) for op, part in rest)]
            case core.Negate(of):
                waiting.append((of, -sign))
            case core.Round(of, _):
                waiting.append((of, sign))
            case core.Else(of, default):
                waiting += [(of, sign), (default, sign)]
            case core.Cases(cases, otherwise):
                waiting += [*((value, sign) for _, value in cases), (otherwise, sign)]
            case core.Call(_, arguments):
                waiting += [(argument, sign) for argument in arguments]
            case _:
                pass
    return {name for name, sign in found if (name, -sign) not in found}


def _scaled(factors: Sequence[core.Expr]) -> list[core.Expr]:
    """The amount in a product of one amount and shares; nothing where something is counted or measured."""
    amounts = [f for f in factors if isinstance(f.type, t.Num) and f.type.unit.dimension]
    shares = [f for f in factors if isinstance(f.type, t.Num) and f.type.unit.name == "%"]
    return amounts if len(amounts) == 1 and len(amounts) + len(shares) == len(factors) else []


def _paid(steps: Sequence[core.Stmt]) -> Iterator[core.Pays]:
    """What is paid for the clause as a whole, not for a row, group or month."""
    for step in steps:
        match step:
            case core.Pays():
                yield step
            case core.When(cases, otherwise):
                for _, then in cases:
                    yield from _paid(then)
                yield from _paid(otherwise)
            case core.Let() | core.Gives() | core.Offer() | core.Unsettled() | core.Each():
                pass


def _examples(amount: str, terms: core.Terms, language: str) -> str:
    """The amount by the year, and by the settlement when that is another time."""
    times = dict.fromkeys(("year", PER[terms.settle]))
    spelled = [UNITS[time][LANGUAGES.index(language)][0] for time in times]
    return (" eller " if language == "sv" else " or ").join(f"`{amount}/{time}`" for time in spelled)
