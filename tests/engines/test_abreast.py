"""Clauses settled for many ledgers at once come to what each comes to by itself, also where something fails."""

from __future__ import annotations

from fractions import Fraction

import pytest
from abreast_case import GIVEN, PARAMS, PARTIES, WORDS, both
from sets_case import Construct

from interpreter import core
from interpreter.runtime import Ledger
from interpreter.sets import many, vectors
from interpreter.sets.vectors import Fell, Numbers, Same, outside
from interpreter.types import Range
from interpreter.values import MAX_BITS, Failure

VALUES = {
    "a product": "rate * 3 * 2",
    "a quotient": "rate / score",
    "a quotient of a negative number": "rate / (score - 3.5)",
    "a quotient of a negative number compared": "when rate / (score - 3.5) > 0 kr then 1 kr otherwise 2 kr",
    "a division by zero": "rate / (score - 3)",
    "a sum": "rate + 2 kr - (rate else 1 kr)",
    "a number with the other sign": "-(rate else 1 kr)",
    "the other sign of what may be missing": "-rate",
    "a comparison of numbers": "when (rate else 1 kr) > 2 kr then 1 kr otherwise 2 kr",
    "a comparison of what may be missing": "when rate > 2 kr then 1 kr otherwise 2 kr",
    "a comparison of codes": 'when (code else "Q") = "A" then 1 kr otherwise 2 kr',
    "a comparison that is the same everywhere": "when 1 < 2 then 1 kr otherwise rate",
    "one case for each": (
        "when score is missing then 1 kr when score > 1 then rate when score = 0 then 5 kr otherwise 6 kr"
    ),
    "no case but the last": "when score = 100 then 1 kr otherwise 2 kr",
    "a condition of parts": "when score is present and score > 0 then rate otherwise 2 kr",
    "either of two": "when score is missing or score > 0 then 1 kr otherwise 2 kr",
    "either of two that are the same everywhere": "when 1 > 2 or 2 > 3 then 1 kr otherwise 2 kr",
    "all of several": "when 1 < 2 and 2 < 3 then 1 kr otherwise 2 kr",
    "neither": "when not (score is missing) then 1 kr otherwise 2 kr",
    "not what is the same everywhere": "when not 1 > 2 then 1 kr otherwise 2 kr",
    "a flag": "when flag then 1 kr otherwise 2 kr",
    "a flag or not": "when flag else no then 1 kr otherwise 2 kr",
    "something that is there": "when 1 kr is present then 1 kr otherwise 2 kr",
    "a figure that is there": "when 2 * (score else 1) is present then 1 kr otherwise 2 kr",
    "a default for some": "rate else 10 kr",
    "a default for none": "(2 * (rate else 1 kr)) else 10 kr",
    "between numbers": "when (score else 2) in 0 to 3 then 1 kr otherwise 2 kr",
    "between what may be missing": "when score in 0 to 3 then 1 kr otherwise 2 kr",
    "among codes": 'when (code else "Q") in ("A", "B*") then 1 kr otherwise 2 kr',
    "among codes that are all met": 'when "A" in ("A", "B*") then 1 kr otherwise 2 kr',
    "between what is missing everywhere": "when nothing in 0 to 3 then 1 kr otherwise 2 kr",
    "among what may be missing": 'when code in ("A", "B*") then 1 kr otherwise 2 kr',
    "between what may be missing, or else": "when (score in 0 to 3) else yes then 1 kr otherwise 2 kr",
    "among what may be missing, or else": 'when (code in ("A", "B*")) else yes then 1 kr otherwise 2 kr',
    "among some of which one may be missing": 'when ("C" in ("A", code, "B")) is missing then 1 kr otherwise 2 kr',
    "rounded to what may be missing, or else": "(7 kr rounded to (share * 10 kr)) else 1 kr",
    "the nearer of two": "lesser(rate else 1 kr, 3 kr)",
    "the farther of two": "greater(rate else 1 kr, 3 kr)",
    "within bounds": "clamp(rate else 1 kr, 0 kr, 5 kr)",
    "within bounds that are missing": "clamp(rate, 0 kr, 5 kr)",
    "without its sign": "absolute(rate else -1 kr)",
    "a whole number": "1 kr * floor(score else 1.5)",
    "rounded": "(rate else 1.25 kr) rounded to 2 kr",
    "rounded to what may be missing": "7 kr rounded to rate",
    "rounded to nothing": "7 kr rounded to ((rate else 1 kr) * 0)",
    "a day moved": "when (due else 2012-05-31) + 1 month > 2012-03-01 then 1 kr otherwise 2 kr",
    "days between": "1 kr * (((due else 2012-05-31) - 2012-01-01) / 1 day)",
    "the year of a day": "1 kr * year_of(due else 2012-05-31)",
    "the end of the period": "when period.end > (due else 2012-05-31) then 1 kr otherwise 2 kr",
    "the party": 'when contract.provider = "N" then 1 kr otherwise 2 kr',
    "an entry by the party": "own[contract.provider].rate else 3 kr",
    "an entry that is missing": 'own["Q"].rate else 3 kr',
    "an entry by what may be missing": "codes[code].v else 3 kr",
    "an entry that changes": "periods[contract.provider].v",
    "an entry that changes or is missing": "(periods[contract.provider].v) else 3 kr",
    "a share": "100 kr * (share else 10%)",
    "a sum of rows": "rate + (sum of x over visit)",
    "a row": '(order["o1"].m) else 3 kr',
    "a row by what may be missing": "(order[code].m) else 3 kr",
    "the earliest row": "(earliest visit).x else 3 kr",
    "a number that grows": "rate * " + " * ".join(["1 000 000 000 000 000"] * 4),
}


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The clauses that were left out and settled by themselves, once for each ledger."""
    found: list[str] = []
    alone = many.settle_clause

    def watched(ledger: Ledger, instance: core.Instance, hire: many.Hire) -> object:
        found.append(f"{instance.key} {ledger.provider}")
        return alone(ledger, instance, hire)

    monkeypatch.setattr(many, "settle_clause", watched)
    return found


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_the_same_for_each_of_many(name: str) -> None:
    waits = 'unsettled when paid is missing  "missing"'
    says = f"{PARAMS}let paid = {VALUES[name]}\n{waits}\ngives paid_out = paid\npays paid"
    both(Construct(says, given=GIVEN).form("tried"))


FULL = """
table full : p code -> {columns}
  | p | rate | share | code | due | flag | score |
  | N | 7.5 kr | 25% | A | 2012-01-31 | yes | 3.25 |
  | S | 1 kr | 30% | C | 2012-04-30 | no | 4 |
  | W | -2 kr | 90% | A | 2012-03-01 | no | 0 |
  | E | 4 kr | 50% | C | 2012-02-29 | yes | -2.5 |

