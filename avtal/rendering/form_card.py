"""Reimbursement forms as a reader sees them: a list with what each does, and all that one is written with and needs."""

from __future__ import annotations

import re
from itertools import groupby
from textwrap import TextWrapper

from attrs import evolve

from avtal.cards import FormCard, FormList, ParameterCard
from avtal.rendering.terminal import BOLD, DIM, Paint
from avtal.texts import LANGUAGES
from dsl import nodes as n
from dsl.formatter import format_module
from dsl.lexicon import NAMES
from interpreter import core, types as t
from interpreter.example_reader import read_example
from interpreter.facts import Fact
from interpreter.pipeline import Analysed
from interpreter.units import unit_name
from interpreter.world import Scope, World

WIDTH = 100
_NAME = re.compile("[A-Za-z_]+")
_HEADINGS = {
    "write": ("Så skrivs den", "How it is written"),
    "parameters": ("Uppgifter", "Parameters"),
    "data": ("Underlag", "Data"),
    "example": ("Räkneexempel", "Worked example"),
    "optional": ("kan utelämnas", "may be left out"),
    "default": ("annars", "else"),
    "file": ("filen heter som underlaget och har rubrikerna", "the file is called as the fact and has the headings"),
    "also": ("och om de finns", "and where there are any"),
    "more": (
        "avtal forms NAMN visar vad en form behöver; avtal forms ORD söker.",
        "avtal forms NAME shows what a form needs; avtal forms WORD looks for one.",
    ),
}


def _word(name: str, language: str) -> str:
    return _HEADINGS[name][0 if language == "sv" else 1]


def _pick(language: str, english: str, swedish: str) -> str:
    return swedish if language == "sv" and swedish else english


def listed(found: FormList, language: str, paint: Paint) -> str:
    """Forms by module, each with the sentence that says what it does."""
    out = []
    wide = max(len(_pick(language, one.name, one.swedish)) for one in found.forms)
    wrap = TextWrapper(WIDTH, subsequent_indent=" " * (wide + 4), break_long_words=False, break_on_hyphens=False)
    ordered = sorted(found.forms, key=lambda one: (one.module, _pick(language, one.name, one.swedish)))
    for module, forms in groupby(ordered, lambda one: one.module):
        out.append(paint(f"{'använd' if language == 'sv' else 'use'} {module}", BOLD))
        for one in forms:
            name = _pick(language, one.name, one.swedish)
            out.append(wrap.fill(f"  {name:{wide}}  {_pick(language, one.sentence, one.sentence_sv)}"))
        out.append("")
    return "\n".join([*out, paint(_word("more", language), DIM)])


def card(one: FormCard, analysed: Analysed, language: str, paint: Paint) -> str:
    """A form: what it does, its parameters, the headings of its data, and an example that is worked out."""
    world, form = analysed.world, analysed.world.forms[one.name]
    other = one.name if language == "sv" else one.swedish
    title = _pick(language, one.name, one.swedish)
    out = [paint(title, BOLD) + (f" ({other})" if other and other != title else "")]
    out += [f"  {_pick(language, one.sentence, one.sentence_sv)}", "", paint(_word("write", language), BOLD)]
    out += [
        f"  {'använd' if language == 'sv' else 'use'} {one.module}",
        f"  {' '.join([title, *_called(form, language)])}",
        "",
    ]
    if one.parameters:
        out.append(paint(_word("parameters", language), BOLD))
        out += _table([_parameter(p, form, world, language) for p in one.parameters])
    if one.needs:
        out.append(paint(_word("data", language), BOLD))
        for need in one.needs:
            out += _fact(world.facts[need.fact], set(need.columns), language)
        out.append("")
    example = _example(one, analysed, language)
    if example:
        out += [paint(_word("example", language), BOLD), *(f"  {line}" for line in example)]
    return "\n".join(out).rstrip()


def _called(form: core.Form, language: str) -> list[str]:
    """What tells a clause of the form from others of it: its label, or the parameters that are its key."""
    keys = [parameter for parameter in form.parameters if parameter.key]
    if not keys:
        return ['"…"']
    return [word for p in keys for word in ([] if p.first else [_pick(language, p.name, p.swedish)]) + ["…"]]


def _table(rows: list[tuple[str, str, str]]) -> list[str]:
    wide = [max(len(row[at]) for row in rows) for at in (0, 1)]
    return [*(f"  {a:{wide[0]}}  {b:{wide[1]}}  {c}".rstrip() for a, b, c in rows), ""]


def _parameter(shown: ParameterCard, form: core.Form, world: World, language: str) -> tuple[str, str, str]:
    """A parameter's name, what it takes, and what holds when it is left out."""
    kind = next(parameter for parameter in form.parameters if parameter.name == shown.name)
    takes = t.words(kind.type, language, world.unit_names)
    if isinstance(kind.type, t.Table):
        takes += f": {_signature(kind.type.signature, world, language)}"
    left_out = ""
    if shown.optional:
        default = _default(kind.type, shown.default, form, language)
        left_out = f"{_word('default', language)} {default}" if default else _word("optional", language)
    return _pick(language, shown.name, shown.swedish), takes, left_out


def _signature(of: t.Signature, world: World, language: str) -> str:
    """The columns of a table, what it is looked up by first."""

    def told(column: t.ColumnType) -> str:
        kind = "" if isinstance(column.type, t.Code) else t.words(column.type, language, world.unit_names)
        return f"{_pick(language, column.name, column.swedish)} {kind}".strip()

    return f"{', '.join(map(told, of.keys))} → {', '.join(map(told, of.values))}"


def _default(kind: t.Type, written: str, form: core.Form, language: str) -> str:
    """What holds when a parameter is left out, in the reader's language."""
    if isinstance(kind, t.Choice):
        return next((_pick(language, en, sv) for en, sv in kind.words if written in (en, sv)), written)

    def turned(found: re.Match[str]) -> str:
        word = found.group()
        parameter = form.parameter(word)
        if parameter is not None:
            return _pick(language, parameter.name, parameter.swedish)
        return NAMES.get(word) or unit_name(word, language)

    return _NAME.sub(turned, written) if language == "sv" else written


def _fact(fact: Fact, needed: set[str], language: str) -> list[str]:
    """The headings of a fact's file: those that a form needs, and those that may be there as well."""
    first = [c for c in fact.columns if not c.optional or c.name in needed]
    other = [c for c in fact.columns if c not in first]
    wrap = TextWrapper(WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
    head = ";".join(_pick(language, c.name, c.swedish) for c in first)
    out = [f"  {_pick(language, fact.name, fact.swedish)}: {_word('file', language)}", f"    {head}"]
    if other:
        out.append(
            wrap.fill(f"{_word('also', language)}: {', '.join(_pick(language, c.name, c.swedish) for c in other)}")
        )
    for column in first:
        if column.choices:
            words = ", ".join(_pick(language, en, sv) for en, sv in column.choices)
            out.append(wrap.fill(f"{_pick(language, column.name, column.swedish)}: {words}"))
    return out


def _example(one: FormCard, analysed: Analysed, language: str) -> list[str]:
    """The form's first example, in the reader's language."""
    line = next((line for form, line in analysed.world.form_examples if form.name == one.name), None)
    if line is None:
        return []
    file = line.span.file
    read_example(analysed.world, Scope(), line, analysed.texts[file])
    at = LANGUAGES.index(language)
    rename = {span: names[at] for span, names in analysed.uses.items() if span.file == file}
    module = n.Module(file=file, text=analysed.texts[file], lines=(evolve(line, before=()),))
    return format_module(module, to=language, rename=rename).splitlines()
