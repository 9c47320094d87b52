"""Read one sheet of a workbook with calamine, in the child process, after its XML has been inspected.

Calamine gives values alone. Whether a cell is a formula, an error or shown as percent, whether two cells share a
place, and what the sheet would unpack to, is seen in the XML first, by expat with document types refused.

Messages: `{"refused": code, "row": n, "args": {…}}`, or `{"total": n}` and then `{"rows": [[row, cells]…]}`.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

MOST_UNPACKED = 512 << 20
MOST_CELLS = 4_000_000
MOST_SHEETS = 200
_CHUNK = 2000
_PERCENT_FORMATS = {"9", "10"}
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class RefusalError(Exception):
    """Why the workbook is refused: a code of the catalogue, the row, and the args of its sentences."""

    def __init__(self, code: str, row: int = 0, **args: str) -> None:
        super().__init__(code)
        self.message = {"refused": code, "row": row, "args": args}


def read(request: dict[str, Any], send: Any) -> None:
    """Send the rows of the sheet `request["sheet"]` (or the only one) of `request["file"]`."""
    try:
        with Path(request["file"]).open("rb") as file:
            _read(file, request["sheet"], send)
    except RefusalError as refusal:
        send(refusal.message)
    except (zipfile.BadZipFile, expat.ExpatError, KeyError, ValueError, EOFError, NotImplementedError, RuntimeError):
        send({"refused": "AVD40", "row": 0, "args": {}})


def _read(file: BinaryIO, wanted: str, send: Any) -> None:
    from python_calamine import CalamineError, CalamineWorkbook

    sheet = Inspection()
    with zipfile.ZipFile(file) as archive:
        _bounded(archive)
        # What is inspected must be what calamine reads, so the parts are found as it finds them: by relations.
        workbook = _relations(archive, "_rels/.rels", "")[1].get("officeDocument", "")
        folder, _, own = workbook.rpartition("/")
        targets, kinds = _relations(archive, f"{folder}/_rels/{own}.rels", folder)
        name, part = _sheet(archive, workbook, targets, wanted)
        # Only inspected for a document type.
        if kinds.get("sharedStrings") in archive.namelist():
            _parse(archive, kinds["sharedStrings"])
        if kinds.get("styles") in archive.namelist():
            sheet.percent_styles = _percent_styles(archive, kinds["styles"])
        sheet.run(archive, part)
    file.seek(0)
    try:
        rows = CalamineWorkbook.from_filelike(file).get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError:
        raise RefusalError("AVD40") from None
    send({"total": len(rows)})
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        send({"rows": [[start + i + 1, sheet.cells(start + i + 1, row)] for i, row in enumerate(chunk)]})


def _bounded(archive: zipfile.ZipFile) -> None:
    """Refuse what unpacks too large, and two parts of one name; calamine and this module might read different ones."""
    names = [info.filename.casefold().replace("\\", "/") for info in archive.infolist()]
    if len(set(names)) != len(names):
        raise RefusalError("AVD42", detail="parts")
    if sum(info.file_size for info in archive.infolist()) > MOST_UNPACKED:
        raise RefusalError("AVD42", detail="expands", limit=f"{MOST_UNPACKED >> 20} MiB")


def _parse(archive: zipfile.ZipFile, part: str, start: Any = None, end: Any = None) -> None:
    """Parse a part of the archive by expat, element names without their namespace; refuse a document type.

    Entities that a document type declares could be doubled without end.
    """
    parser = expat.ParserCreate(namespace_separator="}")

    def refuse(*_: object) -> None:
        raise RefusalError("AVD42", detail="dtd")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    if start:
        # Names are asked for once per cell of the sheet, and there are few of them.
        local: dict[str, str] = {}

        def named(tag: str, attributes: dict[str, str]) -> None:
            name = local.get(tag)
            if name is None:
                name = local[tag] = tag.rpartition("}")[2]
            start(name, attributes)

        parser.StartElementHandler = named
    if end:
        parser.EndElementHandler = lambda tag: end(tag.rpartition("}")[2])
    with archive.open(part) as stream:
        parser.ParseFile(stream)


def _relations(archive: zipfile.ZipFile, part: str, folder: str) -> tuple[dict[str, str], dict[str, str]]:
    """The parts that a part of relations names: by the relation's id, and by its kind (`styles`, `officeDocument`)."""
    by_id: dict[str, str] = {}
    by_kind: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"])).lstrip("/")
            kind = attributes["Type"].rpartition("/")[2]
            if attributes["Id"] in by_id or (kind in by_kind and kind in ("officeDocument", "styles", "sharedStrings")):
                raise RefusalError("AVD42", detail="parts")
            by_id[attributes["Id"]] = by_kind[kind] = target

    _parse(archive, part, start)
    return by_id, by_kind


