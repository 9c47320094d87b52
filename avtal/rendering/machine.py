"""Settlements for other programs: JSON and CSV. Amounts are exact decimal texts with a point, never floating point."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache

from avtal import periods
from avtal.rendering.numbers import ore, plain
from avtal.rendering.report import Report, rounding
from interpreter.noted import amounts
from interpreter.settlement import ClauseResult, Settlement, Status

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def as_json(reports: Sequence[Report], *, lines: bool = False, notes: Iterable[str] = ()) -> str:
    """Settlements as one JSON document, with payment lines when asked for, and what is to be noted of the data."""
    from avtal.answers import Settlements
    from avtal.rendering.plain import settled_period
    from avtal.structure import to_json

    settled = tuple(settled_period(report, lines=lines) for report in reports)
    return to_json(Settlements(settlements=settled, notes=tuple(dict.fromkeys(notes))))


CLAUSE_COLUMNS = ("contract", "period", "buyer", "provider", "clause", "status", "amount")
LINE_COLUMNS = (
    *CLAUSE_COLUMNS[:5],
    *("label", "fact", "row", "day", "quantity", "unit", "unit_price", "amount", "file", "line", "status"),
)


NOTE = "note"
"""The status of a row that is no clause's or payment's: it says something of the data, where others have a clause."""


def as_csv(reports: Sequence[Report], *, lines: bool = False, notes: Iterable[str] = ()) -> str:
    """Settlements as CSV with semicolons: a row a clause and `total`, or a row a payment line.

    Numbers have a decimal point; what isn't settled has no amount, but a row. A gap from rounding, of a clause or of
    `total`, is a line of its own, labelled `rounding`. What is to be noted of the data comes last, without an amount.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(LINE_COLUMNS if lines else CLAUSE_COLUMNS)
    for report in reports:
        s = report.settlement
        head = [safe(s.contract), periods.name(s.start, s.end), safe(s.buyer[1]), safe(s.provider[1])]
        if lines:
            for clause in s.clauses:
                writer.writerows([*head, safe(clause.key), *row] for row in _line_rows(clause))
            writer.writerows([*head, "total", *row] for row in _total_rows(s))
        else:
            own, whole = _cells(head), "settled" if s.total is not None else "failed"
            total = plain(s.total, 2) if s.total is not None else ""
            each = (*amounts(s.clauses, ore), ("total", whole, total))
            out.writelines([f"{own};{_cell(key)};{told};{amount}\n" for key, told, amount in each])
    between = [""] * (len(LINE_COLUMNS) - len(CLAUSE_COLUMNS) + 1)
    for note in dict.fromkeys(notes):
        writer.writerow(["", "", "", "", safe(note), *([*between, NOTE] if lines else [NOTE, ""])])
    return out.getvalue()


def _cells(cells: Sequence[str]) -> str:
    """Cells as they stand beside others in a row."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerow(cells)
    return out.getvalue().removesuffix("\n")


@lru_cache(maxsize=10_000)
def _cell(key: str) -> str:
    """A clause's key, which many contracts may have, as it stands in a row."""
    return _cells([safe(key)])


def _line_rows(clause: ClauseResult) -> list[list[object]]:
    """The payment lines of a clause; one without an amount when it is not settled."""
    if clause.status is not Status.SETTLED:
        return [_whole(clause.status)]
    if not clause.pays:
        return []
    rows: list[list[object]] = []
    for line in clause.lines:
        quantity = plain(line.quantity) if line.quantity is not None else ""
        price = plain(line.unit_price) if line.unit_price is not None else ""
        place = [safe(line.file), line.number or ""]
        what = [safe(line.label), line.fact, safe(line.row), line.day or ""]
        rows.append([*what, quantity, safe(line.unit.name), price, plain(line.amount, 2), *place, clause.status.value])
    gap = rounding(clause)
    return [*rows, _whole(Status.SETTLED, gap)] if gap else rows


def _total_rows(s: Settlement) -> list[list[object]]:
    """What rounding adds to the total; a row without an amount when there is no total."""
    if s.total is None:
        return [_whole(Status.FAILED)]
    gap = s.total - sum((c.amount for c in s.clauses if c.pays and c.amount is not None), Fraction(0))
    return [_whole(Status.SETTLED, gap)] if gap else []


def _whole(status: Status, gap: Fraction | None = None) -> list[object]:
    """A row that is no payment's: the gap that rounding leaves, or that something is not settled."""
    label, amount = ("", "") if gap is None else ("rounding", plain(gap, 2))
    return [label, "", "", "", "", "", "", amount, "", "", status.value]
