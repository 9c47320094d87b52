"""Rows of facts as they are meant: which rows, in which window, and what is worked out over them.

Assumes: facts are declared. Guarantees: every column that is asked for is one that the form needs, and every window,
weight and rank is of a type that the evaluator can use.
"""

from __future__ import annotations

from typing import Protocol

from dsl import nodes as n
from interpreter import core, problems, types as t
from interpreter.meeting import absorbed, as_condition, is_number, per_period, wrong_type
from interpreter.units import KRONA, PERCENT, time_ratio
from interpreter.world import RowScope, Scope, World, pairs

TIMES = ((("month", 1),), (("day", 1),))


class Elaborate(Protocol):
    """How an expression is bound and typed: `interpreter.elaborate.elaborate`."""

    def __call__(self, world: World, scope: Scope, e: n.Expr, expected: t.Type | None = None) -> core.Expr:
        """The typed expression."""


def visible(world: World, scope: Scope, fact: str) -> frozenset[str]:
    """The columns of a fact that the scope may see: those the form needs, or all in a contract."""
    if scope.needs is None:
        return frozenset(column.name for column in world.facts[fact].columns)
    needs = scope.needs.get(fact)
    return needs.columns if needs else frozenset()


def rows_of(world: World, scope: Scope, rows: n.Rows, go: Elaborate) -> tuple[core.Rows | None, str]:
    """The rows of a fact, and the fact's name; `None` when something in it is wrong.

    Args:
        world: the declarations; problems are reported to it.
        scope: what the window sees; the condition sees the row as well.
        rows: as written.
        go: how expressions are elaborated.
    """
    fact = world.facts.get(rows.fact.id)
    if fact is None:
        world.unknown(problems.UNKNOWN_FACT, rows.fact, pairs(world.facts.values()))
        return None, ""
    world.use(rows.fact.span, fact.name, fact.swedish)
    if scope.needs is not None and fact.name not in scope.needs:
        world.report(problems.NOT_NEEDED, rows.fact.span, of=fact.name, name="…")
        return None, ""
    if rows.alias is not None and any(row.row == rows.alias.id for row in scope.rows):
        world.report(problems.TWO_WITH_ONE_NAME, rows.alias.span, name=rows.alias.id)
    row = rows.alias.id if rows.alias else f"{fact.name}#{len(scope.rows)}"
    window = _window(world, scope, rows.window, go) if rows.window is not None else None
    grouped = scope.group is not None and scope.group.name == fact.name and window is None and not rows.all_providers
    inner = scope.inner(
        RowScope(
            row,
            fact,
            visible(world, scope, fact.name),
            rows.alias is None,
            grouped=grouped,
            spellings=scope.spellings,
            lets=scope.row_lets.get(fact.name, {}),
        )
    )
    where = as_condition(world, go(world, inner, rows.where, t.Bool())) if rows.where is not None else None
    return core.Rows(fact.name, row, rows.all_providers, window, where, grouped, rows.fact.span), fact.name


def _window(world: World, scope: Scope, window: n.Window, go: Elaborate) -> core.Window:
    what = ("fönstret", "the window")[world.language != "sv"]
    anchor = go(world, scope, window.anchor) if window.anchor is not None else None
    length = go(world, scope, window.length) if window.length is not None else None
    if length is not None:
        stretch_of_time(world, length, what)
    if anchor is not None and not isinstance(anchor.type, t.Day | t.Period | t.Unknown):
        wrong_type(world, anchor, t.Day(), what)
    return core.Window(window.side, anchor, length)


def stretch_of_time(world: World, length: core.Expr, what: str) -> None:
    """Report a length that is not in months (or years) or days (or weeks)."""
    number = isinstance(length.type, t.Num) and length.type.unit.dimension in TIMES
    if not number and not isinstance(length.type, t.Unknown):
        wrong_type(world, length, t.DAYS, what)


def rows_scope(world: World, scope: Scope, rows: n.Rows, go: Elaborate) -> tuple[core.Rows | None, Scope]:
    """The rows of an `each`, and the scope inside it.

    Its lets are columns of the fact in all of the form when it stands at the form's margin, and known only inside it
    when it stands in another `each`.
    """
    chosen, name = rows_of(world, scope, rows, go)
    if chosen is None:
        return None, scope
    fact = world.facts[name]
    nested = scope.rows or scope.group is not None or scope.month
    lets = dict(scope.row_lets.get(name, {})) if nested else scope.row_lets.setdefault(name, {})
    row = RowScope(
        chosen.row,
        fact,
        visible(world, scope, name),
        rows.alias is None,
        own_lets=True,
        grouped=chosen.group,
        spellings=scope.spellings,
        lets=lets,
    )
    inner = scope.inner(row)
    inner.of_row = True
    return chosen, inner


