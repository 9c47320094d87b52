"""The typed snapshot: what it costs to build, to open again and to scan, beside DuckDB on the raw Parquet.

    python -m bench.snapshot --contacts 1000000

The contacts are those of `bench.scale`. Each step is a process of its own:

- `copy`: plain DuckDB reads the raw files and writes them again, the least that any conversion must do;
- `build`: the snapshot is built and opened;
- `raw`: plain DuckDB sums by provider, item and month, and by provider and DRG, on the raw files;
- `scan`: the snapshot that was built before is opened, and the same sums are taken of it; both must agree.

`build_ratio` is the wall of `build` to that of `copy`, `scan_ratio` that of `scan` to that of `raw`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from bench.processes import measure
from bench.scale import Portfolio

SUMS = {
    "activity": "SELECT {provider}, {item}, month({performed})::INTEGER, sum({quantity}) FROM {source} GROUP BY ALL",
    "admission": "SELECT {provider}, {drg}, sum({cost}) FROM {source} GROUP BY ALL",
}


def main() -> None:
    """Measure and print, or carry out one step."""
    parser = argparse.ArgumentParser(description="The typed snapshot beside DuckDB on the raw Parquet.")
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3, help="timed turns; the median counts")
    kept = Path(tempfile.gettempdir(), "avtal-bench")
    parser.add_argument("--folder", type=Path, default=kept, help=f"where data are kept between runs ({kept})")
    parser.add_argument("--step", choices=("copy", "build", "raw", "scan"), help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    portfolio = Portfolio(asked.folder, asked.contacts, 60, "number")
    if asked.step:
        {"copy": copy, "build": build, "raw": raw, "scan": scan}[asked.step](portfolio, asked.work)
        return
    define(portfolio)
    with tempfile.TemporaryDirectory() as work:
        same = ["--contacts", str(asked.contacts), "--folder", str(asked.folder), "--work", work, "--step"]
        steps = ("copy", "build", "raw", "scan")
        commands = {step: [sys.executable, "-m", "bench.snapshot", *same, step] for step in steps}
        found = measure(commands, asked.runs)
        if (Path(work, "raw").read_text()) != Path(work, "scan").read_text():
            raise SystemExit("the sums of the raw files and of the snapshot differ")
    for step, one in found.items():
        print(f"{step:6} {one.wall:7.2f} s by the clock, {one.cpu:7.2f} s of processor, {one.peak_mb:5.0f} MB")
    snapshots = sum(file.stat().st_size for file in portfolio.data.glob(".avtal/*/rows.parquet"))
    files = sum(file.stat().st_size for file in portfolio.data.glob("*.parquet"))
    print(f"size_ratio: {snapshots / files:.2f}")
    print(f"build_rows_per_s: {asked.contacts / found['build'].wall:.0f}")
    print(f"build_ratio: {found['build'].wall / found['copy'].wall:.2f}")
    print(f"scan_ratio: {found['scan'].wall / found['raw'].wall:.2f}")
    print(f"peak_mb: {max(found['build'].peak_mb, found['scan'].peak_mb):.0f}")


def define(portfolio: Portfolio) -> None:
    """Write down the contract's facts, so that no step reads the contract."""
    from avtal import load  # noqa: PLC0415 - the steps must not
    from avtal.engines.definitions import plain_fact  # noqa: PLC0415

    facts = load(portfolio.folder / "book").program.facts.values()
    (portfolio.folder / "facts.json").write_text(json.dumps([plain_fact(fact) for fact in facts]))


def copy(portfolio: Portfolio, work: Path) -> None:
    """Read and write the files with DuckDB alone."""
    import duckdb  # noqa: PLC0415 - it is what is measured

    for file in portfolio.data.glob("*.parquet"):
        duckdb.execute(f"COPY (FROM '{file}') TO '{work}/{file.name}' (FORMAT parquet, COMPRESSION zstd)")


def build(portfolio: Portfolio, _: Path) -> None:
    """Build the snapshot."""
    shutil.rmtree(portfolio.data / ".avtal", ignore_errors=True)
    opened(portfolio, None)


def raw(portfolio: Portfolio, work: Path) -> None:
    """Sum the raw files."""
    import duckdb  # noqa: PLC0415 - it is what is measured

    connection = duckdb.connect(":memory:", config={"memory_limit": "400MB", "temp_directory": str(work / "spill")})
    rows: list[str] = []
    for name, sql in SUMS.items():
        columns = {column: column for column in ("provider", "item", "performed", "quantity", "drg", "cost")}
        source = f"'{portfolio.data}/{name}.parquet'"
        for *keys, total in connection.execute(sql.format(**columns, source=source)).fetchall():
            rows.append(" ".join(map(str, [name, *keys, round(total * 100)])))
    (work / "raw").write_text("\n".join(sorted(rows)))


def scan(portfolio: Portfolio, work: Path) -> None:
    """Sum the snapshot."""
    opened(portfolio, work)


def opened(portfolio: Portfolio, work: Path | None) -> None:
    """Open the snapshot, and sum it when there is a folder for the sums."""
    from avtal.engines import snapshot  # noqa: PLC0415 - a step imports what it measures
    from avtal.engines.definitions import fact_from  # noqa: PLC0415

    facts = [fact_from(plain) for plain in json.loads((portfolio.folder / "facts.json").read_text())]
    with snapshot.opened([portfolio.data], facts) as found:
        if found.dataset is None:
            raise SystemExit(found.reading.problems[0].text("en"))
        if work is None:
            return
        rows: list[str] = []
        for name, sql in SUMS.items():
            relation = found.dataset.relations[name]
            columns = {column: info.sql for column, info in relation.columns.items()}
            number = relation.columns["quantity" if name == "activity" else "cost"]
            coded = [relation.columns[column] for column in ("provider", "item" if name == "activity" else "drg")]
            for row in found.dataset.engine.query(sql.format(**columns, source=relation.source)):
                keys = [info.codes[at] for info, at in zip(coded, row[:2], strict=True)]
                rows.append(" ".join(map(str, [name, *keys, *row[2:-1], round(row[-1] * 100 / number.scale)])))
    (work / "scan").write_text("\n".join(sorted(rows)))


if __name__ == "__main__":
    main()
