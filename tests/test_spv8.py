"""The shares of 2021 as a portfolio: a contract for each region, field and way of operation, all built by one model.

The table says what share of the pay followed each reimbursement form. A contract with those shares of a budget, whose
production is what was planned, must pay exactly those shares, each through the form that carries it.
"""

from __future__ import annotations

import csv
from collections import Counter
from fractions import Fraction
from functools import cache
from pathlib import Path
from string import Template

import pytest

from avtal import api
from avtal.reading import Reading

TABLE = Path(__file__).parent.parent / "stdlib_rules" / "shares_2021.csv"
BUDGET = 100_000_000

FORMS = {
    "Anslag": "fixed",
    "Fast ers. / abonnemang": "fixed",
    "Besök": "by_visit",
    "Besöksersättning": "by_visit",
    "DRG": "by_drg",
    "DRG-ersättning": "by_drg",
    "Vårdepisodersättning": "by_episode",
    "Värdebaserad ersättning": "by_value",
    "Mål": "by_goal",
    "Målrelaterad ersättning": "by_goal",
    "Annan": "other",
}
"""What the tables call a form → the parameter of the model for its share."""

CARRIED_BY = {
    'block["Anslag"]': "fixed",
    "visit_fee[BESÖK]": "by_visit",
    'drg["DRG"]': "by_drg",
    "episode_fee[EPISOD]": "by_episode",
    'bundle["Värdebaserad episod"]': "by_value",
    "p4p[MÅL]": "by_goal",
    "cost_reimbursement[ANNAN]": "other",
}
"""The clause that pays → the parameter for its share."""

CONTRACT = Template("""\
contract "$name"
  buyer    "$region" code "R"
  provider "$operation" code "P"
  period   2021
use specialised

reimbursement_mix
  budget             100 mkr/year
$shares
  planned_visits     8 000 kr/year
  planned_points     10 drg_points/year
  planned_episodes   3 episodes/year
  planned_operations 3 episodes/year
  visit_area         BESÖK
  episode_area       EPISOD
  goal_indicator     MÅL
  cost_kind          ANNAN
  prices
    | diagnosis | measure |          price |
    | L40*      | NY      | 1 400 kr/visit |
    | L40*      | ÅTER    |   600 kr/visit |
  weights
    | drg  | weight | limit |
    | A01  |    2,5 | 1 mkr |
  outlier            whole
  length             12 months
  margin             0,05
  bonus              1 000 kr/episode
  deduction          1 000 kr/episode
  unanswered         nothing
  min                70%
  target             90%
""")

DATA = {
    "diagnosbesok.csv": (
        "id;vårdgivare;beställare;patient;utförd;vårdområde;diagnos;åtgärd",
        *(f"B{n};P;R;P{n};2021-0{n}-01;BESÖK;L400;{kind}" for n, kind in enumerate(["NY"] * 4 + ["ÅTER"] * 4, 1)),
        *(f"E{n};P;R;P{n % 3};2021-0{n}-01;EPISOD;L400;NY" for n in range(1, 8)),
    ),
    "vardtillfallen.csv": (
        "id;vårdgivare;beställare;utskriven;drg;kostnad",
        *(f"V{n};P;R;2021-0{n}-01;A01;50 000 kr" for n in range(1, 5)),
    ),
    "operationer.csv": (
        "id;vårdgivare;patient;operationsdatum;kroppsdel;sida;slag;asa;registerrapporterad;utan_samband",
        *(f"O{n};P;P{n};2021-0{n}-01;RYGG;middle;primary;2;ja;nej" for n in range(1, 4)),
    ),
    "patientsvar.csv": ("operations_id;mätdatum;värde_före;värde_efter", "O1;2022-01-01;0,4;0,42"),
    "resultat.csv": ("vårdgivare;indikator;mätdatum;värde", "P;MÅL;2021-12-31;93%"),
    "kostnader.csv": ("id;vårdgivare;beställare;uppkommen;kostnadsslag;belopp", "K1;P;R;2021-05-01;ANNAN;90 mkr"),
}
"""Production as planned: eight visits of 8 000 kr, ten points, three episodes of seven visits, three operations."""

FACTS = {
    "diagnosbesok.csv": "diagnosbesök",
    "vardtillfallen.csv": "vårdtillfälle",
    "operationer.csv": "operation",
    "patientsvar.csv": "patientsvar",
    "resultat.csv": "resultat",
    "kostnader.csv": "uppkommen_kostnad",
}

Group = tuple[str, str, str]
"""Way of operation, field, region."""


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@cache
def groups() -> dict[Group, dict[str, int]]:
    """The shares of each contract, in per cent by parameter of the model."""
    found: dict[Group, dict[str, int]] = {}
    for row in rows():
        shares = found.setdefault((row["operation"], row["area"], row["region"]), dict.fromkeys(CARRIED_BY.values(), 0))
        shares[FORMS[row["form"]]] += int(row["share"])
    return found


def text(group: Group) -> str:
    """The contract of a group."""
    operation, field, region = group
    shares = "\n".join(f"  {name:<18} {share}%" for name, share in groups()[group].items())
    return CONTRACT.substitute(
        name=f"{region}, {operation}, vo {field}", region=region, operation=operation, shares=shares
    )


