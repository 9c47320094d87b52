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
from types import SimpleNamespace
from typing import Any

import pytest
from snapshot_data import FACT, FACTS, GOOD, OTHER, csv_text, near

from avtal.engines import manifest, renewal
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


def built(*paths: Path) -> bool:
    with opened(paths, FACTS) as found:
        assert found.dataset is not None
        return bool(found.built)


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize("mask", [0o022, 0o002, 0o077])
def test_a_snapshot_that_others_may_write_to_is_not_believed(mask: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        for name, mode in (("own", 0o755), ("shared", 0o2775), ("private", 0o700), ("open", 0o777), ("sticky", 0o1777)):
            data = tmp_path / name
            small(data)
            data.chmod(mode)
            (data / "admission.csv").chmod(0o666)
            assert [built(data), built(data)] == [True, False]
            (folder,) = kept(data)
            for thing, open_to in (
                (folder / ROWS, 0o020),
                (folder / ROWS, 0o002),
                (folder / MANIFEST, 0o002),
                (folder, 0o002),
                (data / FOLDER, 0o002),
            ):
                old = stat.S_IMODE(thing.stat().st_mode)
                assert not old & 0o022 & ~(0 if mode & stat.S_ISVTX else mode)
                thing.chmod(old | open_to)
                if thing.name == ROWS:  # the manifest of a forger has the stamp of what is forged
                    now = thing.stat().st_ctime_ns
                    torn(folder, lambda plain, now=now: plain["rows"].update(ctime_ns=now))  # type: ignore[misc]
                believed = not mode & stat.S_ISVTX and bool(mode & open_to)
                assert built(data) is not believed
                if thing == data / FOLDER:
                    thing.chmod(old)
                assert not built(data)
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    ("owner", "group", "mode", "data", "believed"),
    [
        (1, 7, 0o700, 0o755, True),
        (0, 7, 0o700, 0o755, True),
        (2, 7, 0o700, 0o755, True),
        (3, 7, 0o700, 0o755, False),
        (3, 7, 0o755, 0o1777, False),
        (3, 7, 0o755, 0o775, True),
        (1, 7, 0o775, 0o775, True),
        (1, 8, 0o775, 0o775, False),
        (1, 8, 0o775, 0o777, True),
        (1, 7, 0o777, 0o775, False),
        (1, 7, 0o775, 0o755, False),
    ],
)
def test_whose_snapshot_is_believed(
    owner: int,
    group: int,
    mode: int,
    data: int,
    believed: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """To user 1; the data are in a folder of user 2 and group 7."""
    there = SimpleNamespace(st_uid=owner, st_gid=group, st_mode=mode)
    monkeypatch.setattr(manifest, "os", SimpleNamespace(geteuid=lambda: 1, lstat=lambda _: there))
    folder: Any = SimpleNamespace(stat=lambda: SimpleNamespace(st_uid=2, st_gid=7, st_mode=data))
    assert manifest.believed(folder, [Path("snapshot")]) is believed
    monkeypatch.setattr(manifest, "os", SimpleNamespace())
    assert manifest.believed(folder, [Path("snapshot")])


@pytest.mark.usefixtures("near")
def test_a_snapshot_that_cannot_be_replaced_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(tmp_path)
    assert built(tmp_path)
    (folder,) = kept(tmp_path)
    (folder / ROWS).chmod(0o666)

    def refuse(*_: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        assert built(tmp_path)
    assert kept(tmp_path) == [folder]


@pytest.mark.usefixtures("near")
def test_no_snapshot_lies_where_nobody_asked_for_data(tmp_path: Path) -> None:
    for at, name in enumerate(("a", "b")):
        small(tmp_path / name)
        (tmp_path / name / "admission.csv").rename(tmp_path / name / f"admission_{at}.csv")
        file = tmp_path / name / f"admission_{at}.csv"
        file.write_text(file.read_text("utf-8").replace("A", name), "utf-8")
    for _ in range(2):
        assert built(tmp_path / "a", tmp_path / "b")
    assert not list(tmp_path.glob(f"**/{FOLDER}"))
    assert [built(tmp_path), built(tmp_path)] == [True, False]
    shutil.move(tmp_path / "b", tmp_path / "a")
    assert [built(tmp_path / "a"), built(tmp_path / "a")] == [True, False]
    assert (tmp_path / "a" / FOLDER).is_dir()


@pytest.mark.usefixtures("near")
def test_what_one_opening_uses_is_kept_however_much_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "MOST_KEPT", 3)
    names = ["alfa", "bravo", "carlo", "delta", "echo"]
    facts = [Fact(name=name, columns=(Column(name="id", kind=Kind.CODE),)) for name in names]
    for name in names:
        (tmp_path / f"{name}.csv").write_text("id\nA\n")

    def built(*asked: str) -> set[str]:
        with opened([tmp_path / f"{name}.csv" for name in asked], facts) as found:
            assert found.dataset is not None
            assert found.dataset.relations.keys() == set(asked)
            return set(found.built)

    assert built(*names) == set(names)
    assert built(*names) == set()
    (tmp_path / "echo.csv").write_text("id\nAB\n")
    assert built(*names) == {"echo"}
    assert built(*names) == set()
    assert len(kept(tmp_path)) == 5
    (tmp_path / "alfa.csv").write_text("id\nAB\n")
    assert built("alfa", "bravo") == {"alfa"}
    assert len(kept(tmp_path)) == 3
    assert built("alfa", "bravo") == set()
    half = tmp_path / FOLDER / "tmp-abc-1"
    half.mkdir()
    os.utime(half, (0, 0))
    (tmp_path / "alfa.csv").write_text("id\nABC\n")
    assert built("alfa") == {"alfa"}
    assert not half.exists()


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
