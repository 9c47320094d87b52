"""Of which facts a contract may use rows that lie outside its days."""

from __future__ import annotations

import pytest
from settling import program

from interpreter.outside import looked_at_outside

FORM = """form odd
  "What is asked for."
  needs stay: cost, on, load
  param many : number = 1
  {step}

odd "A"
{more}
"""


def looked(step: str, more: str = "") -> frozenset[str]:
    return looked_at_outside(program(FORM.replace("{step}", step).replace("{more}", more)))


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ('pays "a" (sum of cost over stay)', False),
        ('pays "a" (sum of cost over stay in period)', False),
        ('each month\n    pays "a" (sum of cost over stay in month)', False),
        ('pays "a" (sum of cost over stay in any period)', True),
        ('pays "a" (sum of cost over stay in 1 year before period)', True),
        ('pays "a" (sum of cost over stay in 30 days after 2012-03-01)', True),
        ('each stay\n    when (exists stay as s in 1 year before on) pays "a" cost', True),
        ('pays "a" 1 kr * stay["S1"].load', True),
        ('each stay in 1 month before period\n    pays "a" cost', True),
    ],
)
def test_a_form_looks_outside_by_a_window(step: str, found: bool) -> None:  # noqa: FBT001
    assert looked(step) == (frozenset({"stay"}) if found else frozenset())


@pytest.mark.parametrize(
    "more",
    [
        "  many (sum of load over stay in any period)",
        "let all_ever = (sum of load over stay in any period)",
        'always (sum of load over stay in any period) < 100 "not too much"',
        'indicator 113 "Early"\n  let fulfilled = (sum of load over stay in any period)\n  let population = 1',
    ],
)
def test_so_do_arguments_lets_and_promises(more: str) -> None:
    assert looked('pays "a" 1 kr * many', more) == {"stay"}
