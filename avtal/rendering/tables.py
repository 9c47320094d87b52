"""Tables of reports as text, CSV and a workbook. A cell without a value is a dash, never a zero."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Context, Decimal
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path
from textwrap import wrap
from typing import Any

from avtal.rendering.machine import safe
from avtal.rendering.numbers import BLANK, amount, exact, half_away, plain
from avtal.rendering.terminal import BOLD, DIM, Paint, left, right, visible, width
from avtal.reports.view import CHANGE, MONEY, NUMBER, SHARE, TEXT, Cell, Column, Table

NONE = "–"
WIDEST = 60
"""How wide a text cell is in a terminal; a longer one is cut with `…` there, and whole in CSV and in a workbook."""
PAGE = 110
"""A table of nothing but text that is wider than this is told row by row instead."""
HELD = 15


def shown(cell: Cell, column: Column, language: str) -> str:
    """A cell as people read it."""
    match cell:
        case None:
            return NONE
        case str():
            return visible(cell)
        case _:
            pass
    match column.kind:
        case "money":
            return amount(cell, language)
        case "share":
            return f"{amount(cell * 100, language, 1)}{BLANK}%"
        case "change":
            sign = "" if cell < 0 else "+"
            return f"{sign}{amount(cell * 100, language, 1)}{BLANK}%"
        case _:
            return exact(cell, language)


def text(table: Table, language: str, paint: Paint | None = None) -> str:
    """A table for a terminal or a plain page."""
    paint = paint or Paint()
    if _wordy(table):
        return _row_by_row(table, paint)
    lines = [*table.rows, *([table.total] if table.total is not None else [])]
    body = [[_cut(shown(c, k, language)) for c, k in zip(row, table.columns, strict=True)] for row in lines]
    heads = [column.heading for column in table.columns]
    sizes = [max([width(heads[at]), *(width(row[at]) for row in body)]) for at in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        put = [
            left(cell, size) if column.kind == TEXT else right(cell, size)
            for cell, size, column in zip(cells, sizes, table.columns, strict=True)
        ]
        return "  ".join(put).rstrip()

    rule = "─" * (sum(sizes) + 2 * (len(sizes) - 1))
    out = [paint(visible(table.title), BOLD), line(heads), rule]
    out += [line(row) for row in body[: len(table.rows)]]
    out += [rule, line(body[-1])] if table.total is not None else [rule]
    out += [paint(f"  {visible(note)}", DIM) for note in table.notes]
    return "\n".join(out)


def _wordy(table: Table) -> bool:
    """Whether a table is of texts alone, and too wide for a page or with a cell that would be cut."""
    if any(column.kind != TEXT for column in table.columns) or table.total is not None:
        return False
    cells = [[column.heading for column in table.columns]]
    cells += [[NONE if cell is None else visible(str(cell)) for cell in row] for row in table.rows]
    sizes = [max(map(width, column)) for column in zip(*cells, strict=True)]
    return max(sizes) > WIDEST or sum(sizes) + 2 * (len(sizes) - 1) > PAGE


def _row_by_row(table: Table, paint: Paint) -> str:
    """A table told row by row: the first cell as a heading, each other below it after its own heading."""
    wide = max(width(column.heading) for column in table.columns[1:])
    out = [paint(visible(table.title), BOLD)]
    for row in table.rows:
        out.append(visible(str(row[0])))
        for column, cell in zip(table.columns[1:], row[1:], strict=True):
            told = wrap(NONE if cell is None else visible(str(cell)), PAGE - wide - 4)
            out += [f"  {left(head, wide)}  {line}" for head, line in zip_longest([column.heading], told, fillvalue="")]
    out += [paint(f"  {visible(note)}", DIM) for note in table.notes]
    return "\n".join(out)


def _cut(cell: str) -> str:
    return cell if width(cell) <= WIDEST else f"{cell[: WIDEST - 1]}…"


def as_csv(tables: Sequence[Table]) -> str:
    """Tables as CSV, one cell a line: table, row, column, value; semicolons, exact numbers with a decimal point."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(("table", "row", "column", "value"))
    for table in tables:
        for row in (*table.rows, *([table.total] if table.total is not None else [])):
            name = row[0] if isinstance(row[0], str) else ""
            for cell, column in zip(row[1:], table.columns[1:], strict=True):
                value = "" if cell is None else plain(cell) if isinstance(cell, Fraction) else safe(cell)
                writer.writerow((safe(table.title), safe(name), safe(column.heading), value))
    return out.getvalue()


FORMATS = {MONEY: "#,##0.00", NUMBER: "General", SHARE: "0.0%", CHANGE: "+0.0%;-0.0%;0.0%"}
PLACES = {MONEY: 2, NUMBER: 6, SHARE: 6, CHANGE: 6}


def workbook(path: Path, tables: Sequence[Table]) -> None:
    """Tables as a workbook, one sheet each; numbers are numbers, texts are never formulas.

    Raises:
        OSError: the file can't be written.
    """
    from avtal.rendering.book import written

    with written(path) as book:
        bold = book.add_format({"bold": True})
        formats = {kind: book.add_format({"num_format": shape}) for kind, shape in FORMATS.items()}
        for at, table in enumerate(tables, start=1):
            sheet = book.add_worksheet(str(at))
            sheet.write_string(0, 0, table.title, bold)
            for column, head in enumerate(table.columns):
                sheet.write_string(2, column, head.heading, bold)
                sheet.set_column(column, column, 44 if head.kind == TEXT else 18)
            rows = (*table.rows, *([table.total] if table.total is not None else []))
            for line, row in enumerate(rows, start=3):
                for column, cell in enumerate(row):
                    _write(sheet, line, column, cell, table.columns[column].kind, formats)
            for line, note in enumerate(table.notes, start=4 + len(rows)):
                sheet.write_string(line, 0, note)


def _write(sheet: Any, line: int, column: int, cell: Cell, kind: str, formats: dict[str, Any]) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(line, column, cell)
        return
    places = PLACES[kind]
    scaled = half_away(cell, places)
    if len(str(abs(scaled))) > HELD:
        sheet.write_string(line, column, plain(Fraction(scaled, 10**places)))
        return
    sheet.write_number(line, column, Decimal(scaled).scaleb(-places, Context(prec=HELD + 2)), formats[kind])
