"""A form as the parts that a change can be in, and the smallest pieces in which two expressions differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve, fields, frozen

from dsl.lexicon import KEYWORDS
from dsl.spans import Span
from interpreter import core, types as t
from interpreter.diff.changes import Words
from interpreter.diff.prints import NOT_MEANT, Around, Print, Prints, both
from interpreter.scopes import derived_columns, own_lets


@frozen
class Part:
    """A line of a form.

    Args:
        path: what it stands in and what it is, in (English, Swedish).
        print: what it means, looked through.
        condition: whether it decides if something holds, rather than what it comes to.
        named: it is a let, which means something only where it is used.
    """

    path: tuple[Words, ...]
    print: Print
    value: core.Expr | None
    span: Span
    condition: bool = False
    named: bool = False

    @property
    def words(self) -> Words:
        """The path in both languages."""
        return " / ".join(p[0] for p in self.path), " / ".join(p[1] for p in self.path)


def word(terminal: str, *more: Words) -> Words:
    """A keyword with what follows it."""
    en, sv = KEYWORDS[terminal]
    return " ".join([en, *(m[0] for m in more)]).strip(), " ".join([sv, *(m[1] for m in more)]).strip()


def same(text: str) -> Words:
    """A text that is the same in both languages."""
    return text, text


def around(form: core.Form) -> Around:
    """What the steps of a form see: its parameters, its lets, and the lets of its rows."""
    found = Around(form=form)
    found.lets = {name: (value, found) for name, value in own_lets(form.steps).items()}
    found.columns = {at: (d.row, d.value, found) for at, d in derived_columns(form.steps).items()}
    return found


def parts(prints: Prints, form: core.Form) -> list[Part]:
    """The lines of a form that mean something, in their order."""
    scope = around(form)
    for value, where in scope.lets.values():  # in their order, so that none is entered deeper than one
        prints.expr(value, where)
    for (fact, _), (row, value, where) in scope.columns.items():
        prints.expr(value, where.with_row(row, fact))
    found = [*_steps(prints, form, form.steps, scope, ())]
    for condition, _, span in form.requires:
        found.append(Part((word("REQUIRES"),), prints.expr(condition, scope), condition, span, condition=True))
    return [*found, *_ranges(prints, form)]


def _ranges(prints: Prints, form: core.Form) -> Iterator[Part]:
    """The ranges of a form's parameters, which what they stand for must lie in; their lines show them."""
    for p in sorted(form.parameters, key=lambda p: both(p.name, p.swedish)):
        if p.range != t.ANYTHING:
            shown = core.Const(None, type=p.type, span=p.span)
            bounds = prints.ids.of(("range", p.range.low, p.range.high))
            yield Part((word("PARAM", (p.name, p.swedish or p.name)),), bounds, shown, p.span, condition=True)


def _steps(
    prints: Prints, form: core.Form, steps: Sequence[core.Stmt], scope: Around, path: tuple[Words, ...]
) -> Iterator[Part]:
    spelled = dict(form.spellings)
    for step in steps:
        match step:
            case core.Let(name, value):
                own = word("LET", (name, spelled.get(name, name)))
                yield Part((*path, own), prints.expr(value, scope), value, step.span, named=True)
            case core.Pays(label, value):
                own = word("PAYS", *([same(f'"{label}"')] if label else []))
                yield Part((*path, own), prints.ids.of((label, prints.expr(value, scope))), value, step.span)
            case core.Gives(name, value):
                own = word("GIVES", (name, spelled.get(name, name)))
                yield Part((*path, own), prints.expr(value, scope), value, step.span)
            case core.Offer(name, value):
                yield Part((*path, word("INSIDE", same(name))), prints.expr(value, scope), value, step.span)
            case core.Unsettled(condition, _):
                own = word("UNSETTLED")
                yield Part((*path, own), prints.expr(condition, scope), condition, step.span, condition=True)
            case core.When(cases, otherwise):
                for condition, then in cases:
                    own = word("WHEN")
                    yield Part((*path, own), prints.expr(condition, scope), condition, condition.span, condition=True)
                    yield from _steps(prints, form, then, scope, (*path, own))
                yield from _steps(prints, form, otherwise, scope, (*path, word("OTHERWISE")))
            case core.Each():
                own = _each(prints, step)
                head, inner = entered(prints, step, scope)
                where = step.rows.where if step.rows is not None else None
                yield Part((*path, own), head, where, step.span, condition=True)
                yield from _steps(prints, form, step.steps, inner, (*path, own))


