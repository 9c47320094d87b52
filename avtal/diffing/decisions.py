"""The decisions by which a clause's amount came about: conditions with their answers, limits reached, bands met.

Two traces of two contracts are compared by what was asked, not by the figures that it was asked with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from attrs import define, frozen

from avtal.rendering.values import value
from dsl.spans import Span
from interpreter import core
from interpreter.diff.changes import Words
from interpreter.facts import Row
from interpreter.overlap import show_matcher
from interpreter.scopes import row_name
from interpreter.settlement import Trace
from interpreter.values import EntryValue

YES_NO = (("no", "nej"), ("yes", "ja"))
ASKED = (core.Compare, core.Among, core.Between, core.Presence)


@frozen(kw_only=True)
class Decision:
    """One thing that was decided.

    Args:
        name: what was asked, without the figures.
        answer: how it came out, in (English, Swedish).
        told: what tells two answers apart.
        trace: what was asked, with the figures.
        fact, row: the row of data that it was asked about, if any.
    """

    name: str
    answer: Words
    told: str
    trace: Trace
    fact: str = ""
    row: str = ""


@define(eq=False)
class Decider:
    """Reads the decisions out of the traces of one clause."""

    program: core.Program
    instance: core.Instance
    bands: Mapping[Span, str]

    def decisions(self, trace: Trace) -> Iterator[Decision]:
        """The decisions of a trace, outermost first."""
        stack = [trace]
        while stack:
            top = stack.pop()
            stack.extend(reversed(top.parts))
            e = top.expr
            if isinstance(e, ASKED) and isinstance(top.value, bool):
                yield self._made(top, e, YES_NO[top.value])
            elif isinstance(e, core.Call) and e.name == "clamp" and len(top.parts) == 3:
                yield from self._limited(top, e)
            elif isinstance(e, core.Call) and e.name in ("lesser", "greater") and top.parts:
                at = next((at for at, part in enumerate(top.parts) if part.value == top.value), 0)
                chosen = [self._part(top.parts[at], language) for language in ("en", "sv")]
                yield self._made(top, e, (chosen[0], chosen[1]), str(at))
            elif isinstance(top.value, EntryValue) and top.value.span in self.bands and e is not None:
                band = self.bands[top.value.span]
                yield self._made(top, e, (band, band))

    def words(self, decision: Decision) -> Words:
        """A decision with its figures, in (English, Swedish)."""
        en, sv = (self._said(decision.trace, language) for language in ("en", "sv"))
        return f"{en}: {decision.answer[0]}", f"{sv}: {decision.answer[1]}"

    def _made(self, trace: Trace, e: core.Expr, answer: Words, told: str = "") -> Decision:
        row = next(_rows(trace), None)
        fact = self.program.facts[row.fact] if row is not None else None
        return Decision(
            name=_asked(e),
            answer=answer,
            told=told or answer[0],
            trace=trace,
            fact=row.fact if row is not None else "",
            row=row_name(fact, row) if row is not None and fact is not None else "",
        )

    def _limited(self, trace: Trace, e: core.Expr) -> Iterator[Decision]:
        number, low, high = (part.value for part in trace.parts)
        if isinstance(number, Fraction) and isinstance(low, Fraction) and isinstance(high, Fraction):
            words = ("at its lowest", "vid sitt lägsta") if number <= low else ("between", "däremellan")
            words = ("at its highest", "vid sitt högsta") if number >= high else words
            yield self._made(trace, e, words)

    def _said(self, trace: Trace, language: str) -> str:
        """What was asked, with its figures."""
        e = trace.expr
        parts = [self._part(part, language) for part in trace.parts]
        match e:
            case core.Compare(op, _, _) if len(parts) == 2:
                return f"{parts[0]} {op} {parts[1]}"
            case core.Call("lesser" | "greater" as name, _):
                words = {"lesser": ("the lesser of", "det minsta av"), "greater": ("the greater of", "det största av")}
                return f"{words[name][language == 'sv']} {', '.join(parts)}"
            case core.EntryOf():
                found = trace.value
                return found.name if isinstance(found, EntryValue) else ""
            case _:
                return ", ".join(parts)

    def _part(self, trace: Trace, language: str) -> str:
        kind = trace.expr.type if trace.expr is not None else None
        shown = value(trace.value, kind, language)
        name = self._called(trace, language)
        return f"{name} {shown}".strip()

    def _called(self, trace: Trace, language: str) -> str:
        match trace.expr:
            case core.Param(name):
                p = self.instance.parameter(name)
                return p.swedish if p is not None and p.swedish and language == "sv" else name
            case core.LetRef(name, _):
                return dict(self.instance.form.spellings).get(name, name) if language == "sv" else name
            case core.ColumnRef(_, name):
                row = trace.row
                column = self.program.facts[row.fact].column(name) if row is not None else None
                return column.swedish if column is not None and column.swedish and language == "sv" else name
            case _:
                return ""


def _rows(trace: Trace) -> Iterator[Row]:
    """The rows of data that a value was worked out from, those of aggregates left out."""
    stack = [trace]
    while stack:
        top = stack.pop()
        if top.row is not None:
            yield top.row
        if not isinstance(top.expr, core.Aggregate):
            stack.extend(top.parts)


def _asked(e: object) -> str:
    """An expression by its names; figures, and names of rows, are left out."""
    match e:
        case core.Const():
            return "·"
        case core.Param(name) | core.LetRef(name, _) | core.ColumnRef(_, name) | core.TableRef(name):
            return name.partition("@")[0]
        case core.Compare(op, left, right):
            return f"{_asked(left)} {op} {_asked(right)}"
        case core.Member(of, name):
            return f"{_asked(of)}.{name}"
        case core.EntryOf(table, keys):
            return f"{_asked(table)}[{', '.join(map(_asked, keys))}]"
        case core.Renamed(of, _):
            return _asked(of)
        case core.Among(of, _) | core.Between(of, _, _) | core.Presence(of, _):
            return f"{type(e).__name__} {_asked(of)}"
        case core.Call(name, arguments):
            return f"{name}({', '.join(map(_asked, arguments))})"
        case core.Add(first, rest) | core.Multiply(first, rest):
            return " ".join([_asked(first), *(f"{op} {_asked(part)}" for op, part in rest)])
        case _:
            return type(e).__name__


def bands(program: core.Program) -> Mapping[Span, str]:
    """The rows of tables that match by band or pattern, by their place, where a place is one row."""
    found: dict[Span, str] = {}
    twice: set[Span] = set()
    for data in program.tables.values():
        for line in data.lines:
            if any(matcher.kind != "value" for matcher in line.keys):
                twice |= {line.span} & found.keys()
                found[line.span] = ", ".join(show_matcher(m) for m in line.keys)
    return {span: text for span, text in found.items() if span not in twice}
