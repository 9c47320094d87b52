"""Numbers are shown exactly: rounded only where it is said, half away from zero, and never by way of floating point."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from attrs import evolve
from babel.numbers import get_decimal_symbol, get_minus_sign_symbol
from hypothesis import given, strategies as st

from avtal.rendering.numbers import MINUS, amount, decimal_sign, exact, half_away, kronor, ore, plain
from avtal.rendering.values import number, value
from interpreter import types as t
from interpreter.units import CORE_UNITS, KRONA, PERCENT, Unit, unit_name

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("0", "0,00"),
        ("1234567.89", f"1{NBSP}234{NBSP}567,89"),
        ("-1234.5", f"−1{NBSP}234,50"),
        ("0.005", "0,01"),
        ("-0.005", "−0,01"),
        ("-0.004", "0,00"),
        ("999.995", f"1{NBSP}000,00"),
        (
            "123456789012345678901234567890.12",
            f"123{NBSP}456{NBSP}789{NBSP}012{NBSP}345{NBSP}678{NBSP}901{NBSP}234{NBSP}567{NBSP}890,12",
        ),
    ],
)
def test_amounts_as_swedes_write_them(found: str, shown: str) -> None:
    assert amount(Fraction(found), "sv") == shown


def test_english_differs_in_the_decimal_sign_only() -> None:
    assert kronor(Fraction("1234.5"), "en") == f"1{NBSP}234.50{NBSP}kr"
    assert kronor(Fraction("1234.5"), "sv") == f"1{NBSP}234,50{NBSP}kr"


def test_the_signs_are_those_of_the_country() -> None:
    assert (decimal_sign("sv"), decimal_sign("en")) == (get_decimal_symbol("sv_SE"), get_decimal_symbol("en"))
    assert get_minus_sign_symbol("sv_SE") == MINUS


@pytest.mark.parametrize(
    ("found", "shown"),
    [(Fraction(1, 3), "0,333333…"), (Fraction(-2, 3), "−0,666666…"), (Fraction(3, 2), "1,5"), (Fraction(7), "7")],
)
def test_what_is_cut_off_is_told(found: Fraction, shown: str) -> None:
    assert exact(found, "sv") == shown


def test_an_amount_finer_than_ore_is_not_rounded() -> None:
    assert kronor(Fraction("1.005"), "sv") == f"1,005{NBSP}kr"


@pytest.mark.parametrize(
    ("found", "places", "shown"),
    [
        (Fraction("1234.5"), 2, "1234.50"),
        (Fraction(-1, 8), 2, "-0.125"),
        (Fraction(-1, 8), 0, "-0.125"),
        (Fraction(7), 0, "7"),
        (Fraction(7), 2, "7.00"),
        (Fraction(1, 3), 2, "1/3"),
        (Fraction(-22, 7), 2, "-22/7"),
        (Fraction(0), 2, "0.00"),
    ],
)
def test_numbers_for_machines(found: Fraction, places: int, shown: str) -> None:
    assert plain(found, places) == shown


@given(st.fractions(min_value=-(10**12), max_value=10**12))
def test_a_machine_reads_back_the_very_number(found: Fraction) -> None:
    assert Fraction(plain(found, 2)) == found


@given(st.fractions(min_value=-(10**12), max_value=10**12), st.sampled_from([1, 2, 3, 50, 10**6]))
def test_an_amount_with_factors_in_common_is_the_same_amount(found: Fraction, factor: int) -> None:
    for amount_ in (found, Fraction(round(found * 100), 100)):
        assert ore(amount_.numerator * factor, amount_.denominator * factor) == plain(amount_, 2)


@given(st.fractions(min_value=-(10**12), max_value=10**12, max_denominator=10**6), st.integers(0, 6))
def test_rounding_is_that_of_decimal_half_up(found: Fraction, places: int) -> None:
    with localcontext(prec=60):
        nearest = (Decimal(found.numerator) / Decimal(found.denominator)).quantize(
            Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP
        )
    assert Fraction(half_away(found, places), 10**places) == Fraction(nearest)


def test_values_in_their_units() -> None:
    assert number(Fraction(7, 8), PERCENT, "sv") == f"87,5{NBSP}%"
    assert number(Fraction(84_000_000), CORE_UNITS["mkr"], "sv") == f"84{NBSP}000{NBSP}000,00{NBSP}kr"
    rate = KRONA / Unit((("drg_point", 1),), Fraction(1), "drg_point")
    assert number(Fraction(41250), rate, "sv", {"drg_point": ("drg_point", "drg_poäng")}) == (
        f"41{NBSP}250{NBSP}kr/drg_poäng"
    )
    for found, name, swedish, english in (
        (1, "months", "1 månad", "1 month"),
        (24, "month", "24 månader", "24 months"),
        (6, "dygn", "6 dygn", "6 days"),
        (Fraction(1, 2), "visit/year", "0,5 besök/år", "0.5 visits/year"),
    ):
        kind = evolve(CORE_UNITS["point"], name=name)
        assert number(Fraction(found), kind, "sv").replace(NBSP, " ") == swedish
        assert number(Fraction(found), kind, "en").replace(NBSP, " ") == english
    assert unit_name("kr/visits", "sv") == "kr/besök"
    assert unit_name("kr/besök", "en") == "kr/visit"


def test_words_of_a_choice_follow_the_language() -> None:
    choice = t.Choice((("whole", "hel"), ("excess", "")))
    assert (value("whole", choice, "sv"), value("whole", choice, "en")) == ("hel", "whole")
    assert value("excess", choice, "sv") == "excess"
    assert [value(found == 1, None, "sv") for found in (1, 2)] == ["ja", "nej"]


def test_a_text_cannot_steer_a_terminal() -> None:
    assert value("a\x1b[31mb", None, "sv") == "a\\u001b[31mb"
