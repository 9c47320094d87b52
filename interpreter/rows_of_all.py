"""Rows that nobody owns, in a contract of several providers.

A fact without a provider column is seen by every provider. Rows that belong to other rows (the services of an episode)
are chosen by a key of these; rows that are summed up or paid for as they stand are so once for each provider.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dsl.diagnostics import Diagnostic
from interpreter import core, problems
from interpreter.order import expressions
from interpreter.results import pays
from interpreter.world import World

_SUMS = frozenset({"sum", "running", "count", "distinct"})


def counted_for_each(world: World, program: core.Program) -> Iterator[Diagnostic]:
    """Clauses and indicators that sum up, count or pay for rows without a provider, once for each of several."""
    count = len(program.terms.providers)
    if count < 2:
        return
    whole = [instance for instance in program.instances if not instance.broken]
    asked = _asked(whole, program)
    found: dict[str, list[core.Rows]] = {}
    spans = {instance.key: instance.span for instance in whole}
    for i in whole:
        if pays(i.form.steps) or i.key in asked:
            roots = [
                *_roots(i.form.steps, gives=i.key in asked),
                *(s.value for a in i.all_arguments() for s in a.stretches),
            ]
            found[i.key] = _unowned(roots, _lets(i.form.steps), program)
    for code, indicator in program.indicators.items():
        counts = [e for e in (indicator.fulfilled, indicator.population) if e is not None]
        found[code], spans[code] = _unowned(counts, {}, program), indicator.span
    for key, listed in found.items():
        for name in dict.fromkeys(rows.fact for rows in listed):
            fact = world.called(program.facts[name])
            yield problems.FOR_EACH_PROVIDER.at(spans[key], fact=fact, name=world.key(key), count=count)


def _asked(instances: Sequence[core.Instance], program: core.Program) -> set[str]:
    """The clauses of which some clauses take what they give, themselves or by the contract's lets."""
    lets = {let.name: let.value for let in program.lets}
    waiting: list[object] = [(*i.form.steps, *i.all_arguments()) for i in instances]
    found: set[str] = set()
    while waiting:
        for e in expressions(waiting.pop()):
            if isinstance(e, core.Given):
                found.add(e.clause)
            elif isinstance(e, core.LetRef) and e.name in lets:
                waiting.append(lets.pop(e.name))
    return found


def _roots(steps: Sequence[core.Stmt], *, gives: bool) -> Iterator[core.Expr | core.Rows]:
    """What decides what is paid, and given when that is asked for: amounts, conditions, the rows that are paid for."""
    for step in steps:
        match step:
            case core.Pays(_, value) | core.Offer(_, value):
                yield value
            case core.Gives(_, value):
                if gives:
                    yield value
            case core.Unsettled(condition):
                yield condition
            case core.When(cases, otherwise):
                for condition, then in cases:
                    yield condition
                    yield from _roots(then, gives=gives)
                yield from _roots(otherwise, gives=gives)
            case core.Each(rows, _, _, inner):
                yield from _roots(inner, gives=gives)
                if rows is not None and pays(inner):
                    yield rows
            case core.Let():
                pass


def _lets(steps: Sequence[core.Stmt]) -> dict[str, list[core.Expr]]:
    """The lets of a form by name, those of its blocks included."""
    found: dict[str, list[core.Expr]] = {}
    waiting = list(steps)
    while waiting:
        match waiting.pop():
            case core.Let(name, value):
                found.setdefault(name, []).append(value)
            case core.Each(_, _, _, inner):
                waiting += inner
            case core.When(cases, otherwise):
                waiting += [*otherwise, *(step for _, then in cases for step in then)]
            case _:
                pass
    return found


def _unowned(
    roots: Sequence[core.Expr | core.Rows], lets: dict[str, list[core.Expr]], program: core.Program
) -> list[core.Rows]:
    """The rows without a provider that are summed up, counted or paid for."""
    known = {**{let.name: [let.value] for let in program.lets}, **lets}
    found: list[core.Rows] = []
    waiting: list[core.Expr | core.Rows] = list(roots)
    while waiting:
        root = waiting.pop()
        if isinstance(root, core.Rows) and not _owned(root, program):
            found.append(root)
        for e in expressions(root):
            match e:
                case core.LetRef(name):
                    waiting += known.pop(name, [])
                case core.Aggregate(kind, rows=core.Rows() as rows) if kind in _SUMS and not _owned(rows, program):
                    found.append(rows)
                case _:
                    pass
    return found


def _owned(rows: core.Rows, program: core.Program) -> bool:
    """Whether rows are somebody's: of a fact with a provider, of all providers, or chosen by what is somebody's."""
    if program.facts[rows.fact].provider or rows.all_providers or rows.group:
        return True
    return rows.where is not None and any(_somebodys(e, rows.row, program) for e in expressions(rows.where))


def _somebodys(e: core.Node, row: str, program: core.Program) -> bool:
    match e:
        case core.PartyRef() | core.GroupKey():
            return True
        case core.ColumnRef(other) | core.LetRef(_, other):
            return other not in ("", row)
        case core.FactRow(fact):
            return bool(program.facts[fact].provider)
        case core.Aggregate(rows=core.Rows() as inner) | core.Pick(_, inner):
            return bool(program.facts[inner.fact].provider) and not inner.all_providers
        case _:
            return False
