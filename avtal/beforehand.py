"""Many contracts that have changed, analysed by several processes at once into the cache folder.

Analysing a contract takes fifty times as long as reading what is kept of it, and a folder of a thousand that are new
would take minutes. Whoever settles them goes on as ever: what a process could not analyse, or keep, is analysed anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from avtal.compiled import shelf
from avtal.contract import load
from avtal.errors import AvtalError

TYPE_CHECKING = False  # the bar is for whoever watches
if TYPE_CHECKING:
    from avtal.progress import Progress

FEWEST = 20
"""For how many contracts processes are worth starting."""

_BOOTSTRAP = """
import json, sys
sys.path[:] = json.loads(sys.stdin.readline())
from avtal.beforehand import analyse
analyse(json.loads(sys.stdin.readline()))
"""


def analysed(files: Sequence[Path], tell: Progress) -> None:
    """Have contracts analysed and kept, those that are not kept yet.

    Args:
        files: the contracts.
        tell: told (file, done, of) as work goes on.
    """
    kept, several = shelf(), processors()
    if kept is None or several < 2:
        return
    new = [str(file.absolute()) for file in files if not kept.knows(file)]
    if len(new) < FEWEST:
        return
    running: list[subprocess.Popen[bytes]] = []
    said, told = os.pipe()
    try:
        try:
            with suppress(OSError):  # where no process can be started they are analysed one by one
                running.extend(_started(new[at::several], told) for at in range(several))
        finally:
            os.close(told)
        done = 0
        while more := os.read(said, 1 << 16):
            done += len(more)
            tell(new[min(done, len(new)) - 1], done, len(new))
    finally:
        os.close(said)
        for process in running:
            process.kill()
            process.wait()


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _started(files: Sequence[str], told: int) -> subprocess.Popen[bytes]:
    # -I: the folder of the contracts and PYTHON* variables decide nothing about what code runs in the child.
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _BOOTSTRAP],
        stdin=subprocess.PIPE,
        stdout=told,
        stderr=subprocess.DEVNULL,
    )
    given = cast("IO[bytes]", process.stdin)
    with suppress(OSError), given:
        given.write(f"{json.dumps([entry for entry in sys.path if entry])}\n{json.dumps(files)}\n".encode())
    return process


def analyse(files: Sequence[str]) -> None:
    """Analyse and keep contracts in this process, with a byte on standard output for each.

    What stands in the way is met again, and told of, where the contract is asked for.
    """
    for file in files:
        with suppress(AvtalError):
            load(file)
        os.write(1, b".")