"""
"""What the four providers are given where nothing is missing."""
FALLING = {
    "a quotient",
    "rounded to what may be missing",
    "an entry that changes",
    "an entry that changes or is missing",
    "between what is missing everywhere",
    "rounded to nothing",
}
"""What fails for some all the same: a division by zero, a step that is not positive, a price that changes."""


@pytest.mark.parametrize("name", VALUES)
def test_a_value_of_which_nothing_is_missing_is_worked_out_for_all_at_once(name: str, kept: list[str]) -> None:
    table = FULL.format(columns=", ".join(f"{word} {kind}" for word, kind in WORDS.items()))
    says = f"{PARAMS}pays ({VALUES[name]}) * 1"
    both(table + Construct(says, given=GIVEN.replace("own[", "full[")).form("tried"))
    assert bool(kept) == (name in FALLING), kept


STEPS = {
    "a price and a volume": "pays (rate else 1 kr) * 2 * (score else 1)",
    "a price and a volume that are missing": "pays rate * score",
    "an amount that is missing": "pays rate",
    "two payments": 'pays "first" rate else 1 kr\npays "second" 2 kr',
    "a payment for some": "when score is missing  pays 1 kr\nwhen score > 1  pays rate",
    "a payment under each of several conditions": "when score is missing  pays 1 kr\notherwise  pays 2 kr",
    "no payment": "gives part_of = rate else 1 kr",
    "what is given is missing": "gives part_of = rate\npays 1 kr",
    "waiting for some": 'unsettled when score is missing  "waiting"\npays rate',
    "months": "each month\n  pays (rate else 1 kr) * 1\npays 2 kr",
    "months of which some fail": "each month\n  pays rate / score",
    "rows": "each visit\n  pays x + (rate else 1 kr)",
    "a requirement": 'requires (rate else 1 kr) > 0 kr  "positive"\npays rate else 1 kr',
    "a requirement of what is missing": 'requires rate > 0 kr  "positive"\npays rate else 1 kr',
    "requirements of what is missing": 'requires rate > 0 kr and share > 0%  "positive"\npays rate else 1 kr',
    "a requirement of what is missing everywhere": 'requires nothing > 0 and share > 0%  "more"\npays rate else 1 kr',
    "a requirement that fails for some": (
        'requires rate / (score - 3) > -10 kr and rate > 0 kr  "more"\npays rate else 1 kr'
    ),
    "failing one after the other": (
        "pays (when score is missing then rate otherwise when score > 1 then 1 kr / (score - 3) "
        "otherwise when score = 0 then 1 kr / score otherwise 1 kr)"
    ),
    "a let of some": (
        "let a = (score else 1) + 1\n"
        "pays when score is missing then a * 1 kr when score > 0 then a * 2 kr otherwise 3 kr"
    ),
    "a let that leans too deep": "let a0 = rate else 1 kr\n"
    + "\n".join(f"let a{at} = a{at - 1} + 0 kr" for at in range(1, 90))
    + "\npays a89",
    "a let of a let": "let a = rate else 1 kr\nlet b = a + a\npays b + b",
    "a let of the outcome": "let a = score else 1\nlet b =\n  when a > 1  then a\n  otherwise  a + a\npays b * 1 kr",
}


@pytest.mark.parametrize("name", STEPS)
def test_steps_are_the_same_for_each_of_many(name: str) -> None:
    both(Construct(PARAMS + STEPS[name], given=GIVEN).form("tried"))


@pytest.mark.parametrize("where", ["clause öre", "line öre", "total öre"])
@pytest.mark.parametrize("mode", ["half_away", "half_even", "up", "down"])
def test_amounts_are_rounded_as_the_contract_says(where: str, mode: str) -> None:
    head = PARTIES.replace("rounding clause öre half_away", f"rounding {where} {mode}")
    both(Construct(f"{PARAMS}pays (rate else 1 kr) / 300 - 1 kr / 32", given=GIVEN).form("tried"), head)


RANGES = {
    "a default in its range": ("param size : kr from 0 kr to 5 kr = 2 kr\npays size", ""),
    "figures inside and outside": (
        "param size : kr from 0 kr to 5 kr\npays size",
        "size ((own[contract.provider].rate else 2 kr) * 1)",
    ),
    "figures of which one is too low": (
        "param size : number from 0\npays 1 kr * size",
        "size (own[contract.provider].score * 1)",
    ),
    "a default outside": ("param size : kr from 0 kr to 5 kr = 20 kr\npays size", ""),
    "arguments inside and outside": (
        "param size : kr from 0 kr to 5 kr\npays size",
        "size (own[contract.provider].rate else 1 kr)",
    ),
    "an argument that is missing": ("param size : kr optional from 0 kr to 5 kr\npays size else 1 kr", ""),
    "an argument for a part of the period": (
        "param size : kr from 0 kr to 5 kr\npays size",
        "size\n  from 2012-01-01 1 kr\n  from 2012-07-01 2 kr",
    ),
    "a rate": ("param size : kr first from 0 kr\npays size", "size 12 kr/year"),
}


@pytest.mark.parametrize("name", RANGES)
def test_parameters_are_the_same_for_each_of_many(name: str) -> None:
    says, given = RANGES[name]
    both(Construct(says, given=given).form("tried"))


def test_numbers_are_columns_of_integers() -> None:
    some, scopes = Numbers([1, -3], [2, 4]), [7, 9]
    assert vectors.values(some, 2) == [Fraction(1, 2), Fraction(-3, 4)]
    assert vectors.values(Same("x"), 2) == ["x", "x"]
    assert vectors.numbers(Same("x"), 2) is None
    assert vectors.numbers(["x", Fraction(1)], 2) is None
    assert vectors.numbers(Same(Fraction(1, 3)), 2).tops == [1, 1]  # type: ignore[union-attr]
    assert vectors.values(vectors.taken(some, [1]), 1) == [Fraction(-3, 4)]
    divided = vectors.product([("*", some), ("/", Numbers([-2, 5], [3, 1]))], scopes)
    assert vectors.values(divided, 2) == [Fraction(-3, 4), Fraction(-3, 20)]
    with pytest.raises(Fell) as fell:
        vectors.product([("*", some), ("/", Numbers([0, 1], [1, 1]))], scopes)
    assert fell.value.scopes == {7}
    with pytest.raises(Fell) as fell:
        vectors.product([("*", some), ("*", Numbers([1 << MAX_BITS, 1], [1, 1]))], scopes)
    assert fell.value.scopes == {7, 9}
    whole = vectors.merged([([7], Same("a")), ([9], ["b"])], scopes)
    assert whole == ["a", "b"]
    assert vectors.values(vectors.rounded(some, Fraction(1, 2), "half_away"), 2) == [Fraction(1, 2), Fraction(-1)]


def test_what_fails_for_what_all_scopes_have_fails_for_all_of_them() -> None:
    """The same once for all, and nothing is known of which scope it was."""

    def failing(_: object) -> object:
        raise Failure(())

    with pytest.raises(Fell) as fell:
        vectors.one_by_one(failing, [Same(1)], [7, 9])
    assert fell.value.scopes == {7, 9}
    assert vectors.values(vectors.one_by_one(str, [Same(1)], [7, 9]), 2) == ["1", "1"]


def test_numbers_lie_in_a_range_with_its_ends() -> None:
    of = Numbers([-1, 0, 10, 7, 11], [1, 1, 2, 2, 2])
    zero, five = Fraction(0), Fraction(5)
    assert outside(of, Range(zero, five)) == [0, 4]
    assert outside(of, Range(zero)) == [0]
    assert outside(of, Range(None, five)) == [4]
    assert outside(of, Range()) == []


def test_what_fails_everywhere_falls_everywhere() -> None:
    both(Construct("pays 1 kr / (2 - 2)").form("tried"))
    both(
        Construct("param due : date = 2012-01-31\npays when due + 1 month > due then 1 kr otherwise 2 kr").form("tried")
    )
