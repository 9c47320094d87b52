"""Worked examples (*räkneexempel*) as they stand in the text: what is given, and what must come out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dsl import nodes as n
from dsl.spans import Span
from interpreter import core, problems, types as t
from interpreter.beside import taken_in
from interpreter.clauses import Binder
from interpreter.elaborate import as_code, elaborate, row_type
from interpreter.facts import Fact
from interpreter.meeting import KR, absorbed, meet
from interpreter.names import clause_keys, one_of, path_text
from interpreter.raw import evolve_scope
from interpreter.rows import visible
from interpreter.tables import cell_value
from interpreter.terms import dates
from interpreter.world import Scope, World, pairs

UNSETTLED = ("unsettled", "oavgjord")
TOTAL = ("total", "totalt")


class _Reader:
    def __init__(self, world: World, scope: Scope) -> None:
        self.world = world
        self.scope = scope
        self.amounts: dict[str, core.Expr] = {}
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
        named = isinstance(left, n.Name) and (left.id in self.scope.subtotals or world.core_name(left, "base"))
        if isinstance(row, n.Lookup) and isinstance(row.of, n.Name) and row.of.id not in world.forms:
            world.unknown(problems.UNKNOWN_FACT, row.of, pairs(world.facts.values()), pairs(world.forms.values()))
            return
        keys = () if named else clause_keys(world, self.scope, left)
        if not named and not keys:
            return
        if len(keys) > 1:
            world.report(problems.AMBIGUOUS_NAME, left.span, name=path_text(left), **one_of(world, keys))
            return
        value, _ = meet(world, [value, core.Absorbed(type=KR, span=value.span)], "=", binding.span)
        name = keys[0] if keys else left.id if isinstance(left, n.Name) and left.id in self.scope.subtotals else "base"
        if name in self.amounts:
            world.report(problems.ARGUMENT_TWICE, binding.span, name=path_text(left))
        self.amounts[name] = value

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
        cells, _ = self.rows.setdefault((fact.name, tuple(keys.items())), (dict(keys), binding.span))
        if column.name in cells:
            world.report(problems.ARGUMENT_TWICE, binding.span, name=world.called(column))
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
        for ln in line.block:
            if not isinstance(ln.statement, n.TableRow | n.BadLine):
                world.misplaced(ln, world.word("given"), ("|",))
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
                wanted, place = ", ".join(map(world.called, columns)), line.block[at + 1].span
                world.report(problems.ROW_LENGTH, place, found=len(row), expected=len(columns), columns=wanted)
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
        if isinstance(e, n.Name) and (e.id in self.scope.subtotals or self.world.core_name(e, "base")):
            return elaborate(self.world, self.scope, e)
        own = isinstance(e, n.Name) and e.id in self.scope.lets
        if path_text(e) and not own:
            keys = clause_keys(self.world, self.scope, e)
            return core.Amount("", keys, type=KR, span=e.span) if keys else absorbed(e.span)
        return elaborate(self.world, self.scope, e)


def read_example(world: World, scope: Scope, line: n.Line, text: str) -> core.Example:
    """Read an example of a contract (whose clauses `scope` knows) or of a form (in a scope without clauses).

    Args:
        text: the text of the file, for showing what was expected.
    """
    assert isinstance(line.statement, n.Example)
    own = Binder(world, evolve_scope(scope, {}))
    period: tuple[date, date] | None = None
    for below in taken_in(world, line.block):
        match below.statement:
            case n.Clause(head, items) if head.id not in world.forms and world.core_name(head, "period"):
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
        amounts=tuple(reader.amounts.items()),
        rows=tuple((fact, cells, span) for (fact, _), (cells, span) in reader.rows.items()),
        clauses=tuple(instances),
        expects=tuple(reader.expects),
        start=period[0] if period else None,
        end=period[1] if period else None,
        span=line.span,
    )
