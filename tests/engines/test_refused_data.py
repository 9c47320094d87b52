"""What must stop a settlement: each is told with the file and the row, by every engine, and nothing is paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pytest
from running import run

CONTRACT = """contract "Refused"
  provider "Hospital" code "H"
  period 2012-01-01 to 2012-12-31

fact contact
  key id
  dated seen
  provider clinic
  column id : code
  column seen : date
  column clinic : code{optional}
  column drg : code
  column cost : kr

table weights : drg code -> weight number
  file "weights.csv"

table prices : kind code -> price kr
  file "prices.csv"

form paid
  "A price for each weight, and what is dear."
  needs contact: seen, drg, cost
  param list : table drg code -> weight number
  param tariff : table kind code -> price kr
  each contact
    pays "weight" list[drg].weight * tariff["a"].price
    pays "cost" cost

paid "All"
  list weights
  tariff prices
"""
WEIGHTS = "drg;weight\nA;1,5\nB;2\n"
PRICES = "kind;price;from;to\na;100;2012-01-01;2012-06-30\na;110;2012-07-01;\n"
ROWS = (("1", date(2012, 1, 5), "H", "A", "10.50"), ("2", date(2012, 8, 5), "H", "B", "3.25"))
MOST = "999999999999999999"

Row = tuple[str, date, str | None, str, str]

pytestmark = [
    pytest.mark.parametrize("engine", ["auto", "reference", "sqlite", "duckdb"]),
    pytest.mark.parametrize("kind", ["csv", "parquet"]),
]


def settled(
    folder: Path,
    kind: str,
    engine: str,
    code: int,
    *,
    rows: Sequence[Row] = ROWS,
    cost: str = "DECIMAL(30, 6)",
    weights: str = WEIGHTS,
    prices: str = PRICES,
    optional: str = "",
    contract: str = CONTRACT,
    words: Sequence[str] = (),
) -> str:
    """What `avtal settle` says of such data, on both streams."""
    (folder / "data").mkdir()
    (folder / "contract.avtal").write_text(contract.replace("{optional}", optional), "utf-8")
    (folder / "weights.csv").write_text(weights, "utf-8")
    (folder / "prices.csv").write_text(prices, "utf-8")
    if kind == "csv":
        lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
        (folder / "data/contact.csv").write_text("\n".join(["id,seen,clinic,drg,cost", *lines, ""]), "utf-8")
    else:
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE t (id VARCHAR, seen DATE, clinic VARCHAR, drg VARCHAR, cost {cost})")
            connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, CAST(? AS VARCHAR))", list(rows))
            connection.execute(f"COPY t TO '{folder / 'data/contact.parquet'}' (FORMAT parquet)")
    done = run("--lang", "en", "settle", folder, "--engine", engine, "--no-snapshot", *words, code=code)
    return str(done.stdout + done.stderr).replace("\u00a0", " ")


def place(kind: str, row: int) -> str:
    """A row as it is told: in a text file the headings are the first line."""
    return f"contact.csv:{row + 1}" if kind == "csv" else f"contact.parquet:{row}"


def test_data_that_are_right_are_settled(tmp_path: Path, kind: str, engine: str) -> None:
    assert "383.75 kr" in settled(tmp_path, kind, engine, 0)


def test_a_code_twice_in_a_weight_list(tmp_path: Path, kind: str, engine: str) -> None:
    said = settled(tmp_path, kind, engine, 1, weights=f"{WEIGHTS}\nA;1,7\n")
    assert "error AV308: two rows of weights fit A (weights.csv:2, weights.csv:5)" in said
    assert "Settlement" not in said


def test_two_price_rows_on_a_day(tmp_path: Path, kind: str, engine: str) -> None:
    said = settled(tmp_path, kind, engine, 1, prices=PRICES.replace("2012-07-01", "2012-06-30"))
    assert "error AV308: two rows of prices fit a (prices.csv:2, prices.csv:3)" in said
    assert "Settlement" not in said


def test_a_cell_of_a_list_that_is_no_number(tmp_path: Path, kind: str, engine: str) -> None:
    said = settled(tmp_path, kind, engine, 1, weights=f"{WEIGHTS}C;x\n")
    assert "error AV313: `x` is not a number (weights.csv:4)" in said
    assert "Settlement" not in said


def test_a_number_of_too_many_digits(tmp_path: Path, kind: str, engine: str) -> None:
    rows = (*ROWS, ("3", date(2012, 8, 9), "H", "B", f"1{MOST}"))
    said = settled(tmp_path, kind, engine, 1, rows=rows)
    assert f"row {4 if kind == 'csv' else 3}, column cost: AVD25" in said
    assert "Settlement" not in said


def test_numbers_that_no_machine_word_holds(tmp_path: Path, kind: str, engine: str) -> None:
    """They are settled exactly; the engines that have no place for them say so, and settle nothing."""
    rows = (*ROWS, ("3", date(2012, 8, 9), "H", "B", MOST), ("4", date(2012, 8, 9), "H", "B", "0.000001"))
    said = settled(tmp_path, kind, engine, 1 if engine in ("sqlite", "duckdb") else 0, rows=rows)
    exact = "1 000 000 000 000 000 822.75 kr"
    assert ("do not fit in the database" in said) == (engine in ("sqlite", "duckdb"))
    assert (exact in said) == (engine not in ("sqlite", "duckdb"))


def test_a_column_of_floating_point(tmp_path: Path, kind: str, engine: str) -> None:
    if kind == "parquet":
        said = settled(tmp_path, kind, engine, 1, cost="DOUBLE")
        assert "contact.parquet" in said
        assert "column cost: AVD47" in said
    else:
        said = settled(tmp_path, kind, engine, 1, rows=(*ROWS, ("3", date(2012, 8, 9), "H", "B", "1.05e3")))
        assert "row 4, column cost: AVD21" in said
    assert "Settlement" not in said


def test_a_contact_without_a_provider(tmp_path: Path, kind: str, engine: str) -> None:
    said = settled(tmp_path, kind, engine, 1, rows=(*ROWS, ("3", date(2012, 8, 9), None, "B", "1")))
    assert f"row {4 if kind == 'csv' else 3}, column clinic: AVD20" in said
    assert "Settlement" not in said


def test_a_contact_without_a_provider_where_it_may_be_empty(tmp_path: Path, kind: str, engine: str) -> None:
    rows = (*ROWS, ("3", date(2012, 8, 9), None, "B", "1"))
    said = settled(tmp_path, kind, engine, 1, rows=rows, optional=" optional")
    assert f"a row of contact has no clinic ({place(kind, 3)}) [AV516]" in said
    assert "No total" in said


OUTSIDE = (
    *ROWS,
    ("3", date(2011, 12, 31), "H", "B", "1"),
    ("4", date(2012, 12, 31), "H", "B", "1"),
    ("5", date(2021, 1, 5), "K", "B", "1"),
)
STRICT = ("--refuse-outside",)


def test_rows_outside_the_period_are_counted(tmp_path: Path, kind: str, engine: str) -> None:
    said = settled(tmp_path, kind, engine, 0, rows=OUTSIDE)
    assert "604.75 kr" in said
    assert "contact              3        2     5" in said


def test_rows_outside_the_period_are_refused_on_request(tmp_path: Path, kind: str, engine: str) -> None:
    said = settled(tmp_path, kind, engine, 1, rows=OUTSIDE, words=STRICT)
    before = 1 if kind == "csv" else 0
    assert f"row {3 + before}, column seen: AVD58 2011-12-31 lies outside" in said
    assert f"row {5 + before}, column seen: AVD58 2021-01-05 lies outside" in said
    assert "the contract's days, 2012-01-01 – 2012-12-31, where nothing in it looks" in said
    assert "The data have 2 problems. Nothing is settled" in said
    assert "Settlement" not in said


def test_rows_outside_the_period_are_right_where_a_clause_looks_there(tmp_path: Path, kind: str, engine: str) -> None:
    looking = CONTRACT.replace(
        '    pays "cost" cost', '    pays "cost" (sum of cost over contact as c in 1 year before seen)'
    )
    said = settled(tmp_path, kind, engine, 0, rows=OUTSIDE, contract=looking, words=STRICT)
    assert "contact              3        2     5" in said


def test_very_many_rows_outside_the_period(tmp_path: Path, kind: str, engine: str) -> None:
    rows = [(f"{at}", date(2011, 12, 31), "H", "B", "1") for at in range(1003)]
    said = settled(tmp_path, kind, engine, 1, rows=rows, words=STRICT)
    assert said.count("AVD58") == 1000
    assert "AVD99 Another 3 problems in the file are not shown" in said
