"""Work out the expected settlement of this contract without the engine: plain Python, exact fractions.

Written from source.md, not from contract.avtal. Reads the files in `data/` and the lists beside the contract. Writes
`settlement.csv` and `manad.csv` (the measures month by month, for whoever wants to follow the sums) beside this script.

    python contracts/vg_primarvard/expected/compute.py
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent
BUYER = "VGR"
PROVIDERS = ("EK", "LI", "HA", "SK", "BO", "DA")
PRICE_AGE_SEX = PRICE_ACG = Fraction(294)
PRICE_CNI, CNI_LIMIT = Fraction(67), Fraction("2.5")
PRICE_COVERAGE = Fraction("3.15")
PRICE_QUALITY = Fraction("1.25")
POOL = Fraction(8_450_000) * Fraction(3, 100)
PLACE_MOST = {"SJUKHUS": 6, "ORT": 6, "TÄTHET": 6, "Ö": 4}
VAT = Fraction(5, 100)
CNI_WEIGHTS = {
    "ENSAM65": Fraction(6),
    "FÖDDUTL": Fraction("5.5"),
    "ARBETSLÖS": Fraction(5),
    "ENSAMFÖRÄLDER": Fraction("4.5"),
    "INFLYTTAD": Fraction(4),
    "LÅGUTBILDAD": Fraction("3.5"),
    "UNDER5": Fraction(3),
}
NUMERATOR = {"VGPV", "PRIVAT", "NATTAXA", "ANNANREG", "UNDERLEV"}
DENOMINATOR = NUMERATOR | {"ÖVRIGOFF", "ÖVRIGPRIV"}
INDICATORS = tuple(range(201, 235))
QUALITY_POINTS = dict(zip(INDICATORS, [Fraction(1, 2)] * 20 + [Fraction(1)] * 11 + [Fraction(2)] * 3, strict=True))
LIMITS = ((50, 80), (30, 60), (70, 90), (40, 75), (60, 95))
FREE_TO_REPORT = (210, 234)


def number(text: str) -> Fraction:
    """A Swedish number; a percentage is a share."""
    share = text.endswith("%")
    return Fraction(text.removesuffix("%").strip().replace(" ", "").replace(",", ".")) / (100 if share else 1)


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a semicolon file by heading."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def data(name: str) -> list[dict[str, str]]:
    """The rows of a file in `data/`."""
    return rows(FOLDER / "data" / name)


def age_weight(age: int, sex: str) -> Fraction:
    """The listing points of a person."""
    for row in rows(FOLDER / "åldersvikter.csv"):
        low, _, high = row["ålder"].replace("+", "-999").partition("-")
        if int(low) <= age <= int(high):
            return number(row["kvinna" if sex == "K" else "man"])
    raise ValueError(age)


def shared(pool: Fraction, weights: dict[str, Fraction]) -> dict[str, Fraction]:
    """The pool in öre, by weight; what rounding down leaves goes to the largest remainders."""
    ore = pool * 100
    whole = sum(weights.values())
    exact = {code: ore * weight / whole for code, weight in weights.items()}
    given = {code: part.numerator // part.denominator for code, part in exact.items()}
    left = int(ore) - sum(given.values())
    for code in sorted(exact, key=lambda code: given[code] - exact[code])[:left]:
        given[code] += 1
    return {code: Fraction(part, 100) for code, part in given.items()}


def month_before(day: date, months: int) -> date:
    """The first day of the month that lies so many months before."""
    at = day.year * 12 + day.month - 1 - months
    return date(at // 12, at % 12 + 1, 1)


def ore(amount: Fraction) -> Fraction:
    """The amount in kronor to the öre, half away from zero."""
    size = Fraction((abs(amount) * 200 + 1) // 2, 100)
    return -size if amount < 0 else size


class Measures:
    """What is measured for each provider, by the day it is read."""

    def __init__(self) -> None:
        """Read every file once."""
        self.points: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        self.persons: dict[tuple[str, str], int] = defaultdict(int)
        self.need: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        self.burden: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        self.grouped: dict[tuple[str, str], int] = defaultdict(int)
        self.place: dict[tuple[str, str], int] = defaultdict(int)
        self.results: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
        weights = {(age, sex): age_weight(age, sex) for age in (0, 7, 18, 45, 65, 75, 85) for sex in "KM"}
        for row in data("listade.csv"):
            key = row["Vårdcentral"], row["Avläst"]
            self.points[key] += weights[int(row["Ålder från"]), row["Kön"]] * int(row["Antal"])
            self.persons[key] += int(row["Antal"])
        for row in data("cni.csv"):
            self.need[row["Vårdcentral"], row["Mätdag"]] += CNI_WEIGHTS[row["Variabel"]] * int(row["Antal"])
        acg = {row["acg"]: number(row["vikt"]) for row in rows(FOLDER / "acgvikter.csv")}
        for row in data("acg.csv"):
            key = row["Vårdcentral"], row["Mätdag"]
            self.burden[key] += acg[row["ACG"]] * int(row["Antal"])
            self.grouped[key] += int(row["Antal"])
        for row in data("lagen.csv"):
            self.place[row["Vårdcentral"], row["Bedömd"]] += min(int(row["Poäng"]), PLACE_MOST[row["Delfaktor"]])
        for row in data("kvalitet.csv"):
            found = self.results[row["Vårdcentral"], int(row["Indikator"])]
            found.append((row["Mätdatum"], row["Resultat"]))
        self.contacts = [(r["Datum"], r["Listad hos"], r["Vårdslag"]) for r in data("kontakter.csv")]

    def relative(self, provider: str, before: date) -> Fraction:
        """The provider's ACG weight per person by the latest measurement, over that of all."""
        day = max(day for _, day in self.burden if day < before.isoformat())
        weighted = sum((self.burden[p, day] for p in PROVIDERS), Fraction(0))
        mean = weighted / sum(self.grouped[p, day] for p in PROVIDERS)
        return self.burden[provider, day] / self.grouped[provider, day] / mean

    def coverage(self, provider: str, first: date) -> Fraction:
        """Primary care as a share of all outpatient contacts of the listed in the six months before."""
        start, end = month_before(first, 6).isoformat(), first.isoformat()
        kinds = [kind for day, listed, kind in self.contacts if listed == provider and start <= day < end]
        return Fraction(sum(k in NUMERATOR for k in kinds), sum(k in DENOMINATOR for k in kinds))

    def place_points(self, provider: str, before: date) -> int:
        """The place points by the latest assessment, at most 22."""
        day = max(day for code, day in self.place if code == provider and day < before.isoformat())
        return min(self.place[provider, day], 22)

    def earned(self, provider: str, indicator: int, before: date) -> Fraction:
        """How much of an indicator's points the latest result before the month earns."""
        known = [value for day, value in sorted(self.results[provider, indicator]) if day < before.isoformat()]
        if not known or not known[-1]:
            if indicator not in FREE_TO_REPORT:
                raise ValueError((provider, indicator))
            return Fraction(0)
        lower, upper = LIMITS[(indicator - 201) % 5]
        return min(max((number(known[-1]) * 100 - lower) / (upper - lower), Fraction(0)), Fraction(1))


