"""What the engines say differently. All else that is emitted means the same in DuckDB, PostgreSQL and Spark SQL.

Only integers are reckoned with, and the one division is of integers that are not negative, by a positive one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dsl.classes import frozen
from interpreter.sets.relation import Stored
from interpreter.sets.values import day_literal, text_literal


@frozen
class Dialect:
    """One engine's spellings.

    Args:
        name: the engine's.
        wide: the type for integers beyond 63 bits.
        text: the type for texts.
        quotient: integer division as a pattern of `{a}` and `{b}`, both not negative.
        days: the days from `{b}` to `{a}`.
        later: `{a}` moved by `{b}` days.
        year, month, day: parts of the date `{a}` as integers.
        order: what stands after a text that is ordered by.
        wide_division: whether the wide type can be divided.
    """

    name: str
    wide: str
    text: str
    quotient: str
    days: str
    later: str
    year: str
    month: str
    day: str
    order: str
    wide_division: bool = True

    def final(self, sql: str) -> str:
        """The statement as it is sent."""
        return sql.replace("{wide}", self.wide)

    def rows(self, alias: str, types: Sequence[tuple[str, str]], rows: Sequence[Sequence[object]]) -> str:
        """A small table written out in the query."""
        names = ", ".join(name for name, _ in types)
        if not rows:
            columns = ", ".join(f"CAST(NULL AS {self.type(kind)}) AS {name}" for name, kind in types)
            return f"(SELECT {columns} WHERE FALSE) {alias}"
        first = ", ".join(
            f"CAST({self.value(value)} AS {self.type(kind)})" for value, (_, kind) in zip(rows[0], types, strict=True)
        )
        more = [f"({', '.join(map(self.value, row))})" for row in rows[1:]]
        return f"(VALUES {', '.join([f'({first})', *more])}) AS {alias}({names})"

    def type(self, kind: str) -> str:
        """A type as the engine calls it."""
        return self.text if kind == "TEXT" else kind

    def value(self, value: object) -> str:
        """A value of a small table."""
        match value:
            case None:
                return "NULL"
            case bool():
                return "TRUE" if value else "FALSE"
            case int():
                return str(value)
            case date():
                return day_literal(value)
            case _:
                return text_literal(str(value))


DUCKDB = Dialect(
    name="duckdb",
    wide="HUGEINT",
    text="VARCHAR",
    quotient="({a} // {b})",
    days="({a} - {b})",
    later="({a} + CAST({b} AS INTEGER))",
    year="year({a})",
    month="month({a})",
    day="day({a})",
    order="",
)
POSTGRES = Dialect(
    name="postgres",
    wide="NUMERIC",
    text="TEXT",
    quotient="div({a}, {b})",
    days="CAST({a} - {b} AS BIGINT)",
    later="({a} + CAST({b} AS INTEGER))",
    year="CAST(EXTRACT(YEAR FROM {a}) AS BIGINT)",
    month="CAST(EXTRACT(MONTH FROM {a}) AS BIGINT)",
    day="CAST(EXTRACT(DAY FROM {a}) AS BIGINT)",
    order=' COLLATE "C"',
)
SPARK = Dialect(
    name="spark",
    wide="DECIMAL(38, 0)",
    text="STRING",
    quotient="({a} div {b})",
    days="CAST(datediff({a}, {b}) AS BIGINT)",
    later="date_add({a}, CAST({b} AS INT))",
    year="CAST(year({a}) AS BIGINT)",
    month="CAST(month({a}) AS BIGINT)",
    day="CAST(day({a}) AS BIGINT)",
    order="",
    wide_division=False,
)
DIALECTS = {dialect.name: dialect for dialect in (DUCKDB, POSTGRES, SPARK)}

__all__ = ["DIALECTS", "DUCKDB", "POSTGRES", "SPARK", "Dialect", "Stored"]
