"""One of the two contracts that are compared: its prints, its clauses by a name that both share, its own words."""

from __future__ import annotations

import re

from attrs import define, field, frozen

from dsl.spans import Span
from interpreter import core
from interpreter.diff.changes import Thing, Words
from interpreter.diff.parts import LOOSE, Part, parts
from interpreter.diff.prints import Ids, Limits, Print, Prints, both
from interpreter.diff.reach import reaches_outside
from interpreter.order import expressions
from interpreter.pipeline import Analysed

SHOWN = 72
"""How much of the contract's own words is shown of one value."""


@frozen
class Where:
    """What a change is about, before it is known which.

    Args:
        days: the days outside which a value means nothing for this clause; open when it looks at rows outside them.
    """

    thing: Thing
    key: str
    name: Words
    part: Words
    affects: tuple[str, ...]
    days: Limits = (None, None)


@define(eq=False)
class Side:
    """A contract with what is known of it while it is compared.

    Args:
        analysed: the contract.
        program: what it means.
        ids: shared by both sides.
        days: the first and last day of both contracts together.
        keys: its clauses that both have, by key → the key in the new contract.
        nested: the clauses right inside one, by its key.
    """

    analysed: Analysed
    program: core.Program
    ids: Ids
    days: Limits
    keys: dict[str, str] = field(init=False)
    deep: Prints = field(init=False)
    shallow: Prints = field(init=False)
    nested: dict[str, list[core.Instance]] = field(factory=dict)
    _forms: dict[tuple[int, bool], list[Part]] = field(factory=dict)
    _limits: dict[int, Limits] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        for instance in self.program.instances:
            if instance.parent is not None:
                self.nested.setdefault(instance.parent.key, []).append(instance)
        self.pair({})

    def pair(self, keys: dict[str, str], *, strict: bool = False) -> None:
        """Start printing anew, with what both contracts' clauses are called."""
        self.keys = keys
        self.deep = Prints(self.ids, self.program, keys, strict=strict)
        self.shallow = Prints(self.ids, self.program, keys, deep=False)
        self._forms = {}

    # --- words

    def text(self, span: Span | None) -> str:
        """What stands at a place, on one line and not too long."""
        if span is None:
            return ""
        text = " ".join(re.sub(r"#[^\n]*", "", self.analysed.texts.get(span.file, "")[span.start : span.end]).split())
        return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"

    def block(self, span: Span) -> str:
        """A line at the margin with the lines below it, their blanks evened out."""
        text = self.analysed.texts.get(span.file, "")
        end = re.compile(r"\n(?=[^ \n])").search(text, span.end)
        return " ".join(text[span.start : end.start() if end else len(text)].split())

    def expr(self, e: core.Expr | None) -> Print:
        """The print of an expression where names are only names."""
        return self.shallow.expr(e, LOOSE)

    def name(self, instance: core.Instance) -> Words:
        """A clause's key in (English, Swedish)."""
        found = [(own.form, suffix(own)) for own in chain(instance)]
        return "/".join(f.name + s for f, s in found), "/".join((f.swedish or f.name) + s for f, s in found)

    # --- prints

    def parts(self, form: core.Form, *, deep: bool) -> list[Part]:
        """The lines of a form, printed once."""
        at = (id(form), deep)
        if at not in self._forms:
            self._forms[at] = parts(self.deep if deep else self.shallow, form)
        return self._forms[at]

    def form(self, form: core.Form) -> Print:
        """What a form means: all but its parameters' defaults, which only those clauses take that give nothing."""
        lines = [(tuple(both(*w) for w in p.path), p.print) for p in self.parts(form, deep=True) if not p.named]
        return self.ids.of(("form", tuple(lines), form.outside_base))

    def effective(self, instance: core.Instance, parameter: core.Parameter) -> Print:
        """What a parameter of a clause is: what it is given, what a clause around offers, or its default."""
        argument = instance.arguments.get(parameter.name)
        if argument is None and offered(instance, parameter):
            return self.ids.of("offered")
        return self.ids.of(self.deep.given(parameter, argument, instance.model, self.limits(instance)))

    def limits(self, instance: core.Instance) -> Limits:
        """The days outside which a value means nothing for a clause; open where it looks at rows outside them."""
        at = id(instance)
        if at not in self._limits:
            self._limits[at] = (None, None) if reaches_outside(instance) else self.days
        return self._limits[at]

    def own(self, instance: core.Instance) -> Print:
        """What a clause means by itself, whatever it is called."""
        every = ((both(p.name, p.swedish), self.effective(instance, p)) for p in instance.form.parameters)
        given = {name: print_ for name, print_ in every if print_ != self.ids.of(None)}
        days = (instance.start, instance.end, instance.inside_base, instance.component)
        return self.ids.of((self.form(instance.form), frozenset(given.items()), days))

    def asks(self, instance: core.Instance, *, rows: bool = False) -> Print:
        """What the conditions and limits of a clause ask: they, and the parameters that they ask it by."""
        lines = [part for part in self.parts(instance.form, deep=True) if decides(part, rows=rows)]
        named = {e.name for e in self._asked(instance.form, rows=rows) if isinstance(e, core.Param)}
        asked = [
            (both(p.name, p.swedish), self.effective(instance, p)) for p in instance.form.parameters if p.name in named
        ]
        return self.ids.of((tuple(part.print for part in lines), tuple(sorted(asked))))

    def waits(self, instance: core.Instance, *, rows: bool = False) -> bool:
        """Whether the conditions and limits of a clause ask for what another clause came to."""
        asked = self._asked(instance.form, rows=rows)
        given = [instance.arguments.get(e.name) for e in asked if isinstance(e, core.Param)]
        found = [*asked, *(e for argument in given for e in expressions(argument))]
        return any(isinstance(e, core.Amount | core.Given) for e in found)

    def _asked(self, form: core.Form, *, rows: bool) -> list[core.Node]:
        """Every expression that the conditions and limits of a form are made of, its lets and defaults followed."""
        lines = self.parts(form, deep=False)
        lets: dict[str, list[core.Expr]] = {}
        for part in lines:
            if part.named and part.value is not None:
                lets.setdefault(part.path[-1][0].removeprefix("let "), []).append(part.value)
        stack = [part.value for part in lines if decides(part, rows=rows)]
        found: list[core.Node] = []
        seen: set[str] = set()
        while stack:
            for e in expressions(stack.pop()):
                found.append(e)
                if isinstance(e, core.LetRef) and e.name not in seen:
                    seen.add(e.name)
                    stack += lets.get(e.name, ())
                elif isinstance(e, core.Param) and f"param {e.name}" not in seen:
                    seen.add(f"param {e.name}")
                    declared = form.parameter(e.name)
                    stack.append(declared.default if declared is not None else None)
        return found

    def clause(self, instance: core.Instance) -> Print:
        """What a clause means, with those nested in it, whatever it is called."""
        nested = {(own_name(i), self.clause(i)) for i in self.nested.get(instance.key, ())}
        return self.ids.of((self.own(instance), frozenset(nested)))


