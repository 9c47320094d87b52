"""Rows and what is worked out over them: which rows a window and a condition choose, sums, means, percentiles."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import floor

from attrs import evolve

from interpreter import core, problems, types as t
from interpreter.arguments import inside
from interpreter.causes import Causes, some
from interpreter.combined import combine, nothing
from interpreter.facts import Row
from interpreter.lookup import SortKey, order_of, there
from interpreter.noted import Results
from interpreter.operators import day_after, day_before, shift
from interpreter.order import expressions
from interpreter.runtime import Env, Known
from interpreter.settlement import Trace
from interpreter.units import KRONA
from interpreter.values import Days, Failure, Missing, present, round_to, small

SAME_FOR_ALL = (core.Const, core.ColumnRef, core.GroupKey, core.LetRef, core.Member, core.PartyRef)
"""What a condition may compare a column with and still mean the same for every row: nothing that asks for its date."""

DATED = (core.Param, core.EntryOf, core.Tariff, core.PerPeriod)
"""What may be another on the date of another row."""


def chosen(rows: core.Rows, env: Env, candidates: Sequence[Row] | None = None) -> list[Row]:
    """The rows that a window and a condition choose, in order of (date, key).

    `in N before D` is from D − N up to the day before D, `in N after D` from the day after D to D + N. A period is
    followed by as long as N is from the day after its last, so that a month is followed by whole months.

    Args:
        rows: which.
        env: the scope around.
        candidates: the rows of the window that are looked at, in order; all of them when `None`.

    Raises:
        Failure: it can't be said of some rows; with all of these.
    """
    candidates = _candidates(rows, env) if candidates is None else candidates
    if rows.where is None:
        return list(candidates)
    trace, env.ledger.trace = env.ledger.trace, None
    found: list[Row] = []
    causes = Causes()
    try:
        for row in candidates:
            try:
                if inside(rows.row, row, env).holds(rows.where):
                    found.append(row)
            except Failure as failure:
                causes.add(failure.causes, row)
    finally:
        env.ledger.trace = trace
    causes.check()
    return found


def _candidates(rows: core.Rows, env: Env) -> Sequence[Row]:
    if rows.group:
        return env.group
    ledger = env.ledger
    index = ledger.facts[rows.fact]
    there(index, rows.span)
    provider = None if rows.all_providers else ledger.provider
    start, end = window_days(rows, env)
    plain = index.dated(provider, ledger.buyer, start, end)
    equal = _equality(rows, env)
    if equal is None or (index.having(equal[0], None) and not equal[2]):
        return plain
    fact = index.fact
    found = index.having(*equal[:2])
    if len(found) >= len(plain):
        return plain
    return [
        r
        for r in found
        if (provider is None or not fact.provider or r.cells.get(fact.provider) == provider)
        and (ledger.buyer is None or not fact.buyer or index.bought(r, fact.buyer, ledger.buyer))
        and (not fact.dated or _between(r.cells.get(fact.dated), start, end))
    ]


def _between(day: object, start: date | None, end: date | None) -> bool:
    on = day if isinstance(day, date) else date.min
    return (start is None or on >= start) and (end is None or on <= end)


def _equality(rows: core.Rows, env: Env) -> tuple[str, str | date, bool] | None:
    """The column and the code or date of a condition `row.column = code` that every row must meet before all others.

    By it the rows are found without reading all. A row that lacks the code fails, and is never passed over, unless
    `row.column is present` stands before (then the third is true): where there are such rows, or the code itself
    can't be worked out, all rows are read.
    """
    where = rows.where
    parts = where.parts if isinstance(where, core.Logic) and where.op == "and" else (where,)
    asked = ""
    first = parts[0]
    if isinstance(first, core.Presence) and not first.missing and _own(first.of, rows.row):
        assert isinstance(first.of, core.ColumnRef)
        asked, first = first.of.name, parts[1] if len(parts) > 1 else None
    if not (isinstance(first, core.Compare) and first.op == "="):
        return None
    for mine, other in ((first.left, first.right), (first.right, first.left)):
        if isinstance(mine, core.ColumnRef) and _own(mine, rows.row) and _same_for_all(other, rows.row, env):
            try:
                value = env.value(other)
            except Failure:
                return None
            return (mine.name, value, mine.name == asked) if isinstance(value, str | date) else None
    return None


def _own(e: core.Expr, row: str) -> bool:
    return isinstance(e, core.ColumnRef) and e.row == row


def _same_for_all(e: core.Expr, row: str, env: Env) -> bool:
    """Whether an expression does not depend on the row that `row` stands for, nor on its date."""
    while isinstance(e, core.Member):
        e = e.of
    if isinstance(e, core.Param):
        argument = env.instance.arguments.get(e.name) if env.instance is not None else None
        stretches = argument.stretches if argument is not None else ()
        always = [s for s in stretches if s.start is None and s.end is None]
        return len(always) == 1 and isinstance(always[0].value, core.Const)
    return isinstance(e, SAME_FOR_ALL) and getattr(e, "row", "") != row


def window_days(rows: core.Rows, env: Env) -> tuple[date | None, date | None]:
    """The first and the last day that rows may have; `None` is open."""
    window = rows.window
    if window is None:
        return env.period.start, env.period.end
    if window.anchor is None:
        return None, None
    anchor = present(env.value(window.anchor))
    first, last = (anchor.start, anchor.end) if isinstance(anchor, Days) else (anchor, anchor)
    assert isinstance(first, date)
    assert isinstance(last, date)
    if window.length is None:
        return first, last
    by = env.number(window.length)
    assert isinstance(window.length.type, t.Num)
    dimension = window.length.type.unit.dimension
    if window.side == "before":
        return shift(first, -by, dimension, env, window.length), day_before(first, env, window.length)
    after = day_after(last, env, window.length)
    if isinstance(anchor, Days):
        return after, day_before(shift(after, by, dimension, env, window.length), env, window.length)
    return after, shift(last, by, dimension, env, window.length)


def aggregate(e: core.Aggregate, env: Env) -> object:
    """A sum, count, mean …; an empty sum is 0, an empty mean is missing, a missing cell fails unless `present`."""
    if e.rows is None:
        return _over_providers(e, env)
    if e.until:
        return _running(e, e.rows, env)
    return over(e, e.rows, env)


def over(e: core.Aggregate, asked: core.Rows, env: Env, candidates: Sequence[Row] | None = None) -> object:
    """An aggregate over rows as they stand.

    Args:
        e, asked: the aggregate and its rows.
        env: the scope around.
        candidates: the rows of the window that are looked at, in order; all of them when `None`.

    Raises:
        Failure: some rows have no value; with all of these.
    """
    rows = chosen(asked, env, candidates)
    if e.of is None:
        _record(env, [(row, Fraction(1)) for row in rows])
        assert isinstance(e.type, t.Num)
        return Fraction(len(rows)) * e.type.unit.factor
    values: list[tuple[Row, object, Fraction]] = []
    causes = Causes()
    trace, env.ledger.trace = env.ledger.trace, None
    try:
        for row in rows:
            scope = inside(asked.row, row, env)
            try:
                value = scope.value(e.of)
                if isinstance(value, Missing):
                    if e.present:
                        continue
                    raise value.failure()
                weight = scope.number(e.weight) if e.weight is not None else Fraction(1)
            except Failure as failure:
                causes.add(failure.causes, row)
            else:
                values.append((row, value, weight))
        causes.check()
        least = env.number(e.at_least) if e.at_least is not None else None
        rank = env.number(e.rank) if e.rank is not None else None
    finally:
        env.ledger.trace = trace
    _record(env, [(row, value) for row, value, _ in values])
    return combine(e, [(value, weight) for _, value, weight in values], least, rank, env.ledger.program.language)


def _running(e: core.Aggregate, rows: core.Rows, env: Env) -> object:
    """The sum over rows up to and with the current one, in the order of (date, key); each row is added once."""
    assert e.of is not None
    current = env.rows[e.until]
    fact = env.ledger.facts[rows.fact].fact
    home = env.around
    own = home is not None and not (
        any(
            isinstance(part, core.ColumnRef | core.LetRef) and part.row not in ("", rows.row) for part in expressions(e)
        )
        or any(isinstance(part, DATED) for part in expressions(rows.window))
    )
    key = ("running sum", id(e))
    known = home.lets.get(key) if home is not None and own else None
    if known is None:
        known = Known(_sums(e, e.of, rows, env))
        if home is not None and own:
            home.lets[key] = known
    assert isinstance(known.value, list)
    steps: list[tuple[SortKey, Row, object]] = known.value
    at = bisect_right(steps, order_of(fact)(current), key=lambda step: step[0])
    _record(env, [(row, value) for _, row, value in steps[:at]])
    found = steps[at - 1][2] if at else Fraction(0)
    if isinstance(found, Failure):
        raise Failure(found.causes)
    return found


def _sums(e: core.Aggregate, of: core.Expr, rows: core.Rows, env: Env) -> list[tuple[SortKey, Row, object]]:
    """Each row in order with the sum up to it; from a row that has no value on, that failure."""
    fact = env.ledger.facts[rows.fact].fact
    place = order_of(fact)
    total: object = Fraction(0)
    found: list[tuple[SortKey, Row, object]] = []
    trace, env.ledger.trace = env.ledger.trace, None
    try:
        for row in chosen(rows, env):
            try:
                value = inside(rows.row, row, env).value(of)
                if isinstance(total, Fraction) and not (isinstance(value, Missing) and e.present):
                    added = present(value)
                    assert isinstance(added, Fraction)
                    total = small(total + added, e.span)
            except Failure as failure:
                causes = Causes()
                causes.add(failure.causes, row)
                total = Failure(causes.all())
            found.append((place(row), row, total))
    finally:
        env.ledger.trace = trace
    return found


def _of_provider(code: str, env: Env) -> Env:
    """The scope as another provider has it; no clause of theirs is settled here, so none can be asked for."""
    ledger = evolve(env.ledger, provider=code, trace=None, contract=None, results=Results())
    return env.again(ledger=ledger)


def _given_by(code: str, e: core.Expr, env: Env) -> object:
    """What an expression comes to for a provider; once for all that ask, where nothing of the asker's is in it."""
    instance = env.instance
    if env.rows or env.group or env.keys or env.offers or env.previous or not isinstance(instance, core.Instance):
        return _of_provider(code, env).value(e)
    key = (code, id(e), instance.key, env.period, env.start, env.end)
    shared = env.ledger.shared
    if key not in shared:
        try:
            shared[key] = _of_provider(code, env).value(e)
        except Failure as failure:
            shared[key] = failure
    found = shared[key]
    if isinstance(found, Failure):
        raise Failure(found.causes)
    return found


