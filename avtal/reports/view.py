"""What every report is made from, and the shape that every report has."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from itertools import groupby

from attrs import evolve, field, frozen

from avtal import periods
from avtal.contract import Contract
from avtal.reading import Reading
from avtal.rendering.report import Report
from interpreter import core, types as t
from interpreter.facts import Column as DataColumn
from interpreter.settlement import ClauseResult, Settlement, Status
from interpreter.vary import Indexed, Turning, indexed, turning

Cell = str | Fraction | None
TEXT, MONEY, NUMBER, SHARE, CHANGE = "text", "money", "number", "share", "change"
"""What a column holds: a text, kronor, a number, a share of 1, a change as a share of 1 with its sign."""


@frozen
class Column:
    """A column of a report: its heading and what it holds."""

    heading: str
    kind: str = TEXT


@frozen
class Table:
    """A table of a report.

    Args:
        title: what it shows.
        columns: its columns; a row has a cell for each.
        rows: its rows; a cell without a value is `None`, never 0.
        total: a last row, or none.
        notes: what a reader must know to read it rightly.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    notes: tuple[str, ...] = ()

    def noted(self, *notes: str) -> Table:
        """The same with more notes."""
        return evolve(self, notes=(*self.notes, *notes))


@frozen
class View:
    """A contract with its data and settlements, as a report sees them.

    Args:
        contract, reading: what was settled.
        reports: the settlements, by period first.
        language: `sv` or `en`.
    """

    contract: Contract
    reading: Reading
    reports: Sequence[Report] = field(factory=list)
    language: str = "sv"

    def say(self, sv: str, en: str) -> str:
        """One of two texts, by the reader's language."""
        return sv if self.language == "sv" else en

    @cached_property
    def _indexed(self) -> Indexed:
        return indexed(self.program, self.reading.data)

    @cached_property
    def _opened(self) -> dict[int, Turning]:
        return {}

    def opened(self, report: Report) -> Turning:
        """One of the settlements, opened again; each once, since that takes time."""
        if id(report) not in self._opened:
            self._opened[id(report)] = turning(self._indexed, report.settlement)
        return self._opened[id(report)]

    @property
    def program(self) -> core.Program:
        """The contract's program."""
        return self.contract.program

    def by_period(self) -> list[tuple[str, list[Report]]]:
        """The settlements of each period, in order, under the period's name."""
        return [
            (name, list(found))
            for name, found in groupby(self.reports, lambda r: periods.name(r.settlement.start, r.settlement.end))
        ]

    @cached_property
    def _meanings(self) -> dict[str, dict[str, str]]:
        """By the key's name: what each code means, by the contract's tables that have a text beside one code."""
        found: dict[str, dict[str, str]] = {}
        for table in self.program.tables.values():
            texts = [at for at, value in enumerate(table.signature.values) if isinstance(value.type, t.Code)]
            if len(table.signature.keys) == 1 and texts:
                own = found.setdefault(table.signature.keys[0].name, {})
                for line in table.lines:
                    if line.keys[0].kind == "value" and isinstance(line.values[texts[0]], str):
                        own[str(line.keys[0].low)] = str(line.values[texts[0]])
        return found

    def meaning(self, column: DataColumn, code: str) -> str:
        """What a code of a column means, when a table of the contract says so in a text; else nothing."""
        names = (column.name, column.swedish)
        return next((told[code] for name in names if code in (told := self._meanings.get(name, {}))), "")

    def several(self) -> bool:
        """Whether there is more than one pair of parties."""
        return len({(r.settlement.buyer[1], r.settlement.provider[1]) for r in self.reports}) > 1

    def parties(self, settlement: Settlement) -> str:
        """The codes of a settlement's parties, the buyer first."""
        return " / ".join(code for code in (settlement.buyer[1], settlement.provider[1]) if code)

    def instance(self, clause: ClauseResult) -> core.Instance:
        """The clause of the contract that a result is of."""
        return next(i for i in self.program.instances if i.key == clause.key)

    def lacking(self) -> tuple[str, ...]:
        """What is not settled and therefore in no sum: told once for each clause."""
        found = []
        for period, reports in self.by_period():
            for report in reports:
                names = [report.name(c) for c in report.settlement.clauses if c.status is not Status.SETTLED]
                if names:
                    told = self.say("Inte avräknat, och därför inte med", "Not settled, and therefore not counted")
                    found.append(f"{told}: {period} {self.parties(report.settlement)}: {', '.join(names)}".strip())
        return tuple(dict.fromkeys(found))


def change(before: Fraction | None, after: Fraction | None) -> Fraction | None:
    """How much more one is than the other, as a share of the first; `None` when there is nothing to compare with."""
    if before is None or after is None or not before:
        return None
    return (after - before) / abs(before)


def share(part: Fraction | None, whole: Fraction) -> Fraction | None:
    """A part of a whole; `None` when the whole is nothing."""
    return part / whole if part is not None and whole else None
