"""Tables that lie on the server that settles: read there, and left there.

    with engine.still():
        there = read_tables(sources, facts, engine, progress)
    there.problems, there.relations

What a file's reading checks is checked by queries: types, units, missing and refused cells, ranges, dates, keys. What
comes back are counts, lists of the different codes of a column and of cells in unusual forms, and of rows that are
refused the first, each by its key and the one cell. Guarantees: nothing is made but temporary tables or views, and no
relation when anything at all was refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, cast

from attrs import evolve, frozen

from avtal.engines.resident_cells import MOST_READ, Met, look, profile
from avtal.engines.resident_rows import Part, made, twice
from avtal.engines.resident_sql import SPELLINGS, Spelling, plain
from avtal.reading.cells import CellReader, NumberReader
from avtal.reading.folders import Source
from avtal.reading.matching import Plan
from avtal.reading.numerals import Refused
from avtal.reading.places import Database
from avtal.reading.problems import KEPT, DataProblem, visible
from avtal.reading.read import FileRead, FileReader, Progress
from avtal.reading.rows import Problems, Read, cell_problem
from avtal.reading.tables import Record, Table, UnreadableError
from interpreter.facts import Fact
from interpreter.sets.relation import EngineError, Relation

_REFUSED = "avtal_refused"
_NOTHING = Refused("")


@frozen
class There:
    """What was read of tables on a server.

    Args:
        relations: by the fact's English name; empty when there are problems.
        problems, files, sections: as in a `Reading`; `sections` are drafts of a mapping.
    """

    relations: Mapping[str, Relation]
    problems: tuple[DataProblem, ...]
    files: tuple[FileRead, ...]
    sections: tuple[str, ...]


def read_tables(sources: Sequence[Source], facts: Sequence[Fact], server: Any, progress: Progress) -> There:
    """Read tables where they lie.

    Args:
        sources: the tables.
        facts: the facts that the contract declares.
        server: the engine that they lie in.
        progress: told (table, 0, 0) now and then.

    Raises:
        EngineError: the server could not make the rows.
    """
    spelling = SPELLINGS[server.dialect]
    readers = [TableReader(source, facts, server, spelling, progress) for source in sources]
    problems: list[DataProblem] = []
    for reader in readers:
        reader.read()
        problems.extend(reader.problems.all())
    relations: dict[str, Relation] = {}
    hashes: dict[str, str] = {}
    for at, fact in enumerate(facts, 1):
        parts = [reader for reader in readers if reader.fact is fact]
        if parts and problems:
            problems.extend(_raw_twice(fact, parts, server))
        elif parts:
            progress(parts[0].source.name, 0, 0)
            found = made(fact, at, [part.part() for part in parts], server, spelling)
            relations[fact.name] = found.relation
            hashes |= found.sha256
            problems.extend(_told(found.twice, found.more))
    files = tuple(
        FileRead(r.source.name, hashes.get(r.source.name, ""), r.fact.name if r.fact else "", r.rows) for r in readers
    )
    sections = tuple(reader.suggestion for reader in readers if reader.suggestion)
    return There({} if problems else relations, tuple(problems), files, sections)


class TableReader(FileReader):
    """The reading of one table.

    Args:
        source: the table.
        facts: the facts that it may hold.
        server: where it lies.
        spelling: the server's.
        progress: told (table, 0, 0) now and then.

    `there` is the condition that a row is not blank.
    """

    def __init__(
        self, source: Source, facts: Sequence[Fact], server: Any, spelling: Spelling, progress: Progress
    ) -> None:
        super().__init__(source, facts, progress)
        self.server = server
        self.spelling = spelling
        self.columns: list[Met] = []
        self.there = ""
        self.rows = 0
        self.blank = 0
        self._how: Plan | None = None

    @property
    def table(self) -> str:
        """Its SQL name."""
        return self.spelling.name(*cast("Database", self.source.database).table.split("."))

    def _database(self, database: Database) -> Read:
        """Meet every column of the table."""
        try:
            self.progress(self.source.name, 0, 0)
            with self.server.still():
                found = self.server.columns(database.table)
                headings, types = tuple(name for name, _ in found), tuple(kind for _, kind in found)
                table = Table((), tagged=True, headings=headings, types=types)
                if not found:
                    self.problems.add(self.problem("AVD53"))
                elif self.fact is None:
                    self._unmatched(table)
                else:
                    self._rows(table, self.fact)
        except UnreadableError as unreadable:
            self.problems.add(unreadable.problem)
        except EngineError as error:
            self.problems.add(self.problem("AVD51", reason=str(error)))
        return Read([], [])

    def take(self, records: Iterator[Record], how: Plan, table: Table, progress: Callable[[int], None]) -> Read:
        """Ask about the cells of every column, and note the rows that are refused."""
        del records, progress
        self._how = how
        every = [f"r.{self.spelling.name(heading)}" for heading in table.headings]
        # A row of which only what the mapping ignores is there is no blank one, here as in a file.
        self.there = " OR ".join(f"{x} IS NOT NULL" for x in every)
        for position, heading, reader in how.readers:
            x, stored = every[position], table.types[position]
            met = Met(reader.column, heading, x, stored, reader, plain(reader, stored, x, self.spelling))
            self.columns.append(met)
        rows, self.blank = profile(self.columns, self.there, self.table, self.server, self.spelling)
        self.rows = rows - self.blank
        keys = cast("Fact", self.fact).keys
        for met in self.columns:
            self.progress(self.source.name, 0, 0)
            look(met, rows, self.table, self.server, self.spelling, private=keys == (met.column.name,))
        signs = {m.reader.decimal for m in self.columns if isinstance(m.reader, NumberReader) and m.reader.decimal}
        others = signs.pop() if len(signs) == 1 else ""
        for met in self.columns:
            met.decide(others)
            if met.bad:
                self._offending(met)
            elif met.many:
                args = (("limit", str(MOST_READ)), ("type", visible(met.stored)))
                self.problems.add(DataProblem(code="AVD56", file=self.source.name, column=met.heading, args=args))
        return Read([], [])

    def _offending(self, met: Met) -> None:
        """Note the first rows whose cell of a column is refused, and how many more there are."""
        text = self.spelling.as_text(met.x)
        tests = []
        if met.refused:
            self.server.table(_REFUSED, (("x", "TEXT"),), [(cell,) for cell in met.refused])
            tests.append(f"{text} IN (SELECT q.x FROM {_REFUSED} q)")
        if met.empty_refused is not None:
            tests.append(f"({met.x} IS NULL AND ({self.there}))")
        where = f"WHERE {' OR '.join(tests)}"
        keys = self._keys()
        if keys:
            source, shown = f"{self.table} r", [self.spelling.as_text(key.x) for key in keys]
            order = ", ".join(key.x for key in keys)
        else:
            # Rows without a key are told of by their number in the order of their cells.
            every = ", ".join(one.x for one in self.columns)
            numbered = f"SELECT r.*, ROW_NUMBER() OVER (ORDER BY {every}) AS avtal_n FROM {self.table} r"
            source, shown, order = f"({numbered} WHERE {self.there}) r", ["r.avtal_n"], "r.avtal_n"
        ask = f"SELECT {', '.join([*shown, text])} FROM {source} {where} ORDER BY {order} LIMIT {KEPT}"
        found = self.server.query(ask)
        for *key, cell in found:
            refused = met.empty_refused if cell is None else met.refused[cell]
            row = 0 if keys else int(key[0])
            problem = cell_problem(self.source.name, row, met.heading, cell or "", refused or _NOTHING)
            self.problems.add(evolve(problem, key=_shown(key) if keys else ""))
        if len(found) == KEPT:
            ((count,),) = self.server.query(f"SELECT COUNT(*) FROM {self.table} r {where}")
            self.problems.count(int(count) - KEPT)

    def _keys(self) -> list[Met]:
        """The columns of the fact's key, if the table has them all."""
        by_name = {met.column.name: met for met in self.columns}
        keys = cast("Fact", self.fact).keys
        return [by_name[name] for name in keys] if all(name in by_name for name in keys) else []

    def refused(self, name: str) -> Collection[str]:
        """The cells of a column that are refused."""
        return next((met.refused for met in self.columns if met.column.name == name), ())

    def raw_keys(self) -> str | None:
        """A SELECT of every row's key as it stands in the table."""
        keys = self._keys()
        texts = ", ".join(f"{self.spelling.as_text(key.x)} AS k{at}" for at, key in enumerate(keys))
        return f"SELECT {texts} FROM {self.table} r WHERE {self.there}" if keys else None

    def part(self) -> Part:
        """The table, ready to be stored."""
        fact, how = cast("Fact", self.fact), cast("Plan", self._how)
        given = dict(how.constants)
        found = {met.column.name: met for met in self.columns}
        for column in fact.columns:
            if column.name not in found:
                lacking = Met(column, "", "NULL", "", CellReader(column), empty=given.get(column.name))
                if self.rows:
                    lacking.take(lacking.empty)
                found[column.name] = lacking
        return Part(self.source.name, self.table, self.rows, self.there if self.blank else "", found)


