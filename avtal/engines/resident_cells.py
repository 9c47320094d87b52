"""The cells of one column of a table that lies on a server: what is taken there, and what is read here.

Cells of the plainest forms (numbers in number columns, dates in date columns, codes in printable ASCII) are tested and
taken by the server alone. What is left, and columns with few different codes, are brought here as a list of different
values, each once, and read by the readers of `avtal.reading`, so that what is read and what is refused is the same as
from a file. No row is brought.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import lcm
from typing import Any, cast

from attrs import define, evolve, field

from avtal.engines.load import LARGEST, SQL_TYPES, divisors
from avtal.engines.resident_sql import INEXACT, WHOLE, Plain, Spelling
from avtal.reading.cells import CellReader, NumberReader, Undecided
from avtal.reading.numerals import Refused
from avtal.reading.worker_parquet import cell as tagged_cell
from interpreter.facts import Cell, Column, Kind
from interpreter.sets.relation import ColumnInfo, Stored

MOST_READ = 50_000
"""The most different values of a column that are read here."""

LISTED, SHARE = 1_000, 20
"""The different codes of a column are listed when they are no more than `LISTED`, or than one for `SHARE` rows."""

TEXTS = (Kind.CODE, Kind.TEXT, Kind.CHOICE)


@define(eq=False)
class Met:
    """What is known of one column of one table.

    Args:
        column: the fact's column.
        heading: as it stands in the table; empty when the table has no such column.
        x: the SQL name of its raw cells.
        stored: the type that they are stored as, in DuckDB's words.
        reader: the reader of its cells.
        plain: the cells that the server takes alone; `None` when all are read here.
        answers: what was read here, by the cell's text.
        refused: what was refused, by the cell's text.
        empty: the value of an empty cell, or of every row when the table has no such column.
        empty_refused: why an empty cell is refused.
        there: whether some row has a cell.
        many: whether more cells need a look than are read here.
        listed: whether every cell was read here.
        scale: the least common denominator of the numbers.
        low, high: the smallest and the largest number; `None` when there is none.
        missing: whether some cell is missing.
    """

    column: Column
    heading: str
    x: str
    stored: str
    reader: CellReader
    plain: Plain | None = None
    answers: dict[str, Cell] = field(factory=dict)
    refused: dict[str, Refused] = field(factory=dict)
    undecided: dict[str, Undecided] = field(factory=dict)
    empty: Cell = None
    empty_refused: Refused | None = None
    there: bool = False
    many: bool = False
    listed: bool = False
    scale: int = 1
    low: Fraction | None = None
    high: Fraction | None = None
    missing: bool = False

    @property
    def bad(self) -> bool:
        """Whether some cell is refused."""
        return bool(self.refused) or self.empty_refused is not None

    def take(self, cell: Cell) -> None:
        """Note a value that some row has."""
        if cell is None:
            self.missing = True
        elif isinstance(cell, Fraction):
            self.scale = lcm(self.scale, cell.denominator)
            self.low = cell if self.low is None else min(self.low, cell)
            self.high = cell if self.high is None else max(self.high, cell)

    def meet_empty(self) -> None:
        """Read an empty cell, which some row has."""
        answer = self.reader("", 0)
        if isinstance(answer, Refused):
            self.empty_refused = answer
        elif not isinstance(answer, Undecided):
            self.empty = answer
            self.take(answer)

    def meet(self, text: str) -> None:
        """Read a cell, which some row has."""
        answer = self.reader(tagged(self.stored, text), 0)
        if isinstance(answer, Refused):
            self.refused[text] = _without_place(answer)
        elif isinstance(answer, Undecided):
            self.undecided[text] = answer
        else:
            self.answers[text] = answer
            self.take(answer)

    def decide(self, others: str) -> None:
        """Give undecided numbers the decimal sign of the column, or of the table's other columns."""
        reader = cast("NumberReader", self.reader)  # no other leaves a cell undecided
        for text, found in self.undecided.items():
            answer = reader.decide(found, others)
            if isinstance(answer, Refused):
                self.refused[text] = answer
            elif not isinstance(answer, Undecided):
                self.answers[text] = answer
                self.take(answer)
        self.undecided.clear()

    def texts(self) -> set[str] | None:
        """Its different texts; `None` when they are not all known here."""
        if self.heading and not self.listed:
            return None
        return {cell for cell in (*self.answers.values(), self.empty) if isinstance(cell, str)}


def tagged(stored: str, text: str) -> str:
    """A cell that the server gave as text, as `avtal.reading.cells.TAGS` has it."""
    if stored in WHOLE:
        return f"n{text}"
    if stored.startswith("DECIMAL"):
        try:
            return tagged_cell(Decimal(text)) if Decimal(text).is_finite() else f"x{text}"
        except InvalidOperation:
            return f"x{text}"
    if stored in INEXACT:
        return tagged_cell(float(text))
    if stored == "DATE":
        return f"d{text}"
    if stored == "TIMESTAMP":
        day, _, time = text.partition(" ")
        return f"d{day}" if not time.strip("0:.") else f"D{text}"
    if stored == "BOOLEAN":
        return "b1" if text in ("true", "t") else "b0"
    return f"t{text}"


def _without_place(refused: Refused) -> Refused:
    """Without the row that proved a decimal sign: the different values of a column have no order."""
    args = dict(refused.args)
    if args.get("because") == "row-of":
        args["because"] = "other-rows"
        args.pop("line", None)
    return evolve(refused, args=tuple(args.items()))


