"""What changed in a price or weight list: row by row, by its keys and the days it holds."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from interpreter import core, types as t
from interpreter.diff.changes import Change, Kind, Words
from interpreter.diff.prints import both
from interpreter.diff.sides import Side, Where
from interpreter.facts import Cell
from interpreter.overlap import show_matcher
from interpreter.tables import show
from interpreter.units import Unit

Pair = tuple[core.TableData, core.TableData]


def rows(sides: tuple[Side, Side], where: Where, tables: Pair) -> Iterator[Change]:
    """The rows in which two lists differ; a list with other columns is one change."""
    heads = [side.deep.kind(t.Table(data.signature)) for side, data in zip(sides, tables, strict=True)]
    if heads[0] != heads[1]:
        shown = [show(data.signature, "en") for data in tables]
        yield _change(where, Kind.UNIT if _names(tables[0]) == _names(tables[1]) else Kind.VALUE, shown, tables)
        return
    before = _by_key(tables[0])
    for key, now in _by_key(tables[1]).items():
        was = before.pop(key, [])
        same = {_row(line) for line in was} & {_row(line) for line in now}
        gone, come = ([line for line in lines if _row(line) not in same] for lines in (was, now))
        for old in gone:
            new = next((line for line in come if line.start == old.start), come[0] if come else None)
            come = [line for line in come if line is not new]
            yield _line(where, tables, old, new)
        for line in come:
            yield _line(where, tables, None, line)
    for left in before.values():
        for line in left:
            yield _line(where, tables, line, None)


def _names(data: core.TableData) -> list[str]:
    return [both(c.name, c.swedish) for c in (*data.signature.keys, *data.signature.values)]


def _by_key(data: core.TableData) -> dict[tuple[core.Matcher, ...], list[core.TableLine]]:
    found: dict[tuple[core.Matcher, ...], list[core.TableLine]] = {}
    for line in data.lines:
        found.setdefault(line.keys, []).append(line)
    return found


def _row(line: core.TableLine) -> object:
    return (line.values, line.start, line.end)


def _line(where: Where, tables: Pair, old: core.TableLine | None, new: core.TableLine | None) -> Change:
    """The change of one row: of its values, or of the days it holds."""
    data, line = (tables[1], new) if new is not None else (tables[0], old)
    assert line is not None
    key = ", ".join(_key(m, c) for m, c in zip(line.keys, data.signature.keys, strict=True))
    part = tuple(f"{name} {word} {key}".strip() for name, word in zip(where.part, ("row", "rad"), strict=True))
    columns = [at for at in range(len(line.values)) if old is None or new is None or old.values[at] != new.values[at]]
    shown = [_values(d, row, columns) for d, row in zip(tables, (old, new), strict=True)]
    kind = Kind.ADDED if old is None else Kind.REMOVED if new is None else Kind.VALUE
    if old is not None and new is not None and (old.start, old.end) != (new.start, new.end):
        if not columns and "" in map(_days, (old, new)):
            shown = [_values(d, row, [*range(len(line.values))]) for d, row in zip(tables, (old, new), strict=True)]
        shown = [f"{text} {_days(row)}".strip() for text, row in zip(shown, (old, new), strict=True)]
    return Change(
        kind=kind,
        thing=where.thing,
        key=where.key,
        name=where.name,
        part=(part[0], part[1]),
        old=shown[0],
        new=shown[1],
        old_span=old.span if old is not None else None,
        new_span=new.span if new is not None else None,
        start=line.start,
        end=line.end,
        affects=where.affects,
    )


def _change(where: Where, kind: Kind, shown: list[str], tables: Pair) -> Change:
    part: Words = ("columns", "kolumner")
    return Change(
        kind=kind,
        thing=where.thing,
        key=where.key,
        name=where.name,
        part=part,
        old=shown[0],
        new=shown[1],
        old_span=tables[0].span,
        new_span=tables[1].span,
        affects=where.affects,
    )


def _days(line: core.TableLine) -> str:
    return f"({line.start or ''}–{line.end or ''})" if line.start or line.end else ""


def _key(matcher: core.Matcher, column: t.ColumnType) -> str:
    """A key cell in the unit of its column."""
    if not isinstance(column.type, t.Num):
        return show_matcher(matcher)
    low, high = (_number(cell, column.type.unit) for cell in (matcher.low, matcher.high))
    return f"{low}+" if matcher.kind == "band" and not high else f"{low}-{high}" if high else low


def _values(data: core.TableData, line: core.TableLine | None, columns: list[int]) -> str:
    """Cells in the units of their columns, each behind its name where the list has several."""
    if line is None:
        return ""
    found = []
    for at in columns:
        column = data.signature.values[at]
        unit = column.type.unit if isinstance(column.type, t.Num) else None
        cell = line.values[at]
        text = _number(cell, unit) if unit is not None else "" if cell is None else str(cell)
        shown = f"{text} {unit.name}".strip() if unit is not None and text else text or "–"
        found.append(shown if len(data.signature.values) == 1 else f"{column.swedish or column.name} {shown}")
    return ", ".join(found)


def _number(cell: Cell, unit: Unit) -> str:
    """A number of a unit, exact, with a decimal comma."""
    if not isinstance(cell, Fraction):
        return "" if cell is None else str(cell)
    value = cell / unit.factor
    if value.denominator == 1:
        return str(value.numerator)
    places = next((p for p in range(1, 19) if (value * 10**p).denominator == 1), 0)
    if not places:
        return str(value)
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    return f"{'-' if value < 0 else ''}{digits[:-places]},{digits[-places:]}"
