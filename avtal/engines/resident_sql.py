"""How tables that lie on a server are asked about in the SQL of that server: names, forms of cells, sums of hashes.

Guarantees: names of a stranger's table stand in quotes, and no value of a cell is ever written into a query.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from attrs import frozen

from avtal.reading.cells import LONGEST, CellReader, NumberReader
from avtal.reading.numerals import MOST_DECIMALS, MOST_WHOLE
from interpreter.facts import Kind

WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT"})
INEXACT = frozenset({"FLOAT", "DOUBLE"})
MOST_SCALE = 18
"""A column of more decimals than this has its numbers read one by one."""

FARTHEST = 10**30
PART, PARTS = 15, 2
"""So many hexadecimal digits of a row's hash are added up as one number, and so many numbers there are."""


@frozen
class Spelling:
    """What the servers spell differently.

    Args:
        mark: what stands around a name.
        text: the type of texts.
        as_it_is: what stands after a value made a text, so that it is compared byte by byte, whatever its column says,
            and so that Sail does not take the text of the least number for the least text, which it stumbles on.
        wide: the type of whole numbers beyond 63 bits.
        matches: the condition that a text has something of a pattern.
        truncated: a number without what is beyond so many decimals.
        scaled: a number of at most so many decimals, as a whole number of its smallest part.
        midnight: the condition that a point in time is a midnight.
        quotient: a whole number by one that divides it.
        sha256: the hexadecimal SHA-256 of a text.
        number: a hexadecimal number of `PART` digits.
        cast: the word for a cast of what stands behind a test: some servers work it out even where the test fails.
        views: whether what is kept is a view that is worked out each time, not a table.
    """

    mark: str
    text: str
    as_it_is: str
    wide: str
    matches: Callable[[str, str], str]
    truncated: Callable[[str, int], str]
    scaled: Callable[[str, int], str]
    midnight: Callable[[str], str]
    quotient: Callable[[str, int], str]
    sha256: Callable[[str], str]
    number: Callable[[str], str]
    cast: str
    views: bool

    def name(self, *parts: str) -> str:
        """A name of several parts, in quotes."""
        return ".".join(f"{self.mark}{part.replace(self.mark, self.mark * 2)}{self.mark}" for part in parts)

    def as_text(self, sql: str) -> str:
        """A value as text."""
        return f"(CAST({sql} AS {self.text}){self.as_it_is})"

    def type(self, kind: str) -> str:
        """A type as the server calls it."""
        return {"TEXT": self.text, "HUGEINT": self.wide}.get(kind, kind)


def _decimal(sql: str, decimals: int) -> str:
    return f"TRY_CAST({sql} AS DECIMAL({MOST_WHOLE + decimals}, {decimals}))"


POSTGRES = Spelling(
    mark='"',
    text="TEXT",
    as_it_is=' COLLATE "C"',
    wide="NUMERIC",
    matches=lambda x, pattern: f"({x} ~ '{pattern}')",
    truncated=lambda x, decimals: f"trunc(CAST({x} AS NUMERIC), {decimals})",
    scaled=lambda x, decimals: f"trunc(CAST({x} AS NUMERIC) * {10**decimals})",
    midnight=lambda x: f"(date_trunc('day', {x}) = {x})",
    quotient=lambda x, by: f"({x} / {by})",
    sha256=lambda x: f"encode(sha256(convert_to({x}, 'UTF8')), 'hex')",
    number=lambda x: f"CAST(CAST(('x' || lpad({x}, 16, '0')) AS BIT(64)) AS BIGINT)",
    cast="CAST",
    views=False,
)
SPARK = Spelling(
    mark="`",
    text="STRING",
    as_it_is=" || ''",
    wide="DECIMAL(38, 0)",
    matches=lambda x, pattern: f"({x} RLIKE '{pattern}')",
    truncated=_decimal,
    scaled=lambda x, decimals: (
        f"CAST({_decimal(x, decimals)} * CAST({10**decimals} AS DECIMAL({decimals + 1}, 0)) AS DECIMAL(38, 0))"
    ),
    midnight=lambda x: f"(CAST(CAST({x} AS DATE) AS TIMESTAMP) = {x})",
    quotient=lambda x, by: f"({x} div {by})",
    sha256=lambda x: f"sha2({x}, 256)",
    number=lambda x: f"CAST(conv({x}, 16, 10) AS BIGINT)",
    cast="TRY_CAST",
    views=True,
)
SPELLINGS = {"postgres": POSTGRES, "spark": SPARK}


