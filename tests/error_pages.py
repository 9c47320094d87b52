"""The pages in docs/errors: one a code, all of one shape, each with a text that fails and the same text mended.

A block's text stands below the head that docs/language.md shows, unless it has a contract of its own. After `avtal` may
stand `bare` (no head at all), `lines=N` (the line with `NNN` stands N times, numbered) and `encoding=NAME`. A block
fenced as `csv` is a data file for the block above it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import marked
from attrs import frozen

from dsl.diagnostics import Diagnostic

FOLDER = marked.ROOT / "docs" / "errors"
_PAGE = re.compile(
    r"# (?P<code>AV[0-9]{3}): (?P<title>[^\n]+)\n\n"
    r"(?P<meaning>(?!```)[^#>\n][^\n]*(?:\n[^#>\n][^\n]*)*)\n\n"
    r"> \*\*sv\*\* (?P<sv>[^\n]+)\n>\n> \*\*en\*\* (?P<en>[^\n]+)\n\n"
    r"## Fails\n\n(?P<fails>.*?)\n"
    r"## Mended\n\n(?P<mended>.*)",
    re.DOTALL,
)
_FENCE = re.compile(r"```(avtal|csv)([^\n]*)\n(.*?)```\n?", re.DOTALL)


@frozen
class Example:
    """A text of a page, with the words after its fence."""

    chunk: marked.Chunk
    words: Mapping[str, str]


@frozen
class Page:
    """A page: its code and title, what it says in both languages, the failing text and the mended one."""

    code: str
    title: str
    sv: str
    en: str
    fails: Example
    mended: Example


@cache
def head() -> str:
    """The head that the language reference shows for its fragments."""
    found = re.search(r"```avtal head\n(.*?)```", (marked.ROOT / "docs" / "language.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1] + "\n"


def page(path: Path) -> Page:
    """A page as it is written; what does not have the shape of a page is refused."""
    match = _PAGE.fullmatch(path.read_text("utf-8"))
    assert match is not None, f"{path.name} does not have the shape of a page"
    fails, mended = (example(f"{path.stem} {part}", match[part]) for part in ("fails", "mended"))
    return Page(match["code"], match["title"], match["sv"], match["en"], fails, mended)


def example(title: str, text: str) -> Example:
    """The fenced blocks below a heading: a contract, and perhaps its data."""
    (kind, info, contract), *rest = _FENCE.findall(text)
    assert kind == "avtal"
    assert not _FENCE.sub("", text).strip()
    words = dict(word.partition("=")[::2] for word in info.split())
    if "lines" in words:
        contract = re.sub(r"^.*NNN.*\n", lambda m: repeated(m[0], int(words["lines"])), contract, flags=re.MULTILINE)
    own = re.search(r"^contract\b", contract, re.MULTILINE) or "bare" in words
    files = {info.split("=")[1].strip(): content for kind, info, content in rest if kind == "csv"}
    return Example(marked.chunk(title, contract if own else head() + contract, files), words)


def repeated(line: str, times: int) -> str:
    """A line written `times` times, each with its number for `NNN` and the number before for `(NNN-1)`."""
    numbers = range(1, times + 1)
    return "".join(line.replace("(NNN-1)", str(i - 1)).replace("NNN", str(i)) for i in numbers)


def said(problem: Diagnostic, language: str) -> str:
    """A problem and its help as a page quotes them."""
    help_ = problem.help(language)
    return problem.message(language) + (f" → {help_}" if help_ else "")


def update(path: Path, quoted: Mapping[str, str]) -> None:
    """Write what is said now into a page."""
    text = path.read_text("utf-8")
    for language, line in quoted.items():
        text = re.sub(rf"(?<=^> \*\*{language}\*\* )[^\n]+", lambda _, line=line: line, text, flags=re.MULTILINE)
    path.write_text(text, "utf-8")


def index(titles: Sequence[tuple[str, str]]) -> str:
    """The index of the pages."""
    rows = "".join(f"| [{code}]({code}.md) | {title} |\n" for code, title in titles)
    return f"""# What can be wrong

Each problem that Avtal reports has a code and a page here. A page says what the problem means, quotes what is
reported in Swedish and in English, and shows a text that has the problem and the same text mended. `#! AV101` at the
end of a line marks where the problem is reported; it is a comment, and not part of the contract. Where an example has
no contract of its own, it stands below the head that [the language reference](../language.md) opens with. After
`lines=N` the line with `NNN` stands N times, with its number for `NNN`.

AV001 to AV099 are about the text, AV101 to AV199 about names, AV201 to AV299 about units and values, AV301 to AV399
about clauses, dates and examples, AV501 to AV599 about settling, and AV601 to AV649 about changes of a
contract. AV650 to AV699 are what [the server](../server.md) refuses; their pages show a request and what is
answered. What can be wrong with data files has [a page of its own](data.md).

| code | problem |
|---|---|
{rows}"""


def data(catalogue: Mapping[str, tuple[tuple[str, str], tuple[str, str]]]) -> str:
    """The page of what can be wrong with data files."""
    rows = "".join(
        f"| {code} | {cell(f'{sv[0]}. {sv[1]}.')} | {cell(f'{en[0]}. {en[1]}.')} |\n"
        for code, (sv, en) in catalogue.items()
    )
    return f"""# What can be wrong with data files

Nothing is settled on partly read data: every row that is refused is listed with its file, row and column, and all of
them must be mended or mapped first. [The page on data](../data.md) says which forms are read. A word in braces stands
for what is found in the file.

| code | svenska | English |
|---|---|---|
{rows}"""


def cell(text: str) -> str:
    """A text as a cell of a table."""
    return text.replace("|", "\\|")
