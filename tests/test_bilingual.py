"""One contract in two languages: its things have one key each, whatever the language that its file is written in."""

from __future__ import annotations

from pathlib import Path

import pytest
from settling import analysed
from test_cli import run

from avtal import api
from dsl.formatter import format_module
from dsl.parse import parse
from interpreter import core
from interpreter.pipeline import analyse
from interpreter.sources import Sources

SWEDISH = """
avtal "Två språk"
  vårdgivare "Björken" kod "B"
  period     2012

enhet dropp (drip, drips)

underlag behandling (treatment)
  nyckel     id
  daterat    utförd
  vårdgivare klinik
  kolumn id (treatment_id)  : kod
  kolumn klinik (clinic)    : kod
  kolumn utförd (performed) : datum
  kolumn sort (kind)        : val planerad (planned), akut (urgent)
  kolumn antal (number_of)  : dropp

tabell priser (prices) : sort (kind) kod -> pris (price) kr/dropp
  | sort | pris       |
  | A    | 2 kr/dropp |
  | B    | 3 kr/dropp |

ersättningsform droppersättning (drip_pay)
  "Ett pris för varje dropp."
  "A price for each drip."
  behöver behandling: antal, sort
  parameter taxa (rates)  : tabell sort (kind) kod -> pris (price) kr/dropp
  parameter grupp (group) : kod nyckel
  parameter tak (ceiling) : dropp = 10 dropp
  kräver tak > 0 dropp  "taket ska vara över noll"  "the ceiling must be above zero"
  låt många (many) = summan av antal över behandling
  när många > tak
    ger nådde_taket (reached) = ja
  annars ger nådde_taket (reached) = nej
  när många > tak  betalar "över taket" "above the ceiling" taxa[grupp].pris * tak
  annars           betalar "under taket" "below the ceiling" taxa[grupp].pris * många

droppersättning grupp A
  taxa priser
""".lstrip()

DATA = "id;klinik;utförd;sort;antal\n1;B;2012-02-01;akut;4\n2;B;2012-03-01;planerad;9\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "contract.avtal").write_text(SWEDISH, "utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "behandling.csv").write_text(DATA, "utf-8")
    return tmp_path


def settled(folder: Path) -> tuple[api.Contract, list[tuple[object, ...]]]:
    contract = api.load(folder)
    found = api.settle(contract, api.read(contract), period="2012")
    lines = [(s.total, c.key, c.given, [(ln.label, ln.amount) for ln in c.lines]) for s in found for c in s.clauses]
    return contract, lines


def test_keys_and_labels_are_the_same_in_both_languages(folder: Path) -> None:
    contract, swedish = settled(folder)
    (line,) = swedish
    assert line[1:] == ("drip_pay[A]", {"reached": True}, [("above the ceiling", 20)])
    assert contract.spellings() == {"droppersättning[A]": "drip_pay[A]"}
    run("format", "--to", "en", folder)
    english, again = settled(folder)
    assert english.language == "en"
    assert again == swedish


def test_a_reader_sees_the_names_of_his_own_language(folder: Path) -> None:
    asked = ("settle", folder, "--period", "2012", "--show-lines")
    shown = {lang: run(*asked, "--lang", lang).stdout for lang in ("sv", "en")}
    assert "droppersättning A" in shown["sv"]
    assert "över taket" in shown["sv"]
    assert "drip_pay A" in shown["en"]
    assert "above the ceiling" in shown["en"]
    told = run("explain", folder, "drip_pay[A]", "--period", "2012", "--lang", "en").stdout
    assert 'pays "above the ceiling"' in told
    assert "A price for each drip." in told
    assert 'betalar "över taket"' in run("explain", folder, "drip_pay[A]", "--period", "2012", "--lang", "sv").stdout


def test_every_pair_changes_places_when_the_file_changes_language(folder: Path) -> None:
    path = folder / "contract.avtal"
    run("format", path)
    before = path.read_text("utf-8")
    run("format", "--to", "en", path)
    english = path.read_text("utf-8")
    for pair in (
        "unit drip, drips (dropp)",
        "fact treatment (behandling)",
        "column treatment_id (id) ",
        "choice planned (planerad), urgent (akut)",
        "table prices (priser) : kind (sort) code -> price (pris) kr/drip",
        'requires ceiling > 0 drip  "the ceiling must be above zero"  "taket ska vara över noll"',
        'pays "above the ceiling" "över taket" rates[group].price * ceiling',
        "let many (många) =",
        "gives reached (nådde_taket) = no",
        '  "A price for each drip."\n  "Ett pris för varje dropp."\n',
    ):
        assert pair in english
    run("format", "--to", "sv", path)
    assert path.read_text("utf-8") == before


def test_one_label_has_one_name_in_the_other_language() -> None:
    text = 'form twice\n  pays "a" "b" 1 kr\n  pays "a" "c" 1 kr\n'
    found = analyse(Sources("m.avtal", text)).diagnostics
    assert [(d.code, d.span.start) for d in found] == [("AV105", text.index('"a" "c"'))]


def test_a_value_that_begins_with_a_text_is_no_label() -> None:
    text = 'form one\n  pays "a" "b" ("c" in ("d") = yes)\n'
    module = parse(text, "").module
    assert format_module(module) == 'form one\n  pays "a" "b" ("c" in ("d") = yes)\n'


def test_a_swedish_library_file_is_known_by_its_english_names() -> None:
    text = "ersättningsform fri (free)\n  parameter belopp (amount) : kr först\n  betalar belopp\n"
    world = analysed("", head="avtal {}\n".format('"A"\n  vårdgivare "B" kod "B"\n  period {}\n') + text).world
    form = world.forms["fri"]
    assert isinstance(form, core.Form)
    assert (form.name, form.swedish, form.parameters[0].name) == ("free", "fri", "amount")
