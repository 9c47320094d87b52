"""Work out what the municipality repays, without Avtal: whole numbers on the file of `data/`, year after year.

What has been repaid is carried from year to year, and the ceiling taken on the sum. Writes `settlement.csv` and
`utfall.csv`. Run it from anywhere: `python compute.py`.
"""

from __future__ import annotations

import csv
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"

INVESTED, PROFIT = 10_000_000, 20  # kr, per cent
REPAID = 80  # per cent of what was saved
DAY, SUBJECT = 5_000, 12_000  # kr
MEASURING = 250_000  # kr a year
YEARS = ("2020", "2021", "2022", "2023")


def main() -> None:
    """Write the files."""
    with (DATA / "utfall.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    most = INVESTED + INVESTED * PROFIT // 100
    saved = repaid = 0  # what was measured before the contract's first year counts neither as saved nor as lost
    written: list[str] = []
    steps: list[str] = []
    for year in YEARS:
        own = [r for r in rows if r["Mätdag"].startswith(year)]
        days = sum(int(r["Utgångsläge"]) - int(r["Utfall"]) for r in own if r["Mått"] == "Placerade dygn")
        subjects = sum(int(r["Utfall"]) - int(r["Utgångsläge"]) for r in own if r["Mått"] == "Godkända ämnen")
        saved += days * DAY + subjects * SUBJECT
        due = min(max(saved * REPAID, 0), most * 100)
        paid, repaid = due - repaid, due
        amounts = {'social_outcome["Utfall"]': paid, 'block["Oberoende mätning"]': MEASURING * 100}
        amounts["total"] = sum(amounts.values())
        written += [f"{year};KOMMUN;FOND;{key};{kr(amount)}" for key, amount in amounts.items()]
        steps.append(f"{year};{days};{subjects};{saved};{kr(due)};{kr(paid)}")
    write("settlement.csv", "period;buyer;provider;clause;amount", written)
    write("utfall.csv", "period;days_fewer;subjects_more;saved_so_far;repaid_so_far;repaid", steps)


def kr(hundredths: int) -> str:
    """Öre as kronor with two decimals, the minus sign in front."""
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


def write(name: str, heading: str, rows: list[str]) -> None:
    """Write a UTF-8 file beside this script."""
    (HERE / name).write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
