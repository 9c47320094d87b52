"""Clause lines that say in another way what the language has a way of its own for: told as that, and read as meant.

Guarantees: each is one problem, and what is left can be read as any clause line.
"""

from __future__ import annotations

from collections.abc import Sequence

from dsl import nodes as n
from dsl.lexicon import UNITS
from dsl.spans import Span
from interpreter import problems, types as t
from interpreter.raw import Owner, Raw
from interpreter.units import unit_elsewhere
from interpreter.world import World

_KRONOR = frozenset(spelling for spellings in UNITS["kr"] for spelling in spellings)


def as_meant(world: World, owner: Owner, items: Sequence[n.Item], argument: str = "") -> list[n.Item]:
    """The items of a clause line as they would be written.

    Args:
        world: the units; problems are reported to it.
        owner: the form or model of the clause.
        items: those of its line, or of the line of one argument.
        argument: the keyword that the argument's line begins with; empty for a clause's own line.
    """
    rest = _without_commas(world, items)
    if not argument and owner.name not in world.unread:
        rest = _with_label(world, owner, rest)
    made: list[n.Item] = []
    while rest:
        item, *behind = rest
        unit = item.value if isinstance(item.value, n.Name) and not _keyword(owner, item) else None
        if item.word == "from" and owner.parameters:
            keyword = next((before.value for before in reversed(made) if _keyword(owner, before)), None)
            _dated(world, owner, item.span, keyword.id if isinstance(keyword, n.Name) else argument)
            at = next((i for i, other in enumerate(rest) if _keyword(owner, other)), len(rest))
            rest = rest[at:]
        elif _number(item):
            size, right = _in_words(world, owner, behind)
            made += [item, *_as_unit(world, behind[:size], right)]
            rest = behind[size:]
        elif unit is not None and behind and _number(behind[0]) and world.is_unit(unit.id):
            world.report(problems.UNIT_DIVIDED, item.span, name=unit.id)
            size, _ = _in_words(world, owner, behind[1:])
            made += [behind[0], item]
            rest = behind[1 + size :]
        else:
            made.append(item)
            rest = behind
    return made


def undated(world: World, raw: Raw, line: n.Line) -> None:
    """Report the first of the dated values that stand in a clause's block without the keyword of what they are."""
    if not raw.undated:
        _dated(world, raw.owner, line.span, "")
    raw.broken = raw.undated = True


def _dated(world: World, owner: Owner, span: Span, keyword: str) -> None:
    first = next((p for p in owner.parameters if p.first), owner.parameters[0])
    world.report(problems.DATED_ELSEWHERE, span, name=world.called(owner.parameter(keyword) or first))


def _keyword(owner: Owner, item: n.Item) -> bool:
    return isinstance(item.value, n.Name) and owner.parameter(item.value.id) is not None


def _without_commas(world: World, items: Sequence[n.Item]) -> list[n.Item]:
    commas = [item.span for item in items if item.word == ","]
    if commas:
        world.report(problems.COMMA_BETWEEN, *commas)
    return [item for item in items if item.word != ","]


def _with_label(world: World, owner: Owner, items: list[n.Item]) -> list[n.Item]:
    """A label that was meant by the words before an amount, where the form's first value is no word."""
    first = next((p for p in owner.parameters if p.first), None)
    words = []
    for item in items:
        if not isinstance(item.value, n.Name) or _keyword(owner, item) or world.is_unit(item.value.id):
            break
        words.append(item.value)
    behind = items[len(words)].value if len(words) < len(items) else None
    if not words or not isinstance(behind, n.Number) or (first is not None and not isinstance(first.type, t.Num)):
        return items
    span = words[0].span.to(words[-1].span)
    label = n.Text(" ".join(word.id for word in words), span=span)
    world.report(problems.LABEL_UNQUOTED, span, found=label.value)
    return [n.Item(label, span=span), *items[len(words) :]]


def _number(item: n.Item) -> bool:
    value = item.value
    return isinstance(value.of if isinstance(value, n.Minus) else value, n.Number)


def _in_words(world: World, owner: Owner, items: Sequence[n.Item]) -> tuple[int, str]:
    """How many of some items are the unit of the number before them, and how the language writes it."""
    words = []
    for item in items[:4]:
        if _keyword(owner, item) or not (isinstance(item.value, n.Name) or item.word == "by"):
            break
        words.append(item.value.id if isinstance(item.value, n.Name) else "per")
    if not words:
        return 0, ""
    word, *per = words[0].split("/")
    own = unit_elsewhere(word)
    money, *rest = (words[1:2] or [""])[0].split("/")
    if own and not per and money in _KRONOR:
        size, unit = 2, "/".join((own, *rest))
    elif own == "%" or (own and word.casefold().endswith("sek")):
        size, unit = 1, "/".join((own, *per))
    elif world.is_unit(words[0]):
        size, unit = 1, words[0]
    else:
        return 0, ""
    if words[size : size + 1] == ["per"] and len(words) > size + 1 and world.is_unit(words[size + 1]):
        size, unit = size + 2, f"{unit}/{words[size + 1]}"
    return size, unit


def _as_unit(world: World, items: Sequence[n.Item], right: str) -> list[n.Item]:
    """One item for the unit that some items are, which is reported when it is written in another way."""
    if not items:
        return []
    span = items[0].span.to(items[-1].span)
    found = " ".join(item.value.id if isinstance(item.value, n.Name) else world.word(item.word) for item in items)
    if found != right:
        world.report(problems.UNIT_IN_WORDS, span, found=found, right=right)
    return [n.Item(n.Name(right, span=span), span=span)]
