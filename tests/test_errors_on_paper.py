"""What a message tells somebody who is used to spreadsheets and contracts on paper to do."""

from __future__ import annotations

from pathlib import Path

import marked
import pytest

TEXT = """avtal "Björkens vårdcentral 2024"
  vårdgivare "Björkens vårdcentral" kod "BJÖRK"
  period 2024-01-01 till 2024-12-31

använd common, sll

anslag "Jour" 1,2 mkr/år
prislista "Hembesök"
  priser
    | artikel | yrkesgrupp |   pris |
    | HB      | SSK        | 650 kr |
    | HB      | LÄK        | 980 kr |
målersättning indikator 113 golv 80% mål 95% vikt 2%
"""


def said(text: str, folder: Path) -> list[tuple[str, str, str]]:
    """The problems of a text: code, and in Swedish what is wrong and what to do."""
    found = marked.check(marked.chunk("paper", text, {}), marked.library("stdlib_rules"), folder)
    assert all(d.message("en") and d.help("en") and "{" not in d.help("en") for _, d in found.problems)
    return [(d.code, d.message("sv"), d.help("sv")) for _, d in found.problems]


@pytest.mark.parametrize(
    ("old", "new", "code", "told"),
    [
        ("använd common, sll", "använd sll", "", ""),
        ("använd common, sll", "", "AV101", "den finns i biblioteksmodulen common: lägg till `använd common`"),
        ("anslag", "anslaag", "AV101", "menade du `anslag`? kontrollera stavningen, eller lägg till"),
        (
            "  vårdgivare",
            "vårdgivare",
            "AV101",
            "`vårdgivare` hör till avtalets huvud: dra in raden två blanksteg under",
        ),
        (
            "  priser\n    ",
            "priser\n    ",
            "AV334",
            "dra in raden två blanksteg djupare än prislista",
        ),
        ("1,2 mkr/år", "1,2 miljoner kr", "AV337", "skriv `mkr` direkt efter talet"),
        ("1,2 mkr/år", "1,2 miljoner", "AV107", "menade du `mkr`?"),
        ("1,2 mkr/år", "1,2 MSEK/år", "AV337", "skriv `mkr/år` direkt efter talet"),
        ("80%", "80 procent", "AV337", "skriv `%` direkt efter talet"),
        ("1,2 mkr/år", "1 200 000 kr per år", "AV337", "skriv `kr/år` direkt efter talet"),
        ("1,2 mkr/år", "1 200 000 kr per patient", "AV303", "i ett ord med enheten, som i `1 200 000 kr/år`"),
        ("1,2 mkr/år", "1 200 000:-", "AV024", "skriv `kr`"),
        ("1,2 mkr/år", "1,2 mkr / år", "AV001", "ett tal med sin enhet i ett ord, som i `1 200 000 kr/år`"),
        ("1,2 mkr/år", "12 * 0,1 mkr/år", "AV001", "en uträkning inom parentes, som i `(3 * 5 kr)`"),
        ("80% mål", "80%, mål", "AV336", "ta bort kommatecknet"),
        ("vikt 2%", "vikt 2% 2024-01-01", "AV303", "sätt nyckelordet före: `bättre`"),
        ("2024-12-31", "2024-11-31", "AV013", "2024-11 har 30 dagar"),
        ("2024-12-31", "2023-02-29", "AV013", "2023-02 har 28 dagar"),
        ("2024-12-31", "2024-13-31", "AV013", "datum skrivs år-månad-dag"),
        ("till", "-", "AV001", "två datum, som i `period 2012-01-01 till 2012-12-31`"),
        ("1,2 mkr/år", "1 200 000", "AV203", "skriv `1 200 000 kr`"),
        ("80%", "75", "AV203", "skriv `75%`"),
        ("80%", "0,8", "AV203", "skriv `80%`"),
        (
            "  pris |",
            "prisen |",
            "AV312",
            "menade du `pris`? skriv rubrikerna på första raden som artikel, yrkesgrupp, pris",
        ),
        ("| 980 kr", "|       ", "AV313", "skriv cellen som i `100 kr`"),
        ("| 980 kr", "| gratis", "AV313", "skriv cellen som i `100 kr`"),
        ("| LÄK        | 980", "| 980", "AV335", "skriv en cell för varje kolumn"),
    ],
)
def test_what_to_do_is_said(old: str, new: str, code: str, told: str, tmp_path: Path) -> None:
    found = said(TEXT.replace(old, new, 1), tmp_path)
    if not code:
        assert found == []  # sll uses common
        return
    assert {c for c, _, _ in found} <= {code, "AV006"}
    assert told in found[0][2]


def test_a_misspelt_fact_of_an_example_is_told_from_those_there_are(tmp_path: Path) -> None:
    example = 'räkneexempel "R"\n  givet reslutat[113] = 87,5%\n  vänta anslag = 1,2 mkr\n'
    ((code, wrong, todo),) = said(TEXT + example, tmp_path)
    assert (code, wrong) == ("AV108", "det finns inget underlag som heter `reslutat`")
    assert todo.startswith("menade du `resultat`?")


def test_rows_below_a_clause_are_named_without_their_place(tmp_path: Path) -> None:
    ((code, wrong, _),) = said(TEXT.replace("LÄK", "SSK"), tmp_path)
    assert (code, wrong) == ("AV308", "två rader i priser passar HB, SSK")


def test_an_empty_cell_is_called_so(tmp_path: Path) -> None:
    ((_, wrong, _),) = said(TEXT.replace("| 980 kr", "|       "), tmp_path)
    assert wrong == "en tom cell är inte kr"


@pytest.mark.parametrize("blank", ["\u00a0", "\u202f"])
def test_a_text_pasted_from_a_document_may_have_its_blanks(blank: str, tmp_path: Path) -> None:
    assert said(TEXT.replace(" ", blank), tmp_path) == []
    assert (
        said(TEXT.replace("1,2 mkr/år", "(1,2 mkr/år\n  + 1 mkr/år)").replace("  +", 2 * blank + "+"), tmp_path) == []
    )
