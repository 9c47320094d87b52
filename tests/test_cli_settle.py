"""`avtal settle` and `avtal explain`: every form of output, and the way from an amount to the datum."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import folders
import pytest
from python_calamine import CalamineWorkbook
from running import run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folders.write(tmp_path / "prov")


# --- settle


def test_the_table(folder: Path) -> None:
    shown = run("settle", folder, "--period", "2012", "--provider", "A").stdout.replace("\u00a0", " ")
    assert re.search(r"^andel Kvalitet +40 015,52 kr$", shown, re.MULTILINE)
    assert re.search(r"^Delsumma vård +1 201 667,26 kr$", shown, re.MULTILINE)
    assert re.search(r"^Att betala +1 241 682,78 kr$", shown, re.MULTILINE)
    assert re.search(r"^kontakt +3 +2 +5$", shown, re.MULTILINE)
    assert "vård <= 3 mkr: håller" in shown
    assert "För beställaren" in shown
    amounts = [line for line in shown.splitlines() if line.endswith(" kr") and ": " not in line]
    assert len({len(line) for line in amounts}) == 1
    assert "Så blev beloppen\n  " in shown


def test_the_table_in_english(folder: Path) -> None:
    shown = run("settle", folder, "--period", "2012", "--lang", "en").stdout.replace("\u00a0", " ")
    assert re.search(r"^part Kvalitet +40 015.52 kr$", shown, re.MULTILINE)
    assert "To pay" in shown


def test_what_is_not_settled_has_no_total(folder: Path) -> None:
    result = run("settle", folder, "--period", "2013", "--provider", "B", code=1)
    assert "oavgjord (1)" in result.stdout
    assert "Ingen totalsumma: 1 post är inte avräknad" in result.stdout
    assert "Att betala" not in result.stdout
    assert "(1) oavgjord: no result is reported [AV502]" in result.stdout
    assert "former.avtal:38:3" in result.stderr


def test_a_broken_promise_is_a_finding(tmp_path: Path) -> None:
    folder = folders.write(tmp_path, contract=folders.CONTRACT.replace("vård <= 3 mkr", "vård <= 1 mkr"))
    assert "vård <= 1 mkr: håller inte" in run("settle", folder, "--period", "2012", code=1).stdout


def test_payment_lines_add_up(folder: Path) -> None:
    shown = run("settle", folder, "--period", "2012", "-O", "csv", "--show-lines").stdout
    lines = list(csv.DictReader(io.StringIO(shown), delimiter=";"))
    sums: dict[tuple[str, str], Fraction] = {}
    for line in lines:
        key = (line["provider"], line["clause"])
        sums[key] = sums.get(key, Fraction(0)) + Fraction(line["amount"])
    expected = {
        (row["provider"], row["clause"]): Fraction(row["amount"])
        for row in csv.DictReader(io.StringIO(folders.EXPECTED), delimiter=";")
        if row["clause"] != "total"
    }
    assert sums == expected
    assert [line["line"] for line in lines if line["file"] == "kontakt.csv"] == ["2", "3", "4", "5"]
    assert "Betalningsrader" in run("settle", folder, "--period", "2012", "--show-lines").stdout


def test_payment_lines_tell_what_is_not_settled(folder: Path) -> None:
    """B's part of 2013 has no result; the sum of the amounts is not a total."""
    shown = run("settle", folder, "--period", "2013", "--provider", "B", "-O", "csv", "--show-lines", code=1).stdout
    lines = [line.split(";", 4)[4] for line in shown.splitlines()[1:]]
    assert lines == [
        '"fixed[""Jour""]";;;;;;;;1200000.10;;;settled',
        '"part[""Kvalitet""]";;;;;;;;;;;unsettled',
        "total;;;;;;;;;;;failed",
    ]


def test_payment_lines_tell_the_rounding_of_the_total(tmp_path: Path) -> None:
    """1 667,16 and 1 200 000,10 kr and 40 015,519758 kr are 1 241 682,779758 kr, which is 1 241 683 kr."""
    contract = folders.CONTRACT.replace("  avräkning  årlig\n", "  avräkning  årlig\n  avrundning total kr\n")
    folder = folders.write(tmp_path, contract=contract, expected="")
    shown = run("settle", folder, "--period", "2012", "--provider", "A", "-O", "csv", "--show-lines").stdout
    assert shown.splitlines()[-1] == "Provavtal;2012;R1;A;total;rounding;;;;;;;0.220242;;;settled"
    assert sum(Fraction(line.split(";")[-4]) for line in shown.splitlines()[1:]) == 1_241_683


