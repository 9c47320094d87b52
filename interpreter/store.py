"""A checked program as text, and back: so that a contract that has not changed needs no parsing.

A text is JSON: nodes of a closed list of classes, each with its fields in order, a node naming those before it by their
number. How a field is written follows from its annotation (`interpreter.shapes`), so that a new node needs nothing but
its place in `CLASSES`. Forms, tables and facts that no text of the contract has a part in are *parts*, texts of their
own, since contracts of one model have them in common.

Assumes: nothing of a text that is read. Guarantees: what comes out has, in every field, what its class declares, or
`ForgedError` is raised; nothing in a text is code, names a class outside the list, or leads in a circle.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from attrs import NOTHING, Attribute, fields, frozen

from dsl.alike import Alike
from interpreter import core, facts
from interpreter.plain import ForgedError
from interpreter.shapes import CLASSES, shape

PARTS = (core.Form, core.TableData, facts.Fact)
"""What contracts of one model have in common."""

_LEFT_OUT = {"examples", "used_facts", "units"}
_MAIN = ""
"""What the contract's own file is called in a text: the same contract may lie elsewhere."""


@frozen(eq=False, repr=False)
class Stored(Alike):
    """A program as text.

    Args:
        program: its nodes; the parts are numbered before them.
        parts: the texts of its parts.
    """

    program: str
    parts: tuple[str, ...]


Make = Callable[[list[Any], list[Any]], object]


@cache
def stored_fields(cls: Any) -> tuple[Attribute[Any], ...]:
    """The fields of a class that are stored, those that must be given first."""
    return tuple(sorted((f for f in fields(cls) if f.name not in _LEFT_OUT), key=lambda f: not _required(f)))


def _required(of: Attribute[Any]) -> bool:
    return of.default is NOTHING


def _default(of: Attribute[Any]) -> Callable[[], Any]:
    """What makes the value that a field has when none is given."""
    factory: Callable[[], Any] | None = getattr(of.default, "factory", None)
    return factory or (lambda: of.default)


@cache
def _maker(number: int) -> Make:
    """What makes a thing of the class with that number from what is written of it.

    Fields at the end that have their default are not written. A thing is filled through its slots: that its class
    would take these fields is what has been checked.
    """
    cls: Any = CLASSES[number]
    own = stored_fields(cls)
    plan = [(getattr(cls, f.name).__set__, shape(str(f.type))[0]) for f in own]
    least, most = sum(map(_required, own)), len(own)
    optional = [(getattr(cls, f.name).__set__, _default(f)) for f in own if not _required(f)]
    left_out = [(getattr(cls, f.name).__set__, _default(f)) for f in fields(cls) if f.name in _LEFT_OUT]
    new = object.__new__

    def make(raw: list[Any], nodes: list[Any]) -> object:
        given = len(raw) - 1
        if not least <= given <= most:
            raise ForgedError
        thing = new(cls)
        for (put, read), value in zip(plan, raw[1:], strict=False):
            put(thing, read(value, nodes))
        for put, default in (*optional[given - least :], *left_out):
            put(thing, default())
        return thing

    return make


_NUMBER = {cls: number for number, cls in enumerate(CLASSES)}


class Writer:
    """Writes things as nodes, each once.

    Args:
        main: the name of the contract's own file.
        parts: things that are written elsewhere, numbered before all nodes.
    """

    def __init__(self, main: str, parts: Sequence[object] = ()) -> None:
        self.files: list[str] = []
        self.nodes: list[list[Any]] = []
        self._main = main
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
            raw: list[Any] = [_NUMBER[cls]]
            kept = 1
            for f in stored_fields(cls):
                write = shape(str(f.type))[1]
                raw.append(write(getattr(thing, f.name), self))
                if _required(f) or json.dumps(raw[-1]) != json.dumps(write(_default(f)(), self)):
                    kept = len(raw)
            key = f"{id(thing)}" if cls in (core.Instance, core.ModelUse) else json.dumps(raw[:kept])
            if key not in self._known:
                self._known[key] = self._least + len(self.nodes)
                self.nodes.append(raw[:kept])
            at = self._known[key]
            if key[0] != "[":
                self._same[id(thing)] = at
        return at

    def text(self) -> str:
        """All that was written."""
        return json.dumps([self.files, *self.nodes], ensure_ascii=False, separators=(",", ":"))


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
        part.node(thing)
        if _MAIN not in part.files:
            parts.append(thing)
            texts.append(part.text())
    whole = Writer(main, parts)
    whole.node(program)
    return Stored(whole.text(), tuple(texts))


def decode(text: str, main: str, parts: Sequence[object] = ()) -> object:
    """The thing that a text was made of.

    Args:
        text: the `program` or one of the `parts` of what `encode` gave.
        main: the name of the contract's own file.
        parts: the things of the parts, for a program.

    Raises:
        ForgedError: the text is not of that kind.
    """
    try:
        raw = json.loads(text)
        nodes: list[Any] = [_files(raw[0], main), *parts]
        for one in raw[1:]:
            nodes.append(_maker(one[0])(one, nodes))
        return nodes[-1]
    except _WRONG as error:
        raise ForgedError from error


_WRONG = (ValueError, TypeError, LookupError, RecursionError, OverflowError)
"""What a text of another kind can lead to before its kind is seen."""


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
