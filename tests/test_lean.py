"""A contract means the same with the parts of the library that it uses as with the whole of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from avtal.contract import load
from avtal.sources import Hashes, sources
from interpreter.lean import lean, reached, used
from interpreter.pipeline import analyse

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = sorted((ROOT / "contracts").glob("*/contract.avtal"))
MODULE = """\
use other

# A list.
table prices : item -> price kr
  | item | price |
  | A    | 1 kr  |

form first (första)
  "One."
  param amount (belopp) : kr first
  pays amount

  example "one"
    first 1 kr
    expect first = 1 kr

# Another.
form second (andra)
  "Two."
  pays 2 kr

model both (bägge)
  first 1 kr
"""


def test_what_is_used_stays_where_it_stood() -> None:
    words = used(["andra"], [MODULE])
    left = lean(MODULE, words)
    assert len(left) == len(MODULE)
    assert [line for line in left.split("\n") if line.strip()] == [
        line
        for line in MODULE.split("\n")
        if line.strip() and line not in ('  example "one"', "    first 1 kr", "    expect first = 1 kr")
    ]
    assert left.index("form second") == MODULE.index("form second")


def test_a_form_that_nothing_names_is_left_out() -> None:
    left = lean(MODULE, {"first"})
    assert "second" not in left
    assert "form first" in left
    assert "# Another." in left
    assert "model both" in left


def test_modules_are_reached_through_others_once() -> None:
    library = {"a": "use b, a\n", "b": "använd c # not d\n", "c": "use b\n", "d": ""}
    own, modules = reached("use a, mine\n", {"mine": "use a, missing"}, library)
    assert (own, set(modules)) == (["use a, mine\n", "use a, missing"], {"a", "b", "c"})
    assert set(reached("use mine\n", {"mine": "use d"}, library)[1]) == {"d"}


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.parent.name)
def test_contracts_mean_the_same(path: Path) -> None:
    few = load(path).analysed
    whole = analyse(sources(path, Hashes(), whole=True))
    assert few.diagnostics == whole.diagnostics
    assert few.program is not None
    assert whole.program is not None
    assert [(i.key, i.form, i.arguments) for i in few.program.instances] == [
        (i.key, i.form, i.arguments) for i in whole.program.instances
    ]
    assert (few.program.facts, few.program.tables) == (whole.program.facts, whole.program.tables)
    named = set(re.findall(r"\w+", " ".join(beside.read_text("utf-8") for beside in path.parent.glob("*.avtal"))))
    unnamed = [form for form in whole.world.forms.values() if not named & {form.name, form.swedish}]
    assert few.world.forms.keys() <= whole.world.forms.keys()
    assert len(few.world.forms) < len(whole.world.forms) or not unnamed


def test_a_wrong_name_is_compared_with_the_whole_library(tmp_path: Path) -> None:
    path = tmp_path / "contract.avtal"
    path.write_text('contract "A"\n  provider "B" code "B"\n  period 2012\n\nuse common\n\ncapp 5 kr\n')
    (found,) = load(path).diagnostics
    assert found.arguments["suggestion"] == "cap"
