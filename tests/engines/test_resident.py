"""Tables that lie on a server: read there as files are read here. A DuckDB stands for the server.

PostgreSQL, Spark and Sail are held to the same by `make test-engines`, with the same checks of every contract.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from engine_data import CONTRACTS
from engine_servers.resident_check import Grid, as_written, by_name

import avtal
from avtal.engines import resident, resident_cells
from avtal.engines.duck import DuckEngine
from avtal.engines.resident import There, read_tables
from avtal.engines.resident_sql import SPELLINGS, Spelling
from avtal.reading.folders import Source
from avtal.reading.mapping import FileMapping
from avtal.reading.places import Database
from avtal.reading.read import silent
from interpreter.facts import Fact
from interpreter.sets.fetch import LazyIndex, index
from interpreter.sets.relation import Dataset, EngineError
from interpreter.settle import settle

FEW = ("forlossning", "primarvard_blandad", "sexdelat", "socialt_utfall", "uppfoljning")
STAND = Spelling(
    mark='"',
    text="VARCHAR",
    as_it_is=" COLLATE C",
    wide="HUGEINT",
    matches=lambda x, pattern: f"regexp_matches({x}, '{pattern}')",
    truncated=lambda x, decimals: f"TRY_CAST({x} AS DECIMAL({18 + decimals}, {decimals}))",
    scaled=lambda x, decimals: (
        f"CAST(TRY_CAST({x} AS DECIMAL({18 + decimals}, {decimals}))"
        f" * CAST({10**decimals} AS DECIMAL({decimals + 1}, 0)) AS HUGEINT)"
    ),
    midnight=lambda x: f"(date_trunc('day', {x}) = {x})",
    quotient=lambda x, by: f"({x} // {by})",
    sha256=lambda x: f"md5({x})",
    number=lambda x: f"CAST(hash({x}) % 1000000007 AS BIGINT)",
    cast="TRY_CAST",
    views=False,
)
TYPES = {"TEXT": "VARCHAR", "NUMERIC": "DECIMAL(38,10)", "NUMERIC(24,6)": "DECIMAL(24,6)"}


class Stand(DuckEngine):
    """A server with the tables of somebody else."""

    schema = ""

    def hold(self, table: str, grid: Grid) -> None:
        """Make a table, or replace it."""
        headings, types, cells = grid
        columns = ", ".join(
            f'"{heading}" {TYPES.get(kind, kind)}' for heading, kind in zip(headings, types, strict=True)
        )
        self._connection.execute(f'CREATE OR REPLACE TABLE "{table}" ({columns})')
        rows = list(zip(*cells, strict=True))
        if rows:
            self._connection.executemany(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(headings))})', rows)

    def columns(self, table: str) -> list[tuple[str, str]]:
        """The columns of a table."""
        try:
            found = self.query(f'SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "{table}")')
        except EngineError:
            return []
        return [(str(name), str(kind)) for name, kind in found]

    @contextmanager
    def still(self) -> Iterator[None]:
        """What is done within."""
        yield


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """A server."""
    monkeypatch.setitem(SPELLINGS, "duckdb", STAND)
    engine = Stand(threads=1)
    yield engine
    engine.close()


@pytest.mark.parametrize("name", FEW)
def test_a_contract_is_settled_from_tables_as_from_files(name: str, server: Stand) -> None:
    contract = avtal.load(CONTRACTS / name)
    data = avtal.read(contract).data
    expected = settle(contract.program, data)
    for seed in range(3):
        counters: Counter[str] = Counter()
        assert by_name(contract.program, data, expected, server, server, Random(seed), counters) == []
        assert counters["query"] > 0
    assert as_written(CONTRACTS / name / "data", contract.program, server, server, None) == ([], 0)


@pytest.mark.parametrize("seed", range(12))
def test_mistakes_are_refused_as_in_files(seed: int, server: Stand) -> None:
    name = FEW[seed % len(FEW)]
    contract = avtal.load(CONTRACTS / name)
    wrong, _ = as_written(CONTRACTS / name / "data", contract.program, server, server, seed)
    assert wrong == []


FACT: Fact = next(f for f in avtal.load(CONTRACTS / "akutsjukhus").program.facts.values() if f.name == "admission")


def read(server: Stand, *grids: Grid, fact: Fact = FACT, **mapping: Any) -> There:
    """Read tables `t0`, `t1` … of a fact."""
    found = []
    for at, grid in enumerate(grids):
        server.hold(f"t{at}", grid)
        own = FileMapping(name=f"t{at}", fact=fact.name, **mapping)
        found.append(Source(Path(f"t{at}"), f"t{at}", own, "mapping.toml", Database("", f"t{at}")))
    return read_tables(found, [fact], server, silent)


def admissions(ids: Sequence[str | None], **more: Sequence[Any]) -> Grid:
    """Admissions with nothing special about them."""
    columns: dict[str, tuple[str, Sequence[Any]]] = {
        "id": ("TEXT", ids),
        "provider": ("TEXT", ["DS"] * len(ids)),
        "discharged": ("TEXT", ["2012-01-31"] * len(ids)),
        "drg": ("TEXT", ["F10E"] * len(ids)),
        "cost": ("TEXT", ["1 234,50"] * len(ids)),
    }
    columns |= {name: ("TEXT", cells) for name, cells in more.items()}
    return list(columns), [kind for kind, _ in columns.values()], [cells for _, cells in columns.values()]


def told(there: There) -> list[tuple[str, str, str]]:
    """What is wrong, with the place as it is shown."""
    return [(problem.code, problem.where("sv"), problem.value) for problem in there.problems]


def test_what_is_refused_is_told_of_by_table_key_and_column(server: Stand) -> None:
    wrong = admissions(
        ["A", "B", "B", None], cost=["x", "1", "2", "3"], discharged=["2012-01-31", None, "2012", "1812-01-01"]
    )
    assert told(read(server, wrong)) == [
        ("AVD20", "t0, nyckel –, kolumn id", ""),
        ("AVD20", "t0, nyckel B, kolumn discharged", ""),
        ("AVD28", "t0, nyckel B, kolumn discharged", "2012"),
        ("AVD30", "t0, nyckel –, kolumn discharged", "1812-01-01"),
        ("AVD21", "t0, nyckel A, kolumn cost", "x"),
        ("AVD38", "t0, nyckel B", "B"),
    ]


def test_a_key_that_occurs_twice_is_told_of_once(server: Stand) -> None:
    there = read(server, admissions(["A", "B", "A"]), admissions(["B", "C"]))
    assert told(there) == [("AVD38", "t0, nyckel A", "A"), ("AVD38", "t0, nyckel B", "B")]
    assert there.problems[1].text("en") == (
        "The key id also occurs at another row of t1. Remove one of the rows, or mend the key."
    )
    assert not there.relations


def test_several_tables_are_one_fact(server: Stand) -> None:
    there = read(server, admissions(["A", "B"]), admissions(["C"]), admissions([]))
    assert not there.problems
    relation = there.relations["admission"]
    assert (relation.rows, relation.files) == (3, ("t0", "t1", "t2"))
    found = server.query(f"SELECT c1, f, n FROM {relation.source} ORDER BY f, n")
    assert list(found) == [("A", 0, 1), ("B", 0, 2), ("C", 1, 1)]
    assert [file.rows for file in there.files] == [2, 1, 0]
    again = read(server, admissions(["B", "A"]), admissions(["D"]), admissions([]))
    hashes = [(one.sha256, other.sha256) for one, other in zip(there.files, again.files, strict=True)]
    assert [one == other for one, other in hashes] == [True, False, True]


def test_texts_that_a_column_takes_for_the_same_are_told_apart(server: Stand) -> None:
    headings, types, cells = admissions(["a", "A", "B"], drg=["F10E", "f10e", "F10E"])
    there = read(server, (headings, [f"{kind} COLLATE NOCASE" for kind in types], cells))
    assert not there.problems
    relation = there.relations["admission"]
    assert relation.columns["drg"].codes == ("F10E", "f10e")
    drg = relation.columns["drg"].sql
    found = server.query(f"SELECT c1, {drg} FROM {relation.source} ORDER BY c1 COLLATE C")
    assert list(found) == [("A", 1), ("B", 0), ("a", 0)]


def test_a_row_of_which_only_what_is_ignored_is_there_is_no_blank_one(server: Stand) -> None:
    headings, types, cells = admissions(["A", "B", "C"], loaded=["2012-02-01", "2012-02-01", None])
    empty = [list(own) if name == "loaded" else [own[0], None, None] for name, own in zip(headings, cells, strict=True)]
    there = read(server, (headings, types, empty), ignore=("loaded",))
    assert sorted((code, where) for code, where, _ in told(there)) == [
        ("AVD20", f"t0, nyckel –, kolumn {name}") for name in sorted(set(headings) - {"loaded"})
    ]
    assert there.files[0].rows == 2


def test_a_small_table_that_stays_is_not_read_whole(server: Stand) -> None:
    there = read(server, admissions(["A"]))
    dataset = Dataset(relations=there.relations, engine=server)
    assert isinstance(index(FACT, dataset, None, single=True)(), LazyIndex)


def test_what_the_server_cannot_check_is_refused(server: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resident_cells, "MOST_READ", 2)
    monkeypatch.setattr(resident, "MOST_READ", 2)
    monkeypatch.setattr(resident_cells, "LISTED", 2)
    costs = [f"{at} kr" for at in range(3)]
    assert told(read(server, admissions(["A", "B", "C"], cost=costs))) == [("AVD56", "t0, kolumn cost", "")]
    assert not read(server, admissions(["A", "B", "C"], cost=["1", "2", "3"])).problems


def test_a_table_that_is_not_there_or_of_no_fact_is_told_of(server: Stand) -> None:
    server.hold("strange", (["a"], ["TEXT"], [["x"]]))
    for table, code in (("nothing", "AVD53"), ("strange", "AVD04")):
        own = FileMapping(name=table, fact="admission" if table == "nothing" else "")
        source = Source(Path(table), table, own, "mapping.toml", Database("", table))
        there = read_tables([source], [FACT], server, silent)
        assert [problem.code for problem in there.problems] == [code]


def test_numbers_in_floating_point_are_refused_for_money(server: Stand) -> None:
    headings, types, cells = admissions(["A"])
    types[headings.index("cost")], cells[headings.index("cost")] = "DOUBLE", [0.1]  # type: ignore[index]
    assert told(read(server, (headings, types, cells))) == [("AVD47", "t0, kolumn cost", "")]


def test_rows_without_a_key_are_told_of_by_number(server: Stand) -> None:
    from attrs import evolve

    fact = evolve(FACT, keys=())
    there = read(server, admissions(["B", "A"], cost=["x", "1"]), fact=fact)
    assert told(there) == [("AVD21", "t0, rad 2, kolumn cost", "x")]
    assert not read(server, admissions(["B", "A"], cost=["2", "1"]), fact=fact).problems
