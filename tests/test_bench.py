"""`bench.scale` on a small portfolio: every way of working it out agrees, and its last lines are those with targets."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.scale import agree

ROOT = Path(__file__).resolve().parents[1]


def scale(folder: Path, *asked: str) -> list[str]:
    small = ["--folder", str(folder), "--runs", "1", "--contacts", "600", "--providers", "3"]
    command = [sys.executable, "-m", "bench.scale", *small, *asked]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [re.sub(r": [0-9.]+$", "", line) for line in done.stdout.splitlines()]


def test_the_portfolio_agrees_with_sql_and_polars(tmp_path: Path) -> None:
    assert scale(tmp_path)[-3:] == ["ratio", "peak_mb", "lines_per_s"]
    assert "polars_ratio" in scale(tmp_path, "--shape", "one")


def test_an_amount_that_differs_is_named() -> None:
    sums = {("V0001", "total"): 100, ("V0002", "total"): 200}
    agree({"by_hand": sums, "avtal": dict(sums)})
    with pytest.raises(SystemExit, match=r"(?s)differ in 2 amounts.*V0002 total: 200 öre and 201 öre.*V0003"):
        agree({"by_hand": sums, "avtal": {**sums, ("V0002", "total"): 201, ("V0003", "total"): 0}})


def test_a_contract_of_the_tree_is_settled_on_its_rows_repeated() -> None:
    command = [sys.executable, "-m", "bench.repeated", "--rows", "2100", "sexdelat"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    head, one, last = done.stdout.splitlines()
    assert head.startswith("contract;rows;")
    assert one.startswith("sexdelat;1998;"), "991 rows twice, and 16 results, which nothing tells apart"
    assert last.startswith("slowest: sexdelat ")
