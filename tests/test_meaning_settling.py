"""Settling as a whole: periods, parties, data that are not there, the order of rows."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction

import pytest
from settling import HEAD, codes, program, stay

from interpreter.facts import Row
from interpreter.settle import periods, settle
from interpreter.settlement import Status

SUMS = """
form sums
  needs stay: id, cost
  each stay
    let double = cost * 2
    pays double
sums
fixed 5 kr
"""


def test_each_period_of_the_contract_is_settled_by_itself() -> None:
    data = {"stay": [stay(1, "2012-02-29", cost=Fraction(10)), stay(2, "2012-03-01", cost=Fraction(1))]}
    seen: list[tuple[str, int, int]] = []
    head = HEAD.replace("\n\nuse", "\n  settle {}\n\nuse")
    for word, ends, totals in (
        ("yearly", ["2012-04-15"], [27]),
        ("quarterly", ["2012-03-31", "2012-04-15"], [27, 5]),
        ("monthly", ["2012-01-31", "2012-02-29", "2012-03-31", "2012-04-15"], [5, 25, 7, 5]),
    ):
        made = program(SUMS, head=head.format("2012-01-15 to 2012-04-15", word))
        found = settle(made, data, progress=lambda *step: seen.append(step))
        assert [str(s.end) for s in found] == ends
        assert found[0].start == date(2012, 1, 15)
        assert [s.total for s in found] == totals
    assert seen[-1] == ("fixed", 8, 8)
    part = periods(made.terms, date(2012, 2, 10), date(2012, 3, 10))
    assert [(str(p.start), str(p.end)) for p in part] == [("2012-02-10", "2012-02-29"), ("2012-03-01", "2012-03-10")]
    assert periods(made.terms, date(2013, 1, 1)) == []


def test_each_pair_of_parties_has_its_own_settlement() -> None:
    head = (
        'contract "Case"\n  buyer "R" code "R"\n  buyer "S" code "S"\n'
        '  provider "H" code "H"\n  provider "I" code "I"\n'
        "  period {}\n\nuse care\n\n"
    )
    data = {
        "stay": [
            stay(1, cost=Fraction(1)),
            stay(2, cost=Fraction(10), region="S"),
            stay(3, cost=Fraction(100), hospital="I"),
            stay(4, cost=Fraction(1000), hospital="X"),
        ]
    }
    found = settle(program(SUMS, head=head), data)
    assert [(s.buyer[1], s.provider[1], s.total) for s in found] == [
        ("R", "H", 7),
        ("R", "I", 205),
        ("S", "H", 25),
        ("S", "I", 5),
    ]
    assert [s.rows["stay"] for s in found] == [(1, 4), (1, 4), (1, 4), (0, 4)]
    (one,) = settle(program(SUMS, head=head), data, providers=["I"], buyers=["R"])
    assert one.total == 205


@pytest.mark.parametrize("cells", [{"hospital": None}, {"region": None}, {"on": None}])
def test_a_row_that_belongs_to_nobody_leaves_no_total(cells: dict[str, None]) -> None:
    head = 'contract "C"\n  buyer "R" code "R"\n  buyer "S" code "S"\n  provider "H" code "H"\n  period {}\nuse care\n'
    found = settle(program(SUMS, head=head), {"stay": [stay(1, cost=Fraction(1), **cells)]})
    assert [s.total for s in found] == [None, None]
    assert codes(found[0]) == ["AV516"]


def test_a_row_without_buyer_is_the_only_buyers() -> None:
    head = 'contract "C"\n  buyer "R" code "R"\n  provider "H" code "H"\n  period {}\nuse care\n'
    (found,) = settle(program(SUMS, head=head), {"stay": [stay(1, cost=Fraction(1), region=None)]})
    assert found.total == 7


@pytest.mark.parametrize(
    "asks",
    [
        "sum of cost over stay",
        '(latest stay where id = "x").cost',
        'stay["x"].cost else 0 kr',
        "1 kr / (count of stay)",
    ],
)
def test_a_fact_that_was_never_handed_in_is_not_a_fact_without_rows(asks: str) -> None:
    text = f"form asks\n  needs stay: id, cost\n  let found = {asks}\n  when 1 = 1 pays 1 kr\n  gives found = found\n"
    made = program(text + "asks\nfixed 5 kr\n")
    (found,) = settle(made, {"result": []})
    assert [(c.key, c.status) for c in found.clauses] == [("asks", Status.FAILED), ("fixed", Status.SETTLED)]
    (cause,) = found.failures
    assert (cause.code, cause.arguments["datum_en"], found.total) == ("AV501", "stay", None)
    (empty,) = settle(made, {"stay": []})
    assert "stay" not in [cause.arguments.get("datum_en") for cause in empty.failures]


def test_the_order_of_rows_in_the_data_does_not_matter() -> None:
    text = """
