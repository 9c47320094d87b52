"""What the engines say differently. All else that is emitted means the same in all of them.

Only integers are reckoned with, and the one division is of integers that are not negative, by a positive one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from attrs import frozen

from dsl.alike import Alike
from interpreter.sets.relation import Stored
from interpreter.sets.values import Refused, day_literal, text_literal

DAY = re.compile(r"DATE '([0-9-]+)'")


@frozen(eq=False, repr=False)
class Dialect(Alike):
    """One engine's spellings.

    Args:
        name: the engine's.
        wide: the type for integers beyond 63 bits; empty when there is none, and a query that needs it is refused.
        text: the type for texts.
        quotient: integer division as a pattern of `{a}` and `{b}`, both not negative.
        days: the days from `{b}` to `{a}`.
        later: `{a}` moved by `{b}` days.
        year, month, day: parts of the date `{a}` as integers.
        order: what stands after a text that is ordered by.
        wide_division: whether the wide type can be divided.
        wide_sums: whether a sum that ordinary integers can't hold is exact, or an error, when they are what is added.
        ordinals: whether dates are integers, 1 being the first day of the calendar.
        names_rows: whether the columns of rows that are written out can be named behind them.
        beside: how rows are joined with their parameters.
        stacked: whether subqueries are written one after another: for an engine whose parser is shallow.
        fence: a limit that limits nothing, for an engine that would put a named value in at each place that asks for
            it, and the values in it again: what names build on each other grows beyond all bounds then.
        far: such a limit for an engine that gains from putting them in, where they have grown enough.
        condition: what stands around the condition of a value by cases, for an engine that concludes from it whether
            the value may be NULL, and comes to two answers.
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
    wide_sums: bool = True
    ordinals: bool = False
    names_rows: bool = True
    beside: str = "JOIN"
    stacked: bool = False
    fence: str = ""
    far: str = ""
    condition: tuple[str, str] = ("", "")

    def final(self, sql: str) -> str:
        """The statement as it is sent.

        Raises:
            Refused: it needs larger integers than the engine has.
        """
        if not self.wide and "{wide}" in sql:
            raise Refused("a number of more than 63 bits")
        before, after = self.condition
        sql = sql.replace("{wide}", self.wide).replace("{if}", before).replace("{fi}", after)
        return DAY.sub(_ordinal, sql) if self.ordinals else sql

    def apart(self, sql: str) -> str:
        """A subquery that is worked out as a whole, never taken apart by the one around it."""
        return f"{sql}{self.fence}"

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
        written = f"(VALUES {', '.join([f'({first})', *more])})"
        if self.names_rows:
            return f"{written} AS {alias}({names})"
        columns = ", ".join(f"column{at} AS {name}" for at, (name, _) in enumerate(types, 1))
        return f"(SELECT {columns} FROM {written}) {alias}"  # noqa: S608  # names are ours

    def type(self, kind: str) -> str:
        """A type as the engine calls it."""
        return {"TEXT": self.text, "HUGEINT": "{wide}"}.get(kind, kind)

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


def _ordinal(day: re.Match[str]) -> str:
    return str(date.fromisoformat(day[1]).toordinal())


DUCKDB = Dialect(
    name="duckdb",
    far=" LIMIT 9223372036854775807",
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
    fence=" OFFSET 0",
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
    wide_sums=False,
    condition=("COALESCE(", ", FALSE)"),
)
SQLITE = Dialect(
    name="sqlite",
    wide="",
    text="TEXT",
    quotient="({a} / {b})",
    days="({a} - {b})",
    later="({a} + {b})",
    year="year({a})",
    month="month({a})",
    day="day({a})",
    order="",
    wide_division=False,
    ordinals=True,
    names_rows=False,
    beside="CROSS JOIN",
    stacked=True,
    fence=" LIMIT -1",
)
DIALECTS = {dialect.name: dialect for dialect in (DUCKDB, POSTGRES, SPARK, SQLITE)}

__all__ = ["DIALECTS", "DUCKDB", "POSTGRES", "SPARK", "SQLITE", "Dialect", "Stored"]
