"""Forms and models: parameters, what they need, and the steps by which they pay.

Assumes: units, facts and tables are declared. Guarantees: every step is typed, and what is paid is money.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import fields

from dsl import nodes as n
from dsl.spans import Span
from interpreter import core, problems, types as t
from interpreter.annotations import component
from interpreter.elaborate import condition, elaborate
from interpreter.facts import Fact
from interpreter.meeting import KR, absorbed, never, per_period
from interpreter.names import column_type
from interpreter.parameters import documentation, needs, of_type, parameters
from interpreter.rows import rows_scope, stretch_of_time
from interpreter.scopes import SOME_TIME
from interpreter.units import time_ratio
from interpreter.world import Model, Scope, World, pairs

GROUPING = (t.Num, t.Code, t.Day, t.Bool, t.Choice)
"""What rows can be grouped by: values that can be told apart and shown."""

MAX_LETS = 200
FORM_LINES = ("param", "needs", "requires", "let", "each", "when", "pays", "gives", "unsettled when", "example")


class FormBuilder:
    """Builds one form's steps, in the order of the text; collects what it gives and offers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.gives: dict[str, t.Type] = {}
        self.offers: dict[str, t.Type] = {}
        self.labels: dict[str, str] = {}
        self.requires: list[tuple[core.Expr, tuple[str, str], Span]] = []

    def steps(self, lines: Sequence[n.Line], scope: Scope) -> tuple[core.Stmt, ...]:
        """The steps of a block; neighbouring `when` lines are cases of one choice."""
        steps: list[core.Stmt] = []
        at = 0
        while at < len(lines):
            line = lines[at]
            if isinstance(line.statement, n.When):
                end = at + 1
                while end < len(lines) and isinstance(lines[end].statement, n.When):
                    end += 1
                if end < len(lines) and isinstance(lines[end].statement, n.Otherwise):
                    end += 1
                steps.append(self.choice(lines[at:end], scope))
                at = end
                continue
            steps.extend(self.step(line, scope))
            at += 1
        return tuple(steps)

    def shared(self, form: n.Line, scope: Scope) -> list[core.Stmt]:
        """The lets at the margin of the form's file that it uses, as if they stood first in it.

        They see what the form needs and each other, but not its parameters: they mean the same in every form.
        """
        written = self.world.shared.get(form.span.file, [])
        used = names_in(form) if written else set()
        wanted: list[n.Line] = []
        for line in reversed(written):
            assert isinstance(line.statement, n.Let)
            if {name.id for name in (line.statement.name, line.statement.alias) if name is not None} & used:
                wanted.append(line)
                used |= names_in(line)
        outside = Scope(needs=scope.needs, lets=scope.lets, spellings=scope.spellings)
        return [step for line in reversed(wanted) for step in self.step(line, outside)]

    def choice(self, lines: Sequence[n.Line], scope: Scope) -> core.When:
        """Neighbouring `when` lines as the cases of one choice."""
        cases: list[tuple[core.Expr, tuple[core.Stmt, ...]]] = []
        otherwise: tuple[core.Stmt, ...] = ()
        for line in lines:
            assert isinstance(line.statement, n.When | n.Otherwise)
            then = self.consequence(line, line.statement.then, scope)
            if isinstance(line.statement, n.When):
                cases.append((condition(self.world, scope, line.statement.condition), then))
            else:
                otherwise = then
        never(self.world, [case for case, _ in cases])
        return core.When(tuple(cases), otherwise, span=lines[0].span)

    def consequence(self, line: n.Line, then: n.Expr | n.Pays | n.Gives | None, scope: Scope) -> tuple[core.Stmt, ...]:
        """The steps of a case: those of its block, or the one on its line."""
        if then is None:
            if not line.block:
                self.world.report(problems.NO_VALUE, line.span, name="when")
            return self.steps(line.block, scope)
        if isinstance(then, n.Pays | n.Gives):
            return tuple(self.step(n.Line(then, line.block, span=line.span), scope))
        self.misplaced(line)
        return ()

    def misplaced(self, line: n.Line) -> None:
        """Report a line that has no place in a form."""
        self.world.misplaced(line, "en ersättningsform" if self.world.language == "sv" else "a form", FORM_LINES)

    def step(self, line: n.Line, scope: Scope) -> list[core.Stmt]:
        """The steps of a line, with what it names made known."""
        world, span = self.world, line.span
        match line.statement:
            case n.Let(name, value, alias):
                found = elaborate(world, scope, self.value(line, value, name.id))
                self.name_let(scope, name, found.type)
                if alias is not None:
                    self.name_let(scope, alias, found.type)
                    self.spell(scope, name, alias)
                return [core.Let(name.id, found, span=span)]
            case n.Pays(label, value, other):
                paid = self.money(elaborate(world, scope, self.value(line, value, "pays")))
                return [core.Pays(self.label(label, other), paid, span=span)]
            case n.Gives() | n.Inside() if scope.rows or scope.group is not None or scope.month:
                world.misplaced(line, f"`{world.word('each')}`", ("let", "when", "pays", "unsettled when"))
            case n.Gives(name, value, alias):
                found = self.of_kind(self.gives, name, elaborate(world, scope, self.value(line, value, name.id)))
                if alias is not None:
                    self.spell(scope, name, alias)
                return [core.Gives(name.id, found, span=span)]
            case n.Unsettled(when, reason, other):
                return [core.Unsettled(condition(world, scope, when), world.both(reason, other), span=span)]
            case n.Inside(name, value):
                found = self.of_kind(self.offers, name, elaborate(world, scope, value))
                return [core.Offer(name.id, found, span=span)]
            case n.Each():
                return self.each(line, line.statement, scope)
            case n.Requires(when, reason, other):
                self.requires.append((condition(world, scope, when), world.both(reason, other), span))
            case n.Sentence() | n.Source() | n.OutsideBase() | n.Needs() | n.Declare() | n.Example() | n.BadLine():
                pass
            case n.Clause(head) if world.core_name(head, "component"):
                pass
            case _:
                self.misplaced(line)
        return []

    def of_kind(self, known: dict[str, t.Type], name: n.Name, found: core.Expr) -> core.Expr:
        """What is given or offered, of the kind that it has in another case.

        Args:
            known: the kinds so far, to which this one is added.
            name: what it is called.
            found: its value.
        """
        kind = known.get(name.id, t.Unknown())
        if isinstance(kind, t.Unknown):
            known[name.id] = kind = found.type
        return found if found.type == kind else of_type(self.world, found, kind, name.id)

    def label(self, label: n.Text | None, other: n.Text | None) -> str:
        """What a payment is called in English, its Swedish label noted."""
        english, swedish = self.world.both(label, other)
        if self.labels.setdefault(english, swedish) != swedish:
            assert label is not None
            self.world.report(problems.TWO_WITH_ONE_NAME, label.span, name=english)
        return english

    def name_let(self, scope: Scope, name: n.Name, kind: t.Type) -> None:
        """Make a let known: a derived column inside `each`, a name of the form outside."""
        world = self.world
        taken = name.id in scope.parameters or name.id in scope.lets or name.id in scope.keys
        lets = scope.lets
        if scope.of_row:
            row = scope.rows[-1]
            column = row.fact.column(name.id)
            taken = taken or name.id in row.lets or (row.bare and column is not None and column.name in row.columns)
            lets = row.lets
        if taken:
            world.report(problems.TWO_WITH_ONE_NAME, name.span, name=name.id)
        lets[name.id] = kind
        if len(lets) > MAX_LETS:
            world.report(problems.TOO_BIG, name.span, limit=MAX_LETS)

    def spell(self, scope: Scope, name: n.Name, alias: n.Name) -> None:
        """Make two spellings one name."""
        scope.spellings[name.id] = scope.spellings[alias.id] = (name.id, alias.id)
        self.world.named(name, alias)

    def money(self, found: core.Expr) -> core.Expr:
        """What is paid, as money: a rate per time over the period, anything but kr reported."""
        if isinstance(found.type, t.Unknown) or found.type == KR:
            return found
        if isinstance(found.type, t.Num) and time_ratio(found.type.unit.dimension, KR.unit.dimension):
            return per_period(found, KR.unit)
        self.world.report(problems.MONEY_EXPECTED, found.span, **self.world.kind("found", found.type))
        return absorbed(found.span)

    def value(self, line: n.Line, value: n.Expr | None, name: str) -> n.Expr:
        """The value on a line, or the cases below it."""
        if value is not None:
            return value
        cases = [
            n.Case(ln.statement.condition, self.case_value(ln, ln.statement.then), span=ln.span)
            for ln in line.block
            if isinstance(ln.statement, n.When)
        ]
        last = line.block[-1] if line.block else None
        otherwise = (
            self.case_value(last, last.statement.then)
            if last is not None and isinstance(last.statement, n.Otherwise)
            else None
        )
        if not cases:
            self.world.report(problems.NO_VALUE, line.span, name=name)
            return n.Bad(span=line.span)
        allowed = len(cases) + (otherwise is not None)
        for ln in line.block:
            if not isinstance(ln.statement, n.When | n.Otherwise | n.BadLine):
                self.world.misplaced(ln, f"`{name}`", ("when", "otherwise"))
        if allowed != len(line.block) and any(isinstance(ln.statement, n.Otherwise) for ln in line.block[:-1]):
            self.world.misplaced(line.block[-1], f"`{name}`", ("when", "otherwise"))
        return n.Cases(tuple(cases), otherwise, span=line.span)

    def case_value(self, line: n.Line, then: n.Expr | n.Pays | n.Gives | None) -> n.Expr:
        """The value of a case: on its line, or the cases below it."""
        if then is None and line.block:
            return self.value(line, None, "when")
        if then is None or isinstance(then, n.Pays | n.Gives):
            self.world.report(problems.NO_VALUE, line.span, name="when")
            return n.Bad(span=line.span)
        return then

    def each(self, line: n.Line, e: n.Each, scope: Scope) -> list[core.Stmt]:
        """The steps of each row, group or month, in a scope of their own."""
        world = self.world
        if e.rows.fact.id not in world.facts and world.core_name(e.rows.fact, "month"):
            inner = scope.inner()
            inner.month, inner.of_row = True, False
            inner.lets = dict(scope.lets)
            return [core.Each(None, (), None, self.steps(line.block, inner), span=line.span)]
        rows, inside = rows_scope(world, scope, e.rows, elaborate)
        if rows is None:
            return []
        fact = world.facts[rows.fact]
        by: list[str] = []
        spell = elaborate(world, scope, e.spell) if e.spell is not None else None
        if spell is not None:
            what = f"`{world.word('spell of')}`"
            stretch_of_time(world, spell, what)
            if isinstance(spell, core.Const) and spell.value == 0:
                world.report(problems.OUTSIDE_RANGE, spell.span, what=what, found=spell.text, **SOME_TIME)
        if not e.by and spell is None:
            return [core.Each(rows, (), None, self.steps(line.block, inside), span=line.span)]
        grouped = scope.inner()
        grouped.group, grouped.of_row = fact, False
        grouped.keys = dict(scope.keys)
        grouped.lets = dict(scope.lets)
        for name in e.by:
            if fact.column(name.id) is None and world.core_name(name, "month"):
                by.append("month")
                grouped.month = True
                continue
            column = fact.column(name.id)
            row = inside.rows[-1]
            if isinstance(row.lets.get(name.id), GROUPING):
                words = scope.spellings.get(name.id, (name.id,))
                world.use(name.span, words[0], words[-1])
                by.append(words[0])
                grouped.keys |= dict.fromkeys(words, row.lets[name.id])
                continue
            if column is None or column.name not in row.columns:
                known = pairs(c for c in fact.columns if c.name in row.columns)
                world.unknown(problems.UNKNOWN_COLUMN, name, known, of=world.called(fact))
                continue
            world.use(name.span, column.name, column.swedish)
            by.append(column.name)
            grouped.keys |= dict.fromkeys(filter(None, (column.name, column.swedish)), column_type(column))
        own = frozenset(grouped.keys) - frozenset(scope.keys)
        again = frozenset(word for name in by for word in _words(fact, name, scope) if word in scope.keys)
        inherited = scope.alike if rows.group else frozenset()
        grouped.alike = own | again | inherited
        grouped.twice = scope.twice | (again - inherited)
        return [core.Each(rows, tuple(by), spell, self.steps(line.block, grouped), span=line.span)]


