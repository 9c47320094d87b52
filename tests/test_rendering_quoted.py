"""The library speaks the reader's language where it is quoted; a contract is quoted as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from avtal import api
from avtal.rendering.quoted import quoted
from dsl.lexicon import KEYWORDS
from dsl.spans import Span
from tests.folders import CONTRACT, FORMS, write
from tests.running import run

LIBRARY = Path(__file__).parent.parent / "stdlib_rules"
CONTRACTS = Path(__file__).parent.parent / "contracts"


def line(module: str, start: str, language: str) -> str:
    """What stands on the first line of a library module that starts so, in a language's words."""
    analysed = api.load(LIBRARY / f"{module}.avtal").analysed
    file, text = analysed.module.file, analysed.module.text
    at = text.index(f"  {start}") + 2
    return quoted(text, Span(file, at, text.index("\n", at)), analysed.uses, language)


@pytest.mark.parametrize(
    ("module", "start", "swedish"),
    [
        ("sll", "pays weight * fulfilment", "betalar vikt * måluppfyllelse * helhet"),
        (
            "sll",
            "let points",
            "låt ersatta_poäng (points) = summan av listrad.vikt över vårdtillfälle där ytterfall = överskjutande",
        ),
        (
            "common",
            "let women",
            "låt kvinnornas_pris (women) = summan av priser[ålder(född, avläst)].kvinna över listad i 1 dag före månad",
        ),
        (
            "common",
            "unsettled when outcome",
            'oavgjort när utfall saknas och ej_redovisad = avvakta  "inget resultat är ',
        ),
        ("vbc", "requires window", 'kräver garantitid > 0 månader  "en garanti'),
    ],
)
def test_a_line_of_the_library(module: str, start: str, swedish: str) -> None:
    assert line(module, start, "sv").startswith(swedish)


@pytest.mark.parametrize(
    ("module", "start"),
    [
        ("sll", "requires better = higher"),
        ("common", "when on > upper"),
        ("common", "pays price"),
        ("vbc", "requires w"),
    ],
)
def test_in_its_own_language_a_library_is_quoted_as_it_stands(module: str, start: str) -> None:
    assert line(module, start, "en") in (LIBRARY / f"{module}.avtal").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ("1 visit * price", "sv", "1 besök * price"),
        ("2 visits", "sv", "2 besök"),
        ("12 months + 1 month", "sv", "12 månader + 1 månad"),
        ("12 månader + 1,5 kr/besök", "en", "12 months + 1.5 kr/visit"),
        ("1 000 000 kr", "en", "1 000 000 kr"),
        ("5 and 0.5", "sv", "5 och 0,5"),
        ("12,5%", "en", "12.5%"),
        ('x is  missing "is missing" or 2024-01-31', "sv", 'x saknas "is missing" eller 2024-01-31'),
        ("x # and the rest", "sv", "x # and the rest"),
        ("andy or x_of_y", "sv", "andy eller x_of_y"),
        ("summan av x över y i alla perioder", "en", "sum of x over y in any period"),
    ],
)
def test_words_numbers_and_units(text: str, language: str, shown: str) -> None:
    assert quoted(text, Span("a", 0, len(text)), {}, language) == shown


@pytest.mark.parametrize("pair", KEYWORDS.values(), ids=lambda pair: pair[0])
def test_every_word_of_the_language_is_turned(pair: tuple[str, str]) -> None:
    english, swedish = pair
    assert quoted(english, Span("a", 0, len(english)), {}, "sv") == swedish
    assert quoted(swedish, Span("a", 0, len(swedish)), {}, "en") == english


def test_a_name_is_turned_where_it_is_used_as_that_name() -> None:
    text = "weight * weight per 3 laps and 1.5"
    uses = {
        Span("a", 9, 15): ("weight", "vikt"),
        Span("a", 22, 26): ("laps", "varv"),
        Span("a", 31, 34): ("1.5", "1.5"),
    }
    assert quoted(text, Span("a", 0, len(text)), uses, "sv") == "weight * vikt per 3 varv och 1.5"
    assert quoted(text, Span("a", 9, 15), uses, "sv") == "vikt"
    assert quoted(text, Span("b", 9, 15), uses, "sv") == "weight"


# --- explanations and settlements


def test_an_explanation_speaks_the_readers_language() -> None:
    asked = ("explain", CONTRACTS / "akutsjukhus", "113", "--period", "2012")
    swedish = run(*asked).stdout
    for said in (
        "En andel av en summa, betald efter hur långt ett resultat har nått",
        "└─ vikt * måluppfyllelse * helhet =",
        "├─ måluppfyllelse = 50",
        "begränsa((utfall - golv) / (mål - golv), 0%, 100%)",
        "resultat[indikator].värde =",
        "├─ ger måluppfyllelsen = 50",
        "målersättning indikator 113 golv 80% mål 95% vikt 20%",
    ):
        assert said in swedish
    english = run(*asked, "--lang", "en").stdout
    for said in (
        "A share of a sum, paid by how far a result has come",
        "└─ weight * fulfilment * whole =",
        "clamp((outcome - min) / (target - min), 0%, 100%)",
        "├─ gives fulfilment_share = 50",
        "målersättning indikator 113 golv 80% mål 95% vikt 20%",
        "amount: 2% av vård",
    ):
        assert said in english
    places = [text.rpartition("  ")[2] for text in swedish.splitlines() if ".avtal:" in text]
    assert places == [text.rpartition("  ")[2] for text in english.splitlines() if ".avtal:" in text]


GIVING = """
form light (ljus)
  "A light by a result."
  source "made up"
  param share (del) : % first
  let doubled (dubbelt) = 2 * share
  gives glow (sken) = doubled
"""


@pytest.mark.parametrize(("language", "glow", "doubled"), [("sv", "sken", "dubbelt"), ("en", "glow", "doubled")])
def test_what_a_clause_gives_is_named_in_the_readers_language(
    tmp_path: Path, language: str, glow: str, doubled: str
) -> None:
    folder = write(tmp_path, contract=CONTRACT + '\nljus "Läge" 20%\n', forms=FORMS + GIVING)
    word = "ger" if language == "sv" else "gives"
    asked = (folder, "--period", "2012", "--provider", "A", "--lang", language)
    assert re.search(rf"^(ljus|light) Läge *\n  {glow} +40", run("settle", *asked).stdout, re.MULTILINE)
    shown = run("explain", folder, "Läge", *asked[1:]).stdout
    assert f"{word} {glow} = 40" in shown
    assert f"2 * {'del' if language == 'sv' else 'share'} = 40" in shown
    assert doubled not in shown  # a value that is given as it was named is told once
