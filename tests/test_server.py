"""The server answers what the command line prints, within its bounds, and lives on whatever it is asked."""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import folders
import httpx
import pytest
import serving
import xlsxwriter
from running import CALM, run
from serving import DATA, FILES, SENT, TEXT

from avtal.server.service import Service, Settings
from avtal.server.watch import Audit


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
    client.post("/v1/differences", json={**asked, "period": "2013"})
    found = client.post("/v1/differences", json=asked).json()
    assert (found["changed"], found["clauses"]) == (True, ['fixed["Jour"]'])
    assert found["effect"]["total"] == "2.13"
    client.post("/v1/settlements", json={"contract": "prov"})
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


def test_a_workbook_is_read_within_the_bounds_of_its_question(client: httpx.Client, tmp_path: Path) -> None:
    path = tmp_path / "kontakt.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for at, line in enumerate(folders.CONTACTS.splitlines()):
            sheet.write_row(at, 0, line.split(";"))
    workbook = {"name": "kontakt.xlsx", "base64": base64.b64encode(path.read_bytes()).decode()}
    asked = {**SENT, "data": [workbook, DATA[1]], "period": "2012", "providers": ["A"]}
    [found] = client.post("/v1/settlements", json=asked).json()["settlements"]
    assert found["total"] == "1241682.78"
    broken = client.post("/v1/settlements", json={**asked, "data": [{**workbook, "base64": "UEsDBA=="}, DATA[1]]})
    assert (broken.status_code, broken.json()["refused_rows"][0]["file"]) == (422, "kontakt.xlsx")


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


def test_what_is_sent_is_not_kept(shelf: Path) -> None:
    own = Settings(contracts=shelf, workers=1)
    service = Service(own)
    with serving.client_of(service) as client:
        sent = {**SENT, "text": TEXT.replace("Provavtal", "Hemligt")}
        for path, more in (("checks", {}), ("settlements", {"data": DATA}), ("example-runs", {"data": DATA})):
            body = {"text": sent["text"], "files": FILES, **more}
            assert client.post(f"/v1/{path}", json=body).status_code == 200
        assert client.post("/v1/settlements", json={"contract": "prov", "period": "2012"}).status_code == 200
        left = {path.relative_to(service.folder).parts[0] for path in service.folder.rglob("*") if path.is_file()}
        assert left == {"cache"}
        assert [path for path in service.folder.rglob("*") if path.is_file() and b"Hemligt" in path.read_bytes()] == []
    assert not service.folder.exists()


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
