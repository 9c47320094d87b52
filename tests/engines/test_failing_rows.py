"""A clause that fails tells of which rows, all of them; by query they are found without reading the others."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest
from sets_case import DATA, ENGINES, NEEDS, Construct, engine_of, program, settled

from dsl.diagnostics import DataRow, Diagnostic
from dsl.spans import NOWHERE
from interpreter import core
from interpreter.causes import MOST, Causes, once
from interpreter.facts import Row
from interpreter.sets.fetch import LazyIndex
from interpreter.sets.lower import Lowering
from interpreter.sets.points import Ask
from interpreter.sets.sites import lowered_each
from interpreter.settle import settle
from interpreter.values import Missing

Y_OF_NORTH = "(visits_1.csv:3, 5, 9 and 1 more)"
"""Visits 3, 7, 15 and 19 lack y, in April, August, May and September; a file has every second of them."""
Y_OF_SOUTH = "(visits_1.csv:7, 13)"

LACKING = {
    "rows that are paid": "each visit\n  pays y",
    "a let of rows that are paid": "each visit\n  let twice = y * 2\n  pays twice",
    "a payment under a condition": "each visit\n  when x < 1000 kr pays y\n  otherwise pays 1 kr",
    "the condition of a payment": "each visit\n  when y > 2 kr pays 1 kr\n  otherwise pays 2 kr",
    "rows that a condition chooses": "each visit where y > 2 kr\n  pays x",
    "a sum": "pays sum of y over visit",
    "the rows of a sum": "pays sum of x over visit where y > 2 kr",
    "a count": "pays 1 kr * (count of visit where y > 2 kr) / 1 drip",
    "a mean": "pays mean of y over visit",
    "the weights of a mean": "pays 1 kr * (mean of n over visit weighted by y)",
    "the highest": "pays highest of y over visit",
    "a median": "pays percentile 50% of y over visit",
    "how many differ": "pays 1 kr * (count distinct y over visit)",
}


def told(one: core.Program) -> list[list[str]]:
    """What the clauses of each provider fail for, in English."""
    return [[cause.message("en") for c in found.clauses for cause in c.failures] for found in settle(one, DATA)]


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("says", LACKING.values(), ids=LACKING.keys())
def test_rows_that_lack_something_are_told(says: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = program(Construct(says).form("g"))
    assert told(one) == [[f"visit.y is missing {Y_OF_NORTH}"], [f"visit.y is missing {Y_OF_SOUTH}"]]
    whole: list[str] = []
    monkeypatch.setattr(LazyIndex, "asked", lambda self, *_: whole.append(self.fact.name) or [])
    with closing(engine_of(name)) as engine:
        assert settled(one, engine) == {"g": "a row fails"}
    assert not whole


def test_each_cause_has_its_own_rows() -> None:
    """Some visits lack e, and for D, of every third, the list has no row.

    Causes come in the order of the dates, and the rows of each as they stand in the files.
    """
    one = program(Construct("each visit\n  pays prices[e].v").form("g"))
    north, south = told(one)
    assert north == ["visit.e is missing (visits_0.csv:2, 7, visits_1.csv:9)"]
    assert south == [
        "prices[D] is missing (visits_0.csv:3, 6, 9 and 3 more)",
        "visit.e is missing (visits_0.csv:12, visits_1.csv:4)",
    ]


def test_rows_of_every_payment_are_told() -> None:
    """Visits of even number have q, and h holds for them; n is the rest of the number divided by 7."""
    one = program(Construct("each visit\n  when h pays q * 1 kr\n  otherwise pays y").form("g"))
    assert told(one)[1] == [f"visit.y is missing {Y_OF_SOUTH}"]
    both = program(Construct("each visit\n  when n < 3 pays q * 1 kr\n  otherwise pays y").form("g"))
    assert told(both)[1] == [
        "visit.y is missing (visits_1.csv:7)",
        "visit.q is missing (visits_1.csv:13)",
    ]
    with closing(engine_of("sqlite")) as engine:
        assert settled(both, engine) == {"g": "a row fails"}


def test_the_row_nearest_to_a_cause_is_told() -> None:
    """The orders o3 and o7 have the code D, which the list lacks."""
    lacking = "prices[D] is missing (orders.csv:5, 9)"
    one = program(Construct("pays sum of m over order in any period where prices[c].v > 0 kr").form("g"))
    assert told(one) == [[], [lacking]]
    asked = "sum of o.m over order as o in any period where prices[o.c].v > 0 kr and o.m / 1 kr > n"
    assert told(program(Construct(f"each visit\n  pays {asked}").form("g"))) == [[], [lacking]]


def test_no_row_is_at_fault_for_another_clause() -> None:
    lacking = Construct("each visit\n  pays y").form("g")
    steps = "  each visit\n    pays x + share\n  each visit by c\n    pays (sum of x) + share\n"
    asks = f"form h\n{NEEDS}  param share : kr\n{steps}\nh\n  share (g)\n"
    north = settle(program(lacking + asks), DATA)[0].clauses
    assert [cause.message("en") for cause in north[1].failures] == ["it depends on `g`, which could not be settled"]
    assert not north[1].failures[0].data
    with closing(engine_of("sqlite")) as engine:
        settled(program(lacking + asks), engine)


def test_rows_that_look_as_if_they_failed_are_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a query can't rule out and the reference evaluator does not find: all rows are read."""
    one = program(Construct("each visit where y is present\n  pays y").form("g"))
    monkeypatch.setattr("interpreter.sets.sites.blocks", lambda *_: None)
    monkeypatch.setattr("interpreter.sets.failing._lowered", _all_rows)
    with closing(engine_of("sqlite")) as engine:
        assert settled(one, engine) == {"g": "a row fails"}