def _weight(code: str, e: core.Aggregate, env: Env) -> Fraction:
    if e.weight is None:
        return Fraction(1)
    found = present(_given_by(code, e.weight, env))
    assert isinstance(found, Fraction)
    return found


def _over_providers(e: core.Aggregate, env: Env) -> object:
    """The same expression for every provider of the contract, each in its own scope.

    Raises:
        Failure: some providers have no value; for all of these.
    """
    assert e.of is not None
    if e.kind == "portion":
        return _portion(e, e.of, env)
    values: list[tuple[object, Fraction]] = []
    causes = Causes()
    for _, code in env.ledger.program.terms.providers:
        try:
            value = _given_by(code, e.of, env)
            if not (isinstance(value, Missing) and e.present):
                values.append((present(value), _weight(code, e, env)))
        except Failure as failure:
            causes.add(failure.causes, provider=code)
    causes.check()
    least = env.number(e.at_least) if e.at_least is not None else None
    rank = env.number(e.rank) if e.rank is not None else None
    return combine(e, values, least, rank, env.ledger.program.language)


def _weights(e: core.Aggregate, env: Env) -> dict[str, Fraction]:
    """What each provider weighs in a pool.

    Raises:
        Failure: some weigh nothing that can be told, or less than nothing; for all of these.
    """
    found: dict[str, Fraction] = {}
    causes = Causes()
    for _, code in env.ledger.program.terms.providers:
        try:
            found[code] = _weight(code, e, env)
        except Failure as failure:
            causes.add(failure.causes, provider=code)
    below = [code for code, weight in found.items() if weight < 0]
    if below:
        causes.add([problems.NEGATIVE_WEIGHT.at(e.span, provider=some(below))])
    causes.check()
    return found