def _shown(key: Sequence[object]) -> str:
    return visible(", ".join("–" if part is None else str(part) for part in key))


def _raw_twice(fact: Fact, parts: Sequence[TableReader], server: Any) -> Iterator[DataProblem]:
    """Keys that occur twice as they stand in the tables, when cells are refused: all that is wrong is told at once."""
    selects = [select for part in parts if (select := part.raw_keys()) is not None]
    if not selects:
        return
    names = ", ".join(f"k{at}" for at in range(len(fact.keys)))
    whole = " AND ".join(f"k{at} IS NOT NULL" for at in range(len(fact.keys)))
    doubled = f"GROUP BY {names} HAVING COUNT(*) > 1"
    asked = f"SELECT {names} FROM ({' UNION ALL '.join(selects)}) k WHERE {whole} {doubled} ORDER BY {names}"
    try:
        with server.still():
            found = server.query(f"{asked} LIMIT {KEPT}")
    except EngineError:
        return  # what is wrong with the table is told of already
    refused = [{text for part in parts for text in part.refused(name)} for name in fact.keys]
    for key in found:
        if any(text in known for text, known in zip(key, refused, strict=True)):
            continue  # it is no key: what is wrong with it is told of already
        yield twice(fact, parts[0].source.name, parts[-1].source.name, _shown(key))


def _told(problems: Sequence[DataProblem], more: int) -> Iterator[DataProblem]:
    """Problems by table, the count of those not shown last."""
    files = {problem.file: Problems(problem.file) for problem in problems}
    for problem in problems:
        files[problem.file].add(problem)
    for file in files.values():
        if more:
            file.count(more)
            more = 0
        yield from file.all()


__all__ = ["There", "read_tables"]
