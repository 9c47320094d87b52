"""What is sent, laid out as a contract's folder that a child process reads; gone when the question is answered."""

from __future__ import annotations

import asyncio
import base64
import binascii
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from avtal.portfolio import DATA
from avtal.server.problems import ODD_FILE, ServerError
from avtal.server.strict import visible
from avtal.server.wire import SentFile
from avtal.server.work import EXPECTED
from avtal.sources import CONTRACT

BESIDE = (".avtal", ".csv", ".txt")
DATA_ENDINGS = (".csv", ".txt", ".xlsx", ".parquet")
T = TypeVar("T")
MAPPING = "mapping.toml"
MOST = 200
LONGEST = 120
_SIGNS = frozenset(" .,-_()[]&+=@#§")
_RESERVED = frozenset({"con", "prn", "aux", "nul"})


async def finished(work: Callable[[], T]) -> T:
    """Work done in a thread; who is cancelled meanwhile waits for its end, so that what it has made can be removed."""
    task = asyncio.create_task(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


@contextmanager
def spooled(
    above: Path, text: str, files: Sequence[SentFile], data: Sequence[SentFile], expected: str = ""
) -> Iterator[Path]:
    """A folder with what was sent.

    Args:
        above: where to make it.
        text: of the contract; may be empty.
        files: beside it.
        data: in its `data/`.
        expected: its expected settlement; may be empty.

    Raises:
        ServerError: `ODD_FILE`.
    """
    names_checked(files, data)
    folder = Path(tempfile.mkdtemp(dir=above, prefix="q"))
    try:
        lay(folder, text, files)
        if data:
            (folder / DATA).mkdir()
        for file in data:
            (folder / DATA / file.name).write_bytes(contents(file))
        if expected:
            (folder / EXPECTED).parent.mkdir()
            (folder / EXPECTED).write_bytes(expected.encode())
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lay(folder: Path, text: str, files: Sequence[SentFile]) -> None:
    """Write a contract's text and the files beside it into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / CONTRACT).write_bytes(text.encode())
    for file in files:
        (folder / file.name).write_bytes(contents(file))


def names_checked(files: Sequence[SentFile], data: Sequence[SentFile]) -> None:
    """Refuse names that can't be taken, of files beside a contract and of data.

    Raises:
        ServerError: `ODD_FILE`.
    """
    _checked(files, BESIDE, taken=(CONTRACT,))
    _checked(data, DATA_ENDINGS, also=(MAPPING,))


def _checked(
    files: Sequence[SentFile], endings: Sequence[str], *, also: Sequence[str] = (), taken: Sequence[str] = ()
) -> None:
    """Refuse names that are more than names, that occur twice, or that end in what is not read."""
    if len(files) > MOST:
        raise _odd("", f"fler än {MOST} filer", f"more than {MOST} files")
    seen = {name.casefold() for name in taken}
    for file in files:
        name = file.name
        if not plain(name):
            raise _odd(name, "namnet är inget filnamn", "the name is no file name")
        if name.casefold() in seen:
            raise _odd(name, "namnet står två gånger", "the name stands twice")
        if not name.lower().endswith(tuple(endings)) and name not in also:
            known = ", ".join((*endings, *also))
            raise _odd(name, f"namnet ska sluta på {known}", f"the name must end in {known}")
        if file.text and file.base64:
            raise _odd(name, "den har både text och base64", "it has both text and base64")
        seen.add(name.casefold())


def plain(name: str) -> bool:
    """Whether a name is a file's name and nothing else, on every system."""
    stem = name.partition(".")[0].strip().casefold()
    return (
        0 < len(name) <= LONGEST
        and len(name.encode()) <= 2 * LONGEST
        and all(sign.isalnum() or sign in _SIGNS for sign in name)
        and name[0] not in ". "
        and name[-1] not in ". "
        and stem not in _RESERVED
    )


def contents(file: SentFile) -> bytes:
    """A file's bytes.

    Raises:
        ServerError: `ODD_FILE`, when its base64 is none.
    """
    if not file.base64:
        return file.text.encode()
    try:
        return base64.b64decode(file.base64.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise _odd(file.name, "innehållet är inte base64", "the contents are not base64") from None


def _odd(name: str, sv: str, en: str) -> ServerError:
    return ServerError(ODD_FILE, name=visible(name, 60) or "–", reason_sv=sv, reason_en=en)
