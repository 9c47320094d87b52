"""How contacts and cost are spread over the ways in which they are billed (REG-16)."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction

from avtal.rendering.report import Report
from avtal.reports.pieces import Piece, pieces
from avtal.reports.view import MONEY, NUMBER, SHARE, Column, Table, View, share

MANY = 5
"""So many clauses of one form are shown one by one; more of them are one billing type."""


def billing(view: View) -> tuple[Table, ...]:
    """For each period: rows and amounts by clause and kind of payment, with their shares of all.

    Clauses of one form that are more than a few stand together. A row that is paid in two ways counts under both, so
    the shares of rows may pass 100 %.
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
            alike = Counter(clause.form for clause in report.settlement.clauses if clause.pays)
            for piece in pieces(view, report):
                name = _type(view, report, piece, alike[piece.clause.form])
                amounts[name] += piece.amount
                if piece.row is not None:
                    rows[name].add(id(piece.row))
        _fold(amounts, _rounding(view))
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


def _rounding(view: View) -> str:
    return view.say("avrundning", "rounding")


def _type(view: View, report: Report, piece: Piece, alike: int) -> str:
    """What a piece is billed as: its clause, and which of the clause's payments; or its form when many are alike."""
    clause = piece.clause
    labels = {line.label for line in clause.lines}
    label = piece.label if len(labels) > 1 else ""
    if not piece.label and len(labels) > 1:
        label = _rounding(view)
    if alike <= MANY:
        return " – ".join(filter(None, (report.full_name(clause), label)))
    form = clause.swedish if view.language == "sv" and clause.swedish else clause.form
    return view.say(f"{form}, {alike} poster", f"{form}, {alike} clauses")


def _fold(amounts: dict[str, Fraction], rounding: str) -> None:
    """Put rounding to the öre with the payment before it: half an öre is no billing type."""
    before = ""
    for name, amount in list(amounts.items()):
        if before and name.endswith(f" – {rounding}") and abs(amount) <= Fraction(1, 200):
            amounts[before] += amounts.pop(name)
        else:
            before = name
