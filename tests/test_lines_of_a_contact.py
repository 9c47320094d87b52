"""`avtal explain --contact`: what one contact was paid, and why it has no payment line."""

from __future__ import annotations

from pathlib import Path

import folders
import pytest
from running import run

EACH_ITS_OWN = """\
contract "T"
  provider "A" code "A"
  period   2012

fact care
  key      id
  dated    day
  provider provider
  column id       : code
  column provider : code
  column day      : date
  column cost     : kr

form whole
  "What each contact cost."
  needs care: cost
  each care
    pays cost

whole "Del"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folders.write(tmp_path / "prov")


def test_a_contact_is_explained_from_the_file_and_from_the_data_alike(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "rader.parquet"
    run("settle", folder, "--lines", file, code=1)
    shown = run("explain", folder, "--contact", "K2", "--lines", file).stdout.replace("\u00a0", " ")
    assert shown == run("explain", folder, "--contact", "K2").stdout.replace("\u00a0", " ")
    lines = shown.splitlines()
    assert lines[0] == "Region Ett (R1), Kliniken A (A), 2012"
    assert lines[1].startswith("└─ besöksersättning Besök = 333,33 kr  ")
    assert lines[1].endswith("contract.avtal:13")
    assert lines[2:] == [
        "   └─ kontakt K2, 2012-06-30 = 333,33 kr  kontakt.csv:3",
        "      └─ betalar priser[art].pris  former.avtal:26",
    ]
    english = run("explain", folder, "--contact", "K2", "--lines", file, "--lang", "en").stdout.replace("\u00a0", " ")
    assert "└─ visits Besök = 333.33 kr" in english
    assert "pays prices[kind].pris" in english


def test_only_the_days_and_parties_asked_for(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "rader.parquet"
    run("settle", folder, "--lines", file, code=1)
    ask = ("explain", folder, "--contact", "K5", "--lines", file)
    assert "2013" in run(*ask, "--period", "2013", "--provider", "A", "--buyer", "R1").stdout
    for more in (("--period", "2012"), ("--provider", "B"), ("--buyer", "R2")):
        told = run(*ask, *more, code=1).stderr
        assert "Ingen betalningsrad har nyckeln K5. Den kan ändå" in told, "the file has the contact"


def test_lines_by_other_contracts_are_told_of(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "rader.parquet"
    run("settle", folder, "--period", "2012", "--lines", file)
    named = folders.CONTRACT.replace('avtal "Provavtal"', 'avtal "Ett annat"')
    other = folders.write(tmp_path / "annat", contract=named)
    told = run("explain", other, "--contact", "K2", "--lines", file, code=1).stderr
    assert "Nyckeln K2 har rader enligt andra avtal i filen: Provavtal." in told
    assert f"fel: {file} har inga rader enligt avtalet Ett annat, bara enligt Provavtal." in told


def test_a_file_of_another_contract_is_told_as_that(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "rader.parquet"
    run("settle", folder, "--period", "2012", "--lines", file)
    named = folders.CONTRACT.replace('avtal "Provavtal"', 'avtal "Ett annat"')
    other = folders.write(tmp_path / "annat", contract=named)
    told = run("explain", other, "--contact", "K9", "--lines", file, "--lang", "en", code=1).stderr
    assert told == f"error: {file} has no lines by the contract Ett annat, only by Provavtal.\n"


def test_no_amount_is_named_where_every_row_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "contract.avtal").write_text(EACH_ITS_OWN, encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/care.csv").write_text("id;provider;day;cost\n1;A;2012-01-01;100\n2;B;2012-01-01;9\n", "utf-8")
    told = run("explain", tmp_path, "--contact", "2", "--lang", "en", code=1).stderr
    assert told.endswith(
        "error: 2 is in the data (care.csv:3), but has no payment line of its own in what was settled.\n"
    )


@pytest.mark.parametrize(
    "paid", ["each care by provider\n    pays sum of cost", "each month\n    pays sum of cost over care"]
)
def test_a_contact_may_count_in_what_a_group_or_a_month_is_paid(paid: str, tmp_path: Path) -> None:
    text = EACH_ITS_OWN.replace("each care\n    pays cost", paid).replace("care: cost", "care: cost, provider")
    (tmp_path / "contract.avtal").write_text(text, encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/care.csv").write_text("id;provider;day;cost\n1;A;2012-01-01;100\n", "utf-8")
    told = run("explain", tmp_path, "--contact", "1", "--lang", "en", code=1).stderr
    assert told.endswith("It may still count in amounts that are worked out as a whole: whole.\n")


LATE = ("--period", "2012", "--contact", "K5")


@pytest.mark.parametrize("engine", ["reference", "sqlite", "duckdb"])
def test_a_contact_without_lines_is_told_where_it_may_count(folder: Path, engine: str) -> None:
    told = run("explain", folder, *LATE, "--engine", engine, code=1).stderr
    assert "K5 finns i underlaget (kontakt.csv:6), men har ingen egen betalningsrad i det som avräknades." in told
    assert "Den kan ändå räknas med i belopp som räknas ut i ett stycke: " in told
    assert "andel" in told
    assert "besöksersättning" not in told.rsplit("fel: ", 1)[1]
    told = run("explain", folder, *LATE, "--engine", engine, "--lang", "en", code=1).stderr
    assert "K5 is in the data (kontakt.csv:6), but has no payment line of its own in what was settled. It may" in told


@pytest.mark.parametrize("engine", ["reference", "sqlite", "duckdb"])
def test_a_contact_that_stands_in_the_way_is_told_of_what(tmp_path: Path, engine: str) -> None:
    """K7 has no price in the list; where another clause pays it, its line is shown and what it hinders below."""
    contacts = folders.CONTACTS + "K7;A;2012-05-01;saknad\n"
    asked = ("--period", "2012", "--contact", "K7", "--engine", engine)
    folder = folders.write(tmp_path / "alone", contacts=contacts)
    told = run("explain", folder, *asked, code=1).stderr
    lacks = "prislista[saknad] saknas"
    hinders = "K7 finns i underlaget (kontakt.csv:7), men hindrar det som skulle betala: "
    assert f"fel: {hinders}besöksersättning Besök: {lacks}." in told
    assert "Den kan ändå" not in told
    told = run("explain", folder, *asked, "--lang", "en", code=1).stderr
    assert "K7 is in the data (kontakt.csv:7), but stands in the way of what would pay: visits Besök: pr" in told
    each = "\nform every_visit (vart_besök)\n  needs contact: kind\n  each contact\n    pays 10 kr\n"
    paid = folders.write(
        tmp_path / "paid",
        contacts=contacts,
        forms=folders.FORMS + each,
        contract=folders.CONTRACT.replace("delsumma", 'vart_besök "Allt"\n\ndelsumma', 1),
    )
    shown = run("explain", paid, *asked).stdout
    assert "vart_besök Allt" in shown
    assert shown.endswith(f"\nhindrar det som skulle betala: besöksersättning Besök: {lacks}\n")
    assert "hindrar" not in run("explain", paid, *asked[:2], "--contact", "K1", "--engine", engine).stdout


@pytest.mark.parametrize("engine", ["reference", "sqlite", "duckdb"])
def test_a_key_that_is_not_in_the_data_is_told_as_that(folder: Path, engine: str) -> None:
    asked = ("explain", folder, "--period", "2012", "--contact", "K9", "--engine", engine)
    assert run(*asked, code=1).stderr.endswith("fel: Ingen rad i underlaget har nyckeln K9.\n")
    assert run(*asked, "--lang", "en", code=1).stderr.endswith("error: No row of the data has the key K9.\n")


def test_a_file_of_lines_does_not_tell_what_the_data_have(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "rader.parquet"
    run("settle", folder, "--period", "2012", "--lines", file)
    asked = ("explain", folder, "--contact", "K5", "--lines", file)
    told = run(*asked, code=1).stderr
    assert "Ingen betalningsrad har nyckeln K5. Filen säger inte om underlaget har den. Den kan ändå" in told
    told = run(*asked, "--lang", "en", code=1).stderr
    assert "No payment line has the key K5. The file does not tell whether the data have it. It may" in told


def test_keys_of_several_columns_are_looked_for_where_rows_are_few(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("explain", folder, "--period", "2012", "--contact", "A, 113, 2012-12-31")
    assert "A, 113, 2012-12-31 finns i underlaget (utfall.csv:2), men" in run(*asked, code=1).stderr
    monkeypatch.setattr("avtal.contacts.AT_HAND", 0)
    assert "Ingen betalningsrad har nyckeln A, 113, 2012-12-31. Den kan ändå" in run(*asked, code=1).stderr
    assert "K5 finns i underlaget" in run("explain", folder, *LATE, code=1).stderr


def test_lines_of_a_text_that_has_changed_are_not_quoted(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "rader.parquet"
    run("settle", folder, "--period", "2012", "--lines", file)
    contract = folder / "contract.avtal"
    contract.write_text(
        contract.read_text(encoding="utf-8").replace('besöksersättning "Besök"', 'besöksersättning "Möte"')
    )
    done = run("explain", folder, "--contact", "K2", "--lines", file)
    assert "har ändrats sedan raderna skrevs" in done.stderr
    assert 'visits["Besök"] = 333,33' in done.stdout.replace("\u00a0", " ")
    assert "betalar" not in done.stdout


def test_contracts_of_one_name_are_told_apart_by_their_parties(tmp_path: Path) -> None:
    for name in "AB":
        text = EACH_ITS_OWN.replace('provider "A" code "A"', f'provider "{name}" code "{name}"')
        text = text.replace("pays cost", "pays cost * 2" if name == "B" else "pays cost")
        (tmp_path / name).mkdir()
        (tmp_path / name / "contract.avtal").write_text(text, "utf-8")
    (tmp_path / "care.csv").write_text("id;provider;day;cost\n1;A;2012-01-01;10 kr\n2;B;2012-01-01;10 kr\n", "utf-8")
    file = tmp_path / "rows.parquet"
    run("settle", tmp_path, "--data", tmp_path / "care.csv", "-O", "csv", "--lines", file)
    for name, contact, rule, amount in (("A", "1", "pays cost", "10.00"), ("B", "2", "pays cost * 2", "20.00")):
        shown = run("explain", tmp_path / name, "--contact", contact, "--lines", file).stdout.replace("\u00a0", " ")
        assert f"care {contact}, 2012-01-01 = {amount} kr" in shown
        assert f"{rule}  contract.avtal:18\n" in shown  # quoted, for its text is the one that the lines came from
    told = run("explain", tmp_path / "A", "--contact", "2", "--lines", file, code=1).stderr
    assert "Ingen betalningsrad har nyckeln 2." in told
