"""The shape every kind of file is brought to before its cells are read: numbered records of cell texts.

The limits on size stand here, so that one page tells what a file may ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from attrs import frozen

from avtal.reading.problems import DataProblem
from dsl.alike import Alike

MIB = 1 << 20
LARGEST_TEXT = 512 * MIB
LARGEST_WORKBOOK = 64 * MIB
LARGEST_PARQUET = 4096 * MIB

PEEKED = 20
"""How many records are looked at to find the headings."""


class UnreadableError(Exception):
    """A file that cannot be read further; `problem` says why. Never leaves this package."""

    def __init__(self, problem: DataProblem) -> None:
        super().__init__(problem.code)
        self.problem = problem


Record = tuple[int, list[str]]
"""Line (row of the sheet, number of the Parquet record) and the cells on it."""


@frozen(eq=False, repr=False)
class Table(Alike):
    """A file as records.

    Args:
        records: every record with its line, the headings first unless `headings` has them; blank ones included.
        total: about how many records there are, for progress; 0 is unknown.
        tagged: whether cells carry a tag (`cells.TAGS`).
        headings: the headings when the file keeps them apart from its records (Parquet).
        types: the storage type of each heading, for the same files.
    """

    records: Iterable[Record]
    total: int = 0
    tagged: bool = False
    headings: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


def peek(records: Iterable[Record]) -> tuple[list[Record], Iterator[Record]]:
    """The first `PEEKED` records that are not blank, and all records from the start."""
    stream = iter(records)
    seen: list[Record] = []
    taken: list[Record] = []
    for record in islice(stream, 10 * PEEKED):
        taken.append(record)
        if any(record[1]):
            seen.append(record)
            if len(seen) == PEEKED:
                break
    return seen, chain(taken, stream)


def size_words(size: int) -> str:
    """A size in MiB as people write it."""
    return f"{size / MIB:.0f} MiB" if size >= MIB else f"{size / 1024:.0f} KiB"
