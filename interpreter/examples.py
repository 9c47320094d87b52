"""Worked examples (*räkneexempel*): read with the contract or form they stand in, and run.

An example sets amounts and rows of data, perhaps clauses of its own, and says what must come out. In it a row needs
only the columns it is about: its date is the first day of the period, its provider the contract's first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from attrs import evolve, frozen

from dsl import nodes as n
from dsl.diagnostics import Diagnostic
from dsl.spans import Span
from interpreter import core, problems
from interpreter import types as t
from interpreter.clauses import Binder
from interpreter.clerk import settle_clause
from interpreter.elaborate import as_code, elaborate, row_type, visible
from interpreter.facts import Cell, Fact, Kind, Row
from interpreter.lookup import TableIndex, index_data
from interpreter.meeting import KR, meet
from interpreter.names import clause_keys, path_text
from interpreter.order import in_order
from interpreter.raw import evolve_scope
from interpreter.runtime import Env, contract_env
from interpreter.settle import ledger_for, periods
from interpreter.settlement import Status
from interpreter.tables import cell_value
from interpreter.terms import dates, default_step
from interpreter.values import Days, Failure, Missing
from interpreter.world import Scope, World, pairs

UNSETTLED = ("unsettled", "oavgjord")
TOTAL = ("total", "totalt")
YEAR = (date(2023, 1, 1), date(2023, 12, 31))
"""What a form's example is settled for when it does not say."""


@frozen(kw_only=True)
class ExampleResult:
    """How an example came out: its name, whether it held, and the problems when it did not."""

    name: str
    ok: bool
    diagnostics: tuple[Diagnostic, ...]
    span: Span


