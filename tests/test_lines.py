"""Payment lines in a file: what is written adds up, is the same every time, and is found again for a contact."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import folders
import pytest
from attrs import evolve
from running import run

from avtal import api
from avtal.engines.duck import DuckEngine
from avtal.engines.means import Means
from avtal.errors import AvtalError, UnreadableError
from avtal.line_file import write
from avtal.line_search import read
from avtal.lines import COLUMNS, PaymentLine, every, handed_over
from interpreter.sets import set_clerk, settle as by_query
from interpreter.sets.relation import EngineError

THIRDS = """\
contract "T"
  provider "A" code "A"
  period   2012

fact care
  key      id
  dated    day
  provider provider
  column id       : code
  column provider : code
  column day      : date
  column cost     : kr

form thirds
  "A third of what each contact cost."
  needs care: cost
  each care
    pays cost / 3

thirds "Del"
"""
ROOT = Path(__file__).resolve().parents[1]
FORMS = """\
form third (tredjedel)
  "A third of a sum, and the whole of it."
  param amount (belopp) : kr first
  pays "small" "liten" amount / 3
  pays "large" "stor" amount
"""


WHOLE: dict[str, Any] = {
    "contract": "T",
    "buyer": "",
    "provider": "A",
    "start": date(2012, 1, 1),
    "end": date(2012, 12, 31),
    "clause": "c",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folders.write(tmp_path / "prov")


def select(sql: str, file: Path) -> list[tuple[object, ...]]:
    return duckdb.execute(sql.replace("FILE", f"'{file}'")).fetchall()


def test_lines_add_up_to_the_settlement(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "rader.parquet"
    run("settle", folder, "--period", "2012", "--lines", file)
    sums = "SELECT provider, clause, sum(amount) FROM FILE GROUP BY ALL ORDER BY ALL"
    assert select(sums, file) == [
        ("A", 'fixed["Jour"]', Decimal("1200000.10")),
        ("A", 'part["Kvalitet"]', Decimal("40015.52")),
        ("A", 'visits["Besök"]', Decimal("1667.16")),
        ("B", 'fixed["Jour"]', Decimal("1200000.10")),
        ("B", 'part["Kvalitet"]', Decimal("120100.06")),
        ("B", 'visits["Besök"]', Decimal("1000.50")),
    ]
    columns = 'contract, buyer, start, "end", status, fact, day, amount, file, line, rule'
    assert select("SELECT COLUMNS FROM FILE WHERE contact = 'K2'".replace("COLUMNS", columns), file) == [
        (
            *("Provavtal", "R1", date(2012, 1, 1), date(2012, 12, 31), "settled", "contact"),
            *(date(2012, 6, 30), Decimal("333.33"), "kontakt.csv", 3, "former.avtal:26"),
        )
    ]
    order = "SELECT list(clause || label || contact) FROM FILE WHERE provider = 'A'"
    ((listed,),) = select(order, file)
    assert listed == [
        *(f'visits["Besök"]K{at}' for at in (1, 2, 3)),
        'fixed["Jour"]',
        'part["Kvalitet"]',
        'part["Kvalitet"]rounding',
    ]


def test_what_is_not_settled_has_a_line_without_an_amount(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "rader.parquet"
    run("settle", folder, "--period", "2013", "--provider", "B", "--lines", file, code=1)
    assert select("SELECT clause, status, rule FROM FILE WHERE amount IS NULL", file) == [
        ('part["Kvalitet"]', "unsettled", "contract.avtal:19"),
        ("total", "failed", ""),
    ]


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("post öre", [("small", "33.333333", "100/3"), ("large", "100.000000", None), ("rounding", "-0.003333", None)]),
        ("rad kr", [("small", "33.333333", "100/3"), ("large", "100.000000", None), ("rounding", "-0.333333", None)]),
        (
            "totalt kr",
            [("small", "33.333333", "100/3"), ("large", "100.000000", None), ("rounding", "-0.333333", None)],
        ),
    ],
)
def test_a_gap_is_closed_where_the_contract_rounds(
    tmp_path: Path, rounding: str, expected: list[tuple[str, str, str | None]]
) -> None:
    (tmp_path / "contract.avtal").write_text(
        f'avtal "T"\n  vårdgivare "A" kod "A"\n  period     2012\n  avrundning {rounding} halva_från_noll\n\n'
        f'använd former\n\ntredjedel "Del" 100 kr\n',
        encoding="utf-8",
    )
    (tmp_path / "former.avtal").write_text(FORMS, encoding="utf-8")
    file = tmp_path / "rader.parquet"
    run("settle", tmp_path, "--lines", file)
    assert select("SELECT label, amount::VARCHAR, exact FROM FILE", file) == expected
    found = read(file, "")[0]
    assert [line.amount for line in found][:2] == [Fraction(100, 3), Fraction(100)]


def test_the_same_settlement_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "på annan plats"
    shutil.copytree(folder, other)
    files = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    for place, file in zip((folder, other), files, strict=True):
        run("settle", place, "--period", "2012", "--lines", file)
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("name", ["sexdelat", "akutsjukhus"])
def test_lines_by_query_are_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """From a database the lines of rows go to the file unseen; those of the reference evaluator go one by one."""
    contract = api.load(ROOT / "contracts" / name)
    write(tmp_path / "a.parquet", [(contract, api.settle(contract, api.read(contract)))])
    reading = api.read(contract, means=Means(engine="duckdb", keep=False, outputs=(tmp_path,)))
    assert reading.dataset is not None
    settlements = by_query.settle(contract.program, reading.dataset, small_facts=0)
    with monkeypatch.context() as patched:
        patched.setattr(set_clerk, "lines_of", None)
        write(tmp_path / "b.parquet", [(contract, settlements)], [reading])
    reading.close()
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert select("SELECT COUNT(*) > 20 FROM FILE", tmp_path / "a.parquet") == [(True,)]


@pytest.mark.parametrize("name", ["sexdelat", "akutsjukhus"])
def test_lines_that_are_many_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Where lines are many their texts are told before them, and they are not gathered first."""
    contract = api.load(ROOT / "contracts" / name)
    settlements = api.settle(contract, api.read(contract))
    write(tmp_path / "few.parquet", [(contract, settlements)])
    monkeypatch.setattr("avtal.line_file.ALIKE", 0)
    write(tmp_path / "many.parquet", [(contract, settlements)])
    few, many = (select("SELECT * FROM FILE", tmp_path / f"{which}.parquet") for which in ("few", "many"))
    assert few == many
    kinds = "SELECT name, type, converted_type FROM parquet_schema(FILE)"
    assert select(kinds, tmp_path / "few.parquet") == select(kinds, tmp_path / "many.parquet")


