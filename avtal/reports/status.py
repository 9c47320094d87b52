"""What the contract's clauses give that is not money: lights, actions, agendas, checklists (REG-13, GOV-6)."""

from __future__ import annotations

from itertools import groupby

from avtal.rendering.report import Report
from avtal.rendering.values import value
from avtal.reports.view import Cell, Column, Table, View
from interpreter import types as t
from interpreter.values import Missing


def status(view: View) -> tuple[Table, ...]:
    """For each settlement: the clauses that pay nothing, with what they give; what is missing shows as a dash."""
    tables = []
    for period, reports in view.by_period():
        for report in reports:
            told = [clause for clause in report.settlement.clauses if not clause.pays and clause.given]
            for form, group in groupby(told, key=lambda clause: clause.form):
                own = list(group)
                kinds = dict(view.instance(own[0]).form.gives)
                names = list(dict.fromkeys(name for clause in own for name in clause.given))
                spelled = dict(view.instance(own[0]).form.spellings) if view.language == "sv" else {}
                rows: list[tuple[Cell, ...]] = []
                for clause in own:
                    shown = [_shown(view, report, clause.given.get(name), kinds.get(name)) for name in names]
                    rows.append((clause.label or report.name(clause), *shown))
                title = (own[0].swedish if view.language == "sv" else form).replace("_", " ").capitalize()
                where = ", ".join(filter(None, (period, view.parties(report.settlement) if view.several() else "")))
                heads = [Column(view.say("Post", "Clause"))]
                heads += [Column(spelled.get(name, name).replace("_", " ")) for name in names]
                tables.append(Table(f"{title}, {where}", tuple(heads), tuple(rows)))
    return tuple(tables)


def _shown(view: View, report: Report, found: object, kind: t.Type | None) -> Cell:
    if found is None or isinstance(found, Missing):
        return None
    return value(found, kind, view.language, report.units)
