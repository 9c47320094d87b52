"""Which clauses depend on what: the forms, tables, lets, sums, indicators and facts that each is worked out from."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter import core, types as t
from interpreter.diff.changes import Thing
from interpreter.order import expressions

Named = tuple[Thing, str]


def reached(program: core.Program) -> dict[str, set[Named]]:
    """What each clause is worked out from, by its key; a clause that it is a share of is not part of that."""
    through: dict[str, set[Named]] = {}
    for let in program.lets:  # each builds on those before it
        through[let.name] = {(Thing.LET, let.name), *_all(let.value, through)}
    inside: dict[int, set[Named]] = {}
    results = {(Thing.FACT, fact.name) for fact in program.facts.values() if fact.indicator}
    found: dict[str, set[Named]] = {}
    for instance in program.instances:
        form = instance.form
        if id(form) not in inside:
            own: set[Named] = {(Thing.FACT, fact) for fact, _ in form.needs}
            for thing in (*form.steps, *(condition for condition, _, _ in form.requires)):
                own.update(_all(thing, {}))
            for p in form.parameters:
                own.update(_all(p.default, {}))
            inside[id(form)] = {(Thing.FORM, form.name), *own}
        things = (*instance.all_arguments(), *_defaults(instance.model))
        given = [named for thing in things for named in _all(thing, through)]
        codes = {name for thing, name in given if thing is Thing.INDICATOR}
        found[instance.key] = {n for n in (*inside[id(form)], *given) if n[0] is not Thing.INDICATOR}
        if results & found[instance.key]:
            found[instance.key] |= {(Thing.INDICATOR, code) for code in (codes or program.indicators)}
    return found


def _defaults(model: core.ModelUse | None) -> Iterator[core.Expr]:
    """What the uses of models that a clause stands in leave to the models' defaults."""
    while model is not None:
        yield from (p.default for p in model.parameters if p.default is not None and p.name not in model.arguments)
        model = model.model


def _all(thing: object, lets: dict[str, set[Named]]) -> Iterator[Named]:
    for e in expressions(thing):
        match e:
            case core.TableRef(name):
                yield Thing.TABLE, name
            case core.LetRef(name, "") if name in lets:
                yield from lets[name]
            case core.Amount(what, _) if what:
                yield Thing.SUBTOTAL, what
            case core.FactRow(fact, _):
                yield Thing.FACT, fact
            case core.Aggregate(_, _, core.Rows(fact)) | core.Pick(_, core.Rows(fact)):
                yield Thing.FACT, fact
            case core.Const(str() as code) if isinstance(e.type, t.Code):
                yield Thing.INDICATOR, code
            case _:
                pass


def reaches_outside(instance: core.Instance) -> bool:
    """Whether a clause looks at rows outside the settled period, so that values outside the contract's days count."""
    for thing in (*instance.form.steps, *instance.all_arguments()):
        for rows in _rows(thing):
            if rows.window is not None:
                return True
    return False


def _rows(thing: object) -> Iterator[core.Rows]:
    for e in expressions(thing):
        if isinstance(e, core.Aggregate | core.Pick) and e.rows is not None:
            yield e.rows
    stack = [thing]
    while stack:
        step = stack.pop()
        if isinstance(step, core.Each):
            stack.extend(step.steps)
            if step.rows is not None:
                yield step.rows
        elif isinstance(step, core.When):
            stack.extend(s for then in (*(then for _, then in step.cases), step.otherwise) for s in then)