def _each(prints: Prints, step: core.Each) -> Words:
    if step.rows is None:
        return word("EACH", ("month", "månad"))
    fact = prints.program.facts[step.rows.fact]
    return word("EACH", (fact.name, fact.swedish or fact.name))


def entered(prints: Prints, step: core.Each, scope: Around) -> tuple[Print, Around]:
    """The head of an `each`, and what its steps see."""
    if step.rows is None:
        inner = evolve(scope)
        head: object = "each month"
    else:
        rows, fact = step.rows, step.rows.fact
        by = tuple(prints.column(fact, name) for name in step.by)
        spell = prints.expr(step.spell, scope.with_row(rows.row, fact)) if step.spell is not None else None
        head = ("each", prints.rows(rows, scope), by, spell)
        if not step.by and step.spell is None:
            outer = evolve(scope)
            own = {(fact, name): (rows.row, value, outer) for name, value in own_lets(step.steps).items()}
            outer.columns = {**scope.columns, **own}
            return prints.ids.of(head), outer.with_row(rows.row, fact)
        inner = evolve(scope)
    inner.lets = {**scope.lets, **{name: (value, inner) for name, value in own_lets(step.steps).items()}}
    return prints.ids.of(head), inner


def narrowed(
    old: core.Expr, new: core.Expr, prints: tuple[Prints, Prints]
) -> tuple[list[tuple[core.Expr, core.Expr]], bool]:
    """The pieces in which two expressions differ, each inside the one before, and whether the last is in a condition.

    Args:
        old, new: expressions that differ.
        prints: shallow prints of both contracts, which say what differs.
    """
    condition = False
    found = [(old, new)]
    while type(old) is type(new):
        inner = [
            pair
            for pair in zip(_children(old), _children(new), strict=False)
            if prints[0].expr(pair[0][0], LOOSE) != prints[1].expr(pair[1][0], LOOSE)
        ]
        if len(inner) != 1 or len(_children(old)) != len(_children(new)):
            break
        ((old, decides), (new, _)) = inner[0]
        condition = condition or decides
        found.append((old, new))
    return found, condition


LOOSE = Around()
"""Where names are only names."""

DECIDES = (core.Compare, core.Among, core.Between, core.Logic, core.Not, core.Presence)


def _children(e: core.Expr) -> list[tuple[core.Expr, bool]]:
    """The expressions right inside one, each with whether it decides something."""
    if isinstance(e, core.Cases):
        cases = [pair for condition, value in e.cases for pair in ((condition, True), (value, False))]
        return [*cases, (e.otherwise, False)]
    found: list[tuple[core.Expr, bool]] = []
    stack: list[tuple[object, bool]] = [(e, isinstance(e, DECIDES))]
    while stack:
        top, decides = stack.pop()
        if isinstance(top, tuple):
            stack.extend((one, decides) for one in reversed(top))
        elif isinstance(top, core.Rows):
            stack.extend([(top.window, True), (top.where, True)])
        elif top is e or isinstance(top, core.Window):
            names = [a.name for a in fields(type(top)) if a.name not in NOT_MEANT]
            stack.extend((getattr(top, name), decides) for name in reversed(names))
        elif isinstance(top, core.Node):
            found.append((top, decides))  # type: ignore[arg-type]  # every node is an expression
    return found
