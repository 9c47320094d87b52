"""Who may ask what: every address by every key, and no one where they don't belong."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import folders
import httpx
import pytest
import serving
from attrs import frozen
from running import run

from avtal.server import keys as ring
from avtal.server.gate import Asked
from avtal.server.run import loopback
from avtal.server.service import Settings

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TWO = folders.CONTRACT.replace(
    '  vårdgivare "Kliniken A"', '  beställare "Region Två" kod "R2"\n  vårdgivare "Kliniken A"'
)
FORMS = folders.FORMS.replace("  counts   visit\n", "  buyer    region\n  counts   visit\n  column region : code\n", 1)
CONTACTS = "region;" + "".join(
    line if at == 0 else f"R{1 + at % 2};{line}" for at, line in enumerate(folders.CONTACTS.splitlines(keepends=True))
)


@frozen
class Row:
    """An address with what it takes, and the scope that it needs (none: open to all)."""

    method: str
    path: str
    scope: str = ""
    body: object = None


SENT = {"text": folders.CONTRACT, "files": [{"name": "former.avtal", "text": folders.FORMS}]}
MATRIX = [
    Row("GET", "/health"),
    Row("GET", "/ready"),
    Row("GET", "/v1/problems/AV101"),
    Row("GET", "/metrics", "read"),
    Row("GET", "/v1/openapi.json", "read"),
    Row("GET", "/v1/forms", "read"),
    Row("GET", "/v1/forms/p4p", "read"),
    Row("GET", "/v1/contracts", "read"),
    Row("GET", "/v1/contracts/ett", "read"),
    Row("POST", "/v1/checks", "read", {"contract": "ett"}),
    Row("POST", "/v1/formatted-texts", "read", {"text": "avtal"}),
    Row("POST", "/v1/example-runs", "settle", {"contract": "ett"}),
    Row("POST", "/v1/settlements", "settle", {"contract": "ett"}),
    Row("POST", "/v1/explanations", "settle", {"contract": "ett", "clause": "Jour"}),
    Row("POST", "/v1/differences", "settle", {"old": {"contract": "ett"}, "new": {"contract": "ett"}}),
    Row("POST", "/v1/jobs", "settle", {"contract": "ett"}),
    Row("GET", "/v1/jobs", "settle"),
    Row("GET", "/v1/jobs/x", "settle"),
    Row("DELETE", "/v1/jobs/x", "settle"),
    Row("GET", "/v1/jobs/x/result", "settle"),
]


class Keys:
    """The keys of the tests by name, and a client of a server that has them."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.tokens: dict[str, str] = {}
        made = []
        for name, scopes, regions in (
            ("reader", ["read"], ["*"]),
            ("settler", ["settle"], ["*"]),
            ("both", ["read", "settle"], ["*"]),
            ("one", ["read", "settle"], ["R1"]),
            ("two", ["read", "settle"], ["R2"]),
            ("none", ["read", "settle"], []),
        ):
            token, key = ring.make(name, scopes, regions, now=NOW)
            self.tokens[name] = token
            made.append(key)
        ring.write(file, made)
        self.client: httpx.Client

    def ask(self, who: str, method: str, path: str, body: object = None) -> httpx.Response:
        """A request with a key; `who` may be a whole heading."""
        told = self.tokens.get(who)
        headers = {"authorization": f"Bearer {told}"} if told else {"authorization": who} if who else {}
        return self.client.request(method, path, json=body, headers=headers)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keys]:
    shelf = tmp_path_factory.mktemp("shelf")
    folders.write(shelf / "ett")
    folders.write(shelf / "båda", contract=TWO, forms=FORMS, contacts=CONTACTS, expected="")
    folders.write(
        shelf / "ingen", contract=folders.CONTRACT.replace('  beställare "Region Ett" kod "R1"\n', ""), expected=""
    )
    made = Keys(tmp_path_factory.mktemp("keys") / "keys.json")
    with serving.asking(Settings(contracts=shelf, workers=2), keys=made.file) as client:
        made.client = client
        yield made


# --- the matrix


