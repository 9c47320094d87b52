"""How contacts and cost are spread over the ways in which they are billed (REG-16)."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from avtal.reports.pieces import pieces
from avtal.reports.view import MONEY, NUMBER, SHARE, Column, Table, View, share


def billing(view: View) -> tuple[Table, ...]:
    """For each period: rows and amounts by clause and kind of payment, with their shares of all.

    A row that is paid in two ways counts under both, so the shares of rows may pass 100 %.
    """
    columns = (
        Column(view.say("Debiteringstyp", "Billing type")),
        Column(view.say("Rader", "Rows"), NUMBER),
        Column(view.say("Andel av rader", "Share of rows"), SHARE),
        Column(view.say("Belopp, kr", "Amount, kr"), MONEY),
        Column(view.say("Andel av belopp", "Share of amount"), SHARE),
    )
    tables = []
    for period, reports in view.by_period():
        rows: dict[str, set[int]] = defaultdict(set)
        amounts: dict[str, Fraction] = defaultdict(Fraction)
        for report in reports:
            for piece in pieces(view, report):
                labels = {line.label for line in piece.clause.lines}
                label = piece.label if len(labels) > 1 else ""
                if not piece.label and len(labels) > 1:
                    label = view.say("avrundning", "rounding")
                name = " – ".join(filter(None, (report.full_name(piece.clause), label)))
                amounts[name] += piece.amount
                if piece.row is not None:
                    rows[name].add(id(piece.row))
        every = set().union(*rows.values())
        whole = sum(amounts.values(), Fraction(0))
        count = Fraction(len(every))
        found = [
            (
                name,
                Fraction(len(rows[name])) if name in rows else None,
                share(Fraction(len(rows[name])), count) if name in rows else None,
                amount,
                share(amount, whole),
            )
            for name, amount in amounts.items()
        ]
        total = (view.say("Summa", "Total"), count, None, whole, share(whole, whole))
        title = view.say(
            f"Andel av kontakter och kostnad per debiteringstyp, {period}",
            f"Share of contacts and of cost by billing type, {period}",
        )
        note = view.say(
            "Andel av rader är av de rader som någon post vilar på; den är en annan sak än en andel av kostnaden.",
            "A share of rows is of the rows that some clause rests on; it is another thing than a share of the cost.",
        )
        tables.append(Table(title, columns, tuple(found), total, (note, *view.lacking())))
    return tuple(tables)
