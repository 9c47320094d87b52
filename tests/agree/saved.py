"""Cases in files: a contract, and its rows beside it as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

from agree.contracts import Case, Question
from interpreter.facts import Cell, Row

FOUND = Path(__file__).parent / "found"
"""Cases on which engines once disagreed, or the reference evaluator crashed."""


def _out(cell: Cell) -> object:
    match cell:
        case Fraction():
            return {"number": str(cell)}
        case date():
            return {"date": cell.isoformat()}
        case _:
            return cell


def _in(stored: object) -> Cell:
    match stored:
        case {"number": str(text)}:
            return Fraction(text)
        case {"date": str(text)}:
            return date.fromisoformat(text)
        case None | bool() | str():
            return stored
        case _:
            raise ValueError(stored)


def save(case: Case, name: str, why: str, folder: Path = FOUND) -> Path:
    """Write a case; `why` says what it showed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.avtal"
    path.write_text(case.text, "utf-8")
    q = case.question
    asked: Mapping[str, object] = {
        "start": q.start and q.start.isoformat(),
        "end": q.end and q.end.isoformat(),
        "providers": q.providers,
        "buyers": q.buyers,
    }
    rows = {
        fact: [[r.file, r.line, {column: _out(cell) for column, cell in r.cells.items()}] for r in own]
        for fact, own in case.data.items()
    }
    stored = {"why": why, "question": {k: v for k, v in asked.items() if v is not None}, "rows": rows}
    path.with_suffix(".json").write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def load(path: Path) -> Case:
    """Read a case from its `.avtal` file and the JSON beside it."""
    stored = json.loads(path.with_suffix(".json").read_text("utf-8"))
    q = stored["question"]
    question = Question(
        *(date.fromisoformat(q[name]) if name in q else None for name in ("start", "end")),
        *(tuple(q[name]) if name in q else None for name in ("providers", "buyers")),
    )
    data = {
        fact: tuple(Row(fact, {c: _in(v) for c, v in cells.items()}, file, line) for file, line, cells in rows)
        for fact, rows in stored["rows"].items()
    }
    return Case(path.stem, path.read_text("utf-8"), data, question)


def all_found() -> list[Case]:
    """Every saved case."""
    return [load(path) for path in sorted(FOUND.glob("*.avtal"))]