def months() -> tuple[list[tuple[date, str, dict[str, Fraction]]], list[list[str]]]:
    """What each clause pays for each month and provider, and the measures that it follows from."""
    measured = Measures()
    paid, shown = [], []
    for month in range(1, 13):
        first = date(2017, month, 1)
        day = date.fromordinal(first.toordinal() - 1).isoformat()
        place = {p: measured.place_points(p, first) for p in PROVIDERS}
        pool = shared(POOL, {p: measured.points[p, day] if place[p] > 9 else Fraction(0) for p in PROVIDERS})
        for p in PROVIDERS:
            points = measured.points[p, day]
            need = measured.need[p, day] / measured.persons[p, day]
            relative = measured.relative(p, first)
            covered = measured.coverage(p, first)
            steps = max((min(covered, Fraction(80, 100)) - Fraction(50, 100)) * 100 // 1, 0)
            clauses = {
                'listing["Ålder och kön"]': PRICE_AGE_SEX * points,
                'relative_burden["Vårdtyngd"]': PRICE_ACG * points * relative,
                'cni_threshold["Socioekonomi"]': PRICE_CNI * points if need > CNI_LIMIT else Fraction(0),
                'place_pool["Geografi"]': pool[p],
                'coverage["Täckningsgrad"]': PRICE_COVERAGE * points * steps,
            }
            quality = Fraction(0)
            for indicator, worth in QUALITY_POINTS.items():
                won = worth * measured.earned(p, indicator, first)
                quality += won
                clauses[f'quality["Kvalitet"]/quality_indicator[{indicator}]'] = PRICE_QUALITY * won * points
            paid.append((first, p, clauses))
            figures = [points, relative, need, Fraction(place[p]), covered * 100, quality]
            shown.append(
                [first.isoformat()[:7], p, str(measured.persons[p, day]), *(f"{float(f):.4f}" for f in figures)]
            )
    return paid, shown


def main() -> None:
    """Write the two files."""
    paid, shown = months()
    sums: dict[str, dict[str, Fraction]] = {p: defaultdict(Fraction) for p in PROVIDERS}
    for _, provider, clauses in paid:
        for clause, amount in clauses.items():
            sums[provider][clause] += amount
    flagged = {row["produktkod"]: row["momskompenseras"] == "ja" for row in rows(FOLDER / "produktkoder.csv")}
    carrying: dict[str, Fraction] = defaultdict(Fraction)
    for row in data("betalningsrader.csv"):
        if row["Avser"].startswith("2017"):
            sums[row["Vårdcentral"]]['payment_lines["Övriga rader"]'] += number(row["Belopp"])
            carrying[row["Vårdcentral"]] += number(row["Belopp"]) * flagged[row["Produktkod"]]
    private = {row["Vårdcentral"] for row in data("driftsform.csv") if row["Privat"] == "Ja"}
    lines = []
    for provider in PROVIDERS:
        payable = {clause: ore(amount) for clause, amount in sums[provider].items()}
        whole = carrying[provider] + sum(
            (amount for clause, amount in payable.items() if not clause.startswith(("quality", "payment"))), Fraction(0)
        )
        payable['vat_compensation["Momskompensation"]'] = ore(VAT * whole) if provider in private else Fraction(0)
        payable["total"] = sum(payable.values(), Fraction(0))
        lines += [["2017", BUYER, provider, clause, f"{float(amount):.2f}"] for clause, amount in payable.items()]
    write("settlement.csv", "period;buyer;provider;clause;amount", lines)
    heading = "månad;vårdcentral;listade;listningspoäng;relativ_acg;cni;lägespoäng;täckningsgrad_procent;kvalitetspoäng"
    write("manad.csv", heading, shown)


def write(name: str, heading: str, lines: list[list[str]]) -> None:
    """Write a semicolon file beside this script; no cell holds a semicolon, so nothing needs quoting."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        file.writelines(";".join(cells) + "\n" for cells in [heading.split(";"), *lines])


if __name__ == "__main__":
    main()
