"""A stranger's text can't make a regular expression run away: each takes time in proportion to what it reads."""

from __future__ import annotations

import re

import pytest
from hostile_texts import LONG, Expression, expressions, slow, sources

from dsl.highlight import AvtalLexer
from dsl.tables import tables

MADE = {
    "dsl.tables: '|'.join((f'(?P<{name}>{pattern})' for name, pattern in data['terminals']))": [tables().lexer.pattern],
    r"interpreter.declare: f'^(?:{_MADE})[ (\\w]*\\b{word}\\b'": [r"^(?:form|model)[ (\w]*\bfacts\b"],
    "avtal.reading.numerals: f'[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}})+'": [
        rf"[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}})+" for sign in (r"\.", ",", "[ \u00a0\u202f\u2009]")
    ],
}
"""Expressions that are made of values which only a run knows: where, and what they are."""

BOUNDED = {"avtal.reading.matching._UNIT_IN_HEADING": 200}
"""Expressions that are only ever shown texts of so many signs, cut where they are used."""

FOUND = list(expressions(sources("dsl", "interpreter", "avtal"), MADE))
COLOURED = [
    Expression(f"dsl.highlight: {state} {at}", reads.__self__, anywhere=False)
    for state, rules in AvtalLexer()._tokens.items()  # noqa: SLF001 - Pygments shows its expressions nowhere else
    for at, (reads, *_) in enumerate(rules)
]


def test_the_expressions_of_every_part_are_found() -> None:
    places = {it.place for it in FOUND}
    assert len(places) > 80
    assert {"dsl.slips._DIGITS", "interpreter.tables._BAND", "avtal.reading.cells._DATE", *BOUNDED} <= places
    assert any(it.anywhere for it in FOUND)
    assert COLOURED


@pytest.mark.parametrize("it", [*FOUND, *COLOURED], ids=lambda it: it.place)
def test_an_expression_takes_time_in_proportion_to_the_text(it: Expression) -> None:
    assert slow(it, BOUNDED.get(it.place, LONG)) == ""


@pytest.mark.parametrize(
    ("pattern", "anywhere"),
    [
        ("(?:a+)+", False),
        ("(?:a|a)*b", False),
        ("a*a*b", False),
        ("[0-9]+(?:[ .,]?[0-9]+)*", False),
        (r"x(?:\w+\s?)*;", False),
        (r"\s+$", True),
        ("(?:ab|a|b)*c", False),
        (rb"(?:[0-9]+,?)*;", False),
    ],
)
def test_an_expression_that_runs_away_is_found(pattern: str | bytes, *, anywhere: bool) -> None:
    assert slow(Expression("x", re.compile(pattern), anywhere), LONG)


@pytest.mark.parametrize("pattern", ["[0-9](?:[ .,]?[0-9])*", r"\s*(?:a|b)+\s*", "(?:[0-9]+,)*[0-9]+", '"[^"]*"'])
def test_an_expression_that_is_linear_passes(pattern: str) -> None:
    assert slow(Expression("x", re.compile(pattern), anywhere=False), LONG) == ""
