"""Make the synthetic data of the home care contract: granted and recorded time, levels, nights, health care.

Every row is invented. The same seed gives the same bytes (no clock is read). Clients whose code starts with `K` are
edge cases; `source.md` says what each one shows. Run it from anywhere: `python generate.py`.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

SEED = 20231001
DATA = Path(__file__).parent / "data"

MONDAYS = [date(2023, 9, 25) + timedelta(weeks=i) for i in range(27)]  # the last week ends with the contract
HOME = {"ALMA": [f"A{i:02}" for i in range(1, 15)], "BJÖRK": [f"B{i:02}" for i in range(1, 12)]}
LEVELS = {"ALMA": {"A51": 1, "A52": 2, "A53": 3, "A54": 2}, "BJÖRK": {"B51": 2, "B52": 3}}
SPAN = {1: (5, 70), 2: (45, 165), 3: (120, 330)}  # minutes a day, now and then outside the span of the level
NIGHTS = {"ALMA": ["A03", "A07", "A53"], "BJÖRK": ["B02", "B52"]}
HEALTH = {"ALMA": ["A01", "A05", "A09", "A52"], "BJÖRK": ["B04", "B07", "B51"]}
MONTHS = [(2023, 10, 31), (2023, 11, 30), (2023, 12, 31), (2024, 1, 31), (2024, 2, 29), (2024, 3, 31)]
QUARTERS = (20, 30, 45, 60, 75, 90)

# Edge clients of ALMA: granted (Monday, minutes) and recorded (day, minutes).
EDGES: dict[str, tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]] = {
    "K01": ((("2023-10-02", 600),), (("2023-10-02", 300), ("2023-10-08", 300))),
    "K02": ((("2023-10-02", 600),), (("2023-10-02", 300), ("2023-10-08", 301))),
    "K03": ((), (("2023-10-04", 90),)),
    "K04": ((("2023-09-25", 480),), (("2023-09-26", 400), ("2023-10-01", 120))),
    "K05": ((("2023-12-25", 240), ("2024-01-01", 240)), (("2023-12-31", 300), ("2024-01-01", 300))),
    "K06": ((("2023-10-09", 600),), (("2023-10-08", 60), ("2023-10-15", 500), ("2023-10-16", 60))),
}


def write(name: str, heading: str, rows: list[tuple[str, ...]]) -> None:
    """Write a file of semicolons into `data/`, with a number of its own for each row."""
    lines = [heading, *(";".join((str(i), *row)) for i, row in enumerate(rows, start=1))]
    (DATA / name).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


def hours(minutes: int) -> str:
    """Hours with a decimal comma; only quarters of an hour are granted."""
    whole, rest = divmod(minutes * 100 // 60, 100)
    return f"{whole},{rest:02}" if rest else str(whole)


def staff_of(rng: random.Random, provider: str) -> list[str]:
    """The staff that a client meets: few with some, many with others."""
    return [f"{provider[0]}P{n:02}" for n in rng.sample(range(1, 31), rng.choice((3, 4, 5, 6, 7, 9, 12)))]


def time_at_home(rng: random.Random) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """What was granted by the week, and what was recorded by the day, for clients at home."""
    granted, recorded = [], []
    for provider, clients in HOME.items():
        for client in clients:
            weekly = rng.choice((240, 360, 420, 600, 840, 1_050))
            staff = staff_of(rng, provider)
            for monday in MONDAYS:
                if rng.random() < 0.04:
                    weekly = rng.choice((240, 360, 420, 600, 840, 1_050))
                sunday = monday + timedelta(days=6)
                granted.append((client, provider, monday.isoformat(), sunday.isoformat(), hours(weekly)))
                days = sorted(rng.sample(range(7), rng.choice((3, 4, 4, 5))))
                for day in days:
                    minutes = max(10, round(weekly / len(days) * rng.uniform(0.7, 1.25)))
                    on = monday + timedelta(days=day)
                    recorded.append((client, provider, on.isoformat(), str(minutes), rng.choice(staff)))
    for client, (weeks, days) in EDGES.items():
        for first, minutes in weeks:
            sunday = date.fromisoformat(first) + timedelta(days=6)
            granted.append((client, "ALMA", first, sunday.isoformat(), hours(minutes)))
        recorded += [(client, "ALMA", on, str(minutes), "AP31") for on, minutes in days]
    return granted, recorded


def levels(rng: random.Random) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Level decisions by the month (one client changes level in mid-month), and the time that was recorded."""
    decided, recorded = [], []
    for provider, clients in LEVELS.items():
        for client, level in clients.items():
            staff = staff_of(rng, provider)
            for year, month, last in MONTHS:
                halves = [(1, last, level)]
                if client == "A54" and (year, month) == (2024, 1):
                    halves = [(1, 14, 2), (15, last, 3)]
                elif client == "A54" and year == 2024:
                    halves = [(1, last, 3)]
                for first, until, on_level in halves:
                    start, end = date(year, month, first), date(year, month, until)
                    decided.append((client, provider, start.isoformat(), end.isoformat(), str(on_level)))
                    mean = rng.randrange(*SPAN[on_level])
                    for day in range(first, until + 1, 2):
                        minutes = max(5, round(2 * mean * rng.uniform(0.8, 1.2)))
                        row = (client, provider, date(year, month, day).isoformat(), str(minutes), rng.choice(staff))
                        recorded.append(row)
    return decided, recorded


