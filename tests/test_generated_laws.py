"""Laws of settling on generated contracts with data (tests/agree): what must hold whatever a contract says.

`GENERATED=5000 pytest tests/test_generated_laws.py` tries more of them.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from fractions import Fraction
from random import Random

import pytest
from agree import flows, saved
from agree.compare import difference, plain
from agree.contracts import Case, make
from agree.coverage import CONTEXTS, counted
from agree.settling import by_names_of, reference
from attrs import evolve

from dsl.formatter import format_module
from interpreter import core
from interpreter.declare import Sources
from interpreter.pipeline import Analysed, analyse

COUNT = int(os.environ.get("GENERATED", "150"))
SPARSE = {"Absorbed"}
CODE_PLACE = re.compile(r"indicator .*")


def analysed(case: Case) -> Analysed:
    return analyse(Sources("case.avtal", case.text))


CASES = [(case, analysed(case)) for case in map(make, range(COUNT))]
SOUND = [(case, found) for case, found in CASES if found.sound]


def test_most_generated_contracts_are_right_and_a_third_fail_on_their_data() -> None:
    assert len(SOUND) > 0.95 * len(CASES)
    failing = [any(s.failures for s in reference(case, found)) for case, found in SOUND]
    assert 0.25 < sum(failing) / len(SOUND) < 0.6


def test_every_kind_of_expression_is_generated_where_rows_are_seen() -> None:
    found: Counter[tuple[str, str]] = Counter()
    for _, one in SOUND:
        assert one.program is not None
        found.update(counted(one.program))
    kinds = {kind.__name__ for kind in core.Node.__subclasses__()} - {"Absorbed"}
    seen = {name for name, _ in found}
    named = {"Aggregate", "Pick", "Logic", "Compare", "Call", "Multiply"}  # the table tells these apart
    assert kinds - named - seen == set()
    assert {where for _, where in found} == set(CONTEXTS)
    for name in ("ColumnRef", "Const", "Add", "multiply", "divide", "Cases", "Else", "=", "and", "sum", "Param"):
        assert {c for c in ("row", "group", "where") if not found[name, c]} == set(), name


def test_the_order_of_rows_and_the_files_they_stand_in_change_nothing() -> None:
    random = Random(1)  # noqa: S311
    for case, found in SOUND:
        data = {}
        for fact, rows in case.data.items():
            moved = random.sample(rows, len(rows))
            data[fact] = tuple(evolve(r, file=random.choice("abc"), line=i) for i, r in enumerate(moved))
        expected, other = (reference(c, found) for c in (case, evolve(case, data=data)))
        for one, two in zip(expected, other, strict=True):
            a, b = plain(one, lines=False, places=False), plain(two, lines=False, places=False)
            assert _sorted(a) == _sorted(b), case.seed


def _sorted(found: dict[str, object]) -> object:
    """Without the order of failures, which is that of rows where their keys are alike."""
    return {name: sorted(map(repr, value)) if name == "failures" else _clauses(value) for name, value in found.items()}


def _clauses(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {
        k: {**v, "failures": sorted(map(repr, v["failures"]))} if isinstance(v, dict) else v for k, v in value.items()
    }


def test_swedish_and_english_texts_mean_the_same() -> None:
    for case, found in SOUND:
        assert found.program is not None
        if any(not f.keys and any(c.choices for c in f.columns) for f in found.program.facts.values()):
            continue  # rows that no key tells apart are in the order of their cells, a choice by its first word
        rename = {span: names[1] for span, names in found.uses.items()}
        text = format_module(found.module, "sv", rename)
        swedish = analyse(Sources("case.avtal", text))
        assert [d.code for d in swedish.diagnostics if d.is_error] == [], case.seed
        assert swedish.program is not None
        data = by_names_of(case.data, swedish.program.facts)
        one, two = reference(case, found), reference(evolve(case, data=data), swedish)
        assert [s.total for s in one] == [s.total for s in two], case.seed
        for a, b in zip(one, two, strict=True):
            assert [(c.status, c.amount, c.exact) for c in a.clauses] == [
                (c.status, c.amount, c.exact) for c in b.clauses
            ]
            assert [f.code for f in a.failures] == [f.code for f in b.failures], case.seed


def test_a_year_of_rows_is_the_sum_of_its_months() -> None:
    settled = 0
    for case in map(flows.make, range(COUNT)):
        year, months = (
            reference(case, analysed(one))
            for one in (case, evolve(case, text=case.text.replace("  rounding", "  settle monthly\n  rounding")))
        )
        whole = [c.exact for s in year for c in s.clauses]
        parts = [c.exact for s in months for c in s.clauses]
        assert (None in whole) == (None in parts), case.seed
        if None not in whole:
            settled += 1
            assert sum(w or Fraction(0) for w in whole) == sum(p or Fraction(0) for p in parts), case.seed
    assert settled > COUNT / 3


@pytest.mark.parametrize("case", saved.all_found(), ids=lambda case: str(case.seed))
def test_what_was_found_before_is_settled_again(case: Case) -> None:
    found = analysed(case)
    assert found.sound
    assert difference(reference(case, found), reference(case, found)) == []
