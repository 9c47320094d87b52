"""The meaning of the language by small cases with figures worked out by hand: `tests/meaning/*.avtal`.

A chunk is a contract, or what stands in one; its examples run. A mark `#! AV504` at the end of a line is a problem that
must be found there: of the text itself, or, on a line `expect … = unsettled`, why that clause was not settled.
Every case comes out the same by expressions that are made into functions once, as the set engine has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import marked
import pytest

from dsl.spans import place
from interpreter import core
from interpreter.examples import played, run_example
from interpreter.pipeline import analyse
from interpreter.sets.expressions import Quick
from interpreter.sources import Sources, Unreadable

HERE = Path(__file__).parent / "meaning"
HEAD = (
    'contract "Case"\n  buyer "Region" code "R"\n  provider "Hospital" code "H"\n'
    "  period 2012-01-01 to 2012-12-31\n\nuse care\n\n"
)
CHUNKS = [chunk for file in sorted(HERE.glob("*.avtal")) for chunk in marked.chunks(file, HEAD)]
TABLES = {"prices.csv": [["code", "price"], ["A", "100 kr"], ["B*", "12,50 kr"], ["C", "−1 000,5"]]}


def causes(program: core.Program, example: core.Example) -> Iterator[tuple[int, str]]:
    """Why each clause that is expected to be unsettled was not settled, as (place in the text, code)."""
    waiting = [(left, span) for left, right, _, span in example.expects if right is None]
    if waiting:
        results = played(program, example).results
        for left, span in waiting:
            for key in left.clauses if isinstance(left, core.Amount) else ():
                yield from ((span.start, cause.code) for cause in results[key].failures)


@pytest.mark.parametrize("it", CHUNKS, ids=lambda it: it.title)
@pytest.mark.parametrize("quick", [False, True], ids=["reference", "quick"])
def test_case(it: marked.Chunk, quick: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    if quick:
        monkeypatch.setattr("interpreter.settle.evaluate", Quick().value)

    def cells(name: str) -> list[list[str]] | Unreadable:
        return TABLES.get(name) or Unreadable(name)

    modules = marked.library("tests/meaning/library")
    analysed = analyse(Sources("chunk.avtal", it.text, library=modules, cells=cells))
    text = analysed.texts["chunk.avtal"]
    found = {(place(text, d.span).line, d.code) for d in analysed.diagnostics}
    said = [d.message("en") for d in analysed.diagnostics]
    program = analysed.program
    if analysed.sound and program is not None:
        assert it.marks or program.examples
        for example in program.examples:
            assert example.expects
            result = run_example(program, example)
            said += [d.message("en") for d in result.diagnostics]
            found |= {(place(text, d.span).line, d.code) for d in result.diagnostics}
            found |= {(text.count("\n", 0, start) + 1, code) for start, code in causes(program, example)}
    assert sorted(found) == sorted(set(it.marks)), said
