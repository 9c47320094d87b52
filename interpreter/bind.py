"""Arguments as told apart → instances: typed, dated, fitted to the form's parameters.

Guarantees: every instance has a key of its own, required arguments are there, and dated values do not overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from attrs import evolve

from dsl import nodes as n
from dsl.dates import parse_date, parse_end
from dsl.spans import Span
from interpreter import core, problems, types as t
from interpreter.annotations import provenance, says
from interpreter.elaborate import elaborate
from interpreter.meeting import absorbed, wrong_type
from interpreter.ranges import entries_outside, outside
from interpreter.raw import Given, Raw, evolve_scope, missing_value
from interpreter.tables import show, table
from interpreter.units import time_ratio
from interpreter.world import Scope, World


class Instances:
    """Makes the instances of a contract's clauses; problems are reported to the world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.models: dict[int, core.ModelUse] = {}

    def bind(self, raws: Sequence[Raw], scope: Scope) -> list[core.Instance]:
        """The instances of every collected clause; `scope` knows their keys."""
        made: dict[int, core.Instance] = {}
        keys: dict[str, Raw] = {}
        for raw in raws:
            other = keys.setdefault(raw.key, raw)
            if other is not raw and not _keyless(raw):
                self.world.report(problems.TWO_CLAUSES, raw.span, other.span, name=self.world.key(raw.key))
            assert isinstance(raw.owner, core.Form)
            parent = made.get(id(raw.parent)) if raw.parent else None
            before = len(self.world.found)
            arguments, model = self.arguments(raw, within(raw, scope)), self.model_use(raw.model, scope)
            made[id(raw)] = core.Instance(
                key=raw.key,
                form=raw.owner,
                label=raw.label or raw.code,
                arguments=arguments,
                parent=parent,
                span=raw.span,
                inside_base=parent.inside_base if parent else not raw.owner.outside_base,
                start=raw.start,
                end=raw.end,
                words=raw.words,
                model=model,
                provenance=raw.provenance,
                component=raw.component or raw.owner.component or (parent.component if parent else ""),
                broken=raw.doubtful or len(self.world.found) > before or (raw.model is not None and raw.model.doubtful),
                was=raw.was,
            )
        return list(made.values())

    def model_use(self, raw: Raw | None, scope: Scope) -> core.ModelUse | None:
        """A model with what its own parameters are given where it is used, perhaps inside another model."""
        if raw is None:
            return None
        if id(raw) not in self.models:
            arguments = self.arguments(raw, within(raw, scope))
            outer = self.model_use(raw.model, scope)
            self.models[id(raw)] = core.ModelUse(raw.owner.name, raw.owner.parameters, arguments, outer)
        return self.models[id(raw)]

    def arguments(self, raw: Raw, scope: Scope) -> dict[str, core.Argument]:
        """The typed arguments of a clause by parameter."""
        found: dict[str, core.Argument] = {}
        offers = [up.owner.offers for up in reversed(_parents(raw)) if isinstance(up.owner, core.Form)]
        offered = {name: kind for own in offers for name, kind in own}
        for p in raw.owner.parameters:
            given = raw.given.get(p.name, [])
            if given:
                found[p.name] = self.argument(p, given, scope)
                continue
            kind = next((offered[word] for word in p.spellings if word in offered), None)
            if kind is not None:
                self.fit_offer(p, core.Absorbed(type=kind, span=raw.span))
            elif p.default is None and not p.optional and not raw.broken and p.name not in raw.unvalued:
                missing_value(self.world, raw, p, raw.span)
        return found

    def argument(self, p: core.Parameter, given: Sequence[Given], scope: Scope) -> core.Argument:
        """A parameter's dated values, amendments put after what they change, and the time they are rates by."""
        stretches: list[core.Stretch] = []
        amended: dict[date, Span] = {}
        per = ""
        for g in sorted(given, key=lambda g: g.start or date.min):
            inner = evolve_scope(scope, scope.clauses or {})
            if g.start is not None:
                self.once_a_day(g, g.start, stretches, amended)
                stretches = cut(stretches, g.start)
                if stretches:
                    before = stretches[-1].value.type
                    inner.previous = before if isinstance(before, t.Num) else p.type
            said = provenance(self.world, g.lines, g.said)
            if g.value is None and any(isinstance(ln.statement, n.TableRow) for ln in g.lines):
                fresh = [core.Stretch(g.start, None, self.inline_table(p, g), g.span, said)]
            elif g.value is None:
                fresh = self.dated(p, g, inner, said)
            else:
                fresh = [core.Stretch(g.start, None, self.one(p, g.value, inner), g.span, said)]
            if g.start is not None:
                fresh = [s for s in fresh if s.end is None or s.end >= g.start]
                fresh = [evolve(s, start=max(s.start, g.start) if s.start else g.start) for s in fresh]
            stretches += fresh
        values = []
        for s in stretches:
            value, own = self.fit(p, s.value)
            per = own or per
            values.append(evolve(s, value=value))
        return core.Argument(tuple(values), per)

    def once_a_day(self, g: Given, start: date, stretches: Sequence[core.Stretch], amended: dict[date, Span]) -> None:
        """Report what an amendment gives from a day on which another value begins, or that another amends from."""
        other = next((s.span for s in stretches if s.start == start), amended.get(start))
        if other is not None:
            self.world.report(problems.DATES_OVERLAP, g.span, other, name=g.name.id, day=start)
        amended[start] = g.span

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
                what = f"`{self.world.called(p)}`"
                self.world.unknown(problems.WRONG_WORD, value, p.type.words, what=what, found=value.id)
                return absorbed(value.span)
            self.world.use(value.span, word, dict(p.type.words)[word])
            return core.Const(word, value.id, type=p.type, span=value.span)
        return elaborate(self.world, scope, value, p.type)

    def inline_table(self, p: core.Parameter, g: Given) -> core.Expr:
        """A table written below its parameter."""
        if not isinstance(p.type, t.Table):
            self.world.misplaced(g.lines[0], self.world.called(p), ("from",))
            return absorbed(g.span)
        for line in g.lines:
            if not isinstance(line.statement, n.TableRow | n.BadLine) and not says(self.world, line):
                self.world.misplaced(line, self.world.called(p), ("|", "source", "certainty"))
        grid = [ln.statement.cells for ln in g.lines if isinstance(ln.statement, n.TableRow)]
        name = n.Name(f"{g.name.id}@{g.span.file}:{g.span.start}", span=g.name.span)
        data = table(self.world, name, None, p.type.signature, grid, g.span)
        self.world.tables[data.name] = data
        return core.TableRef(data.name, type=p.type, span=g.span)

    def dated(self, p: core.Parameter, g: Given, scope: Scope, said: core.Provenance) -> list[core.Stretch]:
        """The lines `from DATE value` below a parameter; each lasts to the next in time, or to its own end.

        What each says of where it comes from stands below it; `said` holds for those that say nothing.
        """
        found: list[core.Stretch] = []
        for start, end, line, value in self.in_time(p, g):
            inner = evolve_scope(scope, scope.clauses or {})
            if found or any(isinstance(ln.statement, n.BadLine) for ln in g.lines):
                inner.previous = p.type
            if isinstance(p.type, t.Num) and found and isinstance(found[-1].value.type, t.Num):
                inner.previous = found[-1].value.type
            for other in found:
                if start and other.start and (other.start == start or (other.end and start <= other.end)):
                    self.world.report(problems.DATES_OVERLAP, line.span, other.span, name=g.name.id, day=start)
            said_here = provenance(self.world, line.block, said)
            found.append(core.Stretch(start, end, self.one(p, value, inner), line.span, said_here))
        for at, s in enumerate(found[:-1]):
            following = found[at + 1].start
            if s.end is None and following is not None and following != s.start:
                found[at] = evolve(s, end=following - timedelta(days=1))
        return found

    def in_time(self, p: core.Parameter, g: Given) -> list[tuple[date | None, date | None, n.Line, n.Expr]]:
        """The lines `from DATE value` in order of time, each with its days and its value; others are reported."""
        found: list[tuple[date | None, date | None, n.Line, n.Expr]] = []
        for line in g.lines:
            if not isinstance(line.statement, n.Since) or line.statement.value is None:
                if not isinstance(line.statement, n.BadLine) and not says(self.world, line):
                    self.world.misplaced(line, self.world.called(p), ("from", "source", "certainty"))
                continue
            for below in line.block:
                if not isinstance(below.statement, n.BadLine) and not says(self.world, below):
                    self.world.misplaced(below, self.world.word("from"), ("source", "certainty"))
            start, end = (
                read(e.text) if isinstance(e, n.Date) else None
                for e, read in ((line.statement.start, parse_date), (line.statement.end, parse_end))
            )
            if start and end and end < start:
                self.world.report(problems.PERIOD_REVERSED, line.span, start=start, end=end)
            found.append((start, end, line, line.statement.value))
        return sorted(found, key=lambda one: one[0] or date.min)

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
                outside(world, p.range, value, f"`{world.called(p)}`")
                return value, ""
            time = time_ratio(found.unit.dimension, want.unit.dimension)
            if time:
                outside(
                    world, evolve(p.range, high=None) if p.range.low == 0 else t.ANYTHING, value, f"`{world.called(p)}`"
                )
                return value, time
        elif found == want:
            return value, ""
        wrong_type(world, value, want, f"`{world.called(p)}`")
        return absorbed(value.span), ""

    def fit_offer(self, p: core.Parameter, value: core.Expr) -> None:
        """Report what a parent offers when it is of another type than the parameter; a rate per time does not do."""
        _, time = self.fit(p, value)
        if time:
            wrong_type(self.world, value, p.type, f"`{self.world.called(p)}`")

    def signature(self, s: t.Signature) -> str:
        """A table's columns in the vocabulary of the main file."""
        return show(s, self.world.language, self.world.unit_names)

    def fit_table(self, p: core.Parameter, value: core.Expr, want: t.Signature, found: t.Signature) -> core.Expr:
        """A table as the form names its columns: matched by either name, missing ones reported."""
        if isinstance(value, core.TableRef) and value.name in self.world.flawed:
            return absorbed(value.span)
        names = []
        for columns, own in ((want.keys, found.keys), (want.values, found.values)):
            for column in columns:
                words = {column.name, column.swedish} - {""}
                fits = next((c for c in own if words & {c.name, c.swedish}), None)
                if fits is None or (fits.type != column.type):
                    name = value.name if isinstance(value, core.TableRef) else p.name
                    expected, shown = self.signature(want), self.signature(found)
                    self.world.report(
                        problems.TABLE_SIGNATURE,
                        value.span,
                        form=self.world.called(p),
                        name=name,
                        expected=expected,
                        found=shown,
                    )
                    return absorbed(value.span)
                names.append((column.name, fits.name))
        if len(want.keys) != len(found.keys):
            name = value.name if isinstance(value, core.TableRef) else p.name
            expected, shown = self.signature(want), self.signature(found)
            self.world.report(
                problems.TABLE_SIGNATURE,
                value.span,
                form=self.world.called(p),
                name=name,
                expected=expected,
                found=shown,
            )
            return absorbed(value.span)
        if isinstance(value, core.TableRef):
            entries_outside(self.world, self.world.tables[value.name], want, dict(names), value.span)
        return core.Renamed(value, tuple(names), type=p.type, span=value.span)


def within(raw: Raw, scope: Scope) -> Scope:
    """What the arguments of a clause can see: the contract's names, and the parameters of the model around."""
    if raw.model is None:
        return scope
    inner = evolve_scope(scope, scope.clauses or {})
    inner.parameters = {w: p for p in raw.model.owner.parameters for w in (p.name, p.swedish) if w}
    return inner


def _keyless(raw: Raw) -> bool:
    """Whether a clause's key can't be told, for what would be its key is not there; that is reported already."""
    key = next((p for p in raw.owner.parameters if p.key), None)
    return key is not None and key.default is None and not key.optional and not (raw.label or key.name in raw.given)


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
