"""Primary care: the pool is shared to the öre, 34 indicators are worth 27.0, numerators and denominators are shown.

That each clause comes to the expected öre is tested with the other contracts.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve
from running import run

from avtal import api
from avtal.contract import Contract, load
from avtal.reading import Reading
from dsl.formatter import format_module
from interpreter.settlement import Settlement, Status

CONTRACTS = Path(__file__).parent.parent / "contracts"
REGION, SMALL = CONTRACTS / "vg_primarvard", CONTRACTS / "vardcentral"
POOL = 'place_pool["Geografi"]'

UNITS_IN_CELLS = """unit shift, shifts (pass)
unit leg (ben)

table pay : kind -> price kr/shift, length shift
  | kind | price          | length     |
  | N    | 4 200 kr/shift | 1,5 shifts |
  | D    | 2 100 kr/shift | 1 shift    |
"""

AFTER_PENALTIES = """avtal "Moms"
  beställare "Region" kod "R"
  vårdgivare "A" kod "A"
  period     2023

använd common, primary_visits

anslag "Vårdpeng" 10 mkr/år
viten "Viten"
  belopp
    | slag  |     vite |
    | BRIST | 5 000 kr |
momskompensation "Moms" sats 3% på anslag räknas_på efter_viten"""


@pytest.fixture(scope="module")
def small() -> Contract:
    return load(SMALL)


@pytest.fixture(scope="module")
def reading(small: Contract) -> Reading:
    return api.read(small)


def settled(contract: Contract, reading: Reading) -> dict[str, Settlement]:
    return {s.provider[1]: s for s in api.settle(contract, reading, period="2023")}


def test_a_declared_unit_in_a_cell_is_turned_with_its_number(tmp_path: Path) -> None:
    file = tmp_path / "units.avtal"
    file.write_text(UNITS_IN_CELLS, "utf-8")
    analysed = load(file).analysed
    rename = {span: names[1] for span, names in analysed.uses.items() if span.file == analysed.module.file}
    swedish = format_module(analysed.module, to="sv", rename=rename)
    assert "4 200 kr/pass" in swedish
    assert "1,5 pass" in swedish
    assert "| D" in swedish
    assert "shift" not in swedish.split("tabell")[1]


def test_the_quality_points_of_the_34_indicators_are_27() -> None:
    points = [
        Fraction(line.split("värd ")[1].split(" ")[0].replace(",", "."))
        for line in (REGION / "contract.avtal").read_text("utf-8").splitlines()
        if line.startswith("  kvalitetsindikator indikator 2")
    ]
    assert (len(points), sum(points)) == (34, 27)


def test_the_pool_is_shared_to_the_ore_by_those_with_more_than_nine_points() -> None:
    with (REGION / "expected" / "settlement.csv").open(encoding="utf-8", newline="") as file:
        paid = {
            r["provider"]: Fraction(r["amount"]) for r in csv.DictReader(file, delimiter=";") if r["clause"] == POOL
        }
    assert sum(paid.values()) == 12 * 8_450_000 * Fraction(3, 100)
    assert {provider for provider, amount in paid.items() if amount} == {"HA", "SK"}


@pytest.mark.parametrize("centre", ["ALMEN", "BRYGGAN"])
def test_explaining_an_indicator_shows_what_was_divided_by_what(centre: str) -> None:
    with (SMALL / "expected" / "indikatorer.csv").open(encoding="utf-8", newline="") as file:
        counted = [row for row in csv.DictReader(file, delimiter=";") if row["vårdcentral"] == centre]
    assert len(counted) == 5
    for row in counted:
        shown = run("explain", SMALL, f"p4p[{row['indikator']}]", "--period", "2023", "--provider", centre).stdout
        assert f"indikator {row['indikator']}: {row['täljare']} / {row['nämnare']}" in shown


def test_a_month_without_its_list_is_not_a_month_without_persons(small: Contract, reading: Reading) -> None:
    kept = [r for r in reading.data["listed_person"] if str(r.cells["read_on"]) != "2023-04-30"]
    settlement = settled(small, evolve(reading, data={**reading.data, "listed_person": kept}))["ALMEN"]
    status = {clause.key: clause.status for clause in settlement.clauses}
    assert status['capitation["Ålder och kön"]'] is Status.UNSETTLED
    assert status['visits_by_listing["Besök"]'] is Status.SETTLED
    assert settlement.total is None


@pytest.mark.parametrize(("said", "told"), [("", ["AV304"]), (" viten viten", []), (" viten 5 tkr", ["AV304"])])
def test_vat_after_penalties_says_which_and_takes_them_off(said: str, told: list[str], tmp_path: Path) -> None:
    file = tmp_path / "contract.avtal"
    file.write_text(AFTER_PENALTIES + said + "\n", "utf-8")
    assert [d.code for d in api.load(file).diagnostics if d.code == "AV304"] == told
