"""What engines have in common that carry a query out when it is begun."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence

from interpreter.sets.relation import Stored


class AtOnce:
    """An engine that does nothing while other work goes on."""

    @abstractmethod
    def query(self, sql: str) -> Sequence[tuple[object, ...]]:
        """The rows of one SELECT."""

    @abstractmethod
    def table(self, name: str, types: Sequence[tuple[str, str]], rows: Sequence[tuple[Stored, ...]]) -> None:
        """Make, or replace, a table."""

    def begin(self, sql: str) -> Callable[[], Sequence[tuple[object, ...]]]:
        """One SELECT, carried out at once; what waits for its rows has them.

        Raises:
            EngineError: it could not be carried out.
        """
        found = self.query(sql)
        return lambda: found

    def idle(self) -> bool:
        """Whether all that was begun has been carried out: always."""
        return True

    def lay(self, name: str, types: Sequence[tuple[str, str]], rows: Sequence[tuple[Stored, ...]]) -> None:
        """Make, or replace, a table that the next query asks for; see `table`."""
        self.table(name, types, rows)
