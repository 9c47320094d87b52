"""How many rows each pair of parties has in a period: from the months that a snapshot has counted, or by query."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from attrs import evolve
from snapshot_data import near

from avtal.engines import building
from avtal.engines.snapshot import opened
from interpreter.facts import Column, Fact, Kind
from interpreter.sets.fetch import LazyIndex

__all__ = ["near"]

VISIT = Fact(
    name="visit",
    columns=(
        Column(name="id", kind=Kind.CODE),
        Column(name="day", kind=Kind.DATE),
        Column(name="clinic", kind=Kind.CODE, optional=True),
        Column(name="region", kind=Kind.CODE, optional=True),
    ),
    keys=("id",),
    dated="day",
    provider="clinic",
    buyer="region",
)
ROWS = [
    ("1", "2012-01-01", "A", "S"),
    ("2", "2012-01-31", "A", "S"),
    ("3", "2012-02-29", "A", "U"),
    ("4", "2012-03-01", "B", ""),
    ("5", "2013-01-15", "", "S"),
    ("6", "2012-02-01", "B", "S"),
]
PERIODS = [
    (date(2012, 1, 1), date(2012, 12, 31)),
    (date(2012, 1, 1), date(2012, 1, 31)),
    (date(2012, 2, 1), date(2012, 3, 31)),
    (date(2012, 1, 2), date(2012, 2, 29)),
    (date(2012, 1, 1), date(2013, 1, 14)),
]


def counts(index: LazyIndex) -> list[int]:
    parties = [(a, b) for a in ("A", "B", None) for b in ("S", "U", None)]
    return [index.count(a, b, *period) for period in PERIODS for a, b in parties]


@pytest.mark.usefixtures("near")
@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("fact", [VISIT, evolve(VISIT, buyer=""), evolve(VISIT, provider="", buyer="")])
def test_months_counted_beforehand_give_what_a_query_gives(fact: Fact, tmp_path: Path, *, single: bool) -> None:
    lines = ["id;day;clinic;region", *(";".join(row) for row in ROWS)]
    (tmp_path / "visit.csv").write_text("\n".join(lines) + "\n", "utf-8")
    with opened([tmp_path], [fact]) as found:
        assert found.dataset is not None
        relation, engine = found.dataset.relations["visit"], found.dataset.engine
        assert relation.months is not None
        known = LazyIndex(fact=fact, rows=[], single_buyer=single, relation=relation, engine=engine)
        asked = evolve(known, relation=evolve(relation, months=None), counts={})
        assert counts(known) == counts(asked)
        assert known.count(None, None, *PERIODS[0]) == 5


@pytest.mark.usefixtures("near")
def test_very_many_counts_are_left_to_queries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "MOST_MONTHS", 2)
    lines = ["id;day;clinic;region", *(";".join(row) for row in ROWS)]
    (tmp_path / "visit.csv").write_text("\n".join(lines) + "\n", "utf-8")
    with opened([tmp_path], [VISIT]) as found:
        assert found.dataset is not None
        assert found.dataset.relations["visit"].months is None
