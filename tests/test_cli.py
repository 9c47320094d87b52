"""The command line: what each command prints, where, and with which exit code; never a traceback."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import folders
import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from avtal.cli import COMMANDS, program
from avtal.templates import TEMPLATES

ROOT = Path(__file__).resolve().parents[1]
CALM = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folders.write(tmp_path / "prov")


def run(*arguments: object, code: int = 0, feed: str | None = None) -> Result:
    """A command run in this process; its exit code must be `code`."""
    result = CliRunner(env={"NO_COLOR": "1"}).invoke(
        program, [str(a) for a in arguments], input=feed, standalone_mode=False
    )
    found = result.return_value if result.exception is None else _code(result)
    assert (found or 0) == code, result.output
    return result


def _code(result: Result) -> int:
    import click

    assert isinstance(result.exception, click.ClickException | SystemExit), repr(result.exception)
    return 2


def process(*arguments: object, feed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """A command run as a process of its own."""
    command = [sys.executable, "-m", "avtal.cli", *map(str, arguments)]
    return subprocess.run(command, input=feed, capture_output=True, env=CALM, timeout=60, check=False)


# --- check


def test_check_of_a_clean_contract(folder: Path) -> None:
    assert run("check", folder / "contract.avtal").stdout == f"{folder / 'contract.avtal'}: utan anmärkning\n"


def test_check_shows_every_problem_of_every_file(tmp_path: Path) -> None:
    wrong = folders.CONTRACT.replace('fast "Jour"', 'fasst "Jour"').replace("del 10%", "dell 10%")
    folder = folders.write(tmp_path, contract=wrong, forms=folders.FORMS.replace(": code optional", ": kod valbar"))
    shown = run("check", folder, code=1).stdout
    assert "contract.avtal:15:1" in shown
    assert "menade du `fast`?" in shown
    assert "menade du `del`?" in shown
    assert shown.splitlines()[-1] == f"{folder / 'former.avtal'}: clean"


def test_check_as_json(tmp_path: Path) -> None:
    folder = folders.write(tmp_path, contract=folders.CONTRACT.replace('fast "Jour"', 'fasst "Jour"'))
    found = json.loads(run("check", "-O", "json", "--lang", "en", folder / "contract.avtal", code=1).stdout)
    assert [(d["code"], d["line"], d["column"]) for d in found][0] == ("AV101", 15, 1)
    assert "did you mean `fast`?" in found[0]["help"]


def test_check_in_the_language_asked_for(tmp_path: Path) -> None:
    folder = folders.write(tmp_path, contract=folders.CONTRACT.replace('fast "Jour"', 'fasst "Jour"'))
    for arguments in (["check", "--lang", "en", folder], ["--lang", "en", "check", folder]):
        assert "error AV101: there is no" in run(*arguments, code=1).stdout


def test_strict_lets_warnings_count(tmp_path: Path) -> None:
    text = 'avtal "A"\n  vårdgivare "B"\n  period 2012\n\nanvänd former\n\ninnehållet "Q" 1 kr\n  fjärdedel F 25%\n'
    forms = (
        "form withheld (innehållet)\n  outside base\n  param amount (belopp) : kr first\n  for inside whole = amount\n"
        "  pays -amount\n\nform quarter (fjärdedel)\n  outside base\n  param code_of (kod_för) : code key first\n"
        "  param weight (vikt) : % share\n  param whole (helhet) : kr = base\n  pays weight * whole\n"
    )
    text = text.replace("fjärdedel F 25%", "fjärdedel F vikt 25%")
    path = folders.write(tmp_path, contract=text, forms=forms) / "contract.avtal"
    assert "varning" in run("check", path).stdout
    run("check", "--strict", path, code=1)


# --- format


def test_format_changes_files_and_is_idempotent(folder: Path) -> None:
    path = folder / "contract.avtal"
    path.chmod(0o640)
    run("format", path)
    once = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o640
    run("format", "--check", path)
    run("format", path)
    assert path.read_bytes() == once
    assert not [entry for entry in folder.iterdir() if entry.name.startswith(".")]


def test_format_check_and_diff_change_nothing(tmp_path: Path) -> None:
    folder = folders.write(tmp_path, contract=folders.CONTRACT.replace('fast "Jour" 1', 'fast   "Jour" 1'))
    path = folder / "contract.avtal"
    before = path.read_bytes()
    assert "skulle skrivas om" in run("format", "--check", path, code=1).stderr
    shown = run("format", "--diff", path, code=1).stdout
    assert '-fast   "Jour" 1 200 000,10 kr' in shown
    assert '+fast "Jour" 1 200 000,10 kr' in shown
    assert path.read_bytes() == before


def test_format_of_standard_input(folder: Path) -> None:
    del folder
    assert run("format", "-", feed='fast   "Jour" 5kr\n').stdout == 'fast "Jour" 5 kr\n'


def test_format_to_english_and_back(folder: Path) -> None:
    path = folder / "contract.avtal"
    run("format", path)
    swedish = path.read_text("utf-8")
    run("format", "--to", "en", path)
    assert path.read_text("utf-8").startswith('contract "Provavtal"')
    run("format", "--to", "sv", path)
    assert path.read_text("utf-8") == swedish


def test_format_leaves_a_file_with_errors(folder: Path) -> None:
    path = folder / "contract.avtal"
    path.write_text('fast "Jour\n', "utf-8")
    assert "lämnas som den är" in run("format", path, code=1).stderr
    assert path.read_text("utf-8") == 'fast "Jour\n'


# --- test


def test_examples_and_the_expected_settlement(folder: Path) -> None:
    shown = run("test", folder).stdout
    assert "En tiondel" in shown
    assert "settlement.csv: 8 belopp" in shown
    assert shown.endswith("9 stämmer\n")


def test_a_failing_example_and_a_wrong_expectation(tmp_path: Path) -> None:
    expected = folders.EXPECTED.replace("40015.52", "40015.51").replace('2012;R1;B;fixed["Jour"];1200000.10\n', "")
    contract = folders.CONTRACT.replace("= 50 000 kr", "= 60 000 kr")
    shown = run("test", folders.write(tmp_path, contract=contract, expected=expected), code=1).stdout
    assert "AV321" in shown or "✗" in shown
    assert "settlement.csv:4 2012, R1, A: part" in shown
    assert "väntat 40\u00a0015,51\u00a0kr, avräknat 40\u00a0015,52\u00a0kr" in shown
    assert "väntat inget belopp, avräknat 1\u00a0200\u00a0000,10\u00a0kr" in shown
    assert "3 stämmer inte" in shown


@pytest.mark.parametrize("row", ["2012;R1;A;total", "2012;R1;A;total;1,5", "tolv;R1;A;total;1.50"])
def test_an_expectation_in_another_form_is_refused(tmp_path: Path, row: str) -> None:
    expected = f"period;buyer;provider;clause;amount\n{row}\n"
    run("test", folders.write(tmp_path, expected=expected), code=2)


# --- settle


def test_the_table(folder: Path) -> None:
    shown = run("settle", folder, "--period", "2012", "--provider", "A").stdout.replace("\u00a0", " ")
    assert re.search(r"^andel Kvalitet +40 015,52 kr$", shown, re.MULTILINE)
    assert re.search(r"^Delsumma vård +1 201 667,26 kr$", shown, re.MULTILINE)
    assert re.search(r"^Att betala +1 241 682,78 kr$", shown, re.MULTILINE)
    assert re.search(r"^kontakt +3 +2 +5$", shown, re.MULTILINE)
    assert "vård <= 3 mkr: håller" in shown
    assert "För beställaren" in shown
    amounts = [line for line in shown.splitlines() if line.endswith(" kr")]
    assert len({len(line) for line in amounts}) == 1


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
    shown = run("settle", folder, "--period", "2012", "-O", "csv", "--lines").stdout
    lines = list(csv.DictReader(io.StringIO(shown), delimiter=";"))
    from fractions import Fraction

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
    assert "Betalningsrader" in run("settle", folder, "--period", "2012", "--lines").stdout


def test_csv_has_the_form_of_the_expectation(folder: Path) -> None:
    rows = csv.DictReader(io.StringIO(run("settle", folder, "--period", "2012", "-O", "csv").stdout), delimiter=";")
    expected = csv.DictReader(io.StringIO(folders.EXPECTED), delimiter=";")
    assert [{name: row[name] for name in ("period", "buyer", "provider", "clause", "amount")} for row in rows] == list(
        expected
    )


def test_json_has_amounts_as_text(folder: Path) -> None:
    found = json.loads(run("settle", folder, "-O", "json", "--lines", code=1).stdout)["settlements"]
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
            io.StringIO(run("settle", folder, "--period", "2012", "-O", "csv", "--lines").stdout), delimiter=";"
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
    assert sum(row[0] == 'visits["Besök"]' for row in lines) == 4


@pytest.mark.parametrize("ending", ["txt", "json", "csv"])
def test_output_to_a_file_by_its_ending(folder: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    form = {"txt": "table"}.get(ending, ending)
    assert run("settle", folder, "--period", "2012", "-o", path).stdout == ""
    assert path.read_text("utf-8") == run("settle", folder, "--period", "2012", "-O", form).stdout


def test_output_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    assert "ändelsen säger ingen form" in run("settle", folder, "-o", tmp_path / "a.doc", code=2).stderr
    assert "går inte att skriva" in run("settle", folder, "-o", tmp_path / "borta" / "a.csv", code=2).stderr
    assert "går inte att skriva" in run("settle", folder, "-o", tmp_path / "borta" / "a.xlsx", code=2).stderr
    assert "ange -o" in run("settle", folder, "-O", "xlsx", code=2).stderr


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
    assert re.search(r"share \* found \* base = 40 015,519758 kr +former.avtal:39", shown)
    assert re.search(r"del = 10 % .*contract.avtal:19", shown)
    assert re.search(r"outcome\[indicator\]\.value = 33,3 % +utfall.csv:2", shown)
    assert re.search(r"fast Jour = 1 200 000,10 kr .*contract.avtal:15", shown)
    assert lines[-1] == "└─ avrundning till 1 öre = 0,000242 kr"


def test_explain_shows_the_rows_of_a_clause(folder: Path) -> None:
    shown = run("explain", folder, "Besök", "--provider", "A", "--period", "2012").stdout.replace("\u00a0", " ")
    assert "Källa: made up" in shown
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
    assert "found = saknas (outcome[113])" in shown


def test_explain_of_a_clause_that_is_not_there(folder: Path) -> None:
    assert "Menade du 'Kvalitet'?" in run("explain", folder, "Kvalitett", "--period", "2012", code=2).stderr


# --- new


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_contract_checks_tests_and_settles(tmp_path: Path, template: str) -> None:
    folder = tmp_path / "Mitt avtal 1"
    run("new", folder, "--template", template, "--year", "2024")
    assert "utan anmärkning" in run("check", "--strict", folder).stdout
    assert run("test", folder).stdout.endswith(" stämmer\n")
    assert run("settle", folder, "--period", "2024").stdout.count("Att betala") == 1
    run("format", "--check", folder)
    readme = (folder / "README.md").read_text("utf-8")
    total = (folder / "expected" / "settlement.csv").read_text("utf-8").splitlines()[-1].rpartition(";")[2]
    assert total.replace(".", ",") in readme.replace(" ", "")
    named = re.search(r"avtal explain \. (\S+) --period 2024", readme)
    assert named is not None
    run("explain", folder, named.group(1), "--period", "2024")


def test_new_takes_this_year_and_refuses_what_exists(tmp_path: Path) -> None:
    run("new", tmp_path / "a")
    assert re.search(r"period +[0-9]{4}-01-01", (tmp_path / "a" / "contract.avtal").read_text("utf-8"))
    assert "finns redan" in run("new", tmp_path / "a", code=2).stderr
    assert "kan inte vara avtalets namn" in run("new", tmp_path / 'b"c', code=2).stderr
    assert "kan inte vara avtalets namn" in run("new", tmp_path / "b\u202ec", code=2).stderr


# --- the program as a whole


def test_help_in_both_languages() -> None:
    assert "Räkna ut vad som ska betalas." in run("--help").stdout
    assert "Work out what is to be paid." in run("--lang", "en", "--help").stdout
    for name in COMMANDS:
        assert run(name, "--help").stdout != run(name, "--lang", "en", "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["check", "contract.avtal"], 0),
        (["settle", ".", "--period", "2012"], 0),
        (["settle", "."], 1),
        (["check", "borta.avtal"], 2),
        (["check", "data"], 2),
        (["check", "priser.csv"], 1),
        (["check", "latin.avtal"], 2),
        (["settle", "data"], 2),
        (["settle", ".", "--period", "tolv"], 2),
        (["settle", ".", "--provider", "C"], 2),
        (["settle", ".", "-O", "pdf"], 2),
        (["settle"], 2),
        (["sättle", "."], 2),
        (["explain", "."], 2),
        (["format", "--to", "no", "."], 2),
    ],
)
def test_exit_codes_of_the_process(folder: Path, arguments: list[str], code: int) -> None:
    (folder / "latin.avtal").write_bytes('avtal "Å"\n'.encode("latin-1"))
    here = Path.cwd()
    os.chdir(folder)
    try:
        done = process(*arguments)
    finally:
        os.chdir(here)
    assert done.returncode == code, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stdout if code == 0 else done.stdout + done.stderr


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    command = [sys.executable, "-m", "avtal.cli", "settle", str(folder), "--lines"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=CALM) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        told = child.stderr.read()
        assert child.wait(timeout=60) == 0
    assert b"Traceback" not in told
    assert b"Broken" not in told


def test_an_interruption_ends_with_130(folder: Path) -> None:
    os.mkfifo(folder / "fifo.avtal")
    command = [sys.executable, "-m", "avtal.cli", "format", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=CALM) as child:
        time.sleep(1.5)
        child.send_signal(signal.SIGINT)
        _, told = child.communicate(timeout=60)
    assert child.returncode == 130
    assert b"Traceback" not in told
    assert process("check", folder / "fifo.avtal").returncode == 2


def test_a_console_without_swedish_letters_gets_substitutes(folder: Path) -> None:
    command = [sys.executable, "-m", "avtal.cli", "settle", str(folder), "--period", "2012"]
    env = {**CALM, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, env=env, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert b"Avr?kning" in done.stdout


def test_colour_only_where_it_is_wanted(folder: Path) -> None:
    env = {name: text for name, text in CALM.items() if name != "NO_COLOR"}
    command = [sys.executable, "-m", "avtal.cli", "check", str(folder / "contract.avtal")]
    for more, extra, painted in (([], {}, False), (["--color"], {}, True), ([], {"FORCE_COLOR": "1"}, True)):
        done = subprocess.run([*command, *more], capture_output=True, env=env | extra, timeout=60, check=True)
        assert (b"\x1b[" in done.stdout) == painted


def test_start_is_not_burdened_with_what_a_command_does_not_need(folder: Path) -> None:
    code = (
        "import sys, avtal.cli; early = set(sys.modules)\n"
        "avtal.cli.run(['check', sys.argv[1]]); late = set(sys.modules)\n"
        "print(sorted(m for m in ('lark', 'duckdb', 'rich', 'babel', 'avtal.reading', 'dsl.parse') if m in early))\n"
        "print(sorted(m for m in ('duckdb', 'rich', 'babel', 'avtal.reading', 'xlsxwriter', 'json') if m in late))\n"
    )
    contract = folder / "former.avtal"
    done = subprocess.run(
        [sys.executable, "-c", code, str(contract)], capture_output=True, env=CALM, timeout=60, check=True
    )
    early, late = done.stdout.decode().splitlines()[-2:]
    assert early == "[]"
    assert {"duckdb", "rich", "babel", "avtal.reading", "xlsxwriter"}.isdisjoint(re.findall(r"'([^']+)'", late))


def test_a_fault_of_the_program_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    from avtal import cli

    def fault(*_: object, **__: object) -> None:
        raise RuntimeError("bang")

    monkeypatch.setattr("avtal.commands.check.load", fault)
    assert cli.run(["check", str(folder / "contract.avtal")]) == 2
