"""Modules → the world: which files a contract uses, and what they declare, in the order that needs it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import define, evolve, field

from dsl import nodes as n
from dsl.diagnostics import nearest
from dsl.lexicon import KEYWORDS
from dsl.limits import MAX_DEPTH
from dsl.parse import Parsed, parse
from dsl.problems import TOO_DEEP
from dsl.spans import NOWHERE, Span
from dsl.words import language_of
from interpreter import core, problems, types as t
from interpreter.bilingual import english_first
from interpreter.elaborate import elaborate
from interpreter.facts import Column, Fact, Kind
from interpreter.forms import FormBuilder, form, model
from interpreter.lean import few
from interpreter.meeting import is_number, meet
from interpreter.parameters import FLAGS, param_type, range_of
from interpreter.sources import Sources, Unreadable
from interpreter.tables import INDEX, FileCell, signature, table
from interpreter.units import NUMBER, Unit, base
from interpreter.world import Scope, World, core_pairs, pairs


@define
class Loaded:
    """Parsed modules, the used before the using, with English names first; the last is the main file.

    Args:
        written: the modules as they are written.
    """

    modules: list[Parsed] = field(factory=list)
    written: list[n.Module] = field(factory=list)
    texts: dict[str, str] = field(factory=dict)


def load(world: World, sources: Sources) -> Loaded:
    """Parse the main file and, once each, every module it uses."""
    loaded = Loaded()
    world.library = sources.library
    done: set[str] = set()

    def visit(name: str, text: str, file: str) -> None:
        done.add(name)
        open_.append(name)
        if name in modules:
            text, read = modules[name]
            parsed = parse(read, file)
            parsed = evolve(parsed, module=evolve(parsed.module, text=text))
        else:
            parsed = parse(text, file)
        loaded.texts[file] = parsed.module.text
        world.languages[file] = language_of(parsed.module.text)
        if not name:
            world.language = world.languages[file]
        written = parsed.module
        if world.languages[file] == "sv":
            ordered = tuple([english_first(line) for line in parsed.module.lines])
            parsed = evolve(parsed, module=evolve(parsed.module, lines=ordered))
        for line in parsed.module.lines:
            for module in _used(line, sources):
                if module.id in done:
                    continue
                if sources.file.rpartition("/")[2] == f"{module.id}.avtal":
                    world.report(problems.LEADS_BACK, module.span, name=module.id)
                elif len(open_) > MAX_DEPTH:
                    world.report(TOO_DEEP, module.span, limit=MAX_DEPTH)
                elif module.id in sources.beside:
                    visit(module.id, sources.beside[module.id], f"{module.id}.avtal")
                elif module.id in sources.library:
                    visit(module.id, sources.library[module.id], f"stdlib_rules/{module.id}.avtal")
                else:
                    world.unknown(problems.UNKNOWN_MODULE, module, [*sources.library, *sources.beside])
        loaded.modules.append(parsed)
        loaded.written.append(written)
        open_.pop()

    open_: list[str] = []
    modules = {} if sources.whole else few(sources.text, sources.beside, sources.library)
    visit("", sources.text, sources.file)
    return loaded


_USE = KEYWORDS["USE"]
_MADE = "|".join((*KEYWORDS["FORM"], *KEYWORDS["MODEL"]))
_WORD = re.compile(r"\w+")


def _used(line: n.Line, sources: Sources) -> Sequence[n.Name]:
    """The modules that a line uses, or would if it were written right: what they declare is then known all the same."""
    match line.statement:
        case n.Use(modules):
            return modules
        case n.BadLine(text) if text.startswith(_USE):
            return [n.Name(word, span=line.span) for word in _WORD.findall(text) if _known(word, sources)]
        case n.Clause(head, items):
            names = [item.value for item in items if isinstance(item.value, n.Name)]
            if len(names) + sum(item.word == "," for item in items) < len(items):
                return ()
            if not all(_known(name.id, sources) for name in names):
                return ()
            if _known(head.id, sources):
                return [head, *names]
            return names if names and nearest(head.id, _USE) else ()
        case _:
            return ()


def _known(word: str, sources: Sources) -> bool:
    """Whether a word names a module, and no form or model in it."""
    text = sources.beside.get(word) or sources.library.get(word) or ""
    return bool(text) and not re.search(rf"^(?:{_MADE})[ (\w]*\b{word}\b", text, re.MULTILINE)


def declare(world: World, loaded: Loaded, sources: Sources) -> None:
    """Put every declaration of the modules into the world: units, facts, tables, then forms and models."""
    lines = [line for parsed in loaded.modules for line in parsed.module.lines]
    for line in lines:
        if isinstance(line.statement, n.DefineUnit):
            _unit(world, line.statement)
    for line in lines:
        match line.statement:
            case n.Define("fact", name, alias):
                found = _fact(world, line, name, alias)
                world.declare(world.facts, found, name, alias)
            case _:
                pass
    for line in lines:
        match line.statement:
            case n.DefineTable(name, alias, s):
                before = len(world.found)
                columns = signature(world, s)
                if len(world.found) > before:
                    world.flawed.add(name.id)
                data = table(world, name, alias, columns, _grid(world, line, sources), line.span)
                world.declare(world.tables, data, name, alias)
            case n.Define("index", name, alias):
                data = table(world, name, alias, INDEX, _grid(world, line, sources), line.span)
                world.declare(world.tables, data, name, alias)
            case _:
                pass
    for parsed in loaded.modules:
        world.shared[parsed.module.file] = [ln for ln in parsed.module.lines if isinstance(ln.statement, n.Let)]
    for line in lines:
        match line.statement:
            case n.Define("form", name, alias) as define_:
                made = form(world, line, define_)
                world.declare(world.forms, made, name, alias)
                world.form_examples += [(made, ln) for ln in line.block if isinstance(ln.statement, n.Example)]
            case _:
                pass
    for line in lines:
        match line.statement:
            case n.Define("model", name, alias) as define_:
                world.declare(world.models, model(world, line, define_), name, alias)
            case n.Clause(head, _) if head.id not in world.forms and world.core_name(head, "indicator"):
                _indicator(world, line)
            case _:
                pass


def shared_lets(world: World, module: n.Module) -> None:
    """Check the lets at the margin of a file without a contract, whether its forms use them or not."""
    scope = Scope()
    builder = FormBuilder(world)
    for line in world.shared.get(module.file, ()):
        assert isinstance(line.statement, n.Let)
        for name in (line.statement.name, line.statement.alias):
            if name is not None and world.is_unit(name.id):
                world.report(problems.UNIT_AS_NAME, name.span, name=name.id)
            elif name is not None and name.id in world.tables:
                world.report(problems.TWO_WITH_ONE_NAME, name.span, name=name.id)
        builder.step(line, scope)


def _unit(world: World, d: n.DefineUnit) -> None:
    made: Unit
    if d.size is None:
        made = base(d.names[0].id)
    else:
        size = elaborate(world, Scope(), d.size)
        if not isinstance(size, core.Const) or not isinstance(size.type, t.Num):
            world.report(problems.WRONG_TYPE, d.size.span, what=d.names[0].id, **_a_number())
            return
        assert not isinstance(size.value, str | bool | None)
        made = Unit(size.type.unit.dimension, size.value, d.names[0].id)  # type: ignore[arg-type]
    swedish = d.aliases or d.names
    if d.aliases:
        listed = [n.Name(", ".join(part.id for part in part_), span=part_[0].span) for part_ in (d.names, d.aliases)]
        world.named(*listed)
    for at, name in enumerate(d.names):
        if world.simple_unit(name.id) is not None:
            world.report(problems.TWO_WITH_ONE_NAME, name.span, name=name.id)
        other = swedish[min(at, len(swedish) - 1)].id
        world.units[name.id] = made
        world.unit_names[name.id] = (name.id, other)
    for at, name in enumerate(d.aliases):
        if world.simple_unit(name.id) not in (None, made):
            world.report(problems.TWO_WITH_ONE_NAME, name.span, name=name.id)
        world.units.setdefault(name.id, made)
        plural = d.names[min(at, len(d.names) - 1)].id if len(d.aliases) > 1 else d.names[0].id
        world.unit_names.setdefault(name.id, (plural, name.id))


def _a_number() -> dict[str, str]:
    return {"expected_en": "a number", "expected_sv": "ett tal", "found_en": "…", "found_sv": "…", "example": "100 kr"}


ROLES = {"key": range(1, 99), "dated": (1,), "provider": (1,), "buyer": (1,), "indicator": (2,)}
"""Lines of a fact that say what columns are for: how many each takes."""


def _fact(world: World, line: n.Line, name: n.Name, alias: n.Name | None) -> Fact:
    columns: list[Column] = []
    taken: set[str] = set()
    roles: dict[str, list[n.Name]] = {}
    counts, counted = NUMBER, None
    for below in line.block:
        match below.statement:
            case n.Declare("column", column, other, kind):
                for part in (column, other):
                    if part is not None and part.id in taken:
                        world.report(problems.TWO_WITH_ONE_NAME, part.span, name=part.id)
                taken |= {part.id for part in (column, other) if part is not None}
                columns.append(_column(world, column, other, kind))
            case n.Clause(head, items) if world.core_name(head, *ROLES):
                role = world.core_name(head)
                if role in roles:
                    world.report(problems.ARGUMENT_TWICE, below.span, name=head.id)
                roles[role] = [i.value for i in items if isinstance(i.value, n.Name)]
                commas = sum(i.word == "," for i in items)
                if len(roles[role]) not in ROLES[role] or len(roles[role]) + commas != len(items):
                    shape = " ".join([head.id, *(["…"] * ROLES[role][0])])
                    world.report(problems.TERM_SHAPE, below.span, name=head.id, example=shape)
            case n.Clause(head, items) if world.core_name(head, "counts"):
                if counted is not None:
                    world.report(problems.ARGUMENT_TWICE, below.span, counted, name=head.id)
                counted = below.span
                match [item.value for item in items]:
                    case [n.Name() as unit]:
                        counts = world.unit(unit) or counts
                    case _:
                        world.report(problems.TERM_SHAPE, below.span, name=head.id, example=f"{head.id} …")
            case n.Sentence() | n.Source() | n.BadLine():
                pass
            case n.Clause(head, _):
                known_terms = core_pairs((*ROLES, "counts"))
                world.unknown(problems.UNKNOWN_TERM, head, known_terms, core_pairs(("column",)), of=name.id)
            case _:
                world.misplaced(below, name.id, ("column", *ROLES, "counts"))
    made = Fact(name=name.id, swedish=alias.id if alias else "", columns=tuple(columns))
    found: dict[str, tuple[str, ...]] = {}
    for role, names in roles.items():
        own = []
        for wanted in names:
            known = made.column(wanted.id)
            if known is None:
                world.unknown(problems.UNKNOWN_COLUMN, wanted, pairs(columns), of=name.id)
            else:
                world.use(wanted.span, known.name, known.swedish)
                own.append(known.name)
        found[role] = tuple(own)
    indicator, result = found.get("indicator", ())[:1], found.get("indicator", ())[1:2]
    return Fact(
        name=made.name,
        swedish=made.swedish,
        columns=made.columns,
        keys=found.get("key", ()),
        dated="".join(found.get("dated", ())[:1]),
        provider="".join(found.get("provider", ())[:1]),
        buyer="".join(found.get("buyer", ())[:1]),
        indicator="".join(indicator),
        result="".join(result),
        counts=counts,
    )


def _column(world: World, name: n.Name, alias: n.Name | None, written: n.TypeExpr) -> Column:
    kind, flags = param_type(world, written)
    for flag in FLAGS:
        if flag in flags:
            known = f"`{world.word('optional')}`, `{world.word('from')}`"
            world.report(problems.MISPLACED, written.span, name=world.word(flag), of=name.id, known=known)
    world.named(name, alias)
    words = [world.core_name(w, "text") for w in written.words] if isinstance(written, n.TypeWords) else []
    allowed = range_of(world, kind, written, name.id)
    kinds = {t.Num: Kind.NUMBER, t.Code: Kind.CODE, t.Day: Kind.DATE, t.Bool: Kind.BOOL, t.Choice: Kind.CHOICE}
    own = Kind.TEXT if "text" in words else kinds.get(type(kind), Kind.TEXT)
    return Column(
        name=name.id,
        swedish=alias.id if alias else "",
        kind=own,
        unit=kind.unit if isinstance(kind, t.Num) else NUMBER,
        optional=flags.get("optional", False),
        low=allowed.low,
        high=allowed.high,
        choices=kind.words if isinstance(kind, t.Choice) else (),
    )


def _grid(world: World, line: n.Line, sources: Sources) -> list[Sequence[n.Cell]] | None:
    """The rows of a table: pipe rows in its block, or the file that it names; `None` when they can't be read."""
    grid: list[Sequence[n.Cell]] = []
    whole = True
    for below in line.block:
        match below.statement:
            case n.TableRow(cells):
                grid.append(cells)
            case n.Clause(head, items) if world.core_name(head, "file"):
                value = items[0].value if items else None
                if not isinstance(value, n.Text):
                    file = world.word("file")
                    reason = f'`{file} "….csv"`'
                    world.report(problems.FILE_UNREADABLE, below.span, name=file, reason=reason)
                    whole = False
                    continue
                found = sources.cells(value.value)
                if isinstance(found, Unreadable):
                    world.report(problems.FILE_UNREADABLE, value.span, name=value.value, reason=found.reason)
                    whole = False
                    continue
                span = _cell_span(below.span)
                grid += [
                    [FileCell(text.strip(), f"{value.value}:{number}", span=span) for text in row]
                    for number, row in enumerate(found, 1)
                    if row
                ]
            case n.BadLine():
                whole = False
            case n.Sentence() | n.Source():
                pass
            case _:
                whole = False
                world.misplaced(below, world.word("table"), ("|", "file"))
    return grid if grid or whole else None


