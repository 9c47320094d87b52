"""Contracts as they stood in a revision, read from git and put in a folder of their own.

Guarantees: only plain files are taken, by their bare names, each within the limits that `avtal.sources` has; links and
what lies outside the contract's folder are left out. Nothing that a repository holds is run.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from attrs import frozen

from avtal.errors import UnreadableError
from avtal.sources import CONTRACT, LARGEST_TABLE, SUFFIX

PLAIN = ("100644", "100755")
LARGEST_DATA = 256 << 20
LIBRARY = "stdlib_rules"
"""Where a repository of Avtal itself has the library: then a revision's contracts are read with that revision's."""


@frozen
class Blob:
    """A file of a revision: its path from the top of the repository, and what git calls its content."""

    path: str
    name: str
    size: int


def git(*arguments: str, folder: Path | None = None) -> bytes:
    """What a git command prints.

    Raises:
        UnreadableError: git is not there, or it failed; with what it says.
    """
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat"}
    try:
        done = subprocess.run(
            ["git", *arguments],  # noqa: S607  (git by name, as everyone runs it)
            cwd=folder,
            env=environment,
            capture_output=True,
            check=False,
            timeout=120,
        )
    except FileNotFoundError:
        raise UnreadableError("git finns inte på datorn.", "There is no git on this computer.") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["?"]
        raise UnreadableError(f"git: {said[0]}", f"git: {said[0]}")
    return done.stdout


def text(*arguments: str, folder: Path | None = None) -> str:
    """What a git command prints, as text without its line end."""
    return git(*arguments, folder=folder).decode("utf-8", "surrogateescape").strip()


def commit(revision: str, folder: Path | None = None) -> str:
    """The commit that a revision names.

    Raises:
        UnreadableError: there is none.
    """
    try:
        return text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", folder=folder)
    except UnreadableError as error:
        if not error.en.endswith("?"):
            raise
        raise UnreadableError(
            f"Det finns ingen revision {revision!r} i git.", f"There is no revision {revision!r} in git."
        ) from None


def blobs(revision: str, path: str, folder: Path | None = None) -> list[Blob]:
    """The plain files below a path of a revision; the path is from the top of the repository, empty for all of it."""
    arguments = ["ls-tree", "-r", "-z", "-l", "--full-tree", revision]
    found = git(*arguments, *(["--", path] if path else []), folder=folder).decode("utf-8", "surrogateescape")
    made = []
    for entry in filter(None, found.split("\0")):
        about, _, name = entry.partition("\t")
        mode, kind, digest, size = about.split()
        if mode in PLAIN and kind == "blob":
            made.append(Blob(name, digest, int(size)))
    return made


def from_top(path: str, folder: Path | None = None) -> str:
    """A path as the repository names it, from its top.

    Raises:
        UnreadableError: it lies outside the repository.
    """
    prefix = text("rev-parse", "--show-prefix", folder=folder)
    parts: list[str] = []
    for part in PurePosixPath(prefix, path.replace(os.sep, "/")).parts:
        if part == ".." and not parts:
            raise UnreadableError(f"{path} ligger utanför git.", f"{path} lies outside the git repository.")
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


@frozen
class Revision:
    """A revision of the repository around a folder, whose contracts are put below `into` when they are asked for."""

    name: str
    commit: str
    into: Path
    folder: Path | None = None

    def contracts(self, path: str) -> list[str]:
        """The contract files at or below a path from the top: the file itself, or each `contract.avtal`."""
        found = [blob.path for blob in blobs(self.commit, path, self.folder)]
        if path in found:
            return [path]
        own = f"{path}/{CONTRACT}" if path else CONTRACT
        return [own] if own in found else [p for p in found if PurePosixPath(p).name == CONTRACT]

    def put(self, path: str, *, data: bool = False) -> Path | None:
        """Put a contract with the files beside it in a folder; `None` where the revision has none.

        Args:
            path: of the contract file, from the top.
            data: its folder `data`, too.

        Raises:
            UnreadableError: a file is larger than what is read.
        """
        home = str(PurePosixPath(path).parent)
        home = "" if home == "." else home
        found = blobs(self.commit, home, self.folder)
        if path not in [blob.path for blob in found]:
            return None
        target = self.into / self.commit / (home or "top")
        for blob in found:
            inner = PurePosixPath(blob.path).relative_to(home) if home else PurePosixPath(blob.path)
            beside = len(inner.parts) == 1
            if beside or (data and inner.parts[0] == "data"):
                self._write(blob, target.joinpath(*inner.parts), LARGEST_TABLE if beside else LARGEST_DATA)
        return target / PurePosixPath(path).name

    def library(self) -> Path | None:
        """The library of this revision, where the repository has one."""
        found = [blob for blob in blobs(self.commit, LIBRARY, self.folder) if blob.path.endswith(SUFFIX)]
        target = self.into / self.commit / "library"
        for blob in found:
            self._write(blob, target / PurePosixPath(blob.path).name, LARGEST_TABLE)
        return target if found else None

    def _write(self, blob: Blob, to: Path, most: int) -> None:
        if to.exists():
            return
        if blob.size > most:
            limit = most >> 20
            if not blob.path.endswith(SUFFIX) and most == LARGEST_TABLE:
                return  # no table that a contract could read: it says so itself when it asks for it
            raise UnreadableError(
                f"{self.name}:{blob.path} är större än {limit} MiB.", f"{self.name}:{blob.path} is over {limit} MiB."
            )
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(git("cat-file", "blob", blob.name, folder=self.folder))


def changed(old: str, new: str, folder: Path | None = None) -> Iterator[str]:
    """The files that differ between two revisions, by their paths from the top."""
    found = git("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", old, new, folder=folder)
    yield from filter(None, found.decode("utf-8", "surrogateescape").split("\0"))
