"""A curve as a table: the values at which its payment bends, leaps or was settled, for those who read numbers."""

from __future__ import annotations

from fractions import Fraction

from avtal.reports.curves import Curve
from avtal.reports.view import MONEY, NUMBER, Column, Table, View
from interpreter.units import unit_name


def points(view: View, curve: Curve) -> Table:
    """The points of a curve without those that lie on the line between their neighbours."""
    unit = unit_name(curve.unit.name, view.language, curve.report.units)
    columns = (
        Column(f"{curve.name}, {unit}" if unit else curve.name, NUMBER),
        Column(view.say("Ersättning, kr", "Payment, kr"), MONEY),
    )
    kept: list[tuple[Fraction, Fraction]] = []
    for point in curve.points:
        while len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    told = [f"{name} {_plain(value / curve.unit.factor, unit, view)}" for name, value in curve.marks]
    if curve.now is not None:
        told.append(view.say("avräknat", "settled") + f" {_plain(curve.now[0] / curve.unit.factor, unit, view)}")
    rows = tuple((x / curve.unit.factor, y) for x, y in kept)
    return Table(curve.title, columns, rows, notes=(", ".join(told),) if told else ())


def _straight(a: tuple[Fraction, Fraction], b: tuple[Fraction, Fraction], c: tuple[Fraction, Fraction]) -> bool:
    """Whether the middle point lies on the line between the others, but for rounding to the öre."""
    along = a[1] + (c[1] - a[1]) * (b[0] - a[0]) / (c[0] - a[0])
    return abs(along - b[1]) <= Fraction(1, 100)


def _plain(value: Fraction, unit: str, view: View) -> str:
    from avtal.rendering.numbers import exact

    return f"{exact(value, view.language)} {unit}".strip()
