"""Expressions that are made into functions once mean what the reference evaluator says, also at its limits."""

from __future__ import annotations

import pytest
from settling import codes, program

from interpreter import problems
from interpreter.runtime import contract_env
from interpreter.sets.expressions import Quick
from interpreter.settle import ledger_for, periods, settle


def chain(levels: int) -> str:
    """A clause that is worth a let, which stands on another, and so on."""
    lets = "\n".join(f"let x{at} = x{at - 1} + 1 kr" for at in range(1, levels + 1))
    return f"let x0 = 1 kr\n{lets}\nfixed x{levels}\n"


def test_levels_of_definitions_are_counted_as_the_reference_evaluator_counts_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found: dict[str, list[list[str]]] = {"reference": [], "quick": []}
    made = [program(chain(levels)) for levels in range(66, 78)]
    for one in made:
        found["reference"].append(codes(settle(one, {})[0]))
    for one in made:
        monkeypatch.setattr("interpreter.settle.evaluate", Quick().value)
        found["quick"].append(codes(settle(one, {})[0]))
    assert found["quick"] == found["reference"]
    assert [] in found["reference"]
    assert [problems.TOO_DEEP.code] in found["reference"]


def test_a_trace_is_the_reference_evaluators() -> None:
    one = program("let x = 1 kr + 2 kr\nfixed x\n")
    ledger = ledger_for(one, {}, {}, "H", "", periods(one.terms)[0])
    ledger.evaluator, ledger.trace = Quick().value, [[]]
    assert contract_env(ledger).value(one.lets[0].value) == 3
    assert [trace.value for trace in ledger.trace[0]] == [3]
    assert [trace.value for trace in ledger.trace[0][0].parts] == [1, 2]
