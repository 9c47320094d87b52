"""Indicators that are worked out become rows of the contract's own fact of results, whatever it is called first."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from interpreter.declare import Sources
from interpreter.facts import Row
from interpreter.pipeline import analyse
from interpreter.settle import settle

TEXT = """contract "Avtal"
  provider "Sjukhuset" code "H"
  period 2012

fact besök (visit)
  dated dag
  column dag : date

{result}
indicator 113 "Halften"
  let fulfilled = count of besök where dag > 2012-06-30
  let population = count of besök

{form}
"""
ROWS = {"besök": [Row("besök", {"dag": date(2012, month, 1)}, "b.csv", month) for month in (1, 2, 3, 9)]}


def total(result: str, form: str) -> Fraction | None:
    found = analyse(Sources("c.avtal", TEXT.format(result=result, form=form)))
    assert [d.message("en") for d in found.diagnostics if d.is_error] == []
    assert found.program is not None
    (settlement,) = settle(found.program, ROWS)
    return settlement.total


def test_results_may_be_declared_in_swedish_first() -> None:
    fact = (
        "fact resultat (result)\n  key indikator, mätdag\n  dated mätdag\n  indicator indikator värde\n"
        "  column indikator (indicator) : code\n"
        "  column mätdag : date\n  column värde (value) : % optional\n"
    )
    form = 'form bonus\n  "En bonus."\n  needs resultat: värde\n  pays 100 kr * resultat["113"].värde\n\nbonus\n'
    assert total(fact, form) == 25


def test_without_a_fact_of_results_nobody_asks_for_them() -> None:
    assert total("", 'form fast\n  "Fast."\n  pays 5 kr\n\nfast\n') == 5


def test_a_fact_that_does_not_say_where_results_stand_takes_none() -> None:
    fact = "fact result\n  column indicator : code\n  column value : % optional\n"
    form = 'form fast\n  "Fast."\n  needs result: value\n  pays 1 kr * (count of result)\n\nfast\n'
    assert total(fact, form) is None  # no file holds it, so it is missing
    assert total(fact.replace("column i", "indicator indicator value\n  column i", 1), form) == 1


def test_several_facts_may_take_results() -> None:
    fact = "fact {0}\n  indicator code_of value\n  column code_of : code\n  column value : % optional\n"
    form = (
        'form fast\n  "Fast."\n  needs one: value\n  needs two: value\n'
        "  pays 1 kr * (count of one) + 2 kr * (sum of value over two)\n\nfast\n"
    )
    assert total(fact.format("one") + fact.format("two"), form) == Fraction(3, 2)


def test_an_indicator_is_one_of_the_contracts_for_any_parameter_of_that_type() -> None:
    form = 'form fast\n  "Fast."\n  param goal : indicator\n  pays 1 kr\n\nfast goal 112\n'
    found = analyse(Sources("c.avtal", TEXT.format(result="", form=form)))
    assert [d.code for d in found.diagnostics] == ["AV113"]


def test_groups_by_a_result_fail_for_the_cause_that_it_has() -> None:
    fact = "fact result\n  indicator indicator value\n  column value : % optional\n  column indicator : code\n"
    count = "count of besök"
    failing = (
        f'indicator 114 "Fel"\n  let fulfilled = {count}\n  let population = 1 / ({count} where dag < 2000-01-01)\n'
    )
    also = failing.replace("114", "115")
    form = 'form slag\n  "Per resultat."\n  needs result: value\n  each result by value\n    pays 1 kr\n\nslag\n'
    found = analyse(Sources("c.avtal", TEXT.format(result=fact + failing + also, form=form)))
    assert [d.message("en") for d in found.diagnostics if d.is_error] == []
    assert found.program is not None
    (settlement,) = settle(found.program, {**ROWS, "result": []})
    assert [cause.code for cause in settlement.failures] == ["AV507", "AV507"]
