"""From the amount down to the datum, in the words of the contract.

A trace is what the evaluator recorded; an item is a line of the explanation. Constants stand in the text already and
are left out; a parameter is placed where the contract gives it, a datum where its file has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import evolve, frozen

from avtal.rendering.numbers import BLANK, exact, grouped, kronor
from avtal.rendering.settlement import Report, rounding
from avtal.rendering.terminal import BOLD, CYAN, DIM, GREEN, Paint, visible
from avtal.rendering.values import MISSING, place, value
from dsl.spans import Span
from dsl.spans import place as spot
from interpreter import core
from interpreter.facts import Row
from interpreter.settlement import ClauseResult, Line, Status, Trace
from interpreter.values import EntryValue

SHOWN_ROWS = 5
LONGEST = 76
DEPTH = 12


@frozen
class Item:
    """One line of an explanation: what, its value, where it stands, and what it is made of."""

    text: str
    value: str = ""
    place: str = ""
    parts: tuple[Item, ...] = ()


@frozen
class Explainer:
    """Turns a clause's trace into items.

    Args:
        report: the settlement that the clause belongs to.
        texts: the contract's files by name.
        clause: how the clause came out.
    """

    report: Report
    texts: Mapping[str, str]
    clause: ClauseResult

    # --- the clause

    def items(self, trace: Trace, depth: int = DEPTH) -> Iterator[Item]:
        """What the clause pays, part by part; for one that isn't settled, what stands in the way."""
        clause, language = self.clause, self.report.language
        if clause.status is not Status.SETTLED:
            for failure in clause.failures:
                yield Item(f"{failure.message(language)} [{failure.code}]", "", self.where(failure.span))
            stuck = [t for t in trace.parts if t.value is None] or list(trace.parts[-1:])
            for stopped in stuck[:SHOWN_ROWS]:
                yield from self.shown(stopped, depth)
            return
        paid, gives = self._steps()
        own = [t for t in trace.parts if id(t.expr) in paid]
        by_label: dict[str, list[tuple[Line, Trace | None]]] = {}
        traces: Sequence[Trace | None] = own if len(own) == len(clause.lines) else [None] * len(clause.lines)
        for line, part in zip(clause.lines, traces, strict=True):
            by_label.setdefault(line.label, []).append((line, part))
        for label, lines in by_label.items():
            yield self._paid(label, lines, depth)
        for part in trace.parts:
            if id(part.expr) in gives:
                found = self._of(part, depth)
                yield evolve(found, text=f"{gives[id(part.expr)]} = {found.text}")
        gap = rounding(clause)
        if gap:
            word = "avrundning till" if language == "sv" else "rounding to"
            step = self.report.program.terms.round_step
            yield Item(f"{word} {step.text if step is not None else ''}".strip(), f"{exact(gap, language)}{BLANK}kr")

    def _steps(self) -> tuple[set[int], dict[int, str]]:
        """The expressions that the form pays, and those that it gives by name, by identity."""
        instance = next(i for i in self.report.program.instances if i.key == self.clause.key)
        paid: set[int] = set()
        gives: dict[int, str] = {}
        stack = list(instance.form.steps)
        while stack:
            step = stack.pop()
            match step:
                case core.Pays(_, found):
                    paid.add(id(found))
                case core.Gives(name, found):
                    gives[id(found)] = name
                case core.Each(_, _, _, steps):
                    stack.extend(steps)
                case core.When(cases, otherwise):
                    stack.extend(s for _, then in cases for s in then)
                    stack.extend(otherwise)
                case core.Let() | core.Unsettled() | core.Offer():
                    pass
        return paid, gives

    def _paid(self, label: str, lines: Sequence[tuple[Line, Trace | None]], depth: int) -> Item:
        language = self.report.language
        total = sum((line.amount for line, _ in lines), Fraction(0))
        pays = "betalar" if language == "sv" else "pays"
        text = f'{pays} "{visible(label)}"' if label else pays
        first, trace = lines[0]
        if len(lines) == 1 and not first.row:
            parts = tuple(self.shown(trace, depth - 1)) if trace is not None else ()
            return Item(text, kronor(total, language), self.where(first.span), parts)
        rows = "rader" if language == "sv" else "rows"
        parts = tuple(self._row(line, found, depth - 1) for line, found in lines[:SHOWN_ROWS])
        if len(lines) > SHOWN_ROWS:
            parts += (self._more(len(lines) - SHOWN_ROWS),)
        return Item(
            f"{text}, {grouped(str(len(lines)))} {rows}", kronor(total, language), self.where(first.span), parts
        )

    def _row(self, line: Line, trace: Trace | None, depth: int) -> Item:
        at = f"{visible(line.file)}:{line.number}" if line.file else ""
        name = f"{self.report.fact(line.fact)} {line.row}" if line.fact else line.row
        parts = tuple(self.shown(trace, depth - 1)) if trace is not None and depth > 0 else ()
        return Item(visible(name), kronor(line.amount, self.report.language), at, parts)

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
            return (Item("…"),) if any(not isinstance(t.expr, core.Const) for t in traces) else ()
        return tuple(item for trace in traces for item in self.shown(trace, depth - 1))

    def _of(self, trace: Trace, depth: int) -> Item:
        language = self.report.language
        expr = trace.expr
        found = value(trace.value, expr.type if expr is not None else None, language)
        if trace.value is None:
            found = "går inte att räkna ut" if language == "sv" else "can't be worked out"
        item = Item(self.words(trace.span), found, self.where(trace.span))
        match expr:
            case core.Param(name):
                return self._parameter(trace, name, item, depth)
            case core.LetRef(name, _):
                return evolve(item, text=name, parts=self._parts(trace.parts, depth))
            case core.Cases():
                return self._cases(trace, item, depth)
            case core.ColumnRef(_, name):
                return evolve(item, text=name, place=place(trace.row) if trace.row is not None else item.place)
            case core.FactRow() | core.Pick():
                return evolve(item, place=self._stands(trace.value) or item.place)
            case core.Member():
                inner = trace.parts[0] if trace.parts else None
                stands = self._stands(inner.value) if inner is not None else ""
                keys = inner.parts if inner is not None and isinstance(inner.value, Row | EntryValue) else trace.parts
                return evolve(item, place=stands or item.place, parts=self._parts(keys, depth))
            case core.Aggregate():
                return evolve(item, parts=self._rows(trace))
            case core.Amount(_, keys):
                return evolve(item, parts=self._clauses(keys))
            case _:
                return evolve(item, parts=self._parts(trace.parts, depth))

    def _parameter(self, trace: Trace, name: str, item: Item, depth: int) -> Item:
        """A parameter with what the contract, a parent clause or the form gives it."""
        instance = next(i for i in self.report.program.instances if i.key == self.clause.key)
        declared = instance.form.parameter(name)
        sv = self.report.language == "sv"
        shown = declared.swedish if declared is not None and declared.swedish and sv else name
        if not trace.parts:
            if trace.value is None or item.value.startswith(MISSING[self.report.language]):
                return Item(shown, "anges inte" if sv else "not given", self.where(instance.span))
            return evolve(item, text=shown, place=self.where(instance.span))
        given = trace.parts
        at = given[0].span or trace.span
        if name not in instance.arguments and declared is not None and declared.default is not None:
            shown = f"{shown} ({'förval' if sv else 'default'})"
        only = given[0] if len(given) == 1 else None
        if only is not None and isinstance(only.expr, core.Const):
            return evolve(item, text=shown, place=self.where(at))
        text = f"{shown}: {self.words(at)}" if only is not None else shown
        inner = only.parts if only is not None and not isinstance(only.expr, core.Amount) else given
        return evolve(item, text=text, place=self.where(at), parts=self._parts(inner, depth))

    def _cases(self, trace: Trace, item: Item, depth: int) -> Item:
        """The case that holds, and its value; the cases above it that don't hold are left out."""
        if not trace.parts:
            return item
        sv = self.report.language == "sv"
        *tests, taken = trace.parts
        parts = self._parts([taken], depth)
        if tests and tests[-1].value is True:
            held = f"{'när' if sv else 'when'} {self.words(tests[-1].span)}"
            parts = (Item(held, "", self.where(tests[-1].span), self._parts(tests[-1].parts, depth)), *parts)
        else:
            parts = (Item("annars" if sv else "otherwise", "", self.where(taken.span)), *parts)
        return evolve(item, text=self.words(taken.span), place=self.where(taken.span), parts=parts)

    def _rows(self, trace: Trace) -> tuple[Item, ...]:
        language = self.report.language
        kind = trace.expr.of.type if isinstance(trace.expr, core.Aggregate) and trace.expr.of is not None else None
        count = len(trace.rows)
        word = ("rad" if count == 1 else "rader") if language == "sv" else ("row" if count == 1 else "rows")
        head = Item(f"{grouped(str(count))} {word}")
        shown = tuple(
            Item(self.report.fact(row.fact), value(found, kind, language), place(row))
            for row, found in trace.rows[:SHOWN_ROWS]
        )
        return (head, *shown, *((self._more(count - SHOWN_ROWS),) if count > SHOWN_ROWS else ()))

    def _clauses(self, keys: Sequence[str]) -> tuple[Item, ...]:
        language, settlement = self.report.language, self.report.settlement
        wanted = set(keys)
        found = [c for c in settlement.clauses if c.pays and (c.key in wanted if wanted else c.inside_base)]
        return tuple(
            Item(self.report.name(c), kronor(c.amount, language) if c.amount is not None else "", self.where(c.span))
            for c in found
        )

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
        """The text at a span on one line, cut when long."""
        if span is None or span.file not in self.texts:
            return "…"
        text = visible(" ".join(self.texts[span.file][span.start : span.end].split()))
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"

    def where(self, span: Span | None) -> str:
        """A place in the text: file and line."""
        if span is None or span.file not in self.texts:
            return ""
        return f"{visible(span.file)}:{spot(self.texts[span.file], span).line}"