class _Reader:
    def __init__(self, world: World, scope: Scope) -> None:
        self.world = world
        self.scope = scope
        self.amounts: list[tuple[str, core.Expr]] = []
        self.rows: dict[tuple[str, object], tuple[dict[str, core.Expr], Span]] = {}
        self.expects: list[tuple[core.Expr, core.Expr | None, str, Span]] = []

    def given(self, line: n.Line, bindings: Sequence[n.Expr]) -> None:
        for binding in bindings:
            if isinstance(binding, n.Name) and line.block:
                self.table(line, binding)
            elif isinstance(binding, n.Compare) and binding.op == "=":
                self.bind(binding)
            elif isinstance(binding, n.Presence) and binding.missing and self.absent(binding.of):
                pass  # a row that is not given is missing: the line says so to the reader
            else:
                self.world.report(problems.EXAMPLE_SHAPE, binding.span)

    def absent(self, e: n.Expr) -> bool:
        """Whether `e` is a row of a fact, or a column of one, that an example may say is missing."""
        found = elaborate(self.world, self.scope, e)
        row = found.of if isinstance(found, core.Member) else found
        return isinstance(row, core.FactRow | core.Absorbed)

    def bind(self, binding: n.Compare) -> None:
        """`base = 100 mkr`, `result[113].value = 87,5%`, `drg["Huvuddel"] = 50 mkr`."""
        world, left = self.world, binding.left
        column = left.name if isinstance(left, n.Member) else None
        row = left.of if isinstance(left, n.Member) else left
        if isinstance(row, n.Lookup) and isinstance(row.of, n.Name) and row.of.id in world.facts:
            fact = world.facts[row.of.id]
            world.use(row.of.span, fact.name, fact.swedish)
            self.cell(fact, row, column, binding)
            return
        value = elaborate(world, self.scope, binding.right)
        value, _ = meet(world, [value, core.Absorbed(type=KR, span=value.span)], "=", binding.span)
        if isinstance(left, n.Name) and (world.core_name(left) == "base" or left.id in self.scope.subtotals):
            self.amounts.append(("base" if world.core_name(left) == "base" else left.id, value))
            return
        self.amounts += [(key, value) for key in clause_keys(world, self.scope, left)]

    def cell(self, fact: Fact, row: n.Lookup, name: n.Name | None, binding: n.Compare) -> None:
        world = self.world
        names = [k for k in fact.keys if k not in (fact.provider, fact.buyer, fact.dated)]
        if len(names) != len(row.keys):
            world.report(problems.WRONG_COUNT, row.span, name=fact.name, expected=len(names), found=len(row.keys))
            return
        keys = {k: self.key(e, row_type(fact, k)) for k, e in zip(names, row.keys, strict=True)}
        rest = [c.name for c in fact.columns if c.name not in (*names, fact.provider, fact.buyer, fact.dated)]
        column = fact.column(name.id) if name is not None else fact.column(rest[0]) if len(rest) == 1 else None
        if column is None:
            wrong = name or n.Name("…", span=row.span)
            world.unknown(problems.UNKNOWN_COLUMN, wrong, visible(world, Scope(), fact.name), of=fact.name)
            return
        if name is not None:
            world.use(name.span, column.name, column.swedish)
        want = row_type(fact, column.name)
        value = elaborate(world, self.scope, binding.right, want)
        value, _ = meet(world, [value, core.Absorbed(type=want, span=value.span)], "=", binding.span)
        own = tuple((k, e.value) for k, e in keys.items() if isinstance(e, core.Const))
        cells, _ = self.rows.setdefault((fact.name, own), (dict(keys), binding.span))
        cells[column.name] = value

    def key(self, e: n.Expr, want: t.Type) -> core.Expr:
        """The key of a row; a bare word is the code it spells, as in a clause."""
        if isinstance(want, t.Code) and isinstance(e, n.Name):
            return core.Const(e.id, e.id, type=want, span=e.span)
        return as_code(self.world, self.scope, e, want)

    def table(self, line: n.Line, name: n.Name) -> None:
        """`given fact` over a table of rows."""
        world = self.world
        fact = world.facts.get(name.id)
        if fact is None:
            world.unknown(problems.UNKNOWN_FACT, name, pairs(world.facts.values()))
            return
        world.use(name.span, fact.name, fact.swedish)
        rows = [ln.statement.cells for ln in line.block if isinstance(ln.statement, n.TableRow)]
        if not rows:
            return
        columns = []
        for cell in rows[0]:
            column = fact.column(cell.text)
            if column is None:
                known = pairs(fact.columns)
                world.unknown(problems.UNKNOWN_COLUMN, n.Name(cell.text, span=cell.span), known, of=fact.name)
                return
            world.use(cell.span, column.name, column.swedish)
            columns.append(column)
        for at, row in enumerate(rows[1:]):
            if len(row) != len(columns):
                found, expected = ", ".join(c.text for c in row), ", ".join(c.name for c in columns)
                world.report(problems.TABLE_COLUMNS, line.block[at + 1].span, found=found, expected=expected)
                continue
            cells: dict[str, core.Expr] = {}
            for column, cell in zip(columns, row, strict=True):
                kind = row_type(fact, column.name)
                value = cell_value(world, cell, kind, optional=column.optional)
                if value is not None:
                    cells[column.name] = core.Const(value, cell.text, type=kind, span=cell.span)
            self.rows[(fact.name, (name.span, at))] = (cells, line.block[at + 1].span)

    def expect(self, bindings: Sequence[n.Expr], text: str) -> None:
        world = self.world
        for binding in bindings:
            if not isinstance(binding, n.Compare) or binding.op != "=":
                world.report(problems.EXAMPLE_SHAPE, binding.span)
                continue
            left = self.left(binding.left)
            right: core.Expr | None = None
            if isinstance(binding.right, n.Name) and binding.right.id in UNSETTLED:
                world.use(binding.right.span, *UNSETTLED)
            else:
                right = elaborate(world, self.scope, binding.right, left.type)
                left, right = meet(world, [left, right], "=", binding.span)
            shown = text[binding.left.span.start : binding.left.span.end]
            self.expects.append((left, right, shown, binding.span))

    def left(self, e: n.Expr) -> core.Expr:
        if isinstance(e, n.Name) and e.id in TOTAL:
            self.world.use(e.span, *TOTAL)
            return core.Amount("total", tuple(self.scope.clauses or ()), type=KR, span=e.span)
        if isinstance(e, n.Name) and (e.id in self.scope.subtotals or self.world.core_name(e) == "base"):
            return elaborate(self.world, self.scope, e)
        if path_text(e):
            return core.Amount("", clause_keys(self.world, self.scope, e), type=KR, span=e.span)
        return elaborate(self.world, self.scope, e)