def test_many_lines_of_contracts_with_different_clauses_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contracts = [api.load(ROOT / "contracts" / name) for name in ("sexdelat", "akutsjukhus")]
    parts = [(contract, api.settle(contract, api.read(contract))) for contract in contracts]
    write(tmp_path / "few.parquet", parts)
    monkeypatch.setattr("avtal.line_file.ALIKE", 0)
    write(tmp_path / "many.parquet", parts)
    few, many = (select("SELECT * FROM FILE", tmp_path / f"{which}.parquet") for which in ("few", "many"))
    assert few == many


def test_lines_finer_than_the_file_are_written_one_by_one(tmp_path: Path) -> None:
    """A third of a krona for each contact: no whole millionths."""
    contract, data = tmp_path / "contract.avtal", tmp_path / "data"
    contract.write_text(THIRDS, encoding="utf-8")
    data.mkdir()
    rows = "".join(f"{at};A;2012-01-01;{at}\n" for at in range(1, 8))
    (data / "care.csv").write_text(f"id;provider;day;cost\n{rows}", encoding="utf-8")
    loaded = api.load(contract)
    write(tmp_path / "a.parquet", [(loaded, api.settle(loaded, api.read(loaded)))])
    reading = api.read(loaded, means=Means(engine="duckdb", keep=False, outputs=(tmp_path,)))
    assert reading.dataset is not None
    write(
        tmp_path / "b.parquet",
        [(loaded, by_query.settle(loaded.program, reading.dataset, small_facts=0))],
        [reading],
    )
    reading.close()
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert select("SELECT DISTINCT exact FROM FILE WHERE contact = '1'", tmp_path / "b.parquet") == [("1/3",)]


