"""Settling as a whole: periods, parties, data that are not there, the order of rows, how an amount is explained."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import marked
import pytest

from interpreter import core
from interpreter.declare import Sources
from interpreter.examples import form_examples, run
from interpreter.facts import Row
from interpreter.pipeline import Analysed, analyse
from interpreter.settle import explain, periods, settle
from interpreter.settlement import Settlement, Status, Trace

HEAD = 'contract "Case"\n  provider "Hospital" code "H"\n  period {}\n\nuse care\n\n'


def analysed(text: str, *, period: str = "2012", head: str = HEAD) -> Analysed:
    found = analyse(Sources("case.avtal", head.format(period) + text, library=marked.library("tests/meaning/library")))
    assert [d.message("en") for d in found.diagnostics if d.is_error] == []
    return found


def program(text: str, *, period: str = "2012", head: str = HEAD) -> core.Program:
    found = analysed(text, period=period, head=head).program
    assert found is not None
    return found


def stay(number: int, day: str = "2012-03-01", **cells: object) -> Row:
    own = {"id": str(number), "hospital": "H", "region": "R", "on": date.fromisoformat(day), **cells}
    return Row("stay", own, "stays.csv", number + 1)  # type: ignore[arg-type]


def codes(settlement: Settlement) -> list[str]:
    return [cause.code for cause in settlement.failures]


SUMS = """
form sums
  needs stay: id, cost
  each stay
    let double = cost * 2
    pays double
sums
fixed 5 kr
"""


def test_each_period_of_the_contract_is_settled_by_itself() -> None:
    data = {"stay": [stay(1, "2012-02-29", cost=Fraction(10)), stay(2, "2012-03-01", cost=Fraction(1))]}
    seen: list[tuple[str, int, int]] = []
    head = HEAD.replace("\n\nuse", "\n  settle {}\n\nuse")
    for word, ends, totals in (
        ("yearly", ["2012-04-15"], [27]),
        ("quarterly", ["2012-03-31", "2012-04-15"], [27, 5]),
        ("monthly", ["2012-01-31", "2012-02-29", "2012-03-31", "2012-04-15"], [5, 25, 7, 5]),
    ):
        made = program(SUMS, head=head.format("2012-01-15 to 2012-04-15", word))
        found = settle(made, data, progress=lambda *step: seen.append(step))
        assert [str(s.end) for s in found] == ends
        assert found[0].start == date(2012, 1, 15)
        assert [s.total for s in found] == totals
    assert seen[-1] == ("fixed", 8, 8)
    part = periods(made.terms, date(2012, 2, 10), date(2012, 3, 10))
    assert [(str(p.start), str(p.end)) for p in part] == [("2012-02-10", "2012-02-29"), ("2012-03-01", "2012-03-10")]
    assert periods(made.terms, date(2013, 1, 1)) == []


def test_each_pair_of_parties_has_its_own_settlement() -> None:
    head = (
        'contract "Case"\n  buyer "R" code "R"\n  buyer "S" code "S"\n'
        '  provider "H" code "H"\n  provider "I" code "I"\n'
        "  period {}\n\nuse care\n\n"
    )
    data = {
        "stay": [
            stay(1, cost=Fraction(1)),
            stay(2, cost=Fraction(10), region="S"),
            stay(3, cost=Fraction(100), hospital="I"),
            stay(4, cost=Fraction(1000), hospital="X"),
        ]
    }
    found = settle(program(SUMS, head=head), data)
    assert [(s.buyer[1], s.provider[1], s.total) for s in found] == [
        ("R", "H", 7),
        ("R", "I", 205),
        ("S", "H", 25),
        ("S", "I", 5),
    ]
    assert [s.rows["stay"] for s in found] == [(1, 4), (1, 4), (1, 4), (0, 4)]
    (one,) = settle(program(SUMS, head=head), data, providers=["I"], buyers=["R"])
    assert one.total == 205


@pytest.mark.parametrize("cells", [{"hospital": None}, {"region": None}])
def test_a_row_that_belongs_to_nobody_leaves_no_total(cells: dict[str, None]) -> None:
    head = 'contract "C"\n  buyer "R" code "R"\n  buyer "S" code "S"\n  provider "H" code "H"\n  period {}\nuse care\n'
    found = settle(program(SUMS, head=head), {"stay": [stay(1, cost=Fraction(1), **cells)]})
    assert [s.total for s in found] == [None, None]
    assert codes(found[0]) == ["AV516"]


def test_a_row_without_buyer_is_the_only_buyers() -> None:
    head = 'contract "C"\n  buyer "R" code "R"\n  provider "H" code "H"\n  period {}\nuse care\n'
    (found,) = settle(program(SUMS, head=head), {"stay": [stay(1, cost=Fraction(1), region=None)]})
    assert found.total == 7


@pytest.mark.parametrize(
    "asks",
    [
        "sum of cost over stay",
        '(latest stay where id = "x").cost',
        'stay["x"].cost else 0 kr',
        "1 kr / (count of stay)",
    ],
)
def test_a_fact_that_was_never_handed_in_is_not_a_fact_without_rows(asks: str) -> None:
    text = f"form asks\n  needs stay: id, cost\n  let found = {asks}\n  when 1 = 1 pays 1 kr\n  gives found = found\n"
    made = program(text + "asks\nfixed 5 kr\n")
    (found,) = settle(made, {"result": []})
    assert [(c.key, c.status) for c in found.clauses] == [("asks", Status.FAILED), ("fixed", Status.SETTLED)]
    (cause,) = found.failures
    assert (cause.code, cause.arguments["datum"], found.total) == ("AV501", "stay", None)
    (empty,) = settle(made, {"stay": []})
    assert "stay" not in [cause.arguments.get("datum") for cause in empty.failures]


def test_the_order_of_rows_in_the_data_does_not_matter() -> None:
    text = """
