"""The phases on one screen: texts → world → clauses → checked program."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, field, frozen

from dsl import nodes as n
from dsl.dates import parse_date
from dsl.diagnostics import Diagnostic
from dsl.problems import TEXT_FIRST
from dsl.spans import Span
from interpreter import core, problems
from interpreter.beside import taken_in
from interpreter.check import CHECKS
from interpreter.clauses import Binder
from interpreter.declare import declare, load, shared_lets
from interpreter.echoes import without_echoes
from interpreter.elaborate import condition, elaborate
from interpreter.example_reader import read_example
from interpreter.forms import FormBuilder
from interpreter.names import clause_keys
from interpreter.order import in_order
from interpreter.raw import evolve_scope
from interpreter.sources import Sources
from interpreter.terms import head
from interpreter.world import Scope, World


@frozen(kw_only=True)
class Analysed:
    """All that is known of a text, complete or not: an editor shows it, `settle` needs it without errors.

    Args:
        program: the contract; `None` when the text holds none (a library module).
        diagnostics: every problem of the contract and what it uses, in the order of the text.
        texts: every file's text by name, for showing places.
        uses: names with two spellings, by place, for turning one vocabulary into the other.
    """

    program: core.Program | None
    world: World
    module: n.Module
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str] = field(repr=False)
    uses: Mapping[Span, tuple[str, str]] = field(repr=False)

    @property
    def language(self) -> str:
        """The vocabulary of the main file, `sv` or `en`."""
        return self.world.language

    @property
    def units(self) -> Mapping[str, tuple[str, str]]:
        """The two names of each unit that it declares."""
        return self.world.unit_names

    @property
    def sound(self) -> bool:
        """Whether nothing stands in the way of settling."""
        return not any(d.is_error for d in self.diagnostics)


def analyse(sources: Sources) -> Analysed:
    """Understand a text: every phase runs as far as it can, and every problem is in the result."""
    found = _analyse(sources)
    if found.diagnostics and not sources.whole:
        return _analyse(evolve(sources, whole=True))
    return found


def _analyse(sources: Sources) -> Analysed:
    world = World()
    loaded = load(world, sources)
    declare(world, loaded, sources)
    for parsed in loaded.modules[:-1]:
        _library(world, parsed.module)
    main = loaded.modules[-1].module
    program = contract(world, main)
    found = [d for parsed in loaded.modules for d in parsed.diagnostics] + world.found
    if program is not None:
        wrong = {_place(program, d.span) for d in found if d.is_error}
        for check in CHECKS:
            found.extend(d for d in check(world, program) if _place(program, d.span) not in wrong)
    unique = {(d.code, d.span, tuple(d.arguments.items())): d for d in found}
    modules = [parsed.module for parsed in loaded.modules]
    kept = without_echoes(tuple(unique.values()), modules, world.forms) if unique else []
    ordered = sorted(kept, key=lambda d: (d.span.file != main.file, d.span, d.code))
    return Analysed(
        program=program,
        world=world,
        module=loaded.written[-1],
        diagnostics=tuple(ordered),
        texts=loaded.texts,
        uses=world.uses,
    )


CLAUSE_HEADS = ("contract", "indicator")


def _place(program: core.Program, span: Span) -> tuple[str, int]:
    """The clause that a place belongs to, by where it starts: checks leave those alone that have a problem already."""
    starts = (i.span.start for i in program.instances if i.span.file == span.file and i.span.start <= span.start)
    return span.file, max(starts, default=-1)


def contract(world: World, module: n.Module) -> core.Program | None:
    """The contract of the main file: its head, clauses, subtotals, promises and examples."""
    heads = [ln for ln in module.lines if isinstance(ln.statement, n.Clause) and _is(world, ln.statement, "contract")]
    if not heads:
        _library(world, module)
        return None
    for second in heads[1:]:
        world.report(problems.TWO_CONTRACTS, second.span, heads[0].span)
    terms = head(world, heads[0])
    binder = Binder(world, Scope(clauses={}))
    for line in taken_in(world, module.lines):
        if isinstance(line.statement, n.Clause) and not any(_is(world, line.statement, w) for w in CLAUSE_HEADS):
            binder.collect(line)
    for line in module.lines:
        if isinstance(line.statement, n.Amend):
            _dated(world, line.statement, terms)
            binder.amend(line)
    known = {raw.key: raw.owner for raw in binder.raws if isinstance(raw.owner, core.Form)}
    scope = evolve_scope(binder.scope, known)
    scope.later = frozenset(ln.statement.name.id for ln in module.lines if isinstance(ln.statement, n.Subtotal | n.Let))
    subtotals: list[tuple[str, tuple[str, ...]]] = []
    lets: list[core.Let] = []
    promises: list[tuple[core.Expr, str, Span]] = []
    for line in (*binder.subtotals, *module.lines):
        match line.statement:
            case n.Subtotal(name, parts):
                keys = [key for part in parts for key in _part(world, scope, part)]
                if name.id in scope.subtotals or name.id in scope.lets or name.id in world.tables:
                    world.report(problems.TWO_WITH_ONE_NAME, line.span, name=name.id)
                scope.subtotals[name.id] = tuple(dict.fromkeys(keys))
                subtotals.append((name.id, scope.subtotals[name.id]))
            case n.Let(name, value, alias):
                builder = FormBuilder(world)
                let = core.Let(name.id, elaborate(world, scope, builder.value(line, value, name.id)), span=line.span)
                for part in (name, alias):
                    if part is None:
                        continue
                    if world.is_unit(part.id):
                        world.report(problems.UNIT_AS_NAME, part.span, name=part.id)
                    elif part.id in scope.lets or part.id in scope.subtotals or part.id in world.tables:
                        world.report(problems.TWO_WITH_ONE_NAME, line.span, name=part.id)
                    scope.lets[part.id] = let.value.type
                if alias is not None:
                    builder.spell(scope, name, alias)
                lets.append(let)
            case _:
                pass
    instances = binder.bind(scope)
    for line in module.lines:
        if isinstance(line.statement, n.Always):
            total = evolve_scope(scope, known)
            total.subtotals = {**scope.subtotals, **dict.fromkeys(("total", "totalt"), tuple(known))}
            reason = line.statement.reason.value if line.statement.reason else _words(module, line.statement.condition)
            promises.append((condition(world, total, line.statement.condition), reason, line.span))
    order, cycles = in_order(instances, tuple(lets))
    for path, span in cycles:
        world.report(problems.CYCLE, span, path=" → ".join(map(world.key, path)))
    examples = [
        read_example(world, scope, ln, module.text) for ln in module.lines if isinstance(ln.statement, n.Example)
    ]
    _stray(world, module)
    return core.Program(
        terms=terms,
        instances=tuple(instances),
        order=tuple(order),
        subtotals=tuple(subtotals),
        promises=tuple(promises),
        lets=tuple(lets),
        facts={fact.name: fact for fact in world.facts.values()},
        tables=dict(world.tables),
        indicators=dict(world.indicators),
        examples=tuple(examples),
        language=world.language,
    )


def _dated(world: World, amend: n.Amend, terms: core.Terms) -> None:
    """Warn of an amendment from a day outside the contract's period: nothing of it is ever in force."""
    day = parse_date(amend.start.text) if isinstance(amend.start, n.Date) else None
    if day is not None and not terms.start <= day <= terms.end:
        world.report(problems.CAUSE_OUTSIDE, amend.start.span, day=day)
        world.never.add(day)