def test_too_little_memory_for_the_lines_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contract = api.load(ROOT / "contracts/sexdelat")
    settlements = api.settle(contract, api.read(contract))

    def full(*_: object, **__: object) -> None:
        raise EngineError("out of memory")

    monkeypatch.setattr(DuckEngine, "write", full)
    with pytest.raises(UnreadableError, match="--spill"):
        write(tmp_path / "a.parquet", [(contract, settlements)])


def test_what_a_file_holds_comes_back(folder: Path, tmp_path: Path) -> None:
    contract = api.load(folder)
    settlements = api.settle(contract, api.read(contract), period="2012")
    file = tmp_path / "rader.parquet"
    write(file, [(contract, settlements)])
    expected = [line for line in every([(contract, settlements)]) if line.contact]
    assert [line for at in range(1, 6) for line in read(file, f"K{at}")[0]] == expected
    assert list(read(file, "K1")[1]) == ["Provavtal"]


def test_a_number_too_large_for_the_file_is_told() -> None:
    line = PaymentLine(**WHOLE, contact="K", amount=Fraction(10**12 - 1))
    assert (10**12 - 1) * 10**6 in handed_over(line)
    with pytest.raises(AvtalError, match="c K: 1000000000000 is too large"):
        handed_over(evolve(line, amount=Fraction(10**12)))


# --- names and files that can't be


def test_names_are_refused_before_anything_is_settled(folder: Path, tmp_path: Path) -> None:
    for name, told in (
        ("rader.csv", "Sluta namnet med .parquet"),
        ("borta/rader.parquet", "finns inte"),
        ("rader*.parquet", "något av tecknen"),
    ):
        assert told in run("settle", folder, "--lines", tmp_path / name, code=2).stderr
    (tmp_path / "m.parquet").mkdir()
    assert "är en mapps" in run("settle", folder, "--lines", tmp_path / "m.parquet", code=2).stderr


def test_files_that_hold_no_lines_are_told(folder: Path, tmp_path: Path) -> None:
    made = {
        "text.parquet": None,
        "annat.parquet": "SELECT 1 AS contact",
        "brutet.parquet": "SELECT "
        + ", ".join(f"'{'K1' if c.name == 'contact' else '1e9'}' AS \"{c.name}\"" for c in COLUMNS),
    }
    for name, sql in made.items():
        if sql is None:
            (tmp_path / name).write_text("contact\nK1\n", encoding="utf-8")
        else:
            duckdb.execute(f"COPY ({sql}) TO '{tmp_path / name}' (FORMAT parquet)")
        told = run("explain", folder, "--contact", "K1", "--lines", tmp_path / name, code=2).stderr
        assert "är ingen fil med betalningsrader" in told, name
    assert "finns inte" in run("explain", folder, "--contact", "K1", "--lines", tmp_path / "b.parquet", code=2).stderr
    (tmp_path / "a*.parquet").write_text("", encoding="utf-8")
    with pytest.raises(UnreadableError, match="Rename the file"):
        read(tmp_path / "a*.parquet", "K1")


# --- explain --contact


@pytest.mark.parametrize(
    "wrong",
    [
        ("explain",),
        ("explain", "Besök", "--contact", "K1"),
        ("explain", "Besök", "--lines", "r.parquet"),
        ("explain", "--contact", "K1", "--lines", "r.parquet", "--data", "data"),
    ],
)
def test_what_does_not_go_together_is_refused(folder: Path, wrong: tuple[str, ...]) -> None:
    command, *more = wrong
    assert run(command, folder, *more, code=2).stderr.startswith("fel: ")


def test_the_record_of_a_file_is_its_texts(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "rader.parquet"
    run("settle", folder, "--period", "2012", "--lines", file)
    ((said,),) = select("SELECT decode(value) FROM parquet_kv_metadata(FILE)", file)
    hashes = json.loads(str(said))
    assert list(hashes) == ["Provavtal"]
    assert len(hashes["Provavtal"]) == 64
