"""What the Mellansverige agreement refuses, on its own data: years without lists, a mean without one of its years.

That it settles to the expected öre is tested with the other contracts.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve

from avtal import api
from avtal.contract import Contract, load
from avtal.reading import Reading
from interpreter.settlement import Settlement, Status

FOLDER = Path(__file__).parent.parent / "contracts" / "mellansverige"
SUBSCRIPTION, VARIABLE = 'subscription["Abonnemang"]', 'drg["Rörlig ersättning"]'
BUYERS = ("VASTMANLAND", "VARMLAND", "SORMLAND", "DALARNA", "GAVLEBORG", "OREBRO")


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load(FOLDER)


@pytest.fixture(scope="module")
def reading(contract: Contract) -> Reading:
    return api.read(contract)


def codes(settlement: Settlement, key: str) -> list[str]:
    """The codes of what kept a clause from being settled."""
    return [failure.code for clause in settlement.clauses if clause.key == key for failure in clause.failures]


def status(settlement: Settlement) -> dict[str, Status]:
    return {clause.key: clause.status for clause in settlement.clauses}


@pytest.mark.parametrize("year", ["2021", "2024"])
def test_a_year_whose_lists_are_not_there_has_no_total(contract: Contract, reading: Reading, year: str) -> None:
    settlements = api.settle(contract, reading, period=year)
    assert [s.buyer[1] for s in settlements] == list(BUYERS)
    for settlement in settlements:
        assert settlement.total is None
        assert status(settlement)[SUBSCRIPTION] is Status.UNSETTLED
        assert status(settlement)[VARIABLE] is Status.FAILED
        assert set(codes(settlement, VARIABLE)) == {"AV505"}


def test_contacts_and_services_of_a_year_without_lists_are_named(contract: Contract, reading: Reading) -> None:
    by_buyer = {s.buyer[1]: s for s in api.settle(contract, reading, period="2024")}
    assert codes(by_buyer["GAVLEBORG"], 'outliers["Ytterfall"]') == ["AV505", "AV505"]  # two contacts
    assert codes(by_buyer["OREBRO"], 'exceptions["Undantag"]') == ["AV505"]


def test_an_earlier_year_without_invoices_leaves_that_buyer_unsettled(contract: Contract, reading: Reading) -> None:
    """Only care that counts makes a year known: here outliers, exceptions and special debits of 2020 remain."""
    invoices = [
        row
        for row in reading.data["invoice"]
        if not (row.cells["buyer"] == "VARMLAND" and row.cells["kind"] == "DRG" and str(row.cells["covers"]) < "2021")
    ]
    assert len(invoices) < len(reading.data["invoice"])
    without = evolve(reading, data={**reading.data, "invoice": invoices})
    whole = {s.buyer[1]: s for s in api.settle(contract, reading, period="2022")}
    for settlement in api.settle(contract, without, period="2022"):
        if settlement.buyer[1] == "VARMLAND":
            assert settlement.total is None
            assert status(settlement)[SUBSCRIPTION] is Status.UNSETTLED
            assert codes(settlement, SUBSCRIPTION) == ["AV502"]
        else:
            assert settlement.total == whole[settlement.buyer[1]].total


def test_the_subscription_of_four_quarters_is_that_of_the_year(contract: Contract, reading: Reading) -> None:
    """Each quarter stands on the same two calendar years and has a quarter of their mean."""

    def exact(period: str) -> list[Fraction | None]:
        return [
            clause.exact
            for settlement in api.settle(contract, reading, period=period)
            for clause in settlement.clauses
            if clause.key == SUBSCRIPTION
        ]

    year, quarters = exact("2022"), [exact(f"2022-q{q}") for q in (1, 2, 3, 4)]
    assert all(amount is not None and amount > 0 for amount in year)
    for quarter in quarters:
        assert quarter == [amount / 4 for amount in year if amount is not None]
