"""Faults in the lowering, each of which the generated contracts must show.

`python -m agree.faults` looks for the first generated contract that shows each, and writes them to `caught.json`; the
tests settle that contract with the fault planted.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen

from agree import saved
from agree.compare import difference
from agree.contracts import Case, make
from agree.corners import corner, corners
from agree.engines import Settler, opened
from agree.fault_list import EXPRESSIONS
from agree.fault_list_rows import ROWS
from agree.planting import Fault, planted
from agree.settling import reference
from interpreter import core
from interpreter.declare import Sources
from interpreter.pipeline import analyse
from interpreter.sets.relation import EngineError
from interpreter.settlement import Settlement

FAULTS: tuple[Fault, ...] = (*EXPRESSIONS, *ROWS)
CAUGHT = Path(__file__).parent / "caught.json"
BOUNDED = 400
"""How many generated contracts the tests settle, among which each fault must be shown."""


@frozen
class Settled:
    """A case with what it comes to."""

    case: Case
    program: core.Program
    expected: tuple[Settlement, ...]


def settled(case: Case) -> Settled | None:
    """A case settled by the reference evaluator; nothing when its contract isn't right."""
    found = analyse(Sources("case.avtal", case.text))
    if not found.sound or found.program is None:
        return None
    return Settled(case, found.program, reference(case, found))


def shown(fault: Fault, settler: Settler, cases: Iterator[Settled]) -> str:
    """The name of the first case that shows a fault; empty when none does."""
    with planted(fault) as package:
        faulty = Settler(settler.engine, package)
        for one in cases:
            found = differs(faulty, one)
            if found:
                name = str(one.case.seed)
                return narrowed(faulty, name, found[0]) if name in WHOLE else name
    return ""


WHOLE = tuple(str(case.seed) for case in corners())


def narrowed(faulty: Settler, name: str, at: str) -> str:
    """The name of the case of the one clause in which a fault was seen; that of the whole when it hides there."""
    number = re.search(r"clauses\.g([0-9]+)\.", at)
    one = settled(corner(f"{name} {number[1]}")) if number else None
    return str(one.case.seed) if one is not None and differs(faulty, one) else name


def differs(settler: Settler, one: Settled) -> list[str]:
    """Where an engine comes to another result."""
    try:
        return difference(one.expected, settler.settle(one.program, one.case))
    except EngineError:
        return []
    except Exception as error:  # noqa: BLE001 - a crash shows the fault too
        return [f"crash: {error!r}"]


def known() -> dict[str, str]:
    """Which case shows which fault: a seed, or the name of a saved case."""
    found: dict[str, str] = json.loads(CAUGHT.read_text("utf-8"))
    return found


def case_of(name: str) -> Case:
    """A case by its seed or name."""
    if name.isdigit():
        return make(int(name))
    return corner(name) if name.startswith("corner ") else saved.load(saved.FOUND / f"{name}.avtal")


def main(faults: Sequence[Fault] = FAULTS) -> int:
    """Look for a case for each fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=BOUNDED)
    parser.add_argument("--only", default="", help="a part of the names of the faults to look at")
    parser.add_argument("--again", action="store_true", help="also those that a case is known for")
    arguments = parser.parse_args()
    cases = [
        one
        for case in (*corners(), *map(make, range(arguments.programs)), *saved.all_found())
        if (one := settled(case))
    ]
    found = known() if CAUGHT.exists() else {}
    with opened("sqlite") as settler:
        cases = [one for one in cases if not differs(settler, one)]
        for fault in faults:
            if arguments.only in fault.name and (arguments.again or fault.name not in found):
                name = shown(fault, settler, iter(cases))
                print(f"{name or 'NOT SHOWN':>12}  {fault.name}", flush=True)
                found.pop(fault.name, None)
                found |= {fault.name: name} if name else {}
    names = {fault.name for fault in faults}
    kept = {name: seed for name, seed in sorted(found.items()) if name in names}
    CAUGHT.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"{len(kept)} of {len(faults)} faults shown", file=sys.stderr)
    return 0 if len(kept) == len(faults) else 1


if __name__ == "__main__":
    raise SystemExit(main())
