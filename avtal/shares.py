"""Shares that look written as parts of one: `0,84` in a column of % is 0.84 %, and pays nothing without a word.

It is told when no value of a column exceeds 1 %. A column with a larger one is written as it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from avtal.contract import Contract
from avtal.reading import Reading
from avtal.rendering.terminal import visible
from avtal.rendering.values import number
from interpreter.facts import Column, Fact, Kind
from interpreter.units import PERCENT


def small_shares(contracts: Sequence[Contract], reading: Reading) -> Iterator[tuple[str, str]]:
    """What is to be told of columns of % in the facts that contracts without errors need.

    Args:
        contracts: which are settled on the same data.
        reading: the data.

    Yields:
        it in Swedish and in English.
    """
    shares = [
        (fact, column)
        for name, fact in contracts[0].program.facts.items()
        if name in reading.facts
        for column in fact.columns
        if column.kind is Kind.NUMBER and column.unit == PERCENT
    ]
    needed = frozenset[str]().union(*(contract.needed for contract in contracts)) if shares else frozenset()
    for fact, column in shares:
        low, high = _range(fact, column, reading) if fact.name in needed else (Fraction(0), Fraction(0))
        if low >= 0 and 0 < high <= PERCENT.factor:
            yield _told(fact, column, high)


def _range(fact: Fact, column: Column, reading: Reading) -> tuple[Fraction, Fraction]:
    """The smallest and the largest value of a column; 0 when there is none."""
    if reading.dataset is not None and fact.name not in reading.data:
        info = reading.dataset.relations[fact.name].columns[column.name]
        return Fraction(info.low, info.scale), Fraction(info.high, info.scale)
    cells = (row.cells.get(column.name) for row in reading.data[fact.name])
    values = [cell for cell in cells if isinstance(cell, Fraction)]
    return min(values, default=Fraction(0)), max(values, default=Fraction(0))


def _told(fact: Fact, column: Column, high: Fraction) -> tuple[str, str]:
    sv, en = [(number(high, PERCENT, language), number(100 * high, PERCENT, language)) for language in ("sv", "en")]
    told = (
        f"Obs: inget värde i kolumnen {visible(column.swedish or column.name)} i underlaget "
        f"{visible(fact.swedish or fact.name)} är större än 1 %; det största är {sv[0]}. Ett tal i kolumnen läses som "
        f"procent: är det andelar av ett, skriv dem som procent i underlaget, {sv[1]}."
    )
    said = (
        f"Note: no value of the column {visible(column.name)} of the fact {visible(fact.name)} exceeds 1 %; the "
        f"largest is {en[0]}. A number in it is read as per cent: where they are parts of one, write them as per cent "
        f"in the data, {en[1]}."
    )
    return told, said
