"""A set engine comes to what the reference evaluator comes to: amounts, lines, gifts and failures, to the last öre.

`ENGINE_PROGRAMS=2000 pytest tests/test_engines.py` tries more contracts than the few hundred of a build, `--engine`
another engine than DuckDB; `make differential N=100000` is the long run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pytest
from agree import faults, saved
from agree.compare import difference
from agree.contracts import Case, Question, make, several
from agree.corners import corners
from agree.differential import Tally, case_of, compared, data_sets, together
from agree.engines import Settler, opened
from agree.faults import FAULTS
from agree.planting import Fault, source
from agree.shrink import Shrinker
from attrs import evolve

from avtal import api
from interpreter.core import Program
from interpreter.facts import Row
from interpreter.settle import settle
from interpreter.settlement import Settlement

PROGRAMS = int(os.environ.get("ENGINE_PROGRAMS", "200"))
CONTRACTS = sorted(path.parent for path in (Path(__file__).parent.parent / "contracts").glob("*/contract.avtal"))


@pytest.fixture(scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[Settler]:
    with opened(request.config.getoption("--engine")) as settler:
        yield settler


def test_generated_contracts_come_to_the_same(engine: Settler) -> None:
    tally = Tally()
    wrong = {}
    for seed in range(PROGRAMS):
        differs = compared(make(seed), engine, tally)
        if differs:
            wrong[seed] = differs[:3]
    assert wrong == {}, "make differential FIRST=… N=1 makes one small and saves it"
    assert tally.agreed > 0.9 * PROGRAMS
    assert 0.2 < tally.failing / tally.agreed < 0.6
    assert tally.sites["query"] > 5 * PROGRAMS, "the comparison is about what the engine itself works out"


def test_contracts_over_one_data_set_come_to_the_same(engine: Settler) -> None:
    tally = Tally()
    wrong = {}
    for seed, number in data_sets(1000, 37):
        cases = list(islice(several(seed), number))
        wrong |= {case.seed: differs[:3] for case, differs in together(cases, engine, tally) if differs}
    assert wrong == {}
    assert tally.agreed + tally.wrong + tally.refused == 37
    assert tally.agreed > 30
    assert case_of("1000/3").text == next(islice(several(1000), 3, None)).text
    assert len({case_of(f"1000/{number}").text for number in range(8)}) > 4


def test_contracts_that_can_not_be_settled_together_are_settled_alone(engine: Settler) -> None:
    class Crashing(Settler):
        def settle_all(self, programs: Sequence[Program], case: Case) -> tuple[tuple[Settlement, ...], ...]:
            if len(programs) > 1:
                raise RuntimeError(case.seed)
            return super().settle_all(programs, case)

    tally = Tally()
    cases = list(islice(several(1000), 3))
    found = list(together(cases, Crashing(engine.engine), tally))
    assert [case.seed for case, _ in found] == [case.seed for case in cases]
    assert not any(differs for _, differs in found)
    assert tally.agreed == 3


@pytest.mark.parametrize("case", saved.all_found(), ids=lambda case: str(case.seed))
def test_what_differed_once_comes_to_the_same(case: Case, engine: Settler) -> None:
    tally = Tally()
    assert compared(case, engine, tally) == []
    assert tally.agreed == 1


@pytest.mark.parametrize("folder", CONTRACTS, ids=lambda folder: folder.name)
def test_every_contract_of_the_tree_comes_to_the_same(folder: Path, engine: Settler) -> None:
    contract = api.load(folder)
    data = {fact: tuple(rows) for fact, rows in api.read(contract).data.items()}
    case = Case(folder.name, "", data)
    assert difference(settle(contract.program, data), engine.settle(contract.program, case)) == []


@pytest.mark.parametrize("case", list(corners()), ids=lambda case: str(case.seed))
def test_corners_come_to_the_same(case: Case, engine: Settler) -> None:
    tally = Tally()
    assert compared(case, engine, tally) == []
    assert tally.agreed == 1
    assert tally.sites["query"] > 100


@pytest.fixture(scope="module")
def small_engine() -> Iterator[Settler]:
    """The engine that starts and answers fastest: a fault in the lowering is one on every engine."""
    with opened("sqlite") as settler:
        yield settler


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_planted_fault_is_shown(fault: Fault, small_engine: Settler) -> None:
    name = faults.known().get(fault.name, "")
    assert name, "PYTHONPATH=.:tests python -m agree.faults looks for a case that shows it"
    assert not name.isdigit() or int(name) < PROGRAMS
    one = faults.settled(faults.case_of(name))
    assert one is not None
    assert faults.shown(fault, small_engine, iter([one])) != ""
    assert faults.differs(small_engine, one) == [], "without the fault there is no difference"


def test_there_are_fifty_faults() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 50


def test_a_fault_stands_where_it_is_said_to_be() -> None:
    with pytest.raises(ValueError, match="0 times"):
        source("values", Fault("nowhere", "values", "there is no such text", ""))
    assert "interpreter.sets.relation" in source("fetch")


def test_a_difference_is_found_and_made_small() -> None:
    case = next(case for case in map(make, range(50)) if sum(map(len, case.data.values())) > 20)
    wanted = next(iter(case.data.values()))[0]

    def shows(one: Case) -> bool:
        return 'contract "Case"' in one.text and any(wanted in rows for rows in one.data.values())

    small = Shrinker(evolve(case, question=Question(providers=("H",))), shows).run()
    assert sum(map(len, small.data.values())) == 1
    assert small.text.strip() == 'contract "Case"'
    assert small.question == Question()


def test_a_case_is_read_as_it_was_saved(tmp_path: Path) -> None:
    case = make(5)
    rows = {fact: tuple(evolve(row, cells=dict(row.cells)) for row in own) for fact, own in case.data.items()}
    read = saved.load(saved.save(evolve(case, data=rows), "five", "a test", tmp_path))
    assert (read.text, read.question) == (case.text, case.question)

    def plain(row: Row) -> object:
        return row.fact, dict(row.cells), row.file, row.line

    assert {f: [*map(plain, own)] for f, own in read.data.items()} == {f: [*map(plain, own)] for f, own in rows.items()}
