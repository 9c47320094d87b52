"""Contracts and rows for tests of settling as a whole."""

from __future__ import annotations

from datetime import date

import marked

from interpreter import core
from interpreter.facts import Row
from interpreter.pipeline import Analysed, analyse
from interpreter.settlement import Settlement
from interpreter.sources import Sources

HEAD = 'contract "Case"\n  provider "Hospital" code "H"\n  period {}\n\nuse care\n\n'


def analysed(text: str, *, period: str = "2012", head: str = HEAD) -> Analysed:
    found = analyse(Sources("case.avtal", head.format(period) + text, library=marked.library("tests/meaning/library")))
    assert [d.message("en") for d in found.diagnostics if d.is_error] == []
    return found


def program(text: str, *, period: str = "2012", head: str = HEAD) -> core.Program:
    found = analysed(text, period=period, head=head).program
    assert found is not None
    return found


def stay(number: int, day: str = "2012-03-01", **cells: object) -> Row:
    own = {"id": str(number), "hospital": "H", "region": "R", "on": date.fromisoformat(day), **cells}
    return Row("stay", own, "stays.csv", number + 1)  # type: ignore[arg-type]


def codes(settlement: Settlement) -> list[str]:
    return [cause.code for cause in settlement.failures]
