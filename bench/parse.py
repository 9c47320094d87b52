"""How fast a text is read: megabytes a second, and a fresh start against the bare import of Lark.

Prints `parse_mb_s` (reading a contract of about 100 kB in a warm process), `format_mb_s` (laying it out), `start_ratio`
(median of seven fresh processes that read one clause, over the median of seven that import Lark and do nothing) and
`hostile_s` (the slowest of some texts at the limit of size).
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from dsl.formatter import format_module
from dsl.limits import MAX_BYTES
from dsl.parse import parse

ROOT = Path(__file__).resolve().parents[1]
RUNS = 7
HOSTILE = ("(" * MAX_BYTES, "a\n" * (MAX_BYTES // 2), "| a " * (MAX_BYTES // 4), "let let\n" * (MAX_BYTES // 8))


def fresh(code: str) -> float:
    """Median seconds of a fresh process."""

    def once() -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
        return time.perf_counter() - started

    return statistics.median(once() for _ in range(RUNS))


def main() -> None:
    """Measure and print."""
    text = "".join(path.read_text("utf-8") for path in sorted((ROOT / "contracts").rglob("*.avtal")))
    text *= max(1, 100_000 // len(text.encode()))
    parse(text)
    started = time.perf_counter()
    parsed = parse(text)
    read = time.perf_counter() - started
    started = time.perf_counter()
    format_module(parsed.module)
    laid_out = time.perf_counter() - started
    slowest = 0.0
    for hostile in HOSTILE:
        started = time.perf_counter()
        parse(hostile)
        slowest = max(slowest, time.perf_counter() - started)
    size = len(text.encode()) / 1e6
    start = fresh("from dsl.parse import parse; parse('p4p indicator 113 min 80% target 95% weight 2%')")
    lark = fresh("import lark")
    print(f"parse_mb_s {size / read:.2f}")
    print(f"format_mb_s {size / laid_out:.2f}")
    print(f"start_ratio {start / lark:.2f}")
    print(f"start_ms {start * 1000:.0f}")
    print(f"hostile_s {slowest:.2f}")


if __name__ == "__main__":
    main()