def test_csv_has_the_form_of_the_expectation(folder: Path) -> None:
    rows = csv.DictReader(io.StringIO(run("settle", folder, "--period", "2012", "-O", "csv").stdout), delimiter=";")
    expected = csv.DictReader(io.StringIO(folders.EXPECTED), delimiter=";")
    assert [{name: row[name] for name in ("period", "buyer", "provider", "clause", "amount")} for row in rows] == list(
        expected
    )


def test_json_has_amounts_as_text(folder: Path) -> None:
    found = json.loads(run("settle", folder, "-O", "json", "--show-lines", code=1).stdout)["settlements"]
    assert [s["total"] for s in found] == ["1241682.78", "1321100.66", "1261050.63", None]
    quality = found[0]["clauses"][2]
    assert (quality["amount"], quality["exact"], quality["rounding"]) == ("40015.52", "40015.519758", "0.000242")
    assert quality["key"] == 'part["Kvalitet"]'
    assert found[3]["clauses"][2]["status"] == "unsettled"
    assert found[3]["failures"][0]["code"] == "AV502"
    assert found[0]["provenance"]["data"][0]["file"] == "kontakt.csv"


def test_a_spreadsheet_takes_no_text_for_a_formula(tmp_path: Path) -> None:
    contract = folders.CONTRACT.replace('"Provavtal"', '"=1+1"').replace('kod "A"', 'kod "-2"')
    contacts = folders.CONTACTS.replace("K1;A", "=HYPERLINK(1);-2").replace(";A;", ";-2;")
    outcomes = folders.OUTCOMES.replace("A;", "-2;")
    folder = folders.write(tmp_path, contract=contract, contacts=contacts, outcomes=outcomes, expected="")
    rows = list(
        csv.DictReader(
            io.StringIO(run("settle", folder, "--period", "2012", "-O", "csv", "--show-lines").stdout), delimiter=";"
        )
    )
    assert {row["contract"] for row in rows} == {"'=1+1"}
    assert rows[0]["provider"] == "'-2"
    assert rows[0]["row"] == "'=HYPERLINK(1)"
    assert rows[0]["amount"] == "1000.50"


