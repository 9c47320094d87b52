"""Clauses made into functions once, for contracts that settle the same ones for many parties.

What a clause comes to is what `interpreter.clerk` says, step by step; what its steps are made of is found once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from attrs import define, field

from dsl.alike import Shown
from interpreter import core, types as t
from interpreter.clerk import Clerk, clause_env, pays, price_at, product_of, waiting
from interpreter.evaluate import MAX_DEPTH
from interpreter.facts import Row
from interpreter.order import expressions
from interpreter.runtime import Derived, Env, Known
from interpreter.scopes import derived_columns, own_lets
from interpreter.sets.expressions import Made, Quick, offered
from interpreter.sets.operations import Fixed, Run
from interpreter.units import NUMBER
from interpreter.values import Days, present

Do = Callable[[Clerk, Env, Row | None, str], None]
"""A step carried out for the clause, or for a row or group that has a name."""


@define(eq=False, repr=False)
class Plan(Shown):
    """The steps of a form as functions, for one clause or for all that are of the form.

    Args:
        definitions, derived: the lets that stand in the form itself, and those of its rows.
        requires, ranges: what is to be asked of arguments before its steps, where the clause doesn't decide it.
        paid: whether the form pays at all.
        early: those of the lets that no clause's amount and no row decides.
        deepest: the lowest level that any part of it lies on.
        blocks: by the identity of a block of steps: what it does.
    """

    definitions: Mapping[str, core.Expr]
    derived: Mapping[tuple[str, str], Derived]
    paid: bool
    early: list[Run] = field(factory=list)
    requires: list[tuple[Run, tuple[str, str]]] = field(factory=list)
    ranges: list[tuple[Run, core.Parameter]] = field(factory=list)
    deepest: int = 0
    blocks: dict[int, list[Do]] = field(factory=dict)


@define(eq=False, repr=False)
class Plans(Shown):
    """The plans of a settlement.

    Args:
        quick: the functions of expressions.
        special: the identities of clauses that get plans of their own.
        forms, clauses: plans by the identity of a form, or of a clause that has one of its own.
    """

    quick: Quick
    special: set[int] = field(factory=set)
    forms: dict[int, Plan] = field(factory=dict)
    clauses: dict[int, Plan] = field(factory=dict)

    def of(self, instance: core.Instance) -> Plan:
        """The plan of a clause."""
        own = id(instance) in self.special
        known, key = (self.clauses, id(instance)) if own else (self.forms, id(instance.form))
        plan = known.get(key)
        if plan is None:
            self.quick.kept += [instance, instance.form]
            made = self.quick.specialised(instance) if own else self.quick.common
            plan = known[key] = self.plan(instance, made)
        return plan

    def plan(self, instance: core.Instance, made: Made) -> Plan:
        """The plan of a clause, or of its form when the functions are those of all clauses."""
        form, deepest = instance.form, 0
        plan = Plan(own_lets(form.steps), derived_columns(form.steps), pays(form.steps))
        for condition, reason, _ in form.requires:
            levels, run = self.quick.made(condition, made)
            deepest = max(deepest, levels)
            if not isinstance(run, Fixed) or run.value is False:
                plan.requires.append((run, reason))
        for p in form.parameters:
            if p.range.low is not None or p.range.high is not None:
                levels, run = self.quick.made(core.Param(p.name, type=p.type, span=instance.span), made)
                deepest = max(deepest, levels)
                if not isinstance(run, Fixed) or run.value not in p.range:
                    plan.ranges.append((run, p))
        if made.instance is not None:  # what a clause is given may differ from what others of its form are given
            lets = plan.definitions
            plan.early += [self.quick.let(name, 1) for name in lets if decided(lets[name], instance, lets)]
        plan.deepest = deepest
        self.block(form.steps, plan, made)
        return plan

    def block(self, steps: tuple[core.Stmt, ...], plan: Plan, made: Made) -> list[Do]:
        """What a block of steps does, those inside it made as well."""
        return plan.blocks.setdefault(
            id(steps), [self.step(step, plan, made) for step in steps if not isinstance(step, core.Let)]
        )

    def run(self, e: core.Expr, plan: Plan, made: Made) -> Run:
        """The function of an expression of a step."""
        levels, run = self.quick.made(e, made)
        plan.deepest = max(plan.deepest, levels)
        return run

    def step(self, step: core.Stmt, plan: Plan, made: Made) -> Do:
        """What a step that is no let does; see `Clerk.steps`."""
        match step:
            case core.Pays():
                return self.pays(step, plan, made)
            case core.Gives(name, value):
                return gives(name, self.run(value, plan, made))
            case core.Offer(name, value):
                return offers(name, self.run(value, plan, made), value.type)
            case core.Unsettled(condition, _):
                return unsettled(step, self.run(condition, plan, made))
            case core.When(cases, otherwise):
                taken = [(self.run(condition, plan, made), self.block(then, plan, made)) for condition, then in cases]
                return when(taken, self.block(otherwise, plan, made))
            case _:
                assert isinstance(step, core.Each)
                self.block(step.steps, plan, made)
                return lambda clerk, env, _row, _name: clerk.each(step, env)

    def pays(self, step: core.Pays, plan: Plan, made: Made) -> Do:
        """A payment, with its quantity and price where it is their product; see `interpreter.clerk.priced`."""
        value, at = step.value, price_at(step.value)
        if at is None or not isinstance(value, core.Multiply):
            amount = self.run(value, plan, made)

            def whole(clerk: Clerk, env: Env, row: Row | None, name: str) -> None:
                paid = present(amount(env))
                assert isinstance(paid, Fraction)
                clerk.add(step, (paid, None, None, NUMBER), row, name)

            return whole
        exprs = [value.first, *(part for _, part in value.rest)]
        parts, kind = [self.run(part, plan, made) for part in exprs], exprs[at].type
        plan.deepest += 1  # the product is a level of its own

        def product(clerk: Clerk, env: Env, row: Row | None, name: str) -> None:
            clerk.ledger.depth += 1
            try:
                found = [part(env) for part in parts]
            finally:
                clerk.ledger.depth -= 1
            clerk.add(step, product_of(value, found, at, kind), row, name)

        return product


def gives(name: str, value: Run) -> Do:
    """A gift to other clauses."""

    def do(clerk: Clerk, env: Env, _row: Row | None, _name: str) -> None:
        clerk.given[name] = value(env)

    return do


def offers(name: str, value: Run, kind: t.Type) -> Do:
    """An offer to nested clauses."""

    def do(clerk: Clerk, env: Env, _row: Row | None, _name: str) -> None:
        clerk.offers[name] = clerk.offered(value(env), kind)

    return do


def unsettled(step: core.Unsettled, condition: Run) -> Do:
    """The end of the clause, where the condition holds."""

    def do(_clerk: Clerk, env: Env, _row: Row | None, name: str) -> None:
        if present(condition(env)):
            raise waiting(step, name)

    return do


def when(cases: Sequence[tuple[Run, Sequence[Do]]], otherwise: Sequence[Do]) -> Do:
    """The steps of the first case that holds."""

    def do(clerk: Clerk, env: Env, row: Row | None, name: str) -> None:
        taken = next((then for condition, then in cases if present(condition(env))), otherwise)
        for step in taken:
            step(clerk, env, row, name)

    return do


OTHERS = (
    core.Amount | core.Given | core.Aggregate | core.Pick | core.ColumnRef | core.GroupKey | core.Previous | core.LetRef
)
"""What asks for other clauses, rows that are added up, a row that a clause does not know, or a let not its own."""


def decided(value: core.Expr, instance: core.Instance, definitions: Mapping[str, core.Expr]) -> bool:
    """Whether a let of a clause can be worked out before any other clause is settled, and without a sum over rows."""
    stack, seen, outside = [value], {""}, offered(instance)
    while stack:
        for e in expressions(stack.pop()):
            match e:
                case core.Param(name) if name in seen:
                    pass
                case core.Param(name):
                    seen.add(name)
                    argument, declared = instance.arguments.get(name), instance.parameter(name)
                    if argument is not None:
                        # What stands in the contract may lean on its own lets, and on the model that it stands in.
                        parts = list(expressions(argument))
                        if any(isinstance(part, OTHERS | core.Param) for part in parts):
                            return False
                    elif declared is None or not outside.isdisjoint(declared.spellings):
                        return False
                    elif declared.default is not None:
                        stack.append(declared.default)
                case core.LetRef(name, "") if name in definitions:
                    if name not in seen:
                        seen.add(name)
                        stack.append(definitions[name])
                case _ if isinstance(e, OTHERS):
                    return False
                case _:
                    pass
    return True


@define(eq=False, kw_only=True, repr=False)
class QuickClerk(Clerk):
    """A clerk who works by a plan, unless every value is to be recorded or lies too deep."""

    plan: Plan
    lets: dict[tuple[str, object], Known] | None = None

    def planned(self) -> bool:
        """Whether the plan can be followed."""
        return self.ledger.trace is None and self.ledger.depth + self.plan.deepest <= MAX_DEPTH

    def scope(self, period: Days) -> Env:
        """The scope of the clause's steps."""
        return clause_env(self.ledger, self.instance, period, self.plan.definitions, self.plan.derived, self.lets)

    def paid(self) -> bool:
        """Whether the form pays at all."""
        return self.plan.paid

    def requirements(self, env: Env) -> None:
        """What the form requires holds; what the arguments decide has been found to hold already."""
        if not self.planned():
            super().requirements(env)
            return
        for run, reason in self.plan.requires:
            self.require(run, env, reason)

    def ranges(self, env: Env) -> None:
        """Every figure that a parameter stands for lies in the range that it declares."""
        if not self.planned():
            super().ranges(env)
            return
        for run, parameter in self.plan.ranges:
            self.within(parameter, run, env)

    def steps(self, steps: Sequence[core.Stmt], env: Env, row: Row | None, name: str) -> None:
        """Carry out steps for the clause, a row or a group."""
        if not self.planned():
            super().steps(steps, env, row, name)
            return
        for do in self.plan.blocks[id(steps)]:
            do(self, env, row, name)
