"""Operators as functions of the functions of their operands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from interpreter import core
from interpreter.arguments import cell
from interpreter.functions import BUILTINS
from interpreter.operators import ORDERS, add, among, between, compare, multiply, negative
from interpreter.references import member
from interpreter.runtime import Env
from interpreter.values import EntryValue, Failure, Missing, present

Run = Callable[[Env], object]
Parts = Sequence[Run]


def pure(parts: Parts, apply: Callable[..., object]) -> Run:
    """A function of its parts' values alone."""
    match parts:
        case [one]:
            return lambda env: apply(one(env))
        case [one, two]:
            return lambda env: apply(one(env), two(env))
        case _:
            return lambda env: apply(*[part(env) for part in parts])


def of_compare(op: str, left: Run, right: Run) -> Run:
    """A comparison."""
    order = ORDERS.get(op)
    if order is None:
        return pure((left, right), lambda one, other: compare(op, one, other))

    def run(env: Env) -> object:
        one, other = left(env), right(env)
        if type(one) is Fraction and type(other) is Fraction:
            (top, below), (above, under) = one.as_integer_ratio(), other.as_integer_ratio()
            return order(top * under, above * below)
        return compare(op, one, other)

    return run


def of_presence(of: Run, *, missing: bool) -> Run:
    """Whether a value is missing (or present)."""
    return lambda env: isinstance(of(env), Missing) == missing


def of_not(of: Run) -> Run:
    """`not of`."""
    return pure((of,), lambda value: not present(value))


def of_negative(of: Run) -> Run:
    """`-of`."""
    return pure((of,), negative)


def of_member(e: core.Member, of: Run) -> Run:
    """A column of a row or an entry, or an end of a period."""
    name = e.name

    def run(env: Env) -> object:
        whole = of(env)
        if type(whole) is EntryValue:
            value = whole.values[name]
            if value is not None:
                return value
        return member(e, whole, name, env.ledger)

    return run


def of_between(parts: Parts) -> Run:
    """Both ends included."""
    return pure(parts, between)


def of_product(e: core.Multiply, parts: Parts) -> Run:
    """A product or quotient."""
    ops = [op for op, _ in e.rest]
    first, *rest = parts
    pairs = list(zip(ops, rest, strict=True))
    return lambda env: multiply(e, first(env), [(op, part(env)) for op, part in pairs])


def of_sum(e: core.Add, parts: Parts) -> Run:
    """A sum or difference; what a day is moved by depends on the contract's terms."""
    ops = [op for op, _ in e.rest]
    first, *rest = parts
    pairs = list(zip(ops, rest, strict=True))

    def run(env: Env) -> object:
        return add(e, first(env), [(op, part(env)) for op, part in pairs], env)

    return run


def of_call(name: str, arguments: Parts) -> Run:
    """A builtin, missing when one of its arguments is."""
    apply = BUILTINS[name].apply

    def called(*values: object) -> object:
        for value in values:
            if isinstance(value, Missing):
                return value
        return apply(values)

    return pure(arguments, called)


def of_logic(parts: Parts, *, decides: bool) -> Run:
    """From left to right; an untaken part never fails. What comes after a part that decides is never asked for."""

    def run(env: Env) -> object:
        for part in parts:
            if present(part(env)) is decides:
                return decides
        return not decides

    return run


def of_cases(cases: Sequence[tuple[Run, Run]], otherwise: Run) -> Run:
    """The value of the first case that holds."""

    def run(env: Env) -> object:
        for condition, then in cases:
            if present(condition(env)):
                return then(env)
        return otherwise(env)

    return run


def of_among(of: Run, members: Parts) -> Run:
    """Membership, asked one by one until one is met."""
    return lambda env: among(of(env), (one(env) for one in members))


def of_default(of: Run, default: Run) -> Run:
    """A default where a value is missing."""

    def run(env: Env) -> object:
        found = of(env)
        return default(env) if isinstance(found, Missing) else found

    return run


def of_column(e: core.ColumnRef) -> Run:
    """A cell of a row."""
    row, name = e.row, e.name

    def run(env: Env) -> object:
        found: object = env.rows[row].cells.get(name)
        return cell(env.rows[row], name, e, env.ledger) if found is None or isinstance(found, Failure) else found

    return run
