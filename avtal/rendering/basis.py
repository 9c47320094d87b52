"""What amounts are made of, in a few words a clause: its parts, how much at which prices, and what it gives."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from fractions import Fraction
from textwrap import TextWrapper

from avtal.rendering.numbers import BLANK, grouped, kronor
from avtal.rendering.report import Report
from avtal.rendering.terminal import BOLD, Paint
from avtal.rendering.values import number
from avtal.rendering.words import word
from interpreter.settlement import ClauseResult, Line, LineList, Lines, Status
from interpreter.units import Unit

FEW, MOST = 6, 5_000
"""The most different prices that are told one by one, and the most rows of data that are looked at for it."""
WRAP = TextWrapper(110, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
"""How wide a line is, and how a longer one goes on below itself."""


def basis(report: Report, paint: Paint) -> str:
    """A line for each clause that is paid by rows, or gives what its amount was reckoned from; empty without any."""
    told = [(report.full_name(clause), made_of(report, clause)) for clause in report.settlement.clauses]
    lines = [WRAP.fill(f"  {name}: {text}") for name, text in told if text]
    return "\n".join([paint(word("basis", report.language), BOLD), *lines, ""]) if lines else ""


def made_of(report: Report, clause: ClauseResult) -> str:
    """What a clause's amount is made of; of the rows of large data only their number, for their lines lie elsewhere."""
    if clause.status is not Status.SETTLED or not clause.pays:
        return ""
    told = of_many(report, clause) if _large(report) else of_parts(report, clause, clause.lines)
    return "; ".join([*told, *(f"{name} {gift}" for name, gift in report.gifts(clause))])


def _large(report: Report) -> bool:
    return sum(read for _, read in report.settlement.rows.values()) > MOST


def looked_at(reports: Iterable[Report]) -> None:
    """Have the lines that are looked at fetched while the data are there."""
    for report in reports:
        for clause in report.settlement.clauses if not _large(report) else ():
            if isinstance(clause.lines, LineList):
                tuple(clause.lines)


def of_parts(report: Report, clause: ClauseResult, lines: Iterable[Line]) -> list[str]:
    """Each part of a clause, by the label of its payment: what it is of, and its sum where there are several."""
    parts: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        parts[line.label].append(line)
    names, told = report.labels(clause), []
    for label, part in parts.items():
        words = [of_rows(report, rows)] if (rows := [line for line in part if line.row]) else []
        words += [of_one(report, line) for line in part if not line.row]
        if len(parts) > 1:
            total = kronor(sum((line.amount for line in part), Fraction(0)), report.language)
            words = [f"{names.get(label, label)} {total}".strip(), f"({', '.join(filter(None, words))})" * any(words)]
            told.append(" ".join(filter(None, words)))
        else:
            told += filter(None, words)
    return told


def of_many(report: Report, clause: ClauseResult) -> list[str]:
    """The rows of large data by their number, and by their sum beside what the clause is paid as a whole."""
    parts = clause.lines.parts if isinstance(clause.lines, LineList) else clause.lines
    rows = sum(part.count if isinstance(part, Lines) else bool(part.row) for part in parts)
    whole = [part for part in parts if isinstance(part, Line) and not part.row]
    told = [counted(rows, report.language)] if rows else []
    if told and whole and clause.exact is not None:
        rest = clause.exact - sum((line.amount for line in whole), Fraction(0))
        told = [f"{told[0]}, {kronor(rest, report.language)}"]
    return told + of_parts(report, clause, whole)


def of_one(report: Report, line: Line) -> str:
    """So many of something at a price, where that is what the clause as a whole is paid for."""
    if line.quantity is None or line.unit_price is None or not line.unit.name:
        return ""
    return at_price(report, line.quantity, line.unit, line.unit_price)


def of_rows(report: Report, rows: list[Line]) -> str:
    """Rows by what they are of at which prices, or by their amounts, where these are few; else how many they are."""
    language, told = report.language, counted(len(rows), report.language)
    volumes: dict[tuple[Unit, Fraction], Fraction] = defaultdict(Fraction)
    for line in rows:
        if line.quantity is not None and line.unit_price is not None:
            volumes[line.unit, line.unit_price] += line.quantity
    priced = all(line.quantity is not None and line.unit_price is not None for line in rows)
    total = sum(volumes.values(), Fraction(0))
    if priced and len(volumes) <= FEW:
        most = sorted(volumes.items(), key=lambda one: (-one[1], one[0][1]))
        listed = ", ".join(at_price(report, volume, unit, price) for (unit, price), volume in most)
        return listed if abs(total) == len(rows) else f"{told}: {listed}"
    units = {unit for unit, _ in volumes}
    if priced and len(units) == 1 and (unit := units.pop()).name:
        return f"{told}, {number(total, unit, language, report.units)}"
    amounts = Counter(line.amount for line in rows).most_common()
    if len(amounts) > FEW or len(rows) < 2 * len(amounts):
        return told
    return ", ".join(at(grouped(str(n)), amount, language) for amount, n in amounts)


def at_price(report: Report, volume: Fraction, unit: Unit, price: Fraction) -> str:
    """So many of something at a price."""
    language = report.language
    return at(number(volume, unit, language, report.units), price, language)


def at(volume: str, price: Fraction, language: str) -> str:
    """The two with the word between them, on one line."""
    return f"{volume}{BLANK}{word('at', language)}{BLANK}{kronor(price, language)}"


def counted(rows: int, language: str) -> str:
    """So many rows."""
    return f"{grouped(str(rows))} {word('rows_one' if rows == 1 else 'rows_many', language)}"
