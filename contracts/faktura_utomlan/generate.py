"""Make the synthetic invoices of this contract: nothing in `data/` describes a real patient, contact or invoice.

Deterministic: a fixed seed, no clock. Most lines follow the rules; some break them on purpose, one rule each.

    python contracts/faktura_utomlan/generate.py
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
SEED = 1102023
BUYERS = ("SS", "VV", "ÖD")
LINES_A_MONTH = 9
FAULTS = ("gross", "net", "vat", "currency", "empty", "code", "days", "late", "early", "double", "decimals")

HEADINGS = [
    "Rad", "Faktura", "Fakturadatum", "Köpare", "Kontakt", "Avtalstyp", "Prislista", "Vårdnivå", "Vårdtyp", "Produkt",
    "In", "Ut", "Permission", "Vårddagar", "Privat", "Valuta", "DRG", "Vårdtidsytterfall", "Kostnadsytterfall",
    "Patientavgift", "Påslag", "Momsavdrag", "Rabatt", "Brutto", "Netto", "Krediteringsskäl", "Krediterar",
]  # fmt: skip
MONEY = HEADINGS[16:25]


def kr(milli: int) -> str:
    """An amount in thousandths of a krona as Swedish text, with two decimals where they do."""
    sign, milli = ("-" if milli < 0 else ""), abs(milli)
    decimals = f"{milli % 1000:03d}"
    return f"{sign}{milli // 1000},{decimals[:2] if decimals.endswith('0') else decimals}"


def write(name: str, headings: list[str], rows: list[list[str]]) -> None:
    """A semicolon file in `data/`, UTF-8, line ends LF."""
    with (HERE / "data" / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)


class Books:
    """What is made: lines, items, invoices and preliminary payments."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.lines: list[dict[str, str]] = []
        self.items: list[list[str]] = []
        self.invoices: list[list[str]] = []
        self.advances: list[list[str]] = []

    def line(self, buyer: str, invoice: str, on: date, fault: str) -> int:
        """A line, with a fault or none; its net in thousandths of a krona."""
        rng = self.rng
        number = f"R{len(self.lines) + 1:05d}"
        stay = rng.choice([0, 0, 1, 3, 6, 12])
        leave = 1 if stay > 5 and rng.random() < 0.3 else 0
        out = on - timedelta(days=rng.randrange(5, 90))
        if fault == "late":
            out = on - timedelta(days=200)
        elif fault == "early":
            out = on + timedelta(days=3)
        private = rng.random() < 0.25
        drg = 0 if fault == "empty" else 1000 * rng.randrange(4_000, 160_000)
        stay_outlier = 1000 * rng.randrange(2_000, 30_000) if rng.random() < 0.04 else 0
        cost_outlier = 10 * rng.randrange(300_000, 9_000_000) if rng.random() < 0.06 else 0
        fee = 0 if stay else rng.choice([0, 200_000, 300_000, 400_000])
        items = 0
        if fault != "empty" and rng.random() < 0.2:
            for _ in range(rng.randrange(1, 3)):
                quantity, price = rng.randrange(1, 4), 1000 * rng.randrange(900, 60_000)
                name = f"P{len(self.items) + 1:04d}"
                total = quantity * price
                self.items.append([name, on.isoformat(), buyer, number, str(quantity), kr(price), kr(total)])
                items += total
        if fault == "decimals":
            drg += 5
        gross = drg + stay_outlier + cost_outlier + items - fee
        surcharge = 50_000 if rng.random() < 0.1 else 0
        discount = 250_000 if rng.random() < 0.05 else 0
        if fault == "gross":
            gross += 1_000_000
        allowance = 10 * ((6 * gross + 500) // 1000) if private else 0
        if fault == "vat":
            allowance += 10_000
        net = gross + surcharge - allowance - discount
        if fault == "net":
            net -= 270_000
        row = dict.fromkeys(HEADINGS, "")
        row |= {
            "Rad": number,
            "Faktura": invoice,
            "Fakturadatum": on.isoformat(),
            "Köpare": buyer,
            "Kontakt": f"K{len(self.lines) + 1:05d}",
            "Avtalstyp": "7" if fault == "code" else rng.choice("1233"),
            "Prislista": "1",
            "Vårdnivå": rng.choice("234"),
            "Vårdtyp": "02" if stay else "01",
            "Produkt": "02",
            "In": (out - timedelta(days=stay)).isoformat(),
            "Ut": out.isoformat(),
            "Permission": str(leave),
            "Vårddagar": str(max(stay, 1) - leave + (1 if fault == "days" else 0)),
            "Privat": "ja" if private else "nej",
            "Valuta": "EUR" if fault == "currency" else "SEK",
        }
        amounts = (drg, stay_outlier, cost_outlier, fee, surcharge, allowance, discount, gross, net)
        row |= dict(zip(MONEY, map(kr, amounts), strict=True))
        self.lines.append(row)
        return net

    def copied(self, original: dict[str, str], invoice: str, on: date) -> dict[str, str]:
        """The same contact on a later invoice."""
        return original | {"Rad": f"R{len(self.lines) + 1:05d}", "Faktura": invoice, "Fakturadatum": on.isoformat()}

    def month(self, buyer: str, month: int) -> None:
        """An invoice, and what was paid in advance for the month."""
        rng = self.rng
        on = date(2023, month, 28)
        invoice = f"F{buyer}{month:02d}"
        net = 0
        for i in range(LINES_A_MONTH):
            fault = FAULTS[(month + i) % len(FAULTS)] if i == 0 else ""
            net += self.line(buyer, invoice, on, "" if fault == "double" else fault)
            if fault == "double":
                again = self.copied(self.lines[-1], invoice, on)
                self.lines.append(again)
                net += milli(again["Netto"])
                self.items += [
                    [f"P{len(self.items) + 1:04d}", on.isoformat(), buyer, again["Rad"], *item[4:]]
                    for item in list(self.items)
                    if item[3] == self.lines[-2]["Rad"]
                ][:1]
        if month % 4 == 0:  # the line before last is credited whole: wrong home region, and no items on it
            plain = [r for r in self.lines if r["Köpare"] == buyer and not any(i[3] == r["Rad"] for i in self.items)]
            chosen = plain[-3]
            credit = self.copied(chosen, invoice, on) | {"Krediteringsskäl": "1", "Krediterar": chosen["Rad"]}
            credit |= {name: kr(-milli(chosen[name])) for name in MONEY}
            if month == 12 and buyer == "VV":
                credit["Krediteringsskäl"] = ""  # a credit that gives no reason
            self.lines.append(credit)
            net += milli(credit["Netto"])
        apart = {1: 400, 5: 1_000, 6: 1_010}.get(month, 0)  # a krona apart is within the tolerance, an öre more is not
        self.invoices.append([invoice, on.isoformat(), buyer, kr(net // 10 * 10 + apart)])
        self.advances.append(
            [f"B{buyer}{month:02d}", on.isoformat(), buyer, kr(1000 * rng.randrange(350_000, 550_000))]
        )


def milli(text: str) -> int:
    """Thousandths of a krona of a Swedish text."""
    whole, decimals = text.lstrip("-").split(",")
    return (-1 if text.startswith("-") else 1) * (int(whole) * 1000 + int(decimals.ljust(3, "0")))


def main() -> None:
    """Write all four files."""
    books = Books(Random(SEED))
    for month in range(1, 13):
        for buyer in BUYERS:
            books.month(buyer, month)
    write("vardrader.csv", HEADINGS, [[row[name] for name in HEADINGS] for row in books.lines])
    write("poster.csv", ["Post", "Fakturadatum", "Köpare", "Rad", "Antal", "Styckpris", "Summa"], books.items)
    write("fakturor.csv", ["Faktura", "Fakturadatum", "Köpare", "Att betala"], books.invoices)
    write("preliminart.csv", ["Betalning", "Avser", "Köpare", "Belopp"], books.advances)


if __name__ == "__main__":
    main()
