"""Our classes are those of attrs: the same body made by both behaves alike, for every class of the program."""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
import subprocess
import sys
from types import ModuleType
from typing import Any

import attrs
import pytest

import avtal
import dsl
import interpreter
from dsl import making
from dsl.spans import Span

MAKERS = [attrs, making]


def first(value: str) -> str:
    return value[:1]


def bodies(by: Any) -> dict[str, Any]:
    """The same classes, made by attrs or by us."""

    @by.frozen
    class Plain:
        a: int
        b: str = "b"
        c: list[int] = by.field(factory=list)

    @by.frozen(kw_only=True)
    class Base:
        place: int = by.field(default=0, eq=False, repr=False)
        kind: str

    @by.frozen
    class Child(Base):
        of: int
        again: int = 7

    @by.frozen(order=True)
    class Ordered:
        a: int
        b: int

    @by.define
    class Open:
        a: int = 1
        word: str = by.field(default="x", eq=first)

        def __attrs_post_init__(self) -> None:
            self.a += 1

    @by.define(eq=False, repr=False)
    class Bare:
        a: int = 1

    @by.frozen
    class Own:
        a: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own)

        def __hash__(self) -> int:
            return 3

        def __repr__(self) -> str:
            return "own"

    @by.frozen
    class Empty:
        pass

    @by.frozen
    class Overriding(Plain):
        a: int = 5

    found = [Plain, Base, Child, Ordered, Open, Bare, Own, Empty, Overriding]
    return {cls.__name__: cls for cls in found}


CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Plain", (1,), {}),
    ("Plain", (1, "x"), {}),
    ("Plain", (), {"a": 1, "c": [2]}),
    ("Plain", (1, "x", [3]), {}),
    ("Base", (), {"kind": "k"}),
    ("Child", (4,), {"kind": "k"}),
    ("Child", (4, 8), {"kind": "k", "place": 2}),
    ("Ordered", (1, 2), {}),
    ("Ordered", (1, 3), {}),
    ("Open", (), {}),
    ("Open", (2, "xyz"), {}),
    ("Bare", (3,), {}),
    ("Own", (3,), {}),
    ("Empty", (), {}),
    ("Overriding", ("b2",), {}),
    ("Overriding", (), {}),
]
WRONG: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Plain", (), {}),
    ("Plain", (1, 2, 3, 4), {}),
    ("Plain", (1,), {"a": 2}),
    ("Plain", (1,), {"d": 2}),
    ("Base", ("k",), {}),
    ("Child", (1,), {}),
]


