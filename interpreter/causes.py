"""Why something can't be settled, gathered row by row: each cause once, with all the rows of data that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from attrs import evolve

from dsl.diagnostics import DataRow, Diagnostic
from interpreter import problems
from interpreter.facts import Row
from interpreter.values import Failure, data_rows

MOST = 1_000
"""How many rows of one cause are kept; of a cause with more it is only known that there are."""


def same(cause: Diagnostic) -> tuple[object, ...]:
    """What a cause has in common with the same one of other rows."""
    return cause.code, cause.span, tuple(cause.arguments.items())


class _Cause:
    """A cause as it was first met, with its rows, whether there are more, and the providers that it holds for."""

    __slots__ = ("first", "more", "providers", "rows")

    def __init__(self, first: Diagnostic) -> None:
        self.first = first
        self.rows: dict[DataRow, None] = {}
        self.more = False
        self.providers: dict[str, None] = {}

    def add(self, rows: Iterable[DataRow]) -> None:
        for row in rows:
            if row not in self.rows:
                self.more = self.more or len(self.rows) == MOST
                if not self.more:
                    self.rows[row] = None

    def whole(self) -> Diagnostic:
        if self.rows:
            return evolve(self.first, data=tuple(self.rows), more=self.more)
        if self.providers and "rows" not in self.first.arguments:
            return evolve(self.first, arguments={**self.first.arguments, "rows": some(list(self.providers))})
        return self.first


def some(codes: Sequence[str]) -> str:
    """The first of some codes, for a message."""
    return ", ".join([*codes[: Diagnostic.SHOWN], *(["…"] if len(codes) > Diagnostic.SHOWN else [])])


class Causes:
    """Causes in the order in which they are met."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], _Cause] = {}

    def add(self, causes: Iterable[Diagnostic], *rows: Row, provider: str = "") -> None:
        """Add why something fails.

        Args:
            causes: why; those that are about rows already stay about them.
            rows: the row, or the group of rows, that it fails for.
            provider: the provider that it fails for, where it is asked for several; told where no rows are.
        """
        for cause in causes:
            key = same(cause)
            known = self._found.get(key)
            if known is None:
                known = self._found[key] = _Cause(cause)
            if not known.more and cause.problem is not problems.DEPENDS:  # no row is at fault for another clause
                known.add(cause.data or chain.from_iterable(map(data_rows, rows)))
                known.more |= cause.more
                known.providers |= {provider: None} if provider else {}

    def all(self) -> tuple[Diagnostic, ...]:
        """Each cause once."""
        return tuple([cause.whole() for cause in self._found.values()])

    def check(self) -> None:
        """See to it that there are none.

        Raises:
            Failure: with all of them.
        """
        if self._found:
            raise Failure(self.all())


def once(causes: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each cause once, in the order they came."""
    found = Causes()
    found.add(causes)
    return found.all()