fact event
  dated on
  provider hospital
  column hospital : code
  column on : date
  column size : kr
  column kind : code

form ordered
  needs event: on, size, kind
  needs stay: id, on, cost, patient
  each event as e
    let so_far = running sum of size
    pays lesser(so_far, 50 kr) * e.size / 1 kr
  each stay by patient, spell of 1 month
    pays greater(sum of cost, 7 kr)
  pays "last" (latest event).size
  gives first_kind = (earliest event).kind
ordered
"""
    made = program(text)
    shuffled = random.Random(1)  # noqa: S311 - the same order every time
    events = [("2012-03-01", 5, "b"), ("2012-03-01", 5, "a"), ("2012-02-01", 30, "c"), ("2012-03-01", 40, "a")]
    stays = [stay(n, f"2012-0{n % 6 + 1}-15", cost=Fraction(n), patient=f"p{n % 2}") for n in range(1, 12)]
    seen = set()
    for _ in range(20):
        shuffled.shuffle(events)
        shuffled.shuffle(stays)
        rows = [
            Row(
                "event", {"hospital": "H", "on": date.fromisoformat(on), "size": Fraction(n), "kind": kind}, "e.csv", at
            )
            for at, (on, n, kind) in enumerate(events)
        ]
        (found,) = settle(made, {"event": rows, "stay": stays})
        assert found.failures == ()
        clause = found.clauses[0]
        seen.add(
            (clause.amount, clause.given["first_kind"], tuple((line.row, line.amount) for line in clause.lines[4:]))
        )
    assert len(seen) == 1


def test_a_line_says_how_many_at_what_price_and_from_which_row() -> None:
    text = """
form lines
  needs stay: id, cost
  param price (pris) : kr/contact
  let held = count of stay
  pays "volume" price * held * 50%
  pays "divided" price * held / 2
  pays "two prices" price * held * 1 kr / 1 kr * 1
  pays "square" (price * held) * (1 kr / 1 kr)
  each stay
    pays "cost" cost
  each stay by month
    pays "month" 3 kr
