"""What a query could say and must not: what the language calls too deep or too big is so on every engine.

And what goes wrong in an engine is told as such.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import pytest
from sets_case import DATA, ENGINES, Construct, engine_of, program, row, settled, visits

from avtal.engines.duck import DuckEngine
from avtal.engines.lite import LiteEngine
from avtal.engines.load import from_rows
from interpreter.facts import Row
from interpreter.runtime import contract_env
from interpreter.sets.depth import height
from interpreter.sets.relation import EngineError
from interpreter.sets.settle import settle as settle_by_query
from interpreter.settle import settle

DEEP = {
    "a row": "each visit where n < cap\n  pays x",
    "a sum": "pays sum of x over visit where n < cap and n > -1",
    "a sum of sums": "pays sum of ((x + 1 kr) * ((n + 1) * (n + (1 + cap)))) over visit where n > -1",
    "a requirement": 'requires (sum of n over visit where n < cap) >= 0 "nothing" "inget"\npays 1 kr',
}


def failing(one: Any) -> list[str]:
    """Why clauses of a contract fail, by the reference evaluator."""
    return [cause.code for found in settle(one, DATA) for clause in found.clauses for cause in clause.failures]


@pytest.mark.parametrize("says", DEEP.values(), ids=DEEP.keys())
def test_what_is_too_deep_is_so_by_query(says: str) -> None:
    """A let takes two levels: somewhere between 65 and 76 of them a clause is too deep."""
    found = set()
    for count in range(65, 77):
        lets = "let l0 = 1\n" + "".join(f"let l{at} = l{at - 1} + 1\n" for at in range(1, count))
        one = program(lets + Construct(f"param cap : number\n{says}", given=f"cap (l{count - 1})").form("g"))
        found.add(tuple(failing(one)))
        with closing(LiteEngine()) as engine:
            settled(one, engine)
    assert found == {(), ("AV515", "AV515")}


def test_levels_are_counted_through_all_that_is_named() -> None:
    one = program(
        "let deep = 1 + (2 * 3)\n"
        + Construct("param cap : number\nparam low : number = 1 + 1\npays 1 kr * cap * low", given="cap deep").form("g")
    )
    (instance,) = one.instances
    env = contract_env(_ledger(one))
    assert height(instance.arguments["cap"].stretches[0].value, env) == 4  # the let, the sum, the product, a number
    assert height((), env) == 0


def _ledger(one: Any) -> Any:
    from datetime import date

    from interpreter.settle import ledger_for
    from interpreter.values import Days

    return ledger_for(one, {}, {}, "N", None, Days(date(2012, 1, 1), date(2012, 12, 31)))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_number_of_too_many_decimals_is_none_by_query(engine: str) -> None:
    tiny = " * ".join(["0.000001"] * 150)
    says = "param one : number\nparam other : number\neach visit\n  pays (x * one) * (n * other)"
    one = program(Construct(says, given=f"one ({tiny})\nother ({tiny})").form("g"))
    assert failing(one) == ["AV512"] * len(failing(one))
    assert failing(one)
    with closing(engine_of(engine)) as opened:
        assert settled(one, opened) == {"g": "a number of very many decimals"}


@pytest.mark.parametrize("engine", ENGINES)
def test_brackets_that_no_scope_asks_for(engine: str) -> None:
    says = (
        "param list : table above number -> rate kr\npays sum of tariff(list, n) over visit in 0 days after 2012-03-01"
    )
    one = program(Construct(says, given="list ladder").form("g"))
    with closing(engine_of(engine)) as opened:
        settled(one, opened)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("odd", ["A{1}", "a\\b", "a\u200bb"])
def test_a_code_that_an_engine_might_read_otherwise_is_looked_for(
    odd: str, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a dictionary the code itself would stand in the query."""
    monkeypatch.setattr("avtal.engines.load.MOST_CODES", 3)
    rows = [Row(r.fact, {**r.cells, "z": odd if at < 3 else f"Z{at}"}, r.file, r.line) for at, r in enumerate(visits())]
    rows += [Row(r.fact, {**r.cells, "id": f"w{at}"}, r.file, 50 + at) for at, r in enumerate(rows[:2])]
    one = program(Construct(row("(mean of o.x over visit as o where o.z = z) else 1 kr")).form("g"))
    with closing(engine_of(engine)) as opened:
        assert settled(one, opened, {**DATA, "visit": rows}) == {"g": "mean for each row"}


def test_the_rows_of_a_party_with_such_a_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avtal.engines.load.MOST_CODES", 1)
    from sets_case import HEAD

    head = HEAD.replace('code "N"', 'code "N{1}"')
    rows = [
        Row(r.fact, {**r.cells, "p": "N{1}" if r.cells["p"] == "N" else r.cells["p"]}, r.file, r.line) for r in visits()
    ]
    one = program(Construct("pays (percentile 50% of x over visit) else 1 kr").form("g"), head)
    with closing(LiteEngine()) as engine:
        settled(one, engine, {**DATA, "visit": rows})


def test_a_count_that_could_not_be_asked_for_is_not_zero() -> None:
    one = program(Construct("pays (count of visit) * 1 kr/drip").form("g"))
    with closing(LiteEngine()) as engine:
        dataset = from_rows(one.facts, {fact: list(rows) for fact, rows in DATA.items()}, engine)
        from interpreter.sets.fetch import index

        found: Any = index(one.facts["visit"], dataset, 0, single=True, askers=1)()
        days = _ledger(one).period
        ask = engine.query

        def fails(_: str) -> Sequence[tuple[object, ...]]:
            raise EngineError("out of memory")

        object.__setattr__(found, "engine", _Failing(engine, fails))
        with pytest.raises(EngineError):
            found.count("N", None, days.start, days.end)
        object.__setattr__(found, "engine", _Failing(engine, ask))
        assert found.count("N", None, days.start, days.end) == 16
        assert settle_by_query(one, dataset)


class _Failing:
    """An engine that is asked by another function."""

    def __init__(self, engine: LiteEngine, query: Any) -> None:
        self.dialect = engine.dialect
        self.query = query


def test_what_stops_a_table_from_being_made_is_told_to_who_asks_next() -> None:
    """A fault that is none of DuckDB's ended the thread, and who asked next waited for ever."""
    engine = DuckEngine(threads=1)

    def short(_sql: str, _lists: list[str]) -> object:
        raise MemoryError

    engine._inserted = short  # type: ignore[method-assign]  # noqa: SLF001
    engine.lay("t1", [("a", "INTEGER")], [(1,)])
    with pytest.raises(MemoryError):
        engine.query("SELECT 1")
    assert list(engine.query("SELECT 2")) == [(2,)]
    engine.close()
