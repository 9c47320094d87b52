"""The rows of one fact from its files to one Parquet file of integers: the last step of a snapshot.

Guarantees: what `interpreter.sets.relation` says of a relation. Rows come only of files that were read to their end
without a problem, and the problems are those that `avtal.reading` reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import cast

from attrs import define, field

from avtal.engines.coding import REFUSED, TEXTS, UNTOLD, Coded, coded, constant, texts_of, value_of
from avtal.engines.duck import DuckEngine, quoted
from avtal.engines.load import LARGEST, MOST_FILES, MOST_LINES
from avtal.engines.manifest import ROWS, Manifest, SourceFile, Stamp, guard, stamp
from avtal.engines.staging import Staged, Stager
from avtal.reading.problems import KEPT, DataProblem
from avtal.reading.rows import Problems, cell_problem, doubled
from interpreter.facts import Column, Fact, Kind, Row
from interpreter.sets.relation import MOST_CODES, ColumnInfo, EngineError, Month

_FILE = 1 << 32
"""More than any line of a file."""

_REFUSED = _FILE * MOST_FILES
"""More than any line of the last file."""

MOST_MONTHS = 20_000
"""The most counts of rows by parties and month that a snapshot keeps."""


class UnfitError(Exception):
    """The data are right, but have no integers that a set engine can use."""


@define(eq=False)
class Part:
    """One file of the fact: its reading, its stamp when that began, and its columns when it could be read."""

    stager: Stager
    stamp: Stamp
    columns: dict[str, Coded] = field(factory=dict)
    rows: int = 0
    twice: list[DataProblem] = field(factory=list)

    def problems(self) -> list[DataProblem]:
        """All that is wrong with it, doubled keys apart."""
        return self.stager.problems.all()

    @property
    def staged(self) -> Staged:
        """Where its cells are."""
        return cast("Staged", self.stager.staged)


def code(part: Part, engine: DuckEngine, folder: Path) -> None:
    """Read the cells of a file, and report those that are refused, in the order that `avtal.reading` does."""
    staged, problems = part.staged, part.stager.problems
    try:
        columns = coded(staged, engine, str(folder))
        counted = engine.query(f"SELECT count(*), max(n) FROM {staged.source} WHERE NOT b")
        found = list(_refused(staged, columns, engine))
    except (EngineError, ValueError, OverflowError):
        if not staged.typed:
            raise
        problems.add(part.stager.problem("AVD40", kind="parquet"))
        part.stager.staged = None
        return
    part.rows, last = (int(cast("int", value or 0)) for value in counted[0])
    if last > MOST_LINES:
        raise UnfitError(f"{staged.name}: too many lines")
    for problem in found:
        problems.add(problem)
    problems.count(staged.lines.more)
    fact = cast("Fact", part.stager.fact)
    given = dict(staged.how.constants)
    there = {column.column.name: column for column in columns}
    part.columns = {c.name: there.get(c.name) or constant(c, given.get(c.name)) for c in fact.columns}


def _refused(staged: Staged, columns: Sequence[Coded], engine: DuckEngine) -> Iterator[DataProblem]:
    """The problems of the rows, those of cells that the rest of their column decides last."""
    width = len(columns)
    found = [(p.row, width, p) for p in staged.lines.kept]
    untold: list[tuple[int, int, DataProblem]] = []
    more = 0
    for at, column in enumerate(columns):
        if not column.bad:
            continue
        for state, into in ((REFUSED, found), (UNTOLD, untold)):
            cells = f"read_parquet({quoted(column.cells)}) c JOIN {column.table} a USING (id)"
            rows = f"{staged.source} r JOIN {cells} ON r.{column.x} IS NOT DISTINCT FROM c.x WHERE a.bad = {state}"
            kept = engine.query(f"SELECT r.n, a.id FROM {rows} ORDER BY r.n LIMIT {KEPT}")
            for line, number in cast("Sequence[tuple[int, int]]", kept):
                text, refused = column.refused[number]
                into.append((line, at, cell_problem(staged.name, line, column.heading, text, refused)))
            if len(kept) == KEPT:
                ((whole,),) = engine.query(f"SELECT count(*) FROM {rows}")
                more += cast("int", whole) - KEPT
    yield from (problem for _, _, problem in sorted(found, key=lambda one: one[:2]))
    yield from (problem for _, _, problem in sorted(untold, key=lambda one: one[:2]))
    staged.lines.more += more


def build(fact: Fact, parts: Sequence[Part], key: str, engine: DuckEngine, folder: Path) -> Manifest | None:
    """Write the rows of a fact to `folder`, or report what stands in the way to the parts' problems.

    Args:
        fact: the fact.
        parts: its files, in the order that they were given; those that could not be read are told by their problems.
        key: the snapshot's digest.
        engine: where their cells are.
        folder: where the file of rows goes.

    Raises:
        UnfitError: the data have no integers that fit.
        EngineError: the engine could not.
    """
    read = [part for part in parts if part.stager.staged is not None]
    whole = len(read) == len(parts) and not any(part.problems() for part in parts)
    if len(parts) > MOST_FILES:
        raise UnfitError(f"{fact.name}: too many files")
    infos = {column.name: _info(column, at, read, whole=whole) for at, column in enumerate(fact.columns, 1)}
    for at, info in enumerate(infos.values(), 1):
        if info.codes is not None:
            engine.table(f"words{at}", (("code", "TEXT"), ("i", "INTEGER")), [(c, i) for i, c in enumerate(info.codes)])
    names = sorted(part.stager.source.name for part in parts)
    wanted = list(infos.values()) if whole else [infos[name] for name in fact.keys]
    file = folder / ROWS
    if whole or (fact.keys and read):
        selects = [_select(part, fact, wanted, names.index(part.staged.name), whole=whole) for part in read]
        engine.write(" UNION ALL ".join(selects), file, compact=True)
        guard(file)
        _twins(fact, infos, read, names, engine, file, whole=whole)
    for part in parts:
        if part.stager.staged is not None and stamp(part.stager.source.file) != part.stamp:
            part.stager.problems.add(part.stager.problem("AVD49"))
    if any(part.problems() or part.twice for part in parts):
        file.unlink(missing_ok=True)
        return None
    sources = tuple(SourceFile(p.stager.source.name, p.stamp, p.stager.sha256, p.rows) for p in parts)
    months = months_of(fact, infos, file, engine)
    return Manifest(key=key, fact=fact.name, sources=sources, rows=stamp(file), columns=infos, months=months)


def months_of(fact: Fact, infos: Mapping[str, ColumnInfo], file: Path, engine: DuckEngine) -> Sequence[Month] | None:
    """How many rows each pair of parties has in each month; `None` where days or parties don't tell, or in too many."""
    parties = [infos[name] if name else None for name in (fact.provider, fact.buyer)]
    if not fact.dated or infos[fact.dated].missing or any(info is not None and info.codes is None for info in parties):
        return None
    day = infos[fact.dated].sql
    columns = [info.sql if info is not None else "CAST(NULL AS INTEGER)" for info in parties]
    month = f"CAST(year({day}) * 12 + month({day}) - 1 AS BIGINT)"
    counted = f"SELECT {', '.join([*columns, month])}, COUNT(*) FROM read_parquet({quoted(str(file))})"
    sql = f"{counted} GROUP BY ALL ORDER BY ALL LIMIT {MOST_MONTHS + 1}"
    found = [(a, b, m, n) for a, b, m, n in cast("Sequence[Month]", engine.query(sql))]
    return found if len(found) <= MOST_MONTHS else None


