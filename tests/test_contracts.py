"""Every contract in the tree: found, settled on its data, compared with what was worked out without the engine.

A contract is a folder of `contracts/`; a new one is tested by being there. What a folder says can be made again, is
made again here, byte for byte.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from avtal import api
from avtal.periods import name as period_name
from dsl.formatter import format_module
from interpreter.settlement import Settlement

CONTRACTS = Path(__file__).parent.parent / "contracts"
FOLDERS = sorted(path for path in CONTRACTS.iterdir() if (path / "contract.avtal").is_file())
each_contract = pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.name)

Amounts = dict[tuple[str, str, str], dict[str, Fraction | None]]
"""(period, buyer, provider) → clause → kr, `total` among them."""


def expected(folder: Path) -> Amounts:
    found: Amounts = {}
    with (folder / "expected" / "settlement.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            of = found.setdefault((row["period"], row["buyer"], row["provider"]), {})
            assert row["clause"] not in of, "a clause is expected twice"
            of[row["clause"]] = Fraction(row["amount"])
    return found


@cache
def settled(contract_file: Path, periods: tuple[str, ...]) -> tuple[Settlement, ...]:
    """The settlements of those periods, on the data of the folder that the file stands in."""
    contract = api.load(contract_file)
    reading = api.read(contract)
    return tuple(s for period in periods for s in api.settle(contract, reading, period=period))


def amounts(settlements: tuple[Settlement, ...]) -> Amounts:
    """What settlements come to; clauses whose form pays nothing of its own have no amount to compare."""
    return {
        (period_name(s.start, s.end), s.buyer[1], s.provider[1]): {
            **{c.key: c.amount for c in s.clauses if c.pays},
            "total": s.total,
        }
        for s in settlements
    }


def periods(folder: Path) -> tuple[str, ...]:
    return tuple(dict.fromkeys(period for period, _, _ in expected(folder)))


def test_there_are_contracts() -> None:
    assert {"akutsjukhus", "hoft_kna", "mellansverige"} <= {folder.name for folder in FOLDERS}


@each_contract
def test_a_contract_has_nothing_to_remark_on_and_its_examples_hold(folder: Path) -> None:
    contract = api.load(folder)
    assert [d.message("sv") for d in contract.diagnostics] == []
    results = api.test(contract)
    assert results, "a contract shows by examples what it means"
    assert [(r.name, d.message("sv")) for r in results for d in r.diagnostics] == []


@each_contract
def test_a_settlement_is_the_expected_one_to_the_last_coin(folder: Path) -> None:
    found = settled(folder / "contract.avtal", periods(folder))
    assert [d.message("sv") for s in found for d in s.failures] == []
    assert amounts(found) == expected(folder)


@each_contract
def test_a_clause_adds_up_from_its_lines(folder: Path) -> None:
    for settlement in settled(folder / "contract.avtal", periods(folder)):
        for clause in settlement.clauses:
            assert clause.exact == sum((line.amount for line in clause.lines), Fraction(0)), clause.key
            for line in clause.lines:
                if line.quantity is not None and line.unit_price is not None:
                    assert line.quantity * line.unit_price == line.amount
                assert (line.number > 0) == bool(line.file)


@each_contract
def test_the_expectation_and_the_data_can_be_made_again(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    made = [*sorted((copy / "expected").glob("*.csv")), *_generated(copy)]
    before = {path: path.read_bytes() for path in made}
    for path in made:
        path.unlink()
    for script in (copy / "generate.py", copy / "expected" / "compute.py"):
        subprocess.run([sys.executable, str(script)], check=True, capture_output=True, cwd=tmp_path, timeout=120)
    for path, content in before.items():
        assert path.read_bytes() == content, path.name


def _generated(folder: Path) -> list[Path]:
    return [path for path in sorted((folder / "data").iterdir()) if path.suffix in (".csv", ".xlsx", ".parquet")]


@each_contract
def test_the_independent_count_uses_nothing_of_the_engine(folder: Path) -> None:
    text = (folder / "expected" / "compute.py").read_text("utf-8")
    for package in ("avtal", "interpreter", "dsl"):
        assert f"import {package}" not in text
        assert f"from {package}" not in text


@each_contract
def test_both_vocabularies_settle_alike(folder: Path, tmp_path: Path) -> None:
    """The text in the other language's words has the same amounts, lines and failures, and comes back unchanged."""
    own = api.load(folder)
    other = "en" if own.language == "sv" else "sv"
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "expected"))
    (copy / "contract.avtal").write_text(_in(own, other), "utf-8")
    translated = api.load(copy)
    assert translated.language == other
    first = settled(folder / "contract.avtal", periods(folder))
    second = settled(copy / "contract.avtal", periods(folder))
    assert amounts(second) == amounts(first)
    assert [_lines(s) for s in second] == [_lines(s) for s in first]
    assert [[d.code for d in s.failures] for s in second] == [[d.code for d in s.failures] for s in first]
    assert _in(translated, own.language) == _in(own, own.language)


def _in(contract: api.Contract, language: str) -> str:
    at = ("en", "sv").index(language)
    analysed = contract.analysed
    rename = {span: names[at] for span, names in analysed.uses.items() if span.file == analysed.module.file}
    return format_module(analysed.module, to=language, rename=rename)


def _lines(settlement: Settlement) -> list[tuple[object, ...]]:
    return [
        (line.clause, line.label, line.fact, line.row, line.day, line.quantity, line.unit, line.unit_price, line.amount)
        for clause in settlement.clauses
        for line in clause.lines
    ]
