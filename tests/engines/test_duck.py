"""DuckDB does what it is asked, nothing else, and says why when it can't."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from avtal.engines import warm
from avtal.engines.choice import BYTES_A_ROW, MANY, OTHER_BYTES
from avtal.engines.duck import DuckEngine
from interpreter.sets.relation import EngineError


def test_a_table_gives_back_its_rows() -> None:
    engine = DuckEngine()
    types = [("a", "BIGINT"), ("b", "TEXT"), ("c", "DATE"), ("d", "BOOLEAN"), ("e", "INTEGER")]
    rows = [
        ((1 << 63) - 1, "å\"'\\;\n", date(1900, 1, 1), True, -1),
        (-(1 << 63) + 1, "", date(2100, 12, 31), False, 0),
        (None, None, None, None, None),
    ]
    engine.table("t", types, rows)
    assert engine.query("SELECT * FROM t ORDER BY a NULLS LAST") == sorted(rows, key=lambda r: (r[0] is None, r[0]))
    engine.table("t", types, rows[:1])
    assert engine.query("SELECT count(*) FROM t") == [(1,)]
    engine.table("t", [("a", "BIGINT")], [])
    assert engine.query("SELECT count(*) FROM t") == [(0,)]


def test_many_rows_arrive() -> None:
    engine = DuckEngine()
    engine.table("t", [("a", "BIGINT")], [(i,) for i in range(123_456)])
    assert engine.query("SELECT count(*), sum(a), min(a), max(a) FROM t") == [
        (123_456, sum(range(123_456)), 0, 123_455)
    ]
    assert sum(value for (value,) in engine.stream("SELECT a FROM t")) == sum(range(123_456))


def test_only_one_select_is_carried_out(tmp_path: Path) -> None:
    engine = DuckEngine([tmp_path])
    (tmp_path / "a.csv").write_text("x\n1\n")
    (tmp_path / "out").mkdir()
    assert engine.query(f"SELECT * FROM '{tmp_path}/a.csv'") == [(1,)]
    for sql in (
        "SELECT 1; SELECT 2",
        "",
        "CREATE TABLE t (a INT)",
        f"COPY (SELECT 1) TO '{tmp_path}/a.csv'",
        f"EXPORT DATABASE '{tmp_path}/out'",
        f"ATTACH '{tmp_path}/x.db'",
        "SET memory_limit = '100GB'",
        "RESET memory_limit",
        "PRAGMA enable_profiling",
        "INSTALL excel",
        "LOAD excel",
        "CALL pragma_version()",
        "EXPLAIN ANALYZE SELECT 1",
        "SELECT",
    ):
        with pytest.raises(EngineError):
            engine.query(sql)
    assert (tmp_path / "a.csv").read_text() == "x\n1\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "out"]


def test_nothing_outside_the_folders_is_read(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.csv").write_text("x\n1\n")
    (inside / "link.csv").symlink_to(outside / "secret.csv")
    engine = DuckEngine([inside])
    secret = [(1,)]  # what a scan of Python's variables would find
    for source in (
        f"'{outside}/secret.csv'",
        f"'{inside}/../out/secret.csv'",
        f"read_text('{outside}/secret.csv')",
        f"read_blob('{outside}/*')",
        f"glob('{outside}/*')",
        "'/etc/passwd'",
        "'https://example.org/a.parquet'",
        "'s3://bucket/a.parquet'",
        "secret",
        "sniff_csv('/etc/passwd')",
        "parquet_schema('/etc/passwd')",
    ):
        with pytest.raises(EngineError):
            engine.query(f"SELECT * FROM {source}")
    with pytest.raises(EngineError):
        engine.query("SELECT getenv('PATH')")
    with pytest.raises(EngineError):
        engine.write("SELECT 1", outside / "a.parquet")
    assert secret == [(1,)]


def test_a_file_is_written_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "it's here"
    folder.mkdir()
    engine = DuckEngine([folder])
    engine.write("SELECT range AS a FROM range(300000) ORDER BY a DESC", folder / "a.parquet", group=50_000)
    source = f"""read_parquet('{str(folder / "a.parquet").replace("'", "''")}', file_row_number = true)"""
    assert engine.query(f"SELECT count(*), sum(a) FROM {source}") == [(300_000, 299_999 * 150_000)]
    assert engine.query(f"SELECT count(*) FROM {source} WHERE a + file_row_number <> 299999") == [(0,)]


def test_overflow_and_memory_are_said(tmp_path: Path) -> None:
    engine = DuckEngine(memory=60 << 20, threads=1)
    with pytest.raises(EngineError, match="too large"):
        engine.query("SELECT 9223372036854775807 * range FROM range(3)")
    with pytest.raises(EngineError, match="too large"):
        engine.query("SELECT CAST(sum(9223372036854775807) AS BIGINT) FROM range(3)")
    with pytest.raises(EngineError):
        engine.table("t", [("a", "INTEGER")], [(1 << 31,)])
    heavy = "SELECT count(*) FROM (SELECT hash(range) h, count(*) FROM range(4000000) GROUP BY h)"
    with pytest.raises(EngineError, match="out of memory"):
        engine.query(heavy)
    assert engine.query("SELECT 1") == [(1,)]
    spilling = DuckEngine(memory=60 << 20, threads=1, spill=tmp_path)
    assert spilling.query(heavy) == [(4_000_000,)]


def test_names_of_tables_are_ours() -> None:
    engine = DuckEngine()
    for name in ("T", "a b", 'a"', "a;b", "1a", ""):
        with pytest.raises(ValueError, match="not a name"):
            engine.table(name, [("a", "BIGINT")], [])
        with pytest.raises(ValueError, match="not a name"):
            engine.table("t", [(name, "BIGINT")], [])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another way to interrupt")
def test_an_interrupt_ends_a_query_and_leaves_the_engine_usable(heard: None) -> None:
    del heard
    engine = DuckEngine()

    def interrupt() -> None:
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

    started = time.monotonic()
    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        engine.query("SELECT count(*) FROM range(100000000) a, range(1000) b WHERE (a.range * b.range) % 7 = 3")
    assert time.monotonic() - started < 5
    assert engine.query("SELECT 1") == [(1,)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another way to interrupt")
def test_an_interrupt_ends_what_was_begun_before_the_query_that_is_waited_for(heard: None) -> None:
    del heard
    engine = DuckEngine()
    endless = "SELECT count(*) FROM range(100000000) a, range(1000) b WHERE (a.range * b.range) % 7 = 3"
    engine.begin(endless)
    last = engine.begin(endless)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    started = time.monotonic()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        last()
    assert time.monotonic() - started < 5
    assert engine.query("SELECT 1") == [(1,)]


def test_duckdb_is_imported_by_its_engine_alone() -> None:
    code = "import avtal.engines.load, avtal.api, sys; print('duckdb' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_queries_are_begun_in_their_order_while_other_work_goes_on() -> None:
    engine = DuckEngine(threads=1)
    slow = engine.begin("SELECT count(*) FROM range(3000000) a(x) WHERE hash(x) % 7 = 3")
    assert not engine.idle()
    engine.lay("late", [("a", "BIGINT")], [(7,)])
    quick = engine.begin("SELECT a FROM late")
    assert list(quick()) == [(7,)]
    assert len(slow()) == 1
    while not engine.idle():
        time.sleep(0.001)
    engine.close()


def test_a_table_that_can_not_be_laid_is_told_of_by_the_next_query_only() -> None:
    engine = DuckEngine(threads=1)
    engine.lay("wide", [("a", "BIGINT")], [(1 << 70,)])
    with pytest.raises(EngineError, match="InvalidInput"):
        engine.query("SELECT 1")
    assert list(engine.query("SELECT 1")) == [(1,)]
    engine.close()


def test_what_is_under_way_ends_when_the_engine_is_closed_or_forgotten() -> None:
    endless = "SELECT count(*) FROM range(1000000000000) a(x) WHERE hash(x) % 7 = 3"
    engine = DuckEngine(threads=1)
    under_way = engine.begin(endless)
    engine.close()
    with pytest.raises(EngineError):
        under_way()
    code = f"from avtal.engines.duck import DuckEngine\nengine = DuckEngine(threads=1)\nengine.begin({endless!r})\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=True)
    assert done.stderr == b""


def test_an_engine_that_is_closed_says_so() -> None:
    engine = DuckEngine()
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        engine.query("SELECT 1")


def test_an_engine_that_is_left_to_the_end_of_the_process_is_not_taken_apart() -> None:
    code = "import os\nfrom avtal.engines.duck import DuckEngine\nengine = DuckEngine(threads=1)\n"
    code += "engine.query('SELECT 1')\nengine.leave()\nimport atexit\natexit._run_exitfuncs()\nprint(engine.idle())\n"
    done = subprocess.run([sys.executable, "-c", f"{code}os._exit(0)"], capture_output=True, timeout=60, check=True)
    assert done.stderr == b""


def test_a_connection_opened_early_is_taken_once_by_who_asks_for_the_same(tmp_path: Path) -> None:
    warm.begin(warm.configured())
    warm.begin(warm.configured(memory=1 << 28))
    assert warm.taken(warm.configured(threads=1)) is None
    engine = DuckEngine()
    assert list(engine.query("SELECT 1")) == [(1,)]
    with pytest.raises(EngineError):  # it is locked as any other is
        engine.query(f"SELECT * FROM '{tmp_path}/x.csv'")
    engine.close()
    assert warm.taken(warm.configured()) is None
    warm.close()
    assert warm.taken(warm.configured(memory=1 << 28)) is None


def test_one_that_can_not_be_opened_early_is_opened_later() -> None:
    wrong = warm.configured() | {"memory_limit": "many"}
    warm.begin(wrong)
    assert warm.taken(wrong) is None


def test_files_are_large_when_together_they_hold_enough(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(b"0" * (warm.LARGE // 2))
    assert warm.large([tmp_path])
    assert not warm.large([tmp_path / "a.csv", tmp_path / "missing.csv"])
    assert warm.large([tmp_path / "a.csv", tmp_path / "b.csv"])


def test_what_is_large_for_the_early_start_is_so_for_the_choice_of_engine() -> None:
    """DuckDB must not be opened for files that are then settled without it."""
    assert MANY * max(OTHER_BYTES, *BYTES_A_ROW.values()) <= warm.LARGE
