"""Laws of the meaning on generated values: rounding, lengths of time, sums, lookups, and both vocabularies."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from fractions import Fraction
from pathlib import Path

import marked
import pytest
from hypothesis import given, strategies as st

from dsl.formatter import format_module
from dsl.spans import NOWHERE
from interpreter import core, types as t
from interpreter.examples import run
from interpreter.lookup import TableIndex, code_between, fits
from interpreter.pipeline import analyse
from interpreter.settle import settle
from interpreter.settlement import Settlement
from interpreter.sources import Sources
from interpreter.values import Failure, add_months, length, round_to, whole_months

MODES = {"half_away": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "up": ROUND_UP, "down": ROUND_DOWN}
DAYS = st.dates(date(1990, 1, 1), date(2050, 12, 31))
HERE = Path(__file__).parent / "meaning"


@given(st.decimals(-(10**9), 10**9, places=4), st.integers(0, 3), st.sampled_from(sorted(MODES)))
def test_rounding_is_that_of_decimal_arithmetic(value: Decimal, places: int, mode: str) -> None:
    step = Decimal(1).scaleb(-places)
    expected = value.quantize(step, MODES[mode], Context(prec=40))
    assert round_to(Fraction(value), Fraction(step), mode) == Fraction(expected)


@given(st.fractions(), st.fractions(min_value=Fraction(1, 1000)), st.sampled_from(sorted(MODES)))
def test_rounding_gives_the_nearest_multiples_and_is_done_once(value: Fraction, step: Fraction, mode: str) -> None:
    rounded = round_to(value, step, mode)
    assert (rounded / step).denominator == 1
    assert round_to(rounded, step, mode) == rounded
    assert round_to(-value, step, mode) == -rounded
    assert abs(rounded - value) < step
    if mode.startswith("half"):
        assert abs(rounded - value) <= step / 2


@given(DAYS, DAYS, DAYS, st.sampled_from(["", "days"]))
def test_lengths_of_time_add_up(a: date, b: date, c: date, prorate: str) -> None:
    first, middle, last = sorted((a, b, c))
    following = middle + timedelta(days=1)
    if following > last:
        return
    days = [length(*part, "day", prorate, NOWHERE) for part in ((first, middle), (following, last), (first, last))]
    assert days[0] + days[1] == days[2]
    parts = [whole_months(*part) for part in ((first, middle), (following, last), (first, last))]
    if parts[0] is not None and parts[1] is not None:
        assert parts[0] + parts[1] == parts[2]
    if prorate == "" and parts[2] is None:
        with pytest.raises(Failure):
            length(first, last, "month", prorate, NOWHERE)


@given(st.integers(1990, 2050), st.integers(1, 12), st.integers(0, 40))
def test_whole_months_by_days_of_a_year_are_a_year(year: int, month: int, more: int) -> None:
    first = date(year, month, 1)
    last = add_months(first, more + 1, "", NOWHERE) - timedelta(days=1)
    assert whole_months(first, last) == more + 1
    whole_year = sum(
        length(date(year, m, 1), date(year, m, calendar.monthrange(year, m)[1]), "month", "days", NOWHERE)
        for m in range(1, 13)
    )
    assert whole_year == 12
    parts = length(date(year, 1, 1), date(year, 6, 15), "month", "days", NOWHERE) + length(
        date(year, 6, 16), date(year, 12, 31), "month", "days", NOWHERE
    )
    assert parts == 12


@given(DAYS, st.integers(-60, 60), st.sampled_from(["last", "following"]))
def test_months_go_to_the_same_day_or_where_the_contract_says(day: date, months: int, rule: str) -> None:
    there = add_months(day, months, rule, NOWHERE)
    if there.day == day.day:
        assert add_months(there, -months, rule, NOWHERE) == day or day.day > 28
    elif rule == "last":
        assert (there + timedelta(days=1)).day == 1
    else:
        assert there.day == 1


CODES = st.text("AB01", min_size=1, max_size=3)


@given(
    st.sets(CODES, max_size=6),
    st.sets(CODES, max_size=3),
    st.lists(st.integers(0, 30), max_size=4),
    CODES,
    st.integers(0, 40),
)
def test_a_lookup_finds_what_reading_all_rows_finds(
    plain: set[str], patterns: set[str], bounds: list[int], code: str, number: int
) -> None:
    keys = [core.Matcher("value", key) for key in sorted(plain)] + [
        core.Matcher("pattern", key) for key in sorted(patterns)
    ]
    bands = (
        [
            core.Matcher("band", Fraction(low), Fraction(high - 1) if high else None)
            for low, high in zip(sorted(set(bounds)), [*sorted(set(bounds))[1:], 0], strict=True)
        ]
        if bounds
        else []
    )
    for matchers, asked in ((keys, code), (bands, Fraction(number))):
        lines = tuple(core.TableLine((m,), (Fraction(at),), None, None, NOWHERE) for at, m in enumerate(matchers))
        data = core.TableData(name="t", signature=t.Signature((), ()), lines=lines)
        found = TableIndex(data).find((asked,))
        assert sorted(line.values for line in found) == sorted(
            line.values for line in lines if fits(line.keys[0], asked)
        )
        assert not any(fits(m, Fraction(1) if isinstance(asked, str) else "A") for m in matchers)


@given(CODES, CODES, CODES)
def test_a_range_of_codes_is_in_the_order_of_their_characters(code: str, low: str, high: str) -> None:
    assert code_between(code, f"{low}*", f"{high}*") == code_between(code, low, high)
    assert code_between(code, low, low + "*") == code.startswith(low)
    if code_between(code, low, high):
        assert code >= low
        assert code[: len(high)] <= high


# --- one meaning in two vocabularies

CONTRACTS = [chunk for file in sorted(HERE.glob("*.avtal")) for chunk in marked.chunks(file, "")]


def outcome(text: str, library: Mapping[str, str]) -> list[tuple[object, ...]]:
    analysed = analyse(Sources("case.avtal", text, library=library))
    assert analysed.program is not None
    results = run(analysed.program, analysed.program.examples)
    settlements = settle(analysed.program, {name: [] for name in analysed.program.facts})
    return [(r.name, r.ok, [d.code for d in r.diagnostics]) for r in results] + [seen(s) for s in settlements]


def seen(s: Settlement) -> tuple[object, ...]:
    """All that a settlement says, by the keys and labels that are the same in either vocabulary."""
    clauses = [(c.key, c.amount, c.status, [(ln.label, ln.row, ln.amount) for ln in c.lines]) for c in s.clauses]
    return (s.start, s.end, s.total, clauses, [cause.code for cause in s.failures], s.subtotals)


@pytest.mark.parametrize("it", CONTRACTS, ids=lambda it: it.title)
def test_the_same_contract_in_either_vocabulary_settles_alike(it: marked.Chunk) -> None:
    library = marked.library("tests/meaning/library")
    head = 'contract "Case"\n  provider "Hospital" code "H"\n  period 2012\n\nuse care\n\n'
    text = it.text if "vårdgivare" in it.text or "provider " in it.text else head + it.text
    analysed = analyse(Sources("case.avtal", text, library=library))
    if not analysed.sound:
        assert it.marks or 'file "' in text
        return
    assert analysed.program is not None
    first = outcome(text, library)
    for at, to in enumerate(("en", "sv", "en")):
        analysed = analyse(Sources("case.avtal", text, library=library))
        rename = {span: names[at % 2] for span, names in analysed.uses.items() if span.file == "case.avtal"}
        text = format_module(analysed.module, to=to, rename=rename)
        assert outcome(text, library) == first
