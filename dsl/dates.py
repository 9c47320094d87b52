"""Dates as the language writes them: `2012-01-31`, and a month as `2012-01`."""

from __future__ import annotations

from calendar import monthrange
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


def advice(text: str) -> dict[str, str]:
    """What to do about a date that does not exist, `do_en` and `do_sv`."""
    year, month, *_ = (int(part) for part in text.split("-"))
    if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12:
        days = monthrange(year, month)[1]
        return {"do_en": f"{text[:7]} has {days} days", "do_sv": f"{text[:7]} har {days} dagar"}
    return {
        "do_en": "dates are written year-month-day and lie in the years 1900 to 2199",
        "do_sv": "datum skrivs år-månad-dag och ligger i åren 1900 till 2199",
    }


def parse_end(text: str) -> date | None:
    """The date as the end of a stretch: of a month, its last day; `None` as `parse_date`."""
    first = parse_date(text)
    if first is None or text.count("-") == 2:
        return first
    return first.replace(day=monthrange(first.year, first.month)[1])
