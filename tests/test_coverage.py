"""Every entry of the catalogue has a home in the tree, and the page that says where is as the tree is."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from avtal import api
from docs import coverage_table
from docs.coverage_table import PAGES, ROOT, WANTED, Carried


@cache
def found() -> dict[str, Carried]:
    return coverage_table.coverage()


@cache
def library() -> frozenset[str]:
    names: set[str] = set()
    for module in sorted((ROOT / "stdlib_rules").glob("*.avtal")):
        world = api.load(module).analysed.world
        names |= {thing.name for thing in (*world.forms.values(), *world.models.values())}
    return frozenset(names)


def rows(page: str) -> list[tuple[str, str]]:
    """The first and last cells of the rows of a page's table."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    cells = [line.strip("|").split("|") for line in text.splitlines() if re.match(r"\| [A-Z]+-[0-9]", line)]
    return [(row[0].strip(), row[-1].strip()) for row in cells]


@pytest.mark.parametrize("name", WANTED)
def test_an_entry_has_a_home(name: str) -> None:
    assert found()[name], f"{name}: no form, model, contract or report names it, and no page says why"


def test_the_page_is_current() -> None:
    made = coverage_table.page()
    assert coverage_table.PAGE.read_text("utf-8") == made, "run: python docs/coverage_table.py --write"


def test_every_building_block_is_shown_by_a_form() -> None:
    shown = dict(rows("building_blocks.md"))
    assert set(shown) == {f"B-{n}" for n in range(1, 33)}
    for block, last in shown.items():
        forms = set(re.findall(r"`([a-z_0-9]+)`", last))
        assert forms <= library(), f"{block}: {sorted(forms - library())}"
        assert forms, block


@pytest.mark.parametrize("page", PAGES)
def test_a_page_speaks_of_an_entry_once_and_of_files_that_are_there(page: str) -> None:
    names = [name for name, _ in rows(page)]
    assert len(set(names)) == len(names)
    assert set(names) <= set(WANTED)
    for path in re.findall(r"`((?:contracts|stdlib_rules|docs)/[\w./]+)`", (ROOT / "docs" / page).read_text("utf-8")):
        assert (ROOT / path).exists(), path


def test_every_solution_of_local_care_has_its_forms() -> None:
    """The tables of solutions have sixty rows: four in each but those that are named."""
    text = (ROOT / "docs" / "local_care.md").read_text("utf-8")
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ") and ":" in line]
    rows = [row for line in cells for row in line[-1].split(", ")]
    counts = {table: {5: 5, 9: 5, 15: 6}.get(table, 4) for table in range(2, 16)}
    assert sorted(rows) == sorted(f"{table}:{at}" for table, n in counts.items() for at in range(1, n + 1))
    assert len(rows) == 60
    assert set(re.findall(r"`([a-z_0-9]+)`", " ".join(line[2] for line in cells))) <= library()
    for line in cells:
        assert re.findall(r"`contracts/(\w+)`", line[3])
        assert all((ROOT / "contracts" / name).is_dir() for name in re.findall(r"`contracts/(\w+)`", line[3]))


def test_every_trap_is_told() -> None:
    assert {name for name, _ in rows("traps.md")} == {f"T-{n}" for n in range(1, 20)}


def test_a_page_without_an_entry_is_noticed(tmp_path: Path) -> None:
    """The test above can fail: an id that nothing names has no home."""
    empty = Carried()
    assert not empty
    page = tmp_path / "p.md"
    page.write_text("| id | x |\n|---|---|\n| B-1 | `block`, `no_such_form` |\n", "utf-8")
    own = {"B-1": Carried(), "B-2": Carried()}
    coverage_table._page(page, own, {"block": "common"}, {"block": ["akutsjukhus"], "drg": ["sexdelat"]})  # noqa: SLF001
    assert own["B-1"].library == ["`block` (common)"]
    assert own["B-1"].contracts == ["akutsjukhus"]
    assert own["B-1"]
    assert not own["B-2"]
