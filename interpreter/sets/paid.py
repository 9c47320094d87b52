"""What a step pays in many scopes at once, and what comes of a clause: made scope by scope when somebody asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from dsl.alike import Shown
from interpreter import core
from interpreter.noted import Noted
from interpreter.results import settled_result
from interpreter.sets.abreast import Scopes
from interpreter.sets.vectors import Column, Numbers, at as place_in, rounded
from interpreter.settlement import ClauseResult, Line, OneLine
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


@frozen(eq=False, repr=False)
class Outcome(Shown):
    """What came of a clause that pays one line at most, for many ledgers.

    Args:
        instances: the clause in the contract of each.
        amount, exact: the payable amounts, and the amounts of the lines.
        paid: the lines, where there are any.
        given, offers: what it gives others and offers those in it, by name.
        pays: whether its form pays at all.
    """

    instances: Sequence[core.Instance]
    amount: Numbers
    exact: Numbers
    paid: Paid | None
    given: Mapping[str, Column]
    offers: Mapping[str, Column]
    pays: bool

    def noted(self) -> Noted:
        """The same for ledgers to keep."""
        return Noted(self.result, self.pays, self.amount.tops, self.amount.belows, self.offered, self.offers)

    def result(self, at: int) -> ClauseResult:
        """The result of a ledger, by its number."""
        amount, exact = place_in(self.amount, at), place_in(self.exact, at)
        assert isinstance(amount, Fraction)
        assert isinstance(exact, Fraction)
        lines = OneLine(self.paid.line, at) if self.paid is not None else ()
        given = {name: place_in(column, at) for name, column in self.given.items()}
        return settled_result(self.instances[at], amount, exact, lines, given, self.offered(at), paid=self.pays)

    def offered(self, at: int) -> dict[str, object]:
        """What it offers those in it in a ledger, by its number."""
        return {name: place_in(column, at) for name, column in self.offers.items()}


def payable(of: Numbers, terms: core.Terms) -> Numbers:
    """What sums that are noted come to, rounded where the contract rounds; a total is rounded as a whole, not here."""
    if terms.round_where == "total":
        return of
    assert terms.round_step is not None
    assert isinstance(terms.round_step.value, Fraction)
    return rounded(of, terms.round_step.value, terms.round_mode)
