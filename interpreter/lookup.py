"""Data and tables, indexed once so that a lookup does not read every row."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence, Set as AbstractSet
from datetime import date, timedelta
from fractions import Fraction

from attrs import define, field

from dsl.alike import Shown
from dsl.spans import Span
from interpreter import core
from interpreter.columns import KeptLines, dated, plain_keys
from interpreter.facts import Cell, Data, Fact, Row
from interpreter.values import Days, EntryValue, Missing

SortKey = tuple[object, ...]
Sought = str | date | None
"""What rows are looked for by: a code, a day, or that there is none."""
Sizes = tuple[tuple[int, int | None], ...]
"""Which keys are no bands, each with the length of its pattern."""
ONE_DAY = timedelta(days=1)


def order_of(fact: Fact) -> Callable[[Row], SortKey]:
    """Order is always (date, key), codes by code point; where keys do not tell rows apart, their other cells do."""
    dated, keys = fact.dated, (*fact.keys, *(column.name for column in fact.columns if column.name not in fact.keys))

    def order(row: Row) -> SortKey:
        cells = row.cells
        day = cells.get(dated) if dated else None
        return (day or date.min, *[_comparable(cells.get(key)) for key in keys], row.file, row.line)

    return order


def _comparable(cell: Cell) -> tuple[str, object]:
    """A cell beside one of its column; nothing, or what an indicator failed for, stands beside all else."""
    return (type(cell).__name__, cell if isinstance(cell, Fraction | str | date) else cell is True)


def in_order(fact: Fact, rows: Sequence[Row]) -> list[Row]:
    """Rows in the order that they are always read in."""
    if len(rows) < 2:
        return list(rows)
    dated, keys = fact.dated, (*fact.keys, *(column.name for column in fact.columns if column.name not in fact.keys))
    columns: list[Sequence[object]] = [[row.cells.get(dated) or date.min for row in rows]] if dated else []
    columns += [_ordered([row.cells.get(key) for row in rows]) for key in keys]
    places = list(zip(*columns, [row.file for row in rows], [row.line for row in rows], strict=True))
    return [rows[at] for at in sorted(range(len(rows)), key=places.__getitem__)]


def _ordered(cells: Sequence[Cell]) -> Sequence[object]:
    """The cells of a column by what they are ordered by: themselves, where all are of one kind."""
    kinds = set(map(type, cells))
    plain = len(kinds) == 1 and kinds <= {str, Fraction, date}
    return cells if plain else list(map(_comparable, cells))


@define(eq=False, repr=False)
class FactIndex(Shown):
    """The rows of one fact in order, by party, and by the value of any column that is asked for.

    `single_buyer` says that the contract has one buyer, so that a row without one is that buyer's; `absent` that there
    are no data at all for the fact, not even an empty file.
    """

    fact: Fact
    rows: list[Row]
    single_buyer: bool = False
    absent: bool = False
    by_party: dict[tuple[str | None, str | None], tuple[list[Row], list[date]]] = field(factory=dict)
    by_value: dict[str, dict[Cell, list[Row]]] = field(factory=dict)
    by_keys: dict[tuple[object, ...], dict[tuple[object, ...], list[Row]]] = field(factory=dict)

    def scope(self, provider: str | None, buyer: str | None) -> tuple[list[Row], list[date]]:
        """The rows of a pair of parties in order, with their dates; `None` for a party means any."""
        key = (provider if self.fact.provider else None, buyer if self.fact.buyer else None)
        if key not in self.by_party:
            rows = self.rows if key[0] is None else self.having(self.fact.provider, key[0])
            if key[1] is not None:
                rows = [row for row in rows if self.bought(row, self.fact.buyer, key[1])]
            dates = [d if isinstance(d := r.cells.get(self.fact.dated), date) else date.min for r in rows]
            self.by_party[key] = (rows, dates)
        return self.by_party[key]

    def bought(self, row: Row, column: str, buyer: str) -> bool:
        """Whether a row is the buyer's; where the contract has one buyer, a row that names none is."""
        cell = row.cells.get(column)
        return cell == buyer or (cell is None and self.single_buyer)

    def dated(self, provider: str | None, buyer: str | None, start: date | None, end: date | None) -> list[Row]:
        """The rows of a pair whose date lies in a window; a fact without a clock has no window."""
        rows, dates = self.scope(provider, buyer)
        if not self.fact.dated or (start is None and end is None):
            return rows
        first = bisect_left(dates, start) if start else 0
        last = bisect_right(dates, end) if end else len(rows)
        return rows[first:last]

    def keyed(self, keys: tuple[object, ...], provider: str | None, buyer: str | None, days: Days) -> list[Row]:
        """The rows of a pair dated in a period that have the keys, those of parties and date left out."""
        return self.keys_of(provider, buyer, days).get(keys, [])

    def keys_of(self, provider: str | None, buyer: str | None, days: Days) -> Mapping[tuple[object, ...], list[Row]]:
        """The rows of a pair dated in a period by their keys, those of parties and date left out."""
        own = (provider, buyer, days.start, days.end)
        if own not in self.by_keys:
            fact = self.fact
            names = [key for key in fact.keys if key not in (fact.provider, fact.buyer, fact.dated)]
            found: dict[tuple[object, ...], list[Row]] = {}
            for row in self.dated(*own):
                found.setdefault(tuple(row.cells.get(name) for name in names), []).append(row)
            self.by_keys[own] = found
        return self.by_keys[own]

    def size(self) -> int:
        """How many rows there are, whoever's they are."""
        return len(self.rows)

    def all(self) -> Sequence[Row]:
        """All rows in order."""
        return self.rows

    def count(self, provider: str | None, buyer: str | None, start: date, end: date) -> int:
        """How many rows of a pair lie in a period."""
        return len(self.dated(provider, buyer, start, end))

    def among(self, column: str, codes: AbstractSet[str]) -> AbstractSet[str]:
        """Those of some codes that may stand in a column."""
        self.having(column, None)
        return codes & self.by_value[column].keys()

    def having(self, column: str, value: Sought) -> list[Row]:
        """All rows with a value in a column, in order."""
        if column not in self.by_value:
            index: dict[Cell, list[Row]] = {}
            for row in self.rows:
                index.setdefault(row.cells.get(column), []).append(row)
            self.by_value[column] = index
        return self.by_value[column].get(value, [])