lines price 100 kr/contact
"""
    (found,) = settle(program(text), {"stay": [stay(1, cost=Fraction(7)), stay(2, "2013-01-01", cost=Fraction(9))]})
    lines = {line.label: line for line in found.clauses[0].lines}
    volume = lines["volume"]
    assert (volume.quantity, volume.unit.name, volume.unit_price, volume.amount) == (Fraction(1, 2), "contact", 100, 50)
    assert lines["divided"].quantity is None
    assert (lines["cost"].row, lines["cost"].file, lines["cost"].number, lines["cost"].day) == (
        "1",
        "stays.csv",
        2,
        date(2012, 3, 1),
    )
    assert (lines["month"].row, lines["month"].day) == ("2012-03", None)
    assert sum(line.amount for line in lines.values()) == found.clauses[0].exact


def test_promises_are_checked_at_every_settlement() -> None:
    text = SUMS + 'always total <= 10 kr "at most ten"\nalways sums < 1 mkr/year\nalways fixed > stay["9"].cost\n'
    (kept,) = settle(program(text), {"stay": [stay(9, cost=Fraction(1))]})
    assert (kept.promises, kept.failures) == (
        (("at most ten", True), ("sums < 1 mkr/year", True), ('fixed > stay["9"].cost', True)),
        (),
    )
    (broken,) = settle(program(text), {"stay": [stay(1, cost=Fraction(6))]})
    assert broken.promises == (("at most ten", False), ("sums < 1 mkr/year", True))
    assert codes(broken) == ["AV511", "AV501"]
    assert broken.total == 17


def test_a_total_is_rounded_where_the_contract_says() -> None:
    head = HEAD.replace("\n\nuse", "\n  rounding total kr\n\nuse")
    made = program('fixed "a" 0,4 kr\nfixed "b" 0,4 kr\nsubtotal both = fixed\n', head=head)
    (found,) = settle(made, {})
    assert ([c.amount for c in found.clauses], found.subtotals, found.total) == (
        [Fraction(2, 5)] * 2,
        (("both", Fraction(4, 5)),),
        1,
    )
    assert found.clause('fixed["a"]') is found.clauses[0]
    assert found.clause("none") is None


def test_a_clause_outside_its_days_is_not_in_the_settlement() -> None:
    text = (
        'fixed "a" 1 kr\n  part "b" 1% whole 100 kr\namend "x" from 2013-01-01\n  ends fixed["a"]\n  fixed "c" 2 kr\n'
    )
    first, second = settle(program(text, period="2012-01-01 to 2013-12-31"), {})
    assert [[c.key for c in s.clauses] for s in (first, second)] == [
        ['fixed["a"]', 'fixed["a"]/part["b"]'],
        ['fixed["c"]'],
    ]
    assert [first.total, second.total] == [2, 2]


# --- how an amount came about


def walk(trace: Trace) -> Iterator[Trace]:
    yield trace
    for part in trace.parts:
        yield from walk(part)


def places(trace: Trace) -> set[tuple[str, int]]:
    rows = [node.row for node in walk(trace)] + [row for node in walk(trace) for row, _ in node.rows]
    return {(row.file, row.line) for row in rows if row is not None}


EVERYTHING = """
table weights : group_of code -> weight number
  | group_of | weight |
  | u | 2 |
  | v* | 3 |
table steps : above kr -> rate %
  | above | rate |
  | 0 kr | 10% |
index lpik
  | year | forecast | outcome |
  | 2012 | 2% | 1% |
let contract_let = fixed * 2

form everything (allting)
  needs stay: id, on, cost, group, born, planned, patient
  param price (pris) : kr
  param rate (takt) : kr/year
  param bounds (trappa) : table above kr -> rate %
  param unused : kr = 3 kr
  let heavy = sum of cost * weights[group].weight over stay where planned = yes
  let best = latest stay in any period where id != "x"
  let twice = heavy + heavy
  each stay as s
    let years = age(s.born, s.on)
    let so_far = running sum of r.cost over stay as r
    when years > 18 and not s.cost > 10 kr or s.group in ("u", "v*") pays s.cost * (0 - 1) + -so_far
  each stay by group, month
    pays (when group = "u" then 1 kr otherwise 2 kr) * (count of stay) / 1 contact
    pays "date" 1 kr * (month.end - month.start) / 1 day
  each month
    pays rate
  each stay as t
    pays "own" sum of o.years * 1 kr over stay as o where o.id = t.id
  when best.cost in 1 kr to 5 kr or best is missing or (exists stay) pays clamp(best.cost else 0 kr, 0 kr, 5 kr)
  pays "let" twice + price + unused + tariff(bounds, 10 kr) + (mean of 1 kr over providers)
  pays "rounded" price / 3 rounded to 1 kr
  gives handed = twice

everything rate 12 kr/year bounds steps
  price
    from 2011-01-01  contract_let
    from 2012-01-01  previous * (1 + lpik[2012].forecast) + part + everything_else.handed
fixed 5 kr
part 10% whole fixed
form everything_else
  gives handed = 7 kr
