"""Make the synthetic data of the layered hospital contract: operations and results of two years.

Every row is invented. The same seed gives the same bytes (no clock is read). The first year lies above the corridor,
the second below it and below the floor; some operations lie outside the contract. Run it from anywhere:
`python generate.py`.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

SEED = 20120512
DATA = Path(__file__).parent / "data"
COUNTS = {2011: (9, 20), 2012: (88, 140), 2013: (62, 96), 2014: (5, 11)}
"""Hips and hernias by year."""
RESULTS = {
    "2012": {"401": "93,5", "402": "84", "403": "85", "411": "78,6"},
    "2013": {"401": "79,2", "402": "91,3", "403": "85,1", "411": "60"},
}


def main() -> None:
    """Write the files."""
    rng = random.Random(SEED)
    rows = []
    for year, counts in COUNTS.items():
        for category, count in zip(("HÖFT", "BRÅCK"), counts, strict=True):
            for _ in range(count):
                day = date(year, 1, 1) + timedelta(days=rng.randrange(365))
                rows.append((str(day), category))
    rows.sort()
    lines = [f"OP{number:04};{day};{category}" for number, (day, category) in enumerate(rows, start=1)]
    _write("operationer.csv", "Operation;Datum;Slag", lines)
    results = [f"{code};{year}-12-31;{value}" for year, own in RESULTS.items() for code, value in own.items()]
    _write("resultat.csv", "Indikator;Mätdag;Värde", results)


def _write(name: str, heading: str, rows: list[str]) -> None:
    (DATA / name).write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
