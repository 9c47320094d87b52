"""SQLite does what it is asked, nothing else, and contracts settled on it come out as the reference evaluator says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

import pytest

import avtal
from avtal.engines.lite import LiteEngine
from avtal.engines.load import from_rows
from interpreter.facts import Column, Fact, Kind, Row
from interpreter.lookup import index_data
from interpreter.sets.dialect import SQLITE
from interpreter.sets.fetch import LazyIndex, indexed
from interpreter.sets.relation import EngineError, Stored, known_day
from interpreter.sets.settle import settle as settle_by_query
from interpreter.sets.values import Refused
from interpreter.settle import settle
from interpreter.settlement import Settlement
from tests.engines.engine_data import contract, rows_back

CONTRACTS = ("geriatrik", "hoft_kna", "katarakt", "psykiatri", "ryggkirurgi", "sexdelat", "specialist", "uppfoljning")
"""Sums, groups, months, rows of other facts by code and by day, the latest row, percentiles, texts and dates."""


def test_a_table_gives_back_its_rows_with_ordinals_for_dates() -> None:
    engine = LiteEngine()
    types = [("a", "BIGINT"), ("b", "TEXT"), ("c", "DATE"), ("d", "BOOLEAN"), ("e", "INTEGER")]
    rows: list[tuple[Stored, ...]] = [
        ((1 << 63) - 1, "å\"'\\;\n", date(1, 1, 1), True, -1),
        (-(1 << 63), "", date(9999, 12, 31), False, 0),
        (None, None, None, None, None),
    ]
    engine.table("t", types, rows)
    found = engine.query("SELECT * FROM t ORDER BY a DESC")
    assert found == [
        ((1 << 63) - 1, "å\"'\\;\n", 1, 1, -1),
        (-(1 << 63), "", 3_652_059, 0, 0),
        (None, None, None, None, None),
    ]
    assert [known_day(row[2]) for row in found[:2]] == [date.min, date.max]
    engine.table("t", types, rows[:1])
    assert engine.query("SELECT count(*) FROM t") == [(1,)]
    engine.table("t", types, [])
    assert engine.query("SELECT count(*) FROM t") == [(0,)]
    engine.close()


def test_only_one_select_is_carried_out() -> None:
    engine = LiteEngine()
    engine.table("t", [("a", "BIGINT")], [(1,)])
    for sql in (
        "SELECT 1; SELECT 2",
        "",
        "CREATE TABLE u (a INT)",
        "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x",
        "WITH x AS (SELECT 1) DELETE FROM t",
        "ATTACH 'x.db' AS y",
        "PRAGMA query_only = OFF",
        "SELECT load_extension('x')",
        "SELECT readfile('/etc/passwd')",
        "SELECT",
    ):
        with pytest.raises(EngineError):
            engine.query(sql)
    assert engine.query("WITH x AS (SELECT a FROM t) SELECT * FROM x") == [(1,)]


def test_what_does_not_fit_is_said_and_never_rounded() -> None:
    engine = LiteEngine()
    with pytest.raises(EngineError, match="too large"):
        engine.query("SELECT 9223372036854775807 + 1")
    with pytest.raises(EngineError, match="too large"):
        engine.query("SELECT sum(a) FROM (SELECT 9223372036854775807 AS a UNION ALL SELECT 1)")
    engine.table("t", [("a", "BIGINT")], [(1,)])
    with pytest.raises(EngineError, match="too large"):
        engine.table("t", [("a", "BIGINT")], [(2,), (1 << 63,)])
    assert engine.query("SELECT a FROM t") == [(1,)]  # the table is as it was
    with pytest.raises(EngineError):
        engine.table("t", [("a", "TEXT")], [("\ud800",)])
    with pytest.raises(EngineError, match="lacks"):
        engine.table("t", [("a", "HUGEINT")], [])
    with pytest.raises(Refused, match="63 bits"):
        SQLITE.final("SELECT CAST(1 AS {wide})")


def test_names_of_tables_are_ours() -> None:
    engine = LiteEngine()
    for name in ("T", "a b", 'a"', "a;b", "1a", ""):
        with pytest.raises(ValueError, match="not a name"):
            engine.table(name, [("a", "BIGINT")], [])
        with pytest.raises(ValueError, match="not a name"):
            engine.table("t", [(name, "BIGINT")], [])


def test_the_calendar_is_pythons() -> None:
    engine = LiteEngine()
    for day in (date.min, date(2000, 2, 29), date(2023, 12, 31), date.max):
        n = day.toordinal()
        sql = f"SELECT year({n}), month({n}), day({n}), make_date({day.year}, {day.month}, {day.day})"
        assert engine.query(sql) == [(day.year, day.month, day.day, n)]
    for outside in (0, 3_652_060, "NULL"):
        assert engine.query(f"SELECT year({outside}), month({outside}), day({outside})") == [(None, None, None)]
    for made in ("2023, 2, 29", "10000, 1, 1", "99999999999, 1, 1", "NULL, 1, 1", "1, NULL, 1", "1, 1, NULL"):
        assert engine.query(f"SELECT make_date({made})") == [(None,)]
    assert SQLITE.final("SELECT c BETWEEN DATE '0001-01-01' AND DATE '2023-01-31'") == "SELECT c BETWEEN 1 AND 738551"
    assert SQLITE.final("SELECT 'DATE ''2023-01-31'") == "SELECT 'DATE ''2023-01-31'"


def test_rows_come_back_as_they_were() -> None:
    columns = (
        Column(name="id", kind=Kind.TEXT),
        Column(name="day", kind=Kind.DATE, optional=True),
        Column(name="amount", kind=Kind.NUMBER),
    )
    fact = Fact(name="visit", columns=columns, keys=("id",))
    cells = [("b", date(2023, 1, 31), Fraction(1, 3)), ("a", None, Fraction(-7, 2))]
    rows = [
        Row("visit", dict(zip(("id", "day", "amount"), row, strict=True)), "v.csv", at) for at, row in enumerate(cells)
    ]
    dataset = from_rows({"visit": fact}, {"visit": rows}, LiteEngine())
    back = rows_back(dataset, dataset.relations["visit"])
    assert [(f, n, (i, d and known_day(d), a)) for f, n, (i, d, a) in back] == [
        ("v.csv", at, row) for at, row in enumerate(cells)
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another way to interrupt")
def test_an_interrupt_ends_a_query_and_leaves_the_engine_usable(heard: None) -> None:
    del heard
    engine = LiteEngine()
    engine.table("t", [("a", "BIGINT")], [(i,) for i in range(2_000)])

    def interrupt() -> None:
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    started = time.monotonic()
    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        engine.query("SELECT count(*) FROM t a, t b, t c, t d WHERE (a.a * b.a + c.a) % 7 = 3")
    assert time.monotonic() - started < 5
    assert engine.query("SELECT 1") == [(1,)]


def test_no_database_but_sqlite_is_imported() -> None:
    code = "import avtal.engines.lite, interpreter.sets.settle, sys; print('duckdb' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_lines_are_made_one_by_one_when_the_engine_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    read = contract("sexdelat")
    data = avtal.read(read).data
    engine = LiteEngine()
    counters: Counter[str] = Counter()
    found = settle_by_query(read.program, from_rows(read.program.facts, data, engine), small_facts=0, counters=counters)
    ask = engine.query

    def query(sql: str) -> Sequence[tuple[object, ...]]:
        if counters["reference: lines"] == 0:
            raise EngineError("memory is short")
        return ask(sql)

    monkeypatch.setattr(engine, "query", query)
    assert list(map(said, found)) == list(map(said, settle(read.program, data)))
    assert counters["reference: lines"]


def said(settlement: Settlement) -> object:
    """All that a settlement says, its lines one by one."""
    clauses = [
        (c.key, c.status, c.amount, c.exact, str(c.given), str(c.offers), c.failures, tuple(c.lines))
        for c in settlement.clauses
    ]
    s = settlement
    return (s.provider, s.buyer, s.start, s.end, s.total, s.subtotals, s.promises, s.failures, s.rows, clauses)


@pytest.mark.parametrize("name", CONTRACTS)
def test_contracts_come_out_as_the_reference_evaluator_says(name: str) -> None:
    read = contract(name)
    data = avtal.read(read).data
    dataset = from_rows(read.program.facts, data, LiteEngine())
    found = settle_by_query(read.program, dataset, small_facts=0)
    assert list(map(said, found)) == list(map(said, settle(read.program, data)))


@pytest.mark.parametrize("name", ["hoft_kna", "mellansverige"])
def test_rows_at_hand_are_given_as_an_index_gives_them(name: str) -> None:
    read = contract(name)
    program, data = read.program, avtal.read(read).data
    kept = indexed(program, from_rows(program.facts, data, LiteEngine(), keep=True), 0)
    by_rows = index_data(program.facts, data, len(program.terms.buyers))
    parties = [(provider, buyer) for _, provider in program.terms.providers for _, buyer in program.terms.buyers]
    for fact, index in by_rows.items():
        for provider, buyer in (*parties, (None, None)):
            days = (program.terms.start, program.terms.end)
            assert kept[fact].dated(provider, buyer, None, None) == index.dated(provider, buyer, None, None)
            assert kept[fact].dated(provider, buyer, *days) == index.dated(provider, buyer, *days)
            assert kept[fact].count(provider, buyer, *days) == index.count(provider, buyer, *days)
            for column in (index.fact.provider, index.fact.buyer):
                assert not column or kept[fact].having(column, provider) == index.having(column, provider)
        assert list(kept[fact].all()) == list(index.all())
        assert kept[fact].size() == index.size()
    assert any(isinstance(index, LazyIndex) and index.kept is not None for index in kept.values())