def _all_rows(site: Any, place: core.Each, asks: Sequence[Ask]) -> tuple[Lowering, str]:
    return lowered_each(site, place, asks).lowering, "TRUE"


def test_groups_of_rows_are_read_whole() -> None:
    one = program(Construct("each visit by c\n  pays sum of y over visit").form("g"))
    assert told(one)[1] == [f"visit.y is missing {Y_OF_SOUTH}"]
    with closing(engine_of("sqlite")) as engine:
        assert settled(one, engine) == {"g": "a row fails"}


# --- causes as such ----------------------------------------------------------------------------------------------


def stay(number: int) -> Row:
    return Row("stay", {"id": f"s{number}"}, "stays.csv", number + 1)


def cause(code: str = "X99") -> Diagnostic:
    return Missing(f"weights[{code}]").failure().causes[0]


def test_of_very_many_rows_the_first_are_kept() -> None:
    causes = Causes()
    for number in range(1, MOST + 1):
        causes.add([cause()], stay(number))
    (all_kept,) = causes.all()
    assert (len(all_kept.data), all_kept.more) == (MOST, False)
    assert all_kept.message("sv") == "weights[X99] saknas (stays.csv:2, 3, 4 och 997 till)"
    for number in (1, MOST + 1, MOST + 2):
        causes.add([cause()], stay(number))
    cut, other = once([*causes.all(), cause("Y")])
    assert (cut.data, cut.more) == (all_kept.data, True)
    assert cut.message("sv") == "weights[X99] saknas (stays.csv:2, 3, 4 och minst 997 till)"
    assert cut.message("en") == "weights[X99] is missing (stays.csv:2, 3, 4 and at least 997 more)"
    assert (other.data, other.message("en")) == ((), "weights[Y] is missing")


def test_a_cell_that_is_missing_is_known_by_its_place() -> None:
    missing = Missing("stay.days", NOWHERE, stay(1))
    (alone,) = missing.failure().causes
    assert alone.data == (DataRow("stay", "stays.csv", 2),)
    assert alone.message("sv") == "stay.days saknas (stays.csv:2)"
    causes = Causes()
    causes.add([alone], stay(2))  # a row that asked for another one
    assert causes.all() == (alone,)
    assert missing.told() == "stay.days (stays.csv:2)"
    assert Missing("stay.days").told() == "stay.days"


def test_rows_that_stand_in_no_file_are_not_told() -> None:
    causes = Causes()
    causes.add([cause()], Row("stay", {"id": "s1"}))
    assert causes.all() == (cause(),)
    assert cause().message("en") == "weights[X99] is missing"