everything_else
fixed "by party" (when contract.provider = "H" then 1 kr otherwise 2 kr)
fixed "year" (12 kr/year)
"""


def rows() -> list[Row]:
    common = {"planned": True, "patient": "p", "born": date(1950, 1, 1)}
    return [stay(1, cost=Fraction(3), group="u", **common), stay(2, cost=Fraction(4), group="v1", **common)]


def test_every_kind_of_expression_is_explained_down_to_the_data() -> None:
    made = program(EVERYTHING)
    data = {"stay": rows()}
    (found,) = settle(made, data)
    assert found.failures == ()
    for clause in found.clauses:
        trace = explain(made, data, found, clause.key)
        assert trace.value == clause.amount
        assert trace.note == clause.key
    trace = explain(made, data, found, "everything")
    assert places(trace) == {("stays.csv", 2), ("stays.csv", 3)}
    kinds = {type(node.expr).__name__ for node in walk(trace)}
    assert {"Aggregate", "Param", "LetRef", "Previous", "Tariff", "EntryOf", "Member", "Amount", "Given"} <= kinds
    assert {"ColumnRef", "PerPeriod", "PeriodRef", "GroupKey", "Cases", "Call", "Round", "Pick", "Negate"} <= kinds
    sums = [node for node in walk(trace) if node.note == "heavy"]
    assert {node.value for node in sums} == {18}
    aggregate = next(node for node in walk(sums[0]) if node.rows)
    assert [(row.line, value) for row, value in aggregate.rows] == [(2, 6), (3, 12)]
    with pytest.raises(KeyError):
        explain(made, data, found, "none")


def test_a_let_that_is_used_twice_is_explained_twice_but_worked_out_once() -> None:
    lets = "".join(f"  let x{n} = x{n - 1} + x{n - 1}\n" for n in range(1, 40))
    made = program(f"form doubled\n  let x0 = 1 kr\n{lets}  pays x39\ndoubled\n")
    (found,) = settle(made, {})
    assert found.total == 2**39
    trace = explain(made, {}, found, "doubled")
    distinct: dict[int, Trace] = {}
    stack = [trace]
    while stack:
        node = stack.pop()
        if id(node) not in distinct:
            distinct[id(node)] = node
            stack.extend(node.parts)
    assert len(distinct) < 200


def test_a_failure_is_explained_as_far_as_it_came() -> None:
    made = program("form asks\n  needs stay: id, cost\n  each stay\n    pays cost + 1 kr\nasks\n")
    data = {"stay": [stay(1, cost=None), stay(2, cost=Fraction(1)), stay(3, cost=None)]}
    (found,) = settle(made, data)
    assert codes(found) == ["AV501", "AV501"]
    assert [str(cause.arguments["datum"]) for cause in found.failures] == [
        "stay.cost (stays.csv:2)",
        "stay.cost (stays.csv:4)",
    ]
    assert places(explain(made, data, found, "asks")) == {("stays.csv", line) for line in (2, 3, 4)}


def test_numbers_and_definitions_have_limits() -> None:
    squares = "".join(f"  let x{n} = x{n - 1} * x{n - 1}\n" for n in range(1, 14))
    made = program(f"form grown\n  let x0 = 3\n{squares}  pays x13 * 1 kr\ngrown\n")
    assert codes(settle(made, {})[0]) == ["AV512"]
    chain = "".join(f"  let x{n} = x{n - 1} + 1\n" for n in range(1, 120))
    made = program(f"form deep\n  let x0 = 3\n{chain}  pays x119 * 1 kr\ndeep\n")
    assert codes(settle(made, {})[0]) == ["AV515"]


# --- parties in data, indicators for each of them, examples of forms


def test_an_indicator_is_computed_for_each_provider() -> None:
    text = """
indicator 113 "Planned"
  let fulfilled = count of stay where planned = yes
  let population = count of stay
form against_others
  needs result: indicator, value
  let own = result[113].value
  pays 100 kr * own
  pays "others" 100 kr * (mean of value over result of all providers where indicator = "113")
  pays "mean" 100 kr * (mean of own over providers)
against_others
"""
    head = 'contract "C"\n  provider "H" code "H"\n  provider "I" code "I"\n  period {}\n\nuse care\n'
    own = [stay(n, planned=n < 3) for n in range(4)]
    other = [stay(n, planned=n < 6, hospital="I") for n in range(4, 8)]
    found = settle(program(text, head=head), {"stay": own + other, "result": []})
    assert [[line.amount for line in s.clauses[0].lines] for s in found] == [
        [75, Fraction(125, 2), Fraction(125, 2)],
        [50, Fraction(125, 2), Fraction(125, 2)],
    ]


def test_the_examples_of_forms_run_from_the_module_that_has_them() -> None:
    text = """
form fee (avgift)
  param size : kr first
  pays size
  example "good"
    fee 5 kr
    expect fee = 5 kr
  example "bad"
    fee 5 kr
    expect fee = 6 kr
  example "wrong"
    fee 5 kr
    expect fees = 6 kr
  example "given in vain"
    given base = 1 kr / 0
    fee 5 kr
    expect fee = 5 kr
"""
    library = {**marked.library("tests/meaning/library"), "fees": text}
    for main, file in ((text, ""), ("use fees\n", "stdlib_rules/fees.avtal")):
        found = analyse(Sources("case.avtal", main, library=library))
        results = form_examples(found, file)
        assert [(r.name, r.ok, [d.code for d in r.diagnostics]) for r in results] == [
            ("good", True, []),
            ("bad", False, ["AV323"]),
            ("wrong", False, ["AV111"]),
            ("given in vain", False, ["AV507"]),
        ]
    assert form_examples(analysed("fixed 1 kr\n")) == ()


def test_an_example_of_a_form_is_settled_for_the_provider_it_names_first() -> None:
    text = """
