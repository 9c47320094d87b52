"""Lets at the margin of a library file are checked, used or not."""

from __future__ import annotations

import pytest

from interpreter.pipeline import analyse
from interpreter.sources import Sources

TABLE = "table t : a code -> b kr\n  | a | b    |\n  | A | 1 kr |\n"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("let limit (gräns) = 3\nlet twice = limit * 2\n", []),
        ("let twice = limit * 2\nlet limit = 3\n", ["AV103"]),
        ("let visits = 3\n", ["AV114"]),
        (TABLE + "let other (t) = 3\n", ["AV105"]),
        ("let one = 3\nlet one = 4\n", ["AV105"]),
        ("subtotal all_of = block\n", ["AV317"]),
        ("let one = 3 kr + 1 visit\n", ["AV201"]),
        ("let one =\n  when 1 < 2  then 3\n  otherwise   4\n", []),
    ],
)
def test_a_library_file(text: str, codes: list[str]) -> None:
    assert [d.code for d in analyse(Sources("m.avtal", text)).diagnostics] == codes
    contract = 'contract "A"\n  provider "B" code "B"\n  period 2012\n\nuse m\n'
    used = analyse(Sources("a.avtal", contract, beside={"m": text}))
    assert [d.code for d in used.diagnostics] == codes
