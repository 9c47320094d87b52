"""What a snapshot says of itself: which files it was made from, and what its integers mean.

A snapshot lies where strangers' data lie, so nothing in it is believed before it is checked: the JSON has exactly this
form, and the files have just the sizes and times that were written down, as in git's index. The time at which a file
was last changed in any way (`ctime`) is the system's alone to set, so that a folder that comes from elsewhere with a
snapshot in it never passes. Another user of the same system can do that too: a snapshot is believed only where nobody
may write to it who may not put other data in the data's place.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

from dsl.alike import Alike
from interpreter.facts import Fact, Kind
from interpreter.sets.relation import ColumnInfo, Month

FORMAT = 2
MANIFEST, ROWS = "manifest.json", "rows.parquet"
LARGEST_MANIFEST = 64 << 20
_HEX = frozenset("0123456789abcdef")
_INT64 = 1 << 63


@frozen(eq=False, repr=False)
class Stamp(Alike):
    """By what a file is known to be unchanged: its size in bytes, and its times in nanoseconds."""

    size: int
    mtime_ns: int
    ctime_ns: int


def stamp(path: Path | None) -> Stamp:
    """The stamp of a file; a table of a database (`None`) has one that says nothing.

    Raises:
        OSError: there is no such file.
    """
    if path is None:
        return Stamp(0, 0, 0)
    found = path.stat()
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@frozen(eq=False, repr=False)
class SourceFile(Alike):
    """A file that a snapshot was made from.

    Args:
        name: as it is called to the user.
        stamp: as it was when it was read.
        sha256: of its bytes.
        rows: how many rows it gave.
    """

    name: str
    stamp: Stamp
    sha256: str
    rows: int


@frozen(kw_only=True, eq=False, repr=False)
class Manifest(Alike):
    """A snapshot of one fact's rows.

    Args:
        key: the digest of all that decides what the files are read as.
        fact: the fact's English name.
        sources: the files, in the order that they were given.
        rows: the stamp of the file with the rows.
        columns: by English name, in the fact's order.
        months: see `Relation`.
    """

    key: str
    fact: str
    sources: tuple[SourceFile, ...]
    rows: Stamp
    columns: Mapping[str, ColumnInfo]
    months: Sequence[Month] | None = None

    @property
    def count(self) -> int:
        """How many rows there are."""
        return sum(source.rows for source in self.sources)

    @property
    def files(self) -> tuple[str, ...]:
        """The files' names in the order of the integers that stand for them."""
        return tuple(sorted(source.name for source in self.sources))