use care
form counted
  needs stay: id, cost
  pays sum of cost over stay
  example "own"
    given stay
      | hospital | cost |
      | B | 5 kr |
      | A | 7 kr |
    counted
    expect counted = 5 kr
"""
    found = analyse(Sources("case.avtal", text, library=marked.library("tests/meaning/library")))
    assert [(r.ok, r.diagnostics) for r in form_examples(found)] == [(True, ())]


def test_an_example_that_gives_what_has_no_value_does_not_hold() -> None:
    made = program('fixed 5 kr\nexample "x"\n  given base = 1 kr / 0\n  expect fixed = 5 kr\n')
    (result,) = run(made, made.examples)
    assert (result.ok, [d.code for d in result.diagnostics]) == (False, ["AV507"])


def test_a_running_sum_stops_at_the_first_row_without_a_value() -> None:
    text = """
form ran
  needs stay: id, on, cost
  each stay as s
    pays running sum of t.cost over stay as t
ran
"""
    made = program(text)
    data = {"stay": [stay(1, cost=Fraction(1)), stay(2, cost=None), stay(3, cost=Fraction(1))]}
    (found,) = settle(made, data)
    assert codes(found) == ["AV501"]
    assert found.failures[0].arguments["datum"] == "stay.cost (stays.csv:3)"
    whole = [stay(1, cost=Fraction(1)), stay(2, "2012-02-01", cost=Fraction(10)), stay(3, cost=Fraction(100))]
    assert [line.amount for line in settle(made, {"stay": whole})[0].clauses[0].lines] == [10, 11, 111]


def test_a_product_of_several_prices_has_no_unit_price() -> None:
    text = "form odd\n  param p : kr\n  pays (p * p) * (1 / p)\nodd p 5 kr\n"
    (found,) = settle(program(text), {})
    line = found.clauses[0].lines[0]
    assert (line.amount, line.quantity, line.unit_price) == (5, None, None)


def test_a_month_of_a_row_outside_the_period_is_a_whole_month() -> None:
    text = """
form by_months
  needs stay: id, on
  each stay in any period by month
    pays 1 kr * ((month.end - month.start) + 1 day) / 1 day
by_months
"""
    made = program(text, period="2012-02-15 to 2012-12-31")
    (found,) = settle(made, {"stay": [stay(1, "2012-01-10"), stay(2, "2012-02-20")]})
    assert [(line.row, line.amount) for line in found.clauses[0].lines] == [("2012-01", 31), ("2012-02", 15)]


def test_a_pool_is_shared_to_the_ore_by_weights_that_may_be_missing() -> None:
    head = 'contract "C"\n  provider "H" code "H"\n  provider "I" code "I"\n  period {}\n\nuse care\n'
    text = """
form equal
  pays portion of 0,05 kr over providers
form none
  pays portion of 5 kr over providers weighted by 0
form unknown
  needs result: indicator, value
  pays portion of result[1].value * 5 kr over providers
equal
none
unknown
"""
    for found, own in zip(
        settle(program(text, head=head), {"result": []}), (Fraction(3, 100), Fraction(2, 100)), strict=True
    ):
        assert found.clauses[0].amount == own
        assert [c.status for c in found.clauses[1:]] == [Status.FAILED, Status.FAILED]


def test_an_unsound_text_gives_no_amount() -> None:
    found = analyse(
        Sources(
            "case.avtal",
            HEAD.format("2012") + "fixed (1 kr + 1 day)\n",
            library=marked.library("tests/meaning/library"),
        )
    )
    assert not found.sound
    assert found.program is not None
    assert codes(settle(found.program, {})[0]) == ["AV212"]


def test_a_module_beside_the_contract_is_used_once_however_often_it_is_named() -> None:
    beside = {"own": "use more\nform own (egen)\n  pays 5 kr\n", "more": "form more (mer)\n  pays 6 kr\n"}
    library = marked.library("tests/meaning/library")
    text = HEAD.format("2012") + "use own, more, own\nown\nmore\n"
    found = analyse(Sources("case.avtal", text, library=library, beside=beside))
    assert found.diagnostics == ()
    assert found.program is not None
    assert settle(found.program, {})[0].total == 11
    assert set(found.texts) == {"case.avtal", "own.avtal", "more.avtal", "stdlib_rules/care.avtal"}
