"""Columns of numbers and of texts as text: what they look like, that they come back, and what is taken for none."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from hypothesis import given, strategies as st

from interpreter.packed import joined, packed, unjoined, unpacked
from interpreter.plain import ForgedError

NUMBERS = st.integers(-300, 300) | st.integers(-(2**63), 2**63 - 1) | st.integers(-(2**70), 2**70)


@given(st.lists(NUMBERS))
def test_a_column_comes_back(numbers: list[int]) -> None:
    written = packed(numbers)
    assert list(unpacked(json.loads(json.dumps(written)))) == numbers
    assert isinstance(written, list) == any(not -(2**63) <= number < 2**63 for number in numbers)


def test_a_column_takes_the_bytes_that_its_largest_number_needs() -> None:
    """Base 64 of the bytes of each number, by hand where the lowest of them comes first."""
    assert packed([]) == "b"
    assert packed([1, -128]) == "bAYA="
    assert packed([1, 128]) == ("hAQCAAA==" if sys.byteorder == "little" else "hAAEAgA==")
    assert [packed([edge])[0] for edge in (32767, -32769, 2**31, -(2**63))] == ["h", "i", "q", "q"]
    assert packed([2**63]) == [2**63]


@pytest.mark.parametrize("raw", [None, 1, {}, "", "x", "hAA==", "bAA", "b%%%%", "bå", "b AA==", [True], [1.0], ["1"]])
def test_what_is_no_column_is_refused(raw: Any) -> None:
    with pytest.raises(ForgedError):
        unpacked(raw)


@given(st.sampled_from("bhiqx"), st.text(alphabet="AQgw/+=", max_size=24))
def test_a_changed_column_is_refused_or_whole_numbers(letter: str, text: str) -> None:
    try:
        found = unpacked(letter + text)
    except ForgedError:
        return
    assert all(type(number) is int for number in found)


@given(st.lists(st.text(alphabet="a,% 1|å", max_size=5)))
def test_texts_come_back(texts: list[str]) -> None:
    found = unjoined(json.loads(json.dumps(joined(texts))))
    assert len(found) == len(texts)
    assert list(found) == texts
    assert [found[at] for at in range(len(texts))] == texts
    assert isinstance(joined(texts), list) == any("|" in text for text in texts)


def test_texts_are_joined_with_a_mark_after_each() -> None:
    assert joined([]) == ""
    assert joined(["50,6%", "", "a"]) == "50,6%||a|"
    assert joined(["a|b"]) == ["a|b"]


@pytest.mark.parametrize("raw", [None, 1, {}, "a", "a|b", [1], ["a", None]])
def test_what_are_no_texts_is_refused(raw: Any) -> None:
    with pytest.raises(ForgedError):
        unjoined(raw)
