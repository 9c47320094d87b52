"""A let of rows means the same wherever the form uses it: inside `each month` it is what it is in the whole clause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import pytest
from agree.contracts import Case
from agree.differential import Tally, compared
from agree.engines import Settler, opened

from interpreter.facts import Cell, Row

ELSEWHERE = "reference: a let of rows that stands in another scope"
CONTRACT = """contract "Lets"
  provider "H" code "H"
  period 2012-01-01 to 2012-12-31
  prorate by days

fact call
  dated d
  provider p
  column d : date
  column p : code
  column v : kr

fact ward
  provider p
  column p : code
  column v : kr
  column c : code

table prices : c code -> price kr
  | c | price | from | to |
  | a | 1 kr | 2011-01-01 | 2012-06-30 |
  | a | 2 kr | 2012-07-01 | |

form lent
  "What a let of rows comes to, month by month."
  needs call: d, p, v
  needs ward: p, v, c
  param fixed : kr
  param rate : kr
  param least : kr = 3 kr
  param moving : number optional
  param list : table c code -> price kr
  each {fact}
    let x = {let}
  each month
    each {fact}
      pays x

lent "A"
  fixed 2 kr
  rate 100 kr/month
  list prices
  moving
    from 2012-01-01 1
    from 2012-03-01 2
"""


@pytest.fixture(scope="module")
def engine() -> Iterator[Settler]:
    with opened("sqlite") as settler:
        yield settler


def rows(fact: str, *cells: dict[str, Cell]) -> tuple[Row, ...]:
    return tuple(Row(fact, {"p": "H", **own}, f"{fact}.csv", line) for line, own in enumerate(cells, 2))


DATA = {
    "call": rows(
        "call",
        {"d": date(2012, 2, 3), "v": Fraction(5)},
        {"d": date(2012, 2, 29), "v": Fraction(7)},
        {"d": date(2012, 11, 30), "v": Fraction(11)},
    ),
    "ward": rows("ward", {"v": Fraction(2), "c": "a"}, {"v": Fraction(3), "c": "b"}),
}


@pytest.mark.parametrize(
    ("fact", "let", "elsewhere"),
    [
        ("ward", "v + fixed + least", False),
        ("ward", "v + (sum of v over call as other)", True),
        ("ward", "v + (sum of v over call as other in any period)", False),
        ("ward", "v + (sum of v over ward as other)", False),
        ("ward", "v * (count of call)", True),
        ("ward", "when (exists call as other where other.v > v) then 1 kr otherwise 2 kr", True),
        ("ward", "v + rate", True),
        ("ward", "v * (moving else 1)", True),
        ("ward", "list[c].price else v", True),
        ("call", "v + fixed", False),
        ("call", "v * (moving else 1)", False),
        ("call", 'list["a"].price else v', False),
        ("call", "v + rate", True),
    ],
)  # fmt: skip
def test_a_let_of_rows_is_that_of_the_clause(fact: str, let: str, elsewhere: bool, engine: Settler) -> None:  # noqa: FBT001
    tally = Tally()
    assert compared(Case(let, CONTRACT.replace("{fact}", fact).replace("{let}", let), DATA), engine, tally) == []
    assert tally.agreed == 1
    assert (ELSEWHERE in tally.sites) == elsewhere
    assert tally.sites["query"] or elsewhere