@pytest.fixture(params=["at first", "compiled"])
def when(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(making, "FEW", 10**6 if request.param == "at first" else 0)
    kind: str = request.param
    return kind


def fields_of(thing: Any) -> dict[str, Any]:
    return {a.name: getattr(thing, a.name) for a in attrs.fields(type(thing))}


@pytest.mark.usefixtures("when")
@pytest.mark.parametrize(("name", "arguments", "named"), CALLS)
def test_a_thing_is_what_attrs_makes(name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    theirs, ours = (bodies(by)[name](*arguments, **named) for by in MAKERS)
    assert fields_of(theirs) == fields_of(ours)
    if name != "Bare":  # which has Python's own text, with an address
        assert repr(theirs).rpartition(".")[2] == repr(ours).rpartition(".")[2]
    assert type(theirs).__match_args__ == type(ours).__match_args__
    assert not hasattr(ours, "__dict__")
    with pytest.raises(AttributeError):
        ours.nothing = 1


@pytest.mark.usefixtures("when")
@pytest.mark.parametrize(("name", "arguments", "named"), WRONG)
def test_a_wrong_call_is_refused(name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    for by in MAKERS:
        cls = bodies(by)[name]
        with pytest.raises(TypeError, match="argument"):
            cls(*arguments, **named)


def test_equality_hash_and_order() -> None:
    theirs, ours = map(bodies, MAKERS)
    things = [[cls(*a, **k) for name, a, k in CALLS for cls in [kind[name]] if a or k] for kind in (theirs, ours)]
    for one, other in zip(*things, strict=True):
        assert [one == x for x in things[0]] == [other == x for x in things[1]]
        assert one.__eq__(3) is other.__eq__(3)
        hashable = [True, True]
        for at, thing in enumerate((one, other)):
            try:
                hash(thing)
            except TypeError:
                hashable[at] = False
        assert hashable[0] == hashable[1]
    a, b = ours["Ordered"](1, 2), ours["Ordered"](1, 3)
    assert (a < b, a <= b, a > b, a >= b, hash(a) == hash(ours["Ordered"](1, 2))) == (True, True, False, False, True)
    assert a.__lt__(3) is NotImplemented
    assert ours["Child"](1, kind="a", place=1) == ours["Child"](1, kind="a", place=2)
    assert ours["Open"](1, "xy") == ours["Open"](1, "xz")


def test_what_is_frozen_stays(when: str) -> None:
    thing = bodies(making)["Plain"](1)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        thing.a = 2
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del thing.a
    assert (thing.a, when) == (1, when)


def test_each_thing_has_its_own_list() -> None:
    cls = bodies(making)["Plain"]
    assert cls(1).c is not cls(1).c


def test_it_is_compiled_when_it_is_used_often() -> None:
    cls = bodies(making)["Child"]
    start = cls.__init__
    things = [cls(at, kind="k") for at in range(making.FEW)]
    assert cls.__init__ is start
    things.append(cls(making.FEW, kind="k"))
    assert cls.__init__ is not start
    assert cls.__init__.__qualname__.endswith("Child.__init__")
    assert [thing.of for thing in things] == list(range(making.FEW + 1))
    assert {type(thing) for thing in things} == {cls}


def test_evolve() -> None:
    for by in MAKERS:
        child = bodies(by)["Child"](1, kind="k")
        assert fields_of(by.evolve(child, again=9)) == {"place": 0, "kind": "k", "of": 1, "again": 9}
        assert fields_of(attrs.evolve(child, of=2))["of"] == 2
        with pytest.raises(TypeError, match="argument"):
            by.evolve(child, unknown=1)


def test_a_copy_and_a_pickle_are_alike() -> None:
    span = Span("a", 1, 2)
    assert copy.copy(span) == copy.deepcopy(span) == pickle.loads(pickle.dumps(span)) == span  # noqa: S301


def modules(package: ModuleType) -> list[ModuleType]:
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [importlib.import_module(info.name) for info in found if not info.name.endswith("__main__")]


def test_every_class_of_the_program_is_as_attrs_would_make_it() -> None:
    classes = {
        cls
        for package in (dsl, interpreter, avtal)
        for module in modules(package)
        for cls in vars(module).values()
        if isinstance(cls, type) and "__made__" in vars(cls)
    }
    assert len(classes) > 150
    for cls in classes:
        said = attrs.fields(cls)
        assert [a.name for a in said] == [f.name for f in making.fields(cls)] == [a.alias for a in said]
        assert [a.kw_only for a in said] == [f.kw_only for f in making.fields(cls)]
        assert [bool(a.eq) for a in said] == [f.eq for f in making.fields(cls)]
        assert [a.repr for a in said] == [f.repr for f in making.fields(cls)]
        required = [a for a in said if not a.kw_only]
        optional = [a.default is not attrs.NOTHING for a in required]
        assert optional == sorted(optional), f"{cls}: a field without default follows one that has one"


def test_attrs_is_not_imported_for_a_class() -> None:
    code = (
        "import sys, interpreter.core as c, dsl.spans as s\n"
        "s.Span('', 0, 1) == s.Span('', 0, 2); early = 'attr' in sys.modules\n"
        "import attrs; print(early, [a.name for a in attrs.fields(c.Rows)][:2], attrs.has(c.Form))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False ['fact', 'row'] True"
