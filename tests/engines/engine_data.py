"""What the tests of engines share: the contracts with their rows, and rows taken back from an engine."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import avtal
from avtal.contract import Contract
from interpreter.facts import Cell, Kind
from interpreter.sets.relation import Dataset, Relation

CONTRACTS = Path(__file__).parents[2] / "contracts"
NAMES = sorted(path.parent.name for path in CONTRACTS.glob("*/contract.avtal") if (path.parent / "data").is_dir())

Plain = tuple[str, int, tuple[Cell, ...]]


def contract(name: str) -> Contract:
    return avtal.load(CONTRACTS / name)


def rows_back(dataset: Dataset, relation: Relation) -> list[Plain]:
    """The rows of a relation as the reference has them: file, line, cells; in the order of files and lines."""
    columns = list(relation.columns.values())
    names = ", ".join(column.sql for column in columns)
    found = dataset.engine.query(f"SELECT f, n, {names} FROM {relation.source}")
    rows: list[Plain] = []
    for f, n, *stored in found:
        cells: list[Cell] = []
        for column, value in zip(columns, stored, strict=True):
            if value is None:
                assert column.missing
                cells.append(None)
            elif column.kind is Kind.NUMBER:
                assert column.low <= value <= column.high
                cells.append(Fraction(value, column.scale))
            else:
                cells.append(value if column.codes is None else column.codes[value])
        rows.append((relation.files[f], n, tuple(cells)))
    assert len(rows) == relation.rows
    return sorted(rows, key=lambda row: row[:2])
