"""Rows of a table kept as columns: they come back whole, are made when asked for, and nothing forged becomes one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from dsl.spans import NOWHERE, Span
from interpreter import core, lookup, types as t
from interpreter.columns import LARGEST, KeptLines, dated, plain_keys, same_places
from interpreter.facts import Cell
from interpreter.lookup import TableIndex
from interpreter.plain import ForgedError
from interpreter.store import decode_as, encode_as

LINES = "Sequence[TableLine]"
AT = Span("main", 1, 9)


def kept(lines: Sequence[core.TableLine]) -> KeptLines:
    found = decode_as(LINES, encode_as(LINES, tuple(lines), "main"), "main")
    assert isinstance(found, KeptLines)
    return found


def value(low: Cell) -> core.Matcher:
    return core.Matcher("value", low)


def line(key: Cell, *values: Cell, span: Span = AT, **days: date | None) -> core.TableLine:
    return core.TableLine((value(key),), values, days.get("start"), days.get("end"), span)


CELLS = st.none() | st.text(max_size=3) | st.booleans() | st.dates() | st.fractions(max_denominator=2 * LARGEST)
COLUMN = st.sampled_from([CELLS, st.text(max_size=3), st.fractions(), st.none() | st.fractions(max_denominator=100)])
MATCHERS = st.builds(value, CELLS) | st.builds(core.Matcher, st.sampled_from(["pattern", "band"]), CELLS, CELLS)
PLACES = st.builds(Span, st.sampled_from(["main", "other"]), st.integers(0, 9), st.integers(0, 9)) | st.just(NOWHERE)
DAYS = st.none() | st.dates()


@st.composite
def tables(draw: st.DrawFn) -> list[core.TableLine]:
    count = draw(st.integers(0, 4))

    def columns(of: Any, least: int) -> list[tuple[Any, ...]]:
        made = [draw(st.lists(draw(of), min_size=count, max_size=count)) for _ in range(draw(st.integers(least, 2)))]
        return list(zip(*made, strict=True)) if made else [()] * count

    keys = columns(st.sampled_from([MATCHERS, st.builds(value, st.text(max_size=2))]), 1)
    values = columns(COLUMN, 0)
    ends = [draw(st.tuples(DAYS, DAYS)) if draw(st.booleans()) else (None, None) for _ in range(count)]
    places = draw(st.lists(draw(st.sampled_from([PLACES, st.just(AT)])), min_size=count, max_size=count))
    parts = zip(keys, values, ends, places, strict=True)
    return [core.TableLine(k, v, start, end, place) for k, v, (start, end), place in parts]


@given(tables())
@settings(deadline=None)
def test_every_table_comes_back_to_the_last_field(lines: list[core.TableLine]) -> None:
    found = kept(lines)
    assert (found, hash(found)) == (tuple(lines), hash(tuple(lines)))
    assert tuple(lines) == found
    assert repr(tuple(lines)) == repr(found)
    assert [ln.span for ln in found] == [ln.span for ln in lines]
    assert [[type(c) for c in ln.values] for ln in found] == [[type(c) for c in ln.values] for ln in lines]
    assert list(plain_keys(kept(lines))) == list(plain_keys(lines))
    held = [ln for ln in lines if ln.start or ln.end]
    assert [ln for ln in dated(found) if ln.start or ln.end] == held
    assert found == kept(lines)


def test_a_row_is_one_thing_however_it_is_asked_for() -> None:
    found = kept([line("A", Fraction(1)), line("B", Fraction(2))])
    assert found[1] is found[-1] is found[0:2][1] is list(found)[1]
    with pytest.raises(IndexError):
        found[2]
    assert found != 1
    assert found != kept([line("A", Fraction(1)), line("B", Fraction(3))])
    assert found == kept([line(k, v, span=NOWHERE) for k, v in (("A", Fraction(1)), ("B", Fraction(2)))])


def test_a_look_up_makes_the_rows_that_it_finds() -> None:
    lines = kept([line(f"K{at}", Fraction(at, 7)) for at in range(50)])
    signature = t.Signature((t.ColumnType("k", "", t.Code()),), (t.ColumnType("v", "", t.Num()),))
    index = TableIndex(core.TableData(name="t", signature=signature, lines=lines))
    assert [found.values for found in index.find(("K8",))] == [(Fraction(8, 7),)]
    assert index.find(("K99",)) == []
    assert index.changes() == frozenset()
    assert list(lines._made) == [8]  # noqa: SLF001


GOOD = json.loads(encode_as(LINES, (line("A", Fraction(1, 2), start=date(2012, 1, 1)), line("B", None)), "main"))[1]
COUNT, KEYS, VALUES, STARTS, ENDS, WHERE = GOOD
PLACED = {"file": 0, "starts": [1, 2], "ends": [3, 4]}
WRONG: list[Any] = [
    None,
    [],
    GOOD[:-1],
    [*GOOD, 1],
    [3, *GOOD[1:]],
    [True, *GOOD[1:]],
    [COUNT, {}, *GOOD[2:]],
    [COUNT, KEYS, {}, *GOOD[3:]],
    [COUNT, [], *GOOD[2:]],
    [10**12, [], [], None, None, WHERE],
    [-1, [], [], None, None, WHERE],
    *([COUNT, [other], *GOOD[2:]] for other in ("AB", {}, {"each": "AB"}, {"each": [1.5, 2]}, {"each": [{}, {}]})),
    *([COUNT, [[["value", "A", None], other]], *GOOD[2:]] for other in (None, [1, "A", None], ["value", "A"], [1, 2])),
    *([COUNT, KEYS, [{"over": over, "each": [1, 2]}], *GOOD[3:]] for over in (0, -1, 1.5, True, "1", None)),
    *([COUNT, KEYS, [{"over": 1, "each": each}], *GOOD[3:]] for each in ([1], [1, "a"], [True, 1], [1.5, 1], 1)),
    [COUNT, KEYS, [{"over": 1}], *GOOD[3:]],
    *([COUNT, KEYS, VALUES, days, ENDS, WHERE] for days in (1, [1], [0, 1], [1, 10**9], [1, True], ["a", 1])),
    *([*GOOD[:-1], place] for place in (None, 1, [], {}, {"all": 1}, {"all": [9, 1, 1]}, {"each": [None]})),
    *([*GOOD[:-1], {**PLACED, name: other}] for name in PLACED for other in (None, "a", [1], [1, True], 9, [1.5, 2])),
]


@pytest.mark.parametrize("written", WRONG, ids=repr)
def test_what_is_forged_is_refused_before_a_row_is_asked_for(written: Any) -> None:
    with pytest.raises(ForgedError):
        decode_as(LINES, json.dumps([["main"], written]), "main")


def test_what_is_right_is_not_refused() -> None:
    for written in (GOOD, [*GOOD[:-1], PLACED]):
        assert len(tuple(decode_as(LINES, json.dumps([["main"], written]), "main"))) == COUNT


@pytest.mark.parametrize("made", [tuple, kept])
def test_the_one_row_that_always_holds_is_found_with_its_place(made: Any) -> None:
    """The same of rows that are things already as of rows that are kept as columns."""
    signature = t.Signature((t.ColumnType("k", "", t.Code()),), (t.ColumnType("v", "", t.Num()),))
    own = Span("main", 20, 30)
    lines = [line("A", Fraction(1)), line("B", Fraction(2), span=own), line("A", Fraction(3)), line("C", None)]
    table = TableIndex(core.TableData(name="list", signature=signature, lines=made(lines)))
    found = table.lasting(("B",))
    assert found is not None
    assert (found.values, found.name, found.span) == ({"v": Fraction(2)}, "list[B]", own)
    assert table.lasting(("B",)) is found
    empty = table.lasting(("C",))
    assert empty is not None
    assert empty.values == {"v": None}
    assert (table.lasting(("A",)), table.lasting(("D",))) == (None, None)


@pytest.mark.parametrize("made", [tuple, kept])
def test_a_row_that_holds_on_some_days_or_for_a_pattern_is_not_found_for_always(made: Any) -> None:
    signature = t.Signature((t.ColumnType("k", "", t.Code()),), (t.ColumnType("v", "", t.Num()),))
    lines = [line("A", Fraction(1), start=date(2012, 1, 1)), line("B", Fraction(2))]
    table = TableIndex(core.TableData(name="list", signature=signature, lines=made(lines)))
    assert table.lasting(("A",)) is None
    assert table.lasting(("B",)) is not None
    band = core.TableLine((core.Matcher("pattern", "I1"),), (Fraction(4),), None, None, AT)
    table = TableIndex(core.TableData(name="list", signature=signature, lines=made([*lines[1:], band])))
    found = table.lasting(("I10",))
    assert found is not None
    assert found.values == {"v": Fraction(4)}


def test_of_rows_with_bands_and_patterns_only_those_that_may_fit_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    names = (t.ColumnType("drg", "", t.Code()), t.ColumnType("age", "", t.FRACTION))
    signature = t.Signature(names, (t.ColumnType("v", "", t.Num()),))

    def band(low: int, high: int | None) -> core.Matcher:
        return core.Matcher("band", Fraction(low), None if high is None else Fraction(high))

    codes = [(value(f"D{at}"), ends) for at in range(100) for ends in (band(0, 17), band(18, None))]
    keys = [*codes, (core.Matcher("pattern", "P1"), band(0, 17)), (core.Matcher("pattern", "P1"), value(Fraction(18)))]
    keys += [(core.Matcher("pattern", f"R{at}"), band(0, None)) for at in range(10, 100)]
    lines = tuple(core.TableLine(own, (Fraction(at),), None, None, AT) for at, own in enumerate(keys))
    table = TableIndex(core.TableData(name="list", signature=signature, lines=lines))
    tried: list[Cell] = []

    def fits(matcher: core.Matcher, key: Cell) -> bool:
        tried.append(key)
        return usual(matcher, key)

    usual = lookup.fits
    monkeypatch.setattr(lookup, "fits", fits)
    asked = [("D7", 17), ("D7", 18), ("P12", 3), ("P12", 18), ("P12", 19), ("R42", 5), ("R4", 5)]
    found = [[lines.index(one) for one in table.find((code, Fraction(age)))] for code, age in asked]
    assert found == [[14], [15], [200], [201], [], [234], []]
    assert len(tried) <= 4 * len(asked)  # two keys of at most two rows


def test_rows_stand_in_the_same_places_or_do_not() -> None:
    rows = [line("a", Fraction(1)), line("b", Fraction(2))]
    moved = [line("a", Fraction(1)), line("b", Fraction(2), span=Span("main", 1, 10))]
    file = kept(rows).placed(Span("main", 5, 8))
    assert same_places(kept(rows), kept(rows))
    assert same_places(kept(rows), rows)
    assert same_places(file, kept(rows).placed(Span("main", 5, 8)))
    assert not same_places(kept(rows), kept(moved))
    assert not same_places(kept(rows), file)
