"""The portfolio's data: Parquet files named as `avtal settle` expects, written by DuckDB from `data.sql`.

    python -m bench.portfolio.data FOLDER --terms TERMS --contacts N --providers 60 --ids number

writes `FOLDER/activity.parquet`, `admission.parquet` and `result.parquet`; the lists of `bench.portfolio.contracts`
stand in the folder given by `--terms`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

from bench.portfolio.terms import providers

IDS = {"number": "i + 1", "text": "'K' || lpad((i + 1)::VARCHAR, 11, '0')"}


def write_data(folder: Path, terms: Path, contacts: int, count: int, ids: str) -> None:
    """Write the files.

    Args:
        folder: where.
        terms: the folder with the lists.
        contacts: how many.
        count: of how many providers.
        ids: whether a contact's key is a `number` or a `text`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(":memory:", config={"memory_limit": "2GB", "temp_directory": str(folder / "spill")})
    slots = [p.code for p in providers(count, contacts) for _ in range(p.size)]
    connection.execute(
        "CREATE TABLE slots AS SELECT unnest(range(len(codes))) AS slot, unnest(codes) AS provider "
        "FROM (SELECT $codes::VARCHAR[] AS codes)",
        {"codes": slots},
    )
    text = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    connection.execute(text.format(contacts=contacts, data=folder, terms=terms, id=IDS[ids]))


def main() -> None:
    """Write the data."""
    parser = argparse.ArgumentParser(description="Write the data of the portfolio.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--terms", type=Path, required=True)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--providers", type=int, default=60)
    parser.add_argument("--ids", choices=sorted(IDS), default="number")
    asked = parser.parse_args()
    write_data(asked.folder, asked.terms, asked.contacts, asked.providers, asked.ids)


if __name__ == "__main__":
    main()
