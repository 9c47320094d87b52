"""What contracts of one making have in common, read once: a mould, and the figures that make a contract of it.

A region's contracts are often the same clauses with other prices, so that a folder of a thousand is one mould and a
table of figures. What does not depend on a figure is one thing for all contracts; what does is made for each of them,
and clauses and their arguments when they are first asked for.

Assumes: nothing of what is read. Guarantees: what comes out has, in every field, what its class declares, or
`ForgedError` is raised while the mould or the figures are read; making an argument later can't fail.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from attrs import NOTHING, fields

from dsl.spans import NOWHERE, Span
from interpreter import core
from interpreter.casts import Cast, Drawn, Late
from interpreter.columns import KeptLines
from interpreter.figures import (
    DAY,
    LEFT_OUT,
    MARKED,
    NUMBER,
    ONE_THING,
    PLACE,
    TEXT,
    WHOLE,
    Figures,
    default,
    figures_of,
    required,
    stored_fields,
)
from interpreter.plain import ForgedError, Read
from interpreter.shapes import CLASSES, shape

_MARKS: dict[type, tuple[str, ...]] = {core.Const: (NUMBER, TEXT, DAY), core.TableData: (WHOLE,)}
_ARGUMENTS = "Mapping[str, Argument]"
_CLAUSES = "Sequence[Instance]"
_LAST_DAY = date.max.toordinal()


class _Watched:
    """The first contract of a mould while the mould is read, which notes what is not the same in all contracts.

    Args:
        of: that contract.
        asked: the numbers of such things that were asked for.
    """

    __slots__ = ("asked", "of")

    def __init__(self, of: Cast) -> None:
        self.of = of
        self.asked: list[int] = []

    def __getitem__(self, at: int) -> Any:
        found = self.of.mould.known[at]
        if found is None:
            found = self.of.made[at]
            self.asked.append(at)
        return found


Get = Callable[[Cast], Any]
Put = Callable[[Any, Any], None]


class _Field(NamedTuple):
    """A field of a class that is stored: how it is put, what figure it is, and how it is read and left out."""

    put: Put
    kind: str
    annotation: str
    read: Read
    required: bool
    default: Callable[[], Any]


@cache
def _plan(cls: Any) -> tuple[tuple[_Field, ...], int, tuple[tuple[Put, Callable[[], Any]], ...]]:
    """The fields of a class that are stored, how many of them a mould must say, and those that are left out."""
    own = figures_of(cls)
    found = tuple(
        [
            _Field(
                getattr(cls, f.name).__set__,
                own.get(f.name, ""),
                str(f.type),
                shape(str(f.type))[0],
                required(f),
                default(f),
            )
            for f in stored_fields(cls)
        ]
    )
    least = sum(f.required for f in found if f.kind in ("", MARKED))
    return found, least, tuple([(getattr(cls, f.name).__set__, default(f)) for f in fields(cls) if f.name in LEFT_OUT])


class Mould:
    """A mould, with all that is the same in the contracts made of it.

    Args:
        raw: the names of files, the contract's own being empty; and the things, each with its class and fields.
        parts: what is numbered before the things.
        figures: those of some contract, with which all of it is made once.
        main: the name of that contract's own file.

    Attributes:
        first: that contract.
        fixed: whether the forms of its clauses are those of all contracts, and hang on no figure.
        known: the things that are the same in all contracts, by number; `None` for those that are not.
        makes: what makes those that are not.
        constants: arguments that are one constant: what it is, and where among the figures.
        rates: arguments that are one rate for all days: per what, and where among the figures.
        tables: arguments that are one table for all days: what names it in the first contract.
        dates: by the identity of a clause's arguments, what whoever asks has found out about their days.
        common: what whoever asks has found out that is the same for all contracts.

    Raises:
        ForgedError: it is no mould, or these are no figures for it.
    """

    def __init__(self, raw: Any, parts: Sequence[object], figures: Figures, main: str) -> None:
        if type(raw) is not list or type(raw[0]) is not list or not all(type(name) is str for name in raw[0]):
            raise ForgedError
        self.files: tuple[str, ...] = tuple(raw[0])
        self.known: list[Any] = [None, *parts]
        self.makes: list[Any] = [None] * len(self.known)
        self._below: list[list[int]] = [[] for _ in self.known]
        self._inside: dict[int, list[int]] = {}
        self.constants: dict[int, tuple[str, int]] = {}
        self.rates: dict[int, tuple[str, int]] = {}
        self.tables: dict[int, core.Expr] = {}
        self.dates: dict[int, object] = {}
        self.common: dict[str, Any] = {}
        self._places = self._numbers = self._texts = 0
        self._kinds: list[type] = []
        self._days: list[int] = []
        first = Cast(self, self._named(main), figures)
        watched = _Watched(first)
        for one in raw[1:]:
            self._take(one, watched)
        self._last = len(self.known) - 1
        self._check(figures)
        self.first: core.Program = first[self._last]
        if type(self.first) is not core.Program:
            raise ForgedError
        always = set(map(id, self.known))
        self.fixed = all(id(instance.form) in always for instance in self.first.order)

    def _named(self, main: str) -> tuple[str, ...]:
        return tuple([name or main for name in self.files])

    def cast(self, main: str, figures: Figures) -> core.Program:
        """The contract of some figures.

        Args:
            main: the name of its own file.
            figures: as they were read.

        Raises:
            ForgedError: these are no figures for it.
        """
        self._check(figures)
        found: core.Program = Cast(self, self._named(main), figures)[self._last]
        return found

    def inside(self, at: int) -> list[int]:
        """A thing and all that it is made of and is not the same in all contracts, in the order of making."""
        if at not in self._inside:
            found: set[int] = set()
            stack = [at]
            while stack:
                one = stack.pop()
                if one not in found:
                    found.add(one)
                    stack += self._below[one]
            self._inside[at] = sorted(found)
        return self._inside[at]

    def _check(self, figures: Figures) -> None:
        """See to it that figures are as many and of such kinds as the mould asks for."""
        files, starts, ends, tops, belows, texts, rest = figures
        places = self._places
        if not len(files) == len(starts) == len(ends) == places or not len(tops) == len(belows) == self._numbers:
            raise ForgedError
        if places and not -1 <= min(files) <= max(files) < len(self.files):
            raise ForgedError
        if len(texts) != self._texts or (belows and min(belows) <= 0) or list(map(type, rest)) != self._kinds:
            raise ForgedError
        if not all(0 < rest[at] <= _LAST_DAY for at in self._days):
            raise ForgedError

    def _take(self, one: list[Any], watched: _Watched) -> None:
        """Take up the next thing: it is made, and what depends on no figure is so once for all."""
        cls: Any = CLASSES[one[0]]
        first = watched.of
        own, least, left_out = _plan(cls)
        at, given = len(self.known), iter(one[1:])
        always: list[tuple[Put, Any]] = [(put, make_default()) for put, make_default in left_out]
        gets: list[tuple[Put, Get]] = []
        below: list[int] = []
        for f in own:
            if f.kind not in ("", MARKED):
                gets.append((f.put, self._figure(f.kind, f.read)))
                continue
            value = next(given, NOTHING)
            if value is NOTHING:
                always.append((f.put, f.default()))
            elif f.kind == MARKED and value in _MARKS[cls]:
                gets.append((f.put, self._figure(value, f.read)))
            elif f.kind == MARKED and cls is core.TableData:
                gets.append((f.put, _rows(value, self._figure(PLACE, f.read), first)))
            elif f.kind == MARKED:
                always.append((f.put, _said(value)))
            else:
                asked = watched.asked = []
                found = f.read(value, watched)  # type: ignore[arg-type]
                if not asked:
                    always.append((f.put, found))
                elif f.annotation == _ARGUMENTS:
                    gets.append((f.put, _late(value)))
                elif f.annotation == _CLAUSES:
                    gets.append((f.put, _drawn(tuple(value))))
                else:
                    gets.append((f.put, _made(f.read, value, found, first)))
                    below += asked
        if len(one) - 1 < least or next(given, NOTHING) is not NOTHING:
            raise ForgedError
        self._below.append(below)
        make = _maker(cls, always, gets)
        thing = make(first)
        self._constant(cls, at, one)
        self._table(thing, at, one)
        self.known.append(None if gets or cls in ONE_THING else thing)
        self.makes.append(make)
        first.made[at] = thing

    def _figure(self, kind: str, read: Read) -> Get:
        """What takes the next figure of a kind."""
        if kind == PLACE:
            self._places += 1
            return _place(self._places - 1)
        if kind == NUMBER:
            self._numbers += 1
            return _number(self._numbers - 1)
        if kind == TEXT:
            self._texts += 1
            return _text(self._texts - 1)
        at = len(self._kinds)
        if kind == WHOLE:
            self._kinds.append(list)
            return lambda cast: read(cast.figures.rest[at], cast)  # type: ignore[arg-type]
        self._kinds.append(int)
        self._days.append(at)
        return lambda cast: date.fromordinal(cast.figures.rest[at])

    def _constant(self, cls: type, at: int, one: list[Any]) -> None:
        """Note where the constant stands that a thing has and nothing but."""
        if cls is core.Const and one[2] == NUMBER:
            self.constants[at] = NUMBER, self._numbers - 1
        elif cls is core.Const and one[2] == TEXT:
            self.constants[at] = TEXT, self._texts - 2  # what is written of it comes after
        elif cls is core.Stretch and one[1] is one[2] is None and one[3] in self.constants:
            self.constants[at] = self.constants[one[3]]
        elif cls is core.Argument and len(one[1]) == 1 and one[1][0] in self.constants:
            kind, figure = self.constants[one[1][0]]
            if len(one) == 2:
                self.constants[at] = kind, figure
            elif kind == NUMBER:
                self.rates[at] = one[2], figure

    def _table(self, thing: object, at: int, one: list[Any]) -> None:
        """Note the table that a thing names and nothing but."""
        if type(thing) is core.TableRef or (type(thing) is core.Renamed and type(thing.of) is core.TableRef):
            self.tables[at] = thing
        elif type(thing) is core.Stretch and one[1] is one[2] is None and one[3] in self.tables:
            self.tables[at] = self.tables[one[3]]
        elif type(thing) is core.Argument and len(one) == 2 and len(one[1]) == 1 and one[1][0] in self.tables:
            self.tables[at] = self.tables[one[1][0]]


def _said(marker: Any) -> bool | None:
    """What a mould says itself of a cell.

    Raises:
        ForgedError: it says something else.
    """
    if marker is not None and type(marker) is not bool:
        raise ForgedError
    return marker


def _rows(part: Any, place: Get, first: Cast) -> Get:
    """The rows of a table that are a part, where they stand.

    Raises:
        ForgedError: there is no such part.
    """
    if type(part) is not int or part < 0 or type(first[part]) is not KeptLines:
        raise ForgedError
    rows: KeptLines = first[part]
    return lambda cast: rows.placed(place(cast))


_PUT_FILE, _PUT_START, _PUT_END = [getattr(Span, name).__set__ for name in ("file", "start", "end")]


def _place(at: int) -> Get:
    def get(cast: Cast) -> Span:
        figures = cast.figures
        number = figures.files[at]
        if number < 0:
            return NOWHERE
        found = object.__new__(Span)  # as its class would, and in half the time
        _PUT_FILE(found, cast.files[number])
        _PUT_START(found, figures.starts[at])
        _PUT_END(found, figures.ends[at])
        return found

    return get


def _number(at: int) -> Get:
    return lambda cast: Fraction(cast.figures.tops[at], cast.figures.belows[at])


def _text(at: int) -> Get:
    return lambda cast: cast.figures.texts[at]


def _made(read: Read, value: Any, found: Any, first: Cast) -> Get:
    """What reads a field from what is made of the figures; things alone are taken as they are, whose kinds are known.

    Args:
        read, value: how it is read, and from what.
        found: what it was in the first contract.
    """
    made = first.made
    if type(value) is int:
        return lambda cast: cast.made[value]
    things = value if type(value) is list and len(value) > 1 and {*map(type, value)} == {int} else ()
    if things and all(made.get(at) is one for at, one in zip(things, found, strict=True)):
        take = itemgetter(*things)
        return lambda cast: take(cast.made)
    return lambda cast: read(value, cast)  # type: ignore[arg-type]


def _late(value: dict[str, int]) -> Get:
    return lambda cast: Late(cast, value)


def _drawn(numbers: tuple[int, ...]) -> Get:
    return lambda cast: Drawn(cast, numbers)


def _maker(cls: Any, always: Sequence[tuple[Put, Any]], gets: Sequence[tuple[Put, Get]]) -> Get:
    """What makes a thing through its slots: that its class would take these fields has been checked."""
    new = object.__new__

    def make(cast: Cast) -> Any:
        thing = new(cls)
        for put, value in always:
            put(thing, value)
        for put, get in gets:
            put(thing, get(cast))
        return thing

    return make
