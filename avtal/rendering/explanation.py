"""From the amount down to the datum, in the words of the contract.

A trace is what the evaluator recorded; an item is a line of the explanation. Constants stand in the text already and
are left out; a parameter is placed where the contract gives it, a datum where its file has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import define, evolve, field

from avtal.rendering.items import Item
from avtal.rendering.numbers import BLANK, exact, grouped, kronor
from avtal.rendering.quoted import quoted
from avtal.rendering.report import Report, rounding
from avtal.rendering.terminal import visible
from avtal.rendering.values import place, value
from dsl.spans import Span, place as spot
from interpreter import core, types as t
from interpreter.facts import Row
from interpreter.settlement import ClauseResult, Line, Status, Trace
from interpreter.values import EntryValue, Missing
from interpreter.world import SWEDISH

SHOWN_ROWS = 5
LONGEST = 76
DEPTH = 12


@define(eq=False)
class Explainer:
    """Turns a clause's trace into items.

    Args:
        report: the settlement that the clause belongs to.
        texts: the contract's files by name.
        clause: how the clause came out.
        again: the trace of another clause by its key, for following what it offers or pays.
        follow: whether the amounts of other clauses are followed down too.
        seen: the named values that are shown already, to show them once.
    """

    report: Report
    texts: Mapping[str, str]
    clause: ClauseResult
    again: Callable[[str], Trace]
    follow: bool = False
    seen: set[tuple[int, str, str]] = field(factory=set)

    # --- the clause

    def items(self, trace: Trace, depth: int = DEPTH) -> Iterator[Item]:
        """What the clause pays, part by part; for one that isn't settled, what stands in the way."""
        clause, language = self.clause, self.report.language
        if clause.status is not Status.SETTLED:
            for failure in clause.failures:
                told = self.report.told(failure)
                yield Item(f"{told} [{failure.code}]", "", self.where(failure.span))
            stuck = [p for p in trace.parts if p.value is None] or list(trace.parts[-1:])
            for stopped in stuck[:SHOWN_ROWS]:
                yield from self.shown(stopped, depth)
            return
        gives = {id(step.value): step.name for step in self._steps() if isinstance(step, core.Gives)}
        own = self._payments(trace)
        by_label: dict[str, list[tuple[Line, Sequence[Trace]]]] = {}
        traces = own if len(own) == len(clause.lines) else [()] * len(clause.lines)
        for line, parts in zip(clause.lines, traces, strict=True):
            by_label.setdefault(line.label, []).append((line, parts))
        labels = self.report.labels(clause)
        for label, lines in by_label.items():
            yield self._paid(labels.get(label, label), lines, depth)
        for part in trace.parts:
            if id(part.expr) in gives:
                found = self._of(part, depth)
                word = "ger" if language == "sv" else "gives"
                same = isinstance(part.expr, core.LetRef)
                text = f"{word} {self._spelled(gives[id(part.expr)])}"
                yield evolve(found, text=text, parts=found.parts if same else (evolve(found, value=""),))
        gap = rounding(clause)
        if gap:
            word = "avrundning till" if language == "sv" else "rounding to"
            step = self.report.program.terms.round_step
            yield Item(f"{word} {step.text if step is not None else ''}".strip(), f"{exact(gap, language)}{BLANK}kr")

    @property
    def _language(self) -> str:
        return self.report.language

    def _shown(self, found: object, kind: t.Type | None) -> str:
        return value(found, kind, self._language, self.report.units)

    @property
    def _form(self) -> core.Form:
        return next(i for i in self.report.program.instances if i.key == self.clause.key).form

    def _steps(self) -> Iterator[core.Stmt]:
        return _every(self._form.steps)

    def _spelled(self, name: str) -> str:
        return self.report.spelled(self._form, name)

    def _payments(self, trace: Trace) -> list[Sequence[Trace]]:
        """For each payment line in order: the conditions that it was paid under, then its amount."""
        paid: dict[int, tuple[int, ...]] = {}
        guards: dict[int, tuple[int, ...]] = {}
        for step in self._steps():
            if isinstance(step, core.Pays):
                paid[id(step.value)] = guards.get(id(step), ())
            if isinstance(step, core.Each):
                guards.update((id(inner), guards.get(id(step), ())) for inner in step.steps)
            if isinstance(step, core.When):
                above = guards.get(id(step), ())
                guards.update((id(inner), (*above, id(test))) for test, then in step.cases for inner in then)
                tests = tuple(id(test) for test, _ in step.cases)
                guards.update((id(inner), (*above, *tests)) for inner in step.otherwise)
        last: dict[int, Trace] = {}
        found: list[Sequence[Trace]] = []
        for part in trace.parts:
            key = id(part.expr)
            if key in paid:
                found.append([*(last[g] for g in paid[key] if g in last), part])
            last[key] = part
        return found

    def _paid(self, label: str, lines: Sequence[tuple[Line, Sequence[Trace]]], depth: int) -> Item:
        language = self.report.language
        total = sum((line.amount for line, _ in lines), Fraction(0))
        pays = "betalar" if language == "sv" else "pays"
        text = f'{pays} "{visible(label)}"' if label else pays
        first, traces = lines[0]
        if len(lines) == 1 and not first.row:
            parts = self._payment(traces, depth)
            return Item(text, kronor(total, language), self.where(first.span), parts)
        word = ("rad", "rader") if language == "sv" else ("row", "rows")
        rows = word[len(lines) > 1]
        rest = [self._row(line, (), 0) for line, _ in lines[1:SHOWN_ROWS]]
        parts = (self._row(first, traces, depth - 1), *rest)
        if len(lines) > SHOWN_ROWS:
            parts += (self._more(len(lines) - SHOWN_ROWS),)
        return Item(
            f"{text}, {grouped(str(len(lines)))} {rows}", kronor(total, language), self.where(first.span), parts
        )

    def _payment(self, traces: Sequence[Trace], depth: int) -> tuple[Item, ...]:
        """The conditions of a payment line, and what its amount is made of."""
        if depth <= 0 or not traces:
            return ()
        held = tuple(self._test(test, depth - 1) for test in traces[:-1])
        return (*held, *self.shown(traces[-1], depth - 1))

    def _test(self, test: Trace, depth: int) -> Item:
        """A condition that decided something: `when …`, or `not …` where it did not hold."""
        sv = self._language == "sv"
        word = ("när" if sv else "when") if test.value is True else ("inte" if sv else "not")
        return Item(f"{word} {self.words(test.span)}", "", self.where(test.span), self._parts(test.parts, depth))

    def _row(self, line: Line, traces: Sequence[Trace], depth: int) -> Item:
        at = f"{visible(line.file)}:{line.number}" if line.file else ""
        name = f"{self.report.fact(line.fact)} {line.row}" if line.fact else line.row
        parts = self._payment(traces, depth)
        return Item(visible(name), kronor(line.amount, self.report.language), at, parts, datum=bool(at))

    def _more(self, count: int) -> Item:
        sv = self.report.language == "sv"
        return Item(f"… {'och' if sv else 'and'} {grouped(str(count))} {'till' if sv else 'more'}")

    # --- a value

    def shown(self, trace: Trace, depth: int) -> Iterator[Item]:
        """A value as one item, or as none when it stands in the text as it is."""
        if isinstance(trace.expr, core.Const | core.TableRef | core.PeriodRef):
            return
        yield self._of(trace, depth)

    def _parts(self, traces: Sequence[Trace], depth: int) -> tuple[Item, ...]:
        if depth <= 0:
            return (Item("…"),) if any(not isinstance(p.expr, core.Const) for p in traces) else ()
        return tuple(item for trace in traces for item in self.shown(trace, depth - 1))

    def _of(self, trace: Trace, depth: int) -> Item:
        language = self.report.language
        expr = trace.expr
        found = self._shown(trace.value, expr.type if expr is not None else None)
        if trace.value is None:
            found = "går inte att räkna ut" if language == "sv" else "can't be worked out"
        item = Item(self.words(trace.span), found, self.where(trace.span))
        match expr:
            case core.Param(name):
                return self._parameter(trace, name, item, depth)
            case core.LetRef(name, _):
                return self._let(trace, evolve(item, text=self._spelled(name)), depth)
            case core.Cases():
                return self._cases(trace, item, depth)
            case core.ColumnRef(_, name):
                at = place(trace.row) if trace.row is not None else ""
                return evolve(item, text=self._column(trace.row, name), place=at or item.place, datum=bool(at))
            case core.FactRow() | core.Pick():
                stands = self._stands(trace.value)
                return evolve(item, place=stands or item.place, datum=isinstance(trace.value, Row))
            case core.Member():
                inner = trace.parts[0] if trace.parts else None
                stands = self._stands(inner.value) if inner is not None else ""
                keys = inner.parts if inner is not None and isinstance(inner.value, Row | EntryValue) else trace.parts
                datum = inner is not None and isinstance(inner.value, Row)
                return evolve(item, place=stands or item.place, parts=self._parts(keys, depth), datum=datum)
            case core.Aggregate():
                return evolve(item, parts=self._rows(trace))
            case core.Amount(_, keys):
                return evolve(item, parts=self._clauses(keys, depth))
            case _:
                return evolve(item, parts=self._parts(trace.parts, depth))

    def _column(self, row: Row | None, name: str) -> str:
        """A column's name in the reader's language."""
        column = self.report.program.facts[row.fact].column(name) if row is not None else None
        return column.swedish if column is not None and column.swedish and self._language == "sv" else name

    def _parameter(self, trace: Trace, name: str, item: Item, depth: int) -> Item:
        """A parameter with what the contract, a parent clause or the form gives it."""
        instance = next(i for i in self.report.program.instances if i.key == self.clause.key)
        declared = instance.form.parameter(name)
        sv = self.report.language == "sv"
        shown = declared.swedish if declared is not None and declared.swedish and sv else name
        if not trace.parts:
            if isinstance(trace.value, Missing):
                return Item(shown, "anges inte" if sv else "not given", self.where(instance.span))
            if trace.value is None:
                return evolve(item, text=shown, place=self.where(instance.span))
            return self._offered(name, evolve(item, text=shown), depth)
        given = trace.parts
        at = given[0].span or trace.span
        if name not in instance.arguments and declared is not None and declared.default is not None:
            shown = f"{shown} ({'förval' if sv else 'default'})"
        argument = instance.arguments.get(name)
        taken = [s for s in argument.stretches if s.value.span == at] if argument is not None else []
        told = tuple(Item(found) for s in taken[:1] if (found := said(s.provenance, self._language)))
        only = given[0] if len(given) == 1 else None
        if only is not None and isinstance(only.expr, core.Const):
            return evolve(item, text=shown, place=self.where(at), parts=told)
        text = f"{shown}: {self.words(at)}" if only is not None else shown
        inner = only.parts if only is not None and not isinstance(only.expr, core.Amount) else given
        return evolve(item, text=text, place=self.where(at), parts=(*told, *self._parts(inner, depth)))

    def _let(self, trace: Trace, item: Item, depth: int) -> Item:
        """A named value with its definition, once; where it is used again, its value alone."""
        if not trace.parts:
            return item
        definition = trace.parts[-1]
        row = _first_row(definition)
        key = (id(definition.expr), item.value, place(row) if row is not None else "")
        at = self.where(definition.span)
        if key in self.seen:
            above = "se ovan" if self._language == "sv" else "see above"
            return evolve(item, value=f"{item.value} ({above})", place=at)
        self.seen.add(key)
        return evolve(item, place=at, parts=self._parts(trace.parts, depth))

    def _offered(self, name: str, item: Item, depth: int) -> Item:
        """A value that a parent clause offers, with what it is made of there."""
        parent = next(i for i in self.report.program.instances if i.key == self.clause.key).parent
        while parent is not None:
            offers = {id(s.value) for s in _every(parent.form.steps) if isinstance(s, core.Offer) and s.name == name}
            result = self.report.settlement.clause(parent.key)
            if offers and result is not None:
                trace = next((p for p in self.again(parent.key).parts if id(p.expr) in offers), None)
                other = evolve(self, clause=result)
                source = "från" if self._language == "sv" else "from"
                parts = tuple(other.shown(trace, depth - 1)) if trace is not None and depth > 0 else ()
                text = f"{item.text} ({source} {self.report.name(result)})"
                return evolve(item, text=text, place=self.where(result.span), parts=parts)
            parent = parent.parent
        return item

    def _cases(self, trace: Trace, item: Item, depth: int) -> Item:
        """The case that holds, and its value; the cases above it that don't hold are left out."""
        if not trace.parts:
            return item
        sv = self.report.language == "sv"
        *tests, taken = trace.parts
        if tests and tests[-1].value is True:
            held = self._test(tests[-1], depth)
        else:
            held = Item("annars" if sv else "otherwise", "", self.where(taken.span))
        inner = self._of(taken, depth)
        return evolve(inner, value=item.value, parts=(held, *inner.parts))

    def _rows(self, trace: Trace) -> tuple[Item, ...]:
        language = self.report.language
        kind = trace.expr.of.type if isinstance(trace.expr, core.Aggregate) and trace.expr.of is not None else None
        count = len(trace.rows)
        word = ("rad" if count == 1 else "rader") if language == "sv" else ("row" if count == 1 else "rows")
        head = Item(f"{grouped(str(count))} {word}", datum=True)
        shown = tuple(
            Item(self.report.fact(row.fact), self._shown(found, kind), place(row), datum=True)
            for row, found in trace.rows[:SHOWN_ROWS]
        )
        return (head, *shown, *((self._more(count - SHOWN_ROWS),) if count > SHOWN_ROWS else ()))

    def _clauses(self, keys: Sequence[str], depth: int) -> tuple[Item, ...]:
        """The clauses that an amount is the sum of, followed down when that is wanted."""
        language, settlement = self.report.language, self.report.settlement
        wanted = set(keys)
        found = [c for c in settlement.clauses if c.pays and (c.key in wanted if wanted else c.inside_base)]
        shown = []
        for c in found:
            amount = kronor(c.amount, language) if c.amount is not None else ""
            parts: tuple[Item, ...] = ()
            if self.follow and depth > 1:
                parts = tuple(evolve(self, clause=c).items(self.again(c.key), depth - 1))
            shown.append(Item(self.report.name(c), amount, self.where(c.span), parts))
        return tuple(shown)

    # --- places

    def _stands(self, found: object) -> str:
        """Where the thing that a value was taken from stands."""
        match found:
            case Row():
                return place(found)
            case EntryValue():
                return self.where(found.span)
            case _:
                return ""

    def words(self, span: Span | None) -> str:
        """The text at a span on one line, cut when long: the contract's as it stands, others' in the reader's words."""
        if span is None or span.file not in self.texts:
            return "…"
        text = self.texts[span.file]
        if span.file == self.report.program.terms.span.file:
            text = text[span.start : span.end]
        else:
            text = quoted(text, span, self.report.uses, self._language)
        text = visible(" ".join(text.split()))
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"

    def where(self, span: Span | None) -> str:
        """A place in the text: file and line."""
        if span is None or span.file not in self.texts:
            return ""
        return f"{visible(span.file)}:{spot(self.texts[span.file], span).line}"


def said(provenance: core.Provenance, language: str) -> str:
    """Where a figure or a clause comes from and how sure that is, in words; empty when the contract doesn't say."""
    sv = language == "sv"
    source = f'{"källa" if sv else "source"}: "{visible(provenance.source)}"' if provenance.source else ""
    sure = (
        provenance.certainty
        and f"{'uppgift' if sv else 'certainty'}: {SWEDISH[provenance.certainty] if sv else provenance.certainty}"
    )
    return ", ".join(filter(None, (source, sure)))


def _first_row(trace: Trace) -> Row | None:
    """The first row that a value was taken from."""
    if trace.row is not None:
        return trace.row
    return next((row for part in trace.parts if (row := _first_row(part)) is not None), None)


def _every(steps: Sequence[core.Stmt]) -> Iterator[core.Stmt]:
    """Steps and the steps inside them."""
    for step in steps:
        yield step
        match step:
            case core.Each(_, _, _, inner):
                yield from _every(inner)
            case core.When(cases, otherwise):
                for _, then in cases:
                    yield from _every(then)
                yield from _every(otherwise)
            case core.Let() | core.Pays() | core.Gives() | core.Unsettled() | core.Offer():
                pass
