"""Where a command writes: a place that can't be written to is told before anything is worked out."""

from __future__ import annotations

import errno
from pathlib import Path

from avtal.errors import UnreadableError

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


def write_text(path: Path, text: str) -> None:
    """Write a file.

    Raises:
        UnreadableError: it can't be written.
    """
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise unwritable(path, error) from None


def unwritable(path: Path, error: OSError) -> UnreadableError:
    """What to say of a file that could not be written."""
    en = error.strerror or str(error)
    sv = CAUSES.get(error.errno or 0, en)
    return UnreadableError(f"{path} går inte att skriva: {sv}.", f"{path} can't be written: {en}.")
