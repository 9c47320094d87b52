"""Jobs, bounds and crowds: whatever it is asked, the server ends it in time, says why, and answers the next."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import folders
import httpx
import pytest
import serving
from running import CALM
from serving import DATA, FILES, SENT, TEXT

from avtal.server.pool import Bounds
from avtal.server.service import Settings


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folders.write(tmp_path_factory.mktemp("shelf") / "prov").parent


@pytest.fixture(scope="module")
def client(shelf: Path) -> Iterator[httpx.Client]:
    with serving.asking(Settings(contracts=shelf, workers=2)) as found:
        yield found


# --- jobs


def finished(client: httpx.Client, address: str) -> dict[str, Any]:
    for _ in range(600):
        job: dict[str, Any] = client.get(address).json()
        if job["ended"] is not None:
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def test_a_job_gives_what_a_question_gives(client: httpx.Client) -> None:
    started = client.post("/v1/jobs", json={**SENT, "period": "2012"})
    assert started.status_code == 202
    address = started.headers["location"]
    job = finished(client, address)
    assert (job["state"], job["problem"], job["result"]) == ("done", None, f"{address}/result")
    asked = client.post("/v1/settlements", json={**SENT, "period": "2012"})
    assert client.get(job["result"]).content == asked.content
    assert [one["id"] for one in client.get("/v1/jobs").json()["jobs"]] == [job["id"]]
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_a_job_on_many_rows_is_settled_by_query_to_the_same_amounts(client: httpx.Client) -> None:
    rows = "".join(
        f"K{at};{'AB'[at % 2]};2012-0{1 + at % 9}-01;{('ny', 'åter')[at % 3 == 0]}\n" for at in range(150_000)
    )
    data = [{"name": "kontakt.csv", "text": f"id;Vårdgivare;Dag;Art\n{rows}"}, DATA[1]]
    started = client.post("/v1/jobs", json={**SENT, "data": data, "period": "2012"})
    job = finished(client, started.headers["location"])
    assert job["state"] == "done", job
    found = client.get(job["result"]).json()["settlements"]
    # Each has 75 000 visits, of which a third at 333.33 kr and the rest at 1 000.50 kr.
    assert [one["clauses"][0]["amount"] for one in found] == ["58358250.00", "58358250.00"]
    client.delete(started.headers["location"])


def test_a_reader_that_is_bounded_stays_so() -> None:
    code = (
        "import resource\nfrom avtal.reading.worker import bind\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))\nbind(7, 1 << 32)\n"
        "print(resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CPU))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=CALM, check=True, timeout=60)
    assert done.stdout.decode().strip() == f"{(1 << 29, 1 << 29)} (8, 9)"


def test_a_job_that_fails_says_why(client: httpx.Client) -> None:
    started = client.post("/v1/jobs", json={**SENT, "data": DATA[:1]})
    job = finished(client, started.headers["location"])
    assert (job["state"], job["problem"]["code"], job["result"]) == ("failed", "AV663", None)
    assert client.get(f"{started.headers['location']}/result").status_code == 409
    client.delete(started.headers["location"])
    assert client.post("/v1/jobs", json={}).status_code == 400


def forever() -> dict[str, Any]:
    """A settlement whose work grows with the square of its rows: hours of it."""
    form = FORMS_PER_ROW
    rows = "".join(f"K{at};A;2012-01-01;ny\n" for at in range(60_000))
    return {
        "text": TEXT.replace("besöksersättning", "lång").replace("priser prislista", ""),
        "files": [{"name": "former.avtal", "text": f"{folders.FORMS}\n{form}"}, FILES[1]],
        "data": [{"name": "kontakt.csv", "text": f"id;Vårdgivare;Dag;Art\n{rows}"}, DATA[1]],
        "period": "2012",
    }


FORMS_PER_ROW = """\
form long (lång)
  "Each visit by how many there are of its kind on its day."
  source "made up"
  needs contact: kind, day
  each contact as this
    pays 1 kr * (count of contact where kind = this.kind and day = this.day) / 1 visit
"""


def test_a_job_can_be_cancelled(client: httpx.Client) -> None:
    started = client.post("/v1/jobs", json=forever())
    address = started.headers["location"]
    for _ in range(200):
        job = client.get(address).json()
        if job["progress"] is not None:
            break
        time.sleep(0.05)
    assert (job["state"], job["ended"]) == ("running", None)
    begun = time.monotonic()
    assert client.delete(address).status_code == 204
    assert time.monotonic() - begun < 5
    again = client.post("/v1/jobs", json={**SENT, "period": "2012"})
    assert finished(client, again.headers["location"])["state"] == "done"
    client.delete(again.headers["location"])


# --- bounds


def test_what_would_run_for_ever_is_ended_and_the_server_lives(shelf: Path) -> None:
    small = Settings(contracts=shelf, workers=1, direct=Bounds(seconds=1.5))
    with serving.asking(small) as client:
        begun = time.monotonic()
        told = client.post("/v1/settlements", json={**forever(), "language": "en"})
        assert time.monotonic() - begun < 10
        assert (told.status_code, told.json()["code"]) == (422, "AV653")
        assert "the time is up (1.5 s)" in told.json()["detail"]
        assert client.post("/v1/settlements", json={"contract": "prov", "period": "2012"}).status_code == 200
        assert 'avtal_ended_total{bound="time"} 1.0' in client.get("/metrics").text


def test_what_asks_for_too_much_memory_is_ended_and_the_server_lives(shelf: Path) -> None:
    small = Settings(contracts=shelf, workers=1, direct=Bounds(seconds=30, memory=60 << 20))
    with serving.asking(small) as client:
        told = client.post("/v1/settlements", json={**forever(), "language": "en"})
        assert (told.status_code, told.json()["code"]) == (422, "AV653")
        assert "the memory does not suffice (60 MiB)" in told.json()["detail"]
        assert client.post("/v1/settlements", json={"contract": "prov", "period": "2012"}).status_code == 200


def test_too_many_questions_are_told_to_come_again(shelf: Path) -> None:
    with (
        serving.asking(Settings(contracts=shelf, workers=1, waiting=1, direct=Bounds(seconds=2))) as client,
        ThreadPoolExecutor(6) as crowd,
    ):
        found = list(crowd.map(lambda _: client.post("/v1/settlements", json=forever()), range(6)))
        assert {one.status_code for one in found} == {422, 503}
        assert {one.headers["retry-after"] for one in found if one.status_code == 503} == {"5"}
        end = time.monotonic() + 30
        while client.get("/ready").status_code != 200:
            assert time.monotonic() < end


def test_two_hundred_at_once_get_the_same_bytes_as_one_at_a_time(client: httpx.Client) -> None:
    asked = [{**SENT, "period": year, "providers": [who], "lines": True} for year in ("2012", "2013") for who in "AB"]
    alone = [client.post("/v1/settlements", json=one).content for one in asked]

    def own_connection(at: int) -> httpx.Response:
        """A client of its own: one that many threads share may close a connection that another is about to use."""
        with httpx.Client(base_url=client.base_url, timeout=120, verify=False) as mine:  # noqa: S501  # no TLS here
            return mine.post("/v1/settlements", json=asked[at % 4])

    with ThreadPoolExecutor(200) as crowd:
        found = list(crowd.map(own_connection, range(200)))
    assert {one.status_code for one in found} == {200}
    assert [one.content for one in found] == alone * 50
