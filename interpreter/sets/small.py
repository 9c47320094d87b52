"""Small tables that a query needs beside the data: parameters and lookups, written in it or made in the engine."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

from dsl.alike import Shown
from interpreter.sets.dialect import DIALECTS, Dialect
from interpreter.sets.relation import Engine, Stored

INLINE = 300
"""A table with no more rows stands in the query itself."""


@define(eq=False, repr=False)
class SmallTables(Shown):
    """The small tables of one settlement; one that is asked for again is not made again."""

    engine: Engine
    made: dict[tuple[object, ...], str] = field(factory=dict)
    given: int = 0

    def next(self) -> int:
        """A number that no other name has."""
        self.given += 1
        return self.given

    @property
    def dialect(self) -> Dialect:
        """What the engine speaks."""
        return DIALECTS[self.engine.dialect]

    def source(self, alias: str, types: Sequence[tuple[str, str]], rows: Sequence[tuple[Stored, ...]]) -> str:
        """What stands after FROM or JOIN: the table with its alias."""
        if len(rows) <= INLINE:
            return self.dialect.rows(alias, types, rows)
        key = (tuple(types), tuple(rows))
        if key not in self.made:
            self.made[key] = f"avtal_{len(self.made)}"
            self.engine.lay(self.made[key], types, rows)
        return f"{self.made[key]} {alias}"
