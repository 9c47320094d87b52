"""Make the synthetic data of the hip and knee contract: operations and all that belongs to them, and yearly results.

Every row is invented. The same seed gives the same bytes (no clock is read), so the files can be made again and
compared. Rows whose id starts with `K` are edge rows, placed on purpose on or beside a limit of the contract; the list
in `source.md` says what each one shows. Run it from anywhere: `python generate.py`.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

SEED = 20120101
DATA = Path(__file__).parent / "data"

# Primary operations to draw per year. Earlier years are there because a guarantee can reach five years back.
PRIMARIES = {2007: 150, 2008: 190, 2009: 230, 2010: 300, 2011: 420, 2012: 760, 2013: 800}
# Z stands for hospitals outside the rule book; their rows must never be paid here.
PROVIDERS, PROVIDER_WEIGHTS = ("A", "B", "C", "Z"), (46, 30, 21, 3)
LAST_DAY = date(2014, 3, 31)  # a few operations after the contract period, which must not count
SERVICES_FROM = date(2011, 1, 1)

Changes = dict[str, Any]
"""The columns of an edge row that differ from a plain primary operation."""


@frozen(kw_only=True)
class Operation:
    """One operation; `kind` is P (primary) or R (revision), `side` V (left) or H (right)."""

    id: str = ""
    patient: str
    day: date
    provider: str
    joint: str = "Höft"
    side: str = "V"
    kind: str = "P"
    asa: int = 2
    reported: bool = True
    unrelated: bool = False

    def cells(self) -> list[str]:
        """The row of `operationer.csv`."""
        yes = {True: "Ja", False: "Nej"}
        identity = [self.id, self.patient, self.day.isoformat(), self.provider, self.joint, self.side, self.kind]
        return [*identity, str(self.asa), yes[self.reported], yes[self.unrelated]]


@frozen
class Infection:
    """A post-operative infection of the operation with id `operation`; `antibiotics` is whether it needed them."""

    operation: str
    onset: date
    antibiotics: bool


@frozen
class Service:
    """A service that belongs to an operation: kind as printed in `tjanster.csv`, and days or number."""

    operation: str
    day: date
    kind: str
    quantity: int = 1


@frozen
class Prom:
    """Quality of life before and at the follow-up, in thousandths of the index; `None` is an answer never given."""

    operation: str
    measured: date
    before: int | None
    after: int | None


@frozen
class Edge:
    """An edge case of the guarantee: operations (id suffix, day, provider, changes) of one patient, and infections."""

    name: str
    operations: tuple[tuple[str, str, str, Changes], ...]
    infections: tuple[tuple[str, str, bool], ...] = field(default=())


R: Changes = {"kind": "R"}
GUARANTEE_EDGES = (
    Edge("K01", (("P", "2010-03-15", "A", {}), ("R", "2012-03-15", "A", R))),
    Edge("K02", (("P", "2010-03-15", "A", {}), ("R", "2012-03-16", "A", R))),
    Edge("K03", (("P", "2008-05-10", "A", {}), ("R", "2013-05-09", "A", R)), (("P", "2008-06-01", True),)),
    Edge("K04", (("P", "2008-05-10", "A", {}), ("R", "2013-05-10", "A", R)), (("P", "2008-06-01", True),)),
    Edge("K05", (("P", "2008-05-10", "A", {}), ("R", "2013-05-11", "A", R)), (("P", "2008-06-01", True),)),
    Edge("K06", (("P", "2010-01-20", "B", {}), ("R", "2012-06-01", "B", R)), (("P", "2010-02-10", False),)),
    Edge("K07", (("P", "2008-02-29", "C", {}), ("R", "2013-02-28", "C", R)), (("P", "2008-03-20", True),)),
    Edge("K08", (("P", "2008-02-29", "C", {}), ("R", "2013-03-01", "C", R)), (("P", "2008-03-20", True),)),
    Edge("K09", (("P", "2012-01-10", "B", {}), ("R", "2012-09-03", "B", {**R, "side": "H"}))),
    Edge("K10", (("P", "2012-01-10", "B", {}), ("R", "2012-09-03", "B", {**R, "joint": "Knä"}))),
    Edge("K11", (("P", "2011-06-01", "A", {"joint": "Knä"}), ("R", "2012-06-01", "B", {**R, "joint": "Knä"}))),
    Edge("K12", (("P", "2008-09-09", "B", {}), ("R", "2013-09-09", "C", R)), (("P", "2008-10-01", True),)),
    Edge("K13", (("P", "2010-02-01", "A", {}), ("R", "2012-02-02", "B", R))),
    Edge("K14", (("P", "2012-02-01", "C", {}), ("R", "2012-08-01", "C", {**R, "unrelated": True}))),
    Edge("K15", (("P", "2012-02-01", "C", {}), ("R", "2012-08-01", "A", {**R, "unrelated": True}))),
    Edge("K16", (("P1", "2009-04-01", "A", {}), ("P2", "2011-05-02", "B", {}), ("R", "2012-11-01", "A", R))),
    Edge("K17", (("P1", "2011-01-10", "A", {}), ("P2", "2011-09-01", "A", {"asa": 3}), ("R", "2012-05-07", "A", R))),
    Edge("K18", (("P", "2012-03-05", "A", {"asa": 3}), ("R", "2012-10-01", "A", {**R, "asa": 3}))),
    Edge("K19", (("P", "2009-06-15", "A", {}), ("R", "2013-01-15", "A", R)), (("P", "2011-06-15", True),)),
    Edge("K20", (("P", "2009-06-15", "A", {}), ("R", "2013-01-15", "A", R)), (("P", "2011-06-16", True),)),
    Edge("K21", (("P", "2010-04-12", "B", {}), ("R", "2012-10-01", "B", R)), (("P", "2010-04-01", True),)),
    Edge("K22", (("P", "2012-01-16", "A", {}), ("R", "2013-04-08", "Z", R))),
    Edge("K23", (("P", "2012-01-16", "Z", {}), ("R", "2013-04-08", "B", R))),
    Edge("K24", (("P", "2012-03-01", "C", {"reported": False}), ("R", "2012-10-01", "B", R))),
    Edge("K25", (("P", "2012-05-07", "A", {}), ("R", "2012-05-07", "A", R))),
    Edge("K26", (("P", "2011-02-01", "A", {}), ("R1", "2012-06-01", "A", R), ("R2", "2013-02-01", "A", R))),
    Edge("K27", (("P", "2011-02-01", "A", {}), ("R1", "2012-06-01", "A", R), ("R2", "2013-02-02", "A", R))),
    Edge("K28", (("P", "2011-08-01", "B", {}), ("R1", "2011-12-31", "C", R), ("R2", "2014-01-01", "C", R))),
    Edge("K29", (("P1", "2012-04-02", "C", {}), ("P2", "2012-04-02", "C", {"side": "H"}), ("R", "2013-12-31", "A", R))),
    Edge("K30", (("P", "2010-05-10", "A", {}), ("R", "2012-09-10", "A", R)), (("P", "2010-05-10", True),)),
    Edge("K31", (("P", "2007-11-05", "C", {}), ("R", "2012-11-05", "A", R)), (("P", "2007-12-03", True),)),
    Edge(
        "K32",
        (("P1", "2008-01-14", "A", {}), ("P2", "2010-01-18", "A", {}), ("R", "2012-06-04", "A", R)),
        (("P1", "2008-02-04", True),),
    ),
)

# Package eligibility and the ends of the contract period: id, day, changes (all at provider A).
PACKAGE_EDGES: tuple[tuple[str, str, Changes], ...] = (
    ("K40", "2012-06-11", {"asa": 1}),
    ("K41", "2012-06-11", {"asa": 2}),
    ("K42", "2012-06-11", {"asa": 3}),
    ("K43", "2012-06-11", {"reported": False}),
    ("K44", "2011-12-31", {}),
    ("K45", "2012-01-01", {}),
    ("K46", "2012-12-31", {}),
    ("K47", "2013-01-01", {}),
    ("K48", "2013-12-31", {}),
    ("K49", "2014-01-01", {}),
)

REHAB, VISIT = "Rehabdygn", "Återbesök"
# Included services and their limits: id, day of the operation, ASA class, services as (day, kind, days or number).
SERVICE_EDGES: tuple[tuple[str, str, int, tuple[tuple[str, str, int], ...]], ...] = (
    ("K50", "2012-03-12", 2, (("2012-03-14", REHAB, 6),)),
    ("K51", "2012-03-12", 2, (("2012-03-14", REHAB, 7),)),
    ("K52", "2012-03-12", 2, (("2012-03-14", REHAB, 4), ("2012-03-19", REHAB, 3))),
    ("K53", "2012-12-27", 2, (("2012-12-28", REHAB, 5), ("2013-01-02", REHAB, 3))),
    ("K54", "2012-03-12", 3, (("2012-03-14", REHAB, 9), ("2012-08-20", VISIT, 1))),
    ("K55", "2012-11-30", 2, (("2013-02-28", VISIT, 1),)),
    ("K56", "2012-11-30", 2, (("2013-03-01", VISIT, 1),)),
    ("K57", "2012-02-29", 2, (("2012-05-29", VISIT, 1),)),
    ("K58", "2012-02-29", 2, (("2012-05-30", VISIT, 1),)),
    ("K59", "2012-04-10", 2, (("2012-05-22", VISIT, 1), ("2012-07-10", VISIT, 1))),
    ("K60", "2012-04-10", 2, (("2012-07-10", VISIT, 1), ("2012-07-11", VISIT, 1))),
    ("K61", "2012-04-10", 2, (("2012-07-11", VISIT, 1), ("2012-09-03", VISIT, 1))),
    ("K62", "2013-12-16", 2, (("2014-02-10", VISIT, 1), ("2014-03-03", VISIT, 1))),
)

# Outcome limits: id, ASA class, answer before and after in thousandths.
PROM_EDGES: tuple[tuple[str, int, int | None, int | None], ...] = (
    ("K70", 2, 620, 670),
    ("K71", 2, 620, 671),
    ("K72", 2, 620, 570),
    ("K73", 2, 620, 569),
    ("K74", 2, 620, None),
    ("K75", 2, None, 690),
    ("K76", 3, 620, 1000),
    ("K77", 2, -16, 35),
)

# Reported results by provider and day: indicators 301, 302, 303. C did not report 303 in 2013.
RESULTS = (
    ("A", "2011-12-31", ("74 %", "", "")),
    ("A", "2012-12-31", ("82,5 %", "1,1 %", "90 %")),
    ("A", "2013-12-31", ("93,4 %", "0,5 %", "97 %")),
    ("B", "2012-12-31", ("60 %", "3,4 %", "78,2 %")),
    ("B", "2013-12-31", ("71,3 %", "2 %", "89,25 %")),
    ("C", "2012-12-31", ("75 %", "1,5 %", "88,8 %")),
    ("C", "2013-12-31", ("77,7 %", "1,9 %", "")),
    ("Z", "2012-12-31", ("99 %", "", "")),
)
# Environment criteria that were met, by provider and year; the others were assessed and not met.
CRITERIA = {
    ("A", 2012): ("M1", "M2", "M3"),
    ("A", 2013): ("M1", "M2", "M3"),
    ("B", 2012): ("M1", "M3"),
    ("B", 2013): ("M1", "M2"),
    ("C", 2012): ("M2", "M3"),
    ("C", 2013): (),
}


def weekday_in(rng: random.Random, year: int) -> date:
    """A day of `year` that is not a Saturday or Sunday: planned operations."""
    while True:
        day = date(year, 1, 1) + timedelta(days=rng.randrange(365))
        if day.weekday() < 5:
            return day


def draw_operations(rng: random.Random) -> tuple[list[Operation], list[tuple[Operation, date, bool]]]:
    """Random primaries with their revisions, ids given in date order, and (primary, onset, antibiotics) infections."""
    drawn: list[Operation] = []
    infected: list[tuple[Operation, date, bool]] = []
    for year, number in PRIMARIES.items():
        for _ in range(number):
            day = weekday_in(rng, year)
            first = Operation(
                patient=f"P{rng.randrange(100_000, 1_000_000)}",
                day=day,
                provider=rng.choices(PROVIDERS, PROVIDER_WEIGHTS)[0],
                joint=rng.choice(("Höft", "Knä")),
                side=rng.choice(("V", "H")),
                asa=rng.choices((1, 2, 3, 4), (28, 55, 16, 1))[0],
                reported=rng.random() < 0.98,
            )
            drawn.append(first)
            infection = rng.random() < 0.04
            if infection:
                infected.append((first, day + timedelta(days=rng.randrange(4, 800)), rng.random() < 0.75))
            if rng.random() < (0.45 if infection else 0.03):
                drawn.append(revision_of(rng, first, longest=1900 if infection else 1000))
            if rng.random() < 0.06:  # the other side later: a package and a guarantee of its own
                other = day + timedelta(days=rng.randrange(90, 900))
                drawn.append(evolve(first, day=other, side="H" if first.side == "V" else "V"))
    drawn = sorted((o for o in drawn if o.day <= LAST_DAY), key=lambda o: (o.day, o.patient, o.kind))
    numbered = [evolve(o, id=f"OP-{o.day.year}-{i:04}") for i, o in enumerate(drawn, start=1)]
    ids = dict(zip(drawn, numbered, strict=True))
    return numbered, [(ids[first], onset, antibiotics) for first, onset, antibiotics in infected]


def revision_of(rng: random.Random, first: Operation, longest: int) -> Operation:
    """A revision of `first`, 10 to `longest` days later; one in six at another provider, one in twelve unrelated."""
    return evolve(
        first,
        day=first.day + timedelta(days=rng.randrange(10, longest)),
        provider=rng.choice(PROVIDERS) if rng.random() < 1 / 6 else first.provider,
        kind="R",
        reported=True,
        unrelated=rng.random() < 1 / 12,
    )


def edge_operations() -> tuple[list[Operation], list[Infection]]:
    """The edge rows: operations with fixed ids, and their infections."""
    operations: list[Operation] = []
    infections: list[Infection] = []
    for edge in GUARANTEE_EDGES:
        for suffix, day, provider, changes in edge.operations:
            plain = Operation(
                id=f"{edge.name}-{suffix}", patient=edge.name, day=date.fromisoformat(day), provider=provider
            )
            operations.append(evolve(plain, **changes))
        infections += [Infection(f"{edge.name}-{s}", date.fromisoformat(on), ab) for s, on, ab in edge.infections]
    for name, day, changes in PACKAGE_EDGES:
        operations.append(
            evolve(Operation(id=name, patient=name, day=date.fromisoformat(day), provider="A"), **changes)
        )
    for name, day, asa, _services in SERVICE_EDGES:
        operations.append(
            Operation(id=name, patient=name, day=date.fromisoformat(day), provider="B", asa=asa, joint="Knä")
        )
    for name, asa, _before, _after in PROM_EDGES:
        operations.append(Operation(id=name, patient=name, day=date(2012, 9, 17), provider="C", asa=asa, side="H"))
    return operations, infections


def draw_services(rng: random.Random, operations: Iterable[Operation]) -> list[Service]:
    """Services of random operations since `SERVICES_FROM`, within and beyond what the package holds."""
    services: list[Service] = []

    def add(o: Operation, after: int, kind: str, quantity: int = 1) -> None:
        services.append(Service(o.id, o.day + timedelta(days=after), kind, quantity))

    for o in operations:
        if o.day < SERVICES_FROM or o.provider == "Z":
            continue
        for kind, before, share in (("Preoperativ bedömning", 21, 0.25), ("Lab", 14, 0.2), ("Röntgen", 14, 0.2)):
            if rng.random() < share:
                add(o, -rng.randrange(1, before), kind)
        if rng.random() < 0.15:
            add(o, rng.randrange(3), "Läkemedel")
        if rng.random() < 0.55:
            days = rng.choices((2, 3, 4, 5, 6, 7, 8, 10), (10, 16, 22, 18, 14, 10, 6, 4))[0]
            first = days if rng.random() < 0.7 else rng.randrange(1, days)
            add(o, 3, REHAB, first)
            if first < days:
                add(o, 3 + first, REHAB, days - first)
        if rng.random() < 0.8:
            add(o, rng.randrange(30, 105), VISIT)
        if rng.random() < 0.12:
            add(o, rng.randrange(60, 200), VISIT)
    return services


def draw_proms(rng: random.Random, operations: Iterable[Operation]) -> list[Prom]:
    """Quality of life of random primaries since `SERVICES_FROM`; some never asked, some never answered."""
    proms: list[Prom] = []
    for o in operations:
        if o.day < SERVICES_FROM or o.kind == "R" or o.provider == "Z" or rng.random() < 0.15:
            continue
        before = rng.randrange(-50, 750)
        after = min(1000, before + round(rng.gauss(190, 170)))
        proms.append(
            Prom(
                o.id,
                o.day + timedelta(days=rng.randrange(340, 400)),
                None if rng.random() < 0.03 else before,
                None if rng.random() < 0.15 else after,
            )
        )
    return proms


def index_text(thousandths: int | None) -> str:
    """The index with a decimal comma and no trailing zeros; empty when there is no answer."""
    if thousandths is None:
        return ""
    whole, rest = divmod(abs(thousandths), 1000)
    text = f"{whole},{rest:03}".rstrip("0").rstrip(",")
    return f"-{text}" if thousandths < 0 else text


def write(name: str, heading: str, rows: Iterable[Sequence[str]]) -> None:
    """Write a UTF-8 file with semicolons and LF line ends."""
    with (DATA / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\n")
        writer.writerow(heading.split(";"))
        writer.writerows(rows)


def main() -> None:
    """Write the six data files."""
    rng = random.Random(SEED)
    drawn, infected = draw_operations(rng)
    edges, infections = edge_operations()
    infections += [Infection(o.id, onset, antibiotics) for o, onset, antibiotics in infected]
    services = draw_services(rng, drawn)
    for name, _day, _asa, lines in SERVICE_EDGES:
        services += [Service(name, date.fromisoformat(day), kind, number) for day, kind, number in lines]
    proms = draw_proms(rng, drawn)
    proms += [Prom(name, date(2013, 9, 16), before, after) for name, _asa, before, after in PROM_EDGES]

    operations = sorted([*drawn, *edges], key=lambda o: (o.day, o.id))
    heading = (
        "Operations-id;Patient;Operationsdatum;Vårdgivare;Led;Sida;Slag;ASA-klass;Registerrapporterad;Utan samband"
    )
    write("operationer.csv", heading, (o.cells() for o in operations))
    infections.sort(key=lambda i: (i.onset, i.operation))
    write(
        "infektioner.csv",
        "Infektions-id;Operations-id;Insjuknad;Antibiotika",
        (
            [f"I{n:04}", i.operation, i.onset.isoformat(), "Ja" if i.antibiotics else "Nej"]
            for n, i in enumerate(infections, 1)
        ),
    )
    services.sort(key=lambda s: (s.day, s.operation, s.kind))
    write(
        "tjanster.csv",
        "Tjänst-id;Operations-id;Datum;Tjänst;Antal",
        ([f"T{n:05}", s.operation, s.day.isoformat(), s.kind, str(s.quantity)] for n, s in enumerate(services, 1)),
    )
    proms.sort(key=lambda p: (p.measured, p.operation))
    write(
        "prom.csv",
        "Operations-id;Mätdatum;Före;Efter",
        ([p.operation, p.measured.isoformat(), index_text(p.before), index_text(p.after)] for p in proms),
    )
    write(
        "resultat.csv",
        "Vårdgivare;Indikator;Mätdatum;Resultat",
        ([p, i, on, v] for p, on, values in RESULTS for i, v in zip(("301", "302", "303"), values, strict=True) if v),
    )
    write(
        "miljo.csv",
        "Vårdgivare;Kriterium;Bedömt;Uppfyllt",
        (
            [p, c, f"{y}-12-31", "Ja" if c in met else "Nej"]
            for (p, y), met in CRITERIA.items()
            for c in ("M1", "M2", "M3")
        ),
    )


if __name__ == "__main__":
    main()
