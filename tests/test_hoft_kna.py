"""The hip and knee package line by line: who bears each reoperation, and which days, visits and answers are paid.

That each clause comes to the expected öre is tested with the other contracts; here its lines are, against
`expected/garanti.csv` and `expected/tjanster.csv`, which were worked out without the engine.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve

from avtal import api
from avtal.contract import Contract, load
from avtal.reading import Reading
from interpreter.facts import Row
from interpreter.settlement import ClauseResult, Settlement, Status

FOLDER = Path(__file__).parent.parent / "contracts" / "hoft_kna"
PROVIDERS, YEARS = ("A", "B", "C"), ("2012", "2013")
BUNDLE, GUARANTEE = 'bundle["Paketersättning"]', 'guarantee["Garanti och omoperationer"]'
DAYS, VISITS = 'bundle_days["Rehabdygn utöver paketet"]', 'bundle_visits["Återbesök utöver paketet"]'
OUTCOME = 'outcome["Patientrapporterat utfall"]'
SECONDS = 20
"""Far above what settling takes, so that only a change of its order of growth fails."""

Paid = set[tuple[str, str, str, str, Fraction]]
"""(year, provider, operation, label, kr)."""


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load(FOLDER)


@pytest.fixture(scope="module")
def reading(contract: Contract) -> Reading:
    return api.read(contract)


@pytest.fixture(scope="module")
def settlements(contract: Contract, reading: Reading) -> tuple[Settlement, ...]:
    started = time.perf_counter()
    found = api.settle(contract, reading)
    assert time.perf_counter() - started < SECONDS
    assert [(f"{s.start:%Y}", s.provider[1]) for s in found] == [(y, p) for y in YEARS for p in PROVIDERS]
    return tuple(found)


def expected(name: str) -> list[dict[str, str]]:
    with (FOLDER / "expected" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def clause(settlement: Settlement, key: str) -> ClauseResult:
    found = settlement.clause(key)
    assert found is not None
    assert found.status is Status.SETTLED
    return found


def paid(settlements: tuple[Settlement, ...], key: str) -> Paid:
    """The lines of a clause in all settlements, each of which must be there once."""
    lines = [
        (f"{s.start:%Y}", s.provider[1], line.row, line.label, line.amount)
        for s in settlements
        for line in clause(s, key).lines
    ]
    assert len(lines) == len(set(lines))
    return set(lines)


def borne() -> Paid:
    """What `garanti.csv` says of each reoperation, as the lines of those whom it concerns."""
    found: Paid = set()
    for row in expected("garanti.csv"):
        year, operation, performer, first = row["period"], row["operation"], row["provider"], row["index_provider"]
        covered = row["covered"] == "ja"
        if performer in PROVIDERS:
            label = "outside the guarantee"
            if covered:
                label = "own guarantee" if first == performer else "for another provider"
            found.add((year, performer, operation, label, Fraction(row["paid"])))
        if covered and first != performer and first in PROVIDERS:
            found.add((year, first, operation, "recovered", Fraction(row["recovered"])))
    return found


def test_each_reoperation_is_borne_by_whom_the_guarantee_says(settlements: tuple[Settlement, ...]) -> None:
    assert paid(settlements, GUARANTEE) == borne()


def test_every_way_a_reoperation_can_go_is_in_the_data() -> None:
    labels = Counter(label for _, _, _, label, _ in borne())
    assert set(labels) == {"own guarantee", "for another provider", "outside the guarantee", "recovered"}
    assert min(labels.values()) >= 3
    assert {row["provider"] for row in expected("garanti.csv")} > set(PROVIDERS), (
        "one performer is outside the contract"
    )


def test_a_line_says_which_row_of_the_data_it_is_for(settlements: tuple[Settlement, ...], reading: Reading) -> None:
    by_id = {row.cells["id"]: row for row in reading.data["operation"]}
    for settlement in settlements:
        for line in clause(settlement, GUARANTEE).lines:
            row = by_id[line.row]
            assert (line.file, line.number, line.day) == (row.file, row.line, row.cells["operated"])


@pytest.mark.parametrize(("key", "service", "price"), [(DAYS, "Rehabdygn", 3_000), (VISITS, "Återbesök", 1_500)])
def test_days_and_visits_beside_the_package(
    settlements: tuple[Settlement, ...], key: str, service: str, price: int
) -> None:
    beside = {
        (r["period"], r["provider"]): int(r["beside"]) for r in expected("tjanster.csv") if r["service"] == service
    }
    found = {
        (f"{s.start:%Y}", s.provider[1]): sum(line.quantity or 0 for line in clause(s, key).lines) for s in settlements
    }
    assert found == beside
    assert all(line.unit_price == price for s in settlements for line in clause(s, key).lines)


def test_each_operation_in_the_package_is_paid_once_and_asked_for_its_outcome_once(
    settlements: tuple[Settlement, ...], reading: Reading
) -> None:
    covered = {
        (f"{row.cells['operated']:%Y}", row.cells["provider"], row.cells["id"])
        for row in reading.data["operation"]
        if row.cells["kind"] == "primary" and Fraction(str(row.cells["asa"])) <= 2 and row.cells["reported"]
    }
    asked = {(y, p, i) for y, p, i in covered if y in YEARS and p in PROVIDERS}
    assert {line[:3] for line in paid(settlements, BUNDLE)} == asked
    assert {line[:3] for line in paid(settlements, OUTCOME)} == asked
    assert {line[3:] for line in paid(settlements, OUTCOME)} == {
        ("better", Fraction(1_500)),
        ("worse", Fraction(-2_000)),
        ("unchanged", Fraction(0)),
        ("unanswered", Fraction(0)),
    }


def settle_with(contract: Contract, reading: Reading, fact: str, rows: list[Row]) -> dict[str, dict[str, ClauseResult]]:
    """Each provider's clauses for 2012 with other rows of one fact."""
    changed = evolve(reading, data={**reading.data, fact: rows})
    return {s.provider[1]: {c.key: c for c in s.clauses} for s in api.settle(contract, changed, period="2012")}


