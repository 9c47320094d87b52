"""Work out what the hospital is paid, layer by layer, without Avtal: fractions and whole öre on the files of `data/`.

What is shared further is the amount that was paid, to the öre. Writes `settlement.csv`. Run it from anywhere:
`python compute.py`.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"

PRICES = {"HÖFT": 56_300, "BRÅCK": 14_250}  # kr
FIXED, ASSIGNMENTS = 12_000_000, 1_800_000  # kr a year
PRODUCTIVITY, QUALITY = 1_200_000, 400_000
AGREED, WIDTH, OVER, UNDER = 6_000_000, Fraction(5, 100), Fraction(60, 100), Fraction(40, 100)
FLOOR = 5_000_000
UPPSALA, SKANE, VASTRA_GOTALAND = Fraction(4, 100), Fraction(15, 1000), Fraction(3, 100)


def main() -> None:
    """Write the file."""
    operations, results = read("operationer.csv"), read("resultat.csv")
    written = []
    for year in ("2012", "2013"):
        found = {r["Indikator"]: number(r["Värde"]) for r in results if r["Mätdag"].startswith(year)}
        produced = sum(PRICES[o["Slag"]] for o in operations if o["Datum"].startswith(year))
        upper, lower = AGREED * (1 + WIDTH), AGREED * (1 - WIDTH)
        corridor = OVER * max(produced - upper, 0) - UNDER * max(lower - produced, 0)
        care = FIXED + produced
        met = band(found["411"], 60, 90)
        amounts = {
            'block["Fast ersättning"]': Fraction(FIXED),
            'special_assignment["Särskilda åtaganden"]': Fraction(ASSIGNMENTS),
            'goal_pot["Produktivitetsmål"]': Fraction(0),
            'goal_pot["Produktivitetsmål"]/p4p[401]': PRODUCTIVITY * band(found["401"], 80, 100),
            'goal_pot["Kvalitets- och servicemål"]': Fraction(0),
            'goal_pot["Kvalitets- och servicemål"]/p4p[402]': QUALITY * Fraction(60, 100) * band(found["402"], 70, 90),
            'goal_pot["Kvalitets- och servicemål"]/p4p[403]': QUALITY * Fraction(40, 100) * (found["403"] > 85),
            'choice_part["Operationer"]': Fraction(produced),
            'corridor["Volymkorridor"]': corridor,
            'guaranteed_sum["Golv"]': Fraction(max(FLOOR - produced, 0)),
            'quality_share["Som i Uppsala: utöver"]': Fraction(0),
            'quality_share["Som i Uppsala: utöver"]/p4p[411]': UPPSALA * care * met,
            'quality_share["Som i Skåne: av prestationsdelen"]': Fraction(0),
            'quality_share["Som i Skåne: av prestationsdelen"]/p4p[411]': SKANE * produced * met,
            'quality_share["Som i Västra Götaland: innehållen"]': -VASTRA_GOTALAND * care,
            'quality_share["Som i Västra Götaland: innehållen"]/p4p[411]': VASTRA_GOTALAND * care * met,
        }
        rounded = {key: half_away(amount * 100) for key, amount in amounts.items()}
        paid = {k: v for k, v in rounded.items() if "/" in k or not k.startswith("goal_pot")}  # these pay nothing
        paid["total"] = sum(paid.values())
        written += [f"{year};RS;MS;{key};{kr(amount)}" for key, amount in paid.items()]
    text = "\n".join(["period;buyer;provider;clause;amount", *written]) + "\n"
    (HERE / "settlement.csv").write_text(text, encoding="utf-8", newline="")


def read(name: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def number(text: str) -> Fraction:
    """A per cent with a decimal comma."""
    return Fraction(text.replace(",", "."))


def band(result: Fraction, low: int, high: int) -> Fraction:
    """How far a result has come from a minimum to a target, from 0 to 1."""
    return min(max((result - low) / (high - low), Fraction(0)), Fraction(1))


def half_away(hundredths: Fraction) -> int:
    """The nearest whole number, a half away from zero."""
    size = (abs(hundredths) * 2 + 1) // 2
    return -int(size) if hundredths < 0 else int(size)


def kr(hundredths: int) -> str:
    """Öre as kronor with two decimals, the minus sign in front."""
    return f"{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


if __name__ == "__main__":
    main()
