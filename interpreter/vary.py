"""What a clause would pay if one value in it were another, all else as it was settled.

A *dial* is a let of the clause's form that can be turned: a datum read from one cell of one row (a result, a share), or
a volume counted or summed over rows that some parameter is held against (a target, a ceiling). Dials are found by how
the form is written, never by what it is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from attrs import evolve, fields, frozen

from dsl.spans import Span
from interpreter import core, types as t
from interpreter.clerk import clause_days, scope_of, settle_clause
from interpreter.facts import Data, Fact
from interpreter.lookup import FactIndex, TableIndex, index_data
from interpreter.noted import Results
from interpreter.order import expressions
from interpreter.results import payable
from interpreter.runtime import Env, Ledger
from interpreter.scopes import own_lets, scopes
from interpreter.settle import ledger_for
from interpreter.settlement import ClauseResult, Settlement, Status, Trace
from interpreter.units import KRONA, Unit
from interpreter.values import Days, Failure

DATUM, VOLUME = "datum", "volume"


@frozen(kw_only=True)
class Dial:
    """A value of a clause that can be turned.

    Args:
        clause: the clause's key.
        let: the let that holds the value, by its English name.
        kind: `datum` or `volume`.
        fact, column: where the value comes from; the column is empty for a volume.
        unit: what the value is measured in.
        low, high: the range of a datum as its fact declares it, in base units; `None` is unbounded.
        marks: the names of the parameters that the value is held against.
    """

    clause: str
    let: str
    kind: str
    fact: str
    column: str = ""
    unit: Unit
    low: Fraction | None = None
    high: Fraction | None = None
    marks: tuple[str, ...] = ()


def dials(instance: core.Instance, facts: Mapping[str, Fact]) -> tuple[Dial, ...]:
    """What can be turned in a clause, in the order of its form.

    Args:
        instance: the clause.
        facts: the program's facts by English name.
    """
    found = []
    for let in _lets(instance.form.steps):
        if not isinstance(let.value.type, t.Num):
            continue
        unit = let.value.type.unit
        marks = _marks(instance, let.name, unit)
        match let.value:
            case core.Member(of, name) if isinstance(of.type, t.RowOf):
                column = facts[of.type.fact].column(name)
                assert column is not None
                found.append(
                    Dial(
                        clause=instance.key,
                        let=let.name,
                        kind=DATUM,
                        fact=of.type.fact,
                        column=column.name,
                        unit=column.unit,
                        low=column.low,
                        high=column.high,
                        marks=marks,
                    )
                )
            case core.Aggregate("sum" | "count", _, core.Rows() as rows) if marks and unit.dimension != KRONA.dimension:
                found.append(
                    Dial(clause=instance.key, let=let.name, kind=VOLUME, fact=rows.fact, unit=unit, marks=marks)
                )
            case _:
                pass
    return tuple(found)


def with_named_cells(instance: core.Instance) -> core.Instance:
    """The same clause with a let for each number that is read of a row which has a name: `newest.value` as one name.

    So a form that names the row (`let newest = latest result …`) is turned like one that names the cell.
    """
    rows = {let.name for let in _lets(instance.form.steps) if isinstance(let.value.type, t.RowOf)}
    cells: dict[str, dict[str, core.Member]] = {}
    for e in expressions(instance.form.steps):
        match e:
            case core.Member(core.LetRef(row), name) if row in rows and isinstance(e.type, t.Num):
                cells.setdefault(row, {})[name] = e
            case _:
                pass
    return (
        evolve(instance, form=evolve(instance.form, steps=_naming(instance.form.steps, cells))) if cells else instance
    )


def _naming(steps: Sequence[core.Stmt], cells: Mapping[str, Mapping[str, core.Member]]) -> tuple[core.Stmt, ...]:
    """Steps that call cells by a name of their own, which stands after that of their row."""
    found: list[core.Stmt] = []
    for step in steps:
        match step:
            case core.Let() as let:
                found.append(evolve(let, value=_renamed(let.value, cells)))
                found += [core.Let(_cell(cell), cell, span=let.span) for cell in cells.get(let.name, {}).values()]
            case core.Each(None, _, _, inner):
                found.append(evolve(step, steps=_naming(inner, cells)))
            case _:
                found.append(_renamed(step, cells))
    return tuple(found)


def _cell(e: core.Member) -> str:
    return f"{e.of.name}.{e.name}" if isinstance(e.of, core.LetRef) else e.name


def _renamed(thing: Any, cells: Mapping[str, Mapping[str, core.Member]]) -> Any:
    """A core node, step or argument with the names of cells in place of what they are read from."""
    if (
        isinstance(thing, core.Member)
        and isinstance(thing.of, core.LetRef)
        and thing.name in cells.get(thing.of.name, ())
    ):
        return core.LetRef(_cell(thing), type=thing.type, span=thing.span)
    if isinstance(thing, tuple):
        return tuple(_renamed(part, cells) for part in thing)
    if isinstance(thing, core.Node | core.Step | core.Rows | core.Window):
        names = [a.name for a in fields(type(thing)) if a.name not in ("span", "type")]
        return evolve(thing, **{name: _renamed(getattr(thing, name), cells) for name in names})
    return thing


def _lets(steps: Sequence[core.Stmt]) -> Iterator[core.Let]:
    """The lets that have one value for the clause, or one a month."""
    for step in steps:
        match step:
            case core.Let():
                yield step
            case core.Each(None, _, _, inner):
                yield from _lets(inner)
            case _:
                pass


_HELD_AGAINST = (core.Add, core.Compare, core.Between)
_BY_NAME = ("clamp", "lesser", "greater")


def _marks(instance: core.Instance, let: str, unit: Unit) -> tuple[str, ...]:
    """The parameters that a let is compared with or subtracted from, directly or through another such parameter."""
    together = [
        {name for part in _operands(e) for name in _name(part, unit)}
        for e in expressions(instance.form.steps)
        if isinstance(e, _HELD_AGAINST) or (isinstance(e, core.Call) and e.name in _BY_NAME)
    ]
    known = {("let", let)}
    while True:
        more = known.union(*(group for group in together if group & known))
        if more == known:
            break
        known = more
    declared = [p.name for p in instance.form.parameters]
    return tuple(name for name in declared if ("param", name) in known)


def _operands(e: core.Node) -> Iterator[object]:
    for field in fields(type(e)):
        value = getattr(e, field.name)
        for part in value if isinstance(value, tuple) else (value,):
            yield part[1] if isinstance(part, tuple) else part


def _name(e: object, unit: Unit) -> Iterator[tuple[str, str]]:
    """The name of a parameter or let of the unit's dimension."""
    if (
        isinstance(e, core.Param | core.LetRef)
        and isinstance(e.type, t.Num)
        and e.type.unit.dimension == unit.dimension
    ):
        yield ("param" if isinstance(e, core.Param) else "let", e.name)


