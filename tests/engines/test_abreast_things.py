"""What clauses settled for many ledgers at once have from elsewhere: other clauses, rows, tables, other contracts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from fractions import Fraction

import pytest
from abreast_case import GIVEN, OWN, PARAMS, PARTIES, Engine, both
from agree.compare import difference
from sets_case import DATA, Construct, program

from avtal.engines.load import from_rows
from interpreter.facts import Cell, Row
from interpreter.sets import fetch, settle as sets
from interpreter.settle import settle

AROUND = """form around
{needs}  param size : kr
  for inside rate = size
  for inside factor = 2
  unsettled when size > 7 kr  "waiting"
  gives given_size = size

form part
{needs}  param rate : kr = 1 kr
  param factor : number optional
  pays rate * (factor else 3)

around "A"
  size (own[contract.provider].rate else 3 kr)
  part "B"
  part "C"
    rate 2 kr

part "D"
"""


def test_what_a_clause_hands_on_is_handed_on_for_each_of_many() -> None:
    needs = Construct("pays 1 kr").form("f").partition("\n")[2].partition("  pays")[0]
    both(AROUND.format(needs=needs))


INSIDE = """form around
{needs}  param size : kr
  when size > 3 kr
    for inside rate = size

form part
{needs}  param rate : kr = 1 kr
  param yearly : kr first
  pays rate + yearly + (sum of x over visit where x < rate)

around "A"
  size (own[contract.provider].rate else 3 kr)
  part "B"
    yearly 12 kr/year
"""


def test_what_is_handed_on_to_some_alone_is_heard_by_what_rows_ask_for() -> None:
    """What is worked out early must not keep a scope in which the clause around has handed nothing on yet."""
    needs = Construct("pays 1 kr").form("f").partition("\n")[2].partition("  pays")[0]
    both(INSIDE.format(needs=needs))


OTHERS = """form first
{needs}  param rate : kr optional
  param prices : table c code -> v kr
  gives part_of = when rate > 5 kr then rate / 2 otherwise 1 kr
  pays prices["A"].v

form second
{needs}  param part_of : kr
  param name : code
  pays part_of + (when name = "B" then 1 kr otherwise 2 kr)

first "A"
  rate (own[contract.provider].rate)
  prices {table}

second "B"
  part_of (first["A"].part_of)
  name (contract.buyer)
"""


@pytest.mark.parametrize("table", ["prices", "swedish"])
def test_what_other_clauses_give_and_tables_are_called(table: str) -> None:
    needs = Construct("pays 1 kr").form("f").partition("\n")[2].partition("  pays")[0]
    head = PARTIES.replace("  period 2012\n", '  buyer "One" code "B"\n  buyer "Two" code "C"\n  period 2012\n')
    both(OTHERS.format(needs=needs, table=table), head)


LATER = """form size
  param amount : kr first
  pays amount

size 5 kr

amend "later" from 2012-05-01
  size 6 kr

amend "ended" from 2012-09-01
  ends size
"""


def test_clauses_that_are_in_force_for_a_part_of_the_periods() -> None:
    both(LATER, PARTIES.replace("  period 2012\n", "  period 2012\n  settle monthly\n"))


NESTED = """form around
{needs}  param size : kr
  when size > 1 000 kr
    for inside rate = size
  for inside factor = 2
  gives given_size = size

form middle
{needs}  param factor : number optional
  pays 1 kr * (factor else 3)

form leaf
{needs}  param rate : kr = 1 kr
  param factor : number = 5
  pays rate * factor

around "A"
  size (own[contract.provider].rate else 3 kr)
  middle "B"
    leaf "C"
  leaf "D"
