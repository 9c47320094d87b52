"""Start-up: what a command costs before it reads a row, beside a bare Python, as medians of 9 processes each.

    python -m bench.startup

- `avtal check` on a small contract that is read for the first time, beside `import lark`
- `avtal settle` on a small contract and a small CSV file, both unchanged, beside `python -c pass`
- a thousand contracts of one model, unchanged, loaded beside one of them

The commands take turns, so that a busy machine slows all alike. A first turn, not counted, lets Python compile the
modules and the cache be filled. Times are CPU seconds, which other work on the machine disturbs least.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.processes import ENVIRONMENT

RUNS = 9
MANY = 1000
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
DATA = "provider;indicator;measured;value\nH;113;2012-12-31;87,5 %\n"
LOAD = """
import sys
from pathlib import Path
from avtal.contract import load
from avtal.sources import contracts
found = [load(file) for file in contracts(Path(sys.argv[1]))]
assert all(contract.program.instances for contract in found)
"""


def seconds(arguments: list[str], environment: dict[str, str]) -> float:
    """How much processor time a Python process takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians(commands: dict[str, list[str]], environment: dict[str, str], runs: int = RUNS) -> dict[str, float]:
    """The median of each command."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, arguments in commands.items():
            took = seconds(arguments, environment)
            if turn:
                taken[name].append(took)
    return {name: median(times) for name, times in taken.items()}


def folder(at: Path, text: str) -> Path:
    """A contract with its data."""
    (at / "data").mkdir(parents=True)
    (at / "contract.avtal").write_text(text, encoding="utf-8")
    (at / "data" / "results.csv").write_text(DATA, encoding="utf-8")
    return at


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        small = folder(home / "small", CONTRACT)
        for count in range(MANY):
            folder(home / "many" / f"{count:04d}", CONTRACT.replace("84 mkr", f"{count + 1} mkr"))
        environment = dict(ENVIRONMENT)
        environment["PYTHONPYCACHEPREFIX"] = str(home / "compiled")
        environment["AVTAL_CACHE"] = str(home / "cache")
        first = {"lark": ["-c", "import lark"], "check": ["-m", "avtal.cli", "check", str(small / "contract.avtal")]}
        took = medians(first, environment | {"AVTAL_CACHE": "off"})
        took |= medians({"pass": ["-c", "pass"], "settle": ["-m", "avtal.cli", "settle", str(small)]}, environment)
        loads = {"one": ["-c", LOAD, str(small)], "many": ["-c", LOAD, str(home / "many")]}
        took |= medians(loads, environment, runs=3)
    print(f"import_lark_ms: {took['lark'] * 1000:.0f}")
    print(f"avtal_check_ms: {took['check'] * 1000:.0f}")
    print(f"start_ratio: {took['check'] / took['lark']:.2f}")
    print(f"pass_ms: {took['pass'] * 1000:.1f}")
    print(f"avtal_settle_ms: {took['settle'] * 1000:.0f}")
    print(f"settle_ratio: {took['settle'] / took['pass']:.2f}")
    print(f"load_one_ms: {took['one'] * 1000:.0f}")
    print(f"load_{MANY}_ms: {took['many'] * 1000:.0f}")
    print(f"contract_ms: {(took['many'] - took['one']) / (MANY - 1) * 1000:.2f}")


if __name__ == "__main__":
    main()
