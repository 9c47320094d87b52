"""A PostgreSQL of its own, in a temporary folder, reached by a socket file there and gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"
"""Whom the server runs as when we are root, which PostgreSQL refuses to run as."""

SETTINGS = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, the newest that is installed."""
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = shutil.which("initdb")
    return kept[-1].parent if kept else Path(found).parent if found else None


@contextmanager
def running() -> Iterator[str]:
    """Start a server, and stop it.

    Yields:
        its URL.

    Raises:
        RuntimeError: PostgreSQL is not installed.
    """
    folder = programs()
    if folder is None:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    own = Path(tempfile.mkdtemp(prefix="avtal-pg-"))
    if os.geteuid() == 0:
        shutil.chown(own, USER)
    try:
        data, log = own / "data", own / "log"
        _do([folder / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"], own)
        start = [folder / "pg_ctl", "-D", data, "-l", log, "-w", "-o", f"{SETTINGS} -k {own}", "start"]
        _do(start, own)
        try:
            yield f"postgresql://{USER}@/postgres?host={own}"
        finally:
            _do([folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], own)
    finally:
        shutil.rmtree(own)


def _do(command: list[str | Path], folder: Path) -> None:
    words = ["runuser", "-u", USER, "--", *map(str, command)] if os.geteuid() == 0 else [*map(str, command)]
    done = subprocess.run(
        words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name}: {done.stdout.decode(errors='replace')}")
