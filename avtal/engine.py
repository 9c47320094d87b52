"""Which engine this is: the hash of the code that decides what a contract means, and what tells installations apart.

Hashing two hundred files takes longer than settling a small contract, so the hash is kept in the cache folder under
the files' sizes and times, as Python keeps its compiled modules.
"""

from __future__ import annotations

import os
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import avtal
import dsl
import interpreter
import stdlib_rules
from avtal.cache import Folder, opened
from avtal.version import version

_CODE = (".py", ".lark", ".json")


def _folder(package: ModuleType) -> str:
    return str(Path(str(package.__file__)).absolute().parent)


def _files(folder: str) -> list[os.DirEntry[str]]:
    """The files of a folder and of those below it, in a fixed order."""
    found = []
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            found += _files(entry.path) if entry.name != "__pycache__" else []
        else:
            found.append(entry)
    return found


@cache
def installation() -> str:
    """What tells this installation from another: where its files lie, how large they are and when they were changed."""
    total = sha256()
    for folder in map(_folder, (dsl, interpreter, stdlib_rules, avtal)):
        for entry in _files(folder):
            found = entry.stat()
            total.update(f"{entry.path}\0{found.st_size}\0{found.st_mtime_ns}\0{found.st_ctime_ns}\0".encode())
    return total.hexdigest()


def engine(folder: Folder | None) -> tuple[str, str]:
    """The version of Avtal, and SHA-256 over the code that decides what a contract means.

    Args:
        folder: where it may be known from before.
    """
    name = f"engine-{installation()}"
    known = folder.read(name) if folder is not None else None
    if known is not None:
        number, _, digest = known.decode("utf-8", "replace").partition("\n")
        return number, digest
    number, digest = version(), _digest()
    if folder is not None:
        folder.write(name, f"{number}\n{digest}".encode())
    return number, digest


@cache
def engine_at(folder: str) -> tuple[str, str]:
    """The same, looked for once in a cache folder."""
    return engine(opened(folder))


@cache
def _digest() -> str:
    total = sha256()
    for package in (dsl, interpreter):
        start = len(str(Path(_folder(package)).parent)) + 1
        for entry in _files(_folder(package)):
            if entry.name.endswith(_CODE):
                total.update(f"{entry.path[start:].replace(os.sep, '/')}\0".encode())
                total.update(sha256(Path(entry.path).read_bytes()).digest())
    return total.hexdigest()
