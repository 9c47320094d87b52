"""`avtal settle` and `explain` say the same whichever engine adds up, and choose one by the size of the data."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from running import process, run

import avtal
from avtal.engines import choice
from avtal.engines.means import Means
from avtal.engines.servers import connected
from avtal.errors import AvtalError, DataError, UnreadableError
from interpreter.sets.relation import EngineError

ROOT = Path(__file__).resolve().parents[1]
CONTRACT = ROOT / "contracts/sexdelat"
BY_QUERY = Means(engine="duckdb", keep=False)


def settled(*words: object, code: int = 0) -> str:
    """What `avtal settle` says, on both streams."""
    done = run("settle", *words, code=code)
    return str(done.stdout + done.stderr)


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_the_same_settlement_in_every_form(form: str) -> None:
    found = {
        engine: settled(CONTRACT, "--engine", engine, "--no-snapshot", "-O", form, "--show-lines")
        for engine in ("reference", "sqlite", "duckdb", "auto")
    }
    assert len(set(found.values())) == 1


@pytest.mark.parametrize("means", [BY_QUERY, Means(engine="sqlite")])
def test_an_explanation_reaches_the_data_in_the_database(means: Means) -> None:
    contract = avtal.load(CONTRACT)
    reading = avtal.read(contract, means=means)
    try:
        settlement = avtal.settle(contract, reading)[0]
        by_rows = avtal.read(contract)
        for clause in settlement.clauses:
            found = avtal.explain(contract, reading, settlement, clause.key)
            same = avtal.explain(contract, by_rows, avtal.settle(contract, by_rows)[0], clause.key)
            assert found.value == same.value
            assert len(found.parts) == len(same.parts)
    finally:
        reading.close()


def test_the_engine_is_chosen_by_the_size_of_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    contract = avtal.load(CONTRACT)
    monkeypatch.setattr(choice, "SOME", 2_000)
    assert avtal.read(contract, means=Means(engine="auto", keep=False)).dataset is None
    monkeypatch.setattr(choice, "SOME", 1_000)
    reading = avtal.read(contract, means=Means(engine="auto", keep=False))
    assert reading.dataset is not None
    assert reading.dataset.engine.dialect == "sqlite"
    assert reading.data
    reading.close()
    monkeypatch.setattr(choice, "MANY", 10)
    reading = avtal.read(contract, means=Means(engine="auto", keep=False))
    assert reading.dataset is not None
    assert reading.facts == avtal.read(contract).facts
    reading.close()


def test_what_is_refused_is_refused_alike(tmp_path: Path) -> None:
    folder = tmp_path / "contract"
    shutil.copytree(CONTRACT, folder, ignore=shutil.ignore_patterns(".avtal"))
    file = next(path for path in sorted((folder / "data").iterdir()) if path.suffix == ".csv")
    with file.open("ab") as data:
        data.write(b"skrap;;;;\r\n")
    found = [
        settled(folder, "--engine", engine, "--no-snapshot", code=1) for engine in ("reference", "sqlite", "duckdb")
    ]
    assert len(set(found)) == 1
    assert file.name in found[0]


def test_a_snapshot_is_kept_beside_the_data_unless_it_is_not_wanted(tmp_path: Path) -> None:
    folder = tmp_path / "contract"
    shutil.copytree(CONTRACT, folder, ignore=shutil.ignore_patterns(".avtal"))
    settled(folder, "--engine", "duckdb", "--no-snapshot")
    assert not (folder / "data/.avtal").exists()
    first = settled(folder, "--engine", "duckdb", "-O", "json")
    assert (folder / "data/.avtal").is_dir()
    assert settled(folder, "--engine", "duckdb", "-O", "json") == first
    assert json.loads(first)["settlements"]


@pytest.mark.parametrize("keep", [True, False])
def test_nothing_of_what_is_refused_is_left_lying(
    keep: bool,  # noqa: FBT001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary, data = tmp_path / "tmp", tmp_path / "data"
    temporary.mkdir()
    shutil.copytree(CONTRACT / "data", data, ignore=shutil.ignore_patterns(".avtal"))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with next(path for path in sorted(data.iterdir()) if path.suffix == ".csv").open("ab") as file:
        file.write(b"skrap;;;;\r\n")
    with pytest.raises(DataError) as refused:
        avtal.read(avtal.load(CONTRACT), [data], means=Means(engine="duckdb", keep=keep))
    left = [*temporary.iterdir(), *data.glob(".avtal/tmp-*")]
    assert not left, refused.value.reading


def test_a_folder_to_spill_into_must_be_there(tmp_path: Path) -> None:
    assert "none" in settled(CONTRACT, "--engine", "duckdb", "--spill", tmp_path / "none", code=2)


def test_contracts_on_one_data_set_are_one_plan(tmp_path: Path) -> None:
    """Three hospitals' contracts, alike but for their figures, and one of another kind, on the same files."""
    text = (CONTRACT / "contract.avtal").read_text(encoding="utf-8")
    for at, (price, target) in enumerate((("41 250", "350"), ("40 000", "10"), ("39 990,50", "900"))):
        folder = tmp_path / f"sjukhus{at}"
        folder.mkdir()
        changed = text.replace("41 250 kr/drg_poäng", f"{price} kr/drg_poäng").replace(
            "350 drg_poäng/år", f"{target} drg_poäng/år"
        )
        (folder / "contract.avtal").write_text(changed, encoding="utf-8")
    other = tmp_path / "sjukhus3"
    other.mkdir()
    (other / "contract.avtal").write_text(text + '\nanslag "Tillägg" 1 mkr/år\n', encoding="utf-8")
    data = ("--data", CONTRACT / "data", "--no-snapshot", "-O", "csv")
    by_query = settled(tmp_path, "--engine", "duckdb", *data)
    assert by_query == settled(tmp_path, "--engine", "reference", *data)
    alone = [settled(tmp_path / f"sjukhus{at}", "--engine", "reference", *data) for at in range(4)]
    rows = [line for shown in alone for line in shown.splitlines()[1:]]
    assert by_query.splitlines()[1:] == rows
    assert len(set(alone)) == 4


