"""Indicators and pools for each provider, examples of forms, what examples and rows may lack."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import marked
import pytest
from settling import HEAD, analysed, codes, program, stay

from interpreter.examples import form_examples, run
from interpreter.facts import Row
from interpreter.pipeline import analyse
from interpreter.settle import settle
from interpreter.settlement import Status
from interpreter.sources import Sources


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
    assert found.failures[0].message("en") == "stay.cost is missing (stays.csv:3)"
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


@pytest.mark.parametrize(
    ("term", "pool", "portions"),
    [
        ("", "100 kr", "33.34 33.33 33.33"),
        ("", "-100 kr", "-33.34 -33.33 -33.33"),
        ("", "100,005 kr", "33.34 33.34 33.33"),  # half an öre goes away from zero: 100.01
        ("", "-100,005 kr", "-33.34 -33.34 -33.33"),
        ("  rounding clause öre down\n", "100,005 kr", "33.34 33.33 33.33"),
        ("  rounding clause kr half_away\n", "100,50 kr", "34 34 33"),
        ("", "100 kr/year", "33.34 33.33 33.33"),  # not twelve times a third of 8.33
        ("  settle monthly\n", "100 kr/year", "2.78 2.78 2.77"),  # 8.33 a month
        ("", "0,004 kr", "0 0 0"),
    ],
)
def test_portions_are_the_pool_as_the_contract_rounds_it(term: str, pool: str, portions: str) -> None:
    parties = "".join(f'  provider "{code}" code "{code}"\n' for code in "HIJ")
    head = f'contract "C"\n{parties}  period {{}}\n{term}\nuse care\n'
    text = f"form equal\n  pays portion of {pool} over providers\nequal\n"
    found = [own.clauses[0].amount for own in settle(program(text, head=head), {})[:3]]
    assert found == [Fraction(own) for own in portions.split()]


@pytest.mark.parametrize(
    ("pays", "told"),
    [
        # reported for H alone, so that four of five lack it
        ("100 kr * (mean of result[1].value over providers)", "result[1] is missing (I, J, K, …)"),
        ("100 kr * (mean of 1 over providers weighted by result[1].value)", "result[1] is missing (I, J, K, …)"),
        ("portion of 5 kr over providers weighted by result[1].value", "result[1] is missing (I, J, K, …)"),
        # the stays of I and K have no load, on lines 3 and 5
        (
            "1 kr * (sum of (sum of load over stay) over providers)",
            "stay.load is missing (stays.csv:3, 5)",
        ),
        # J and L owe more than they have
        (
            "portion of 5 kr over providers weighted by (sum of (load else 2) over stay)",
            "the weight of J, L is negative, and a pool can't be shared by it",
        ),
    ],
)
def test_all_providers_that_lack_something_are_told(pays: str, told: str) -> None:
    parties = "".join(f'  provider "{code}" code "{code}"\n' for code in "HIJKL")
    head = f'contract "C"\n{parties}  period {{}}\n\nuse care\n'
    needs = "  needs stay: cost, load\n  needs result: indicator, value\n"
    made = program(f"form lacking\n{needs}  pays {pays}\nlacking\n", head=head)
    loads = {"H": 1, "I": None, "J": -2, "K": None, "L": -3}
    stays = [
        stay(n, hospital=code, load=None if load is None else Fraction(load))
        for n, (code, load) in enumerate(loads.items(), start=1)
    ]
    cells = {"hospital": "H", "indicator": "1", "measured": date(2012, 3, 1), "value": Fraction(1, 2)}
    data = {"stay": stays, "result": [Row("result", cells, "results.csv", 2)]}
    for found in settle(made, data):
        assert [cause.message("en") for cause in found.failures] == [told]


def test_an_indicator_tells_all_that_it_lacks() -> None:
    text = """
indicator 113 "Costly"
  let fulfilled = count of stay where cost > 5 kr
  let population = 1 contact * (sum of load over stay)
form of_it
  needs result: indicator, value
  pays 100 kr * result[113].value
of_it
"""
    (found,) = settle(program(text), {"stay": [stay(1, cost=None), stay(2, cost=Fraction(6), load=None)], "result": []})
    assert [cause.message("en") for cause in found.failures] == [
        "stay.cost is missing (stays.csv:2)",
        "stay.load is missing (stays.csv:2, 3)",
    ]


def test_what_is_no_money_is_shared_exactly() -> None:
    head = 'contract "C"\n  provider "H" code "H"\n  provider "I" code "I"\n  period {}\n\nuse care\n'
    text = """
form equal
  let own = portion of 0,001 points over providers
  pays own * 10 000 kr/point
equal
"""
    assert [own.clauses[0].amount for own in settle(program(text, head=head), {})] == [5, 5]


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
