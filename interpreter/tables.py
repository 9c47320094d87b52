"""Price and weight lists: a signature, rows from pipe tables or CSV files, cells read exactly.

Guarantees: every cell is of its column's type, no two rows fit one key on one day, and bands have no gaps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise

from attrs import evolve, frozen

from dsl import nodes as n
from dsl.build_expressions import number
from dsl.cells import perhaps_thousands
from dsl.dates import parse_date, parse_end
from dsl.diagnostics import nearest
from dsl.lexicon import NAMES
from dsl.problems import THREE_DECIMALS
from dsl.spans import Span
from interpreter import core, problems, types as t
from interpreter.facts import Cell
from interpreter.meeting import example_of
from interpreter.overlap import overlaps, show_matcher
from interpreter.ranges import declared, in_range
from interpreter.units import NO_UNITS, Units, unit_name
from interpreter.world import World

_NUMBER = re.compile(
    r"(-?)([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3}){1,6}(?:[.,][0-9]{1,6})?|[0-9]{1,18}(?:[.,][0-9]{1,6})?)"
    r"[ \u00a0\u202f]?(\S*)"
)
_MONEY = {"kr", "eur"}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_BAND = re.compile(r"([0-9]{1,9})[-–]([0-9]{1,9})|([0-9]{1,9})\+")
_FROM = ("from", "från")
_TO = ("to", "till")

INDEX = t.Signature(
    (t.ColumnType("year", "år", t.FRACTION),),
    (
        t.ColumnType("forecast", "prognos", t.SHARE, optional=True),
        t.ColumnType("outcome", "utfall", t.SHARE, optional=True),
    ),
)
"""What every index holds: by year, the forecast and the outcome of a change."""

Grid = Sequence[Sequence[n.Cell]]


def signature(world: World, s: n.Signature) -> t.Signature:
    """The types of a signature's columns; a key without a type is a code."""
    return t.Signature(
        tuple(_column(world, item, t.Code()) for item in s.keys),
        tuple(_column(world, item, t.FRACTION) for item in s.values),
    )


def _column(world: World, item: n.SignatureItem, default: t.Type) -> t.ColumnType:
    words = [word for word in item.words if word.id not in ("optional", "valfri")]
    optional = len(words) < len(item.words)
    kind = type_of(world, words, default)
    world.named(item.name, item.alias)
    known = declared(world, kind, item.low, item.high, item.name.id)
    return t.ColumnType(item.name.id, item.alias.id if item.alias else "", kind, optional, known)


def type_of(world: World, words: Sequence[n.Name], default: t.Type) -> t.Type:
    """The type that a word says, a unit where it is no name of a type; a second word is reported."""
    kind, before = default, len(world.found)
    for word in words:
        name = world.core_name(word, *WORD_TYPES)
        unit = None if name in WORD_TYPES else world.unit(word)
        kind = WORD_TYPES[name] if name in WORD_TYPES else t.Unknown() if unit is None else t.Num(unit)
    for first, second in pairwise(words if len(world.found) == before else ()):
        both = {"first": first.id, "second": second.id, "what_en": "what it is", "what_sv": "vad det är"}
        world.report(problems.TWO_SAY, second.span, first.span, **both)
    return kind


WORD_TYPES: dict[str, t.Type] = {
    "code": t.Code(),
    "text": t.Code(),
    "date": t.Day(),
    "yes_no": t.Bool(),
    "number": t.FRACTION,
}
"""Core words that name a type."""


def show(s: t.Signature, language: str, units: Units = NO_UNITS) -> str:
    """A signature as it may be written in a language; `units` are the names of units that a file declares."""

    def called(column: t.ColumnType) -> str:
        return (language == "sv" and column.swedish) or column.name

    keys = ", ".join(map(called, s.keys))
    values = ", ".join(f"{called(c)} {_kind_word(c.type, language, units)}".strip() for c in s.values)
    return f"{keys} -> {values}"


