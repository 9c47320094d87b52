"""Known weaknesses of the forms that a contract uses, as a list to talk over; never a verdict (GOV-6 19-22, GOV-9)."""

from __future__ import annotations

from collections import Counter

from avtal.reports.lists import FAMILIES, reviewed_as, weaknesses
from avtal.reports.view import Column, Table, View


def review(view: View) -> tuple[Table, ...]:
    """A table for each family of payment that is used: its known weaknesses as headings, with room for an answer."""
    at = 0 if view.language == "sv" else 1
    used: dict[str, Counter[str]] = {}
    outside: list[str] = []
    seen: set[str] = set()
    for report in view.reports:
        for clause in report.settlement.clauses:
            if not clause.pays or clause.key in seen:
                continue
            seen.add(clause.key)
            families = reviewed_as(view, clause)
            form = (clause.swedish if at == 0 and clause.swedish else clause.form).replace("_", " ")
            for family in families:
                used.setdefault(family, Counter())[form] += 1
            if not families:
                outside.append(report.name(clause))
    columns = (
        Column(view.say("Punkt", "Item")),
        Column(view.say("Känd svaghet", "Known weakness")),
        Column(view.say("Så hanteras den", "How it is met")),
    )
    tables = [
        Table(
            view.say(f"Att gå igenom: {FAMILIES[family][0]}", f"To go through: {FAMILIES[family][1]}"),
            columns,
            tuple((weakness.id, view.say(weakness.sv, weakness.en), None) for weakness in weaknesses()[family]),
            notes=(f"{view.say('Gäller', 'Concerns')}: {_counted(forms)}",),
        )
        for family, forms in used.items()
        if family in weaknesses()
    ]
    notes = [
        view.say(
            "En lista att gå igenom, inget omdöme: en svaghet kan mötas av uppföljning, dialog eller en annan post.",
            "A list to go through, no verdict: a weakness may be met by follow-up, dialogue or another clause.",
        ),
        view.say(
            "Checklistans punkter 19–22 (GOV-6): finns komponenter för utvecklingen, är svagheterna kända, möts de "
            "med annan styrning, ses helheten?",
            "Checklist items 19-22 (GOV-6): are there components for the development, are weaknesses known, are they "
            "met by other steering, is the whole seen?",
        ),
        view.say(
            "Egna rubriker efter SKR:s rapport om nära vård, kapitel 6 (2023), och GOV-9.",
            "Headings of our own after the SKR report on local care, chapter 6 (2023), and GOV-9.",
        ),
    ]
    if outside:
        told = view.say("Poster utan motsvarighet i listan", "Clauses that the list says nothing of")
        notes.append(f"{told}: {', '.join(outside)}")
    if not tables:
        return (Table(view.say("Att gå igenom", "To go through"), columns, (), notes=tuple(notes)),)
    return (*tables[:-1], tables[-1].noted(*notes))


def _counted(forms: Counter[str]) -> str:
    return ", ".join(form if count == 1 else f"{form} ({count})" for form, count in forms.items())
