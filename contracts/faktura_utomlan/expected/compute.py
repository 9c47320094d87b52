"""Work out the expected settlement and the findings without the engine: plain Python, exact fractions.

Written from source.md. Reads the files in `data/`, writes `settlement.csv` and `findings.csv` beside this script.

    python contracts/faktura_utomlan/expected/compute.py
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
BUYERS = ("SS", "VV", "ÖD")
VAT = Fraction(6, 100)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a semicolon file by heading."""
    with (FOLDER / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def number(text: str) -> Fraction:
    """A Swedish number."""
    return Fraction(text.replace(",", "."))


def ore(amount: Fraction) -> int:
    """Whole öre, half away from zero."""
    size = int(abs(amount) * 100 + Fraction(1, 2))
    return size if amount >= 0 else -size


def part(row: dict[str, str], items: Fraction) -> Fraction:
    """Gross by the formula."""
    return (
        number(row["DRG"])
        + number(row["Vårdtidsytterfall"])
        + number(row["Kostnadsytterfall"])
        + items
        - number(row["Patientavgift"])
    )


def deduction(row: dict[str, str], gross: Fraction) -> Fraction:
    """The VAT deduction of a line, to the öre."""
    return Fraction(ore(VAT * gross), 100) if row["Privat"] == "ja" else Fraction(0)


def months_later(day: date, months: int) -> date:
    """The day so many months later; the last of the month where there is no such day."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    for number_of_day in range(day.day, 27, -1):
        try:
            return date(year, month, number_of_day)
        except ValueError:
            continue
    return date(year, month, day.day)


def outlier_alone(row: dict[str, str]) -> bool:
    """Whether a line holds an outlier and no DRG price."""
    outliers = [number(row[name]) for name in ("Vårdtidsytterfall", "Kostnadsytterfall")]
    return number(row["DRG"]) == 0 and any(outliers)


def findings(row: dict[str, str], lines: list[dict[str, str]], items: list[dict[str, str]]) -> set[str]:
    """The rules that a line breaks."""
    own = [item for item in items if item["Rad"] == row["Rad"]]
    gross, net = number(row["Brutto"]), number(row["Netto"])
    found = set()
    if gross != part(row, sum((number(item["Summa"]) for item in own), Fraction(0))):
        found.add("or27")
    if net != gross + number(row["Påslag"]) - number(row["Momsavdrag"]) - number(row["Rabatt"]):
        found.add("or28")
    if number(row["Momsavdrag"]) != deduction(row, gross):
        found.add("vat_lines")
    if row["Valuta"] != "SEK":
        found.add("or35")
    if number(row["DRG"]) == 0 and not own:
        found.add("or44")
    if (gross * 100).denominator != 1 or (net * 100).denominator != 1:
        found.add("more_decimals")
    if row["Avtalstyp"] not in ("1", "2", "3"):
        found.add("code_lines")
    admitted, out, on = (date.fromisoformat(row[name]) for name in ("In", "Ut", "Fakturadatum"))
    if out < admitted or int(row["Vårddagar"]) != max((out - admitted).days, 1) - int(row["Permission"]):
        found.add("days_lines")
    if row["Krediterar"]:
        original = next((o for o in lines if o["Rad"] == row["Krediterar"]), None)
        credited_in_all = sum((number(o["Netto"]) for o in lines if o["Krediterar"] == row["Krediterar"]), Fraction(0))
        right = (
            original is not None
            and original["Kontakt"] == row["Kontakt"]
            and number(original["Netto"]) >= -credited_in_all
        )
        if not right or net > 0 or row["Krediteringsskäl"] not in list("123456789"):
            found.add("credit_lines")
        return found
    if net < 0 or row["Krediteringsskäl"]:
        found.add("credit_lines")
    credited = {line["Krediterar"] for line in lines if line["Krediterar"]}
    if row["Rad"] not in credited:
        if on > months_later(out, 6):
            found.add("late_lines")
        if on < out:
            found.add("early_lines")
        same = [o for o in lines if (o["Kontakt"], o["In"], o["Ut"]) == (row["Kontakt"], row["In"], row["Ut"])]
        same = [o for o in same if outlier_alone(o) == outlier_alone(row)]
        if any(o["Rad"] != row["Rad"] and not o["Krediterar"] and o["Rad"] not in credited for o in same):
            found.add("double_lines")
    return found


def main() -> None:
    """Write both files."""
    lines, items = rows("vardrader.csv"), rows("poster.csv")
    with (FOLDER / "expected" / "settlement.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(["period", "buyer", "provider", "clause", "amount"])
        for buyer in BUYERS:
            due = Fraction(0)
            for row in (line for line in lines if line["Köpare"] == buyer):
                own = [item for item in items if item["Rad"] == row["Rad"]]
                gross = part(row, sum((number(i["Antal"]) * number(i["Styckpris"]) for i in own), Fraction(0)))
                due += gross + number(row["Påslag"]) - deduction(row, gross) - number(row["Rabatt"])
            paid = sum(
                (number(row["Belopp"]) for row in rows("preliminart.csv") if row["Köpare"] == buyer), Fraction(0)
            )
            amounts = {
                'care_invoice["Fakturerad vård"]': ore(due),
                'advances["Preliminärt betalt"]': -ore(paid),
            }
            for key, amount in (*amounts.items(), ("total", sum(amounts.values()))):
                sign = "-" if amount < 0 else ""
                writer.writerow([2023, buyer, "NH", key, f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"])
    with (FOLDER / "expected" / "findings.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(["buyer", "finding", "count"])
        for buyer in BUYERS:
            counts = Counter(f for line in lines if line["Köpare"] == buyer for f in findings(line, lines, items))
            for invoice in (row for row in rows("fakturor.csv") if row["Köpare"] == buyer):
                net = sum((number(r["Netto"]) for r in lines if r["Faktura"] == invoice["Faktura"]), Fraction(0))
                counts["or5"] += abs(number(invoice["Att betala"]) - net) > 1
            writer.writerows([buyer, name, counts[name]] for name in sorted(counts) if counts[name])


if __name__ == "__main__":
    main()
