"""What moved across a threshold: rows that are paid otherwise, and conditions whose answer turned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import define, field

from avtal.diffing.decisions import Decider, Decision, bands
from avtal.diffing.difference import Crossing, Scope
from dsl.spans import Span
from interpreter.clerk import settle_clause
from interpreter.diff.changes import Words
from interpreter.noted import Results
from interpreter.settle import ledger_for
from interpreter.settlement import ClauseResult, Line, Settlement, Status
from interpreter.values import Days
from interpreter.vary import Indexed

MOST_ROWS = 6_000
"""So many rows, of all clauses together, are looked at again to find which conditions turned."""

Side = tuple[Settlement, ClauseResult]


@define(eq=False)
class Crosser:
    """Finds what moved across a threshold, in clauses whose amount changed.

    Args:
        turning, rows: the clauses whose conditions, and those whose rows' conditions, may come out otherwise.
        sides: the contracts (0 the old, 1 the new) with the data they were settled on.
        looked: rows that were looked at again so far.
        bands: the rows of each side's lists that match by band, by their place.
        unlooked: rows of clauses whose amount changed, that were too many to settle again.
    """

    turning: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()
    sides: dict[int, Indexed] = field(factory=dict)
    unlooked: int = 0
    looked: int = 0
    bands: dict[int, Mapping[Span, str]] = field(factory=dict)

    def crossings(self, scope: Scope, old: Side, new: Side) -> Iterator[Crossing]:
        """What moved in one clause of one pair of settlements."""
        was, now = old[1], new[1]
        if was.status is not Status.SETTLED or now.status is not Status.SETTLED:
            return
        if now.key not in self.turning or (was.exact == now.exact and was.given == now.given):
            return
        rows = list(self._rows(scope, was, now)) if now.key in self.rows else []
        yield from rows
        if not all(self._few(at, side) for at, side in enumerate((old, new))):
            self.unlooked += max(len(was.lines), len(now.lines))
            return
        paid = {(row.fact, row.row) for row in rows}
        deciders, decided = zip(*(self._decided(side, at) for at, side in enumerate((old, new))), strict=True)
        for first, second in turned(*decided):
            if (second.fact, second.row) not in paid or not second.fact:
                yield Crossing(
                    clause=now.key,
                    scope=scope,
                    old=deciders[0].words(first),
                    new=deciders[1].words(second),
                    row=second.row,
                    fact=second.fact,
                    difference=None
                    if second.fact or was.amount is None or now.amount is None
                    else now.amount - was.amount,
                )

    def _few(self, at: int, side: Side) -> bool:
        """Whether a clause sees so few rows that it can be settled once more."""
        of = self.sides[at]
        instance = next(i for i in of.program.instances if i.key == side[1].key)
        seen = sum(side[0].rows.get(fact, (0, 0))[0] for fact, _ in instance.form.needs)
        if self.looked + seen > MOST_ROWS:
            return False
        self.looked += seen
        return True

    def _decided(self, side: Side, at: int) -> tuple[Decider, list[Decision]]:
        of = self.sides[at]
        settlement, clause = side
        days = Days(settlement.start, settlement.end)
        ledger = ledger_for(of.program, of.facts, of.tables, settlement.provider[1], settlement.buyer[1], days)
        ledger.results = Results({own.key: own for own in settlement.clauses})
        ledger.trace = [[]]
        instance = next(i for i in of.program.instances if i.key == clause.key)
        settle_clause(ledger, instance)
        if at not in self.bands:
            self.bands[at] = bands(of.program)
        decider = Decider(of.program, instance, self.bands[at])
        return decider, [one for trace in ledger.trace[0] for one in decider.decisions(trace)]

    def _rows(self, scope: Scope, was: ClauseResult, now: ClauseResult) -> Iterator[Crossing]:
        before, after = (_by_row(lines) for lines in (was.lines, now.lines))
        for key in dict.fromkeys((*before, *after)):
            old, new = before.get(key, []), after.get(key, [])
            cases = [[line.label or "" for line in own] for own in (old, new)]
            if bool(old) == bool(new) and cases[0] == cases[1]:
                continue
            line = (new or old)[0]
            yield Crossing(
                clause=now.key,
                scope=scope,
                fact=line.fact,
                row=line.row,
                day=line.day,
                file=line.file,
                line=line.number,
                old=_case(old),
                new=_case(new),
                difference=_sum(new) - _sum(old),
            )


def _by_row(lines: Sequence[Line]) -> Mapping[tuple[str, str, str, int], list[Line]]:
    found: dict[tuple[str, str, str, int], list[Line]] = {}
    for line in lines:
        if line.fact:
            found.setdefault((line.fact, line.row, line.file, line.number), []).append(line)
    return found


def _case(lines: Sequence[Line]) -> Words:
    """What a row was paid as; nothing when it was not paid."""
    if not lines:
        return ("", "")
    labels = " + ".join(dict.fromkeys(line.label for line in lines if line.label))
    return (labels or "paid", labels or "betald")


def _sum(lines: Sequence[Line]) -> Fraction:
    return sum((line.amount for line in lines), Fraction(0))


def turned(old: Sequence[Decision], new: Sequence[Decision]) -> Iterator[tuple[Decision, Decision]]:
    """The decisions that came out otherwise, each condition and row once."""
    before = {(d.name, d.fact, d.row): d for d in old}
    for decision in {(d.name, d.fact, d.row): d for d in new}.values():
        other = before.get((decision.name, decision.fact, decision.row))
        if other is not None and other.told != decision.told:
            yield other, decision
