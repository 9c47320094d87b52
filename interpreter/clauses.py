"""Clause lines → instances: which arguments a line gives to which parameters, nested clauses, models, amendments.

Assumes: forms, models and tables are declared. Guarantees: every instance has a key of its own, every argument is
typed, required ones are there, and dated values do not overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from attrs import define, evolve, field

from dsl import nodes as n
from dsl.dates import parse_date
from dsl.spans import Span
from interpreter import core, problems
from interpreter import types as t
from interpreter.elaborate import absorbed, elaborate, example_of, wrong_type
from interpreter.names import split_path
from interpreter.tables import show, table
from interpreter.units import time_ratio
from interpreter.world import Model, Scope, World

MAX_INSTANCES = 5_000

Owner = core.Form | Model


@define(eq=False)
class Given:
    """An argument as written: its value, or the dated lines or table rows below it."""

    name: n.Name
    value: n.Expr | None
    lines: tuple[n.Line, ...]
    span: Span
    start: date | None = None


@define(eq=False)
class Raw:
    """A clause as written, with its arguments told apart by its form's signature."""

    owner: Owner
    label: str
    code: str
    given: dict[str, list[Given]]
    nested: list[n.Line]
    parent: Raw | None
    span: Span
    words: str
    scope: Scope | None = None
    model: Raw | None = None
    start: date | None = None
    end: date | None = None
    key: str = ""
    children: list[Raw] = field(factory=list)


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

    # --- telling arguments apart

    def collect(self, line: n.Line, parent: Raw | None = None, model: Raw | None = None) -> Raw | None:
        """Read a clause line and everything nested in it."""
        assert isinstance(line.statement, n.Clause)
        head = line.statement.head
        owner: Owner | None = self.world.forms.get(head.id) or self.world.models.get(head.id)
        if owner is None:
            self.world.unknown(problems.UNKNOWN_FORM, head, [*self.world.forms, *self.world.models])
            return None
        if len(self.raws) >= MAX_INSTANCES:
            self.world.report(problems.TOO_BIG, line.span, limit=MAX_INSTANCES)
            return None
        self.world.use(head.span, owner.name, owner.swedish)
        raw = Raw(owner, "", "", {}, [], parent, line.span, head.id, model=model)
        self.items(raw, line.statement.items)
        self.block(raw, line.block)
        self.name(raw)
        if isinstance(owner, Model):
            self.expand(raw, owner)
            return raw
        self.raws.append(raw)
        for nested in raw.nested:
            child = self.collect(nested, raw, model)
            if child is not None:
                raw.children.append(child)
        return raw

    def items(self, raw: Raw, items: Sequence[n.Item]) -> None:
        """Split a line's items: label, then values behind their keywords; a first value may stand alone."""
        rest = list(items)
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
                if value is None:
                    self.missing_value(raw, parameter, name.span)
                    continue
                self.give(raw, name, value, (), name.span.to(value.span))
                continue
            if first is not None and first.name not in raw.given:
                value, rest = self.value(rest, raw.owner)
                if value is not None:
                    self.give(raw, n.Name(first.name, span=value.span), value, (), value.span, noted=False)
                    continue
            self.stray(raw, item)
            return

    def stray(self, raw: Raw, item: n.Item) -> None:
        known = [word for p in raw.owner.parameters for word in (p.name, p.swedish)]
        if isinstance(item.value, n.Name):
            self.world.unknown(problems.UNKNOWN_KEYWORD, item.value, known, form=raw.words)
            return
        listed = ", ".join(f"`{k}`" for k in sorted(set(filter(None, known))))
        found = item.word or (item.value.text if isinstance(item.value, n.Number) else "…")
        self.world.report(problems.NOT_POSITIONAL, item.span, form=raw.words, found=found, known=listed)

    def missing_value(self, raw: Raw, parameter: core.Parameter, span: Span) -> None:
        self.world.report(
            problems.ARGUMENT_MISSING,
            span,
            form=raw.words,
            name=parameter.name,
            expected_en=t.words(parameter.type, "en"),
            expected_sv=t.words(parameter.type, "sv"),
            example=example_of(parameter.type),
        )

    def value(self, items: list[n.Item], owner: Owner) -> tuple[n.Expr | None, list[n.Item]]:
        """The value at the start of the items: a number with its unit, `x of y`, a name, a text, a parenthesis."""
        if not items or items[0].value is None:
            return None, items
        value = items[0].value
        rest = items[1:]
        inner = value.of if isinstance(value, n.Minus) else value
        if isinstance(inner, n.Number) and rest and isinstance(rest[0].value, n.Name):
            unit = rest[0].value
            if self.world.is_unit(unit.id) or (owner.parameter(unit.id) is None and "/" in unit.id):
                whole = inner.span.to(unit.span)
                number = evolve(inner, unit=unit.id, unit_span=unit.span, span=whole)
                value = n.Minus(number, span=value.span.to(whole)) if isinstance(value, n.Minus) else number
                rest = rest[1:]
        if rest and rest[0].word == "of":
            other, rest_after = self.value(rest[1:], owner)
            if other is not None:
                return n.Chain(value, (("of", other),), span=value.span.to(other.span)), rest_after
        return value, rest

    def give(
        self, raw: Raw, name: n.Name, value: n.Expr | None, lines: tuple[n.Line, ...], span: Span, *, noted: bool = True
    ) -> None:
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
        for line in lines:
            match line.statement:
                case n.Clause(head, items):
                    if raw.owner.parameter(head.id) is not None:
                        value, rest = self.value(list(items), raw.owner)
                        for item in rest[:1]:
                            self.stray(raw, item)
                        parameter = raw.owner.parameter(head.id)
                        if value is None and not line.block and parameter is not None:
                            self.missing_value(raw, parameter, line.span)
                            continue
                        self.give(raw, head, value, line.block, line.span)
                    elif head.id in self.world.forms or head.id in self.world.models:
                        raw.nested.append(line)
                    else:
                        known = [w for p in raw.owner.parameters for w in (p.name, p.swedish)]
                        self.world.unknown(
                            problems.UNKNOWN_KEYWORD, head, [*known, *self.world.forms], form=raw.words
                        )
                case n.Sentence() | n.Source() | n.BadLine():
                    pass
                case _:
                    known = ", ".join(f"`{p.name}`" for p in raw.owner.parameters)
                    word = type(line.statement).__name__.lower()
                    self.world.report(problems.MISPLACED, line.span, name=word, of=raw.words, known=known)

    def name(self, raw: Raw) -> None:
        """Work out the clause's key from its label, or from the parameter that is its key."""
        parameter = next((p for p in raw.owner.parameters if p.key), None)
        if parameter is not None and parameter.name in raw.given:
            value = raw.given[parameter.name][0].value
            raw.code = {n.Number: lambda v: v.text, n.Name: lambda v: v.id, n.Text: lambda v: v.value}.get(
                type(value), lambda _: ""
            )(value)
        own = raw.owner.name
        if raw.label:
            own += f'["{raw.label}"]'
        elif raw.code:
            own += f"[{raw.code}]"
        raw.key = f"{raw.parent.key}/{own}" if raw.parent else own

    # --- models

    def expand(self, raw: Raw, model: Model) -> None:
        """Put a model's clauses in its place; clauses nested in the use override its arguments by their keys."""
        before = len(self.raws)
        for line in model.lines:
            if isinstance(line.statement, n.Clause):
                self.collect(line, raw.parent, raw)
            else:
                word = type(line.statement).__name__.lower()
                self.world.report(problems.MISPLACED, line.span, name=word, of=model.name, known="–")
        own = self.raws[before:]
        for line in raw.nested:
            self.override(line, own, None)

    def override(self, line: n.Line, among: Sequence[Raw], start: date | None) -> bool:
        """Change the arguments of the clause that a line names; whether there was one."""
        assert isinstance(line.statement, n.Clause)
        owner = self.world.forms.get(line.statement.head.id)
        if owner is None:
            self.world.unknown(problems.UNKNOWN_FORM, line.statement.head, self.world.forms)
            return True
        self.world.use(line.statement.head.span, owner.name, owner.swedish)
        change = Raw(owner, "", "", {}, [], None, line.span, line.statement.head.id)
        self.items(change, line.statement.items)
        self.block(change, line.block)
        self.name(change)
        wanted = split_path(change.key)[-1]
        targets = [raw for raw in among if split_path(raw.key)[-1] == wanted]
        if not targets:
            return False
        for raw in targets:
            for name, given in change.given.items():
                own = [evolve(g, start=start) for g in given]
                raw.given[name] = [*raw.given.get(name, []), *own] if start else own
            for nested in change.nested:
                if not self.override(nested, raw.children, start):
                    child = self.collect(nested, raw, raw.model)
                    if child is not None:
                        child.start = start
                        raw.children.append(child)
        return True

    def amend(self, line: n.Line) -> None:
        """Apply a dated change: new values from its date, new clauses from its date, clauses that end."""
        assert isinstance(line.statement, n.Amend)
        assert isinstance(line.statement.start, n.Date)
        start = parse_date(line.statement.start.text)
        for below in line.block:
            match below.statement:
                case n.Clause():
                    if start is not None and not self.override(below, self.raws, start):
                        before = len(self.raws)
                        self.collect(below)
                        for raw in self.raws[before:]:
                            raw.start = start
                case n.Ends(clause):
                    self.end(clause, start)
                case n.Sentence() | n.Source() | n.BadLine():
                    pass
                case _:
                    word = type(below.statement).__name__.lower()
                    known = "`ends`"
                    self.world.report(problems.MISPLACED, below.span, name=word, of="amend", known=known)

    def end(self, clause: n.Expr, start: date | None) -> None:
        from interpreter.names import clause_keys  # noqa: PLC0415

        scope = evolve_scope(self.scope, {raw.key: raw.owner for raw in self.raws if isinstance(raw.owner, core.Form)})
        for key in clause_keys(self.world, scope, clause):
            for raw in self.raws:
                if raw.key == key and start is not None:
                    raw.end = start - timedelta(days=1)

    # --- binding

    def bind(self, scope: Scope) -> list[core.Instance]:
        """The instances of every collected clause; `scope` knows their keys."""
        made: dict[int, core.Instance] = {}
        keys: dict[str, list[Raw]] = {}
        for raw in self.raws:
            for other in keys.get(raw.key, []):
                apart = (other.end and raw.start and other.end < raw.start) or False
                if not apart:
                    self.world.report(problems.TWO_CLAUSES, raw.span, other.span, name=raw.key)
            keys.setdefault(raw.key, []).append(raw)
            assert isinstance(raw.owner, core.Form)
            inner = scope
            if raw.model is not None:
                inner = evolve_scope(scope, scope.clauses or {})
                inner.parameters = {w: p for p in raw.model.owner.parameters for w in (p.name, p.swedish) if w}
            parent = made.get(id(raw.parent)) if raw.parent else None
            made[id(raw)] = core.Instance(
                key=raw.key,
                form=raw.owner,
                label=raw.label or raw.code,
                arguments=self.arguments(raw, inner),
                parent=parent,
                span=raw.span,
                inside_base=parent.inside_base if parent else not raw.owner.outside_base,
                start=raw.start,
                end=raw.end,
                words=raw.words,
                model=self.model_arguments(raw.model, scope),
            )
        return list(made.values())

    def model_arguments(self, raw: Raw | None, scope: Scope) -> dict[str, core.Argument]:
        """What a model's own parameters are given where it is used, its defaults included."""
        if raw is None:
            return {}
        found = self.arguments(raw, scope)
        for p in raw.owner.parameters:
            if p.name not in found and p.default is not None:
                found[p.name] = core.Argument((core.Stretch(None, None, p.default, p.span),))
        return found

    def arguments(self, raw: Raw, scope: Scope) -> dict[str, core.Argument]:
        """The typed arguments of a clause by parameter."""
        found: dict[str, core.Argument] = {}
        offered = {name for up in _parents(raw) if isinstance(up.owner, core.Form) for name, _ in up.owner.offers}
        for p in raw.owner.parameters:
            given = raw.given.get(p.name, [])
            if given:
                found[p.name] = self.argument(p, given, scope, raw)
            elif p.default is None and not p.optional and p.name not in offered:
                self.missing_value(raw, p, raw.span)
        return found

    def argument(self, p: core.Parameter, given: Sequence[Given], scope: Scope, raw: Raw) -> core.Argument:
        stretches: list[core.Stretch] = []
        per = ""
        for g in given:
            fresh: list[core.Stretch] = []
            if g.value is None and g.lines and isinstance(g.lines[0].statement, n.TableRow):
                fresh = [core.Stretch(g.start, None, self.inline_table(p, g), g.span)]
            elif g.value is None:
                fresh = self.dated(p, g, scope)
            else:
                fresh = [core.Stretch(g.start, None, self.one(p, g.value, scope), g.span)]
            if g.start is not None:
                stretches = cut(stretches, g.start)
                fresh = [evolve(s, start=max(s.start, g.start) if s.start else g.start) for s in fresh]
            stretches += fresh
        values = []
        for s in stretches:
            value, own = self.fit(p, s.value)
            per = own or per
            values.append(evolve(s, value=value))
        return core.Argument(tuple(values), per)

    def one(self, p: core.Parameter, value: n.Expr, scope: Scope) -> core.Expr:
        """The value of a parameter as its type reads it: codes keep their characters, words belong to a choice."""
        if isinstance(p.type, t.Code):
            if isinstance(value, n.Number):
                if not value.text.isdigit() or value.unit:
                    self.world.report(problems.GROUPED_CODE, value.span, found=f"{value.text} {value.unit}".strip())
                    return absorbed(value.span)
                return core.Const(value.text, value.text, type=t.Code(), span=value.span)
            if isinstance(value, n.Name) and value.id not in scope.parameters and value.id not in scope.lets:
                return core.Const(value.id, value.id, type=t.Code(), span=value.span)
        if isinstance(p.type, t.Choice) and isinstance(value, n.Name) and value.id not in scope.parameters:
            word = p.type.word(value.id)
            if not word:
                known = [w for pair in p.type.words for w in pair]
                self.world.unknown(problems.WRONG_WORD, value, known, what=f"`{p.name}`", found=value.id)
                return absorbed(value.span)
            self.world.use(value.span, word, dict(p.type.words)[word])
            return core.Const(word, value.id, type=p.type, span=value.span)
        return elaborate(self.world, scope, value, p.type)

    def inline_table(self, p: core.Parameter, g: Given) -> core.Expr:
        """A table written below its parameter."""
        if not isinstance(p.type, t.Table):
            self.world.report(problems.MISPLACED, g.lines[0].span, name="|", of=p.name, known="`from`")
            return absorbed(g.span)
        grid = [ln.statement.cells for ln in g.lines if isinstance(ln.statement, n.TableRow)]
        name = n.Name(f"{g.name.id}@{g.span.file}:{g.span.start}", span=g.name.span)
        data = table(self.world, name, None, p.type.signature, grid, g.span)
        self.world.tables[data.name] = data
        return core.TableRef(data.name, type=p.type, span=g.span)

    def dated(self, p: core.Parameter, g: Given, scope: Scope) -> list[core.Stretch]:
        """The lines `from DATE value` below a parameter; each lasts to the next, or to its own end."""
        found: list[core.Stretch] = []
        for line in g.lines:
            if not isinstance(line.statement, n.Since) or line.statement.value is None:
                if not isinstance(line.statement, n.BadLine):
                    word = type(line.statement).__name__.lower()
                    self.world.report(problems.MISPLACED, line.span, name=word, of=p.name, known="`from`")
                continue
            start, end = (parse_date(e.text) if isinstance(e, n.Date) else None for e in (line.statement.start, line.statement.end))
            inner = evolve_scope(scope, scope.clauses or {})
            inner.previous = p.type if found else None
            if isinstance(p.type, t.Num) and found and isinstance(found[-1].value.type, t.Num):
                inner.previous = found[-1].value.type
            value = self.one(p, line.statement.value, inner)
            if start and end and end < start:
                self.world.report(problems.PERIOD_REVERSED, line.span, start=start, end=end)
            for other in found:
                if start is not None and other.start is not None and other.start == start:
                    self.world.report(problems.DATES_OVERLAP, line.span, other.span, name=g.name.id, day=start)
                elif start is not None and other.end is not None and other.start and other.start < start <= other.end:
                    self.world.report(problems.DATES_OVERLAP, line.span, other.span, name=g.name.id, day=start)
            found.append(core.Stretch(start, end, value, line.span))
        found.sort(key=lambda s: s.start or date.min)
        for at, s in enumerate(found[:-1]):
            following = found[at + 1].start
            if s.end is None and following is not None:
                found[at] = evolve(s, end=following - timedelta(days=1))
        return found

    def fit(self, p: core.Parameter, value: core.Expr) -> tuple[core.Expr, str]:
        """A value as its parameter wants it, and the time that it is a rate by."""
        world, want = self.world, p.type
        found = value.type
        if isinstance(found, t.Unknown) or isinstance(want, t.Unknown):
            return value, ""
        if isinstance(want, t.Table) and isinstance(found, t.Table):
            return self.fit_table(p, value, want.signature, found.signature), ""
        if isinstance(want, t.Num) and isinstance(found, t.Num):
            bare = isinstance(value, core.Const) and not found.unit.name and want.unit.name
            if found == want and not bare:
                self.in_range(p, value)
                return value, ""
            time = time_ratio(found.unit.dimension, want.unit.dimension)
            if time:
                return value, time
        elif found == want:
            return value, ""
        wrong_type(world, value, want, f"`{p.name}`")
        return absorbed(value.span), ""

    def in_range(self, p: core.Parameter, value: core.Expr) -> None:
        if not (isinstance(value, core.Const) and isinstance(p.low, core.Const) and isinstance(p.high, core.Const)):
            return
        assert not isinstance(value.value, str | bool | date | None)
        low, high = p.low.value, p.high.value
        assert not isinstance(low, str | bool | date | None)
        assert not isinstance(high, str | bool | date | None)
        if not low <= value.value <= high:
            bounds = {"low": p.low.text, "high": p.high.text}
            self.world.report(problems.OUTSIDE_RANGE, value.span, what=f"`{p.name}`", found=value.text, **bounds)

    def fit_table(self, p: core.Parameter, value: core.Expr, want: t.Signature, found: t.Signature) -> core.Expr:
        """A table as the form names its columns: matched by either name, missing ones reported."""
        names = []
        for columns, own in ((want.keys, found.keys), (want.values, found.values)):
            for column in columns:
                words = {column.name, column.swedish} - {""}
                fits = next((c for c in own if words & {c.name, c.swedish}), None)
                if fits is None or (fits.type != column.type):
                    name = value.name if isinstance(value, core.TableRef) else p.name
                    expected, shown = show(want), show(found)
                    self.world.report(
                        problems.TABLE_SIGNATURE, value.span, form=p.name, name=name, expected=expected, found=shown
                    )
                    return absorbed(value.span)
                names.append((column.name, fits.name))
        if len(want.keys) != len(found.keys):
            name = value.name if isinstance(value, core.TableRef) else p.name
            expected, shown = show(want), show(found)
            self.world.report(problems.TABLE_SIGNATURE, value.span, form=p.name, name=name, expected=expected, found=shown)
            return absorbed(value.span)
        return core.Renamed(value, tuple(names), type=p.type, span=value.span)


def _parents(raw: Raw) -> list[Raw]:
    found: list[Raw] = []
    up = raw.parent
    while up is not None:
        found.append(up)
        up = up.parent
    return found


def cut(stretches: Sequence[core.Stretch], start: date) -> list[core.Stretch]:
    """The stretches as they stand until the day before `start`."""
    before = start - timedelta(days=1)
    kept = [s for s in stretches if s.start is None or s.start < start]
    return [evolve(s, end=before) if s.end is None or s.end >= start else s for s in kept]


def evolve_scope(scope: Scope, clauses: dict[str, core.Form]) -> Scope:
    """A copy of a contract's scope that knows `clauses`."""
    inner = scope.inner()
    inner.clauses = clauses
    return inner


