"""Which files are the data: those given, and those that stand in the folders given.

Guarantees: no link is followed inside a folder, nothing but regular files is opened, and a file that looks like data
but cannot be read is a problem, never left out in silence; so is a folder too deep to be looked into.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import evolve, frozen

from avtal.reading.mapping import LARGEST_MAPPING, FileMapping, FolderMapping, read_mapping
from avtal.reading.places import Database
from avtal.reading.problems import DataProblem, visible
from avtal.reading.tables import size_words
from dsl.alike import Alike

READ = (".csv", ".txt", ".xlsx", ".parquet")
REFUSED = (
    frozenset({".xls", ".xlsm", ".xlsb", ".xltx", ".ods", ".numbers", ".slk", ".dif", ".dbf"})
    | frozenset({".tsv", ".tab", ".dat", ".psv", ".px", ".json", ".jsonl", ".xml", ".zip", ".gz", ".7z"})
    | frozenset({".sas7bdat", ".sav", ".dta", ".rds", ".mdb", ".accdb", ".db", ".sqlite"})
    | frozenset({".feather", ".arrow", ".avro", ".orc", ".pq"})
)
"""Endings that hold data in forms that are not read."""

MOST_FILES = 1000
DEEPEST = 8
"""How many folders down files are looked for; a folder below is a problem."""


@frozen(eq=False, repr=False)
class Source(Alike):
    """A file to read.

    Args:
        path: where it is.
        name: what it is called to the user, and nothing else is: relative to the folder given, and with as many of the
            folders above as it takes to tell it from other files; of a table without its schema, where that tells it.
        mapping: what its folder's mapping says of it, if anything.
        mapping_source: that mapping's name.
        database: the table of a database that it is instead of a file.
    """

    path: Path
    name: str
    mapping: FileMapping
    mapping_source: str
    database: Database | None = None

    @property
    def file(self) -> Path | None:
        """Where the file is; `None` when it is a table of a database."""
        return self.path if self.database is None else None

    @property
    def lies(self) -> Path | None:
        """The file that it, or the database that it is a table of, lies in; `None` where that is no file."""
        return self.path if self.database is None else self.database.file


def sources(paths: Sequence[Path | Database], mapping: Path | None) -> tuple[list[Source], list[DataProblem]]:
    """Find the files to read.

    Args:
        paths: files, folders that are walked, and tables of databases.
        mapping: a mapping file for all of them; without it each folder's own `mapping.toml` is used.

    Returns:
        the files in a fixed order, each once, and what is wrong with those that can't be taken.
    """
    problems: list[DataProblem] = []
    mappings = _Mappings(mapping, problems)
    found: dict[Path, tuple[Path, str]] = {}
    tables: list[Source] = []
    for path in paths:
        if isinstance(path, Database):
            own = mappings.of(Path()) if mapping else FolderMapping()
            section = own.files.get(path.name, FileMapping(name=path.name))
            tables.append(Source(Path(path.name), visible(path.name, 120), section, own.source, path))
            continue
        try:
            is_folder = path.is_dir()
            listed = list(_walk(path, path, problems, 0)) if is_folder else [(path, path.name)]
        except (OSError, ValueError):
            problems.append(DataProblem(code="AVD01", file=visible(path.name, 80)))
            continue
        for file, name in listed:
            if is_folder and file.name in mappings.of(file.parent).ignore:
                continue
            if _takes(file, name, problems, asked=not is_folder):
                found.setdefault(file.resolve(), (file, name))
        if is_folder:
            problems.extend(mappings.absent(path, {file for file, _ in listed}))
            tables.extend(mappings.tables(path, problems))
    if len(found) > MOST_FILES:
        args = (("size", str(len(found))), ("limit", str(MOST_FILES)))
        return [], [*problems, DataProblem(code="AVD03", file=visible(paths[0].name, 80), args=args)]
    names = _apart(list(found.values()))
    files = [_source(file, name, mappings) for (file, _), name in zip(found.values(), names, strict=True)]
    return _numbered([*files, *_with_schemas(tables)]), problems


def _source(file: Path, name: str, mappings: _Mappings) -> Source:
    folder = mappings.of(file.parent)
    return Source(file, visible(name, 120), folder.files.get(file.name, FileMapping(name=file.name)), folder.source)


def _apart(files: Sequence[tuple[Path, str]]) -> list[str]:
    """The names of files, those that share one with the folders above, as many as it takes."""
    names = [name for _, name in files]
    paths = [Path(os.path.abspath(file)).parts for file, _ in files]  # noqa: PTH100 - a link keeps its own name
    for more in range(1, max(map(len, paths), default=0)):
        shared = {name for name, count in Counter(names).items() if count > 1}
        if not shared:
            break
        for at, (_, own) in enumerate(files):
            if names[at] in shared:
                names[at] = Path(*paths[at][-own.count("/") - 1 - more :]).as_posix()
    return names


def _with_schemas(tables: Sequence[Source]) -> Iterator[Source]:
    """Tables of databases, those that share a name with their schemas."""
    counts = Counter(source.name for source in tables)
    for source in tables:
        if counts[source.name] > 1 and source.database is not None:
            yield evolve(source, name=visible(source.database.table, 120))
        else:
            yield source


def _numbered(sources: Sequence[Source]) -> list[Source]:
    """Sources, those that still share a name, as tables of one name in two databases do, with a number behind it."""
    before: Counter[str] = Counter()
    told = []
    for source in sources:
        before[source.name] += 1
        number = before[source.name]
        told.append(evolve(source, name=f"{source.name} ({number})") if number > 1 else source)
    return told


class _Mappings:
    """The mapping of each folder, read once."""

    def __init__(self, given: Path | None, problems: list[DataProblem]) -> None:
        self._given = given
        self._problems = problems
        self._read: dict[Path, FolderMapping] = {}

    def of(self, folder: Path) -> FolderMapping:
        """The mapping that holds in `folder`; an empty one when there is none or it is wrong."""
        path = self._given or folder / "mapping.toml"
        if path not in self._read:
            self._read[path] = self._open(path)
        return self._read[path]

    def _open(self, path: Path) -> FolderMapping:
        try:
            size = path.stat().st_size if path.is_file() else None
            if size is None and self._given is None and not path.is_symlink():
                return FolderMapping()
            read: FolderMapping | DataProblem
            if size is None:
                read = DataProblem(code="AVD01", file=path.name)
            elif size > LARGEST_MAPPING:
                read = too_large(path.name, size, LARGEST_MAPPING)
            else:
                read = read_mapping(path.read_bytes(), path.name)
        except OSError:
            read = DataProblem(code="AVD01", file=path.name)
        if isinstance(read, DataProblem):
            self._problems.append(read)
            return FolderMapping()
        return read

    def tables(self, folder: Path, problems: list[DataProblem]) -> Iterator[Source]:
        """The tables of databases that a folder's own mapping names."""
        mapping = self.of(folder)
        for section in mapping.files.values():
            if not section.table:
                continue
            url = os.environ.get(section.source, "")
            if url or not section.source:
                database = Database(url, section.table)
                yield Source(Path(section.name), visible(section.name, 120), section, mapping.source, database)
            else:
                args = (("name", section.source),)
                problems.append(DataProblem(code="AVD54", file=visible(section.name, 120), args=args))

    def absent(self, folder: Path, files: set[Path]) -> Iterator[DataProblem]:
        """Files that the mappings of a walked folder name and that are not there."""
        names = {file.name for file in files}
        for where in sorted({folder, *(file.parent for file in files)}):
            mapping = self.of(where)
            here = names if self._given else {file.name for file in files if file.parent == where}
            databases = {name for name, section in mapping.files.items() if section.table}
            for name in (*mapping.files, *mapping.ignore):
                if name not in here and name not in databases:
                    yield DataProblem(code="AVD06", file=mapping.source, args=(("name", visible(name, 80)),))
            if self._given:
                return


