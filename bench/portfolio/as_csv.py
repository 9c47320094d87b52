"""The data of a small portfolio as CSV: `python -m bench.portfolio.as_csv FROM TO`."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb


def main() -> None:
    """Write each Parquet file as CSV."""
    source, target = map(Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted(source.glob("*.parquet")):
        duckdb.execute(f"COPY (FROM '{file}') TO '{target / file.stem}.csv' (FORMAT csv, DELIMITER ';')")


if __name__ == "__main__":
    main()
