"""What contracts of one mould are given, worked out once for all of them, and their clauses, made when asked for."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from agree.compare import difference
from mould_case import GIVEN, contracts, programs, shelf

from avtal.contract import load
from avtal.engines.duck import DuckEngine
from avtal.engines.load import from_rows
from interpreter import core
from interpreter.casts import Drawn, Ranks
from interpreter.clerk import scope_of
from interpreter.evaluate import MAX_DEPTH, evaluate
from interpreter.facts import Data, Row
from interpreter.lookup import TableIndex
from interpreter.sets import settle as sets
from interpreter.sets.expressions import Quick
from interpreter.sets.portfolio import Keyed
from interpreter.settle import ledger_for, settle
from interpreter.values import Days, Failure

__all__ = ["shelf"]


def test_a_list_is_found_as_deep_as_the_language_goes_and_no_deeper(tmp_path: Path) -> None:
    paths = contracts(tmp_path)
    assert all(load(path).sound for path in paths)
    program = programs(paths)[1]
    tables = {name: TableIndex(table) for name, table in program.tables.items()}
    ledger = ledger_for(program, {}, tables, "S", "", Days(date(2012, 1, 1), date(2012, 12, 31)))
    instance = program.instances[0]
    env, own = scope_of(ledger, instance), core.Param("own", type=instance.form.parameters[6].type)
    assert own.name == instance.form.parameters[6].name
    for value in (evaluate, Quick().value):
        for depth in (0, MAX_DEPTH - 3):
            env.lets.clear()
            ledger.depth = depth
            value(own, env)
        for depth in (MAX_DEPTH - 2, MAX_DEPTH):
            ledger.depth = depth
            env.lets.clear()
            with pytest.raises(Failure) as found:
                value(own, env)
            assert found.value.causes[0].code == "AV515"


SUMS = """
tiny "Five"
  rate (prices["{one}"].price + prices["{two}"].price)
tiny "Six"
  rate ({limit} * prices["A"].price - {rate} kr)
paid "Seven"
  rate  1 kr
  limit 1
  code  A
  ready (period.start < 2012-0{limit}-01)
  own   prices
  small fees
beside "Eight"
  share ({limit}% of base)
"""
BESIDE = """
form beside
  "What it says, of the others."
  outside base
  param share : kr
  param whole : kr = base
  pays share + 1% * whole
"""
KEYS = ["AA", "AB", "BA", "BB", "AB"]


class Busy(DuckEngine):
    """DuckDB that is said to be at work, so that all is prepared that can be."""

    def idle(self) -> bool:
        return False


def test_what_is_worked_out_of_figures_is_so_for_each_of_one_mould(tmp_path: Path) -> None:
    """The first contract asks twice for what the others ask for once; a day is a figure, and so is a share of a sum."""
    paths = contracts(tmp_path)
    for path, (_, rate, limit, *_), (one, two) in zip(paths, GIVEN, KEYS, strict=True):
        own = path.parent / "own.avtal"
        own.write_text(own.read_text("utf-8") + BESIDE, "utf-8")
        text = SUMS.format(rate=rate, limit=limit, one=one, two=two)
        path.write_text(path.read_text("utf-8") + text, "utf-8")
    fresh = [load(path).program for path in paths]
    assert len(list((tmp_path / "cache").glob("mould-*"))) == 1
    data: Data = dict[str, list[Row]]()
    alone = [settle(program, data) for program in fresh]
    with closing(Busy()) as engine:
        dataset = from_rows(fresh[0].facts, data, engine)
        anew = sets.settle_all(fresh, dataset)
        together = [found for (found,) in sets.settle_all(programs(paths), dataset)]
    for expected, (first,), found in zip(alone, anew, together, strict=True):
        assert not difference(expected, (first,))
        assert not difference(expected, (found,))
    amounts = [[clause.amount for clause in found.clauses][4:] for found in together]
    assert [own[0] for own in amounts] == [20, 30, 30, 40, 30]
    assert [own[1] for own in amounts] == [10 - 7, 20 - 1200, 30 - 3, 40 - 44, 50 - 5]
    assert [own[2] for own in amounts] == [0, 11, 14, 15, 11]  # of the first the period begins no sooner
    assert amounts[0][3] == 2 * Fraction(19 + 36 + 20 + 7 + 20 + 3 + 0, 100)


def test_clauses_are_made_when_they_are_asked_for(tmp_path: Path) -> None:
    paths = contracts(tmp_path)
    fresh = [load(path).program for path in paths]
    kept = programs(paths)
    one, other = kept[1], kept[2]
    assert isinstance(one.instances, Drawn)
    assert len(Keyed(kept[0])) == 4  # which is found out of one contract for all
    before = len(one.instances.cast.made)
    assert [len(one.instances), len(Keyed(one)), len(Ranks(kept))] == [4, 4, 4]
    assert list(Keyed(one)) == [instance.key for instance in fresh[1].instances]
    assert isinstance(Ranks(kept).at(2)[1:3], type(Ranks(kept).at(2)))
    assert len(one.instances.cast.made) == before
    assert Keyed(one)['paid["Two"]'] is one.instances[1] is one.order[1] is Ranks(kept).at(1)[1]
    assert one.instances[1:3] == (one.instances[1], one.instances[2])
    assert one.instances == tuple(one.instances) == one.order
    assert one.instances != other.instances
    assert (one.instances == 1, one.instances != 1) == (False, True)
    assert repr(one.instances) == repr(tuple(one.instances))
    several: list[list[core.Program]] = [[*kept[:2], fresh[2]], [fresh[0], *kept[1:]], [one, one]]
    assert all(isinstance(Ranks(programs_).at(0), list) for programs_ in several)


def test_contracts_that_had_the_forms_of_another_are_settled_beside_one_that_has_not(tmp_path: Path) -> None:
    paths = contracts(tmp_path)
    fresh = [load(path).program for path in paths]
    kept = programs(paths)
    data: Data = dict[str, list[Row]]()
    alone = [settle(program, data) for program in fresh]
    with closing(DuckEngine()) as engine:
        dataset = from_rows(fresh[0].facts, data, engine)
        for order in ([1, 2], [3, 1, 4, 2], [1, 3, 2, 4]):
            several = [kept[at] for at in order] if len(order) > 2 else [fresh[0], *(kept[at] for at in order)]
            found = sets.settle_all(several, dataset)
            assert len({id(program.instances[0].form) for program in several}) == 1
            expected = [alone[at] for at in order] if len(order) > 2 else [alone[0], *(alone[at] for at in order)]
            assert not any(map(difference, expected, found))
