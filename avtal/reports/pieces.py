"""What a settlement paid, piece by piece, down to the rows of data where that can be said.

A payment line of a row is a piece of its own. A line for the clause as a whole is shared by the rows that it was
counted or summed over, in proportion to what each put into that sum: exact where the price is one, a way of showing
where a target or a ceiling bends it. What rests on no row, on several sums, or on rows of other years is a piece
without a row.
The pieces of a settlement add up to its clauses to the öre.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from attrs import frozen

from avtal.rendering.report import Report, rounding
from avtal.reports.view import View
from interpreter import core, types as t
from interpreter.facts import Row
from interpreter.order import expressions
from interpreter.settlement import ClauseResult, Line, Status, Trace
from interpreter.units import NUMBER, Unit

LIST_READ = timedelta(days=31)
"""How long before the period a row may lie and still be of it: lists are read on the last day of the month before."""


Rows = tuple[tuple[Row, Fraction, Unit], ...]


@frozen
class Piece:
    """A part of what a clause paid.

    Args:
        report: the settlement.
        clause: the clause.
        label: which of the clause's payments; empty when it has one.
        row: the row of data; `None` when the part rests on none.
        amount: kr, exact.
        volume, unit: how many of what the row counts for; `None` when the clause doesn't say.
        own: whether the row has a payment line of its own, instead of a share of one.
    """

    report: Report
    clause: ClauseResult
    label: str
    row: Row | None
    amount: Fraction
    volume: Fraction | None = None
    unit: Unit = NUMBER
    own: bool = False


def pieces(view: View, report: Report) -> tuple[Piece, ...]:
    """All that a settlement paid; clauses that are not settled have no pieces."""
    places = {(row.file, row.line): row for rows in view.reading.data.values() for row in rows}
    found: list[Piece] = []
    for clause in report.settlement.clauses:
        if clause.status is not Status.SETTLED or not clause.pays:
            continue
        shared = _shared(view, report, clause)
        labels = report.labels(clause)
        for at, line in enumerate(clause.lines):
            row = places.get((line.file, line.number)) if line.file else None
            label = labels.get(line.label, line.label)
            if row is not None:
                found.append(
                    Piece(report, clause, label, row, line.amount, line.quantity, line.unit, own=True),
                )
            else:
                found += _of_rows(report, clause, line, label, shared.get(at, ()))
        gap = rounding(clause)
        if gap:
            found.append(Piece(report, clause, "", None, gap))
    return tuple(found)


def _of_rows(report: Report, clause: ClauseResult, line: Line, label: str, rows: Rows) -> list[Piece]:
    whole = sum((value for _, value, _ in rows), Fraction(0))
    if not whole:
        return [Piece(report, clause, label, None, line.amount)]
    return [
        Piece(
            report,
            clause,
            label,
            row,
            line.amount * value / whole,
            None if ("kr", 1) in unit.dimension else value / unit.factor,
            unit,
        )
        for row, value, unit in rows
    ]


def _shared(view: View, report: Report, clause: ClauseResult) -> dict[int, Rows]:
    """For the lines without a row of their own, by their place: the rows behind, with what each put in."""
    without = [(at, line) for at, line in enumerate(clause.lines) if not line.file]
    form = view.instance(clause).form
    if not without or not any(isinstance(e, core.Aggregate) for e in expressions(form.steps)):
        return {}
    waiting: dict[object, list[Trace]] = defaultdict(list)
    for trace in view.opened(report).traced(clause.key):
        waiting[_home(clause, trace)].append(trace)
    found: dict[int, Rows] = {}
    for at, line in without:
        traces = waiting[line.span]
        if traces:
            found[at] = _behind(view, report, traces.pop(0))
    return found


def _home(clause: ClauseResult, trace: Trace) -> object:
    """The `pays` that a traced value stands in."""
    span = trace.span
    if span is None:
        return None
    inside = (line.span for line in clause.lines if line.span.file == span.file)
    return next((s for s in inside if s.start <= span.start and span.end <= s.end), None)


def _behind(view: View, report: Report, trace: Trace) -> Rows:
    """The rows of the one sum or count that a value rests on; none when there are several, or rows of other years."""
    sums = {id(found.expr): found for found in _sums(trace)}
    if len(sums) != 1:
        return ()
    (found,) = sums.values()
    e = found.expr
    if not isinstance(e, core.Aggregate) or not isinstance(e.type, t.Num):
        return ()
    first = report.settlement.start - LIST_READ
    facts = view.program.facts
    rows: list[tuple[Row, Fraction, Unit]] = []
    for row, value in found.rows:
        day = row.cells.get(facts[row.fact].dated)
        if isinstance(day, date) and not first <= day <= report.settlement.end:
            return ()
        put_in = value if e.kind == "sum" else Fraction(1)
        if isinstance(put_in, Fraction):
            rows.append((row, put_in, e.type.unit))
    return tuple(rows)


def _sums(trace: Trace) -> Iterator[Trace]:
    """The outermost sums and counts over rows; amounts of other clauses are not looked into."""
    e = trace.expr
    if isinstance(e, core.Aggregate):
        if e.kind in ("sum", "count") and e.rows is not None:
            yield trace
        return
    if isinstance(e, core.Amount | core.Given):
        return
    for part in trace.parts:
        yield from _sums(part)
