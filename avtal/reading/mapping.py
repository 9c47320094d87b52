"""`mapping.toml`: what a region calls its files and headings, said once beside the data.

Assumes: nothing; the file comes from a stranger. Guarantees: every key that is not understood is a problem, so a
misspelt setting is never silently without effect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath, PureWindowsPath

from attrs import field, frozen

from avtal.reading.delimited import ENCODINGS
from avtal.reading.problems import DataProblem, visible
from dsl.alike import Alike

LARGEST_MAPPING = 256 * 1024
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYS = ("name", "fact", "columns", "values", "constants", "ignore", "encoding", "decimal", "header", "sheet")
_DATABASE_KEYS = ("source", "table")


@frozen(kw_only=True, eq=False, repr=False)
class FileMapping(Alike):
    """What the mapping says of one file.

    Args:
        name: the file's name.
        fact: its fact's name in either language; empty leaves it to the file's name.
        columns: heading → column of the fact.
        values: column → cell text → the text read instead.
        constants: column → the text read for every row.
        ignore: headings that are known and not wanted.
        encoding: a key of `delimited.ENCODINGS`; empty finds out.
        decimal: `,` or `.`; empty lets each column show its own.
        header: the line that the headings stand on; 0 is the first.
        sheet: the workbook's sheet; empty when it has one only.
        source: the variable of the environment with a database's address; empty when it is a file, or a table of the
            server that settles.
        table: the database's table or view; empty when it is a file.
    """

    name: str
    fact: str = ""
    columns: Mapping[str, str] = field(factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(factory=dict)
    constants: Mapping[str, str] = field(factory=dict)
    ignore: tuple[str, ...] = ()
    encoding: str = ""
    decimal: str = ""
    header: int = 0
    sheet: str = ""
    source: str = ""
    table: str = ""


@frozen(eq=False, repr=False)
class FolderMapping(Alike):
    """A whole `mapping.toml`: sections by file name, and names of files that are not data.

    Args:
        source: the mapping file's name, for problems.
        files, ignore: the sections, and the names of files that are known and not wanted.
    """

    source: str = "mapping.toml"
    files: Mapping[str, FileMapping] = field(factory=dict)
    ignore: tuple[str, ...] = ()


class _MappingError(Exception):
    def __init__(self, detail: str, **args: str) -> None:
        super().__init__(detail)
        self.args_of = (("detail", detail), *args.items())


def read_mapping(text: bytes, source: str) -> FolderMapping | DataProblem:
    """Read the bytes of a mapping file called `source`; what is wrong with it comes back as one `AVD05`."""
    try:
        import tomllib

        tree = tomllib.loads(text.decode("utf-8-sig").replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        # The parser says "at end of document" when it is the last line that is wrong.
        match = re.search(r"line ([0-9]+)", str(error))
        line = int(match.group(1)) if match else 1 + text.count(b"\n")
        return DataProblem(code="AVD05", file=source, row=line, args=(("detail", "not-toml"), ("line", str(line))))
    try:
        return _folder(tree, source)
    except _MappingError as wrong:
        return DataProblem(code="AVD05", file=source, args=wrong.args_of)


def _folder(tree: Mapping[str, object], source: str) -> FolderMapping:
    _only(tree, "file", "ignore")
    sections = tree.get("file", [])
    if not isinstance(sections, list):
        raise _MappingError("wrong-type", key="file")
    files: dict[str, FileMapping] = {}
    for section in sections:
        mapped = _file(_table(section, "file"))
        if mapped.name in files:
            raise _MappingError("file-twice", key=mapped.name)
        files[mapped.name] = mapped
    return FolderMapping(source, files, _texts(tree.get("ignore", []), "ignore"))


def _file(section: Mapping[str, object]) -> FileMapping:
    _only(section, *_KEYS, *_DATABASE_KEYS)
    name = _text(section.get("name"), "name")
    if not name or name in (".", "..") or PurePosixPath(name).name != name or PureWindowsPath(name).name != name:
        raise _MappingError("file-name")
    encoding = _text(section.get("encoding", ""), "encoding").lower()
    decimal = _text(section.get("decimal", ""), "decimal")
    header = section.get("header", 0)
    source, table = _text(section.get("source", ""), "source"), _text(section.get("table", ""), "table")
    if (source and not (table and _VARIABLE.fullmatch(source))) or (table and not all(table.split("."))):
        raise _MappingError("source", key=visible(name))
    if encoding and encoding not in ENCODINGS:
        raise _MappingError("wrong-type", key="encoding")
    if decimal not in ("", ",", "."):
        raise _MappingError("wrong-type", key="decimal")
    if type(header) is not int or header < 0:
        raise _MappingError("wrong-type", key="header")
    columns = {h: _text(c, h) for h, c in _table(section.get("columns", {}), "columns").items()}
    constants = {c: _value(v, c) for c, v in _table(section.get("constants", {}), "constants").items()}
    both = set(columns.values()) & constants.keys()
    if both:
        raise _MappingError("mapped-and-constant", key=min(both))
    return FileMapping(
        name=name,
        fact=_text(section.get("fact", ""), "fact"),
        columns=columns,
        values={
            column: {cell.strip(): _value(v, cell) for cell, v in _table(words, column).items()}
            for column, words in _table(section.get("values", {}), "values").items()
        },
        constants=constants,
        ignore=_texts(section.get("ignore", []), "ignore"),
        encoding=encoding,
        decimal=decimal,
        header=header,
        sheet=_text(section.get("sheet", ""), "sheet"),
        source=source,
        table=table,
    )


def _only(table: Mapping[str, object], *keys: str) -> None:
    for key in table:
        if key not in keys:
            raise _MappingError("unknown-key", key=visible(key))


def _table(value: object, key: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _MappingError("wrong-type", key=visible(key))
    return value


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise _MappingError("wrong-type", key=visible(key))
    return value


def _texts(value: object, key: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _MappingError("wrong-type", key=key)
    return tuple(_text(item, key) for item in value)


def _value(value: object, key: str) -> str:
    """A cell's text from a TOML value; floats are refused, for they are not exact."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | date):
        return str(value)
    raise _MappingError("wrong-type", key=visible(key))
