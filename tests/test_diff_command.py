"""`avtal diff`: what it prints in its three forms, how it ends, and what it says where a side can't be settled."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from running import run

import avtal
from avtal.rendering.difference_markdown import markdown
from avtal.rendering.difference_text import text

CONTRACT = """\
avtal "Prov <b>"
  beställare "Region Ett" kod "R1"
  vårdgivare "Kliniken A" kod "A"
  vårdgivare "Kliniken B" kod "B"
  period     2012-01-01 till 2013-12-31

använd former

tabell prislista : art kod -> pris kr
  |  art |   pris |
  | DYR  | 500 kr |
  | VANLIG | 100 kr |

besöksersättning "Besök" priser prislista dyrt_från 400 kr
fast "Jour" 1 200 000 kr
andel "Kvalitet" indikator 113 del 10%
trappa_fast "Åldrar" 75
"""
FORMS = """\
underlag kontakt
  nyckel     id
  daterat    dag
  vårdgivare vårdgivare
  räknar     besök
  kolumn id : kod
  kolumn vårdgivare : kod
  kolumn dag : datum
  kolumn art : kod
  kolumn kostnad : kr

underlag utfall
  nyckel     vårdgivare, indikator, mätdag
  daterat    mätdag
  vårdgivare vårdgivare
  kolumn vårdgivare : kod
  kolumn indikator : kod
  kolumn mätdag : datum
  kolumn värde : % valfri

ersättningsform besöksersättning (visits)
  behöver kontakt: art, kostnad
  parameter priser (prices) : tabell art -> pris kr
  parameter dyrt_från (dear_from) : kr
  varje kontakt
    när kostnad >= dyrt_från betalar "dear" "dyr" kostnad
    annars betalar "plain" "vanlig" priser[art].pris

ersättningsform fast (fixed)
  parameter belopp (amount) : kr först
  betalar belopp

ersättningsform andel (share_of)
  utanför bas
  behöver utfall: indikator, värde
  parameter indikator (indicator) : kod nyckel
  parameter del (part) : %
  parameter gräns (limit) : % = 50%
  låt nått (reached) = utfall[indikator].värde
  ger nivån (level) = nått
  när nått >= gräns betalar del * bas

ersättningsform trappa_fast (stepped)
  utanför bas
  parameter levnad (lived) : tal först
  parameter steg (steps) : tabell ålder tal -> avgift kr = åldrar
  betalar största_av(åldrar[levnad].avgift, 5 kr)

tabell åldrar : ålder tal -> avgift kr
  | ålder | avgift |
  |  0-74 |  10 kr |
  |   75+ |  20 kr |