fact event
  dated on
  provider hospital
  column hospital : code
  column on : date
  column size : kr
  column kind : code

form ordered
  needs event: on, size, kind
  needs stay: id, on, cost, patient
  each event as e
    let so_far = running sum of size
    pays lesser(so_far, 50 kr) * e.size / 1 kr
  each stay by patient, spell of 1 month
    pays greater(sum of cost, 7 kr)
  pays "last" (latest event).size
  gives first_kind = (earliest event).kind
ordered
"""
    made = program(text)
    shuffled = random.Random(1)  # noqa: S311 - the same order every time
    events = [("2012-03-01", 5, "b"), ("2012-03-01", 5, "a"), ("2012-02-01", 30, "c"), ("2012-03-01", 40, "a")]
    stays = [stay(n, f"2012-0{n % 6 + 1}-15", cost=Fraction(n), patient=f"p{n % 2}") for n in range(1, 12)]
    seen = set()
    for _ in range(20):
        shuffled.shuffle(events)
        shuffled.shuffle(stays)
        rows = [
            Row(
                "event", {"hospital": "H", "on": date.fromisoformat(on), "size": Fraction(n), "kind": kind}, "e.csv", at
            )
            for at, (on, n, kind) in enumerate(events)
        ]
        (found,) = settle(made, {"event": rows, "stay": stays})
        assert found.failures == ()
        clause = found.clauses[0]
        seen.add(
            (clause.amount, clause.given["first_kind"], tuple((line.row, line.amount) for line in clause.lines[4:]))
        )
    assert len(seen) == 1


def test_a_line_says_how_many_at_what_price_and_from_which_row() -> None:
    text = """
form lines
  needs stay: id, cost
  param price (pris) : kr/contact
  let held = count of stay
  pays "volume" price * held * 50%
  pays "divided" price * held / 2
  pays "two prices" price * held * 1 kr / 1 kr * 1
  pays "square" (price * held) * (1 kr / 1 kr)
  each stay
    pays "cost" cost
  each stay by month
    pays "month" 3 kr
lines price 100 kr/contact
"""
    (found,) = settle(program(text), {"stay": [stay(1, cost=Fraction(7)), stay(2, "2013-01-01", cost=Fraction(9))]})
    lines = {line.label: line for line in found.clauses[0].lines}
    volume = lines["volume"]
    assert (volume.quantity, volume.unit.name, volume.unit_price, volume.amount) == (Fraction(1, 2), "contact", 100, 50)
    assert lines["divided"].quantity is None
    assert (lines["cost"].row, lines["cost"].file, lines["cost"].number, lines["cost"].day) == (
        "1",
        "stays.csv",
        2,
        date(2012, 3, 1),
    )
    assert (lines["month"].row, lines["month"].day) == ("2012-03", None)
    assert sum(line.amount for line in lines.values()) == found.clauses[0].exact


def test_promises_are_checked_at_every_settlement() -> None:
    text = SUMS + 'always total <= 10 kr "at most ten"\nalways sums < 1 mkr/year\nalways fixed > stay["9"].cost\n'
    (kept,) = settle(program(text), {"stay": [stay(9, cost=Fraction(1))]})
    assert (kept.promises, kept.failures) == (
        (("at most ten", True), ("sums < 1 mkr/year", True), ('fixed > stay["9"].cost', True)),
        (),
    )
    (broken,) = settle(program(text), {"stay": [stay(1, cost=Fraction(6))]})
    assert broken.promises == (("at most ten", False), ("sums < 1 mkr/year", True))
    assert codes(broken) == ["AV511", "AV501"]
    assert broken.total == 17


def test_a_total_is_rounded_where_the_contract_says() -> None:
    head = HEAD.replace("\n\nuse", "\n  rounding total kr\n\nuse")
    made = program('fixed "a" 0,4 kr\nfixed "b" 0,4 kr\nsubtotal both = fixed\n', head=head)
    (found,) = settle(made, {})
    assert ([c.amount for c in found.clauses], found.subtotals, found.total) == (
        [Fraction(2, 5)] * 2,
        (("both", Fraction(4, 5)),),
        1,
    )
    assert found.clause('fixed["a"]') is found.clauses[0]
    assert found.clause("none") is None


def test_a_clause_outside_its_days_is_not_in_the_settlement() -> None:
    text = (
        'fixed "a" 1 kr\n  part "b" 1% whole 100 kr\namend "x" from 2013-01-01\n  ends fixed["a"]\n  fixed "c" 2 kr\n'
    )
    first, second = settle(program(text, period="2012-01-01 to 2013-12-31"), {})
    assert [[c.key for c in s.clauses] for s in (first, second)] == [
        ['fixed["a"]', 'fixed["a"]/part["b"]'],
        ['fixed["c"]'],
    ]
    assert [first.total, second.total] == [2, 2]
