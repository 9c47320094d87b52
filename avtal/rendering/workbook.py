"""Settlements as an Excel workbook: a summary, the payment lines, and the explanations.

Amounts are written as numbers in the digits that they have, so that sums can be checked with the sheet's own tools,
beside a column with the exact amount as text. A number of more than 15 digits, which a spreadsheet can't hold, is text
only. Texts are never formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from avtal.errors import AvtalError
from avtal.rendering.book import written
from avtal.rendering.explanation import Explainer
from avtal.rendering.items import flat
from avtal.rendering.numbers import grouped, half_away, plain
from avtal.rendering.report import Report, rounding
from avtal.rendering.words import status, word
from interpreter.settlement import Status, Trace
from interpreter.units import unit_name

HELD = 15
"""How many digits a spreadsheet's number holds."""
LONGEST = 32_000
MOST_ROWS = 1_048_576
"""How many rows a sheet holds; one of them is the heading of the payment lines."""
DEPTH = 6


class _Sheet:
    """A sheet that is filled row by row."""

    def __init__(self, book: Any, name: str, widths: Sequence[int], formats: Mapping[str, Any]) -> None:
        self.sheet = book.add_worksheet(name)
        self.formats = formats
        self.row = 0
        for column, size in enumerate(widths):
            self.sheet.set_column(column, column, size)

    def add(self, *cells: str | Fraction | Decimal | date | None, style: str = "") -> None:
        """One row: texts, dates, fractions as amounts with two decimals, other numbers with those that they have."""
        if self.row == MOST_ROWS:
            held, name = grouped(str(MOST_ROWS)), self.sheet.get_name()
            raise AvtalError(
                f"Arbetsbokens blad {name} rymmer {held} rader, och avräkningen behöver fler. Räkna av färre avtal, "
                "perioder eller parter åt gången.",
                f"The workbook's sheet {name} holds {held} rows, and the settlement needs more. Settle fewer "
                "contracts, periods or parties at a time.",
            )
        for column, cell in enumerate(cells):
            if isinstance(cell, Fraction):
                self._number(column, cell, style)
            elif isinstance(cell, Decimal):
                self.sheet.write_number(self.row, column, cell)
            elif isinstance(cell, date):
                self.sheet.write_datetime(self.row, column, cell, self.formats["day"])
            elif cell:
                self.sheet.write_string(self.row, column, cell[:LONGEST], self.formats.get(style))
        self.row += 1

    def _number(self, column: int, amount: Fraction, style: str) -> None:
        ore = half_away(amount, 2)
        if len(str(abs(ore))) > HELD:
            self.sheet.write_string(self.row, column, plain(Fraction(ore, 100), 2), self.formats.get(style))
            return
        number = Decimal(ore).scaleb(-2, Context(prec=HELD + 2))
        self.sheet.write_number(self.row, column, number, self.formats[f"{style}amount"])


def workbook(
    path: Path,
    reports: Sequence[Report],
    texts: Mapping[int, Mapping[str, str]],
    explain: Callable[[Report, str], Trace],
    notes: Iterable[str] = (),
) -> None:
    """Write settlements as an .xlsx file.

    Args:
        path: the file to write.
        reports: the settlements.
        texts: for each report, in their order, the contract's files by name.
        explain: how a clause of a report came about.
        notes: what is to be noted of the data.

    Raises:
        OSError: the file can't be written.
        AvtalError: a sheet holds too few rows for it; nothing is written.
    """
    _check_lines(reports)
    with written(path) as book:
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "bold": book.add_format({"bold": True}),
            "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
            "amount": book.add_format({"num_format": "#,##0.00"}),
            "boldamount": book.add_format({"num_format": "#,##0.00", "bold": True}),
            "headamount": book.add_format({"num_format": "#,##0.00", "bold": True}),
        }
        language = reports[0].language
        summary = _Sheet(book, word("settlement", language), (60, 22, 18, 26, 60), formats)
        lines = _Sheet(book, word("lines", language), (44, 9, 10, 10, 28, 18, 12, 14, 12, 14, 18, 26, 26), formats)
        reasons = _Sheet(book, word("explanations", language), (100, 26, 36), formats)
        columns = ("clause", "period", "buyer", "provider", "row", "label", "day", "quantity", "unit", "unit_price")
        lines.add(*(word(name, language) for name in (*columns, "amount", "exact", "source")), style="head")
        for note in dict.fromkeys(notes):
            summary.add(note)
        for at, report in enumerate(reports):
            _summary(summary, report)
            _lines(lines, report)
            _reasons(reasons, report, texts[at], explain)


