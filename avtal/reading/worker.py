"""The child's side of `child`: bind itself, read one file, say what it finds as JSON lines.

Runs alone, in a bare interpreter: it and the readers beside it import the standard library and one reading library,
and nothing of this project, so that the child starts fast.
"""

from __future__ import annotations

import json
import os
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

Send = Callable[[dict[str, Any]], None]


def bind(seconds: float, memory: int) -> None:
    """Let this process have no more than `memory` bytes and `seconds` of processor time, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock still stops the child.
        return
    # A process that is bounded already (a question over HTTP) stays within its bounds.
    for kind, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, int(seconds) + 1, int(seconds) + 2),
    ):
        most = resource.getrlimit(kind)[1]
        ends = (soft, hard) if most == resource.RLIM_INFINITY else (min(soft, most), min(hard, most))
        resource.setrlimit(kind, ends)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(request: dict[str, Any]) -> None:
    """Read what `request` asks for and write the messages to standard output, `{"end": true}` last."""
    bind(request["seconds"], request["memory"])

    # The messages get a channel that only they write to: a library that prints (DuckDB's progress bar does when a
    # query is slow) would break them.
    channel = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)

    def send(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message).encode() + b"\n")

    # By path: a module of the same name elsewhere must not be taken for ours.
    runpy.run_path(str(Path(request["folder"], request["reader"] + ".py")))["read"](request, send)
    send({"end": True})
    channel.flush()
