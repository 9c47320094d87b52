"""Make the synthetic data of the spine surgery contract: operations, needs, complications and what patients report.

Every row is invented. The same seed gives the same bytes (no clock is read). Rows whose id starts with `K` are edge
rows, placed on purpose on or beside a limit of the contract; `source.md` lists them. Run it from anywhere.
"""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

SEED = 20130101
DATA = Path(__file__).parent / "data"
PER_YEAR = {2012: 110, 2013: 290, 2014: 310}
PROVIDERS, WEIGHTS = ("A", "B", "C"), (45, 33, 22)
PROCEDURES, PROCEDURE_WEIGHTS = ("DISK", "STENOS", "FUSION"), (42, 43, 15)
ANSWERS = {"A": 0.82, "B": 0.74, "C": 0.57}  # how many answer a year later
SKILL = {"A": 0.25, "B": -0.05, "C": 0.1}  # how much better than expected, on the scale 0 (free of pain) to 5 (worse)
NEEDS = {"DIABETES": 0.11, "TIDIGARE_RYGGOP": 0.16, "FLERA_NIVÅER": 0.09}
COMPLICATIONS, COMPLICATION_WEIGHTS = ("INFEKTION", "DURASKADA", "TROMBOS"), (45, 35, 20)

Row = list[str]


def number(value: float) -> str:
    """One decimal, with a comma."""
    return f"{value:.1f}".replace(".", ",")


class Files:
    """The rows of each file, collected."""

    def __init__(self) -> None:
        self.operations: list[Row] = []
        self.needs: list[Row] = []
        self.complications: list[Row] = []
        self.infections: list[Row] = []
        self.answers: list[Row] = []

    def operation(
        self,
        identity: str,
        patient: str,
        day: date,
        provider: str,
        procedure: str,
        kind: str = "P",
        asa: int = 2,
        unrelated: str = "Nej",
    ) -> None:
        """An operation; `kind` is P (first) or R (revision)."""
        row = [identity, patient, day.isoformat(), provider, procedure, kind, str(asa), "Ja", unrelated]
        self.operations.append(row)

    def complication(self, operation: str, day: date, kind: str, avoidable: str) -> None:
        """A complication; an infection is also a row of its own file, as the guarantee reads it."""
        self.complications.append([f"C{len(self.complications) + 1:04}", operation, day.isoformat(), kind, avoidable])
        if kind == "INFEKTION":
            self.infections.append([f"I{len(self.infections) + 1:04}", operation, day.isoformat(), "Ja"])

    def need(self, operation: str, factor: str) -> None:
        """A factor in the patient that makes the operation need more."""
        self.needs.append([f"B{len(self.needs) + 1:04}", operation, factor])

    def answer(self, operation: str, expected: str, day: date | None, observed: str) -> None:
        """What was expected of a patient and, when there is an answer, what the patient reported."""
        self.answers.append([operation, "GA", expected, day.isoformat() if day else "", observed])


def drawn(files: Files, rng: random.Random) -> None:
    """The ordinary rows."""
    serial = 0
    for year, count in PER_YEAR.items():
        days = sorted(date(year, 1, 2) + timedelta(days=rng.randrange(362)) for _ in range(count))
        for day in days:
            serial += 1
            identity, patient = f"OP-{year}-{serial:04}", f"P{rng.randrange(100_000, 999_999)}"
            provider = rng.choices(PROVIDERS, WEIGHTS)[0]
            procedure = rng.choices(PROCEDURES, PROCEDURE_WEIGHTS)[0]
            files.operation(identity, patient, day, provider, procedure, asa=rng.choices((1, 2, 3), (30, 50, 20))[0])
            for factor, chance in NEEDS.items():
                if rng.random() < chance:
                    files.need(identity, factor)
            if rng.random() < 0.06:
                onset = day + timedelta(days=rng.randrange(1, 420))
                kind = rng.choices(COMPLICATIONS, COMPLICATION_WEIGHTS)[0]
                files.complication(identity, onset, kind, rng.choices(("Ja", "Nej"), (80, 20))[0])
            expected = rng.choice((1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.5, 2.9))
            if rng.random() < ANSWERS[provider]:
                asked = day + timedelta(days=365 + rng.randrange(-25, 70))
                observed = min(5, max(0, round(rng.gauss(expected - SKILL[provider], 1.2))))
                files.answer(identity, number(expected), asked, str(observed))
            else:
                files.answer(identity, number(expected), None, "")
            if rng.random() < 0.05:
                redone = day + timedelta(days=rng.randrange(20, 700))
                by = provider if rng.random() < 0.8 else rng.choice(PROVIDERS)
                unrelated = "Ja" if rng.random() < 0.1 else "Nej"
                if redone < date(2015, 6, 1):
                    files.operation(f"{identity}-R", patient, redone, by, procedure, "R", 2, unrelated)


