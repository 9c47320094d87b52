"""A code that a list lacks: settling that tells of the rows with it, beside settling that has the code.

    python -m bench.failing --contacts 1000000

The portfolio of `bench.scale`, and the same with one DRG taken out of the weights: stays with it can't be paid. The
last line is how much longer it takes to say which they are, process by process, in turns.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from bench.processes import measure
from bench.scale import AVTAL, Portfolio


def lacking(portfolio: Portfolio) -> Path:
    """The portfolio's contract with a list that lacks the first DRG that some stay has."""
    place = portfolio.folder / "lacking"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(portfolio.folder / "book", place)
    weights = place / "drg.csv"
    head, _, *rest = weights.read_text(encoding="utf-8").splitlines(keepends=True)
    weights.unlink()
    weights.write_text("".join([head, *rest]), encoding="utf-8")
    return place


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="A code that a list lacks, beside a list that has it.")
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5, help="timed turns; the median counts")
    kept = Path(tempfile.gettempdir(), "avtal-bench")
    parser.add_argument("--folder", type=Path, default=kept, help=f"where data are kept between runs ({kept})")
    asked = parser.parse_args()
    portfolio = Portfolio(asked.folder, asked.contacts, 60, "number")
    places = {"sound": portfolio.folder / "book", "failing": lacking(portfolio)}
    data = ["--data", str(portfolio.data), "-O", "csv", "-o"]
    commands = {name: [*AVTAL, str(at), *data, str(portfolio.folder / f"{name}.csv")] for name, at in places.items()}
    found = measure(commands, asked.runs, {"failing": 1})
    for name, one in found.items():
        print(f"{name}_s: {one.wall:.3f}")
        print(f"{name}_peak_mb: {one.peak_mb:.0f}")
    print(f"failing_ratio: {found['failing'].wall / found['sound'].wall:.2f}")


if __name__ == "__main__":
    main()
