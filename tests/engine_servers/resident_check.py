"""Whether tables that lie on a server are settled as files are: the same amounts, lines, failures and refusals.

The rows of every contract of the tree, and of generated ones, are laid into tables of the server by somebody else, in
columns of several types; then they are settled by name. Files are also laid there cell by cell as text, as they are and
with mistakes in them.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import pyarrow as pa
from agree.compare import _differences, plain
from attrs import define, evolve
from pyarrow import parquet

from avtal import api
from avtal.engines.resident import There, read_tables
from avtal.reading import DataProblem
from avtal.reading.delimited import decode, delimited
from avtal.reading.folders import Source, sources
from avtal.reading.mapping import FileMapping
from avtal.reading.matching import Headings, fact_by_name
from avtal.reading.places import Database
from avtal.reading.read import fact_of, read_sources, silent
from interpreter.core import Program
from interpreter.facts import Cell, Column, Fact, Kind, Row
from interpreter.pipeline import analyse
from interpreter.sets.relation import Dataset, EngineError
from interpreter.sets.settle import settle as by_queries
from interpreter.settle import settle
from interpreter.settlement import Settlement
from interpreter.sources import Sources

ROOT = Path(__file__).resolve().parents[2]
Cells = Sequence[Sequence[Any]]
Grid = tuple[list[str], list[str], Cells]
"""Headings, types and columns of cells."""


class Host(Protocol):
    """Who lays tables on a server."""

    def hold(self, table: str, grid: Grid) -> None:
        """Make a table, or replace it."""


@define
class PostgresHost:
    """The owner of tables, beside whom `reader` may only read, and make temporary tables."""

    connection: Any
    schema: str = "lager"

    @classmethod
    @contextmanager
    def opened(cls, url: str) -> Iterator[PostgresHost]:
        """The owner, with a schema of his own."""
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE SCHEMA lager")
            connection.execute("CREATE ROLE reader LOGIN")
            connection.execute("ALTER ROLE reader SET default_transaction_read_only = on")
            connection.execute("GRANT USAGE ON SCHEMA lager TO reader")
            connection.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA lager GRANT SELECT ON TABLES TO reader")
            yield cls(connection)

    def hold(self, table: str, grid: Grid) -> None:
        """Make a table, or replace it."""
        from psycopg import sql

        headings, types, cells = grid
        name = sql.Identifier(self.schema, table)
        self.connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
        columns = [sql.SQL("{} {}").format(sql.Identifier(h), sql.SQL(t)) for h, t in zip(headings, types, strict=True)]
        self.connection.execute(sql.SQL("CREATE TABLE {} ({})").format(name, sql.SQL(", ").join(columns)))
        with self.connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} FROM STDIN").format(name)) as copy:
            for row in zip(*cells, strict=True):
                copy.write_row(row)


ARROW = {
    "TEXT": pa.string(),
    "BIGINT": pa.int64(),
    "NUMERIC(24,6)": pa.decimal128(24, 6),
    "NUMERIC": pa.decimal128(38, 10),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "BOOLEAN": pa.bool_(),
    "DOUBLE PRECISION": pa.float64(),
}


SQL = {"TEXT": "STRING", "NUMERIC(24,6)": "DECIMAL(24, 6)", "NUMERIC": "DECIMAL(38, 10)", "DOUBLE PRECISION": "DOUBLE"}


@define
class SparkHost:
    """A session of Spark with views that are not the engine's."""

    session: Any
    schema: str = ""

    def hold(self, table: str, grid: Grid) -> None:
        """Make a view, or replace it."""
        headings, types, cells = grid
        arrays = [pa.array(own, ARROW[kind]) for own, kind in zip(cells, types, strict=True)]
        made = pa.table(arrays, names=headings)
        if made.num_rows:
            self.session.createDataFrame(made).createOrReplaceTempView(table)
            return
        columns = (f"CAST(NULL AS {SQL.get(k, k)}) AS `{h}`" for h, k in zip(headings, types, strict=True))
        self.session.sql(f"SELECT {', '.join(columns)} WHERE FALSE").createOrReplaceTempView(table)


def named(host: Any, table: str) -> Database:
    """A table by its name alone."""
    return Database("", f"{host.schema}.{table}" if host.schema else table)


def typed(fact: Fact, rows: Sequence[Row], random: Random) -> Grid | None:
    """Rows in columns of some types that can hold them; `None` when no table can."""
    headings, types, cells = [], [], []
    for column in fact.columns:
        values = [row.cells.get(column.name) for row in rows]
        made = _numbers(column, values, random) if column.kind is Kind.NUMBER else _others(column, values, random)
        if made is None:
            return None
        headings.append(random.choice([column.name, column.swedish or column.name]))
        types.append(made[0])
        cells.append(made[1])
    return headings, types, cells


