"""Reading data: from files and folders to the rows of declared facts, or to everything that is wrong with them.

Guarantees: data come out only when every file was read to its end without a problem; a settlement of partly read
data cannot be asked for. Bad input never raises.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, cast

from attrs import evolve, field, frozen

from avtal.reading.cells import money
from avtal.reading.delimited import decode, delimited
from avtal.reading.folders import Source, sources, too_large
from avtal.reading.folding import fold
from avtal.reading.mapping import FileMapping
from avtal.reading.matching import (
    Headings,
    Plan,
    fact_by_file,
    fact_by_name,
    mapping_problems,
    near_facts,
    plan,
)
from avtal.reading.places import Database
from avtal.reading.problems import KEPT, DataProblem, suggest, visible
from avtal.reading.rows import Problems, Read, doubled, read_rows
from avtal.reading.tables import (
    LARGEST_PARQUET,
    LARGEST_TEXT,
    LARGEST_WORKBOOK,
    Record,
    Table,
    UnreadableError,
    peek,
)
from dsl.alike import Alike
from interpreter.facts import Column, Fact, Row

TYPE_CHECKING = False  # rows in memory need no database
if TYPE_CHECKING:
    from interpreter.sets.relation import Dataset

Progress = Callable[[str, int, int], None]

CHILD_SECONDS = 120.0
CHILD_MEMORY = 4 << 30

_LIMITS = {".xlsx": LARGEST_WORKBOOK, ".parquet": LARGEST_PARQUET}


@frozen(eq=False, repr=False)
class FileRead(Alike):
    """One file that was read, for the record of a settlement.

    Args:
        name: the file's name, relative to the folder given.
        sha256: the hash of its bytes.
        fact: the fact's English name; empty when the file matched none.
        rows: how many rows it gave.
        path: where it lies; `None` when it is a table of a database that is no file.
    """

    name: str
    sha256: str
    fact: str
    rows: int
    path: Path | None = field(default=None, eq=False)


@frozen(eq=False, repr=False)
class Reading(Alike):
    """What was read.

    Args:
        data: rows by the fact's English name. A fact without any file is absent (which is not the same as a file
            without rows); empty whenever there are problems.
        problems: everything that is wrong, file by file.
        files: the files that were opened.
        suggestion: a `mapping.toml` to start from when files or headings were not recognised, else empty.
        dataset: the data in a database: beside `data`, or instead when there are many, and `data` is empty then.
        close: lets the database go.
        indexes: for a contract's program, by its identity, its data indexed; kept so that each is made once.
    """

    data: dict[str, list[Row]] = field(factory=dict)
    problems: tuple[DataProblem, ...] = ()
    files: tuple[FileRead, ...] = ()
    suggestion: str = ""
    dataset: Dataset | None = None
    close: Callable[[], None] = lambda: None
    indexes: dict[int, tuple[object, Any]] = field(factory=dict, eq=False, repr=False)

    @property
    def facts(self) -> frozenset[str]:
        """The facts that some file gives."""
        return frozenset(self.dataset.relations if self.dataset is not None else self.data)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where the files lie that were read."""
        return tuple(file.path for file in self.files if file.path is not None)


