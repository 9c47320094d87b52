"""Amendments of contracts in the tree: what `diff` says is changed, and what it comes to, counted without the engine.

A file of `tests/changes/` has the amendment as pairs of old and new words in the contract (`text`), files beside it
(`files`) or the library (`library`), the changes and the clauses that are expected, and in `count` the same change of
the contract's `expected/compute.py`, which then works out by itself what is paid before and after.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest

import avtal
from avtal import periods
from avtal.contract import load
from avtal.diffing.difference import Difference
from interpreter.diff import Change

ROOT = Path(__file__).resolve().parents[1]
CASES = sorted((Path(__file__).parent / "changes").glob("*.toml"))
Amounts = dict[tuple[str, str, str, str], Fraction]


def swapped(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def copied(contract: str, to: Path) -> Path:
    shutil.copytree(ROOT / "contracts" / contract, to, ignore=shutil.ignore_patterns("__pycache__"))
    return to


def counted(folder: Path) -> Amounts:
    """What the contract's own script works out, from the data and lists of a folder."""
    subprocess.run(
        [sys.executable, str(folder / "expected" / "compute.py")], check=True, capture_output=True, timeout=60
    )
    with (folder / "expected" / "settlement.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        next(rows)
        return {(period, buyer, provider, key): Fraction(amount) for period, buyer, provider, key, amount in rows}


def told(change: Change) -> str:
    days = f"{change.start or ''}..{change.end or ''}" if change.start or change.end else ""
    words = f"{change.old} → {change.new}".strip() if change.old or change.new else ""
    head = f"{change.kind.value} {change.thing.value} {change.key}"
    return " | ".join(filter(None, (head, change.part[0], words, days)))


def amended(case: dict, tmp_path: Path) -> tuple[Path, Path, Path | None]:  # type: ignore[type-arg]
    """The contract before and after, each in a folder, and the library of the new one."""
    old, new = (copied(case["contract"], tmp_path / name) for name in ("old", "new"))
    path = new / "contract.avtal"
    path.write_text(swapped(path.read_text("utf-8"), case["text"]), "utf-8")
    if "translated" in case:
        path.write_text(avtal.format_text(path.read_text("utf-8"), file=str(path), to=case["translated"]), "utf-8")
    for name, pairs in case.get("files", {}).items():
        (new / name).write_text(swapped((new / name).read_text("utf-8"), pairs), "utf-8")
    script = new / "expected" / "compute.py"
    script.write_text(swapped(script.read_text("utf-8"), case["count"]), "utf-8")
    if "library" not in case:
        return old, new, None
    rules = tmp_path / "rules"
    rules.mkdir()
    for entry in files("stdlib_rules").iterdir():
        if entry.name.endswith(".avtal"):
            text = entry.read_text("utf-8")
            (rules / entry.name).write_text(swapped(text, case["library"].get(entry.name, [])), "utf-8")
    return old, new, rules


def paid(found: Difference) -> tuple[Amounts, Amounts]:
    """The amounts before and after of what came to something else, as the scripts write them."""
    assert found.effect is not None
    every = [(one.scope, one.clause, one.sum) for one in found.effect.clauses if not one.sum.same]
    every += [(pair.scope, "total", pair.sum) for pair in found.effect.pairs if not pair.sum.same]
    sides: tuple[Amounts, Amounts] = {}, {}
    for scope, key, amounts in every:
        at = (periods.name(scope.start, scope.end), scope.buyer[1], scope.provider[1], key)
        for side, name, amount in zip(sides, ("old", "new"), (amounts.old, amounts.new), strict=True):
            if name not in amounts.lacking:
                assert amount is not None
                side[at] = amount
    return sides


def test_there_are_as_many_amendments_as_are_asked_for() -> None:
    assert len(CASES) >= 30
    titles = [tomllib.loads(path.read_text("utf-8"))["about"] for path in CASES]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_an_amendment(path: Path, tmp_path: Path) -> None:
    case = tomllib.loads(path.read_text("utf-8"))
    old, new, rules = amended(case, tmp_path)
    if "refused" in case:
        with pytest.raises(avtal.AvtalError) as caught:
            avtal.diff(old, new, data=(), period=case["period"])
        assert {d.code for d in caught.value.diagnostics if d.is_error} == {case["refused"]}
        return
    found = avtal.diff(load(old), load(new, library=rules), data=(), period=case["period"])
    changes, expected = [told(change) for change in found.changes.of_meaning], case["changes"]
    assert len(changes) == len(expected), changes
    assert [f for f, e in zip(changes, expected, strict=True) if not f.startswith(e)] == [], changes
    assert sorted(found.changes.clauses) == sorted(case["clauses"])
    if "written" in case:
        assert [sv for _, sv in found.changes.written] == case["written"]
    if "unsettled" in case:
        assert found.effect is not None
        assert found.effect.total is None
        for key, code in case["unsettled"].items():
            one = next(one for one in found.effect.clauses if one.clause == key)
            assert one.sum.old is not None
            assert one.sum.new is None
            assert [failure.code for failure in one.sum.new_failures] == [code]
        return
    compare_with_the_count(found, counted(old), counted(new))


def compare_with_the_count(found: Difference, before: Amounts, after: Amounts) -> None:
    """What `diff` says is paid before and after is what was counted, and it says so of all that differs."""
    keys = found.changes.keys
    renamed = {(*at[:3], keys.get(at[3], at[3])): amount for at, amount in before.items()}
    differing = {at for at in {*renamed, *after} if renamed.get(at, 0) != after.get(at, 0)}
    old, new = paid(found)
    assert {at: amount for at, amount in old.items() if at in differing or amount} == {
        at: amount for at, amount in renamed.items() if at in differing
    }
    assert {at: amount for at, amount in new.items() if at in differing or amount} == {
        at: amount for at, amount in after.items() if at in differing
    }
    effect = found.effect
    assert effect is not None
    totals = [sum(side[at] for at in side if at[3] == "total") for side in (renamed, after)]
    assert effect.total == totals[1] - totals[0]
