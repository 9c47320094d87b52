"""Make the synthetic data of the coordination association: members, participants, activities of coordination.

Every row is invented. The same seed gives the same bytes (no clock is read). Run it from anywhere:
`python generate.py`.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

SEED = 20031210
DATA = Path(__file__).parent / "data"

# Party, group, and its weight within the group each year: inhabitants for the municipalities, 1 for a group of one.
MEMBERS = (
    ("STATEN", "Stat", {2022: 1, 2023: 1}),
    ("REGIONEN", "Region", {2022: 1, 2023: 1}),
    ("STOR", "Kommun", {2022: 61_307, 2023: 61_842}),
    ("MELLAN", "Kommun", {2022: 23_418, 2023: 23_295}),
    ("LILL", "Kommun", {2022: 7_951, 2023: 7_888}),
)
PARTICIPANTS = {2021: 6, 2022: 148, 2023: 171, 2024: 5}  # by year of entry; those outside the contract must not count
NEEDS = {"Enkla": 30, "Flera": 45, "Sammansatta": 25}
REACHED = {2022: 0.41, 2023: 0.56}


def write(name: str, heading: str, rows: list[tuple[str, ...]]) -> None:
    """Write a file of semicolons into `data/`."""
    text = "\n".join([heading, *(";".join(row) for row in rows)]) + "\n"
    (DATA / name).write_text(text, encoding="utf-8", newline="")


def day_of(rng: random.Random, year: int) -> date:
    """A day of the year."""
    return date(year, 1, 1) + timedelta(days=rng.randrange(365))


def participants(rng: random.Random) -> list[tuple[str, ...]]:
    """Participants in the order of their entry; of about one in twenty nobody knows whether the goal was reached."""
    drawn = []
    for year, number in PARTICIPANTS.items():
        for _ in range(number):
            need = rng.choices(list(NEEDS), list(NEEDS.values()))[0]
            known = rng.random() < 0.95
            reached = "Ja" if rng.random() < REACHED.get(year, 0.5) else "Nej"
            drawn.append((day_of(rng, year), need, reached if known else ""))
    drawn.sort(key=lambda row: row[0])
    return [(f"D{i:04}", day.isoformat(), need, reached) for i, (day, need, reached) in enumerate(drawn, start=1)]


def activities(rng: random.Random) -> list[tuple[str, ...]]:
    """Meetings and plans through the years, and two coordinators, month by month, one of them at half time."""
    drawn = []
    for year in (2021, 2022, 2023, 2024):
        number = 260 if year in (2022, 2023) else 8
        drawn += [(day_of(rng, year), rng.choices(("Möte", "Plan"), (4, 1))[0], "1") for _ in range(number)]
    for month in range(1, 13):
        for year in (2022, 2023):
            drawn.append((date(year, month, 28), "Samordnare", "1"))
            drawn.append((date(year, month, 28), "Samordnare", "0,5"))
    drawn.sort(key=lambda row: (row[0], row[1]))
    return [(f"S{i:04}", day.isoformat(), kind, number) for i, (day, kind, number) in enumerate(drawn, start=1)]


def main() -> None:
    """Write the files."""
    rng = random.Random(SEED)
    members = [
        (party, group, f"{year}-01-01", str(weight))
        for party, group, weights in MEMBERS
        for year, weight in weights.items()
    ]
    write("medlemmar.csv", "Medlem;Grupp;Datum;Vikt", members)
    write("deltagare.csv", "Deltagare;Började;Behov;Mål nått", participants(rng))
    write("aktiviteter.csv", "Aktivitet;Datum;Slag;Antal", activities(rng))


if __name__ == "__main__":
    main()
