"""Which snapshots are in use: those that somebody reads are not removed by another run.

The system's locks on a snapshot's folder tell; they go with the process that took them. Where there are none, on
Windows and on some file systems of a network, a snapshot may be removed while it is read: who reads it is told.
"""

from __future__ import annotations

import importlib
import os
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

LOCKS: Any = importlib.import_module("fcntl") if os.name == "posix" else None


def used(folder: Path, stack: ExitStack) -> bool:
    """Have a snapshot stay where it is until all is closed; whether it is still there."""
    if LOCKS is None:
        return True
    try:
        handle = locked(folder, stack, LOCKS.LOCK_SH)
        return handle is not None and os.path.samestat(os.fstat(handle), folder.lstat())
    except OSError:  # gone
        return False


def remove(folder: Path) -> None:
    """Remove a snapshot that nobody uses."""
    with ExitStack() as stack:
        if LOCKS is None or locked(folder, stack, LOCKS.LOCK_EX) is not None:
            shutil.rmtree(folder, ignore_errors=True)


def locked(folder: Path, stack: ExitStack, kind: int) -> int | None:
    """A folder that is locked until all is closed, where its file system has locks; `None` when another has it.

    Raises:
        OSError: it is not there.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    stack.callback(os.close, handle)
    try:
        LOCKS.flock(handle, kind | LOCKS.LOCK_NB)
    except BlockingIOError:
        return None
    except OSError:  # not every file system has locks
        pass
    return handle
