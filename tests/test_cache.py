"""The cache of compiled contracts: it changes nothing but the time, whatever happens to its files."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest

from avtal import api, cache, compiled, sources
from avtal.contract import Contract, load
from avtal.engine import engine_at
from avtal.rendering.machine import as_json
from avtal.rendering.report import reports
from tests.running import CALM

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = sorted((ROOT / "contracts").glob("*/contract.avtal"))
TEXT = """\
contract "Small"
  buyer    "Region"   code "R"
  provider "Hospital" code "H"
  period   2012

use common, sll, prices

block "On-call" 84 mkr/year
block "Extra" {} kr/month
p4p indicator 113 min 80% target 95% weight 2%

table fees : item -> fee kr
  file "fees.csv"
"""
MODULE = 'use common\n\nform own (egen)\n  "One."\n  pays 5 kr\n'
DATA = "provider;indicator;measured;value\nH;113;2012-12-31;87,5 %\n"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache folder of the test's own."""
    monkeypatch.setenv(cache.SETTING, str(tmp_path / "cache"))
    compiled.shelf_at.cache_clear()
    engine_at.cache_clear()
    yield tmp_path / "cache"
    compiled.shelf_at.cache_clear()
    engine_at.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "contract"
    (made / "data").mkdir(parents=True)
    write(made / "contract.avtal", TEXT.format(1))
    write(made / "prices.avtal", MODULE)
    write(made / "fees.csv", "item;fee\nA;1 kr\n")
    write(made / "data" / "results.csv", DATA)
    return made


def write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def forgotten(path: Path) -> Contract:
    """The contract as another process would load it."""
    compiled.shelf_at.cache_clear()
    engine_at.cache_clear()
    return load(path)


def settled(contract: Contract) -> str:
    reading = api.read(contract)
    return as_json(reports(contract, reading, api.settle(contract, reading)), lines=True)


def files(shelf: Path) -> list[Path]:
    return sorted(shelf.iterdir())


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.parent.name)
@pytest.mark.usefixtures("shelf")
def test_a_kept_contract_is_the_same_contract(path: Path) -> None:
    first, second = load(path), forgotten(path)
    assert (first.cached, second.cached) == (False, True)
    assert first.diagnostics == second.diagnostics
    assert (first.name, first.language, first.units, first.needed) == (
        (second.name, second.language, second.units, second.needed)
    )
    assert dict(first.uses) == dict(second.uses)
    assert first.hashes.text == second.hashes.text
    assert first.hashes.library == second.hashes.library
    assert {name: second.texts[name] for name in first.texts} == dict(first.texts)
    assert next(iter(second.texts)) == str(path)
    assert len(second.texts) == len(list(second.texts))
    assert second.analysed.program is not None


