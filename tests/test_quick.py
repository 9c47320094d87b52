"""`avtal settle` means the same whichever reads its command line, and imports no more than it needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given, settings, strategies as st

from avtal import cli, quick, settling
from avtal.commands.program import program
from avtal.commands.settle import command
from avtal.engines.means import Means
from avtal.manner import Manner
from tests.running import CALM

ROOT = Path(__file__).resolve().parents[1]
KNOWN = {**quick.ONE, **quick.MANY, **{name: to for name, (to, _) in quick.FLAGS.items()}}
ELSEWHERE = {"--lang": "language", "--color": "colour", "--no-color": "colour"}
"""Options that click hands over by its context."""

LEFT = {"--memory", "--spill"}
"""Options that are left to click."""


class Asked:
    """What `settle` was called with, however it was read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[Any, ...]] = []
        monkeypatch.setattr(settling, "settle", self.settle)
        monkeypatch.setattr("avtal.commands.settle.settle", self.settle)

    def settle(self, manner: Manner, paths: Any, what: settling.Asked, **more: Any) -> int:
        self.calls.append((manner, tuple(paths), what, sorted(more.items())))
        return 0


def by_click(arguments: list[str]) -> int | None:
    try:
        done = program.main(args=arguments, prog_name="avtal", standalone_mode=False)
    except click.ClickException:
        return None
    return int(done or 0)


def test_every_option_is_known_and_means_the_same() -> None:
    options = [p for p in command.params if isinstance(p, click.Option)]
    names = {name for p in options for name in (*p.opts, *p.secondary_opts)}
    assert set(KNOWN) == names - LEFT
    for p in options:
        for name in set(p.opts) - LEFT:
            assert name in ELSEWHERE or KNOWN[name] == p.name
            assert (name in quick.FLAGS) == p.is_flag
            assert (name in quick.MANY) == p.multiple


VALUES = ["table", "csv", "nothing", "en", "a", "b/c", "2012", "", "-", "--", "å ä"]
ODD = [
    "--period=2012",
    "--data=x",
    "--lang=en",
    "--dat",
    "-Ocsv",
    "-x",
    "--help",
    "--show-lines=1",
    "--mapping=",
    "--memory=64",
    "x://y",
    "-o=x",
]
WORDS = st.sampled_from([*KNOWN, *VALUES, *ODD])


@given(st.lists(WORDS, max_size=7))
@settings(max_examples=600)
def test_it_is_read_as_the_library_reads_it(words: list[str]) -> None:
    """What the quick reader takes, click takes too and hands on the same; what click refuses, the quick one leaves."""
    arguments = ["settle", *words]
    with pytest.MonkeyPatch.context() as patch:
        asked = Asked(patch)
        code = quick.quick(arguments)
        if code is None:
            return
        assert by_click(arguments) == code == 0
    assert asked.calls[0] == asked.calls[1]


@pytest.mark.parametrize(
    "words", [["check", "a"], [], ["settle"], ["settle", "a", "--he"], ["settle", "a", "-O", "pdf"], ["--lang", "en"]]
)
def test_all_else_is_left_to_the_library(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    assert quick.quick(words) is None
    assert asked.calls == []


def test_completion_is_left_to_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_AVTAL_COMPLETE", "bash_complete")
    assert quick.understood(["settle", "a"]) is None


def test_plain_calls_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    words = ["settle", "a", "--data", "x", "--data=y", "-O", "csv", "--lang", "en", "--no-color", "b", "--show-lines"]
    words += ["--engine", "reference", "--no-snapshot"]
    assert cli.run([*words, "--period", "2012", "-o", "f", "--lines", "l.parquet", "--buyer", "R"]) == 0
    ((manner, paths, what, more),) = asked.calls
    assert (manner, paths) == (Manner("en", colour=False), (Path("a"), Path("b")))
    assert what == settling.Asked(
        (Path("x"), Path("y")), None, "2012", (), ("R",), Means(engine="reference", keep=False)
    )
    assert dict(more) == {
        "form": "csv",
        "output": Path("f"),
        "show_lines": True,
        "lines_file": Path("l.parquet"),
    }


NOT_NEEDED = {"click", "lark", "duckdb", "rich", "babel", "xlsxwriter", "sqlglot", "sqlite3", "pygments", "difflib"}
NOT_NEEDED |= {
    "dsl.parse",
    "dsl.nodes",
    "interpreter.world",
    "interpreter.pipeline",
    "subprocess",
    "importlib.metadata",
    "tempfile",
    "cattrs",
    "avtal.answers",
    "avtal.rendering.explanation",
    "avtal.rendering.stuck",
    "dsl.layout",
    "interpreter.sets.relation",
}
TEXT = """\
contract "A"
  provider "B" code "B"
  period   2012

use common, sll

block "X" 12 kr/month
p4p indicator 113 min 80% target 95% weight 2%
"""
DATA = "provider;indicator;measured;value\nB;113;2012-12-31;87,5 %\n"


def test_settling_a_contract_that_has_not_changed_imports_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "results.csv").write_text(DATA, "utf-8")
    (tmp_path / "contract.avtal").write_text(TEXT, "utf-8")
    code = "import sys, avtal.cli as c; c.run(['settle', sys.argv[1]]); print(*sys.modules, file=sys.stderr)"
    env = {**CALM, "AVTAL_CACHE": str(tmp_path / "cache")}
    loaded: list[set[str]] = []
    for _ in range(2):
        command = [sys.executable, "-c", code, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60, check=True)
        assert "144.00\u00a0kr" in done.stdout, done.stdout
        loaded.append(set(done.stderr.split()))
    assert "dsl.parse" in loaded[0]
    assert not NOT_NEEDED & loaded[1]


COMPILED = """
import gc, sys, attrs, avtal.cli as c
c.run(['settle', sys.argv[1]])
ours = ('avtal', 'dsl', 'interpreter')
gc.collect()  # attrs leaves the class that it makes one with slots of
for thing in gc.get_objects():
    if isinstance(thing, type) and attrs.has(thing) and thing.__module__.partition('.')[0] in ours:
        made = attrs.inspect(thing)
        if made.added_eq or made.added_repr:
            print(f'{thing.__module__}.{thing.__qualname__}', file=sys.stderr)
"""


def test_no_class_on_the_way_of_a_settlement_has_attrs_compile_its_equality(tmp_path: Path) -> None:
    """See decision 18: `@frozen(eq=False, repr=False)` with `dsl.alike`."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "results.csv").write_text(DATA, "utf-8")
    (tmp_path / "contract.avtal").write_text(TEXT, "utf-8")
    env = {**CALM, "AVTAL_CACHE": str(tmp_path / "cache")}
    for last in (False, True):
        command = [sys.executable, "-c", COMPILED, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60, check=True)
        if last:
            assert done.stderr.split() == []
