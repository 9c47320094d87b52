"""What clauses, and the uses of models, say of parameters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from re import Match

from attrs import define

from agree import kinds as k
from agree.aggregates import Writer
from agree.facts import TableSpec
from agree.forms import FormSpec, Param
from agree.scope import Scope

AMOUNTS = ("12", "1 200", "36.5")
NUMBER = re.compile(r"(?<![\w.\-\"\[])(?:\d{1,3}(?: \d{3})+|\d+)(?:\.\d+)?(?![\w.\-\"])")
"""A number as it is written, which is no part of a day, a name or a code."""


@define
class Said:
    """Writes what parameters are given.

    Args:
        writer: of expressions.
        mode: of what kind the contract is.
        outer: what the contract's own expressions see.
        handed: tables that clauses before give, by how they are asked for.
    """

    writer: Writer
    mode: k.Mode
    outer: Scope
    handed: list[tuple[str, TableSpec]]

    def of(self, p: Param, form: FormSpec) -> list[str]:
        """What a parameter is given in a clause, of a form or in one of another form."""
        r = self.writer.random
        if p.offered or ((p.optional or p.default) and r.random() < 0.4):
            return []
        if p.table is not None:
            return self.table(p, p.table)
        if p.low:
            return [f"{p.name} {self.within(p)}"]
        if r.random() < (0.22 if self.mode.wild or p.per else 0.1):
            return self.dated(p)
        return [f"{p.name} {self.value(p, form)}"]

    def table(self, p: Param, table: TableSpec) -> list[str]:
        """A table that a parameter is given: by its name, as another clause hands it on, or row by row."""
        r = self.writer.random
        own = p.text.endswith(table.signature())
        like = [asked for asked, other in self.handed if own and other.signature() == table.signature()]
        if like and r.random() < 0.8:
            return [f"{p.name} ({r.choice(like)})"]
        if own and r.random() < 0.3 and not table.tariff:
            return [p.name, *table.grid("  ")]
        return [f"{p.name} {table.name}"]

    def refigured(self, p: Param, lines: Sequence[str]) -> list[str]:
        """The same with other numbers, of as many digits: contracts that differ so are made alike (of one mould)."""
        r = self.writer.random

        def other(found: Match[str]) -> str:
            rest = [r.choice("0123456789") if sign.isdigit() else sign for sign in found[0][1:]]
            return "".join([r.choice("123456789"), *rest])

        if p.kind == k.MONTH or p.low or p.table is not None:
            return list(lines)
        if p.kind == k.CODE and len(lines) == 1 and r.random() < 0.5:
            return [f"{p.name} {self.writer.constant(p.kind, Scope()).strip('()')}"]
        return [NUMBER.sub(other, line) for line in lines]

    def otherwise(self, p: Param, _: Sequence[str]) -> list[str]:
        """Something else that a parameter may be given, which leans on nothing of the contract."""
        r = self.writer.random
        if p.table is not None:
            return [f"{p.name} {p.table.name}"]
        if (p.offered or p.optional or p.default) and r.random() < 0.5:
            return []
        if p.low:
            return [f"{p.name} {self.within(p)}"]
        if p.per or (p.kind in k.RATES and r.random() < 0.4):
            return [f"{p.name} {self.rate(p)}"]
        if r.random() < 0.2:
            return self.dated(p)
        if p.kind in (k.MONTH, k.CHOICE):
            return [f"{p.name} {self.word(p.kind)}"]
        return [f"{p.name} {self.writer.constant(p.kind, Scope()).strip('()')}"]

    def within(self, p: Param) -> str:
        """A value inside a parameter's range."""
        unit = k.SPELLED[p.kind][0]
        return f"{self.writer.random.choice(('0', '1', '12.5', '100', '1000'))} {unit}".replace(" %", "%").strip()

    def rate(self, p: Param) -> str:
        """An amount per time."""
        r = self.writer.random
        return f"{r.choice(AMOUNTS)} {p.per or r.choice(k.RATES[p.kind])}"

    def value(self, p: Param, form: FormSpec) -> str:
        """A value as a clause says it."""
        r = self.writer.random
        if p.kind in (k.MONTH, k.CHOICE):
            return self.word(p.kind)
        if p.per or (p.kind in k.RATES and r.random() < 0.2):
            return self.rate(p)
        if p.kind == k.KR and form.outside and r.random() < 0.4:
            return r.choice(("base", "2% of base", "(base / 3)"))
        if r.random() < 0.25:
            return f"({self.writer.of(p.kind, self.outer, 2)})"
        return self.writer.constant(p.kind, Scope()).strip("()")

    def word(self, kind: str) -> str:
        """A length of time in months, or a word of a choice."""
        r = self.writer.random
        return r.choice(("1 month", "2 months", "1 quarter", "1 year")) if kind == k.MONTH else r.choice(k.WORDS)[0]

    def days(self) -> list[str]:
        """The day that a value is given from, and one or two on which it changes."""
        r = self.writer.random
        inside = k.Mode(start=self.mode.start, end=self.mode.end)
        days = sorted({k.written(k.near(r, inside)) for _ in range(2)})
        first = k.written(self.mode.start)
        return [first, *(day for day in days if day > first)] if r.random() < 0.8 else days

    def dated(self, p: Param) -> list[str]:
        """Values from one day to the next."""
        r = self.writer.random
        days = self.days()
        rate = bool(p.per) or (p.kind in k.RATES and r.random() < 0.5)
        unit = p.per or (k.RATES[p.kind][0] if rate else "")
        lines = [p.name]
        for at, day in enumerate(days):
            value = self.writer.constant(p.kind, Scope()).strip("()") if p.kind not in (k.CHOICE, k.MONTH) else ""
            value = value or (r.choice(k.WORDS)[0] if p.kind == k.CHOICE else r.choice(("1 month", "1 year")))
            if rate:
                value = f"{r.choice(AMOUNTS)} {unit}"
            if at and p.kind in k.NUMERIC and r.random() < 0.3:
                value = "previous * 1.02"
            lines.append(f"  from {day} {value}")
        return lines
