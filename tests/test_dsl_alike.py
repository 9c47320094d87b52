"""Nodes are equal by what they say, not by where they stand; their text names every field but the place."""

from __future__ import annotations

from fractions import Fraction

from dsl import nodes as n
from dsl.spans import Span
from interpreter import core, types as t

HERE, THERE = Span("a", 0, 1), Span("b", 5, 6)


def test_place_is_no_part_of_equality() -> None:
    assert n.Name("pris", span=HERE) == n.Name("pris", span=THERE)
    assert hash(n.Name("pris", span=HERE)) == hash(n.Name("pris", span=THERE))
    assert n.Name("pris") != n.Name("mål")


def test_two_classes_are_never_equal() -> None:
    assert n.Text("pris") != n.Name("pris")
    assert n.Name("pris").__eq__("pris") is NotImplemented


def test_a_field_may_stand_outside_equality() -> None:
    kind = t.Num()
    assert core.Const(Fraction(1), "1", type=kind) == core.Const(Fraction(1), "1,0", type=kind)
    assert core.Const(Fraction(1), type=kind) != core.Const(Fraction(2), type=kind)


def test_text() -> None:
    assert repr(n.Minus(n.Name("a", span=HERE), span=THERE)) == "Minus(of=Name(id='a'))"
