"""How far each goal was met: the result, what it paid, and the most and the least that it could have paid (REG-16)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from avtal.rendering.report import Report
from avtal.rendering.values import number
from avtal.rendering.words import status
from avtal.reports.curves import Curve, curves
from avtal.reports.view import MONEY, SHARE, Cell, Column, Table, View, share
from interpreter.settlement import ClauseResult, Status
from interpreter.vary import DATUM


def fulfilment(view: View, found: Sequence[Curve] | None = None) -> tuple[Table, ...]:
    """For each settlement: the clauses that turn on one result, or on there being one.

    A result that differs by month is shown as its least and its greatest.

    Args:
        view: the settlements.
        found: their curves, when they are worked out already.
    """
    every = [c for c in (curves(view) if found is None else found) if c.dial.kind == DATUM]
    columns = (
        Column(view.say("Mål", "Goal")),
        Column(view.say("Resultat", "Result")),
        Column(view.say("Mäts mot", "Held against")),
        Column(view.say("Belopp, kr", "Amount, kr"), MONEY),
        Column(view.say("Högst, kr", "At most, kr"), MONEY),
        Column(view.say("Lägst, kr", "At least, kr"), MONEY),
        Column(view.say("Andel av det högsta", "Share of the most"), SHARE),
    )
    tables = []
    for period, reports in view.by_period():
        for report in reports:
            own = [curve for curve in every if curve.report is report]
            if not own:
                continue
            rows = tuple(_line(view, report, curve) for curve in own)
            amounts = [curve.clause.amount for curve in own if curve.clause.amount is not None]
            paid = sum(amounts, Fraction(0)) if len(amounts) == len(own) else None
            most = sum((max(amount for _, amount in curve.points) for curve in own), Fraction(0))
            least = sum((_least(curve) for curve in own), Fraction(0))
            total = (view.say("Summa", "Total"), None, None, paid, most, least, share(paid, most))
            where = ", ".join(filter(None, (period, view.parties(report.settlement))))
            title = view.say(f"Måluppfyllelse, {where}", f"Fulfilment, {where}")
            tables.append(Table(title, columns, rows, total, view.lacking()))
    return tuple(tables)


def _least(curve: Curve) -> Fraction:
    """The least that a clause pays at any value, or for want of one."""
    settled = curve.clause.amount
    return min([amount for _, amount in curve.points] + ([settled] if settled is not None else []))


def _line(view: View, report: Report, curve: Curve) -> tuple[Cell, ...]:
    clause: ClauseResult = curve.clause
    paid = [amount for _, amount in curve.points]

    def shown(value: Fraction) -> str:
        return number(value, curve.unit, view.language, report.units)

    result = shown(curve.now[0]) if curve.now is not None else None
    if curve.between is not None:
        result = " – ".join(map(shown, curve.between))
    if clause.status is not Status.SETTLED:
        result = " – ".join(filter(None, (result, status(clause.status, view.language))))
    marks = ", ".join(f"{name} {shown(value)}" for name, value in curve.marks)
    return (
        report.full_name(clause),
        result,
        marks or None,
        clause.amount,
        max(paid),
        _least(curve),
        share(clause.amount, max(paid)),
    )
