"""Contracts that are made of a mould, thing by thing, and their clauses and arguments as figures.

Assumes: a mould has looked at the figures. Guarantees: making a thing can't fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

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
        return Fraction(figures.tops[at], figures.belows[at]) if kind == NUMBER else figures.texts[at]

    def table(self, name: str) -> core.Expr | None:
        """What names the table that an argument is for all days, by a contract of the mould; `None` when it is none."""
        return self.cast.mould.tables.get(self.raw.get(name, 0))


class Drawn(Sequence[core.Instance]):
    """The clauses of a contract, each made when it is asked for: those that are settled with others' seldom are.

    Args:
        cast: what they are made in.
        numbers: theirs, the same thing for all contracts of the mould.
    """

    __slots__ = ("cast", "numbers")

    def __init__(self, cast: Cast, numbers: tuple[int, ...]) -> None:
        self.cast = cast
        self.numbers = numbers

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Drawn | tuple) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # clauses are told apart by identity, and change

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[core.Instance]:
        return map(self.cast.__getitem__, self.numbers)

    def __getitem__(self, at: Any) -> Any:
        found = self.numbers[at]
        return self.cast[found] if isinstance(found, int) else tuple(map(self.cast.__getitem__, found))


class Ranked(Sequence[core.Instance]):
    """The same clause in many contracts of one mould, each made when it is asked for.

    Args:
        casts: the contracts.
        number: that of the clause.
    """

    __slots__ = ("casts", "number")

    def __init__(self, casts: Sequence[Cast], number: int) -> None:
        self.casts = casts
        self.number = number

    def __len__(self) -> int:
        return len(self.casts)

    def __getitem__(self, at: Any) -> Any:
        found = self.casts[at]
        return found[self.number] if isinstance(found, Cast) else Ranked(found, self.number)

    def some(self, places: Sequence[int]) -> Ranked:
        """Those of some places."""
        return self if len(places) == len(self.casts) else Ranked([self.casts[at] for at in places], self.number)

    def table(self) -> Table:
        """Their arguments."""
        arguments = self[0].arguments
        assert type(arguments) is Late
        return Table(arguments.raw, arguments.cast.mould, self.casts)


def cast_of(program: core.Program) -> Cast | None:
    """What a contract is made in; `None` when it is made of no mould."""
    clauses = program.order
    return clauses.cast if type(clauses) is Drawn else None


Found = TypeVar("Found")


def in_common(program: core.Program, what: str, find: Callable[[core.Program], Found]) -> Found:
    """What hangs on no figure, and so is the same for all contracts of a mould: found out once for them.

    Args:
        program: a contract, of a mould or not.
        what: a name for what is found out.
        find: finds it out.
    """
    cast = cast_of(program)
    if cast is None:
        return find(program)
    known = cast.mould.common
    if what not in known:
        known[what] = find(program)
    found: Found = known[what]
    return found


class Ranks:
    """The clauses of many contracts, which have the same clauses in the same order, place by place.

    Args:
        programs: the contracts.
    """

    def __init__(self, programs: Sequence[core.Program]) -> None:
        self.programs = programs
        casts = list(map(cast_of, programs))
        first = casts[0]
        same = [cast for cast in casts if cast is not None and first is not None and cast.mould is first.mould]
        one = first is None or not first.mould.fixed or all(cast is first for cast in casts)
        self._casts = same if len(same) == len(casts) and not one else None

    def __len__(self) -> int:
        return len(self.programs[0].order)

    def at(self, place: int) -> Sequence[core.Instance]:
        """The clause at a place in each; `Ranked` where the contracts are of one mould, and so have the same forms."""
        order = self.programs[0].order
        if self._casts is not None and type(order) is Drawn:
            return Ranked(self._casts, order.numbers[place])
        return [program.order[place] for program in self.programs]


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


def tabled(instances: Sequence[core.Instance]) -> Table | None:
    """The arguments of the same clause in many contracts, if these are of one mould."""
    if isinstance(instances, Ranked):
        return instances.table()
    first = instances[0].arguments
    if not isinstance(first, Late):
        return None
    raw = first.raw
    arguments = [instance.arguments for instance in instances]
    if not all(type(each) is Late and each.raw is raw for each in arguments):
        return None
    return Table(raw, first.cast.mould, [each.cast for each in arguments])  # type: ignore[attr-defined]


class Cast:
    """A contract that is made of a mould: its things by their numbers, each made when it is asked for.

    Args:
        mould: what it is made of.
        files: the names of its files.
        figures: its figures.

    Attributes:
        reformed: whether its clauses have been given the forms of another contract, which say the same.
    """

    __slots__ = ("figures", "files", "made", "mould", "reformed")

    def __init__(self, mould: Mould, files: tuple[str, ...], figures: Figures) -> None:
        self.mould = mould
        self.files = files
        self.figures = figures
        self.made: dict[int, Any] = {0: files}
        self.reformed = False

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