def mapping(data: dict[str, tuple[str, ...]]) -> str:
    """What says which fact each file holds; a heading is a column's name, Swedish but for keys."""
    parts = []
    for name, lines in data.items():
        columns = "".join(f'"{heading}" = "{heading}"\n' for heading in lines[0].split(";"))
        parts.append(f'[[file]]\nname = "{name}"\nfact = "{FACTS[name]}"\n[file.columns]\n{columns}')
    return "\n".join(parts)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the data that all the contracts are settled on."""
    folder = tmp_path_factory.mktemp("spv8")
    write(folder, DATA)
    return folder


def write(folder: Path, data: dict[str, tuple[str, ...]]) -> None:
    """Write the files of data and their mapping."""
    (folder / "data").mkdir()
    for name, lines in data.items():
        (folder / "data" / name).write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "data" / "mapping.toml").write_text(mapping(data), "utf-8")


def contract(folder: Path, group: Group) -> api.Contract:
    """The contract of a group, in the folder with the data."""
    file = folder / "contract.avtal"
    file.write_text(text(group), "utf-8")
    loaded = api.load(file)
    assert [d.message("en") for d in loaded.diagnostics] == []
    return loaded


@pytest.fixture(scope="module")
def reading(folder: Path) -> Reading:
    return api.read(contract(folder, ("egenregi", "110", "01 Stockholm")))


def paid(settled: api.Contract, reading: Reading) -> dict[str, Fraction]:
    """What each paying clause of a contract comes to in 2021, and the total."""
    (settlement,) = api.settle(settled, reading, period="2021")
    assert [d.message("en") for d in settlement.failures] == []
    found = {**{c.key: c.amount for c in settlement.clauses if c.pays}, "total": settlement.total}
    return {key: amount for key, amount in found.items() if amount is not None}


def test_the_table_is_whole() -> None:
    assert len(rows()) == 228
    assert len(groups()) == 173
    assert {sum(shares.values()) for shares in groups().values()} == {100}
    ways = Counter(operation for operation, _, _ in groups())
    assert set(ways) == {"egenregi", "LOV", "LOU"}
    assert len({region for operation, _, region in groups() if operation == "egenregi"}) == 21


def test_shares_that_the_text_of_the_report_singles_out() -> None:
    """Read off the report by hand, so that a slip in the copied table shows."""
    assert groups()["LOV", "180", "Stockholm"] == _shares(by_visit=5, by_drg=42, by_value=51, by_goal=2)
    assert groups()["LOU", "180", "Stockholm"] == _shares(fixed=1, by_drg=72, by_episode=26, by_goal=1)
    assert groups()["egenregi", "110", "05 Östergötland"] == _shares(fixed=93, by_visit=1, by_goal=2, other=4)
    assert groups()["egenregi", "280", "14 Västra Götaland"] == _shares(fixed=80, by_visit=20)


def _shares(**shares: int) -> dict[str, int]:
    return {name: shares.get(name, 0) for name in CARRIED_BY.values()}


@pytest.mark.parametrize("way", ["egenregi", "LOV", "LOU"])
def test_a_contract_for_each_region_and_field_pays_exactly_its_shares(way: str, folder: Path, reading: Reading) -> None:
    for group in (g for g in groups() if g[0] == way):
        found = paid(contract(folder, group), reading)
        per_cent = {name: found.pop(key) * 100 / BUDGET for key, name in CARRIED_BY.items()}
        assert per_cent == groups()[group], group
        assert found == {'outcome["Värdebaserad episod"]': 0, "total": BUDGET}, group


def test_what_is_produced_beyond_the_plan_moves_the_mix(folder: Path, reading: Reading, tmp_path: Path) -> None:
    """A quarter more visits at the list's prices: their part grows by a quarter, and nothing else does."""
    more = ("B9;P;R;P9;2021-09-01;BESÖK;L401;NY", "B10;P;R;P9;2021-10-01;BESÖK;L401;ÅTER")
    write(tmp_path, {**DATA, "diagnosbesok.csv": (*DATA["diagnosbesok.csv"], *more)})
    group = ("egenregi", "110", "01 Stockholm")
    planned = paid(contract(folder, group), reading)
    grown = contract(tmp_path, group)
    found = paid(grown, api.read(grown))
    changed = {key for key in found if found[key] != planned[key]}
    assert changed == {"visit_fee[BESÖK]", "total"}
    assert found["visit_fee[BESÖK]"] == 55_000_000
    assert found["total"] == 111_000_000


def test_shares_that_do_not_make_a_hundred_are_refused(tmp_path: Path) -> None:
    group = ("egenregi", "110", "01 Stockholm")
    (tmp_path / "contract.avtal").write_text(text(group).replace("44%", "43%"), "utf-8")
    (problem,) = api.load(tmp_path / "contract.avtal").diagnostics
    assert "the seven shares must make 100 %" in problem.message("en")
    assert "de sju andelarna ska bli 100 %" in problem.message("sv")
