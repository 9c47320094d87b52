"""What all tests share.

Generated examples are the same in every build, so that a red build is always about the change. To look for new
ones: `pytest --hypothesis-profile=explore`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["AVTAL_CACHE"] = "off"  # a test that is about it asks for a folder of its own
settings.register_profile("build", derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=5000, deadline=None, print_blob=True)
settings.load_profile("build")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="write what golden cases lead to now; look at the difference"
    )
    parser.addoption("--engine", default="duckdb", help="on which engine tests/test_engines.py settles")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare with the `.expected` file beside a case, or write it with `--update`."""

    def compare(case: Path, found: str) -> None:
        expected = case.with_suffix(".expected")
        if request.config.getoption("--update"):
            expected.write_text(found, "utf-8")
        assert expected.is_file(), f"{expected.name} is missing: run pytest --update and read what it writes"
        assert found == expected.read_text("utf-8")

    return compare


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C interrupts, even where the tests run as a background job, which shells start deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
