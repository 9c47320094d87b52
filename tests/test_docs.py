"""What the documentation shows is so: its contracts run, its commands give what is printed, its links lead somewhere.

A block fenced as `avtal` is a complete file. After that word may stand:

- `fragment`: lines of a contract, run under the head that docs/language.md shows;
- `wrong AV203`: the text has that problem and no other; without it, the text has none;
- `file=NAME`, on any block: its text is that file, for the blocks after it.

Examples in a block are worked out and must hold. In a walk-through, `console` blocks are run in an empty folder, their
output compared line by line (`…` stands for lines left out, or for the end of a line), and `diff` blocks are changes
to make.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from attrs import frozen

import avtal
from docs import tables

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    [ROOT / "README.md", ROOT / "README.en.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "SECURITY.md"]
    + [page for page in DOCS.rglob("*.md") if page.parent.name != "errors"]
    + list((ROOT / "contracts").glob("*/*.md"))
)
WALKS = [DOCS / "tutorial.md", DOCS / "handledning.md", DOCS / "uppslag.md"]
_FENCE = re.compile(r"^```(\S*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")


@frozen
class Block:
    """A fenced block: its language, the words after it, its text, and where it starts."""

    language: str
    words: tuple[str, ...]
    text: str
    page: Path
    line: int

    @property
    def file(self) -> str:
        """The file that it is, or an empty text."""
        return next((w.removeprefix("file=") for w in self.words if w.startswith("file=")), "")

    @property
    def wrong(self) -> str:
        """The code of the problem that it has, or an empty text."""
        return self.words[self.words.index("wrong") + 1] if "wrong" in self.words else ""

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        yield Block(found[1], tuple(found[2].split()), found[3], page, text.count("\n", 0, found.start()) + 1)


def head() -> str:
    """The head that fragments stand under."""
    return next(block.text for block in blocks(DOCS / "language.md") if "head" in block.words)


def written(block: Block) -> str:
    """A block's text as a complete file."""
    if "fragment" not in block.words:
        return block.text
    return f"{head()}\n{block.text}"


CONTRACTS = [block for page in PAGES if page not in WALKS for block in blocks(page) if block.language == "avtal"]


def beside(block: Block, folder: Path) -> None:
    """Put the files that a page has shown before a block into a folder."""
    for other in blocks(block.page):
        if other.file and other.line < block.line:
            (folder / other.file).write_text(other.text, encoding="utf-8")


@pytest.mark.parametrize("block", CONTRACTS, ids=str)
def test_contract(block: Block, tmp_path: Path) -> None:
    beside(block, tmp_path)
    path = tmp_path / "contract.avtal"
    path.write_text(written(block), encoding="utf-8")
    contract = avtal.load(path)
    found = [f"{d.code} {d.message('en')}" for d in contract.diagnostics]
    if block.wrong:
        assert {text.partition(" ")[0] for text in found} == {block.wrong}, found
        return
    assert found == []
    failed = [d.message("en") for result in avtal.test(contract) if not result.ok for d in result.diagnostics]
    assert failed == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_blocks_are_laid_out_as_the_formatter_does(page: Path) -> None:
    shown = [block for block in blocks(page) if block.language == "avtal" and not block.wrong]
    assert [str(block) for block in shown if avtal.format_text(block.text) != block.text] == []


def test_the_reference_shows_every_statement() -> None:
    """Each reserved word stands in some example of the language reference."""
    from dsl.lexicon import KEYWORDS

    shown = " ".join(block.text for block in blocks(DOCS / "language.md") if block.language == "avtal")
    lacking = [
        pair[0]
        for pair in KEYWORDS.values()
        if not any(re.search(rf"(?<!\w){re.escape(w)}(?!\w)", shown) for w in pair)
    ]
    assert lacking == []


def test_tables_come_from_the_code() -> None:
    text = tables.PAGE.read_text(encoding="utf-8")
    assert text == tables.current(text), "run: python docs/tables.py --write"
    for name in tables.TABLES:
        assert f"<!-- table: {name} -->" in text


# --- walk-throughs


def steps(text: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a `console` block with the lines they print."""
    command, printed = "", list[str]()
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, printed
            command, printed = line[2:], []
        else:
            printed.append(line)
    yield command, printed


def run(command: str, folder: Path) -> list[str]:
    """The lines that a command prints in a folder, ordinary blanks for no-break ones."""
    arguments = shlex.split(command)
    if arguments[0] == "avtal":
        arguments = [sys.executable, "-m", "avtal.cli", *arguments[1:]]
    elif arguments[0] == "cd":
        return []
    who = {f"GIT_{role}_{what}": "avtal" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = (
        os.environ
        | who
        | {
            "PYTHONPATH": str(ROOT),
            "NO_COLOR": "1",
            "COLUMNS": "100",
            "PYTHONIOENCODING": "utf-8",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
    )
    done = subprocess.run(  # the commands are those of our own pages
        arguments,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    printed = done.stdout.decode("utf-8").replace("\u00a0", " ").replace("\u202f", " ")
    return [line.rstrip() for line in printed.splitlines()]


def agree(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether lines are as shown, `…` standing for any lines, or at the end of a line for the rest of it."""
    pattern = ""
    for line in shown:
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        elif line.endswith("…"):
            pattern += re.escape(line.removesuffix("…")) + r".*\n"
        else:
            pattern += re.escape(line.rstrip()) + r"\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def change(text: str, folder: Path) -> None:
    """Make the change that a `diff` block shows, in the one file that has the old lines."""
    old = "".join(f"{line[1:]}\n" for line in text.splitlines() if line.startswith(("-", " ")))
    new = "".join(f"{line[1:]}\n" for line in text.splitlines() if line.startswith(("+", " ")))
    holding = [p for p in folder.rglob("*.avtal") if old in p.read_text(encoding="utf-8")]
    holding = [p for p in holding if p.name == "contract.avtal"] or holding  # and not a copy of it
    assert len(holding) == 1, f"{len(holding)} files hold the lines to change:\n{old}"
    whole = holding[0].read_text(encoding="utf-8")
    holding[0].write_text(whole.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("page", WALKS, ids=lambda page: page.name)
def test_walk_through(page: Path, tmp_path: Path) -> None:
    folder = tmp_path
    for block in blocks(page):
        if block.file:
            (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "diff":
            change(block.text, folder)
        elif block.language == "console":
            for command, shown in steps(block.text):
                if command.startswith("mkdir "):
                    (folder / command.split()[1]).mkdir()
                    continue
                if command.startswith("cd "):
                    folder /= command.split()[1]
                    continue
                printed = run(command, folder)
                difference = "\n".join(difflib.ndiff(shown, printed))
                assert agree(shown, printed), f"{block}: {command}\n{difference}"


# --- links


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    found = set()
    for heading in re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "").strip().lower())
        found.add(plain.replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES + sorted((DOCS / "errors").glob("*.md")), ids=lambda p: str(p.relative_to(ROOT)))
def test_links(page: Path) -> None:
    dead = []
    for link in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        if not path.exists() or (anchor and path.suffix == ".md" and anchor not in anchors(path)):
            dead.append(link)
    assert dead == []