LIMITS = ("clamp", "lesser", "greater")
"""The builtins that choose between values as a condition does."""


def decides(part: Part, *, rows: bool = False) -> bool:
    """Whether a line of a form is a condition, or has a condition or limit in its value; of `rows`, one of theirs."""
    if rows:
        return part.condition and any(en.startswith("each ") and en != "each month" for en, _ in part.path)
    chosen = (core.Cases, core.Compare)
    inside = expressions(part.value)
    return part.condition or any(
        isinstance(e, chosen) or (isinstance(e, core.Call) and e.name in LIMITS) for e in inside
    )


def chain(instance: core.Instance) -> list[core.Instance]:
    """A clause after those that it is nested in."""
    found = [instance]
    while found[0].parent is not None:
        found.insert(0, found[0].parent)
    return found


def suffix(instance: core.Instance) -> str:
    """The label or code at the end of a clause's key, in its brackets."""
    own = instance.key.removeprefix(f"{instance.parent.key}/") if instance.parent is not None else instance.key
    return own.removeprefix(instance.form.name)


def own_name(instance: core.Instance) -> str:
    """The last part of a clause's key, whichever of the form's names is declared first."""
    return both(instance.form.name, instance.form.swedish) + suffix(instance)


def offered(instance: core.Instance, parameter: core.Parameter) -> bool:
    """Whether a clause around one offers a parameter's value."""
    around = chain(instance)[:-1]
    return any(name in parameter.spellings for up in around for name, _ in up.form.offers)
