"""Clause lines → raw clauses: which values a line gives to which parameters, nested clauses, models, amendments.

Assumes: forms and models are declared. Guarantees: every clause is known by its key before any argument is typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from attrs import evolve

from dsl import nodes as n
from dsl.dates import parse_date
from dsl.lexicon import KEYWORDS
from dsl.limits import MAX_DEPTH
from dsl.problems import TOO_DEEP, UNFINISHED
from dsl.slips import expectation
from dsl.spans import Span
from interpreter import core, hints, problems
from interpreter.annotations import component, former, provenance, says
from interpreter.beside import taken_in
from interpreter.bind import Instances
from interpreter.likeness import beside
from interpreter.names import by_prefix, clause_keys, split_path
from interpreter.raw import Given, Owner, Raw, changed_from, code_of, evolve_scope, in_force, missing_value
from interpreter.units import unit_elsewhere
from interpreter.wordings import as_meant, undated
from interpreter.world import Model, Scope, World, pairs

MAX_INSTANCES = 5_000
ONE_DAY = timedelta(days=1)
STATEMENTS = [KEYWORDS[word] for word in ("USE", "TABLE", "INDEX", "SUBTOTAL", "LET", "AMEND", "EXAMPLE", "ALWAYS")]
"""What a line at the margin may begin with beside a form, and may have been misspelt."""


class Binder:
    """Binds the clauses of one contract.

    Args:
        world: the declarations; problems are reported to it.
        scope: what a clause's arguments can see, without the clauses themselves.
    """

    def __init__(self, world: World, scope: Scope) -> None:
        self.world = world
        self.scope = scope
        self.raws: list[Raw] = []
        self.read = 0  # with uses of models, which may hold no clause and yet double each other
        self.full = False
        self.subtotals: list[n.Line] = []

    # --- telling arguments apart

    def collect(self, line: n.Line, parent: Raw | None = None, model: Raw | None = None) -> Raw | None:
        """Read a clause line and everything nested in it."""
        assert isinstance(line.statement, n.Clause)
        head = line.statement.head
        owner: Owner | None = self.world.forms.get(head.id) or self.world.models.get(head.id)
        if owner is None:
            known = pairs((*self.world.forms.values(), *self.world.models.values()))
            hints.unknown_form(self.world, head, known, STATEMENTS)
            return None
        self.read += 1
        if len(self.raws) >= MAX_INSTANCES or self.read > 2 * MAX_INSTANCES:
            if not self.full:
                self.world.report(problems.TOO_BIG, line.span, limit=MAX_INSTANCES)
            self.full = True
            return None
        self.world.use(head.span, owner.name, owner.swedish)
        raw = Raw(owner, "", "", {}, [], parent, line.span, head.id, model=model)
        self.items(raw, line.statement.items)
        self.block(raw, line.block)
        self.name(raw)
        raw.provenance = provenance(self.world, line.block)
        if isinstance(owner, Model):
            self.expand(raw, owner)
            return raw
        self.raws.append(raw)
        raw.children += filter(None, [self.collect(nested, raw, model) for nested in raw.nested])
        return raw

    def items(self, raw: Raw, items: Sequence[n.Item]) -> None:
        """Split a line's items: label, then values behind their keywords; a first value may stand alone."""
        rest = as_meant(self.world, raw.owner, items)
        if rest and isinstance(rest[0].value, n.Text):
            label = rest.pop(0).value
            assert isinstance(label, n.Text)
            raw.label = label.value
        first = next((p for p in raw.owner.parameters if p.first), None)
        while rest:
            item = rest[0]
            name = item.value if isinstance(item.value, n.Name) else None
            parameter = raw.owner.parameter(name.id) if name is not None else None
            if name is not None and parameter is not None:
                rest.pop(0)
                value, rest = self.value(rest, raw.owner)
                if value is None or self.forgotten(raw, value, rest):
                    missing_value(self.world, raw, parameter, name.span)
                    raw.unvalued.add(parameter.name)
                    rest = rest if value is None else [n.Item(value, span=value.span), *rest]
                    continue
                self.give(raw, name, value, (), name.span.to(value.span))
                continue
            if first is not None and first.name not in raw.given:
                value, rest = self.value(rest, raw.owner)
                if value is not None:
                    self.give(raw, n.Name(first.name, span=value.span), value, (), value.span, noted=False)
                    continue
            self.stray(raw, rest)
            rest.pop(0)
            while rest and not self.keyword(raw, rest[0]):
                rest.pop(0)

    def keyword(self, raw: Raw, item: n.Item) -> bool:
        """Whether an item is a keyword of the clause's form."""
        return isinstance(item.value, n.Name) and raw.owner.parameter(item.value.id) is not None

    def forgotten(self, raw: Raw, value: n.Expr, rest: Sequence[n.Item]) -> bool:
        """Whether what stands in a value's place is the next keyword, with a value of its own behind it."""
        name = n.Item(value, span=value.span)
        return self.keyword(raw, name) and bool(rest) and rest[0].value is not None and not self.keyword(raw, rest[0])

    def stray(self, raw: Raw, items: Sequence[n.Item]) -> None:
        """Report the first of some items, which no keyword asks for."""
        raw.broken = True
        item = items[0]
        known = pairs(raw.owner.parameters)
        if isinstance(item.value, n.Bad) or raw.owner.name in self.world.unread:
            return
        if isinstance(item.value, n.Name):
            unit = unit_elsewhere(item.value.id)
            self.world.unknown(problems.UNKNOWN_KEYWORD, item.value, known, meant=unit, form=raw.words)
            return
        match [i.value for i in items[:2]]:
            case [n.Number(text=text), n.Name(unit)] if raw.owner.parameter(unit) is None:
                found = f"{text} {unit}"
            case [n.Number(text=text) | n.Date(text), *_]:
                found = text
            case [n.Minus(n.Number(text=text)), *_]:
                found = f"-{text}"
            case _:
                found = self.world.word(item.word) or "…"
        hint = hints.of_stray(item, self.world.listed(known))
        self.world.report(problems.NOT_POSITIONAL, item.span, form=raw.words, found=found, **hint)

    def value(self, items: list[n.Item], owner: Owner) -> tuple[n.Expr | None, list[n.Item]]:
        """The value at the start of the items: a number with its unit, `x of y`, a name, a text, a parenthesis."""
        if not items or items[0].value is None:
            return None, items
        value = items[0].value
        rest = items[1:]
        inner = value.of if isinstance(value, n.Minus) else value
        if isinstance(inner, n.Number) and rest and isinstance(rest[0].value, n.Name):
            unit = rest[0].value
            if self.world.is_unit(unit.id) or hints.like_a_unit(self.world, unit.id, owner):
                whole = inner.span.to(unit.span)
                number = evolve(inner, unit=unit.id, unit_span=unit.span, span=whole)
                value = n.Minus(number, span=value.span.to(whole)) if isinstance(value, n.Minus) else number
                rest = rest[1:]
        if rest and rest[0].word == "of":
            if len(rest) == 1:
                self.world.report(UNFINISHED, rest[0].span, **expectation(frozenset({"NUMBER", "NAME", "LPAR"})))
                return n.Bad(span=value.span), []
            other, rest_after = self.value(rest[1:], owner)
            if other is not None:
                return n.Chain(value, (("of", other),), span=value.span.to(other.span)), rest_after
        return value, rest

    def give(
        self, raw: Raw, name: n.Name, value: n.Expr | None, lines: tuple[n.Line, ...], span: Span, *, noted: bool = True
    ) -> None:
        """Note what a parameter is given, and that it was given twice."""
        parameter = raw.owner.parameter(name.id)
        assert parameter is not None
        if noted:
            self.world.use(name.span, parameter.name, parameter.swedish)
        given = raw.given.setdefault(parameter.name, [])
        if given:
            self.world.report(problems.ARGUMENT_TWICE, span, given[0].span, name=name.id)
        given.append(Given(name, value, lines, span))

    def block(self, raw: Raw, lines: Sequence[n.Line]) -> None:
        """Read a clause's block: argument lines and nested clauses."""
        for line in taken_in(self.world, lines, raw.owner):
            match line.statement:
                case n.Clause(head, items):
                    if raw.owner.parameter(head.id) is not None:
                        value, rest = self.value(as_meant(self.world, raw.owner, items, head.id), raw.owner)
                        if rest:
                            self.stray(raw, rest)
                        parameter = raw.owner.parameter(head.id)
                        if value is None and not line.block and parameter is not None:
                            missing_value(self.world, raw, parameter, line.span)
                            raw.unvalued.add(parameter.name)
                            continue
                        self.give(raw, head, value, line.block, line.span)
                        if value is not None:
                            self.annotations(line.block, head.id)
                    elif head.id in self.world.forms or head.id in self.world.models:
                        raw.nested.append(line)
                    elif self.world.core_name(head, "component"):
                        raw.component = component(self.world, line.statement)
                    elif self.world.core_name(head, "was"):
                        raw.was = former(self.world, line.statement)
                    elif not self.world.core_name(head, "certainty"):
                        raw.broken = True
                        forms = pairs(self.world.forms.values())
                        known = pairs(raw.owner.parameters)
                        self.world.unknown(problems.UNKNOWN_KEYWORD, head, known, forms, form=raw.words)
                case n.BadLine():
                    raw.broken = True
                case n.Sentence() | n.Source():
                    pass
                case n.Since() if raw.owner.parameters:
                    undated(self.world, raw, line)
                case _:
                    raw.broken = True
                    self.world.misplaced(line, raw.words, [self.world.called(p) for p in raw.owner.parameters])

    def is_component(self, line: n.Line) -> bool:
        """Whether a line says what a clause pays for."""
        return isinstance(line.statement, n.Clause) and bool(self.world.core_name(line.statement.head, "component"))

    def annotations(self, lines: Sequence[n.Line], name: str) -> None:
        """Refuse anything but where a figure comes from and how sure it is, below an argument that has its value."""
        for line in lines:
            if not isinstance(line.statement, n.Sentence | n.BadLine) and not says(self.world, line):
                self.world.misplaced(line, name, ("source", "certainty"))

    def name(self, raw: Raw) -> None:
        """Work out the clause's key from its label, or from the parameter that is its key."""
        parameter = next((p for p in raw.owner.parameters if p.key), None)
        if parameter is not None and parameter.name in raw.given:
            raw.code = code_of(of_use(raw, raw.given[parameter.name][0].value))
        own = raw.owner.name
        if raw.label:
            own += f'["{raw.label}"]'
        elif raw.code:
            own += f"[{raw.code}]"
        raw.key = f"{raw.parent.key}/{own}" if raw.parent else own

    # --- models

    def expand(self, raw: Raw, model: Model) -> None:
        """Put a model's clauses in its place; clauses nested in the use override its arguments by their keys."""
        around = _models(raw)
        if any(other.owner is model for other in around):
            self.world.report(problems.LEADS_BACK, raw.span, name=raw.words)
            return
        if len(around) > MAX_DEPTH:
            self.world.report(TOO_DEEP, raw.span, limit=MAX_DEPTH)
            return
        before = len(self.raws)
        for line in taken_in(self.world, model.lines):
            if isinstance(line.statement, n.Clause):
                self.collect(line, raw.parent, raw)
            elif isinstance(line.statement, n.Subtotal):
                self.subtotals.append(line)
            else:
                self.world.misplaced(line, model.name, ("subtotal",))
        own = self.raws[before:]
        for line in raw.nested:
            if not self.override(line, own, None):
                assert isinstance(line.statement, n.Clause)
                name = n.Name(line.statement.head.id, span=line.span)
                self.world.unknown(problems.UNKNOWN_CLAUSE, name, [other.key for other in own])

    def override(self, line: n.Line, among: Sequence[Raw], start: date | None) -> bool:
        """Change the arguments of the clause that a line names; whether there was one."""
        assert isinstance(line.statement, n.Clause)
        owner = self.world.forms.get(line.statement.head.id)
        if owner is None:
            known, head = pairs(self.world.forms.values()), line.statement.head
            hints.unknown_form(self.world, head, known)
            return True
        self.world.use(line.statement.head.span, owner.name, owner.swedish)
        change = Raw(owner, "", "", {}, [], None, line.span, line.statement.head.id)
        self.items(change, line.statement.items)
        self.block(change, line.block)
        self.name(change)
        wanted = split_path(change.key)[-1]
        targets = [raw for raw in among if raw.key == change.key]
        targets = targets or [raw for raw in among if split_path(raw.key)[-1] == wanted]
        if not targets:
            return False
        raw = targets[0]
        if len(targets) > 1:
            meanings = self.world.listed([self.world.key(other.key) for other in targets])
            name, told = self.world.key(change.key), by_prefix(self.world.key(raw.key))
            self.world.report(problems.AMBIGUOUS_NAME, line.span, name=name, meanings=meanings, **told)
            return True
        if start is not None and not in_force(raw, start):
            self.not_in_force(raw, line.span, start)
            return True
        said = provenance(self.world, line.block)
        raw.broken = raw.broken or change.doubtful
        if start is None:
            raw.component = change.component or raw.component
        undated = [ln for ln in line.block if start is not None and self.is_component(ln)]
        for below in undated:
            self.world.misplaced(below, self.world.word("amend"), [self.world.called(p) for p in owner.parameters])
        key = next((p.name for p in owner.parameters if p.key and not change.label), "")
        for name, given in change.given.items():
            if name == key:  # by which the clause was found; it says nothing new
                continue
            own = [evolve(g, start=start, said=said) for g in given]
            raw.given[name] = [*raw.given.get(name, []), *own] if start else own
        for nested in change.nested:
            if not self.override(nested, raw.children, start):
                before = len(self.raws)
                raw.children += filter(None, [self.collect(nested, raw, raw.model)])
                for added in self.raws[before:]:
                    added.start = start
        return True

    def amend(self, line: n.Line) -> None:
        """Apply a dated change: new values from its date, new clauses from its date, clauses that end."""
        assert isinstance(line.statement, n.Amend)
        assert isinstance(line.statement.start, n.Date)
        start = parse_date(line.statement.start.text)
        begun: list[Raw] = []
        for below in taken_in(self.world, line.block):
            match below.statement:
                case n.Clause():
                    if start is None:
                        continue
                    if below.statement.head.id in self.world.models or not self.override(below, self.raws, start):
                        before = len(self.raws)
                        self.collect(below)
                        for raw in self.raws[before:]:
                            raw.start = start
                        begun += self.raws[before : before + 1]
                case n.Ends(clause):
                    self.end(clause, start)
                case n.Sentence() | n.Source() | n.BadLine():
                    pass
                case _:
                    self.world.misplaced(below, self.world.word("amend"), ("ends",))
        beside(self.world, begun, self.raws)

    def end(self, clause: n.Expr, start: date | None) -> None:
        """End the clauses that a reference names, the day before `start`."""
        scope = evolve_scope(self.scope, {raw.key: raw.owner for raw in self.raws if isinstance(raw.owner, core.Form)})
        for key in clause_keys(self.world, scope, clause):
            for raw in self.raws:
                if raw.key != key or start is None:
                    continue
                if raw.end or not in_force(raw, start - ONE_DAY):
                    self.not_in_force(raw, clause.span, start)
                    continue
                raw.end = start - ONE_DAY
                for other, span, day in changed_from(raw, start):  # by amendments of later days that stand above
                    self.not_in_force(other, span, day)

    def not_in_force(self, raw: Raw, span: Span, day: date) -> None:
        """Report what would change or end a clause on a day when it is not in force."""
        self.world.report(problems.CLAUSE_NOT_IN_FORCE, span, raw.span, name=self.world.key(raw.key), day=day)

    def bind(self, scope: Scope) -> list[core.Instance]:
        """The instances of every collected clause; `scope` knows their keys."""
        return Instances(self.world).bind(_in_place(self.raws), scope)


def _in_place(raws: Sequence[Raw]) -> list[Raw]:
    """Each clause, then those nested in it: what the use of a model or an amendment nests comes last."""
    below: dict[int | None, list[Raw]] = {}
    for raw in raws:
        below.setdefault(None if raw.parent is None else id(raw.parent), []).append(raw)

    def under(parent: int | None) -> list[Raw]:
        return [found for raw in below.get(parent, ()) for found in (raw, *under(id(raw)))]

    return under(None)


def of_use(raw: Raw, value: n.Expr | None) -> n.Expr | None:
    """What the uses of the models around a clause give where `value` is the name of a model's parameter."""
    for use in _models(raw):
        parameter = use.owner.parameter(value.id) if isinstance(value, n.Name) else None
        if parameter is None or parameter.name not in use.given:
            break
        value = use.given[parameter.name][0].value
    return value


def _models(raw: Raw) -> list[Raw]:
    """The uses of models that a clause stands in, the innermost first."""
    found: list[Raw] = []
    up = raw.model
    while up is not None:
        found.append(up)
        up = up.model
    return found
