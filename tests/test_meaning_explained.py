"""How an amount is explained, and what bounds a contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import pytest
from settling import codes, program, stay

from interpreter.facts import Row
from interpreter.settle import explain, settle
from interpreter.settlement import Trace


def walk(trace: Trace) -> Iterator[Trace]:
    yield trace
    for part in trace.parts:
        yield from walk(part)


def places(trace: Trace) -> set[tuple[str, int]]:
    rows = [node.row for node in walk(trace)] + [row for node in walk(trace) for row, _ in node.rows]
    return {(row.file, row.line) for row in rows if row is not None}


EVERYTHING = """
table weights : group_of code -> weight number
  | group_of | weight |
  | u | 2 |
  | v* | 3 |
table steps : above kr -> rate %
  | above | rate |
  | 0 kr | 10% |
index lpik
  | year | forecast | outcome |
  | 2012 | 2% | 1% |
let contract_let = fixed * 2

form everything (allting)
  needs stay: id, on, cost, group, born, planned, patient
  param price (pris) : kr
  param rate (takt) : kr/year
  param bounds (trappa) : table above kr -> rate %
  param unused : kr = 3 kr
  let heavy = sum of cost * weights[group].weight over stay where planned = yes
  let best = latest stay in any period where id != "x"
  let twice = heavy + heavy
  each stay as s
    let years = age(s.born, s.on)
    let so_far = running sum of r.cost over stay as r
    when years > 18 and not s.cost > 10 kr or s.group in ("u", "v*") pays s.cost * (0 - 1) + -so_far
  each stay by group, month
    pays (when group = "u" then 1 kr otherwise 2 kr) * (count of stay) / 1 contact
    pays "date" 1 kr * (month.end - month.start) / 1 day
  each month
    pays rate
  each stay as t
    pays "own" sum of o.years * 1 kr over stay as o where o.id = t.id
  when best.cost in 1 kr to 5 kr or best is missing or (exists stay) pays clamp(best.cost else 0 kr, 0 kr, 5 kr)
  pays "let" twice + price + unused + tariff(bounds, 10 kr) + (mean of 1 kr over providers)
  pays "rounded" price / 3 rounded to 1 kr
  gives handed = twice

everything rate 12 kr/year bounds steps
  price
    from 2011-01-01  contract_let
    from 2012-01-01  previous * (1 + lpik[2012].forecast) + part + everything_else.handed
fixed 5 kr
part 10% whole fixed
form everything_else
  gives handed = 7 kr
everything_else
fixed "by party" (when contract.provider = "H" then 1 kr otherwise 2 kr)
fixed "year" (12 kr/year)
"""


def rows() -> list[Row]:
    common = {"planned": True, "patient": "p", "born": date(1950, 1, 1)}
    return [stay(1, cost=Fraction(3), group="u", **common), stay(2, cost=Fraction(4), group="v1", **common)]


def test_every_kind_of_expression_is_explained_down_to_the_data() -> None:
    made = program(EVERYTHING)
    data = {"stay": rows()}
    (found,) = settle(made, data)
    assert found.failures == ()
    for clause in found.clauses:
        trace = explain(made, data, found, clause.key)
        assert trace.value == clause.amount
        assert trace.note == clause.key
    trace = explain(made, data, found, "everything")
    assert places(trace) == {("stays.csv", 2), ("stays.csv", 3)}
    kinds = {type(node.expr).__name__ for node in walk(trace)}
    assert {"Aggregate", "Param", "LetRef", "Previous", "Tariff", "EntryOf", "Member", "Amount", "Given"} <= kinds
    assert {"ColumnRef", "PerPeriod", "PeriodRef", "GroupKey", "Cases", "Call", "Round", "Pick", "Negate"} <= kinds
    sums = [node for node in walk(trace) if node.note == "heavy"]
    assert {node.value for node in sums} == {18}
    aggregate = next(node for node in walk(sums[0]) if node.rows)
    assert [(row.line, value) for row, value in aggregate.rows] == [(2, 6), (3, 12)]
    with pytest.raises(KeyError):
        explain(made, data, found, "none")


def test_a_let_that_is_used_twice_is_explained_twice_but_worked_out_once() -> None:
    lets = "".join(f"  let x{n} = x{n - 1} + x{n - 1}\n" for n in range(1, 40))
    made = program(f"form doubled\n  let x0 = 1 kr\n{lets}  pays x39\ndoubled\n")
    (found,) = settle(made, {})
    assert found.total == 2**39
    trace = explain(made, {}, found, "doubled")
    distinct: dict[int, Trace] = {}
    stack = [trace]
    while stack:
        node = stack.pop()
        if id(node) not in distinct:
            distinct[id(node)] = node
            stack.extend(node.parts)
    assert len(distinct) < 200


def test_a_failure_is_explained_as_far_as_it_came() -> None:
    made = program("form asks\n  needs stay: id, cost\n  each stay\n    pays cost + 1 kr\nasks\n")
    data = {"stay": [stay(1, cost=None), stay(2, cost=Fraction(1)), stay(3, cost=None)]}
    (found,) = settle(made, data)
    assert [cause.message("en") for cause in found.failures] == ["stay.cost is missing (stays.csv:2, 4)"]
    assert places(explain(made, data, found, "asks")) == {("stays.csv", line) for line in (2, 3, 4)}


def test_numbers_and_definitions_have_limits() -> None:
    squares = "".join(f"  let x{n} = x{n - 1} * x{n - 1}\n" for n in range(1, 14))
    made = program(f"form grown\n  let x0 = 3\n{squares}  pays x13 * 1 kr\ngrown\n")
    assert codes(settle(made, {})[0]) == ["AV512"]
    chain = "".join(f"  let x{n} = x{n - 1} + 1\n" for n in range(1, 120))
    made = program(f"form deep\n  let x0 = 3\n{chain}  pays x119 * 1 kr\ndeep\n")
    assert codes(settle(made, {})[0]) == ["AV515"]
