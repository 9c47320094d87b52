"""Expressions made into functions once, for a settlement that asks for the same ones thousands of times.

The meaning is that of `interpreter.evaluate`, by the same functions: what is saved is finding out anew, each time, what
kind of expression it is. What is not made here is left to the reference evaluator, and so is every trace. Levels of
definitions are counted as there: a function knows how deep its own parts lie, and counts where it leaves them.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field

from dsl.alike import Shown
from interpreter import core
from interpreter.casts import Late
from interpreter.evaluate import MAX_DEPTH, evaluate
from interpreter.facts import Cell
from interpreter.lookup import there
from interpreter.references import amount, entry_at, opened, party, renamed, row_with, settled
from interpreter.runtime import Env, Known
from interpreter.sets import operations as op
from interpreter.sets.operations import Run
from interpreter.values import Failure, Missing

Ask = Callable[[core.Expr, Env], object]

PLAIN = (
    core.Const
    | core.PartyRef
    | core.PeriodRef
    | core.TableRef
    | core.Renamed
    | core.EntryOf
    | core.FactRow
    | core.Amount
    | core.Given
    | core.Member
    | core.Compare
    | core.Logic
    | core.Not
    | core.Presence
    | core.Else
    | core.Cases
    | core.Between
    | core.Add
    | core.Multiply
    | core.Negate
    | core.Call
)
"""What means the same in a clause as outside it: it asks for no parameter, let, row or group."""


@define(eq=False, repr=False)
class Quick(Shown):
    """The functions of a settlement.

    Args:
        aggregate: says what an aggregate comes to.
        runs: by the identity of an expression: how deep its parts lie, and its function.
        constants: by the identity of a clause: its arguments that are one constant throughout, as far as asked for.
        kept: what the identities are of.
        deepest: the lowest level that the function which is being made has reached.
    """

    aggregate: Ask = evaluate
    runs: dict[int, tuple[int, Run]] = field(factory=dict)
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
        levels, run = self.made(e)
        if ledger.depth + levels > MAX_DEPTH:
            return evaluate(e, env)
        return run(env)

    def made(self, e: core.Expr) -> tuple[int, Run]:
        """The lowest level that the parts of an expression lie on, and its function."""
        known = self.runs.get(id(e))
        if known is None:
            self.kept.append(e)
            around, self.deepest = self.deepest, 0
            run = self.run(e, 1)
            known = self.runs[id(e)] = self.deepest, run
            self.deepest = around
        return known

    def parameter(self, e: core.Expr, env: Env) -> object:
        """A parameter, worked out once in a scope: it means the same wherever it is asked for there.

        One that is missing, or fails, says where it was asked for, and is worked out each time.
        """
        assert isinstance(e, core.Param)
        instance = env.instance
        assert instance is not None
        arguments, constants = instance.arguments, self.constants.get(id(instance))
        if constants is None:
            constants = {} if isinstance(arguments, Late) else constant_arguments(instance)
            self.constants[id(instance)] = constants
            self.kept.append(instance)
        if e.name in constants:
            return constants[e.name]
        if isinstance(arguments, Late):
            constant = arguments.constant(e.name)
            if constant is not None:
                constants[e.name] = constant
                return constant
            table = arguments.table(e.name)
            if table is not None:
                levels, run = self.made(table)
                if env.ledger.depth + 1 + levels <= MAX_DEPTH:
                    return run(env)
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
            case core.Param():
                return self.any_parameter(e, at)
            case core.LetRef(name, ""):
                return self.let(name, at)
            case core.ColumnRef():
                return op.of_column(e)
            case core.Compare(sign, left, right):
                return op.of_compare(sign, self.run(left, at + 1), self.run(right, at + 1))
            case core.Logic(word, parts):
                return op.of_logic([self.run(part, at + 1) for part in parts], decides=word == "or")
            case core.Presence(of, missing):
                return op.of_presence(self.run(of, at + 1), missing=missing)
            case core.Not(of):
                return op.of_not(self.run(of, at + 1))
            case core.Member(of, _):
                return op.of_member(e, self.run(of, at + 1))
            case core.Multiply(first, rest):
                return op.of_product(e, [self.run(part, at + 1) for part in (first, *(each for _, each in rest))])
            case core.Add(first, rest):
                return op.of_sum(e, [self.run(part, at + 1) for part in (first, *(each for _, each in rest))])
            case core.Negate(of):
                return op.of_negative(self.run(of, at + 1))
            case core.Cases(cases, otherwise):
                pairs = [(self.run(condition, at + 1), self.run(then, at + 1)) for condition, then in cases]
                return op.of_cases(pairs, self.run(otherwise, at + 1))
            case core.Else(of, default):
                return op.of_default(self.run(of, at + 1), self.run(default, at + 1))
            case core.Between(of, low, high):
                return op.of_between([self.run(part, at + 1) for part in (of, low, high)])
            case core.Among(of, members):
                return op.of_among(self.run(of, at + 1), [self.run(one, at + 1) for one in members])
            case core.Call(name, arguments):
                return op.of_call(name, [self.run(argument, at + 1) for argument in arguments])
            case core.Aggregate() | core.Pick("exists"):
                return self.outside(e, at, self.aggregate)
            case _:
                return self.reference(e, at)

    def reference(self, e: core.Expr, at: int) -> Run:
        """What refers to a thing of the contract, its data or its other clauses."""
        match e:
            case core.PartyRef():
                return lambda env: party(e, env.ledger)
            case core.PeriodRef("month"):
                return lambda env: env.period
            case core.PeriodRef():
                return lambda env: env.ledger.period
            case core.TableRef(name):
                return lambda env: env.ledger.tables[name]
            case core.Renamed(of, names):
                table = self.run(of, at + 1)
                return lambda env: renamed(table(env), names)
            case core.EntryOf(of, keys):
                return of_entry(e, self.run(of, at + 1), [self.run(key, at + 1) for key in keys])
            case core.FactRow(_, keys):
                return of_row(e, [self.run(key, at + 1) for key in keys])
            case core.Amount(what, clauses):
                return lambda env: amount(e, what, clauses, env)
            case core.Given(clause, name):
                return of_given(e, clause, name)
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

    def let(self, name: str, at: int) -> Run:
        """A let, worked out once where it stands; a failure is kept and raised wherever it is used."""
        key, value = (name, None), self.value

        def run(env: Env) -> object:
            home = env
            while name not in home.definitions:
                assert home.around is not None
                home = home.around
            known = home.lets.get(key)
            if known is None:
                ledger = env.ledger
                ledger.depth += at
                found: object
                try:
                    found = value(home.definitions[name], home)
                except Failure as failure:
                    found = failure
                finally:
                    ledger.depth -= at
                known = home.lets[key] = Known(found)
            if isinstance(known.value, Failure):
                raise Failure(known.value.causes)
            return known.value

        return run

    def any_parameter(self, e: core.Param, at: int) -> Run:
        """A parameter, for whichever clause asks."""
        self.deepest = max(self.deepest, at + 1)
        name, constants = e.name, self.constants
        key, other = ("parameter", name), self.outside(e, at, self.parameter)

        def run(env: Env) -> object:
            own = constants.get(id(env.instance))
            if own is not None and name in own:
                return own[name]
            known = env.lets.get(key)
            return other(env) if known is None else known.value

        return run


def throughout(argument: core.Argument) -> core.Expr | None:
    """The value of an argument that has one for all days, of whatever period; `None` when it has not."""
    return None if argument.per else lasting(argument)


def lasting(argument: core.Argument) -> core.Expr | None:
    """The value, or the rate, of an argument that has one for all days; `None` when it has not."""
    stretch = argument.stretches[0]
    if len(argument.stretches) > 1 or stretch.start is not None or stretch.end is not None:
        return None
    return stretch.value


def constant_arguments(instance: core.Instance | core.ModelUse | None) -> dict[str, object]:
    """The arguments of a clause that are one constant throughout."""
    assert instance is not None
    found: dict[str, object] = {}
    for name, argument in instance.arguments.items():
        value = throughout(argument)
        if isinstance(value, core.Const):
            found[name] = value.value
    return found


def offered(instance: core.Instance) -> set[str]:
    """What the clauses around a clause may offer it, by name."""
    names: set[str] = set()
    parent = instance.parent
    while parent is not None:
        names |= {name for name, _ in parent.form.offers}
        parent = parent.parent
    return names


def of_entry(e: core.EntryOf, table: Run, keys: list[Run]) -> Run:
    """`table[key, …]`."""

    def run(env: Env) -> object:
        whole = table(env)
        if isinstance(whole, Missing):
            return whole
        found, names = opened(whole)
        values: list[Cell] = []
        for key in keys:
            value = key(env)
            if isinstance(value, Missing):
                return value
            values.append(value)  # type: ignore[arg-type]
        return entry_at(e, found, names, values, env)

    return run


def of_row(e: core.FactRow, keys: list[Run]) -> Run:
    """`fact[key, …]`."""

    def run(env: Env) -> object:
        there(env.ledger.facts[e.fact], e.span)
        return row_with(e, [key(env) for key in keys], env)

    return run


def of_given(e: core.Given, clause: str, name: str) -> Run:
    """What another clause gives."""

    def run(env: Env) -> object:
        given = settled(env, clause, e).given
        return given[name] if name in given else Missing(f"{clause}.{name}", e.span)

    return run
