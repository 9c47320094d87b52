"""What is told of a column of per cent in which nothing exceeds one per cent."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import run

CONTRACT = """avtal "Andelar"
  vårdgivare "Sjukhuset" kod "H"
  period 2012

använd common, sll

anslag "Jour" 100 mkr/år
p4p indikator 113 min 80% mål 95% vikt 2%
"""
TOLD = "Obs: inget värde i kolumnen värde i underlaget resultat är större än 1 %; det största är 0,84\u00a0%. "


def told(folder: Path, values: str, engine: str, contract: str = CONTRACT, language: str = "sv") -> str:
    (folder / "contract.avtal").write_text(contract, encoding="utf-8")
    (folder / "data").mkdir(exist_ok=True)
    rows = [f"H;{at};2012-12-31;{value}\n" for at, value in enumerate(values.split(), 113)]
    text = "provider;indicator;measured;value\n" + "".join(rows)
    (folder / "data" / "results.csv").write_text(text, encoding="utf-8")
    return run("settle", folder, "--engine", engine, "--lang", language, "-O", "csv").stderr


@pytest.mark.parametrize("engine", ["reference", "sqlite", "duckdb"])
def test_results_that_look_like_parts_of_one_are_told_of(tmp_path: Path, engine: str) -> None:
    """0,84 is 0.84 %, far below the 80 % from which indicator 113 pays: nothing is paid, which is told of."""
    said = told(tmp_path, "0,84 0,5", engine)
    assert TOLD in said
    assert "skriv dem som procent i underlaget, 84\u00a0%.\n" in said
    assert "is 0.84\u00a0%. A number in it is read as per cent: " in told(tmp_path, "0,84 0,5", engine, language="en")


@pytest.mark.parametrize("engine", ["reference", "duckdb"])
@pytest.mark.parametrize("values", ["84 0,5", "0 0", "1,5", ""])
def test_a_larger_value_or_none_is_nothing_to_tell(tmp_path: Path, values: str, engine: str) -> None:
    contract = CONTRACT if values else CONTRACT.replace("\np4p", "\n# p4p")
    assert "Obs: " not in told(tmp_path, values, engine, contract)


def test_what_no_clause_needs_is_not_told_of(tmp_path: Path) -> None:
    assert "Obs: " not in told(tmp_path, "0,84", "reference", CONTRACT.replace("\np4p", "\n# p4p"))
