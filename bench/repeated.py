"""Contracts of the tree with their rows repeated: settled by DuckDB, beside the reference evaluator on a tenth of them.

    python -m bench.repeated --rows 100000
    python -m bench.repeated --rows 300000 hemtjanst faktura_utomlan

What tells a row from others (its key, the patient, what other rows refer to it by) is another in each repetition, so
that every rule meets as many rows for one patient as in the contract's own data. On the tenth, both must come to the
same amounts. Some contracts do not allow it: what they promise, or cap, holds for a few rows only, and their clauses
fail; they are looked for all the same.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence, Set as AbstractSet
from contextlib import closing
from pathlib import Path

from attrs import evolve

from avtal import portfolio
from avtal.contract import Contract, load
from avtal.engines.duck import DuckEngine
from avtal.engines.load import from_rows
from avtal.reading import Reading
from interpreter.facts import Fact, Kind, Row
from interpreter.settlement import Settlement

CONTRACTS = Path(__file__).resolve().parents[1] / "contracts"
MANY, SHARE, REFERRED = 20, 10, 3
"""How many values, and how many for a hundred rows, a column has that tells rows apart; how many of these values a
column has that refers to one."""
PEOPLE = frozenset({"patient", "person", "person_id", "client"})
"""Columns that tell people apart, however few there are."""

Rows = Mapping[str, Sequence[Row]]


def codes(fact: Fact, rows: Sequence[Row]) -> Iterator[tuple[str, AbstractSet[str]]]:
    """The columns of codes that are no party's and no indicator's, with their values."""
    for column in fact.columns:
        if column.kind is Kind.CODE and column.name not in (fact.provider, fact.buyer, fact.indicator):
            yield column.name, {code for row in rows if isinstance(code := row.cells.get(column.name), str)}


def telling(facts: Mapping[str, Fact], data: Rows) -> frozenset[str]:
    """The columns that tell rows apart, or refer to those that do."""
    found = {(name, column): own for name, rows in data.items() for column, own in codes(facts[name], rows)}
    many = {
        column: own
        for (name, column), own in found.items()
        if column in PEOPLE or len(own) > max(MANY, len(data[name]) * SHARE // 100)
    }
    values = frozenset().union(*many.values())
    return frozenset(many) | {
        column for (_, column), own in found.items() if len(own) > MANY and len(own & values) > REFERRED
    }


def repeated(facts: Mapping[str, Fact], data: Rows, rows: int) -> dict[str, list[Row]]:
    """So many rows, or somewhat fewer, made of others; a fact whose rows nothing tells apart stays as it is."""
    columns, times = telling(facts, data), max(1, rows // max(1, sum(map(len, data.values()))))
    found: dict[str, list[Row]] = {}
    for name, own in data.items():
        key = facts[name].keys
        apart = [c for c in columns if facts[name].column(c) is not None and (not key or not columns.isdisjoint(key))]
        found[name] = [_again(row, apart, turn, len(own)) for turn in range(times if apart else 1) for row in own]
    return found


def _again(row: Row, columns: Sequence[str], turn: int, rows: int) -> Row:
    if not turn:
        return row
    own = {name: f"{row.cells[name]}~{turn}" for name in columns if row.cells.get(name) is not None}
    return evolve(row, cells={**row.cells, **own}, line=row.line + turn * rows)


def settled(contract: Contract, reading: Reading) -> tuple[float, list[tuple[object, ...]]]:
    """How many seconds it takes to settle a contract, and what it comes to."""
    start = time.perf_counter()
    (found,) = portfolio.settle_all([contract], reading)
    if isinstance(found, Exception):
        raise found
    return time.perf_counter() - start, [amounts(one) for one in found]


def amounts(one: Settlement) -> tuple[object, ...]:
    """The amounts of a settlement, and what its clauses fail for."""
    own = [(c.key, c.status, c.amount, [cause.code for cause in c.failures]) for c in one.clauses]
    return one.start, one.provider, one.buyer, one.total, own


def by_query(contract: Contract, data: Rows) -> tuple[float, list[tuple[object, ...]]]:
    """The same with the rows in DuckDB."""
    with closing(DuckEngine()) as engine:
        facts = contract.program.facts
        return settled(contract, Reading(dataset=from_rows(facts, data, engine)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Contracts of the tree with their rows repeated.")
    parser.add_argument("names", nargs="*", help="folders below contracts/; all of them when none is given")
    parser.add_argument("--rows", type=int, default=100_000)
    asked = parser.parse_args()
    print("contract;rows;duckdb_s;us_a_row;reference_us_a_row")
    slowest = (0.0, "")
    for name in asked.names or sorted(path.parent.name for path in CONTRACTS.glob("*/contract.avtal")):
        contract = load(CONTRACTS / name)
        facts = contract.program.facts
        data = portfolio.read_for([contract]).data
        tenth, whole = (repeated(facts, data, rows) for rows in (asked.rows // 10, asked.rows))
        few, many = (sum(map(len, rows.values())) for rows in (tenth, whole))
        beside, expected = settled(contract, Reading(tenth))
        if by_query(contract, tenth)[1] != expected:
            raise SystemExit(f"{name}: DuckDB and the reference evaluator differ on {few} rows")
        took, _ = by_query(contract, whole)
        slowest = max(slowest, (took, name))
        print(f"{name};{many};{took:.2f};{took / many * 1e6:.1f};{beside / few * 1e6:.1f}", flush=True)
    print(f"slowest: {slowest[1]} {slowest[0]:.2f} s")


if __name__ == "__main__":
    main()
