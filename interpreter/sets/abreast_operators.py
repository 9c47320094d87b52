"""Parameters, lets and operators in many scopes at once; see `interpreter.sets.abreast`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from interpreter import core
from interpreter.functions import BUILTINS
from interpreter.operators import add, between, compare, member_of, multiply, negative, rounded
from interpreter.sets.abreast import Abreast, How, Scopes
from interpreter.sets.vectors import (
    Column,
    Numbers,
    Same,
    added,
    asked,
    chosen,
    compared,
    merged,
    numbers,
    one_by_one,
    opposite,
    product,
    taken,
    values,
)
from interpreter.values import Missing


def _const(work: Abreast, e: core.Const, scopes: Scopes) -> Column:
    figure = work.constants.get(id(e)) if work.constants else None
    return Same(e.value) if figure is None else work.figured(*figure, scopes)


def _parameter(work: Abreast, e: core.Param, scopes: Scopes) -> Column:
    return work.once(("parameter", e.name), scopes, partial(work.argument, e))


def _let(work: Abreast, e: core.LetRef, scopes: Scopes) -> Column:
    return work.once(("let", e.name), scopes, partial(work.value, work.definitions[e.name]))


def _compare(work: Abreast, e: core.Compare, scopes: Scopes) -> Column:
    left, right = work.value(e.left, scopes), work.value(e.right, scopes)
    if type(left) is Same and type(right) is Same:
        return one_by_one(partial(compare, e.op), [left, right], scopes)
    one, other = numbers(left, len(scopes)), numbers(right, len(scopes))
    if one is not None and other is not None:
        return compared(e.op, one, other)
    return one_by_one(partial(compare, e.op), [left, right], scopes)


def _logic(work: Abreast, e: core.Logic, scopes: Scopes) -> Column:
    left, decides = scopes, e.op == "or"
    for part in e.parts:
        holds, fails = work.split(part, left)
        left = fails if decides else holds
        if not left:
            return Same(decides)
    if len(left) == len(scopes):
        return Same(not decides)
    undecided = set(left)
    return [decides if scope not in undecided else not decides for scope in scopes]


def _not(work: Abreast, e: core.Not, scopes: Scopes) -> Column:
    holds, fails = work.split(e.of, scopes)
    if not holds or not fails:
        return Same(not holds)
    denied = set(fails)
    return [scope in denied for scope in scopes]


def _presence(work: Abreast, e: core.Presence, scopes: Scopes) -> Column:
    of = work.value(e.of, scopes)
    if type(of) is Same:
        return Same(isinstance(of.value, Missing) == e.missing)
    if type(of) is Numbers:
        return Same(not e.missing)
    return [isinstance(value, Missing) == e.missing for value in values(of, len(scopes))]


def _else(work: Abreast, e: core.Else, scopes: Scopes) -> Column:
    of = work.value(e.of, scopes)
    if type(of) is Numbers:
        return of
    lacking = [
        scope for scope, value in zip(scopes, values(of, len(scopes)), strict=True) if isinstance(value, Missing)
    ]
    if not lacking:
        return of
    if len(lacking) == len(scopes):
        return work.value(e.default, scopes)
    without = set(lacking)
    places = [at for at, scope in enumerate(scopes) if scope not in without]
    there = [scopes[at] for at in places]
    return merged([(there, taken(of, places)), (lacking, work.value(e.default, lacking))], scopes)


def _cases(work: Abreast, e: core.Cases, scopes: Scopes) -> Column:
    left, parts = scopes, list[tuple[Scopes, Column]]()
    for condition, then in e.cases:
        holds, left = work.split(condition, left)
        if holds:
            parts.append((holds, work.value(then, holds)))
        if not left:
            return merged(parts, scopes)
    parts.append((left, work.value(e.otherwise, left)))
    return merged(parts, scopes)


def _between(work: Abreast, e: core.Between, scopes: Scopes) -> Column:
    parts = [work.value(part, scopes) for part in (e.of, e.low, e.high)]
    return one_by_one(between, parts, scopes)


def _among(work: Abreast, e: core.Among, scopes: Scopes) -> Column:
    of, left = work.value(e.of, scopes), scopes
    place = {scope: at for at, scope in enumerate(scopes)}
    found: dict[int, object] = {}
    for one in e.members:
        if left:
            sought = taken(of, [place[scope] for scope in left])
            met = values(one_by_one(member_of, [sought, work.value(one, left)], left), len(left))
            found.update(zip(left, met, strict=True))
            left = [scope for scope, here in zip(left, met, strict=True) if here is False]
    return [found[scope] for scope in scopes]


def _operands(
    work: Abreast, e: core.Add | core.Multiply, scopes: Scopes
) -> tuple[list[str], list[Column], list[tuple[str, Numbers]]]:
    """The signs of all operands but the first, their columns, and these as signed numbers where all of them are."""
    signs = [sign for sign, _ in e.rest]
    parts = [work.value(part, scopes) for part in (e.first, *(part for _, part in e.rest))]
    exact = [each for part in parts if (each := numbers(part, len(scopes))) is not None]
    return signs, parts, list(zip(["", *signs], exact, strict=True)) if len(exact) == len(parts) else []


def _multiply(work: Abreast, e: core.Multiply, scopes: Scopes) -> Column:
    signs, parts, exact = _operands(work, e, scopes)
    if exact:
        return product(exact, scopes)
    return one_by_one(lambda first, *rest: multiply(e, first, list(zip(signs, rest, strict=True))), parts, scopes)


def _add(work: Abreast, e: core.Add, scopes: Scopes) -> Column:
    signs, parts, exact = _operands(work, e, scopes)
    if exact:
        return added(exact, scopes)
    moved = [values(part, len(scopes)) for part in parts]
    given = ((work.env(scope), *found) for scope, *found in zip(scopes, *moved, strict=True))
    return asked(scopes, given, lambda env, first, *rest: add(e, first, list(zip(signs, rest, strict=True)), env))


def _negate(work: Abreast, e: core.Negate, scopes: Scopes) -> Column:
    of = work.value(e.of, scopes)
    return opposite(of) if type(of) is Numbers else one_by_one(negative, [of], scopes)


def _round(work: Abreast, e: core.Round, scopes: Scopes) -> Column:
    of, step = (values(work.value(part, scopes), len(scopes)) for part in (e.of, e.step))

    given = zip(map(work.env, scopes), of, step, strict=True)
    return asked(scopes, given, lambda env, value, by: rounded(e, value, by, env))


def _call(work: Abreast, e: core.Call, scopes: Scopes) -> Column:
    parts = [work.value(argument, scopes) for argument in e.arguments]
    exact = [numbers(part, len(scopes)) for part in parts]
    match e.name, exact:
        case "clamp", [Numbers() as value, Numbers() as low, Numbers() as high]:
            return chosen("<=", chosen(">=", value, low), high)
        case "lesser" | "greater", [Numbers() as one, Numbers() as other]:
            return chosen(">=" if e.name == "greater" else "<=", one, other)
        case _:
            apply = BUILTINS[e.name].apply

    def called(*found: object) -> object:
        absent = next((value for value in found if isinstance(value, Missing)), None)
        return absent if absent is not None else apply(found)

    return one_by_one(called, parts, scopes)


OPERATORS: Mapping[type, How] = {
    core.Const: _const,
    core.Param: _parameter,
    core.LetRef: _let,
    core.Compare: _compare,
    core.Logic: _logic,
    core.Not: _not,
    core.Presence: _presence,
    core.Else: _else,
    core.Cases: _cases,
    core.Between: _between,
    core.Among: _among,
    core.Multiply: _multiply,
    core.Add: _add,
    core.Negate: _negate,
    core.Round: _round,
    core.Call: _call,
}