def read_data(
    paths: Sequence[Path | Database],
    facts: Sequence[Fact],
    *,
    mapping: Path | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Read data files into rows of declared facts.

    Args:
        paths: files (.csv, .txt, .xlsx, .parquet), folders of such files, and tables of databases.
        facts: the facts that the contract declares.
        mapping: a mapping file for all of them; without it the `mapping.toml` beside each file is used.
        progress: told (file, lines done, lines in all or 0) now and then.

    Returns:
        the rows, or the problems. Numbers are exact and in base units (kr, 0.8 for 80 %), missing cells `None`.
    """
    found, problems = sources(paths, mapping)
    return read_sources(found, problems, facts, progress)


def read_sources(
    found: Sequence[Source], wrong: Sequence[DataProblem], facts: Sequence[Fact], progress: Progress | None = None
) -> Reading:
    """Read files that were found.

    Args:
        found: the files.
        wrong: what was wrong with others.
        facts, progress: as in `read_data`.
    """
    problems = list(wrong)
    data: dict[str, list[Row]] = {}
    refused: dict[str, list[Row]] = {}
    files: list[FileRead] = []
    sections: list[str] = []
    for source in found:
        reader = FileReader(source, facts, progress or silent)
        result = reader.read()
        problems.extend(reader.problems.all())
        name = reader.fact.name if reader.fact else ""
        files.append(FileRead(source.name, reader.sha256, name, len(result.rows), source.lies))
        if reader.suggestion:
            sections.append(reader.suggestion)
        if reader.fact:
            data.setdefault(reader.fact.name, []).extend(result.rows)
            refused.setdefault(reader.fact.name, []).extend(result.refused)
    twice = {source.name: Problems(source.name) for source in found}
    for fact in facts:
        for problem in doubled(fact, chain(data.get(fact.name, ()), refused.get(fact.name, ()))):
            twice[problem.file].add(problem)
    problems.extend(problem for file in twice.values() for problem in file.all())
    return Reading({} if problems else data, tuple(problems), tuple(files), "\n".join(sections))


class FileReader:
    """The reading of one file; `problems`, `sha256`, `fact` and `suggestion` tell how it went.

    A kind of its own says in `take` what becomes of the records, and in `parquet` how a Parquet file is opened.
    """

    def __init__(self, source: Source, facts: Sequence[Fact], progress: Progress) -> None:
        self.source = source
        self.facts = facts
        self.progress = progress
        self.problems = Problems(source.name)
        self.sha256 = ""
        self.suggestion = ""
        self.fact: Fact | None = None

    def read(self) -> Read:
        """Read the file, whatever comes."""
        nothing = Read([], [])
        path = self.source.path
        self.fact = fact_of(self.source, self.facts)
        if self.source.database is not None:
            return self._database(self.source.database)
        try:
            before = path.stat()
            limit = _LIMITS.get(path.suffix.lower(), LARGEST_TEXT)
            if before.st_size > limit:
                self.problems.add(too_large(self.source.name, before.st_size, limit))
                return nothing
            table = self._open()
            if self.fact is None:
                self._unmatched(table)
                return nothing
            result = self._rows(table, self.fact)
            after = path.stat()
        except OSError:
            self.problems.add(self.problem("AVD01"))
        except UnreadableError as unreadable:
            self.problems.add(unreadable.problem)
        else:
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                self.problems.add(self.problem("AVD49"))
            return result
        return nothing

    def _database(self, database: Database) -> Read:
        """Read a table of a database."""
        from avtal.reading.database import Records

        nothing = Read([], [])
        if not database.url:
            self.problems.add(self.problem("AVD55"))
            return nothing
        try:
            records = Records(database, self.source.name)
            ignored = {fold(heading) for heading in self.source.mapping.ignore}
            table = records.table(lambda heading: fold(heading) in ignored)
            if self.fact is None:
                self._unmatched(table)
                return nothing
            result = self._rows(table, self.fact)
        except UnreadableError as unreadable:
            self.problems.add(unreadable.problem)
            return nothing
        self.sha256 = records.sha256
        return result

    def problem(self, code: str, row: int = 0, **args: str) -> DataProblem:
        """A problem of the file as a whole."""
        return DataProblem(code=code, file=self.source.name, row=row, args=tuple(args.items()))

    def _open(self) -> Table:
        path, name, mapping = self.source.path, self.source.name, self.source.mapping
        ending = path.suffix.lower()
        if ending in _LIMITS:
            with path.open("rb") as file:
                self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            return self._workbook(mapping) if ending == ".xlsx" else self.parquet()
        data = path.read_bytes()
        self.sha256 = hashlib.sha256(data).hexdigest()
        known = Headings(self.fact, mapping).known if self.fact else _any_column(self.facts)
        return delimited(decode(data, name, mapping.encoding), name, known, mapping.header)

    def _workbook(self, mapping: FileMapping) -> Table:
        request = {"file": str(self.source.path.resolve()), "sheet": mapping.sheet}
        stream = self._messages("worker_xlsx", request, "workbook")
        head: dict[str, Any] = next(stream, {"total": 0})
        return Table(_records(stream), total=head["total"], tagged=True)

    def parquet(self) -> Table:
        """A Parquet file as records."""
        path = self.source.path.resolve()
        if set(path.name) & set("*?[]"):
            raise UnreadableError(self.problem("AVD50"))
        request = {"file": str(path), "ignore": [fold(heading) for heading in self.source.mapping.ignore]}
        stream = self._messages("worker_parquet", request, "parquet")
        head: dict[str, Any] = next(stream, {"headings": [], "types": [], "total": 0})
        headings, types = tuple(head["headings"]), tuple(head["types"])
        return Table(_records(stream), total=head["total"], tagged=True, headings=headings, types=types)

    def _messages(self, worker: str, request: Mapping[str, object], kind: str) -> Iterator[dict[str, Any]]:
        from avtal.reading.child import StoppedError, messages

        try:
            for message in messages(worker, request, seconds=CHILD_SECONDS, memory=CHILD_MEMORY):
                if "refused" in message:
                    args = {name: visible(text, 400) for name, text in message.get("args", {}).items()}
                    raise UnreadableError(
                        self.problem(message["refused"], message.get("row", 0), **{"kind": kind} | args)
                    )
                yield message
        except StoppedError:
            raise UnreadableError(self.problem("AVD45")) from None

    def _unmatched(self, table: Table) -> None:
        """The problem of a file that no fact matches, with a section of mapping to start from."""
        from avtal.reading.suggestion import section

        mapping, source = self.source.mapping, self.source
        headings = self._headings(table, _any_column(self.facts))[0]
        if mapping.fact:
            args = (
                ("detail", "unknown-fact"),
                ("key", visible(mapping.fact)),
                *suggest(near_facts(mapping.fact, self.facts)),
            )
            self.problems.add(DataProblem(code="AVD05", file=source.mapping_source, args=args))
        else:
            args = suggest(near_facts(source.path.stem, self.facts))
            self.problems.add(DataProblem(code="AVD04", file=source.name, args=args))
        self.suggestion = section(source.path.name, None, headings, mapping, self.facts)

    def _headings(self, table: Table, known: Callable[[str], bool]) -> tuple[list[str], int, Iterator[Record]]:
        """The headings, the row they stand on, and the records below them."""
        if table.headings:
            return list(table.headings), 0, iter(table.records)
        tag = 1 if table.tagged else 0
        header = self.source.mapping.header
        seen, records = peek(r for r in table.records if r[0] >= header)
        if not seen:
            raise UnreadableError(self.problem("AVD11"))
        shown = [(line, [text[tag:].strip() for text in texts]) for line, texts in seen]
        line, headings = shown[0]
        recognised = sum(map(known, headings))
        best = max(shown, key=lambda record: sum(map(known, record[1])))
        if not header and sum(map(known, best[1])) > max(recognised, 1):
            raise UnreadableError(self.problem("AVD12", line, line=str(best[0])))
        return headings, line, (record for record in records if record[0] > line)

    def _rows(self, table: Table, fact: Fact) -> Read:
        mapping, name = self.source.mapping, self.source.name
        for problem in mapping_problems(self.source.mapping_source, fact, mapping):
            self.problems.add(problem)
        names = Headings(fact, mapping)
        headings, row, records = self._headings(table, names.known)
        how, wrong = plan(name, row, headings, names, mapping, tagged=table.tagged)
        unfit = list(self._types(table, names))
        for problem in chain(wrong, unfit):
            self.problems.add(problem)
        if wrong and not table.headings:
            # Headings are mended first: the rows of a large file would take long to tell less.
            few = list(islice(records, KEPT + 1))
            records = iter(few if len(few) <= KEPT else ())
        # One problem says it; a problem for every cell of the column would say no more.
        columns = {problem.column for problem in unfit}
        how = evolve(how, readers=tuple(reader for reader in how.readers if reader[1] not in columns))
        if any(problem.code in ("AVD14", "AVD16", "AVD17") for problem in wrong):
            from avtal.reading.suggestion import section

            self.suggestion = section(self.source.path.name, fact, headings, mapping, self.facts)
        total = table.total
        return self.take(records, how, table, lambda line: self.progress(name, line, total))

    def take(self, records: Iterator[Record], how: Plan, table: Table, progress: Callable[[int], None]) -> Read:
        """Make rows of the records below the headings.

        Args:
            records: the records.
            how: which cell is which column.
            table: where they come from.
            progress: told now and then the line that has been reached.
        """
        fact = cast("Fact", self.fact)
        return read_rows(records, fact, how, self.problems, tagged=table.tagged, progress=progress)

    def _types(self, table: Table, names: Headings) -> Iterator[DataProblem]:
        """Columns of a Parquet file whose storage type can't carry the column."""
        for heading, stored in zip(table.headings, table.types, strict=True):
            column = None if names.ignored(heading) else names.column(heading)
            if column is None:
                continue
            code = _unfit(stored, column)
            if code:
                args = (("type", visible(stored)),)
                yield DataProblem(code=code, file=self.source.name, column=visible(heading, 80), args=args)


def fact_of(source: Source, facts: Sequence[Fact]) -> Fact | None:
    """The fact that a file holds, by its mapping or else by its name; `None` when it is none of them."""
    named = source.mapping.fact
    return fact_by_name(named, facts) if named else fact_by_file(source.path.stem, facts)


def _unfit(stored: str, column: Column) -> str:
    """The code of what is wrong with keeping `column` as the DuckDB type `stored`; empty when nothing is."""
    from avtal.reading.worker_parquet import FLOATS, readable

    if stored in FLOATS:
        return "AVD47" if money(column) else ""
    return "" if readable(stored) else "AVD48"


def silent(name: str, done: int, total: int) -> None:
    """Progress that nobody follows."""


def _any_column(facts: Sequence[Fact]) -> Callable[[str], bool]:
    """Whether a heading is a column of any fact; for a file whose fact is not known."""
    every = [Headings(fact, FileMapping(name="")) for fact in facts]
    return lambda heading: any(names.known(heading) for names in every)


def _records(stream: Iterator[dict[str, Any]]) -> Iterator[Record]:
    for message in stream:
        yield from message["rows"]
