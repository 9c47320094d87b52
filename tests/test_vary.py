"""What a clause would pay if one value were another: dials are found by how forms are written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from avtal import api
from interpreter.settlement import Status
from interpreter.vary import DATUM, VOLUME, Dial, Turning, indexed, turning

FORMS = """\
unit thing, things (sak)

fact deed (dåd)
  key      id
  dated    on
  counts   thing
  column id : code
  column on (den) : date
  column size (storlek) : thing from 0 things to 1 000 things

fact score (mått)
  key      name
  dated    on
  column name (namn) : code
  column on (den) : date
  column value (värde) : % optional from 0% to 100%
  column free (fritt) : thing optional

form stair (steg)
  "Something between two limits, and a leap."
  source "made up"
  needs score: name, value
  param name (namn) : code key
  param low (låg)   : %
  param high (hög)  : %
  param sum_of (summa) : kr
  requires low < high  "they rise"
  let found (funnet) = score[name].value
  unsettled when found is missing  "not there"
  let part = clamp((found - low) / (high - low), 0%, 100%)
  when found > high  pays "leap" 10 kr
  pays "part" part * sum_of

form bulk (mängd)
  "A price up to a ceiling, each deed a krona, and a fine for the large ones beyond it."
  source "made up"
  needs deed: id, size
  param price (pris) : kr/thing
  param limit (tak)  : thing optional
  each deed
    let double = size * 2
    pays "each" 1 kr
  let made (gjort) = sum of size over deed
  let large = sum of double over deed where size > 5 things
  let paid_for =
    when limit is missing  then made
    otherwise                   lesser(made, limit)
  pays "bulk" price * paid_for
  pays "large" price * large

form beyond (bortom)
  "Each deed, cheaper when there are many."
  source "made up"
  needs deed: id, size
  param limit (tak) : thing
  let made = sum of size over deed
  let many =
    when made > limit  then 1
    otherwise               0
  each deed
    when many = 1  pays 1 kr
    otherwise      pays 2 kr

form monthly_bulk (månadsmängd)
  "A price each month up to a ceiling."
  source "made up"
  needs deed: id, size
  param price (pris) : kr/thing
  param limit (tak)  : thing
  each month
    let made = sum of size over deed
    pays price * lesser(made, limit)

form free_score (fritt_mått)
  "A value without a range."
  source "made up"
  needs score: name, free
  param name (namn) : code key
  param price (pris) : kr/thing
  let found = score[name].free
  pays price * found

form newest_score (nyaste_mått)
  "A sum by the latest value before each month."
  source "made up"
  needs score: name, on, value
  param name (namn) : code key
  param low (låg)   : %
  param high (hög)  : %
  param sum_of (summa) : kr
  each month
    let newest = latest score as s in any period where s.name = name and s.on < month.start
    unsettled when newest is present and newest.on > month.end  "from the future"
    when newest is missing         pays 0 kr
    otherwise                      pays sum_of * clamp((newest.value - low) / (high - low), 0%, 100%)

form flat (platt)
  "Nothing to turn."
  source "made up"
  param amount (belopp) : kr first
  pays amount

form told (sagt)
  "Nothing to pay."
  source "made up"
  needs score: name, value
  param name (namn) : code key
  let found = score[name].value
  gives shown (visat) = found
"""

CONTRACT = """\
contract "Turned"
  buyer    "B" code "B"
  provider "P" code "P"
  period   2012-01-01 to 2012-12-31
  settle   yearly
  rounding öre half_away

use forms

