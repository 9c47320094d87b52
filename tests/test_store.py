"""A program survives being stored, to the last field; no text that is not one of ours becomes a program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given, settings, strategies as st

from avtal.contract import load
from avtal.sources import Hashes, library
from dsl.spans import NOWHERE, Span
from interpreter import core, shapes, store
from interpreter.casts import Drawn, Late
from interpreter.columns import KeptLines
from interpreter.facts import Column, Fact, Kind
from interpreter.packed import unjoined, unpacked
from interpreter.pipeline import analyse
from interpreter.plain import ForgedError
from interpreter.sources import Sources
from interpreter.store import Stored, cast, decode, decode_as, encode, encode_as, figures_in, mould_of
from interpreter.units import Unit

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = sorted((ROOT / "contracts").glob("*/contract.avtal"))


def restored(stored: Stored, main: str) -> Any:
    parts = [decode(part, main) for part in stored.parts]
    figures = figures_in(stored.figures)
    return cast(mould_of(stored.mould, parts, figures, main), main, figures)


def same(one: Any, other: Any, known: dict[int, int]) -> bool:
    """Whether two trees agree in every field, those included that equality passes over, and in what is one thing."""
    one, other = (tuple(tree) if isinstance(tree, KeptLines | Drawn) else tree for tree in (one, other))
    one, other = (dict(tree) if isinstance(tree, Late) else tree for tree in (one, other))
    if type(one) is not type(other):
        return False
    if known.get(id(one)) == id(other):
        return True
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(same(a, b, known) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[name], other[name], known) for name in one)
    if type(one) not in (*shapes.CLASSES, core.TableLine, core.Matcher):
        return bool(one == other)
    if type(one) in (core.Instance, core.ModelUse):
        assert id(one) not in known
        known[id(one)] = id(other)
    names = [f.name for f in fields(type(one)) if f.name not in ("examples", "used_facts", "units")]
    return all(same(getattr(one, name), getattr(other, name), known) for name in names)


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.parent.name)
def test_every_contract_is_restored_to_the_last_field(path: Path) -> None:
    program, main = load(path).program, str(path)
    stored = encode(program, main)
    found = restored(stored, main)
    assert same(program, found, {})
    assert encode(found, main) == stored
    assert len({id(i.form) for i in found.instances}) == len({id(i.form) for i in program.instances})
    elsewhere = restored(stored, "there/contract.avtal")
    assert elsewhere.terms.span.file == "there/contract.avtal"
    parts: list[Any] = [decode(text, "there/contract.avtal") for text in stored.parts]
    assert "there/contract.avtal" not in {part.span.file for part in parts if not isinstance(part, Fact | KeptLines)}


def test_contracts_of_one_model_share_their_parts() -> None:
    small = 'contract "A"\n  provider "B" code "B"\n  period 2012\n\nuse common\n\nblock "X" {} mkr/year\n'
    one, other = (encode(load_text(small.format(at)), "c") for at in (1, 2))
    assert one.parts == other.parts
    assert one.mould == other.mould
    assert one.figures != other.figures


def load_text(text: str) -> core.Program:
    found = analyse(Sources("c", text, library=library(Hashes()))).program
    assert found is not None
    return found


def test_a_form_of_the_contract_itself_is_no_part() -> None:
    text = 'contract "A"\n  provider "B" code "B"\n  period 2012\n\nform own\n  "One."\n  pays 1 kr\n\nown\n'
    stored = encode(load_text(text), "c")
    found = restored(stored, "d")
    (own,) = [i.form for i in found.instances]
    assert own.span.file == "d"


def test_every_class_can_be_stored_and_is_reached() -> None:
    for cls in shapes.CLASSES:
        for f in store.stored_fields(cls):
            shapes.shape(str(f.type))
    with pytest.raises(KeyError):
        shapes.shape("Example")


VALUES: list[tuple[str, Any]] = [
    ("Cell", None),
    ("Cell", "a"),
    ("Cell", True),
    ("Cell", Fraction(1)),
    ("Cell", Fraction(-1, 3)),
    ("Cell", date(2012, 1, 31)),
    ("Fraction", Fraction(10**30, 7)),
    ("date | None", None),
    ("date | None", date(1900, 1, 1)),
    ("Span", NOWHERE),
    ("Span", Span("main", 1, 2)),
    ("Span", Span("other", 1, 2)),
    ("dict[str, tuple[str, str]]", {"å": ("a", "b")}),
    ("tuple[int, ...]", (1, 2)),
    ("Dimension", (("kr", 1),)),
]


@pytest.mark.parametrize(("annotation", "value"), VALUES, ids=str)
def test_values(annotation: str, value: Any) -> None:
    found = decode_as(annotation, encode_as(annotation, value, "main"), "main")
    assert (type(found), found) == (type(value), value)


WRONG: list[tuple[str, str]] = [
    ("Cell", "{}"),
    ("Cell", "1.5"),
    ("Cell", "[1,2,3]"),
    ("Fraction", "[1,0]"),
    ("Fraction", "[1,true]"),
    ("Fraction", '"1"'),
    ("Fraction", "true"),
    ("date", "[0]"),
    ("date", "[1.5]"),
    ("date", '["a"]'),
    ("date", "734000"),
    ("date", "[99999999999999999999]"),
    ("Span", "[0,1]"),
    ("Span", "[9,1,1]"),
    ("Span", '[0,"a",1]'),
    ("Span", "3"),
    ("str", "1"),
    ("int", "true"),
    ("bool", "1"),
    ("Kind", '"other"'),
    ("tuple[str, str]", '["a"]'),
    ("tuple[str, str]", '{"a":1,"b":2}'),
    ("tuple[str, ...]", '"ab"'),
    ("dict[str, str]", "[]"),
    ("Expr", "-1"),
    ("Expr", "0"),
    ("Expr", "5"),
    ("Expr", "true"),
]


@pytest.mark.parametrize(("annotation", "written"), WRONG, ids=str)
def test_wrong_values_are_refused(annotation: str, written: str) -> None:
    with pytest.raises(ForgedError):
        decode_as(annotation, f'[["main"],{written}]', "main")


PROVENANCE = shapes.CLASSES.index(core.Provenance)
OTHER_TEXTS = ["", "{", "[]", "[1]", "[[1]]", '[["a"],[]]', '[["a"],["Const"]]', '[["a"],[0]]', "null", "[[],[999]]"]
OTHER_TEXTS += [f"[[],[{PROVENANCE},1]]", f'[[],[{PROVENANCE},"a","b","c"]]', "[" * 5000 + "]" * 5000]


@pytest.mark.parametrize("text", OTHER_TEXTS)
def test_a_text_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(ForgedError):
        decode(text, "main")


PATH = ROOT / "contracts" / "sexdelat" / "contract.avtal"
STORED = encode(load(PATH).program, "c")
PLACES = st.lists(st.integers(0, 10**6), min_size=1, max_size=4)
JUNK = st.sampled_from([None, True, -1, 0, 1, 7, 10**9, 1.5, "", "x", [], [1], [1, 2], {}, {"a": 1}])


@given(PLACES, JUNK, st.sampled_from(["mould", "figures"]))
@settings(max_examples=800, deadline=None)
def test_a_changed_text_is_refused_or_well_typed(places: list[int], junk: Any, text: str) -> None:
    """One value of a stored program is replaced by another: what is accepted has the right type in every field."""
    raw = json.loads(getattr(STORED, text))
    if text == "figures":
        raw = [*(list(unpacked(column)) for column in raw[:-2]), list(unjoined(raw[-2])), raw[-1]]
    inside, at = raw, places[0] % len(raw)
    for place in places[1:]:
        if not isinstance(inside[at], list) or not inside[at]:
            break
        inside, at = inside[at], place % len(inside[at])
    inside[at] = junk
    changed = evolve(STORED, **{text: json.dumps(raw)})
    try:
        found = restored(changed, "c")
    except ForgedError:
        return
    assert same(found, restored(encode(found, "c"), "c"), {})


def test_a_default_is_left_out_and_comes_back() -> None:
    unit = Unit((), Fraction(1), "st")  # equal to the default of a column, but for its name
    to = store.Writer("c")
    to.node(Column(name="a", kind=Kind.NUMBER, unit=unit))
    found = decode(to.text(), "c")
    assert isinstance(found, Column)
    assert (found.unit.name, found.low) == ("st", None)


def test_a_contract_is_stored_the_same_in_every_process() -> None:
    """Contracts of one making share a mould, so that no order may hang on how Python hashes texts."""
    script = (
        "from avtal import api; from interpreter.store import encode; c = api.load('contracts/framtidens_modell'); "
        "s = encode(c.program, str(c.path)); print([s.mould, s.figures, *s.parts])"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "AVTAL_CACHE": "off"},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "5")
    }
    assert len(found) == 1
    assert len(found.pop()) > 10_000
