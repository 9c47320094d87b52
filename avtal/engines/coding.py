"""One column of one file, from raw cells to what is stored: the second step of a snapshot.

Every different cell of a column is read once, by the readers of `avtal.reading`, in the order in which the cells first
stand in the file, so that what is read and what is refused is the same as when each row is read. Where a column has a
great many different cells, those of the plainest form (whole numbers and decimals, codes in printable ASCII) are taken
by SQL alone, and the readers see the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import cast

from attrs import define, field, frozen

from avtal.engines.duck import DuckEngine, quoted
from avtal.engines.load import SQL_TYPES, divisors
from avtal.engines.staging import Staged
from avtal.reading.cells import LONGEST, CellReader, NumberReader, Undecided
from avtal.reading.numerals import MOST_DECIMALS, MOST_WHOLE, Refused
from avtal.reading.problems import KEPT
from avtal.reading.worker_parquet import cell as tagged_cell
from interpreter.facts import Cell, Column, Kind

FEW = 90_000
"""A column with about as many different cells has all of them read one by one; the count is an estimate."""

_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_ASCII = "[!-~]([ -~]*[!-~])?"
_WHOLE = f"-?[0-9]{{1,{MOST_WHOLE}}}"
_CHUNK = 20_000

TEXTS = (Kind.CODE, Kind.TEXT, Kind.CHOICE)


@frozen
class Plain:
    """Cells that SQL takes alone.

    Args:
        test: the SQL condition that a cell is one.
        value: the SQL value: of a number a HUGEINT, `scale` of them making one base unit and `times` of it.
        scale, times: as said.
    """

    test: str
    value: str
    scale: int = 1
    times: int = 1


@define(eq=False)
class Coded:
    """What became of one column of one file.

    Args:
        column: the fact's column.
        heading: as it stands in the file.
        x: the SQL name of its raw cells.
        reader: the reader of its cells.
        table: the table with the answers, of the columns `ANSWERS`. Empty when the file has no such column: every row
            then has the value `empty`.
        cells: the file with the cells that `table` has answers for.
        plain: the cells that SQL takes; `None` when every cell has its answer in `table`.
        empty: the value of an empty cell.
        empty_refused: why an empty cell is refused.
        refused: the first cells that are refused, by their number in `table`: their text and why.
        texts: the different texts, when all cells were read one by one.
        scale: the least common denominator of the numbers.
        low, high: the smallest and the largest number; `None` when there is none.
        missing: whether some cell is missing.
        bad: whether some cell is refused.
    """

    column: Column
    heading: str
    x: str
    reader: CellReader
    table: str = ""
    cells: str = ""
    plain: Plain | None = None
    empty: Cell = None
    empty_refused: Refused | None = None
    refused: dict[int, tuple[str, Refused]] = field(factory=dict)
    undecided: list[tuple[int, str, Undecided]] = field(factory=list)
    texts: set[str] | None = None
    scale: int = 1
    low: Fraction | None = None
    high: Fraction | None = None
    missing: bool = False
    bad: bool = False

    def take(self, cell: Cell) -> None:
        """Note a value that was read."""
        if cell is None:
            self.missing = True
        elif isinstance(cell, Fraction):
            self.scale = lcm(self.scale, cell.denominator)
            self.low = cell if self.low is None else min(self.low, cell)
            self.high = cell if self.high is None else max(self.high, cell)
        elif self.texts is not None and isinstance(cell, str):
            self.texts.add(cell)


ANSWERS = (("id", "BIGINT"), ("v", "TEXT"), ("d", "TEXT"), ("bad", "SMALLINT"))
"""Of an answer: its number, its value as text (of a number the numerator), a number's denominator, and 0 when it was
read, 1 when it is refused, 2 when it is refused because its decimal sign can't be told."""

GOOD, REFUSED, UNTOLD = 0, 1, 2


def coded(staged: Staged, engine: DuckEngine, folder: str) -> list[Coded]:
    """Read the cells of every column of a file.

    Args:
        staged: the file.
        engine: where its cells are.
        folder: where the engine may put files.

    Raises:
        EngineError: the engine could not.
    """
    columns = [
        Coded(reader.column, heading, f"x{at}", reader) for at, (_, heading, reader) in enumerate(staged.how.readers, 1)
    ]
    counts = _counts(staged, engine)
    for at, column in enumerate(columns):
        _read(staged, column, at, counts[at], engine, folder)
    signs = {c.reader.decimal for c in columns if isinstance(c.reader, NumberReader) and c.reader.decimal}
    others = signs.pop() if len(signs) == 1 else ""
    for column in columns:
        _decide(column, others, engine)
    return columns


def constant(column: Column, value: Cell) -> Coded:
    """A column that a file does not have: every row has one value, which may be missing."""
    made = Coded(column, "", "", CellReader(column), empty=value, texts=set())
    made.take(value)
    return made


