"""The server answers what the command line prints, within its bounds, and lives on whatever it is asked."""

from __future__ import annotations

import io
import json
import os
import signal
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
from running import CALM, run

from avtal.server.pool import Bounds
from avtal.server.service import Settings
from avtal.server.watch import Audit

TEXT = folders.CONTRACT
FILES = [{"name": "former.avtal", "text": folders.FORMS}, {"name": "priser.csv", "text": folders.PRICES}]
DATA = [{"name": "kontakt.csv", "text": folders.CONTACTS}, {"name": "utfall.csv", "text": folders.OUTCOMES}]
SENT: dict[str, Any] = {"text": TEXT, "files": FILES, "data": DATA}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    folders.write(folder / "prov")
    folders.write(folder / "trasigt", contract=TEXT.replace("fast", "fasst"))
    (folder / "tom").mkdir()
    return folder


@pytest.fixture(scope="module")
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(scope="module")
def client(shelf: Path, log: io.StringIO) -> Iterator[httpx.Client]:
    with serving.asking(Settings(contracts=shelf, workers=2), audit=Audit(log)) as found:
        yield found


# --- the same as on the command line


def test_a_settlement_is_what_the_command_line_prints(client: httpx.Client, shelf: Path) -> None:
    printed = run("settle", shelf / "prov", "-O", "json", "--period", "2012", "--show-lines").stdout
    by_name = client.post("/v1/settlements", json={"contract": "prov", "period": "2012", "lines": True})
    assert by_name.status_code == 200
    assert by_name.text == printed
    sent = client.post("/v1/settlements", json={**SENT, "period": "2012", "lines": True})
    assert sent.text == printed


def test_findings_are_what_the_command_line_prints(client: httpx.Client, shelf: Path) -> None:
    printed = json.loads(run("check", "-O", "json", shelf / "trasigt" / "contract.avtal", code=1).stdout)
    found = client.post("/v1/checks", json={"contract": "trasigt"}).json()
    assert (found["sound"], found["errors"] + found["warnings"]) == (False, len(printed))
    assert [{**one, "file": "", "related": []} for one in found["findings"]] == [
        {**one, "file": "", "related": []} for one in printed
    ]
    assert {one["file"] for one in found["findings"]} == {"trasigt/contract.avtal"}


def test_a_text_is_laid_out_and_turned_into_the_other_language(client: httpx.Client) -> None:
    odd = TEXT.replace("  period     2012", "  period 2012")
    found = client.post("/v1/formatted-texts", json={"text": odd}).json()
    assert found == {"text": TEXT, "language": "sv", "changed": True}
    turned = client.post("/v1/formatted-texts", json={"text": TEXT, "to": "en", "files": FILES}).json()
    assert (turned["language"], turned["text"].splitlines()[0]) == ("en", 'contract "Provavtal"')


def test_examples_are_run_and_the_expected_settlement_compared(client: httpx.Client) -> None:
    found = client.post("/v1/example-runs", json={"contract": "prov"}).json()
    assert (found["holds"], found["passed"], found["failed"], found["expected_amounts"]) == (True, 9, 0, 8)
    wrong = folders.EXPECTED.replace("1241682.78", "1241682.79")
    found = client.post("/v1/example-runs", json={**SENT, "expected": wrong}).json()
    assert (found["holds"], found["failed"]) == (False, 1)
    assert [(one["clause"], one["expected"], one["settled"]) for one in found["differences"]] == [
        ("total", "1241682.79", "1241682.78")
    ]


def test_an_amount_is_explained_down_to_the_datum(client: httpx.Client) -> None:
    asked = {"contract": "prov", "clause": "Kvalitet", "period": "2012", "providers": ["A"], "language": "en"}
    [found] = client.post("/v1/explanations", json=asked).json()["explanations"]
    assert (found["key"], found["amount"], found["provider"]["code"]) == ('part["Kvalitet"]', "40015.52", "A")
    places, parts = [], list(found["steps"])
    while parts:
        part = parts.pop()
        places.append(part["place"])
        parts += part["parts"]
    assert "utfall.csv:2" in places


def test_the_callers_own_data_are_settled_by_the_servers_contract(client: httpx.Client) -> None:
    none = [{"name": "kontakt.csv", "text": folders.CONTACTS.splitlines()[0] + "\n"}, DATA[1]]
    asked = {"contract": "prov", "data": none, "period": "2012", "providers": ["A"]}
    [found] = client.post("/v1/settlements", json=asked).json()["settlements"]
    assert found["clauses"][0]["amount"] == "0.00"


