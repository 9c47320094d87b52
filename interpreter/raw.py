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
