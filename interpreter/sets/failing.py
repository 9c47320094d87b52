"""The rows that make a query leave a scope to the reference evaluator, which then need not read all the others.

What is said of an aggregate or an `each` that fails is said of the rows that fail, each by itself: those alone are
brought back, for all scopes of the query at once. Groups and spells are made of several rows, and are read whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from attrs import define, field

from dsl.alike import Shown
from interpreter import core
from interpreter.facts import Row
from interpreter.lookup import in_order
from interpreter.sets.answers import Key, Queried
from interpreter.sets.lines import with_rows
from interpreter.sets.lower import Lowering
from interpreter.sets.points import Ask
from interpreter.sets.relation import EngineError
from interpreter.sets.sites import Site, aggregate_parts, lowered_each
from interpreter.sets.values import Refused, any_of


@define(eq=False, repr=False)
class Failing(Shown):
    """Scopes of one query in which some rows may fail.

    Args:
        site, place: what was asked.
        asks: the scopes.
        found: those rows by scope, in order, once they are brought back.
    """

    site: Site
    place: Queried
    asks: dict[Key, Ask]
    found: dict[Key, list[Row]] | None = field(default=None, init=False)

    def only(self, keys: Sequence[Key]) -> Failing:
        """Some of its scopes."""
        return Failing(self.site, self.place, {key: self.asks[key] for key in keys})

    def rows(self, key: Key) -> Sequence[Row]:
        """The rows of a scope that may fail, in order; none where they can't be told."""
        if self.found is None:
            self.found = {}
            with suppress(Refused, EngineError):  # all rows of the scope are read
                self.found = self._brought()
        return self.found.get(key, ())

    def _brought(self) -> dict[Key, list[Row]]:
        asks = list(self.asks.values())
        lowering, fail = _lowered(self.site, self.place, asks)
        if lowering is None or not fail:
            return {}
        rows, numbers = with_rows(self.site, lowering, ["s"], f" WHERE {fail}")
        own: dict[int, list[Row]] = {}
        for row, (scope,) in rows:
            own.setdefault(int(str(scope)), []).append(row)
        fact = self.site.relation.fact
        ordered = {number: in_order(fact, mine) for number, mine in own.items()}
        return {key: ordered.get(number, []) for key, number in zip(self.asks, numbers, strict=True)}


def _lowered(site: Site, place: Queried, asks: Sequence[Ask]) -> tuple[Lowering | None, str]:
    """The rows of a place, and the condition on which one may fail.

    Raises:
        Refused: a query can't say it.
    """
    if isinstance(place, core.Each):
        if place.by or place.spell:
            return None, ""
        made = lowered_each(site, place, asks)
        return made.lowering, any_of(*made.fails)
    assert place.rows is not None
    lowering = site.open(asks, aggregate_parts(place), place.rows.row)
    return lowering, lowering.taken(place, place.rows).fail
