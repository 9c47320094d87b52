"""Indicators computed from care data become rows of the fact `result`, beside those that were reported."""

from __future__ import annotations

from typing import Any

from dsl.classes import evolve
from interpreter import core
from interpreter.facts import Fact, Row
from interpreter.lookup import FactIndex, row_order
from interpreter.runtime import Ledger, contract_env
from interpreter.values import Failure

RESULT = "result"


def with_indicators(ledger: Ledger) -> dict[str, FactIndex]:
    """The facts with a row of `result` for each provider and computed indicator whose population is not empty.

    An indicator that can't be computed leaves its causes in the row, for whoever asks for the value: it is not the same
    as one that nobody reported.
    """
    facts = dict(ledger.facts)
    index = next((i for i in facts.values() if RESULT in (i.fact.name, i.fact.swedish)), None)
    if index is None:  # nobody can ask for a result
        return facts
    rows = list(index.all())
    for _, code in ledger.program.terms.providers:
        own = evolve(ledger, provider=code, contract=None)
        for indicator in ledger.program.indicators.values():
            if indicator.fulfilled is not None and indicator.population is not None:
                rows += _computed(own, index.fact, indicator.code, indicator.fulfilled, indicator.population)
    fact = index.fact
    facts[fact.name] = FactIndex(fact, sorted(rows, key=lambda row: row_order(fact, row)), index.single_buyer)
    return facts


def _computed(ledger: Ledger, fact: Fact, code: str, fulfilled: core.Expr, population: core.Expr) -> list[Row]:
    """The row of one indicator for one provider; none when nobody is in its population."""
    env = contract_env(ledger)
    value: object
    shown = ""
    try:
        above, below = env.number(fulfilled), env.number(population)
        if not below:
            return []
        value, shown = above / below, f": {above} / {below}"
    except Failure as failure:
        value = failure
    cells: dict[str, Any] = {
        _column(fact, "indicator"): code,
        _column(fact, "value"): value,
        fact.provider: ledger.provider,
        fact.buyer: ledger.buyer,
        fact.dated: ledger.period.end,
    }
    cells.pop("", None)
    return [Row(fact.name, cells, f"indicator {code}{shown}", 0)]


def _column(fact: Fact, word: str) -> str:
    """The English name of a column that is called by one of its names; empty when there is none."""
    column = fact.column(word)
    return column.name if column is not None else ""
