"""Compares an engine with the reference evaluator on many generated contracts: `make differential N=10000`.

Prints how many contracts and rows agreed, what the engine answered itself and what it gave back to the reference
evaluator, and why. A disagreement is made small and saved in `tests/agree/found`; the exit code is then 1.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from attrs import define, evolve, field, frozen

from agree.compare import difference
from agree.contracts import Case, several
from agree.coverage import Place, counted, table
from agree.engines import ENGINES, Settler, opened
from agree.saved import save
from agree.settling import reference
from agree.shrink import Shrinker
from interpreter import core
from interpreter.declare import Sources
from interpreter.pipeline import analyse
from interpreter.sets.relation import EngineError
from interpreter.settlement import Settlement

EACH = 8
"""How many contracts there are over each data set."""

BATCH = 20 * EACH
NOT_HELD = ("does not fit 126 bits", "a type of column that SQLite lacks")
"""Why data don't reach an engine: nothing is compared then."""


@define
class Tally:
    """What a run came to.

    Args:
        covering: whether it is counted which constructs stood where, which takes time.
    """

    covering: bool = False
    agreed: int = 0
    failing: int = 0
    rows: int = 0
    clauses: int = 0
    lines: int = 0
    wrong: int = 0
    refused: int = 0
    disagreed: list[tuple[int | str, list[str]]] = field(factory=list)
    sites: Counter[str] = field(factory=Counter)
    places: Counter[Place] = field(factory=Counter)

    @property
    def programs(self) -> int:
        """How many contracts were made."""
        return self.agreed + self.wrong + self.refused + len(self.disagreed)

    def add(self, other: Tally) -> None:
        """Add what another run came to."""
        self.agreed += other.agreed
        self.failing += other.failing
        self.rows += other.rows
        self.clauses += other.clauses
        self.lines += other.lines
        self.wrong += other.wrong
        self.refused += other.refused
        self.disagreed += other.disagreed
        self.sites += other.sites
        self.places += other.places


@frozen
class Settled:
    """A case, its contract, and what the reference evaluator comes to."""

    case: Case
    program: core.Program
    expected: tuple[Settlement, ...]


def settled(case: Case, tally: Tally) -> Settled | None:
    """A case settled by the reference evaluator; nothing when its contract is not right by the language."""
    found = analyse(Sources("case.avtal", case.text))
    if not found.sound or found.program is None:
        tally.wrong += 1
        return None
    if tally.covering:
        tally.places.update(counted(found.program))
    return Settled(case, found.program, reference(case, found))


def compared(case: Case, settler: Settler, tally: Tally) -> list[str]:
    """Where the engine differs from the reference evaluator on a case; `tally` is kept."""
    one = settled(case, tally)
    return alone(one, settler, tally) if one is not None else []


def alone(one: Settled, settler: Settler, tally: Tally) -> list[str]:
    """Where the engine differs on a case that is settled by itself."""
    try:
        found = settler.settle(one.program, one.case)
    except EngineError as error:  # a number that no column of the engine can hold: the data do not reach it
        if not any(words in str(error) for words in NOT_HELD):
            return [f"the data: {error}"]
        tally.refused += 1
        return []
    except Exception as error:  # noqa: BLE001 - whatever it is, the reference evaluator came to a result
        at = traceback.extract_tb(error.__traceback__)[-1]
        return [f"crash: {type(error).__name__}: {error} ({Path(at.filename).name}:{at.lineno})"]
    return told(one, found, settler, tally)


def told(one: Settled, found: Sequence[Settlement], settler: Settler, tally: Tally) -> list[str]:
    """Where a case's result differs, or the engine could not read a query; what was compared is counted."""
    misread = settler.misread()
    tally.sites.update(settler.sites())
    differs = difference(one.expected, found, lines=settler.lines)
    if misread:
        differs = [f"a query that the engine can't read: {', '.join(misread)}", *differs]
    if not differs:
        tally.agreed += 1
        tally.clauses += sum(len(s.clauses) for s in one.expected)
        tally.lines += sum(len(c.lines) for s in one.expected for c in s.clauses)
        tally.rows += sum(map(len, one.case.data.values()))
        tally.failing += any(s.failures for s in one.expected)
    return differs


def together(cases: Sequence[Case], settler: Settler, tally: Tally) -> Iterator[tuple[Case, list[str]]]:
    """Where the engine differs on cases over one data set, which lies in it once and is asked in one plan."""
    ready = [one for case in cases if (one := settled(case, tally)) is not None]
    try:
        every = settler.settle_all([one.program for one in ready], cases[0])
    except Exception:  # noqa: BLE001 - each by itself shows whose it is
        every = None
    if every is None or settler.misread():
        settler.sites()
        for one in ready:
            yield one.case, alone(one, settler, tally)
        return
    for one, found in zip(ready, every, strict=True):
        yield one.case, told(one, found, settler, tally)