def _counts(staged: Staged, engine: DuckEngine) -> list[int]:
    """About how many different cells each column has."""
    if not staged.types:
        return []
    asked = ", ".join(f"approx_count_distinct(x{at})" for at in range(1, len(staged.types) + 1))
    (counts,) = engine.query(f"SELECT {asked} FROM {staged.source}")
    return [count if isinstance(count, int) else 0 for count in counts]


def _read(staged: Staged, column: Coded, at: int, count: int, engine: DuckEngine, folder: str) -> None:
    x, stored = column.x, staged.types[at]
    column.plain = _plain(column, stored, staged) if count > FEW else None
    if count <= FEW:
        column.texts = set()
    name = f"s{staged.place}{x}"
    column.cells = f"{folder}/{name}.parquet"
    rest = f"WHERE NOT coalesce({column.plain.test}, false)" if column.plain is not None else ""
    first = f"SELECT {x} AS x, min(n) AS n FROM {staged.source} {rest} GROUP BY {x}"
    engine.write(f"SELECT row_number() OVER (ORDER BY n) AS id, x, n FROM ({first})", Path(column.cells))
    column.table = f"answers_{name}"
    engine.table(column.table, ANSWERS, [])
    answers: list[tuple[int, str | None, str | None, int]] = []
    for id_, value, line in engine.stream(f"SELECT id, x, n FROM read_parquet({quoted(column.cells)}) ORDER BY id"):
        answers.append(_answer(column, cast("int", id_), value, cast("int", line), staged))
        if len(answers) == _CHUNK:
            engine.extend(column.table, ANSWERS, answers)
            answers.clear()
    engine.extend(column.table, ANSWERS, answers)
    if column.plain is not None:
        _extremes(staged, column, column.plain, engine)


def _answer(
    column: Coded, number: int, value: object, line: int, staged: Staged
) -> tuple[int, str | None, str | None, int]:
    """Read one cell, note what it is, and give its row of `ANSWERS`."""
    text = tagged_cell(value) if staged.typed else cast("str", value or "")
    answer = column.reader(text, line)
    if isinstance(answer, Undecided):
        column.undecided.append((number, text[staged.typed or staged.tagged :], answer))
        return number, None, None, UNTOLD
    if isinstance(answer, Refused):
        column.bad = True
        if value is None:
            column.empty_refused = answer
        if len(column.refused) <= KEPT:
            column.refused[number] = (text[staged.typed or staged.tagged :], answer)
        return number, None, None, REFUSED
    if value is None:
        column.empty = answer
    column.take(answer)
    return (number, *spelled(answer), GOOD)


def spelled(answer: Cell) -> tuple[str | None, str | None]:
    """A value as `ANSWERS` has it."""
    if answer is None:
        return None, None
    if isinstance(answer, Fraction):
        return str(answer.numerator), str(answer.denominator)
    if isinstance(answer, bool):
        return ("true" if answer else "false"), None
    return (answer.isoformat() if isinstance(answer, date) else answer), None


def _decide(column: Coded, others: str, engine: DuckEngine) -> None:
    """Give the undecided numbers the decimal sign of their column, or of the file's other columns."""
    if not column.undecided:
        return
    reader = cast("NumberReader", column.reader)
    answers: list[tuple[int, str | None, str | None, int]] = []
    told = 0
    for number, text, found in column.undecided:
        answer = reader.decide(found, others)
        if isinstance(answer, Refused):
            column.bad = True
            told += 1
            if told <= KEPT + 1:
                column.refused[number] = (text, answer)
            answers.append((number, None, None, UNTOLD))
        elif not isinstance(answer, Undecided):
            column.take(answer)
            answers.append((number, *spelled(answer), GOOD))
    decided = f"{column.table}_d"
    engine.table(decided, ANSWERS, answers)
    kept = f"SELECT * FROM {column.table} WHERE id NOT IN (SELECT id FROM {decided})"
    column.table = f"(SELECT * FROM {decided} UNION ALL {kept})"
    column.undecided.clear()


