"""Make the synthetic data of the four layers: admissions and results of two small hospitals in two years.

Every row is invented. The same seed gives the same bytes (no clock is read). On purpose: costs at the limit of their
group and an öre above, discharges just outside the contract, a hospital that is no party, results at a minimum and at a
target, and a new indicator that is not reported. Run it from anywhere: `python generate.py`.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

SEED = 20130223
DATA = Path(__file__).parent / "data"
LIMITS = {
    "A46C": 116_500,
    "D47E": 63_500,
    "E47E": 52_500,
    "F40O": 33_000,
    "H10E": 182_500,
    "H50C": 164_000,
    "K30E": 47_000,
}
"""Groups with their cost limit in kr."""
COUNTS = {"Nämdö": (41, 66, 92, 38, 47, 31, 58), "Runmarö": (18, 35, 49, 27, 0, 14, 33), "Möja": (2, 3, 4, 1, 2, 1, 2)}
"""How many of each group a hospital has in a year, about."""
RESULTS = {
    ("Nämdö", 2013): {"501": "78,5", "502": "13,2", "503": "84,7", "511": "71", "512": "75", "513": "38"},
    ("Nämdö", 2014): {"501": "85", "502": "11,1", "503": "91,2", "511": "76,3", "512": "81,4", "513": "44"},
    ("Runmarö", 2013): {"501": "60", "502": "18,4", "503": "79,1", "511": "64,5", "512": "88"},
    ("Runmarö", 2014): {"501": "69,3", "502": "15,7", "503": "82,6", "511": "90", "512": "75,1", "513": "12"},
}


def kr(ore: int) -> str:
    """An amount in öre as Swedish text."""
    return f"{ore // 100},{ore % 100:02}"


def main() -> None:
    """Write the files."""
    rng = random.Random(SEED)
    rows = []
    for year in (2013, 2014):
        for hospital, counts in COUNTS.items():
            for (group, limit), count in zip(LIMITS.items(), counts, strict=True):
                for _ in range(round(count * rng.uniform(0.85, 1.15))):
                    day = date(year, 1, 1) + timedelta(days=rng.randrange(365))
                    cost = round(100 * limit * 0.46 * rng.lognormvariate(0, 0.45))
                    rows.append((str(day), hospital, group, cost))
    rows += [("2013-12-31", "Nämdö", "H10E", 18_250_000), ("2014-01-01", "Nämdö", "H10E", 18_250_001)]
    rows += [("2012-12-31", "Runmarö", "E47E", 3_000_000), ("2015-01-01", "Runmarö", "E47E", 3_000_000)]
    rows.sort()
    lines = [f"V{at:05};{hospital};{day};{group};{kr(cost)}" for at, (day, hospital, group, cost) in enumerate(rows, 1)]
    _write("vardtillfallen.csv", "Vårdtillfälle;Sjukhus;Utskrivningsdag;DRG;Kostnad", lines)
    results = [
        f"{hospital};{code};{year}-12-31;{value}"
        for (hospital, year), own in RESULTS.items()
        for code, value in own.items()
    ]
    _write("resultat.csv", "Sjukhus;Indikator;Mätdag;Värde", results)


def _write(name: str, heading: str, rows: list[str]) -> None:
    (DATA / name).write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