def _cell_span(span: Span) -> Span:
    return Span(span.file, span.start, span.end) if span != NOWHERE else NOWHERE


def _indicator(world: World, line: n.Line) -> None:
    """`indicator 113 "name"` with, when it is computed, `fulfilled` and `population` as lets in its block."""
    assert isinstance(line.statement, n.Clause)
    items = [item.value for item in line.statement.items]
    code = items[0].text if items and isinstance(items[0], n.Number) else ""
    code = items[0].id if items and isinstance(items[0], n.Name) else code
    name = items[1].value if len(items) > 1 and isinstance(items[1], n.Text) else ""
    counts: dict[str, core.Expr] = {}
    scope = Scope()
    if not code:
        called = world.word("indicator")
        world.report(problems.TERM_SHAPE, line.span, name=called, example=f'{called} 113 "…"')
    for below in line.block:
        match below.statement:
            case n.Let(word, value) if value is not None and world.core_name(word, "fulfilled", "population"):
                if world.core_name(word) in counts:
                    world.report(problems.ARGUMENT_TWICE, below.span, name=word.id)
                counts[world.core_name(word)] = elaborate(world, scope, value)
            case n.Sentence() | n.Source() | n.BadLine():
                pass
            case _:
                world.misplaced(below, f"{world.word('indicator')} {code}", ("let",))
    if any(isinstance(below.statement, n.BadLine) for below in line.block):
        counts = {}
    elif len(counts) == 1:
        lacking = "population" if "fulfilled" in counts else "fulfilled"
        world.report(problems.NO_VALUE, line.span, name=world.word(lacking))
        counts = {}
    elif counts:
        both = [counts["fulfilled"], counts["population"]]
        checked = [is_number(world, count, "/") for count in both]
        if all(checked):
            counts = dict(zip(("fulfilled", "population"), meet(world, both, "/", both[1].span), strict=True))
    if code in world.indicators:
        world.report(problems.TWO_WITH_ONE_NAME, line.span, world.indicators[code].span, name=code)
    world.indicators[code] = core.Indicator(
        code=code,
        name=name,
        fulfilled=counts.get("fulfilled"),
        population=counts.get("population"),
        span=line.span,
    )
