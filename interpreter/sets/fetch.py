"""Rows of a relation brought back as the reference evaluator has them, a pair of parties at a time, when it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set as AbstractSet
from datetime import date
from fractions import Fraction
from functools import cache, partial
from itertools import product
from typing import Any

from attrs import define, field

from interpreter import core
from interpreter.facts import Cell, Fact, Kind, Row
from interpreter.lookup import FactIndex, Sought, in_order
from interpreter.sets.dialect import DIALECTS
from interpreter.sets.relation import ColumnInfo, Dataset, Engine, Relation, known_day
from interpreter.sets.rowset import stored_code
from interpreter.sets.values import Refused, day_literal, text_literal
from interpreter.values import Days, whole_months


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


def dated(fact: Fact, row: Row) -> date:
    """The date of a row; the first of all where it has none."""
    day = row.cells.get(fact.dated)
    return day if isinstance(day, date) else date.min


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


@define(eq=False, kw_only=True, repr=False)
class LazyIndex(FactIndex):
    """The rows of a fact that lie in an engine, read when they are asked for.

    Args:
        relation: where they lie.
        engine: what they lie in.
        askers: how many pairs of parties may ask for their own rows.
        kept: all rows, in no order, where they are at hand.
        parted: they by the value of a column.
        counts: how many rows each pair has in a period.
        coming: waits for all rows, where they are being brought at once.
        brought: all rows as they are stored, where they have been brought at once.
    """

    relation: Relation
    engine: Engine
    askers: int = 1
    kept: Sequence[Row] | None = None
    parted: dict[str, dict[Cell, list[Row]]] = field(factory=dict)
    counts: dict[tuple[date, date], dict[tuple[object, ...], int]] = field(factory=dict)
    coming: Callable[[], Sequence[Sequence[object]]] | None = None
    brought: Brought | None = None

    def size(self) -> int:
        """How many rows there are."""
        return self.relation.rows

    def all(self) -> Sequence[Row]:
        """All rows in order."""
        return self.scope(None, None)[0]

    def scope(self, provider: str | None, buyer: str | None) -> tuple[list[Row], list[date]]:
        """The rows of a pair of parties in order, with their dates."""
        key = (provider if self.fact.provider else None, buyer if self.fact.buyer else None)
        if key not in self.by_party:
            if self.kept is None and self.crowded():
                brought = self.at_once()
                own = brought.rows if brought is not None else stored(self.engine, self.relation)()
                self.kept = list(map(maker(self.relation), own))
            rows = self.own(*key) if self.kept is not None else self.asked(*key)
            rows = in_order(self.fact, rows)
            self.by_party[key] = (rows, [dated(self.fact, row) for row in rows])
        return self.by_party[key]

    def crowded(self) -> bool:
        """Whether all rows are brought at once, rather than pair by pair."""
        return self.askers >= CROWD and self.relation.rows <= min(self.askers * WORTH, MOST)

    def together(self) -> bool:
        """Whether all rows come at once: not where they are at hand, better asked for pair by pair, or have buyers."""
        return bool(self.fact.provider) and not self.fact.buyer and self.kept is None and self.crowded()

    def bring(self) -> None:
        """Have all rows brought while other work goes on, if they come at once."""
        if self.together():
            self.coming = stored(self.engine, self.relation)

    def at_once(self) -> Brought | None:
        """All rows as they are stored; `None` where they do not come at once."""
        if self.brought is None and self.together():
            coming, self.coming = self.coming or stored(self.engine, self.relation), None
            self.brought = Brought(self.relation, coming())
        return self.brought

    def asked(self, provider: str | None, buyer: str | None) -> list[Row]:
        """The rows of a pair, in no order, asked for."""
        try:
            return fetched(self.engine, self.relation, self.condition(provider, buyer))
        except Refused:  # a code that an engine might read differently: all rows are looked through
            mine = [row for row in self.all() if provider is None or row.cells.get(self.fact.provider) == provider]
            return [row for row in mine if buyer is None or self.bought(row, self.fact.buyer, buyer)]

    def own(self, provider: str | None, buyer: str | None) -> Sequence[Row]:
        """The rows of a pair, in no order, of those at hand."""
        assert self.kept is not None
        rows = self.kept if provider is None else self.part(self.fact.provider, provider)
        return rows if buyer is None else [row for row in rows if self.bought(row, self.fact.buyer, buyer)]

    def part(self, column: str, value: Cell) -> Sequence[Row]:
        """The rows at hand with a value in a column, in no order."""
        assert self.kept is not None
        if column not in self.parted:
            found: dict[Cell, list[Row]] = {}
            for row in self.kept:
                found.setdefault(row.cells.get(column), []).append(row)
            self.parted[column] = found
        return self.parted[column].get(value, [])

    def condition(self, provider: str | None, buyer: str | None) -> str:
        """The condition that rows of a pair meet."""
        parts = []
        if provider is not None:
            parts.append(self._same(self.fact.provider, provider))
        if buyer is not None:
            own = self._same(self.fact.buyer, buyer)
            info = self.relation.columns[self.fact.buyer]
            parts.append(f"({own} OR r.{info.sql} IS NULL)" if self.single_buyer else own)
        return " AND ".join(parts)

    def _same(self, column: str, value: Sought) -> str:
        info = self.relation.columns[column]
        match value:
            case None:
                return f"r.{info.sql} IS NULL"
            case date():
                return f"r.{info.sql} = {day_literal(value)}"
            case str():
                stored = stored_code(info, value)
                return f"r.{info.sql} = {stored if isinstance(stored, int) else text_literal(value)}"

    def among(self, column: str, codes: AbstractSet[str]) -> AbstractSet[str]:
        """Those of some codes that may stand in a column."""
        info = self.relation.columns[column]
        return codes if info.codes is None else {code for code in codes if stored_code(info, code) != -1}

    def having(self, column: str, value: Sought) -> list[Row]:
        """All rows with a value in a column, in order."""
        known = self.by_value.setdefault(column, {})
        if self.kept is not None and value not in known:
            known[value] = in_order(self.fact, self.part(column, value))
        if value is None and not self.relation.columns[column].missing:
            return []
        if value not in known:
            known[value] = in_order(self.fact, self.sought(column, value))
        return known[value]

    def sought(self, column: str, value: Sought) -> Sequence[Row]:
        """The rows with a value in a column, in no order, asked for."""
        if isinstance(value, str) and stored_code(self.relation.columns[column], value) == -1:
            return []
        try:
            return fetched(self.engine, self.relation, self._same(column, value))
        except Refused:  # a code that an engine might read differently: all rows are looked through
            return [row for row in self.all() if row.cells.get(column) == value]

    def count(self, provider: str | None, buyer: str | None, start: date, end: date) -> int:
        """How many rows of a pair lie in a period; asked of all pairs at once."""
        fact = self.fact
        counts = self.counts.get((start, end))
        if counts is None:
            counts = self.counts[start, end] = self.by_pair(start, end)
        if fact.provider and not fact.buyer and provider is not None:
            return counts.get((provider,), 0)
        asked = [(party, [party]) for column, party in ((fact.provider, provider), (fact.buyer, buyer)) if column]
        if fact.buyer and self.single_buyer:
            asked[-1][1].append(None)
        if any(party is None for party, _ in asked):
            return sum(
                number
                for key, number in counts.items()
                if all(party is None or own in fitting for (party, fitting), own in zip(asked, key, strict=True))
            )
        return sum(counts.get(key, 0) for key in product(*(fitting for _, fitting in asked)))

    def by_pair(self, start: date, end: date) -> dict[tuple[object, ...], int]:
        """How many rows each pair of parties has in a period."""
        fact = self.fact
        makers = [decoder(self.relation.columns[c]) for c in (fact.provider, fact.buyer) if c]
        stored: dict[tuple[object, ...], int] = {}
        for pair, number in self.counted(start, end):
            stored[pair] = stored.get(pair, 0) + number
        found: dict[tuple[object, ...], int] = {}
        for pair, number in stored.items():
            key = tuple([None if cell is None else make(cell) for make, cell in zip(makers, pair, strict=True)])
            found[key] = found.get(key, 0) + number
        return found

    def counted(self, start: date, end: date) -> Iterator[tuple[tuple[object, ...], int]]:
        """The parties of rows in a period as they are stored, each with a number of rows; perhaps more than once."""
        fact, months = self.fact, self.relation.months
        if months is not None and whole_months(start, end) is not None:
            first, last = (12 * day.year + day.month - 1 for day in (start, end))
            own = slice(0 if fact.provider else 1, 2 if fact.buyer else 1)
            for one in months:
                whole: tuple[object, ...] = one
                if first <= one[2] <= last:
                    yield whole[own], one[3]
            return
        parties = [self.relation.columns[c].sql for c in (fact.provider, fact.buyer) if c]
        where = ""
        if fact.dated:
            day = f"r.{self.relation.columns[fact.dated].sql}"
            where = f" WHERE {day} BETWEEN {day_literal(start)} AND {day_literal(end)}"
        names = ", ".join(f"r.{name}" for name in parties)
        tail = f" GROUP BY {names}" if names else ""
        columns = ", ".join([*(f"r.{name}" for name in parties), "COUNT(*)"])
        sql = f"SELECT {columns} FROM {self.relation.source} r{where}{tail}"  # noqa: S608  # names are ours
        for *found, number in self.engine.query(DIALECTS[self.engine.dialect].final(sql)):
            yield tuple(found), int(str(number))


SMALL, NEAR, FEW, ASKING = 20_000, 2_000, 400, 50
"""How many rows a fact has at most that is read whole by the reference evaluator, which is faster than asking: where
rows are looked up by key or the engine is a server; where it is in the process; where all rows are at hand; and where
each row asks for rows of a large fact."""
CROWD, WORTH, MOST = 50, 300, 100_000
"""For how many pairs that ask all rows are brought at once; how many rows take as long to bring as a query for those of
one pair; of how many rows all are brought at most."""


def away(dataset: Dataset) -> frozenset[str]:
    """The facts with so many rows that none is at hand."""
    least = _whole(dataset)
    return frozenset(name for name, own in dataset.relations.items() if own.rows > least and name not in dataset.rows)


def _whole(dataset: Dataset) -> int:
    """How many rows a fact has at most that is read whole, when it is asked for as facts mostly are."""
    return NEAR if dataset.engine.dialect == "duckdb" else SMALL


def indexed(program: core.Program, dataset: Dataset, small_facts: int | None = None) -> dict[str, FactIndex]:
    """The data as the reference evaluator asks for them: small facts whole, rows of large ones when it asks.

    Args:
        program: a contract.
        dataset: its data.
        small_facts: how many rows a fact has at most that is read whole; what is fastest when `None`.
    """
    single = len(program.terms.buyers) <= 1
    return {name: index(fact, dataset, small_facts, single=single)() for name, fact in program.facts.items()}


def index(
    fact: Fact,
    dataset: Dataset,
    small_facts: int | None,
    *,
    single: bool,
    askers: int = 1,
    keyed: bool = False,
    asking: bool = False,
) -> Callable[[], FactIndex]:
    """The rows of a fact: all of them, or how to ask for them; what is returned waits for those that are fetched.

    Args:
        fact, dataset: whose rows.
        small_facts: that of `indexed`.
        single: whether there is one buyer.
        askers: how many pairs of parties may ask for their own rows.
        keyed: whether rows will be looked up by key.
        asking: whether each row will ask for rows of a large fact.
    """
    relation = dataset.relations.get(fact.name)
    if relation is None:
        return cache(lambda: FactIndex(fact, [], single, absent=True))
    kept = dataset.rows.get(fact.name)
    if small_facts is None and kept is not None:
        small_facts = FEW
    elif small_facts is None:
        small_facts = ASKING if asking else SMALL if keyed else _whole(dataset)
    if relation.rows <= small_facts and not relation.stays:
        if kept is not None:
            return cache(partial(FactIndex, fact, in_order(fact, kept), single))
        rows = fetching(dataset.engine, relation)
        return cache(lambda: FactIndex(fact, in_order(fact, rows()), single))
    found = LazyIndex(
        fact=fact,
        rows=[],
        single_buyer=single,
        relation=relation,
        engine=dataset.engine,
        askers=1 if relation.stays else askers,
        kept=kept,
    )
    if keyed:
        found.bring()
    return lambda: found
