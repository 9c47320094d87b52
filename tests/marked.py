"""Texts that carry what must be found in them: `#! AV101` at the end of a line is a problem with that code there.

A chunk may be followed by data files, each below a line `=== name.csv`; then the contract is also settled on them. A
problem that arises inside a form of the library counts for the clause that uses the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from attrs import field, frozen

from avtal.reading import read_data
from dsl.diagnostics import Diagnostic
from dsl.spans import Span, place
from interpreter import core, examples
from interpreter.pipeline import Analysed, analyse
from interpreter.settle import settle
from interpreter.sources import Sources, Unreadable

ROOT = Path(__file__).parent.parent
MARK = re.compile(r" *#! (AV[0-9]{3}(?: AV[0-9]{3})*)$", re.MULTILINE)
FILE = re.compile(r"^=== (\S+)\n", re.MULTILINE)


@frozen
class Chunk:
    """A text without its marks, the marks as (line, code), and the data files that belong to it."""

    title: str
    text: str
    marks: tuple[tuple[int, str], ...]
    files: Mapping[str, str] = field(factory=dict)


def chunk(title: str, text: str, files: Mapping[str, str]) -> Chunk:
    """Take the marks out of a text."""
    lines = enumerate(text.split("\n"), start=1)
    marks = [(number, code) for number, line in lines for mark in MARK.findall(line) for code in mark.split()]
    return Chunk(title, MARK.sub("", text), tuple(sorted(marks)), files)


def chunks(path: Path, head: str) -> Iterator[Chunk]:
    """The chunks of a file, `head` put above those that have no contract of their own."""
    number = 1
    for part in path.read_text("utf-8").split("\n---\n"):
        text, *rest = FILE.split(part)
        files = dict(zip(rest[::2], rest[1::2], strict=True))
        own = re.search(r"^(contract|avtal)\b", text, re.MULTILINE)
        yield chunk(f"{path.stem}-{number}", text if own else head + text, files)
        number += part.count("\n") + 2


@cache
def library(folder: str) -> dict[str, str]:
    """The modules of a library by name."""
    return {path.stem: path.read_text("utf-8") for path in (ROOT / folder).glob("*.avtal")}


@frozen
class Found:
    """What was found in a chunk: each problem with the line of the chunk that it is shown on."""

    analysed: Analysed
    problems: tuple[tuple[int, Diagnostic], ...]

    @property
    def marks(self) -> tuple[tuple[int, str], ...]:
        """The problems as marks."""
        return tuple(sorted((line, d.code) for line, d in self.problems))


def no_file(name: str) -> Unreadable:
    """The reader of tables beside a contract that has none beside it."""
    return Unreadable(f"{name}: -")


def check(it: Chunk, modules: Mapping[str, str], folder: Path) -> Found:
    """Analyse a chunk, run its examples, and settle it on its data files (written into `folder`) when it has any."""
    analysed = analyse(Sources("chunk.avtal", it.text, library=modules, cells=no_file))
    text = analysed.texts["chunk.avtal"]

    def line(span: Span, clause: Span) -> int:
        return place(text, span if span.file == "chunk.avtal" else clause).line

    nowhere = Span("chunk.avtal", 0, 0)
    problems = [(line(d.span, nowhere), d) for d in analysed.diagnostics]
    program = analysed.program
    if analysed.sound and program is not None:
        for result in examples.run(program, program.examples):
            problems += [(line(d.span, result.span), d) for d in result.diagnostics]
        if it.files:
            problems += [(line(d.span, clause), d) for d, clause in failures(program, it.files, folder)]
    return Found(analysed, tuple(once(problems)))


def once(problems: Sequence[tuple[int, Diagnostic]]) -> list[tuple[int, Diagnostic]]:
    """The problems without repetitions: a list that has ended is missed by every settlement after its end."""
    return [(at, d) for i, (at, d) in enumerate(problems) if (at, d) not in problems[:i]]


def failures(program: core.Program, files: Mapping[str, str], folder: Path) -> Iterator[tuple[Diagnostic, Span]]:
    """What stands in the way of settling a contract on data, each with the place of the clause it belongs to."""
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")
    reading = read_data([folder], list(program.facts.values()))
    assert [(p.code, p.text("en")) for p in reading.problems] == []
    spans = {instance.key: instance.span for instance in program.instances}
    for settlement in settle(program, reading.data):
        in_clauses = [(cause, clause.key) for clause in settlement.clauses for cause in clause.failures]
        for cause in settlement.failures:
            keys = [key for other, key in in_clauses if other == cause]
            yield cause, spans[keys[0]] if keys else program.terms.span
