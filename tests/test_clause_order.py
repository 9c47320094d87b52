"""A settlement lists a clause right above those nested in it, also what a model's use or an amendment nests later."""

from __future__ import annotations

from pathlib import Path

from avtal import api

TEXT = """\
contract "Order"
  provider "Hospital" code "H"
  period 2012-01-01 to 2013-12-31

use common

model both (båda)
  param size (storlek) : kr
  withheld "First" (size)
    criterion M1 weight 10%
  environment "Second" (size)
    criterion M2 weight 10%

both size 100 kr/year
  environment "Second"
    criterion M4 weight 20%
  withheld "First"
    criterion M3 weight 20%

block "Last" 7 kr

amend "Later" from 2013-01-01
  withheld "First"
    criterion M5 weight 20%
"""


def test_what_is_nested_stands_below_its_parent(tmp_path: Path) -> None:
    path = tmp_path / "contract.avtal"
    path.write_text(TEXT, "utf-8")
    contract = api.load(path)
    assert [d.message("en") for d in contract.diagnostics if d.is_error] == []
    assert [instance.key for instance in contract.program.instances] == [
        'withheld["First"]',
        'withheld["First"]/criterion[M1]',
        'withheld["First"]/criterion[M3]',
        'withheld["First"]/criterion[M5]',
        'environment["Second"]',
        'environment["Second"]/criterion[M2]',
        'environment["Second"]/criterion[M4]',
        'block["Last"]',
    ]
