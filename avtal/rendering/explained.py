"""A clause or a sum of clauses explained as text: its amount, the contract's words and their source, the tree below."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from attrs import evolve, frozen

from avtal.rendering.explanation import DEPTH, Explainer, said
from avtal.rendering.items import Item, tree
from avtal.rendering.numbers import kronor
from avtal.rendering.report import Report
from avtal.rendering.terminal import BOLD, DIM, GREEN, Paint, visible
from avtal.rendering.words import status, word
from interpreter.settlement import ClauseResult, Status
from interpreter.world import SWEDISH


def explain_items(explainer: Explainer, depth: int = DEPTH) -> tuple[Item, ...]:
    """The explanation of the explainer's clause.

    It reaches the data: where the clause is made of other clauses' amounts alone, they are followed down as well.
    """
    trace = explainer.again(explainer.clause.key)
    items = tuple(explainer.items(trace, depth))
    if explainer.follow or any(item.grounded for item in items):
        return items
    deep = evolve(explainer, follow=True, seen=set())
    return tuple(deep.items(trace, depth))


def explanation(explainer: Explainer, *, depth: int = DEPTH, paint: Paint) -> str:
    """A clause's amount and the tree below it, as text.

    Args:
        explainer: of the clause.
        depth: how many levels to show.
        paint: colours.
    """
    report, clause = explainer.report, explainer.clause
    language = report.language
    instance = next(i for i in report.program.instances if i.key == clause.key)
    form = instance.form
    amount = kronor(clause.amount, language) if clause.amount is not None and clause.pays else report.given(clause)
    if clause.status is not Status.SETTLED:
        amount = status(clause.status, language)
    head = [
        f"{paint(report.name(clause), BOLD)} = {paint(amount, BOLD, GREEN)}",
        f"  {explainer.words(clause.span)}  {paint(explainer.where(clause.span), DIM)}",
    ]
    sentence = form.sentence_sv if language == "sv" else form.sentence
    head += [f"  {visible(sentence)}"] if sentence else []
    told = said(instance.provenance, language)
    head += [f"  {told}"] if told else []
    of_form = "Formens källa" if language == "sv" else "Source of the form"
    head += [f"  {of_form}: {visible(form.source)}"] if form.source else []
    return "\n".join([*head, *tree(explain_items(explainer, depth), "", paint)]) + "\n"


@frozen
class Sum:
    """A sum of clauses that has a name: a subtotal, the base or the total.

    Args:
        name: what it is called.
        amount: kr; `None` when a clause in it was not settled.
        clauses: the clauses that it is the sum of, in the order of the text.
    """

    name: str
    amount: Fraction | None
    clauses: tuple[ClauseResult, ...]


def sum_named(report: Report, asked: str) -> Sum | None:
    """The sum of a settlement that is called `asked`: a subtotal, `base` or `total` in either language."""
    settlement, language = report.settlement, report.language
    paying = tuple(clause for clause in settlement.clauses if clause.pays)
    if asked in ("total", SWEDISH["total"]):
        return Sum(word("total", language), settlement.total, paying)
    if asked in ("base", SWEDISH["base"]):
        inside = tuple(clause for clause in paying if clause.inside_base)
        settled = [clause.amount for clause in inside if clause.amount is not None]
        whole = len(settled) == len(inside)
        return Sum(
            SWEDISH["base"] if language == "sv" else "base", sum(settled, Fraction(0)) if whole else None, inside
        )
    keys = dict(report.program.subtotals).get(asked)
    if keys is None:
        return None
    name = f"{word('subtotal', language)} {visible(asked)}"
    return Sum(name, dict(settlement.subtotals)[asked], tuple(c for c in settlement.clauses if c.key in keys))


def sum_explanation(
    report: Report,
    found: Sum,
    explainer: Callable[[ClauseResult], Explainer],
    *,
    depth: int = DEPTH,
    deep: bool = False,
    paint: Paint,
) -> str:
    """A sum of clauses, each with its amount and place; with what each is made of when `deep`.

    Args:
        report: the settlement.
        found: the sum.
        explainer: what explains one of its clauses.
        depth: how many levels to show.
        deep: whether the clauses are followed down.
        paint: colours.
    """
    items = []
    for clause in found.clauses:
        own = explainer(clause)
        parts = explain_items(own, depth - 1) if deep and depth > 1 else ()
        items.append(
            Item(report.name(clause), _amount(clause.amount, clause.status, report), own.where(clause.span), parts)
        )
    amount = _amount(found.amount, Status.FAILED, report)
    return "\n".join([f"{paint(found.name, BOLD)} = {paint(amount, BOLD, GREEN)}", *tree(items, "", paint)]) + "\n"


def _amount(amount: Fraction | None, how: Status, report: Report) -> str:
    return status(how, report.language) if amount is None else kronor(amount, report.language)
