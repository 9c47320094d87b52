"""Known weaknesses of the forms that a contract uses, as a list to talk over; never a verdict (GOV-6 19-22, GOV-9)."""

from __future__ import annotations

from avtal.reports.lists import FAMILIES, reviewed_as, weaknesses
from avtal.reports.view import Cell, Column, Table, View


def review(view: View) -> tuple[Table, ...]:
    """One table: each family that the contract uses, its clauses, and its known weaknesses as headings with ids."""
    at = 0 if view.language == "sv" else 1
    used: dict[str, list[str]] = {}
    outside: list[str] = []
    seen: set[str] = set()
    for report in view.reports:
        for clause in report.settlement.clauses:
            if not clause.pays or clause.key in seen:
                continue
            seen.add(clause.key)
            families = reviewed_as(view, clause)
            for family in families:
                used.setdefault(family, []).append(report.name(clause))
            if not families:
                outside.append(report.name(clause))
    rows: list[tuple[Cell, ...]] = [
        (weakness.id, f"{FAMILIES[family][at]}", view.say(weakness.sv, weakness.en), ", ".join(names), None)
        for family, names in used.items()
        for weakness in weaknesses().get(family, ())
    ]
    columns = (
        Column(view.say("Punkt", "Item")),
        Column(view.say("Slag av ersättning", "Kind of payment")),
        Column(view.say("Känd svaghet", "Known weakness")),
        Column(view.say("Poster", "Clauses")),
        Column(view.say("Så hanteras den", "How it is met")),
    )
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
    return (Table(view.say("Att gå igenom", "To go through"), columns, tuple(rows), notes=tuple(notes)),)