def _kind_word(kind: t.Type, language: str, units: Units) -> str:
    """The type of a column as a signature writes it."""
    if isinstance(kind, t.Num) and kind.unit.name:
        return unit_name(kind.unit.name, language, units)
    word = next((word for word, own in WORD_TYPES.items() if own == kind), "")
    return NAMES.get(word, word) if language == "sv" else word


def table(
    world: World, name: n.Name, alias: n.Name | None, s: t.Signature, grid: Grid | None, span: Span
) -> core.TableData:
    """Build a table from a grid whose first row is its headings; problems are reported to the world.

    Without a grid the table is empty, and why is reported already.
    """
    lines: list[core.TableLine] = []
    places: dict[int, str] = {}
    columns = [*s.keys, *s.values]
    if grid and name.id not in world.flawed:
        before = len(world.found)
        order = _headings(world, s, grid[0], span)
        _tell(world, before, places_of(grid[0]))
        if order is not None:
            start = len(world.found)
            for row in grid[1:]:
                before = len(world.found)
                line = _line(world, s, order, row, grid[0])
                _tell(world, before, places_of(row))
                if line is not None:
                    lines.append(line)
                    places[id(line)] = places_of(row)
            if _once_a_column(world, start, grid[1:]):
                world.flawed.add(name.id)
            for column in columns:
                _thousands(world, column, [row[order[column.name]] for row in grid[1:] if len(row) == len(grid[0])])
        else:
            world.flawed.add(name.id)
    elif grid is not None and name.id not in world.flawed:
        expected = ", ".join(map(world.called, columns))
        world.report(problems.TABLE_COLUMNS, span, found="–", expected=expected)
    data = core.TableData(name=name.id, swedish=alias.id if alias else "", signature=s, lines=tuple(lines), span=span)
    _overlaps(world, data, places)
    _gaps(world, data)
    return data


@frozen(eq=False, repr=False)
class FileCell(n.Cell):
    """A cell of a file that a table names; the text has no other place for it than the line that names the file.

    Args:
        place: the file and the row.
    """

    place: str = ""


def places_of(row: Sequence[n.Cell]) -> str:
    """The file and the row that cells stand in; empty for those of the text itself."""
    return row[0].place if row and isinstance(row[0], FileCell) else ""


def _tell(world: World, before: int, rows: str) -> None:
    """Let the problems that were reported since tell of rows of a file."""
    for at in range(before, len(world.found)) if rows else ():
        found = world.found[at]
        world.found[at] = evolve(found, arguments={**found.arguments, "rows": rows})


def _once_a_column(world: World, before: int, rows: Grid) -> bool:
    """Leave one message of a column none of whose cells is of its type: that is what is wrong. Whether there is one."""
    wrong = {d.span for d in world.found[before:] if d.code == problems.TABLE_CELL.code}
    repeated: set[Span] = set()
    for column in zip(*rows, strict=False):
        spans = {cell.span for cell in column}
        if len(spans) == len(rows) and spans <= wrong:
            repeated |= spans - {column[0].span}
    world.found[before:] = [d for d in world.found[before:] if d.span not in repeated]
    return bool(repeated)


def _headings(world: World, s: t.Signature, header: Sequence[n.Cell], span: Span) -> dict[str, int] | None:
    """Where each column stands, or `None` when the headings don't fit the signature."""
    order: dict[str, int] = {}
    found = [cell.text for cell in header]
    for at, text in enumerate(found):
        word = text.casefold()
        column = next((c for c in (*s.keys, *s.values) if word in (c.name.casefold(), c.swedish.casefold())), None)
        name = "from" if word in _FROM else "to" if word in _TO else column.name if column else ""
        if column is not None and header[at].span.file:
            world.use(header[at].span, column.name, column.swedish)
        if not name or name in order:
            name = ""
        if name:
            order[name] = at
        else:
            wanted = [world.called(c) for c in (*s.keys, *s.values)]
            meant = nearest(text, [name for name in wanted if name not in found])
            shown, expected = ", ".join(found), ", ".join(wanted)
            span = header[at].span
            world.report(problems.TABLE_COLUMNS, span, found=shown, expected=expected, suggestion=meant)
            return None
    lacking = [c for c in (*s.keys, *s.values) if c.name not in order]
    if lacking:
        expected = ", ".join(map(world.called, (*s.keys, *s.values)))
        world.report(
            problems.TABLE_COLUMNS, header[0].span if header else span, found=", ".join(found), expected=expected
        )
        return None
    return order


