"""The standard library: every form says what it does, where it comes from, in both languages, and shows it by examples.

The modules are found, never listed: a new one is tested by being there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from avtal import api
from dsl import nodes as n
from dsl.formatter import format_module
from dsl.parse import parse
from interpreter import core, types as t
from interpreter.results import pays
from interpreter.world import World

LIBRARY = Path(__file__).parent.parent / "stdlib_rules"
MODULES = sorted(LIBRARY.glob("*.avtal"))


def world(module: Path) -> World:
    return api.load(module).analysed.world


def own_forms(module: Path) -> list[core.Form]:
    file = api.load(module).analysed.module.file
    return list({f.name: f for f in world(module).forms.values() if f.span.file == file}.values())


FORMS = [(module, form) for module in MODULES for form in own_forms(module)]


def test_there_is_a_library() -> None:
    assert {"facts", "common", "sll"} <= {module.stem for module in MODULES}
    assert len(FORMS) > 10


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.stem)
def test_a_module_has_nothing_to_remark_on(module: Path) -> None:
    assert [d.message("en") for d in api.load(module).diagnostics] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.stem)
def test_every_example_holds(module: Path) -> None:
    results = api.test(api.load(module))
    assert [(r.name, d.message("en")) for r in results for d in r.diagnostics] == []
    assert all(r.ok for r in results)
    written = [ln for ln in _form_lines(module) if isinstance(ln.statement, n.Example)]
    assert len(results) == len(written)


def _form_lines(module: Path) -> list[n.Line]:
    lines = parse(module.read_text("utf-8"), module.name).module.lines
    forms = [ln for ln in lines if isinstance(ln.statement, n.Define) and ln.statement.kind == "form"]
    return [inner for form in forms for inner in form.block]


@pytest.mark.parametrize(("module", "form"), FORMS, ids=lambda x: x.stem if isinstance(x, Path) else x.name)
def test_a_form_is_documented(module: Path, form: core.Form) -> None:
    assert form.sentence.endswith("."), "a form says what it does in a sentence"
    assert form.source, "a form says where it comes from"
    assert form.swedish, "a form has a name in both languages"
    examples = [line for f, line in world(module).form_examples if f.name == form.name]
    assert examples, "a form shows what it does by an example"


@pytest.mark.parametrize(("module", "form"), FORMS, ids=lambda x: x.stem if isinstance(x, Path) else x.name)
def test_an_example_of_a_form_uses_the_form(module: Path, form: core.Form) -> None:
    for owner, line in world(module).form_examples:
        if owner.name == form.name:
            heads = [ln.statement.head.id for ln in line.block if isinstance(ln.statement, n.Clause)]
            assert {form.name, form.swedish} & set(heads), line.statement


def _lines(lines: Sequence[n.Line]) -> Iterator[n.Line]:
    for line in lines:
        yield line
        if not isinstance(line.statement, n.Example):
            yield from _lines(line.block)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.stem)
def test_what_a_reader_meets_is_said_in_both_languages(module: Path) -> None:
    lines = parse(module.read_text("utf-8"), module.name).module.lines
    one_sentence = [
        ln.statement
        for ln in lines
        if isinstance(ln.statement, n.Define) or (isinstance(ln.statement, n.Clause) and ln.block)
        if sum(isinstance(inner.statement, n.Sentence) for inner in ln.block) != 2
    ]
    assert one_sentence == []
    forms = [inner for ln in lines if isinstance(ln.statement, n.Define) for inner in _lines(ln.block)]
    for statement in (inner.statement for inner in forms):
        match statement:
            case n.Let(alias=None) | n.Gives(alias=None) | n.Requires(other=None) | n.Unsettled(other=None):
                pytest.fail(f"in one language only: {statement}")
            case _:
                pass


SUMS = {"on", "whole", "gross", "penalties_of"}
"""Parameters for the sums that a share is taken of, which may be negative."""
OF_A_SUM = {"withheld", "environment", "quality_domain"}
"""Forms whose amount is a share of such a sum."""
WITHOUT_COMPONENT = {"advances", "payment_lines"}
"""Forms that pay what was settled elsewhere."""


@pytest.mark.parametrize(("module", "form"), FORMS, ids=lambda x: x.stem if isinstance(x, Path) else x.name)
def test_a_form_refuses_nonsense_and_says_what_it_pays_for(module: Path, form: core.Form) -> None:
    for p in form.parameters:
        columns = [*p.type.signature.values] if isinstance(p.type, t.Table) else []
        for name, kind, known in [(p.name, p.type, p.range), *((c.name, c.type, c.range) for c in columns)]:
            money = isinstance(kind, t.Num) and (kind.unit.name == "%" or ("kr", 1) in kind.unit.dimension)
            if money and name not in SUMS and not (form.name in OF_A_SUM and name == "amount"):
                assert known.low is not None, f"{module.stem}: {form.name} takes any {name}"
    assert form.component or not pays(form.steps) or form.name in WITHOUT_COMPONENT


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.stem)
def test_a_module_keeps_its_examples_in_both_vocabularies(module: Path, tmp_path: Path) -> None:
    contract = api.load(module)
    before = [(r.name, r.ok) for r in api.test(contract)]
    analysed = contract.analysed
    rename = {span: sv for span, (_, sv) in analysed.uses.items() if span.file == analysed.module.file}
    swedish = tmp_path / "svenska.avtal"
    swedish.write_text(format_module(analysed.module, to="sv", rename=rename), "utf-8")
    assert [d.message("en") for d in api.load(swedish).diagnostics] == []
    assert [(r.name, r.ok) for r in api.test(api.load(swedish))] == before
