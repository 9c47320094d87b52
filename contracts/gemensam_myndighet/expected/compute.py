"""Work out what each party pays, without Avtal: fractions and whole öre on the files of `data/`.

Writes `settlement.csv`. Run it from anywhere: `python compute.py`.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"

GRANTS = {  # kr a year
    ("LANDSTINGET", "2010"): 24_000_000,
    ("LANDSTINGET", "2011"): 25_000_000,
    ("KOMMUNEN", "2010"): 16_000_000,
    ("KOMMUNEN", "2011"): 17_000_000,
}
SHARES = {"LANDSTINGET": Fraction(60, 100), "KOMMUNEN": Fraction(40, 100)}
PRICES = {"2010": 310, "2011": 318}  # kr an hour


def main() -> None:
    """Write the file."""
    decisions, results = read("beslut.csv"), read("resultat.csv")
    written = []
    for year, price in PRICES.items():
        left = sum(number(r["Resultat"]) for r in results if r["Bokslut"].startswith(year))
        hours = sum(number(d["Timmar"]) for d in decisions if d["Från"].startswith(year))
        for party, share in SHARES.items():
            amounts = {
                'joint_authority["Bidrag och resultat"]': GRANTS[party, year] - share * left,
                'granted_hours["Hemtjänst"]': Fraction(price * hours if party == "KOMMUNEN" else 0),
            }
            rounded = {key: half_away(amount * 100) for key, amount in amounts.items()}
            rounded["total"] = sum(rounded.values())
            written += [f"{year};{party};VO;{key};{kr(amount)}" for key, amount in rounded.items()]
    text = "\n".join(["period;buyer;provider;clause;amount", *written]) + "\n"
    (HERE / "settlement.csv").write_text(text, encoding="utf-8", newline="")


def read(name: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def number(text: str) -> Fraction:
    """A number with a decimal comma and blanks between thousands."""
    return Fraction(text.replace(" ", "").replace(",", "."))


def half_away(hundredths: Fraction) -> int:
    """The nearest whole number, a half away from zero."""
    size = (abs(hundredths) * 2 + 1) // 2
    return -int(size) if hundredths < 0 else int(size)


def kr(hundredths: int) -> str:
    """Öre as kronor with two decimals, the minus sign in front."""
    return f"{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


if __name__ == "__main__":
    main()
