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
        "fact resultat (result)\n  key indikator, mätdag\n  dated mätdag\n  column indikator (indicator) : code\n"
        "  column mätdag : date\n  column värde (value) : % optional\n"
    )
    form = 'form bonus\n  "En bonus."\n  needs resultat: värde\n  pays 100 kr * resultat["113"].värde\n\nbonus\n'
    assert total(fact, form) == 25


def test_without_a_fact_of_results_nobody_asks_for_them() -> None:
    assert total("", 'form fast\n  "Fast."\n  pays 5 kr\n\nfast\n') == 5


def test_a_fact_of_results_without_values_takes_none() -> None:
    fact = "fact result\n  column note : code\n"
    assert (
        total(fact, 'form fast\n  "Fast."\n  needs result: note\n  pays 1 kr * (count of result)\n\nfast\n') is not None
    )


def test_groups_by_a_result_fail_for_the_cause_that_it_has() -> None:
    fact = "fact result\n  column value : % optional\n  column indicator : code\n"
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
    assert [cause.code for cause in settlement.failures] == ["AV507"]
