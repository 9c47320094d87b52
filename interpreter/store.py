"""A checked program as text, and back: so that a contract that has not changed needs no parsing.

A text is JSON: nodes of a closed list of classes, each with its fields in order, a node naming those before it by their
number. How a field is written follows from its annotation (`interpreter.shapes`), so that a new node needs nothing but
its place in `CLASSES`. A program is written as a mould, in which places, numbers and the parties' names are left out,
and its figures (`interpreter.moulds`): contracts that differ in these alone have one mould. Forms, tables' rows and
facts that no text of the contract has a part in are *parts*, texts of their own, since contracts of one model have
them in common.

Assumes: nothing of a text that is read. Guarantees: what comes out has, in every field, what its class declares, or
`ForgedError` is raised; nothing in a text is code, names a class outside the list, or leads in a circle.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from attrs import fields, frozen

from dsl.alike import Alike
from dsl.spans import NOWHERE
from interpreter import core, facts
from interpreter.columns import place_of, read_lines, write_lines
from interpreter.figures import (
    CELLS,
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
from interpreter.moulds import Mould
from interpreter.packed import joined, packed, unjoined, unpacked
from interpreter.plain import ForgedError, Write
from interpreter.shapes import CLASSES, shape

PARTS = (core.Form, core.TableData, facts.Fact)
"""What contracts of one model have in common."""

_MAIN = ""
"""What the contract's own file is called in a text: the same contract may lie elsewhere."""


@frozen(eq=False, repr=False)
class Stored(Alike):
    """A program as text.

    Args:
        mould: its nodes without its figures; the parts are numbered before them.
        figures: what it has of its own.
        parts: the texts of its parts.
    """

    mould: str
    figures: str
    parts: tuple[str, ...]


Make = Callable[[list[Any], list[Any]], object]


@cache
def _maker(number: int) -> Make:
    """What makes a thing of the class with that number from what is written of it.

    Fields at the end that have their default are not written. A thing is filled through its slots: that its class
    would take these fields is what has been checked.
    """
    cls: Any = CLASSES[number]
    own = stored_fields(cls)
    plan = [(getattr(cls, f.name).__set__, shape(str(f.type))[0]) for f in own]
    least, most = sum(map(required, own)), len(own)
    optional = [(getattr(cls, f.name).__set__, default(f)) for f in own if not required(f)]
    left_out = [(getattr(cls, f.name).__set__, default(f)) for f in fields(cls) if f.name in LEFT_OUT]
    new = object.__new__

    def make(raw: list[Any], nodes: list[Any]) -> object:
        given = len(raw) - 1
        if not least <= given <= most:
            raise ForgedError
        thing = new(cls)
        for (put, read), value in zip(plan, raw[1:], strict=False):
            put(thing, read(value, nodes))
        for put, make_default in (*optional[given - least :], *left_out):
            put(thing, make_default())
        return thing

    return make


_NUMBER = {cls: number for number, cls in enumerate(CLASSES)}

Usual = Callable[[Any, Any, "Writer"], bool]
"""Whether a value, which is written so, is what its field has when it is not written."""


@cache
def _fields(cls: Any, *, apart: bool) -> tuple[tuple[str, Write, str, bool, Usual], ...]:
    """The fields of a class: the name, how it is written, what figure it is, whether it must be, and its usual value.

    Args:
        apart: whether figures are written apart.
    """
    figures = figures_of(cls) if apart else {}
    found = []
    for f in stored_fields(cls):
        write, needed = shape(str(f.type))[1], required(f)
        usual = _usual(None if needed else default(f)(), write)
        found.append((f.name, write, figures.get(f.name, ""), needed, usual))
    return tuple(found)


def _usual(usual: Any, write: Write) -> Usual:
    """What recognizes the usual value of a field; comparing with a plain one is faster than writing it each time."""
    if usual is None or usual is False or usual is True:
        return lambda value, *_: value is usual
    if isinstance(usual, str | tuple | dict) and not usual:
        return lambda value, *_: value is not None and not value
    return lambda _, written, to: bool(written == write(usual, to))


