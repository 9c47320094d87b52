"""How deep what a query says lies, so that it is not answered where the reference evaluator says that it is too deep.

A query works out an expression at no depth at all. The reference evaluator counts the levels from the step down,
through lets, arguments and models, and fails beyond `MAX_DEPTH` (AV515).
"""

from __future__ import annotations

from attrs import define, field

from dsl.alike import Shown
from interpreter import core
from interpreter.arguments import outward
from interpreter.casts import Late
from interpreter.evaluate import MAX_DEPTH
from interpreter.order import inner_of
from interpreter.runtime import Env
from interpreter.sets.points import derived_named, home_known


@define(eq=False, repr=False)
class Depths(Shown):
    """How many levels the places of a settlement have below them.

    Args:
        known: by the identity of a place, and of what decides which arguments it meets.
        kept: what is known by its identity.
    """

    known: dict[tuple[int, int], int] = field(factory=dict)
    kept: list[object] = field(factory=list)

    def too_deep(self, place: object, env: Env) -> bool:
        """Whether the reference evaluator may find something too deep that is asked for in a scope.

        All steps of a clause are looked at: what a query asks for early is known from then on, wherever it lies, and
        would be too deep there no longer. What is no clause's is asked for at any depth.
        """
        instance, depth = env.instance, env.ledger.depth
        form = instance.form if isinstance(instance, core.Instance) else None
        arguments = instance.arguments if instance is not None else None
        same = arguments.raw if isinstance(arguments, Late) else instance  # contracts of one mould are built alike
        key = id(form or place), id(same)
        if key not in self.known:
            self.kept += [form or place, same]
            self.known[key] = height((form.steps, form.requires) if form is not None else place, env)
        if form is None:
            return max(self.known[key], depth) > MAX_DEPTH // 2
        return self.known[key] > MAX_DEPTH


Asked = tuple[object, Env]
"""A part of something, with the scope in which it is asked for."""


def height(place: object, env: Env) -> int:
    """How many levels of expressions a place has, if all of them are asked for; some number above `MAX_DEPTH` for more.

    Without recursion, since it is asked for deep down in an evaluation.
    """
    known: dict[tuple[int, int], int] = {}
    around: dict[int, Env] = {}
    stack: list[tuple[object, Env, int, list[Asked] | None]] = [(place, env, 0, None)]
    while stack:
        thing, scope, above, parts = stack.pop()
        key = id(thing), id(scope)
        own = 1 if isinstance(thing, core.Node) else 0
        if parts is not None:
            known[key] = own + max([known[id(part), id(of)] for part, of in parts], default=0)
        elif key in known:
            continue
        elif above > MAX_DEPTH:
            known[key] = 1
        else:
            parts = [*_written(thing, scope), *_named(thing, scope, around)]
            stack.append((thing, scope, above, parts))
            stack += [(part, of, above + own, None) for part, of in parts]
    return known[id(place), id(env)]


def _written(thing: object, scope: Env) -> list[Asked]:
    """What a thing is made of."""
    if type(thing) is tuple:
        return [(part, scope) for part in thing]
    return [(getattr(thing, name), scope) for name in inner_of(type(thing))]


def _named(thing: object, scope: Env, around: dict[int, Env]) -> list[Asked]:
    """What an expression stands for that is written elsewhere.

    Args:
        around: the scopes of arguments, by the identity of the clause or model that they are given to.
    """
    match thing:
        case core.Param(name) if scope.instance is not None:
            argument, declared = scope.instance.arguments.get(name), scope.instance.parameter(name)
            if argument is not None:
                return [(argument, around.setdefault(id(scope.instance), outward(scope)))]
            return [(declared.default, scope)] if declared is not None and declared.default is not None else []
        case core.LetRef(name, ""):
            home = home_known(name, scope)
            return [(home.definitions[name], home)] if home is not None else []
        case core.LetRef(name, _):
            return [(value, scope) for value in derived_named(name, scope)]
        case _:
            return []