def _portion(e: core.Aggregate, pool: core.Expr, env: Env) -> object:
    """The own provider's portion of a pool that is shared by weights, to the öre, so that the portions are the pool.

    What is shared of money is the pool as the contract rounds it. Each gets its exact share cut towards zero to the
    contract's step; what is left goes a step each to those that lost most, the first in the contract's own order where
    two lost the same. What is no money is shared exactly. A provider without weight gets nothing; a pool that nobody
    has a weight in is missing, not lost.
    """
    whole = env.value(pool)
    if isinstance(whole, Missing):
        return whole
    assert isinstance(whole, Fraction)
    weights = _weights(e, env)
    total = sum(weights.values(), Fraction(0))
    if not total:
        return nothing(e)
    own = env.ledger.provider or ""
    if e.type != t.Num(KRONA):
        return small(whole * weights[own] / total, e.span)
    terms = env.ledger.program.terms
    assert terms.round_step is not None
    step = terms.round_step.value
    assert isinstance(step, Fraction)
    steps = abs(round_to(whole, step, terms.round_mode) / step)
    exact = {code: steps * weight / total for code, weight in weights.items()}
    cut = {code: floor(share) for code, share in exact.items()}
    left = int(steps) - sum(cut.values())
    order = sorted(exact, key=lambda code: cut[code] - exact[code])
    portion = (cut[own] + (own in order[:left])) * step
    return portion if whole > 0 else -portion


def _record(env: Env, rows: list[tuple[Row, object]]) -> None:
    """Put the rows of an aggregate into the trace."""
    if env.ledger.trace is not None:
        env.ledger.trace[-1].append(Trace(expr=None, value=None, rows=tuple(rows)))
