"""Rows of a relation brought back as the reference evaluator has them, a pair of parties at a time, when it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set as AbstractSet
from datetime import date
from functools import cache, partial
from itertools import product

from attrs import define, field

from interpreter import core
from interpreter.facts import Cell, Fact, Row
from interpreter.lookup import FactIndex, Sought, in_order
from interpreter.sets.brought import Brought, decoder, fetched, fetching, maker, stored
from interpreter.sets.dialect import DIALECTS
from interpreter.sets.relation import Dataset, Engine, Relation
from interpreter.sets.rowset import stored_code
from interpreter.sets.values import Refused, day_literal, text_literal
from interpreter.values import whole_months


def dated(fact: Fact, row: Row) -> date:
    """The date of a row; the first of all where it has none."""
    day = row.cells.get(fact.dated)
    return day if isinstance(day, date) else date.min


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
