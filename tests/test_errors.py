"""Errors worth reading: every mistake is found on its line, once, in words that a reader of either language can use."""

from __future__ import annotations

from pathlib import Path

import pytest

import marked
from dsl.diagnostics import Diagnostic

HERE = Path(__file__).parent / "mistakes"
ENGLISH = (
    'contract "Agreement"\n  buyer "Region" code "R"\n  provider "Hospital" code "H"\n'
    "  period 2012-01-01 to 2013-12-31\n\nuse care\n\n"
)
SWEDISH = (
    'avtal "Överenskommelse"\n  beställare "Regionen" kod "R"\n  vårdgivare "Sjukhuset" kod "H"\n'
    "  period 2012-01-01 till 2013-12-31\n\nanvänd care\n\n"
)
CHUNKS = [
    *marked.chunks(HERE / "english.avtal", ENGLISH),
    *marked.chunks(HERE / "svenska.avtal", SWEDISH),
    *marked.chunks(HERE / "settling.avtal", ENGLISH.replace("2013-12-31", "2012-12-31")),
]


def texts(problem: Diagnostic) -> list[str]:
    """All that is ever shown of a problem."""
    return [text for language in ("sv", "en") for text in (problem.message(language), problem.help(language))]


@pytest.mark.parametrize("it", CHUNKS, ids=lambda it: it.title)
def test_a_mistake_is_found_once_where_it_stands(it: marked.Chunk, tmp_path: Path) -> None:
    found = marked.check(it, marked.library("tests/mistakes/library"), tmp_path)
    assert it.marks
    assert found.marks == it.marks
    for _, problem in found.problems:
        assert all("{" not in text and "}" not in text for text in texts(problem))
        assert all(problem.message(language) for language in ("sv", "en"))
