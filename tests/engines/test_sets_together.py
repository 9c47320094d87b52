"""Contracts settled as one plan come to what each comes to by itself, though they give the same forms other things.

What a query may not say of one of them must not be decided by looking at another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from fractions import Fraction

import pytest
from abreast_case import PARTIES, Engine
from agree.compare import difference
from sets_case import DATA, ENGINES, GOAL, HEAD, NEEDS, Data, engine_of, program, settled

from avtal.engines.lite import LiteEngine
from avtal.engines.load import from_rows
from interpreter import core
from interpreter.facts import Row
from interpreter.sets.portfolio import EVERYTHING
from interpreter.sets.settle import Sets, settle_all
from interpreter.settle import settle

RATES = ("rate 10 kr", "rate 10 kr/month", "rate\n    from 2012-01-01 10 kr\n    from 2012-07-01 20 kr")
LEANING = {
    "a let of an each around": "each visit\n    let near = x + rate\n  each month\n    each visit\n      pays near",
    "a sum over a group": "each visit by month\n    pays sum of (x + rate)",
    "rows for each group": (
        "each visit by c, month\n    pays (count) * 1 kr/drip + (sum of rate over visit as o of all providers in any "
        "period where o.c = c)"
    ),
    "rows in a window for each group": (
        "each visit by c, month\n    pays (count) * 1 kr/drip + (sum of o.x + rate over visit as o in 9 years before "
        "2013-01-01 where o.c = c)"
    ),
    "a running sum": "each visit as r\n    pays (running sum of (o.x + rate) over visit as o)",
    "rows for each row": "each visit as r\n    pays (sum of o.x + rate over visit as o in any period where o.c = r.c)",
}


def alike(programs: Sequence[core.Program], engine: LiteEngine, data: Data = DATA) -> None:
    """Settle contracts together, in either order, to what each came to by itself."""
    alone = {id(one): settle(one, data) for one in programs}
    for order in (programs, programs[::-1]):
        dataset = from_rows(order[0].facts, {fact: list(rows) for fact, rows in data.items()}, engine)
        for one, found in zip(order, settle_all(order, dataset, small_facts=0), strict=True):
            differs = difference(alone[id(one)], found)
            assert not differs, differs


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("says", LEANING.values(), ids=LEANING.keys())
def test_a_price_for_each_and_the_same_for_each_month(says: str, engine: str) -> None:
    form = f"form f\n{NEEDS}  param rate : kr\n  {says}\n\nf\n  "
    with closing(engine_of(engine)) as opened:
        first, *others = [program(f"{form}{rate}\n") for rate in RATES]
        for other in others:
            alike([first, other], opened)


@pytest.mark.parametrize("busy", [False, True])
def test_what_one_is_given_another_has_from_the_clause_around(*, busy: bool) -> None:
    forms = (
        f"form outer\n{NEEDS}  for inside rate = (count of visit) * 1 kr/drip\n  pays 0 kr\n\n"
        f"form f\n{NEEDS}  param rate : kr = 3 kr\n  let paid = rate * 2\n  pays paid\n\nouter\n  f\n"
    )
    with closing(Engine(busy=busy)) as engine:
        alike([program(forms + given, PARTIES) for given in ("    rate 10 kr\n", "")], engine)


GOALS = """
form looked
  needs goal: code, p, d, v
  pays goal["A"].v else 1 kr

form whole
  needs goal: code, p, d, v
  let row = goal["A"]
  pays row.v else 1 kr

looked "one"
whole "one"

amend "A" from 2012-07-01
  looked "two"
  whole "two"
"""


@pytest.mark.parametrize("many", [4, 60])
def test_a_row_is_looked_for_in_the_days_of_its_clause(many: int) -> None:
    """A row of February belongs to no clause that begins in July; of many parties all rows are brought at once."""
    codes = [f"P{at}" for at in range(many)]
    head = "\n".join(['contract "Cut"', *(f'  provider "{code}"  code "{code}"' for code in codes)])
    one = program(GOAL + GOALS, f"{head}\n  period 2012\n  month_end last\n  rounding clause öre half_away\n")
    data = {
        "goal": [
            Row("goal", {"code": "A", "p": code, "d": date(2012, 2, 1), "v": Fraction(100)}, "goals.csv", at)
            for at, code in enumerate(codes, start=2)
        ]
    }
    assert [str(clause.amount) for clause in settle(one, data)[0].clauses] == ["100", "100", "1", "1"]
    with closing(LiteEngine()) as engine:
        settled(one, engine, data)


def test_a_contract_alone_is_settled_as_before() -> None:
    one = program(f"form f\n{NEEDS}  param rate : kr\n  {LEANING['a sum over a group']}\n\nf\n  rate 10 kr\n", HEAD)
    with closing(LiteEngine()) as engine:
        assert settled(one, engine) == {"f": "query"}


COMPUTED = """
fact score
  key ind, p, d
  dated d
  provider p
  indicator ind v
  column ind : code
  column p : code
  column d : date
  column v : % optional

