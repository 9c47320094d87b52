"""Text files with separators: encoding, separator and quotes found out, or the file refused.

Assumes: the whole file in memory (`tables.LARGEST_TEXT` bounds it). Guarantees: every character comes from a strict
decoding, and a record's line is the line on which it starts.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import islice

from attrs import frozen

from avtal.reading.problems import DataProblem
from avtal.reading.tables import PEEKED, Record, Table, UnreadableError
from dsl.alike import Alike

SEPARATORS = ";\t,|"
ENCODINGS = {"utf-8": "utf-8-sig", "utf-8-sig": "utf-8-sig", "utf-16": "utf-16"} | dict.fromkeys(
    # ISO 8859-1 has control characters where Windows has letters and quotes; no system writes those on purpose.
    ("cp1252", "windows-1252", "latin-1", "latin1", "iso-8859-1", "iso8859-1"),
    "cp1252",
)
"""Encodings that a mapping may name, and how each is decoded."""

_SWEDISH_UTF8 = re.compile(rb"\xc3[\x85\x84\x96\xa5\xa4\xb6\xa9\x89]")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n?')


@frozen(eq=False, repr=False)
class Text(Alike):
    """A text file in memory whose every byte is known to decode.

    Args:
        data: its bytes.
        codec: the Python codec that decodes them.
        lines: how many lines there are, at least.
    """

    data: bytes
    codec: str
    lines: int

    def open(self) -> io.TextIOWrapper:
        """The text from the start, line ends as they stand."""
        return io.TextIOWrapper(io.BytesIO(self.data), self.codec, newline="")


def decode(data: bytes, name: str, encoding: str = "") -> Text:
    """Find out how a file is encoded, and that all of it is.

    Args:
        data: its bytes.
        name: its name, for the problem.
        encoding: a key of `ENCODINGS`; empty finds out: a byte order mark, else strict UTF-8, else Windows-1252.

    Raises:
        UnreadableError: with `AVD07` to `AVD09`, or `AVD60`.
    """
    if encoding:
        codec = ENCODINGS[encoding]
        if codec != "utf-8-sig" and _is_utf8(data):
            raise UnreadableError(DataProblem(code="AVD60", file=name, args=(("encoding", encoding),)))
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16"
    else:
        codec = "utf-8-sig"
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        if encoding or codec == "utf-16":
            raise _undecodable(data, name, encoding or codec, error.start) from None
        text, codec = _decode_older(data, name), "cp1252"
    if "\0" in text:
        raise UnreadableError(DataProblem(code="AVD09", file=name, row=1 + text.count("\n", 0, text.index("\0"))))
    return Text(data, codec, text.count("\n") or text.count("\r"))


def _is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8 that another encoding would make other letters of: `Ã¥` for `å`."""
    if not data.startswith(codecs.BOM_UTF8) and not _SWEDISH_UTF8.search(data):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_older(data: bytes, name: str) -> str:
    mixed = _SWEDISH_UTF8.search(data)
    if mixed:
        raise UnreadableError(DataProblem(code="AVD08", file=name, row=1 + data.count(b"\n", 0, mixed.start())))
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _undecodable(data, name, "UTF-8 eller/or Windows-1252", error.start) from None


def _undecodable(data: bytes, name: str, encoding: str, at: int) -> UnreadableError:
    row = 1 + data.count(b"\n", 0, at)
    value = f"0x{data[at]:02X}" if at < len(data) else ""
    return UnreadableError(DataProblem(code="AVD07", file=name, row=row, value=value, args=(("encoding", encoding),)))


def delimited(text: Text, name: str, known: Callable[[str], bool], header: int = 0) -> Table:
    """The records of a text file.

    Args:
        text: the decoded file.
        name: its name, for problems.
        known: whether a heading is recognised; the separator is the one that shows most recognised headings.
        header: the line on which the mapping says that the headings stand; 0 is not said.
    """
    # Excel writes, and obeys, a first line `sep=;`.
    first = _SEPARATOR_LINE.fullmatch(text.open().readline(12))
    if first and first.group(1) in SEPARATORS:
        return Table(_records(text, name, first.group(1), 1), total=text.lines)
    separator = max(SEPARATORS, key=lambda sign: _evidence(text, sign, known, header))
    return Table(_records(text, name, separator, 0), total=text.lines)


def _evidence(text: Text, separator: str, known: Callable[[str], bool], header: int) -> tuple[int, int]:
    """The most headings recognised on one of the first lines, then the cells of the first line that is not blank."""
    reader = csv.reader(text.open(), delimiter=separator)
    recognised = width = 0
    try:
        for cells in islice(reader, max(header, PEEKED)):
            width = width or len(cells)
            if header in (0, reader.line_num):
                recognised = max(recognised, sum(map(known, cells)))
    except csv.Error:
        # The same mistake meets the reading of the records, which reports it with its line.
        return recognised, width
    return recognised, width


def _records(text: Text, name: str, separator: str, skip: int) -> Iterator[Record]:
    lines = text.open()
    for _ in range(skip):
        lines.readline()
    reader = csv.reader(lines, delimiter=separator, strict=True)
    line = skip + 1
    try:
        for cells in reader:
            yield line, cells
            line = skip + reader.line_num + 1
    except csv.Error:
        raise UnreadableError(DataProblem(code="AVD10", file=name, row=line)) from None
