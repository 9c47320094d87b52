"""Read a stranger's workbook or Parquet file in a process of its own, which can be stopped.

Guarantees: whatever the file makes the reader do (ask for memory, loop, crash), this process goes on and reports it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast

_BOOTSTRAP = """
import json, os, runpy, sys
request = json.loads(sys.stdin.read())
sys.path[:] = request["path"]
runpy.run_path(os.path.join(request["folder"], "worker.py"))["main"](request)
"""

_LONGEST_MESSAGE = 256 << 20


class StoppedError(Exception):
    """The reader ended before it had said everything: too slow, too large, or a crash."""


def messages(reader: str, request: Mapping[str, object], *, seconds: float, memory: int) -> Iterator[dict[str, Any]]:
    """Run a reader in a child process and give what it says, one JSON object at a time.

    Args:
        reader: the module that reads, `worker_xlsx` or `worker_parquet`.
        request: what it is asked, as plain data.
        seconds: how long it may take; it is killed after that.
        memory: the most address space it may have, in bytes.

    Raises:
        StoppedError: when it ended without saying so.
    """
    # -I: the folder of the data and PYTHON* variables decide nothing about what code runs in the child.
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _BOOTSTRAP],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    watch = threading.Timer(seconds, process.kill)
    watch.start()
    ended = False
    try:
        whole = {
            **request,
            "path": [entry for entry in sys.path if entry],
            "folder": str(Path(__file__).parent),
            "reader": reader,
            "seconds": seconds,
            "memory": memory,
        }
        given, said = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        given.write(json.dumps(whole).encode())
        given.close()
        while line := said.readline(_LONGEST_MESSAGE):
            message = json.loads(line)
            ended = "end" in message
            if not ended:
                yield message
    except (OSError, ValueError):
        raise StoppedError from None
    finally:
        watch.cancel()
        process.kill()
        cast("IO[bytes]", process.stdout).close()
        process.wait()
    if not ended:
        raise StoppedError
