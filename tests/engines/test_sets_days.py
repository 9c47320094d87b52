"""What a query meets is what the reference evaluator meets: days, rows of other facts, tables that are handed on."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import date
from fractions import Fraction

import pytest
from sets_case import DATA, ENGINES, GOAL, NEEDS, Construct, Data, engine_of, program, settled, visits

from interpreter import core
from interpreter.facts import Row
from interpreter.settle import settle

BLOCK = "form block\n  param amount : kr first\n  pays amount\n\n"
BY_PERIOD = "dated values for each row of each row"
BY_MONTH = "a group's month for each row"


def by_both(one: core.Program, data: Data = DATA, **asked: date) -> tuple[list[str], set[str]]:
    """The totals of both providers by the reference evaluator, and who worked the clauses out by query."""
    told: set[str] = set()
    for name in ENGINES:
        with closing(engine_of(name)) as engine:
            told |= set(settled(one, engine, data, **asked).values())
    return [str(found.total) for found in settle(one, data, **asked)], told - {""}


def test_a_rate_of_a_model_that_changes_inside_the_period() -> None:
    """Half a year at 84 mkr and half a year at 90."""
    text = 'model m\n  param duty : kr/year\n  block "Jour" duty\n\nm\n  duty\n'
    rates = "    from 2012-01-01 84 mkr/year\n    from 2012-07-01 90 mkr/year\n"
    assert by_both(program(BLOCK + text + rates))[0] == ["87000000"] * 2


def test_the_value_before_of_a_model_that_changes() -> None:
    """1 mkr before July, by the level of then; from July that and 2 mkr."""
    text = 'model m\n  param level : number\n  block "Jour"\n    amount\n      from 2012-01-01 (level * 1 mkr)\n'
    text += (
        "      from 2012-07-01 (previous + level * 1 mkr)\n\nm\n  level\n    from 2012-01-01 1\n    from 2012-07-01 2\n"
    )
    asked = {"start": date(2012, 7, 1), "end": date(2012, 12, 31)}
    assert by_both(program(BLOCK + text), **asked)[0] == ["3000000"] * 2


GOAL_ROWS = [
    Row("goal", {"code": "A", "p": p, "d": date(2012, 2, 1), "v": Fraction(100)}, "goals.csv", at)
    for at, p in enumerate("NS", 2)
]


@pytest.mark.parametrize(
    ("says", "totals"),
    [
        ('pays sum of (x + (goal["A"].v else 1 kr))', ["457/2", "115"]),
        ("pays sum of (x * (count of goal) / 1 piece)", []),
        ("pays sum of (x + (sum of g.v over goal as g))", []),
        ("pays sum of (x + ((earliest goal as g).v else 1 kr))", []),
        ('pays (sum of x) + (sum of o.x + (goal["A"].v else 1 kr) over visit as o in any period where o.c = c)', []),
    ],
)
def test_rows_of_a_month_ask_for_other_rows_of_that_month(says: str, totals: Sequence[str]) -> None:
    """The goal is of February: a visit of another month is paid 1 kr for want of it."""
    text = f"{GOAL}form f\n{NEEDS}  needs goal: code, p, d, v\n  each visit by c, month\n    {says}\n\nf\n"
    found, told = by_both(program(text), {**DATA, "goal": GOAL_ROWS})
    assert told == {BY_MONTH}
    assert not totals or found == totals


def test_rows_of_a_month_ask_for_rows_without_dates() -> None:
    """Orders belong to no month: a query may ask for them, if only for what it can say of a row."""
    says = "each visit by c, month\n    pays sum of (x + (sum of o.m over order as o where o.c = c))"
    text = f"form f\n{NEEDS}  {says}\n\nf\n"
    assert BY_MONTH not in by_both(program(text))[1]


PRICES = """table dated_prices : c code -> v kr
  | c | v | from | to |
  | A | 1 kr | 2012-01-01 | 2012-06-30 |
  | A | 2 kr | 2012-07-01 | |