def write(manifest: Manifest, folder: Path) -> None:
    """Write a manifest into a snapshot's folder.

    Raises:
        OSError: it can't be written.
    """
    columns = [{**asdict(column), "kind": column.kind.value} for column in manifest.columns.values()]
    plain = {
        "format": FORMAT,
        "key": manifest.key,
        "fact": manifest.fact,
        "sources": [asdict(source) for source in manifest.sources],
        "rows": asdict(manifest.rows),
        "columns": columns,
        "months": manifest.months,
    }
    with (folder / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(plain, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    guard(folder / MANIFEST)


def guard(file: Path) -> None:
    """Let those read a file of a snapshot who may read its folder, and nobody else write to it; before its stamp."""
    with suppress(OSError):  # not every file system has permissions
        file.chmod(file.parent.stat().st_mode & 0o644)


def believed(data: Path, things: Sequence[Path]) -> bool:
    """Whether nobody may write to a snapshot who may not put other data in the data's place.

    Those who may are the user, root, the owner of the folder of data, and whom that folder lets replace what is in it.

    Args:
        data: the folder of data that the folder of snapshots is in.
        things: the folder of snapshots, and what of a snapshot is in it.

    Raises:
        OSError: one is not there.
    """
    if not hasattr(os, "geteuid"):  # Windows: a folder's own lists say who may write to it, and what is in it
        return True
    there = data.stat()
    # In a sticky folder nobody may replace what is another's.
    may = 0 if there.st_mode & stat.S_ISVTX else there.st_mode & 0o022
    for found in map(os.lstat, things):
        if found.st_uid not in (os.geteuid(), 0, there.st_uid) and not may:
            return False
        writers = found.st_mode & 0o022
        if writers & ~may or (writers and not may & 0o002 and found.st_gid != there.st_gid):
            return False
    return True


def read(folder: Path, key: str, fact: Fact, stamps: Sequence[tuple[str, Stamp]]) -> Manifest | None:
    """The manifest of a snapshot; `None` when it is not there, whole, believed and of these files as they are now.

    Args:
        folder: the snapshot's folder.
        key: the digest that it must have.
        fact: the fact that it must be of.
        stamps: the names and stamps that its files must have.
    """
    path = folder / MANIFEST
    try:
        if folder.is_symlink() or path.is_symlink() or (folder / ROWS).is_symlink():
            return None
        if not believed(folder.parent.parent, (folder.parent, folder, path, folder / ROWS)):
            return None
        if path.stat().st_size > LARGEST_MANIFEST:
            return None
        found = _manifest(json.loads(path.read_bytes(), parse_constant=_refuse, parse_float=_refuse))
        same = (found.key, found.fact) == (key, fact.name) and stamp(folder / ROWS) == found.rows
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    files = [(source.name, source.stamp) for source in found.sources]
    return found if same and files == list(stamps) and _fits(found, fact) else None


def _fits(manifest: Manifest, fact: Fact) -> bool:
    """Whether the columns are the fact's."""
    expected = [(column.name, f"c{at}", column.kind) for at, column in enumerate(fact.columns, 1)]
    coded = (Kind.CODE, Kind.TEXT, Kind.CHOICE)
    if any(column.codes is not None and column.kind not in coded for column in manifest.columns.values()):
        return False
    for at, party in enumerate((fact.provider, fact.buyer)):
        known = len(manifest.columns[party].codes or ()) if party in manifest.columns else 0
        if any((place := month[at]) is not None and place >= known for month in manifest.months or ()):
            return False
    return [(name, column.sql, column.kind) for name, column in manifest.columns.items()] == expected


def _refuse(text: str) -> None:
    raise ValueError(text)


def _manifest(plain: Any) -> Manifest:
    _only(plain, "format", "key", "fact", "sources", "rows", "columns", "months")
    if plain["format"] != FORMAT:
        raise ValueError
    columns = [_column(column) for column in _list(plain["columns"])]
    return Manifest(
        key=_hash(plain["key"]),
        fact=_text(plain["fact"]),
        sources=tuple(_source(source) for source in _list(plain["sources"])),
        rows=_stamp(plain["rows"]),
        columns={column.name: column for column in columns},
        months=None if plain["months"] is None else [_month(month) for month in _list(plain["months"])],
    )


def _month(plain: Any) -> Month:
    provider, buyer, month, count = _list(plain)
    parties = [None if party is None else _whole(party, 0) for party in (provider, buyer)]
    return parties[0], parties[1], _whole(month, 0), _whole(count, 1)


def _source(plain: Any) -> SourceFile:
    _only(plain, "name", "stamp", "sha256", "rows")
    rows = _whole(plain["rows"], 0)
    return SourceFile(_text(plain["name"]), _stamp(plain["stamp"]), _hash(plain["sha256"]), rows)


def _column(plain: Any) -> ColumnInfo:
    _only(plain, "name", "sql", "kind", "scale", "low", "high", "missing", "codes")
    codes = None if plain["codes"] is None else tuple(_text(code) for code in _list(plain["codes"]))
    if codes is not None and list(codes) != sorted(set(codes)):
        raise ValueError
    if type(plain["missing"]) is not bool:
        raise TypeError
    return ColumnInfo(
        name=_text(plain["name"]),
        sql=_text(plain["sql"]),
        kind=Kind(_text(plain["kind"])),
        scale=_whole(plain["scale"], 1),
        low=_whole(plain["low"]),
        high=_whole(plain["high"]),
        missing=plain["missing"],
        codes=codes,
    )


def _stamp(plain: Any) -> Stamp:
    _only(plain, "size", "mtime_ns", "ctime_ns")
    return Stamp(_whole(plain["size"], 0), _whole(plain["mtime_ns"]), _whole(plain["ctime_ns"]))


def _only(plain: Any, *keys: str) -> None:
    if type(plain) is not dict or set(plain) != set(keys):
        raise TypeError


def _list(plain: Any) -> list[Any]:
    if type(plain) is not list:
        raise TypeError
    return plain


def _text(plain: Any) -> str:
    if type(plain) is not str:
        raise TypeError
    return plain


def _whole(plain: Any, least: int = -_INT64) -> int:
    if type(plain) is not int or not least <= plain < _INT64:
        raise TypeError
    return plain


def _hash(plain: Any) -> str:
    text = _text(plain)
    if len(text) != 64 or not _HEX.issuperset(text):
        raise ValueError
    return text
