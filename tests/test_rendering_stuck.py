"""What stands in the way is told once: the cause, where it holds, and what waits for it."""

from __future__ import annotations

from pathlib import Path

import folders
import pytest
from running import run

BOUND = folders.CONTRACT.replace(
    'fast "Jour" 1 200 000,10 kr',
    'fast "Jour" 1 200 000,10 kr\nfast "Följd" (10% av besöksersättning)\nfast "Följdens följd" (10% av fast["Följd"])',
)
CONTACTS = folders.CONTACTS + "".join(f"K{n};A;2012-03-{n};saknad\n" for n in range(10, 19))


def test_a_cause_is_told_once_and_what_waits_for_it_points_at_it(tmp_path: Path) -> None:
    folder = folders.write(tmp_path, contract=BOUND, contacts=CONTACTS)
    result = run("settle", folder, "--provider", "A", "--provider", "B", code=1)
    first = result.stdout.split("Avräkning: ")[1]
    told = [line.split() for line in first.splitlines() if "ej avräknad" in line]
    assert {row[-1] for row in told if row[0] != "Delsumma"} == {"(1)"}
    assert "[AV510]" not in result.stdout
    assert "(1) prislista[saknad] saknas (kontakt.csv:7, 8, 9 och 6 till) [AV501]" in first
    assert result.stderr.count("fel AV501") == 1
    assert "fel AV501: besöksersättning Besök: " in result.stderr
    assert "contract.avtal:13:1" in result.stderr, "the contract's own line comes first"
    assert "= gäller: 2012 A\n" in result.stderr
    assert "= väntar på den: fast Följd, fast Följdens följd, andel Kvalitet" in result.stderr


@pytest.mark.parametrize("form", ["table", "csv", "json", "xlsx"])
def test_every_form_tells_what_stands_in_the_way(tmp_path: Path, form: str) -> None:
    whole = folders.CONTACTS + "K6;a;2012-03-01;ny\n"
    for contacts, code in ((CONTACTS, "AV501"), (whole, "AV332")):
        folder = folders.write(tmp_path / code, contract=BOUND, contacts=contacts)
        asked = ("settle", folder, "--period", "2012", "--provider", "A", "-O", form, "-o", tmp_path / "avräkning")
        assert run(*asked, code=1).stderr.count(f"fel {code}: ") == 1


def test_what_differs_only_in_a_key_is_counted(tmp_path: Path) -> None:
    contacts = folders.CONTACTS + "".join(f"K{n};A;2012-03-{n};saknad{n}\n" for n in range(10, 19))
    folder = folders.write(tmp_path, contacts=contacts)
    result = run("settle", folder, "--provider", "A", "--period", "2012", "--lang", "en", code=1)
    assert "(1) prislista[saknad10] is missing (kontakt.csv:7) (and 8 more like it) [AV501]" in result.stdout
    assert result.stderr.count("error AV501") == 1
    assert "= also: prislista[saknad11] is missing (kontakt.csv:8); " in result.stderr
    assert "and 2 more" in result.stderr
    assert "= in:" not in result.stderr, "one settlement needs no list"
    assert "= waiting for it: part Kvalitet" in result.stderr


def test_a_row_without_an_owner_is_nobodys_clause(tmp_path: Path) -> None:
    folder = folders.write(tmp_path, contract=folders.CONTRACT.replace("vård <= 3 mkr", "vård <= 1 mkr"))
    result = run("settle", folder, "--period", "2012", "--provider", "A", code=1)
    assert result.stderr.count("AV511") == 1
    assert "(1) löftet håller inte: vård <= 1 mkr [AV511]" in result.stdout


def test_what_differs_only_in_the_day_is_one(tmp_path: Path) -> None:
    """The price holds from the eleventh; of nine visits before, the last stands first in the file."""
    forms = folders.FORMS.replace("param prices (priser) : table kind -> pris (pris) kr", "param price (pris) : kr")
    contract = folders.CONTRACT.replace(
        'besöksersättning "Besök" priser prislista', 'besöksersättning "Besök"\n  pris\n    från 2012-03-11 100 kr'
    )
    contacts = "id;Vårdgivare;Dag;Art\n" + "".join(f"K{n};A;2012-03-{n:02};ny\n" for n in range(12, 1, -1))
    folder = folders.write(
        tmp_path, contract=contract, forms=forms.replace("prices[kind].pris", "price"), contacts=contacts
    )
    asked = ("settle", folder, "--provider", "A", "--period", "2012")
    days = "9 dagar, 2012-03-02 – 2012-03-10 (kontakt.csv:4, 5, 6 och 6 till)"
    assert f"(1) `pris` har inget värde för {days} [AV505]" in run(*asked, code=1).stdout
    told = run(*asked, "--lang", "en", code=1)
    assert "`pris` has no value for 9 days, 2012-03-02 – 2012-03-10 (kontakt.csv:4, 5, 6 and 6 more)" in told.stderr
    assert "like it" not in told.stdout
    assert "= also:" not in told.stderr


@pytest.mark.parametrize(
    ("years", "told"),
    [
        ("2016", "2013-01-01 – 2013-12-31, 2015-01-01 – 2015-12-31, 2016-01-01 – 2016-12-31\n"),
        ("2022", "2018-01-01 – 2018-12-31, och 4 till\n"),
    ],
)
def test_periods_without_a_price_are_told_one_by_one(tmp_path: Path, years: str, told: str) -> None:
    """A list of one year, settled by year: neither the year before nor those after it have a value."""
    contract = tmp_path / "contract.avtal"
    contract.write_text(
        f'avtal "Block"\n  vårdgivare "Sjukhuset" kod "A"\n  period 2012-01-01 till {years}-12-31\n  avräkning årlig\n'
        'använd common\nanslag "Jour"\n  belopp\n    från 2014-01-01 till 2014-12-31  84 mkr\n',
        encoding="utf-8",
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "results.csv").write_text("provider;indicator;measured;value\n", encoding="utf-8")
    assert "har inget värde för 2012-01-01 – 2012-12-31, 2013-" in (said := run("settle", tmp_path, code=1).stderr)
    assert told in said
