"""What rows are grouped by: lets of the form, which lean on days and on other clauses as all else does."""

from __future__ import annotations

from contextlib import closing

import pytest
from sets_case import DATA, ENGINES, QUERY, Construct, differing, engine_of, program, settled

from interpreter.settle import settle

BAND = "param limit : kr\neach visit\n  let band = when x > limit then 1 otherwise 2\n"
HANDS = "form hands\n  gives limit = -100 kr\n  gives length = 36 months\n  pays 0 kr\n\n"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_let_that_rows_are_grouped_by_has_the_value_of_their_day(engine: str) -> None:
    """Nine of North's visits and five of South's are before July and count twice; seven and three are after."""
    says = f"{BAND}each visit by band\n  pays (count) * 1 kr/drip * band"
    given = "limit\n  from 2012-01-01 100 kr\n  from 2012-07-01 -100 kr"
    one = program(Construct(says, given=given).form("g"))
    assert [str(found.total) for found in settle(one, DATA)] == ["25", "13"]
    with closing(engine_of(engine)) as opened:
        assert settled(one, opened) == {"g": QUERY}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("says", "given"),
    [
        (f"{BAND}each visit by c, band\n  pays 1 kr * band", "limit"),
        ("param length : month\neach visit by c, spell of length\n  pays 1 kr", "length"),
    ],
)
def test_what_rows_are_grouped_by_waits_for_the_clause_that_it_leans_on(says: str, given: str, engine: str) -> None:
    """Each provider has visits of four codes. The let of the contract must not be asked for before its clause is."""
    clause = (
        Construct(says, given=f"{given} (handed)")
        .form("g")
        .replace("\ng\n", f"\nhands\nlet handed = hands.{given}\ng\n")
    )
    one = program(HANDS + clause)
    assert [str(found.total) for found in settle(one, DATA)] == ["4", "4"]
    with closing(engine_of(engine)) as opened:
        assert settled(one, opened) == {"hands": "", "g": QUERY}


CONSTANT = {
    f"{key}{spell}": Construct(
        f"each visit\n  let band = 2\n  let day = 2012-01-01\n  let all = 1 < 2\neach visit by {key}{spell}\n"
        "  pays (count) * 1 kr/drip"
    )
    for key in ("band", "c, day", "day", "all, c")
    for spell in ("", ", spell of 2 months")
}


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_are_grouped_by_what_is_the_same_for_all(engine: str) -> None:
    assert not differing(CONSTANT, engine)