def _info(column: Column, at: int, parts: Sequence[Part], *, whole: bool) -> ColumnInfo:
    """What the integers of a column mean, in all files together."""
    every = [part.columns[column.name] for part in parts]
    missing = any(one.missing for one in every)
    codes: tuple[str, ...] | None = None
    scale, low, high = 1, 0, 0
    if column.kind in TEXTS:
        texts = texts_of(every)
        codes = None if texts is None or len(texts) > MOST_CODES else tuple(sorted(texts))
    if column.kind is Kind.NUMBER:
        scale = lcm(*(one.scale for one in every))
        low = int(min((one.low * scale for one in every if one.low is not None), default=Fraction(0)))
        high = int(max((one.high * scale for one in every if one.high is not None), default=Fraction(0)))
        if whole and max(scale, -low, high) > LARGEST:
            raise UnfitError(f"{column.name}: a number does not fit 63 bits")
    return ColumnInfo(
        name=column.name,
        sql=f"c{at}",
        kind=column.kind,
        scale=scale,
        low=low,
        high=high,
        missing=missing,
        codes=codes,
    )


def _select(part: Part, fact: Fact, wanted: Sequence[ColumnInfo], place: int, *, whole: bool) -> str:
    """The SELECT that gives a file's rows as they are stored; of keys, only rows whose keys could be read."""
    values: list[str] = []
    joins: list[str] = []
    asked = {info.name for info in wanted}
    bad: list[str] = ["r.b"]
    unread: list[str] = []
    for at, column in enumerate(fact.columns, 1):
        one = part.columns[column.name]
        info = next((info for info in wanted if info.name == column.name), None)
        if info is None and (whole or not one.bad):
            continue
        codes = info.codes if info is not None else None
        scale = info.scale if info is not None else one.scale
        value, join = value_of(one, scale, None if codes is None else {c: i for i, c in enumerate(codes)}, f"words{at}")
        joins.append(join)
        if info is not None:
            values.append(f"{value} AS {info.sql}")
        if one.bad:
            refused = f"coalesce(m{one.x}.bad, 0) <> 0"
            if one.empty_refused is not None:
                refused = f"({refused} OR r.{one.x} IS NULL)"
            bad.append(refused)
            unread += [refused] * (column.name in asked)
    flag = "" if whole else f", {' OR '.join(bad)} AS bad"
    where = f" WHERE NOT ({' OR '.join(unread)})" if unread else ""
    listed = "".join(f"{value}, " for value in values)
    ends = f"CAST({place} AS SMALLINT) AS f, CAST(r.n AS INTEGER) AS n{flag}"
    return f"SELECT {listed}{ends} FROM {part.staged.source} r{''.join(joins)}{where}"


