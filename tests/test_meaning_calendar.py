"""The ends of the calendar: rows on its first and last day, windows that lead out of it, periods without a year."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
import settling

from interpreter.declare import Sources
from interpreter.facts import Row
from interpreter.pipeline import analyse
from interpreter.settle import settle
from interpreter.settlement import Settlement

ENDS = (date.min, date(2012, 3, 1), date.max)


def settled(form: str, days: tuple[date, ...] = ENDS, clause: str = "fee") -> Settlement:
    text = f'form fee\n  "A fee."\n  needs stay: on, cost\n{form}\n{clause}\n'
    rows = [
        Row("stay", {"id": str(at), "hospital": "H", "on": day, "cost": Fraction(1)}, "s.csv", at)
        for at, day in enumerate(days)
    ]
    (found,) = settle(settling.program(text), {"stay": rows})
    return found


@pytest.mark.parametrize(
    "window",
    ["1 day after s.on", "1 month after s.on", "1 day before s.on", "1 month before s.on", "1 year after month"],
)
def test_a_window_that_leads_out_of_the_calendar_is_an_error(window: str) -> None:
    by = "each stay in any period by month" if window.endswith(" month") else "each stay as s in any period"
    found = settled(f"  {by}\n    pays 1 kr * (count of stay as t in {window}) / 1 contact\n")
    assert set(settling.codes(found)) == {"AV508"}
    assert found.total is None


def test_a_window_up_to_the_last_day_is_none() -> None:
    found = settled(
        "  each stay as s in any period\n    pays 1 kr * (count of stay as t in 1 day after s.on) / 1 contact\n",
        (date(9998, 12, 30), date(9998, 12, 31)),
    )
    assert found.total == 1


def test_the_last_month_of_the_calendar_has_an_end() -> None:
    found = settled(
        "  param rate : kr\n  each stay in any period by month\n    each month\n      pays rate\n",
        (date.max,),
        "fee rate 12 kr/year",
    )
    assert found.total == 1


@pytest.mark.parametrize("period", ["0000", "0001", "2200", "9999", "9999 q4", "1899 q1"])
def test_a_year_that_dates_may_not_have_is_no_period_either(period: str) -> None:
    text = f'contract "C"\n  provider "H" code "H"\n  period {period}\n'
    assert [d.code for d in analyse(Sources("c.avtal", text)).diagnostics] == ["AV013"]
