"""What a clause comes to: its lines added up and rounded as the contract says, and the result that is noted of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from dsl.diagnostics import Diagnostic
from interpreter import core, types as t
from interpreter.settlement import ClauseResult, Line, Lines, Status, listed
from interpreter.units import KRONA
from interpreter.values import round_to


def sums(lines: Sequence[Line | Lines], terms: core.Terms) -> tuple[Fraction, Fraction]:
    """What a clause's lines come to: the payable amount, and their sum before rounding."""
    single = [line.amount for line in lines if isinstance(line, Line)]
    many = [line for line in lines if isinstance(line, Lines)]
    return payable(single, terms, many), total([*single, *(each.exact for each in many)])


def payable(amounts: Sequence[Fraction], terms: core.Terms, many: Sequence[Lines] = ()) -> Fraction:
    """What a clause's lines come to, rounded where the contract rounds; a total is rounded as a whole, not here.

    Args:
        amounts: those of its lines that are known one by one.
        terms: the contract's.
        many: its lines that are only known together.
    """
    step = terms.round_step
    assert step is not None
    assert isinstance(step.value, Fraction)
    if terms.round_where == "line":
        single = [round_to(amount, step.value, terms.round_mode) for amount in amounts]
        return total([*single, *(lines.payable for lines in many)])
    exact = total([*amounts, *(lines.exact for lines in many)])
    return round_to(exact, step.value, terms.round_mode) if terms.round_where == "clause" else exact


def total(amounts: Sequence[Fraction]) -> Fraction:
    """The sum of some amounts, of which there is mostly one."""
    return sum(amounts[1:], amounts[0]) if amounts else Fraction(0)


def settled_result(
    instance: core.Instance,
    amount: Fraction,
    exact: Fraction,
    lines: Sequence[Line | Lines],
    given: Mapping[str, object],
    offers: Mapping[str, object],
    *,
    paid: bool,
) -> ClauseResult:
    """The result of a clause whose steps are carried out; `paid` says whether its form pays at all."""
    several, status = listed(lines), Status.SETTLED
    return result_of(
        instance, status, paid=paid, amount=amount, exact=exact, lines=several, given=dict(given), offers=dict(offers)
    )


def result_of(
    instance: core.Instance,
    status: Status,
    *,
    paid: bool,
    amount: Fraction | None = None,
    exact: Fraction | None = None,
    lines: Sequence[Line] = (),
    given: Mapping[str, object] | None = None,
    offers: Mapping[str, object] | None = None,
    failures: tuple[Diagnostic, ...] = (),
) -> ClauseResult:
    """A result, with what the clause says of itself; without amounts unless it is settled."""
    depth, parent, form = 0, instance.parent, instance.form
    while parent is not None:
        depth, parent = depth + 1, parent.parent
    return ClauseResult(
        key=instance.key,
        form=form.name,
        swedish=form.swedish,
        label=instance.label,
        depth=depth,
        status=status,
        amount=amount,
        exact=exact,
        lines=lines,
        given=given or {},
        offers=offers or {},
        failures=failures,
        pays=paid,
        inside_base=instance.inside_base,
        component=instance.component,
        span=instance.span,
    )


def pays(steps: Sequence[core.Stmt]) -> bool:
    """Whether some step pays."""
    for step in steps:
        match step:
            case core.Pays():
                return True
            case core.Each(_, _, _, inner) if pays(inner):
                return True
            case core.When(cases, otherwise) if pays(otherwise) or any(pays(then) for _, then in cases):
                return True
            case _:
                pass
    return False


def offered_in(terms: core.Terms, value: object, kind: t.Type) -> object:
    """What is handed to nested clauses of a contract with such terms."""
    if isinstance(value, Fraction) and isinstance(kind, t.Num) and kind.unit.dimension == KRONA.dimension:
        return payable([value], terms)
    return value