def read_example(world: World, scope: Scope, line: n.Line, text: str) -> core.Example:
    """Read an example of a contract (whose clauses `scope` knows) or of a form (in a scope without clauses).

    Args:
        text: the text of the file, for showing what was expected.
    """
    assert isinstance(line.statement, n.Example)
    own = Binder(world, evolve_scope(scope, {}))
    period: tuple[date, date] | None = None
    for below in line.block:
        match below.statement:
            case n.Clause(head, items) if world.core_name(head) == "period" and head.id not in world.forms:
                period = dates(world, items, below.span)
            case n.Clause():
                own.collect(below)
            case n.Given() | n.Expect() | n.Sentence() | n.Source() | n.BadLine():
                pass
            case _:
                world.misplaced(below, world.word("example"), ("given", "expect", "period"))
    known = {raw.key: raw.owner for raw in own.raws if isinstance(raw.owner, core.Form)}
    inner = evolve_scope(scope, known or scope.clauses or {})
    if known:
        inner.subtotals = {}
    instances = own.bind(inner)
    reader = _Reader(world, inner)
    for below in line.block:
        match below.statement:
            case n.Given(bindings):
                reader.given(below, bindings)
            case n.Expect(bindings):
                reader.expect(bindings, text)
            case _:
                pass
    return core.Example(
        name=line.statement.name.value,
        amounts=tuple(reader.amounts),
        rows=tuple((fact, cells, span) for (fact, _), (cells, span) in reader.rows.items()),
        clauses=tuple(instances),
        expects=tuple(reader.expects),
        start=period[0] if period else None,
        end=period[1] if period else None,
        span=line.span,
    )


def run(program: core.Program, examples: Sequence[core.Example]) -> tuple[ExampleResult, ...]:
    """Run examples.

    Args:
        program: the contract they belong to; for a form's examples, a program without clauses.
        examples: as `read_example` gave them.
    """
    return tuple(run_example(program, example) for example in examples)


def run_example(program: core.Program, example: core.Example) -> ExampleResult:
    """Run one example in a ledger of its own."""
    if example.clauses:
        order, _ = in_order(example.clauses, program.lets)
        program = evolve(program, instances=example.clauses, order=tuple(order), subtotals=())
    start, end = (example.start, example.end) if example.start and example.end else YEAR
    if example.start is None and program.terms.name:
        first = periods(program.terms)[0]
        start, end = first.start, first.end
    assert start is not None
    assert end is not None
    if not program.terms.providers:
        program = evolve(program, terms=evolve(program.terms, providers=_providers(program, example)))
    provider = program.terms.providers[0][1]
    buyer = program.terms.buyers[0][1] if program.terms.buyers else ""
    tables = {name: TableIndex(table) for name, table in program.tables.items()}
    ledger = ledger_for(program, index_data(program.facts, {}), tables, provider, buyer, Days(start, end))
    found: list[Diagnostic] = []
    try:
        data: dict[str, list[Row]] = {}
        for at, (fact, cells, _) in enumerate(example.rows):
            declared = program.facts[fact]
            values = {name: contract_env(ledger).value(value) for name, value in cells.items()}
            data.setdefault(fact, []).append(_row(declared, values, at + 1, start, provider, buyer))
        ledger = ledger_for(program, index_data(program.facts, data), tables, provider, buyer, Days(start, end))
        for name, value in example.amounts:
            amount = contract_env(ledger).value(value)
            assert isinstance(amount, Fraction)
            ledger.given[name] = amount
    except Failure as failure:
        return ExampleResult(name=example.name, ok=False, diagnostics=failure.causes, span=example.span)
    for instance in program.order:
        settle_clause(ledger, instance)
    for left, right, text, span in example.expects:
        found += _judge(contract_env(ledger), left, right, text, span)
    return ExampleResult(name=example.name, ok=not found, diagnostics=tuple(found), span=example.span)