def _twins(
    fact: Fact,
    infos: Mapping[str, ColumnInfo],
    parts: Sequence[Part],
    names: Sequence[str],
    engine: DuckEngine,
    file: Path,
    *,
    whole: bool,
) -> None:
    """Report every row whose key another row has too, in the order in which `doubled` comes upon them.

    However many they are, each is counted by the engine, and of each file only the first `KEPT` are looked at here.

    Raises:
        EngineError: the engine finds doubled keys, and no rows that have them.
    """
    if not fact.keys:
        return
    # A file that does not have a column of the key has rows without a key.
    keyed = [p for p in parts if all(p.columns[k].table or k in dict(p.staged.how.constants) for k in fact.keys)]
    placed = {names.index(part.staged.name): part for part in keyed}
    engine.table("given", (("f", "SMALLINT"), ("o", "BIGINT")), [(place, at) for at, place in enumerate(placed)])
    columns = [infos[name] for name in fact.keys]
    listed = ", ".join(column.sql for column in columns)
    # Where a row stands: those that were refused after the others, file by file as they were given.
    flag = "0" if whole else f"CASE WHEN bad THEN {_REFUSED} ELSE 0 END"
    rows = f"(SELECT {listed}, f, n, {flag} + o * {_FILE} + n AS p FROM read_parquet({quoted(str(file))}) JOIN given"
    rows += " USING (f))"
    if not engine.query(f"SELECT {listed} FROM {rows} GROUP BY {listed} HAVING count(*) > 1 LIMIT 1"):
        return
    groups = f"SELECT {listed}, min(p) AS one FROM {rows} GROUP BY {listed} HAVING count(*) > 1"
    same = " AND ".join(f"r.{column.sql} IS NOT DISTINCT FROM t.{column.sql}" for column in columns)
    met = f"WITH m AS (SELECT r.*, t.one FROM {rows} r JOIN ({groups}) t ON {same})"
    seconds = "SELECT one, min(p) AS two FROM m WHERE p > one GROUP BY one"
    # The first of a group is told when the second is met, just after it.
    told = "CASE WHEN p = one THEN 2 * two + 1 ELSE 2 * p END AS told, CASE WHEN p = one THEN two ELSE one END AS other"
    twins = f"SELECT m.*, {told} FROM m JOIN ({seconds}) USING (one)"
    ranked = "row_number() OVER (PARTITION BY f ORDER BY told) AS rank, count(*) OVER (PARTITION BY f) AS every"
    first = f"{met} SELECT f, n, every, other, {listed} FROM (SELECT *, {ranked} FROM ({twins})) WHERE rank <= {KEPT}"
    found = engine.query(f"{first} ORDER BY f, rank")
    if not found:
        raise EngineError(f"{fact.name}: doubled keys")
    order = list(placed)
    told_of = {place: Problems(part.staged.name) for place, part in placed.items()}
    more: dict[int, int] = {}
    for row in found:
        place, line, every, at = cast("tuple[int, int, int, int]", row[:4])
        stands = (order[at % _REFUSED // _FILE], at % _FILE)
        pair = [_row(fact, columns, names, where, row[4:]) for where in (stands, (place, line))]
        told_of[place].add(next(doubled(fact, pair)))
        more[place] = max(every - KEPT, 0)
    for place, part in placed.items():
        told_of[place].count(more.get(place, 0))
        part.twice.extend(told_of[place].all())


def _row(
    fact: Fact, columns: Sequence[ColumnInfo], names: Sequence[str], where: tuple[int, int], key: Sequence[object]
) -> Row:
    """A row, of which only the key is known."""
    cells: dict[str, object] = {}
    for column, value in zip(columns, key, strict=True):
        cells[column.name] = value
        if isinstance(value, int) and not isinstance(value, bool):
            cells[column.name] = Fraction(value, column.scale) if column.codes is None else column.codes[value]
    return Row(fact.name, cast("dict[str, str]", cells), names[where[0]], where[1])