def _told(kind: str, value: Any) -> tuple[object, ...]:
    """A figure as it is told from others."""
    return (kind, value.file, value.start, value.end) if kind == PLACE else (kind, value)


class Writer:
    """Writes things as nodes, each once.

    Args:
        main: the name of the contract's own file.
        parts: things that are written elsewhere, numbered before all nodes.
        figures: takes the figures in the columns of `Figures`, where they are written apart.
    """

    def __init__(self, main: str, parts: Sequence[object] = (), figures: list[list[Any]] | None = None) -> None:
        self.files: list[str] = []
        self.nodes: list[list[Any]] = []
        self._main = main
        self._figures = figures
        self._least = len(parts) + 1
        self._same = {id(part): at for at, part in enumerate(parts, start=1)}
        self._known: dict[str, int] = {}

    def file(self, name: str) -> int:
        """The number of a file."""
        name = _MAIN if name == self._main else name
        if name not in self.files:
            self.files.append(name)
        return self.files.index(name)

    def node(self, thing: Any) -> int:
        """The number of a thing, which is written first if it is not yet.

        Things that are equal in every field become one, but for those that are told apart by identity.
        """
        at = self._same.get(id(thing))
        if at is None:
            cls: type = type(thing)
            own: list[tuple[str, Any]] = []
            raw: list[Any] = [_NUMBER[cls]]
            kept = 1
            for name, write, declared, needed, usual in _fields(cls, apart=self._figures is not None):
                value, kind = getattr(thing, name), declared
                if kind == MARKED:
                    if id(value) in self._same:
                        kind, mark, value = PLACE, self._same[id(value)], place_of(value)
                    else:
                        kind, mark = _marked(value)
                    raw.append(mark)
                    kept = len(raw)
                    if kind not in (NUMBER, DAY, TEXT, PLACE, WHOLE):
                        continue
                if kind == WHOLE:
                    own.append((kind, write(value, self)))
                elif kind:
                    own.append((kind, value))
                else:
                    raw.append(write(value, self))
                    if needed or not usual(value, raw[-1], self):
                        kept = len(raw)
            del raw[kept:]
            key = f"{id(thing)}" if cls in ONE_THING else f"{raw}{[_told(*one) for one in own]}"
            if key not in self._known:
                self._known[key] = self._least + len(self.nodes)
                self.nodes.append(raw)
                for kind, value in own:
                    self._figure(kind, value)
            at = self._known[key]
            if key[0] != "[":
                self._same[id(thing)] = at
        return at

    def _figure(self, kind: str, value: Any) -> None:
        """Take a figure."""
        assert self._figures is not None
        files, starts, ends, tops, belows, texts, rest = self._figures
        if kind == PLACE:
            somewhere = value != NOWHERE
            files.append(self.file(value.file) if somewhere else -1)
            starts.append(value.start)
            ends.append(value.end)
        elif kind == NUMBER:
            tops.append(value.numerator)
            belows.append(value.denominator)
        elif kind == TEXT:
            texts.append(value)
        else:
            rest.append(value.toordinal() if kind == DAY else value)

    def text(self) -> str:
        """All that was written."""
        return _text([self.files, *self.nodes])


def _marked(value: Any) -> tuple[str, Any]:
    """What kind of figure a cell or the rows of a table are, and what is said instead; a cell may be all said."""
    kind = CELLS.get(type(value), "") if not isinstance(value, Sequence) or isinstance(value, str) else WHOLE
    return kind, kind or value


def _text(raw: Any) -> str:
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":"))


