"""Make the synthetic data of the joint authority: its results and the hours that care decisions grant.

Every row is invented. The same seed gives the same bytes (no clock is read). The authority has something left the first
year and lacks something the second; decisions of 2009 and 2012 lie outside. Run it from anywhere: `python generate.py`.
"""

from __future__ import annotations

import random
from calendar import monthrange
from pathlib import Path

SEED = 20100101
DATA = Path(__file__).parent / "data"
CLIENTS = 24
MONTHS = [(2009, 12), *((year, month) for year in (2010, 2011) for month in range(1, 13)), (2012, 1)]


def main() -> None:
    """Write the files."""
    rng = random.Random(SEED)
    hours = {f"B{number:02}": rng.randrange(8, 60) for number in range(1, CLIENTS + 1)}
    lines = []
    for year, month in MONTHS:
        for client, usual in hours.items():
            if rng.random() < 0.9:
                granted = max(1, usual + rng.randrange(-3, 5))
                half = rng.choice((",5", ""))
                last = monthrange(year, month)[1]
                lines.append(f"{client};{year}-{month:02}-01;{year}-{month:02}-{last};{granted}{half}")
    numbered = [f"BE{number:04};{line}" for number, line in enumerate(lines, start=1)]
    _write("beslut.csv", "Beslut;Brukare;Från;Till;Timmar", numbered)
    _write("resultat.csv", "Bokslut;Resultat", ["2010-12-31;1 234 567,89", "2011-12-31;-905 432,10"])


def _write(name: str, heading: str, rows: list[str]) -> None:
    (DATA / name).write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
