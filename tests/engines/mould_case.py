"""Contracts of one mould: the same clauses with other figures, kept and read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from avtal import cache, compiled
from avtal.contract import load
from interpreter import core

TEXT = """\
contract "Care of {name}"
  provider "{name}" code "{name}"
  period   2012

use own

table prices : item code -> price kr
  file "prices.csv"

table fees : item code -> fee kr
  | item | fee |
  | A    | {fee} kr |
  | B    | 2 kr |

paid "One"
  rate  {rate} kr
  limit {limit}
  kind  {kind}
  code  {code}
  since 2012-0{limit}-01
  ready yes
  own   prices
  small fees
paid "Two"
  rate
    from 2012-01-01 {rate} kr
  limit 2
  code  B
  own   prices
  small fees
paid "Three"
  rate  ({rate} kr + 1 kr)
  limit 1
  code  A
  own   prices
  small fees
tiny "Four"
  rate {rate} kr
always paid["One"] > -1 000 000 kr  "never a debt of {name}"
"""
FORM = """\
form paid
  "By the piece, to a limit."
  param rate  : kr
  param limit : number
  param kind  : choice plain, double = plain
  param code  : code
  param since : date optional
  param ready : yes_no = yes
  param own   : table item code -> price kr
  param small : table item code -> fee kr
  requires limit > 0 or kind = double  "a limit"
  gives last = own[code].price
  let whole = rate * lesser(limit, 3) + small[code].fee + own[code].price
  let asked = when ready and (since is missing or since < 2012-06-01) then whole otherwise 0 kr
  pays asked

form tiny
  "What it says."
  param rate : kr
  pays rate
"""
GIVEN = [("North", 7, 1, "plain", "A"), ("S", 1200, 2, "plain", "B"), ("Westerly", 3, 3, "double", "A")]
GIVEN += [("E", 44, 4, "plain", "B"), ("Far", 5, 5, "plain", "A")]


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A cache folder of the test's own."""
    monkeypatch.setenv(cache.SETTING, str(tmp_path / "cache"))
    compiled.shelf_at.cache_clear()
    yield
    compiled.shelf_at.cache_clear()


def contracts(folder: Path) -> list[Path]:
    """Five contracts that differ in figures, in lengths and in what their figures are."""
    found = []
    for name, rate, limit, kind, code in GIVEN:
        own = folder / name
        own.mkdir()
        text = TEXT.format(name=name, rate=rate, limit=limit, kind=kind, code=code, fee=rate % 5)
        (own / "contract.avtal").write_text(text, "utf-8")
        (own / "own.avtal").write_text(FORM, "utf-8")
        (own / "prices.csv").write_text("item;price\nA;10 kr\nB;20 kr\n", "utf-8")
        found.append(own / "contract.avtal")
    return found


def programs(paths: list[Path]) -> list[core.Program]:
    compiled.shelf_at.cache_clear()
    found = [load(path) for path in paths]
    assert all(contract.cached for contract in found)
    return [contract.program for contract in found]
