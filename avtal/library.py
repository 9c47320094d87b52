"""The library's reimbursement forms as cards: what each does, where it comes from, its parameters and examples.

The modules are found, never listed: a new one is shown by being there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from avtal.cards import FormCard, FormEntry, FormList, NeededFact, ParameterCard
from avtal.errors import UnreadableError
from avtal.sources import SUFFIX, Hashes, library
from dsl.diagnostics import nearest
from dsl.spans import Span
from interpreter import core, types as t
from interpreter.pipeline import Analysed, analyse
from interpreter.sources import Sources


@cache
def known() -> Analysed:
    """The whole library, understood."""
    modules = library(Hashes())
    text = f"use {', '.join(sorted(modules))}\n"
    return analyse(Sources(file="library.avtal", text=text, library=modules, whole=True))


@cache
def forms() -> tuple[FormCard, ...]:
    """Every form of the library, by its English name."""
    analysed = known()
    world = analysed.world
    examples: dict[str, list[str]] = {}
    for form, line in world.form_examples:
        file = analysed.texts[line.span.file]
        ends = max((inner.span.end for inner in line.block), default=line.span.end)
        examples.setdefault(form.name, []).append(_block(file, Span(line.span.file, line.span.start, ends)))
    every = {form.name: form for form in world.forms.values()}
    return tuple(_card(form, analysed.texts, examples.get(name, ())) for name, form in sorted(every.items()))


def form(name: str) -> FormCard:
    """The form of that name, in either language.

    Raises:
        UnreadableError: the library has none.
    """
    found = next((card for card in forms() if name in (card.name, card.swedish)), None)
    if found is None:
        near = nearest(name, [spelled for card in forms() for spelled in (card.name, card.swedish) if spelled])
        raise UnreadableError(
            f"Biblioteket har ingen form som heter {name!r}.{f' Menade du {near!r}?' if near else ''}",
            f"The library has no form called {name!r}.{f' Did you mean {near!r}?' if near else ''}",
        )
    return found


def entries(*, asked: str = "", limit: int = 0, offset: int = 0) -> FormList:
    """The forms in short.

    Args:
        asked: only those with this in a name or sentence, in either case; all when empty.
        limit: at most so many; all when 0.
        offset: how many to leave out first.
    """
    wanted = asked.casefold()
    found = [
        card
        for card in forms()
        if any(wanted in text.casefold() for text in (card.name, card.swedish, card.sentence, card.sentence_sv))
    ]
    shown = found[offset : offset + limit if limit else None]
    return FormList(
        total=len(found),
        forms=tuple(
            FormEntry(
                name=card.name,
                swedish=card.swedish,
                module=card.module,
                sentence=card.sentence,
                sentence_sv=card.sentence_sv,
            )
            for card in shown
        ),
    )


def _card(form: core.Form, texts: Mapping[str, str], examples: list[str] | tuple[()]) -> FormCard:
    text = texts[form.span.file]
    return FormCard(
        name=form.name,
        swedish=form.swedish,
        module=form.span.file.rpartition("/")[2].removesuffix(SUFFIX),
        sentence=form.sentence,
        sentence_sv=form.sentence_sv,
        source=form.source,
        outside_base=form.outside_base,
        component=form.component,
        parameters=tuple(_parameter(parameter, texts) for parameter in form.parameters),
        needs=tuple(NeededFact(fact=fact, columns=tuple(columns)) for fact, columns in form.needs),
        gives=tuple(name for name, _ in form.gives),
        examples=tuple(examples),
        text=_definition(text, form.span),
    )


def _parameter(parameter: core.Parameter, texts: Mapping[str, str]) -> ParameterCard:
    def written(expr: core.Expr | None) -> str:
        if expr is None:
            return ""
        return " ".join(texts[expr.span.file][expr.span.start : expr.span.end].split())

    return ParameterCard(
        name=parameter.name,
        swedish=parameter.swedish,
        kind=t.words(parameter.type, "en"),
        kind_sv=t.words(parameter.type, "sv"),
        optional=parameter.optional or parameter.default is not None,
        default=written(parameter.default),
        low=parameter.range.low_text,
        high=parameter.range.high_text,
    )


def _definition(text: str, span: Span) -> str:
    """A form's text: its line, and those below it that are indented."""
    lines = text[span.start :].splitlines()
    end = next((at for at, line in enumerate(lines) if at and line.strip() and not line[0].isspace()), len(lines))
    return "\n".join(lines[:end]).rstrip() + "\n"


def _block(text: str, span: Span) -> str:
    """Whole lines of a text, moved to the margin."""
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    lines = text[start : end if end >= 0 else None].splitlines()
    margin = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[margin:] for line in lines) + "\n"
