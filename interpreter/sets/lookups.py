"""Tables looked up by something of the row: each key that data can have is looked up once, outside the query.

The reference's own `find` says which rows of the table fit a key and which of them holds on a day, so that patterns,
bands and validity mean the same here; the query joins the answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise, product
from math import ceil, floor, lcm

from attrs import frozen

from dsl.alike import Shown
from interpreter import core, types as t
from interpreter.facts import Cell
from interpreter.lookup import TableIndex, fits
from interpreter.references import in_force, opened
from interpreter.runtime import Env
from interpreter.sets.portfolio import same_rows
from interpreter.sets.relation import Stored
from interpreter.sets.rowset import Rowset
from interpreter.sets.values import Day, Entry, Fixed, Flag, Lowered, Num, Refused, Text, any_of, day_literal, together
from interpreter.values import Failure, Missing

MOST_KEYS, MOST_CUTS = 200_000, 400
ONE_DAY = timedelta(days=1)
HOLDS, FAILS = 1, 2


@frozen(eq=False, repr=False)
class Key(Shown):
    """One key of a lookup in a query.

    Args:
        condition: how the row is matched, `{k}` and `{h}` being the table's columns; empty when all rows have the same.
        types: the types of those columns.
        candidates: (what the columns hold, a value that stands for all that they match).
    """

    condition: str
    types: tuple[str, ...]
    candidates: Sequence[tuple[tuple[Stored, ...], Cell]]


def looked_up(rowset: Rowset, e: core.EntryOf, asked: Sequence[Lowered]) -> Entry:
    """An entry of a table by the row's keys.

    Args:
        rowset: the query.
        e: the entry.
        asked: its keys, lowered.

    Raises:
        Refused: the keys are too many, or nothing that a query can match.
    """
    null, fail = together(asked)
    tables, which = _tables(rowset, e)
    first, names = tables[0]
    if names:
        assert isinstance(e.table.type, t.Table)
        form_keys = [names[c.name] for c in e.table.type.signature.keys]
        asked = [asked[form_keys.index(c.name)] for c in first.data.signature.keys]
    keys = [_key(rowset, value, at, [table for table, _ in tables]) for at, value in enumerate(asked)]
    size = 1
    for key in keys:
        size *= max(len(key.candidates), 1)
    if size * len(tables) > MOST_KEYS:
        raise Refused("a table with too many keys")
    dated = any(line.start or line.end for table, _ in tables for line in table.data.lines)
    by_day = dated and bool(rowset.relation.fact.dated)
    cuts = _cuts([line for table, _ in tables for line in table.data.lines]) if by_day else []
    shown = _Shown(first, names)
    rows: list[tuple[Stored, ...]] = []
    periods = {(p.env.start, p.env.end): p.env for p in rowset.points.points}
    for number, (table, _) in enumerate(tables):
        for combination in product(*(key.candidates for key in keys)):
            stored = tuple(part for columns, _ in combination for part in columns)
            found = table.find(tuple(value for _, value in combination))
            if found:
                held = (
                    _in_stretches(found, rowset, e, cuts)
                    if cuts
                    else _holding(found, periods, e, dated=dated and not by_day)
                )
                rows += [(number, *stored, *row) for row in held]
    return _joined(rowset, which, keys, shown, rows, null=null, fail=fail, cuts=cuts)


def _cuts(lines: Sequence[core.TableLine]) -> list[date]:
    """The first days of the stretches in which nothing changes in a table, but for the first stretch.

    Raises:
        Refused: there are very many.
    """
    starts = {line.start for line in lines if line.start}
    ends = {line.end + ONE_DAY for line in lines if line.end and line.end < date.max}
    cuts = sorted((starts | ends) - {date.min})
    if len(cuts) > MOST_CUTS:
        raise Refused("a table that changes very often")
    return cuts


def _tables(rowset: Rowset, e: core.EntryOf) -> tuple[list[tuple[TableIndex, dict[str, str]]], list[int]]:
    """The tables that are asked at some point, and which of them it is at each point."""
    found: list[tuple[TableIndex, dict[str, str]]] = []
    which: list[int] = []
    places: dict[int, int] = {}
    for point in rowset.points.points:
        try:
            whole = point.env.value(e.table)
        except Failure:
            whole = None
        if whole is None or isinstance(whole, Missing):
            raise Refused("a table that may be missing")
        own, names = opened(whole)
        table = own.common
        if id(table) not in places:
            same = (i for i, (known, _) in enumerate(found) if known is table or same_rows(known.data, table.data))
            places[id(table)] = next(same, len(found))
        at = places[id(table)]
        if at == len(found):
            found.append((table, names))
        which.append(at)
    if not found:
        raise Refused("no scope asks")
    if any(names != found[0][1] or table.data.signature != found[0][0].data.signature for table, names in found):
        raise Refused("tables with different columns")
    return found, which


def _key(rowset: Rowset, value: Lowered, at: int, tables: Sequence[TableIndex]) -> Key:
    lines = [line.keys[at] for table in tables for line in table.data.lines]
    plain = [m.low for m in lines if m.kind == "value"]
    texts = {v for v in plain if isinstance(v, str)}
    assert not isinstance(value, Entry)
    patterns = tuple({str(m.low) for m in lines if m.kind == "pattern"})
    match value:
        case Fixed(values=values):
            codes = sorted({v for v in values if v is not None})
            if len(codes) == 1 and all(v is not None for v in values):
                return Key("", (), [((), codes[0])])
            column = rowset.points.column("INTEGER", [None if v is None else codes.index(v) for v in values])
            return Key(f"{{k}} = {column}", ("INTEGER",), [((i,), code) for i, code in enumerate(codes)])
        case Text(sql=sql, codes=tuple() as codes):
            known = [(i, code) for i, code in enumerate(codes) if _asked(code, texts, patterns)]
            return Key(f"{{k}} = {sql}", ("INTEGER",), [((i,), code) for i, code in known])
        case Text(sql=sql):
            if any(m.kind != "value" for m in lines):
                raise Refused("a pattern against a long list of codes")
            return Key(f"{{k}} = {sql}", ("TEXT",), [((v,), v) for v in sorted(texts)])
        case Num():
            return _number_key(value, lines)
        case Flag(sql=sql):
            return Key(f"{{k}} = {sql}", ("BOOLEAN",), [((v,), v) for v in (False, True)])
        case Day(sql=sql):
            days = sorted({v for v in plain if isinstance(v, date)})
            return Key(f"{{k}} = {sql}", ("DATE",), [((v,), v) for v in days])


def _asked(code: str, texts: Collection[str], patterns: tuple[str, ...]) -> bool:
    """Whether some row of the table may fit a code."""
    return code in texts or code.startswith(patterns)


def _number_key(value: Num, lines: Sequence[core.Matcher]) -> Key:
    """A number: a stretch of integers for each part between the ends of bands in which nothing changes."""
    numbers = [(m.low, m.low if m.kind == "value" else m.high) for m in lines if isinstance(m.low, Fraction)]
    cuts = {value.low, value.high + 1}
    for low, high in numbers:
        cuts.add(ceil(low * value.scale))
        if isinstance(high, Fraction):
            cuts.add(floor(high * value.scale) + 1)
    inside = sorted(c for c in cuts if value.low <= c <= value.high + 1)
    candidates = []
    for start, end in pairwise(inside):
        stands = Fraction(start, value.scale)
        if any(fits(m, stands) for m in lines):
            candidates.append(((start, end - 1), stands))
    kind = "BIGINT" if all(-(2**63) <= edge < 2**63 for ends, _ in candidates for edge in ends) else "HUGEINT"
    return Key(f"{value.sql} BETWEEN {{k}} AND {{h}}", (kind, kind), candidates)


def _holding(
    found: Sequence[core.TableLine], periods: Mapping[tuple[date, date], Env], e: core.EntryOf, *, dated: bool
) -> list[tuple[Stored, ...]]:
    """Which of the rows that fit holds in the period. Rows that hold together, or not at all, fail."""
    if dated and len(periods) > 1:
        raise Refused("a dated table for several periods")
    return [_state(found, next(iter(periods.values())), e)]


def _in_stretches(
    found: Sequence[core.TableLine], rowset: Rowset, e: core.EntryOf, cuts: Sequence[date]
) -> list[tuple[Stored, ...]]:
    """For each stretch of days, by its number: which of the rows that fit holds."""
    env = rowset.points.points[0].env
    rows = []
    for at, day in enumerate([date.min, *cuts]):
        on = Env(env.ledger, env.instance, env.period, day, day, around=env)
        rows.append((at, *_state(found, on, e)))
    return rows


def _state(found: Sequence[core.TableLine], env: Env, e: core.EntryOf) -> tuple[Stored, ...]:
    try:
        line = in_force(found, str, env, e)
    except Failure:
        return (FAILS,)
    return (HOLDS, *line.values)  # type: ignore[arg-type]


@frozen(eq=False, repr=False)
class _Shown(Shown):
    """The columns of a table as the form calls them: (name, position in a row's values, type)."""

    table: TableIndex
    names: dict[str, str]

    def columns(self) -> list[tuple[str, int, t.Type]]:
        own = self.table.data.signature.values
        position = {c.name: i for i, c in enumerate(own)}
        if not self.names:
            return [(c.name, i, c.type) for i, c in enumerate(own)]
        return [
            (mine, position[their], own[position[their]].type)
            for mine, their in self.names.items()
            if their in position
        ]


def _joined(
    rowset: Rowset,
    which: Sequence[int],
    keys: Sequence[Key],
    shown: _Shown,
    rows: Sequence[tuple[Stored, ...]],
    *,
    null: str,
    fail: str,
    cuts: Sequence[date],
) -> Entry:
    types: list[tuple[str, str]] = [("g", "INTEGER")]
    conditions = []
    if len(set(which)) > 1:
        conditions.append(f"t.g = {rowset.points.column('INTEGER', which)}")
    for at, key in enumerate(keys):
        names = [f"{letter}{at}" for letter in "kh"[: len(key.types)]]
        types += zip(names, key.types, strict=True)
        if key.condition:
            first = f"t.{names[0]}"
            conditions.append(key.condition.replace("{k}", first).replace("{h}", f"t.{names[-1]}"))
    before = len(types)
    if cuts:
        day = rowset.column(rowset.relation.fact.dated)
        assert isinstance(day, Day)
        # by the number of the stretch, a join on equal numbers; by days between days it would try all of a key's
        stretch = " ".join(f"WHEN {day.sql} < {day_literal(cut)} THEN {at}" for at, cut in enumerate(cuts))
        types.append(("d", "INTEGER"))
        named = rowset.name(f"(CASE {stretch} ELSE {len(cuts)} END)")
        rowset.few[named] = len(cuts) + 1
        conditions.append(f"t.d = {named}")
        before += 1
    cells = [
        [row[before + 1 + i] if row[before] == HOLDS else None for row in rows]
        for i in range(len(shown.table.data.signature.values))
    ]
    columns: list[tuple[str, _Values]] = [(name, _values(kind, cells[i])) for name, i, kind in shown.columns()]
    types += [("z", "INTEGER"), *((f"w{i}", values.type) for i, (_, values) in enumerate(columns))]
    data = [(*row[:before], row[before], *(values.stored[at] for _, values in columns)) for at, row in enumerate(rows)]
    source = rowset.tables.source("t", types, data)
    state, *found = rowset.join(
        source, ["z", *(f"w{i}" for i in range(len(columns)))], " AND ".join(conditions) or "TRUE"
    )
    entry = {mine: values.lowered(name) for name, (mine, values) in zip(found, columns, strict=True)}
    failing = any(row[before] == FAILS for row in rows)
    return Entry(
        columns=entry,
        null=any_of(null, f"({state} IS NULL)"),
        fail=any_of(fail, f"(COALESCE({state}, 0) = {FAILS})" if failing else ""),
    )


@frozen(eq=False, repr=False)
class _Values(Shown):
    """A column of values as it is stored."""

    type: str
    stored: Sequence[Stored]
    kind: t.Type
    scale: int = 1
    codes: tuple[str, ...] | None = None

    def lowered(self, name: str) -> Lowered:
        null = f"({name} IS NULL)" if any(v is None for v in self.stored) else ""
        match self.kind:
            case t.Num():
                ints = [v for v in self.stored if isinstance(v, int)]
                return Num(sql=name, scale=self.scale, low=min(ints, default=0), high=max(ints, default=0), null=null)
            case t.Bool():
                return Flag(sql=name, null=null)
            case t.Day():
                return Day(sql=name, null=null)
            case _:
                return Text(sql=name, codes=self.codes, null=null)


def _values(kind: t.Type, cells: Sequence[object]) -> _Values:
    match kind:
        case t.Num():
            numbers = [c if isinstance(c, Fraction) else None for c in cells]
            scale = lcm(*(n.denominator for n in numbers if n is not None))
            stored = [None if n is None else n.numerator * (scale // n.denominator) for n in numbers]
            if any(n is not None and abs(n) >= 2**63 for n in stored):
                raise Refused("a table's value of more than 63 bits")
            return _Values("BIGINT", stored, kind, scale)
        case t.Bool():
            return _Values("BOOLEAN", [c if isinstance(c, bool) else None for c in cells], kind)
        case t.Day():
            return _Values("DATE", [c if isinstance(c, date) else None for c in cells], kind)
        case _:
            codes = tuple(sorted({c for c in cells if isinstance(c, str)}))
            known = {code: at for at, code in enumerate(codes)}
            return _Values("INTEGER", [known[c] if isinstance(c, str) else None for c in cells], kind, codes=codes)
