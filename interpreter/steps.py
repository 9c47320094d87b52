"""The statements of a form's body, typed: what it lets, pays, gives and offers, for which rows and in which cases."""

from __future__ import annotations

from typing import TypeAlias

from attrs import field, frozen

from dsl.alike import Alike
from dsl.spans import NOWHERE, Span
from interpreter.expr import Expr, Rows


@frozen(kw_only=True, eq=False, repr=False)
class Step(Alike):
    """A statement of a form's body."""

    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen(eq=False, repr=False)
class Let(Step):
    """A named expression."""

    name: str
    value: Expr


@frozen(eq=False, repr=False)
class Pays(Step):
    """An amount in kr, under a label when a form has several."""

    label: str
    value: Expr


@frozen(eq=False, repr=False)
class Gives(Step):
    """A value that other clauses and reports may use."""

    name: str
    value: Expr


@frozen(eq=False, repr=False)
class When(Step):
    """Steps of the first case that holds; `otherwise` may be empty."""

    cases: tuple[tuple[Expr, tuple[Stmt, ...]], ...]
    otherwise: tuple[Stmt, ...] = ()


@frozen(eq=False, repr=False)
class Unsettled(Step):
    """Stops the clause, with its reason in (English, Swedish), when the condition holds."""

    condition: Expr
    reason: tuple[str, str]


@frozen(eq=False, repr=False)
class Each(Step):
    """Steps for each row, group of rows or month (`rows` is then `None`)."""

    rows: Rows | None
    by: tuple[str, ...]
    spell: Expr | None
    steps: tuple[Stmt, ...]


@frozen(eq=False, repr=False)
class Offer(Step):
    """A value that nested clauses take for a parameter before its default."""

    name: str
    value: Expr


Stmt: TypeAlias = Let | Pays | Gives | When | Unsettled | Each | Offer
