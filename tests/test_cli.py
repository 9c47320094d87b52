"""The command line: what each command prints, where, and with which exit code; never a traceback."""

from __future__ import annotations

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
from running import CALM, ROOT, process, run

from avtal.commands.program import COMMANDS, program
from avtal.templates import TEMPLATES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folders.write(tmp_path / "prov")


# --- check


def test_check_of_a_clean_contract(folder: Path) -> None:
    yearly = folders.CONTRACT.replace("1 200 000,10 kr", "1 200 000,10 kr/år")
    (folder / "contract.avtal").write_text(yearly, "utf-8")
    (folder / "former.avtal").write_text(folders.FORMS.replace(": kr first", ": kr/year first"), "utf-8")
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
    assert next((d["code"], d["line"], d["column"]) for d in found) == ("AV101", 15, 1)
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


def test_standard_input_turned_into_the_other_language(folder: Path) -> None:
    del folder
    text = 'avtal "A"\n  vårdgivare "B" kod "B"\n  period 2012\n\nanvänd common\n\nanslag "Jour" 5 mkr/år\n'
    shown = run("format", "--to", "en", "-", feed=text).stdout
    assert shown.splitlines()[0] == 'contract "A"'
    assert shown.splitlines()[-1] == 'block "Jour" 5 mkr/year'


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


def test_format_speaks_the_language_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "contract.avtal"
    for text, would, did in (
        ("use   common\n", "would be laid out anew", "laid out anew"),
        ("använd   common\n", "skulle skrivas om", "omskriven"),
    ):
        path.write_text(text, "utf-8")
        assert run("format", "--check", path, code=1).stderr == f"{path}: {would}\n"
        assert run("format", path).stderr == f"{path}: {did}\n"


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


def test_the_last_line_is_in_the_language_of_the_files(folder: Path) -> None:
    english = folder / "former.avtal"
    english.write_text(folders.FORMS + '  example "None"\n    given base = 1 kr\n    expect base = 1 kr\n', "utf-8")
    assert run("test", english).stdout.endswith("\n1 hold\n")
    assert run("test", english, folder / "contract.avtal").stdout.endswith("10 stämmer\n")
    assert run("test", "--lang", "en", folder).stdout.endswith("10 hold\n")
    assert run("test", "--lang", "sv", english).stdout.endswith("\n1 stämmer\n")
    wrong = english.read_text("utf-8").replace("expect base = 1 kr", "expect base = 2 kr")
    english.write_text(wrong, "utf-8")
    assert run("test", english, code=1).stdout.endswith("0 hold, 1 fail\n")


@pytest.mark.parametrize("row", ["2012;R1;A;total", "2012;R1;A;total;1,5", "tolv;R1;A;total;1.50"])
def test_an_expectation_in_another_form_is_refused(tmp_path: Path, row: str) -> None:
    expected = f"period;buyer;provider;clause;amount\n{row}\n"
    run("test", folders.write(tmp_path, expected=expected), code=2)


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


def test_the_page_names_every_command_and_option() -> None:
    import click

    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    context = click.Context(program)
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        assert f"\n## {name}\n" in page
        for option in command.params:
            if isinstance(option, click.Option):
                assert any(word in page for word in option.opts), f"{name} {option.opts}"


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


def test_the_package_runs_as_the_program(folder: Path) -> None:
    for arguments in (("settle", folder, "--period", "2012"), ("settle",)):
        command = [sys.executable, "-m", "avtal", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, env=CALM, timeout=60, check=False)
        program = process(*arguments)
        assert (done.returncode, done.stdout, done.stderr) == (program.returncode, program.stdout, program.stderr)


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    command = [sys.executable, "-m", "avtal.cli", "settle", str(folder), "--show-lines"]
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
    interruptible = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "  # also in a background job
    )
    start = "from avtal.cli import main; print('ready', file=sys.stderr, flush=True); main()"
    command = [sys.executable, "-c", interruptible + start, "format", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=CALM) as child:
        assert child.stderr is not None
        assert child.stderr.readline() == b"ready\n"
        time.sleep(1.5)
        child.send_signal(signal.SIGINT)
        _, told = child.communicate(timeout=60)
    assert child.returncode == 130
    assert b"Traceback" not in told
    assert process("check", folder / "fifo.avtal").returncode == 2


def test_what_is_to_be_done_at_the_end_is_done() -> None:
    code = """
import atexit, sys, threading
from avtal import cli

def late():
    threading.main_thread().join()
    print("thread")

atexit.register(print, "exit")
if len(sys.argv) > 1:
    threading.Thread(target=late).start()
cli.main(["--version"])
"""
    for more, last in (([], ["exit"]), (["thread"], ["thread", "exit"])):
        command = [sys.executable, "-c", code, *more]
        done = subprocess.run(command, capture_output=True, text=True, env=CALM, timeout=60, check=True)
        assert done.stdout.splitlines()[1:] == last


def test_a_profiler_has_the_last_word() -> None:
    command = [sys.executable, "-m", "cProfile", "-m", "avtal.cli", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, env=CALM, timeout=60, check=True)
    assert "function calls" in done.stdout


def test_output_that_can_not_be_written_is_told() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no device that is always full")
    with full.open("w") as out:
        command = [sys.executable, "-m", "avtal.cli", "--version"]
        done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, env=CALM, timeout=60, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_a_console_without_a_sign_gets_substitutes(folder: Path) -> None:
    command = [sys.executable, "-m", "avtal.cli", "settle", str(folder), "--period", "2012"]
    env = {**CALM, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(command, capture_output=True, env=env, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "Avräkning: Provavtal".encode("cp1252") in done.stdout
    assert b"?????" in done.stdout


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


def test_a_database_that_gives_up_while_something_is_shown_is_told_of(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from avtal import cli
    from interpreter.sets.relation import EngineError

    def short(*_: object, **__: object) -> None:
        raise EngineError("out of memory")

    monkeypatch.setattr("avtal.commands.check.load", short)
    assert cli.run(["check", str(folder / "contract.avtal")]) == 2
    told = capsys.readouterr().err
    assert "Databasen gav upp medan underlaget lästes (out of memory)" in told
    assert "--memory" in told
