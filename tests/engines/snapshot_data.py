"""What the tests of snapshots share: a fact with a column of every kind, files of it, and building in this process."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest

from avtal.engines import renewal, worker_snapshot
from interpreter.facts import Column, Fact, Kind
from interpreter.units import KRONA, PERCENT

FACT = Fact(
    name="admission",
    swedish="vårdtillfälle",
    columns=(
        Column(name="id", swedish="vårdkontakt", kind=Kind.CODE),
        Column(name="date", swedish="datum", kind=Kind.DATE),
        Column(name="cost", swedish="kostnad", kind=Kind.NUMBER, unit=KRONA, optional=True, low=Fraction(-100)),
        Column(name="share", swedish="andel", kind=Kind.NUMBER, unit=PERCENT, optional=True, high=Fraction(1)),
        Column(name="weight", swedish="vikt", kind=Kind.NUMBER, optional=True),
        Column(name="urgent", swedish="akut", kind=Kind.BOOL, optional=True),
        Column(
            name="kind", swedish="slag", kind=Kind.CHOICE, choices=(("in", "sluten"), ("out", "öppen")), optional=True
        ),
        Column(name="note", swedish="not", kind=Kind.TEXT, optional=True),
    ),
    keys=("id",),
    dated="date",
)
OTHER = Fact(name="listing", columns=(Column(name="person", kind=Kind.CODE),))
FACTS = [FACT, OTHER]
HEAD = [column.name for column in FACT.columns]
GOOD = ["A1", "2012-01-31", "1234,50", "87,5 %", "1", "ja", "in", "text"]


def in_process(reader: str, request: Mapping[str, Any], **_: object) -> Iterator[dict[str, Any]]:
    """What a child would say, without the time that it takes to start one."""
    said: list[dict[str, Any]] = []
    if reader.endswith("worker_snapshot"):
        worker_snapshot.read(json.loads(json.dumps(request)), said.append)
    return iter(json.loads(json.dumps(said)))


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build in this process."""
    monkeypatch.setattr(renewal, "messages", in_process)


def csv_text(rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows([head, *rows])
    return out.getvalue()