def _walk(folder: Path, root: Path, problems: list[DataProblem], depth: int) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.iterdir()):
        # Hidden files, and the lock files that spreadsheet programs leave, are nobody's data.
        if path.name.startswith((".", "~$")):
            continue
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            if path.suffix.lower() in READ:
                problems.append(DataProblem(code="AVD01", file=visible(name, 120)))
        elif path.is_dir():
            if depth < DEEPEST:
                yield from _walk(path, root, problems, depth + 1)
            else:
                problems.append(DataProblem(code="AVD63", file=visible(name, 120), args=(("limit", str(DEEPEST)),)))
        else:
            yield path, name


def _takes(file: Path, name: str, problems: list[DataProblem], *, asked: bool) -> bool:
    """Whether a file is one to read; a file that was asked for by name must be, others only if they look like data."""
    shown, ending = visible(name, 120), file.suffix.lower()
    try:
        regular = stat.S_ISREG(file.stat().st_mode)
    except (OSError, ValueError):
        regular = False
    if ending in READ:
        if not regular:
            problems.append(DataProblem(code="AVD01", file=shown))
        return regular
    if asked or ending in REFUSED:
        code = "AVD02" if regular else "AVD01"
        problems.append(DataProblem(code=code, file=shown, args=(("ending", visible(ending or file.name)),)))
    return False


def too_large(name: str, size: int, limit: int) -> DataProblem:
    """The problem of a file of `size` bytes where `limit` is the most."""
    return DataProblem(code="AVD03", file=name, args=(("size", size_words(size)), ("limit", size_words(limit))))
