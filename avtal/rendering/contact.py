"""One contact's payment lines, in the words of the contract."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from attrs import evolve

from avtal import periods
from avtal.contract import Contract
from avtal.lines import PaymentLine
from avtal.rendering.items import Item, tree
from avtal.rendering.numbers import kronor
from avtal.rendering.quoted import quoted
from avtal.rendering.report import Report, clause_name
from avtal.rendering.terminal import BOLD, Paint, visible
from avtal.rendering.values import number
from avtal.rendering.words import status, word
from dsl.diagnostics import DataRow
from dsl.spans import Span, place
from interpreter import core
from interpreter.facts import Row
from interpreter.settlement import Status
from interpreter.units import NUMBER, Unit

LONGEST = 110
_RULE = re.compile(r"(.+):([0-9]{1,7})", re.DOTALL)


def contact_lines(
    contract: Contract,
    lines: Sequence[PaymentLine],
    language: str,
    paint: Paint,
    *,
    quote: bool = True,
    reports: Sequence[Report] = (),
) -> str:
    """What was paid for a contact: for each settlement its clauses, each line with its reason.

    Args:
        contract: what was settled.
        lines: the contact's lines, in their order.
        language: `sv` or `en`.
        paint: colours.
        quote: whether the text is the one that the lines were made from, so that its lines can be quoted.
        reports: what was settled, where it was settled now: the contact may stand in the way of other clauses.
    """
    said = []
    for (start, end, buyer, provider), own in groupby(lines, lambda ln: (ln.start, ln.end, ln.buyer, ln.provider)):
        settled = list(own)
        terms = contract.program.terms
        parties = [_party(terms.buyers, buyer), _party(terms.providers, provider), periods.name(start, end)]
        items = list(_clauses(contract, settled, language, quote=quote))
        total = sum((line.amount or Fraction(0) for line in settled), Fraction(0))
        said.append(paint(", ".join(filter(None, parties)), BOLD))
        said += tree(items, "", paint)
        if len(settled) > 1:
            said.append(f"{word('sum', language)} = {paint(kronor(total, language), BOLD)}")
    rows = {DataRow(line.fact, line.file, line.line) for line in lines}
    hinders = "hindrar det som skulle betala" if language == "sv" else "stands in the way of what would pay"
    said += [f"{hinders}: {told}" for told in hindering(reports, rows, language)]
    return "\n".join(said) + "\n"


def hindering(reports: Sequence[Report], places: Collection[DataRow], language: str) -> list[str]:
    """What rows of the data stand in the way of: each clause that is not settled for want of something of theirs.

    Args:
        reports: what was settled.
        places: where the rows stand.
        language: `sv` or `en`.
    """
    found: dict[str, None] = {}
    for report in reports:
        for clause in report.settlement.clauses:
            for cause in clause.failures:
                if any(row in places for row in cause.data):
                    found[f"{report.name(clause)}: {visible(evolve(cause, data=()).message(language))}"] = None
    return list(found)


def unpaid(
    contract: Contract,
    contact: str,
    language: str,
    *,
    rows: Sequence[Row] | None,
    unsaid: bool,
    reports: Sequence[Report] = (),
) -> str:
    """Why there are no lines for a contact: what to look for instead.

    Args:
        contract: what was settled.
        contact: the key asked for.
        language: `sv` or `en`.
        rows: the rows of the data that have it; `None` when that is not known.
        unsaid: whether the lines came from a file, and it does not tell that the data have it.
        reports: what was settled, where it was settled now.
    """
    key, sv = visible(contact), language == "sv"
    if rows is not None and not rows:
        return f"Ingen rad i underlaget har nyckeln {key}." if sv else f"No row of the data has the key {key}."
    if rows:
        at = ", ".join(visible(f"{row.file}:{row.line}") for row in rows)
        hinders = "; ".join(hindering(reports, {DataRow(row.fact, row.file, row.line) for row in rows}, language))
        if hinders:
            return (
                f"{key} finns i underlaget ({at}), men hindrar det som skulle betala: {hinders}."
                if sv
                else f"{key} is in the data ({at}), but stands in the way of what would pay: {hinders}."
            )
        told = (
            f"{key} finns i underlaget ({at}), men har ingen egen betalningsrad i det som avräknades."
            if sv
            else f"{key} is in the data ({at}), but has no payment line of its own in what was settled."
        )
    else:
        told = f"Ingen betalningsrad har nyckeln {key}." if sv else f"No payment line has the key {key}."
    if unsaid:
        told += " Filen säger inte om underlaget har den." * sv or " The file does not tell whether the data have it."
    forms = {i.form.name: i.form for i in contract.program.instances if i.form.needs and _pays_as_a_whole(i.form.steps)}
    shown = ", ".join(form.swedish if sv and form.swedish else name for name, form in forms.items())
    if not shown:
        return told
    if sv:
        return f"{told} Den kan ändå räknas med i belopp som räknas ut i ett stycke: {shown}."
    return f"{told} It may still count in amounts that are worked out as a whole: {shown}."


def _pays_as_a_whole(steps: Sequence[core.Stmt]) -> bool:
    """Whether some step pays an amount that is no row's own."""
    for step in steps:
        match step:
            case core.Pays():
                return True
            case core.When(cases, otherwise) if any(map(_pays_as_a_whole, (*(then for _, then in cases), otherwise))):
                return True
            case core.Each(rows, by, spell, inner) if (rows is None or by or spell) and _pays_as_a_whole(inner):
                return True  # a month's amount, or that of a group or a spell of rows
            case _:
                pass
    return False


