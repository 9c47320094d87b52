"""Whether an engine that needs a server comes to what the reference evaluator comes to, to the last öre.

`python tests/engine_servers/check.py --engine postgres` starts a server, settles every contract under `contracts/` and
generated contracts on it with no row kept from it, compares amounts, lines, gifts and failures, and prints what ran.
The exit code is 1 when anything differs, and 2 when the engine could not be started.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from attrs import define, field

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from agree import differential, saved  # noqa: E402
from agree.compare import difference  # noqa: E402
from agree.contracts import Case, several  # noqa: E402
from agree.corners import corners  # noqa: E402
from agree.engines import Settler  # noqa: E402
from agree.settling import reference  # noqa: E402
from engine_servers.resident_check import (  # noqa: E402
    PostgresHost,
    SparkHost,
    as_written,
    by_name,
    collated,
    command as settled_by_name,
    numbered,
)

from avtal import api  # noqa: E402
from interpreter.declare import Sources  # noqa: E402
from interpreter.pipeline import analyse  # noqa: E402
from interpreter.sets.relation import EngineError  # noqa: E402
from interpreter.settle import settle  # noqa: E402

ENGINES = ("postgres", "sail", "pyspark")


@define
class Tally:
    """What a run came to."""

    contracts: int = 0
    programs: int = 0
    kept: int = 0
    lying: int = 0
    mistaken: int = 0
    failing: int = 0
    rows: int = 0
    beyond: int = 0
    sites: Counter[str] = field(factory=Counter)
    wrong: list[str] = field(factory=list)

    def note(self, name: str, differs: Sequence[str]) -> None:
        """Note and tell where the engine differs."""
        if differs:
            self.wrong.append(name)
            print(f"DIFFERS {name}: {differs[0][:1500]}", flush=True)


@contextmanager
def opened(name: str) -> Iterator[tuple[Any, str, Any]]:
    """An engine with a server of its own, what it is in words, and who lays tables there."""
    if name == "sail":
        from engine_servers.sail_server import sail

        from avtal.engines.spark import SparkEngine

        with sail() as (url, words):
            over_connect = SparkEngine(url)
            try:
                absent(over_connect)
                host = SparkHost(over_connect.session)
                numbered(host, over_connect)
                yield over_connect, words, host
            finally:
                over_connect.close()
        return
    if name == "pyspark":
        from pyspark.sql import SparkSession

        from avtal.engines.spark import SparkEngine

        build = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        session = build.config("spark.driver.bindAddress", "127.0.0.1").config("spark.sql.shuffle.partitions", "2")
        local = session.config("spark.driver.memory", "3g").config("spark.driver.host", "127.0.0.1").getOrCreate()
        local.sparkContext.setLogLevel("ERROR")
        try:
            absent(SparkEngine(local))
            yield SparkEngine(local), f"PySpark {local.version} in local mode", SparkHost(local)
        finally:
            local.stop()
        return
    from engine_servers.postgres_server import running

    from avtal.engines.postgres import PostgresEngine

    with running() as url, PostgresHost.opened(url) as host:
        reader = url.replace("postgres@", "reader@")
        engine = PostgresEngine(reader)
        try:
            guarantees(engine)
            command(url)
            settled_by_name(reader, host)
            collated(host, engine)
            domains(host, engine)
            without_encoding(url, host)
            yield engine, f"PostgreSQL {engine.version}", host
        finally:
            engine.close()


def absent(engine: Any) -> None:
    """A table that is not there is told from a server that can't be asked.

    Raises:
        RuntimeError: it is not.
    """
    engine.table("there", (("a", "INTEGER"),), [(1,)])
    if [engine.columns(name) for name in ("there", "nothing", "lager.nothing")] != [[("a", "INTEGER")], [], []]:
        raise RuntimeError("a table that is not there is not told of")


def domains(host: Any, engine: Any) -> None:
    """A column is read as what its domain is over, however many domains lie between.

    Raises:
        RuntimeError: it is not.
    """
    for name, of in (("kronor", "NUMERIC(10,2)"), ("avgift", "kronor"), ("kod", "VARCHAR(9)"), ("egen", "kod")):
        host.connection.execute(f"CREATE DOMAIN lager.{name} AS {of if '(' in of else f'lager.{of}'}")
    host.connection.execute("CREATE TABLE lager.domained (a lager.kronor, b lager.avgift, c lager.egen, d DATE)")
    expected = [("a", "DECIMAL(10,2)"), ("b", "DECIMAL(10,2)"), ("c", "VARCHAR"), ("d", "DATE")]
    if engine.columns("lager.domained") != expected:
        raise RuntimeError("a domain over a domain is not read as what it is over")


def without_encoding(url: str, host: Any) -> None:
    """A database that says no encoding has texts all the same, and one that is no UTF-8 is told of.

    Raises:
        RuntimeError: it is not so.
    """
    from avtal.engines.postgres import PostgresEngine

    host.connection.execute("CREATE DATABASE plain ENCODING 'SQL_ASCII' TEMPLATE template0")
    engine = PostgresEngine(url.replace("/postgres?", "/plain?"))
    try:
        if list(engine.query("SELECT CAST('å' AS TEXT)")) != [("å",)]:
            raise RuntimeError("a text of a database without an encoding is none")
        with suppress(EngineError):
            raise RuntimeError(f"a text that is not UTF-8 is read: {engine.query('SELECT chr(229)')}")
    finally:
        engine.close()


def command(url: str) -> None:
    """The command line comes to the same on the server as here, and so does the file of lines.

    Raises:
        RuntimeError: it does not.
    """
    found = []
    with TemporaryDirectory() as folder:
        for name in ("reference", url):
            lines = Path(folder) / "lines.parquet"
            words = ["-m", "avtal.cli", "settle", "contracts/mellansverige", "-O", "csv", "--engine", name]
            done = subprocess.run(
                [sys.executable, *words, "--lines", str(lines)], cwd=ROOT, capture_output=True, check=False
            )
            found.append((done.returncode, done.stdout, lines.read_bytes()))
    if found[0] != found[1] or len(found[0][1]) < 1000:
        raise RuntimeError("avtal settle --engine differs from the reference evaluator")
    words = ["-m", "avtal.cli", "settle", "contracts/mellansverige", "--engine", url.replace("/postgres?", "/nowhere?")]
    if subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, check=False).returncode != 2:
        raise RuntimeError("avtal settle --engine did not ask the server")


def guarantees(engine: Any) -> None:
    """What an engine refuses, and that its reasons say nothing of the rows.

    Raises:
        RuntimeError: it does something that it must not.
    """
    engine.table("tried", [("t", "TEXT")], [("secret",)])
    for statement in (
        "CREATE TABLE own (a INTEGER)",
        "SELECT 1; SELECT 2",
        "WITH made AS (SELECT 1) SELECT * INTO own FROM made",
        "SELECT CAST(t AS INTEGER) FROM tried",
        "SELECT 1.5 AS a",
    ):
        try:
            engine.query(statement)
        except EngineError as error:
            if "secret" in str(error):
                raise RuntimeError(f"a row's value is told of: {statement}") from None
        else:
            raise RuntimeError(f"not refused: {statement}")
    if list(engine.query("SELECT t FROM tried")) != [("secret",)]:
        raise RuntimeError("the session did not survive a refusal")
    for kind, value in (("TEXT", "a"), ("BIGINT", 1)) * 4:
        engine.table("tried", [("t", kind)], [(value,)])
        if list(engine.query("SELECT t FROM tried")) != [(value,)]:
            raise RuntimeError("a table that is made anew is read as it was before")


def contracts(engine: Any, host: Any, tally: Tally, only: Sequence[str], tables: Sequence[str]) -> None:
    """Settle every contract of the tree: on rows that are sent, and on tables that lie there."""
    settler = Settler(engine, counters=tally.sites)
    for file in sorted((ROOT / "contracts").glob("*/contract.avtal")):
        name = file.parent.name
        if only and name not in only:
            continue
        started = time.monotonic()
        contract = api.load(file.parent)
        data = api.read(contract).data
        assert contract.program is not None
        expected = settle(contract.program, data)
        middle = time.monotonic()
        case = Case(name, "", {fact: tuple(rows) for fact, rows in data.items()})
        try:
            differs = difference(expected, settler.settle(contract.program, case))
        except EngineError as error:
            differs = [f"the rows: {error}"]
        tally.note(name, differs)
        tally.contracts += 1
        tally.rows += sum(map(len, data.values()))
        sent = time.monotonic()
        if tables and name not in tables:
            print(f"  {name}: {middle - started:.1f} s, rows sent {sent - middle:.1f} s", flush=True)
            continue
        lying = by_name(contract.program, data, expected, host, engine, Random(tally.contracts), tally.sites)
        tally.note(f"{name}, tables", lying or [])
        tally.lying += lying is not None
        for seed in (None, tally.contracts):
            wrong, mistakes = as_written(file.parent / "data", contract.program, host, engine, seed)
            tally.note(f"{name}, files laid as text, mistakes by {seed}", wrong)
            tally.mistaken += mistakes
        print(
            f"  {name}: {middle - started:.1f} s, rows sent {sent - middle:.1f} s, "
            f"tables there {time.monotonic() - sent:.1f} s",
            flush=True,
        )


def kept(engine: Any, tally: Tally, *, small: bool) -> None:
    """Settle the contracts that are kept for what they once showed, on this engine or another, and the corners.

    Args:
        engine, tally: as below.
        small: without the corners, which ask hundreds of queries.
    """
    settler, own = Settler(engine), differential.Tally()
    for case in (*saved.all_found(), *(() if small else corners())):
        tally.note(f"kept {case.seed}", differential.compared(case, settler, own))
        tally.kept += 1
    tally.rows += own.rows
    tally.sites.update(own.sites)


def programs(engine: Any, host: Any, tally: Tally, first: int, wanted: int, seconds: float) -> None:
    """Settle generated contracts, as many as wanted or as fit into some seconds; one of a data set from tables too."""
    until = time.monotonic() + seconds
    settler, own = Settler(engine), differential.Tally()
    for seed, count in differential.data_sets(first, wanted):
        if time.monotonic() > until:
            break
        began = time.monotonic()
        lying(next(several(seed)), engine, host, tally)
        until += time.monotonic() - began  # what tables take is beside the time that was given
        for case, differs in differential.together(list(islice(several(seed), count)), settler, own):
            tally.note(f"seed {case.seed}", differs)
            tally.programs += bool(differs)
    tally.programs += own.agreed
    tally.failing += own.failing
    tally.beyond += own.refused
    tally.rows += own.rows
    tally.sites.update(own.sites)


def lying(case: Case, engine: Any, host: Any, tally: Tally) -> None:
    """Settle a generated contract from tables that lie there, when tables can hold its data."""
    found = analyse(Sources("case.avtal", case.text))
    if not found.sound or found.program is None:
        return
    q = case.question
    question = {"start": q.start, "end": q.end, "providers": q.providers, "buyers": q.buyers}
    expected = reference(case, found)
    differs = by_name(found.program, case.data, expected, host, engine, Random(case.seed), tally.sites, **question)
    tally.note(f"seed {case.seed}, tables", differs or [])
    tally.lying += differs is not None


def main() -> int:
    """Run, and report on the terminal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, required=True)
    parser.add_argument("--programs", type=int, default=100, help="how many generated contracts at most")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first")
    parser.add_argument("--seconds", type=float, default=3600, help="how long generated contracts may take")
    parser.add_argument("--least", type=int, default=1, help="fewer generated contracts than this are a failure")
    parser.add_argument("--tables", nargs="*", help="only these of the tree are laid as tables too; else all")
    parser.add_argument("--contracts", nargs="*", help="only these of the tree; `none` for none of them")
    arguments = parser.parse_args()
    tally, started = Tally(), time.monotonic()
    try:
        with opened(arguments.engine) as (engine, words, host):
            print(f"{words}: started", flush=True)
            contracts(engine, host, tally, arguments.contracts or [], arguments.tables or [])
            kept(engine, tally, small=arguments.engine == "pyspark")
            programs(engine, host, tally, arguments.first, arguments.programs, arguments.seconds)
    except (RuntimeError, ImportError, EngineError) as error:
        print(f"{arguments.engine}: NOT RUN: {error}", file=sys.stderr)
        return 2
    for why, number in tally.sites.most_common():
        print(f"{number:>10}  {why}")
    few = tally.programs < min(arguments.least, arguments.programs) or not tally.sites["query"]
    print(
        f"{words}: {tally.contracts} contracts of the tree, {tally.kept} kept, "
        f"{tally.programs} generated ({tally.failing} with failures, "
        f"{tally.beyond} left out: beyond 126 bits), {tally.rows} rows; {tally.lying} of these also from tables there, "
        f"and {tally.mistaken} mistakes in text; {len(tally.wrong)} differ"
        f"{'; TOO FEW RAN' if few else ''}; {time.monotonic() - started:.0f} s"
    )
    return 1 if tally.wrong or few else 0


if __name__ == "__main__":
    raise SystemExit(main())