def _line(
    world: World, s: t.Signature, order: dict[str, int], row: Sequence[n.Cell], header: Sequence[n.Cell]
) -> core.TableLine | None:
    whole = row[0].span.to(row[-1].span) if row else header[0].span
    if len(row) != len(header):
        shown = ", ".join(cell.text for cell in header)
        world.report(problems.ROW_LENGTH, whole, found=len(row), expected=len(header), columns=shown)
        return None
    before = len(world.found)
    keys = tuple(_matcher(world, row[order[c.name]], c) for c in s.keys)
    values = tuple(cell_value(world, row[order[c.name]], c.type, optional=c.optional) for c in s.values)
    start, end = (_day(world, row, order, name) for name in ("from", "to"))
    for column, found in zip((*s.keys, *s.values), (*keys, *values), strict=True):
        if not in_range(column.range, found):
            cell = row[order[column.name]]
            what = f"`{world.called(column)}`"
            world.report(problems.OUTSIDE_RANGE, cell.span, what=what, found=cell.text, **column.range.said)
    if start and end and end < start:
        world.report(problems.PERIOD_REVERSED, row[order["to"]].span, start=start, end=end)
    if len(world.found) > before:
        return None
    return core.TableLine(keys, values, start, end, whole)


def _day(world: World, row: Sequence[n.Cell], order: dict[str, int], name: str) -> date | None:
    if name not in order or not row[order[name]].text:
        return None
    cell = row[order[name]]
    if name == "to" and _DATE.fullmatch(cell.text) and (last := parse_end(cell.text)):
        return last
    found = cell_value(world, cell, t.Day())
    return found if isinstance(found, date) else None


def _thousands(world: World, column: t.ColumnType, cells: Sequence[n.Cell]) -> None:
    """Warn of the first amount that may be in thousands (`90.000`), unless others show the decimal sign."""
    if not (isinstance(column.type, t.Num) and _MONEY & dict(column.type.unit.dimension).keys()):
        return
    doubtful: list[tuple[n.Cell, dict[str, str], str]] = []
    shown: set[str] = set()
    for cell in cells:
        match = _NUMBER.fullmatch(cell.text.replace("−", "-"))
        sign = re.search("[.,]", match.group(2)) if match else None
        if match and sign:
            told = perhaps_thousands(match.group(2))
            if told:
                doubtful.append((cell, told, sign.group()))
            else:
                shown.add(sign.group())
    for cell, told, _ in [it for it in doubtful if it[2] not in shown][:1]:
        before = len(world.found)
        world.report(THREE_DECIMALS, cell.span, **told)
        _tell(world, before, places_of([cell]))


def _matcher(world: World, cell: n.Cell, column: t.ColumnType) -> core.Matcher:
    text = cell.text
    if isinstance(column.type, t.Code):
        if text.endswith("*"):
            return core.Matcher("pattern", text[:-1])
        return core.Matcher("value", cell_value(world, cell, column.type))
    band = _BAND.fullmatch(text.replace(" ", ""))
    if isinstance(column.type, t.Num) and band:
        low, high, open_low = band.groups()
        factor = column.type.unit.factor
        if open_low is not None:
            return core.Matcher("band", Fraction(open_low) * factor)
        return core.Matcher("band", Fraction(low) * factor, Fraction(high) * factor)
    return core.Matcher("value", cell_value(world, cell, column.type))


