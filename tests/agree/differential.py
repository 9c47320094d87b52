"""Compares an engine with the reference evaluator on many generated contracts: `make differential N=10000`.

Prints how many contracts and rows agreed, what the engine answered itself and what it gave back to the reference
evaluator, and why. A disagreement is made small and saved in `tests/agree/found`; the exit code is then 1.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from attrs import define, evolve, field

from agree.compare import difference
from agree.contracts import Case, make
from agree.coverage import Place, counted, table
from agree.engines import ENGINES, Settler, opened
from agree.saved import save
from agree.settling import reference
from agree.shrink import Shrinker
from interpreter.declare import Sources
from interpreter.pipeline import analyse
from interpreter.sets.relation import EngineError

BATCH = 20


@define
class Tally:
    """What a run came to."""

    agreed: int = 0
    failing: int = 0
    rows: int = 0
    wrong: int = 0
    refused: int = 0
    disagreed: list[tuple[int, list[str]]] = field(factory=list)
    sites: Counter[str] = field(factory=Counter)
    places: Counter[Place] = field(factory=Counter)

    def add(self, other: Tally) -> None:
        """Add what another run came to."""
        self.agreed += other.agreed
        self.failing += other.failing
        self.rows += other.rows
        self.wrong += other.wrong
        self.refused += other.refused
        self.disagreed += other.disagreed
        self.sites += other.sites
        self.places += other.places


def compared(case: Case, settler: Settler, tally: Tally) -> list[str]:
    """Where the engine differs from the reference evaluator on a case; `tally` is kept."""
    found = analyse(Sources("case.avtal", case.text))
    if not found.sound or found.program is None:
        tally.wrong += 1
        return []
    tally.places.update(counted(found.program))
    expected = reference(case, found)
    try:
        other = settler.settle(found.program, case)
    except EngineError:  # a number that no column of the engine can hold: the data do not reach it
        tally.refused += 1
        return []
    except Exception as error:  # noqa: BLE001 - whatever it is, the reference evaluator came to a result
        at = traceback.extract_tb(error.__traceback__)[-1]
        return [f"crash: {type(error).__name__}: {error} ({Path(at.filename).name}:{at.lineno})"]
    tally.sites.update(settler.sites())
    differs = difference(expected, other, lines=settler.lines)
    if not differs:
        tally.agreed += 1
        tally.rows += sum(map(len, case.data.values()))
        tally.failing += any(s.failures for s in expected)
    return differs


def batch(work: tuple[str, int, int]) -> Tally:
    """Compare the cases of some seeds."""
    name, first, count = work
    tally = Tally()
    with opened(name) as settler:
        for seed in range(first, first + count):
            differs = compared(make(seed), settler, tally)
            if differs:
                tally.disagreed.append((seed, differs))
    return tally


def smallest(seed: int, name: str) -> tuple[Case, list[str]]:
    """The case of a seed made as small as it can be while the engine still differs."""
    with opened(name) as settler:

        def shows(case: Case) -> bool:
            found = compared(case, settler, Tally())
            return bool(found) and found[0].split("(")[0].startswith("crash") == crashes

        crashes = compared(make(seed), settler, Tally())[0].startswith("crash")
        small = Shrinker(make(seed), shows).run()
        return evolve(small, seed=seed), compared(small, settler, Tally())


def batches(arguments: argparse.Namespace) -> Iterator[Tally]:
    """The tallies of all batches, as they are done."""
    last = arguments.first + arguments.programs
    work = [(arguments.engine, first, min(BATCH, last - first)) for first in range(arguments.first, last, BATCH)]
    if arguments.jobs == 1:
        yield from map(batch, work)
        return
    with get_context("spawn").Pool(arguments.jobs, maxtasksperchild=50) as pool:
        yield from pool.imap_unordered(batch, work)


def main() -> int:
    """Run, and report on the terminal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=1000, help="how many generated contracts")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first")
    parser.add_argument("--engine", choices=ENGINES, default="duckdb")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--coverage", action="store_true", help="print which constructs stood where")
    parser.add_argument("--shrink", type=int, default=3, help="how many disagreements are made small and saved")
    arguments = parser.parse_args()
    tally, started, shown = Tally(), time.monotonic(), 0.0
    for done in batches(arguments):
        tally.add(done)
        if time.monotonic() - shown > 15:
            shown = time.monotonic()
            print(f"{tally.agreed} agreed, {len(tally.disagreed)} disagreed …", file=sys.stderr, flush=True)
    if arguments.coverage:
        print(table(tally.places), end="\n\n")
    for why, count in tally.sites.most_common():
        print(f"{count:>10}  {why}")
    for seed, differs in sorted(tally.disagreed):
        print(f"seed {seed}: {differs[0]}" + (f" (and {len(differs) - 1} more)" if len(differs) > 1 else ""))
    for seed, _ in sorted(tally.disagreed)[: arguments.shrink]:
        small, differs = smallest(seed, arguments.engine)
        print(f"saved {save(small, f'{arguments.engine}_{seed}', differs[0] if differs else 'no longer differs')}")
    print(
        f"engine: {arguments.engine}  programs: {arguments.programs}  agreed: {tally.agreed} ({tally.failing} of them "
        f"with failures)  rows: {tally.rows}  disagreed: {len(tally.disagreed)}  not right by the language: "
        f"{tally.wrong}  beyond 63 bits: {tally.refused}  seconds: {time.monotonic() - started:.0f}"
    )
    return 1 if tally.disagreed else 0


if __name__ == "__main__":
    raise SystemExit(main())
