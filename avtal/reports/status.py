"""What the contract's clauses give that is not money: lights, actions, agendas, checklists (REG-13, GOV-6)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from attrs import evolve

from avtal.rendering.report import Report
from avtal.rendering.values import value
from avtal.reports.view import Cell, Column, Table, View
from interpreter import types as t
from interpreter.settlement import ClauseResult
from interpreter.values import Missing


def status(view: View) -> tuple[Table, ...]:
    """The clauses that pay nothing, with what they give; what is missing shows as a dash.

    A table for each settlement; one for all of a period's when they say the same, as when a price holds for all.
    """
    tables = []
    for period, reports in view.by_period():
        found = [(view.parties(report.settlement), dict(_of(view, report))) for report in reports]
        for title in dict.fromkeys(title for _, own in found for title in own):
            having = [(parties, own[title]) for parties, own in found if title in own]
            same = len(having) > 1 and len({table.rows for _, table in having}) == 1
            for parties, table in having[:1] if same else having:
                where = view.say("alla parter", "all parties") if same else parties
                told = ", ".join(filter(None, (title, period, where if view.several() else "")))
                tables.append(evolve(table, title=told))
    return tuple(tables)


def _of(view: View, report: Report) -> Iterator[tuple[str, Table]]:
    """A settlement's tables, one for each form, under the form's name."""
    told = sorted((c for c in report.settlement.clauses if not c.pays and c.given), key=lambda clause: clause.form)
    first = {clause.key: at for at, clause in enumerate(report.settlement.clauses)}
    groups = [list(group) for _, group in groupby(told, key=lambda clause: clause.form)]
    for own in sorted(groups, key=lambda group: first[group[0].key]):
        form = view.instance(own[0]).form
        kinds = dict(form.gives)
        names = list(dict.fromkeys(name for clause in own for name in clause.given))
        spelled = dict(form.spellings) if view.language == "sv" else {}
        rows: list[tuple[Cell, ...]] = []
        for clause in own:
            shown = [_shown(view, report, clause.given.get(name), kinds.get(name)) for name in names]
            rows.append((_called(view, report, clause), *shown))
        title = (own[0].swedish if view.language == "sv" else own[0].form).replace("_", " ").capitalize()
        heads = [Column(view.say("Post", "Clause"))]
        heads += [Column(spelled.get(name, name).replace("_", " ")) for name in names]
        yield title, Table(title, tuple(heads), tuple(rows))


def _called(view: View, report: Report, clause: ClauseResult) -> str:
    """A clause by its label, with the indicator's name where the label is its code."""
    indicator = view.program.indicators.get(clause.label)
    name = indicator.name if indicator is not None else ""
    return f"{clause.label} {name}".strip() or report.name(clause)


def _shown(view: View, report: Report, found: object, kind: t.Type | None) -> Cell:
    if found is None or isinstance(found, Missing):
        return None
    return value(found, kind, view.language, report.units)
