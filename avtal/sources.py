"""The files of a contract, read as a stranger's files are to be read.

Guarantees: nothing outside the contract's folder and the library is opened, however a file is named or linked;
nothing larger than its limit is taken into memory; a hash of everything read is kept for the settlement's record.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import define, field

import stdlib_rules
from avtal.errors import UnreadableError
from dsl import problems
from dsl.alike import Shown
from dsl.diagnostics import Diagnostic
from dsl.limits import MAX_BYTES
from dsl.spans import Span

TYPE_CHECKING = False  # a contract that has not changed is not read anew
if TYPE_CHECKING:
    from interpreter.sources import Sources, Unreadable

CONTRACT = "contract.avtal"
LIBRARY = Path(str(stdlib_rules.__file__)).parent
SUFFIX = ".avtal"
LARGEST_TABLE = 8 << 20
"""The most bytes of a CSV table beside a contract."""

_AS_IT_IS = getattr(os, "O_BINARY", 0)
_ODD = frozenset('/\\:*?"<>|')


@define(eq=False, repr=False)
class Hashes(Shown):
    """SHA-256 of every file read: those of the contract's folder, and those of the library.

    `asked` are the modules that were looked for in the contract's folder, found or not.
    """

    text: dict[str, str] = field(factory=dict)
    library: dict[str, str] = field(factory=dict)
    asked: set[str] = field(factory=set)


def digest(data: bytes) -> str:
    """SHA-256 as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def identity(path: Path | str) -> tuple[int, int] | None:
    """What tells a file or folder from others, whatever name or link leads to it; `None` where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116  (asked of all files of a thousand contracts)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def locate(path: Path) -> Path:
    """The contract file that a path means: the file itself, or `contract.avtal` of the folder.

    Raises:
        UnreadableError: there is none.
    """
    if path.is_dir():
        path /= CONTRACT
        if not path.is_file():
            raise UnreadableError(
                f"Mappen {path.parent} har ingen fil {CONTRACT}. Ange en avtalsfil eller en mapp med ett avtal.",
                f"The folder {path.parent} has no file {CONTRACT}. Give a contract file or a folder with a contract.",
            )
    return path


def contracts(path: Path) -> list[Path]:
    """The contracts that a path means: one, or those of the folders right below a folder without one of its own.

    Raises:
        UnreadableError: there is none.
    """
    if path.is_dir() and not (path / CONTRACT).exists():
        found = sorted(file for entry in path.iterdir() if (file := entry / CONTRACT).is_file())
        if found:
            return found
    return [locate(path)]


def texts(path: Path) -> list[Path]:
    """The contract and library files that a path means: the file, or every `.avtal` file below the folder.

    Raises:
        UnreadableError: the folder has none.
    """
    if not path.is_dir():
        return [path]
    found = sorted(_below(path))
    if not found:
        raise UnreadableError(
            f"Mappen {path} har inga filer som slutar på {SUFFIX}.",
            f"The folder {path} has no files that end in {SUFFIX}.",
        )
    return found


def _below(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from _below(entry)
        elif entry.suffix == SUFFIX:
            yield entry


def read_text(path: Path) -> tuple[str, bytes]:
    """A contract text and its bytes.

    Raises:
        UnreadableError: no such file, not a plain file, too large, or not UTF-8.
    """
    data = read_bytes(path, MAX_BYTES + 1)
    at = Span(str(path), 0, 0)
    if len(data) > MAX_BYTES:
        raise _refused(str(path), problems.TOO_LARGE.at(at, found=path.stat().st_size, limit=MAX_BYTES))
    try:
        return data.decode("utf-8"), data
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        column = error.start - data.rfind(b"\n", 0, error.start)
        byte = f"0x{data[error.start]:02X}"
        wrong = problems.NOT_UTF8.at(at, byte=byte, position=error.start + 1)
        raise _refused(f"{path}:{line}:{column}", wrong) from None


def _refused(where: str, wrong: Diagnostic) -> UnreadableError:
    texts_ = [f"{where}: {wrong.code}: {wrong.message(lang)}. {wrong.help(lang)}" for lang in ("sv", "en")]
    return UnreadableError(texts_[0], texts_[1])


def read_bytes(path: Path | str, most: int) -> bytes:
    """At most `most` bytes of a plain file."""
    try:
        found = os.stat(path)  # noqa: PTH116  (files of a thousand contracts are read)
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableError(f"{path} är ingen vanlig fil.", f"{path} is not a plain file.")
        file = os.open(path, os.O_RDONLY | _AS_IT_IS)
        try:
            data = os.read(file, min(found.st_size + 1, most))  # room is made for as much as is asked for
            if len(data) != found.st_size:  # it has grown or shrunk meanwhile, or came in part
                while len(data) < most and (more := os.read(file, min(most - len(data), 1 << 16))):
                    data += more
            return data
        finally:
            os.close(file)
    except FileNotFoundError:
        raise UnreadableError(
            f"{path} finns inte. Kontrollera sökvägen.", f"{path} does not exist. Check the path."
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UnreadableError(f"{path} går inte att läsa: {reason}.", f"{path} can't be read: {reason}.") from None


class _Modules(Mapping[str, str]):
    """Modules by name, each read when it is asked for; `asked` takes the names, whether there is one or not."""

    def __init__(self, names: Sequence[str], read: Callable[[str], str], asked: set[str]) -> None:
        self._names = tuple(names)
        self._read = read
        self._asked = asked
        self._texts: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        self._asked.add(name)
        if name not in self._names:
            raise KeyError(name)
        if name not in self._texts:
            self._texts[name] = self._read(name)
        return self._texts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def library(hashes: Hashes, folder: Path | None = None) -> Mapping[str, str]:
    """The modules of the library, name → text, read when asked for; of the one that is installed without a `folder`.

    Raises:
        UnreadableError: there is no such folder.
    """
    files = {file.name.removesuffix(SUFFIX): file for file in modules(folder or LIBRARY)}

    def read(name: str) -> str:
        text, data = read_text(files[name])
        hashes.library[f"{name}{SUFFIX}"] = digest(data)
        return text

    return _Modules(sorted(files), read, set())


def modules(library: Path) -> list[Path]:
    """The files of a library.

    Raises:
        UnreadableError: there is no such folder.
    """
    try:
        return [file for file in library.iterdir() if file.name.endswith(SUFFIX)]
    except OSError as error:
        raise UnreadableError(
            f"{library} är ingen mapp med ett bibliotek som går att läsa ({error.strerror}).",
            f"{library} is no folder with a library that can be read ({error.strerror}).",
        ) from None


def sources(
    path: Path, hashes: Hashes, *, language: str = "", whole: bool = False, rules: Path | None = None
) -> Sources:
    """The texts of a contract or module file, for `interpreter.pipeline.analyse`.

    Args:
        path: the file.
        hashes: filled with what is read.
        language: of the reasons why a table can't be read; the text's own when empty.
        whole: read the forms of the library that the text does not use, too.
        rules: another library than the one that is installed.

    Raises:
        UnreadableError: the file can't be read.
    """
    from interpreter.sources import Sources, Unreadable

    text, data = read_text(path)
    hashes.text[path.name] = digest(data)
    folder = path.parent
    swedish = language != "en" if language else not any(line.startswith("contract ") for line in text.splitlines())

    def beside(name: str) -> str:
        other, raw = read_text(inside(folder, f"{name}{SUFFIX}"))
        hashes.text[f"{name}{SUFFIX}"] = digest(raw)
        return other

    def cells(name: str) -> Sequence[Sequence[str]] | Unreadable:
        try:
            return _cells(folder, name, hashes)
        except UnreadableError as error:
            return Unreadable(error.text("sv" if swedish else "en"))

    own = _Modules(beside_names(path), beside, hashes.asked)
    return Sources(file=str(path), text=text, library=library(hashes, rules), beside=own, cells=cells, whole=whole)


def beside_names(path: Path) -> list[str]:
    """The names of the modules beside a contract file."""
    return sorted(
        entry.name.removesuffix(SUFFIX)
        for entry in os.scandir(path.parent)
        if entry.name.endswith(SUFFIX) and entry.name != path.name and not entry.name.startswith(".")
    )


def inside(folder: Path, name: str) -> Path:
    """The plain file `name` right in `folder`.

    Raises:
        UnreadableError: the name is more than a file name, or a link leads out of the folder.
    """
    odd = not name.isprintable() or name.startswith(".") or not _ODD.isdisjoint(name)
    if not name or odd:
        raise UnreadableError(
            "ange bara ett filnamn: filen ska ligga i samma mapp som avtalet",
            "give a file name only: the file must lie in the same folder as the contract",
        )
    path = folder / name
    try:
        leaves = os.path.islink(path) and path.resolve(strict=True).parent != folder.resolve()  # noqa: PTH114
    except (OSError, RuntimeError):
        leaves = True
    if leaves:
        raise UnreadableError(
            "filen är en länk ut ur avtalets mapp: lägg själva filen där",
            "the file is a link out of the contract's folder: put the file itself there",
        )
    return path


def _cells(folder: Path, name: str, hashes: Hashes) -> list[list[str]]:
    from avtal.reading.delimited import decode, delimited
    from avtal.reading.tables import UnreadableError as Undecodable

    path = inside(folder, name)
    if not path.exists():
        raise UnreadableError("filen finns inte i avtalets mapp", "the file is not in the contract's folder")
    data = read_bytes(path, LARGEST_TABLE + 1)
    if len(data) > LARGEST_TABLE:
        limit = LARGEST_TABLE >> 20
        raise UnreadableError(f"filen är större än {limit} MiB", f"the file is larger than {limit} MiB")
    try:
        table = delimited(decode(data, name), name, lambda _: False)
        rows: list[list[str]] = []
        for number, texts in table.records:
            rows += [[] for _ in range(len(rows) + 1, number)]
            rows.append(list(texts) if any(text.strip() for text in texts) else [])
    except Undecodable as error:
        row = error.problem.row
        raise UnreadableError(
            f"{f'rad {row}: ' if row else ''}{error.problem.text('sv')}",
            f"{f'row {row}: ' if row else ''}{error.problem.text('en')}",
        ) from None
    hashes.text[name] = digest(data)
    return rows
