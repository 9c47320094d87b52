"""Settlement: contracts/akutsjukhus through the Python face, beside the same sums by its own expected/compute.py.

    python -m bench.settle

Both read the same files. `compute.py` is a short script of this one contract's arithmetic, run as it stands (it writes
the expectation that lies beside it, byte for byte); the engine reads, checks, settles and keeps every line with its
origin.
"""

from __future__ import annotations

import runpy
import time
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import median

import avtal

RUNS = 5
FOLDER = Path(__file__).resolve().parents[1] / "contracts" / "akutsjukhus"
PERIOD = "2012-01-01..2013-12-31"


def main() -> None:
    """Measure and print."""
    parts: dict[str, list[float]] = {"load": [], "read": [], "settle": [], "explain": [], "compute": []}
    rows = 0
    for _ in range(RUNS):
        times = [time.perf_counter()]
        contract = avtal.load(FOLDER)
        times.append(time.perf_counter())
        reading = avtal.read(contract)
        times.append(time.perf_counter())
        settlements = avtal.settle(contract, reading, period=PERIOD)
        times.append(time.perf_counter())
        avtal.explain(contract, reading, settlements[0], 'drg["Huvuddel"]')
        times.append(time.perf_counter())
        with redirect_stdout(StringIO()):
            runpy.run_path(str(FOLDER / "expected" / "compute.py"), run_name="__main__")
        times.append(time.perf_counter())
        for name, start, end in zip(parts, times, times[1:], strict=False):
            parts[name].append(end - start)
        rows = sum(len(of) for of in reading.data.values())
        if any(settlement.total is None for settlement in settlements):
            raise SystemExit("the demo no longer settles")
    took = {name: median(values) for name, values in parts.items()}
    whole = took["load"] + took["read"] + took["settle"]
    for name, value in took.items():
        print(f"{name}_s: {value:.3f}")
    print(f"rows: {rows}")
    print(f"rows_per_s: {rows / whole:.0f}")
    print(f"settle_ratio: {whole / took['compute']:.2f}")


if __name__ == "__main__":
    main()
