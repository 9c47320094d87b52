"""What a step pays in many scopes at once, and the lines that it is made of when somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen

from dsl.alike import Shown
from interpreter import core
from interpreter.sets.abreast import Scopes
from interpreter.sets.vectors import Numbers
from interpreter.settlement import Line
from interpreter.units import Unit


@frozen(eq=False, repr=False)
class Paid(Shown):
    """What a step paid.

    Args:
        scopes: where it did.
        instances: the clause in each scope.
        step: what paid it.
        amount: what it paid.
        quantity, price, unit: the volume and price that it is the product of, where it is one.
    """

    scopes: Scopes
    instances: Sequence[core.Instance]
    step: core.Pays
    amount: Numbers
    quantity: Numbers | None
    price: Numbers | None
    unit: Unit

    def line(self, at: int) -> Line:
        """The line of a scope, by its place among them."""
        amount, quantity, price = [
            Fraction(of.tops[at], of.belows[at]) if of is not None else None
            for of in (self.amount, self.quantity, self.price)
        ]
        assert amount is not None
        return Line(
            clause=self.instances[self.scopes[at]].key,
            label=self.step.label,
            quantity=quantity,
            unit=self.unit,
            unit_price=price,
            amount=amount,
            span=self.step.span,
        )