def cell_value(world: World, cell: n.Cell, kind: t.Type, *, optional: bool = False) -> Cell:
    """The value of a cell; `None` for an empty optional one, and for one that is reported as wrong."""
    text = cell.text
    if not text and optional:
        return None
    match kind:
        case t.Code() if text:
            return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
        case t.Day() if day := parse_date(text) if _DATE.fullmatch(text) else None:
            return day
        case t.Bool() if text.casefold() in ("yes", "ja", "no", "nej"):
            holds = text.casefold() in ("yes", "ja")
            word = "yes" if holds else "no"
            world.use(cell.span, word, NAMES[word])
            return holds
        case t.Choice() if kind.word(text):
            world.use(cell.span, kind.word(text), dict(kind.words)[kind.word(text)])
            return kind.word(text)
        case t.Num(unit):
            match = _NUMBER.fullmatch(text.replace("−", "-"))
            if match:
                sign, digits, written = match.groups()
                factor = unit.factor
                if written and not written[0].isalpha() and written[0] != "%":
                    _wrong_cell(world, cell, kind)
                    return None
                if written:
                    own = world.unit(n.Name(written, span=_end_of(cell.span, written)))
                    if own is None:
                        return None
                    if own.dimension != unit.dimension:
                        _wrong_cell(world, cell, kind)
                        return None
                    factor = own.factor
                return number(digits) * factor * (-1 if sign else 1)
        case _:
            pass
    if not isinstance(kind, t.Unknown):
        _wrong_cell(world, cell, kind)
    return None


def _end_of(cell: Span, unit: str) -> Span:
    """Where the unit stands that ends a cell; a cell of a data file has no place in the text."""
    return Span(cell.file, max(cell.end - len(unit), cell.start), cell.end)


def _wrong_cell(world: World, cell: n.Cell, kind: t.Type) -> None:
    expected = world.kind("expected", kind)
    if kind == t.FRACTION and _NUMBER.fullmatch(cell.text):
        expected = {
            "expected_en": "a plain number, and the column has no unit in the table's own line",
            "expected_sv": "ett tal utan enhet, och kolumnen har ingen enhet på tabellens egen rad",
        }
    found = {"found_en": "an empty cell", "found_sv": "en tom cell"}
    if cell.text:
        found = dict.fromkeys(found, f"`{cell.text}`")
    world.report(problems.TABLE_CELL, cell.span, example=example_of(world, kind), **found, **expected)


# --- what a list must not be


def _overlaps(world: World, data: core.TableData, places: Mapping[int, str]) -> None:
    """Report rows that fit one key on one day."""
    before = len(world.found)
    for first, second in overlaps(data.lines):
        key = ", ".join(show_matcher(m) for m in second.keys)
        name = world.called(data).partition("@")[0]  # rows below a parameter have its name and their place
        world.report(problems.TABLE_OVERLAP, second.span, first.span, name=name, key=key)
        _tell(world, before, ", ".join(filter(None, (places[id(first)], places[id(second)]))))
        before = len(world.found)


def _bounds(m: core.Matcher) -> tuple[Fraction, Fraction | None]:
    assert isinstance(m.low, Fraction)
    assert m.high is None or isinstance(m.high, Fraction)
    return m.low, m.low if m.kind == "value" else m.high


def _gaps(world: World, data: core.TableData) -> None:
    """Report whole numbers that no band covers between the lowest and the highest, on any day a row starts to hold."""
    starts = sorted({line.start for line in data.lines if line.start}) or [date.min]
    seen: set[int] = set()
    for at, column in enumerate(data.signature.keys):
        groups: dict[tuple[object, ...], list[core.TableLine]] = {}
        for line in data.lines:
            if line.keys[at].kind == "band":
                rest = tuple(m for i, m in enumerate(line.keys) if i != at)
                for day in starts:
                    if (line.start or day) <= day <= (line.end or day):
                        groups.setdefault((*rest, day), []).append(line)
        for lines in groups.values():
            ordered = sorted(lines, key=lambda line: _bounds(line.keys[at])[0])
            assert isinstance(column.type, t.Num)
            step = column.type.unit.factor
            for before, after in pairwise(ordered):
                high, low = _bounds(before.keys[at])[1], _bounds(after.keys[at])[0]
                if high is not None and low > high + step and id(after) not in seen:
                    seen.add(id(after))
                    first, last = (high + step) / step, (low - step) / step
                    gap = str(first) if first == last else f"{first}–{last}"
                    name = data.name.partition("@")[0]
                    world.report(problems.BAND_GAP, after.span, before.span, name=name, gap=gap)
