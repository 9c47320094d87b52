"""Start-up: `avtal check` on a small contract beside a bare `import lark`, as medians of 9 processes each.

    python -m bench.startup

The two take turns, so that a busy machine slows both. A first turn, not counted, lets Python compile the modules.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

RUNS = 9
CONTRACT = """\
contract "Small"
  buyer    "Region"   code "R"
  provider "Hospital" code "H"
  period   2012

use common, sll

block "On-call" 84 mkr/year
p4p indicator 113 min 80% target 95% weight 2%

example "Halfway"
  given result[113] = 87.5%, base = 100 mkr
  expect p4p[113] = 1 000 000 kr
"""


def seconds(arguments: list[str], environment: dict[str, str]) -> float:
    """How long a Python process takes."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "contract.avtal")
        path.write_text(CONTRACT, encoding="utf-8")
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = str(Path(folder, "compiled"))
        commands = {"lark": ["-c", "import lark"], "check": ["-m", "avtal.cli", "check", str(path)]}
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(RUNS + 1):
            for name, arguments in commands.items():
                took = seconds(arguments, environment)
                if turn:
                    taken[name].append(took)
    lark, check = median(taken["lark"]), median(taken["check"])
    print(f"import_lark_ms: {lark * 1000:.0f}")
    print(f"avtal_check_ms: {check * 1000:.0f}")
    print(f"start_ratio: {check / lark:.2f}")


if __name__ == "__main__":
    main()
