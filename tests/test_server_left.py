"""What a server leaves behind, and what others notice: nothing, whatever it was asked and however that ended."""

from __future__ import annotations

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import folders
import pytest
import serving
from serving import DATA, SENT

from avtal.server import pool, spool
from avtal.server.pool import Bounds, Pool
from avtal.server.problems import ServerError
from avtal.server.service import Service, Settings
from avtal.server.work import Question

HEAD = "id;Vårdgivare;Dag;Art\n"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of the server's processes, which get no environment of their own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    code = f"import tempfile\ntempfile.tempdir = {str(folder)!r}\n"
    monkeypatch.setattr(pool, "_BOOTSTRAP", code + pool._BOOTSTRAP)  # noqa: SLF001
    return folder


def many(rows: int) -> list[dict[str, str]]:
    """Data so large that a database settles them."""
    each = "".join(f"K{at};A;2012-01-01;ny\n" for at in range(rows))
    return [{**DATA[0], "text": HEAD + each}, DATA[1]]


def sent(service: Service) -> list[Path]:
    return [path for path in service.folder.iterdir() if path.name.startswith("q")]


def test_what_was_sent_does_not_outlive_a_job_that_is_ended(temporary: Path) -> None:
    service = Service(Settings(workers=1))
    with serving.client_of(service) as client:
        address = client.post("/v1/jobs", json={**SENT, "data": many(500_000)}).headers["location"]
        end = time.monotonic() + 60
        while client.get(address).json()["progress"] is None:  # then the snapshot is being built
            assert time.monotonic() < end
        assert client.delete(address).status_code == 204
        assert sent(service) == []
    assert list(temporary.iterdir()) == []


def test_what_was_sent_does_not_outlive_a_job_that_is_cancelled_while_it_is_laid_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lay, begun = spool.lay, []

    def slow(*given: Any) -> None:
        begun.append(True)
        time.sleep(0.5)
        lay(*given)

    monkeypatch.setattr(spool, "lay", slow)
    service = Service(Settings(workers=1))
    with serving.client_of(service) as client:
        address = client.post("/v1/jobs", json=SENT).headers["location"]
        while not begun:
            time.sleep(0.01)
        assert client.delete(address).status_code == 204
        assert sent(service) == []


def test_a_method_that_is_made_up_is_not_counted_by_name() -> None:
    with serving.asking(Settings(workers=1)) as client:
        for at in range(3):
            assert client.request(f"MADE{at}", "/health").status_code == 405
        told = client.get("/metrics").text
    assert "MADE" not in told
    assert 'avtal_requests_total{method="other",route="unknown",status="405"} 3.0' in told


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    for at in range(12):
        folders.write(folder / f"avtal{at:02}")
    return folder


def test_a_folder_of_more_contracts_than_may_wait_is_listed(shelf: Path) -> None:
    with serving.asking(Settings(contracts=shelf, workers=1, waiting=3)) as client, ThreadPoolExecutor(1) as beside:
        listed = beside.submit(client.get, "/v1/contracts")
        while not listed.done():
            assert client.get("/ready").status_code == 200
            time.sleep(0.01)
        assert listed.result().status_code == 200
        assert listed.result().json()["total"] == 12


def test_a_contract_that_has_changed_with_its_time_set_back_is_read_anew(tmp_path: Path) -> None:
    file = folders.write(tmp_path / "prov") / "contract.avtal"
    with serving.asking(Settings(contracts=tmp_path, workers=1)) as client:
        assert client.get("/v1/contracts/prov").json()["buyers"] == [{"name": "Region Ett", "code": "R1"}]
        before = file.stat()
        file.write_text(file.read_text("utf-8").replace('"R1"', '"R2"'), "utf-8")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert client.get("/v1/contracts/prov").json()["buyers"] == [{"name": "Region Ett", "code": "R2"}]


@pytest.fixture
def once_short(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A system that can't start the second process that it is asked for."""
    start = asyncio.create_subprocess_exec
    asked: list[int] = []

    async def short(*given: Any, **more: Any) -> asyncio.subprocess.Process:
        asked.append(len(asked))
        if len(asked) == 2:
            raise BlockingIOError("fork")
        return await start(*given, **more)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", short)
    monkeypatch.setattr(pool, "AGAIN", 0.1)
    return asked


def test_a_worker_that_could_not_be_started_is_started_later(tmp_path: Path, once_short: list[int]) -> None:
    async def work() -> bytes:
        own = Pool(1, 10, tmp_path)
        await own.start()
        folder = folders.write(tmp_path / "prov")
        question = Question(kind="settle", spool=str(folder), period="2012")
        try:
            with pytest.raises(ServerError):
                await own.run(question, Bounds(seconds=0.001))
            return await own.run(question, Bounds())
        finally:
            await own.stop()

    assert b'"total"' in asyncio.run(work())
    assert len(once_short) == 3


def test_a_worker_that_is_stopped_at_work_is_not_replaced(tmp_path: Path) -> None:
    async def work() -> None:
        own = Pool(1, 10, tmp_path)
        await own.start()
        question = Question(kind="settle", spool=str(folders.write(tmp_path / "prov")), period="2012")
        asked = asyncio.create_task(own.run(question, Bounds()))
        while not own.busy:  # noqa: ASYNC110
            await asyncio.sleep(0)
        await own.stop()
        with pytest.raises(ServerError):
            await asked
        assert not own.ready
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(work())
