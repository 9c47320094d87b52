"""What to do about a word that nothing knows: the slips of somebody who is used to spreadsheets and contracts on paper.

A hint is a text in each language that a problem's help is made of; it never decides whether anything is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from dsl import nodes as n
from dsl.diagnostics import nearest
from dsl.lexicon import ENGLISH_NAME, KEYWORDS
from interpreter import core, problems
from interpreter.terms import TERMS
from interpreter.units import unit_elsewhere
from interpreter.world import UNIT_PAIRS, Model, World, pairs

_MADE = "|".join((*KEYWORDS["FORM"], *KEYWORDS["MODEL"]))
_FORM = re.compile(rf"^(?:{_MADE}) +(\w+)(?: *\( *(\w+) *\))?", re.MULTILINE)


def module_of(library: Mapping[str, str], name: str) -> str:
    """The library module that has a form or model of that name, in either language; empty when none has."""
    return next((m for m, text in library.items() if any(name in found.groups() for found in _FORM.finditer(text))), "")


def unknown_form(
    world: World,
    head: n.Name,
    known: Iterable[tuple[str, str]],
    also: Iterable[tuple[str, str]] = (),
) -> None:
    """Report a line that starts with no form's name, and what to do about it.

    Args:
        world: the declarations; the problem is reported to it.
        head: the word it starts with.
        known: the names of the forms there are; `also` what else may start a line.
    """
    word = head.id
    if ENGLISH_NAME.get(word, word) in TERMS:
        do_en = f"`{word}` belongs to the contract's head: indent the line by two blanks below `contract`"
        do_sv = f"`{word}` hör till avtalets huvud: dra in raden två blanksteg under `avtal`"
        world.report(problems.UNKNOWN_FORM, head.span, name=word, belongs="contract", do_en=do_en, do_sv=do_sv)
        return
    module = module_of(world.library, word)
    do_en = "check the spelling, or add `use` with the library module that has it"
    do_sv = "kontrollera stavningen, eller lägg till `använd` med den biblioteksmodul som har den"
    if module:
        do_en = f"it is in the library module {module}: add `use {module}`"
        do_sv = f"den finns i biblioteksmodulen {module}: lägg till `använd {module}`"
    world.unknown(problems.UNKNOWN_FORM, head, known, also, do_en=do_en, do_sv=do_sv)


def like_a_unit(world: World, word: str, owner: core.Form | Model) -> bool:
    """Whether a word behind a number is a unit misspelt, or as it is written on paper, and no keyword misspelt."""
    if owner.parameter(word) is not None:
        return False
    known = [spelling for pair in (*UNIT_PAIRS, *world.unit_names.values()) for spelling in pair]
    keywords = [spelling for pair in pairs(owner.parameters) for spelling in pair]
    return "/" in word or bool(unit_elsewhere(word)) or (bool(nearest(word, known)) and not nearest(word, keywords))


def of_stray(item: n.Item, listed: str) -> dict[str, str]:
    """What to do about something that no keyword stands before.

    Args:
        item: what it is.
        listed: the keywords there are.
    """
    if item.word == "by":
        return {
            "do_en": "write what an amount is per in one word with its unit, as in `1 200 000 kr/year`",
            "do_sv": "skriv vad ett belopp är per i ett ord med enheten, som i `1 200 000 kr/år`",
        }
    return {"do_en": f"put its keyword before it: {listed}", "do_sv": f"sätt nyckelordet före: {listed}"}