"""


def test_what_is_handed_on_through_a_clause_and_what_never_is() -> None:
    needs = Construct("pays 1 kr").form("f").partition("\n")[2].partition("  pays")[0]
    both(NESTED.format(needs=needs))


@pytest.mark.parametrize("crowd", [1, fetch.CROWD])
def test_rows_that_stand_twice_or_are_lacking(crowd: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "CROWD", crowd)
    says = f"{PARAMS}let found = day_of[contract.provider].v\npays found else 1 kr"
    columns = "  column p : code\n  column who : code\n  column v : kr optional\n"
    fact = f"fact day_of\n  key p, who\n  provider who\n{columns}\n"
    cells: list[dict[str, Cell]] = [
        {"p": "N", "who": "N", "v": Fraction(1)},
        {"p": "S", "who": "S", "v": None},
        {"p": "W", "who": "W", "v": Fraction(2)},
    ]
    rows = [Row("day_of", own, "rows.csv", at) for at, own in enumerate(cells)]
    form = (
        Construct(says, given=GIVEN).form("tried").replace("  needs order", "  needs day_of: p, who, v\n  needs order")
    )
    for data in ({**DATA, "day_of": rows}, {**DATA, "day_of": [*rows, rows[0]]}, DATA):
        both(fact + form, data=data)


SEVERAL = """form tried
  param size : kr first
  param share : % optional
  param price : kr optional
  pays size * (share else 50%) + (price else 0 kr)

tried {size}
  {more}
"""


def settled_together(texts: Sequence[str], monkeypatch: pytest.MonkeyPatch, busy: Callable[[], bool]) -> None:
    """Contracts settled as one plan, as each is by the reference evaluator."""
    monkeypatch.setattr("interpreter.sets.turns.MANY", 1)
    programs = [program(OWN + text) for text in texts]
    with closing(Engine(busy=busy())) as engine:
        dataset = from_rows(programs[0].facts, {fact: list(rows) for fact, rows in DATA.items()}, engine)
        found = sets.settle_all(programs, dataset, small_facts=0)
        for one, outcome in zip(programs, found, strict=True):
            assert not difference(settle(one, DATA), outcome)


@pytest.mark.parametrize("busy", [True, False])
@pytest.mark.parametrize(
    "more",
    ["share 10%", "price (own[contract.provider].rate)", "price\n    from 2012-01-01 3 kr\n    from 2013-01-01 4 kr"],
)
def test_contracts_that_give_different_arguments(more: str, busy: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    texts = [
        SEVERAL.format(size="5 kr", more=more),
        SEVERAL.format(size="6 kr", more="share 20%"),
        SEVERAL.format(size="7 kr", more=""),
    ]
    settled_together(texts, monkeypatch, lambda: busy)


def test_tables_that_hold_the_same_in_different_places(monkeypatch: pytest.MonkeyPatch) -> None:
    form = Construct("param prices : table c code -> v kr\neach visit\n  pays prices[c].v", given="prices {}").form(
        "tried"
    )
    texts = [
        "\n" * at + form.replace("prices {}", f"prices {name}")
        for at, name in enumerate(["prices", "prices", "dearer"])
    ]
    settled_together(texts, monkeypatch, lambda: False)


def test_contracts_that_have_other_forms_and_clauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """One has a form of its own by the same name, one has a clause more."""
    own = SEVERAL.format(size="5 kr", more="share 10%")
    texts = [own, own.replace("pays size", "pays 2 * size")]
    texts.append(own.replace("tried 5 kr", 'tried "one" 5 kr') + '\ntried "more" 8 kr\n')
    settled_together(texts, monkeypatch, lambda: True)


INDICATED = """fact outcome
  key code
  provider who
  indicator code share
  column code : code
  column who : code
  column share : % optional

indicator ok "All visits of a flag"
  let fulfilled = count of visit where h
  let population = count of visit

indicator bad "Fails for those who have visits"
  let fulfilled = count of visit
  let population = 1 drip * ((count of visit) / ((count of visit) - (count of visit)))

"""


@pytest.mark.parametrize("code", ["ok", "bad"])
def test_indicators_that_are_worked_out_or_fail(code: str) -> None:
    form = Construct(f'pays 100 kr * (outcome["{code}"].share else 0%)').form("tried")
    form = form.replace("  needs order", "  needs outcome: code, who, share\n  needs order")
    both(INDICATED + form, data={**DATA, "outcome": []})


def test_renamed_tables_of_different_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    says = 'param prices : table c code -> cost (pris) kr\npays prices["A"].cost'
    form = Construct(says, given="prices swedish").form("tried")
    settled_together([form, f"\n{form}"], monkeypatch, lambda: False)
    both(form)


def test_tables_that_differ_in_the_same_place(monkeypatch: pytest.MonkeyPatch) -> None:
    table = "\ntable own_prices : c code -> v kr\n  | c | v |\n  | A | 1 kr |\n\n"
    form = Construct('param prices : table c code -> v kr\npays prices["A"].v', given="prices own_prices").form("tried")
    settled_together([table + form, table.replace("1 kr", "2 kr") + form], monkeypatch, lambda: False)


HANDED = """form part
{needs}  param rate : kr = 1 kr
  pays rate + (sum of x over visit where x < rate)

