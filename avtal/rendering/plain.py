"""Settlements and explanations as plain data: exact amounts as decimal texts, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from avtal import periods
from avtal.answers import (
    DataFile,
    DaysGiven,
    Engine,
    ExplainedClause,
    Given,
    MadeFrom,
    MissingGiven,
    Party,
    PaymentLine,
    Promise,
    Reason,
    ReasonRow,
    RowCount,
    RowGiven,
    SettledClause,
    SettledPeriod,
    Step,
    Subtotal,
)
from avtal.rendering.explained import explain_items
from avtal.rendering.explanation import DEPTH, Explainer
from avtal.rendering.items import Item
from avtal.rendering.numbers import plain
from avtal.rendering.report import Report, rounding
from dsl.diagnostics import DataRow, Diagnostic
from interpreter.facts import Row
from interpreter.settlement import ClauseResult, Line, Status
from interpreter.values import Days, EntryValue, Missing


def money(amount: Fraction | None) -> str | None:
    """An amount in kr as text with at least two decimals."""
    return None if amount is None else plain(amount, 2)


def party(named: tuple[str, str]) -> Party:
    """A party from its name and code."""
    return Party(name=named[0], code=named[1])


def settled_period(report: Report, *, lines: bool = False) -> SettledPeriod:
    """One settlement, with its payment lines when asked for."""
    s, made = report.settlement, report.made
    return SettledPeriod(
        contract=s.contract,
        buyer=party(s.buyer),
        provider=party(s.provider),
        period=periods.name(s.start, s.end),
        start=str(s.start),
        end=str(s.end),
        total=money(s.total),
        subtotals=tuple(Subtotal(name=name, amount=money(amount)) for name, amount in s.subtotals),
        clauses=tuple(_clause(report, clause, lines=lines) for clause in s.clauses),
        promises=tuple(Promise(promise=text, holds=held) for text, held in s.promises),
        failures=_reasons(s.failures, report.language),
        rows={name: RowCount(in_period=inside, read=read) for name, (inside, read) in s.rows.items()},
        provenance=MadeFrom(
            text=dict(made.text),
            library=dict(made.library),
            data=tuple(DataFile(file=name, sha256=digest) for name, digest in made.data),
            engine=Engine(version=made.version, sha256=made.engine),
        ),
    )


def _reasons(diagnostics: Sequence[Diagnostic], language: str) -> tuple[Reason, ...]:
    return tuple(
        Reason(code=d.code, message=d.message(language), rows=tuple(map(_data_row, d.data)), more_rows=d.more)
        for d in diagnostics
    )


def _data_row(row: DataRow) -> ReasonRow:
    return ReasonRow(fact=row.fact, file=row.file, line=row.line)


def _clause(report: Report, clause: ClauseResult, *, lines: bool) -> SettledClause:
    return SettledClause(
        key=clause.key,
        name=report.name(clause),
        form=clause.form,
        label=clause.label,
        depth=clause.depth,
        status=clause.status.value,
        pays=clause.pays,
        amount=money(clause.amount) if clause.pays else None,
        exact=money(clause.exact) if clause.pays else None,
        given={name: given(value) for name, value in clause.given.items()},
        failures=_reasons(clause.failures, report.language),
        lines=tuple(_line(line) for line in clause.lines) if lines else None,
        rounding=money(rounding(clause)) if lines else None,
    )


def given(found: object) -> Given:
    """What a clause gives others, as plain data."""
    match found:
        case None | bool() | str():
            return found
        case Fraction():
            return plain(found)
        case Days(start, end):
            return DaysGiven(start=str(start), end=str(end))
        case Missing():
            return MissingGiven(missing=found.told())
        case date():
            return str(found)
        case Row():
            return RowGiven(file=found.file, line=found.line)
        case EntryValue():
            return found.name
        case _:
            return str(found)


def _line(line: Line) -> PaymentLine:
    return PaymentLine(
        label=line.label,
        fact=line.fact,
        row=line.row,
        day=str(line.day) if line.day is not None else None,
        quantity=plain(line.quantity) if line.quantity is not None else None,
        unit=line.unit.name or None,
        unit_price=plain(line.unit_price) if line.unit_price is not None else None,
        amount=money(line.amount),
        file=line.file or None,
        line=line.number or None,
    )


# --- explanations ---------------------------------------------------------------------------------------------------


def explained_clause(explainer: Explainer, *, depth: int = DEPTH) -> ExplainedClause:
    """The explanation of the explainer's clause, `depth` levels deep."""
    report, clause = explainer.report, explainer.clause
    s = report.settlement
    form = next(i.form for i in report.program.instances if i.key == clause.key)
    settled = clause.pays and clause.status is Status.SETTLED
    return ExplainedClause(
        contract=s.contract,
        buyer=party(s.buyer),
        provider=party(s.provider),
        period=periods.name(s.start, s.end),
        key=clause.key,
        name=report.name(clause),
        status=clause.status.value,
        amount=money(clause.amount) if settled else None,
        words=explainer.words(clause.span),
        place=explainer.where(clause.span),
        sentence=form.sentence_sv if report.language == "sv" else form.sentence,
        source=form.source,
        steps=tuple(map(_step, explain_items(explainer, depth))),
    )


def _step(item: Item) -> Step:
    return Step(text=item.text, value=item.value, place=item.place, parts=tuple(map(_step, item.parts)))
