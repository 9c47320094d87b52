"""Work out what each health centre is paid, without Avtal: whole öre and fractions on the files of `data/`.

Each month goes by the list of the last day of the month before. Writes `settlement.csv`. Run it from anywhere:
`python compute.py`.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "data"

SMALL, LARGE, VISIT = 180, 60, 420  # kr
LIMIT = Fraction(2)
CNI = 28  # kr a listed person
WEIGHTS = {
    "ENSAM_ÖVER_65": "6.2",
    "FÖDD_UTOMLANDS": "5.7",
    "ARBETSLÖS": "5.1",
    "ENSAM_MED_BARN": "4.2",
    "INFLYTTAD": "4.2",
    "LÅGUTBILDAD": "4.0",
    "UNDER_FEM_ÅR": "3.2",
}
CENTRES = ("VARGEN", "LOMMEN")
QUARTERS = {"2023-q1": ("2023-01", "2023-02", "2023-03"), "2023-q2": ("2023-04", "2023-05", "2023-06")}


def main() -> None:
    """Write the file."""
    lists, groups, needs = read("listade.csv"), read("listade_grupper.csv"), read("behov.csv")
    contacts, activities = read("kontakter.csv"), read("atgarder.csv")
    written = []
    for quarter, months in QUARTERS.items():
        for centre in CENTRES:
            own = [c for c in contacts if c["Vårdcentral"] == centre and c["Datum"][:7] in months]
            done = [a for a in activities if a["Vårdcentral"] == centre and a["Datum"][:7] in months]
            amounts = {
                'mixed_by_need["Listade"]': sum(mixed(centre, month, lists, own) for month in months),
                'cni_factor["Socioekonomi"]': sum(social(centre, month, groups, needs) for month in months),
                'price_list["Åtgärder enligt prislista"]': sum(price(a) * int(a["Antal"]) for a in done),
                'standard_fees["Patientavgifter"]': -sum(fee(centre, c) for c in own),
            }
            rounded = {key: half_away(Fraction(amount) * 100) for key, amount in amounts.items()}
            rounded["total"] = sum(rounded.values())
            written += [f"{quarter};EX;{centre};{key};{kr(amount)}" for key, amount in rounded.items()]
    text = "\n".join(["period;buyer;provider;clause;amount", *written]) + "\n"
    (HERE / "settlement.csv").write_text(text, encoding="utf-8", newline="")


def read(name: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def day_before(month: str) -> str:
    """The last day of the month before."""
    return str(date.fromisoformat(f"{month}-01") - timedelta(days=1))


def mixed(centre: str, month: str, lists: list[dict[str, str]], contacts: list[dict[str, str]]) -> int:
    """A month's sums for the listed, and the visits of those with large needs, in kr."""
    need = {
        row["Person"]: Fraction(row["Behov"].replace(",", "."))
        for row in lists
        if row["Vårdcentral"] == centre and row["Avläst"] == day_before(month)
    }
    large = {person for person, value in need.items() if value > LIMIT}
    visits = sum(c["Datum"].startswith(month) and c["Person"] in large for c in contacts)
    return SMALL * (len(need) - len(large)) + LARGE * len(large) + VISIT * visits


def social(centre: str, month: str, groups: list[dict[str, str]], needs: list[dict[str, str]]) -> Fraction:
    """A month's pay for social need, in kr."""
    day = day_before(month)
    weighted = {
        c: sum(
            Fraction(WEIGHTS[r["Variabel"]]) * int(r["Antal"])
            for r in needs
            if r["Vårdcentral"] == c and r["Mätdag"] == day
        )
        for c in CENTRES
    }
    listed = sum(int(r["Antal"]) for r in groups if r["Avläst"] == day)
    return CNI * weighted[centre] * listed / sum(weighted.values())


def price(activity: dict[str, str]) -> int:
    """The price of one activity on its day, in kr."""
    if activity["Åtgärd"] == "SÅRVÅRD":
        return 320 if activity["Datum"] < "2023-04-01" else 345
    return {("INTYG", "LÄKARE"): 850, ("FAR", "LÄKARE"): 200, ("FAR", "SSK"): 150}[
        activity["Åtgärd"], activity["Yrkesgrupp"]
    ]


def fee(centre: str, contact: dict[str, str]) -> int:
    """The patient's fee for a contact, in kr."""
    if contact["Frikort"] == "ja":
        return 0
    return 100 if contact["Listad hos"] == centre else 300


def half_away(hundredths: Fraction) -> int:
    """The nearest whole number, a half away from zero."""
    size = (abs(hundredths) * 2 + 1) // 2
    return -int(size) if hundredths < 0 else int(size)


def kr(hundredths: int) -> str:
    """Öre as kronor with two decimals, the minus sign in front."""
    return f"{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02}"


if __name__ == "__main__":
    main()
