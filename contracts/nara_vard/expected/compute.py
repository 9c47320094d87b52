"""Work out what each health centre is paid, without Avtal: fractions and whole öre on the files of `data/`.

Written from source.md. Writes `settlement.csv`. Run it from anywhere: `python compute.py`.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"

CENTRES = {"Liden": "LIDEN", "Åsen": "ÅSEN"}
CEILINGS = {"Liden": 4_000, "Åsen": 9_000}
POSTS = {  # kr a month, at most so many
    "SAMORDNARE": (38_000, Fraction(1)),
    "ÄLDRESSK": (41_000, Fraction(3, 2)),
    "HÄLSOCOACH": (33_500, Fraction(1, 2)),
    "UTVECKLARE": (45_000, Fraction(1, 4)),
}
PRICES = {
    ("INNOVATIONSGRUPP", "ALLA"): 1_200,
    ("ARBETSMILJÖ", "ALLA"): 900,
    ("SAMORDNINGSMÖTE", "ALLA"): 1_450,
    ("KVÄLLSTIMME", "ALLA"): 2_100,
    ("PATIENTKONTRAKT", "LÄKARE"): 420,
    ("PATIENTKONTRAKT", "SSK"): 310,
    ("GRUPPDELTAGARE", "ALLA"): 260,
    ("FAR", "ALLA"): 150,
    ("DIGITALT_RUM", "ALLA"): 24_000,
    ("DIGITALT_BESÖK", "LÄKARE"): 350,
    ("DIGITALT_BESÖK", "SSK"): 220,
    ("KONSULTATION", "LÄKARE"): 600,
}
AVOIDABLE = ("E11", "I50", "J44", "N10")
LISTS = [str(date(2023, month, 1) - timedelta(days=1)) for month in range(1, 13)]  # the last day of the month before


def read(name: str, centre: str) -> list[dict[str, str]]:
    """A centre's rows of a file."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    return [row for row in rows if row.get("Vårdcentral", row.get("Listad hos")) == centre]


def number(text: str) -> Fraction:
    """A number with a decimal comma."""
    return Fraction(text.replace(",", "."))


def band(result: Fraction, low: int, high: int) -> Fraction:
    """How far a share in per cent has come from a minimum to a target, from 0 to 1."""
    return min(max((result - low) / (high - low), Fraction(0)), Fraction(1))


def half_away(hundredths: Fraction) -> int:
    """The nearest whole number, a half away from zero."""
    size = (abs(hundredths) * 2 + 1) // 2
    return -int(size) if hundredths < 0 else int(size)


def decrease(stays: list[dict[str, str]], listed: dict[str, int], counted: str) -> Fraction:
    """The share of the stays for each listed person that has gone since the year before."""

    def rate(year: str, read_on: str) -> Fraction:
        own = [stay for stay in stays if stay["Utskriven"].startswith(year)]
        if counted == "avoidable":
            own = [stay for stay in own if stay["Huvuddiagnos"].startswith(AVOIDABLE)]
        else:
            own = [stay for stay in own if stay["Akut"] == "ja"]
        return Fraction(len(own), listed[read_on])

    before = rate("2022", "2022-12-31")
    return (before - rate("2023", "2023-12-31")) / before


def in_time(requests: list[dict[str, str]], year: str) -> Fraction:
    """The share of a year's requests that were assessed within three days."""
    own = [r for r in requests if r["Begärd"].startswith(year)]
    met = [
        r
        for r in own
        if r["Bedömd"] and date.fromisoformat(r["Bedömd"]) - date.fromisoformat(r["Begärd"]) <= timedelta(days=3)
    ]
    return Fraction(len(met), len(own))


def called(stay: dict[str, str], calls: list[dict[str, str]]) -> bool:
    """Whether a stay was followed by a call from the day of discharge to the third day after it."""
    out = date.fromisoformat(stay["Utskriven"])
    days = [date.fromisoformat(call["Datum"]) for call in calls if call["Person"] == stay["Person"]]
    return any(out <= day <= out + timedelta(days=3) for day in days)


