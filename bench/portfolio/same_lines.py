"""Whether two files of payment lines agree: as many lines of contacts, and one sum, for each provider and clause.

    python -m bench.portfolio.same_lines BY_HAND.parquet AVTAL.parquet
    python -m bench.portfolio.same_lines BY_HAND.parquet --count FILE

The second form writes how many lines there are to FILE.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

SUMS = (
    "SELECT provider, clause, count(*) FILTER (contact <> '') AS lines, sum(amount::DECIMAL(18, 6)) AS kr "
    "FROM '{file}' GROUP BY ALL"
)


def main() -> None:
    """Compare, or count."""
    first, second, *more = sys.argv[1:]
    if second == "--count":
        counted = duckdb.execute(
            "SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata($file)", {"file": first}
        ).fetchall()
        Path(more[0]).write_text(str(counted[0][0]))
        return
    one, other = SUMS.format(file=first), SUMS.format(file=second)
    differ = duckdb.execute(f"(({one}) EXCEPT ({other})) UNION ALL (({other}) EXCEPT ({one}))").fetchmany(10)
    if differ:
        raise SystemExit("the lines differ:\n" + "\n".join(map(str, differ)))


if __name__ == "__main__":
    main()
