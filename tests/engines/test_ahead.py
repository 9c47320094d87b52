"""What is asked of an engine before the first clause is settled, and what is worked out while it is busy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date

import pytest
from agree.compare import difference
from sets_case import DATA, HEAD, NEEDS, Construct, program, settled

from avtal.engines.duck import DuckEngine
from avtal.engines.lite import LiteEngine
from avtal.engines.load import from_rows
from interpreter import core
from interpreter.lookup import FactIndex
from interpreter.sets import settle as sets
from interpreter.sets.ahead import Decided, Facts, asking_facts, surely
from interpreter.sets.fetch import LazyIndex, away
from interpreter.sets.portfolio import shape
from interpreter.settle import settle


class Watched(LiteEngine):
    """SQLite that is said to be busy, and notes what it was asked before the first answer was looked at."""

    busy = True

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[str] = []
        self.looked = 0

    def begin(self, sql: str) -> Callable[[], Sequence[tuple[object, ...]]]:
        """The same."""
        self.begun.append(sql)
        found = super().begin(sql)

        def rows() -> Sequence[tuple[object, ...]]:
            self.looked = self.looked or len(self.begun)
            return found()

        return rows

    def idle(self) -> bool:
        """Whether it has done all."""
        return not self.busy


def asked_before(says: str) -> int:
    """How many queries a clause begins before it looks at the first answer; it comes to what the reference says."""
    with closing(Watched()) as engine:
        settled(program(Construct(says).form("tried")), engine)
        return engine.looked


def places(says: str) -> list[str]:
    one = program(Construct(says).form("tried"))
    return [p.kind if isinstance(p, core.Aggregate) else "each" for p, _ in surely(one.instances[0].form.steps)]


EVERY = """let a = sum of x over visit
each visit
  pays x
each month
  let b = count of visit
  pays b * 1 kr/drip
pays a"""


def test_all_that_is_asked_in_any_case_is_asked_before_an_answer_is_waited_for() -> None:
    assert asked_before(EVERY) == 3
    assert places(EVERY) == ["sum", "each", "count"]


CHOSEN = """when (count of visit) > 1 drip  pays sum of x over visit
otherwise                       pays (lowest of x over visit) else 1 kr"""
NEVER = """let a =
  when yes   then sum of x over visit
  otherwise  (lowest of x over visit) else 0 kr
pays a"""
FIRST = """let a = (lowest of x over visit) else (highest of x over visit) else 0 kr
pays a"""
BOTH = """let a = (count of visit) > 1 drip and (sum of x over visit) > 1 kr
let b =
  when a     then 1 kr
  otherwise  2 kr
