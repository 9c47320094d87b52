"""Expressions made into functions once, for a settlement that asks for the same ones thousands of times.

The meaning is that of `interpreter.evaluate`, by the same functions: what is saved is finding out anew, each time, what
kind of expression it is. What is not made here is left to the reference evaluator, and so is every trace. Levels of
definitions are counted as there: a function knows how deep its own parts lie, and counts where it leaves them.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field

from interpreter import core
from interpreter.arguments import cell
from interpreter.evaluate import MAX_DEPTH, evaluate
from interpreter.functions import BUILTINS
from interpreter.operators import add, between, compare, multiply, negative
from interpreter.references import member
from interpreter.runtime import Env, Known
from interpreter.values import Failure, Missing, present

Run = Callable[[Env], object]
Ask = Callable[[core.Expr, Env], object]


@define(eq=False)
class Quick:
    """The functions of a settlement.

    Args:
        aggregate: says what an aggregate comes to.
        made: by the expression's identity: how deep its parts lie, and its function.
        constants: by the identity of a clause: its arguments that are one constant throughout.
        kept: what the identities are of.
    """

    aggregate: Ask = evaluate
    made: dict[int, tuple[int, Run]] = field(factory=dict)
    constants: dict[int, dict[str, object]] = field(factory=dict)
    kept: list[object] = field(factory=list)
    deepest: int = 0

    def value(self, e: core.Expr, env: Env) -> object:
        """The value of an expression, perhaps `Missing`.

        Raises:
            Failure: it has no value, for the causes given.
        """
        ledger = env.ledger
        if ledger.trace is not None:
            return evaluate(e, env)
        if type(e) is core.Param:  # made anew by who asks whether it lies in its range
            return self.parameter(e, env)
        known = self.made.get(id(e))
        if known is None:
            self.kept.append(e)
            self.deepest = 0
            run = self.run(e, 1)
            known = self.made[id(e)] = self.deepest, run
        if ledger.depth + known[0] > MAX_DEPTH:
            return evaluate(e, env)
        return known[1](env)

    def parameter(self, e: core.Expr, env: Env) -> object:
        """A parameter, worked out once in a scope: it means the same wherever it is asked for there.

        One that is missing, or fails, says where it was asked for, and is worked out each time.
        """
        assert isinstance(e, core.Param)
        constants = self.constants.get(id(env.instance))
        if constants is None:
            constants = self.constants[id(env.instance)] = constant_arguments(env.instance)
            self.kept.append(env.instance)
        if e.name in constants:
            return constants[e.name]
        key = ("parameter", e.name)
        known = env.lets.get(key)
        if known is None:
            known = Known(evaluate(e, env))
            if not isinstance(known.value, Missing):
                env.lets[key] = known
        return known.value

    def run(self, e: core.Expr, at: int) -> Run:
        """The function of an expression that lies `at` levels down."""
        self.deepest = max(self.deepest, at)
        match e:
            case core.Const(value):
                return lambda _: value
            case core.Param(name):
                return self.of_parameter(e, name, at)
            case core.LetRef(name, ""):
                return of_let(name, self.outside(e, at, evaluate))
            case core.ColumnRef(row, name):
                return of_column(e, row, name)
            case core.Compare(op, left, right):
                first, second = self.run(left, at + 1), self.run(right, at + 1)
                return lambda env: compare(op, first(env), second(env))
            case core.Logic(op, parts):
                return of_logic([self.run(part, at + 1) for part in parts], decides=op == "or")
            case core.Presence(of, missing):
                asked = self.run(of, at + 1)
                return lambda env: isinstance(asked(env), Missing) == missing
            case core.Not(of):
                held = self.run(of, at + 1)
                return lambda env: not present(held(env))
            case core.Member(of, name):
                whole = self.run(of, at + 1)
                return lambda env: member(e, whole(env), name)
            case core.Multiply(first_part, rest):
                factor, factors = self.run(first_part, at + 1), [(op, self.run(part, at + 1)) for op, part in rest]
                return lambda env: multiply(e, factor(env), [(op, part(env)) for op, part in factors])
            case core.Add(first_part, rest):
                term, terms = self.run(first_part, at + 1), [(op, self.run(part, at + 1)) for op, part in rest]
                return lambda env: add(e, term(env), [(op, part(env)) for op, part in terms], env)
            case core.Negate(of):
                number = self.run(of, at + 1)
                return lambda env: negative(number(env))
            case core.Cases(cases, otherwise):
                pairs = [(self.run(condition, at + 1), self.run(then, at + 1)) for condition, then in cases]
                return of_cases(pairs, self.run(otherwise, at + 1))
            case core.Else(of, default):
                return of_default(self.run(of, at + 1), self.run(default, at + 1))
            case core.Between(of, low, high):
                ends = [self.run(part, at + 1) for part in (of, low, high)]
                return lambda env: between(*(present(part(env)) for part in ends))
            case core.Call(name, arguments):
                return of_call(BUILTINS[name].apply, [self.run(argument, at + 1) for argument in arguments])
            case core.Aggregate():
                return self.outside(e, at, self.aggregate)
            case _:
                return self.outside(e, at, evaluate)

    def outside(self, e: core.Expr, at: int, ask: Ask) -> Run:
        """A function that leaves an expression to another, who counts from the level that it lies on."""
        above = at - 1
        if not above:
            return lambda env: ask(e, env)

        def run(env: Env) -> object:
            ledger = env.ledger
            ledger.depth += above
            try:
                return ask(e, env)
            finally:
                ledger.depth -= above

        return run

    def of_parameter(self, e: core.Expr, name: str, at: int) -> Run:
        """The function of a parameter."""
        self.deepest = max(self.deepest, at + 1)
        key, constants, other = ("parameter", name), self.constants, self.outside(e, at, self.parameter)

        def run(env: Env) -> object:
            own = constants.get(id(env.instance))
            if own is not None and name in own:
                return own[name]
            known = env.lets.get(key)
            return other(env) if known is None else known.value

        return run


def constant_arguments(instance: core.Instance | core.ModelUse | None) -> dict[str, object]:
    """The arguments of a clause that are one constant throughout."""
    assert instance is not None
    found: dict[str, object] = {}
    for name, argument in instance.arguments.items():
        stretch = argument.stretches[0]
        if (
            len(argument.stretches) == 1
            and not argument.per
            and stretch.start is stretch.end is None
            and isinstance(stretch.value, core.Const)
        ):
            found[name] = stretch.value.value
    return found


def of_let(name: str, other: Run) -> Run:
    """A let that is known already where it stands, or is worked out by another."""
    key = (name, None)

    def run(env: Env) -> object:
        home: Env | None = env
        while home is not None and name not in home.definitions:
            home = home.around
        known = home.lets.get(key) if home is not None else None
        return other(env) if known is None or isinstance(known.value, Failure) else known.value

    return run


def of_column(e: core.Expr, row: str, name: str) -> Run:
    """A cell of a row."""

    def run(env: Env) -> object:
        found: object = env.rows[row].cells.get(name)
        return cell(env.rows[row], name, e) if found is None or isinstance(found, Failure) else found

    return run


def of_logic(parts: list[Run], *, decides: bool) -> Run:
    """From left to right; an untaken part never fails."""

    def run(env: Env) -> object:
        for part in parts:
            if present(part(env)) is decides:
                return decides
        return not decides

    return run


def of_cases(cases: list[tuple[Run, Run]], otherwise: Run) -> Run:
    """The value of the first case that holds."""

    def run(env: Env) -> object:
        for condition, then in cases:
            if present(condition(env)):
                return then(env)
        return otherwise(env)

    return run


def of_default(of: Run, default: Run) -> Run:
    """A default where a value is missing."""

    def run(env: Env) -> object:
        found = of(env)
        return default(env) if isinstance(found, Missing) else found

    return run


def of_call(apply: Callable[[list[object]], object], arguments: list[Run]) -> Run:
    """A builtin, missing when one of its arguments is."""

    def run(env: Env) -> object:
        values = [argument(env) for argument in arguments]
        absent = next((value for value in values if isinstance(value, Missing)), None)
        return absent if absent is not None else apply(values)

    return run
