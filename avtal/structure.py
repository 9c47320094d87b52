"""Answers ⇄ JSON, by cattrs: what `to_json` writes is what `-O json` prints and the HTTP interface sends.

Guarantees: the same answer gives the same bytes; a fraction is an exact decimal text, a day `YYYY-MM-DD`. What is read
must have exactly the types that are declared: no text is taken for a number, and no unknown key passes.
"""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

import cattrs
from attrs import fields as attrs_fields
from cattrs.gen import make_dict_unstructure_fn, override

from avtal.answers import DaysGiven, Given, MissingGiven, RowGiven, SettledClause
from avtal.rendering.numbers import plain

T = TypeVar("T")
UNASKED = {"lines": override(omit_if_default=True), "rounding": override(omit_if_default=True)}


@cache
def converter() -> cattrs.Converter:
    """The converter that all answers go through."""
    made = cattrs.Converter(forbid_extra_keys=True, prefer_attrib_converters=False)
    made.register_unstructure_hook(Fraction, lambda amount: plain(amount, 2))
    made.register_unstructure_hook(date, str)
    for kind in (str, int, bool):
        made.register_structure_hook(kind, _exactly)
    made.register_structure_hook_func(lambda kind: kind == Given, lambda value, _: _given(value, made))
    made.register_unstructure_hook(SettledClause, make_dict_unstructure_fn(SettledClause, made, **UNASKED))  # type: ignore[arg-type]
    return made


def _exactly(value: object, kind: type) -> object:
    """A value that has just this type: `True` is no number, and `"5"` is no five."""
    if type(value) is not kind:
        raise TypeError(kind.__name__)
    return value


def _given(value: object, made: cattrs.Converter) -> object:
    """What a clause gives: text, yes/no, nothing, or one of three small classes, told apart by their fields."""
    if value is None or type(value) in (str, bool):
        return value
    kinds = (DaysGiven, MissingGiven, RowGiven)
    fields = frozenset(value) if isinstance(value, dict) else frozenset()
    kind = next((kind for kind in kinds if fields == frozenset(f.name for f in attrs_fields(kind))), None)
    if kind is None:
        raise TypeError("given")
    return made.structure(value, kind)


def to_data(answer: object) -> Any:
    """An answer as dictionaries, lists, texts, whole numbers, yes/no and nothing."""
    return converter().unstructure(answer)


def to_json(answer: object) -> str:
    """An answer as a JSON text with a line end."""
    return json.dumps(to_data(answer), ensure_ascii=False, indent=2) + "\n"


def from_data(kind: type[T], data: object) -> T:
    """An object of an attrs class from dictionaries and lists.

    Raises:
        cattrs.ClassValidationError: the data have another shape; `cattrs.transform_error` tells where.
    """
    return converter().structure(data, kind)