"""
OUTER = "form outer\n  param list : table c code -> v kr\n  {hands} prices = list\n  pays 0 kr\n\n"
INNER = f'form f\n{NEEDS}  param prices : table c code -> v kr\n  each visit\n    pays prices["A"].v\n\n'


@pytest.mark.parametrize(
    ("hands", "clauses"),
    [
        ("for inside", "outer\n  list dated_prices\n  f\n"),
        ("gives", "outer\n  list dated_prices\nf\n  prices (outer.prices)\n"),
    ],
)
def test_a_dated_table_that_another_clause_hands_on(hands: str, clauses: str) -> None:
    """7 of North's 16 visits and 3 of South's 8 are after June."""
    one = program(PRICES + OUTER.format(hands=hands) + INNER + clauses)
    assert by_both(one) == (["23", "11"], {"query"})


@pytest.mark.parametrize("hands", ["for inside", "gives"])
def test_a_dated_table_that_is_handed_on_and_rows_without_dates(hands: str) -> None:
    inner = f'form f\n{NEEDS}  param prices : table c code -> v kr\n  each order\n    let p1 = prices["A"].v\n'
    inner += "  each month\n    each order\n      pays p1\n\n"
    given = "outer\n  list dated_prices\n" + ("  f\n" if hands == "for inside" else "f\n  prices (outer.prices)\n")
    by_both(program(PRICES + OUTER.format(hands=hands) + inner + given))


OUTSIDE = [
    Row("visit", {**row.cells, "id": f"u{at}", "d": date(2011, 5, 1 + at)}, "u.csv", at + 2)
    for at, row in enumerate(visits())
]


def test_rows_without_dates_have_the_day_of_who_asks() -> None:
    """An order costs 10 kr more before 2012, 20 kr more from then on, by the day of the visit that asks for it.

    The orders of South have no code that a visit has.
    """
    says = "param rate : kr\neach visit as r in any period\n  pays (sum of o.m + rate over order as o where o.c = r.c)"
    rates = "rate\n  from 2010-01-01 10 kr\n  from 2012-01-01 20 kr"
    found = by_both(program(Construct(says, given=rates).form("g")), {**DATA, "visit": [*DATA["visit"], *OUTSIDE]})
    assert found == (["576", "0"], {BY_PERIOD})
    table = "table dp : c code -> v kr\n  | c | v | from | to |\n"
    for code in "ABCD":
        table += f"  | {code} | 1 kr | 2010-01-01 | 2011-12-31 |\n  | {code} | 2 kr | 2012-01-01 | |\n"
    says = "each visit as r in any period\n  pays (sum of dp[o.c].v over order as o where o.c = r.c)"
    by_both(program(f"{table}\n{Construct(says).form('g')}"), {**DATA, "visit": [*DATA["visit"], *OUTSIDE]})


def test_a_running_sum_fails_for_every_row_that_cannot_be_chosen() -> None:
    """Whether a visit without y is added up can't be said; who asks early in the year meets those of later months."""
    says = "each visit as r\n  when r.d < 2012-03-01 pays (running sum of o.x over visit as o where o.y > 1 kr)"
    one = program(Construct(says).form("g"))
    assert by_both(one) == (["None", "None"], {"a row fails"})
    added = "each visit as r\n  when r.d < 2012-03-01 pays (running sum of o.y over visit as o where o.n >= 0)"
    assert by_both(program(Construct(added).form("g")))[0][0] != "None", "North has y until April"


def test_the_value_before_in_a_sum_over_rows() -> None:
    form = "form f\n  param amount : kr\n  pays amount\n\n"
    given = "f\n  amount\n    from 2011-01-01 3 kr\n    from 2012-01-01 (sum of x over visit where x > previous)\n"
    by_both(program(form + given))


def test_a_window_must_be_one_also_over_rows_without_dates() -> None:
    """North's orders ask for whole days, 0 to 3, and have sums of 0, 2, 6 and 12 kr; South's for half ones more."""
    says = "each order as r\n  pays (running sum of o.m over order as o in (r.m * 0.5 days / 1 kr) before 2012-03-01)"
    found, told = by_both(program(Construct(says).form("g")))
    assert (found, told) == (["20", "None"], {"a running sum over other rows"})