stair name a low 50% high 80% sum_of 100 kr
stair name gone low 50% high 80% sum_of 100 kr
bulk "Capped" price 2 kr/thing limit 12 things/year
bulk "Free" price 2 kr/thing
beyond limit 12 things/year
monthly_bulk price 2 kr/thing limit 8 things
free_score name a price 3 kr/thing
newest_score name a low 50% high 80% sum_of 10 kr
flat 5 kr
told name a
"""

HALF = Fraction(1, 2)
DEEDS = "id;on;size\n1;2012-01-05;4\n2;2012-01-06;6\n3;2012-05-05;5\n"
SCORES = "name;on;value;free\na;2012-03-01;71%;7\n"


def opened(folder: Path, *, scores: str = SCORES, contract: str = CONTRACT) -> Turning:
    (folder / "data").mkdir(parents=True)
    for name, text in {
        "forms.avtal": FORMS,
        "contract.avtal": contract,
        "data/deed.csv": DEEDS,
        "data/score.csv": scores,
    }.items():
        (folder / name).write_text(text, "utf-8")
    loaded = api.load(folder)
    assert [d.message("en") for d in loaded.diagnostics if d.is_error] == []
    reading = api.read(loaded)
    settlement = api.settle(loaded, reading)[0]
    return turning(indexed(loaded.program, reading.data), settlement)


@pytest.fixture
def turned(tmp_path: Path) -> Turning:
    return opened(tmp_path / "own")


def dial(turned: Turning, clause: str) -> Dial:
    (found,) = [d for d in turned.dials() if d.clause == clause]
    return found


def test_dials_are_found_by_how_a_form_is_written(turned: Turning) -> None:
    found = {(d.clause, d.kind, d.fact, d.column, d.marks) for d in turned.dials()}
    assert found == {
        ("stair[a]", DATUM, "score", "value", ("low", "high")),
        ("stair[gone]", DATUM, "score", "value", ("low", "high")),
        ('bulk["Capped"]', VOLUME, "deed", "", ("limit",)),
        ('bulk["Free"]', VOLUME, "deed", "", ("limit",)),
        ("beyond", VOLUME, "deed", "", ("limit",)),
        ("monthly_bulk", VOLUME, "deed", "", ("limit",)),
        ("free_score[a]", DATUM, "score", "free", ()),
        ("newest_score[a]", DATUM, "score", "value", ("low", "high")),
    }


def test_a_datum_has_the_range_that_its_fact_declares(turned: Turning) -> None:
    one = dial(turned, "stair[a]")
    assert (one.low, one.high, one.unit.name) == (0, 1, "%")
    free = dial(turned, "free_score[a]")
    assert (free.low, free.high) == (None, None)


def test_what_it_is_now_and_what_it_is_held_against(turned: Turning) -> None:
    assert turned.now(dial(turned, "stair[a]")) == Fraction(71, 100)
    assert turned.now(dial(turned, "stair[gone]")) is None
    assert turned.now(dial(turned, 'bulk["Capped"]')) == 15
    assert turned.now(dial(turned, "monthly_bulk")) is None, "another each month"
    assert turned.marks(dial(turned, "stair[a]")) == (("low", Fraction(1, 2)), ("high", Fraction(4, 5)))
    assert turned.marks(dial(turned, 'bulk["Capped"]')) == (("limit", Fraction(12)),)
    assert turned.marks(dial(turned, 'bulk["Free"]')) == ()


@pytest.mark.parametrize(
    ("value", "paid"), [("0", 0), ("0.5", 0), ("0.71", 70), ("0.65", 50), ("0.8", 100), ("0.81", 110), ("1", 110)]
)
def test_payment_against_a_datum(turned: Turning, value: str, paid: int) -> None:
    one = dial(turned, "stair[a]")
    assert turned.at(one, Fraction(value)).amount == paid
    assert turned.at(dial(turned, "stair[gone]"), Fraction(value)).amount == paid, "as if it had been reported"


def test_payment_against_a_volume_keeps_what_does_not_turn_on_it(turned: Turning) -> None:
    one = dial(turned, 'bulk["Capped"]')
    for volume, paid in ((0, 3 + 24), (10, 3 + 24 + 20), (12, 3 + 24 + 24), (99, 3 + 24 + 24)):
        result = turned.at(one, Fraction(volume))
        assert result.amount == paid
        assert sum(line.amount for line in result.lines) == result.exact == paid
    assert turned.at(dial(turned, 'bulk["Free"]'), Fraction(99)).amount == 3 + 24 + 198


def test_rows_that_turn_on_the_volume_are_paid_again(turned: Turning) -> None:
    one = dial(turned, "beyond")
    assert turned.at(one, Fraction(12)).amount == 6
    assert turned.at(one, Fraction(13)).amount == 3


def test_a_volume_of_each_month(turned: Turning) -> None:
    one = dial(turned, "monthly_bulk")
    assert turned.at(one, Fraction(1)).amount == 12 * 2
    assert turned.at(one, Fraction(9)).amount == 12 * 16


def test_a_row_with_a_name_is_turned_by_its_cell(turned: Turning) -> None:
    """Before April there is no value: the row is missing, and stays so; from April on there are nine months."""
    one = dial(turned, "newest_score[a]")
    assert turned.now(one) is None, "missing in some months"
    assert turned.results["newest_score[a]"].amount == 9 * 7
    assert turned.at(one, Fraction(1)).amount == 9 * 10
    assert turned.at(one, HALF).amount == 0


def test_a_trace_of_one_clause(turned: Turning) -> None:
    before = dict(turned.ledger.results)
    traces = turned.traced('bulk["Capped"]')
    assert [trace.value for trace in traces][-2:] == [24, 24]
    assert turned.ledger.results == before
    assert turned.ledger.trace is None


def test_turning_leaves_the_settlement_as_it_was(turned: Turning) -> None:
    one = dial(turned, "stair[a]")
    before = dict(turned.ledger.results)
    turned.at(one, Fraction(1))
    assert turned.ledger.results == before
    assert before["stair[gone]"].status is Status.UNSETTLED


def test_a_clause_that_failed_is_settled_whole(tmp_path: Path) -> None:
    """A row without its datum fails the clause; turning its volume does not hide that."""
    turned = opened(tmp_path / "own", scores="name;on;value;free\na;2012-03-01;;\n")
    one = dial(turned, "free_score[a]")
    assert turned.now(one) is None
    assert turned.at(one, Fraction(2)).amount == 6


def test_a_limit_that_changes_inside_the_period_is_no_one_mark(tmp_path: Path) -> None:
    old, new = 'bulk "Free" price 2 kr/thing\n', 'bulk "Free" price 2 kr/thing\n  limit\n'
    new += "    from 2012-01-01  12 things\n    from 2012-07-01  13 things\n"
    turned = opened(tmp_path / "own", contract=CONTRACT.replace(old, new))
    one = dial(turned, 'bulk["Free"]')
    assert turned.marks(one) == ()
    assert turned.at(one, Fraction(3)).status is Status.FAILED


def test_at_the_settled_value_it_pays_what_was_settled() -> None:
    root = Path(__file__).parent.parent / "contracts"
    for name, period in (("akutsjukhus", "2013"), ("hoft_kna", "2012")):
        contract = api.load(root / name)
        reading = api.read(contract)
        settlement = api.settle(contract, reading, period=period)[0]
        turned = turning(indexed(contract.program, reading.data), settlement)
        compared = 0
        for one in turned.dials():
            now = turned.now(one)
            if now is not None:
                compared += 1
                found = turned.at(one, now)
                settled = settlement.clause(one.clause)
                assert settled is not None
                assert (found.amount, found.exact) == (settled.amount, settled.exact), one.clause
        assert compared > 2
