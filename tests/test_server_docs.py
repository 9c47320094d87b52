"""The curl examples of the documentation give what is printed, against a real server with the contracts of the tree."""

from __future__ import annotations

import difflib
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import serving
from test_docs import ROOT, Block, agree, blocks, steps

from avtal.server import keys as ring
from avtal.server.service import Settings

PAGES = [ROOT / "docs" / "server.md", ROOT / "README.md", ROOT / "README.en.md"]
SHOWN = [block for page in PAGES for block in blocks(page) if block.language == "console" and "curl" in block.text]
SETTINGS = Settings(contracts=ROOT / "contracts", workers=2)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving.running(SETTINGS) as found:
        yield found


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    token, key = ring.make("dokumentation", ["read"], ["*"], now=datetime(2026, 1, 1, tzinfo=UTC))
    ring.write(file, [key])
    with serving.running(SETTINGS, keys=file) as found:
        yield found, token


def asked(command: str, address: str, key: str) -> list[str]:
    """The lines that a curl command prints."""
    command = command.replace("http://localhost:8000", address).replace("$KEY", key)
    done = subprocess.run(shlex.split(command), cwd=ROOT, env=os.environ, capture_output=True, timeout=60, check=True)
    return [line.rstrip() for line in done.stdout.decode("utf-8").splitlines()]


@pytest.mark.parametrize("block", SHOWN, ids=str)
def test_a_curl_example_gives_what_is_printed(block: Block, address: str, keyed: tuple[str, str]) -> None:
    for command, shown in steps(block.text):
        if not command.startswith("curl "):
            continue
        printed = asked(command, *(keyed if "keys" in block.words else (address, "")))
        # An answer may be cut after a line of dots.
        pattern = [*shown, "…"] if shown and shown[-1].strip() == "…" else shown
        difference = "\n".join(difflib.ndiff(shown, printed[:40]))
        assert agree(pattern, printed), f"{block}: {command}\n{difference}"


def test_every_page_has_examples() -> None:
    assert {block.page for block in SHOWN} == set(PAGES)


def test_the_table_of_addresses_is_whole(address: str) -> None:
    import httpx

    page = (ROOT / "docs" / "server.md").read_text("utf-8")
    for path, item in httpx.get(f"{address}/v1/openapi.json").json()["paths"].items():
        shown = re.sub(r"\{(\w+_)?(id|name|code)\}", r"{\2}", path)
        for method in item:
            assert f"{method.upper()} {shown}" in page, f"{method} {path}"


def test_units_and_options_of_the_proxy_page_exist() -> None:
    page = (ROOT / "docs" / "server_proxy.md").read_text("utf-8")
    source = (ROOT / "avtal" / "commands" / "serve.py").read_text("utf-8")
    for option in set(re.findall(r"--[a-z-]+", page)) - {"--keys"}:
        assert f'"{option}"' in source, option
    for figure in set(re.findall(r"avtal_[a-z_]+", page)):
        assert figure.removesuffix("_total") in (Path(ROOT) / "avtal" / "server" / "watch.py").read_text("utf-8")
