"""Both contracts settled on the same data, clause by clause, provider by provider, period by period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from avtal.diffing.crossings import Crosser
from avtal.diffing.difference import ClauseEffect, Crossing, Effect, PairEffect, Scope, Sum, largest
from avtal.errors import AvtalError
from dsl.diagnostics import Diagnostic
from interpreter.diff import Changes
from interpreter.settlement import ClauseResult, Settlement

Settle = Callable[[], Sequence[Settlement]]
ZERO = Fraction(0)


def effect(changes: Changes, old: Settle | None, new: Settle | None, crosser: Crosser) -> Effect:
    """What a change comes to.

    Args:
        changes: what was changed.
        old, new: settle a side; `None` where there is no contract.
        crosser: finds what moved across a threshold.

    Returns:
        The effect; a side that can't be settled at all is among its failures.

    Raises:
        AvtalError: neither side can be settled.
    """
    failures: list[tuple[str, AvtalError]] = []
    settled: list[Sequence[Settlement]] = []
    for name, side in (("old", old), ("new", new)):
        try:
            settled.append(side() if side is not None else ())
        except AvtalError as error:
            failures.append((name, error))
            settled.append(())
    if len(failures) == 2:
        raise failures[0][1]
    clauses: list[ClauseEffect] = []
    pairs: list[PairEffect] = []
    crossings: list[Crossing] = []
    broken = {name for name, _ in failures}
    for scope, before, after in _paired(*settled):
        pairs.append(PairEffect(scope=scope, sum=_total(before, after, broken)))
        for one, was, now in _clauses(changes, scope, before, after, broken):
            clauses.append(one)
            if was is not None and now is not None and len(before) == len(after) == 1:
                crossings += crosser.crossings(scope, (before[0], was), (after[0], now))
    return Effect(
        clauses=largest([one for one in clauses if not one.sum.same or one.given]),
        pairs=tuple(sorted(pairs, key=lambda p: (p.sum.difference is not None, -abs(p.sum.difference or ZERO)))),
        crossings=tuple(sorted(crossings, key=lambda c: -abs(c.difference or ZERO))),
        unlooked=crosser.unlooked,
        failures=tuple(failures),
    )


Paired = tuple[Scope, list[Settlement], list[Settlement]]


def _paired(old: Sequence[Settlement], new: Sequence[Settlement]) -> list[Paired]:
    """Settlements of the same parties and days; all periods together where those of one lie across the other's."""
    days = [{(s.start, s.end) for s in side} for side in (old, new)]
    together = any(
        start <= last and first <= end for start, end in days[0] - days[1] for first, last in days[1] - days[0]
    )
    found: dict[object, Paired] = {}
    for at, side in enumerate((old, new)):
        for s in side:
            parties = (s.buyer[1], s.provider[1])
            key = parties if together else (*parties, s.start, s.end)
            if key not in found:
                found[key] = (Scope(start=s.start, end=s.end, buyer=s.buyer, provider=s.provider), [], [])
            scope, *sides = found[key]
            sides[at].append(s)
            start, end = min(scope.start, s.start), max(scope.end, s.end)
            found[key] = (Scope(start=start, end=end, buyer=s.buyer, provider=s.provider), sides[0], sides[1])
    return list(found.values())


def _total(old: list[Settlement], new: list[Settlement], broken: set[str]) -> Sum:
    amounts = [_added([s.total for s in side]) for side in (old, new)]
    return Sum(
        old=None if "old" in broken else amounts[0],
        new=None if "new" in broken else amounts[1],
        lacking=tuple(n for n, side in (("old", old), ("new", new)) if not side and n not in broken),
        old_failures=_reasons(s.failures for s in old),
        new_failures=_reasons(s.failures for s in new),
    )


def _added(amounts: Sequence[Fraction | None]) -> Fraction | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if len(known) == len(amounts) else None


def _reasons(found: Iterable[tuple[Diagnostic, ...]]) -> tuple[Diagnostic, ...]:
    return tuple({(d.code, d.span, tuple(d.arguments.items())): d for own in found for d in own}.values())


def _clauses(
    changes: Changes, scope: Scope, old: list[Settlement], new: list[Settlement], broken: set[str]
) -> Iterable[tuple[ClauseEffect, ClauseResult | None, ClauseResult | None]]:
    """Each clause of either side with what it came to; one that a contract does not have pays nothing there."""
    before: dict[str, list[ClauseResult]] = {}
    after: dict[str, list[ClauseResult]] = {}
    for s in old:
        for c in s.clauses:
            before.setdefault(changes.keys.get(c.key, c.key), []).append(c)
    for s in new:
        for c in s.clauses:
            after.setdefault(c.key, []).append(c)
    own = changes.clauses
    for key in dict.fromkeys((*after, *before)):
        was, now = before.get(key, []), after.get(key, [])
        found = Sum(
            old=None if "old" in broken else _added([c.amount for c in was]),
            new=None if "new" in broken else _added([c.amount for c in now]),
            lacking=tuple(n for n, side in (("old", was), ("new", now)) if not side and n not in broken),
            old_failures=_reasons(c.failures for c in was),
            new_failures=_reasons(c.failures for c in now),
        )
        single = (was[0], now[0]) if len(was) == len(now) == 1 else (None, None)
        given = _given(single[0].given, single[1].given) if single[0] is not None and single[1] is not None else ()
        yield ClauseEffect(clause=key, scope=scope, sum=found, follows=key not in own, given=given), *single


def _given(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[tuple[str, object, object], ...]:
    """What a clause gives others, where it is another value."""
    return tuple((name, old.get(name), new.get(name)) for name in new if old.get(name) != new.get(name))
