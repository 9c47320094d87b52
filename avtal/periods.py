"""Periods as they are written on the command line and in reports: `2012`, `2012-03`, `2012-q1`, `from..to`."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from avtal.errors import UnreadableError
from interpreter.values import last_day

_PERIOD = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-(0[1-9]|[12][0-9]|3[01]))?|[- ]?[qk]([1-4]))?", re.IGNORECASE)
FIRST_YEAR, LAST_YEAR = 1900, 2199


def parse(text: str) -> tuple[date, date]:
    """The first and last day of a period.

    Args:
        text: a year, a month, a quarter, a day, or two of them with `..` between.

    Raises:
        UnreadableError: it is none of these, or the last day is before the first.
    """
    first, dots, last = text.strip().partition("..")
    start, end = _days(first.strip(), text), _days((last if dots else first).strip(), text)
    if end[1] < start[0]:
        raise UnreadableError(
            f"Perioden {text!r} slutar före sin början.", f"The period {text!r} ends before it starts."
        )
    return start[0], end[1]


def _days(text: str, whole: str) -> tuple[date, date]:
    found = _PERIOD.fullmatch(text)
    if found:
        year, month, day, quarter = (int(part) if part else 0 for part in found.groups())
        first = 3 * quarter - 2 if quarter else month if found[2] else 1
        last = 3 * quarter if quarter else month if found[2] else 12
        if FIRST_YEAR <= year <= LAST_YEAR and 1 <= last <= 12:
            days = last_day(year, last)
            if day <= days:
                return date(year, first, day or 1), date(year, last, day or days)
    examples = "2012, 2012-03, 2012-q1, 2012-01-15..2012-06-30"
    raise UnreadableError(
        f"{whole!r} är ingen period. Skriv till exempel {examples}.",
        f"{whole!r} is not a period. Write for example {examples}.",
    )


@lru_cache(maxsize=1000)
def name(start: date, end: date) -> str:
    """A period as short as it can be written so that `parse` gives it back."""
    full = f"{start}..{end}"
    for short in (f"{start:%Y}", f"{start:%Y}-q{(start.month + 2) // 3}", f"{start:%Y-%m}"):
        if parse(short) == (start, end):
            return short
    return str(start) if start == end else full