def encode(program: core.Program, main: str) -> Stored:
    """A program as text.

    Args:
        program: a contract without errors; its examples are left out.
        main: the name of its own file in its places.
    """
    own = [*(i.form for i in program.instances), *program.tables.values(), *program.facts.values()]
    parts: list[object] = []
    texts: list[str] = []
    for thing in {id(thing): thing for thing in own}.values():
        part = Writer(main)
        of: object = thing
        part.node(thing)
        text = part.text()
        if _MAIN in part.files and isinstance(thing, core.TableData) and place_of(thing.lines) is not None:
            part, of = Writer(main), thing.lines
            written = write_lines(thing.lines, part, placed=False)
            text = _text({"files": part.files, "rows": written})
        if _MAIN not in part.files:
            parts.append(of)
            texts.append(text)
    figures: list[list[Any]] = [[] for _ in Figures._fields]
    whole = Writer(main, parts, figures)
    whole.node(program)
    *numbers, said, rest = figures
    return Stored(whole.text(), _text([*map(packed, numbers), joined(said), rest]), tuple(texts))


def decode(text: str, main: str) -> object:
    """The thing that a text of nodes was made of, or the rows of a table.

    Args:
        text: one of the `parts` of what `encode` gave, or what a `Writer` wrote.
        main: the name of the contract's own file.

    Raises:
        ForgedError: the text is not of that kind.
    """
    try:
        raw = json.loads(text)
        if type(raw) is dict:
            return read_lines(raw["rows"], [_files(raw["files"], main)])
        nodes: list[Any] = [_files(raw[0], main)]
        for one in raw[1:]:
            nodes.append(_maker(one[0])(one, nodes))
        return nodes[-1]
    except _WRONG as error:
        raise ForgedError from error


_WRONG = (ValueError, TypeError, LookupError, RecursionError, ArithmeticError)
"""What a text of another kind can lead to before its kind is seen."""


def mould_of(text: str, parts: Sequence[object], figures: Figures, main: str) -> Mould:
    """The mould that a text was made of, with the first contract that is made of it.

    Args:
        text: the `mould` of what `encode` gave.
        parts: the things of its parts.
        figures: those of that contract.
        main: the name of its own file.

    Raises:
        ForgedError: the text is not of that kind, or the figures are not for it.
    """
    try:
        return Mould(json.loads(text), parts, figures, main)
    except _WRONG as error:
        raise ForgedError from error


def figures_in(text: str) -> Figures:
    """The figures of a text, of which the mould is to check how many they are and what else there is.

    Raises:
        ForgedError: it has none.
    """
    try:
        *columns, texts, rest = json.loads(text)
        if type(rest) is not list:
            raise ForgedError
        files, starts, ends, tops, belows = map(unpacked, columns)
        return Figures(files, starts, ends, tops, belows, unjoined(texts), rest)
    except _WRONG as error:
        raise ForgedError from error


def cast(mould: Mould, main: str, figures: Figures) -> core.Program:
    """The program of a mould and its figures.

    Args:
        mould: what it is made of.
        main: the name of its own file.
        figures: what it has of its own.

    Raises:
        ForgedError: the figures are not for it.
    """
    try:
        return mould.cast(main, figures)
    except _WRONG as error:
        raise ForgedError from error


def _files(raw: Any, main: str) -> tuple[str, ...]:
    if type(raw) is not list or not all(type(name) is str for name in raw):
        raise ForgedError
    return tuple([main if name == _MAIN else name for name in raw])


def encode_as(annotation: str, value: object, main: str) -> str:
    """A value without nodes, by an annotation: `tuple[tuple[Span, str], ...]`."""
    to = Writer(main)
    written = shape(annotation)[1](value, to)
    return json.dumps([to.files, written], ensure_ascii=False, separators=(",", ":"))


def decode_as(annotation: str, text: str, main: str) -> Any:
    """The value that `encode_as` wrote.

    Raises:
        ForgedError: the text is not of that kind.
    """
    try:
        files, written = json.loads(text)
        return shape(annotation)[0](written, [_files(files, main)])
    except _WRONG as error:
        raise ForgedError from error
