"""Several contracts on one data set: each comes out as it does alone, once."""

from __future__ import annotations

import io
import shutil
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import duckdb
import pytest
from attrs import evolve
from running import run

from avtal import api, portfolio
from avtal.engines.means import Means
from avtal.errors import AvtalError
from avtal.quick import quick

CONTRACT = """\
contract "{name}"
  buyer    "North" code "N"
  provider "Clinic" code "C"
  period   2024

use forms

{clause} "All" 10 kr
"""
FORMS = "".join(
    f"""\
fact {fact}
  key      id
  dated    day
  provider provider
  counts   visit
  column id : code
  column day : date
  column provider : code

form each_{fact}
  "Each {fact}."
  source "made up"
  needs {fact}: day
  param price : kr first
  each {fact}
    pays price

"""
    for fact in ("visit", "stay")
)
FORMS += """\
form fixed
  "An amount."
  source "made up"
  param amount : kr first
  pays amount
"""
ROWS = "id;day;provider\n1;2024-01-05;C\n2;2024-06-06;C\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, clause in (("visits", "each_visit"), ("stays", "each_stay"), ("neither", "fixed")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "contract.avtal").write_text(CONTRACT.format(name=name, clause=clause), "utf-8")
        (tmp_path / name / "forms.avtal").write_text(FORMS, "utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "visit.csv").write_text(ROWS, "utf-8")
    return tmp_path


@pytest.mark.parametrize("engine", ["reference", "sqlite", "duckdb"])
def test_a_contract_that_lacks_data_is_told_and_the_others_are_settled(folder: Path, engine: str) -> None:
    names = ("stays", "visits", "neither")
    asked = ("--data", folder / "data", "-O", "csv", "--engine", engine, "--no-snapshot", "--lang", "en")
    found = run("settle", *(folder / name for name in names), *asked, code=1)
    alone = [run("settle", folder / name, *asked).stdout.splitlines(keepends=True) for name in names[1:]]
    assert found.stdout == "".join([*alone[0], *alone[1][1:]])
    assert "visits;2024;N;C;total;settled;20.00" in found.stdout
    told = f"error: {folder / 'stays' / 'contract.avtal'}: No file gives the fact stay."
    assert found.stderr.startswith(told)
    assert found.stderr.count("No file gives") == 1
    # Where all lack some, that is told once, and of all that is lacking.
    (folder / "data" / "visit.csv").rename(folder / "data" / "neither.csv")
    (folder / "data" / "mapping.toml").write_text('ignore = ["neither.csv"]\n', "utf-8")
    found = run("settle", folder / "stays", folder / "visits", *asked, code=1)
    assert "No file gives the fact stay, visit." in found.stderr
    assert found.stdout == ""


def test_contracts_of_one_folder_without_data(folder: Path) -> None:
    for name in ("visits", "neither"):
        (folder / name / "contract.avtal").rename(folder / "stays" / f"{name}.avtal")
    given = [folder / "stays" / f"{name}.avtal" for name in ("visits", "neither")]
    found = run("settle", *given, "-O", "csv", "--lang", "en", code=1)
    assert found.stdout == run("settle", given[1], "-O", "csv").stdout
    assert found.stderr.startswith(f"error: {given[0]}: No file gives the fact visit.")
    assert "there is no folder" in run("settle", given[0], "--lang", "en", code=2).stderr


def test_a_contract_that_is_named_twice_is_settled_once(folder: Path) -> None:
    (folder / "link").symlink_to(folder / "visits")
    (folder / "stays" / "contract.avtal").unlink()
    (folder / "neither" / "contract.avtal").unlink()
    asked = ("--data", folder / "data", "-O", "csv", "--lines", folder / "lines.parquet")
    once = run("settle", folder / "visits", *asked).stdout
    ways = (folder / "visits", folder / "visits" / "contract.avtal", folder / "link", folder)
    assert run("settle", *ways, *asked).stdout == once
    query = f"SELECT sum(amount)::INTEGER, count(*) FROM '{folder / 'lines.parquet'}'"  # noqa: S608  # a name of ours
    assert duckdb.connect().execute(query).fetchall() == [(20, 2)]


def test_a_run_whose_data_another_run_has_replaced_says_so(folder: Path) -> None:
    file = folder / "data" / "visit.csv"
    contract, by = api.load(folder / "visits"), Means(engine="duckdb")
    old = api.read(contract, [file], means=by)
    file.write_text(f"{ROWS}3;2024-07-07;C\n", "utf-8")
    new = api.read(contract, [file], means=by)  # what was prepared of the file as it was before stays while it is read
    assert [api.settle(contract, reading)[0].total for reading in (old, new)] == [20, 30]
    old.close()
    shutil.rmtree(folder / "data" / ".avtal")
    with pytest.raises(AvtalError, match="another run has replaced what it read: run again"):
        api.settle(contract, new)
    new.close()


def settled_with(
    folder: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[object, ...]
) -> tuple[str, int, list[bool]]:
    """What is printed of a folder, how many data sets were open at once, and whether the process's end takes each."""
    count, most, ends = 0, 0, list[bool]()
    read = portfolio.read_for

    def counted(*of: Any, means: Means, **how: Any) -> Any:
        nonlocal count, most
        ends.append(means.ends)
        reading = read(*of, means=evolve(means, ends=False), **how)
        count, most = count + 1, max(most, count + 1)

        def close() -> None:
            nonlocal count
            count -= 1
            reading.close()

        return evolve(reading, close=close)

    with monkeypatch.context() as patch:
        patch.setattr(portfolio, "read_for", counted)
        with redirect_stdout(io.StringIO()) as told:
            assert quick(["settle", str(folder), *map(str, asked)]) == 0
    assert count == 0
    return told.getvalue(), most, ends


@pytest.mark.parametrize("engine", ["reference", "duckdb"])
@pytest.mark.parametrize(
    ("asked", "most"),
    [((), 1), (("-O", "csv"), 1), (("-O", "json"), 1), (("-O", "csv", "--show-lines"), 3)],
    ids=["table", "csv", "json", "lines"],
)
def test_data_are_let_go_before_the_next_are_read(
    engine: str, asked: tuple[str, ...], most: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at, path in enumerate(sorted(folder.glob("*/contract.avtal"))):
        (path.parent / "data").mkdir(exist_ok=True)
        for fact in ("visit", "stay"):
            rows = ROWS + f"{3 + at};2024-07-0{1 + at};C\n" * (fact == "visit")
            (path.parent / "data" / f"{fact}.csv").write_text(rows, encoding="utf-8")
    told, open_at_most, ends = settled_with(folder, monkeypatch, ("--engine", engine, *asked))
    assert open_at_most == most
    assert ends == [most == 3, most == 3, True]  # at the end of the process nothing is taken apart
    alone = [run("settle", path.parent, "--engine", engine, *asked).stdout for path in folder.glob("*/contract.avtal")]
    for one in alone:
        amounts = [line for line in one.splitlines() if "30" in line or "20" in line]
        assert amounts
        assert all(line in told for line in amounts)
