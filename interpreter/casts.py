"""Contracts that are made of a mould, thing by thing, and the arguments of their clauses as figures.

Assumes: a mould has looked at the figures. Guarantees: making a thing can't fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from interpreter import core
from interpreter.figures import NUMBER, Figures

TYPE_CHECKING = False  # a mould makes casts
if TYPE_CHECKING:
    from interpreter.moulds import Mould


class Late(Mapping[str, core.Argument]):
    """The arguments of a clause, each made when it is asked for: most are only asked for their one number.

    Args:
        cast: what they are made in.
        raw: the numbers of the arguments by name, the same thing for all contracts of the mould.
    """

    __slots__ = ("cast", "raw")

    def __init__(self, cast: Cast, raw: dict[str, int]) -> None:
        self.cast = cast
        self.raw = raw

    def __getitem__(self, name: str) -> core.Argument:
        made: core.Argument = self.cast[self.raw[name]]
        return made

    def __contains__(self, name: object) -> bool:
        return name in self.raw

    def __iter__(self) -> Iterator[str]:
        return iter(self.raw)

    def __len__(self) -> int:
        return len(self.raw)

    def constant(self, name: str) -> str | Fraction | None:
        """An argument that is one number or text for all days; `None` when it is none."""
        found = self.cast.mould.constants.get(self.raw.get(name, 0))
        if found is None:
            return None
        (kind, at), figures = found, self.cast.figures
        return Fraction(figures.tops[at], figures.belows[at]) if kind == NUMBER else str(figures.rest[at])

    def table(self, name: str) -> core.Expr | None:
        """What names the table that an argument is for all days, by a contract of the mould; `None` when it is none."""
        return self.cast.mould.tables.get(self.raw.get(name, 0))


class Grid:
    """The figures of many contracts of one mould as columns, each made when it is asked for.

    Args:
        casts: the contracts.
    """

    __slots__ = ("_columns", "casts")

    def __init__(self, casts: Sequence[Cast]) -> None:
        self.casts = casts
        self._columns: dict[str, Sequence[tuple[Any, ...]]] = {}

    def column(self, name: str, at: int) -> Sequence[Any]:
        """A figure in each contract.

        Args:
            name: what of the figures it is among.
            at: its place there.
        """
        if name not in self._columns:
            self._columns[name] = list(zip(*[getattr(cast.figures, name) for cast in self.casts], strict=True))
        return self._columns[name][at]


class Table:
    """The same clause's arguments in many contracts of one mould.

    Args:
        raw: the numbers of the arguments by name.
        mould: the contracts'.
        casts: the contracts.
    """

    __slots__ = ("casts", "mould", "raw")

    def __init__(self, raw: Mapping[str, int], mould: Mould, casts: Sequence[Cast]) -> None:
        self.raw = raw
        self.mould = mould
        self.casts = casts

    def constant(self, name: str) -> tuple[str, int] | None:
        """Where among the figures an argument stands that is one number or text for all days, and which of them."""
        return self.mould.constants.get(self.raw.get(name, 0))

    def rate(self, name: str) -> tuple[str, int] | None:
        """Per what an argument is one rate for all days, and where among the figures."""
        return self.mould.rates.get(self.raw.get(name, 0))

    def plain(self) -> bool:
        """Whether each argument is one constant or one table for all days."""
        constants, tables = self.mould.constants, self.mould.tables
        return all(number in constants or number in tables for number in self.raw.values())

    def within(self, name: str) -> dict[int, tuple[str, int]] | None:
        """The constants of an argument, by their identity in the first contract, and where they are among the figures.

        Args:
            name: of an argument that there is.

        Returns:
            `None` when it has a constant that is a day.
        """
        first, at = self.casts[0], self.raw[name]
        found: dict[int, tuple[str, int]] = {}
        for inner in self.mould.inside(at):
            thing = first[inner]
            if type(thing) is core.Const and inner in self.mould.constants:
                found[id(thing)] = self.mould.constants[inner]
            elif type(thing) is core.Const and type(thing.value) is date:
                return None
        return found


def tabled(arguments: Sequence[Mapping[str, core.Argument]]) -> Table | None:
    """The arguments of the same clause in many contracts, if these are of one mould."""
    first = arguments[0]
    if not isinstance(first, Late):
        return None
    raw = first.raw
    if not all(type(each) is Late and each.raw is raw for each in arguments):
        return None
    return Table(raw, first.cast.mould, [each.cast for each in arguments])  # type: ignore[attr-defined]


class Cast:
    """A contract that is made of a mould: its things by their numbers, each made when it is asked for.

    Args:
        mould: what it is made of.
        files: the names of its files.
        figures: its figures.
    """

    __slots__ = ("figures", "files", "made", "mould")

    def __init__(self, mould: Mould, files: tuple[str, ...], figures: Figures) -> None:
        self.mould = mould
        self.files = files
        self.figures = figures
        self.made: dict[int, Any] = {0: files}

    def __getitem__(self, at: int) -> Any:
        found = self.mould.known[at]
        if found is None:
            found = self.made.get(at)
            if found is None:
                made, makes = self.made, self.mould.makes
                for inner in self.mould.inside(at):
                    if inner not in made:
                        made[inner] = makes[inner](self)
                found = made[at]
        return found
