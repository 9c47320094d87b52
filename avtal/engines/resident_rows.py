"""The typed rows of one fact from tables that lie on a server, made there: the last step of reading them.

In PostgreSQL they become a temporary table, in Spark a view; nothing else is made. Guarantees: what
`interpreter.sets.relation` says of a relation, for rows whose cells have all been met without a problem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from attrs import frozen

from avtal.engines.definitions import digest
from avtal.engines.load import LARGEST, LARGEST_WIDE, MOST_FILES, MOST_LINES
from avtal.engines.resident_cells import Met, info, stored_cell, stored_type
from avtal.engines.resident_sql import Plain, Spelling, hashes
from avtal.reading.problems import KEPT, DataProblem, visible
from interpreter.facts import Fact, Kind
from interpreter.sets.brought import decoded
from interpreter.sets.dialect import DIALECTS
from interpreter.sets.relation import ColumnInfo, EngineError, Relation, Stored
from interpreter.sets.values import Refused, day_literal, text_literal


@frozen(eq=False)
class Part:
    """One table of a fact, its cells met without a problem.

    Args:
        name: what it is called to the user.
        source: its SQL name.
        rows: how many it has; blank ones are none.
        there: the condition that a row is not blank; empty when none is.
        columns: by the English names of the fact's columns, all of them.
    """

    name: str
    source: str
    rows: int
    there: str
    columns: Mapping[str, Met]


@frozen(eq=False)
class Made:
    """What came of a fact's tables: its rows, the SHA-256 of each table's, and keys that occur twice."""

    relation: Relation
    sha256: Mapping[str, str]
    twice: Sequence[DataProblem]
    more: int


def made(fact: Fact, at: int, parts: Sequence[Part], server: Any, spelling: Spelling) -> Made:
    """Make the rows of a fact.

    Args:
        fact: the fact.
        at: which it is, from 1.
        parts: its tables.
        server: where they lie.
        spelling: the server's.

    Raises:
        EngineError: a number has no 126-bit integer, or the server could not.
    """
    names = tuple(sorted({part.name for part in parts}))
    if len(parts) > MOST_FILES or len(names) < len(parts) or any(part.rows > MOST_LINES for part in parts):
        raise EngineError(f"{fact.name}: too many tables, or rows in a table")
    infos = {c.name: info(c, i, [part.columns[c.name] for part in parts]) for i, c in enumerate(fact.columns, 1)}
    for one in infos.values():
        if one.scale > LARGEST or max(-one.low, one.high) > LARGEST_WIDE:
            raise EngineError(f"{one.name}: a number does not fit 126 bits")
    selects = [_select(part, names.index(part.name), at, infos, server, spelling) for part in parts]
    union = " UNION ALL ".join(selects)
    order = [infos[name] for name in fact.keys] or list(infos.values())
    collated = DIALECTS[server.dialect].order
    by = ", ".join(f"u.{one.sql}{collated if stored_type(one) == 'TEXT' else ''}" for one in order)
    apart = "PARTITION BY u.f " if len(parts) > 1 else ""
    name, inner = f"avtal_fact{at}", f"({union})"
    if spelling.views:
        # Numbering sorts everything in one place, so it is done only by a query that asks for numbers.
        inner = f"avtal_rows{at}"
        server.keep(inner, union, often=True)
    server.keep(name, f"SELECT u.*, CAST(ROW_NUMBER() OVER ({apart}ORDER BY {by}) AS INTEGER) AS n FROM {inner} u")
    # Few results of indicators may be read whole, as the evaluator asks for them one by one: they are of no patient.
    relation = Relation(
        fact=fact,
        source=name,
        rows=sum(part.rows for part in parts),
        columns=infos,
        files=names,
        stays=not fact.indicator,
    )
    twice, more = _twice(relation, server)
    return Made(relation, _sha256(relation, server, spelling), twice, more)


def _select(part: Part, place: int, at: int, infos: Mapping[str, ColumnInfo], server: Any, spelling: Spelling) -> str:
    """The SELECT that gives a table's rows as they are stored."""
    values, joins = [], []
    for number, own in enumerate(infos.values(), 1):
        met = part.columns[own.name]
        kind, value = spelling.type(stored_type(own)), "NULL"
        if met.answers:
            alias, codes = f"a{number}", {code: i for i, code in enumerate(own.codes or ())}
            name = f"avtal_cells{at}_{place}_{number}"
            rows: list[tuple[Stored, ...]] = [
                (text, stored_cell(cell, own, codes)) for text, cell in met.answers.items()
            ]
            server.table(name, (("x", "TEXT"), ("v", stored_type(own))), rows)
            joins.append(f" LEFT JOIN {name} {alias} ON {alias}.x = {spelling.as_text(met.x)}")
            value = f"{alias}.v"
        if met.plain is not None:
            taken = _scaled(met.plain, own, spelling) if own.kind is Kind.NUMBER else met.plain.value
            value = f"CASE WHEN {met.plain.test} THEN {taken} ELSE {value} END"
        if met.empty is not None:
            empty = _literal(stored_cell(met.empty, own, {code: i for i, code in enumerate(own.codes or ())}))
            value = empty if not met.heading else f"CASE WHEN {met.x} IS NULL THEN {empty} ELSE {value} END"
        values.append(f"CAST({value} AS {kind}) AS {own.sql}")
    where = f" WHERE {part.there}" if part.there else ""
    return f"SELECT {', '.join(values)}, CAST({place} AS SMALLINT) AS f FROM {part.source} r{''.join(joins)}{where}"


