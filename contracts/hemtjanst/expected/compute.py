"""Work out what the home care contract comes to, without Avtal: minutes and exact fractions on the files of `data/`.

Weeks are those of the ISO calendar. Writes `settlement.csv` and `taket.csv` (each client and week that the ceiling cut,
month by month, but for clients who are paid by level). Run it from anywhere: `python compute.py`.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"

BUYER, PROVIDERS = "KOMMUN", ("ALMA", "BJÖRK")
MONTHS = ("2023-10", "2023-11", "2023-12", "2024-01", "2024-02", "2024-03")
HOUR = {"2023": 412, "2024": 424}  # 412 × 1.028 = 423.536, to whole kronor
LEVELS = {"1": (310, 0, 60), "2": (640, 60, 150), "3": (1_150, 150, 300)}  # kr a day; minutes a day, from and below
NIGHT = 520
TASKS = {
    ("Insulin", "Legitimerad"): 235,
    ("Insulin", "Delegerad"): 145,
    ("Läkemedel", "Legitimerad"): 180,
    ("Läkemedel", "Delegerad"): 95,
    ("Sårvård", "Legitimerad"): 460,
}
CONTINUITY, MOST_STAFF, LEAST_RECORDS = 350, 6, 8


def read(name: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def number(text: str) -> Fraction:
    """A number with a decimal comma."""
    return Fraction(text.replace(",", "."))


def week(day: str) -> tuple[int, int]:
    """The year and number of the ISO week."""
    year, number_of, _ = date.fromisoformat(day).isocalendar()
    return year, number_of


def to_ore(amount: Fraction) -> Fraction:
    """Rounded to whole öre, halves away from zero (no amount here is negative)."""
    return Fraction((amount * 100 + Fraction(1, 2)).__floor__(), 100)


def kr(amount: Fraction) -> str:
    """A whole number of öre as kronor with two decimals."""
    whole = int(amount * 100)
    return f"{whole // 100}.{whole % 100:02}"


def paid_minutes(provider: str, month: str, cut: list[list[str]]) -> Fraction:
    """Minutes within the granted, week by week; what fell before the month has used its part of the ceiling."""
    granted: Counter[tuple[str, tuple[int, int]]] = Counter()
    for row in GRANTED:
        if row["Utförare"] == provider:
            granted[row["Brukare"], week(row["Från"])] += number(row["Timmar"]) * 60
    earlier: Counter[tuple[str, tuple[int, int]]] = Counter()
    given: Counter[tuple[str, tuple[int, int]]] = Counter()
    for row in RECORDED:
        if row["Utförare"] == provider:
            key = (row["Brukare"], week(row["Datum"]))
            if row["Datum"] < f"{month}-01":
                earlier[key] += int(row["Tid (minuter)"])
            elif row["Datum"].startswith(month):
                given[key] += int(row["Tid (minuter)"])
    total = Fraction(0)
    for key, minutes in sorted(given.items()):
        left = max(granted[key] - earlier[key], 0)
        total += min(minutes, left)
        if minutes > left and key[0] not in ON_LEVEL:
            client, (iso_year, iso_week) = key
            row = [month, provider, client, f"{iso_year}-W{iso_week:02}", str(minutes), str(left), str(minutes - left)]
            cut.append(row)
    return total


def level_sum(provider: str, month: str) -> Fraction:
    """Day prices by level; in proportion when less was given than the span of the level."""
    total = Fraction(0)
    for row in DECIDED:
        if row["Utförare"] != provider or not row["Från"].startswith(month):
            continue
        price, least, _below = LEVELS[row["Nivå"]]
        days = (date.fromisoformat(row["Till"]) - date.fromisoformat(row["Från"])).days + 1
        minutes = sum(
            int(t["Tid (minuter)"])
            for t in RECORDED
            if t["Utförare"] == provider and t["Brukare"] == row["Brukare"] and row["Från"] <= t["Datum"] <= row["Till"]
        )
        part = Fraction(minutes, days * least) if minutes < days * least else Fraction(1)
        total += price * days * part
    return total


def continuity_sum(provider: str, month: str) -> Fraction:
    """The supplement for each client and month with few enough staff and records enough."""
    staff: dict[tuple[str, str], set[str]] = defaultdict(set)
    records: Counter[tuple[str, str]] = Counter()
    for row in RECORDED:
        if row["Utförare"] == provider and row["Datum"].startswith(month):
            staff[row["Brukare"], row["Datum"][:7]].add(row["Personal"])
            records[row["Brukare"], row["Datum"][:7]] += 1
    met = sum(len(who) <= MOST_STAFF and records[key] >= LEAST_RECORDS for key, who in staff.items())
    return Fraction(CONTINUITY * met)


def own(rows: list[dict[str, str]], provider: str, month: str) -> list[dict[str, str]]:
    """The provider's rows of the month."""
    return [r for r in rows if r["Utförare"] == provider and r["Datum"].startswith(month)]


def main() -> None:
    """Write the files."""
    rows: list[list[str]] = []
    cut: list[list[str]] = []
    for month in MONTHS:
        for provider in PROVIDERS:
            planned = [r for r in own(read("nattbesok.csv"), provider, month) if r["Avbokat"] == "Nej"]
            tasks = own(read("insatser.csv"), provider, month)
            clauses = {
                'performed_hours["Hemtjänst"]': paid_minutes(provider, month, cut) * HOUR[month[:4]] / 60,
                'level_pay["Trygghetsboende"]': level_sum(provider, month),
                'planned_hours["Nattpatrull"]': sum((NIGHT * number(r["Timmar"]) for r in planned), Fraction(0)),
                'health_tasks["Sjukvårdsinsatser"]': Fraction(
                    sum(TASKS[r["Insats"], r["Utförd av"]] for r in tasks if r["Utförd av"] != "Utan delegering")
                ),
                'continuity_supplement["Personalkontinuitet"]': continuity_sum(provider, month),
            }
            payable = {key: to_ore(amount) for key, amount in clauses.items()}
            payable["total"] = sum(payable.values(), Fraction(0))
            rows += [[month, BUYER, provider, key, kr(amount)] for key, amount in payable.items()]
    write("settlement.csv", "period;buyer;provider;clause;amount", rows)
    write("taket.csv", "period;provider;client;week;minutes;left;cut", cut)


def write(name: str, heading: str, rows: list[list[str]]) -> None:
    """Write a UTF-8 file with semicolons beside this script."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(";".join(cells) + "\n" for cells in [heading.split(";"), *rows])


GRANTED, RECORDED, DECIDED = read("beviljad_tid.csv"), read("tidposter.csv"), read("nivabeslut.csv")
ON_LEVEL = {row["Brukare"] for row in DECIDED}

if __name__ == "__main__":
    main()
