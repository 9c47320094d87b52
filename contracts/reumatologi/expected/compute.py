"""Work out the settlement of the rheumatology contract without the rules engine, in exact fractions.

Reads the CSV files in `../data` and holds the contract's figures as constants, written a second time on purpose.
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
YEARS, PROVIDERS, BUYER = (2022, 2023), ("N", "S"), "RE"
IN_TIME, EARLY = timedelta(days=42), 1_500
PHASE_MONTHS, INTENSIVE, CHECKS, TOO_FEW = 3, 18_500, 3, Fraction(60, 100)
EARLY_YEARS, LATER_YEARS = 12_400, 9_300
BONUS, LEVEL, YEARLY_CHECKS = 2_200, Fraction("2.6"), 2
DRUG_SHARE, DRUGS_AT_MOST = Fraction(70, 100), 800_000
PROGRAMME = 640

Record = dict[str, str]


def read(name: str) -> list[Record]:
    """The rows of a data file by heading."""
    with (HERE.parent / "data" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def to_ore(amount: Fraction) -> Fraction:
    """The amount in kr rounded to whole öre, half away from zero."""
    ore = abs(amount) * 100
    whole = (2 * ore.numerator + ore.denominator) // (2 * ore.denominator)
    return Fraction(whole if amount >= 0 else -whole, 100)


def kr(amount: Fraction) -> str:
    """Two decimals and a point, from an amount in whole öre."""
    whole, rest = divmod(abs(int(amount * 100)), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:02}"


def phases(courses: list[Record], measured: dict[str, list[tuple[date, Fraction]]], year: int) -> dict[str, Fraction]:
    """The sums of the three phases and the bonus for one provider's courses in a year."""
    last_day = date(year, 12, 31)
    early = intensive = yearly = bonus = Fraction(0)
    for course in courses:
        diagnosed = date.fromisoformat(course["Diagnos"])
        ended = date.fromisoformat(course["Avslutat"]) if course["Avslutat"] else date.max
        start = months_after(diagnosed, PHASE_MONTHS)
        checks = measured[course["Förlopp"]]
        if diagnosed.year == year and course["Remitterad"]:
            early += EARLY if diagnosed <= date.fromisoformat(course["Remitterad"]) + IN_TIME else 0
        if start.year == year and ended >= start:
            made = sum(diagnosed <= day <= start for day, _ in checks)
            intensive += INTENSIVE if made >= CHECKS else TOO_FEW * INTENSIVE
        nth = year - start.year + 1
        if nth >= 1 and ended > months_after(start, 12 * (nth - 1)):
            yearly += EARLY_YEARS if nth <= 2 else LATER_YEARS
        own = sorted(check for check in checks if check[0].year == year)
        if start <= last_day < ended and len(own) >= YEARLY_CHECKS and own[-1][1] <= LEVEL:
            bonus += BONUS
    return {
        'early_detection["Prefas"]': early,
        'intensive_phase["Fas 1"]': intensive,
        'yearly_phase["Fas 2"]': yearly,
        'remission_bonus["Remission"]': bonus,
    }


def enrolled_months(rows: list[Record], year: int) -> int:
    """How many persons were in the programme on the first day of each month, summed over the year."""
    firsts = [date(year, month, 1).isoformat() for month in range(1, 13)]
    own = [row for row in rows if row["Program"] == "AHS"]
    return sum(
        row["Inskriven"] <= day and (not row["Utskriven"] or row["Utskriven"] > day) for day in firsts for row in own
    )


def main() -> None:
    """Write `settlement.csv`."""
    measured: dict[str, list[tuple[date, Fraction]]] = defaultdict(list)
    for row in read("das28.csv"):
        measured[row["Förlopp"]].append((date.fromisoformat(row["Mätdatum"]), Fraction(row["DAS28"].replace(",", "."))))
    files = {name: read(name) for name in ("forlopp.csv", "lakemedel.csv", "program.csv")}
    lines = ["period;buyer;provider;clause;amount\n"]
    for year in YEARS:
        for provider in PROVIDERS:
            courses, drugs, programme = ([r for r in rows if r["Vårdgivare"] == provider] for rows in files.values())
            cost = sum(
                Fraction(d["Belopp"].replace(",", "."))
                for d in drugs
                if d["Slag"] == "YTTERFALL" and d["Datum"].startswith(str(year))
            )
            clauses = {
                **phases(courses, measured, year),
                "cost_reimbursement[YTTERFALL]": min(DRUG_SHARE * cost, Fraction(DRUGS_AT_MOST)),
                "enrolled_programme[AHS]": Fraction(PROGRAMME * enrolled_months(programme, year)),
            }
            payable = {key: to_ore(amount) for key, amount in clauses.items()}
            payable["total"] = sum(payable.values(), Fraction(0))
            lines += [f"{year};{BUYER};{provider};{key};{kr(amount)}\n" for key, amount in payable.items()]
    # clause keys hold quotation marks of their own, and no cell holds a semicolon: nothing needs quoting
    with (HERE / "settlement.csv").open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(lines)


if __name__ == "__main__":
    main()