def _words(fact: Fact, name: str, scope: Scope) -> tuple[str, ...]:
    """Both names of what rows are grouped by: a column of the fact, or a let."""
    column = fact.column(name)
    return (column.name, column.swedish) if column is not None else scope.spellings.get(name, (name,))


def _parameters(world: World, line: n.Line, define: n.Define) -> dict[str, core.Parameter]:
    """The parameters of a form or model, which may have more where a line can't be read."""
    if any(isinstance(ln.statement, n.BadLine) for ln in line.block):
        world.unread.add(define.name.id)
    return parameters(world, line.block)


def form(world: World, line: n.Line, define: n.Define) -> core.Form:
    """Build a form from its block; problems are reported to the world."""
    declared = _parameters(world, line, define)
    scope = Scope(parameters=declared, needs=needs(world, line.block))
    scope.later = frozenset(ln.statement.name.id for ln in line.block if isinstance(ln.statement, n.Let))
    builder = FormBuilder(world)
    steps = (*builder.shared(line, scope), *builder.steps(line.block, scope))
    said_twice(world, steps)
    sentence, source = documentation(world, line.block)
    return core.Form(
        name=define.name.id,
        swedish=define.alias.id if define.alias else "",
        sentence=sentence[0],
        sentence_sv=sentence[1],
        source=source,
        component=form_component(world, line.block),
        outside_base=any(isinstance(ln.statement, n.OutsideBase) for ln in line.block),
        parameters=tuple(dict.fromkeys(declared.values())),
        requires=tuple(builder.requires),
        steps=steps,
        offers=tuple(builder.offers.items()),
        gives=tuple(builder.gives.items()),
        labels=tuple(pair for pair in builder.labels.items() if pair[0]),
        lets=tuple((name, kind) for name, kind in scope.lets.items() if scope.spellings.get(name, (name,))[0] == name),
        spellings=tuple(dict.fromkeys(scope.spellings.values())),
        needs=tuple((name, tuple(sorted(need.columns))) for name, need in (scope.needs or {}).items()),
        span=line.span,
    )


