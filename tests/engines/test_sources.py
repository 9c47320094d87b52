"""Arrow tables and tables of databases are data like files: the same rows, the same checks."""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
import sqlalchemy as sa
from engine_data import CONTRACTS, contract, rows_back
from running import process, run
from snapshot_data import FACT, FACTS, near

import avtal
from avtal.engines.choice import given_twice
from avtal.engines.means import DUCKDB, Means
from avtal.engines.servers import lies_there
from avtal.engines.snapshot import FOLDER, opened
from avtal.errors import DataError, UnreadableError
from avtal.reading import Reading, read_data
from avtal.reading.arrow import delivered
from avtal.reading.database import tagged
from avtal.reading.folders import sources
from avtal.reading.places import Database, address, place

__all__ = ["near"]

DAY = dt.date(2012, 1, 31)


@pytest.fixture
def base(tmp_path: Path) -> str:
    """A database with a table, a view, and a table with floats."""
    url = f"sqlite:///{tmp_path / 'dw.db'}"
    engine = sa.create_engine(url)
    meta = sa.MetaData()
    plain = sa.Table(
        "vardtillfalle",
        meta,
        sa.Column("vardkontakt", sa.String, primary_key=True),
        sa.Column("datum", sa.Date),
        sa.Column("kostnad", sa.String),
        sa.Column("akut", sa.Boolean),
        sa.Column("andel", sa.Float),
        sa.Column("slag", sa.String),
    )
    floats = sa.Table(
        "admission", meta, sa.Column("id", sa.String), sa.Column("date", sa.Date), sa.Column("cost", sa.Float)
    )
    meta.create_all(engine)
    with engine.begin() as connection:
        cells = {"datum": DAY, "akut": True, "andel": 12.5, "slag": "öppen"}
        rows = [{"vardkontakt": f"K{at}", "kostnad": str(Decimal(at) / 4), **cells} for at in (3, 1, 2)]
        connection.execute(plain.insert(), rows)
        connection.execute(floats.insert(), [{"id": "K1", "date": DAY, "cost": 0.1}])
        connection.execute(
            sa.text("CREATE VIEW admissions AS SELECT vardkontakt AS id, datum AS date FROM vardtillfalle")
        )
    engine.dispose()
    return url


MAPPED = '[[file]]\nname = "vardtillfalle"\n[file.columns]\nvardkontakt = "id"\n'


def both(places: list[Path | Database], mapping: Path | None = None) -> Reading:
    """Hold that rows and snapshot are the same."""
    reading = read_data(places, FACTS, mapping=mapping)
    with opened(places, FACTS, mapping=mapping) as found:
        assert found.reading.problems == reading.problems
        if found.dataset is not None:
            assert found.reading.files == reading.files
            relation = found.dataset.relations["admission"]
            names = [column.name for column in FACT.columns]
            rows = [(r.file, r.line, tuple(r.cells.get(name) for name in names)) for r in reading.data["admission"]]
            assert rows_back(found.dataset, relation) == sorted(rows, key=lambda row: row[:2])
    return reading


@pytest.mark.usefixtures("near")
def test_a_whole_number_in_floating_point_is_not_rounded_to_fifteen_digits() -> None:
    # 1234567890123456 came as the code 1234567890123460, and 1234567890123457 as the same.
    numbers = [1234567890123456.0, 1234567890123457.0, 123456789012345.0, 1e17]
    for name, column, codes in (("id", numbers, ["AVD37"] * 2), ("weight", numbers, ["AVD25"] * 2)):
        table = {"id": [f"K{at}" for at in range(4)], "date": [DAY] * 4} | {name: column}
        with delivered({"admission": pa.table(table)}) as files:
            found = both([*files]).problems
        assert [problem.code for problem in found] == codes
        assert (found[0].row, found[0].value) == (1, "1234567890123456")
    assert tagged(numbers[0], exact=True) == "x1234567890123456"
    with delivered({"admission": pa.table({"id": numbers[2:], "date": [DAY] * 2})}) as files:
        assert [row.cells["id"] for row in both([*files]).data["admission"]] == ["123456789012345", "1" + "0" * 17]


