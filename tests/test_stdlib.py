"""The standard library: every form says what it does, where it comes from, in both languages, and shows it by examples.

The modules are found, never listed: a new one is tested by being there.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from avtal import api
from dsl import nodes as n
from dsl.formatter import format_module
from dsl.parse import parse
from interpreter import core
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
