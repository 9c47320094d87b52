"""The portfolio's sums by hand-written SQL, as a process of its own: DuckDB and nothing else.

    python bench/portfolio/by_hand.py by_hand.sql DATA TERMS OUT.csv [LINES.parquet]

The first argument names the SQL of the sums over rows: `by_hand.sql`, or `tuned.sql`, which aggregates before it joins;
`finish.sql` goes on from there. With a last argument `lines.sql` writes a payment line per contact and clause too.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb


def main() -> None:
    """Sum, and write (provider, clause, öre)."""
    sql, data, terms, out, *lines = sys.argv[1:]
    here = Path(__file__).parent
    places = {"data": data, "terms": terms, "lines": "".join(lines)}
    connection = duckdb.connect(":memory:", config={"memory_limit": "1GB", "temp_directory": f"{out}.spill"})
    for name in (sql, "finish.sql", *(["lines.sql"] if lines else [])):
        connection.execute((here / name).read_text(encoding="utf-8").format(**places))
    connection.execute(
        "COPY (SELECT provider, clause, ore FROM settlement ORDER BY provider, place) "
        "TO $out (FORMAT csv, DELIMITER ';')",
        {"out": out},
    )


if __name__ == "__main__":
    main()
