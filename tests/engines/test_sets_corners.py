"""What a query meets seldom: limits that are missing, wide sums of gathered rows, an engine that gives up."""

from __future__ import annotations

from contextlib import closing

import pytest
from agree.compare import difference
from sets_case import DATA, ENGINES, Construct, differing, engine_of, program, row, settled, when

from avtal.engines.load import from_rows
from interpreter.sets import gather
from interpreter.sets.relation import EngineError
from interpreter.sets.settle import settle_all
from interpreter.settle import settle

BETWEEN = "param first : code\nparam last : code\n" + row(when("c in first to last"))
BY_MONTH = "each visit\n  let near = {}\neach month\n  each visit\n    pays near"
ELSEWHERE = "a let of rows that stands in another scope, query"
CONSTRUCTS = {
    "codes from and to what is missing": Construct(
        BETWEEN, by="codes from and to what is missing", given='first A\nlast (codes["Q"].s)'
    ),
    "a parameter that is missing, asked for twice": Construct(
        "param rate : kr\npays (rate else 1 kr) + (rate else 2 kr)", by="", given='rate (codes["B1"].v)'
    ),
    "a value of a row that leans on other rows, by month": Construct(
        BY_MONTH.format("sum of o.x over visit as o where o.c = c"), by=ELSEWHERE
    ),
    "a value of a row that leans on a rate, by month": Construct(BY_MONTH.format("x + 10 kr/month"), by=ELSEWHERE),
    "a value of a row that leans on one row, by month": Construct(BY_MONTH.format('x + visit["v00"].x'), by=ELSEWHERE),
}


@pytest.mark.parametrize("many", [1, 100], ids=["at once", "one by one"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_construct_is_worked_out_as_it_says(engine: str, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interpreter.sets.turns.MANY", many)
    assert differing(CONSTRUCTS, engine) == {}


def nested(value: str, deep: int) -> str:
    """A value inside so many calls, each inside the next."""
    return "lesser(" * deep + value + ", 90 kr)" * deep


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("deep", [5, 50])
@pytest.mark.parametrize("many", [1, 100], ids=["at once", "one by one"])
def test_what_would_lead_too_deep_is_only_worked_out_where_it_counts(
    engine: str, deep: int, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interpreter.sets.turns.MANY", many)
    says = f"""param size : kr from 0 kr
param more : kr = {nested("size", deep)}
param most : kr = {nested("more", deep)}
requires (when size > 90 kr then {nested("most", deep)} otherwise size) > 0 kr  "a size"
pays when size > 90 kr then {nested("most", deep)} otherwise size"""
    given = 'size (when contract.provider = "N" then 5 kr otherwise 6 kr)'
    assert differing({"deep": Construct(says, by="", given=given)}, engine) == {}


@pytest.mark.parametrize("times", ["1", "5 000 000 000 000 000", "50 000 000 000 000 000"])
def test_gathered_rows_sum_up_beyond_63_bits(times: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "FEWEST", 0)
    monkeypatch.setattr(gather, "SHARE", 0)
    assert differing({"wide": Construct(f"each visit\n  pays prices[c].v * n * {times}")}, "duckdb") == {}


def test_what_an_engine_gives_up_is_worked_out_by_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(engine_of("duckdb")) as engine:

        def give_up(*_: object, **__: object) -> None:
            raise EngineError("out of memory")

        one = program(Construct("each visit\n  pays x").form("f"))
        monkeypatch.setattr("interpreter.sets.settle.paying", give_up)
        assert settled(one, engine) == {"f": "out of memory"}


def test_sums_of_alike_contracts_are_each_their_own() -> None:
    text = "form f\n  param size : kr first\n  pays size\nlet whole = sum of x over visit\n"
    texts = [f"{text}f {size}\nalways f <= whole * {times}\n" for size, times in (("5 kr", 1), ("6 kr", -1))]
    programs = [program(one) for one in texts]
    with closing(engine_of("duckdb")) as engine:
        dataset = from_rows(programs[0].facts, {fact: list(rows) for fact, rows in DATA.items()}, engine)
        found = settle_all(programs, dataset, small_facts=0)
    for one, own in zip(programs, found, strict=True):
        assert difference(settle(one, DATA), own) == []
    assert [[held for s in own for _, held in s.promises] for own in found] == [[True, True], [False, False]]
