"""Work out the expected settlement of this contract without the engine: plain Python, exact fractions.

Written from source.md. Reads the files in `data/` and the two lists beside the contract, and writes `settlement.csv`
beside this script. What the contract's own text holds (shares, volumes, prices, indices) is repeated here on purpose.

    python contracts/riksavtal_portfolj/expected/compute.py
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
BUYERS = ("UPPSALA", "OREBRO", "VASTMANLAND", "VARMLAND", "SORMLAND", "DALARNA", "GAVLEBORG", "STOCKHOLM")
YEARS = (2022, 2023)
FIXED = {code: Fraction(0 if code in ("UPPSALA", "STOCKHOLM") else 40, 100) for code in BUYERS}
SHARE = {1: Fraction(1), 2: Fraction(60, 100), 3: Fraction(1)}
COMMITTED = {"VASTMANLAND": (40, 100), "SORMLAND": (60, 100), "DALARNA": (25, 50)}  # volume, % paid of the unused
MR_PRICE, BEYOND = Fraction(2_650), Fraction(70, 100)
WEEK = {"ST": Fraction(4_200), "BT": Fraction(3_100)}
LPIK = {2021: (Fraction("0.023"), Fraction("0.026")), 2022: (Fraction("0.024"), Fraction("0.041"))}
INDEXED = ("Regionavtal", "Riksavtal", "Slutet avtal")
KEYS = (
    'subscription["Regionavtal, fast del"]',
    "agreement_care[3]",
    "agreement_care[2]",
    "agreement_care[1]",
    "volume_commitment[MR]",
    'actual_cost["Särdebiteringar"]',
    'doctor_training["Utbildning"]',
    'index_correction["Förra årets index"]',
)


def number(text: str) -> Fraction:
    """A Swedish number."""
    return Fraction(text.replace(",", "."))


def rows(path: str) -> Iterator[dict[str, str]]:
    """The rows of a semicolon file by heading."""
    with (FOLDER / path).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


def fits(pattern: str, code: str) -> bool:
    """Whether a code is the pattern, or begins like it."""
    return code.startswith(pattern[:-1]) if pattern.endswith("*") else code == pattern


REGISTER = list(rows("avtalsregister.csv"))
WEIGHTS = {(r["drg"], r["från"][:4]): (number(r["vikt"]), number(r["gräns"])) for r in rows("viktlista.csv")}


def agreement(buyer: str, drg: str, day: str) -> tuple[int, Fraction]:
    """The most specific agreement in force that covers a contact, and its price of a point."""
    found = [
        (int(r["avtalsslag"]), number(r["pris"]))
        for r in REGISTER
        if r["pris"] and r["från"] <= day <= r["till"] and fits(r["beställare"], buyer) and fits(r["drg"], drg)
    ]
    return max(found)


def exact() -> dict[tuple[int, str, str], Fraction]:
    """The amount of each (year, buyer, clause) before rounding."""
    amounts = {(year, buyer, key): Fraction(0) for year in YEARS for buyer in BUYERS for key in KEYS}
    fixed, third, second, first, volume, special, training, correction = KEYS
    by_kind = {1: first, 2: second, 3: third}

    def add(year: int, buyer: str, key: str, amount: Fraction) -> None:
        if (year, buyer, key) in amounts:
            amounts[year, buyer, key] += amount

    for row in rows("data/fakturerat.csv"):
        buyer, year, amount = row["Köpare"], int(row["Avser kvartal t.o.m."][:4]), number(row["Nettobelopp"])
        if row["Slag"] == "Regionavtal":
            for later in (year + 1, year + 2):
                add(later, buyer, fixed, FIXED[buyer] * amount / 2)
        if row["Slag"] in INDEXED and year in LPIK:
            forecast, outcome = LPIK[year]
            add(year + 1, buyer, correction, amount * (1 + outcome) / (1 + forecast) - amount)
    for row in rows("data/vardtillfallen.csv"):
        day = row["Utskriven"]
        if int(day[:4]) not in YEARS:
            continue
        weight, limit = WEIGHTS[row["DRG"], day[:4]]
        kind, price = agreement(row["Köpare"], row["DRG"], day)
        cost = number(row["Kostnad"])
        points = weight * price * SHARE[kind]
        if cost > limit:
            points = points + cost - limit if kind == 3 else cost
        add(int(day[:4]), row["Köpare"], by_kind[kind], points)
    bought = dict.fromkeys(((year, buyer) for year in YEARS for buyer in BUYERS), Fraction(0))
    for row in rows("data/tjanster.csv"):
        if row["Artikel"] == "MR":
            bought[int(row["Datum"][:4]), row["Köpare"]] += number(row["Antal"])
    for (year, buyer), number_bought in bought.items():
        if buyer in COMMITTED:
            agreed, unused = COMMITTED[buyer]
            apart = number_bought - agreed
            paid = agreed + BEYOND * apart if apart > 0 else number_bought - Fraction(unused, 100) * apart
        else:
            paid = number_bought
        add(year, buyer, volume, MR_PRICE * paid)
    for row in rows("data/sardebiteringar.csv"):
        add(int(row["Datum"][:4]), row["Köpare"], special, number(row["Belopp"]))
    for row in rows("data/utbildning.csv"):
        add(int(row["Avslutad"][:4]), row["Köpare"], training, WEEK[row["Utbildning"]] * number(row["Veckor"]))
    return amounts


def to_ore(amount: Fraction) -> int:
    """Whole öre, half away from zero."""
    size = int(abs(amount) * 100 + Fraction(1, 2))
    return size if amount >= 0 else -size


def main() -> None:
    """Write the settlements."""
    amounts = exact()
    with (FOLDER / "expected" / "settlement.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(["period", "buyer", "provider", "clause", "amount"])
        for year in YEARS:
            for buyer in BUYERS:
                ore = {key: to_ore(amounts[year, buyer, key]) for key in KEYS}
                for key, amount in (*ore.items(), ("total", sum(ore.values()))):
                    sign = "-" if amount < 0 else ""
                    writer.writerow([year, buyer, "AS", key, f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"])


if __name__ == "__main__":
    main()