def _is(world: World, clause: n.Clause, word: str) -> bool:
    return clause.head.id not in world.forms and bool(world.core_name(clause.head, word))


def _part(world: World, scope: Scope, part: n.Expr) -> tuple[str, ...]:
    """The clauses that a part of a subtotal stands for: a form, a clause, or an earlier subtotal."""
    if isinstance(part, n.Name) and part.id in scope.subtotals:
        return scope.subtotals[part.id]
    if isinstance(part, n.Name) and part.id in scope.later and part.id not in world.forms:
        world.report(problems.USED_BEFORE, part.span, name=part.id)
        return ()
    keys = clause_keys(world, scope, part)
    all_keys = frozenset(keys)
    return tuple(k for k in keys if not any(k[:at] in all_keys for at, sign in enumerate(k) if sign == "/"))


def _words(module: n.Module, e: n.Expr) -> str:
    return module.text[e.span.start : e.span.end]


def _library(world: World, module: n.Module) -> None:
    """A file without a contract may only declare."""
    for line in module.lines:
        match line.statement:
            case n.Clause() if not any(_is(world, line.statement, w) for w in CLAUSE_HEADS):
                world.report(problems.NO_CONTRACT, line.span)
                return
            case n.Subtotal() | n.Always() | n.Amend():
                world.report(problems.NO_CONTRACT, line.span)
                return
            case _:
                pass
    shared_lets(world, module)
    _stray(world, module)


def _stray(world: World, module: n.Module) -> None:
    """Report statements at the margin that belong inside something."""
    for line in module.lines:
        match line.statement:
            case (
                n.Pays()
                | n.Gives()
                | n.When()
                | n.Otherwise()
                | n.Each()
                | n.Requires()
                | n.Unsettled()
                | n.Needs()
                | n.Inside()
                | n.Declare()
                | n.Since()
                | n.Given()
                | n.Expect()
                | n.Ends()
                | n.OutsideBase()
                | n.TableRow()
            ):
                of = "filens vänsterkant" if world.language == "sv" else "the margin of the file"
                world.misplaced(line, of, ("contract", "use", "form", "table", "let", "subtotal"))
            case n.Sentence() if not line.block:
                world.report(TEXT_FIRST, line.span)
            case _:
                pass
