"""Clauses made into functions once, for contracts that settle many by the same form.

What a clause comes to is what `interpreter.clerk` says, step by step; what its steps are made of is found once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from attrs import define, field

from dsl.alike import Shown
from interpreter import core, types as t
from interpreter.clerk import Clerk, clause_env, price_at, product_of, waiting
from interpreter.facts import Row
from interpreter.results import pays
from interpreter.runtime import Derived, Env
from interpreter.scopes import derived_columns, own_lets
from interpreter.sets.expressions import Quick
from interpreter.sets.operations import Run
from interpreter.units import NUMBER
from interpreter.values import Days, present

Do = Callable[[Clerk, Env, Row | None, str], None]
"""A step carried out for the clause, or for a row or group that has a name."""


@define(eq=False, repr=False)
class Plan(Shown):
    """The steps of a form as functions.

    Args:
        definitions, derived: the lets that stand in the form itself, and those of its rows.
        requires, ranges: what is to be asked of arguments before its steps.
        paid: whether the form pays at all.
        blocks: by the identity of a block of steps: what it does.
    """

    definitions: Mapping[str, core.Expr]
    derived: Mapping[tuple[str, str], Derived]
    paid: bool
    requires: list[tuple[Run, tuple[str, str]]] = field(factory=list)
    ranges: list[tuple[Run, core.Parameter]] = field(factory=list)
    blocks: dict[int, list[Do]] = field(factory=dict)


@define(eq=False, repr=False)
class Plans(Shown):
    """The plans of a settlement.

    Args:
        quick: the functions of expressions.
        forms: plans by the identity of a form.
    """

    quick: Quick
    forms: dict[int, Plan] = field(factory=dict)

    def of(self, instance: core.Instance) -> Plan:
        """The plan of a clause."""
        plan = self.forms.get(id(instance.form))
        if plan is None:
            self.quick.kept.append(instance.form)
            plan = self.forms[id(instance.form)] = self.plan(instance)
        return plan

    def plan(self, instance: core.Instance) -> Plan:
        """The plan of all clauses that are of the form of this one."""
        form = instance.form
        plan = Plan(own_lets(form.steps), derived_columns(form.steps), pays(form.steps))
        for condition, reason, _ in form.requires:
            plan.requires.append((self.run(condition), reason))
        for p in form.parameters:
            if p.range.low is not None or p.range.high is not None:
                plan.ranges.append((self.run(core.Param(p.name, type=p.type, span=instance.span)), p))
        self.block(form.steps, plan)
        return plan

    def block(self, steps: tuple[core.Stmt, ...], plan: Plan) -> list[Do]:
        """What a block of steps does, those inside it made as well."""
        return plan.blocks.setdefault(
            id(steps), [self.step(step, plan) for step in steps if not isinstance(step, core.Let)]
        )

    def run(self, e: core.Expr) -> Run:
        """The function of an expression of a step."""
        return self.quick.made(e)[1]

    def step(self, step: core.Stmt, plan: Plan) -> Do:
        """What a step that is no let does; see `Clerk.steps`."""
        match step:
            case core.Pays():
                return self.pays(step)
            case core.Gives(name, value):
                return gives(name, self.run(value))
            case core.Offer(name, value):
                return offers(name, self.run(value), value.type)
            case core.Unsettled(condition, _):
                return unsettled(step, self.run(condition))
            case core.When(cases, otherwise):
                taken = [(self.run(condition), self.block(then, plan)) for condition, then in cases]
                return when(taken, self.block(otherwise, plan))
            case _:
                assert isinstance(step, core.Each)
                self.block(step.steps, plan)
                return lambda clerk, env, _row, _name: clerk.each(step, env)

    def pays(self, step: core.Pays) -> Do:
        """A payment, with its quantity and price where it is their product; see `interpreter.clerk.priced`."""
        value, at = step.value, price_at(step.value)
        if at is None or not isinstance(value, core.Multiply):
            amount = self.run(value)

            def whole(clerk: Clerk, env: Env, row: Row | None, name: str) -> None:
                paid = present(amount(env))
                assert isinstance(paid, Fraction)
                clerk.add(step, (paid, None, None, NUMBER), row, name)

            return whole
        exprs = [value.first, *(part for _, part in value.rest)]
        parts, kind = [self.run(part) for part in exprs], exprs[at].type

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

    def do(_clerk: Clerk, env: Env, row: Row | None, name: str) -> None:
        if present(condition(env)):
            raise waiting(step, env, row, name)

    return do


def when(cases: Sequence[tuple[Run, Sequence[Do]]], otherwise: Sequence[Do]) -> Do:
    """The steps of the first case that holds."""

    def do(clerk: Clerk, env: Env, row: Row | None, name: str) -> None:
        taken = next((then for condition, then in cases if present(condition(env))), otherwise)
        for step in taken:
            step(clerk, env, row, name)

    return do


@define(eq=False, kw_only=True, repr=False)
class QuickClerk(Clerk):
    """A clerk who works by a plan; no value is recorded, and none that a text can hold by itself lies too deep."""

    plan: Plan

    def scope(self, period: Days) -> Env:
        """The scope of the clause's steps."""
        return clause_env(self.ledger, self.instance, period, self.plan.definitions, self.plan.derived)

    def paid(self) -> bool:
        """Whether the form pays at all."""
        return self.plan.paid

    def requirements(self, env: Env) -> None:
        """What the form requires holds."""
        for run, reason in self.plan.requires:
            self.require(run, env, reason)

    def ranges(self, env: Env) -> None:
        """Every figure that a parameter stands for lies in the range that it declares."""
        for run, parameter in self.plan.ranges:
            self.within(parameter, run, env)

    def steps(self, steps: Sequence[core.Stmt], env: Env, row: Row | None, name: str) -> None:
        """Carry out steps for the clause, a row or a group."""
        for do in self.plan.blocks[id(steps)]:
            do(self, env, row, name)
