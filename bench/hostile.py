"""Hostile texts: the longest time that any of them takes to be refused (or read), in a process of its own.

    python -m bench.hostile

The files of tests/hostile as they are, and patterns of a stranger's kind blown up to 64 KiB and to the size limit. A
time is of the whole process: start, read, check, and show what is wrong.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dsl.limits import MAX_BYTES

FILES = sorted((Path(__file__).resolve().parents[1] / "tests" / "hostile").glob("*.avtal"))
HEAD = 'contract "X"\n  provider "A" code "A"\n  period 2012\n\nuse common\n\n'
PATTERNS = {
    "digits": "1",
    "digits in groups": "1 000 ",
    "open parentheses": "(",
    "quotes": '"a" ',
    "not": "not ",
    "names": "a ",
    "one unknown clause a line": "capp 5 kr\n",
    "one clause a line": 'block "Jour" 5 kr\n',
    "let upon let": "let a = a + a\n",
    "deeper and deeper": None,
    "table rows": "| 1 | 2 |\n",
    "signs": "!\n",
    "bands": "  | 1-9 | 1 kr |\n",
}


def text(pattern: str | None, size: int) -> str:
    """A contract of about `size` bytes that goes on with a pattern."""
    if pattern is None:
        lines, depth = [], 0
        while len(HEAD) + sum(map(len, lines)) < size:
            lines.append(" " * (2 * (depth % 500)) + "a\n")
            depth += 1
        return (HEAD + "".join(lines))[:size]
    start = "table t : age number -> price kr\n" if pattern.startswith("  |") else ""
    start += "let x = " if "\n" not in pattern else ""
    return (HEAD + start + pattern * size)[: size - 1] + "\n"


def seconds(path: Path) -> float:
    """How long `avtal check` takes on a file.

    Raises:
        RuntimeError: it ended otherwise than with an answer.
    """
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "avtal.cli", "check", str(path)], capture_output=True, timeout=120, check=False
    )
    if done.returncode not in (0, 1, 2) or b"Traceback" in done.stderr:
        raise RuntimeError(f"{path.name}: exit code {done.returncode}")
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    taken = max((seconds(path), path.name) for path in FILES)
    print(f"corpus_{len(FILES)}_files_max_s: {taken[0]:.2f} ({taken[1]})")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "contract.avtal")
        for name, size in (("64_kib", 64 * 1024), ("size_limit", MAX_BYTES)):
            found = []
            for pattern, repeated in PATTERNS.items():
                path.write_text(text(repeated, size), encoding="utf-8")
                found.append((seconds(path), pattern))
            for took, pattern in sorted(found, reverse=True):
                print(f"  {name} {pattern}: {took:.2f} s")
            print(f"{name}_max_s: {max(found)[0]:.2f} ({max(found)[1]})")


if __name__ == "__main__":
    main()
