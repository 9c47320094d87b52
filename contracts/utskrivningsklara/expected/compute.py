"""Work out what the agreement comes to, without Avtal: plain Python on the files of `data/`, day by day.

The individual model is counted by walking through the days of the year for each patient, not by formula. Writes
`settlement.csv` and `medelvarden.csv`. Run it from anywhere: `python compute.py`.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"

PROVIDER = "REG"
AMOUNT = 9_300
MEAN_LIMIT = 3
GRACE = {"Geriatrik": ("Geriatrisk vård", 3, True), "Psykiatri": ("Psykiatrisk vård", 30, False)}
"""Kind of care → label, days of grace, whether these are working days."""
YEAR = 2022
ONE = timedelta(days=1)


def read(name: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


WORKING = {date.fromisoformat(row["Dag"]) for row in read("kalender.csv") if row["Arbetsdag"] == "Ja"}


def charged(ready: date, left: date | None, grace: int, *, working: bool) -> int:
    """Days of the year that the patient stayed after the days of grace; the day of leaving is none."""
    day, used, days = ready, 0, 0
    while day <= date(YEAR, 12, 31) and (left is None or day < left):
        if day > ready:
            if used < grace:
                used += 1 if not working or day in WORKING else 0
            elif day.year == YEAR:
                days += 1
        day += ONE
    return days


def main() -> None:
    """Write the files."""
    rows = read("utskrivningsklara.csv")
    written: list[list[str]] = []
    means: list[list[str]] = []
    for buyer in ("STOR", "MELLAN", "LILL"):
        own = [r for r in rows if r["Kommun"] == buyer]
        excess = Fraction(0)
        for month in range(1, 13):
            stays = [
                (date.fromisoformat(r["Utskriven"]) - date.fromisoformat(r["Utskrivningsklar"])).days
                for r in own
                if r["Vårdslag"] == "Somatik" and r["Utskriven"].startswith(f"{YEAR}-{month:02}")
            ]
            over = max(sum(stays) - MEAN_LIMIT * len(stays), 0)
            excess += over
            mean = round(Fraction(sum(stays), len(stays)), 2) if stays else Fraction(0)
            numbers = (str(len(stays)), str(sum(stays)), f"{float(mean):.2f}", str(over))
            means.append([f"{YEAR}-{month:02}", buyer, *numbers])
        clauses = {'discharge_mean["Somatisk vård"]': excess * AMOUNT}
        for care, (label, grace, working) in GRACE.items():
            days = sum(
                charged(
                    date.fromisoformat(r["Utskrivningsklar"]),
                    date.fromisoformat(r["Utskriven"]) if r["Utskriven"] else None,
                    grace,
                    working=working,
                )
                for r in own
                if r["Vårdslag"] == care
            )
            clauses[f'discharge_days["{label}"]'] = Fraction(days * AMOUNT)
        clauses["total"] = sum(clauses.values(), Fraction(0))
        written += [[str(YEAR), buyer, PROVIDER, key, f"{int(amount)}.00"] for key, amount in clauses.items()]
    write("settlement.csv", "period;buyer;provider;clause;amount", written)
    write("medelvarden.csv", "manad;kommun;patienter;dygn;medeltal;over", means)


def write(name: str, heading: str, rows: list[list[str]]) -> None:
    """Write a UTF-8 file with semicolons beside this script."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(";".join(cells) + "\n" for cells in [heading.split(";"), *rows])


if __name__ == "__main__":
    main()
