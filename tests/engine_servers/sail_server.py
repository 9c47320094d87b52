"""Sail, which speaks Spark Connect, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

_SAIL = """
import sys
from pysail.spark import SparkConnectServer
server = SparkConnectServer(ip="127.0.0.1", port=0)
server.start(background=True)
print(server.listening_address[1], flush=True)
sys.stdin.read()
server.stop()
"""


@contextmanager
def sail() -> Iterator[tuple[str, str]]:
    """Start Sail, and stop it.

    Yields:
        its URL, and what it is in words.

    Raises:
        RuntimeError: it did not start.
    """
    words = f"Sail {version('pysail')}"
    with subprocess.Popen(
        [sys.executable, "-c", _SAIL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            port = server.stdout.readline().strip()
            if not port:
                raise RuntimeError("Sail did not start")
            yield f"sc://127.0.0.1:{port}", words
        finally:
            server.stdin.close()
            server.wait(30)