def _numbers(column: Column, values: Sequence[Cell], random: Random) -> tuple[str, list[Any]] | None:
    numbers = [None if v is None else Fraction(v) / column.unit.factor for v in values]  # type: ignore[arg-type]
    there = [n for n in numbers if n is not None]
    if any((n * 10**6).denominator != 1 or abs(n) >= 10**18 for n in there):
        return None
    decimals = [None if n is None else Decimal(int(n * 10**6)).scaleb(-6) for n in numbers]
    kinds = ["NUMERIC(24,6)", "NUMERIC", "TEXT"]
    if all(n.denominator == 1 for n in there):
        return random.choice([("BIGINT", [None if n is None else int(n) for n in numbers]), ("TEXT", _plain(numbers))])
    kind = random.choice(kinds)
    return (kind, [None if d is None else f"{d:.6f}" for d in decimals] if kind == "TEXT" else decimals)


def _plain(numbers: Sequence[Fraction | None]) -> list[Any]:
    return [None if n is None else str(n) for n in numbers]


def _others(column: Column, values: Sequence[Cell], random: Random) -> tuple[str, list[Any]] | None:
    match column.kind:
        case Kind.DATE:
            if any(isinstance(v, date) and not date(1900, 1, 1) <= v <= date(2100, 12, 31) for v in values):
                return None
            days = [v if isinstance(v, date) else None for v in values]
            texts = [d and d.isoformat() for d in days]
            points = [d and datetime(d.year, d.month, d.day) for d in days]  # noqa: DTZ001
            return random.choice([("DATE", days), ("TEXT", texts), ("TIMESTAMP", points)])
        case Kind.BOOL:
            return random.choice(
                [("BOOLEAN", values), ("TEXT", [None if v is None else ("ja" if v else "nej") for v in values])]
            )
        case _:
            if any(isinstance(v, str) and (v != v.strip() or not v) for v in values):
                return None
            return "TEXT", list(values)


def differences(expected: Sequence[Settlement], found: Sequence[Settlement]) -> list[str]:
    """Where they differ, the files and lines of rows apart."""
    one, other = ([plain(s, places=False) for s in some] for some in (expected, found))
    return list(_differences(one, other, ""))


def by_name(
    program: Program,
    data: Mapping[str, Sequence[Row]],
    expected: Sequence[Settlement],
    host: Any,
    engine: Any,
    random: Random,
    counters: Counter[str],
    **question: Any,
) -> list[str] | None:
    """Where a settlement of tables differs; `None` when no table can hold the data."""
    lying = []
    for at, (name, rows) in enumerate(data.items()):
        fact = fact_by_name(name, list(program.facts.values()))
        if fact is None:
            continue
        grid = typed(fact, rows, random)
        if grid is None:
            return None
        table = f"t{at}"
        host.hold(table, grid)
        mapping = FileMapping(name=table, fact=fact.name, decimal=".")
        lying.append(Source(Path(table), table, mapping, "mapping.toml", named(host, table)))
    try:
        with engine.still():
            there = read_tables(lying, list(program.facts.values()), engine, silent)
    except EngineError as error:
        return None if "126 bits" in str(error) else [f"the tables: {error}"]
    if there.problems:
        return [f"the tables: {there.problems[0].where('en')} {there.problems[0].text('en')}"]
    dataset = Dataset(relations=there.relations, engine=engine)
    return differences(expected, by_queries(program, dataset, counters=counters, **question))


def as_written(folder: Path, program: Program, host: Any, engine: Any, seed: int | None) -> tuple[list[str], int]:
    """Where the files of a folder differ when they lie on the server as text.

    Args:
        folder: the data of a contract.
        program: the contract.
        host, engine: the server.
        seed: of the mistakes that are put in; none are put when `None`.

    Returns:
        Where what is refused, or else what is settled, differs; and how many cells are refused.
    """
    random = None if seed is None else Random(seed)
    expected, there = raw(folder, list(program.facts.values()), host, engine, random)
    one, other = refusals(expected.problems), refusals(there.problems)
    if one or other:
        return ([] if one == other else [f"{one - other} ≠ {other - one}"]), sum(one.values())
    dataset = Dataset(relations=there.relations, engine=engine)
    return differences(settle(program, expected.data), by_queries(program, dataset)), 0


def raw(folder: Path, facts: Sequence[Fact], host: Any, engine: Any, random: Random | None) -> tuple[Any, There]:
    """The text files of a folder read as files, and laid on the server cell by cell and read there.

    Args:
        folder: the data of a contract.
        facts: its facts.
        host, engine: the server.
        random: puts mistakes in; none are put when `None`.
    """
    found, _ = sources([folder], None)
    lying, files = [], []
    with TemporaryDirectory() as place:
        for at, source in enumerate(found):
            fact = fact_of(source, facts)
            if fact is None or source.path.suffix != ".csv":
                continue
            headings, rows = written(source, fact)
            if random is not None and rows:
                for _ in range(random.randint(1, 4)):
                    random.choice(rows)[random.randrange(len(headings))] = random.choice(MISTAKES)
            name = f"raw{at}"
            host.hold(name, as_text(headings, rows))
            mapping = evolve(source.mapping, encoding="utf-8", header=0)
            lying.append(Source(Path(source.name), source.name, mapping, source.mapping_source, named(host, name)))
            file = Path(place) / source.path.name
            lines = ["\t".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in [headings, *rows]]
            file.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")
            files.append(evolve(source, path=file, mapping=mapping))
        expected = read_sources(files, [], facts)
        with engine.still():
            there = read_tables(lying, facts, engine, silent)
    return expected, there


