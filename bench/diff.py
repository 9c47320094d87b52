"""What a difference costs: `avtal diff` of a portfolio and its amendment beside `avtal settle` of the portfolio.

    python -m bench.diff --contacts 1000000

The portfolio of `bench.scale`: sixty providers, a dated price list, DRG with outliers and a target volume, a block, and
forty indicators each. The amendment changes two rates and a share, so that almost every clause comes to another
amount. Both are processes of their own, from start to a file, on the same data, and take turns. `ratio` is the
wall of the difference to that of one settlement; the difference of the totals must be that of two settlements.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

from bench.processes import measure, once
from bench.scale import AVTAL, Portfolio

SWAPS = (
    ("  över_mål  30%\n", "  över_mål  35%\n"),
    ("  under_mål 25%\n", "  under_mål 30%\n"),
    ('"Kvalitet" 2% av', '"Kvalitet" 3% av'),
)
"""What the amendment changes: two rates around the target volume, and what is held back for forty goals."""


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="avtal diff beside avtal settle on one portfolio.")
    parser.add_argument("--contacts", type=int, default=1_000_000, help="how many contacts (a year, all providers)")
    parser.add_argument("--providers", type=int, default=60)
    parser.add_argument("--runs", type=int, default=3, help="timed turns; the median counts")
    kept = Path(tempfile.gettempdir(), "avtal-bench")
    parser.add_argument("--folder", type=Path, default=kept, help=f"where data are kept between runs ({kept})")
    asked = parser.parse_args()
    portfolio = Portfolio(asked.folder, asked.contacts, asked.providers, "number")
    old, new = portfolio.folder / "book", amended(portfolio.folder / "book", portfolio.folder / "amended")
    data = ["--data", str(portfolio.data)]
    settled = {name: portfolio.folder / f"{name}.csv" for name in ("old", "new")}
    answer = portfolio.folder / "diff.json"
    commands = {
        "settle": [*AVTAL, str(old), *data, "-O", "csv", "-o", str(settled["old"])],
        "diff": [sys.executable, "-m", "avtal.cli", "diff", str(old), str(new), *data, "-o", str(answer)],
    }
    found = measure(commands, asked.runs)
    once("settle the amendment", [*AVTAL, str(new), *data, "-O", "csv", "-o", str(settled["new"])])
    agree(answer, settled)
    print(f"contacts: {asked.contacts}")
    for name, one in found.items():
        print(f"{name}_s: {one.wall:.2f}")
        print(f"{name}_peak_mb: {one.peak_mb:.0f}")
    print(f"ratio: {found['diff'].wall / found['settle'].wall:.2f}")


def amended(old: Path, new: Path) -> Path:
    """The portfolio's contract, amended, with the lists beside it.

    Raises:
        SystemExit: the text lacks what is to be changed.
    """
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(old, new)
    path = new / "contract.avtal"
    text = path.read_text("utf-8")
    for before, after in SWAPS:
        if before not in text:
            raise SystemExit(f"{path} has no {before!r}")
        text = text.replace(before, after)
    path.write_text(text, "utf-8")
    return new


def agree(answer: Path, settled: dict[str, Path]) -> None:
    """See to it that the difference is that of the two settlements, provider by provider.

    Raises:
        SystemExit: it is not.
    """
    totals = {name: total(path) for name, path in settled.items()}
    effect = json.loads(answer.read_text("utf-8"))["differences"][0]["effect"]
    pairs = {pair["provider"]: Fraction(pair["difference"]) for pair in effect["pairs"]}
    expected = {provider: totals["new"][provider] - totals["old"][provider] for provider in totals["old"]}
    if pairs != expected or not any(expected.values()):
        raise SystemExit("the difference is not that of the two settlements")


def total(path: Path) -> dict[str, Fraction]:
    """The total of each provider."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        return {row["provider"]: Fraction(row["amount"]) for row in rows if row["clause"] == "total"}


if __name__ == "__main__":
    main()