def _sheet(archive: zipfile.ZipFile, workbook: str, targets: dict[str, str], wanted: str) -> tuple[str, str]:
    """The name of the sheet to read, and the part of the archive that holds it."""
    sheets: list[tuple[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            # The relation's id is `r:id`; the sheet's own number has no namespace.
            relation = [v for k, v in attributes.items() if k.rpartition("}")[2] == "id" and "}" in k]
            sheets.append((attributes["name"], relation[0] if relation else ""))

    _parse(archive, workbook, start)
    if len(sheets) > MOST_SHEETS:
        raise RefusalError("AVD42", detail="too-many-sheets", limit=str(MOST_SHEETS))
    names = ", ".join(f"`{name[:40]}`" for name, _ in sheets[:20])
    if not wanted and len(sheets) != 1:
        raise RefusalError("AVD43" if sheets else "AVD40", sheets=names)
    found = [entry for entry in sheets if not wanted or entry[0] == wanted]
    if not found:
        raise RefusalError("AVD44", name=wanted, sheets=names)
    if len(found) > 1:
        raise RefusalError("AVD42", detail="parts")
    name, relation = found[0]
    return name, targets[relation]


def _percent_styles(archive: zipfile.ZipFile, part: str) -> frozenset[str]:
    """The style numbers (`s` of a cell) that show a number as percent."""
    percent = set(_PERCENT_FORMATS)
    styles: list[bool] = []
    inside = [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt" and "%" in re.sub(r'"[^"]*"|\\.', "", attributes.get("formatCode", "")):
            percent.add(attributes["numFmtId"])
        elif tag == "cellXfs":
            inside[0] = True
        elif tag == "xf" and inside[0]:
            styles.append(attributes.get("numFmtId", "0") in percent)

    def end(tag: str) -> None:
        if tag == "cellXfs":
            inside[0] = False

    _parse(archive, part, start, end)
    return frozenset(str(number) for number, shown in enumerate(styles) if shown)


class Inspection:
    """What the XML of a sheet says about its cells that their values don't.

    Attributes:
        percent_styles: style numbers that show percent.
        errors: the (row, column) of cells that show an error.
        percents: the (row, column) of cells that are shown as percent.
    """

    def __init__(self) -> None:
        self.percent_styles: frozenset[str] = frozenset()
        self.errors: set[tuple[int, int]] = set()
        self.percents: set[tuple[int, int]] = set()
        self._row = self._column = self._width = 0
        self._formulas = 0
        self._first_formula = ""
        self._columns: dict[str, int] = {}

    def run(self, archive: zipfile.ZipFile, part: str) -> None:
        """Inspect the sheet in `part`; refuse formulas, doubled cells and more cells than `MOST_CELLS`."""
        _parse(archive, part, self._start)
        if self._formulas:
            row = int(re.sub(r"[A-Z]", "", self._first_formula))
            raise RefusalError("AVD41", row, count=str(self._formulas), cell=self._first_formula)

    def cells(self, row: int, values: list[Any]) -> list[str]:
        """The values of a row as tagged cells (`cells.TAGS`)."""
        if not self.percents and not self.errors:
            return [cell(value, percent=False) for value in values]
        return [
            "e" if (row, column) in self.errors else cell(value, percent=(row, column) in self.percents)
            for column, value in enumerate(values, 1)
        ]

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._cell(attributes)
        elif tag == "row":
            row = int(attributes.get("r", self._row + 1))
            if row <= self._row:
                raise RefusalError("AVD42", detail="unordered", cell=f"A{row}")
            self._row, self._column = row, 0
        elif tag == "f":
            self._formulas += 1
            self._first_formula = self._first_formula or self._place()

    def _cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        column = self._column + 1
        if place is not None:
            match = _PLACE.fullmatch(place)
            if match is None or int(match[2]) != self._row:
                raise RefusalError("AVD42", detail="unordered", cell=place[:20])
            letters = match[1]
            column = self._columns.get(letters, 0) or self._columns.setdefault(letters, _number(letters))
        if column <= self._column:
            raise RefusalError("AVD42", detail="unordered", cell=self._place(column))
        self._column, self._width = column, max(self._width, column)
        # Far cells span an area that the reader would fill: a small file can ask for all memory.
        if self._row * self._width > MOST_CELLS:
            raise RefusalError("AVD42", detail="too-many-cells", limit=str(MOST_CELLS))
        if attributes.get("t") == "e":
            self.errors.add((self._row, self._column))
        elif attributes.get("s") in self.percent_styles and attributes.get("t", "n") == "n":
            self.percents.add((self._row, self._column))

    def _place(self, column: int = 0) -> str:
        number, letters = column or self._column, ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{self._row}"


def _number(letters: str) -> int:
    """The number of the column called `letters`: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def cell(value: Any, *, percent: bool) -> str:
    """A value of calamine's as a tagged cell; a number keeps the fifteen digits that a workbook holds."""
    if isinstance(value, str):
        return "t" + value if value.strip() else ""
    if isinstance(value, bool):
        return "b1" if value else "b0"
    if isinstance(value, int | float):
        number = Decimal(f"{value:.15g}")
        # From 10^15 on, a double no longer tells every whole number from its neighbours.
        if not number.is_finite() or abs(number) >= 10**15:
            return f"x{value}"
        text = f"{number * 100 if percent else number:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return ("p" if percent else "n") + text
    if isinstance(value, datetime):
        return f"d{value.date().isoformat()}" if value.time() == time() else f"D{value.isoformat()}"
    if isinstance(value, date):
        return f"d{value.isoformat()}"
    if isinstance(value, time | timedelta):
        return f"D{value}"
    return ""