"""


def folder(at: Path, contract: str = CONTRACT, forms: str = FORMS) -> Path:
    (at / "data").mkdir(parents=True)
    (at / "contract.avtal").write_text(contract, "utf-8")
    (at / "former.avtal").write_text(forms, "utf-8")
    rows = [
        ("1", "A", "2012-03-01", "DYR", 450),
        ("2", "A", "2012-04-01", "VANLIG", 90),
        ("3", "B", "2013-01-01", "DYR", 300),
    ]
    lines = [";".join(map(str, row)) for row in rows]
    (at / "data" / "kontakt.csv").write_text("\n".join(["id;vårdgivare;dag;art;kostnad", *lines, ""]), "utf-8")
    results = [f"{who};113;{year}-12-31;{value}" for who, year, value in
               (("A", 2012, "60 %"), ("A", 2013, "55 %"), ("B", 2012, "45 %"), ("B", 2013, "70 %"))]  # fmt: skip
    (at / "data" / "utfall.csv").write_text("\n".join(["vårdgivare;indikator;mätdag;värde", *results, ""]), "utf-8")
    return at


def amended(tmp_path: Path, *pairs: str, forms: tuple[str, str] = ("", "")) -> tuple[Path, Path]:
    after = CONTRACT
    for at in range(0, len(pairs), 2):
        assert pairs[at] in after, pairs[at]
        after = after.replace(pairs[at], pairs[at + 1])
    assert forms[0] in FORMS
    changed = FORMS.replace(*forms) if forms[0] else FORMS
    return folder(tmp_path / "old"), folder(tmp_path / "new", after, changed)


def plain(shown: str) -> str:
    return shown.replace("\u00a0", " ")


def test_rows_and_results_across_a_threshold(tmp_path: Path) -> None:
    old, new = amended(
        tmp_path, "dyrt_från 400 kr", "dyrt_från 280 kr", "del 10%", "del 10% gräns 60%", '"Åldrar" 75', '"Åldrar" 74'
    )
    shown = plain(run("diff", old, new).stdout)
    assert '  2013 B besöksersättning["Besök"], kontakt 3 (kontakt.csv:4): vanlig → dyr, −200,00 kr\n' in shown
    assert "nått 55 % >= gräns 50 %: ja → nått 55 % >= gräns 60 %: nej" in shown
    assert "åldrar[75]: 75+ → åldrar[74]: 0-74" in shown
    assert 'andel["Kvalitet"]  ' in shown.replace("andel[113]", 'andel["Kvalitet"]')


def test_the_forms_of_output_say_the_same(tmp_path: Path) -> None:
    old, new = amended(tmp_path, "1 200 000 kr", "1 300 000 kr", "| 500 kr |", "| 600 kr |")
    shown = plain(run("diff", old, new).stdout)
    assert 'fast["Jour"]\n  belopp: 1 200 000 kr → 1 300 000 kr  contract.avtal:15\n' in shown
    assert (
        'tabell prislista\n  rad DYR: 500 kr → 600 kr  contract.avtal:11\n    ändrar besöksersättning["Besök"]\n'
        in shown
    )
    answer = json.loads(run("diff", old, new, "-O", "json").stdout)["differences"][0]
    assert answer["changed"] is True
    assert answer["clauses"] == ['fixed["Jour"]', 'visits["Besök"]']
    total = Fraction(answer["effect"]["total"])
    assert total == sum(Fraction(one["difference"]) for one in answer["effect"]["clauses"])
    assert total == sum(Fraction(one["difference"]) for one in answer["effect"]["pairs"])
    largest = [abs(Fraction(one["difference"])) for one in answer["effect"]["clauses"]]
    assert largest == sorted(largest, reverse=True)
    change = next(one for one in answer["changes"] if one["thing"] == "clause")
    assert change["new_place"] == {"file": "contract.avtal", "line": 15, "column": 13}
    page = tmp_path / "diff.md"
    run("diff", old, new, "-o", page)
    shown = plain(page.read_text("utf-8"))
    assert shown.startswith("### Prov \\<b\\>\n\n**Totalt: +")
    assert '| fast\\["Jour"\\] | 2012 A | 1 200 000,00 kr | 1 300 000,00 kr | +100 000,00 kr |' in shown
    run("diff", old, new, "-o", tmp_path / "diff.json")
    assert json.loads((tmp_path / "diff.json").read_text("utf-8"))["differences"] == [answer]
    run("diff", old, new, "-o", tmp_path / "no" / "diff.txt", code=2)


def test_markdown_folds_what_is_much(tmp_path: Path) -> None:
    more = "".join(f'fast "F{at}" {at + 1} kr\n' for at in range(40))
    old, new = amended(tmp_path)
    (new / "contract.avtal").write_text(CONTRACT + more, "utf-8")
    page = markdown([avtal.diff(old, new, data=())], "en")
    assert page.count("<details>") == page.count("</details>") >= 3
    assert "28 more" in page
    shown = text(avtal.diff(old, new, data=()), "en", most=3)
    assert re.search(r"\n… 1\d\d more\n", shown)


def test_exit_codes_are_those_of_git_diff(tmp_path: Path) -> None:
    old, new = amended(tmp_path, "1 200 000 kr", "1 300 000 kr")
    run("diff", old, new)
    run("diff", old, new, "--exit-code", code=1)
    run("diff", old, old, "--exit-code")
    run("diff", old, new, "--no-data", "--exit-code", code=1)
    run("diff", old, code=2)
    run("diff", old, tmp_path / "nowhere", code=2)
    (new / "contract.avtal").write_text(CONTRACT.replace("del 10%", "del 10 kr"), "utf-8")
    failed = run("diff", old, new, "--exit-code", code=2)
    assert failed.stdout == ""
    assert "AV202" in failed.stderr


def test_what_is_only_written_otherwise_is_no_change(tmp_path: Path) -> None:
    old, new = amended(tmp_path, "1 200 000 kr", "1,2 mkr")
    shown = plain(run("diff", old, new, "--exit-code").stdout)
    assert "Ingen ändring av betydelsen (annorlunda skrivet)\n" in shown
    assert "Ingen ändring i kronor på detta underlag\n" in shown
    assert "No change of meaning (written otherwise)" in run("diff", old, new, "--no-data", "--lang", "en").stdout


def test_a_side_that_can_not_be_settled_is_never_a_zero(tmp_path: Path) -> None:
    old, new = amended(tmp_path, "  | DYR  | 500 kr |\n", "", "dyrt_från 400 kr", "dyrt_från 900 kr")
    shown = plain(run("diff", old, new).stdout)
    assert "kan inte avräknas" in shown
    assert "Avräknat både före och efter: 0,00 kr. Går inte att jämföra: " in shown
    assert "Efter: prislista[DYR] saknas" in shown.replace("`", "")
    answer = json.loads(run("diff", old, new, "-O", "json", "--period", "2012", "--provider", "A").stdout)
    one = answer["differences"][0]["effect"]["clauses"][0]
    assert (one["clause"], one["new"], one["difference"]) == ('visits["Besök"]', None, None)
    assert answer["differences"][0]["effect"]["total"] is None
    assert one["reasons"][0]["side"] == "new"
    all_failed = plain(run("diff", old, new, "--period", "2012", "--provider", "A").stdout)
    assert "Totalt: går inte att jämföra (2012 A)" in all_failed


def test_a_side_that_can_not_be_settled_at_all(tmp_path: Path) -> None:
    old, new = amended(tmp_path, "2012-01-01 till 2013-12-31", "2013")
    shown = run("diff", old, new, "--period", "2012", code=2).stdout
    assert "Efter: kan inte avräknas: Perioden 2012 ligger utanför" in shown
    assert "Totalt: går inte att jämföra" in shown
    run("diff", old, new, "--period", "2020", code=2)
    answer = json.loads(run("diff", old, new, "--period", "2012", "-O", "json", code=2).stdout)
    assert answer["differences"][0]["effect"]["reasons"][0]["side"] == "new"
    assert answer["differences"][0]["changed"] is True


def test_settled_by_other_periods_the_sums_are_compared(tmp_path: Path) -> None:
    old, new = amended(tmp_path, "  period ", "  avräkning kvartalsvis\n  period ")
    shown = plain(run("diff", old, new, "--provider", "A").stdout)
    assert "avräkning: årlig → kvartalsvis" in shown
    row = r'fast\["Jour"\] \(följer\) +2012-01-01\.\.2013-12-31 A +2 400 000,00 kr +9 600 000,00 kr +\+7 200 000,00 kr'
    assert re.search(row, shown)


def test_a_provider_of_one_side_only(tmp_path: Path) -> None:
    old, new = amended(tmp_path, '  vårdgivare "Kliniken B" kod "B"\n', "")
    (new / "data" / "kontakt.csv").write_text("id;vårdgivare;dag;art;kostnad\n1;A;2012-03-01;DYR;450\n", "utf-8")
    found = avtal.diff(old, new, data=(), providers=("B",))
    assert found.effect is not None
    assert {pair.scope.provider[1] for pair in found.effect.pairs} == {"B"}
    assert all(pair.sum.lacking == ("new",) for pair in found.effect.pairs)
    assert "finns inte" in plain(text(found, "sv"))
    with pytest.raises(avtal.UnreadableError):
        avtal.diff(old, new, data=(), providers=("X",))


def test_a_contract_that_comes_or_goes(tmp_path: Path) -> None:
    old, _ = amended(tmp_path)
    for pair in ((None, old), (old, None)):
        found = avtal.diff(*pair, data=[old / "data"])
        assert found.changed
        assert found.effect is not None
        assert found.effect.total
        assert found.name == "Prov <b>"
    empty = avtal.diff(None, None)
    assert (empty.name, empty.language, empty.changed) == ("", "sv", False)


def test_folders_of_contracts_are_compared_by_name(tmp_path: Path) -> None:
    for side in ("old", "new"):
        for name in ("one", "two"):
            folder(tmp_path / side / name)
    folder(tmp_path / "new" / "three")
    shown = run("diff", tmp_path / "old", tmp_path / "new", "--no-data").stdout
    assert shown.count("── Prov <b>") == 3
    assert shown.count("Ingen ändring av betydelsen") == 2
    assert 'tillkommer: fast "Jour" 1 200 000 kr' in shown


def test_a_library_of_its_own_for_each_side(tmp_path: Path) -> None:
    old, new = folder(tmp_path / "old"), folder(tmp_path / "new")
    for at, text_ in (("before", FORMS), ("after", FORMS.replace("betalar belopp", "betalar belopp * 2"))):
        (tmp_path / at).mkdir()
        (tmp_path / at / "former.avtal").write_text(text_, "utf-8")
    for side in (old, new):
        (side / "former.avtal").unlink()
    libraries = ("--old-library", tmp_path / "before", "--new-library", tmp_path / "after")
    shown = plain(run("diff", old, new, *libraries).stdout)
    assert "ersättningsform fast\n  betalar: belopp → belopp * 2" in shown
    assert "+1 200 000,00 kr" in shown


def test_what_was_read_already_serves_both_sides(tmp_path: Path) -> None:
    old, new = amended(tmp_path, "1 200 000 kr", "1 300 000 kr")
    reading = avtal.read(avtal.load(old))
    found = avtal.diff(avtal.load(old), avtal.load(new), data=reading, period="2012")
    assert found.effect is not None
    assert found.effect.total == 200_000 + 10_000
