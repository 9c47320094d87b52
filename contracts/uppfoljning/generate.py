"""Make the synthetic data of this contract: `python contracts/uppfoljning/generate.py` rewrites `data/*.csv`.

Every row is invented. Only `random.Random.random` is used, with integers from there on; the clock is never read.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
SEED = 20220113
AREAS = ("Neuro", "Kirurgi", "Ortopedi", "Medicin", "Kvinnosjukvård")
MIX = {"A46C": (18, 0), "D41E": (30, 3), "E47C": (34, 3), "F10E": (12, 1), "H10E": (20, 2), "P05E": (26, 4)}
"""Code → parts of a hundred and forty, and the place of its area."""
LIMITS = {"A46C": 185_000, "D41E": 98_000, "E47C": 139_000, "F10E": 315_000, "H10E": 247_000, "P05E": 64_000}
STAYS = {2021: 20, 2022: 340, 2023: 312, 2024: 15}
LIGHTS = (
    ("KVALITET", "2022-05-12", "grönt", ""),
    ("KVALITET", "2022-11-15", "gult", "Gå igenom återinläggningar"),
    ("KVALITET", "2023-11-14", "grönt", ""),
    ("LEVERANSER", "2022-11-15", "rött", "Plan för thoraxronder, uppföljning i närtid"),
    ("LEVERANSER", "2023-11-14", "gult", ""),
    ("EKONOMI", "2022-11-15", "gult", "Fakturor utan åtgärdskod rättas"),
    ("EKONOMI", "2023-11-14", "grönt", ""),
    ("SAMARBETE", "2022-11-15", "grönt", ""),
)
NOTES = (
    ("PRODUKTION", "2022-05-12", "Volymerna följer planen", "Avtalsgruppen", ""),
    ("PRODUKTION", "2022-11-15", "Tio höfter flyttas från våren till hösten", "Planeringsgruppen", "2023-06-30"),
    ("EKONOMI", "2023-11-14", "Dyraste vårdtillfällena gås igenom", "Controller", "2024-01-31"),
    ("AVVIKELSER", "2023-11-14", "Två anmälningar, båda avslutade", "Chefläkare", ""),
)
RESULTS = (("501", 2022, "85 %"), ("501", 2023, "90 %"), ("502", 2022, "12,5 %"), ("502", 2023, "15,1 %"))


def whole(random: Random, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both included."""
    return low + int(random.random() * (high - low + 1))


def stays(random: Random) -> list[list[str]]:
    """Admissions by year; on average one of twenty costs more than its group's limit, and one exactly as much."""
    codes = [code for code, (parts, _) in MIX.items() for _ in range(parts)]
    rows = []
    for year, count in STAYS.items():
        for _ in range(count):
            code = codes[whole(random, 0, len(codes) - 1)]
            day = date(year, 1, 1) + timedelta(days=whole(random, 0, 364))
            dear = random.random() < 0.05
            part = whole(random, 101, 260) if dear else whole(random, 20, 95)
            cost = LIMITS[code] * part // 100 + (0 if dear else whole(random, 0, 99))
            rows.append([f"N{len(rows) + 1:05d}", "NUS", AREAS[MIX[code][1]], str(day), code, f"{cost},00"])
    rows.append([f"N{len(rows) + 1:05d}", "NUS", "Ortopedi", "2022-12-31", "H10E", "247000,00"])
    rows.append([f"N{len(rows) + 1:05d}", "NUS", "Ortopedi", "2022-12-31", "H10E", "247000,01"])
    return rows


def write(name: str, head: list[str], rows: list[list[str]]) -> None:
    """Write one file."""
    with (HERE / "data" / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def main() -> None:
    """Write all files."""
    random = Random(SEED)
    head = ["Vårdkontakt-id", "Sjukhus", "Verksamhetsområde", "Utskriven", "DRG", "Kostnad"]
    write("vardtillfallen.csv", head, stays(random))
    parties = ["NUS", "SKOG"]
    write(
        "styrkort.csv", ["Sjukhus", "Region", "Nyckeltal", "Bedömt", "Ljus", "Åtgärd"], [[*parties, *r] for r in LIGHTS]
    )
    write(
        "moten.csv",
        ["Sjukhus", "Region", "Ärende", "Antecknat", "Beslut", "Ansvarig", "Klart senast"],
        [[*parties, *row] for row in NOTES],
    )
    results = [["NUS", indicator, f"{year}-12-31", value] for indicator, year, value in RESULTS]
    write("resultat.csv", ["Sjukhus", "Indikator", "Mätdatum", "Resultat"], results)


if __name__ == "__main__":
    main()
