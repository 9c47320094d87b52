"""All payment lines of a settlement as one query, so that millions of them go from the data to a file unseen.

A line is narrow until it has its place: numbers, one key, and the number `g` of what it has in common with others
(clause, label, unit, place in the text). Whoever writes the file puts the words in after sorting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import frozen

from dsl.alike import Alike, Shown
from interpreter import core
from interpreter.sets.lines import price_and_volume
from interpreter.sets.points import Ask
from interpreter.sets.rowset import cell
from interpreter.sets.sites import Site, lowered_each
from interpreter.sets.values import Num, Refused, Text, literal

MILLIONTHS = 10**6
COLUMNS = ("l", "c", "b", "o", "p", "g", "d", "ki", "kt", "q", "u", "m", "f", "n", "x")
"""Settlement, clause, part of it, line in the part, payment of the row, words; day, key, quantity, price, amount, file,
line, and the exact amount where it is finer than millionths."""


@frozen(eq=False, repr=False)
class Origin(Shown):
    """Where lines come from: the `each` that pays them, in a scope of a site."""

    site: Site
    step: core.Each
    ask: Ask


@frozen(eq=False, repr=False)
class Place(Alike):
    """Where a block of lines stands: the numbers of its settlement and clause, and of the block in the clause."""

    settlement: int
    clause: int
    block: int


def bulk(
    blocks: Sequence[tuple[Place, Origin]], words: Callable[[core.Pays, str], int], file: Callable[[str], int]
) -> str:
    """The lines of one `each` in many scopes, as a SELECT of `COLUMNS`.

    Args:
        blocks: its scopes with their places; all of the same `each` and site.
        words: gives the number of the words of a `pays`, with the unit of its quantity.
        file: gives the number of a data file.

    Raises:
        Refused: a query can't say them: more than one key, or amounts finer than millionths.
    """
    site, step = blocks[0][1].site, blocks[0][1].step
    if step.by or step.spell is not None:
        raise Refused("lines of groups")
    made = lowered_each(site, step, [origin.ask for _, origin in blocks])
    rowset, relation = made.lowering.rowset, site.relation
    fact = relation.fact
    if len(fact.keys) != 1:
        raise Refused("lines of rows without one key")
    key = relation.columns[fact.keys[0]]
    day = relation.columns[fact.dated].sql if fact.dated else "CAST(NULL AS DATE)"
    rowset.used |= dict.fromkeys([key.sql, "f", "n", *([day] if fact.dated else [])])
    points = rowset.points
    place = [
        points.column("INTEGER", [getattr(blocks[p.ask][0], name) for p in points.points])
        for name in ("settlement", "clause", "block")
    ]
    number, text = "CAST(NULL AS BIGINT)", "CAST(NULL AS VARCHAR)"
    match cell(key):
        case Num(scale=1):
            number = key.sql
        case Text():
            text = key.sql if key.codes is None else decoded_text(key.sql, key.codes)
        case _:
            raise Refused("lines of rows with such a key")
    numbered = choice("f", [file(name) for name in relation.files])
    selects: list[str] = []
    for at, (pays, path, amount) in enumerate(made.pays):
        product = price_and_volume(pays.value, made)
        own = words(pays, product.unit.name if product is not None else "")
        quantity, price = (millionths(product.quantity), millionths(product.price)) if product else (None, None)
        empty = "CAST(NULL AS BIGINT)"
        cells = [*place, "0", str(at), str(own), day, number, text, quantity or empty, price or empty]
        named = [
            f"{sql} AS {name}"
            for sql, name in zip(
                [*cells, millionths(amount), numbered, "n", "CAST(NULL AS VARCHAR)"], COLUMNS, strict=True
            )
        ]
        sql, _ = rowset.sql(", ".join(named), f" WHERE {path}" if path else "")
        selects.append(site.tables.dialect.final(sql))
    return " UNION ALL ".join(selects)


def millionths(value: Num) -> str:
    """A number in whole millionths.

    Raises:
        Refused: it may be finer, or too large for a line.
    """
    factor = MILLIONTHS // value.scale
    if MILLIONTHS % value.scale or max(abs(value.low), abs(value.high)) * factor >= 10**18:
        raise Refused("a line finer than millionths")
    return f"CAST({value.sql} AS BIGINT)" if factor == 1 else f"(CAST({value.sql} AS BIGINT) * {literal(factor)})"


def choice(index: str, values: Sequence[int]) -> str:
    """One of some numbers by its place among them, from 0."""
    if list(values) == list(range(len(values))):
        return index
    return f"([{', '.join(map(str, values))}])[{index} + 1]"


def decoded_text(index: str, texts: Sequence[str]) -> str:
    """One of some texts by its place among them, from 0; a brace in one is none of those that a dialect fills in."""
    quoted = ", ".join("'" + text.replace("'", "''").replace("{", "' || chr(123) || '") + "'" for text in texts)
    return f"([{quoted}])[{index} + 1]"
