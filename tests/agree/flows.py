"""Contracts that pay row by row only: what a year comes to is what its months come to."""

from __future__ import annotations

from attrs import evolve

from agree import kinds as k
from agree.contracts import Case, Maker
from agree.forms import Forms
from agree.scope import Scope


class FlowMaker(Maker):
    """Makes a case in which nothing is known of any other row, nor of the period."""

    def text(self) -> str:
        """A form that pays for each row what the row itself says."""
        r = self.random
        self.writer.timeless = True
        fact = next((f for f in self.facts if f.dated), None)
        self.facts = [f for f in self.facts if f is fact]
        lines = ['contract "Flow"', '  provider "H" code "H"', f"  period {self.mode.start} to {self.mode.end}"]
        lines += ["  rounding total öre half_even", "  month_end last", "", k.UNITS]
        if fact is None:
            return "\n".join([*lines, 'form g0\n  "Nothing."\n  pays 1 kr * 0', "g0", ""])
        lines += [*fact.text(), ""]
        tables = [t for t in self.tables if not t.tariff]
        for table in tables:
            lines += [f"table {table.name} : {table.signature()}", *table.grid("  "), ""]
        maker = Forms(self.writer, [fact], tables)
        lines += ["form g0", '  "By rows."', f"  needs {fact.name}: {', '.join(c.name for c in fact.columns)}"]
        inner = self.writer.rows(fact, Scope(tables=[(t.name, t) for t in tables]), 1, plain=True)[1]
        inner = evolve(inner, facts=[])
        lines += [f"  each {fact.name}{' as ' + inner.frames[-1].prefix[:-1] if inner.frames[-1].prefix else ''}"]
        lines += [f"    pays {self.writer.number(k.KR, inner, maker.depth(inner))}" for _ in range(r.randint(1, 3))]
        return "\n".join([*lines, "", "g0", ""])


def make(seed: int) -> Case:
    """The case of a seed."""
    maker = FlowMaker(seed)
    text = maker.text()
    return Case(f"flow {seed}", text, maker.data())
