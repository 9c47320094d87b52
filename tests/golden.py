"""Golden pairs: a contract text beside what it must lead to, byte for byte. `pytest --update` writes what is there now.

A pair is `tests/cases/<phase>/<name>.avtal` and `<name>.expected`. A phase is tested in three lines:

    @pytest.mark.parametrize("path", cases("parse"), ids=stem)
    def test_parse(path, golden):
        golden(path, shown(parse(path.read_text("utf-8"), path.name)))
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import attrs

from dsl.diagnostics import Diagnostic
from dsl.spans import place

CASES = Path(__file__).parent / "cases"


def cases(phase: str) -> list[Path]:
    """The texts of a phase."""
    return sorted((CASES / phase).glob("*.avtal"))


def stem(path: Path) -> str:
    """A case's name."""
    return path.stem


def problems(text: str, diagnostics: Iterable[Diagnostic]) -> str:
    """Diagnostics one a line: where, code, and both languages' message and help."""
    lines = []
    for diagnostic in diagnostics:
        at = place(text, diagnostic.span)
        lines.append(f"{at.line}:{at.column} {diagnostic.code}")
        for language in ("en", "sv"):
            lines.append(f"  {language}: {diagnostic.message(language)}")
            if diagnostic.help(language):
                lines.append(f"      {diagnostic.help(language)}")
    return "".join(f"{line}\n" for line in lines)


def dump(value: Any, depth: int = 0) -> str:
    """A tree as text: a node a line, what equality looks at, indented by depth."""
    margin = "  " * depth
    if isinstance(value, tuple):
        return "".join(dump(member, depth) for member in value) or f"{margin}()\n"
    if not attrs.has(type(value)):
        return f"{margin}{_leaf(value)}\n"
    plain, nested = [], []
    for attribute in attrs.fields(type(value)):
        inner = getattr(value, attribute.name)
        if not attribute.eq or inner is None or inner == ():
            continue
        if isinstance(inner, tuple) or attrs.has(type(inner)):
            nested.append((attribute.name, inner))
        else:
            plain.append(f" {attribute.name}={_leaf(inner)}")
    text = f"{margin}{type(value).__name__}{''.join(plain)}\n"
    return text + "".join(f"{margin}  .{name}\n{dump(inner, depth + 2)}" for name, inner in nested)


def _leaf(value: Any) -> str:
    return str(value) if isinstance(value, Fraction) else repr(value)