def profile(columns: Sequence[Met], there_is: str, source: str, server: Any, spelling: Spelling) -> tuple[int, int]:
    """Ask about all columns of a table at once: what is missing, what needs a look, and the ends of numbers.

    Args:
        columns: those that are read.
        there_is: the condition that a row is not blank.
        source: the table.
        server: the server.
        spelling: its.

    Returns:
        How many rows there are, and how many of them are blank.
    """
    asked = ["COUNT(*)", f"COALESCE(SUM(CASE WHEN {there_is} THEN 0 ELSE 1 END), 0)"]
    for met in columns:
        asked.append(f"COUNT({met.x})")
        if met.plain is not None:
            asked.append(f"COALESCE(SUM(CASE WHEN {met.plain.test} THEN 1 ELSE 0 END), 0)")
            if met.column.kind is Kind.NUMBER:
                own = f"CASE WHEN {met.plain.test} THEN {met.plain.value} END"
                asked += [f"MIN({own})", f"MAX({own})"]
    ((rows, blank, *found),) = server.query(f"SELECT {', '.join(asked)} FROM {source} r")
    answers = iter(found)
    wholes: list[Met] = []
    for met in columns:
        there = next(answers)
        if there < rows - blank:
            met.meet_empty()
        taken = 0
        if met.plain is not None:
            taken = next(answers)
            if met.column.kind is Kind.NUMBER:
                low, high = next(answers), next(answers)
                if low is not None:
                    wholes.append(met)
                    for end in (low, high):
                        met.take(Fraction(int(end)) * met.plain.one)
                    met.scale = met.plain.one.denominator
        met.there, met.many = there > 0, there > taken
    _shared(wholes, source, server, spelling)
    return int(rows), int(blank)


def _shared(columns: Sequence[Met], source: str, server: Any, spelling: Spelling) -> None:
    """Find the least scale in which the plain numbers of each column are whole."""
    asked: list[str] = []
    whose: list[tuple[Met, int]] = []
    for met in columns:
        own = cast("Plain", met.plain)
        ends = [abs(end / own.one) for end in (met.low, met.high) if end is not None]
        if max(ends, default=Fraction(0)) > LARGEST:
            continue
        for divisor in divisors(own.one.denominator):
            if divisor > 1:
                rest = f"CASE WHEN {spelling.cast}({own.value} AS BIGINT) % {divisor} <> 0 THEN 1 ELSE 0 END"
                asked.append(f"MAX(CASE WHEN {own.test} THEN {rest} ELSE 0 END)")
                whose.append((met, divisor))
    if not asked:
        return
    (found,) = server.query(f"SELECT {', '.join(asked)} FROM {source} r")
    for (met, divisor), rest in zip(whose, found, strict=True):
        if rest == 0:
            met.scale = min(met.scale, cast("Plain", met.plain).one.denominator // divisor)


def look(met: Met, rows: int, source: str, server: Any, spelling: Spelling, *, private: bool) -> None:
    """Read the different cells that need it: those that are not plain, or all of a column with few different codes.

    Args:
        met: the column; `many` says whether some cell is not plain.
        rows: how many rows there are.
        source: the table.
        server: the server.
        spelling: its.
        private: whether codes are not to be listed: those of the rows' own key.
    """
    there = f"{met.x} IS NOT NULL"
    if met.column.kind in TEXTS and not private:
        most = max(LISTED, min(MOST_READ, rows // SHARE))
        few = f"SELECT DISTINCT {spelling.as_text(met.x)} AS x FROM {source} r WHERE {there} LIMIT {most + 1}"
        counted = f"SELECT d.x, COUNT(*) OVER () AS k FROM ({few}) d"
        codes = sorted(str(text) for (text,) in server.query(f"SELECT c.x FROM ({counted}) c WHERE c.k <= {most}"))
        if codes or not met.there:
            met.plain, met.listed, met.many = None, True, False
            for text in codes:
                met.meet(text)
            return
    if not met.many:
        return
    rest = there if met.plain is None else f"{there} AND NOT COALESCE({met.plain.test}, FALSE)"
    values = f"SELECT DISTINCT {spelling.as_text(met.x)} AS x FROM {source} r WHERE {rest} LIMIT {MOST_READ + 1}"
    found = sorted(str(text) for (text,) in server.query(values))
    met.many = len(found) > MOST_READ
    for text in found:
        met.meet(text)


def info(column: Column, at: int, parts: Sequence[Met]) -> ColumnInfo:
    """What the integers of a column mean, in all tables of a fact together."""
    own = ColumnInfo(name=column.name, sql=f"c{at}", kind=column.kind, missing=any(part.missing for part in parts))
    if column.kind in TEXTS:
        known = [part.texts() for part in parts]
        texts = {text for some in known if some is not None for text in some}
        return evolve(own, codes=tuple(sorted(texts)) if None not in known else None)
    if column.kind is not Kind.NUMBER:
        return own
    scale = lcm(*(part.scale for part in parts))
    low = min((part.low for part in parts if part.low is not None), default=Fraction(0))
    high = max((part.high for part in parts if part.high is not None), default=Fraction(0))
    return evolve(own, scale=scale, low=int(low * scale), high=int(high * scale))


def stored_cell(cell: Cell, of: ColumnInfo, codes: Mapping[str, int]) -> Stored:
    """A cell that was read here, as it is stored."""
    if isinstance(cell, Fraction):
        return int(cell * of.scale)
    if isinstance(cell, str) and of.codes is not None:
        return codes[cell]
    return cell


def stored_type(of: ColumnInfo) -> str:
    """The type of a column as it is stored."""
    if of.kind is Kind.NUMBER and max(-of.low, of.high) > LARGEST:
        return "HUGEINT"
    return SQL_TYPES.get(of.kind) or ("TEXT" if of.codes is None else "INTEGER")