def explanation(
    report: Report, texts: Mapping[str, str], clause: ClauseResult, trace: Trace, *, depth: int = DEPTH, paint: Paint
) -> str:
    """A clause's amount and the tree below it, as text.

    Args:
        report: the settlement that the clause belongs to.
        texts: the contract's files by name.
        clause: how the clause came out.
        trace: how it came about, from `interpreter.settle.explain`.
        depth: how many levels to show.
        paint: colours.
    """
    language = report.language
    explainer = Explainer(report, texts, clause)
    form = next(i.form for i in report.program.instances if i.key == clause.key)
    amount = kronor(clause.amount, language) if clause.amount is not None and clause.pays else report.given(clause)
    if clause.status is not Status.SETTLED:
        from avtal.rendering.words import status

        amount = status(clause.status, language)
    head = [
        f"{paint(report.name(clause), BOLD)} = {paint(amount, BOLD, GREEN)}",
        f"  {explainer.words(clause.span)}  {paint(explainer.where(clause.span), DIM)}",
    ]
    head += [f"  {visible(form.sentence)}"] if form.sentence else []
    head += [f"  {'Källa' if language == 'sv' else 'Source'}: {visible(form.source)}"] if form.source else []
    return "\n".join([*head, *_tree(explainer.items(trace, depth), "", paint)]) + "\n"


def _tree(items: Iterator[Item] | tuple[Item, ...], lead: str, paint: Paint) -> Iterator[str]:
    every = list(items)
    for at, item in enumerate(every):
        last = at == len(every) - 1
        shown = f"{item.text} = {paint(item.value, CYAN)}" if item.value else item.text
        where = f"  {paint(item.place, DIM)}" if item.place else ""
        yield f"{lead}{'└─ ' if last else '├─ '}{shown}{where}"
        yield from _tree(item.parts, f"{lead}{'   ' if last else '│  '}", paint)


def flat(items: Iterator[Item] | tuple[Item, ...], depth: int = 0) -> Iterator[tuple[int, Item]]:
    """Items with their depth, a parent before its parts."""
    for item in items:
        yield depth, item
        yield from flat(item.parts, depth + 1)