def test_what_is_wrong_is_told_with_codes_and_places(client: httpx.Client) -> None:
    broken = client.post("/v1/settlements", json={**SENT, "text": TEXT.replace("fast", "fasst")})
    assert (broken.status_code, broken.headers["content-type"]) == (422, "application/problem+json")
    told = broken.json()
    assert told["code"] == "AV663"
    assert (told["findings"][0]["code"], told["findings"][0]["line"]) == ("AV101", 15)
    assert told["findings"][0]["message"].startswith("det finns ingen ersättningsform")
    data = [{**DATA[0], "text": folders.CONTACTS.replace("2012-06-30", "2012-06-31")}, DATA[1]]
    told = client.post("/v1/settlements", json={**SENT, "data": data, "language": "en"}).json()
    [row] = told["refused_rows"]
    assert (row["file"], row["row"], row["heading"], row["code"][:3]) == ("kontakt.csv", 3, "Dag", "AVD")
    outside = client.post("/v1/settlements", json={**SENT, "period": "2019"})
    assert (outside.status_code, "2019" in outside.json()["detail"]) == (422, True)


def test_a_type_of_problem_leads_to_its_page(client: httpx.Client) -> None:
    told = client.get("/v1/contracts/saknas").json()
    page = client.get(told["type"]).json()
    assert page["code"] == told["code"] == "AV657"
    assert client.get("/v1/problems/AV101").json()["message_sv"].startswith("det finns ingen ersättningsform")


def test_a_change_is_told_by_what_it_means_and_comes_to(client: httpx.Client) -> None:
    changed = TEXT.replace("1 200 000,10", "1 200 001,10")
    asked = {"old": {"contract": "prov"}, "new": {"text": changed, "files": FILES}, "data": DATA, "period": "2012"}
    found = client.post("/v1/differences", json=asked).json()
    assert (found["changed"], found["clauses"]) == (True, ['fixed["Jour"]'])
    assert found["effect"]["total"] == "2.13"
    same = client.post("/v1/differences", json={"old": {"contract": "prov"}, "new": {"contract": "prov"}}).json()
    assert (same["changed"], same["effect"]) == (False, None)


# --- resources


def test_the_library_is_shown(client: httpx.Client) -> None:
    listed = client.get("/v1/forms", params={"limit": 3, "offset": 1}).json()
    assert (len(listed["forms"]), listed["total"] > 50) == (3, True)
    found = client.get("/v1/forms", params={"q": "målersättning"}).json()
    assert [one["swedish"] for one in found["forms"]].count("målersättning") == 1
    form = client.get("/v1/forms/målersättning").json()
    assert form == client.get("/v1/forms/p4p").json()
    assert (form["name"], form["swedish"], form["module"]) == ("p4p", "målersättning", "sll")
    assert form["source"].startswith("SLL-12")
    assert ("target", "mål", "%") in [(p["name"], p["swedish"], p["kind"]) for p in form["parameters"]]
    assert "expect p4p[113] = 1 000 000 kr" in form["examples"][0]
    assert form["text"].startswith("form p4p")


def test_the_contracts_are_shown(client: httpx.Client, shelf: Path) -> None:
    listed = client.get("/v1/contracts").json()
    assert [(one["id"], one["sound"]) for one in listed["contracts"]] == [("prov", True), ("trasigt", False)]
    one = client.get("/v1/contracts/prov").json()
    assert (one["name"], one["text"]) == ("Provavtal", TEXT)
    first = one["clauses"][0]
    assert (first["key"], first["line"]) == ('visits["Besök"]', 13)
    assert one["files"] == ["contract.avtal", "former.avtal", "priser.csv"]
    path = shelf / "prov" / "contract.avtal"
    path.write_text(TEXT.replace("Provavtal", "Nytt"), "utf-8")
    assert client.get("/v1/contracts/prov").json()["name"] == "Nytt"
    path.write_text(TEXT, "utf-8")
    assert client.get("/v1/contracts/prov").json()["name"] == "Provavtal"


