"""The reference of the face: it has every name, its examples run, and its answers turn into JSON and back."""

from __future__ import annotations

import doctest
import inspect
import os
import re
import typing
from pathlib import Path
from types import ModuleType

import attrs
import pytest
from test_docs import ROOT

import avtal
from avtal import answers, cards
from avtal.diffing import answer as difference

PAGE = ROOT / "docs" / "api.md"
FUNCTIONS = sorted(name for name in avtal.__all__ if inspect.isfunction(inspect.unwrap(getattr(avtal, name))))


def test_the_examples_give_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    case = doctest.DocTestParser().get_doctest("".join(blocks), {}, PAGE.name, str(PAGE), 0)
    told: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False).run(case, out=told.append)
    assert outcome.failed == 0, "".join(told)
    assert outcome.attempted > 25
    assert Path.cwd() == ROOT
    assert os.environ


def test_every_function_has_its_place_and_says_what_it_raises() -> None:
    page = PAGE.read_text("utf-8")
    headed = {name for line in re.findall(r"^### (.+)$", page, re.MULTILINE) for name in line.split(", ")}
    assert headed == set(FUNCTIONS)
    for name in FUNCTIONS:
        assert f"`{name}" in page
        function = inspect.unwrap(getattr(avtal, name))
        assert function.__doc__
        hints = function.__annotations__
        assert "return" in hints
        assert set(inspect.signature(function).parameters) <= set(hints), name
    classes = set(avtal.__all__) - set(FUNCTIONS)
    assert classes == {"AvtalError", "Contract", "DataError", "Difference", "Means", "UnreadableError"}
    assert all(name in page for name in classes)


def test_the_face_is_what_it_was() -> None:
    """A name may be added; none is taken away or renamed without a new main version."""
    assert set(avtal.__all__) >= {
        *(
            "AvtalError",
            "Contract",
            "DataError",
            "Difference",
            "UnreadableError",
            "check",
            "checked",
            "compare",
            "diff",
        ),
        *("differed", "explain", "explained", "find_clause", "form", "format_text", "formatted", "forms", "from_data"),
        *(
            "load",
            "provenance",
            "read",
            "refusal",
            "settle",
            "settled",
            "test",
            "tested",
            "to_data",
            "to_json",
            "version",
        ),
    }


def classes(module: ModuleType) -> list[type]:
    return [one for one in vars(module).values() if isinstance(one, type) and attrs.has(one)]


@pytest.mark.parametrize(
    "kind", classes(answers) + classes(cards) + classes(difference), ids=lambda kind: kind.__name__
)
def test_an_answer_is_plain_data(kind: type) -> None:
    """Frozen, documented, and made of nothing but texts, whole numbers, yes/no, nothing, and answers."""
    if kind.__module__ not in (answers.__name__, cards.__name__, difference.__name__):
        return
    assert kind.__doc__
    assert kind.__setattr__ is not object.__setattr__, "it is not frozen"
    for name, hint in typing.get_type_hints(kind).items():
        waiting = [hint]
        while waiting:
            one = waiting.pop()
            waiting += typing.get_args(one)
            plain = one in (str, int, bool, type(None), ...) or typing.get_origin(one) is not None or attrs.has(one)
            assert plain or typing.get_args(one), f"{name}: {one}"
            assert one is not float
