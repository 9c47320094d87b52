"""Make the synthetic data of the social outcomes contract: each child's days in placement and passed subjects, by year.

Every row is invented. The same seed gives the same bytes (no clock is read). The first year is worse than the baseline,
the later ones so much better that the ceiling of the whole contract is reached in the last. Run it from anywhere:
`python generate.py`.
"""

from __future__ import annotations

import random
from pathlib import Path

SEED = 20200101
DATA = Path(__file__).parent / "data"

CHILDREN = 62
EFFECT = {2019: 0.9, 2020: 1.04, 2021: 0.93, 2022: 0.88, 2023: 0.85, 2024: 0.8}
"""Days in placement relative to the baseline; the years before and after the contract must not count."""


def main() -> None:
    """Write the file."""
    rng = random.Random(SEED)
    children = [(f"B{i:02}", rng.randrange(60, 366), rng.randrange(2, 9)) for i in range(1, CHILDREN + 1)]
    lines = ["Barn;Mått;Mätdag;Utgångsläge;Utfall"]
    for year, effect in EFFECT.items():
        for child, days, subjects in children:
            came = min(366, max(0, round(days * effect + rng.gauss(0, 25))))
            lines.append(f"{child};Placerade dygn;{year}-12-31;{days};{came}")
            if rng.random() < 0.6:  # only those at school are measured by subjects
                passed = max(0, min(16, subjects + rng.choice((-1, 0, 0, 1, 1, 2))))
                lines.append(f"{child};Godkända ämnen;{year}-06-15;{subjects};{passed}")
    (DATA / "utfall.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