def test_the_workbook(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    run("settle", folder, "--period", "2012", "-o", path)
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["Avräkning", "Betalningsrader", "Förklaringar"]
    summary = book.get_sheet_by_name("Avräkning").to_python()
    assert ["Att betala", "", 1241682.78, "", ""] in summary
    assert ["andel Kvalitet", "avräknad", 40015.52, "40015.519758", ""] in summary
    reasons = book.get_sheet_by_name("Förklaringar").to_python()
    assert any(row[2] == "utfall.csv:2" for row in reasons)
    lines = book.get_sheet_by_name("Betalningsrader").to_python()
    assert lines[0][6:11] == ["Dag", "Antal", "Enhet", "À-pris", "Belopp"]
    visits = [row for row in lines if row[0] == "besöksersättning Besök"]
    assert len(visits) == 4
    assert all(isinstance(row[6], date) for row in visits)
    assert [row[7:11] for row in lines if row[0] == "andel Kvalitet" and row[3] == "B"] == [
        [0.1, "", 1201000.6, 120100.06]
    ]


def test_a_workbook_refuses_more_lines_than_a_sheet_holds(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    asked = ("settle", folder, "--period", "2012", "-o", path)
    monkeypatch.setattr("avtal.rendering.workbook.MOST_ROWS", 9)
    told = run(*asked, code=1).stderr
    assert "har 9 betalningsrader, och ett blad i en arbetsbok rymmer 8. --lines fil.parquet tar alla." in told
    assert "has 9 payment lines, and a sheet of a workbook holds 8." in run(*asked, "--lang", "en", code=1).stderr
    monkeypatch.setattr("avtal.rendering.workbook.MOST_ROWS", 10)
    told = run(*asked, code=1).stderr
    assert "Arbetsbokens blad Avräkning rymmer 10 rader, och avräkningen behöver fler." in told
    assert list(tmp_path.glob("*.xlsx")) == []


@pytest.mark.parametrize("ending", ["txt", "json", "csv"])
def test_output_to_a_file_by_its_ending(folder: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    form = {"txt": "table"}.get(ending, ending)
    assert run("settle", folder, "--period", "2012", "-o", path).stdout == ""
    assert path.read_text("utf-8") == run("settle", folder, "--period", "2012", "-O", form).stdout


def test_output_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    assert "ändelsen säger ingen form" in run("settle", folder, "-o", tmp_path / "a.doc", code=2).stderr
    for name in ("a.csv", "a.xlsx"):
        (tmp_path / name).symlink_to(tmp_path / "borta" / name)
        told = run("settle", folder, "--period", "2012", "-o", tmp_path / name, code=2).stderr
        assert f"{name} går inte att skriva: mappen finns inte." in told
    told = run("settle", folder, "--period", "2012", "-o", tmp_path / "a.csv", "--lang", "en", code=2).stderr
    assert "a.csv can't be written: No such file or directory." in told


def test_output_that_cannot_be_written_is_refused_before_the_data_are_read(folder: Path, tmp_path: Path) -> None:
    (folder / "data" / "kontakt.csv").write_text("", encoding="utf-8")
    asked = ("settle", folder, "--period", "2012")
    for name in ("borta/a.csv", "borta/a.xlsx"):
        told = run(*asked, "-o", tmp_path / name, code=2).stderr
        assert told == (
            f"fel: {tmp_path / name} går inte att skriva: mappen {tmp_path / 'borta'} finns inte, eller namnet är en "
            "mapps.\n"
        )
    assert "eller namnet är en mapps" in run(*asked, "-o", folder, "-O", "csv", code=2).stderr
    assert "namnet är för långt" in run(*asked, "-o", tmp_path / f"{'a' * 300}.csv", code=2).stderr
    assert "ange -o" in run(*asked, "-O", "xlsx", code=2).stderr
    assert "går inte att skriva: mappen" in run("report", folder, "mix", "-o", tmp_path / "borta/a.csv", code=2).stderr
    assert "går inte att skriva: mappen" in run("diff", folder, folder, "-o", tmp_path / "borta/a.md", code=2).stderr


@pytest.mark.parametrize("engine", ["reference", "sqlite", "duckdb"])
def test_what_is_slow_on_many_rows_is_told_once_beforehand(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    plain = ("settle", folder, "--period", "2012", "--engine", engine)
    slow = [(*plain, "--show-lines"), (*plain, "-o", tmp_path / "a.xlsx"), ("explain", *plain[1:], "Jour")]
    monkeypatch.setattr("avtal.settling.MANY", 8)  # as many as there are
    assert not any("en för en" in run(*asked).stderr for asked in slow)
    monkeypatch.setattr("avtal.settling.MANY", 7)
    for asked in slow:
        told = run(*asked).stderr
        assert told.count("Underlaget har 8 rader. Att visa eller förklara dem en för en kan ta lång tid") == 1
        assert "--lines fil.parquet" in told
        assert "The data have 8 rows." in run(*asked, "--lang", "en").stderr
    assert "en för en" not in run(*plain, "-O", "csv").stderr


def test_rows_of_several_data_sets_are_many_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ett", "två", "tre"):
        folders.write(tmp_path / name)
    monkeypatch.setattr("avtal.settling.MANY", 12)
    told = run("settle", tmp_path, "--period", "2012", "--show-lines").stderr
    assert told.count("en för en") == told.count("Underlaget har 16 rader") == 1


def test_a_folder_of_contracts(tmp_path: Path) -> None:
    folders.write(tmp_path / "ett")
    folders.write(tmp_path / "två", contract=folders.CONTRACT.replace("Provavtal", "Annat avtal"))
    shown = run("settle", tmp_path, "--period", "2012", "--provider", "A", "-O", "csv").stdout
    assert [row.split(";")[0] for row in shown.splitlines() if ";total;" in row] == ["Provavtal", "Annat avtal"]


def test_one_bad_contract_hides_no_other(tmp_path: Path) -> None:
    folders.write(tmp_path / "ett", contract=folders.CONTRACT.replace("fast", "fasst"))
    folders.write(tmp_path / "två")
    result = run("settle", tmp_path, "--period", "2012", "-O", "csv", code=1)
    assert result.stdout.count(";total;") == 2
    assert "AV101" in result.stderr


def test_refused_rows_are_listed_and_nothing_is_settled(tmp_path: Path) -> None:
    wrong = folders.CONTACTS.replace("2012-06-30", "30/6 2012").replace("K4;B", ";B") + "K6;A;2012-01-01\n"
    result = run("settle", folders.write(tmp_path, contacts=wrong), code=1)
    assert result.stdout == ""
    for part in ("kontakt.csv", "rad 3, kolumn Dag: AVD28", "rad 5, kolumn id: AVD20", "rad 7: AVD18", "3 fel"):
        assert part in result.stderr


def test_unknown_headings_come_with_a_mapping(tmp_path: Path) -> None:
    wrong = folders.CONTACTS.replace("Dag;", "Besöksdag;")
    result = run("settle", folders.write(tmp_path, contacts=wrong), "--lang", "en", code=1)
    assert "A draft of mapping.toml:" in result.stderr
    assert '"Besöksdag"' in result.stderr


def test_data_from_elsewhere(folder: Path, tmp_path: Path) -> None:
    (folder / "data").rename(tmp_path / "annat")
    run("settle", folder, code=2)
    data = tmp_path / "annat"
    shown = run(
        "settle", folder, "--data", data / "kontakt.csv", "--data", data / "utfall.csv", "--period", "2012"
    ).stdout
    assert shown.count("Att betala") == 2


# --- explain


def test_explain_goes_from_the_amount_to_the_datum(folder: Path) -> None:
    shown = run("explain", folder, "Kvalitet", "--provider", "A", "--period", "2012").stdout.replace("\u00a0", " ")
    lines = shown.splitlines()
    assert lines[1] == "andel Kvalitet = 40 015,52 kr"
    assert lines[2].endswith("contract.avtal:19")
    assert re.search(r"del \* found \* bas = 40 015,519758 kr +former.avtal:39", shown)
    assert re.search(r"del = 10 % .*contract.avtal:19", shown)
    assert re.search(r"utfall\[indikator\]\.värde = 33,3 % +utfall.csv:2", shown)
    assert re.search(r"fast Jour = 1 200 000,10 kr .*contract.avtal:15", shown)
    assert lines[-1] == "└─ avrundning till 1 öre = 0,000242 kr"


def test_explain_shows_the_rows_of_a_clause(folder: Path) -> None:
    shown = run("explain", folder, "Besök", "--provider", "A", "--period", "2012").stdout.replace("\u00a0", " ")
    assert "Formens källa: made up" in shown
    assert "betalar, 3 rader = 1 667,16 kr" in shown
    assert "kontakt K1 = 1 000,50 kr  kontakt.csv:2" in shown
    assert "art = ny  kontakt.csv:2" in shown


def test_explain_follows_other_clauses_when_asked(folder: Path) -> None:
    asked = ("explain", folder, "Kvalitet", "--provider", "A", "--period", "2012")
    assert "kontakt.csv" not in run(*asked).stdout
    assert "kontakt.csv:2" in run(*asked, "--deep").stdout


def test_explain_reaches_the_data_of_a_clause_that_is_made_of_others(tmp_path: Path) -> None:
    forms = (
        folders.FORMS
        + "\nform tenth (tiondel)\n  outside base\n  param whole (helhet) : kr first\n  pays 10% * whole\n"
    )
    contract = folders.CONTRACT.replace("alltid", 'tiondel "Påslag" vård\n\nalltid')
    folder = folders.write(tmp_path, contract=contract, forms=forms, expected="")
    shown = run("explain", folder, "Påslag", "--provider", "A", "--period", "2012").stdout
    assert "kontakt.csv:2" in shown


def test_explain_is_cut_at_the_depth_asked_for(folder: Path) -> None:
    shown = run("explain", folder, "Kvalitet", "--provider", "A", "--period", "2012", "--depth", "2").stdout
    assert "utfall.csv" not in shown
    assert "…" in shown


def test_explain_of_what_is_not_settled(folder: Path) -> None:
    shown = run("explain", folder, "Kvalitet", "--provider", "B", "--period", "2013", code=1).stdout
    assert "andel Kvalitet = oavgjord" in shown
    assert "found = saknas (utfall[113])" in shown


def test_explain_of_a_clause_that_is_not_there(folder: Path) -> None:
    assert "Menade du 'Kvalitet'?" in run("explain", folder, "Kvalitett", "--period", "2012", code=2).stderr