def _scaled(plain: Plain, own: ColumnInfo, spelling: Spelling) -> str:
    """A plain number as it is stored."""
    factor, value = plain.one * own.scale, plain.value
    if factor.denominator > 1:
        value = spelling.quotient(f"{spelling.cast}({value} AS BIGINT)", factor.denominator)
    return f"{value} * {factor.numerator}" if factor.numerator != 1 else value


def _literal(value: Stored) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        return day_literal(value)
    if isinstance(value, int):
        return str(value)
    try:
        return text_literal(str(value))
    except Refused as refused:
        raise EngineError(str(refused)) from None


def _twice(relation: Relation, server: Any) -> tuple[list[DataProblem], int]:
    """Keys that more than one row has: the first of them, and how many more there are."""
    keys = [relation.columns[name] for name in relation.fact.keys]
    if not keys:
        return [], 0
    listed = ", ".join(f"r.{one.sql}" for one in keys)
    doubled = f"FROM {relation.source} r GROUP BY {listed} HAVING COUNT(*) > 1"
    found = server.query(f"SELECT MIN(r.f), MAX(r.f), {listed} {doubled} ORDER BY {listed} LIMIT {KEPT}")
    problems = []
    for first, last, *cells in found:
        shown = ", ".join(str(decoded(one, cell)) for one, cell in zip(keys, cells, strict=True))
        problems.append(twice(relation.fact, relation.files[first], relation.files[last], shown))
    if len(problems) < KEPT:
        return problems, 0
    ((count,),) = server.query(f"SELECT COUNT(*) FROM (SELECT {listed} {doubled}) d")
    return problems, int(count) - KEPT


def twice(fact: Fact, file: str, other: str, shown: str) -> DataProblem:
    """The problem of a key that more than one row has."""
    args = (("keys", ", ".join(fact.keys)), ("other", "key-in"), ("file", other))
    return DataProblem(code="AVD38", file=file, key=visible(shown), value=visible(shown), args=args)


def _sha256(relation: Relation, server: Any, spelling: Spelling) -> dict[str, str]:
    """For each table the hash of all its rows, in whatever order they come, with what their integers mean."""
    columns = [(f"r.{one.sql}", one.kind, stored_type(one) == "TEXT") for one in relation.columns.values()]
    numbers = [f"CAST({number} AS {spelling.wide}) AS h{at}" for at, number in enumerate(hashes(columns, spelling))]
    sums = ", ".join(f"SUM(h{at})" for at in range(len(numbers)))
    # Of rows as they are stored, without their numbers: those depend on the order of the rest.
    found = server.query(
        f"SELECT f, COUNT(*), {sums} FROM (SELECT r.f AS f, {', '.join(numbers)} FROM {relation.source} r) h GROUP BY f"
    )
    meaning = [
        [one.name, one.kind.value, str(one.scale), list(one.codes) if one.codes is not None else None]
        for one in relation.columns.values()
    ]
    known = {relation.files[int(place)]: [str(part) for part in rest] for place, *rest in found}
    return {name: digest("rows of a table", meaning, known.get(name, ["0"])) for name in relation.files}