pays b"""


@pytest.mark.parametrize(("says", "asked"), [(CHOSEN, ["count"]), (NEVER, []), (FIRST, ["lowest"]), (BOTH, ["count"])])
def test_what_a_condition_decides_is_asked_when_it_holds(says: str, asked: list[str]) -> None:
    assert places(says) == asked
    assert asked_before(says) >= len(asked)


ASKED_BY_ROWS = """let a = sum of (x * (count of visit as o in 30 days before d) / 1 drip) over visit
let b = (latest visit as r where (count of visit as o in 1 year before r.d where o.c = r.c) > 1 drip).x else 0 kr
pays a + b"""


def test_what_rows_ask_of_other_rows_is_not_asked_by_itself() -> None:
    assert places(ASKED_BY_ROWS) == ["sum"]
    assert asked_before(ASKED_BY_ROWS)


def test_facts_that_are_still_read_are_waited_for_in_their_order() -> None:
    one = program(Construct("pays sum of x over visit").form("tried"))
    made: list[str] = []

    def late(name: str) -> Callable[[], FactIndex]:
        def index() -> FactIndex:
            made.append(name)
            return FactIndex(one.facts[name], [])

        return index

    facts = Facts({name: late(name) for name in one.facts})
    last = list(one.facts)[-1]
    assert facts[last].fact.name == last
    assert made == [last]
    facts.complete()
    assert list(facts) == list(one.facts)
    assert sorted(made) == sorted(one.facts)


LETS = """outside base
param fee : kr = 3 kr
param rate : kr = fee
param asked : kr optional
param one_off : kr
let plain = fee + 1 kr
let twice = plain + plain
let less = rate - one_off
let summed = plain + (sum of x over visit)
let of_it = summed
let whole = base
let there = asked else 0 kr
let none = one_off / 0
pays twice + summed + less + whole * 0 + there"""
EARLY = {"plain", "twice", "less", "there", "none"}
"""The lets that neither rows nor other clauses decide."""


def lets_of(one: core.Program) -> tuple[core.Instance, dict[str, core.Expr]]:
    instance = one.instances[0]
    return instance, {step.name: step.value for step in instance.form.steps if isinstance(step, core.Let)}


def test_lets_are_worked_out_early_unless_rows_or_other_clauses_decide_them() -> None:
    instance, lets = lets_of(program(Construct(LETS, given="one_off 5 kr").form("tried")))
    assert {name for name, value in lets.items() if Decided().value(value, instance, lets)} == EARLY


def test_an_argument_that_leans_on_the_contract_is_not_worked_out_early() -> None:
    text = Construct(LETS, given="one_off half_of_it").form("tried") + "let half_of_it = 5 kr\n"
    instance, lets = lets_of(program(text))
    assert {name for name, value in lets.items() if Decided().value(value, instance, lets)} == EARLY - {"less", "none"}


MONTHLY = HEAD.replace("  period 2012\n", "  period 2012\n  settle monthly\n")
"""So many settlements that clauses are settled for all of them at once."""


@pytest.mark.parametrize("head", [HEAD, MONTHLY])
@pytest.mark.parametrize("busy", [True, False])
def test_it_comes_to_the_same_whether_the_engine_is_busy_or_not(head: str, busy: bool) -> None:  # noqa: FBT001
    one = program(Construct(LETS, given="one_off 5 kr").form("tried") + Construct("pays 1 kr").form("other"), head)
    with closing(Watched()) as engine:
        engine.busy = busy
        assert settled(one, engine) == {"tried": "query", "other": ""}


INSIDE = f"""form around
{NEEDS}  param size : kr
  for inside rate = size
  gives given_size = size

form part
{NEEDS}  param rate : kr = 1 kr
  let price = rate
  pays (count of visit) / 1 drip * price

around "A"
  size 7 kr
  part "B"
  part "C"
    rate 2 kr
"""


def test_what_the_clause_around_hands_on_is_waited_for() -> None:
    """The rate of a part is not the form's own where the clause around it, settled first, hands one on."""
    one = program(INSIDE)
    parts = {i.key: i for i in one.instances if i.parent is not None}
    price = {step.name: step.value for step in next(iter(parts.values())).form.steps if isinstance(step, core.Let)}
    found = {key: Decided().value(price["price"], instance, price) for key, instance in parts.items()}
    assert found == {'around["A"]/part["B"]': False, 'around["A"]/part["C"]': True}
    with closing(Watched()) as engine:
        assert settled(one, engine) == dict.fromkeys(['around["A"]'], "") | dict.fromkeys(parts, "query")


def test_a_clause_that_is_not_in_force_asks_for_nothing() -> None:
    one = program(Construct("pays sum of x over visit").form("tried"))
    with closing(Watched()) as engine:
        settled(one, engine, start=date(2012, 2, 1), end=date(2012, 2, 29))
        assert engine.looked == 1
    one = program(
        Construct("pays sum of x over visit")
        .form("tried")
        .replace("\ntried\n", '\namend "later" from 2012-03-01\n  tried\n')
    )
    with closing(Watched()) as engine:
        settled(one, engine, start=date(2012, 2, 1), end=date(2012, 2, 29))
        assert not engine.begun