@pytest.mark.parametrize("name", ["..", "../prov", "prov/../prov", "/etc", "tom", "prov%00", "PROV", "prov/", "~"])
def test_only_a_listed_contract_is_opened(client: httpx.Client, name: str) -> None:
    for body in ({"contract": name}, {"contract": name, "data": DATA}):
        assert client.post("/v1/settlements", json=body).status_code == 404
    path = name.rstrip("/").replace("/", "%2F")
    assert path == "prov" or client.get(f"/v1/contracts/{path}").status_code in (404, 405)


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
    small = Settings(contracts=shelf, workers=1, direct=Bounds(seconds=30, memory=72 << 20))
    with serving.asking(small) as client:
        told = client.post("/v1/settlements", json={**forever(), "language": "en"})
        assert (told.status_code, told.json()["code"]) == (422, "AV653")
        assert "the memory does not suffice (72 MiB)" in told.json()["detail"]
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
    with ThreadPoolExecutor(200) as crowd:
        found = list(crowd.map(lambda at: client.post("/v1/settlements", json=asked[at % 4]), range(200)))
    assert {one.status_code for one in found} == {200}
    assert [one.content for one in found] == alone * 50


# --- what it tells of itself


def test_health_readiness_and_figures(client: httpx.Client) -> None:
    assert client.get("/health").json()["status"] == "pass"
    assert client.get("/ready").json()["status"] == "pass"
    text = client.get("/metrics").text
    assert 'avtal_requests_total{method="GET",route="/health",status="200"}' in text
    assert "avtal_request_seconds_bucket" in text
    assert 'avtal_workers_busy{kind="direct"} 0.0' in text


def test_every_answer_has_its_headings(client: httpx.Client) -> None:
    for answer in (client.get("/health"), client.get("/ingenstans"), client.put("/health"), client.get("/v1/forms")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert len(answer.headers["x-request-id"]) == 16
        assert "server" not in answer.headers
    assert client.put("/health").headers["allow"] == "GET, OPTIONS"


def test_the_log_has_a_line_for_each_request_and_nothing_of_what_was_sent(
    client: httpx.Client, log: io.StringIO
) -> None:
    canary = folders.CONTACTS.replace("K1", "19121212-1212")
    told = client.post(
        "/v1/settlements", json={**SENT, "data": [{**DATA[0], "text": canary}, DATA[1]], "providers": ["A"]}
    )
    assert told.status_code == 200
    last = json.loads(log.getvalue().splitlines()[-1])
    assert last["request"] == told.headers["x-request-id"]
    assert (last["method"], last["route"], last["status"]) == ("POST", "/v1/settlements", 200)
    assert last["bytes_out"] == len(told.content)
    assert "19121212" not in log.getvalue()


def test_a_fault_of_the_server_is_told_without_what_was_sent(
    client: httpx.Client, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> bytes:
        raise RuntimeError("19121212-1212")

    monkeypatch.setattr("avtal.server.service.Service.check", broken)
    told = client.post("/v1/checks", json={"text": TEXT})
    assert (told.status_code, told.json()["code"]) == (500, "AV664")
    assert "19121212" not in told.text + log.getvalue()
    assert '"fault": "RuntimeError"' in log.getvalue()


# --- the command


def test_the_command_listens_and_ends_in_order(shelf: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "avtal.cli", "serve", "--port", "0", "--contracts", str(shelf), "--workers", "1"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=CALM, cwd=tmp_path) as server:
        assert server.stderr is not None
        told = server.stderr.readline().decode()
        assert "Lyssnar på http://127.0.0.1:" in told
        address = next(word for word in told.split() if word.startswith("http://"))
        try:
            assert httpx.get(f"{address}/health").status_code == 200
            taken = run("serve", "--port", address.rpartition(":")[2], "--contracts", shelf, code=2)
            assert "Ange en annan port" in taken.stderr
        finally:
            server.send_signal(signal.SIGTERM)
        server.stderr.read()
        assert server.wait(60) == 0


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--host", "0.0.0.0"], "nycklar lyssnar servern bara på den egna datorn"),  # noqa: S104  (it is refused)
        (["--host", "example.org"], "nycklar lyssnar servern bara på den egna datorn"),
        (["--contracts", "ingenstans"], "finns inte"),
        (["--keys", "ingenstans.json"], "går inte att läsa"),
    ],
)
def test_a_server_that_must_not_start_does_not(arguments: list[str], part: str, tmp_path: Path) -> None:
    os.chdir(tmp_path)
    assert part in run("serve", *arguments, code=2).stderr