def test_the_matrix_has_every_address(keys: Keys) -> None:
    described = keys.ask("both", "GET", "/v1/openapi.json").json()
    of = {"/v1/forms/p4p": "/v1/forms/{name}", "/v1/contracts/ett": "/v1/contracts/{contract_id}"}
    of |= {"/v1/jobs/x": "/v1/jobs/{job_id}", "/v1/jobs/x/result": "/v1/jobs/{job_id}/result"}
    of |= {"/v1/problems/AV101": "/v1/problems/{code}"}
    known = {(m.upper(), path) for path, item in described["paths"].items() for m in item}
    assert {(row.method, of.get(row.path, row.path)) for row in MATRIX} == known


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: f"{row.method} {row.path}")
def test_an_address_lets_in_whom_it_should(keys: Keys, row: Row) -> None:
    for who, scopes in (("reader", {"read"}), ("settler", {"settle"}), ("both", {"read", "settle"})):
        answer = keys.ask(who, row.method, row.path, row.body)
        if row.scope and row.scope not in scopes:
            assert (answer.status_code, answer.json()["code"]) == (403, "AV655"), (who, answer.text)
        else:
            assert answer.status_code not in (401, 403), (who, answer.text)
            assert answer.status_code < 500
    token = keys.tokens["both"]
    for false in ("", "Bearer", token, f"Basic {token}", f"Bearer {token}x", f"Bearer {token[:-1]}"):
        answer = keys.ask(false, row.method, row.path, row.body)
        if row.scope:
            assert (answer.status_code, answer.json()["code"]) == (401, "AV654"), false
            assert answer.headers["www-authenticate"] == "Bearer"
            assert token not in answer.text
        else:
            assert answer.status_code == 200
    other = keys.tokens["one"]
    mixed = f"{token[:14]}{other[14:]}"
    assert keys.ask(f"Bearer {mixed}", row.method, row.path, row.body).status_code == (401 if row.scope else 200)
    odd = keys.client.get("/v1/forms", headers=[(b"authorization", "Bearer avtal_åäö_\u2028".encode())])
    assert odd.status_code == 401


# --- regions


def listed(keys: Keys, who: str) -> list[str]:
    return [one["id"] for one in keys.ask(who, "GET", "/v1/contracts").json()["contracts"]]


def test_a_key_sees_the_contracts_of_its_regions(keys: Keys) -> None:
    assert listed(keys, "both") == ["båda", "ett", "ingen"]
    assert listed(keys, "one") == ["båda", "ett"]
    assert listed(keys, "two") == ["båda"]
    assert listed(keys, "none") == []


@pytest.mark.parametrize(
    "row", [row for row in MATRIX if "/ett" in row.path or "'ett'" in str(row.body)], ids=lambda r: r.path
)
def test_another_regions_contract_is_not_there(keys: Keys, row: Row) -> None:
    hidden = keys.ask("two", row.method, row.path, row.body)
    absent = keys.ask("both", row.method, row.path.replace("/ett", "/finns_inte"), _renamed(row.body))
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.json()["detail"].replace("`ett`", "") == absent.json()["detail"].replace("`finns_inte`", "")
    assert keys.ask("one", row.method, row.path, row.body).status_code in (200, 202)


def _renamed(body: object) -> object:
    return json.loads(json.dumps(body).replace('"ett"', '"finns_inte"'))


def test_a_key_settles_for_its_own_buyers_alone(keys: Keys) -> None:
    asked = {"contract": "båda", "period": "2012"}
    every = keys.ask("both", "POST", "/v1/settlements", asked).json()["settlements"]
    assert {one["buyer"]["code"] for one in every} == {"R1", "R2"}
    own = keys.ask("two", "POST", "/v1/settlements", asked).json()["settlements"]
    assert own == [one for one in every if one["buyer"]["code"] == "R2"]
    for path, more in (("settlements", {}), ("jobs", {}), ("explanations", {"clause": "Jour"})):
        others = keys.ask("two", "POST", f"/v1/{path}", {**asked, **more, "buyers": ["R1"]})
        assert (others.status_code, others.json()["code"]) == (403, "AV656")
    shown = keys.ask("two", "POST", "/v1/explanations", {**asked, "clause": "Jour"}).json()["explanations"]
    assert {one["buyer"]["code"] for one in shown} == {"R2"}
    both = keys.ask("two", "POST", "/v1/example-runs", {"contract": "båda"})
    assert both.json()["code"] == "AV656"
    side = {"contract": "båda"}
    assert keys.ask("two", "POST", "/v1/differences", {"old": side, "new": side}).json()["code"] == "AV656"