def test_a_query_that_is_refused_is_told_when_it_is_asked_for() -> None:
    one = program(Construct("pays (percentile 0% of x over visit) else 1 kr").form("tried"))
    counters: Counter[str] = Counter()
    with closing(DuckEngine(threads=1)) as engine:
        dataset = from_rows(one.facts, {fact: list(rows) for fact, rows in DATA.items()}, engine)
        under_way = sets.Sets.open([one], dataset, sets.Asked(), 0, counters)
        under_way.begin()
        assert not counters
        under_way.settle(None)
    assert counters == {"reference: a percentile that changes": 2}


LEANING = f"""form first
{NEEDS}  pays 5 kr

form tried
{NEEDS}  param fee : kr
  let double = fee + fee
  let rows = count of visit where x > fee
  pays double + rows * 1 kr/drip

first "A"

tried "B"
  fee (first["A"])

tried "C"
  fee 3 kr
"""


def test_a_clause_that_leans_on_another_waits_for_it_though_one_of_its_form_does_not() -> None:
    with closing(Watched()) as engine:
        found = settled(program(LEANING), engine)
    assert found == {'first["A"]': "", 'tried["B"]': "query", 'tried["C"]': "query"}


def test_contracts_settled_together_wait_when_one_of_them_leans_on_a_clause() -> None:
    alone = LEANING.replace('\ntried "C"\n  fee 3 kr\n', "")
    programs = [program(text) for text in (alone.replace('(first["A"])', "4 kr"), alone)]
    assert shape(programs[0]) == shape(programs[1])
    with closing(Watched()) as engine:
        dataset = from_rows(programs[0].facts, {fact: list(rows) for fact, rows in DATA.items()}, engine)
        found = sets.settle_all(programs, dataset, small_facts=0)
    for one, outcome in zip(programs, found, strict=True):
        assert not difference(settle(one, DATA), outcome)


ASKING_FORMS = {
    "in a step": ("each order as r\n  pays sum of o.x over visit as o where o.c = r.c", {"order"}),
    "in what chooses the rows": ("each order as r where (exists visit as o where o.c = r.c)\n  pays m", {"order"}),
    "in a case": ("when yes\n  each order as r\n    pays sum of o.x over visit as o where o.c = r.c", {"order"}),
    "in a month": ("each month\n  each order as r\n    pays sum of o.x over visit as o where o.c = r.c", {"order"}),
    "of the clause": ("let a = sum of x over visit\neach order\n  pays m + a", set[str]()),
    "of their own fact": ("each order as r\n  pays sum of o.m over order as o where o.c = r.c", set[str]()),
}


@pytest.mark.parametrize(("says", "asking"), ASKING_FORMS.values(), ids=ASKING_FORMS.keys())
def test_rows_that_ask_for_rows_of_a_large_fact_are_left_in_the_engine(
    says: str, asking: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight orders are few; asking for the visits of each would be eight queries."""
    monkeypatch.setattr("interpreter.sets.fetch.NEAR", 20)
    monkeypatch.setattr("interpreter.sets.fetch.ASKING", 5)
    one = program(Construct(says).form("tried"))
    assert asking_facts(one, {"visit"}) == asking
    assert asking_facts(one, frozenset()) == frozenset()
    with closing(DuckEngine(threads=1)) as engine:
        dataset = from_rows(one.facts, DATA, engine)
        assert away(dataset) == {"visit"}
        (_, opened), *_ = sets.Sets.open([one], dataset, sets.Asked(), None, None).contracts
        facts = opened[0].ledger.facts
        assert isinstance(facts["order"], LazyIndex) == bool(asking)
        assert isinstance(facts["visit"], LazyIndex)
        counters: Counter[str] = Counter()
        assert not difference(settle(one, DATA), sets.settle(one, dataset, counters=counters))
    assert counters["query"] or not asking