@pytest.mark.usefixtures("near")
def test_a_zero_with_a_minus_in_floating_point_is_a_zero() -> None:
    with delivered({"admission": pa.table({"id": [0.0, -0.0], "date": [DAY] * 2})}) as files:
        assert [(problem.code, problem.value) for problem in both([*files]).problems] == [("AVD38", "0")] * 2


@pytest.mark.usefixtures("near")
def test_a_table_of_a_database_is_read_in_the_order_of_its_key(base: str, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(MAPPED)
    reading = both([Database(base, "main.vardtillfalle")], mapping)
    assert [(row.line, row.cells["id"], row.cells["cost"]) for row in reading.data["admission"]] == [
        (1, "K1", Fraction(1, 4)),
        (2, "K2", Fraction(1, 2)),
        (3, "K3", Fraction(3, 4)),
    ]
    row = reading.data["admission"][0].cells
    assert (row["date"], row["urgent"], row["share"], row["kind"]) == (DAY, True, Fraction(1, 8), "out")
    assert (reading.files[0].name, reading.files[0].rows, len(reading.files[0].sha256)) == ("vardtillfalle", 3, 64)
    assert not (tmp_path / FOLDER).exists()
    assert both([Database(base, "admissions")]).data["admission"][0].cells["id"] == "K1"


@pytest.mark.parametrize(
    ("module", "package"), [("oracledb", "oracledb"), ("MySQLdb", "mysqlclient"), ("psycopg2", "psycopg2-binary")]
)
def test_a_driver_that_is_missing_is_told_with_its_package(
    module: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    kind = {"oracledb": "oracle", "MySQLdb": "mysql", "psycopg2": "postgresql+psycopg2"}[module]
    (problem,) = read_data([Database(f"{kind}://u:hemligt@x/y", "admission")], FACTS).problems
    assert problem.text("sv") == f"Drivrutinen för {kind} saknas. Installera den: pip install '{package}'."
    (problem,) = read_data([Database("bogus://u:hemligt@x/y", "admission")], FACTS).problems
    assert problem.text("sv").startswith("Databaser av slaget bogus är okända här. ")


@pytest.mark.usefixtures("near")
def test_what_is_wrong_with_a_database_is_said_without_its_address(base: str, tmp_path: Path) -> None:
    for database, code in (
        (Database(base, "admission"), "AVD47"),
        (Database(base, "nothing"), "AVD53"),
        (Database("sqlite:////nowhere/hemligt.db", "admission"), "AVD59"),
        (Database("sqlite://", "admission"), "AVD53"),
        (Database("sqlite:///file:hemligt?mode=memory&uri=true", "admission"), "AVD53"),
        (Database("nonsense://hemligt@x/y", "admission"), "AVD62"),
        (Database("postgresql+nodriver://hemligt@x/y", "admission"), "AVD62"),
        (Database("oracle+oracledb://u:hemligt@x/y", "admission"), "AVD61"),
        (Database("hemligt", "admission"), "AVD51"),
    ):
        (problem, *_) = both([database]).problems
        assert problem.code == code
        assert "hemligt" not in problem.text("sv") + problem.where("sv") + repr(database)
    (tmp_path / "x.db").write_bytes(b"no database")
    assert [p.code for p in both([Database(f"sqlite:///{tmp_path / 'x.db'}", "admission")]).problems] == ["AVD51"]


def test_a_database_file_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "no.db"
    told = run("settle", CONTRACTS / "akutsjukhus", "--data", f"sqlite:///{file}#admission", code=1).output
    assert "AVD59" in told
    assert "Databasens fil finns inte." in told
    assert not file.exists()


def test_a_library_that_is_missing_is_named(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    (problem,) = read_data([Database(base, "admission")], FACTS).problems
    assert problem.code == "AVD52"
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UnreadableError, match="pip install"), delivered({"admission": pa.table({"id": ["A"]})}):
        pass


@pytest.mark.usefixtures("near")
def test_a_mapping_names_a_variable_and_never_an_address(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    section = MAPPED.replace("[file.columns]", 'source = "TEST_DW"\ntable = "vardtillfalle"\n[file.columns]')
    (folder / "mapping.toml").write_text(section)
    (problem,) = both([folder]).problems
    assert problem.code == "AVD54"
    assert "TEST_DW" in problem.text("en")
    monkeypatch.setenv("TEST_DW", base)
    assert len(both([folder]).data["admission"]) == 3
    for wrong in ('source = "sqlite:///x.db"\ntable = "t"', 'source = "TEST_DW"'):
        (folder / "mapping.toml").write_text(f'[[file]]\nname = "admission"\n{wrong}\n')
        (problem,) = both([folder]).problems
        assert problem.code == "AVD05"


def test_addresses() -> None:
    assert address("postgresql+psycopg://u:p@h/b?x=1#s.t") == Database("postgresql+psycopg://u:p@h/b?x=1", "s.t")
    assert place("data/x.csv") == Path("data/x.csv")
    assert place(Path("x")) == Path("x")
    with pytest.raises(UnreadableError, match="empty path"):
        place("")
    with pytest.raises(UnreadableError, match="names no table") as error:
        place("postgresql://u:hemligt@h/b")
    assert "hemligt" not in str(error.value)


def test_values_of_databases() -> None:
    one = uuid.UUID(int=1)
    zone = dt.datetime(2012, 1, 1, tzinfo=dt.UTC)
    assert [tagged(value, exact=True) for value in (one, 1.5, Decimal("nan"), zone, b"x", None, "a", 2, DAY)] == [
        f"t{one}",
        "f1.5",
        "xNaN",
        "D2012-01-01T00:00:00+00:00",
        "x",
        "",
        "ta",
        "n2",
        "d2012-01-31",
    ]
    assert tagged(1.5, exact=False) == "n1.5"


def test_arrow_tables_are_data() -> None:
    made = contract("akutsjukhus")
    folder = CONTRACTS / "akutsjukhus" / "data"
    by_file = avtal.read(made)
    files = [path for path in sorted(folder.iterdir()) if path.suffix == ".csv" and "tillf" not in path.name]
    source = next(path for path in folder.iterdir() if "tillf" in path.name)
    frame = pl.read_csv(source, separator=";", infer_schema=False, encoding="cp1252")
    names = {"Vårdkontakt-id": "id", "Vårdgivare": "provider", "Utskriven": "discharged", "DRG-kod": "drg"}
    frame = frame.drop("Klinik", "Inskriven").rename({**names, "Kostnad (KPP)": "cost"})
    expected = avtal.settle(made, by_file, period="2012")
    in_base = avtal.read(made, files, tables={"vårdtillfälle": frame}, means=Means(engine=DUCKDB))
    assert [one.total for one in avtal.settle(made, in_base, period="2012")] == [one.total for one in expected]
    in_base.close()
    for table in (frame, frame.to_arrow(), frame.to_arrow().to_reader(1000)):
        reading = avtal.read(made, files, tables={"vårdtillfälle": table})
        assert [row.cells for row in reading.data["admission"]] == [row.cells for row in by_file.data["admission"]]


def test_an_arrow_table_is_checked_as_a_file_is() -> None:
    good = {"id": ["A", "B"], "date": [DAY, DAY], "cost": [Decimal("1.50"), None]}
    with delivered({"vårdtillfälle": pa.table(good)}) as files:
        assert [row.cells["cost"] for row in read_data(files, FACTS).data["admission"]] == [Fraction(3, 2), None]
    with delivered({"admission": pa.table(good | {"cost": [1.5, 2.5]})}) as files:
        assert [problem.code for problem in read_data(files, FACTS).problems] == ["AVD47"]
    assert not files[0].exists()
    for name, table in (("../x", pa.table(good)), ("a b", pa.table(good)), ("x", good), ("x", None)):
        with pytest.raises(UnreadableError), delivered({name: table}):
            pass


@pytest.mark.usefixtures("near")
def test_a_column_of_an_arrow_table_that_is_empty_in_every_row_is_one_without_values() -> None:
    # Frames give such a column the type null, of which nobody made a choice.
    for cost, codes in ((pa.nulls(2), []), (pa.nulls(2, pa.float64()), ["AVD47"])):
        with delivered({"admission": pa.table({"id": ["A", "B"], "date": [DAY, DAY], "cost": cost})}) as files:
            read = both([*files])
        assert [problem.code for problem in read.problems] == codes
        assert [row.cells["cost"] for row in read.data.get("admission", ())] == ([] if codes else [None, None])
    with delivered({"admission": pa.table({"id": ["A", "B"], "date": pa.nulls(2)})}) as files:
        assert [(problem.code, problem.row) for problem in both([*files]).problems] == [("AVD20", 1), ("AVD20", 2)]


def test_a_length_of_time_is_no_number_of_microseconds() -> None:
    spans = pa.array([dt.timedelta(days=1)], pa.duration("us"))
    with pytest.raises(UnreadableError), delivered({"admission": pa.table({"weight": spans})}):
        pass


def test_a_refused_arrow_table_is_not_left_lying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(DataError) as refused:
        avtal.read(contract("akutsjukhus"), tables={"vårdtillfälle": pa.table({"id": ["A"]})})
    assert not list(tmp_path.iterdir()), refused.value.reading


def test_settle_takes_an_address(base: str) -> None:
    contract = CONTRACTS / "akutsjukhus"
    assert "AVD53" in run("settle", contract, "--data", f"{base}#nothing", code=1).output
    assert "#schema.tabell" in str(run("settle", contract, "--data", base, code=2).exception)


def test_a_table_of_the_server_that_settles_is_named_without_an_address() -> None:
    assert place("table:dm.vardtillfalle") == Database("", "dm.vardtillfalle")
    for wrong in ("table:", "table:dm.", "table:.x"):
        with pytest.raises(UnreadableError, match="table:schema"):
            place(wrong)
    on = Means(engine="postgresql://dw/vard")
    assert lies_there(Database("", "dm.x"), on)
    assert lies_there(Database("postgresql+psycopg://dw/vard", "dm.x"), on)
    assert lies_there(Database("postgres://dw/vard", "dm.x"), on)
    assert not lies_there(Database("postgresql+psycopg://dw/other", "dm.x"), on)
    assert not lies_there(Database("sqlite:///vard", "x"), Means(engine="spark"))


@pytest.mark.parametrize("engine", ["auto", "reference", "duckdb"])
def test_a_table_of_no_server_is_told_of(engine: str, tmp_path: Path) -> None:
    contract = CONTRACTS / "akutsjukhus"
    assert "AVD55" in run("settle", contract, "--data", "table:dm.vardtillfalle", "--engine", engine, code=1).output
    (tmp_path / "mapping.toml").write_text('[[file]]\nname = "admission"\ntable = "dm.vardtillfalle"\n')
    assert "AVD55" in run("settle", contract, "--data", tmp_path, "--engine", engine, code=1).output
    assert "AVD55" in process("settle", contract, "--data", "table:dm.vardtillfalle").stderr.decode()


def test_a_fact_is_given_in_one_place() -> None:
    facts = list(avtal.load(CONTRACTS / "akutsjukhus").program.facts.values())
    lying, _ = sources([Database("", "dm.vardtillfallen")], None)
    files, _ = sources([CONTRACTS / "akutsjukhus" / "data"], None)
    problems = given_twice(lying, files, facts)
    found = [(problem.code, problem.file, dict(problem.args)["name"]) for problem in problems]
    assert found == [("AVD57", "vardtillfallen", "vardtillfallen.csv")]
    assert not given_twice(lying, [], facts)


def test_a_section_of_a_mapping_may_name_a_table_alone(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text('[[file]]\nname = "a"\ntable = "dm.x"\n')
    assert [source.database for source in sources([tmp_path], None)[0]] == [Database("", "dm.x")]
    for wrong in ('source = "DW"', 'source = "D W"\ntable = "x"', 'table = "dm..x"'):
        (tmp_path / "mapping.toml").write_text(f'[[file]]\nname = "a"\n{wrong}\n')
        assert [problem.code for problem in sources([tmp_path], None)[1]] == ["AVD05"]
