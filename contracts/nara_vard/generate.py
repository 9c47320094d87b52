"""Make the synthetic data of the local-care agreement: lists, posts, activities, stays in hospital, calls, visits.

Every row is invented. The same seed gives the same bytes (no clock is read). On purpose: a list at its ceiling and
above, posts above what is paid for, calls on the third day and the fourth, stays of the year before as a baseline, a
request that still waits, and a health centre that is no party. Run it from anywhere: `python generate.py`.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

SEED = 20230517
DATA = Path(__file__).parent / "data"
CENTRES = {"Liden": 3_962, "Åsen": 7_410, "Viken": 2_100}
"""Listed persons at the end of 2022; Viken is no party."""
GROUPS = (("9", "kvinna", 0.09), ("9", "man", 0.1), ("40", "kvinna", 0.28), ("40", "man", 0.29), ("75", "kvinna", 0.13))
POSTS = {
    "Liden": {"SAMORDNARE": (0, 2), "ÄLDRESSK": (2, 3), "HÄLSOCOACH": (0, 2), "UTVECKLARE": (0, 1)},
    "Åsen": {"SAMORDNARE": (3, 4), "ÄLDRESSK": (5, 8), "HÄLSOCOACH": (1, 2), "UTVECKLARE": (1, 2)},
}
"""Quarters of a post that may be filled."""
ACTIVITIES = {
    "INNOVATIONSGRUPP": ("ALLA",),
    "ARBETSMILJÖ": ("ALLA",),
    "SAMORDNINGSMÖTE": ("ALLA",),
    "KVÄLLSTIMME": ("ALLA",),
    "PATIENTKONTRAKT": ("LÄKARE", "SSK"),
    "GRUPPDELTAGARE": ("ALLA",),
    "FAR": ("ALLA",),
    "DIGITALT_BESÖK": ("LÄKARE", "SSK"),
    "KONSULTATION": ("LÄKARE",),
}
DIAGNOSES = ("I500", "I509", "J441", "E110", "N10", "S720", "J189", "I639", "K802", "F329")
STAYS = {("Liden", 2022): 88, ("Liden", 2023): 71, ("Åsen", 2022): 149, ("Åsen", 2023): 152}


def month_ends() -> list[date]:
    """The last day of each month from December 2022 to December 2023."""
    firsts = [date(2023, month, 1) for month in range(1, 13)] + [date(2024, 1, 1)]
    return [first - timedelta(days=1) for first in firsts]


def a_day(rng: random.Random, year: int) -> date:
    """A day of a year."""
    return date(year, 1, 1) + timedelta(days=rng.randrange(365))


def main() -> None:
    """Write the files."""
    rng = random.Random(SEED)
    _lists(rng)
    _posts(rng)
    _activities(rng)
    _stays_and_calls(rng)
    _requests(rng)
    _visits(rng)
    results = ("Liden;603;2023-11-15;71,5", "Åsen;603;2023-11-15;60", "Viken;603;2023-11-15;80")
    _write("resultat.csv", "Vårdcentral;Indikator;Mätdag;Värde", results)


def _lists(rng: random.Random) -> None:
    rows = []
    for centre, at_first in CENTRES.items():
        whole = at_first
        for day in month_ends():
            if centre == "Liden" and day == date(2023, 3, 31):
                whole = 4_000  # at the ceiling
            counts = [int(whole * share) for *_, share in GROUPS]
            for (age, sex, _), count in zip((*GROUPS, ("75", "man", 0.0)), (*counts, whole - sum(counts)), strict=True):
                rows.append(f"{centre};{day};{age};{sex};{count}")
            whole += rng.randrange(4, 21)
    _write("listor.csv", "Vårdcentral;Avläst;Ålder;Kön;Antal", rows)


def _posts(rng: random.Random) -> None:
    rows = [
        f"{centre};{day};{profession};{str(rng.randint(*span) / 4).replace('.', ',')}"
        for centre, posts in POSTS.items()
        for day in month_ends()
        for profession, span in posts.items()
    ]
    _write("bemanning.csv", "Vårdcentral;Avläst;Yrkesgrupp;Tillsatta", rows)


def _activities(rng: random.Random) -> None:
    rows = []
    for centre, size in (("Liden", 1), ("Åsen", 2), ("Viken", 1)):
        for month in range(1, 13):
            for item, professions in ACTIVITIES.items():
                day = date(2023, month, rng.randrange(1, 29))
                rows += [(str(day), centre, item, p, rng.randrange(0, 9) * size) for p in professions]
    rows += [("2023-04-03", "Åsen", "DIGITALT_RUM", "ALLA", 2), ("2023-10-02", "Liden", "DIGITALT_RUM", "ALLA", 1)]
    rows += [("2022-12-31", "Liden", "FAR", "ALLA", 9), ("2024-01-01", "Liden", "FAR", "ALLA", 9)]
    lines = [
        ";".join([f"A{at:04}", centre, day, *map(str, rest)]) for at, (day, centre, *rest) in enumerate(sorted(rows), 1)
    ]
    _write("aktiviteter.csv", "Nr;Vårdcentral;Datum;Artikel;Yrkesgrupp;Antal", lines)


def _stays_and_calls(rng: random.Random) -> None:
    stays: list[tuple[date, str, str, date, str, str]] = []
    calls: list[tuple[date, str, str]] = []
    for (centre, year), count in STAYS.items():
        for _ in range(count):
            out = a_day(rng, year)
            person = f"P{rng.randrange(1000, 9999)}"
            emergency = "ja" if rng.random() < 0.7 else "nej"
            stays.append(
                (out, centre, person, out - timedelta(days=rng.randrange(1, 12)), rng.choice(DIAGNOSES), emergency)
            )
            if year == 2023 and rng.random() < 0.6:
                calls.append((out + timedelta(days=rng.choice((0, 1, 2, 3, 3, 4, 6))), centre, person))
    for centre in ("Liden", "Åsen"):
        stays.append((date(2023, 12, 31), centre, f"Q{centre}", date(2023, 12, 28), "I509", "ja"))
        calls.append((date(2024, 1, 3), centre, f"Q{centre}"))  # the third day, in the next year
    lines = [
        f"S{at:04};{centre};{person};{came};{out};{icd};{emergency}"
        for at, (out, centre, person, came, icd, emergency) in enumerate(sorted(stays), 1)
    ]
    _write("slutenvard.csv", "Nr;Listad hos;Person;Inskriven;Utskriven;Huvuddiagnos;Akut", lines)
    told = [f"C{at:04};{centre};{day};{person}" for at, (day, centre, person) in enumerate(sorted(calls), 1)]
    _write("samtal.csv", "Nr;Vårdcentral;Datum;Person", told)


def _requests(rng: random.Random) -> None:
    rows: list[tuple[date, str, str]] = []
    for centre, chances in (("Liden", (0.62, 0.7)), ("Åsen", (0.8, 0.97))):
        for year, chance in zip((2022, 2023), chances, strict=True):
            for _ in range(180):
                day = a_day(rng, year)
                waited = rng.randrange(0, 4) if rng.random() < chance else rng.randrange(4, 20)
                rows.append((day, centre, str(day + timedelta(days=waited))))
        rows.append((date(2023, 12, 30), centre, ""))  # waits still
    lines = [f"F{at:04};{centre};{day};{assessed}" for at, (day, centre, assessed) in enumerate(sorted(rows), 1)]
    _write("vardforfragningar.csv", "Nr;Vårdcentral;Begärd;Bedömd", lines)


def _visits(rng: random.Random) -> None:
    rows: list[tuple[date, str, str, str, str]] = []
    for centre, count, loyal, digital in (("Liden", 420, 0.66, 0.17), ("Åsen", 700, 0.35, 0.31)):
        doctors = [f"{centre[0]}{number}" for number in range(1, 6)]
        for _ in range(count):
            own = rng.choice(doctors) if rng.random() < 0.8 else ""
            doctor = own if own and rng.random() < loyal else rng.choice(doctors)
            rows.append((a_day(rng, 2023), centre, doctor, own, "ja" if rng.random() < digital else "nej"))
    lines = [";".join([f"B{at:04}", row[1], str(row[0]), *row[2:]]) for at, row in enumerate(sorted(rows), 1)]
    _write("lakarbesok.csv", "Nr;Vårdcentral;Datum;Läkare;Fast läkare;Digitalt", lines)


def _write(name: str, heading: str, rows: list[str] | tuple[str, ...]) -> None:
    (DATA / name).write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