def index_data(facts: Mapping[str, Fact], data: Data, buyers: int = 1) -> dict[str, FactIndex]:
    """An index for each fact, with its rows in order; `buyers` is how many buyers the contract has."""
    return {
        name: FactIndex(fact, in_order(fact, data.get(name, ())), buyers <= 1, name not in data)
        for name, fact in facts.items()
    }


def there(index: FactIndex, span: Span) -> None:
    """Refuse to take a fact that was never handed in for one that has no rows.

    Raises:
        Failure: AV501.
    """
    if index.absent:
        raise Missing(index.fact.name, span, of=index.fact).failure()


@define(eq=False, repr=False)
class TableIndex(Shown):
    """A table's rows, those with plain keys by hash.

    Of those with a pattern or a band among their keys, `parted` has the places by all keys but bands: by where these
    stand with how long a pattern is, and by themselves.

    `twin` is a table of another contract with the same rows in other places: what is found there holds here too, and
    is found once for all contracts. Messages are made of this one.
    """

    data: core.TableData
    twin: TableIndex | None = field(default=None, repr=False)
    plain: dict[tuple[Cell, ...], list[int]] | None = field(default=None, repr=False)
    other: list[core.TableLine] = field(factory=list, repr=False)
    parted: dict[Sizes, dict[tuple[Cell, ...], list[int]]] = field(factory=dict, repr=False)
    fitting: dict[tuple[Cell, ...], list[core.TableLine]] = field(factory=dict, repr=False)
    entries: dict[tuple[tuple[Cell, ...], int], EntryValue] = field(factory=dict, repr=False)
    single: dict[tuple[Cell, ...], EntryValue | None] = field(factory=dict, repr=False)
    cuts: frozenset[date] | None = None
    names: tuple[str, ...] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.names = tuple([column.name for column in self.data.signature.values])

    @property
    def common(self) -> TableIndex:
        """The table in which its rows are found, that of another contract perhaps."""
        return self if self.twin is None else self.twin

    def by_keys(self) -> dict[tuple[Cell, ...], list[int]]:
        """The places of rows by their plain keys; the other rows are told apart as well."""
        if self.plain is None:
            self.plain = {}
            for at, keys in enumerate(plain_keys(self.data.lines)):
                if keys is None:
                    line = self.data.lines[at]
                    told = [(i, matcher) for i, matcher in enumerate(line.keys) if matcher.kind != "band"]
                    sizes = tuple([(i, len(str(m.low)) if m.kind == "pattern" else None) for i, m in told])
                    same = tuple([matcher.low for _, matcher in told])
                    self.parted.setdefault(sizes, {}).setdefault(same, []).append(len(self.other))
                    self.other.append(line)
                else:
                    self.plain.setdefault(keys, []).append(at)
        return self.plain

    def find(self, keys: tuple[Cell, ...]) -> list[core.TableLine]:
        """The rows that fit the keys, whenever they hold; patterns and bands are tried once for each key."""
        found = self.fitting.get(keys)
        if found is None:
            lines = self.data.lines
            found = [lines[at] for at in self.by_keys().get(keys, ())]
            if self.other:
                found += [line for line in self.near(keys) if all(map(fits, line.keys, keys))]
            self.fitting[keys] = found
        return found

    def near(self, keys: tuple[Cell, ...]) -> list[core.TableLine]:
        """Of the rows with a pattern or a band, in order, those that only a band may not fit."""
        parts = [
            rows.get(tuple([keys[i] if size is None else str(keys[i])[:size] for i, size in sizes]), ())
            for sizes, rows in self.parted.items()
        ]
        return [self.other[at] for at in sorted([at for part in parts for at in part])]

    def lasting(self, keys: tuple[Cell, ...]) -> EntryValue | None:
        """The one row that fits the keys, when it holds on all days; else `None`."""
        if keys in self.single:
            return self.single[keys]
        found, rows, plain = None, self.data.lines, self.by_keys()
        if isinstance(rows, KeptLines) and not rows.dated and not self.other:
            places = plain.get(keys, ())
            if len(places) == 1:
                values, span = rows.values(places[0])
                found = EntryValue(dict(zip(self.names, values, strict=True)), self.called(keys), span)
        else:
            lines = self.find(keys)
            if len(lines) == 1 and lines[0].start is lines[0].end is None:
                found = self.entry(keys, lines[0])
        self.single[keys] = found
        return found

    def entry(self, keys: tuple[Cell, ...], line: core.TableLine) -> EntryValue:
        """A row of the table as a value, made once for each key that it fits."""
        place = (keys, id(line))
        known = self.entries.get(place)
        if known is None:
            known = EntryValue(dict(zip(self.names, line.values, strict=True)), self.called(keys), line.span)
            self.entries[place] = known
        return known

    def called(self, keys: tuple[Cell, ...]) -> str:
        """The table with keys, in a message."""
        return f"{self.data.name.partition('@')[0]}[{', '.join(map(show, keys))}]"

    def changes(self) -> frozenset[date]:
        """The days on which a row begins to hold, or has ended the day before."""
        if self.cuts is None:
            lines = dated(self.data.lines)
            starts = {line.start for line in lines if line.start}
            ends = {line.end + ONE_DAY for line in lines if line.end and line.end < date.max}
            self.cuts = frozenset(starts | ends)
        return self.cuts


def show(value: object) -> str:
    """A key in a message."""
    return value if isinstance(value, str) else str(value)


def fits(matcher: core.Matcher, key: Cell) -> bool:
    """Whether a key cell covers a value."""
    if matcher.kind == "pattern":
        return isinstance(key, str) and key.startswith(str(matcher.low))
    if matcher.kind == "band":
        if not isinstance(key, Fraction) or not isinstance(matcher.low, Fraction):
            return False
        top = matcher.high
        return matcher.low <= key and (top is None or (isinstance(top, Fraction) and key <= top))
    return matcher.low == key


def matches_code(code: str, member: str) -> bool:
    """Whether a code is a member of a set: the same code, or within a pattern."""
    return code.startswith(member[:-1]) if member.endswith("*") else code == member


def code_between(code: str, low: str, high: str) -> bool:
    """Whether a code lies from `low` to `high`, each compared by as many characters as it has (`I10*` to `I15*`)."""
    first, last = low.rstrip("*"), high.rstrip("*")
    return code[: len(first)] >= first and code[: len(last)] <= last
