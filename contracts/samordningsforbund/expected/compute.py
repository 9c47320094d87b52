"""Work out what the members pay, without Avtal: plain Python and exact fractions on the files of `data/`.

Writes `settlement.csv` and `andelar.csv`. Run it from anywhere: `python compute.py`.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"

PROVIDER = "FORB"
BUDGET = {"2022": 8_000_000, "2023": 8_500_000}
SHARES = {"Stat": Fraction(1, 2), "Region": Fraction(1, 4), "Kommun": Fraction(1, 4)}
TAKES_THE_REST = "STATEN"
WEIGHTED, WEIGHTS = 12_000, {"Enkla": Fraction(1, 2), "Flera": Fraction(1), "Sammansatta": Fraction(9, 5)}
JOINT, AT_STAKE, LOW, HIGH = 18_000, Fraction(1, 4), Fraction(3, 10), Fraction(1, 2)
PRICES = {"Möte": 1_850, "Plan": 4_200, "Samordnare": 16_500}


def read(name: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def to_ore(amount: Fraction) -> Fraction:
    """Rounded to whole öre, halves away from zero (no amount here is negative)."""
    return Fraction((amount * 100 + Fraction(1, 2)).__floor__(), 100)


def kr(amount: Fraction) -> str:
    """A whole number of öre as kronor with two decimals."""
    whole = int(amount * 100)
    return f"{whole // 100}.{whole % 100:02}"


def main() -> None:
    """Write the files."""
    members, participants, activities = read("medlemmar.csv"), read("deltagare.csv"), read("aktiviteter.csv")
    written: list[list[str]] = []
    parts_written: list[list[str]] = []
    for year, budget in BUDGET.items():
        own = [m for m in members if m["Datum"].startswith(year)]
        part = {}
        for m in own:
            group = sum(int(o["Vikt"]) for o in own if o["Grupp"] == m["Grupp"])
            part[m["Medlem"]] = SHARES[m["Grupp"]] * Fraction(int(m["Vikt"]), group)
        grants = {member: to_ore(budget * share) for member, share in part.items() if member != TAKES_THE_REST}
        grants[TAKES_THE_REST] = budget - sum(grants.values(), Fraction(0))

        entered = [p for p in participants if p["Började"].startswith(year)]
        reached = Fraction(sum(p["Mål nått"] == "Ja" for p in entered), len(entered))
        fulfilled = min(max((reached - LOW) / (HIGH - LOW), Fraction(0)), Fraction(1))
        whole = {
            'weighted_pay["Viktning"]': sum((WEIGHTED * WEIGHTS[p["Behov"]] for p in entered), Fraction(0)),
            'joint_sum["Samlad ersättning"]': JOINT * len(entered) * (1 - AT_STAKE + AT_STAKE * fulfilled),
            'direct_pay["Samverkan"]': sum(
                (
                    PRICES[a["Slag"]] * Fraction(a["Antal"].replace(",", "."))
                    for a in activities
                    if a["Datum"].startswith(year)
                ),
                Fraction(0),
            ),
        }
        for member, share in part.items():
            clauses = {'cost_split["Medlemsbidrag"]': grants[member]}
            clauses |= {f'jointly_financed["Insatser"]/{key}': to_ore(share * amount) for key, amount in whole.items()}
            clauses["total"] = sum(clauses.values(), Fraction(0))
            written += [[year, member, PROVIDER, key, kr(amount)] for key, amount in clauses.items()]
            parts_written.append([year, member, str(share), f"{float(share):.6f}", str(len(entered)), str(reached)])
    write("settlement.csv", "period;buyer;provider;clause;amount", written)
    write("andelar.csv", "period;member;share;about;participants;reached", parts_written)


def write(name: str, heading: str, rows: list[list[str]]) -> None:
    """Write a UTF-8 file with semicolons beside this script."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(";".join(cells) + "\n" for cells in [heading.split(";"), *rows])


if __name__ == "__main__":
    main()
