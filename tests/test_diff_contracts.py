"""The contracts of the tree: their translations mean the same, and no changed figure goes unnoticed."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest

import avtal
from avtal.contract import load
from interpreter.diff import compare

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = sorted(path.parent for path in (ROOT / "contracts").glob("*/contract.avtal"))
FIGURES = 4
_FIGURE = re.compile(r'(?<![\w"\-.,:])\d+(?![\w"\-])')


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns("data", "expected", "__pycache__"))
    return to


@pytest.mark.parametrize("folder", CONTRACTS, ids=lambda folder: folder.name)
def test_a_translation_means_the_same(folder: Path, tmp_path: Path) -> None:
    own = load(folder)
    other = copied(folder, tmp_path / "other")
    for path in other.glob("*.avtal"):
        to = "en" if own.language == "sv" else "sv"
        path.write_text(avtal.format_text(path.read_text("utf-8"), file=str(folder / path.name), to=to), "utf-8")
    found = compare(own.analysed, load(other).analysed)
    assert found.of_meaning == ()
    assert [en.partition(" ")[0] for en, _ in found.written] == ["translated"]


def figures(text: str) -> list[re.Match[str]]:
    """The figures of a contract's text, those of comments, texts and examples left out."""
    end = re.search(r"^(räkneexempel|example)\b", text, flags=re.MULTILINE)
    found = []
    for match in _FIGURE.finditer(text, 0, end.start() if end else len(text)):
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if "#" not in before and before.count('"') % 2 == 0:
            found.append(match)
    return found


@pytest.mark.parametrize("folder", CONTRACTS, ids=lambda folder: folder.name)
def test_a_changed_figure_is_found_where_it_stands(folder: Path, tmp_path: Path) -> None:
    own, text = load(folder), (folder / "contract.avtal").read_text("utf-8")
    other = copied(folder, tmp_path / "other")
    chosen = random.Random(folder.name)  # noqa: S311  (the same figures in every run)
    known = figures(text)
    looked = 0
    for match in chosen.sample(known, len(known)):
        changed = f"{text[: match.start()]}{int(match[0]) + 1}{text[match.end() :]}"
        (other / "contract.avtal").write_text(changed, "utf-8")
        new = load(other)
        if not new.analysed.sound:
            continue
        line = text[text.rfind("\n", 0, match.start()) + 1 : text.find("\n", match.end())]
        found = compare(own.analysed, new.analysed).of_meaning
        assert found, line
        for change in found:
            assert change.old != change.new, line
            assert change.part[0] or change.thing.value in ("let", "promise", "clause"), line
        looked += 1
        if looked == FIGURES:
            break
    assert looked == FIGURES
