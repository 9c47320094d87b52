"""Work out the settlement of the hip and knee contract without the rules engine, in exact fractions.

Reads the CSV files in `../data` with the csv module and holds the contract's figures as constants, written a second
time on purpose: a slip in the contract text or in the engine then shows as a difference. Writes beside itself

* `settlement.csv`: the payable amount of each clause per year and provider, and the total,
* `garanti.csv`: each reoperation of the contract period, what decided it and which amounts follow,
* `tjanster.csv`: days and visits of the year's operations: included, paid beside the package, outside the contract.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
YEARS = (2012, 2013)
PROVIDERS = ("A", "B", "C")
BUYER = "SLL"

PACKAGE = 56_300  # kr per operation
HIGHEST_ASA = 2
REHAB_DAYS = 6
EXTRA_DAY = 3_000
FOLLOW_UP_MONTHS = 3
EXTRA_VISIT = 1_500
GUARANTEE_YEARS, EXTENDED_YEARS = 2, 5
REOPERATION = {("Höft", 2012): 78_400, ("Knä", 2012): 71_250, ("Höft", 2013): 80_100, ("Knä", 2013): 72_800}
MARGIN = Fraction("0.05")
BETTER, WORSE = 1_500, -2_000
BONUS = PENALTY = Fraction(3, 100)
# indicator: (full penalty at, neutral, full bonus at, weight), all as shares of one
BANDS = {
    "301": (Fraction(60, 100), Fraction(75, 100), Fraction(90, 100), Fraction(40, 100)),
    "302": (Fraction(30, 1000), Fraction(15, 1000), Fraction(5, 1000), Fraction(40, 100)),
    "303": (Fraction(80, 100), Fraction(90, 100), Fraction(97, 100), Fraction(20, 100)),
}
ENVIRONMENT = Fraction(5, 1000)
CRITERIA = {"M1": Fraction(40, 100), "M2": Fraction(35, 100), "M3": Fraction(25, 100)}

Record = dict[str, str]


def read(name: str) -> list[Record]:
    """The rows of a data file by heading."""
    with (HERE.parent / "data" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def number(text: str) -> Fraction:
    """A number with decimal comma; a percent sign divides by 100."""
    plain = text.replace(",", ".")
    return Fraction(plain.removesuffix("%").strip()) / 100 if plain.endswith("%") else Fraction(plain)


def day(text: str) -> date:
    """An ISO date."""
    return date.fromisoformat(text)


def months_after(start: date, months: int) -> date:
    """The same day of the month later, or the last day of that month when it has no such day."""
    count = start.year * 12 + start.month - 1 + months
    year, month = divmod(count, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(start.day, last))


def to_ore(amount: Fraction) -> Fraction:
    """The amount in kr rounded to whole öre, half away from zero."""
    ore = abs(amount) * 100
    whole = (2 * ore.numerator + ore.denominator) // (2 * ore.denominator)
    return Fraction(whole if amount >= 0 else -whole, 100)


def kr(amount: Fraction) -> str:
    """Two decimals and a point, from an amount in whole ore."""
    ore = amount * 100
    if ore.denominator != 1:
        raise ValueError(f"{amount} is not whole öre")
    whole, rest = divmod(abs(ore.numerator), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:02}"


def in_package(operation: Record) -> bool:
    """Whether the package price is paid: primary, ASA 1 or 2, reported to the register."""
    healthy = int(operation["ASA-klass"]) <= HIGHEST_ASA
    return operation["Slag"] == "P" and healthy and operation["Registerrapporterad"] == "Ja"


def guarantee(redo: Record, operations: list[Record], infections: dict[str, list[Record]]) -> tuple[str, Record | None]:
    """Why `redo` is or is not covered by a guarantee, and the first operation that it is measured from."""
    on = day(redo["Operationsdatum"])
    joint = (redo["Patient"], redo["Led"], redo["Sida"])
    earlier = [
        o
        for o in operations
        if o["Slag"] == "P" and (o["Patient"], o["Led"], o["Sida"]) == joint and day(o["Operationsdatum"]) <= on
    ]
    if not earlier:
        return "ingen tidigare operation", None
    index = max(earlier, key=lambda o: (o["Operationsdatum"], o["Operations-id"]))
    start = day(index["Operationsdatum"])
    two_years = months_after(start, 12 * GUARANTEE_YEARS)
    extended = any(
        i["Antibiotika"] == "Ja" and start <= day(i["Insjuknad"]) <= two_years
        for i in infections[index["Operations-id"]]
    )
    last = months_after(start, 12 * EXTENDED_YEARS) if extended else two_years
    if redo["Utan samband"] == "Ja":
        return "utan samband", index
    if int(index["ASA-klass"]) > HIGHEST_ASA:
        return "ASA över 2", index
    if on > last:
        return f"efter {last.isoformat()}", index
    return f"till {last.isoformat()}", index


def reoperations(operations: list[Record]) -> tuple[list[list[str]], dict[tuple[int, str], Fraction]]:
    """The decisions on all reoperations of the contract period, and the sum per (year, provider)."""
    infections: dict[str, list[Record]] = defaultdict(list)
    for infection in read("infektioner.csv"):
        infections[infection["Operations-id"]].append(infection)
    rows: list[list[str]] = []
    sums: dict[tuple[int, str], Fraction] = defaultdict(Fraction)
    for redo in operations:
        year, performer = day(redo["Operationsdatum"]).year, redo["Vårdgivare"]
        if redo["Slag"] != "R" or year not in YEARS:
            continue
        reason, index = guarantee(redo, operations, infections)
        price = REOPERATION[redo["Led"], year]
        first = index["Vårdgivare"] if index else ""
        covered = reason.startswith("till ")
        paid = 0 if (covered and first == performer) or performer not in PROVIDERS else price
        recovered = -price if covered and first != performer and first in PROVIDERS else 0
        sums[year, performer] += paid
        sums[year, first] += recovered
        identity = [str(year), redo["Operations-id"], performer, index["Operations-id"] if index else "", first]
        rows.append([*identity, "ja" if covered else "nej", reason, kr(Fraction(paid)), kr(Fraction(recovered))])
    return rows, sums


def services_beside(operations: list[Record]) -> tuple[list[list[str]], dict[tuple[int, str, str], int]]:
    """What the year's operations used, and the days and visits paid beside the package per (year, provider, kind)."""
    used: dict[str, list[Record]] = defaultdict(list)
    for line in read("tjanster.csv"):
        used[line["Operations-id"]].append(line)
    counts: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for operation in operations:
        done = day(operation["Operationsdatum"])
        if done.year not in YEARS or operation["Vårdgivare"] not in PROVIDERS:
            continue
        limit = months_after(done, FOLLOW_UP_MONTHS)
        for kind in ("Preoperativ bedömning", "Lab", "Röntgen", "Läkemedel", "Rehabdygn", "Återbesök"):
            lines = [line for line in used[operation["Operations-id"]] if line["Tjänst"] == kind]
            number_used = sum(int(line["Antal"]) for line in lines)
            included = number_used
            if kind == "Rehabdygn":
                included = min(number_used, REHAB_DAYS)
            elif kind == "Återbesök":
                included = min(sum(int(line["Antal"]) for line in lines if day(line["Datum"]) <= limit), 1)
            count = counts[done.year, operation["Vårdgivare"], kind]
            if in_package(operation):
                count[0] += included
                count[1] += number_used - included
            else:
                count[2] += number_used
    rows = [[str(y), p, kind, *map(str, numbers)] for (y, p, kind), numbers in sorted(counts.items())]
    return rows, {key: numbers[1] for key, numbers in counts.items()}


