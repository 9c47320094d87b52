"""Work out the expected settlement of this contract without the engine: plain Python, exact fractions.

Written from source.md, not from contract.avtal. Reads the files in `data/`, and writes `settlement.csv` and
`indikatorer.csv` (numerator and denominator of the indicators) beside this script.

    python contracts/vardcentral/expected/compute.py
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUYER = "EX"
CENTRES = ("ALMEN", "BRYGGAN")
LAST = date(2023, 12, 31)
MONTHS = [(date(2023, month, 1) - timedelta(days=1)).isoformat() for month in range(1, 13)]
"""The days on which the lists of the twelve months were read."""

PRICES = ((0, 250, 260), (7, 120, 115), (18, 190, 130), (65, 360, 350), (80, 520, 560))
CNI = {"ENSAM65": "6", "FÖDDUTL": "5.5", "ARBETSLÖS": "5", "ENSAMFÖRÄLDER": "4.5", "INFLYTTAD": "4"}
CNI_WEIGHTS = {**{k: Fraction(v) for k, v in CNI.items()}, "LÅGUTBILDAD": Fraction(7, 2), "UNDER5": Fraction(3)}
ACG_WEIGHTS = {"G1": Fraction(1, 2), "G2": Fraction(1), "G3": Fraction(5, 2)}
VISITS = {"LÄKARE": (120, 700, 700, 1500), "SSK": (60, 500, 500, 900), "PSYKOLOG": (100, 650, 650, 1400)}
ELSEWHERE = {
    "VC": {"LÄKARE": 700, "SSK": 500, "PSYKOLOG": 650},
    "AKUT": {"LÄKARE": 700, "SSK": 500, "PSYKOLOG": 650},
    "DIGITAL": {"LÄKARE": 500, "SSK": 275, "PSYKOLOG": 400},
    "SJUKHUS": {"LÄKARE": 0, "SSK": 0, "PSYKOLOG": 0},
}
DRUG_SHARE = Fraction(1, 4)
DRUG_BUDGET, DRUG_LIMIT = 400_000, 20_000
INDICATORS: dict[int, tuple[int, tuple[str, ...], int, int]] = {
    111: (450, ("RÖKNING",), 70, 90),
    112: (450, ("LÄNGD", "VIKT"), 70, 90),
    113: (450, ("BLODTRYCK",), 80, 95),
    114: (900, ("LDL",), 50, 80),
    115: (450, ("MIDJA",), 20, 40),
}
CODES = ("I10", "I11", "I12", "I13", "I14", "I15")
STAFF = {"LÄKARE": (15_000, Fraction("0.55")), "SSK": (9_000, Fraction("1.1"))}
PENALTIES = {"RAPPORT": 2_000, "ÖPPETTIDER": 5_000}


def number(text: str) -> Fraction:
    """A Swedish number."""
    return Fraction(text.replace(",", "."))


def data(name: str) -> list[dict[str, str]]:
    """The rows of a file in `data/` by heading."""
    with (HERE.parent / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def day(text: str) -> date:
    """A date as written in the files."""
    return date.fromisoformat(text)


def to_ore(amount: Fraction) -> Fraction:
    """The amount in kronor to the öre, half away from zero."""
    size = Fraction((abs(amount) * 200 + 1) // 2, 100)
    return -size if amount < 0 else size


def shared(pool: Fraction, weights: dict[str, Fraction]) -> dict[str, Fraction]:
    """A pool in whole öre by weight; what rounding towards zero leaves goes to the largest remainders."""
    sign, ore = (-1 if pool < 0 else 1), abs(to_ore(pool)) * 100
    exact = {code: ore * weight / sum(weights.values()) for code, weight in weights.items()}
    given = {code: part.numerator // part.denominator for code, part in exact.items()}
    order = sorted(exact, key=lambda code: given[code] - exact[code])
    for code in order[: int(ore) - sum(given.values())]:
        given[code] += 1
    return {code: Fraction(sign * part, 100) for code, part in given.items()}


def by(rows: list[dict[str, str]], value: Callable[[dict[str, str]], Fraction]) -> dict[tuple[str, str], Fraction]:
    """The sum of a value by centre and day."""
    found: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for row in rows:
        found[row["Vårdcentral"], row.get("Avläst") or row["Mätdag"]] += value(row)
    return found


def age(born: date, at: date) -> int:
    """Whole years on a day."""
    return at.year - born.year - ((at.month, at.day) < (born.month, born.day))


Paid = dict[str, dict[str, Fraction]]
"""Clause → centre → kronor, before rounding."""


def lists(paid: Paid) -> None:
    """What follows the lists of persons."""
    persons = data("listade.csv")

    def price(row: dict[str, str]) -> Fraction:
        years = age(day(row["Född"]), day(row["Avläst"]))
        band = [prices for prices in PRICES if prices[0] <= years][-1]
        return Fraction(band[1] if row["Kön"] == "K" else band[2])

    amounts = by(persons, price)
    count = by(persons, lambda _: Fraction(1))
    need = by(persons, lambda row: number(row["Vårdtyngd"]))
    groups = data("listade_grupper.csv")
    listed = by(groups, lambda row: Fraction(row["Antal"]))
    doctor = by(groups, lambda row: Fraction(row["Med fast läkare"]))
    social = by(data("behov.csv"), lambda row: CNI_WEIGHTS[row["Variabel"]] * int(row["Antal"]))
    staffed = {(r["Vårdcentral"], r["Avläst"], r["Yrkesgrupp"]): number(r["Tillsatta"]) for r in data("bemanning.csv")}
    place: dict[str, int] = defaultdict(int)
    for row in data("lagen.csv"):
        place[row["Vårdcentral"]] += min(int(row["Poäng"]), 6)
    for at in MONTHS:
        whole = sum((need[c, at] for c in CENTRES), Fraction(0))
        mean = whole / sum((count[c, at] for c in CENTRES), Fraction(0))
        pool = shared(Fraction(8_000), {c: social[c, at] for c in CENTRES})
        for c in CENTRES:
            paid['capitation["Ålder och kön"]'][c] += amounts[c, at]
            paid['index_capitation["Vårdtyngd"]'][c] += 110 * need[c, at] / mean
            paid['cni_pool["Socioekonomi"]'][c] += pool[c]
            paid['place_supplement["Geografi"]'][c] += 400 * place[c]
            share = (doctor[c, at] / listed[c, at] - Fraction(40, 100)) / Fraction(30, 100)
            paid['permanent_doctor["Fast läkarkontakt"]'][c] += (
                8 * listed[c, at] * min(max(share, Fraction(0)), Fraction(1))
            )
            for staff, (each, per_thousand) in STAFF.items():
                required = per_thousand * listed[c, at] / 1000
                paid[f"staffing_pay[{staff}]"][c] += each * min(staffed[c, at, staff], required)
    whole_year = {c: sum((listed[c, at] for at in [*MONTHS[1:], LAST.isoformat()]), Fraction(0)) for c in CENTRES}
    costs(paid, whole_year)
    burden = {c: Fraction(0) for c in CENTRES}
    for row in data("acg.csv"):
        burden[row["Vårdcentral"]] += ACG_WEIGHTS[row["ACG"]] * int(row["Antal"])
    by_burden = shared(Fraction(24_000), burden)
    by_need = shared(Fraction(16_000), {c: social[c, MONTHS[-1]] for c in CENTRES})
    for c in CENTRES:
        paid['surplus["Överskott 2023"]'][c] = by_burden[c] + by_need[c]


def costs(paid: Paid, listed: dict[str, Fraction]) -> None:
    """Cost responsibility, and the adjustment of the drug budget by persons listed in the period."""
    drugs = Fraction(0)
    for row in data("kostnader.csv"):
        amount, item = number(row["Belopp"]), row["Slag"]
        share = DRUG_SHARE if item == "LÄKEMEDEL" else Fraction(item != "HJÄLPMEDEL" or row["Hemsjukvård"] != "Ja")
        paid['cost_responsibility["Kostnadsansvar"]'][row["Vårdcentral"]] -= share * amount
        drugs += amount * (item == "LÄKEMEDEL")
    over = drugs - DRUG_BUDGET
    excess = max(abs(over) - DRUG_LIMIT, Fraction(0)) * (1 if over > 0 else -1)
    paid["budget_adjustment[LÄKEMEDEL]"].update(shared(excess, listed))


def visits(paid: Paid) -> None:
    """Visits here, contacts elsewhere, and fees."""
    for row in data("besok.csv"):
        giver, own, staff = row["Vårdgivare"], row["Listad hos"], row["Personal"]
        if not row["Datum"].startswith("2023"):
            continue
        if giver in CENTRES:
            here, elsewhere, unlisted, other_region = VISITS[staff]
            price = unlisted if not own else here if own == giver else elsewhere
            paid['visits_by_listing["Besök"]'][giver] += other_region if row["Hemregion"] != BUYER else price
            paid['patient_fees["Patientavgifter"]'][giver] -= number(row["Avgift"])
        if own and own != giver:
            paid['care_elsewhere["Listades besök hos andra"]'][own] -= ELSEWHERE[row["Vårdslag"]][staff]


def indicators(paid: Paid) -> list[list[str]]:
    """What the indicators pay; returns their numerators and denominators."""
    listed = {(r["Person"], r["Vårdcentral"]) for r in data("listade.csv") if r["Avläst"] == LAST.isoformat()}
    start = {days: LAST - timedelta(days=days - 1) for days in (450, 900)}
    ill = {
        r["Person"]
        for r in data("diagnoser.csv")
        if start[900] <= day(r["Datum"]) <= LAST and r["Kod"].startswith(CODES)
    }
    values = [(r["Person"], r["Slag"], day(r["Datum"])) for r in data("matvarden.csv")]
    shown = []
    for indicator, (days, kinds, low, high) in INDICATORS.items():
        for c in CENTRES:
            population = {person for person, at in listed if at == c and person in ill}
            fulfilled = set(population)
            for kind in kinds:
                fulfilled &= {person for person, k, at in values if k == kind and start[days] <= at <= LAST}
            result = Fraction(len(fulfilled), len(population)) * 100
            share = min(max((result - low) / (high - low), Fraction(0)), Fraction(1))
            paid[f"p4p[{indicator}]"][c] = 20_000 * share
            shown.append([str(indicator), c, str(len(fulfilled)), str(len(population)), f"{float(result):.2f}"])
    return shown


def access(paid: Paid) -> None:
    """What shorter waiting pays."""
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for row in data("vardbegaran.csv"):
        soon = bool(row["Bedömd"]) and day(row["Bedömd"]) - day(row["Begärd"]) <= timedelta(days=3)
        found[row["Vårdcentral"], row["Begärd"][:4]].append(soon)
    for c in CENTRES:
        before, now = (Fraction(sum(found[c, year]), len(found[c, year])) for year in ("2022", "2023"))
        rise = min(max((now - before) / Fraction(20, 100), Fraction(0)), Fraction(1))
        way = Fraction(1) if now >= Fraction(95, 100) else rise
        paid['access_improvement["Vårdgarantin"]'][c] = 60_000 * way


def main() -> None:
    """Write the two files."""
    paid: Paid = defaultdict(lambda: dict.fromkeys(CENTRES, Fraction(0)))
    lists(paid)
    visits(paid)
    shown = indicators(paid)
    access(paid)
    for row in data("brister.csv"):
        paid['penalties["Viten"]'][row["Vårdcentral"]] -= PENALTIES[row["Slag"]]
    for row in data("forskott.csv"):
        paid['advances["Förskott"]'][row["Vårdcentral"]] -= number(row["Belopp"])
    private = {row["Vårdcentral"] for row in data("driftsform.csv") if row["Privat"] == "Ja"}
    lines = []
    for c in CENTRES:
        payable = {clause: to_ore(amounts[c]) for clause, amounts in paid.items()}
        per_head = ("capitation", "index_capitation", "cni_pool", "place_supplement", "penalties")
        carrying = sum((payable[key] for key in payable if key.split("[")[0] in per_head), Fraction(0))
        vat = to_ore(Fraction(3, 100) * carrying) if c in private else Fraction(0)
        payable['vat_compensation["Momskompensation"]'] = vat
        payable["total"] = sum(payable.values(), Fraction(0))
        lines += [["2023", BUYER, c, clause, f"{float(amount):.2f}"] for clause, amount in payable.items()]
    write("settlement.csv", "period;buyer;provider;clause;amount", lines)
    write("indikatorer.csv", "indikator;vårdcentral;täljare;nämnare;procent", shown)


def write(name: str, heading: str, lines: list[list[str]]) -> None:
    """Write a semicolon file beside this script; no cell holds a semicolon, so nothing needs quoting."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        file.writelines(";".join(cells) + "\n" for cells in [heading.split(";"), *lines])


if __name__ == "__main__":
    main()