def nights(rng: random.Random) -> list[tuple[str, ...]]:
    """Planned visits at night, some of them cancelled."""
    planned = []
    for provider, clients in NIGHTS.items():
        for client in clients:
            for monday in MONDAYS:
                for day in sorted(rng.sample(range(7), 3)):
                    length = rng.choice(("0,25", "0,5", "0,75"))
                    cancelled = "Ja" if rng.random() < 0.08 else "Nej"
                    on = monday + timedelta(days=day)
                    planned.append((client, provider, on.isoformat(), length, cancelled))
    return planned


def tasks(rng: random.Random) -> list[tuple[str, ...]]:
    """Tasks of health care; wounds are only ever dressed by licensed staff, some tasks lacked delegation."""
    done = []
    for provider, clients in HEALTH.items():
        for client in clients:
            for monday in MONDAYS:
                for day in sorted(rng.sample(range(7), 3)):
                    task = rng.choices(("Insulin", "Läkemedel", "Sårvård"), (5, 4, 1))[0]
                    by = rng.choices(("Delegerad", "Legitimerad", "Utan delegering"), (84, 13, 3))[0]
                    on = monday + timedelta(days=day)
                    done.append((client, provider, on.isoformat(), task, "Legitimerad" if task == "Sårvård" else by))
    return done


def main() -> None:
    """Write the files."""
    rng = random.Random(SEED)
    granted, at_home = time_at_home(rng)
    decided, in_housing = levels(rng)
    recorded = sorted((*at_home, *in_housing), key=lambda row: (row[2], row[0]))
    write("beviljad_tid.csv", "Nr;Brukare;Utförare;Från;Till;Timmar", sorted(granted, key=lambda row: (row[2], row[0])))
    write("tidposter.csv", "Nr;Brukare;Utförare;Datum;Tid (minuter);Personal", recorded)
    write("nivabeslut.csv", "Nr;Brukare;Utförare;Från;Till;Nivå", sorted(decided, key=lambda row: (row[2], row[0])))
    write("nattbesok.csv", "Nr;Brukare;Utförare;Datum;Timmar;Avbokat", sorted(nights(rng), key=lambda row: row[2]))
    write("insatser.csv", "Nr;Brukare;Utförare;Datum;Insats;Utförd av", sorted(tasks(rng), key=lambda row: row[2]))


if __name__ == "__main__":
    main()
