"""Settlements for other programs: JSON and CSV. Amounts are exact decimal texts with a point, never floating point."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from avtal import periods
from avtal.rendering.numbers import plain
from avtal.rendering.settlement import Report, rounding
from interpreter.facts import Row
from interpreter.settlement import ClauseResult, Line
from interpreter.values import Days, EntryValue, Missing

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


def money(amount: Fraction | None) -> str | None:
    """An amount in kr as text with at least two decimals."""
    return None if amount is None else plain(amount, 2)


def as_json(reports: Sequence[Report], *, lines: bool = False) -> str:
    """Settlements as one JSON document, with payment lines when asked for."""
    document = {"settlements": [_settlement(report, lines=lines) for report in reports]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _settlement(report: Report, *, lines: bool) -> dict[str, Any]:
    s, made = report.settlement, report.made
    return {
        "contract": s.contract,
        "buyer": {"name": s.buyer[0], "code": s.buyer[1]},
        "provider": {"name": s.provider[0], "code": s.provider[1]},
        "period": periods.name(s.start, s.end),
        "start": str(s.start),
        "end": str(s.end),
        "total": money(s.total),
        "subtotals": [{"name": name, "amount": money(amount)} for name, amount in s.subtotals],
        "clauses": [_clause(report, clause, lines=lines) for clause in s.clauses],
        "promises": [{"promise": text, "holds": held} for text, held in s.promises],
        "failures": [{"code": d.code, "message": d.message(report.language)} for d in s.failures],
        "rows": {name: {"in_period": inside, "read": read} for name, (inside, read) in s.rows.items()},
        "provenance": {
            "text": dict(made.text),
            "library": dict(made.library),
            "data": [{"file": name, "sha256": digest} for name, digest in made.data],
            "engine": {"version": made.version, "sha256": made.engine},
        },
    }


def _clause(report: Report, clause: ClauseResult, *, lines: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": clause.key,
        "name": report.name(clause),
        "form": clause.form,
        "label": clause.label,
        "depth": clause.depth,
        "status": clause.status.value,
        "pays": clause.pays,
        "amount": money(clause.amount) if clause.pays else None,
        "exact": money(clause.exact) if clause.pays else None,
        "given": {name: _value(value) for name, value in clause.given.items()},
        "failures": [{"code": d.code, "message": d.message(report.language)} for d in clause.failures],
    }
    if lines:
        found["lines"] = [_line(line) for line in clause.lines]
        found["rounding"] = money(rounding(clause))
    return found


def _value(found: object) -> Any:
    match found:
        case None | bool() | str():
            return found
        case Fraction():
            return plain(found)
        case Days(start, end):
            return {"start": str(start), "end": str(end)}
        case Missing(datum):
            return {"missing": datum}
        case date():
            return str(found)
        case Row():
            return {"file": found.file, "line": found.line}
        case EntryValue():
            return found.name
        case _:
            return str(found)


def _line(line: Line) -> dict[str, Any]:
    return {
        "label": line.label,
        "fact": line.fact,
        "row": line.row,
        "day": str(line.day) if line.day is not None else None,
        "quantity": plain(line.quantity) if line.quantity is not None else None,
        "unit": line.unit.name or None,
        "unit_price": plain(line.unit_price) if line.unit_price is not None else None,
        "amount": money(line.amount),
        "file": line.file or None,
        "line": line.number or None,
    }


CLAUSE_COLUMNS = ("contract", "period", "buyer", "provider", "clause", "status", "amount")
LINE_COLUMNS = (
    *CLAUSE_COLUMNS[:5],
    *("label", "fact", "row", "day", "quantity", "unit", "unit_price", "amount", "file", "line"),
)


def as_csv(reports: Sequence[Report], *, lines: bool = False) -> str:
    """Settlements as CSV with semicolons: a row a clause and `total`, or a row a payment line.

    Numbers have a decimal point; what isn't settled has no amount. A clause's gap from rounding is a line of its own,
    labelled `rounding`.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(LINE_COLUMNS if lines else CLAUSE_COLUMNS)
    for report in reports:
        s = report.settlement
        head = [safe(s.contract), periods.name(s.start, s.end), safe(s.buyer[1]), safe(s.provider[1])]
        for clause in s.clauses:
            if not clause.pays:
                continue
            if lines:
                writer.writerows([*head, safe(clause.key), *row] for row in _line_rows(clause))
            else:
                writer.writerow([*head, safe(clause.key), clause.status.value, money(clause.amount) or ""])
        if not lines:
            told = "settled" if s.total is not None else "failed"
            writer.writerow([*head, "total", told, money(s.total) or ""])
    return out.getvalue()


def _line_rows(clause: ClauseResult) -> list[list[object]]:
    rows: list[list[object]] = []
    for line in clause.lines:
        quantity = plain(line.quantity) if line.quantity is not None else ""
        price = plain(line.unit_price) if line.unit_price is not None else ""
        place = [safe(line.file), line.number or ""]
        what = [safe(line.label), line.fact, safe(line.row), line.day or ""]
        rows.append([*what, quantity, safe(line.unit.name), price, plain(line.amount, 2), *place])
    gap = rounding(clause)
    if gap:
        rows.append(["rounding", "", "", "", "", "", "", plain(gap, 2), "", ""])
    return rows
