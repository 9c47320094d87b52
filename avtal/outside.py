"""Rows dated outside the contracts' days, where no settlement can ever use them: told on request, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from attrs import evolve

from avtal.errors import DataError
from avtal.reading import Reading
from avtal.reading.problems import KEPT, DataProblem
from interpreter.core import Program
from interpreter.facts import Fact
from interpreter.outside import looked_at_outside
from interpreter.sets.dialect import DIALECTS
from interpreter.sets.relation import known_day
from interpreter.sets.values import day_literal

CODE, MORE = "AVD58", "AVD99"


def refuse_outside(programs: Sequence[Program], reading: Reading) -> None:
    """Refuse rows that lie outside the days of every contract, of facts that none of them looks at there.

    Args:
        programs: contracts without errors, which are settled on the same data.
        reading: the data.

    Raises:
        DataError: there are such rows; each is told, up to a thousand of a fact.
    """
    looked = frozenset[str]().union(*map(looked_at_outside, programs))
    facts = {name: fact for program in programs for name, fact in program.facts.items()}
    problems: list[DataProblem] = []
    for name, fact in facts.items():
        if fact.dated and name in reading.facts and name not in looked:
            problems += _problems(fact, [(p.terms.start, p.terms.end) for p in programs], reading)
    if problems:
        raise DataError(evolve(reading, problems=tuple(problems)))


def _problems(fact: Fact, spans: Sequence[tuple[date, date]], reading: Reading) -> Iterator[DataProblem]:
    days = ", ".join(dict.fromkeys(f"{start} – {end}" for start, end in spans))
    counts: dict[str, int] = {}
    for file, row, day in _outside(fact, spans, reading):
        counts[file] = counts.get(file, 0) + 1
        if counts[file] <= KEPT:
            args = (("days", days),)
            yield DataProblem(code=CODE, file=file, row=row, column=fact.dated, value=day.isoformat(), args=args)
    for file, count in counts.items():
        if count > KEPT:
            yield DataProblem(code=MORE, file=file, args=(("count", str(count - KEPT)),))


def _outside(fact: Fact, spans: Sequence[tuple[date, date]], reading: Reading) -> Iterator[tuple[str, int, date]]:
    """File, row and day of the rows of a fact that lie in none of the spans, in the order of files and rows."""
    if reading.dataset is None or fact.name in reading.data:
        for one in sorted(reading.data[fact.name], key=lambda one: (one.file, one.line)):
            day = one.cells.get(fact.dated)
            if isinstance(day, date) and not any(start <= day <= end for start, end in spans):
                yield one.file, one.line, day
        return
    relation, engine = reading.dataset.relations[fact.name], reading.dataset.engine
    column = f"r.{relation.columns[fact.dated].sql}"
    where = " AND ".join(f"NOT ({column} BETWEEN {day_literal(start)} AND {day_literal(end)})" for start, end in spans)
    sql = f"SELECT r.f, r.n, {column} FROM {relation.source} r WHERE {where} ORDER BY r.f, r.n"  # noqa: S608
    for file, row, stored in engine.query(DIALECTS[engine.dialect].final(sql)):
        yield relation.files[int(str(file))], int(str(row)), known_day(stored)
