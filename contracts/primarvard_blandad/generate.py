"""Make the synthetic data of the blended primary-care contract: lists, need, contacts, activities of two centres.

Every row is invented. The same seed gives the same bytes (no clock is read). Some persons lie exactly on the limit of
need, some contacts lie before and after the contract, and some are by persons listed elsewhere or nowhere. Run it from
anywhere: `python generate.py`.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

SEED = 20230122
DATA = Path(__file__).parent / "data"
CENTRES = {"VARGEN": 70, "LOMMEN": 95}
READ_ON = ("2022-12-31", "2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30", "2023-05-31", "2023-06-30")
VARIABLES = {
    "ENSAM_ÖVER_65": 0.09,
    "FÖDD_UTOMLANDS": 0.14,
    "ARBETSLÖS": 0.06,
    "ENSAM_MED_BARN": 0.05,
    "INFLYTTAD": 0.12,
    "LÅGUTBILDAD": 0.11,
    "UNDER_FEM_ÅR": 0.06,
}
ITEMS = (("INTYG", "LÄKARE"), ("SÅRVÅRD", "SSK"), ("FAR", "LÄKARE"), ("FAR", "SSK"))


def main() -> None:
    """Write the files."""
    rng = random.Random(SEED)
    people = {
        centre: [_person(rng, f"{centre[0]}{number:03}") for number in range(1, count + 1)]
        for centre, count in CENTRES.items()
    }
    lists, groups, needs = [], [], []
    for day in READ_ON:
        for centre, persons in people.items():
            if day > "2023-03-01" and rng.random() < 0.5:
                persons.append(_person(rng, f"{centre[0]}{len(persons) + 1:03}"))
            lists += [f"{p};{centre};{day};{born};{sex};{need}" for p, born, sex, need in persons]
            ages = Counter((int(day[:4]) - int(born[:4]), sex) for _, born, sex, _ in persons)
            groups += [f"{centre};{day};{age};{sex};{count}" for (age, sex), count in sorted(ages.items())]
            for variable, share in VARIABLES.items():
                level = share * (1.5 if centre == "VARGEN" else 1)
                count = sum(rng.random() < level for _ in persons)
                needs.append(f"{centre};{day};{variable};{count}")
    _write("listade.csv", "Person;Vårdcentral;Avläst;Född;Kön;Behov", lists)
    _write("listade_grupper.csv", "Vårdcentral;Avläst;Ålder;Kön;Antal", groups)
    _write("behov.csv", "Vårdcentral;Mätdag;Variabel;Antal", needs)
    _write("kontakter.csv", "Kontakt;Vårdcentral;Datum;Person;Listad hos;Personal;Frikort", _contacts(rng, people))
    _write("atgarder.csv", "Rad;Vårdcentral;Datum;Åtgärd;Yrkesgrupp;Antal", _activities(rng))


def _person(rng: random.Random, code: str) -> tuple[str, str, str, str]:
    born = date(1930, 1, 1) + timedelta(days=rng.randrange(33_000))
    need = rng.choice(
        (
            "2",
            "2,01",
            f"{rng.uniform(0.2, 1.9):.2f}".replace(".", ","),
            f"{rng.uniform(0.2, 4.5):.1f}".replace(".", ","),
        )
    )
    return code, str(born), rng.choice(("kvinna", "man")), need


def _contacts(rng: random.Random, people: dict[str, list[tuple[str, str, str, str]]]) -> list[str]:
    rows = []
    for number in range(1, 701):
        centre = rng.choice(list(people))
        home = rng.choices((centre, *people, ""), weights=(6, 1, 1, 1))[0]
        person = rng.choice(people[home])[0] if home else f"O{number:03}"
        day = date(2022, 12, 20) + timedelta(days=rng.randrange(200))
        staff = rng.choice(("LÄKARE", "SSK"))
        exempt = rng.choices(("nej", "ja", "nej"), (8, 2, 1))[0]
        rows.append(f"K{number:04};{centre};{day};{person};{home};{staff};{exempt}")
    return rows


def _activities(rng: random.Random) -> list[str]:
    rows = []
    for number in range(1, 181):
        item, profession = rng.choice(ITEMS)
        day = date(2022, 12, 20) + timedelta(days=rng.randrange(200))
        rows.append(f"R{number:04};{rng.choice(list(CENTRES))};{day};{item};{profession};{rng.randrange(1, 4)}")
    return rows


def _write(name: str, heading: str, rows: list[str]) -> None:
    (DATA / name).write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
