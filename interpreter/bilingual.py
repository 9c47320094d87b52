"""A Swedish file's declarations with the English name first, as in an English file.

A name outside parentheses is in the language of its file, the one inside is in the other. From here on a thing has an
English name, by which keys, lines and results know it whatever its file is written in, and a Swedish one. A name that
stands alone is its own in both.
"""

from __future__ import annotations

from attrs import evolve

from dsl import nodes as n


def english_first(line: n.Line) -> n.Line:
    """A line of a Swedish file and those below it, every pair of names with the English one first."""
    return evolve(line, statement=_statement(line.statement), block=tuple([english_first(ln) for ln in line.block]))


def _statement(s: n.Statement) -> n.Statement:
    match s:
        case n.Declare(name=name, alias=alias, type=kind):
            return evolve(s, name=alias or name, alias=alias and name, type=_type(kind))
        case n.DefineTable(name=name, alias=alias, signature=signature):
            return evolve(s, name=alias or name, alias=alias and name, signature=_signature(signature))
        case n.Define(name=name, alias=alias) | n.Let(name=name, alias=alias) | n.Gives(name=name, alias=alias):
            return evolve(s, name=alias or name, alias=alias and name)
        case n.DefineUnit(names=names, aliases=aliases):
            return evolve(s, names=aliases or names, aliases=aliases and names)
        case n.When(then=n.Gives() as then) | n.Otherwise(then=n.Gives() as then):
            return evolve(s, then=evolve(then, name=then.alias or then.name, alias=then.alias and then.name))
        case _:
            return s


def _type(kind: n.TypeExpr) -> n.TypeExpr:
    match kind:
        case n.TypeChoice(choices):
            swapped = [evolve(c, name=c.alias or c.name, alias=c.alias and c.name) for c in choices]
            return evolve(kind, choices=tuple(swapped))
        case n.TypeTable(signature):
            return evolve(kind, signature=_signature(signature))
        case n.TypeWords():
            return kind


def _signature(signature: n.Signature) -> n.Signature:
    keys, values = (
        tuple([evolve(item, name=item.alias or item.name, alias=item.alias and item.name) for item in side])
        for side in (signature.keys, signature.values)
    )
    return evolve(signature, keys=keys, values=values)
