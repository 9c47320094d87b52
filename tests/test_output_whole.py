"""A file that is written is there whole or as it was before, and what stands in the way is told in words."""

from __future__ import annotations

import errno
import io
import shutil
import stat
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import folders
import pytest
from python_calamine import CalamineWorkbook
from running import CALM, run

from avtal.cli import run as called
from avtal.output import replaced
from avtal.rendering.book import written
from avtal.sources import LIBRARY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folders.write(tmp_path / "prov")


def full(path: Path, *_: Any, **__: Any) -> int:
    """What comes of writing to a full disk: some of it is there."""
    with path.open("w", encoding="utf-8") as file:
        file.write("half")
    raise OSError(errno.ENOSPC, "No space left on device", str(path))


@pytest.mark.parametrize("command", [("settle", "--period", "2012"), ("report", "production", "--period", "2012")])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_on_a_full_disk_what_was_there_stays(
    command: tuple[str, ...], ending: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    file = out / f"a.{ending}"
    asked = (command[0], folder, *command[1:], "-o", file)
    run(*asked)
    file.chmod(0o640)
    before = file.read_bytes()
    for name in ("write_text", "write_bytes"):
        monkeypatch.setattr(Path, name, full)
    assert f"{file} går inte att skriva: enheten är full." in run(*asked, code=2).output
    assert (file.read_bytes(), list(out.iterdir())) == (before, [file])
    monkeypatch.undo()
    run(*asked)
    assert (stat.S_IMODE(file.stat().st_mode), list(out.iterdir())) == (0o640, [file])


@pytest.mark.parametrize("command", [("settle", "--period", "2012"), ("report", "production", "--period", "2012")])
@pytest.mark.parametrize("room", [0, 5], ids=["none", "for the rows"])
def test_a_workbook_without_room_for_its_parts(
    command: tuple[str, ...], room: int, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (command[0], folder, *command[1:], "-o", tmp_path / "a.xlsx")
    made, make = [0], tempfile.mkstemp

    def short(*of: Any, **how: Any) -> Any:
        made[0] += 1
        if made[0] > room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return make(*of, **how)

    monkeypatch.setattr(tempfile, "mkstemp", short)
    (tmp_path / "parts").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "parts"))
    assert "a.xlsx går inte att skriva: enheten är full." in run(*asked, code=2).output
    assert not (tmp_path / "a.xlsx").exists()
    assert not list((tmp_path / "parts").iterdir())


def test_a_workbook_keeps_no_row_that_is_finished(tmp_path: Path) -> None:
    tracemalloc.start()
    try:
        with written(tmp_path / "a.xlsx") as book:
            sheet = book.add_worksheet("a")
            before, _ = tracemalloc.get_traced_memory()
            for row in range(5_000):
                for column in range(4):
                    sheet.write_string(row, column, f"row {row}, column {column}")
            after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 300_000  # 20 000 cells that are kept take 5 MB
    rows = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_index(0).to_python()
    assert (len(rows), rows[-1][3]) == (5_000, "row 4999, column 3")


