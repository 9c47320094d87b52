"""Bodies as strangers send them: each is refused in words that are documented, or answered; none is a fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import folders
import httpx
import jsonschema_rs
import pytest
import serving
from hypothesis import given, settings as bounded, strategies as st

from avtal.server import spool, strict
from avtal.server.problems import ServerError
from avtal.server.service import Settings
from avtal.server.wire import SentFile, SettleRequest

MANY = 300
JSON = {"content-type": "application/json"}
ADDRESSES = ("checks", "formatted-texts", "example-runs", "settlements", "explanations", "differences", "jobs")

RAW: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b" \n\t ",
    "nul": b"\0",
    "NaN": b'{"text": NaN}',
    "Infinity": b'{"text": -Infinity}',
    "1e400": b'{"depth": 1e400, "text": "a"}',
    "a float": b'{"depth": 12.0, "text": "a"}',
    "many digits": b'{"depth": ' + b"9" * 5000 + b"}",
    "minus": b'{"depth": -}',
    "leading zero": b'{"depth": 012}',
    "lone surrogate": b'{"text": "\\ud800"}',
    "lone surrogate in a key": b'{"\\udfff": "a"}',
    "surrogates the wrong way": b'{"text": "\\udc00\\ud800"}',
    "surrogate in bytes": b'{"text": "\xed\xa0\x80"}',
    "latin-1": '{"text": "å"}'.encode("latin-1"),
    "utf-16": '{"text": "a"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "300 deep lists": b"[" * MANY + b"]" * MANY,
    "300 deep objects": b'{"a":' * MANY + b"1" + b"}" * MANY,
    "300 deep in text": b'{"text": ' + b"[" * MANY + b"]" * MANY + b"}",
    "a million brackets": b"[" * 1_000_000,
    "brackets in a text": b'{"text": "' + b"[" * 10_000 + b'"}',
    "quotes without end": b'"' + b'\\"' * 100_000,
    "doubled key": b'{"text": "a", "text": "b"}',
    "doubled key within": b'{"files": [{"name": "a.avtal", "name": "b.avtal"}], "text": "a"}',
    "unknown key": b'{"txet": "a"}',
    "two values": b"{} {}",
    "half a value": b'{"text": "a"',
    "a comma too many": b'{"text": "a",}',
    "single quotes": b"{'text': 'a'}",
    "control character": b'{"text": "a\nb"}',
    "a list": b"[]",
    "null": b"null",
    "a text": b'"text"',
    "a number": b"1",
    "true": b"true",
    "null text": b'{"text": null}',
    "number as text": b'{"text": 5}',
    "yes as text": b'{"text": true}',
    "text as list": b'{"text": "a", "files": "x"}',
    "object as list": b'{"text": "a", "files": {}}',
    "number in list": b'{"text": "a", "files": [1]}',
    "text as yes": b'{"text": "a", "lines": "true"}',
    "one as yes": b'{"text": "a", "lines": 1}',
    "yes as depth": b'{"text": "a", "clause": "a", "depth": true}',
    "depth 0": b'{"text": "a", "clause": "a", "depth": 0}',
    "depth beyond": b'{"text": "a", "clause": "a", "depth": 999999999999999999}',
    "odd language": b'{"text": "a", "language": "no"}',
    "list as language": b'{"text": "a", "language": ["sv"]}',
    "odd period": b'{"text": "a", "period": "2012-13"}',
    "both": b'{"text": "a", "contract": "prov"}',
    "__proto__": b'{"__proto__": {"text": "a"}}',
    "a form": b"text=a&period=2012",
    "xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
}
NAMES = (
    *("", ".", "..", "../a.csv", "..\\a.csv", "/etc/passwd", "C:\\a.csv", "a/b.csv", "a\\b.csv", "./a.csv", ".a.csv"),
    *("a.csv\0", "\0", "a\n.csv", "a\u202ecsv.avtal", "a.csv/", "~/a.csv", "$HOME.csv", "%2e%2e%2fa.csv", "a.csv."),
    *(" a.csv", "CON.csv", "nul.csv", "a:b.csv", "a.csv:stream", "a*.csv", "a?.csv", "|a.csv", "a" * 200 + ".csv"),
    *("å" * 130 + ".csv", "a.exe", "a.py", "a.csv.gz", "contract.avtal", "CONTRACT.AVTAL", "mapping.toml", "-", "a"),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    shelf = tmp_path_factory.mktemp("shelf")
    folders.write(shelf / "prov")
    with serving.asking(Settings(contracts=shelf, workers=2)) as found:
        yield found


@pytest.fixture(scope="module")
def described(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/v1/openapi.json").json()
    return found


def documented(answer: httpx.Response, described: dict[str, Any]) -> None:
    """An answer has a status, a media type and a shape that the description has for its address."""
    assert answer.status_code < 500, answer.text
    own = described["paths"][answer.request.url.path][answer.request.method.lower()]["responses"]
    assert str(answer.status_code) in own, answer.text
    content = own[str(answer.status_code)]["content"]
    media = answer.headers["content-type"]
    assert media in content
    schema = {**content[media]["schema"], "components": described["components"]}
    jsonschema_rs.validate(schema, answer.json())
    if media == "application/problem+json":
        told = answer.json()
        assert told["status"] == answer.status_code
        assert told["title"]
        assert told["detail"]


@pytest.mark.parametrize("name", RAW)
def test_no_raw_body_is_a_fault(client: httpx.Client, described: dict[str, Any], name: str) -> None:
    for address in ADDRESSES:
        answer = client.post(f"/v1/{address}", content=RAW[name], headers=JSON)
        documented(answer, described)
        if answer.status_code == 202:
            client.delete(answer.headers["location"])
        elif address == "settlements":
            assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_anywhere(client: httpx.Client, described: dict[str, Any], name: str) -> None:
    file = {"name": name, "text": "x"}
    for where in ("files", "data"):
        answer = client.post("/v1/settlements", json={"text": folders.CONTRACT, where: [file]})
        documented(answer, described)
        assert answer.status_code in (400, 422)
    for field in ("contract", "period", "providers", "buyers"):
        value = [name] if field.endswith("s") else name
        answer = client.post("/v1/settlements", json={"contract": "prov", field: value})
        documented(answer, described)


def test_a_large_body_is_refused_before_it_is_read(client: httpx.Client, described: dict[str, Any]) -> None:
    body = b'{"text": "' + b"a" * (50 << 20) + b'"}'
    for address in ADDRESSES[:-1]:
        try:
            answer = client.post(f"/v1/{address}", content=body, headers=JSON)
        except httpx.WriteError:  # The server has answered and hung up before all was sent.
            continue
        documented(answer, described)
        assert (answer.status_code, answer.json()["code"]) == (413, "AV652")
    pieces = client.post("/v1/checks", content=iter([b'{"text": "', *[b"a" * (1 << 20)] * 12, b'"}']), headers=JSON)
    assert pieces.status_code == 413
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    "media", ["", "text/plain", "application/xml", "multipart/form-data", "application/json; charset=latin-1"]
)
def test_only_json_is_taken(client: httpx.Client, described: dict[str, Any], media: str) -> None:
    answer = client.post("/v1/checks", content=b'{"text": "a"}', headers={"content-type": media})
    documented(answer, described)
    assert (answer.status_code, answer.json()["code"]) == (415, "AV659")
    taken = client.post(
        "/v1/checks", content=b'{"text": "a"}', headers={"content-type": "Application/JSON; charset=UTF-8"}
    )
    assert taken.status_code == 200


def test_a_method_that_is_not_taken_is_told_which_are(client: httpx.Client) -> None:
    for method in ("PUT", "PATCH", "DELETE", "GET", "TRACE", "HEAD", "BREW"):
        answer = client.request(method, "/v1/settlements")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")


def test_contracts_with_problems_of_their_own_are_answers(client: httpx.Client, described: dict[str, Any]) -> None:
    for path in sorted((Path(__file__).parent / "hostile").glob("*.avtal"))[:40]:
        text = path.read_bytes().decode("utf-8", errors="replace")
        if len(text) > 1 << 20:
            continue
        answer = client.post("/v1/checks", json={"text": text or " "})
        documented(answer, described)


# --- the strict reader by itself

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_what_is_written_is_read(value: object) -> None:
    assert strict.parse(json.dumps(value).encode()) == value
    assert strict.parse(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:\\eE.0123456789-ntfu"aNI \n').map(str.encode))
@bounded(max_examples=500)
def test_the_reader_refuses_or_agrees_with_json(body: bytes) -> None:
    try:
        found = strict.parse(body)
    except ServerError as refused:
        found, status = None, refused.status
    else:
        status = 200
        assert found == json.loads(body)
    assert status in (200, 400)


@given(st.text(max_size=30))
def test_a_plain_name_is_one_part_of_a_path(name: str) -> None:
    if spool.plain(name):
        assert Path("folder", name).parent == Path("folder")
        assert Path(name).name == name
        assert name not in (".", "..")


def test_a_shape_is_told_by_its_places() -> None:
    body = b'{"text": 1, "files": [{"nam": "a"}], "lines": "yes"}'
    with pytest.raises(ServerError) as caught:
        strict.read(body, SettleRequest)
    told = caught.value.words("en").detail
    assert "$.text is of the wrong kind" in told
    assert "$.files[0] has no field nam" in told
    assert "$.lines is of the wrong kind" in told
    assert "yes" not in told


def test_contents_are_text_or_base64() -> None:
    assert spool.contents(SentFile(name="a.csv", base64="w6U=")) == "å".encode()
    for odd in ("w6U", "å", "w6U=\n!"):
        with pytest.raises(ServerError) as caught:
            spool.contents(SentFile(name="a.csv", base64=odd))
        assert caught.value.problem.code == "AV662"


# --- forms with files


def formed(
    client: httpx.Client, path: str, fields: dict[str, Any], files: list[tuple[str, str, bytes]]
) -> httpx.Response:
    return client.post(f"/v1/{path}", data=fields, files=[(field, (name, text)) for field, name, text in files])


def test_a_form_with_files_says_the_same_as_json(client: httpx.Client) -> None:
    texts = {"former.avtal": folders.FORMS, "priser.csv": folders.PRICES}
    data = {"kontakt.csv": folders.CONTACTS, "utfall.csv": folders.OUTCOMES}
    as_json = client.post(
        "/v1/settlements",
        json={
            "text": folders.CONTRACT,
            "files": [{"name": name, "text": text} for name, text in texts.items()],
            "data": [{"name": name, "text": text} for name, text in data.items()],
            "providers": ["A", "B"],
            "period": "2012",
            "lines": True,
        },
    )
    sent = [("files", name, text.encode()) for name, text in texts.items()]
    sent += [("data", name, text.encode()) for name, text in data.items()]
    fields = {"text": folders.CONTRACT, "providers": ["A", "B"], "period": "2012", "lines": "true"}
    as_form = formed(client, "settlements", fields, sent)
    assert as_form.status_code == 200, as_form.text
    assert as_form.content == as_json.content
    uploaded = [("text", "contract.avtal", folders.CONTRACT.encode()), *sent]
    del fields["text"]
    assert formed(client, "settlements", fields, uploaded).content == as_json.content


@pytest.mark.parametrize(
    ("fields", "files"),
    [
        ({"lines": "yes", "text": "a"}, []),
        ({"depth": "1e400", "text": "a", "clause": "b"}, []),
        ({"depth": "9" * 400, "text": "a", "clause": "b"}, []),
        ({"text": ["a", "b"]}, []),
        ({"nothing": "a"}, []),
        ({"text": "a"}, [("data", "../a.csv", b"x")]),
        ({"text": "a"}, [("data", "a.csv", b"x"), ("data", "a.csv", b"y")]),
        ({}, [("text", "contract.avtal", b"\xff")]),
        ({"text": "a"}, [("files", f"a{at}.csv", b"x") for at in range(700)]),
    ],
)
def test_no_form_is_a_fault(
    client: httpx.Client, described: dict[str, Any], fields: dict[str, str], files: list[tuple[str, str, bytes]]
) -> None:
    for path in ("settlements", "explanations", "differences"):
        answer = formed(client, path, fields, files or [("other", "x", b"")])
        documented(answer, described)
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "body", [b"x", b"--b", b"--b\r\n\r\n", b"--b--", b"--b\r\nContent-Disposition: form-data\r\n\r\na\r\n--b--"]
)
def test_half_a_form_is_refused(client: httpx.Client, described: dict[str, Any], body: bytes) -> None:
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = client.post("/v1/settlements", content=body, headers=headers)
    documented(answer, described)
    assert answer.status_code == 400
