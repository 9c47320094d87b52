"""The expected settlement, worked out without the engine: `python contracts/uppfoljning/expected/compute.py`.

The figures of the contract stand here once more, so that a slip in the text or in the engine shows as a difference.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
WEIGHTS = {
    "A46C": ("1.412", 185_000),
    "D41E": ("0.742", 98_000),
    "E47C": ("1.054", 139_000),
    "F10E": ("2.387", 315_000),
    "H10E": ("1.874", 247_000),
    "P05E": ("0.486", 64_000),
}
PRICES = {"2022": Fraction("63493"), "2023": Fraction("66667.65")}
DUTY = {"2022": Fraction(4_800_000), "2023": Fraction(5_040_000)}
TARGET = Fraction(400)
MARGINAL = Fraction(30, 100)


def ore(amount: Fraction) -> Fraction:
    """To the öre, half away from zero; the amounts here are positive."""
    return Fraction(int(amount * 100 + Fraction(1, 2)), 100)


def main() -> None:
    """Read the admissions, pay them, write the file."""
    points = dict.fromkeys(PRICES, Fraction(0))
    outliers = dict.fromkeys(PRICES, Fraction(0))
    with (HERE.parent / "data" / "vardtillfallen.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            year = row["Utskriven"][:4]
            if year not in PRICES:
                continue
            weight, limit = WEIGHTS[row["DRG"]]
            cost = Fraction(row["Kostnad"].replace(",", "."))
            if cost > limit:
                outliers[year] += cost
            else:
                points[year] += Fraction(weight)
    with (HERE / "settlement.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(["period", "buyer", "provider", "clause", "amount"])
        for year, price in PRICES.items():
            paid_for = TARGET + MARGINAL * (points[year] - TARGET)
            drg = ore(price * paid_for + outliers[year])
            clauses = {'block["Beredskap"]': DUTY[year], 'drg["Rörlig del"]': drg}
            for clause, amount in {**clauses, "total": sum(clauses.values())}.items():
                written = f"{int(amount)}.{int(amount * 100) % 100:02d}"
                writer.writerow([year, "SKOG", "NUS", clause, written])


if __name__ == "__main__":
    main()
