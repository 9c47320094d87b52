"""A snapshot is built once, used only while it is true, and never torn, forged or left lying."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from snapshot_data import FACT, FACTS, GOOD, OTHER, csv_text, near

from avtal.engines.manifest import MANIFEST, ROWS
from avtal.engines.snapshot import FOLDER, Snapshot, opened
from avtal.reading import read_data
from interpreter.facts import Column, Fact, Kind
from interpreter.sets.relation import EngineError

__all__ = ["near"]


def small(folder: Path, rows: int = 3) -> list[str]:
    made = [[f"A{at}", *GOOD[1:]] for at in range(rows)]
    folder.mkdir(exist_ok=True)
    (folder / "admission.csv").write_text(csv_text(made), "utf-8")
    return [entry.name for entry in folder.iterdir()]


def kept(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / FOLDER).iterdir() if path.is_dir())


def count(found: Snapshot) -> int:
    assert found.dataset is not None
    ((rows,),) = found.dataset.engine.query(f"SELECT count(*) FROM {found.dataset.relations['admission'].source}")
    assert isinstance(rows, int)
    return rows


def test_a_snapshot_is_built_once_and_again_when_a_file_changes(tmp_path: Path) -> None:
    small(tmp_path)
    with opened([tmp_path], FACTS) as first:
        assert (first.built, count(first)) == (("admission",), 3)
    (folder,) = kept(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == sorted([MANIFEST, ROWS])
    with opened([tmp_path], FACTS) as again:
        assert (again.built, count(again)) == ((), 3)
        assert again.reading.files == first.reading.files
    small(tmp_path, 4)
    with opened([tmp_path], FACTS) as changed:
        assert (changed.built, count(changed)) == (("admission",), 4)
    assert len(kept(tmp_path)) == 1
    same = (tmp_path / "admission.csv").stat()
    text = (tmp_path / "admission.csv").read_text("utf-8")
    (tmp_path / "admission.csv").write_text(text.replace("A1", "B1"), "utf-8")
    os.utime(tmp_path / "admission.csv", ns=(same.st_atime_ns, same.st_mtime_ns))
    with opened([tmp_path], FACTS) as touched:
        assert touched.built == ("admission",)
    wider = Fact(name="admission", columns=(*FACT.columns, Column(name="age", kind=Kind.NUMBER, optional=True)))
    with opened([tmp_path], [wider, OTHER]) as other:
        assert other.built == ("admission",)
    (tmp_path / "mapping.toml").write_text('[[file]]\nname = "admission.csv"\n[file.values.kind]\n"in" = "out"\n')
    with opened([tmp_path], FACTS) as mapped:
        assert mapped.built == ("admission",)
    assert read_data([tmp_path], FACTS).files[0].name == "admission.csv"


@pytest.mark.usefixtures("near")
def test_nothing_is_left_behind_that_is_not_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    data = tmp_path / "data"
    before = small(data)
    with opened([data], FACTS, keep=False) as found:
        assert count(found) == 3
    assert [entry.name for entry in data.iterdir()] == before
    assert not list(temporary.iterdir())
    (data / "admission.csv").write_text(csv_text([["A1", "x", *GOOD[2:]]]), "utf-8")
    with opened([data], FACTS) as refused:
        assert refused.dataset is None
    assert not kept(data)
    assert not list(temporary.iterdir())


@pytest.mark.usefixtures("near")
def test_a_folder_with_signs_of_a_pattern_is_read_all_the_same(tmp_path: Path) -> None:
    data = tmp_path / "2012 [slut]*"
    small(data)
    with opened([data], FACTS) as found:
        assert count(found) == 3
    assert not (data / FOLDER).exists()


@pytest.mark.usefixtures("near")
def test_a_snapshot_is_as_private_as_its_files(tmp_path: Path) -> None:
    small(tmp_path)
    (tmp_path / "admission.csv").chmod(0o640)
    with opened([tmp_path], FACTS):
        pass
    assert stat.S_IMODE(kept(tmp_path)[0].stat().st_mode) == 0o750
    assert (tmp_path / FOLDER / ".gitignore").read_text() == "*\n"


@pytest.mark.usefixtures("near")
def test_a_link_in_delivered_data_overwrites_nothing(tmp_path: Path) -> None:
    data, other = tmp_path / "data", tmp_path / "other.txt"
    small(data)
    (data / FOLDER).mkdir()
    for text in ("mine", None):
        if text is not None:
            other.write_text(text)
        (data / FOLDER / ".gitignore").unlink(missing_ok=True)
        (data / FOLDER / ".gitignore").symlink_to(other)
        with opened([data], FACTS) as found:
            assert found.built == ("admission",)
        assert (other.read_text() if other.exists() else None) == text
        other.unlink(missing_ok=True)
        shutil.rmtree(kept(data)[0])


def torn(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    plain = json.loads((folder / MANIFEST).read_text("utf-8"))
    change(plain)
    (folder / MANIFEST).write_text(json.dumps(plain), "utf-8")


@pytest.mark.usefixtures("near")
def test_a_torn_or_forged_snapshot_is_built_anew(tmp_path: Path) -> None:
    small(tmp_path)
    with opened([tmp_path], FACTS):
        pass
    (folder,) = kept(tmp_path)
    whole = (folder / MANIFEST).read_bytes()

    def rebuilt() -> None:
        with opened([tmp_path], FACTS) as found:
            assert (found.built, count(found)) == (("admission",), 3)
        (again,) = [path for path in kept(tmp_path) if not path.name.startswith("tmp-")]
        assert again == folder
        with opened([tmp_path], FACTS) as found:
            assert found.built == ()

    changes: list[Callable[[dict[str, Any]], None]] = [
        lambda plain: plain.update(format=99),
        lambda plain: plain.update(more=1),
        lambda plain: plain.pop("rows"),
        lambda plain: plain.update(key="x"),
        lambda plain: plain.update(key="0" * 64),
        lambda plain: plain.update(fact="listing"),
        lambda plain: plain["columns"][0].update(sql="c1, (SELECT 1)"),
        lambda plain: plain["columns"][0].update(sql="c2"),
        lambda plain: plain["columns"][0].update(codes=["b", "a"]),
        lambda plain: plain["columns"][1].update(codes=["a"]),
        lambda plain: plain["columns"][2].update(scale=0),
        lambda plain: plain["columns"][2].update(scale=1.5),
        lambda plain: plain["columns"][2].update(low=1 << 70),
        lambda plain: plain["columns"][2].update(missing=1),
        lambda plain: plain["columns"].pop(),
        lambda plain: plain.update(columns={}),
        lambda plain: plain["sources"][0].update(name="other.csv"),
        lambda plain: plain["sources"][0].update(rows=-1),
        lambda plain: plain["sources"][0].update(rows=True),
        lambda plain: plain["sources"][0]["stamp"].update(ctime_ns=0),
        lambda plain: plain["sources"][0].update(sha256="../../x"),
        lambda plain: plain.update(sources=[]),
        lambda plain: plain["rows"].update(size=1),
        lambda plain: plain.pop("months"),
        lambda plain: plain.update(months=[[0, None, 24_145, 3]]),
        lambda plain: plain.update(months=[[None, None, 24_145]]),
        lambda plain: plain.update(months=[[None, None, 24_145, 0]]),
        lambda plain: plain.update(months=[[None, None, 2.5, 3]]),
    ]
    for change in changes:
        torn(folder, change)
        rebuilt()
    for text in (b"", b"[" * 100_000, b"NaN", whole[:50], b"\xff" * 50):
        (folder / MANIFEST).write_bytes(text)
        rebuilt()
    (folder / ROWS).write_bytes(b"PAR1")
    rebuilt()
    (folder / ROWS).unlink()
    rebuilt()
    shutil.copytree(tmp_path, tmp_path.parent / "delivered", copy_function=shutil.copy2)
    with opened([tmp_path.parent / "delivered"], FACTS) as found:
        assert found.built == ("admission",)
    elsewhere = tmp_path / FOLDER / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    with opened([tmp_path], FACTS) as found:
        assert found.built == ("admission",)
        assert count(found) == 3


def build(folder: str) -> int:
    with opened([Path(folder)], FACTS) as found:
        return count(found)


def test_several_programs_build_at_once(tmp_path: Path) -> None:
    small(tmp_path, 50)
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(build, [str(tmp_path)] * 3) == [50, 50, 50]
    assert len(kept(tmp_path)) == 1


@pytest.mark.usefixtures("near")
def test_numbers_that_do_not_fit_are_said(tmp_path: Path) -> None:
    rows = [["A1", "2012-01-01", "999999999999999999", "", "0,000001", "", "", ""]]
    rows += [["A2", "2012-01-01", "0,000001", "", "", "", "", ""]]
    (tmp_path / "admission.csv").write_text(csv_text(rows), "utf-8")
    with pytest.raises(EngineError, match="cost"), opened([tmp_path], FACTS):
        pass


def test_looking_up_a_snapshot_imports_no_parser() -> None:
    code = "import avtal.engines.snapshot, sys; print(sorted({'duckdb', 'lark', 'babel', 'rich'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