form around
{needs}  param size : kr
{hands}  gives given_size = size

around "A"
  size 7 kr
  part "B"
"""


@pytest.mark.parametrize("busy", [True, False])
@pytest.mark.parametrize("turn", [1, -1])
def test_what_is_around_a_clause_may_differ_between_contracts(
    turn: int,
    busy: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The form of a clause is the same, that of the clause around it is not: it hands something on, or does not."""
    needs = Construct("pays 1 kr").form("f").partition("\n")[2].partition("  pays")[0]
    texts = [HANDED.format(needs=needs, hands=hands) for hands in ("", "  for inside rate = size\n")]
    settled_together(texts[::turn], monkeypatch, lambda: busy)


LISTED = """
form hands
  param list : table {columns}
  gives out = list
  pays 0 kr

form f
  needs visit: id, c
  param prices : table {columns}
  pays "one" {asked}
  each visit
    pays {asked}

f
  prices (hands.out)

amend "A" from 2012-07-01
  hands
    list {name}
"""
SHARED = {"columns": "c code -> v kr", "name": "prices"}
RENAMED = {"columns": "c code -> cost (pris) kr", "name": "swedish"}
BRACKETS = {"columns": "above number -> rate kr", "name": "steeper"}


@pytest.mark.parametrize(
    ("given", "asked", "paid"),
    [
        (SHARED, 'prices["A"].v else 2 kr', ("2", "1")),
        (RENAMED, 'prices["A"].cost else 2 kr', ("2", "5")),
        (BRACKETS, "tariff(prices, 2) else 2 kr", ("2", "10")),
    ],
)
def test_a_list_that_another_clause_gives_from_a_day_on(given: dict[str, str], asked: str, paid: Sequence[str]) -> None:
    """Before the clause that gives it is in force, the list is missing, and so is all that is looked up in it."""
    text = LISTED.format(**given, asked=asked)
    head = PARTIES.replace("period 2012", "period 2012\n  settle quarterly")
    one = program(OWN + text, head)
    lines = [found.clauses[0].lines for found in settle(one, {**DATA, "visit": []})]
    assert [str(own[0].amount) for own in lines[::4]] == [*paid[:1] * 2, *paid[1:] * 2]
    both(text, head)


def test_what_is_looked_up_in_a_list_that_is_missing_is_missing() -> None:
    text = LISTED.format(**SHARED, asked='prices["A"].v')
    both(text, PARTIES.replace("period 2012", "period 2012\n  settle quarterly"))
    one = program(OWN + text, PARTIES)
    (cause,) = settle(one, DATA, end=date(2012, 6, 30))[0].failures
    assert cause.message("en") == "hands.out is missing"


@pytest.mark.parametrize(
    ("says", "paid"),
    [
        ("pays when contract.buyer is missing then 1 kr otherwise 2 kr", "1"),
        ("pays (count of visit where c != contract.buyer) * 1 kr/drip", "None"),
        ("each visit\n  pays when c = (contract.buyer else c) then 1 kr otherwise 2 kr", "6"),
    ],
)
def test_a_contract_without_buyers_has_none(says: str, paid: str) -> None:
    """West has six visits."""
    west = [
        Row("visit", {**row.cells, "id": f"w{at}", "p": "W"}, "w.csv", at + 2)
        for at, row in enumerate(DATA["visit"][:6])
    ]
    data = {**DATA, "visit": [*DATA["visit"], *west]}
    text = Construct(says).form("tried")
    found = settle(program(text, PARTIES), data)
    assert [str(one.total) for one in found if one.provider[1] == "W"] == [paid]
    assert all(c.message("sv").startswith("avtal.beställare saknas") for one in found for c in one.failures)
    both(text, data=data)
