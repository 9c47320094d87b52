"""Lines of a payment file, whatever their rows are known by: a query gives those of the reference evaluator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from avtal import api
from avtal.engines.means import Means
from avtal.line_file import write
from interpreter.sets import bulk, settle as by_query
from interpreter.sets.values import Refused

CONTRACT = """\
contract "T"
  provider "A" code "A"
  period   2012

fact care
  key      {key}
  dated    day
  provider provider
  column id       : {kind}
  column part     : code
  column provider : code
  column day      : date
  column cost     : kr

form share
  "A half of what each contact cost, or all contacts of a part."
  needs care: id, part, cost
  {each}
    pays cost / 2

share "Del"
"""
HEADINGS = "id;part;provider;day;cost\n"
CODES = "K2;a;A;2012-01-01;5\nK10;b;A;2012-02-01;7\nÅ'1;a;A;2012-03-01;9\n"
BRACES = "{wide};a;A;2012-01-01;5\n{if}'{fi};b;A;2012-02-01;7\n}{;a;A;2012-03-01;9\n"
NUMBERS = "2;a;A;2012-01-01;5\n10;b;A;2012-02-01;7\n-1;a;A;2012-03-01;9\n"
DAYS = "2012-01-02;a;A;2012-01-01;5\n2012-01-10;b;A;2012-02-01;7\n2011-12-31;a;A;2012-03-01;9\n"


@pytest.mark.parametrize(
    ("key", "kind", "each", "rows", "contacts", "given_back"),
    [
        ("id", "code", "each care", CODES, ["K2", "K10", "Å'1"], ""),
        ("id", "code", "each care", NUMBERS.replace("-1", "11"), ["2", "10", "11"], ""),
        ("id", "code", "each care", BRACES, ["{wide}", "{if}'{fi}", "}{"], ""),
        ("id", "number", "each care", NUMBERS, ["2", "10", "-1"], ""),
        ("id", "date", "each care", DAYS, ["2012-01-02", "2012-01-10", "2011-12-31"], "lines of rows with such a key"),
        ("id part", "code", "each care", CODES, ["K2, a", "K10, b", "Å'1, a"], "lines of rows without one key"),
        ("id", "code", "each care by part", CODES, ["a", "b"], "lines of groups"),
    ],
    ids=["a code", "a code of digits", "a code of braces", "a number", "a date", "two codes", "a group"],
)
def test_lines_are_the_same_whatever_tells_rows_apart(
    key: str,
    kind: str,
    each: str,
    rows: str,
    contacts: list[str],
    given_back: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = CONTRACT.format(key=key, kind=kind, each=each)
    if " by " in each:
        text = text.replace("pays cost / 2", "pays (sum of cost) / 2")
    (tmp_path / "contract.avtal").write_text(text, encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "care.csv").write_text(HEADINGS + rows, encoding="utf-8")
    contract = api.load(tmp_path / "contract.avtal")
    write(tmp_path / "a.parquet", [(contract, api.settle(contract, api.read(contract)))])
    refused: list[str] = []

    def asked(*of: Any) -> str:
        try:
            return bulk.bulk(*of)
        except Refused as reason:
            refused.append(str(reason))
            raise

    monkeypatch.setattr("avtal.line_file.bulk", asked)
    reading = api.read(contract, means=Means(engine="duckdb", keep=False, outputs=(tmp_path,)))
    assert reading.dataset is not None
    settlements = by_query.settle(contract.program, reading.dataset, small_facts=0)
    write(tmp_path / "b.parquet", [(contract, settlements)], [reading])
    reading.close()
    assert refused == [given_back] * bool(given_back)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    found = duckdb.read_parquet(str(tmp_path / "b.parquet")).project("contact, amount").fetchall()
    assert sorted(str(contact) for contact, _ in found) == sorted(contacts)
    assert sum(amount for _, amount in found) * 2 == 21


FORMS = """\
fact care
  key      id
  dated    day
  provider provider
  column id       : code
  column provider : code
  column day      : date
  column cost     : kr

form share
  "A third of what each contact cost, in whole kronor."
  needs care: id, cost
  each care
    pays (cost / 3) rounded to 1 kr
"""
ROUNDS = """\
contract "{mode}"
  provider "A" code "A"
  period   2012
  rounding clause öre {mode}

use forms

share "Del"
"""


def test_lines_of_contracts_that_round_in_different_ways(tmp_path: Path) -> None:
    """5, 7 and 10 kr by three are 2, 3 and 4 kr upwards, and 1, 2 and 3 kr downwards."""
    (tmp_path / "forms.avtal").write_text(FORMS, encoding="utf-8")
    (tmp_path / "data").mkdir()
    rows = "K2;A;2012-01-01;5\nK10;A;2012-02-01;7\nK11;A;2012-03-01;10\n"
    (tmp_path / "data" / "care.csv").write_text("id;provider;day;cost\n" + rows, encoding="utf-8")
    contracts = []
    for mode in ("up", "down"):
        (tmp_path / f"{mode}.avtal").write_text(ROUNDS.format(mode=mode), encoding="utf-8")
        contracts.append(api.load(tmp_path / f"{mode}.avtal"))
    write(tmp_path / "a.parquet", [(one, api.settle(one, api.read(one))) for one in contracts])
    reading = api.read(contracts[0], means=Means(engine="duckdb", keep=False, outputs=(tmp_path,)))
    assert reading.dataset is not None
    settled = by_query.settle_all([one.program for one in contracts], reading.dataset, small_facts=0)
    assert [str(own[0].total) for own in settled] == ["9", "6"]
    write(tmp_path / "b.parquet", list(zip(contracts, settled, strict=True)), [reading])
    reading.close()
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
