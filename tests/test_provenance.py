"""Where a figure comes from, said of each value in time, of each change, and of a clause; and sums explained."""

from __future__ import annotations

from pathlib import Path

import pytest
from settling import analysed
from test_cli import run

from avtal import api
from interpreter.pipeline import analyse
from interpreter.sources import Sources

HEAD = 'avtal "Källor"\n  vårdgivare "Björken" kod "B"\n  period 2012-01-01 till 2014-12-31\n\nanvänd common\n\n'
CONTRACT = (
    HEAD
    + """anslag "Jour"
  källa     "Bilaga 1"
  uppgift   tryckt
  belopp
    källa "Bilaga 2"
    från 2012-01-01  84 mkr/år
    från 2013-01-01  90 mkr/år
      källa    "Protokoll 4"
      uppgift  omtvistad
anslag "Hyra" belopp 1 mkr/år

anslag "Fika" 1 kr/år

delsumma fasta = anslag["Jour"], anslag["Hyra"]
delsumma glest = anslag["Jour"], anslag["Fika"]

tillägg "Tilläggsavtal" från 2014-01-01
  anslag "Jour" 100 mkr/år
    källa "Tilläggsavtalet, § 2"
"""
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "contract.avtal").write_text(CONTRACT, "utf-8")
    return tmp_path


def explained(folder: Path, year: str, language: str = "sv") -> str:
    return run("explain", folder, "Jour", "--period", year, "--lang", language).stdout


def test_each_value_says_where_it_comes_from(folder: Path) -> None:
    assert 'källa: "Bilaga 2"\n' in explained(folder, "2012")
    assert 'källa: "Protokoll 4", uppgift: omtvistad' in explained(folder, "2013")
    assert 'källa: "Tilläggsavtalet, § 2"' in explained(folder, "2014")
    assert 'source: "Protokoll 4", certainty: disputed' in explained(folder, "2013", "en")


def test_a_clause_says_where_it_comes_from(folder: Path) -> None:
    assert '  källa: "Bilaga 1", uppgift: tryckt\n' in explained(folder, "2012")
    assert "  källa:" not in run("explain", folder, "Hyra", "--period", "2012").stdout


def test_it_survives_formatting_and_a_change_of_language(folder: Path) -> None:
    run("format", folder)
    before = (folder / "contract.avtal").read_text("utf-8")
    run("format", "--to", "en", folder)
    assert "certainty disputed" in (folder / "contract.avtal").read_text("utf-8")
    run("format", "--to", "sv", folder)
    assert (folder / "contract.avtal").read_text("utf-8") == before


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("  belopp\n    från 2012-01-01  1 kr\n      5 kr\n", "5 kr"),
        ('  belopp\n    från 2012-01-01  1 kr\n      mål "x"\n', 'mål "x"'),
        ("  belopp\n    från 2012-01-01  1 kr\n    uppgift  ganska\n", "ganska"),
        ("  belopp\n    betalar 1 kr\n    från 2012-01-01  1 kr\n", "betalar"),
    ],
)
def test_nothing_else_may_stand_there(tmp_path: Path, text: str, place: str) -> None:
    path = tmp_path / "contract.avtal"
    path.write_text(f'{HEAD}anslag "Jour"\n{text}', "utf-8")
    whole = path.read_text("utf-8")
    found = [whole[d.span.start :] for d in api.check(path) if d.is_error]
    assert found
    assert all(rest.startswith(place) for rest in found)


def test_a_table_takes_rows_and_nothing_that_is_not_read() -> None:
    form = 'form listed\n  param list : table a code -> b kr\n  pays list["A"].b\n\n'
    clause = 'listed\n  list\n    source "Annex"\n    | a | b    |\n    | A | 1 kr |\n'
    assert not [d for d in analysed(form + clause).diagnostics if d.is_error]
    wrong = analyse_codes(form + clause + "    from 2013-01-01 5 kr\n")
    assert wrong == ["AV116"]


def analyse_codes(text: str) -> list[str]:
    head = 'contract "A"\n  provider "B" code "B"\n  period 2012\n\n'
    return [d.code for d in analyse(Sources("a.avtal", head + text)).diagnostics]


def test_a_component_has_no_date() -> None:
    form = "form plain\n  param amount : kr first\n  pays amount\n\n"
    change = 'plain 1 kr/year\n\namend "A" from 2012-07-01\n  plain 2 kr/year\n    component outcome\n'
    assert analyse_codes(form + change) == ["AV116"]
    model = "model two\n  plain 1 kr/year\n\ntwo\n  plain\n    component outcome\n"
    program = analyse(
        Sources("a.avtal", 'contract "A"\n  provider "B" code "B"\n  period 2012\n\n' + form + model)
    ).program
    assert program is not None
    assert [i.component for i in program.instances] == ["outcome"]


def test_a_subtotal_stands_after_its_clauses_and_else_below(folder: Path) -> None:
    rows = [line.split("  ")[0] for line in run("settle", folder, "--period", "2012").stdout.splitlines()]
    at = rows.index("anslag Jour")
    assert rows[at : at + 4] == ["anslag Jour", "anslag Hyra", "Delsumma fasta", "anslag Fika"]
    assert rows[at + 5 : at + 8 : 2] == ["Delsumma glest", "Att betala"]


def test_sums_are_explained_clause_by_clause(folder: Path) -> None:
    path = folder / "contract.avtal"
    told = run("explain", path, "fasta", "--period", "2012").stdout.replace("\xa0", " ").splitlines()
    assert told[1:] == [
        "Delsumma fasta = 85 000 000,00 kr",
        f"├─ anslag Jour = 84 000 000,00 kr  {path}:7",
        f"└─ anslag Hyra = 1 000 000,00 kr  {path}:16",
    ]
    whole = run("explain", path, "totalt", "--period", "2012").stdout.replace("\xa0", " ")
    assert "Att betala = 85 000 001,00 kr" in whole
    assert "bas = 85 000 001,00 kr" in run("explain", path, "bas", "--period", "2012").stdout.replace("\xa0", " ")
    deep = run("explain", path, "fasta", "--period", "2012", "--deep", "--lang", "en").stdout
    assert 'source: "Bilaga 2"' in deep


def test_a_sum_with_something_unsettled_has_no_amount(tmp_path: Path) -> None:
    path = tmp_path / "contract.avtal"
    path.write_text(
        'contract "A"\n  provider "B" code "B"\n  period 2012\n\nuse common\n\n'
        'form waits\n  unsettled when yes = yes  "it waits"\n  pays 1 kr\n\n'
        'block "Duty" 1 kr/year\nwaits\nsubtotal both = block, waits\n',
        "utf-8",
    )
    for name in ("both", "base", "total"):
        told = run("explain", path, name, "--period", "2012", "--lang", "en", code=1).stdout
        assert " = not settled" in told
        assert "waits = unsettled" in told
