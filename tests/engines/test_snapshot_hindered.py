"""What hinders the building of a snapshot, but not the reading of the data, hinders no settlement."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb
import pytest
from snapshot_data import FACTS, GOOD, csv_text, near

from avtal.engines import choice, staging
from avtal.engines.choice import read_by
from avtal.engines.duck import DuckEngine
from avtal.engines.manifest import ROWS
from avtal.engines.means import Means
from avtal.engines.snapshot import FOLDER, Snapshot, opened
from avtal.errors import AvtalError
from interpreter.sets.relation import EngineError

__all__ = ["near"]


def small(folder: Path) -> None:
    folder.mkdir()
    (folder / "admission.csv").write_text(csv_text([[f"A{at}", *GOOD[1:]] for at in range(3)]), "utf-8")


def count(found: Snapshot) -> int:
    assert found.dataset is not None
    return found.dataset.relations["admission"].rows


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize("writer", ["duckdb", "rows", "cells"])
def test_a_full_disk_beside_the_data_is_no_hindrance(
    writer: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary, data = tmp_path / "tmp", tmp_path / "data"
    temporary.mkdir()
    small(data)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    write, copy = DuckEngine.write, staging.Stager._copy  # noqa: SLF001
    full = [data, tmp_path]
    monkeypatch.setattr(choice, "MANY", 1)

    def filled(engine: DuckEngine, sql: str, file: Path, **how: Any) -> None:
        meant = writer == "duckdb" or (writer == "rows" and file.name == ROWS)
        if meant and file.is_relative_to(full[0]):
            if writer == "duckdb":
                raise EngineError("IOException") from duckdb.IOException("full")
            raise OSError(28, "full")
        write(engine, sql, file, **how)

    def copied(stager: staging.Stager, *rest: Any) -> None:
        if writer == "cells" and stager._folder.is_relative_to(full[0]):  # noqa: SLF001
            raise OSError(28, "full")
        copy(stager, *rest)

    monkeypatch.setattr(DuckEngine, "write", filled)
    monkeypatch.setattr(staging.Stager, "_copy", copied)
    with opened([data], FACTS) as found:
        assert count(found) == 3
        assert not [entry for entry in (data / FOLDER).iterdir() if entry.is_dir()]
    assert not list(temporary.iterdir())
    full.pop(0)
    with pytest.raises(EngineError), opened([data], FACTS):
        pass
    assert not [entry for entry in (data / FOLDER).iterdir() if entry.is_dir()]
    assert not list(temporary.iterdir())
    assert read_by(Means(engine="auto"), [data], FACTS, None, None).data["admission"]
    with pytest.raises(AvtalError, match="Is the device full"):
        read_by(Means(engine="duckdb"), [data], FACTS, None, None)


def test_a_folder_whose_name_is_no_text_is_read_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "MANY", 1)
    data = tmp_path / os.fsdecode(b"data\xe5")
    small(data)
    with opened([data], FACTS) as found:
        assert count(found) == 3
    assert not (data / FOLDER).exists()
    (data / "admission.csv").unlink()
    duckdb.sql(f"COPY (SELECT 'A' AS id, DATE '2012-01-31' AS date) TO '{tmp_path}/admission.parquet'")
    (tmp_path / "admission.parquet").rename(data / "admission.parquet")
    reading = read_by(Means(engine="auto"), [data], FACTS, None, None)
    assert (len(reading.data["admission"]), reading.problems) == (1, ())
