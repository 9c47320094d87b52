"""Data that were refused, row by row."""

from __future__ import annotations

from avtal.reading import DataProblem, Language, Reading
from avtal.rendering.terminal import BOLD, DIM, RED, Paint, visible


def refusals(reading: Reading, language: str, paint: Paint | None = None) -> str:
    """Every problem of a reading as text, file by file, then a mapping to start from when names weren't recognised."""
    paint = paint or Paint()
    speech: Language = "sv" if language == "sv" else "en"
    out: list[str] = []
    file = None
    for problem in reading.problems:
        if problem.file != file:
            file = problem.file
            out += [*([""] if out else []), paint(visible(file), BOLD)]
        out.append(f"  {_where(problem, speech)}{paint(problem.code, RED)} {problem.text(speech)}")
    if reading.suggestion:
        title = "Ett utkast till mapping.toml:" if language == "sv" else "A draft of mapping.toml:"
        out += ["", paint(title, BOLD), *(paint(f"  {line}", DIM) for line in reading.suggestion.splitlines())]
    return "\n".join(out) + "\n"


def _where(problem: DataProblem, language: Language) -> str:
    row, key, column = ("rad", "nyckel", "kolumn") if language == "sv" else ("row", "key", "column")
    parts = [f"{row} {problem.row}"] if problem.row else []
    parts += [f"{key} {visible(problem.key)}"] if problem.key else []
    parts += [f"{column} {visible(problem.heading(language))}"] if problem.column else []
    return f"{', '.join(parts)}: " if parts else ""