def _check_lines(reports: Sequence[Report]) -> None:
    """Refuse more payment lines than a sheet holds below its heading."""
    clauses = [clause for report in reports for clause in report.settlement.clauses]
    lines = sum(len(clause.lines) + bool(rounding(clause)) for clause in clauses)
    if lines >= MOST_ROWS:
        needed, held = grouped(str(lines)), grouped(str(MOST_ROWS - 1))
        raise AvtalError(
            f"Avräkningen har {needed} betalningsrader, och ett blad i en arbetsbok rymmer {held}. "
            "--lines fil.parquet tar alla.",
            f"The settlement has {needed} payment lines, and a sheet of a workbook holds {held}. "
            "--lines file.parquet takes them all.",
        )


def _summary(sheet: _Sheet, report: Report) -> None:
    language, settlement = report.language, report.settlement
    sheet.add(settlement.contract, style="bold")
    for role in ("buyer", "provider"):
        sheet.add(word(role, language), report.party(role))
    sheet.add(word("period", language), report.period)
    sheet.add()
    sheet.add(*(word(name, language) for name in ("clause", "status", "amount", "exact", "reason")), style="head")
    for clause in settlement.clauses:
        why = "; ".join(f.message(language) for f in clause.failures) or report.given(clause)
        name = "    " * clause.depth + report.name(clause)
        exact = plain(clause.exact, 2) if clause.exact is not None and clause.pays else None
        sheet.add(name, status(clause.status, language), clause.amount if clause.pays else None, exact, why)
    for name, amount in settlement.subtotals:
        told = status(Status.SETTLED if amount is not None else Status.FAILED, language)
        sheet.add(f"{word('subtotal', language)} {name}", told, amount, style="bold")
    if settlement.total is not None:
        sheet.add(word("total", language), "", settlement.total, style="bold")
    else:
        sheet.add(word("no_total", language), "", None, None, "; ".join(report.reasons()), style="bold")
    sheet.add()
    for text, held in settlement.promises:
        sheet.add(text, word("kept" if held else "broken", language))
    made = report.made
    for kind, files in (("text", made.text), ("library", made.library), ("data", made.data)):
        for name, digest in files:
            sheet.add(f"{word(kind, language)}: {name}", digest)
    sheet.add(f"{word('engine', language)}: avtal {made.version}", made.engine)
    sheet.add()
    sheet.add()


def _lines(sheet: _Sheet, report: Report) -> None:
    from avtal import periods

    settlement = report.settlement
    head = (periods.name(settlement.start, settlement.end), settlement.buyer[1], settlement.provider[1])
    for clause in settlement.clauses:
        name, labels = report.full_name(clause), report.labels(clause)
        for line in clause.lines:
            label = labels.get(line.label, line.label)
            unit = unit_name(line.unit.name, report.language, report.units) if line.quantity is not None else ""
            row = f"{report.fact(line.fact)} {line.row}" if line.fact else line.row
            source = f"{line.file}:{line.number}" if line.file else ""
            exact = plain(line.amount, 2)
            volume = _held(line.quantity), unit, _held(line.unit_price)
            sheet.add(name, *head, row, label, line.day, *volume, line.amount, exact, source)
        gap = rounding(clause)
        if gap:
            told = word("rounding", report.language)
            sheet.add(name, *head, "", told, "", "", "", "", None, plain(gap, 2), "")


def _held(number: Fraction | None) -> Decimal | str:
    """A number that a spreadsheet holds, else as text."""
    if number is None:
        return ""
    shown = plain(number)
    return Decimal(shown) if "/" not in shown and sum(map(str.isdigit, shown)) <= HELD else shown


def _reasons(sheet: _Sheet, report: Report, texts: Mapping[str, str], explain: Callable[[Report, str], Trace]) -> None:
    sheet.add(f"{report.settlement.contract}, {report.party('provider')}, {report.period}", style="bold")
    for clause in report.settlement.clauses:
        explainer = Explainer(report, texts, clause, partial(explain, report))
        sheet.add(
            report.name(clause), status(clause.status, report.language), explainer.where(clause.span), style="head"
        )
        items = tuple(explainer.items(explainer.again(clause.key), DEPTH))
        for depth, item in flat(items):
            sheet.add(f"{'    ' * (depth + 1)}{item.text}", item.value, item.place)
        sheet.add()
