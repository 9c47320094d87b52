"""Where a command writes: a place that can't be written to is told before anything is worked out.

A file that is read is never such a place: what is written there would take the place of what it was worked out from.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from avtal.contract import Contract
from avtal.errors import UnreadableError
from avtal.reading.places import Database
from avtal.sources import identity

CAUSES = {
    errno.EACCES: "behörighet saknas",
    errno.EPERM: "behörighet saknas",
    errno.ENOENT: "mappen finns inte",
    errno.EROFS: "enheten är skrivskyddad",
    errno.ENOSPC: "enheten är full",
    errno.ENAMETOOLONG: "namnet är för långt",
}
"""Why a file can't be written, in Swedish; the system says the rest, in English."""


def check_folder(path: Path) -> None:
    """Refuse a file that has no folder to lie in.

    Raises:
        UnreadableError: there is no such folder, a folder has the file's name, or the name can't be a file's.
    """
    try:
        fit = path.parent.is_dir() and not path.is_dir()
    except OSError as error:
        raise unwritable(path, error) from None
    if not fit:
        raise UnreadableError(
            f"{path} går inte att skriva: mappen {path.parent} finns inte, eller namnet är en mapps.",
            f"{path} can't be written: there is no folder {path.parent}, or the name is a folder's.",
        )


def check_output(output: Path | None, form: str) -> None:
    """Refuse a file that can't be written, and a workbook on standard output.

    Args:
        output: the file; standard output when `None`.
        form: what it is to hold.

    Raises:
        UnreadableError: it can't be written there.
    """
    if output is not None:
        check_folder(output)
    elif form == "xlsx":
        raise UnreadableError(
            "En arbetsbok skrivs till en fil: ange -o fil.xlsx.", "A workbook is written to a file: give -o file.xlsx."
        )


def check_two(outputs: Sequence[Path]) -> None:
    """Refuse to write two things to one file.

    Raises:
        UnreadableError: two of `outputs` are one file.
    """
    if len(set(map(os.path.realpath, outputs))) < len(outputs):
        raise UnreadableError(
            f"{outputs[0]} är namnet på två filer som ska skrivas. Ange ett annat namn på den ena.",
            f"{outputs[0]} is the name of two files to write. Give one of them another name.",
        )


def check_apart(outputs: Sequence[Path], read: Iterable[Path | str]) -> None:
    """Refuse to write a file that is read, whatever name or link leads to it.

    Args:
        outputs: the files to write.
        read: the files that are read; asked for only where something would be replaced.

    Raises:
        UnreadableError: one of `outputs` is one of `read`.
    """
    standing = {found: path for path in outputs if (found := identity(path)) is not None}
    for one in read if standing else ():
        known = identity(one)
        if known in standing:
            path = standing[known]
            raise UnreadableError(
                f"{path} skrivs inte: det är {one}, som läses. Ange ett annat namn på filen som ska skrivas.",
                f"{path} is not written: it is {one}, which is read. Give the file to write another name.",
            )


def files_read(
    contracts: Sequence[Contract], data: Sequence[Path | Database], mapping: Path | None
) -> Iterator[Path | str]:
    """The files that a settlement reads: texts and tables of contracts, files of data, SQLite's files, and mappings.

    Args:
        contracts: what is settled.
        data: what is given as data; `data` beside each contract when empty.
        mapping: the mapping file that is given.
    """
    from avtal.portfolio import DATA
    from avtal.reading.folders import sources

    for contract in contracts:
        folder = os.fspath(contract.path.parent)
        yield from (f"{folder}/{name}" for name in contract.hashes.text)
    given = data or sorted({contract.path.parent / DATA for contract in contracts})
    files = [path for source in sources(given, mapping)[0] if (path := source.lies) is not None]
    folders = {path.parent for path in files} | {path for path in given if isinstance(path, Path)}
    yield from files
    yield from (folder / "mapping.toml" for folder in folders) if mapping is None else (mapping,)


def write_text(path: Path, text: str) -> None:
    """Write a file, as `replaced` does.

    Raises:
        UnreadableError: it can't be written.
    """
    with replaced(path) as half:
        half.write_text(text, encoding="utf-8", newline="")


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A name to write to: what is written there takes the place of a file, which is there whole, or is as it was.

    What is no plain file, as a pipe, and a file in a folder that takes no new ones are written to as they are.

    Raises:
        UnreadableError: it can't be written.
    """
    try:
        target = Path(os.path.realpath(path))
        half = target.with_name(f".avtal-{os.urandom(8).hex()}.half")
        if not _fits_beside(target, half):
            yield path
            return
        try:
            yield half
            half.replace(target)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from None


def _fits_beside(target: Path, half: Path) -> bool:
    """Make an empty file in the folder of another, with its permissions; whether that can be done.

    Raises:
        OSError: the other can't be written to, or has no folder.
    """
    there = target.exists()
    if there and not target.is_file():
        return False
    if there:
        target.open("ab").close()
    try:
        half.touch()
    except PermissionError:
        return False
    if there:
        half.chmod(target.stat().st_mode & 0o777)
    return True


def unwritable(path: Path, error: OSError) -> UnreadableError:
    """What to say of a file that could not be written."""
    en = error.strerror or str(error)
    sv = CAUSES.get(error.errno or 0, en)
    return UnreadableError(f"{path} går inte att skriva: {sv}.", f"{path} can't be written: {en}.")
