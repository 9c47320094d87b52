"""The results of the clauses of a ledger, by key; those that were settled for many ledgers at once are columns.

Most of what is settled is only shown as an amount, so that of a column no more is made than somebody asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from dsl.alike import Shown
from dsl.diagnostics import Diagnostic
from interpreter.settlement import ClauseResult, Status

Show = Callable[[int, int], str]
"""What an amount is as a text, by its numerator and denominator, which may have factors in common."""


@frozen(eq=False, repr=False)
class Noted(Shown):
    """The results of a clause that was settled for many ledgers at once: columns, of which each result can be made.

    Args:
        make: makes the result of a number, which is settled.
        pays: whether the form pays at all.
        tops, belows: the payable amounts by that number, as numerators and denominators.
        offers: gives what nested clauses are offered, by that number.
        columns: the same as columns, for whoever can use them.
        shown: the amounts as texts.
    """

    make: Callable[[int], ClauseResult]
    pays: bool
    tops: Sequence[int]
    belows: Sequence[int]
    offers: Callable[[int], Mapping[str, object]]
    columns: Mapping[str, Any]
    shown: dict[Show, list[str]] = field(factory=dict)

    def texts(self, show: Show) -> list[str]:
        """The payable amounts as texts."""
        if show not in self.shown:
            self.shown[show] = list(map(show, self.tops, self.belows))
        return self.shown[show]


class Results(Mapping[str, ClauseResult]):
    """The clauses of a ledger that are settled so far, by key; one that was noted with others is made when asked for.

    Args:
        made: those that are known.

    Attributes:
        noted: those that were noted with others, and their numbers there.
    """

    __slots__ = ("made", "noted")

    def __init__(self, made: Mapping[str, ClauseResult] | None = None) -> None:
        self.made: dict[str, ClauseResult] = dict(made) if made is not None else {}
        self.noted: dict[str, tuple[Noted, int]] = {}

    def __getitem__(self, key: str) -> ClauseResult:
        found = self.made.get(key)
        if found is None:
            several, at = self.noted[key]
            found = self.made[key] = several.make(at)
        return found

    def __setitem__(self, key: str, result: ClauseResult) -> None:
        self.made[key] = result
        self.noted.pop(key, None)

    def __contains__(self, key: object) -> bool:
        return key in self.made or key in self.noted

    def __iter__(self) -> Iterator[str]:
        return iter({**self.noted, **self.made})

    def __len__(self) -> int:
        return len({**self.noted, **self.made})

    def settled(self, key: str) -> bool:
        """Whether a clause, which is there, came out as it should."""
        return key in self.noted or self.made[key].status is Status.SETTLED

    def offered(self, key: str) -> Mapping[str, object]:
        """What a clause offers those in it; nothing where it is not there."""
        if key in self.noted:
            several, at = self.noted[key]
            return several.offers(at)
        return self.made[key].offers if key in self.made else {}

    def amount(self, key: str) -> Fraction | None:
        """The payable amount of a clause, which is there; `None` unless it is settled."""
        if key in self.noted:
            several, at = self.noted[key]
            return Fraction(several.tops[at], several.belows[at])
        return self.made[key].amount

    def sum(self, keys: Iterable[str]) -> Fraction | None:
        """The payable amounts of clauses, which are there; `None` when one of them is not settled."""
        over: dict[int, int] = {}
        noted = self.noted
        for key in keys:
            one = noted.get(key)
            if one is not None:
                several, at = one
                above, below = several.tops[at], several.belows[at]
            else:
                amount = self.made[key].amount
                if amount is None:
                    return None
                above, below = amount.as_integer_ratio()
            over[below] = over.get(below, 0) + above
        return sum((Fraction(above, below) for below, above in over.items()), Fraction(0))

    def of(self, keys: Sequence[str]) -> Sequence[ClauseResult]:
        """The results of clauses, which are there, in that order."""
        return Clauses(self, keys) if self.noted else tuple([self.made[key] for key in keys])

    def failures(self, keys: Iterable[str]) -> list[Diagnostic]:
        """Why clauses, which are there, were not settled."""
        return [cause for key in keys if key not in self.noted for cause in self.made[key].failures]


class Clauses(Sequence[ClauseResult]):
    """The results of a settlement, each made when it is asked for.

    Args:
        results: where they are.
        keys: which, in their order.
    """

    __slots__ = ("keys", "results")

    def __init__(self, results: Results, keys: Sequence[str]) -> None:
        self.results = results
        self.keys = keys

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Clauses | tuple) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # what clauses give are dictionaries

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[ClauseResult]:
        return map(self.results.__getitem__, self.keys)

    def __getitem__(self, at: Any) -> Any:
        found = self.keys[at]
        return self.results[found] if isinstance(found, str) else tuple(map(self.results.__getitem__, found))

    def amounts(self, show: Show) -> Iterator[tuple[str, str, str]]:
        """See `amounts`."""
        made, noted, settled = self.results.made, self.results.noted, Status.SETTLED.value
        for key in self.keys:
            if key in noted:
                several, at = noted[key]
                if several.pays:
                    yield key, settled, several.texts(show)[at]
            elif made[key].pays:
                yield key, made[key].status.value, _shown(made[key].amount, show)


def amounts(clauses: Sequence[ClauseResult], show: Show) -> Iterator[tuple[str, str, str]]:
    """Each clause that pays: its key, how it came out, and its payable amount; no more of it is made than that.

    Args:
        clauses: of a settlement.
        show: what an amount is as a text; that of a clause that is not settled is empty.
    """
    if isinstance(clauses, Clauses):
        return clauses.amounts(show)
    return ((one.key, one.status.value, _shown(one.amount, show)) for one in clauses if one.pays)


def _shown(amount: Fraction | None, show: Show) -> str:
    return show(amount.numerator, amount.denominator) if amount is not None else ""
