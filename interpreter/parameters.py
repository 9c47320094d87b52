"""What a form or model declares before it pays: its sentence and source, its parameters, the facts it needs."""

from __future__ import annotations

from collections.abc import Sequence

from dsl import nodes as n
from interpreter import core, problems, types as t
from interpreter.elaborate import elaborate
from interpreter.meeting import absorbed, per_period, wrong_type
from interpreter.ranges import declared
from interpreter.tables import signature, type_of
from interpreter.units import time_ratio
from interpreter.world import Needs, Scope, World, pairs

FLAGS = ("key", "first", "share", "indicator")
"""What a parameter may be beside its type; an indicator is a code."""
MARKS = {
    "key": {"what_en": "that they are the clause's key", "what_sv": "att de är postens nyckel"},
    "first": {"what_en": "that they come first", "what_sv": "att de står först"},
}


def documentation(world: World, lines: Sequence[n.Line]) -> tuple[tuple[str, str], str]:
    """The sentence of a declaration's block in (English, Swedish), and its source.

    A second sentence is the first in the other language.
    """
    sentences = [ln.statement.text for ln in lines if isinstance(ln.statement, n.Sentence)]
    sentence = world.both(*sentences[:2]) if sentences else ("", "")
    source = next((ln.statement.text.value for ln in lines if isinstance(ln.statement, n.Source)), "")
    return sentence, source


def param_type(world: World, written: n.TypeExpr) -> tuple[t.Type, dict[str, bool]]:
    """The type of a parameter or column, and its flags (`optional`, `key`, `first`, `share`, `indicator`)."""
    flags: dict[str, bool] = {}
    kind: t.Type = t.FRACTION
    match written:
        case n.TypeChoice(choices, optional):
            flags["optional"] = optional
            pairs = tuple((c.name.id, c.alias.id if c.alias else c.name.id) for c in choices)
            for choice in choices:
                world.named(choice.name, choice.alias)
            kind = t.Choice(pairs)
        case n.TypeTable(s):
            kind = t.Table(signature(world, s))
        case n.TypeWords(words, optional=optional):
            flags["optional"] = optional
            said = [(word, world.core_name(word, *FLAGS)) for word in words]
            flags |= {flag: True for _, flag in said if flag}
            default = t.Code() if "indicator" in flags else t.FRACTION
            kind = type_of(world, [word for word, flag in said if not flag], default)
    return kind, flags


def parameters(world: World, lines: Sequence[n.Line]) -> dict[str, core.Parameter]:
    """The parameters declared in a block, under both names."""
    found: dict[str, core.Parameter] = {}
    marked: dict[str, n.Name] = {}
    for line in lines:
        match line.statement:
            case n.Declare(kind="param") as d:
                kind, flags = param_type(world, d.type)
                for name in (d.name, d.alias):
                    if name is not None and world.is_unit(name.id):
                        world.report(problems.UNIT_AS_NAME, name.span, name=name.id)
                    if name is not None and name.id in found:
                        world.report(problems.TWO_WITH_ONE_NAME, name.span, name=name.id)
                default = None
                scope = Scope(parameters=found)
                if d.default is not None:
                    default = of_type(world, elaborate(world, scope, d.default, kind), kind, d.name.id)
                parameter = core.Parameter(
                    name=d.name.id,
                    swedish=d.alias.id if d.alias else "",
                    type=kind,
                    optional=flags.get("optional", False),
                    key=flags.get("key", False),
                    first=flags.get("first", False),
                    share=flags.get("share", False),
                    indicator=flags.get("indicator", False),
                    default=default,
                    range=range_of(world, kind, d.type, d.name.id),
                    span=line.span,
                )
                for flag in ("key", "first"):
                    if flags.get(flag):
                        if flag in marked:
                            both = {"first": marked[flag].id, "second": d.name.id}
                            world.report(problems.TWO_SAY, d.name.span, marked[flag].span, **both, **MARKS[flag])
                        marked.setdefault(flag, d.name)
                world.declare(found, parameter, d.name, d.alias)
            case _:
                pass
    return found


def range_of(world: World, kind: t.Type, written: n.TypeExpr, what: str) -> t.Range:
    """The range that a parameter or a column declares."""
    return declared(world, kind, written.low, written.high, what) if isinstance(written, n.TypeWords) else t.ANYTHING


def of_type(world: World, found: core.Expr, want: t.Type, what: str) -> core.Expr:
    """`found` as a value of type `want`: a rate per time becomes an amount, another type is reported."""
    if isinstance(found.type, t.Unknown) or isinstance(want, t.Unknown) or found.type == want:
        bare = isinstance(found, core.Const) and isinstance(want, t.Num) and want.unit.name == "%"
        if bare and isinstance(found.type, t.Num) and not found.type.unit.name:
            wrong_type(world, found, want, f"`{what}`")
        return found
    match want, found.type:
        case t.Num(unit), t.Num(own) if time_ratio(own.dimension, unit.dimension):
            return per_period(found, unit)
        case _:
            pass
    wrong_type(world, found, want, f"`{what}`")
    return absorbed(found.span)


def needs(world: World, lines: Sequence[n.Line]) -> dict[str, Needs]:
    """What the form needs: facts with the columns it may see."""
    found: dict[str, Needs] = {}
    for line in lines:
        if not isinstance(line.statement, n.Needs):
            continue
        name = line.statement.fact
        fact = world.facts.get(name.id)
        if fact is None:
            world.unknown(problems.UNKNOWN_FACT, name, pairs(world.facts.values()))
            continue
        world.use(name.span, fact.name, fact.swedish)
        columns = set()
        for column_name in line.statement.columns:
            column = fact.column(column_name.id)
            if column is None:
                world.unknown(problems.UNKNOWN_COLUMN, column_name, pairs(fact.columns), of=world.called(fact))
            else:
                world.use(column_name.span, column.name, column.swedish)
                columns.add(column.name)
        found[fact.name] = Needs(
            fact, frozenset(columns) | (found[fact.name].columns if fact.name in found else frozenset())
        )
    return found
