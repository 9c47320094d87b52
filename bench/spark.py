"""The portfolio of `bench.scale` settled on Spark in local mode, where its tables lie, and by DuckDB from its files.

    .venv-engines/bin/python -m bench.spark --contacts 10000000

Each is a process of its own. Spark is given the Parquet files as views, and `avtal` their names alone; the two must
come to the same hash of every clause's amounts, or the run fails. It needs PySpark and Java 17 (as installed by `make
.venv-engines/.stamp`); `--sail` takes Sail in Spark's place. `ratio` is the wall of Spark to that of DuckDB, both with
their start; on one machine it says what Spark costs, and nothing of a cluster.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import avtal
from bench.processes import once
from bench.scale import Portfolio

TABLES = ("activity", "admission", "result")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="A portfolio of 60 providers on Spark in local mode, and on DuckDB.")
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--memory", type=int, default=6000, metavar="MB", help="what Spark's driver may hold")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sail", action="store_true", help="Sail in Spark's place")
    kept = Path(tempfile.gettempdir(), "avtal-bench")
    parser.add_argument("--folder", type=Path, default=kept, help=f"where data are kept between runs ({kept})")
    parser.add_argument("--by", choices=("duckdb", "spark"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    portfolio = Portfolio(asked.folder, asked.contacts, 60, "number")
    if asked.by:
        hashed(portfolio, asked)
        return
    walls: dict[str, float] = {}
    hashes: dict[str, str] = {}
    for by in ("duckdb", "spark"):
        command = [sys.executable, "-m", "bench.spark", *sys.argv[1:], "--by", by]
        walls[by], _, peak = once(by, command, watched=True)
        hashes[by], *steps = (portfolio.folder / f"{by}.sha256").read_text().split()
        print(f"{by}_s: {walls[by]:.1f}\n{by}_peak_mb: {peak:.0f}\n{by}_steps: {' '.join(steps)}", flush=True)
    if hashes["duckdb"] != hashes["spark"]:
        raise SystemExit(f"the hashes differ: {hashes['duckdb']} and {hashes['spark']}")
    print(f"contacts: {asked.contacts}\nsha256: {hashes['spark']}\nratio: {walls['spark'] / walls['duckdb']:.1f}")


def hashed(portfolio: Portfolio, asked: argparse.Namespace) -> None:
    """Settle by one engine, and write the hash of what is to be paid, and how long each step took."""
    steps, before = [], time.perf_counter()

    def step(name: str) -> None:
        nonlocal before
        steps.append(f"{name}={time.perf_counter() - before:.1f}s")
        before = time.perf_counter()

    with session(portfolio, asked) as (means, paths):
        step("start")
        contract = avtal.load(portfolio.folder / "book")
        reading = avtal.read(contract, paths, means=means)
        step("read")
        settlements = avtal.settle(contract, reading)
        step("settle")
        reading.close()
    found = avtal.amounts_sha256(settlements)
    if any(one.total is None for one in settlements):
        raise SystemExit("a contract is not settled")
    (portfolio.folder / f"{asked.by}.sha256").write_text(" ".join([found, *steps]))


@contextmanager
def session(portfolio: Portfolio, asked: argparse.Namespace) -> Iterator[tuple[Any, list[Any]]]:
    """What to settle with, and where the data are."""
    if asked.by == "duckdb":
        yield avtal.Means(engine="duckdb"), [portfolio.data]
        return
    if asked.sail:
        sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
        remote = importlib.import_module("pyspark.sql.connect.session").SparkSession
        with importlib.import_module("engine_servers.sail_server").sail() as (url, _):
            yield from _viewed(remote.builder.remote(url).create(), portfolio)
        return
    build = (
        importlib.import_module("pyspark.sql")
        .SparkSession.builder.master(f"local[{asked.threads}]")
        .config("spark.driver.memory", f"{asked.memory}m")
    )
    build = build.config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
    build = build.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
    spark = build.config("spark.sql.shuffle.partitions", str(2 * asked.threads)).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    yield from _viewed(spark, portfolio)


def _viewed(spark: Any, portfolio: Portfolio) -> Iterator[tuple[Any, list[Any]]]:
    for table in TABLES:
        spark.read.parquet(str(portfolio.data / f"{table}.parquet")).createOrReplaceTempView(table)
    try:
        yield avtal.Means(engine="spark", session=spark), [f"table:{table}" for table in TABLES]
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
