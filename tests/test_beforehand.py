"""Many contracts that are not kept yet are analysed by several processes, and come to what they come to one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from running import run

from avtal import beforehand, cache, compiled, settling
from avtal.contract import load
from avtal.sources import contracts

TEXT = """\
contract "Care {number}"
  provider "P" code "P"
  period   2012

use common

block "Fixed" {number} kr/month
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Contracts, and a cache folder that knows none of them."""
    monkeypatch.setenv(cache.SETTING, str(tmp_path / "cache"))
    monkeypatch.setattr(beforehand, "processors", lambda: 2)
    compiled.shelf_at.cache_clear()
    for number in range(beforehand.FEWEST + settling.NEW + 1):
        own = tmp_path / "all" / f"{number:02d}"
        (own / "data").mkdir(parents=True)
        (own / "contract.avtal").write_text(TEXT.format(number=number), "utf-8")
    yield tmp_path / "all"
    compiled.shelf_at.cache_clear()


def told(files: list[Path]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    beforehand.analysed(files, lambda _, done, of: found.append((done, of)))
    return found


def test_they_are_kept_and_one_that_has_errors_is_met_later(folder: Path) -> None:
    files = list(contracts(folder))
    load(files[0])
    files[1].write_text("contract", "utf-8")
    assert told(files)[-1] == (len(files) - 1, len(files) - 1)
    assert [load(file).cached for file in files] == [file != files[1] for file in files]
    assert told(files) == []


def test_few_are_left_to_whoever_asks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = list(contracts(folder))
    assert told(files[: beforehand.FEWEST - 1]) == []
    monkeypatch.setattr(beforehand, "processors", lambda: 1)
    assert told(files) == []
    monkeypatch.setattr(beforehand, "processors", lambda: 2)
    monkeypatch.setenv(cache.SETTING, "off")
    assert told(files) == []


def test_where_no_process_can_be_started_nothing_is_lost(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(beforehand.subprocess, "Popen", refuse)
    assert told(list(contracts(folder))) == []


def test_a_folder_is_settled_the_same_the_first_time_and_after(folder: Path) -> None:
    first = run("settle", folder, "-O", "csv")
    assert first.stdout.count(";total;settled;") == len(list(contracts(folder)))
    assert run("settle", folder, "-O", "csv").stdout == first.stdout


def test_a_process_says_a_byte_for_each(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    files = [str(file) for file in contracts(folder)][:2]
    Path(files[0]).write_text("contract", "utf-8")
    beforehand.analyse([*files, str(folder / "none.avtal")])
    assert capfd.readouterr().out == "..."
    assert load(files[1]).cached


def test_a_file_that_cant_be_read_is_not_known(folder: Path) -> None:
    kept = compiled.shelf()
    assert kept is not None
    assert not kept.knows(folder / "none.avtal")


def test_there_is_a_processor() -> None:
    assert beforehand.processors() >= 1
