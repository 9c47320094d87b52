"""Rows of a table kept as columns, as a stored program has them: a row becomes a thing when it is asked for.

A settlement looks up few of the thousand rows of a list of weights. Guarantees: all that a row is made of has been
checked when the columns are read, so that making it can't fail; each row is one thing, however often it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any, overload

from dsl.spans import NOWHERE, Span
from interpreter.core import Matcher, TableLine
from interpreter.facts import Cell
from interpreter.plain import ForgedError, Notes, read_cell, read_span, write_cell, write_span

LARGEST = 10**9
"""The largest denominator that the numbers of a column are written over."""

VALUE = "value"
_LAST_DAY = date.max.toordinal()

Cells = Callable[[int], Cell]
"""A column: the cell of a row, by the row's number."""


class KeptLines(Sequence[TableLine]):
    """The rows of a table.

    Args:
        written: what they are read from but for their places; rows that are written alike are alike.
        keys: the columns of plain keys; `None` when some key is a pattern or a band.
        dated: whether some row holds for some days only.
        make: makes the row of a number, that stands in a place.
        cells: what the row of a number holds, which is less than all of it.
        place: where the row of a number stands; or where all of them do.
    """

    __slots__ = ("_cells", "_made", "_make", "_place", "_written", "dated", "keys", "one_place")

    def __init__(
        self,
        written: list[Any],
        keys: Sequence[Cells] | None,
        make: Callable[[int, Span], TableLine],
        cells: Callable[[int], tuple[Cell, ...]],
        place: Callable[[int], Span] | Span,
        *,
        dated: bool,
    ) -> None:
        self.keys = keys
        self.dated = dated
        self.one_place = place if isinstance(place, Span) else None
        self._cells = cells
        self._place = place if not isinstance(place, Span) else lambda _: place
        self._written = written
        self._make = make
        self._made: dict[int, TableLine] = {}

    def placed(self, at: Span) -> KeptLines:
        """The same rows, all of them in one place."""
        return KeptLines(self._written, self.keys, self._make, self._cells, at, dated=self.dated)

    def values(self, at: int) -> tuple[tuple[Cell, ...], Span]:
        """What the row of a number holds, and its place in the text."""
        return self._cells(at), self._place(at)

    def __len__(self) -> int:
        return int(self._written[0])

    @overload
    def __getitem__(self, at: int) -> TableLine: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[TableLine]: ...
    def __getitem__(self, at: int | slice) -> TableLine | Sequence[TableLine]:
        if isinstance(at, slice):
            return tuple(self)[at]
        number = range(len(self))[at]
        line = self._made.get(number)
        if line is None:
            line = self._made[number] = self._make(number, self._place(number))
        return line

    def __eq__(self, other: object) -> bool:
        if isinstance(other, KeptLines) and self._written == other._written:
            return True
        return tuple(self) == tuple(other) if isinstance(other, KeptLines | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def plain_keys(lines: Sequence[TableLine]) -> Iterator[tuple[Cell, ...] | None]:
    """For each row the keys that it is found by; `None` where one of them is a pattern or a band."""
    if isinstance(lines, KeptLines) and lines.keys:
        yield from zip(*(map(key, range(len(lines))) for key in lines.keys), strict=True)
        return
    for line in lines:
        plain = all(m.kind == VALUE for m in line.keys)
        yield tuple([m.low for m in line.keys]) if plain else None


def same_places(one: Sequence[TableLine], other: Sequence[TableLine]) -> bool:
    """Whether as many rows stand in the same places."""
    if isinstance(one, KeptLines) and isinstance(other, KeptLines) and one.one_place and other.one_place:
        return one.one_place == other.one_place
    return all(mine.span == theirs.span for mine, theirs in zip(one, other, strict=True))


def dated(lines: Sequence[TableLine]) -> Sequence[TableLine]:
    """The rows, or none when all of them are known to hold always."""
    return () if isinstance(lines, KeptLines) and not lines.dated else lines


# --- written ------------------------------------------------------------------------------------------------------


def place_of(lines: Sequence[TableLine]) -> Span | None:
    """Where all of the rows stand, when that is one place: those of a file stand where the text names it."""
    places = {line.span for line in lines}
    return places.pop() if len(places) == 1 else None


def write_lines(lines: Sequence[TableLine], to: Notes, *, placed: bool = True) -> Any:
    """Rows as columns: how many, keys, values, first days, last days, places, which may be left out."""
    keys = [_write_keys(column, to) for column in zip(*(line.keys for line in lines), strict=True)]
    values = [_write_cells(column, to) for column in zip(*(line.values for line in lines), strict=True)]
    days = [_write_days([getattr(line, name) for line in lines]) for name in ("start", "end")]
    return [len(lines), keys, values, *days, _write_places([line.span if placed else NOWHERE for line in lines], to)]


def _write_keys(keys: Sequence[Matcher], to: Notes) -> Any:
    if all(key.kind == VALUE and key.high is None for key in keys):
        return _write_cells([key.low for key in keys], to)
    return [[key.kind, write_cell(key.low, to), write_cell(key.high, to)] for key in keys]


def _write_cells(cells: Sequence[Cell], to: Notes) -> Any:
    """Numbers over one denominator, or cells each as it is."""
    numbers = [cell for cell in cells if isinstance(cell, Fraction)]
    if numbers and all(cell is None or isinstance(cell, Fraction) for cell in cells):
        below = lcm(*{number.denominator for number in numbers})
        if below <= LARGEST:
            return {"over": below, "each": [None if cell is None else int(cell * below) for cell in cells]}  # type: ignore[operator]
    return {"each": [write_cell(cell, to) for cell in cells]}


def _write_days(days: Sequence[date | None]) -> Any:
    return [day.toordinal() if day else None for day in days] if any(days) else None


def _write_places(places: Sequence[Span], to: Notes) -> Any:
    """One place for all, or the places in one file, or each place."""
    if len(set(places)) == 1:
        return {"all": write_span(places[0], to)}
    files = {place.file for place in places}
    if len(files) == 1 and NOWHERE not in places:
        return {"file": to.file(*files), "starts": [p.start for p in places], "ends": [p.end for p in places]}
    return {"each": [write_span(place, to) for place in places]}


# --- read ---------------------------------------------------------------------------------------------------------


def read_lines(raw: Any, nodes: list[Any]) -> KeptLines:
    """The rows that `write_lines` wrote.

    Raises:
        ForgedError: it has not.
    """
    count, written_keys, written_values, *days, written_places = raw
    if type(count) is not int or type(written_keys) is not list or type(written_values) is not list:
        raise ForgedError
    if count and not written_keys:
        raise ForgedError
    keys = [_read_cells(column, count, nodes) if type(column) is dict else None for column in written_keys]
    matchers = [
        _plain_matchers(cells) if cells is not None else _read_matchers(column, count, nodes)
        for cells, column in zip(keys, written_keys, strict=True)
    ]
    values = [_read_cells(column, count, nodes) for column in written_values]
    start, end = (_read_days(column, count) for column in days)
    place = _read_places(written_places, count, nodes)

    def make(at: int, stands: Span) -> TableLine:
        own = tuple([key(at) for key in matchers])
        return TableLine(own, cells(at), start(at), end(at), stands)

    def cells(at: int) -> tuple[Cell, ...]:
        return tuple([cell(at) for cell in values])

    plain = [cells for cells in keys if cells is not None]
    dated = any(column is not None for column in days)
    return KeptLines(raw[:-1], plain if len(plain) == len(keys) else None, make, cells, place, dated=dated)


def _column(raw: Any, count: int, *kinds: type) -> list[Any]:
    """A list of just so many things of these kinds."""
    if type(raw) is not list or len(raw) != count or not {*map(type, raw)} <= {*kinds}:
        raise ForgedError
    return raw


def _read_cells(raw: Any, count: int, nodes: list[Any]) -> Cells:
    if "over" in raw:
        below = raw["over"]
        numbers = _column(raw["each"], count, int, type(None))
        if type(below) is not int or below <= 0:
            raise ForgedError

        def number(at: int) -> Cell:
            above = numbers[at]
            return None if above is None else Fraction(above, below)

        return number
    cells = _column(raw["each"], count, str, bool, int, list, type(None))
    if not {*map(type, cells)} <= {str, bool, type(None)}:
        cells = [read_cell(cell, nodes) for cell in cells]
    return cells.__getitem__


def _plain_matchers(cells: Cells) -> Callable[[int], Matcher]:
    known: dict[Cell, Matcher] = {}

    def matcher(at: int) -> Matcher:
        low = cells(at)
        found = known.get(low)
        if found is None:
            found = known[low] = Matcher(VALUE, low)
        return found

    return matcher


def _read_matchers(raw: Any, count: int, nodes: list[Any]) -> Callable[[int], Matcher]:
    found = []
    for kind, low, high in _column(raw, count, list):
        if type(kind) is not str:
            raise ForgedError
        found.append(Matcher(kind, read_cell(low, nodes), read_cell(high, nodes)))
    return found.__getitem__


def _read_days(raw: Any, count: int) -> Callable[[int], date | None]:
    if raw is None:
        return lambda _: None
    numbers = _column(raw, count, int, type(None))
    given = [number for number in numbers if number is not None]
    if given and not 0 < min(given) <= max(given) <= _LAST_DAY:
        raise ForgedError

    def day(at: int) -> date | None:
        number = numbers[at]
        return None if number is None else date.fromordinal(number)

    return day


def _read_places(raw: Any, count: int, nodes: list[Any]) -> Callable[[int], Span] | Span:
    if "all" in raw:
        return read_span(raw["all"], nodes)
    if "each" in raw:
        return [read_span(place, nodes) for place in _column(raw["each"], count, list, type(None))].__getitem__
    starts, ends = (_column(raw[name], count, int) for name in ("starts", "ends"))
    file = read_span([raw["file"], 0, 0], nodes).file
    return lambda at: Span(file, starts[at], ends[at])
