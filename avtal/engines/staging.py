"""Files as relations of raw cells in DuckDB, whatever kind of file they are: the first step of a snapshot.

A Parquet file is read where it lies. A text file or a workbook is read by `avtal.reading`, record by record, and its
cells are put as they stand into a Parquet file of our own; nothing is held in memory but a few records.

Guarantees: headings, mapping, widths and blank records are judged by the code of `avtal.reading` itself, so that the
problems are the same.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

from attrs import define, field

from avtal.engines.duck import DuckEngine, quoted
from avtal.reading.arrow_schema import KEY, lengths_of_time
from avtal.reading.cells import LONGEST
from avtal.reading.folders import Source
from avtal.reading.matching import Plan
from avtal.reading.problems import DataProblem, visible
from avtal.reading.read import FileReader, Progress
from avtal.reading.rows import Read
from avtal.reading.tables import Record, Table, UnreadableError
from avtal.reading.worker_parquet import BESIDE, Node, cell as tagged_cell, outermost, readable, types_of
from interpreter.facts import Fact
from interpreter.sets.relation import EngineError

_STEP = 5000
_GLOB = frozenset("*?[]")
_LONG = LONGEST + 100
_LONGEST_LINE = 32 << 20
_READ = "read_parquet({file}, hive_partitioning = false, union_by_name = false, file_row_number = true)"


@define(eq=False)
class Staged:
    """A file's cells as they stand in it.

    Args:
        place: its place among the files, in the order that they were given.
        name: what it is called to the user.
        source: what stands after FROM to read it. Its columns: `n`, the line; `b`, whether the row is refused already;
            and `x1`, `x2` … for the readers of the plan.
        types: the SQL types of `x1`, `x2` ….
        how: which cell is which column.
        tagged: whether its cells are text with a tag (`cells.TAGS`), as those of a workbook are.
        typed: whether its cells are values with types of their own, as those of Parquet are.
        lines: the problems of whole records, by line.
    """

    place: int
    name: str
    source: str
    types: Sequence[str]
    how: Plan
    tagged: bool
    typed: bool
    lines: Lines


@define(eq=False)
class Lines:
    """Problems of whole records: the first that were found are kept, the others counted."""

    most: int
    kept: list[DataProblem] = field(factory=list)
    more: int = 0

    def add(self, problem: DataProblem) -> None:
        """Keep a problem, or count it."""
        if len(self.kept) < self.most:
            self.kept.append(problem)
        else:
            self.more += 1


class Stager(FileReader):
    """Brings one file's cells to DuckDB; `staged` is `None` when the file can't be read or has no fact.

    Args:
        place: the file's place among the files.
        source: the file.
        facts: the facts that it may hold.
        engine: an engine that may read the file, and read and write `folder`.
        folder: where it may put files.
        most: how many problems of whole records are kept.
        progress: told (file, lines done, lines in all or 0).
    """

    def __init__(
        self,
        place: int,
        source: Source,
        facts: Sequence[Fact],
        engine: DuckEngine,
        folder: Path,
        most: int,
        progress: Progress,
    ) -> None:
        super().__init__(source, facts, progress)
        self._place = place
        self._engine = engine
        self._folder = folder
        self._most = most
        self.staged: Staged | None = None
        self._lies = ""

    def parquet(self) -> Table:
        """The headings and types of a Parquet file, without records."""
        path = self._lies = self._plain(self.source.path.resolve())
        file = quoted(path)
        try:
            schema = self._engine.query(f"SELECT name, num_children, precision, scale FROM parquet_schema({file})")
            counted = self._engine.query(f"SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata({file})")
            beside = self._engine.query(BESIDE.format(file, KEY))
            described = self._engine.query(f"SELECT column_type FROM (DESCRIBE SELECT * FROM {_parquet(path)})")
        except EngineError:
            raise UnreadableError(self.problem("AVD40", kind="parquet")) from None
        nodes = cast("list[Node]", schema)
        headings = tuple(node[0] for node in outermost(nodes))
        lengths = lengths_of_time(beside[0][0] if beside else None)
        types = tuple(types_of(nodes, [str(kind) for (kind,) in described[: len(headings)]], lengths))
        total = counted[0][0]
        return Table((), total=total if isinstance(total, int) else 0, tagged=True, headings=headings, types=types)

    def _plain(self, path: Path) -> str:
        """A path that DuckDB takes for no pattern: of a file in a folder with such signs, that of a link to it."""
        if set(path.name) & _GLOB:
            raise UnreadableError(self.problem("AVD50"))
        if not set(str(path)) & _GLOB:
            return str(path)
        link = self._folder.resolve() / f"file{self._place}.parquet"
        try:
            link.symlink_to(path)
        except OSError:  # not every system lets everybody make links
            raise UnreadableError(self.problem("AVD50")) from None
        return str(link)

    def take(self, records: Iterator[Record], how: Plan, table: Table, progress: Callable[[int], None]) -> Read:
        """Keep where the cells are, or put them into a file of our own."""
        lines = Lines(self._most)
        place, name = self._place, self.source.name
        if table.headings and self.source.database is None:
            source, types = self._lying(how, table, lines), [table.types[position] for position, _, _ in how.readers]
            self.staged = Staged(place, name, source, types, how, tagged=False, typed=True, lines=lines)
        else:
            source, types = self._put(records, how, table, lines, progress), ["VARCHAR"] * len(how.readers)
            self.staged = Staged(place, name, source, types, how, tagged=table.tagged, typed=False, lines=lines)
        return Read([], [])

    def _lying(self, how: Plan, table: Table, lines: Lines) -> str:
        every = [f"h{at}" for at in range(len(table.headings))]
        names = ", ".join([*every, "r"])
        taken = "".join(f", h{position} AS x{at}" for at, (position, _, _) in enumerate(how.readers, 1))
        source = f"{_parquet(self._lies)} AS t({names})"
        # A record without any cell is nothing; columns that nobody wants are looked at only when there is one.
        wanted = " OR ".join(f"h{position} IS NOT NULL" for position, _, _ in how.readers) or "false"
        try:
            blank = self._engine.query(f"SELECT count(*) FROM {source} WHERE NOT ({wanted})") != [(0,)]
            bad = self._unheaded(source, table, how.unnamed, lines)
        except EngineError:
            raise UnreadableError(self.problem("AVD40", kind="parquet")) from None
        where = f" WHERE {' OR '.join(f'{name} IS NOT NULL' for name in every)}" if blank else ""
        return f"(SELECT r + 1 AS n, ({bad}) AS b{taken} FROM {source}{where})"

    def _unheaded(self, source: str, table: Table, positions: Sequence[int], lines: Lines) -> str:
        """Note the cells of columns without a heading; gives the condition that a row has one."""
        if not positions:
            return "false"
        there = " OR ".join(f"h{at} IS NOT NULL" for at in positions)
        cells = ", ".join(
            f"h{at}" if readable(table.types[at]) else f"nullif(h{at} IS NOT NULL, false)" for at in positions
        )
        found = self._engine.query(f"SELECT r + 1, {cells} FROM {source} WHERE {there} ORDER BY r LIMIT {lines.most}")
        for row, *values in found:
            for text in filter(None, map(tagged_cell, values)):
                value = visible(text[1:].strip())
                lines.add(DataProblem(code="AVD19", file=self.source.name, row=cast("int", row), value=value))
        (counts,) = self._engine.query(f"SELECT {', '.join(f'count(h{at})' for at in positions)} FROM {source}")
        lines.more = sum(cast("Sequence[int]", counts)) - len(lines.kept)
        return there

    def _put(
        self, records: Iterator[Record], how: Plan, table: Table, lines: Lines, progress: Callable[[int], None]
    ) -> str:
        cells, file = self._folder / f"cells{self._place}.csv", self._folder / f"cells{self._place}.parquet"
        try:
            with cells.open("w", encoding="utf-8", newline="") as stream:
                # Cells are quoted for the signs that end a line: both kinds, since DuckDB takes either for an end.
                self._copy(records, how, table, lines, progress, csv.writer(stream, lineterminator="\r\n").writerow)
        except OSError as error:  # the records are read already: it could not be written
            raise EngineError(type(error).__name__) from error
        names = ["n", "b", *(f"x{at}" for at in range(1, len(how.readers) + 1))]
        kinds = ["INTEGER", "BOOLEAN", *(["VARCHAR"] * len(how.readers))]
        columns = ", ".join(f"{name}: '{kind}'" for name, kind in zip(names, kinds, strict=True))
        form = "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\r\\n'"
        form += f", parallel = false, max_line_size = {_LONGEST_LINE}, columns = {{{columns}}}"
        read = f"read_csv({quoted(str(cells))}, {form})"
        self._engine.write(f"SELECT * FROM {read}", file)
        cells.unlink()
        return f"(SELECT * FROM read_parquet({quoted(str(file))}))"

    def _copy(
        self,
        records: Iterator[Record],
        how: Plan,
        table: Table,
        lines: Lines,
        progress: Callable[[int], None],
        write: Callable[[Sequence[object]], object],
    ) -> None:
        """Write the cells that are read of every record that is one, and note those that are refused as a whole."""
        wanted = [position for position, _, _ in how.readers]
        tag = 1 if table.tagged else 0
        name, width = self.source.name, how.width
        for count, (line, texts) in enumerate(records):
            if count % _STEP == 0:
                progress(line)
            if not any(map(str.strip, texts)):
                continue
            if len(texts) != width:
                args = (("found", str(len(texts))), ("expected", str(width)))
                lines.add(DataProblem(code="AVD18", file=name, row=line, args=args))
                continue
            bad = False
            for position in how.unnamed:
                if texts[position].strip():
                    value = visible(texts[position][tag:].strip())
                    lines.add(DataProblem(code="AVD19", file=name, row=line, value=value))
                    bad = True
            cells = [texts[position] for position in wanted]
            if max(map(len, cells), default=0) > _LONG:
                # Too long anyway: as much of it as makes it too long.
                cells = [cell if len(cell) <= _LONG else cell[:tag] + cell[tag:].strip()[:_LONG] for cell in cells]
            write((line, bad, *cells))


def _parquet(path: str) -> str:
    return _READ.format(file=quoted(path))
