"""Indicators computed from care data become rows of the fact `result`, beside those that were reported."""

from __future__ import annotations

from fractions import Fraction

from interpreter.facts import Cell, Row
from interpreter.lookup import FactIndex, row_order
from interpreter.runtime import Env, Ledger
from interpreter.values import Failure, Missing


def with_indicators(ledger: Ledger, env: Env) -> dict[str, FactIndex]:
    """The facts with a row of `result` for each computed indicator whose population is not empty."""
    facts = dict(ledger.facts)
    index = facts.get("result")
    if index is None:
        return facts
    fact = index.fact
    rows = list(index.rows)
    for code, indicator in ledger.program.indicators.items():
        if indicator.fulfilled is None or indicator.population is None:
            continue
        try:
            above, below = env.value(indicator.fulfilled), env.value(indicator.population)
        except Failure:
            continue
        if (
            isinstance(above, Missing)
            or not isinstance(above, Fraction)
            or not isinstance(below, Fraction)
            or not below
        ):
            continue
        cells: dict[str, Cell] = {"indicator": code, "value": above / below}
        cells |= {fact.provider: ledger.provider, fact.buyer: ledger.buyer, fact.dated: ledger.period.end}
        cells.pop("", None)
        rows.append(Row("result", cells, f"indicator {code}: {above} / {below}", 0))
    facts["result"] = FactIndex(fact, sorted(rows, key=lambda row: row_order(fact, row)), index.single_buyer)
    return facts
