"""Dates as the language writes them: `2012-01-31`, and a month as `2012-01`."""

from __future__ import annotations

from datetime import date

FIRST_YEAR, LAST_YEAR = 1900, 2199


def parse_date(text: str) -> date | None:
    """The date, or the first day of the month, or `None` when there is no such day or it lies out of range."""
    parts = [int(part) for part in text.split("-")]
    try:
        day = date(parts[0], parts[1], parts[2] if len(parts) == 3 else 1)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