def test_one_wrong_contract_does_not_hide_the_others(tmp_path: Path) -> None:
    text = (CONTRACT / "contract.avtal").read_text(encoding="utf-8")
    for name, own in (("a", text), ("b", text + "\nanslag 1 mkrr/år\n"), ("c", text)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "contract.avtal").write_text(own, encoding="utf-8")
    shown = settled(tmp_path, "--data", CONTRACT / "data", "-O", "csv", code=1)
    assert "mkrr" in shown
    assert shown.count(";total;settled;") == 4


def test_a_party_that_a_contract_lacks_is_said_of_that_contract(tmp_path: Path) -> None:
    text = (CONTRACT / "contract.avtal").read_text(encoding="utf-8")
    for name, own in (("a", text), ("b", text.replace('kod "OS"', 'kod "XX"'))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "contract.avtal").write_text(own, encoding="utf-8")
    for engine in ("reference", "duckdb"):
        words = ("--data", CONTRACT / "data", "-O", "csv", "--engine", engine, "--no-snapshot", "--provider", "OS")
        shown = settled(tmp_path, *words, code=2)
        assert shown.count(";total;settled;") == 2
        assert "XX" in shown


def test_data_that_do_not_fit_sqlite_are_settled_by_the_reference_evaluator(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise EngineError("a number does not fit 63 bits")

    contract = avtal.load(CONTRACT)
    monkeypatch.setattr("avtal.engines.load.from_rows", refuse)
    assert avtal.read(contract, means=Means(engine="auto")).dataset is None
    with pytest.raises(AvtalError, match="63 bits"):
        avtal.read(contract, means=Means(engine="sqlite"))


def test_a_server_that_is_not_there_is_told_of() -> None:
    said = settled(CONTRACT, "--engine", "postgresql://127.0.0.1:1/nowhere?connect_timeout=2", code=2)
    assert "svarar inte på 127.0.0.1:1 (" in said or "avtal[postgres]" in said


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("postgresql://anna:hemlig@dw.inte.invalid/vard", "dw.inte.invalid:5432"),
        ("postgresql://anna:hem@lig@[::1]:7/vard", "::1:7"),
        ("postgresql://anna:1/hemlig@dw/vard", ""),
        ("postgresql://anna:1#hemlig@dw/vard", ""),
        ("postgresql://dw/vard?password=hem@lig", ""),
        ("postgresql:///vard?host=/hemlig", ""),
        ("postgresql://dw:hemlig/vard", ""),
    ],
)
def test_a_database_that_does_not_answer_is_told_by_host_and_port_alone(
    address: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_: str) -> None:
        raise EngineError("no connection to the database")

    monkeypatch.setitem(sys.modules, "avtal.engines.postgres", SimpleNamespace(PostgresEngine=silent))
    with pytest.raises(UnreadableError) as told:
        connected(Means(engine=address))
    assert f"svarar inte{f' på {place}' * bool(place)} (no connection" in told.value.sv
    assert f"does not answer{f' at {place}' * bool(place)} (no connection" in told.value.en
    for secret in ("anna", "hem", "lig"):
        assert secret not in told.value.sv + told.value.en


