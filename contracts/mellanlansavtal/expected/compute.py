"""Work out the expected settlements without the engine: plain Python, exact fractions, whole öre.

Written from source.md. Reads the files in `data/` and the list of weights, writes `settlement.csv` beside this script.

    python contracts/mellanlansavtal/expected/compute.py
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
UNITS = {"Norrhavs lasarett": "NL", "Kustkliniken": "KK"}
BUYERS = {"Region Söderslätt": "SS", "Region Österdal": "ÖD"}
PERIODS = [f"{year}-q{quarter}" for year in (2022, 2023) for quarter in (1, 2, 3, 4)]

POINT_PRICE = {"2022": Fraction(63_493), "2023": 63_493 * (1 + Fraction(24, 1000))}  # kr
IMPLANTS = {
    ("KNÄPROTES", "2022"): 9_400,
    ("KNÄPROTES", "2023"): 9_400,
    ("AXELSTIFT", "2022"): 2_150,
    ("AXELSTIFT", "2023"): 2_275,
    ("LINS", "2022"): 840,
    ("LINS", "2023"): 840,
}
VAT = {"NL": Fraction(0), "KK": Fraction(6, 100)}

DRG, IMPLANT, DRUG, FEE, DEDUCTION = KEYS = (
    'drg["Vård enligt DRG"]',
    'exceptions["Implantat"]',
    'actual_cost["Dyra läkemedel"]',
    'patient_fees["Patientavgifter i öppenvården"]',
    'vat_deduction["Momsavdrag"]',
)


def number(text: str) -> Fraction:
    """A Swedish number."""
    return Fraction(text.replace(",", "."))


def rows(path: str) -> list[dict[str, str]]:
    """The rows of a semicolon file by heading."""
    with (FOLDER / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def quarter(day: str) -> str:
    """The quarter of a day."""
    return f"{day[:4]}-q{(int(day[5:7]) + 2) // 3}"


def ore(amount: Fraction) -> int:
    """Whole öre, half away from zero."""
    size = int(abs(amount) * 100 + Fraction(1, 2))
    return size if amount >= 0 else -size


def gross() -> dict[tuple[str, str, str, str], Fraction]:
    """The parts of the gross sum by (period, buyer, provider, clause), before rounding."""
    found: dict[tuple[str, str, str, str], Fraction] = {}

    def add(row: dict[str, str], day: str, key: str, amount: Fraction) -> None:
        of = (quarter(day), BUYERS.get(row["Köpande region"], ""), UNITS[row["Utförare"]], key)
        found[of] = found.get(of, Fraction(0)) + amount

    weights = {(r["drg"], r["från"][:4]): (number(r["vikt"]), number(r["gräns"])) for r in rows("viktlista.csv")}
    for row in rows("data/vardkontakter.csv"):
        day = row["Utskriven"]
        if day[:4] not in POINT_PRICE:
            continue
        weight, limit = weights[row["DRG"], day[:4]]
        beyond = max(number(row["Kostnad (kr)"]) - limit, Fraction(0))
        add(row, day, DRG, weight * POINT_PRICE[day[:4]] + beyond)
    for row in rows("data/implantat.csv"):
        day = row["Datum"]
        add(row, day, IMPLANT, number(row["Antal"]) * IMPLANTS[row["Artikel"], day[:4]])
    for row in rows("data/lakemedel.csv"):
        add(row, row["Datum"], DRUG, number(row["Belopp (kr)"]))
    for row in rows("data/patientavgifter.csv"):
        add(row, row["Betald"], FEE, -number(row["Avgift (kr)"]))
    return found


def main() -> None:
    """Write the settlements."""
    exact = gross()
    with (FOLDER / "expected" / "settlement.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(["period", "buyer", "provider", "clause", "amount"])
        for period in PERIODS:
            for buyer in BUYERS.values():
                for provider in UNITS.values():
                    due = {key: ore(exact.get((period, buyer, provider, key), Fraction(0))) for key in KEYS[:-1]}
                    due[DEDUCTION] = -ore(VAT[provider] * Fraction(sum(due.values()), 100))
                    due["total"] = sum(due.values())
                    for key, amount in due.items():
                        sign = "-" if amount < 0 else ""
                        kronor = f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"
                        writer.writerow([period, buyer, provider, key, kronor])


if __name__ == "__main__":
    main()
