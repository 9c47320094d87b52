"""The tree keeps its own rules: folders, sizes, licences, pinned versions, records, and a pure core."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = frozenset({"LICENSES", "avtal", "bench", "contracts", "docs", "dsl", "interpreter", "stdlib_rules", "tests"})
MADE_BY_TOOLS = frozenset({"__pycache__", "build", "dist"})
LINES_AT_MOST = 400
LONGER_ON_PURPOSE: frozenset[str] = frozenset()

# Spelled in pieces, so that this file does not contain what it forbids.
OUTSIDE = re.compile(
    "|".join(
        (
            r"\.\./" + "shared",
            r"\b" + r"shared/(?:design|domain)\b",
            r"(?<![\w.])/(?:" + "work|root|home|Users" + r")/\w",
            "pypi" + r"\.org",
            "python" + r"hosted\.org",
            "registry" + r"\.npmjs",
        )
    )
)


@cache
def files() -> tuple[Path, ...]:
    """All files of the tree that are written by hand, as paths from the root."""

    def walk(folder: Path) -> list[Path]:
        found: list[Path] = []
        for entry in sorted(folder.iterdir()):
            hidden = entry.name.startswith(".") and entry.name not in {".ci", ".gitignore", ".gitattributes"}
            if hidden or entry.name in MADE_BY_TOOLS or entry.name.endswith(".egg-info"):
                continue
            found += walk(entry) if entry.is_dir() else [entry.relative_to(ROOT)]
        return found

    return tuple(walk(ROOT))


def python_files(*folders: str) -> list[Path]:
    """The Python files, of the whole tree or of some top-level folders."""
    return [path for path in files() if path.suffix == ".py" and (not folders or path.parts[0] in folders)]


def text(path: Path | str) -> str:
    """A file's text; bytes that are not UTF-8 (data in older encodings) are replaced."""
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def table(path: str) -> dict[str, object]:
    """A TOML file of the root as a dictionary."""
    return tomllib.loads(text(path))


def test_top_folders() -> None:
    folders = {path.parts[0] for path in files() if len(path.parts) > 1}
    assert folders - {".ci"} <= FOLDERS


def test_every_python_file_says_what_it_is() -> None:
    silent = [str(path) for path in python_files() if not ast.get_docstring(ast.parse(text(path)))]
    assert silent == []


def test_no_file_outgrows_a_reader() -> None:
    sources = [path for path in files() if path.suffix in {".py", ".lark"}]
    long = {str(path) for path in sources if text(path).count("\n") > LINES_AT_MOST}
    assert long == LONGER_ON_PURPOSE


def test_no_drawers() -> None:
    assert [str(path) for path in files() if path.stem in {"utils", "util", "misc"}] == []


def test_nothing_depends_on_the_machine_it_was_written_on() -> None:
    found = [
        f"{path}:{number}: {line.strip()}"
        for path in files()
        for number, line in enumerate(text(path).splitlines(), start=1)
        if OUTSIDE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("path", python_files("dsl", "interpreter"), ids=str)
def test_core_neither_reads_nor_prints_nor_rounds_in_binary(path: Path) -> None:
    """Import-linter sees modules only; these are the ways round it that need no import."""
    found = []
    for node in ast.walk(ast.parse(text(path))):
        match node:
            case ast.Call(func=ast.Name(id="open" | "print" | "input" | "eval" | "exec" | "float" as name)):
                found.append(f"line {node.lineno}: {name}()")
            case ast.Constant(value=float() as value):
                found.append(f"line {node.lineno}: {value}")
    assert found == []


def test_every_decision_is_in_the_index() -> None:
    records = {path.name for path in files() if path.parent == Path("docs/decisions")} - {"README.md"}
    linked = re.findall(r"\]\(([^)/]+\.md)\)", text("docs/decisions/README.md"))
    assert sorted(linked) == sorted(records)
    assert [name for name in records if not re.fullmatch(r"[0-9]{4}-[a-z0-9-]+\.md", name)] == []
    assert len({name[:4] for name in records}) == len(records), "two decisions bear one number"


def test_changelog_has_a_place_for_the_next_change() -> None:
    assert "\n## [Unreleased]\n" in text("CHANGELOG.md")


def test_licence_texts_are_those_in_use() -> None:
    stated = set(re.findall(r'^SPDX-License-Identifier = "([^"]+)"$', text("REUSE.toml"), flags=re.MULTILINE))
    assert stated == {path.stem for path in files() if path.parts[0] == "LICENSES"}


def test_versions_are_pinned_and_complete() -> None:
    project = table("pyproject.toml")["project"]
    assert isinstance(project, dict)
    wanted = {"requirements.txt": project["dependencies"]}
    wanted["requirements-server.txt"] = project["optional-dependencies"]["server"]
    wanted["requirements-dev.txt"] = project["optional-dependencies"]["dev"]
    for lock, requirements in wanted.items():
        lines = [line for line in text(lock).splitlines() if line and not line.startswith(("#", "-r "))]
        assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9.]+(post[0-9]+)?( ; .+)?", line)] == []
        pinned = {line.partition("==")[0] for line in lines}
        assert {re.split(r"[<>=!~\[ ]", requirement)[0].lower() for requirement in requirements} <= pinned