def test_what_may_not_be_written_to_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.csv"
    file.write_text("before", "utf-8")

    def closed(path: Path, *_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", closed)
    with pytest.raises(Exception, match="Permission denied"), replaced(file):
        raise AssertionError
    monkeypatch.undo()
    # A folder that takes no new files: the file itself may still be written to.
    monkeypatch.setattr(Path, "touch", closed)
    with replaced(file) as half:
        assert half == file


def test_a_link_stays_a_link_and_a_pipe_is_written_to(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    run("settle", folder, "--period", "2012", "-o", tmp_path / "link.csv")
    run("settle", folder, "--period", "2012", "-o", tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text("utf-8").startswith("contract;")
    run("settle", folder, "--period", "2012", "-O", "csv", "-o", "/dev/null")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_two_things_are_not_written_to_one_file(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "b.parquet").symlink_to(tmp_path / "a.parquet")
    for name in ("a.parquet", "b.parquet"):
        given = ("-O", "csv", "-o", tmp_path / "a.parquet", "--lines", tmp_path / name)
        assert "namnet på två filer" in run("settle", folder, *given, code=2).output
    assert not (tmp_path / "a.parquet").exists()


def test_a_difference_is_not_written_over_what_is_compared(folder: Path, tmp_path: Path) -> None:
    new = folders.write(tmp_path / "ny", contract=folders.CONTRACT.replace("1 200 000,10", "1 200 001,10"))
    broken = folders.write(tmp_path / "fel", contract=folders.CONTRACT.replace("fast", "fasst"))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    names = [path for path in before if path.parent != broken and path.parent.name != "expected"]
    for path in [name for name in names if name.parent in (folder, new) or name.parent.parent == new]:
        assert "som läses" in run("diff", folder, new, "-O", "json", "-o", path, code=2).output
    shelves = [tmp_path / name for name in ("a", "b")]
    for shelf in shelves:
        folders.write(shelf / "prov")
    folders.write(shelves[1] / "fel", contract=folders.CONTRACT.replace("fast", "fasst"))
    wrong = shelves[1] / "fel" / "contract.avtal"
    assert "som läses" in run("diff", *shelves, "-O", "json", "-o", wrong, code=2).output
    assert {path: path.read_bytes() for path in before} == before
    shutil.copytree(LIBRARY, tmp_path / "rules")
    for side in ("--old-library", "--new-library"):
        with_rules = ("diff", folder, new, "-O", "json", side, tmp_path / "rules", "-o")
        assert "som läses" in run(*with_rules, tmp_path / "rules" / "common.avtal", code=2).output
        told = run("diff", folder, new, side, tmp_path / "none", "--lang", "en", code=2).output
        assert f"{tmp_path / 'none'} is no folder with a library that can be read (No such file or directory)." in told
    assert (tmp_path / "rules" / "common.avtal").read_bytes() == (LIBRARY / "common.avtal").read_bytes()
    run("diff", folder, new, "-O", "json", "-o", tmp_path / "diff.json")
    assert (tmp_path / "diff.json").read_text("utf-8").startswith('{\n  "differences"')


# --- what every command says


def process(*arguments: object, **streams: Any) -> subprocess.CompletedProcess[bytes]:
    """A command as a process of its own, started by a shell that redirects its streams."""
    line = f'exec "$0" -m avtal.cli "$@" {streams.pop("to")}'
    asked = ["sh", "-c", line, sys.executable, *map(str, arguments)]
    return subprocess.run(asked, capture_output=True, env=CALM, check=False, timeout=120)


def test_a_command_without_standard_output_or_error_does_its_work(folder: Path, tmp_path: Path) -> None:
    asked = ("settle", folder, "--period", "2012", "-O", "csv")
    printed = run(*asked).stdout.encode()
    assert process(*asked, to="2>&-").stdout == printed
    done = process(*asked, "-o", tmp_path / "a.csv", to=">&-")
    assert (done.returncode, (tmp_path / "a.csv").read_bytes()) == (0, printed)


def test_a_stream_that_is_closed_is_written_to_in_vain(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert called(["settle", str(folder), "--period", "2012"]) == 0
    sys.stdout.close()


class Full(io.StringIO):
    """A stream to a full disk."""

    def write(self, text: str) -> int:
        del text
        raise OSError(errno.ENOSPC, "No space left on device")


def test_output_to_a_full_disk_in_this_process(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    assert called(["settle", str(folder), "--period", "2012"]) == 2
    assert "Utmatningen går inte att skriva: enheten är full." in capsys.readouterr().err
    monkeypatch.setattr(sys, "stderr", Full())
    assert called(["settle", str(folder), "--period", "2012"]) == 2


def test_output_to_a_full_disk_is_no_fault_of_the_program(folder: Path) -> None:
    done = process("settle", folder, "--period", "2012", to=">/dev/full")
    told = "Utmatningen går inte att skriva: enheten är full.\nThe output can't be written: there is no room left.\n"
    assert (done.returncode, done.stderr.decode().endswith(told)) == (2, True)
    assert process("check", folder, to=">/dev/full 2>&1").returncode == 2


class Slow:
    """A module that Ctrl-C is pressed in while it is read."""

    def __getattr__(self, name: str) -> object:
        raise KeyboardInterrupt


def test_ctrl_c_while_modules_are_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "avtal.quick", Slow())
    assert called(["settle"]) == 130
    assert capsys.readouterr().err == "Avbrutet / Interrupted\n"
