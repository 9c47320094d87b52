"""A command that was not written as it can be is told of in the reader's language, and so is the help."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import run

from avtal.cli import UNUSABLE, run as command


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["setle"], "det finns inget kommando som heter setle. Menade du settle?"),
        (["frobnicate"], "det finns inget kommando som heter frobnicate.\n"),
        (["settle"], "CONTRACT… saknas: skriv det efter avtal settle."),
        (["settle", ".", "--perod", "2"], "det finns inget val som heter --perod. Menade du --period?"),
        (["settle", ".", "--xyzzy"], "det finns inget val som heter --xyzzy.\n"),
        (["settle", ".", "-O", "pdf"], "värdet för '-O' ska vara ett av table, json, csv, xlsx."),
        (["settle", ".", "--memory", "x"], "värdet för '--memory' ska vara ett heltal från 64 till 1000000."),
        (["settle", ".", "--memory", "10"], "värdet för '--memory' ska vara ett heltal från 64 till 1000000."),
        (["serve", "--seconds", "0"], "värdet för '--seconds' ska vara ett tal från 0.1 till 3600."),
        (["settle", ".", "--data", "x://y"], "värdet för '--data' går inte att läsa: Adressen säger ingen tabell"),
    ],
)
def test_a_slip_is_told_in_swedish(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(arguments) == UNUSABLE
    said = capsys.readouterr().err
    assert said.startswith("Användning: avtal ")
    assert f"\n\nfel: {told}" in said


@pytest.mark.parametrize("arguments", [["--lang", "en", "setle"], ["settle", ".", "--period"]])
def test_a_slip_is_told_as_click_does_where_english_is_asked_for_or_no_command_is_known(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(arguments) == UNUSABLE
    assert "Error: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["settle", ""], "CONTRACT…"),
        (["settle", "x", ""], "CONTRACT…"),
        (["settle", ".", "--data", ""], "--data"),
        (["settle", ".", "--data="], "--data"),
        (["settle", ".", "--mapping", ""], "--mapping"),
        (["settle", ".", "-o", ""], "-o"),
        (["settle", ".", "--lines", ""], "--lines"),
        (["diff", "", "."], "OLD NEW"),
        (["serve", "--contracts", ""], "--contracts"),
    ],
)
def test_a_path_that_is_empty_is_not_the_current_folder(
    arguments: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(arguments) == UNUSABLE
    assert capsys.readouterr().err.endswith(f"\n\nfel: {name} är tomt.\n")
    assert command(["--lang", "en", *arguments]) == UNUSABLE
    assert capsys.readouterr().err.endswith(f"\nError: {name} is empty.\n")


def test_help_has_its_headings_in_the_language_asked_for() -> None:
    swedish, english = run("--help").stdout, run("--lang", "en", "--help").stdout
    assert "Användning: avtal" in swedish
    assert "\nVal:\n" in swedish
    assert "Visa den här hjälpen." in swedish
    assert "\nKommandon:\n" in swedish
    assert "Usage: avtal" in english
    assert "\nOptions:\n" in english
    assert "Show this message and exit." in english


def test_help_says_what_an_option_is_without_it_and_at_most_in_the_language_asked_for() -> None:
    swedish, english = (" ".join(run("--lang", lang, "settle", "--help").stdout.split()) for lang in ("sv", "en"))
    assert "Svaren är desamma. [förval: auto]" in swedish
    assert "i megabyte. [64–1000000]" in swedish
    assert "The answers are the same. [default: auto]" in english
    assert "in megabytes. [64–1000000]" in english
    swedish, english = (" ".join(run("--lang", lang, "serve", "--help").stdout.split()) for lang in ("sv", "en"))
    assert "Port. [förval: 8000; 0–65535]" in swedish
    assert "Port. [default: 8000; 0–65535]" in english
    assert "Vems den är. [måste anges]" in " ".join(run("key", "new", "--help").stdout.split())
    assert "Whose it is. [required]" in " ".join(run("--lang", "en", "key", "new", "--help").stdout.split())


def test_a_folder_with_a_blank_in_its_name_is_quoted_in_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert 'avtal settle "Hudkliniken Norr" --period 2024' in run("new", "Hudkliniken Norr", "--year", "2024").stderr
    assert "avtal settle Hud --period 2024" in run("new", "Hud", "--year", "2024").stderr
