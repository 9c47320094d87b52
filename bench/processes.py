"""Processes measured: how long they take and the most memory they hold, as medians of runs that take turns.

Taking turns lets a busy machine slow all alike. A first turn is not timed: it compiles modules, warms the files, and in
it the memory of a process with all its children is watched. (The system's own figure is of a tree's largest process.)
Python keeps the modules that it compiles there, also where the environment asks it not to: else each turn would compile
them anew, ours and not those that are installed, and the one thing measured would be that.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import IO, cast

MEGABYTE = 1 << 20
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Measured:
    """What a command took: seconds by the clock and of processor (medians), and its peak memory in MB."""

    wall: float
    cpu: float
    peak_mb: float


def measure(
    commands: Mapping[str, Sequence[str]], runs: int, ends: Mapping[str, int] | None = None
) -> dict[str, Measured]:
    """Run each command in turns.

    Args:
        commands: by name.
        runs: how many timed turns.
        ends: the exit codes of those that are to end with another than 0.

    Raises:
        SystemExit: a command failed; with what it said.
    """
    walls: dict[str, list[float]] = {name: [] for name in commands}
    cpus: dict[str, list[float]] = {name: [] for name in commands}
    peaks = dict.fromkeys(commands, 0.0)
    for turn in range(runs + 1):
        for name, command in commands.items():
            wall, cpu, peak = once(name, command, watched=turn == 0, code=(ends or {}).get(name, 0))
            peaks[name] = max(peaks[name], peak)
            if turn:
                walls[name].append(wall)
                cpus[name].append(cpu)
    return {name: Measured(median(walls[name]), median(cpus[name]), peaks[name]) for name in commands}


def once(name: str, command: Sequence[str], *, watched: bool = False, code: int = 0) -> tuple[float, float, float]:
    """Run a command; its seconds by the clock, of processor (its children's too), and its peak memory in MB.

    Raises:
        SystemExit: it ended with another exit code than `code`; with what it said.
    """
    start = time.perf_counter()
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        said: list[str] = []
        listener = threading.Thread(
            target=lambda stream: said.append(stream.read()), args=(cast("IO[str]", process.stderr),)
        )
        listener.start()
        tree = _Watch(process.pid) if watched else None
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        listener.join()
        most = max(used.ru_maxrss * MAXRSS_UNIT, tree.stop() if tree else 0)
    if process.returncode != code:
        raise SystemExit(f"{name} ended with {process.returncode}:\n{' '.join(command)}\n{''.join(said)}")
    return wall, used.ru_utime + used.ru_stime, most / MEGABYTE


class _Watch:
    """Watches the memory of a process and its children from beside it, where the system shows it (Linux)."""

    STEP = 0.02

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.most = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._follow)
        self.thread.start()

    def stop(self) -> int:
        """End the watch: the most bytes that were seen."""
        self.ended.set()
        self.thread.join()
        return self.most

    def _follow(self) -> None:
        while not self.ended.wait(self.STEP):
            self.most = max(self.most, _held(self.pid))


def _held(pid: int) -> int:
    """Bytes in memory of a process and all below it; 0 where the system doesn't show it or they have ended."""
    place = Path("/proc", str(pid))
    try:
        pages = int((place / "statm").read_text().split()[1])
        children = (place / "task" / str(pid) / "children").read_text().split()
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(_held(int(child)) for child in children)