@frozen(eq=False)
class Turning:
    """One settlement opened again, so that its clauses can be settled with other values.

    Args:
        ledger: with every clause's result as it was settled.
        instances: the contract's clauses by key.
        results: the clauses as they were settled.
    """

    ledger: Ledger
    instances: Mapping[str, core.Instance]
    results: Mapping[str, ClauseResult]

    def dials(self) -> tuple[Dial, ...]:
        """What can be turned, in the order of the contract; clauses that pay nothing have nothing to turn."""
        facts = self.ledger.program.facts
        return tuple(
            dial
            for key, instance in self.instances.items()
            if key in self.results and self.results[key].pays and clause_days(self.ledger, instance) is not None
            for dial in dials(instance, facts)
        )

    def now(self, dial: Dial) -> Fraction | None:
        """The value as it was settled; `None` when it is missing, or not the same for each month."""
        found = self.every(dial)
        return found.pop() if len(found) == 1 else None

    def every(self, dial: Dial) -> set[Fraction | None]:
        """The values as they were settled, one a month where it is asked for by month; a missing one is `None`."""
        instance = self.instances[dial.clause]
        return {_number(env, e) for env, e in _places(instance.form.steps, dial.let, scope_of(self.ledger, instance))}

    def traced(self, key: str) -> tuple[Trace, ...]:
        """How a clause came about, value by value in the order of its form."""
        self.ledger.trace, self.ledger.contract = [[]], None
        try:
            settle_clause(self.ledger, self.instances[key])
            return tuple(self.ledger.trace[0])
        finally:
            self.ledger.trace, self.ledger.contract = None, None
            self.ledger.results[key] = self.results[key]

    def marks(self, dial: Dial) -> tuple[tuple[str, Fraction], ...]:
        """The parameters that the value is held against, with what they are in the settled period."""
        instance = self.instances[dial.clause]
        found = []
        for name in dial.marks:
            parameter = instance.parameter(name)
            assert parameter is not None
            value = _number(scope_of(self.ledger, instance), core.Param(name, type=parameter.type))
            if value is not None:
                found.append((name, value))
        return tuple(found)

    def at(self, dial: Dial, value: Fraction) -> ClauseResult:
        """The clause as it would be settled with that value, in base units, all else as it was.

        What it gives and offers are only those of the clause as a whole; its lines and amount are complete.
        """
        instance, before = self.instances[dial.clause], self.results[dial.clause]
        steps = _turned(instance.form.steps, dial.let, value)
        settled = before.status is Status.SETTLED
        paid = _unmoved(steps, dial.let) if settled else frozenset()
        form = evolve(instance.form, steps=tuple(_only_lets(step) if step.span in paid else step for step in steps))
        try:
            found = settle_clause(self.ledger, evolve(instance, form=form))
        finally:
            self.ledger.results[dial.clause] = before
        if not paid or found.status is not Status.SETTLED:
            return found
        kept = {pays for step in steps if step.span in paid for pays in _pays(step)}
        lines = (*(line for line in before.lines if line.span in kept), *found.lines)
        amounts = [line.amount for line in lines]
        whole = payable(amounts, self.ledger.program.terms)
        return evolve(found, lines=lines, exact=sum(amounts, Fraction(0)), amount=whole)


