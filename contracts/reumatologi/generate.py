"""Make the synthetic data of the rheumatology contract: courses, measurements, dear drugs and persons in a programme.

Every row is invented. The same seed gives the same bytes (no clock is read). Rows whose id starts with `K` are edge
rows, placed on purpose on or beside a limit of the contract; `source.md` lists them. Run it from anywhere.
"""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

SEED = 20220101
DATA = Path(__file__).parent / "data"
PER_YEAR = {2019: 40, 2020: 55, 2021: 70, 2022: 85, 2023: 90}
PROVIDERS, WEIGHTS = ("N", "S"), (60, 40)
LAST_DAY = date(2024, 4, 30)

Row = list[str]


def number(value: float) -> str:
    """One decimal, with a comma."""
    return f"{value:.1f}".replace(".", ",")


class Files:
    """The rows of each file, collected."""

    def __init__(self) -> None:
        self.courses: list[Row] = []
        self.activity: list[Row] = []

    def course(self, identity: str, provider: str, referred: date | None, diagnosed: date, ended: date | None) -> None:
        """A course, the patient named after it."""
        days = [d.isoformat() if d else "" for d in (referred, diagnosed, ended)]
        self.courses.append([identity, provider, f"P-{identity}", *days])

    def measure(self, identity: str, day: date, das28: str) -> None:
        """A measurement."""
        self.activity.append([identity, day.isoformat(), das28])


def drawn(files: Files, rng: random.Random) -> None:
    """The ordinary courses, each with check-ups monthly at first and then a few a year."""
    serial = 0
    for year, count in PER_YEAR.items():
        for offset in sorted(rng.randrange(365) for _ in range(count)):
            serial += 1
            identity, provider = f"F{serial:04}", rng.choices(PROVIDERS, WEIGHTS)[0]
            diagnosed = date(year, 1, 1) + timedelta(days=offset)
            referred = None if rng.random() < 0.04 else diagnosed - timedelta(days=rng.randrange(10, 75))
            ended = diagnosed + timedelta(days=rng.randrange(30, 1200)) if rng.random() < 0.15 else None
            if ended is not None and ended > LAST_DAY:
                ended = None
            files.course(identity, provider, referred, diagnosed, ended)
            day, level = diagnosed + timedelta(days=rng.randrange(0, 8)), rng.uniform(4.2, 6.8)
            while day <= min(ended or LAST_DAY, LAST_DAY):
                files.measure(identity, day, number(level))
                early = (day - diagnosed).days < 85
                day += timedelta(days=rng.randrange(24, 45) if early else rng.randrange(90, 260))
                level = max(0.9, level * rng.uniform(0.62, 0.98) if early else level + rng.uniform(-0.8, 0.6))


def edges(files: Files) -> None:
    """Courses on and beside the limits of the contract."""
    files.course("K01", "N", date(2022, 1, 3), date(2022, 2, 14), None)  # forty-two days
    files.course("K02", "N", date(2022, 1, 3), date(2022, 2, 15), None)  # forty-three
    files.course("K03", "N", date(2021, 11, 1), date(2021, 11, 30), None)  # three months later is 28 February
    files.course("K04", "S", date(2022, 9, 1), date(2022, 9, 30), None)  # the phase ends on 30 December 2022
    files.course("K05", "S", date(2022, 9, 1), date(2022, 10, 1), None)  # ... and on 1 January 2023
    files.course("K06", "S", date(2022, 9, 1), date(2022, 9, 15), date(2022, 12, 15))  # ended on the phase's last day
    files.course("K07", "S", date(2022, 9, 1), date(2022, 9, 15), date(2022, 12, 14))  # the day before
    for identity, last in (("K01", date(2022, 5, 14)), ("K02", date(2022, 5, 15)), ("K03", date(2022, 3, 1))):
        for day in (date(2022, 2, 20), date(2022, 2, 27), last):
            files.measure(identity, day, "3,4")
    for identity in ("K04", "K05", "K06", "K07"):
        for day in (date(2022, 10, 3), date(2022, 11, 3), date(2022, 12, 3)):
            files.measure(identity, day, "2,9")
    files.course("K08", "S", None, date(2020, 11, 29), None)  # the second phase starts on 28 February 2021
    files.course(
        "K09", "S", date(2019, 12, 20), date(2020, 3, 1), date(2023, 6, 1)
    )  # ends the day its fourth year begins
    files.course("K10", "S", date(2019, 12, 20), date(2020, 3, 1), date(2023, 6, 2))  # the day after
    for identity, level in (("K08", "2,6"), ("K09", "2,7"), ("K10", "2,6")):
        files.measure(identity, date(2022, 5, 2), "3,0")
        files.measure(identity, date(2022, 11, 2), level)
        files.measure(identity, date(2023, 2, 2), level)


def drugs(rng: random.Random) -> list[Row]:
    """Drugs beyond the usual, and a credit."""
    rows = []
    for at in range(1, 61):
        day = date(2022, 1, 1) + timedelta(days=rng.randrange(730))
        amount = rng.randrange(6_000, 68_000) + rng.randrange(100) / 100
        rows.append([f"L{at:03}", rng.choices(PROVIDERS, (78, 22))[0], day.isoformat(), "YTTERFALL", f"{amount:.2f}"])
    rows.append(["L061", "S", "2022-11-11", "YTTERFALL", "-8450.00"])
    rows.append(["L062", "N", "2023-03-03", "ANNAT", "99000.00"])
    return [[*row[:4], row[4].replace(".", ",")] for row in rows]


def programme(rng: random.Random) -> list[Row]:
    """Persons in the programme, and some in another that is not paid here."""
    rows = []
    for at in range(1, 141):
        first = date(2021, 6, 1) + timedelta(days=rng.randrange(900))
        left = first + timedelta(days=rng.randrange(20, 600)) if rng.random() < 0.5 else None
        kind = "AHS" if rng.random() < 0.9 else "KOL"
        provider = rng.choices(PROVIDERS, WEIGHTS)[0]
        rows.append([f"A{at:03}", provider, f"Q{at:03}", kind, first.isoformat(), left.isoformat() if left else ""])
    rows.append(["K20", "N", "QK20", "AHS", "2022-03-01", "2022-04-01"])  # one month
    rows.append(["K21", "N", "QK21", "AHS", "2022-03-02", "2022-04-01"])  # none
    return rows


def write(name: str, heading: str, rows: list[Row]) -> None:
    """A file with semicolons."""
    with (DATA / name).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";", lineterminator="\n").writerows([heading.split(";"), *rows])


def main() -> None:
    """Write the four files."""
    DATA.mkdir(exist_ok=True)
    rng = random.Random(SEED)
    files = Files()
    edges(files)
    drawn(files, rng)
    write("forlopp.csv", "Förlopp;Vårdgivare;Patient;Remitterad;Diagnos;Avslutat", files.courses)
    write("das28.csv", "Förlopp;Mätdatum;DAS28", sorted(files.activity))
    write("lakemedel.csv", "Id;Vårdgivare;Datum;Slag;Belopp", drugs(rng))
    write("program.csv", "Id;Vårdgivare;Patient;Program;Inskriven;Utskriven", programme(rng))


if __name__ == "__main__":
    main()