@frozen
class Plain:
    """Cells that the server takes by itself, without a look at them here.

    Args:
        test: the condition that a cell is one.
        value: its value: of a number a whole one, of which each is `one` base unit.
        one: as said.
    """

    test: str
    value: str
    one: Fraction = Fraction(1)


def plain(reader: CellReader, stored: str, x: str, spelling: Spelling) -> Plain | None:
    """The cells of a column that need no reader; `None` when all do.

    Args:
        reader: the reader of the column.
        stored: the type that it is stored as, in DuckDB's words.
        x: the column.
        spelling: the server's.
    """
    kind = reader.column.kind
    if reader.translates:
        return None
    if isinstance(reader, NumberReader):
        return _number(reader, stored, x, spelling)
    match kind:
        case Kind.CODE | Kind.TEXT if stored == "VARCHAR":
            text = spelling.as_text(x)
            ends = f"{text} NOT LIKE ' %' AND {text} NOT LIKE '% '"
            seen = f"{text} <> '' AND NOT {spelling.matches(text, '[^ -~]')} AND {ends}"
            return Plain(f"({seen} AND length({text}) <= {LONGEST})", text)
        case Kind.CODE | Kind.TEXT if stored in WHOLE or re.fullmatch(r"DECIMAL\([0-9]+,0\)", stored):
            return Plain(f"({x} IS NOT NULL)", spelling.as_text(x))
        case Kind.DATE if stored == "DATE":
            return Plain(_years(x), x)
        case Kind.DATE if stored == "TIMESTAMP":
            day = f"CAST({x} AS DATE)"
            return Plain(f"({_years(day)} AND {spelling.midnight(x)})", day)
        case Kind.BOOL if stored == "BOOLEAN":
            return Plain(f"({x} IS NOT NULL)", x)
    return None


def _years(day: str) -> str:
    return f"({day} BETWEEN DATE '1900-01-01' AND DATE '2100-12-31')"


def _number(reader: NumberReader, stored: str, x: str, spelling: Spelling) -> Plain | None:
    decimals = 0
    if stored == "VARCHAR":
        text = spelling.as_text(x)
        found = f"length({text}) <= {MOST_WHOLE + 1} AND {spelling.matches(text, f'^-?[0-9]{{1,{MOST_WHOLE}}}$')}"
        value = f"{spelling.cast}({text} AS {spelling.wide})"
    elif stored in WHOLE or stored.startswith("DECIMAL"):
        scale = _scale(stored)
        if scale is not None and scale > MOST_SCALE:
            return None
        decimals = MOST_DECIMALS if scale is None else min(scale, MOST_DECIMALS)
        found = f"{x} > -{10**MOST_WHOLE} AND {x} < {10**MOST_WHOLE}"
        value = spelling.scaled(x, decimals)
        if scale is None or scale > MOST_DECIMALS:
            found = f"CASE WHEN {found} THEN {spelling.truncated(x, decimals)} = {x} ELSE FALSE END"
    else:
        return None
    one = reader.unit.factor / 10**decimals
    bounds = []
    for bound, sign in ((reader.column.low, ">="), (reader.column.high, "<=")):
        if bound is not None:
            least = bound / one
            whole = -(-least.numerator // least.denominator) if sign == ">=" else least.numerator // least.denominator
            bounds.append(f" AND {value} {sign} {max(-FARTHEST, min(FARTHEST, whole))}")
    # A CASE, because the value of a cell that is no number can't be asked for.
    return Plain(f"(CASE WHEN {found} THEN TRUE{''.join(bounds)} ELSE FALSE END)", value, one)


def _scale(stored: str) -> int | None:
    """The decimals of a type; `None` when it has any number of them."""
    if stored in WHOLE:
        return 0
    found = re.fullmatch(r"DECIMAL\([0-9]+,(-?[0-9]+)\)", stored)
    return max(0, int(found[1])) if found else None


def hashes(columns: Sequence[tuple[str, Kind, bool]], spelling: Spelling) -> list[str]:
    """Numbers of which the sums over all rows stand for the rows, in whatever order they come.

    Args:
        columns: the name of each column that is stored, its kind, and whether it is text there.
        spelling: the server's.
    """
    parts = []
    for name, kind, text in columns:
        own = f"CASE WHEN {name} THEN '1' ELSE '0' END" if kind is Kind.BOOL else spelling.as_text(name)
        if text:
            own = f"{spelling.as_text(f'length({name})')} || ':' || {name}"
        parts.append(f"CASE WHEN {name} IS NULL THEN '-' ELSE {own} END")
    whole = spelling.sha256(" || '|' || ".join(parts))
    return [spelling.number(f"substr({whole}, {start}, {PART})") for start in range(1, PARTS * PART, PART)]