def _providers(program: core.Program, example: core.Example) -> tuple[tuple[str, str], ...]:
    """The providers that a form's example names in its rows, the first of them being the one that is settled."""
    columns = [(program.facts[fact].provider, cells) for fact, cells, _ in example.rows]
    named = [cells[column] for column, cells in columns if column in cells]
    codes = [e.value for e in named if isinstance(e, core.Const) and isinstance(e.value, str)]
    return tuple((code, code) for code in dict.fromkeys(codes or ["A"]))


def _row(fact: Fact, values: dict[str, object], at: int, start: date, provider: str, buyer: str) -> Row:
    """A row with what an example may leave out."""
    cells: dict[str, Cell] = {name: value for name, value in values.items() if not isinstance(value, Missing)}  # type: ignore[misc]
    for name, value in ((fact.dated, start), (fact.provider, provider), (fact.buyer, buyer)):
        if name:
            cells.setdefault(name, value)
    for key in fact.keys:
        column = fact.column(key)
        if column is not None and column.kind in (Kind.CODE, Kind.TEXT):
            cells.setdefault(key, str(at))
    return Row(fact.name, cells)


def _judge(env: Env, left: core.Expr, right: core.Expr | None, text: str, span: Span) -> list[Diagnostic]:
    """What is wrong with one expectation, if anything."""
    results = env.ledger.results
    keys = left.clauses if isinstance(left, core.Amount) else ()
    waiting = [results[k] for k in keys if k in results and results[k].status is not Status.SETTLED]
    if right is None:
        if waiting:
            return []
        return [problems.EXAMPLE_FAILS.at(span, name=text, found="settled", expected="unsettled")]
    try:
        found, expected = env.value(left), env.value(right)
    except Failure as failure:
        causes = [cause for result in waiting for cause in result.failures] or list(failure.causes)
        reason = "; ".join(dict.fromkeys(cause.message("en") for cause in causes))
        return [problems.EXAMPLE_UNSETTLED.at(span, name=text, reason=reason)]
    if found == expected:
        return []
    return [
        problems.EXAMPLE_FAILS.at(span, name=text, found=show(found, left.type), expected=show(expected, left.type))
    ]


def show(value: object, kind: t.Type) -> str:
    """A value in its unit, exact when it has few decimals."""
    if isinstance(value, Fraction) and isinstance(kind, t.Num):
        size = value / kind.unit.factor
        digits = f"{size.numerator}" if size.denominator == 1 else _decimals(size)
        return f"{digits}{'' if kind.unit.name in ('%', '') else ' '}{kind.unit.name}"
    return str(value)


def _decimals(size: Fraction) -> str:
    scaled = size * 10**6
    whole = abs(scaled.numerator) // scaled.denominator
    text = f"{'-' if size < 0 else ''}{whole // 10**6}.{whole % 10**6:06d}".rstrip("0")
    return text if scaled.denominator == 1 else f"{text}…"


def form_program(facts: dict[str, Fact], tables: dict[str, core.TableData]) -> core.Program:
    """A program without clauses, in which the examples of forms run."""
    terms = core.Terms(start=YEAR[0], end=YEAR[1], round_step=default_step())
    return core.Program(terms=terms, instances=(), order=(), facts=facts, tables=tables)
