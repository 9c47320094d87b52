"""Whether the data have a row with a key, where that is found without reading them all."""

from __future__ import annotations

from avtal.contract import Contract
from avtal.portfolio import indexes_of
from avtal.reading import Reading
from interpreter.facts import Kind, Row
from interpreter.scopes import row_name

AT_HAND = 100_000
"""So many rows of a fact at most are looked through where its key is no single code."""


def keyed(contract: Contract, reading: Reading, key: str) -> list[Row] | None:
    """The rows that have a key; `None` where there may be more, among rows too many to look through.

    Args:
        contract: what declares the facts.
        reading: its data.
        key: as payment lines have it.
    """
    found: list[Row] = []
    whole = True
    for index in indexes_of(contract.program, reading).values():
        fact = index.fact
        columns = [fact.column(name) for name in fact.keys]
        if len(columns) == 1 and columns[0] is not None and columns[0].kind in (Kind.CODE, Kind.TEXT, Kind.CHOICE):
            found += index.having(fact.keys[0], key)
        elif index.size() <= AT_HAND:
            found += [row for row in index.all() if row_name(fact, row) == key]
        else:
            whole = False
    return found if found or whole else None