def said_twice(world: World, steps: Sequence[core.Stmt]) -> frozenset[tuple[type, str]]:
    """Report what is given or offered twice on one way through steps; what they give and offer on some way."""
    known: frozenset[tuple[type, str]] = frozenset()
    for step in steps:
        own: frozenset[tuple[type, str]] = frozenset()
        if isinstance(step, core.Gives | core.Offer):
            own = frozenset({(type(step), step.name)})
        elif isinstance(step, core.When):
            ways = [said_twice(world, then) for then in (*(then for _, then in step.cases), step.otherwise)]
            own = frozenset().union(*ways)
        for _, name in sorted(own & known, key=lambda pair: pair[1]):
            world.report(problems.TWO_WITH_ONE_NAME, step.span, name=name)
        known |= own
    return known


def names_in(thing: object) -> set[str]:
    """Every name that stands in a line, its block included."""
    found: set[str] = set()
    stack = [thing]
    while stack:
        top = stack.pop()
        if isinstance(top, n.Name):
            found.add(top.id)
        elif isinstance(top, n.Node):
            stack.extend(getattr(top, a.name) for a in fields(type(top)) if a.name != "span")
        elif isinstance(top, tuple):
            stack.extend(top)
    return found


def form_component(world: World, lines: Sequence[n.Line]) -> str:
    """Which link of the effect chain a form pays for, when it says so."""
    for line in lines:
        if isinstance(line.statement, n.Clause) and world.core_name(line.statement.head, "component"):
            return component(world, line.statement)
    return ""


def model(world: World, line: n.Line, define: n.Define) -> Model:
    """Build a model: its parameters; its clauses are bound where it is used."""
    declared = _parameters(world, line, define)
    sentence, source = documentation(world, line.block)
    others = tuple(
        ln for ln in line.block if not isinstance(ln.statement, n.Declare | n.Sentence | n.Source | n.BadLine)
    )
    swedish = define.alias.id if define.alias else ""
    return Model(
        define.name.id, swedish, tuple(dict.fromkeys(declared.values())), others, sentence[0], source, line.span
    )