Work = tuple[int, int, bool]
"""The seed of the first data set, how many programs there are from it on, whether constructs are counted."""


def batch(settler: Settler, work: Work) -> Tally:
    """Compare the cases of one data set after the other."""
    first, programs, covering = work
    tally = Tally(covering=covering)
    for seed, count in data_sets(first, programs):
        for case, differs in together(list(islice(several(seed), count)), settler, tally):
            if differs:
                tally.disagreed.append((case.seed, differs))
                print(f"seed {case.seed}: {'; '.join(differs[:2])}", file=sys.stderr, flush=True)
    return tally


def batch_alone(name: str, work: Work) -> Tally:
    """Compare the cases of a batch on an engine of its own."""
    with opened(name) as settler:
        return batch(settler, work)


def data_sets(first: int, programs: int) -> Iterator[tuple[int, int]]:
    """The seeds of data sets for some programs, and how many programs there are over each."""
    for at in range(0, programs, EACH):
        yield first + at // EACH, min(EACH, programs - at)


def case_of(seed: int | str) -> Case:
    """A case by its seed: that of a data set, or `seed/number` for another contract over it."""
    first, _, number = str(seed).partition("/")
    return next(islice(several(int(first)), int(number or "0"), None))


def smallest(seed: int | str, name: str) -> tuple[Case, list[str]]:
    """The case of a seed made as small as it can be while the engine still differs."""
    whole = case_of(seed)
    with opened(name) as settler:

        def shows(case: Case) -> bool:
            found = compared(case, settler, Tally())
            return bool(found) and found[0].startswith("crash") == crashes

        differs = compared(whole, settler, Tally())
        if not differs:
            return whole, []
        crashes = differs[0].startswith("crash")
        small = Shrinker(whole, shows).run()
        return evolve(small, seed=seed), compared(small, settler, Tally())


def batches(arguments: argparse.Namespace) -> Iterator[Tally]:
    """The tallies of all batches, as they are done."""
    work: list[Work] = [
        (arguments.first + at // EACH, min(BATCH, arguments.programs - at), arguments.coverage)
        for at in range(0, arguments.programs, BATCH)
    ]
    if arguments.jobs > 1:
        with get_context("spawn").Pool(arguments.jobs, maxtasksperchild=50) as pool:
            yield from pool.imap_unordered(partial(batch_alone, arguments.engine), work)
        return
    with opened(arguments.engine) as settler:
        for one in work:
            yield batch(settler, one)


def main() -> int:
    """Run, and report on the terminal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=1000, help="how many generated contracts")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first")
    parser.add_argument("--engine", choices=ENGINES, default="duckdb")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=0, help="after how long no more are begun; 0 for no end")
    parser.add_argument("--coverage", action="store_true", help="print which constructs stood where")
    parser.add_argument("--shrink", type=int, default=3, help="how many disagreements are made small and saved")
    arguments = parser.parse_args()
    gc.set_threshold(50_000, 20, 50)  # programs leave much behind, and little of it in circles
    tally, started, shown = Tally(), time.monotonic(), 0.0
    with closing(batches(arguments)) as tallies:
        for done in tallies:
            tally.add(done)
            if time.monotonic() - shown > 15:
                shown = time.monotonic()
                print(f"{tally.programs} compared, {len(tally.disagreed)} disagreed …", file=sys.stderr, flush=True)
            if arguments.seconds and time.monotonic() - started > arguments.seconds:
                break
    if arguments.coverage:
        print(table(tally.places), end="\n\n")
    for why, count in tally.sites.most_common():
        print(f"{count:>10}  {why}")
    tally.disagreed.sort(key=lambda found: str(found[0]))
    for seed, differs in tally.disagreed:
        print(f"seed {seed}: {differs[0]}" + (f" (and {len(differs) - 1} more)" if len(differs) > 1 else ""))
    for seed, _ in tally.disagreed[: arguments.shrink]:
        small, differs = smallest(seed, arguments.engine)
        name = f"{arguments.engine}_{seed}".replace("/", "_")
        print(f"saved {save(small, name, differs[0] if differs else 'only beside others over the same data')}")
    print(
        f"engine: {arguments.engine}  programs: {tally.programs}  agreed: {tally.agreed} ({tally.failing} of them "
        f"with failures)  clauses: {tally.clauses}  lines: {tally.lines}  rows: {tally.rows}  "
        f"disagreed: {len(tally.disagreed)}  not right by the language: {tally.wrong}  "
        f"not held by the engine: {tally.refused}  seconds: {time.monotonic() - started:.0f}"
    )
    return 1 if tally.disagreed else 0


if __name__ == "__main__":
    raise SystemExit(main())