def written(source: Source, fact: Fact) -> tuple[list[str], list[list[str]]]:
    """The headings and cells of a text file."""
    known = Headings(fact, source.mapping).known
    text = decode(source.path.read_bytes(), source.name, source.mapping.encoding)
    table = delimited(text, source.name, known, source.mapping.header)
    (_, headings), *records = (record for record in table.records if any(map(str.strip, record[1])))
    return [heading.strip() for heading in headings], [list(cells) for _, cells in records]


def as_text(headings: list[str], rows: Sequence[Sequence[str]]) -> Grid:
    """Cells in columns of text, nothing where they are empty."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(headings)
    return headings, ["TEXT"] * len(headings), [[cell or None for cell in column] for column in columns]


MISTAKES = ("", "  ", "12x", "1e5", "--1", "1 234", "9" * 25, "2012-02-30", "1899-01-01", "2012-01-01 10:00", "kanske")
MISTAKES += ("\u200bX", "a\u0301", "ja", "-1", "0", " A ", "Z'\\{}", "20120101", "87 %", "5 månader")


def refusals(problems: Sequence[DataProblem]) -> Counter[tuple[str, ...]]:
    """Problems without their places; of a key that occurs twice only that it does."""
    return Counter(
        (p.code, p.file) if p.code in ("AVD38", "AVD99") else (p.code, p.file, p.column, p.value, p.text("en"))
        for p in problems
        if p.code != "AVD38"
    ) | Counter({("AVD38", p.file): 1 for p in problems if p.code == "AVD38"})


VISITS = """contract "Visits"
  provider "North" code "N"
  period 2012

fact visit
  key id
  column id : code
  column c : code

form visits
  needs visit: c
  pays (count of visit as v where v.c = "A1") * 1 kr

visits
"""


def collated(host: PostgresHost, engine: Any) -> None:
    """Texts that a column's own collation takes for the same are told apart.

    Raises:
        RuntimeError: they are not.
    """
    own = "COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
    host.connection.execute(f"CREATE {own}")
    host.hold("visit", (["id", "c"], ["TEXT COLLATE folded"] * 2, [["a", "A", "b"], ["A1", "a1", "A1"]]))
    if _visits(host, engine) != 2:
        raise RuntimeError("texts that a column takes for the same are not told apart")


def numbered(host: SparkHost, engine: Any) -> None:
    """Codes that a file of the server keeps as numbers, with the least and the largest told of, are read.

    Raises:
        RuntimeError: they are not.
    """
    with TemporaryDirectory() as place:
        file = str(Path(place) / "visit.parquet")
        parquet.write_table(pa.table({"id": [9, 101, 33], "c": [9, 101, 9]}), file)
        host.session.read.parquet(file).createOrReplaceTempView("visit")
        if _visits(host, engine, "9") != 2:
            raise RuntimeError("codes that are kept as numbers are not read")


def _visits(host: Any, engine: Any, code: str = "A1") -> Fraction | None:
    """What visits with a code come to; nothing when the table is refused."""
    program = analyse(Sources("case.avtal", VISITS.replace("A1", code))).program
    assert program is not None
    source = Source(
        Path("visit"), "visit", FileMapping(name="visit", fact="visit"), "mapping.toml", named(host, "visit")
    )
    with engine.still():
        there = read_tables([source], list(program.facts.values()), engine, silent)
    if there.problems:
        return None
    return by_queries(program, Dataset(relations=there.relations, engine=engine))[0].clauses[0].amount


def command(url: str, host: Any) -> None:
    """`avtal settle --engine …` on tables that its user may only read comes to the same as on the files.

    Raises:
        RuntimeError: it does not.
    """
    folder = ROOT / "contracts" / "sexdelat"
    facts = [*api.load(folder).program.facts.values()]
    expected = _settled(folder)
    with TemporaryDirectory() as place:
        text = (folder / "data" / "mapping.toml").read_text(encoding="utf-8")
        for source in sources([folder / "data"], None)[0]:
            host.hold(source.path.stem, as_text(*written(source, fact_of(source, facts))))
            own = f'name = "{source.name}"\ntable = "{named(host, source.path.stem).table}"'
            text = text.replace(f'name = "{source.name}"', own)
        (Path(place) / "mapping.toml").write_text(text, encoding="utf-8")
        if _settled(folder, "--data", place, "--engine", url) != expected or len(expected) < 200:
            raise RuntimeError("avtal settle on tables of the server differs from that on files")
        wrong = _settled(folder, "--data", "table:lager.nothing", "--engine", url, code=1)
        if b"AVD53" not in wrong:
            raise RuntimeError("a table that is not there is not told of")


def _settled(folder: Path, *words: str, code: int = 0) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "avtal.cli", "settle", str(folder), "-O", "csv", *words],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if done.returncode != code:
        raise RuntimeError(f"avtal settle ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout or done.stderr
