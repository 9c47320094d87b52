"""Every exact number, in any Swedish or English form, is read back exactly; no text makes the reader stumble."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from avtal.reading import read_data
from avtal.reading.cells import CellReader, NumberReader, Undecided
from avtal.reading.numerals import Numeral, Refused, numeral, show
from interpreter.facts import Column, Fact, Kind
from interpreter.units import CORE_UNITS, KRONA, PERCENT, Unit

AMOUNT = Column(name="amount", kind=Kind.NUMBER, unit=KRONA)
PAYMENT = Fact(name="payment", columns=(Column(name="id", kind=Kind.CODE), AMOUNT), keys=("id",))
MONEY = ["", "kr", "öre", "tkr", "mkr"]


@st.composite
def written(draw: st.DrawFn, decimal: str) -> tuple[str, Fraction]:
    """A number's text with `decimal` as decimal sign, never one that could be read in two ways; and its value."""
    decimals = draw(st.integers(0, 6))
    digits = draw(st.integers(0, 10 ** (18 + decimals) - 1))
    whole, rest = divmod(digits, 10**decimals)
    unit = draw(st.sampled_from(MONEY))
    minus = draw(st.sampled_from(["", "-", "\u2212"]))
    other = "." if decimal == "," else ","
    grouping = draw(st.sampled_from(["", " ", "\u00a0", "\u202f", other]))
    if grouping == other and not (decimals and whole >= 1000) and whole < 1000000:
        grouping = " "
    body = f"{whole:,}".replace(",", grouping)
    if decimals:
        body += f"{decimal}{rest:0{decimals}d}"
    blank = draw(st.sampled_from(["", " ", "\u00a0"])) if unit else ""
    value = Fraction(digits, 10**decimals) * (CORE_UNITS[unit].factor if unit else 1)
    return minus + body + blank + unit, -value if minus else value


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("numbers")


@given(data=st.data(), decimal=st.sampled_from([",", "."]), encoding=st.sampled_from(["utf-8", "utf-16"]))
@settings(max_examples=150)
def test_round_trip(folder: Path, data: st.DataObject, decimal: str, encoding: str) -> None:
    cells = data.draw(st.lists(written(decimal), min_size=1, max_size=8))
    # One cell that proves the sign, somewhere, decides for those with three decimals.
    proof = data.draw(st.integers(0, len(cells)))
    cells.insert(proof, (f"0{decimal}5", Fraction(1, 2)))
    lines = ["id;amount", *(f"{i};{text}" for i, (text, _) in enumerate(cells))]
    (folder / "payments.csv").write_text("\n".join(lines), encoding=encoding)
    reading = read_data([folder], [PAYMENT])
    assert [p.text("en") for p in reading.problems] == []
    assert [row.cells["amount"] for row in reading.data["payment"]] == [value for _, value in cells]


@given(whole=st.integers(1, 999), rest=st.integers(0, 999), sign=st.sampled_from(",."))
def test_three_digits_after_a_lone_sign_are_undecided(whole: int, rest: int, sign: str) -> None:
    found = numeral(f"{whole}{sign}{rest:03d}")
    assert found == Numeral(Fraction(whole * 1000 + rest, 1000), undecided=sign)
    alone = NumberReader(AMOUNT)
    answer = alone(f"{whole}{sign}{rest:03d}", 2)
    assert isinstance(answer, Undecided)
    assert alone.decide(answer, "") == Refused("AVD22")
    assert alone.decide(answer, "," if sign == "." else ".") == Refused("AVD22")
    assert alone.decide(answer, sign) == Fraction(whole * 1000 + rest, 1000)


KINDS = st.sampled_from([Kind.NUMBER, Kind.CODE, Kind.TEXT, Kind.DATE, Kind.BOOL, Kind.CHOICE])
NEARLY = st.text(st.sampled_from("0123456789.,-()−– \u00a0kr%eE+:T\u200b"), max_size=30)


@given(kind=KINDS, text=st.one_of(NEARLY, st.text(max_size=30)), tag=st.sampled_from(["", "t"]))
def test_any_text_is_read_or_refused(kind: Kind, text: str, tag: str) -> None:
    column = Column(name="x", kind=kind, optional=True, choices=(("a", "b"),) if kind is Kind.CHOICE else ())
    maker: Callable[..., CellReader] = NumberReader if kind is Kind.NUMBER else CellReader
    answer = maker(column, tagged=bool(tag))(tag + text, 1)
    allowed: dict[Kind, type | tuple[type, ...]] = {
        Kind.NUMBER: (Fraction, Undecided),
        Kind.CODE: str,
        Kind.TEXT: str,
        Kind.DATE: date,
        Kind.BOOL: bool,
        Kind.CHOICE: str,
    }
    assert isinstance(answer, (Refused, allowed[kind])) or (answer is None and not text.strip())
    if kind in (Kind.CODE, Kind.TEXT) and isinstance(answer, str):
        assert answer == text.strip()


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (Fraction(7, 8), PERCENT, "87.5 %"),
        (Fraction(-5, 2), KRONA, "-2.5 kr"),
        (Fraction(1, 3), Unit(()), "1/3"),
        (Fraction(0), KRONA, "0 kr"),
        (Fraction(-1, 100), KRONA, "-0.01 kr"),
    ],
)
def test_ranges_are_shown_in_the_unit_of_the_column(value: Fraction, unit: Unit, expected: str) -> None:
    assert show(value, unit) == expected
