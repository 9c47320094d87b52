"""DuckDB opened while our own modules are still being read, where files are so large that it will settle.

To open it takes as long as a third of those modules, mostly outside Python, on another core. What is opened here is
locked to nothing yet and knows no file: `avtal.engines.duck` locks it before anything is asked of it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

Config = dict[str, str | bool | int | float | list[str]]

MEMORY = 400 << 20
"""The most bytes that DuckDB may hold, unless another bound is given."""

LARGE = 3_000_000
"""From how many bytes of files on DuckDB is sure to settle, whatever kind they are of; see `avtal.engines.choice`."""

TURN = 0.0005
"""For how many seconds a thread works before another that waits has its turn: DuckDB is asked for much by a thread that
has little to do in Python and waits its turn each time."""

_begun: list[Any] = []


def configured(memory: int = MEMORY, spill: str = "", threads: int | None = None) -> Config:
    """What DuckDB is opened with.

    Args:
        memory: the most bytes that it may hold.
        spill: the folder that it may spill into; empty for none.
        threads: how many it may use; as many as the machine has when `None`.
    """
    config: Config = {
        "python_enable_replacements": "false",
        "temp_directory": spill,
        "memory_limit": f"{memory}B",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    return config if threads is None else config | {"threads": str(threads)}


def module() -> ModuleType:
    """DuckDB: the engine by itself, if it can be had without the package's Python side, which takes thrice as long."""
    try:
        import _duckdb
    except ImportError:
        import duckdb

        return duckdb
    return _duckdb


def large(paths: Iterable[Path]) -> bool:
    """Whether files and folders hold so much that DuckDB is sure to settle them."""
    total = 0
    for path in paths:
        try:
            if path.is_dir():
                with os.scandir(path) as entries:
                    total += sum(entry.stat().st_size for entry in entries if entry.is_file())
            else:
                total += path.stat().st_size
        except OSError:
            continue
    return total >= LARGE


def begin(config: Config) -> None:
    """Open a DuckDB while other work goes on, for whoever asks for one opened with the same."""
    import threading

    made: list[Any] = []

    def run() -> None:
        try:
            made.append(module().connect(":memory:", config=config))
        except Exception:  # noqa: BLE001 - whoever needs it opens one, and is told why that can't be done
            made.clear()

    sys.setswitchinterval(TURN)
    thread = threading.Thread(target=run, daemon=True)
    _begun.append((config, thread, made))
    thread.start()


def taken(config: Mapping[str, object]) -> Any:
    """A connection that has been opened with this; `None` when there is none. It is handed out once."""
    for at, (known, thread, made) in enumerate(_begun):
        if known == config:
            del _begun[at]
            thread.join()
            return made[0] if made else None
    return None


def close() -> None:
    """Let go of what nobody has asked for."""
    while _begun:
        _, thread, made = _begun.pop()
        thread.join()
        for connection in made:
            connection.close()
