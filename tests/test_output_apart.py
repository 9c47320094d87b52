"""No file that is read is written over, by whatever name or link it is given."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import folders
import pytest
from running import run

from avtal import api
from avtal.engines.means import Means
from avtal.errors import UnreadableError
from avtal.line_file import write
from avtal.reading import Reading
from avtal.reading.places import Database
from avtal.reading.read import FileRead


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = folders.write(tmp_path / "prov")
    (made / "mapping.toml").write_text("", encoding="utf-8")
    (made / "data" / "mapping.toml").write_text("", encoding="utf-8")
    return made


def refused(folder: Path, *arguments: object) -> str:
    """What is said when nothing is written, and every file is as it was."""
    before = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}
    said = run("settle", folder, "--period", "2012", "--lang", "en", *arguments, code=2).output
    assert {path: path.read_bytes() for path in before} == before
    return said


def test_a_file_of_the_data_or_the_contract_is_not_written_over(folder: Path) -> None:
    names = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    given = ("--mapping", folder / "mapping.toml")
    assert {"contract.avtal", "former.avtal", "priser.csv", "mapping.toml"} <= {name.name for name in names}
    for name in names:
        with_mapping = given if name == Path("mapping.toml") else ()
        if name.parts[0] != "expected":
            assert "which is read" in refused(folder, "-O", "csv", "-o", folder / name, *with_mapping)
    run("settle", folder, "--period", "2012", "-O", "csv", "-o", folder / "data" / "mapping.toml", *given)


def test_nor_one_of_a_contract_that_is_wrong_or_not_read(folder: Path, tmp_path: Path) -> None:
    wrong, unread = folders.write(tmp_path / "wrong"), folders.write(tmp_path / "unread")
    text = (wrong / "contract.avtal").read_text("utf-8")
    (wrong / "contract.avtal").write_text(text.replace("fast", "fasst"), "utf-8")
    (unread / "contract.avtal").write_bytes(b"\xff")
    kept = [path for one in (wrong, unread) for path in (one / "data").iterdir()] + [wrong / "former.avtal"]
    assert len(kept) > 4
    for path in kept:
        assert "which is read" in refused(folder, wrong, unread, "-O", "csv", "-o", path)


def test_lines_are_not_written_over_the_data(folder: Path, tmp_path: Path) -> None:
    import duckdb

    data = tmp_path / "other"
    data.mkdir()
    for path in (folder / "data").glob("*.csv"):
        query = f"SELECT * FROM read_csv('{path}', all_varchar = true)"  # noqa: S608  # names are ours
        duckdb.sql(query).write_parquet(str(data / f"{path.stem}.parquet"))
    inside = sorted(data.glob("*.parquet"))
    assert inside
    for path in inside:
        assert "which is read" in refused(folder, "--data", data, "--lines", path)
        assert "which is read" in refused(folder, "--data", path, "--lines", path)


def test_lines_are_not_written_over_the_data_by_a_program(folder: Path, tmp_path: Path) -> None:
    contract = api.load(folder)
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as base:
        base.execute("CREATE TABLE result (id, fall, utfall)")
    base_there = tmp_path / "base.parquet"
    base_there.symlink_to(other)
    inside = folder / "data" / "more.parquet"
    shutil.copy(folder / "data" / "kontakt.csv", folder / "data" / "contact_2.csv")
    (folder / "data" / "kontakt.csv").rename(inside)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(UnreadableError, match="which is read"):
        write(inside, [(contract, ())])
    read = [FileRead("base.db", "", "", 0, other), FileRead("elsewhere", "", "", 0)]
    with pytest.raises(UnreadableError, match="which is read"):
        write(base_there, [(contract, ())], [Reading(files=tuple(read))])
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("engine", ["reference", "duckdb"])
def test_a_reading_knows_where_its_files_lie(folder: Path, engine: str) -> None:
    contract = api.load(folder)
    for _ in range(2):
        reading = api.read(contract, means=Means(engine=engine))
        assert sorted(reading.paths) == sorted((folder / "data").glob("*.csv"))
        reading.close()


def test_a_link_to_a_file_that_is_read_is_that_file(folder: Path, tmp_path: Path) -> None:
    path = min((folder / "data").glob("*.csv"))
    (tmp_path / "soft.csv").symlink_to(path)
    os.link(path, tmp_path / "hard.csv")
    for name in ("soft.csv", "hard.csv"):
        assert "which is read" in refused(folder, "-o", tmp_path / name)


def test_the_file_of_a_database_is_not_written_over(folder: Path, tmp_path: Path) -> None:
    base = tmp_path / "base.db"
    sqlite3.connect(base).close()
    address = f"sqlite:///{base}#contact"
    assert "which is read" in refused(folder, "--data", address, "-O", "csv", "-o", base)
    assert Database(f"sqlite:///{base}?timeout=1", "x").file == base
    assert Database("sqlite://", "x").file is None
    assert Database("postgresql:///base", "x").file is None


def test_a_report_is_not_written_over_the_data(folder: Path) -> None:
    path = min((folder / "data").glob("*.csv"))
    before = path.read_bytes()
    assert "som läses" in run("report", folder, "production", "-o", path, code=2).output
    assert path.read_bytes() == before


def test_what_was_written_before_is_replaced(folder: Path) -> None:
    address = "postgresql:///base#contact"
    for _ in range(2):
        run("settle", folder, "--period", "2012", "-o", folder / "settled.csv", "--lines", folder / "lines.parquet")
    run("settle", folder, "--data", address, "-o", folder / "settled.csv", code=1)
