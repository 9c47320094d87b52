"""What is wrong with a contract and what is wrong with its data is told in one round."""

from __future__ import annotations

from pathlib import Path

import folders
import pytest
from running import run

WRONG = folders.CONTRACT.replace("del 10%", "del 10 kr")
CONTACTS = folders.CONTACTS.replace("2012-06-30", "2012-06-31")
TOLD = "kontakt.csv\n  rad 3, kolumn Dag: AVD29 "


def test_both_are_told(tmp_path: Path) -> None:
    said = run("settle", folders.write(tmp_path, contract=WRONG, contacts=CONTACTS), code=1).stderr
    assert said.index("fel AV202: ") < said.index(TOLD)
    assert said.endswith("Underlaget har 1 fel. Inget avräknas förrän alla är åtgärdade.\n")


def test_sound_data_are_nothing_to_tell(tmp_path: Path) -> None:
    said = run("settle", folders.write(tmp_path, contract=WRONG), code=1).stderr
    assert said.endswith("contract.avtal har fel som måste rättas först.\n")


def test_a_contract_without_data(tmp_path: Path) -> None:
    said = run("settle", folders.write(tmp_path, contract=WRONG, contacts="", outcomes=""), code=1).stderr
    assert said.endswith("contract.avtal har fel som måste rättas först.\n")


def test_a_file_that_holds_no_contract_has_no_data(tmp_path: Path) -> None:
    folder = folders.write(tmp_path, contract="använd former\n", contacts=CONTACTS)
    said = run("settle", folder, code=2).stderr
    assert said.endswith("contract.avtal innehåller inget avtal, bara definitioner.\n")


@pytest.mark.parametrize("other", [WRONG, folders.CONTRACT])
def test_data_that_contracts_share_are_told_of_once(tmp_path: Path, other: str) -> None:
    """Whether it is another contract with errors that shares them, or one that is settled on them."""
    first = folders.write(tmp_path / "ett", contract=WRONG, contacts=CONTACTS)
    second = folders.write(tmp_path / "två", contract=other)
    said = run("settle", first, second, "--data", first / "data", code=1).stderr
    assert said.count(TOLD) == 1
    assert said.count("fel AV202: ") == (2 if other is WRONG else 1)


def test_data_beside_each_are_told_of_each(tmp_path: Path) -> None:
    both = [folders.write(tmp_path / name, contract=WRONG, contacts=CONTACTS) for name in ("ett", "två")]
    assert run("settle", *both, code=1).stderr.count(TOLD) == 2


def test_an_engine_that_cannot_read_the_data(tmp_path: Path) -> None:
    folder = folders.write(tmp_path, contract=WRONG)
    said = run("settle", folder, "--engine", "postgresql://localhost:1/none", code=1).stderr
    assert said.index("fel AV202: ") < said.index("localhost")


@pytest.mark.parametrize(
    "changed",
    [
        {"contract": WRONG.replace("använd former", "använd formr")},
        {"contract": WRONG.replace('fast "Jour"', 'fast "Jour')},
        {"contract": WRONG + "\nfact visit\n  column day : date\n"},
        {"contract": WRONG, "forms": folders.FORMS.replace("pays prices[kind].pris", "pays prices[kind].price")},
    ],
)
def test_data_are_not_judged_by_columns_that_may_be_wrong(tmp_path: Path, changed: dict[str, str]) -> None:
    """A module is unknown, a line is unread, columns are declared in the contract itself, or a module has errors."""
    said = run("settle", folders.write(tmp_path, contacts=CONTACTS, **changed), code=1).stderr
    assert "AVD29" not in said
    assert "contract.avtal har fel som måste rättas först." in said
