"""docs/coverage.md: where every entry of the catalogue lives in the tree, and how sure its figures are.

    python docs/coverage_table.py            say whether the page is current
    python docs/coverage_table.py --write    bring it up to date

Everything is read from the tree: ids in `source "…"` of forms, models, clauses and arguments, at the head of library
modules, in the reports' own docstrings, in the contracts' `source.md`, and in the first column of tables on pages.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from attrs import define, field

from avtal import api
from avtal.reports.lists import ids
from interpreter import core

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "coverage.md"
PAGES = ("not_rules.md", "building_blocks.md", "traps.md")

SERIES = {
    "SLL": ("Stockholm county: hospitals and quality", range(1, 20)),
    "VBC": ("Packages, episodes, outcomes", range(1, 12)),
    "REG": ("Agreements between regions", range(1, 18)),
    "PV": ("Primary care", range(1, 23)),
    "SPV": ("Specialised care", range(1, 15)),
    "KOM": ("Municipality and joint financing", range(1, 12)),
    "GOV": ("Governance", range(1, 11)),
    "PUB": ("Public sources", (1, 2, 4, 6, 7, 8, 9)),
    "B": ("Building blocks", range(1, 33)),
    "T": ("Traps of the sources", range(1, 20)),
}
WANTED = tuple(f"{series}-{number}" for series, (_, numbers) in SERIES.items() for number in numbers)

_NOT = r"(?<!inte )(?<!ej )(?<!not )(?<!no )"
MARKS = {
    "printed": re.compile(_NOT + r"\b(?:tryckta?|tryckt|printed)\b"),
    "derived": re.compile(r"\b(?:härle\w+|derived)\b"),
    "public": re.compile(r"\b(?:offentlig\w*|public)\b"),
    "illustrative": re.compile(r"\b(?:illustrati\w+|påhitt\w*|belysande)\b"),
    "disputed": re.compile(r"\b(?:omtvist\w+|disputed)\b"),
    "a reading": re.compile(r"\[I\]"),
}


@define
class Carried:
    """What carries an id."""

    library: list[str] = field(factory=list)
    reports: list[str] = field(factory=list)
    contracts: list[str] = field(factory=list)
    pages: list[str] = field(factory=list)
    marks: set[str] = field(factory=set)

    def __bool__(self) -> bool:
        return bool(self.library or self.reports or self.contracts or self.pages)


def coverage() -> dict[str, Carried]:
    """Every wanted id with what carries it."""
    found: dict[str, Carried] = {name: Carried() for name in WANTED}
    names: dict[str, str] = {}
    for module in sorted((ROOT / "stdlib_rules").glob("*.avtal")):
        _library(module, found, names)
    for module in sorted((ROOT / "avtal" / "reports").glob("*.py")):
        for name in ids(_docstrings(module)):
            _add(found, name, "reports", f"`avtal report … {module.stem}`" if module.stem in REPORTS else "")
    users: dict[str, list[str]] = {}
    for folder in sorted(path.parent for path in (ROOT / "contracts").glob("*/contract.avtal")):
        _contract(folder, found, users)
    for page in PAGES:
        _page(ROOT / "docs" / page, found, names, users)
    return found


REPORTS = ("production", "dearest", "billing", "fulfilment", "mix", "review", "status", "curves")


def _add(found: dict[str, Carried], name: str, where: str, what: str) -> None:
    if name in found and what:
        listed: list[str] = getattr(found[name], where)
        if what not in listed:
            listed.append(what)


def _library(module: Path, found: dict[str, Carried], names: dict[str, str]) -> None:
    analysed = api.load(module).analysed
    file = analysed.module.file
    things = {id(t): t for t in (*analysed.world.forms.values(), *analysed.world.models.values())}
    for thing in things.values():
        if thing.span.file == file:
            names[thing.name] = module.stem
            for name in ids(thing.source):
                _add(found, name, "library", f"`{thing.name}` ({module.stem})")
    head = module.read_text("utf-8").partition("\n\n")[0]
    for name in ids(head) if head.startswith("#") else ():
        _add(found, name, "library", f"module {module.stem}")


def _docstrings(module: Path) -> str:
    tree = ast.parse(module.read_text("utf-8"))
    nodes = [tree, *(n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef))]
    return "\n".join(ast.get_docstring(n) or "" for n in nodes)


def _contract(folder: Path, found: dict[str, Carried], users: dict[str, list[str]]) -> None:
    program = api.load(folder).analysed.program
    for form in {i.form.name for i in program.instances} if program is not None else ():
        users.setdefault(form, []).append(folder.name)
    for instance in program.instances if program is not None else ():
        for name in ids(instance.form.source):
            _add(found, name, "contracts", folder.name)
    for source, certainty in _provenances(program) if program is not None else ():
        for name in ids(source):
            _add(found, name, "contracts", folder.name)
            if name in found and certainty:
                found[name].marks.add(certainty)
    told = folder / "source.md"
    for line in told.read_text("utf-8").splitlines() if told.is_file() else ():
        for name in ids(line):
            _add(found, name, "contracts", folder.name)
            if name in found and line.startswith("|"):
                found[name].marks |= {mark for mark, sign in MARKS.items() if sign.search(line)}


def _provenances(program: core.Program) -> Iterator[tuple[str, str]]:
    for instance in program.instances:
        yield instance.provenance.source, instance.provenance.certainty
        for argument in instance.all_arguments():
            for stretch in argument.stretches:
                yield stretch.provenance.source or instance.provenance.source, stretch.provenance.certainty


def _page(page: Path, found: dict[str, Carried], names: dict[str, str], users: dict[str, list[str]]) -> None:
    for line in page.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| ") or not ids(cells[0]):
            continue
        for name in ids(cells[0]):
            title = page.stem.replace("_", " ")
            _add(found, name, "pages", f"[{title}]({page.name})")
            for word in re.findall(r"`(\w+)`", cells[-1]):
                if word in names:
                    _add(found, name, "library", f"`{word}` ({names[word]})")
                    for user in users.get(word, ()):
                        _add(found, name, "contracts", user)
            for folder in re.findall(r"`contracts/(\w+)", cells[-1]):
                _add(found, name, "contracts", folder)
            if name in found:
                found[name].contracts.sort()


def page() -> str:
    """The whole page."""
    found = coverage()
    lines = [
        "# Coverage",
        "",
        "For whoever wants to know where a rule of the catalogue lives, and how sure its figures are. Made from the",
        "tree by `python docs/coverage_table.py --write`; a test fails when an entry has no home or the page is old.",
        "",
        "*Carried by* names forms and models of the library with their module, and reports. *Contracts* are those that",
        "settle a form of the entry on data, or name the entry in their text or `source.md`; of a building block those",
        "that use one of its forms, of a trap those that tell of it. *Certainty* is what",
        "contracts say of the entry's figures, by `certainty` in their text and in `source.md`: printed, derived,",
        "public, illustrative, disputed, or a reading where the source leaves the question open. A dash means that the",
        "entry has no figures of its own in any contract.",
    ]
    for series, (title, numbers) in SERIES.items():
        lines += ["", f"## {series}: {title}", "", "| id | carried by | contracts | pages | certainty |"]
        lines.append("|---|---|---|---|---|")
        for number in numbers:
            own = found[f"{series}-{number}"]
            marks = ", ".join(mark for mark in MARKS if mark in own.marks)
            cells = (
                f"{series}-{number}",
                ", ".join((*own.library, *own.reports)),
                ", ".join(own.contracts),
                ", ".join(own.pages),
                marks or "–",
            )
            lines.append(f"| {' | '.join(cells)} |".replace("|  |", "| – |").replace("|  |", "| – |"))
    lines += ["", f"{len(WANTED)} entries."]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Check or write the page."""
    made = page()
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == made:
        print(f"{PAGE.name} is current")
        return 0
    if "--write" in sys.argv:
        PAGE.write_text(made, encoding="utf-8")
        print(f"{PAGE.name} is written")
        return 0
    print(f"{PAGE.name} is not current: python docs/coverage_table.py --write")
    return 1


if __name__ == "__main__":
    sys.exit(main())
