"""Indicators computed from care data become rows of the facts of results, beside those that were reported."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from attrs import evolve

from interpreter import core
from interpreter.causes import Causes
from interpreter.facts import Fact, Row
from interpreter.lookup import FactIndex, in_order
from interpreter.runtime import Ledger, contract_env
from interpreter.values import Failure


def with_indicators(ledger: Ledger) -> dict[str, FactIndex]:
    """The facts with a row for each provider and computed indicator whose population is not empty.

    The row stands in every fact that says in which columns it has indicators and their values. An indicator that can't
    be computed leaves its causes in the row, for whoever asks for the value: it is not the same as one that nobody
    reported.
    """
    facts = dict(ledger.facts)
    taking = [index for index in facts.values() if index.fact.indicator and index.fact.result]
    rows: dict[str, list[Row]] = {index.fact.name: list(index.all()) for index in taking}
    for _, code in ledger.program.terms.providers:
        own = evolve(ledger, provider=code, contract=None)
        for indicator in ledger.program.indicators.values():
            if taking and indicator.fulfilled is not None and indicator.population is not None:
                found = _computed(own, indicator.code, indicator.fulfilled, indicator.population)
                if found is not None:
                    for index in taking:
                        rows[index.fact.name].append(_row(own, index.fact, indicator.code, *found))
    for index in taking:
        fact = index.fact
        ordered = in_order(fact, rows[fact.name])
        facts[fact.name] = FactIndex(fact, ordered, index.single_buyer)
    return facts


def _computed(ledger: Ledger, code: str, fulfilled: core.Expr, population: core.Expr) -> tuple[object, str] | None:
    """One indicator's value for one provider, and how it is shown; nothing when nobody is in its population."""
    env = contract_env(ledger)
    called = f"{'indikator' if ledger.program.language == 'sv' else 'indicator'} {code}"
    found: list[Fraction] = []
    causes = Causes()
    for count in (fulfilled, population):
        try:
            found.append(env.number(count))
        except Failure as failure:
            causes.add(failure.causes)
    if len(found) < 2:
        return Failure(causes.all()), called
    above, below = found
    return (above / below, f"{called}: {above} / {below}") if below else None


def _row(ledger: Ledger, fact: Fact, code: str, value: object, place: str) -> Row:
    cells: dict[str, Any] = {
        fact.indicator: code,
        fact.result: value,
        fact.provider: ledger.provider,
        fact.buyer: ledger.buyer,
        fact.dated: ledger.period.end,
    }
    cells.pop("", None)
    return Row(fact.name, cells, place, 0)
