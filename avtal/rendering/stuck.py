"""What stands in the way of settlements, folded: each cause once, with where it holds and how many clauses wait for it.

A clause that waits for another is no cause of its own: it is counted at the cause that the other one has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from avtal import periods
from avtal.rendering.diagnostics import one
from avtal.rendering.terminal import BLUE, Paint, visible
from dsl.diagnostics import Diagnostic, Problem
from dsl.spans import Span
from interpreter import problems
from interpreter.causes import Causes, same
from interpreter.settlement import ClauseResult, Settlement, Status

if TYPE_CHECKING:
    from avtal.rendering.report import Report

SHOWN = 6
PERIOD = " – "
"""What stands between the first and the last day of a period in a message."""

Key = tuple[str, Span, str]


@define
class Cause:
    """Why clauses are not settled.

    Args:
        report: the first settlement that it stands in the way of; `clause` the clause, unless it is the contract's own.
        causes: those with one code, at one place, of one clause, each with all rows of data that it is about.
        where: the settlements, in short.
        waiting: the clauses that wait for this one.
    """

    report: Report
    clause: ClauseResult | None
    causes: Causes = field(factory=Causes)
    where: dict[str, None] = field(factory=dict)
    waiting: dict[str, None] = field(factory=dict)

    def each(self) -> list[Diagnostic]:
        """The causes, those that only differ in the day as one."""
        return over_days(self.causes.all(), self.report.language)

    def told(self) -> list[str]:
        """What each of them says, in the reader's words."""
        return [visible(cause.message(self.report.language)) for cause in self.each()]

    def text(self) -> str:
        """The cause in the reader's words, with its code; those that only differ in a day or a key are counted."""
        sv = self.report.language == "sv"
        first, *more = self.told()
        alike = f" (och {len(more)} liknande)" if sv else f" (and {len(more)} more like it)"
        return f"{first}{alike if more else ''} [{self.causes.all()[0].code}]"


def over_days(causes: Sequence[Diagnostic], language: str) -> list[Diagnostic]:
    """Causes that say the same of several days as one: a list that begins late lacks a value on each day before.

    Args:
        causes: those with one code at one place.
        language: of the reader, `sv` or `en`.
    """
    alike: dict[tuple[object, ...], list[Diagnostic]] = {}
    for cause in causes:
        rest = tuple((name, value) for name, value in cause.arguments.items() if name != "day")
        alike.setdefault((cause.code, cause.span, rest), []).append(cause)
    return [_of_days(some, language) for some in alike.values()]


def _of_days(causes: Sequence[Diagnostic], language: str) -> Diagnostic:
    first = causes[0]
    days = sorted({cause.arguments["day"] for cause in causes if "day" in cause.arguments})
    if len(days) < 2:
        return first
    told = _days(days, sv=language == "sv")
    rows = tuple(dict.fromkeys(row for cause in causes for row in cause.data))
    more = any(cause.more for cause in causes)
    return evolve(first, arguments={**first.arguments, "day": told}, data=rows, more=more)


def _days(days: Sequence[str], *, sv: bool) -> str:
    """Several days as one text: their count with the first and the last, or periods one by one where some are such."""
    if not any(PERIOD in day for day in days):
        return f"{len(days)} {'dagar' if sv else 'days'}, {days[0]} – {days[-1]}"
    return ", ".join(_some(days, sv=sv))


def folded(reports: Sequence[Report]) -> dict[Key, Cause]:
    """The causes of what is not settled, in the order they are met."""
    found: dict[Key, Cause] = {}
    for report in reports:
        settlement = report.settlement
        for clause in settlement.clauses:
            for at, owner, failure in roots(clause, settlement):
                cause = found.setdefault(at, Cause(report, owner))
                _note(cause, report, failure)
                if owner is not clause:
                    cause.waiting[report.name(clause)] = None
        inside = {same(failure) for clause in settlement.clauses for failure in clause.failures}
        for failure in settlement.failures:
            if same(failure) not in inside and waits_for(failure, settlement) is None:
                cause = found.setdefault((failure.code, failure.span, ""), Cause(report, None))
                _note(cause, report, failure)
    return found


def _note(cause: Cause, report: Report, failure: Diagnostic) -> None:
    cause.causes.add([failure])
    cause.where[_where(report)] = None


def _where(report: Report) -> str:
    s, terms = report.settlement, report.program.terms
    parties = [
        code for (_, code), several in ((s.buyer, terms.buyers), (s.provider, terms.providers)) if len(several) > 1
    ]
    return " ".join([periods.name(s.start, s.end), *parties])


def roots(clause: ClauseResult, settlement: Settlement) -> list[tuple[Key, ClauseResult, Diagnostic]]:
    """The causes behind a clause that is not settled: its own, and those of the clauses that it waits for."""
    found: list[tuple[Key, ClauseResult, Diagnostic]] = []
    asked, seen = [clause], {clause.key}
    while asked:
        now = asked.pop()
        for failure in now.failures:
            other = waits_for(failure, settlement)
            if other is None:
                found.append(((failure.code, failure.span, now.key), now, failure))
            elif other.key not in seen:
                seen.add(other.key)
                asked.append(other)
    return found


def waits_for(failure: Diagnostic, settlement: Settlement) -> ClauseResult | None:
    """The clause that has to be settled first, when that is all that is wrong."""
    other = settlement.clause(failure.arguments["name"]) if failure.problem is problems.DEPENDS else None
    return other if other is not None and other.status is not Status.SETTLED else None


def stuck(reports: Sequence[Report], texts: Mapping[str, str], paint: Paint) -> Iterator[str]:
    """Each cause as a paragraph: the place in the contract, what to do, where it holds and what waits for it."""
    for cause in folded(reports).values():
        language = cause.report.language
        sv = language == "sv"
        out = [one(_placed(cause), texts, language, paint).rstrip("\n")]
        more = cause.told()[1:]
        if more:
            out.append(_also(paint, "också" if sv else "also", "; ".join(_some(more, sv=sv))))
        if len(more) > SHOWN + 1:
            out.append(_also(paint, "alla" if sv else "all", "avtal settle … -O json"))
        if len(reports) > 1:
            out.append(_also(paint, "gäller" if sv else "in", ", ".join(_some(list(cause.where), sv=sv))))
        if cause.waiting:
            told = "väntar på den" if sv else "waiting for it"
            out.append(_also(paint, told, ", ".join(_some(list(cause.waiting), sv=sv))))
        yield "\n".join(out) + "\n"


def _some(texts: Sequence[str], *, sv: bool) -> list[str]:
    rest = len(texts) - SHOWN
    if rest <= 1:
        return list(texts)
    return [*texts[:SHOWN], f"och {rest} till" if sv else f"and {rest} more"]


def _also(paint: Paint, what: str, told: str) -> str:
    return f"   {paint('=', BLUE)} {what}: {told}"


def _placed(cause: Cause) -> Diagnostic:
    """The failure named by its clause and shown at the clause's line, where the library's is the other place."""
    failure, clause = cause.each()[0], cause.clause
    if clause is None:
        return failure
    name = _escaped(f"{cause.report.name(clause)}: ")
    own = failure.problem
    named = Problem(own.code, name + own.en, name + own.sv, own.help_en, own.help_sv, own.severity)
    if failure.span.file == clause.span.file:
        return evolve(failure, problem=named)
    return evolve(failure, problem=named, span=clause.span, others=(failure.span, *failure.others))


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
