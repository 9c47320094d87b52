"""Facts as plain data, for another process and for hashing, and back again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from interpreter.facts import Column, Fact, Kind
from interpreter.units import Unit


def plain_fact(fact: Fact) -> dict[str, Any]:
    """Everything that a fact says, as JSON has it."""
    return {
        "name": fact.name,
        "swedish": fact.swedish,
        "columns": [_plain_column(column) for column in fact.columns],
        "keys": list(fact.keys),
        "dated": fact.dated,
        "provider": fact.provider,
        "buyer": fact.buyer,
        "counts": _plain_unit(fact.counts),
    }


def fact_from(plain: Mapping[str, Any]) -> Fact:
    """The fact that `plain_fact` made this of."""
    return Fact(
        name=plain["name"],
        swedish=plain["swedish"],
        columns=tuple(_column(column) for column in plain["columns"]),
        keys=tuple(plain["keys"]),
        dated=plain["dated"],
        provider=plain["provider"],
        buyer=plain["buyer"],
        counts=_unit(plain["counts"]),
    )


def digest(*things: object) -> str:
    """SHA-256 of plain data in their one canonical spelling."""
    text = json.dumps(things, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain_column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "swedish": column.swedish,
        "kind": column.kind.value,
        "unit": _plain_unit(column.unit),
        "optional": column.optional,
        "low": None if column.low is None else str(column.low),
        "high": None if column.high is None else str(column.high),
        "choices": [list(pair) for pair in column.choices],
    }


def _column(plain: Mapping[str, Any]) -> Column:
    return Column(
        name=plain["name"],
        swedish=plain["swedish"],
        kind=Kind(plain["kind"]),
        unit=_unit(plain["unit"]),
        optional=plain["optional"],
        low=None if plain["low"] is None else Fraction(plain["low"]),
        high=None if plain["high"] is None else Fraction(plain["high"]),
        choices=tuple((english, swedish) for english, swedish in plain["choices"]),
    )


def _plain_unit(unit: Unit) -> dict[str, Any]:
    return {"dimension": [list(pair) for pair in unit.dimension], "factor": str(unit.factor), "name": unit.name}


def _unit(plain: Mapping[str, Any]) -> Unit:
    dimension = tuple((base, exponent) for base, exponent in plain["dimension"])
    return Unit(dimension, Fraction(plain["factor"]), plain["name"])
