"""Rows found by a code without reading all of them are the rows that reading all of them finds."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from interpreter.facts import Row
from interpreter.pipeline import analyse
from interpreter.settle import settle
from interpreter.settlement import ClauseResult
from interpreter.sources import Sources

TEXT = """\
contract "C"
  provider "A" code "A"
  provider "B" code "B"
  period 2012-01-01 to 2013-12-31

fact case (fall)
  key id
  dated on
  provider provider
  column id : code
  column on : date
  column provider : code
  column earlier : code optional

fact step (steg)
  key id
  dated on
  provider provider
  column id : code
  column on : date
  column provider : code
  column of_case : code optional
  column weight (tyngd) : number optional

form steps_paid (stegpris)
  needs case: id, on, earlier
  needs step: id, of_case, weight, on
  param wanted (sökt) : code = "P"
  each case as c
    let before_it = earliest case as b in any period where b.id = c.earlier
    let twin = step[c.id]
    pays 1 kr * (LOOKUP)

steps_paid "x"
"""


def case(code: str, day: date = date(2012, 5, 1), earlier: str | None = None, provider: str = "A") -> Row:
    return Row("case", {"id": code, "on": day, "provider": provider, "earlier": earlier}, "case.csv", 2)


def step(code: str, of_case: str | None, weight: int | None = 1, year: int = 2012, provider: str = "A") -> Row:
    cells = {
        "id": code,
        "on": date(year, 6, 1),
        "provider": provider,
        "of_case": of_case,
        "weight": None if weight is None else Fraction(weight),
    }
    return Row("step", cells, "step.csv", 2)


def result(lookup: str, cases: list[Row], steps: list[Row], below: str = "") -> ClauseResult:
    """A's clause for 2012, with LOOKUP as written and its arguments `below`."""
    analysed = analyse(Sources("c.avtal", TEXT.replace("LOOKUP", lookup) + below))
    assert [d.message("en") for d in analysed.diagnostics] == []
    assert analysed.program is not None
    found = settle(analysed.program, {"case": cases, "step": steps}, end=date(2012, 12, 31), providers=["A"])
    return found[0].clauses[0]


MANY = [step(f"q{n}", "Q") for n in range(20)]

ALIKE = [
    "sum of s.weight over step as s where s.of_case = c.id",
    "sum of s.weight over step as s where c.id = s.of_case",
    "sum of s.weight over step as s where s.of_case = c.id and s.weight > 0",
    "sum of s.weight over step as s where s.weight > 0 and s.of_case = c.id",  # read one by one
    "sum of s.weight over step as s where not (s.of_case != c.id)",  # read one by one
]


@pytest.mark.parametrize("lookup", ALIKE)
def test_the_same_rows_however_it_is_asked(lookup: str) -> None:
    steps = [
        *MANY,
        step("a", "P", 3),
        step("b", "P", 5),
        step("c", "P", 7, year=2013),
        step("d", "P", 11, provider="B"),
        step("e", "PQ", 13),
    ]
    assert result(lookup, [case("P")], steps).amount == 8


@pytest.mark.parametrize(
    ("where", "amount"),
    [
        ("over step as s where s.of_case = c.id", 8),
        ("over step as s of all providers where s.of_case = c.id", 19),
        ("over step as s in any period where s.of_case = c.id", 15),
        ("over step as s of all providers in 2 years after c.on where s.of_case = c.id", 26),
        ('over step as s where s.of_case = "P"', 8),
        ("over step as s where s.of_case = wanted", 8),
        ("over step as s where s.of_case = contract.provider", 17),
    ],
)
def test_windows_and_parties_still_hold(where: str, amount: int) -> None:
    steps = [
        *MANY,
        step("a", "P", 3),
        step("b", "P", 5),
        step("c", "P", 7, year=2013),
        step("d", "P", 11, provider="B"),
        step("f", "A", 17),
    ]
    assert result(f"sum of s.weight {where}", [case("P")], steps).amount == amount


@pytest.mark.parametrize("lookup", ALIKE[:4])
def test_a_row_without_the_code_is_never_passed_over(lookup: str) -> None:
    found = result(lookup, [case("P")], [*MANY, step("a", "P", 3), step("b", None, 5)])
    assert [failure.code for failure in found.failures] == ["AV501"]
    assert "step.of_case" in found.failures[0].message("en")


@pytest.mark.parametrize(
    "below",
    ["", "  wanted P\n", "  wanted\n    from 2012-01-01  P\n", "  wanted\n    from 2011-01-01 to 2012-12-31  P\n"],
)
def test_a_code_that_the_contract_gives(below: str) -> None:
    steps = [*MANY, step("a", "P", 3), step("b", "P", 5), step("c", "P", 7, year=2013)]
    assert result("sum of s.weight over step as s where s.of_case = wanted", [case("P")], steps, below).amount == 8


def test_a_row_that_is_asked_for_a_code_may_lack_it() -> None:
    steps = [*MANY, step("a", "P", 3), step("b", None, 5)]
    lookup = "sum of s.weight over step as s where s.of_case is present"
    assert result(f"{lookup} and s.of_case = c.id", [case("P")], steps).amount == 3
    assert result(lookup, [case("P")], steps).amount == 23
    other = result("count of step as s where s.weight is present and s.of_case = c.id", [case("P")], steps)
    assert [failure.code for failure in other.failures] == ["AV501"]


def test_rows_of_a_day() -> None:
    steps = [*MANY, step("c", "P", 7, year=2013)]
    lookup = "sum of s.weight over step as s in any period where s.on = c.on + 1 day - 1 day"
    assert result(lookup, [case("P", date(2012, 6, 1))], steps).amount == 20
    assert result("count of step as s where s.on = c.on", [case("P", date(2012, 6, 1))], steps).amount == 20
    assert result("count of step as s where s.weight = 1", [case("P", date(2012, 6, 1))], steps).amount == 20


def test_a_code_of_a_row_picked_by_a_let() -> None:
    lookup = "sum of s.weight over step as s where s.of_case = before_it.id"
    cases = [case("P", earlier="O"), case("O", date(2011, 5, 1))]
    assert result(lookup, cases, [*MANY, step("a", "P", 3), step("b", "O", 5)]).amount == 5


@pytest.mark.parametrize(("steps", "codes"), [(MANY, ["AV501"]), ([], [])])
def test_a_code_that_is_missing_matters_when_there_are_rows_to_compare(steps: list[Row], codes: list[str]) -> None:
    lookup = "count of step as s where s.of_case = before_it.id"
    found = result(lookup, [case("P", earlier="nobody")], steps)
    assert [failure.code for failure in found.failures] == codes
    assert found.amount == (None if codes else 0)


def test_a_code_that_cannot_be_worked_out_is_that_failure() -> None:
    twice = [step("P", "Q"), Row("step", {**step("P", "R").cells}, "step.csv", 3)]
    lookup = "count of step as s where s.of_case = twin.of_case"
    found = result(lookup, [case("P")], [*MANY, *twice])
    assert len(found.failures) == 1
    assert found.amount is None