@pytest.mark.usefixtures("shelf")
def test_a_library_that_changes_while_a_program_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Path(shutil.copytree(sources.LIBRARY, tmp_path / "library"))
    for module in (compiled, sources):
        monkeypatch.setattr(module, "LIBRARY", library)
    path = tmp_path / "contract.avtal"
    write(path, 'contract "A"\n  provider "P" code "P"\n  period 2012\n\nuse common\n\nblock "B" 10 kr/year\n')

    def total() -> Fraction | None:
        contract = load(path)
        return api.settle(contract, api.read(contract))[0].total

    assert (total(), total()) == (10, 10)
    common = library / "common.avtal"
    text, before = common.read_text("utf-8"), common.stat()
    head, form, rest = text.partition("form block")
    write(common, head + form + rest.replace("pays amount", "pays amount * 2", 1))
    os.utime(common, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (total(), total()) == (20, 20)
    write(common, text)
    assert total() == 10


@pytest.mark.parametrize("name", ["sexdelat", "psykiatri", "utskrivningsklara"])
@pytest.mark.usefixtures("shelf")
def test_it_settles_and_explains_to_the_same_bytes(name: str) -> None:
    path = ROOT / "contracts" / name
    told = []
    for contract in (load(path), forgotten(path)):
        reading = api.read(contract)
        found = api.settle(contract, reading)
        traces = [repr(api.explain(contract, reading, found[0], clause.key)) for clause in found[0].clauses]
        told.append((as_json(reports(contract, reading, found), lines=True), traces))
    assert told[0] == told[1]


def test_it_is_analysed_again_when_anything_it_is_made_of_changes(shelf: Path, folder: Path) -> None:
    load(folder)
    assert forgotten(folder).cached
    changes = {
        "contract.avtal": TEXT.format(2),
        "prices.avtal": MODULE.replace("5 kr", "6 kr"),
        "fees.csv": "item;fee\nA;2 kr\n",
        "common.avtal": 'form block (fast)\n  "Another."\n  param amount : kr/month first\n  pays 1 kr\n',
    }
    for name, text in changes.items():
        write(folder / name, text)
        assert not forgotten(folder).cached, name
        before = settled(load(folder))
        assert forgotten(folder).cached == load(folder).sound
        shutil.rmtree(shelf)
        assert settled(forgotten(folder)) == before
        shutil.rmtree(shelf)
        load(folder)
    (folder / "prices.avtal").unlink()
    assert not forgotten(folder).cached


def test_a_contract_that_is_wrong_is_not_kept(shelf: Path, folder: Path) -> None:
    write(folder / "contract.avtal", TEXT.format("wrong"))
    assert not load(folder).sound
    assert not forgotten(folder).cached
    write(folder / "module.avtal", MODULE)
    assert not load(folder / "module.avtal").settles
    assert not [path for path in files(shelf) if path.name.startswith("contract-")]


def test_warnings_are_kept(shelf: Path, folder: Path) -> None:
    path = next(path for path in CONTRACTS if path.parent.name == "mellansverige")
    first = load(path)
    if not first.diagnostics:
        text = 'contract "A"\n  provider "B" code "B"\n  period 2012\n\nuse common\n\nblock "X" 1,5 kr/month\n'
        write(folder / "contract.avtal", text)
        first = load(folder)
    assert forgotten(first.path).diagnostics == first.diagnostics
    assert shelf.is_dir()


def test_one_text_with_other_tables_is_two_contracts(shelf: Path, folder: Path) -> None:
    other = folder.parent / "other"
    shutil.copytree(folder, other)
    write(other / "fees.csv", "item;fee\nA;3 kr\n")
    one, two = load(folder), load(other)
    again = forgotten(folder), forgotten(other)
    assert [one.cached for one in again] == [True, True]
    for first, second in zip((one, two), again, strict=True):
        assert first.program.tables["fees"].lines == second.program.tables["fees"].lines
        assert second.program.terms.span.file == str(second.path)
    assert one.program.tables["fees"].lines != two.program.tables["fees"].lines
    assert len([path for path in files(shelf) if path.name.startswith("contract-")]) == 2


def test_no_change_of_a_file_changes_an_amount(shelf: Path, folder: Path) -> None:
    first = load(folder)
    expected, uses = settled(first), dict(first.uses)
    assert uses
    kept = {path: path.read_bytes() for path in files(shelf)}
    dice = random.Random(4)  # noqa: S311 - the same in every run
    for path, data in kept.items():
        for _ in range(12):
            at = dice.randrange(len(data))
            changed = data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
            path.write_bytes(changed)
            contract = forgotten(folder)
            assert settled(contract) == expected
            assert dict(contract.uses) == uses
            assert path.read_bytes() == data, "it was mended"
        for changed in (b"", data[: len(data) // 2], data + b"x", b"\0" * len(data), data[:65]):
            path.write_bytes(changed)
            assert settled(forgotten(folder)) == expected
        path.write_bytes(data)
    assert forgotten(folder).cached


def signed(body: bytes) -> bytes:
    return sha256(body).hexdigest().encode() + b"\n" + body


def test_what_carries_its_hash_and_is_no_contract_is_not_believed(shelf: Path, folder: Path) -> None:
    first = load(folder)
    expected, spelled = settled(first), dict(first.uses)
    (path,) = [path for path in files(shelf) if path.name.startswith("contract-")]
    head, figures = path.read_bytes()[65:].decode().split("\n")
    made = json.loads(head)
    outside = {**made["made"], "../outside": "0" * 64}
    heads = [
        *({**made, name: wrong} for name in made for wrong in (None, 1, "x", [1], {"a": 1}, {"a": "b"})),
        {**made, "made": outside},
        {name: text for name, text in made.items() if name != "shared"},
        [],
    ]
    found = json.dumps([["c"], [["AV001", [0, 1, 2], {}, []]]])  # an error, which a kept contract has none of
    heads += [{**made, "found": found}, {**made, "found": found.replace("AV001", "AV999x")}]
    bodies = [f"{json.dumps(other)}\n{figures}" for other in heads]
    bodies += [f"{head}\n{text}" for text in ("", "[]", "[[]]", "{}", "[1,2,3,4]", "[[],[],[],[]]", f"{figures}\nmore")]
    for body in bodies:
        path.write_bytes(signed(body.encode()))
        contract = forgotten(folder)
        assert settled(contract) == expected
        assert dict(contract.uses) == spelled
    for part in [path for path in files(shelf) if path.name.startswith(("part-", "mould-"))]:
        body = part.read_bytes()
        for other in (signed(b"[]"), signed(b"\xff")):
            part.write_bytes(other)
            assert settled(forgotten(folder)) == expected
            assert part.read_bytes() == body


def test_a_mould_that_is_none_is_not_believed(shelf: Path, folder: Path) -> None:
    expected = settled(load(folder))
    (path,) = [path for path in files(shelf) if path.name.startswith("contract-")]
    (mould,) = [path for path in files(shelf) if path.name.startswith("mould-")]
    head, figures = path.read_bytes()[65:].decode().split("\n")
    made = json.loads(head)
    shared, text = mould.read_bytes()[65:].decode().split("\n")
    said = json.loads(shared)
    others = [f"{json.dumps({**said, name: wrong})}\n{text}" for name in said for wrong in (None, 1, [1], {"a": 1})]
    others.append(f"{json.dumps({**said, 'library': dict.fromkeys(said['library'], '0' * 64)})}\n{text}")
    others += [shared, "", "\n", f"[]\n{text}", f"{shared}\n[]", f"{shared}\n[[]]", f"{shared}\n{text}\n"]
    for other in others:
        sha = sha256(other.encode()).hexdigest()
        (shelf / f"mould-{sha}").write_bytes(signed(other.encode()))
        path.write_bytes(signed(f"{json.dumps({**made, 'shared': sha})}\n{figures}".encode()))
        contract = forgotten(folder)
        assert not contract.cached, other
        assert settled(contract) == expected
        assert forgotten(folder).cached


def test_another_installation_has_its_own(folder: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(folder)
    monkeypatch.setattr(compiled, "installation", lambda: "another")
    assert not forgotten(folder).cached
    assert forgotten(folder).cached
    assert shelf.is_dir()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have owners")
def test_what_is_somebody_elses_is_not_believed(folder: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(folder)
    own = os.geteuid()
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: own + 1)
        assert not forgotten(folder).cached
    for path in (shelf, *files(shelf)):
        before = path.stat().st_mode
        path.chmod(before | 0o022)
        assert not forgotten(folder).cached or path.name.startswith(("engine-", "uses-"))
        path.chmod(before & 0o7777)
    load(folder)
    assert forgotten(folder).cached
    assert shelf.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in files(shelf))


def test_links_are_not_followed(folder: Path, shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(folder)
    (path,) = [path for path in files(shelf) if path.name.startswith("contract-")]
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert not forgotten(folder).cached
    link = tmp_path / "link"
    link.symlink_to(shelf)
    monkeypatch.setenv(cache.SETTING, str(link))
    assert cache.opened(cache.place()) is None


def test_nothing_goes_wrong_without_a_folder(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = settled(load(folder))
    (tmp_path / "file").touch()
    for asked in ("off", "OFF", str(tmp_path / "file"), str(tmp_path / "file" / "below"), "/proc/none"):
        monkeypatch.setenv(cache.SETTING, asked)
        assert settled(forgotten(folder)) == expected
        assert not forgotten(folder).cached
    assert cache.opened("bad\0name") is None


def test_a_folder_that_fills_up_is_no_mistake(folder: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = settled(load(folder))
    shutil.rmtree(shelf)
    compiled.shelf_at.cache_clear()
    engine_at.cache_clear()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdopen", full)
        assert settled(load(folder)) == expected
    assert files(shelf) == []
    monkeypatch.setattr(cache, "LARGEST", 100)
    assert settled(forgotten(folder)) == expected
    assert [path for path in files(shelf) if path.name.startswith("contract-")] == []


def test_it_lies_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(cache.SETTING, "somewhere")
    assert cache.place() == str(Path("somewhere").absolute())
    monkeypatch.setenv(cache.SETTING, "off")
    assert cache.place() == ""
    monkeypatch.delenv(cache.SETTING)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.place() == f"{tmp_path}/avtal"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.place() == f"{tmp_path}/.cache/avtal"

    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as where nobody's home is known
    assert cache.place() == ""


def test_it_stays_within_its_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_FILES", 8)
    monkeypatch.setattr(cache, "BETWEEN", 1)
    folder = cache.opened(str(tmp_path / "cache"))
    assert folder is not None
    old = time.time() - 10 * cache.DAY
    half = tmp_path / "cache" / ".half.1"
    half.touch()
    os.utime(half, (old, old))
    for at in range(9):
        folder.write(f"f{at}", b"x")
        os.utime(tmp_path / "cache" / f"f{at}", (old + at, old + at))
        assert folder.read("f0") == b"x"  # what is used stays
    names = {path.name for path in files(tmp_path / "cache")}
    assert "f0" in names
    assert ".half.1" not in names
    assert len(names) <= 8
    monkeypatch.setattr(cache, "MOST_BYTES", 1)
    folder.write("last", b"x")
    assert len(files(tmp_path / "cache")) <= 1


def test_several_at_once(folder: Path, shelf: Path) -> None:
    command = [sys.executable, "-m", "avtal.cli", "settle", str(folder), "-O", "csv"]
    env = {**CALM, cache.SETTING: str(shelf)}
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: subprocess.run(command, capture_output=True, env=env, check=True), range(4)))
    assert len({one.stdout for one in done}) == 1
    assert not [path for path in files(shelf) if path.name.startswith(".")]
    assert forgotten(folder).cached


def test_what_a_crash_has_left_stands_in_nobodys_way(tmp_path: Path) -> None:
    folder = cache.opened(str(tmp_path / "cache"))
    assert folder is not None
    (tmp_path / "cache" / f".name.{os.getpid()}").touch()  # in a container the next process has the same number
    folder.write("name", b"body")
    assert folder.read("name") == b"body"