def _places(steps: Sequence[core.Stmt], name: str, env: Env) -> Iterator[tuple[Env, core.Expr]]:
    """The scopes that have a let of that name, each with what asks for it: that of the clause, or of each month."""
    for step in steps:
        match step:
            case core.Let() if step.name == name:
                yield env, core.LetRef(name, type=step.value.type)
            case core.Each(None, _, _, inner):
                for month, _, _ in scopes(step, env):
                    yield from _places(inner, name, month)
            case _:
                pass


def _number(env: Env, e: core.Expr) -> Fraction | None:
    try:
        value = env.value(e)
    except Failure:
        return None
    return value if isinstance(value, Fraction) else None


def _turned(steps: Sequence[core.Stmt], name: str, value: Fraction) -> tuple[core.Stmt, ...]:
    """The steps with another value for one of the lets that `_lets` yields."""
    return tuple(
        evolve(step, value=core.Const(value, type=step.value.type, span=step.value.span))
        if isinstance(step, core.Let) and step.name == name
        else evolve(step, steps=_turned(step.steps, name, value))
        if isinstance(step, core.Each) and step.rows is None
        else step
        for step in steps
    )


def _unmoved(steps: Sequence[core.Stmt], name: str) -> frozenset[Span]:
    """The blocks of rows whose lines don't depend on a let, so that thousands of rows need not be paid again."""
    moved = {name}
    lets = [step for step in _every(steps) if isinstance(step, core.Let)]
    while True:
        more = moved | {let.name for let in lets if _names(let) & moved}
        if more == moved:
            break
        moved = more
    blocks = [step for step in steps if isinstance(step, core.Each) and step.rows is not None]
    return frozenset(step.span for step in blocks if not _names(step) & moved)


def _names(step: core.Stmt) -> set[str]:
    return {e.name for e in expressions(step) if isinstance(e, core.LetRef)}


def _every(steps: Sequence[core.Stmt]) -> Iterator[core.Stmt]:
    for step in steps:
        yield step
        match step:
            case core.Each():
                yield from _every(step.steps)
            case core.When(cases, otherwise):
                yield from _every([inner for then in (*(then for _, then in cases), otherwise) for inner in then])
            case _:
                pass


def _pays(step: core.Stmt) -> Iterator[Span]:
    return (inner.span for inner in _every([step]) if isinstance(inner, core.Pays))


def _only_lets(step: core.Stmt) -> core.Stmt:
    """A block of rows with its lets only: they are columns for the aggregates of the form."""
    assert isinstance(step, core.Each)
    lets = own_lets(step.steps).items()
    return evolve(step, steps=tuple(core.Let(name, value, span=step.span) for name, value in lets))


@frozen(eq=False)
class Indexed:
    """A contract and its data, indexed once for all its settlements."""

    program: core.Program
    facts: Mapping[str, FactIndex]
    tables: Mapping[str, TableIndex]


def indexed(program: core.Program, data: Data) -> Indexed:
    """Index a contract's data and tables."""
    tables = {name: TableIndex(table) for name, table in program.tables.items()}
    return Indexed(program, index_data(program.facts, data, len(program.terms.buyers)), tables)


def turning(of: Indexed, settlement: Settlement) -> Turning:
    """Open a settlement again.

    Args:
        of: what was settled.
        settlement: how it came out.
    """
    program, period = of.program, Days(settlement.start, settlement.end)
    ledger = ledger_for(program, of.facts, of.tables, settlement.provider[1], settlement.buyer[1], period)
    results = {clause.key: clause for clause in settlement.clauses}
    ledger.results = Results(results)
    return Turning(ledger, {i.key: with_named_cells(i) for i in program.instances}, results)