@pytest.mark.parametrize("address", ["sc://127.0.0.1:1/;token=hemlig", "sc://;token=hemlig"])
def test_a_spark_that_is_not_there_is_told_of_without_its_token(address: str) -> None:
    said = settled(CONTRACT, "--engine", address, code=2)
    assert "hemlig" not in said
    assert "--engine" in said or "avtal[spark]" in said


def test_an_address_of_a_wrong_form_is_told_of_without_what_may_be_secret() -> None:
    done = process("settle", CONTRACT, "--engine", "sc:/host;token=hemlig")
    assert done.returncode == 2
    assert b"--engine" in done.stderr
    assert b"hemlig" not in done.stdout + done.stderr


def test_what_to_settle_with_never_shows_an_address() -> None:
    assert "hemlig" not in repr(Means(engine="postgresql://user:hemlig@host/base", session="hemlig"))


def test_a_database_that_gives_up_while_rows_are_read_is_told_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a query can't say is worked out from the rows, and these have to be read then."""
    from avtal.cli import run as run_here

    def short(*_: object, **__: object) -> object:
        raise EngineError("out of memory")

    monkeypatch.setattr("interpreter.sets.settle.Sets.settle", short)
    contract = avtal.load(CONTRACT)
    reading = avtal.read(contract, means=BY_QUERY)
    with pytest.raises(AvtalError, match=r"gave up .*\(out of memory\)"):
        avtal.settle(contract, reading)
    reading.close()
    assert run_here(["settle", str(CONTRACT), "--engine", "duckdb", "--lang", "sv"]) == 1
    assert "Databasen gav upp medan underlaget lästes (out of memory)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("engine", "meant"),
    [
        ("oracle://hemlig@host/base", ""),
        ("", ""),
        ("DuckDB", "duckdb"),
        ("postgres", "postgresql://…"),
        ("postgresql+psycopg://hemlig@host/base", "postgresql://…"),
        ("sc:/host;token=hemlig", "sc://…"),
    ],
)
def test_an_engine_that_nobody_knows_is_told_of_with_all_that_there_are(engine: str, meant: str) -> None:
    for lang, said, asked in (("sv", "ska vara ett av", "Menade du"), ("en", "must be one of", "Did you mean")):
        told = settled(CONTRACT, "--engine", engine, "--lang", lang, code=2)
        every = "auto, reference, sqlite, duckdb, spark, postgresql://…, sc://…."
        assert told.endswith(f": --engine {said} {every}{f' {asked} {meant}?' * bool(meant)}\n")


@pytest.mark.parametrize("engine", ["sqlite:///finns/inte.db", "sqlite:", "duckdb:///x.duckdb", "SQLite+pysqlite://x"])
def test_a_database_file_is_data_and_no_engine(engine: str) -> None:
    kind = "duckdb" if "duckdb" in engine else "sqlite"
    assert f"--data {kind}:///…#tabell." in settled(CONTRACT, "--engine", engine, code=2)
    with pytest.raises(UnreadableError, match=f"--data {kind}:///…#table"):
        Means(engine=engine)


def test_help_says_every_engine() -> None:
    assert "auto|reference|sqlite|duckdb|spark|postgresql://…|sc://…" in run("settle", "--help").stdout


def test_what_is_no_fault_of_a_database_is_told_as_it_is() -> None:
    with pytest.raises(KeyError), choice.said():
        raise KeyError