def aggregate(world: World, scope: Scope, e: n.Aggregate, go: Elaborate) -> core.Expr:
    """A sum, mean … over rows of a fact, over the group around, or over the contract's providers."""
    over = e.over
    if over is not None and over.fact.id not in world.facts and world.core_name(over.fact, "providers"):
        return _over_providers(world, scope, e, go)
    if e.kind == "portion":
        world.report(problems.NOT_HERE, e.span, name=world.word("portion"))
        return absorbed(e.span)
    if over is None:
        around = scope.rows[-1].fact if e.kind == "running" and scope.rows else scope.group
        if around is None:
            world.report(problems.NOT_HERE, e.span, name=world.word("running sum" if e.kind == "running" else e.kind))
            return absorbed(e.span)
        over = n.Rows(n.Name(around.name, span=e.span), span=e.span)
    rows, name = rows_of(world, scope, over, go)
    if rows is None:
        return absorbed(e.span)
    until = ""
    if e.kind == "running":
        until = next((row.row for row in reversed(scope.rows) if row.fact.name == name), "")
        if not until:
            world.report(problems.NOT_HERE, e.span, name=world.word("running sum"))
            return absorbed(e.span)
    fact = world.facts[name]
    row = RowScope(
        rows.row,
        fact,
        visible(world, scope, name),
        over.alias is None,
        grouped=rows.group,
        spellings=scope.spellings,
        lets=scope.row_lets.get(name, {}),
    )
    return _aggregated(world, scope, scope.inner(row), e, rows, t.Num(fact.counts), go, until)


def without_effect(world: World, e: n.Aggregate) -> None:
    """Report what would change nothing beside an aggregate of its kind."""
    weighed, counted = e.kind in ("mean", "portion"), e.kind not in ("running", "portion")
    for part, has_effect, word in ((e.weight, weighed, "weighted by"), (e.at_least, counted, "at least")):
        if part is not None and not has_effect:
            world.report(problems.NOT_HERE, part.span, name=world.word(word))
    if e.present and e.kind == "portion":
        world.report(problems.NOT_HERE, e.span, name=world.word("present"))


def _over_providers(world: World, scope: Scope, e: n.Aggregate, go: Elaborate) -> core.Expr:
    if e.over is not None and (e.over.where or e.over.window):
        world.report(problems.NOT_HERE, e.over.span, name=e.over.fact.id)
    if e.kind == "running":
        world.report(problems.NOT_HERE, e.span, name=world.word("running sum"))
        return absorbed(e.span)
    return _aggregated(world, scope, scope, e, None, t.FRACTION, go)


def _as_amount(pool: core.Expr) -> core.Expr:
    """What is shared, which is an amount when it is a rate of kr per time: an öre can't be left of a rate."""
    rate = isinstance(pool.type, t.Num) and time_ratio(pool.type.unit.dimension, KRONA.dimension)
    return per_period(pool, KRONA) if rate else pool


def _aggregated(
    world: World,
    outer: Scope,
    inner: Scope,
    e: n.Aggregate,
    rows: core.Rows | None,
    counts: t.Num,
    go: Elaborate,
    until: str = "",
) -> core.Expr:
    without_effect(world, e)
    of = go(world, inner, e.of) if e.of is not None else None
    if e.kind == "portion" and of is not None:
        of = _as_amount(of)
    weight = go(world, inner, e.weight) if e.weight is not None else None
    at_least = go(world, outer, e.at_least) if e.at_least is not None else None
    rank = go(world, outer, e.rank) if e.rank is not None else None
    if weight is not None and not is_number(world, weight, world.word("weighted by")):
        weight = absorbed(weight.span)
    for plain, words, want in ((at_least, "at least", t.FRACTION), (rank, "percentile", t.Num(PERCENT))):
        if plain is not None and plain.type not in (want, t.Unknown()):
            wrong_type(world, plain, want, f"`{world.word(words)}`")
    kind: t.Type
    if of is None or e.kind == "distinct":
        kind = counts if of is None else t.FRACTION
    elif isinstance(of.type, t.Unknown):
        return absorbed(e.span)
    elif (isinstance(of.type, t.Day) and e.kind in ("lowest", "highest")) or is_number(world, of, e.kind):
        kind = of.type
    else:
        return absorbed(e.span)
    return core.Aggregate(e.kind, of, rows, e.present, weight, at_least, rank, until, type=kind, span=e.span)