def settled(centre: str) -> dict[str, Fraction]:
    """A centre's amounts by clause, before rounding."""
    listed: dict[str, int] = {}
    for row in read("listor.csv", centre):
        listed[row["Avläst"]] = listed.get(row["Avläst"], 0) + int(row["Antal"])
    amounts: dict[str, Fraction] = {}
    staff = read("bemanning.csv", centre)
    for profession, (price, most) in POSTS.items():
        filled = [
            number(row["Tillsatta"]) for row in staff if row["Yrkesgrupp"] == profession and row["Avläst"] in LISTS
        ]
        amounts[f"position_pay[{profession}]"] = sum((price * min(posts, most) for posts in filled), Fraction(0))
    above = sum(max(listed[day] - CEILINGS[centre], 0) for day in LISTS)
    amounts['listing_ceiling["Listningstak"]'] = Fraction(-125 * above)
    activities = [row for row in read("aktiviteter.csv", centre) if row["Datum"].startswith("2023")]
    amounts['price_list["Aktiviteter"]'] = Fraction(
        sum(PRICES[row["Artikel"], row["Yrkesgrupp"]] * int(row["Antal"]) for row in activities)
    )
    stays, calls = read("slutenvard.csv", centre), read("samtal.csv", centre)
    reached = sum(called(stay, calls) for stay in stays if stay["Utskriven"].startswith("2023"))
    amounts['calls_after_discharge["Samtal efter utskrivning"]'] = Fraction(240 * reached)
    for label, amount, counted, whole_at in (
        ("Påverkbar slutenvård", 180_000, "avoidable", 20),
        ("Akuta inskrivningar", 120_000, "emergency", 10),
    ):
        amounts[f'fewer_admissions["{label}"]'] = amount * band(100 * decrease(stays, listed, counted), 0, whole_at)
    requests = read("vardforfragningar.csv", centre)
    now, before = in_time(requests, "2023"), in_time(requests, "2022")
    risen = Fraction(1) if now >= Fraction(95, 100) else band(100 * (now - before), 0, 15)
    amounts['access_improvement["Vårdgarantin"]'] = 90_000 * risen
    visits = read("lakarbesok.csv", centre)
    with_own = [visit for visit in visits if visit["Fast läkare"]]
    loyal = Fraction(100 * sum(visit["Läkare"] == visit["Fast läkare"] for visit in with_own), len(with_own))
    digital = Fraction(100 * sum(visit["Digitalt"] == "ja" for visit in visits), len(visits))
    staff_index = next(number(row["Värde"]) for row in read("resultat.csv", centre))
    goals = (
        ("601", 50, band(loyal, 40, 75)),
        ("602", 20, band(digital, 10, 30)),
        ("603", 30, band(staff_index, 60, 80)),
    )
    for code, weight, met in goals:
        amounts[f'goal_pot["Mål"]/p4p[{code}]'] = 200_000 * Fraction(weight, 100) * met
    return amounts


def main() -> None:
    """Write the file."""
    written = []
    for centre, code in CENTRES.items():
        paid = {key: half_away(amount * 100) for key, amount in settled(centre).items()}
        paid["total"] = sum(paid.values())
        written += [f"2023;RF;{code};{quoted(key)};{kr(ore)}" for key, ore in paid.items()]
    text = "\n".join(["period;buyer;provider;clause;amount", *written]) + "\n"
    (HERE / "settlement.csv").write_text(text, encoding="utf-8", newline="")


def quoted(key: str) -> str:
    """A key as a cell of CSV."""
    return '"' + key.replace('"', '""') + '"' if '"' in key else key


def kr(hundredths: int) -> str:
    """Öre as kronor with two decimals, the minus sign in front."""
    return f"{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


if __name__ == "__main__":
    main()
