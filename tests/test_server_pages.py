"""The pages of the server's codes: each says what is answered, and shows a request that fails, and it mended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import error_pages
import folders
import httpx
import pytest
import serving

from avtal.server import keys as ring
from avtal.server.problems import PROBLEMS, STATUS, TITLES, ServerError
from avtal.server.service import Settings

PAGES = sorted(path for path in error_pages.FOLDER.glob("AV6[5-9][0-9].md"))
SAID = {
    "AV652": {"limit": "8 MiB"},
    "AV653": {"reason_sv": "tiden är slut (0.1 s)", "reason_en": "the time is up (0.1 s)"},
    "AV661": {"state": "running"},
    "AV665": {"seconds": "60"},
}
"""What the pages without a request name; those are made in tests/test_server.py and tests/test_server_bodies.py."""


class Servers:
    """A server without keys and one with, and the keys by scope."""

    def __init__(self, open_: httpx.Client, keyed: httpx.Client, tokens: dict[str, str]) -> None:
        self.open, self.keyed, self.tokens = open_, keyed, tokens

    def send(self, request: str, *, keyed: bool, language: str = "en") -> httpx.Response:
        """Send a request as a page shows it."""
        head, _, body = request.partition("\n\n")
        first, *lines = head.strip().splitlines()
        method, path, _ = first.split()
        headers = {"Accept-Language": language} | dict(line.split(": ", 1) for line in lines)
        for scope, token in self.tokens.items():
            headers = {name: text.replace(f"KEY-{scope}", token) for name, text in headers.items()}
        client = self.keyed if keyed else self.open
        return client.request(method, path, content=body.encode(), headers=headers)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    shelf = folders.write(tmp_path_factory.mktemp("shelf") / "prov").parent
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    made = {one: ring.make(one, [one], ["R1"], now=datetime(2026, 1, 1, tzinfo=UTC)) for one in ring.SCOPES}
    ring.write(file, [key for _, key in made.values()])
    settings = Settings(contracts=shelf, workers=1)
    with serving.asking(settings) as open_, serving.asking(settings, keys=file) as keyed:
        yield Servers(open_, keyed, {one: token for one, (token, _) in made.items()})


def test_every_code_has_its_page_status_and_title() -> None:
    assert [path.stem for path in PAGES] == sorted(PROBLEMS) == sorted(STATUS) == sorted(TITLES)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_fails_as_it_says_and_is_answered_when_mended(
    path: Path, servers: Servers, request: pytest.FixtureRequest
) -> None:
    text = path.read_text("utf-8")
    assert text.startswith(f"# {path.stem}: ")
    requests = re.findall(r"```http\n(.*?)```", text, re.DOTALL)
    keyed = "KEY-" in text
    if requests:
        fails, mended = requests
        answers = {speech: servers.send(fails, keyed=keyed, language=speech) for speech in ("sv", "en")}
        assert {one.status_code for one in answers.values()} == {STATUS[path.stem]}
        assert {one.json()["code"] for one in answers.values()} == {path.stem}
        said = {speech: one.json()["detail"] for speech, one in answers.items()}
        answer = servers.send(mended, keyed=keyed)
        assert answer.status_code == 200, answer.text
    else:
        error = ServerError(PROBLEMS[path.stem], **SAID.get(path.stem, {}))
        said = {speech: error.words(speech).detail for speech in ("sv", "en")}
    if request.config.getoption("--update"):
        error_pages.update(path, said)
    quoted = dict(re.findall(r"^> \*\*(sv|en)\*\* (.+)$", path.read_text("utf-8"), re.MULTILINE))
    assert quoted == said