def outcome(operations: list[Record], proms: dict[str, Record]) -> Fraction:
    """Bonus and deduction for the change in quality of life of the operations in the package."""
    total = Fraction(0)
    for operation in operations:
        answer = proms.get(operation["Operations-id"])
        if not in_package(operation) or answer is None or not answer["Före"] or not answer["Efter"]:
            continue
        change = number(answer["Efter"]) - number(answer["Före"])
        if change > MARGIN:
            total += BETTER
        elif change < -MARGIN:
            total += WORSE
    return total


def band(indicator: str, result: Fraction | None) -> Fraction:
    """The rate of the base that the result earns: minus the penalty rate, over 0 (neutral, no result), to the bonus."""
    if result is None:
        return Fraction(0)
    worst, neutral, best, _weight = BANDS[indicator]
    up = (result - neutral) / (best - neutral)
    down = (result - neutral) / (worst - neutral)
    return min(up, Fraction(1)) * BONUS if up > 0 else -min(max(down, Fraction(0)), Fraction(1)) * PENALTY


def main() -> None:
    """Write the three files."""
    operations = read("operationer.csv")
    proms = {answer["Operations-id"]: answer for answer in read("prom.csv")}
    results = {
        (r["Vårdgivare"], r["Indikator"], r["Mätdatum"][:4]): number(r["Resultat"]) for r in read("resultat.csv")
    }
    met = {(c["Vårdgivare"], c["Kriterium"], c["Bedömt"][:4]): c["Uppfyllt"] for c in read("miljo.csv")}
    decisions, redone = reoperations(operations)
    used, beside = services_beside(operations)

    rows: list[list[str]] = []
    for year in YEARS:
        for provider in PROVIDERS:
            own = [o for o in operations if o["Vårdgivare"] == provider and day(o["Operationsdatum"]).year == year]
            care = {
                'bundle["Paketersättning"]': Fraction(PACKAGE * sum(map(in_package, own))),
                'bundle_days["Rehabdygn utöver paketet"]': Fraction(EXTRA_DAY * beside[year, provider, "Rehabdygn"]),
                'bundle_visits["Återbesök utöver paketet"]': Fraction(
                    EXTRA_VISIT * beside[year, provider, "Återbesök"]
                ),
            }
            base = sum(map(to_ore, care.values()))
            clauses = {
                **care,
                'guarantee["Garanti och omoperationer"]': redone[year, provider],
                'outcome["Patientrapporterat utfall"]': outcome(own, proms),
            }
            for indicator, (_worst, _neutral, _best, weight) in BANDS.items():
                rate = band(indicator, results.get((provider, indicator, str(year))))
                clauses[f'quality_bonus["Kvalitet"]/bonus_malus[{indicator}]'] = weight * rate * base
            for criterion, weight in CRITERIA.items():
                share = weight if met[provider, criterion, str(year)] == "Ja" else Fraction(0)
                clauses[f'environment["Miljö"]/criterion[{criterion}]'] = share * ENVIRONMENT * base
            payable = {key: to_ore(amount) for key, amount in clauses.items()}
            payable["total"] = sum(payable.values(), Fraction(0))
            rows += [[str(year), BUYER, provider, key, kr(amount)] for key, amount in payable.items()]

    write("settlement.csv", "period;buyer;provider;clause;amount", rows)
    heading = "period;operation;provider;index;index_provider;covered;reason;paid;recovered"
    write("garanti.csv", heading, decisions)
    write("tjanster.csv", "period;provider;service;included;beside;outside", used)


def write(name: str, heading: str, rows: list[list[str]]) -> None:
    """Write a UTF-8 file with semicolons beside this script."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as stream:
        # clause keys hold quotation marks of their own, and no cell holds a semicolon: nothing needs quoting
        stream.writelines(";".join(cells) + "\n" for cells in [heading.split(";"), *rows])


if __name__ == "__main__":
    main()