indicator 1 "Many"
  let fulfilled = count of visit where n > 3
  let population = count of visit

form f
  needs score: ind, p, d, v
  needs visit: id, n
  pays (score["1"].v else 0%) * 100 kr

f
"""


def test_computed_indicators_are_worked_out_once_for_all_providers() -> None:
    """Each provider had them worked out for all: eighty took a second, where all together take a fortieth of it."""
    one = program(COMPUTED, PARTIES)
    data = {**DATA, "score": []}
    with closing(LiteEngine()) as engine:
        settled(one, engine, data)
        dataset = from_rows(one.facts, {fact: list(rows) for fact, rows in data.items()}, engine)
        opened = Sets.open([one], dataset, EVERYTHING, 0, None)
        ledgers = [each.ledger for _, every in opened.contracts for each in every]
        assert len(ledgers) == 4
        assert len({id(ledger.facts["score"]) for ledger in ledgers}) == 1


def counted(programs: Sequence[core.Program]) -> Counter[str]:
    """How many scopes of contracts settled together a query answered, and why it did not the others."""
    counters: Counter[str] = Counter()
    with closing(LiteEngine()) as engine:
        dataset = from_rows(programs[0].facts, {fact: list(rows) for fact, rows in DATA.items()}, engine)
        found = settle_all(programs, dataset, small_facts=0, counters=counters)
        for one, own in zip(programs, found, strict=True):
            assert not difference(settle(one, DATA), own)
    return counters


ODD = {
    "a percentile": ("pays percentile rate of x over visit", "param rate : %", ("rate 50%", "rate 90%")),
    "a rate by the month": (LEANING["a sum over a group"], "param rate : kr", ("rate 10 kr", "rate 10 kr/month")),
    "a price too fine for the others": (
        "pays sum of x * rate * rate * rate * rate over visit",
        "param rate : number",
        ("rate 2", "rate 1.00001"),
    ),
}


@pytest.mark.parametrize(("says", "parameter", "given"), ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("at", [0, 1, 5, 10])
def test_one_contract_does_not_keep_a_query_from_the_others(
    says: str, parameter: str, given: Sequence[str], at: int
) -> None:
    """Eleven contracts of two providers, of which one gives something in another way: ten are settled by query."""
    said = [given[0]] * 11
    said[at] = given[1]
    told = counted([program(f"form f\n{NEEDS}  {parameter}\n  {says}\n\nf\n  {one}\n") for one in said])
    assert told["query"] >= 20, told


@pytest.mark.parametrize(
    "says", ["pays sum of x over visit", "each visit\n    pays x", "each visit by c\n    pays sum of x"]
)
def test_a_contract_without_a_buyer_beside_one_that_has_one(says: str) -> None:
    head = HEAD.replace("  period 2012\n", "{buyer}\n  period 2012\n").replace("counts drip", "buyer z\n  counts drip")
    form = f"form f\n{NEEDS}  {says}\n\nf\n"
    buyer = '  buyer "Zed" code "Z1"'
    contracts = [program(form, head.replace("{buyer}", one)) for one in ("#".ljust(len(buyer), "#"), buyer)]
    assert [str(settle(one, DATA)[0].total) for one in contracts] == ["29/2", "25/2"]
    with closing(LiteEngine()) as engine:
        alike(contracts, engine)


def test_indicators_that_one_contract_computes_and_another_is_given() -> None:
    head, clause = COMPUTED.split("indicator 1")
    form = clause[clause.index("form f") :].replace("form f", "form g").replace("\nf\n", "\ng\n")
    text = head + form + 'indicator 1 "Many"\n'
    count = "  let fulfilled = count of visit where n > 3\n  let population = count of visit\n"
    given = [Row("score", {"ind": "1", "p": "N", "d": date(2012, 5, 5), "v": Fraction(1, 2)}, "s.csv", 2)]
    with closing(LiteEngine()) as engine:
        alike([program(text + count), program(text)], engine, {**DATA, "score": given})


def test_what_fails_is_told_by_the_place_of_its_own_contract() -> None:
    """Two forms that differ in a blank, and two tables that differ in where a comment stands."""
    forms = [f"form f\n{NEEDS}{says}\n\nf\n" for says in ("  pays  sum of y over visit", "  pays sum of y over  visit")]
    rows = ("  # a\n  | A | 1 kr | 2012-02-01 | |\n", "  | A | 1 kr | 2012-02-01 | |\n  # a\n")
    looked = '\nform f\n{needs}  pays tt["A"].v\n\nf\n'.replace("{needs}", NEEDS)
    tables = [f"table tt : c code -> v kr\n  | c | v | from | to |\n{own}{looked}" for own in rows]
    for texts in (forms, tables):
        contracts = [program(text) for text in texts]
        one, other = ([cause.span for cause in settle(own, DATA)[0].failures] for own in contracts)
        assert one != other
        with closing(LiteEngine()) as engine:
            alike(contracts, engine)
