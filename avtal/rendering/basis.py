"""What amounts are made of, in a few words a clause: how many rows at which amounts, and what the clause gives."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from avtal.rendering.numbers import grouped, kronor
from avtal.rendering.report import Report
from avtal.rendering.terminal import BOLD, Paint
from avtal.rendering.values import number
from avtal.rendering.words import word
from interpreter.settlement import ClauseResult, Line, LineList, Lines, Status

FEW, MOST = 4, 5_000
"""The most different amounts that are told one by one, and the most rows of data that are looked at for it."""


def basis(report: Report, paint: Paint) -> str:
    """A line for each clause that is paid by rows, or gives what its amount was reckoned from; empty without any."""
    told = [(report.full_name(clause), made_of(report, clause)) for clause in report.settlement.clauses]
    lines = [f"  {name}: {text}" for name, text in told if text]
    return "\n".join([paint(word("basis", report.language), BOLD), *lines, ""]) if lines else ""


def made_of(report: Report, clause: ClauseResult) -> str:
    """What a clause's amount is made of; of the rows of large data only their number, for their lines lie elsewhere."""
    if clause.status is not Status.SETTLED or not clause.pays:
        return ""
    lines = clause.lines
    parts = lines.parts if isinstance(lines, LineList) else lines
    rows = sum(part.count if isinstance(part, Lines) else bool(part.row) for part in parts)
    if not rows:
        told = [of_one(report, part) for part in parts if isinstance(part, Line)]
    elif sum(read for _, read in report.settlement.rows.values()) <= MOST:
        told = [of_rows(report, [line for line in lines if line.row])]
    else:
        told = [counted(rows, report.language)]
    return "; ".join([*filter(None, told), *(f"{name} {gift}" for name, gift in report.gifts(clause))])


def of_one(report: Report, line: Line) -> str:
    """So many of something at a price, where that is what the clause as a whole is paid for."""
    if line.quantity is None or line.unit_price is None or not line.unit.name:
        return ""
    language = report.language
    told = number(line.quantity, line.unit, language, report.units)
    return f"{told} {word('at', language)} {kronor(line.unit_price, language)}"


def of_rows(report: Report, rows: list[Line]) -> str:
    """Rows by their amounts where these are few, else their number and how much they are of."""
    language = report.language
    amounts = Counter(line.amount for line in rows)
    if len(amounts) <= FEW:
        return ", ".join(
            f"{grouped(str(n))} {word('at', language)} {kronor(amount, language)}"
            for amount, n in amounts.most_common()
        )
    units = {line.unit if line.quantity is not None else None for line in rows}
    told = counted(len(rows), language)
    if len(units) != 1 or (unit := units.pop()) is None or not unit.name:
        return told
    total = sum((line.quantity for line in rows if line.quantity is not None), Fraction(0))
    return f"{told}, {number(total, unit, language, report.units)}"


def counted(rows: int, language: str) -> str:
    """So many rows."""
    return f"{grouped(str(rows))} {word('rows_one' if rows == 1 else 'rows_many', language)}"
