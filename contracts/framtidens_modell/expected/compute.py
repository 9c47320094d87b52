"""Work out what each hospital is paid, layer by layer, without Avtal: fractions and whole öre on the files of `data/`.

Written from source.md. Writes `settlement.csv`. Run it from anywhere: `python compute.py`.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"

HOSPITALS = {"Nämdö": "NS", "Runmarö": "RM"}
GOALS = {"Nämdö": 1_800_000, "Runmarö": 1_100_000}  # kr a year
HEALTH = {"Nämdö": 900_000, "Runmarö": 600_000}
ASSIGNED = {
    ("Nämdö", "2013"): 6_200_000,
    ("Nämdö", "2014"): 6_200_000,
    ("Runmarö", "2013"): 3_750_000,
    ("Runmarö", "2014"): 4_100_000,
}
PRICE = {"2013": 42_000, "2014": 42_900}  # kr a point
GROUPS = {  # thousandths of a point, limit in kr
    "A46C": (1412, 116_500),
    "D47E": (768, 63_500),
    "E47E": (634, 52_500),
    "F40O": (398, 33_000),
    "H10E": (2214, 182_500),
    "H50C": (1986, 164_000),
    "K30E": (571, 47_000),
}


def read(name: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def number(text: str) -> Fraction:
    """A number with a decimal comma."""
    return Fraction(text.replace(",", "."))


def band(result: Fraction, low: int, high: int) -> Fraction:
    """How far a result has come from a minimum to a target, which may lie below it, from 0 to 1."""
    return min(max((result - low) / (high - low), Fraction(0)), Fraction(1))


def half_away(hundredths: Fraction) -> int:
    """The nearest whole number, a half away from zero."""
    size = (abs(hundredths) * 2 + 1) // 2
    return -int(size) if hundredths < 0 else int(size)


def production(hospital: str, year: str) -> Fraction:
    """Points at the price of the year, and costs beyond the limits."""
    own = [r for r in read("vardtillfallen.csv") if r["Sjukhus"] == hospital and r["Utskrivningsdag"][:4] == year]
    points = Fraction(sum(GROUPS[r["DRG"]][0] for r in own), 1000)
    beyond = sum((max(number(r["Kostnad"]) - GROUPS[r["DRG"]][1], Fraction(0)) for r in own), Fraction(0))
    return PRICE[year] * points + beyond


def main() -> None:
    """Write the file."""
    written = []
    for year in ("2013", "2014"):
        for hospital, code in HOSPITALS.items():
            found = {
                r["Indikator"]: number(r["Värde"])
                for r in read("resultat.csv")
                if r["Sjukhus"] == hospital and r["Mätdag"].startswith(year)
            }
            goals, health = Fraction(GOALS[hospital]), Fraction(HEALTH[hospital])
            goal, prevention = 'goal_pot["Målrelaterad ersättning"]', 'goal_pot["Hälsorelaterad ersättning"]'
            amounts = {
                f"{goal}/p4p[501]": goals * 40 / 100 * band(found["501"], 60, 85),
                f"{goal}/p4p[502]": goals * 35 / 100 * band(found["502"], 18, 10),
                f"{goal}/p4p[503]": goals * 25 / 100 * band(found["503"], 70, 90),
                'drg["Produktionsrelaterad ersättning"]': production(hospital, year),
                'special_assignment["Uppdragsrelaterad ersättning"]': Fraction(ASSIGNED[hospital, year]),
                f"{prevention}/p4p[511]": health * 50 / 100 * band(found["511"], 50, 90),
                f"{prevention}/p4p[512]": health * 30 / 100 * (found["512"] > 75),
                f"{prevention}/p4p[513]": health * 20 / 100 * ("513" in found),
            }
            paid = {key: half_away(amount * 100) for key, amount in amounts.items()}
            paid["total"] = sum(paid.values())
            written += [f"{year};RS;{code};{key};{ore // 100}.{ore % 100:02}" for key, ore in paid.items()]
    text = "\n".join(["period;buyer;provider;clause;amount", *written]) + "\n"
    (HERE / "settlement.csv").write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
