"""Classes as attrs makes them, with nothing compiled before it is used.

attrs compiles the methods of every class when a program starts, which cost the command line more than all else
together. Here a class gets its slots, its order of fields and shared methods; its `__init__` is compiled when it has
been called `FEW` times. `attrs.fields`, `attrs.evolve` and what builds on them see an attrs class.

Assumes: the settings that `define`, `frozen` and `field` name, which mean what they mean in attrs, and annotations
that are kept as text. Guarantees: attrs itself is imported only when it is asked about a class, or when an attribute
of a frozen thing is set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
NOTHING: Any = object()
"""The default of a field that has none."""

FEW = 24
"""How many things of a class are made before its `__init__` is compiled: compiling takes as long as making so many."""


class Given:
    """What `field` says of a field in a class body."""

    __slots__ = ("default", "eq", "factory", "repr")

    def __init__(self, default: Any, factory: Callable[[], Any] | None, eq: Any, repr_: bool) -> None:  # noqa: FBT001
        self.default = default
        self.factory = factory
        self.eq = eq
        self.repr = repr_


class Field:
    """A field of a class: what `attrs.Attribute` says of it, as far as it is used here."""

    __slots__ = ("default", "eq", "eq_key", "factory", "kw_only", "name", "repr", "type")

    def __init__(self, name: str, kind: Any, given: Given, *, kw_only: bool) -> None:
        self.name = name
        self.type = kind
        self.default = given.default
        self.factory = given.factory
        self.eq = given.eq is not False
        self.eq_key: Callable[[Any], Any] | None = given.eq if callable(given.eq) else None
        self.repr = given.repr
        self.kw_only = kw_only


def field(
    *,
    default: Any = NOTHING,
    factory: Callable[[], Any] | None = None,
    eq: Any = True,
    repr: bool = True,  # noqa: A002
) -> Any:
    """A field with settings.

    Args:
        default: its value when none is given.
        factory: makes that value anew each time.
        eq: whether equality looks at it, or a function that says what of it equality looks at.
        repr: whether the text of a thing shows it.
    """
    return Given(default, factory, eq, repr)


def define(
    cls: type[T] | None = None,
    *,
    kw_only: bool = False,
    eq: bool = True,
    repr: bool = True,  # noqa: A002
    order: bool = False,
    frozen: bool = False,
) -> Any:
    """A class of things with fields in slots.

    Args:
        cls: the class body; without it, what makes the class.
        kw_only: whether its own fields are given by name only.
        eq: whether it gets an equality (and a hash, when it is frozen); else it keeps what it inherits.
        repr: whether it gets a text.
        order: whether it gets an order, by its compared fields.
        frozen: whether setting a field is refused.
    """
    if cls is None:
        return lambda body: define(body, kw_only=kw_only, eq=eq, repr=repr, order=order, frozen=frozen)
    body = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    inherited = {f.name: f for base in reversed(cls.__mro__[1:]) for f in vars(base).get("__made__", ())}
    own = {}
    for name, annotation in body.get("__annotations__", {}).items():
        given = body.pop(name, NOTHING)
        plain = given if isinstance(given, Given) else Given(given, None, True, True)  # noqa: FBT003
        own[name] = Field(name, annotation, plain, kw_only=kw_only)
    made = tuple({name: f for name, f in inherited.items() if name not in own}.values()) + tuple(own.values())
    body["__qualname__"] = cls.__qualname__
    body["__slots__"] = tuple(name for name in own if name not in inherited)
    body["__match_args__"] = tuple(f.name for f in made if not f.kw_only)
    body["__made__"] = made
    body["__attrs_attrs__"] = _ASKED
    body["__getstate__"], body["__setstate__"] = _state, _restored
    if frozen:
        body["__setattr__"] = body["__delattr__"] = _refused
    if eq and "__eq__" not in body:
        body["__eq__"] = _equal
        body["__hash__"] = _hashed if frozen else None
    if repr and "__repr__" not in body:
        body["__repr__"] = _shown
    if order:
        body["__lt__"], body["__le__"], body["__gt__"], body["__ge__"] = _ORDER
    body.pop("__init__", None)
    kind: Any = type(cls)
    found = kind(cls.__name__, cls.__bases__, body)
    found.__init__ = _first(found, made, frozen=frozen)
    return found


def frozen(
    cls: type[T] | None = None,
    *,
    kw_only: bool = False,
    eq: bool = True,
    repr: bool = True,  # noqa: A002
    order: bool = False,
) -> Any:
    """A class of things that don't change; the settings are those of `define`."""
    return define(cls, kw_only=kw_only, eq=eq, repr=repr, order=order, frozen=True)


def fields(cls: type) -> tuple[Field, ...]:
    """The fields of a class, those it inherits first."""
    found: tuple[Field, ...] = cls.__made__  # type: ignore[attr-defined]
    return found


def evolve(thing: T, /, **changes: Any) -> T:
    """A thing like another one with some fields changed."""
    cls: Any = thing.__class__
    for f in cls.__made__:
        if f.name not in changes:
            changes[f.name] = getattr(thing, f.name)
    made: T = cls(**changes)
    return made


