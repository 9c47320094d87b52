"""The user's cache folder: files that may be missing, wrong or somebody else's without anything going wrong.

Guarantees: what is read was written whole, by this user, into a place that nobody else may write to, and carries the
hash of its bytes; all else is as if it were not there. A file appears whole or not at all, whoever else writes at the
same time. The folder stays within `MOST_BYTES` and `MOST_FILES`: the files unused for longest go first.
"""

from __future__ import annotations

import os
import stat
import time
from hashlib import sha256
from pathlib import Path

SETTING = "AVTAL_CACHE"
"""The environment variable that names the folder, or says `off`."""

MOST_BYTES = 128 << 20
MOST_FILES = 20_000
LARGEST = 16 << 20
"""The most bytes of one file."""

DAY = 86_400.0
_PLAIN = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
BETWEEN = 500
"""How many files are written before the folder is measured again."""


def place() -> str:
    """The folder that the environment asks for, else the user's own; empty where it asks for none."""
    asked = os.environ.get(SETTING, "")
    if asked.casefold() in ("off", "0", "no"):
        return ""
    if asked:
        return os.path.abspath(asked)  # noqa: PTH100  (asked for each contract of a folder)
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not base.startswith("/"):  # a relative one is to be ignored, says its specification
        home = os.path.expanduser("~")  # noqa: PTH111
        if home == "~":  # nobody's home
            return ""
        base = f"{home}/.cache"
    return f"{base}/avtal"


def opened(path: str) -> Folder | None:
    """The cache folder at a place, made when it is not there; `None` where there is to be none, or it isn't safe."""
    if not path:
        return None
    try:
        Path(path).mkdir(mode=0o700, parents=True, exist_ok=True)
        found = os.lstat(path)
    except (OSError, ValueError):
        return None
    return Folder(path) if stat.S_ISDIR(found.st_mode) and _own(found) else None


def _own(found: os.stat_result) -> bool:
    """Whether a file or folder is this user's, and nobody else may write to it."""
    if not hasattr(os, "geteuid"):  # Windows: a profile's folders are its user's
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


class Folder:
    """The cache folder; names are plain file names."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._written = 0

    def has(self, name: str) -> bool:
        """Whether something lies under a name, to be believed or not."""
        return os.path.lexists(f"{self.path}/{name}")

    def read(self, name: str) -> bytes | None:
        """What was written under a name; `None` where there is nothing to be believed."""
        try:
            return self._read(name)
        except OSError:
            return None

    def _read(self, name: str) -> bytes | None:
        file = os.open(f"{self.path}/{name}", os.O_RDONLY | _PLAIN)
        try:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode) or not _own(found) or found.st_size > LARGEST:
                return None
            data = os.read(file, found.st_size)
            if time.time() - found.st_mtime > DAY:
                os.utime(file)  # what is used stays
        finally:
            os.close(file)
        digest, body = data[:64], data[65:]
        return body if digest == sha256(body).hexdigest().encode() else None

    def write(self, name: str, body: bytes) -> None:
        """Keep something under a name; not done where it can't be."""
        if len(body) > LARGEST - 65:
            return
        half = f"{self.path}/.{name}.{os.urandom(8).hex()}"
        try:
            file = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN, 0o600)
            try:
                with os.fdopen(file, "wb") as out:
                    out.write(sha256(body).hexdigest().encode() + b"\n" + body)
                Path(half).replace(f"{self.path}/{name}")
            except BaseException:
                Path(half).unlink()
                raise
            if self._written % BETWEEN == 0:
                self._trim()
        except OSError:
            return
        self._written += 1

    def _trim(self) -> None:
        """Remove what was used longest ago, to three quarters of what may be kept; and halves that a crash has left."""
        files = []
        for entry in os.scandir(self.path):
            found = entry.stat(follow_symlinks=False)
            if entry.name.startswith(".") and time.time() - found.st_mtime < DAY:
                continue
            files.append((found.st_mtime, found.st_size, entry.name))
        size = sum(bytes_ for _, bytes_, _ in files)
        count = len(files)
        if size <= MOST_BYTES and count <= MOST_FILES:
            return
        for _, bytes_, name in sorted(files):
            Path(self.path, name).unlink()
            size, count = size - bytes_, count - 1
            if size <= MOST_BYTES * 3 // 4 and count <= MOST_FILES * 3 // 4:
                break
