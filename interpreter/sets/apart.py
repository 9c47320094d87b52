"""One query for all the scopes of a place, or several where what some scopes say keeps it from saying the others'.

In a folder of contracts one may ask for another percentile, give a price by the month where the others have a fixed
one, or have a figure with so many decimals that no column holds it beside the others'. Its scopes are found by halving,
and the rest are still one query, or a few.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from interpreter import core
from interpreter.sets.answers import Answers, Queried, refused
from interpreter.sets.points import Ask, dates_of
from interpreter.sets.relation import EngineError
from interpreter.sets.sites import rank_of
from interpreter.sets.values import Refused

Query = Callable[[Sequence[Ask]], Answers]
MORE = 4
"""How many sets of scopes are halved beyond those that it takes to find two scopes."""


def apart(query: Query, place: Queried, asks: Sequence[Ask]) -> list[tuple[Sequence[int], Answers]]:
    """Have queries carried out that say all that queries can.

    Args:
        query: has the query for some scopes carried out, or raises `Refused` where it can't say them.
        place: what is asked.
        asks: the scopes.

    Returns:
        Sets of the scopes, by their numbers, with the answers of each; those that no query says are refused.
    """
    found: list[tuple[Sequence[int], Answers]] = []
    waiting: list[Sequence[int]] = [range(len(asks))]
    halvings = 2 * len(asks).bit_length() + MORE
    while waiting:
        own = waiting.pop()
        try:
            found.append((own, query([asks[at] for at in own])))
        except EngineError as reason:
            found.append((own, refused(reason)))
        except Refused as reason:
            if len(own) == 1 or not halvings:
                found.append((own, refused(reason)))
                continue
            halvings -= 1
            own = by_kind(place, asks) if len(own) == len(asks) else own
            waiting += [own[len(own) // 2 :], own[: len(own) // 2]]
    return found


def by_kind(place: Queried, asks: Sequence[Ask]) -> list[int]:
    """The numbers of scopes, those that say things in the same way together."""
    kinds: dict[object, int] = {}
    ranked = place.rank if isinstance(place, core.Aggregate) else None
    told = [(rank_of(ranked, ask.env) if ranked is not None else None, dates_of(ask.env)) for ask in asks]
    for kind in told:
        kinds.setdefault(kind, len(kinds))
    return sorted(range(len(asks)), key=lambda at: kinds[told[at]])