def _in_call(made: tuple[Field, ...]) -> list[Field]:
    """Fields in the order in which a call gives them."""
    return [f for f in made if not f.kw_only] + [f for f in made if f.kw_only]


def _first(cls: Any, made: tuple[Field, ...], *, frozen: bool) -> Callable[..., None]:
    """The `__init__` that a class starts with: it needs no compiling, and gives way when it has been called often."""
    plan = [(getattr(cls, f.name).__set__, f.name, f.default, f.factory) for f in _in_call(made)]
    positional = sum(not f.kw_only for f in made)
    after = getattr(cls, "__attrs_post_init__", None)
    calls = 0

    def __init__(self: Any, *arguments: Any, **named: Any) -> None:  # noqa: N807
        nonlocal calls
        calls += 1
        given = len(arguments)
        used = given
        fits = calls <= FEW and given <= positional
        if fits:
            for at, (put, name, default, factory) in enumerate(plan):
                if at < given:
                    put(self, arguments[at])
                elif name in named:
                    put(self, named[name])
                    used += 1
                elif factory is not None:
                    put(self, factory())
                elif default is not NOTHING:
                    put(self, default)
                else:
                    fits = False
        if not fits or used != given + len(named):
            cls.__init__ = _compiled(cls, made, frozen=frozen)
            cls.__init__(self, *arguments, **named)  # a wrong call is refused by it in Python's own words
        elif after is not None:
            after(self)

    return __init__


def _compiled(cls: Any, made: tuple[Field, ...], *, frozen: bool) -> Callable[..., None]:
    """The `__init__` of a class, written out.

    A frozen thing is filled while it is of a class with the same slots that lets it be: half the time of going past
    the refusal for each field.
    """
    known: dict[str, Any] = {"NOTHING": NOTHING}
    head, lines = ["self"], []
    ordered = _in_call(made)
    for at, f in enumerate(ordered):
        if f.kw_only and (at == 0 or not ordered[at - 1].kw_only):
            head.append("*")
        value = f.name
        if f.factory is not None:
            known[f"_made_{f.name}"] = f.factory
            head.append(f"{f.name}=NOTHING")
            value = f"_made_{f.name}() if {f.name} is NOTHING else {f.name}"
        elif f.default is not NOTHING:
            known[f"_default_{f.name}"] = f.default
            head.append(f"{f.name}=_default_{f.name}")
        else:
            head.append(f.name)
        lines.append(f"self.{f.name} = {value}")
    if frozen:
        slots = vars(cls)["__slots__"]
        known["_open"] = type(cls)(cls.__name__, cls.__bases__, {"__slots__": slots, "__setattr__": object.__setattr__})
        known["_set"], known["_closed"] = object.__setattr__, cls
        lines = ["_set(self, '__class__', _open)", *lines, "self.__class__ = _closed"]
    if hasattr(cls, "__attrs_post_init__"):
        lines.append("self.__attrs_post_init__()")
    text = f"def __init__({', '.join(head)}):\n " + "\n ".join(lines or ["pass"])
    exec(text, known)  # noqa: S102 - the text is made of the fields' names, which Python has read as names
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


class _Asked:
    """What attrs asks a class for its fields by; answered, and kept, when it is asked."""

    def __get__(self, thing: object, cls: Any) -> object:
        import attrs  # noqa: PLC0415

        said: dict[str, Any] = {
            f.name: attrs.field(
                default=attrs.Factory(f.factory)
                if f.factory is not None
                else attrs.NOTHING
                if f.default is NOTHING
                else f.default,
                eq=f.eq_key or f.eq,
                repr=f.repr,
                kw_only=f.kw_only,
                type=f.type,
            )
            for f in cls.__made__
        }
        cls.__attrs_attrs__ = attrs.fields(attrs.make_class(cls.__name__, said))
        return cls.__attrs_attrs__


_ASKED = _Asked()


def _compared(thing: Any) -> tuple[Any, ...]:
    return tuple(
        [
            getattr(thing, f.name) if f.eq_key is None else f.eq_key(getattr(thing, f.name))
            for f in thing.__made__
            if f.eq
        ]
    )


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return _compared(self) == _compared(other)


def _hashed(self: Any) -> int:
    return hash((self.__class__, _compared(self)))


def _shown(self: Any) -> str:
    cls = self.__class__
    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in cls.__made__ if f.repr)
    return f"{cls.__qualname__.rpartition('>.')[2]}({shown})"


def _refused(*_: object) -> None:
    from attrs.exceptions import FrozenInstanceError  # noqa: PLC0415

    raise FrozenInstanceError


def _state(self: Any) -> dict[str, Any]:
    return {f.name: getattr(self, f.name) for f in self.__made__}


def _restored(self: Any, state: Mapping[str, Any]) -> None:
    for name, value in state.items():
        object.__setattr__(self, name, value)


def _ordered(meets: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
    def compare(self: Any, other: Any) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return meets(_compared(self), _compared(other))

    return compare


_ORDER = [
    _ordered(lambda a, b: a < b),
    _ordered(lambda a, b: a <= b),
    _ordered(lambda a, b: a > b),
    _ordered(lambda a, b: a >= b),
]