def _plain(column: Coded, stored: str, staged: Staged) -> Plain | None:
    """The cells of a column of type `stored` that need no reader."""
    reader, x = column.reader, column.x
    if reader.translates or (staged.tagged and not staged.typed):
        return None
    text = stored == "VARCHAR"
    if column.column.kind in (Kind.CODE, Kind.TEXT):
        if text:
            return Plain(f"(regexp_full_match({x}, '{_ASCII}') AND length({x}) <= {LONGEST})", x)
        return Plain(f"({x} IS NOT NULL)", f"CAST({x} AS VARCHAR)") if stored in _INTEGERS else None
    if not isinstance(reader, NumberReader):
        return None
    if text:
        digits, value, scale = f"regexp_full_match({x}, '{_WHOLE}')", f"CAST({x} AS HUGEINT)", 0
    elif stored in _INTEGERS:
        digits, value, scale = f"abs(CAST({x} AS HUGEINT)) < {10**MOST_WHOLE}", f"CAST({x} AS HUGEINT)", 0
    elif stored.startswith("DECIMAL("):
        scale = int(stored[8:-1].split(",")[1])
        if scale > MOST_DECIMALS:
            return None
        digits = f"abs({x}) < {10**MOST_WHOLE}"
        value = f"CAST({x} * CAST({10**scale} AS DECIMAL({scale + 1}, 0)) AS HUGEINT)"
    else:
        return None
    one = reader.unit.factor / 10**scale
    bounds = []
    for bound, sign in ((column.column.low, ">="), (column.column.high, "<=")):
        if bound is not None:
            least = bound / one
            whole = -(-least.numerator // least.denominator) if sign == ">=" else least.numerator // least.denominator
            bounds.append(f" AND {value} {sign} {max(-(10**30), min(10**30, whole))}::HUGEINT")
    # A CASE, because the value of a cell that is no number can't be compared.
    test = f"(CASE WHEN {digits} THEN true{''.join(bounds)} ELSE false END)"
    return Plain(test, value, one.denominator, one.numerator)


def _extremes(staged: Staged, column: Coded, plain: Plain, engine: DuckEngine) -> None:
    """The least and the greatest of the plain numbers, and the scale that they need."""
    if column.column.kind is not Kind.NUMBER:
        return
    parts = [divisor for divisor in divisors(plain.scale) if divisor > 1]
    value = f"{plain.value} * {plain.times}"
    tests = "".join(f", bool_and(v % {divisor} = 0)" for divisor in parts)
    numbers = f"SELECT {value} AS v FROM {staged.source} WHERE {plain.test}"
    ((low, high, *whole),) = engine.query(f"SELECT min(v), max(v){tests} FROM ({numbers})")
    if not isinstance(low, int) or not isinstance(high, int):
        return
    shared = max((divisor for divisor, holds in zip(parts, whole, strict=True) if holds), default=1)
    column.scale = lcm(column.scale, plain.scale // shared)
    for bound in (Fraction(low, plain.scale), Fraction(high, plain.scale)):
        column.low = bound if column.low is None else min(column.low, bound)
        column.high = bound if column.high is None else max(column.high, bound)


def value_of(column: Coded, scale: int, codes: Mapping[str, int] | None, dictionary: str) -> tuple[str, str]:
    """The SQL value of a column as it is stored, and what must be joined for it.

    Args:
        column: the column of one file.
        scale: the scale of the column in all files.
        codes: the dictionary, if the column has one.
        dictionary: the table with it, of `code` and `i`.
    """
    kind, name = column.column.kind, f"m{column.x}"
    if not column.table:
        stored = SQL_TYPES.get(kind) or ("VARCHAR" if codes is None else "INTEGER")
        return f"CAST({literal(column.empty, scale, codes)} AS {stored})", ""
    if kind is Kind.NUMBER:
        value = f"CAST(CAST(a.v AS HUGEINT) * ({scale}::HUGEINT // CAST(a.d AS HUGEINT)) AS BIGINT)"
    elif kind in TEXTS:
        value = "a.v" if codes is None else "w.i"
    else:
        value = f"CAST(a.v AS {SQL_TYPES[kind]})"
    words = f" LEFT JOIN {dictionary} w ON w.code = a.v" if kind in TEXTS and codes is not None else ""
    cells = f"read_parquet({quoted(column.cells)}) c JOIN {column.table} a USING (id){words}"
    answers = f"SELECT c.x, {value} AS v, a.bad FROM {cells}"
    join = f" LEFT JOIN ({answers}) {name} ON r.{column.x} = {name}.x"
    found = f"{name}.v"
    if column.plain is not None:
        own = column.plain.value
        if kind is Kind.NUMBER:
            times, over = column.plain.times * scale, column.plain.scale
            own = (
                f"CAST({own} * {times} // {over} AS BIGINT)"
                if times % over
                else f"CAST({own} * {times // over} AS BIGINT)"
            )
        found = f"CASE WHEN {column.plain.test} THEN {own} ELSE {found} END"
    if column.empty is not None:
        found = f"CASE WHEN r.{column.x} IS NULL THEN {literal(column.empty, scale, codes)} ELSE {found} END"
    return found, join


def literal(cell: Cell, scale: int, codes: Mapping[str, int] | None) -> str:
    """A value as it is stored, as an SQL literal."""
    if cell is None:
        return "NULL"
    if isinstance(cell, Fraction):
        return f"CAST({cell * scale} AS BIGINT)"
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return f"DATE '{cell.isoformat()}'"
    return quoted(cell) if codes is None else str(codes[cell])


def texts_of(columns: Sequence[Coded]) -> set[str] | None:
    """The different texts of a column in all files; `None` when they were not all read one by one."""
    found: set[str] = set()
    for column in columns:
        if column.texts is None:
            return None
        found |= column.texts
    return found
