"""`bench.snapshot` on a small portfolio: the sums agree, and its last lines are those with figures."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_snapshot_gives_the_sums_of_the_raw_files(tmp_path: Path) -> None:
    asked = ["--folder", str(tmp_path), "--runs", "1", "--contacts", "600"]
    command = [sys.executable, "-m", "bench.snapshot", *asked]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [re.sub(r": [0-9.]+$", "", line) for line in done.stdout.splitlines()]
    assert lines[-5:] == ["size_ratio", "build_rows_per_s", "build_ratio", "scan_ratio", "peak_mb"]