def _party(parties: Sequence[tuple[str, str]], code: str) -> str:
    name = next((name for name, known in parties if known == code), code)
    return visible(f"{name} ({code})" if code and code != name else name)


def _clauses(contract: Contract, lines: Sequence[PaymentLine], language: str, *, quote: bool) -> Iterator[Item]:
    """A clause with its lines; a clause that the text no longer has is shown by its key."""
    texts, program = contract.texts, contract.program
    instances = {instance.key: instance for instance in program.instances}
    for key, own in groupby(lines, lambda line: line.clause):
        instance, paid = instances.get(key), list(own)
        parts = tuple(_line(contract, instance, line, language, quote=quote) for line in paid)
        amount = sum((line.amount or Fraction(0) for line in paid), Fraction(0))
        if instance is None:
            yield Item(visible(key), kronor(amount, language), "", parts)
            continue
        form = instance.form
        name = clause_name(program, form.name, form.swedish, instance.label, language)
        where = f"{visible(instance.span.file)}:{place(texts[instance.span.file], instance.span).line}"
        yield Item(name, kronor(amount, language), where if quote else "", parts)


def _line(contract: Contract, instance: core.Instance | None, line: PaymentLine, language: str, *, quote: bool) -> Item:
    fact = contract.program.facts.get(line.fact)
    name = fact.swedish if fact is not None and fact.swedish and language == "sv" else line.fact
    labels = dict(instance.form.labels) if instance is not None and language == "sv" else {}
    row = " ".join(filter(None, (name, line.contact)))
    text = ", ".join(filter(None, (row, str(line.day or ""), labels.get(line.label, line.label))))
    amount = kronor(line.amount, language) if line.amount is not None else status(Status(line.status), language)
    parts = []
    if line.quantity is not None and line.unit_price is not None:
        units = contract.units
        unit = Unit(name=line.unit, dimension=NUMBER.dimension, factor=Fraction(1)) if line.unit else NUMBER
        parts.append(Item(f"{number(line.quantity, unit, language, units)} × {kronor(line.unit_price, language)}"))
    rule = _rule(contract, line.rule, language) if quote else ""
    if rule:
        parts.append(Item(rule, "", visible(line.rule)))
    at = f"{visible(line.file)}:{line.line}" if line.file else ""
    return Item(visible(text), amount, at, tuple(parts), datum=bool(at))


def _rule(contract: Contract, rule: str, language: str) -> str:
    """The line of the text that a payment comes from; a line of the library in the reader's words."""
    found = _RULE.fullmatch(rule)
    if found is None:
        return ""
    own = found[1] == contract.path.name
    file = contract.program.terms.span.file if own else found[1]
    text = contract.texts.get(file, "")
    at = int(found[2]) - 1
    rows = text.split("\n")
    if not 0 <= at < len(rows):
        return ""
    start = sum(len(row) + 1 for row in rows[:at])
    span = Span(file, start, start + len(rows[at]))
    words = rows[at] if own else quoted(text, span, contract.uses, language)
    shown = visible(" ".join(words.split()))
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
