"""From records to rows: every cell read, every refused row listed, keys that occur twice found.

Guarantees: a record becomes exactly one of a row, problems, or nothing because it is blank from end to end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import cast

from attrs import frozen

from avtal.reading.cells import NumberReader, Undecided
from avtal.reading.matching import Plan
from avtal.reading.numerals import Refused
from avtal.reading.problems import KEPT, DataProblem, visible
from avtal.reading.tables import Record
from dsl.alike import Alike
from interpreter.facts import Cell, Fact, Row

_STEP = 5000


class Problems:
    """The problems of one file: the first `KEPT` kept, the rest counted."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._kept: list[DataProblem] = []
        self._more = 0

    def add(self, problem: DataProblem) -> None:
        """Keep a problem, or count it when there are too many."""
        if len(self._kept) < KEPT:
            self._kept.append(problem)
        else:
            self._more += 1

    def cell(self, line: int, heading: str, cell: str, refused: Refused) -> None:
        """Add the problem of one cell; `cell` is its text without tag."""
        self.add(cell_problem(self.file, line, heading, cell, refused))

    def count(self, more: int) -> None:
        """Count problems that are not kept."""
        self._more += more

    def all(self) -> list[DataProblem]:
        """The problems in the order of the file, the count of the rest last."""
        kept = sorted(self._kept, key=lambda problem: problem.row)
        if self._more:
            kept.append(DataProblem(code="AVD99", file=self.file, args=(("count", str(self._more)),)))
        return kept


def cell_problem(file: str, line: int, heading: str, cell: str, refused: Refused) -> DataProblem:
    """The problem of one cell; `cell` is its text without tag."""
    value = visible(cell.strip())
    return DataProblem(code=refused.code, file=file, row=line, column=heading, value=value, args=refused.args)


@frozen(eq=False, repr=False)
class Read(Alike):
    """What became of a file's records.

    Args:
        rows: the rows, each with every cell of its columns.
        refused: the rows of which some cell could not be read, with the others; only for finding doubled keys.
    """

    rows: list[Row]
    refused: list[Row]


@frozen(eq=False, repr=False)
class _Waiting(Alike):
    """A number that the rest of its column decides."""

    cells: dict[str, Cell]
    line: int
    heading: str
    reader: NumberReader
    text: str
    found: Undecided


def read_rows(
    records: Iterable[Record],
    fact: Fact,
    plan: Plan,
    problems: Problems,
    *,
    tagged: bool,
    progress: Callable[[int], None],
) -> Read:
    """Read the records below the headings.

    Args:
        records: the records.
        fact: what they are.
        plan: which cell is which column.
        problems: takes what is wrong with them.
        tagged: whether the cells are tagged.
        progress: told now and then the line that has been reached.
    """
    rows: list[Row] = []
    waiting: list[_Waiting] = []
    bad: set[int] = set()
    columns = [(position, heading, reader, reader.column.name) for position, heading, reader in plan.readers]
    constants, width, name, file = dict(plan.constants), plan.width, fact.name, problems.file
    tag = 1 if tagged else 0
    for count, (line, texts) in enumerate(records):
        if count % _STEP == 0:
            progress(line)
        if not any(map(str.strip, texts)):
            continue
        if len(texts) != width:
            args = (("found", str(len(texts))), ("expected", str(width)))
            problems.add(DataProblem(code="AVD18", file=file, row=line, args=args))
            continue
        cells = constants.copy()
        for position, heading, reader, column in columns:
            text = texts[position]
            answer = reader(text, line)
            if isinstance(answer, Refused):
                problems.cell(line, heading, text[tag:], answer)
                bad.add(line)
            elif isinstance(answer, Undecided):
                waiting.append(_Waiting(cells, line, heading, cast("NumberReader", reader), text[tag:], answer))
            else:
                cells[column] = answer
        for position in plan.unnamed:
            if texts[position].strip():
                value = visible(texts[position][tag:].strip())
                problems.add(DataProblem(code="AVD19", file=file, row=line, value=value))
                bad.add(line)
        rows.append(Row(name, cells, file, line))
    _decide(waiting, plan, problems, bad)
    if not bad:
        return Read(rows, [])
    return Read([row for row in rows if row.line not in bad], [row for row in rows if row.line in bad])


def _decide(waiting: Sequence[_Waiting], plan: Plan, problems: Problems, bad: set[int]) -> None:
    """Give each waiting number the sign of its column, else the one that the file's other columns agree on."""
    signs = {reader.decimal for _, _, reader in plan.readers if isinstance(reader, NumberReader) and reader.decimal}
    others = signs.pop() if len(signs) == 1 else ""
    for item in waiting:
        answer = item.reader.decide(item.found, others)
        if isinstance(answer, Refused):
            problems.cell(item.line, item.heading, item.text, answer)
            bad.add(item.line)
        elif not isinstance(answer, Undecided):
            item.cells[item.reader.column.name] = answer


def doubled(fact: Fact, rows: Iterable[Row]) -> Iterator[DataProblem]:
    """A problem on every row whose key some other row of the fact has too; `rows` come file by file."""
    if not fact.keys:
        return
    first: dict[tuple[Cell, ...], Row] = {}
    told: set[tuple[Cell, ...]] = set()
    for row in rows:
        try:
            key = tuple([row.cells[name] for name in fact.keys])
        except KeyError:  # A cell of the key was refused; that problem stands already.
            continue
        earlier = first.setdefault(key, row)
        if earlier is row:
            continue
        yield _twice(fact, key, row, earlier)
        if key not in told:
            told.add(key)
            yield _twice(fact, key, earlier, row)


def _twice(fact: Fact, key: tuple[Cell, ...], row: Row, other: Row) -> DataProblem:
    shown = ", ".join(str(cell) for cell in key)
    args = (("keys", ", ".join(fact.keys)), ("other", "key-at"), ("file", other.file), ("line", str(other.line)))
    return DataProblem(code="AVD38", file=row.file, row=row.line, value=visible(shown), args=args)
