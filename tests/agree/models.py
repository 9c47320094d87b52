"""Models: clauses with parameters of their own, which hand them on to those of the clauses."""

from __future__ import annotations

from attrs import define, evolve, field

from agree import kinds as k
from agree.case import Given, Piece
from agree.forms import Forms, FormSpec, Param
from agree.said import Said


@define
class Model:
    """A model as it is declared, how it is used, and the clauses that it brings, by key."""

    lines: list[str] = field(factory=list)
    use: list[Piece] = field(factory=list)
    clauses: list[tuple[str, FormSpec]] = field(factory=list)


def model(forms: Forms, known: list[FormSpec], said: Said) -> Model:
    """A model of a clause or two, whose forms are declared before it.

    Args:
        forms: makes a form for it.
        known: forms that are there already, one of which it may use.
        said: what its use says.
    """
    r, names = said.writer.random, said.writer.names
    found = Model()
    own = next((form for form in (forms.make() for _ in range(4)) if form.params), None) or forms.make()
    clauses = [
        (own, names.name("L")),
        *((r.choice(known), names.name("L")) for _ in range(r.choice((0, 0, 1))) if known),
    ]
    params: list[Param] = []
    body: list[str] = []
    for form, label in clauses:
        body.append(f'  {form.name} "{label}"')
        for p in form.params:
            lines = handed(p, params, said) if r.random() < 0.6 else said.of(p, form)
            body += [f"    {line}" for line in lines]
        found.clauses.append((f'{form.name}["{label}"]', form))
    name = names.name("m")
    declared = [f"  {p.text}" for p in params]
    found.lines = [*own.lines, "", f"model {name} ({name}s)", '  "Shared."', *declared, *body, ""]
    found.use = [name, *(Given(p, own, "  ", tuple(said.of(p, own))) for p in params)]
    form, label = r.choice(clauses)
    if form.params and r.random() < 0.3:
        p = r.choice(form.params)
        found.use += [f'  {form.name} "{label}"', Given(p, form, "    ", tuple(said.of(p, form)))]
    found.use.append("")
    return found


def handed(p: Param, params: list[Param], said: Said) -> list[str]:
    """What a clause of a model says of a parameter: one of the model's, which is added to `params`."""
    r = said.writer.random
    if p.offered or p.low:
        return said.of(p, FormSpec(""))
    name = said.writer.names.name("p")
    per = k.RATES[p.kind][0] if p.kind in k.RATES and r.random() < 0.5 else ""
    kind = p.text.partition(" : ")[2].partition(" = ")[0].removesuffix(" optional")
    params.append(evolve(p, name=name, text=f"param {name} : {per or kind}", optional=False, default=False, per=per))
    if p.kind not in k.NUMERIC or r.random() < 0.5:
        return [f"{p.name} {name}"]
    if r.random() < 0.5:
        return [f"{p.name} ({name} * 2)"]
    first, *later = said.days()
    return [p.name, f"  from {first} {name}", *(f"  from {day} (previous + {name})" for day in later)]
