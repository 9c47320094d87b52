"""Results that were noted for many ledgers at once are made when they are asked for."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve

from dsl.diagnostics import Diagnostic
from dsl.spans import NOWHERE
from interpreter.noted import Clauses, Noted, Results, amounts
from interpreter.settlement import ClauseResult, Status
from interpreter.values import Missing


def result(key: str, amount: Fraction | None, *, pays: bool = True, status: Status = Status.SETTLED) -> ClauseResult:
    return ClauseResult(
        key=key, form="f", swedish="g", label="", depth=0, status=status, amount=amount, pays=pays, span=NOWHERE
    )


def noted(made: list[int], *, pays: bool = True) -> Noted:
    """Two results of a clause `b`: 3/2 and 5 kr; `made` takes the numbers of those that are made."""

    def make(at: int) -> ClauseResult:
        made.append(at)
        return result("b", (Fraction(3, 2), Fraction(5))[at], pays=pays)

    return Noted(make, pays, [3, 5], [2, 1], lambda at: {"size": at}, {})


FAILURE: Diagnostic = Missing("x").failure().causes[0]
WAITS = evolve(result("c", None, status=Status.FAILED), failures=(FAILURE,))


def shown(above: int, below: int) -> str:
    return str(Fraction(above, below))


def test_a_result_is_made_when_it_is_asked_for_and_once() -> None:
    made: list[int] = []
    results = Results({"a": result("a", Fraction(1))})
    results.noted["b"] = noted(made), 1
    assert list(results) == ["b", "a"]
    assert len(results) == 2
    assert "a" in results
    assert "b" in results
    assert "c" not in results
    assert results.settled("a")
    assert results.settled("b")
    assert results.amount("a") == 1
    assert results.amount("b") == 5
    assert results.sum(["a", "b"]) == 6
    assert results.offered("b") == {"size": 1}
    assert results.offered("a") == {}
    assert results.offered("c") == {}
    assert results.failures(["a", "b"]) == []
    assert made == []
    assert results["b"] is results["b"]
    assert made == [1]
    results["b"] = result("b", Fraction(7))
    assert results.amount("b") == 7
    assert len(results) == 2


def test_what_is_not_settled_has_no_sum_and_says_why() -> None:
    results = Results({"c": WAITS})
    results.noted["b"] = noted([]), 0
    assert not results.settled("c")
    assert results.amount("c") is None
    assert results.sum(["b", "c"]) is None
    assert results.sum([]) == 0
    assert results.failures(["b", "c"]) == [FAILURE]
    assert isinstance(Results({"c": WAITS}).of(["c"]), tuple)


def test_clauses_are_what_a_tuple_of_their_results_is() -> None:
    made: list[int] = []
    results = Results({"a": result("a", Fraction(1)), "c": WAITS, "n": result("n", Fraction(0), pays=False)})
    results.noted["b"], results.noted["d"] = (noted(made), 0), (noted(made, pays=False), 1)
    clauses = results.of(["a", "b", "c", "d", "n"])
    assert isinstance(clauses, Clauses)
    said = [("a", "settled", "1"), ("b", "settled", "3/2"), ("c", "failed", "")]
    assert list(amounts(clauses, shown)) == said
    assert list(amounts(clauses, shown)) == said
    assert made == []
    assert len(clauses) == 5
    assert clauses[1].amount == Fraction(3, 2)
    assert [one.key for one in clauses[:2]] == ["a", "b"]
    assert clauses == tuple(clauses)
    assert clauses == results.of(["a", "b", "c", "d", "n"])
    assert clauses != results.of(["a"])
    assert clauses != ["a"]
    assert repr(clauses) == repr(tuple(clauses))
    assert list(amounts(tuple(clauses), shown)) == said
