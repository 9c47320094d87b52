"""A clause between text and instance: its arguments told apart by its form's signature, not yet typed."""

from __future__ import annotations

from datetime import date

from attrs import define, field

from dsl import nodes as n
from dsl.spans import Span
from interpreter import core, problems
from interpreter.meeting import example_of
from interpreter.world import Model, Scope, World

Owner = core.Form | Model


@define(eq=False)
class Given:
    """An argument as written: its value, or the dated lines or table rows below it.

    Args:
        start: the day from which an amendment gives it.
        said: where the change that gives it comes from, for what does not say it itself.
    """

    name: n.Name
    value: n.Expr | None
    lines: tuple[n.Line, ...]
    span: Span
    start: date | None = None
    said: core.Provenance = field(factory=core.Provenance)


@define(eq=False)
class Raw:
    """A clause as written, with its arguments told apart by its form's signature.

    `broken` says that something in it is reported already, so that an argument may only seem to be missing; `unvalued`
    are the parameters whose keywords stand there without a value, which is reported and hides no other. `undated` says
    that a dated value without its keyword is reported.
    """

    owner: Owner
    label: str
    code: str
    given: dict[str, list[Given]]
    nested: list[n.Line]
    parent: Raw | None
    span: Span
    words: str
    scope: Scope | None = None
    model: Raw | None = None
    start: date | None = None
    end: date | None = None
    key: str = ""
    children: list[Raw] = field(factory=list)
    broken: bool = False
    unvalued: set[str] = field(factory=set)
    undated: bool = False
    provenance: core.Provenance = field(factory=core.Provenance)
    component: str = ""
    was: str = ""

    @property
    def doubtful(self) -> bool:
        """Whether something in it is reported already, so that what it says can't be judged further."""
        return self.broken or bool(self.unvalued)


def in_force(raw: Raw, day: date) -> bool:
    """Whether amendments leave a clause, and those that it is nested in, in force on a day."""
    up: Raw | None = raw
    while up is not None:
        if (up.end and up.end < day) or (up.start and up.start > day):
            return False
        up = up.parent
    return True


def changed_from(raw: Raw, start: date) -> list[tuple[Raw, Span, date]]:
    """What amendments give a clause, or one nested in it, from a day on: where each does so, and from which day."""
    found = [(raw, g.span, g.start) for given in raw.given.values() for g in given if g.start and g.start >= start]
    found += [(raw, raw.span, raw.start)] if raw.start and raw.start >= start else []
    return found + [one for child in raw.children for one in changed_from(child, start)]


def missing_value(world: World, raw: Raw, parameter: core.Parameter, span: Span) -> None:
    """Report a parameter that a clause needs and does not give; all that one clause lacks are made one at the end."""
    name, kinds = world.called(parameter), world.kind("expected", parameter.type)
    world.report(
        problems.ARGUMENT_MISSING,
        span,
        form=raw.words,
        name=name,
        lacks_en=f"`{name}` ({kinds['expected_en']})",
        lacks_sv=f"`{name}` ({kinds['expected_sv']})",
        it_en="it",
        it_sv="det",
        example=f"{name} {example_of(world, parameter.type)}",
        clause=raw.span.start,
        order=raw.owner.parameters.index(parameter),
    )


def evolve_scope(scope: Scope, clauses: dict[str, core.Form]) -> Scope:
    """A copy of a contract's scope that knows `clauses`."""
    inner = scope.inner()
    inner.clauses = clauses
    return inner


def code_of(value: n.Expr | None) -> str:
    """A code as it is written: `113`, `M1` or `"801A"`."""
    match value:
        case n.Number(text=text):
            return text
        case n.Name(name):
            return name
        case n.Text(text):
            return text
        case _:
            return ""