def test_a_reoperation_without_a_price_leaves_the_guarantee_unsettled(contract: Contract, reading: Reading) -> None:
    unpriced = "OP-2012-1402"  # by A, outside the guarantee: A's alone
    rows = [
        evolve(row, cells={**row.cells, "site": "axel"}) if row.cells["id"] == unpriced else row
        for row in reading.data["operation"]
    ]
    found = settle_with(contract, reading, "operation", rows)
    assert found["A"][GUARANTEE].status is Status.FAILED
    assert [failure.code for failure in found["A"][GUARANTEE].failures] == ["AV501"]
    assert "axel" in found["A"][GUARANTEE].failures[0].message("sv")
    assert found["A"][BUNDLE].status is Status.SETTLED
    assert found["B"][GUARANTEE].status is Status.SETTLED


def test_without_the_infection_the_guarantee_has_ended(contract: Contract, reading: Reading) -> None:
    """A reoperation later than two years is borne because of an infection; take that away and nobody bears it."""
    operated = {row.cells["id"]: row.cells["operated"] for row in reading.data["operation"]}
    late = [
        row
        for row in expected("garanti.csv")
        if row["period"] == "2012"
        and row["covered"] == "ja"
        and _months(operated[row["index"]], operated[row["operation"]]) > 24
    ]
    assert any(row["provider"] == row["index_provider"] for row in late)
    assert any(row["provider"] != row["index_provider"] for row in late)
    indexes = {row["index"] for row in late}
    rows = [row for row in reading.data["infection"] if row.cells["operation_id"] not in indexes]
    found = settle_with(contract, reading, "infection", rows)
    labels = {(p, line.row): line.label for p in PROVIDERS for line in found[p][GUARANTEE].lines}
    for row in late:
        borne_by = {p: labels[p, row["operation"]] for p in PROVIDERS if (p, row["operation"]) in labels}
        assert borne_by == {row["provider"]: "outside the guarantee"}


def _months(first: object, then: object) -> int:
    """Calendar months from one day's month to another's."""
    assert isinstance(first, date)
    assert isinstance(then, date)
    return (then.year - first.year) * 12 + then.month - first.month
