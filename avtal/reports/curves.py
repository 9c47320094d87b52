"""What a clause pays against the one value that it turns on: a result, or a volume around a target.

Which clauses have such a value is found by how they are written (`interpreter.vary`); each is settled again at value
after value, all else as it was. So the curve is the contract's, with its rounding, not a drawing of a formula.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from attrs import frozen

from avtal import periods
from avtal.rendering.report import Report
from avtal.reports.view import View
from interpreter import types as t
from interpreter.settlement import ClauseResult
from interpreter.units import Unit
from interpreter.vary import DATUM, Dial, Turning

STEPS = {DATUM: 50}
VOLUME_STEPS = 12
BEYOND = Fraction(3, 2)
"""A volume is turned from nothing to so many times its highest mark."""
JUST = Fraction(1, 10_000)
"""How far beside a mark, as a share of the range, the payment is worked out too: a payment may leap there."""


@frozen
class Curve:
    """What a clause pays against one of its values.

    Args:
        report, clause: the settlement and the clause.
        dial: which value.
        name, unit: what the value is called, and the unit it is shown in.
        points: (value in base units, kr) in rising order; a value at which the clause is not settled is left out.
        marks: (name, value) of the parameters that the value is held against.
        now: the value and the payment as settled; `None` when the value is missing or another each month.
        between: the least and the greatest of the values, when they differ by month.
    """

    report: Report
    clause: ClauseResult
    dial: Dial
    name: str
    unit: Unit
    points: tuple[tuple[Fraction, Fraction], ...]
    marks: tuple[tuple[str, Fraction], ...]
    now: tuple[Fraction, Fraction] | None
    between: tuple[Fraction, Fraction] | None = None

    @property
    def turns(self) -> bool:
        """Whether the payment is another at another value; else what counts is that there is a value at all."""
        return len({paid for _, paid in self.points}) > 1

    @property
    def title(self) -> str:
        """The clause, the period and the parties."""
        s = self.report.settlement
        parties = " / ".join(code for code in (s.buyer[1], s.provider[1]) if code)
        return ", ".join(filter(None, (self.report.full_name(self.clause), periods.name(s.start, s.end), parties)))


def curves(view: View) -> Iterator[Curve]:
    """The curves of every clause that has a value that can be turned."""
    for report in view.reports:
        opened = view.opened(report)
        for dial in opened.dials():
            curve = _curve(view, report, opened, dial)
            if curve is not None and curve.points:
                yield curve


def _curve(view: View, report: Report, opened: Turning, dial: Dial) -> Curve | None:
    marks, now = opened.marks(dial), opened.now(dial)
    known = [value for _, value in marks] + ([now] if now is not None else [])
    if dial.kind == DATUM:
        low = dial.low if dial.low is not None else min(known, default=None)
        high = dial.high if dial.high is not None else max(known, default=None)
    else:
        low, high = Fraction(0), max(known) * BEYOND if marks else None
    if low is None or high is None or low >= high:
        return None
    steps = STEPS.get(dial.kind, VOLUME_STEPS)
    values = {low + (high - low) * at / steps for at in range(steps + 1)} | {v for v in known if low <= v <= high}
    for _, mark in marks:
        values |= {v for v in (mark - (high - low) * JUST, mark + (high - low) * JUST) if low <= v <= high}
    points = []
    for value in sorted(values):
        amount = opened.at(dial, value).amount
        if amount is not None:
            points.append((value, amount))
    clause = opened.results[dial.clause]
    settled = (now, clause.amount) if now is not None and clause.amount is not None else None
    name, unit = _called(view, opened, dial)
    words = [(_parameter(view, opened, dial, mark), value) for mark, value in marks]
    months = {value for value in opened.every(dial) if value is not None}
    between = (min(months), max(months)) if len(months) > 1 else None
    return Curve(report, clause, dial, name, unit, tuple(points), tuple(words), settled, between)


def _called(view: View, opened: Turning, dial: Dial) -> tuple[str, Unit]:
    """What a value is called where it comes from, and its unit as a parameter of the clause writes it."""
    fact = view.program.facts[dial.fact]
    column = fact.column(dial.column) if dial.column else None
    thing = column if column is not None else fact
    name = thing.swedish if view.language == "sv" and thing.swedish else thing.name
    unit = dial.unit
    for mark in dial.marks:
        parameter = opened.instances[dial.clause].parameter(mark)
        if not unit.name and parameter is not None and isinstance(parameter.type, t.Num):
            unit = parameter.type.unit
    return name, unit


def _parameter(view: View, opened: Turning, dial: Dial, name: str) -> str:
    parameter = opened.instances[dial.clause].parameter(name)
    swedish = parameter.swedish if parameter is not None and view.language == "sv" else ""
    spelled = swedish or name
    return spelled.replace("_", " ")
