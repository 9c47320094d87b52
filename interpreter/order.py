"""Which clause is settled before which.

A clause waits for those its arguments and form name; a child waits for its
parent; who asks for the base waits for every clause inside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from attrs import fields

from dsl.spans import Span
from interpreter import core


def expressions(thing: object) -> Iterator[core.Node]:
    """Every expression inside a core node, step or argument, itself included; iterative, so depth does not matter."""
    stack = [thing]
    while stack:
        top = stack.pop()
        kind = type(top)
        if kind is tuple:
            stack.extend(top)  # type: ignore[arg-type]
            continue
        known = _INNER.get(kind)
        is_node, names = _known(kind) if known is None else known
        if is_node:
            yield top  # type: ignore[misc]
        for name in names:
            stack.append(getattr(top, name))  # noqa: PERF401 - a list for so few takes longer


WORDS = ("str", "bool", "Type", "Span", "Cell")
"""The types of attributes in which no expression stands."""
_INNER: dict[type, tuple[bool, tuple[str, ...]]] = {}


def inner_of(kind: type) -> tuple[str, ...]:
    """The attributes of a core type in which expressions may stand; so often asked for that attrs is asked once."""
    return _known(kind)[1]


def _known(kind: type) -> tuple[bool, tuple[str, ...]]:
    """Whether a type is one of expressions, and its attributes in which others may stand."""
    found = _INNER.get(kind)
    if found is None:
        holds = issubclass(kind, core.Node | core.Step | core.Argument | core.Stretch | core.Rows | core.Window)
        names = tuple([a.name for a in fields(kind) if a.type not in WORDS]) if holds else ()
        found = _INNER[kind] = issubclass(kind, core.Node), names
    return found


def depends(instance: core.Instance, instances: Sequence[core.Instance], lets: Mapping[str, core.Let]) -> set[str]:
    """The keys of the clauses that a clause needs settled first."""
    found = {instance.parent.key} if instance.parent else set()
    stack: list[object] = [*instance.form.steps, *(c for c, _, _ in instance.form.requires)]
    owner: core.Instance | core.ModelUse | None = instance
    names = {p.name for p in instance.form.parameters}
    while owner is not None:
        given, names = _given(owner, names)
        stack += given
        owner = owner.model
    seen: set[str] = set()
    while stack:
        for e in expressions(stack.pop()):
            match e:
                case core.Amount("base", _):
                    found |= {other.key for other in instances if other.inside_base}
                case core.Amount(_, keys):
                    found |= set(keys)
                case core.Given(key, _):
                    found.add(key)
                case core.LetRef(name, "") if name in lets and name not in seen:
                    seen.add(name)
                    stack.append(lets[name].value)
                case _:
                    pass
    return found


def _given(owner: core.Instance | core.ModelUse, names: set[str]) -> tuple[list[object], set[str]]:
    """What some parameters of a clause or a model's use stand for, and which of the model around that asks for."""
    found: list[object] = []
    outer: set[str] = set()
    waiting, seen = [*names], set(names)
    while waiting:
        name = waiting.pop()
        argument, declared = owner.arguments.get(name), owner.parameter(name)
        if argument is not None:
            found.append(argument)
            outer |= _parameters(argument)
        elif declared is not None and declared.default is not None:
            found.append(declared.default)
            others = _parameters(declared.default) - seen
            seen |= others
            waiting += others
    return found, outer


def _parameters(of: core.Expr | core.Argument) -> set[str]:
    return {e.name for e in expressions(of) if isinstance(e, core.Param)}


def in_order(
    instances: Sequence[core.Instance], lets: Sequence[core.Let]
) -> tuple[list[core.Instance], list[tuple[list[str], Span]]]:
    """The instances in an order in which each can be settled, and the circles that make that impossible.

    Args:
        instances: the clauses.
        lets: the contract's own lets, through which a clause may depend on another.

    Guarantees: the same clauses have the same order, and the same circle, in every process.
    """
    by_key = {instance.key: instance for instance in instances}
    place = {key: at for at, key in enumerate(by_key)}
    named = {let.name: let for let in lets}
    graph = {i.key: sorted(depends(i, instances, named) & by_key.keys(), key=place.__getitem__) for i in instances}
    try:
        keys = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        path = list(reversed(error.args[1]))
        return list(instances), [(path, by_key[path[0]].span)]
    return [by_key[key] for key in keys], []
