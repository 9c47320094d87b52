"""The dearest payment lines: outliers, and whatever else is paid row by row (REG-16)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from avtal import periods
from avtal.rendering.report import Report
from avtal.rendering.terminal import visible
from avtal.rendering.values import value
from avtal.reports.pieces import Piece, pieces
from avtal.reports.view import MONEY, Cell, Column, Table, View
from interpreter.facts import Column as FactColumn, Fact, Row
from interpreter.types import Num

TOP = 5
MOST_TIED = 3
"""Lines that tie with the last one are shown too, as long as they are not a common price: so many times `top`."""


def dearest(view: View, *, top: int = TOP) -> tuple[Table, ...]:
    """The dearest lines of each kind of payment that is made by row, of all the settlements together.

    Args:
        view: the settlements.
        top: how many; lines that tie with the last of them are shown as well, with the same place, unless very many do.
    """
    found: dict[tuple[str, str], list[tuple[Piece, Row]]] = defaultdict(list)
    for _, reports in view.by_period():
        for report in reports:
            for piece in pieces(view, report):
                if piece.own and piece.row is not None and piece.amount > 0:
                    name = " – ".join(filter(None, (report.full_name(piece.clause), visible(piece.label))))
                    found[name, piece.row.fact].append((piece, piece.row))
    heads = (
        *((view.say("Plats", "Place"), "text"), (view.say("Belopp, kr", "Amount, kr"), MONEY)),
        *((view.say("Period", "Period"), "text"), (view.say("Parter", "Parties"), "text")),
        (view.say("Rad", "Row"), "text"),
    )
    tables = []
    for (name, fact), own in found.items():
        amounts = sorted((piece.amount for piece, _ in own), reverse=True)
        limit = amounts[:top][-1]
        chosen = sorted((pair for pair in own if pair[0].amount >= limit), key=lambda pair: -pair[0].amount)
        tied = len(chosen)
        if tied > MOST_TIED * top:
            chosen = chosen[:top]
        told_of = _told(view.program.facts[fact], [row for _, row in chosen])
        named = [(c.swedish if view.language == "sv" and c.swedish else c.name, "text") for c in told_of]
        columns = tuple(Column(*head) for head in (*heads, *named))
        rows = [_line(view, 1 + sum(a > piece.amount for a in amounts), piece, row, told_of) for piece, row in chosen]
        title = view.say(f"Dyraste raderna: {name}", f"The dearest lines: {name}")
        part = 100 * sum(amounts[: len(rows)]) // sum(amounts)
        note = view.say(
            f"{len(rows)} av {len(own)} rader, {part} procent av deras belopp.",
            f"{len(rows)} of {len(own)} lines, {part} per cent of their amount.",
        )
        notes = [note]
        if tied > len(chosen):
            told = f"{tied} rader kostar så mycket; {len(chosen)} visas."
            notes.append(view.say(told, f"{tied} lines cost as much; {len(chosen)} are shown."))
        tables.append(Table(title, columns, tuple(rows), notes=(*notes, *view.lacking())))
    return tuple(tables)


def _told(fact: Fact, rows: Sequence[Row]) -> list[FactColumn]:
    """The columns of a fact that say something of the rows and are not shown already."""
    left = (fact.provider, fact.buyer, *fact.keys)
    return [c for c in fact.columns if c.name not in left and any(row.cells.get(c.name) is not None for row in rows)]


def _line(view: View, place: int, piece: Piece, row: Row, columns: Sequence[FactColumn]) -> tuple[Cell, ...]:
    settlement = piece.report.settlement
    fact = view.program.facts[row.fact]
    keys = [k for k in fact.keys if k not in (fact.provider, fact.buyer)]
    name = ", ".join(visible(str(row.cells.get(key))) for key in keys)
    period = periods.name(settlement.start, settlement.end)
    data = [_datum(piece.report, row, column) for column in columns]
    return (str(place), piece.amount, period, view.parties(settlement), name, *data)


def _datum(report: Report, row: Row, column: FactColumn) -> str:
    cell = row.cells.get(column.name)
    if cell is None:
        return "–"
    words = {en: sv or en for en, sv in column.choices} if report.language == "sv" else {}
    return words.get(str(cell), "") or value(cell, Num(column.unit), report.language, report.units)
