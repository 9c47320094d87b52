"""Rows as they are stored, brought back from an engine, and as the reference evaluator has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from interpreter.facts import Cell, Kind, Row
from interpreter.sets.dialect import DIALECTS
from interpreter.sets.relation import ColumnInfo, Engine, Relation, known_day
from interpreter.values import Days


def decoded(info: ColumnInfo, stored: object) -> Cell:
    """A cell as the reference evaluator has it."""
    return None if stored is None else decoder(info)(stored)


def decoder(info: ColumnInfo) -> Callable[[Any], Cell]:
    """What makes a cell of a column, as the reference evaluator has it, of one that is there."""
    scale, codes = info.scale, info.codes
    match info.kind:
        case Kind.NUMBER:
            return lambda stored: Fraction(int(stored), scale)
        case Kind.CODE | Kind.TEXT | Kind.CHOICE:
            return str if codes is None else lambda stored: codes[int(stored)]
        case Kind.DATE:
            return known_day
        case Kind.BOOL:
            return bool


def fetched(engine: Engine, relation: Relation, where: str = "") -> list[Row]:
    """The rows for which a condition on `r` holds, in no order."""
    return fetching(engine, relation, where)()


def fetching(engine: Engine, relation: Relation, where: str = "") -> Callable[[], list[Row]]:
    """Have those rows fetched; what is returned waits for them."""
    begun, make = stored(engine, relation, where), maker(relation)
    return lambda: list(map(make, begun()))


def stored(engine: Engine, relation: Relation, where: str = "") -> Callable[[], Sequence[Sequence[object]]]:
    """Have rows fetched as they are stored: the relation's columns in order, the number of the file, and the line."""
    names = ", ".join(f"r.{name}" for name in (*(info.sql for info in relation.columns.values()), "f", "n"))
    sql = f"SELECT {names} FROM {relation.source} r{f' WHERE {where}' if where else ''}"  # noqa: S608  # names are ours
    return engine.begin(DIALECTS[engine.dialect].final(sql))


def maker(relation: Relation) -> Callable[[Sequence[object]], Row]:
    """What makes a row of one that is stored."""
    fact, files = relation.fact.name, relation.files
    makers = [(info.name, decoder(info)) for info in relation.columns.values()]

    def make(row: Sequence[object]) -> Row:
        *cells, file, line = row
        values = {name: None if cell is None else make(cell) for (name, make), cell in zip(makers, cells, strict=True)}
        return Row(fact, values, files[int(str(file))], int(str(line)))

    return make


SEVERAL = -1
"""The place of rows that have their keys in common."""

Places = Mapping[tuple[object, ...], Mapping[object, int]]
"""The place of a row by its keys, but those of parties and date, and by its provider; `SEVERAL` where several are."""


class Brought:
    """All rows of a relation as they are stored, from which single cells are taken: most rows need never be made.

    Args:
        relation: where they lie.
        rows: what `stored` brought.
    """

    __slots__ = ("_columns", "_decoders", "_keyed", "_made", "relation", "rows")

    def __init__(self, relation: Relation, rows: Sequence[Sequence[Any]]) -> None:
        self.relation = relation
        self.rows = rows
        self._made = maker(relation)
        self._columns: dict[str, list[Any]] = {}
        self._decoders: dict[str, Callable[[Any], Cell]] = {}
        self._keyed: dict[tuple[date, date], Places] = {}

    def row(self, at: int) -> Row:
        """A row as the reference evaluator has it."""
        return self._made(self.rows[at])

    def column(self, name: str) -> list[Any]:
        """The cells of a column as they are stored, by place."""
        if name not in self._columns:
            number = list(self.relation.columns).index(name)
            self._columns[name] = [row[number] for row in self.rows]
        return self._columns[name]

    def decoder(self, name: str) -> Callable[[Any], Cell]:
        """What makes a cell of a column of one that is there; the same cell is made once."""
        if name not in self._decoders:
            self._decoders[name] = cache(decoder(self.relation.columns[name]))
        return self._decoders[name]

    def keyed(self, days: Days) -> Places:
        """Where the rows are that are dated in a period."""
        own = days.start, days.end
        if own not in self._keyed:
            self._keyed[own] = self._places(days)
        return self._keyed[own]

    def _places(self, days: Days) -> Places:
        fact = self.relation.fact
        keys = [key for key in fact.keys if key not in (fact.provider, fact.buyer, fact.dated)]
        every = list(zip(*map(self._cells, [*keys, fact.provider]), strict=True))
        places: Iterable[int] = range(len(every))
        if fact.dated:
            start, end, known = days.start, days.end, dict[Any, bool]()
            for cell in self.column(fact.dated):
                if cell not in known:
                    known[cell] = start <= (known_day(cell) if cell is not None else date.min) <= end
            places = [at for at, cell in enumerate(self.column(fact.dated)) if known[cell]]
        found: dict[tuple[object, ...], dict[object, int]] = {}
        for at in places:
            *own, provider = every[at]
            same = found.setdefault(tuple(own), {})
            same[provider] = SEVERAL if provider in same else at
        return found

    def _cells(self, name: str) -> list[Cell]:
        make = self.decoder(name)
        return [None if cell is None else make(cell) for cell in self.column(name)]
