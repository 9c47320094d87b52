"""`avtal forms`: what a controller needs to know of a form, and an example that holds as it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import run

from avtal.library import forms, known
from avtal.rendering.form_card import card
from avtal.rendering.terminal import Paint

HEAD = 'avtal "Prov"\n  vårdgivare "V" kod "V"\n  beställare "B" kod "B"\n  period 2023-01-01 till 2026-12-31\n\n'


def shown(*arguments: str) -> str:
    return run("forms", *arguments).stdout.replace("\u00a0", " ")


def test_all_forms_are_listed_by_the_module_that_has_them() -> None:
    text = shown()
    common = text.partition("använd common\n")[2].partition("\n\n")[0]
    assert "  anslag " in common
    assert "Ett fast belopp, vad som än produceras" in common
    assert "  målersättning " in text.partition("använd sll\n")[2].partition("\n\n")[0]
    assert max(map(len, text.splitlines())) <= 100
    assert text.endswith("avtal forms NAMN visar vad en form behöver; avtal forms ORD söker.\n")
    assert sum(line.startswith("  ") and line[2] != " " for line in text.splitlines()) == len(forms())


def test_forms_are_looked_for_by_a_word_of_their_sentence() -> None:
    text = shown("patientavgift")
    assert "enhetlig_patientavgift" in text
    assert "anslag" not in text


def test_a_form_says_how_it_is_written_and_what_its_data_are_headed() -> None:
    text = shown("prislista")
    assert text.startswith("prislista (price_list)\n  Varje åtgärd till det pris som listan har för den ")
    assert "\n  använd common\n  prislista " in text
    assert "\n  priser  en tabell: artikel, yrkesgrupp → pris kr\n" in text
    assert "\n    prestations_id;vårdgivare;utförd;artikel;yrkesgrupp;antal\n    och om de finns: beställare\n" in text


def test_what_holds_when_a_parameter_is_left_out_is_said() -> None:
    text = shown("p4p")
    assert "  golv          %                        kan utelämnas\n" in text
    assert "  bättre        `högre` eller `lägre`    annars högre\n" in text
    assert "  helhet        kr                       annars bas\n" in text
    assert "  hel " not in shown("tak")
    assert "kön: kvinna, man" in shown("kapitering")


def test_it_is_said_in_english() -> None:
    text = run("--lang", "en", "forms", "tak").stdout
    assert text.startswith("cap (tak)\n  What lies above a ceiling is taken back.\n")
    assert "\n  on     kr  else base\n" in text
    assert 'cap   "Tak" 310 mkr/year on block' in text
    assert run("--lang", "en", "forms", "ceiling").stdout.startswith("use common\n")


def test_a_word_that_nothing_has_is_told_with_what_is_like_it() -> None:
    assert "Menade du 'prislista'?" in run("forms", "prislitsa", code=2).stderr


@pytest.mark.parametrize("name", ["prislista", "målersättning", "drg", "tak", "kapitering", "cni_tröskel"])
def test_the_example_holds_as_it_is_shown(name: str, tmp_path: Path) -> None:
    text = shown(name)
    module = text.partition("\n  använd ")[2].partition("\n")[0]
    example = "".join(f"{line[2:]}\n" for line in text.partition("\nRäkneexempel\n")[2].splitlines())
    (tmp_path / "contract.avtal").write_text(f"{HEAD}använd {module}\n\n{example}", "utf-8")
    assert "1 stämmer" in run("test", tmp_path / "contract.avtal").stdout


def test_every_form_can_be_shown_in_both_languages() -> None:
    for one in forms():
        for language in ("sv", "en"):
            text = card(one, known(), language, Paint())
            assert text.startswith(one.swedish if language == "sv" and one.swedish else one.name)


@pytest.mark.parametrize(
    ("form", "written"), [("p4p", "målersättning indikator …"), ("kriterium", "kriterium …"), ("anslag", 'anslag "…"')]
)
def test_how_a_clause_is_told_from_others_of_its_form_is_said(form: str, written: str) -> None:
    assert f"\n  {written}\n" in shown(form)