def edges(files: Files) -> None:
    """Rows on and beside the limits of the contract."""
    day = date(2013, 3, 4)
    for identity, onset, avoidable in (
        ("K01", date(2014, 3, 4), "Ja"),  # on the anniversary: counts
        ("K02", date(2014, 3, 5), "Ja"),  # the day after: does not
        ("K03", date(2013, 3, 4), "Ja"),  # on the day of the operation
        ("K04", date(2013, 4, 4), "Nej"),  # not avoidable
    ):
        files.operation(identity, f"PK{identity}", day, "A", "DISK")
        files.complication(identity, onset, "INFEKTION", avoidable)
        files.answer(identity, "2,0", None, "")
    for identity, expected, asked, observed in (
        ("K10", "2,0", date(2014, 5, 3), "1"),  # sixty days after the anniversary: counts
        ("K11", "2,0", date(2014, 5, 4), "1"),  # sixty-one: an answer too late
        ("K12", "2,0", date(2014, 1, 3), "1"),  # sixty days before
        ("K13", "2,3", date(2014, 3, 4), "2"),  # on the margin: as expected
        ("K14", "2,4", date(2014, 3, 4), "2"),  # a tenth beyond it: 300 kr
        ("K15", "1,8", date(2014, 3, 4), "0"),  # the bonus exactly
        ("K16", "1,9", date(2014, 3, 4), "0"),  # beyond what the bonus allows
        ("K17", "1,0", date(2014, 3, 4), "2"),  # 2 100 kr, cut to the deduction
    ):
        files.operation(identity, f"PK{identity}", day, "B", "STENOS")
        files.answer(identity, expected, asked, observed)
    leap = date(2012, 2, 29)
    files.operation("K20", "PK20", leap, "B", "DISK")
    files.operation("K20-R", "PK20", date(2013, 2, 28), "B", "DISK", "R")
    files.operation("K21", "PK21", leap, "B", "DISK")
    files.operation("K21-R", "PK21", date(2013, 3, 1), "B", "DISK", "R")
    files.operation("K22", "PK22", date(2013, 6, 3), "A", "FUSION")
    files.operation("K22-R", "PK22", date(2014, 2, 3), "C", "FUSION", "R")
    files.operation("K23", "PK23", date(2013, 12, 31), "C", "DISK")
    files.answer("K23", "2,0", date(2014, 12, 31), "0")
    files.operation("K24", "PK24", date(2014, 1, 1), "C", "DISK")
    for identity in ("K20", "K21", "K22", "K24"):
        files.answer(identity, "2,0", None, "")
    for factor in NEEDS:
        files.need("K23", factor)


def write(name: str, heading: str, rows: list[Row]) -> None:
    """A file with semicolons."""
    with (DATA / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\n")
        writer.writerows([heading.split(";"), *rows])


def main() -> None:
    """Write the five files."""
    DATA.mkdir(exist_ok=True)
    files = Files()
    edges(files)
    drawn(files, random.Random(SEED))
    heading = "Operations-id;Patient;Operationsdatum;Vårdgivare;Ingrepp;Slag;ASA-klass;Registrerad;Utan samband"
    write("operationer.csv", heading, sorted(files.operations, key=lambda row: (row[2], row[0])))
    write("behov.csv", "Behovs-id;Operations-id;Faktor", files.needs)
    write("komplikationer.csv", "Komplikations-id;Operations-id;Datum;Slag;Undvikbar", files.complications)
    write("infektioner.csv", "Infektions-id;Operations-id;Insjuknad;Antibiotika", files.infections)
    write("svar.csv", "Operations-id;Instrument;Förväntat;Svarsdatum;Svar", files.answers)


if __name__ == "__main__":
    main()