def test_refused_rows_of_others_are_not_shown(keys: Keys, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    wrong = CONTACTS.replace("2012-06-30", "2012-06-31")
    folders.write(shelf / "båda", contract=TWO, forms=FORMS, contacts=wrong, expected="")
    asked = {"contract": "båda", "period": "2012"}
    with serving.asking(Settings(contracts=shelf, workers=1), keys=keys.file) as client:
        for who, rows in (("both", 1), ("two", 0)):
            told = client.post("/v1/settlements", json=asked, headers={"authorization": f"Bearer {keys.tokens[who]}"})
            assert told.status_code == 422
            assert len(told.json()["refused_rows"]) == rows


def test_what_is_noted_of_rows_of_others_is_not_shown(keys: Keys, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    strange = CONTACTS.replace(";A;", ";AA;").replace(";B;", ";BB;")
    folders.write(shelf / "båda", contract=TWO, forms=FORMS, contacts=strange, expected="")
    asked = {"contract": "båda", "language": "en", "period": "2012"}
    with serving.asking(Settings(contracts=shelf, workers=1), keys=keys.file) as client:
        notes = {
            who: client.post(
                "/v1/settlements", json=asked, headers={"authorization": f"Bearer {keys.tokens[who]}"}
            ).json()["notes"]
            for who in ("both", "one")
        }
    assert notes["one"] == []
    (note,) = notes["both"]
    assert "no row of the fact contact is of the contract's provider (A, B)" in note


def test_ones_own_text_is_ones_own(keys: Keys) -> None:
    data = [{"name": "kontakt.csv", "text": folders.CONTACTS}, {"name": "utfall.csv", "text": folders.OUTCOMES}]
    own = {**SENT, "data": data, "files": [*SENT["files"], {"name": "priser.csv", "text": folders.PRICES}]}  # type: ignore[misc]
    assert keys.ask("two", "POST", "/v1/settlements", own).status_code == 200


def test_a_job_is_its_owners(keys: Keys) -> None:
    address = keys.ask("one", "POST", "/v1/jobs", {"contract": "ett"}).headers["location"]
    for method, path in (("GET", address), ("GET", f"{address}/result"), ("DELETE", address)):
        assert keys.ask("both", method, path).status_code == 404
    others = keys.ask("both", "GET", "/v1/jobs").json()["jobs"]
    assert address.rpartition("/")[2] not in [one["id"] for one in others]
    assert keys.ask("one", "DELETE", address).status_code == 204


# --- keys


def test_a_key_that_is_taken_away_is_away_at_once(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    token, key = ring.make("tillfällig", ["read"], ["*"], now=NOW)
    ring.write(file, [key])
    with serving.asking(Settings(workers=1), keys=file) as client:
        headers = {"authorization": f"Bearer {token}"}
        assert client.get("/v1/forms", headers=headers).status_code == 200
        run("key", "revoke", key.id, "--keys", file)
        assert client.get("/v1/forms", headers=headers).status_code == 401
        file.write_text("{", "utf-8")
        assert client.get("/v1/forms", headers=headers).status_code == 401
        file.unlink()
        assert client.get("/v1/forms", headers=headers).status_code == 401


def test_keys_are_made_shown_and_taken_away(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    options = ["--keys", file, "--scope", "settle", "--region", "RN", "--region", "RS"]
    token = run("key", "new", "--name", "Ekonomisystemet", *options).stdout.strip()
    run("key", "new", "--name", "Utforskare", "--keys", file, "--scope", "read", "--region", "*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    secret = token.split("_", 2)[2]
    assert len(secret) >= 40
    assert secret not in file.read_text("utf-8")
    first, second = run("key", "list", "--keys", file).stdout.splitlines()
    assert "settle  RN, RS  Ekonomisystemet" in first
    assert "read  *  Utforskare" in second
    found = ring.KeyRing(file).find(token)
    assert found is not None
    assert (found.name, found.scopes, found.regions) == ("Ekonomisystemet", ("settle",), ("RN", "RS"))
    run("key", "revoke", first.split()[0], "--keys", file)
    assert ring.KeyRing(file).find(token) is None
    assert "har ingen nyckel" in run("key", "revoke", "00", "--keys", file, code=2).stderr


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[]", "ingen fil med nycklar"),
        ('{"keys": [{}]}', "ingen fil med nycklar"),
        ("[" * 100_000, "ingen fil med nycklar"),
        ("\x00", "ingen fil med nycklar"),
        (
            json.dumps(
                {"keys": [{"id": "a", "name": "", "digest": "", "scopes": ["admin"], "regions": [], "created": ""}]}
            ),
            "okänd",
        ),
    ],
)
def test_a_file_of_keys_is_read_strictly(tmp_path: Path, text: str, part: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(text, "utf-8")
    assert part in run("key", "list", "--keys", file, code=2).stderr
    assert part in run("serve", "--keys", file, code=2).stderr


# --- without keys, this machine alone


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost:8000"}, 200),
        ({"host": "[::1]:8000"}, 200),
        ({"host": "avtal.example.org"}, 401),
        ({"host": "localhost.example.org"}, 401),
        ({"x-forwarded-for": "10.0.0.1"}, 401),
        ({"forwarded": "for=10.0.0.1"}, 401),
        ({"via": "1.1 proxy"}, 401),
        ({"origin": "https://example.org"}, 401),
    ],
)
def test_without_keys_what_comes_from_elsewhere_is_refused(
    keys: Keys, headers: dict[str, str], status: int, open_client: httpx.Client
) -> None:
    del keys
    assert open_client.get("/v1/forms", headers=headers).status_code == status
    assert open_client.get("/health", headers=headers).status_code == 200


@pytest.fixture(scope="module")
def open_client() -> Iterator[httpx.Client]:
    with serving.asking(Settings(workers=1)) as client:
        yield client


def test_only_loopback_is_this_machine() -> None:
    assert all(map(loopback, ("127.0.0.1", "127.8.9.1", "::1", "localhost")))
    assert not any(map(loopback, ("0.0.0.0", "10.0.0.1", "::", "example.org", "localhost.example.org", "")))  # noqa: S104


def test_every_request_has_an_id_of_its_own() -> None:
    assert len({Asked().id for _ in range(100)}) == 100
