"""Make the synthetic data of the agreement on patients ready to leave hospital: patients, and a calendar.

Every row is invented. The same seed gives the same bytes (no clock is read). Rows whose id starts with `K` are edge
rows, placed on purpose on or beside a limit of the contract; `source.md` says what they show. The calendar's working
days are Monday to Friday but Swedish public holidays, and the eves of midsummer, Christmas and New Year.
Run it from anywhere: `python generate.py`.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

SEED = 20220101
DATA = Path(__file__).parent / "data"

MUNICIPALITIES = {"STOR": 60, "MELLAN": 28, "LILL": 12}  # weights
CARE = {"Somatik": 78, "Geriatrik": 14, "Psykiatri": 8}
PATIENTS = 620
FIRST, LAST = date(2021, 11, 15), date(2022, 12, 28)
HOLIDAYS = (
    *("2021-12-24", "2021-12-31", "2022-01-06", "2022-04-15", "2022-04-18", "2022-05-26"),
    *("2022-06-06", "2022-06-24", "2022-12-26", "2023-01-06"),
)
SLOW = {"STOR": 3.4, "MELLAN": 2.6, "LILL": 3.0}
SLOWER = {"Somatik": 1, "Geriatrik": 2, "Psykiatri": 9}

# id, municipality, care, ready, left ("" is still there)
EDGES = (
    ("K01", "LILL", "Geriatrik", "2022-04-12", "2022-04-21"),
    ("K02", "LILL", "Geriatrik", "2022-04-12", "2022-04-20"),
    ("K03", "LILL", "Geriatrik", "2021-12-29", "2022-01-04"),
    ("K04", "LILL", "Geriatrik", "2021-12-20", "2022-01-01"),
    ("K05", "LILL", "Geriatrik", "2021-12-20", "2022-01-02"),
    ("K06", "LILL", "Geriatrik", "2022-12-28", ""),
    ("K07", "LILL", "Psykiatri", "2022-05-01", "2022-05-31"),
    ("K08", "LILL", "Psykiatri", "2022-05-01", "2022-06-01"),
    ("K09", "LILL", "Psykiatri", "2022-05-01", "2022-06-02"),
    ("K10", "LILL", "Psykiatri", "2022-11-15", "2023-01-31"),
    ("K11", "LILL", "Psykiatri", "2022-12-28", "2023-03-01"),
    ("K12", "LILL", "Somatik", "2021-12-22", "2022-01-03"),
    ("K13", "LILL", "Somatik", "2022-12-27", "2023-01-02"),
    ("K14", "LILL", "Somatik", "2022-12-27", ""),
    ("K15", "STOR", "Somatik", "2022-07-01", "2022-07-01"),
)


def write(name: str, heading: str, rows: list[tuple[str, ...]]) -> None:
    """Write a file of semicolons into `data/`."""
    text = "\n".join([heading, *(";".join(row) for row in rows)]) + "\n"
    (DATA / name).write_text(text, encoding="utf-8", newline="")


def patients(rng: random.Random) -> list[tuple[str, ...]]:
    """Patients in the order of their notice."""
    drawn = []
    for _ in range(PATIENTS):
        ready = FIRST + timedelta(days=rng.randrange((LAST - FIRST).days + 1))
        municipality = rng.choices(list(MUNICIPALITIES), list(MUNICIPALITIES.values()))[0]
        care = rng.choices(list(CARE), list(CARE.values()))[0]
        slow = SLOW[municipality] * SLOWER[care]
        days = 0 if rng.random() < 0.12 else int(rng.expovariate(1 / slow))
        left = ready + timedelta(days=days)
        drawn.append((ready, municipality, care, left.isoformat() if left <= date(2023, 1, 15) else ""))
    drawn.sort()
    return [(f"U{i:04}", m, care, ready.isoformat(), left) for i, (ready, m, care, left) in enumerate(drawn, start=1)]


def calendar() -> list[tuple[str, ...]]:
    """Every day from 2021-11-01 to 2023-01-31."""
    days = [date(2021, 11, 1) + timedelta(days=i) for i in range((date(2023, 1, 31) - date(2021, 11, 1)).days + 1)]
    return [(d.isoformat(), "Nej" if d.weekday() > 4 or d.isoformat() in HOLIDAYS else "Ja") for d in days]


def main() -> None:
    """Write the files."""
    rows = [*patients(random.Random(SEED)), *EDGES]
    write("utskrivningsklara.csv", "Vårdtillfälle;Kommun;Vårdslag;Utskrivningsklar;Utskriven", rows)
    write("kalender.csv", "Dag;Arbetsdag", calendar())


if __name__ == "__main__":
    main()
