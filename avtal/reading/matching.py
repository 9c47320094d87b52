"""Which fact a file is, and which column each heading is: by the mapping, else by name, never by guess.

Guarantees: a name that fits two facts or two columns fits none, and everything that fits nothing becomes a problem
with the nearest right spellings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from attrs import frozen

from avtal.reading.cells import CellReader, NumberReader, Undecided, expected
from avtal.reading.folding import fold
from avtal.reading.mapping import FileMapping
from avtal.reading.numerals import UNIT_WORDS, Refused
from avtal.reading.problems import DataProblem, named, suggest, visible
from dsl.alike import Alike
from interpreter.facts import Cell, Column, Fact, Kind
from interpreter.units import Unit

# Endings of plurals and definite forms, and what the singular has instead.
_ENDINGS = (
    ("ies", "y"),
    ("es", "is"),
    ("es", ""),
    ("s", ""),
    ("or", "a"),
    ("ar", ""),
    ("ar", "e"),
    ("er", ""),
    ("er", "e"),
    ("en", ""),
    ("na", ""),
    ("n", ""),
    ("r", ""),
)
_TRAILING_PERIOD = re.compile(r"(?:(?:q|kv)[1-4]|(?<=[^0-9])[0-9]{1,8})$")
_UNIT_IN_HEADING = re.compile(r"(.*?[^\s,])(?:\s*[(\[]([^()\[\]]{1,30})[)\]]|[\s,_]+([^\s,_()\[\]]{1,12}))")
_BARE_HEADING_UNITS = frozenset(
    {"kr", "tkr", "mkr", "kkr", "mnkr", "ksek", "msek", "sek", "eur", "öre", "%", "procent"}
)


def _bare(name: str) -> str:
    """`name` as file names are compared: folded, and without accents and other signs."""
    letters = unicodedata.normalize("NFKD", fold(name))
    return "".join(c for c in letters if c.isalnum())


def _singulars(name: str) -> set[str]:
    stems = {name.removesuffix(ending) + instead for ending, instead in _ENDINGS if name.endswith(ending)}
    return {name} | {stem for stem in stems if len(stem) > 2}


def names_of(thing: Fact | Column) -> list[str]:
    """The names of a fact or column, English first."""
    return [name for name in (thing.name, thing.swedish) if name]


def fact_by_name(name: str, facts: Sequence[Fact]) -> Fact | None:
    """The one fact called `name` exactly, in either language."""
    found = [fact for fact in facts if name in names_of(fact)]
    return found[0] if len(found) == 1 else None


def fact_by_file(stem: str, facts: Sequence[Fact]) -> Fact | None:
    """The one fact that a file called `stem` (no ending) holds: plural, accents, case and a trailing year aside."""
    whole = _bare(stem)
    short = whole
    while (cut := _TRAILING_PERIOD.sub("", short)) != short:
        short = cut
    for name in (whole, short):
        for forms in ({name}, _singulars(name)):
            found = [f for f in facts if any(_bare(n) in forms for n in names_of(f))]
            if len(found) == 1:
                return found[0]
    return None


def near_facts(stem: str, facts: Sequence[Fact]) -> list[str]:
    """The facts whose names are nearest to a file's."""
    return near(stem, [name for fact in facts for name in names_of(fact)])


def near(word: str, candidates: Sequence[str]) -> list[str]:
    """At most three of `candidates`, nearest to `word` first, compared without case and accents."""
    from difflib import get_close_matches

    by_form = {_bare(c): c for c in reversed(candidates)}
    return [by_form[form] for form in get_close_matches(_bare(word)[:80], list(by_form), 3, 0.55)]


def split_unit(heading: str) -> tuple[str, Unit | None]:
    """A heading without the unit at its end (`Kostnad (tkr)`, `Kostnad tkr`), and that unit."""
    match = _UNIT_IN_HEADING.fullmatch(heading.strip()[:200])
    if match is None:
        return heading, None
    name, bracketed, bare = match.groups()
    word = (bracketed or bare).strip().casefold()
    if bare and word not in _BARE_HEADING_UNITS:
        return heading, None
    unit = UNIT_WORDS.get(word)
    return (name, unit) if unit else (heading, None)


class Headings:
    """Recognises the headings of one file.

    Args:
        fact: the file's fact.
        mapping: the file's section, empty when it has none.
    """

    def __init__(self, fact: Fact, mapping: FileMapping) -> None:
        self.fact = fact
        self._mapped = {fold(heading): column for heading, column in mapping.columns.items()}
        self._ignored = {fold(heading) for heading in mapping.ignore}
        self._columns: dict[str, Column | None] = {}
        self._known: dict[str, bool] = {}
        for column in fact.columns:
            for name in {fold(n) for n in names_of(column)}:
                self._columns[name] = None if name in self._columns else column

    def ignored(self, heading: str) -> bool:
        """Whether the mapping says that the heading is not wanted."""
        return fold(heading) in self._ignored

    def column(self, heading: str) -> Column | None:
        """The column that `heading` is, by the mapping or by its own name, with or without a unit at its end."""
        whole = fold(heading)
        if whole in self._mapped or self._columns.get(whole):
            return self._called(whole)
        return self._called(fold(split_unit(heading)[0]))

    def _called(self, form: str) -> Column | None:
        return self.fact.column(self._mapped[form]) if form in self._mapped else self._columns.get(form)

    def known(self, heading: str) -> bool:
        """Whether a heading is recognised, wanted or not."""
        found = self._known.get(heading)
        if found is None:
            found = self._known[heading] = bool(heading) and (self.ignored(heading) or self.column(heading) is not None)
        return found


@frozen(eq=False, repr=False)
class Plan(Alike):
    """How the records of one file become rows.

    Args:
        readers: (position in the record, heading, reader) of each column that is read.
        constants: cells that every row has.
        unnamed: positions without a heading, which must be empty.
        width: how many cells a record has.
    """

    readers: tuple[tuple[int, str, CellReader], ...]
    constants: tuple[tuple[str, Cell], ...]
    unnamed: tuple[int, ...]
    width: int


def plan(
    file: str, row: int, headings: Sequence[str], names: Headings, mapping: FileMapping, *, tagged: bool
) -> tuple[Plan, list[DataProblem]]:
    """Match the headings of a file to its fact's columns.

    Args:
        file: the file's name, for problems.
        row: the row of its headings.
        headings: the heading of every position.
        names: recognises them.
        mapping: the file's section.
        tagged: whether the file's cells are tagged.

    Returns:
        how to read the records, and everything that is wrong with the headings.
    """
    fact = names.fact
    problems: list[DataProblem] = []
    readers: dict[str, tuple[int, str, CellReader]] = {}
    taken = {c.name for c in map(names.column, filter(None, headings)) if c is not None}
    free = [n for c in fact.columns if c.name not in taken for n in names_of(c)]
    seen: set[str] = set()
    refused: set[str] = set()
    for position, heading in enumerate(headings):
        if not heading or names.ignored(heading):
            continue
        shown = visible(heading, 80)
        column = names.column(heading)
        if fold(heading) in seen:
            problems.append(DataProblem(code="AVD13", file=file, row=row, column=shown))
        elif column is None:
            args = (*named("fact", fact.name, fact.swedish), *suggest(near(heading, free)))
            problems.append(DataProblem(code="AVD14", file=file, row=row, column=shown, args=args))
        elif column.name in readers:
            args = (("name", column.name), ("first", visible(readers[column.name][1], 80)), ("second", shown))
            problems.append(DataProblem(code="AVD15", file=file, row=row, column=shown, args=args))
        else:
            reader = _reader(column, heading, mapping, tagged=tagged)
            if isinstance(reader, Refused):
                problems.append(DataProblem(code=reader.code, file=file, row=row, column=shown, args=reader.args))
                refused.add(column.name)
            else:
                readers[column.name] = (position, shown, reader)
        seen.add(fold(heading))
    constants = _constants(file, fact, mapping, problems)
    for name in constants.keys() & readers.keys():
        args = (("detail", "mapped-and-constant"), ("key", name))
        problems.append(DataProblem(code="AVD05", file=file, row=row, column=readers[name][1], args=args))
    problems.extend(_missing(file, row, names, headings, refused | readers.keys() | mapping.constants.keys()))
    present = {fold(heading) for heading in headings}
    for heading in (*mapping.columns, *mapping.ignore):
        if fold(heading) not in present and fold(heading) not in {fold(split_unit(h)[0]) for h in headings}:
            args = (("name", visible(heading, 80)), *suggest(near(heading, [h for h in headings if h])))
            problems.append(DataProblem(code="AVD17", file=file, row=row, args=args))
    unnamed = tuple(position for position, heading in enumerate(headings) if not heading)
    return Plan(tuple(readers.values()), tuple(constants.items()), unnamed, len(headings)), problems


def mapping_problems(source: str, fact: Fact, mapping: FileMapping) -> list[DataProblem]:
    """Columns that a section names and the fact has not."""
    problems = []
    for name in dict.fromkeys((*mapping.columns.values(), *mapping.constants, *mapping.values)):
        if fact.column(name) is None:
            hints = suggest(near(name, [n for c in fact.columns for n in names_of(c)]))
            called = named("fact", fact.name, fact.swedish)
            args = (("detail", "unknown-column"), *called, ("key", visible(name, 80)), *hints)
            problems.append(DataProblem(code="AVD05", file=source, args=args))
    return problems


def _reader(column: Column, heading: str, mapping: FileMapping, *, tagged: bool) -> CellReader | Refused:
    values = {
        cell: text
        for name, words in mapping.values.items()
        if name in (column.name, column.swedish)
        for cell, text in words.items()
    }
    if column.kind is not Kind.NUMBER:
        return CellReader(column, tagged=tagged, values=values)
    unit = split_unit(heading)[1]
    if unit is not None and unit.dimension != column.unit.dimension:
        return Refused("AVD24", (("unit", unit.name), ("expected", expected(column))))
    return NumberReader(column, tagged=tagged, values=values, unit=unit, decimal=mapping.decimal)


def _constants(file: str, fact: Fact, mapping: FileMapping, problems: list[DataProblem]) -> dict[str, Cell]:
    constants: dict[str, Cell] = {}
    for name, text in mapping.constants.items():
        column = fact.column(name)
        if column is None:
            continue
        # A constant is the mapping's own text: its values table translates the file's cells, not this.
        reader = _reader(column, "", FileMapping(name=mapping.name, decimal=mapping.decimal), tagged=False)
        answer = reader(text, 0) if isinstance(reader, CellReader) else reader
        if isinstance(answer, Undecided) and isinstance(reader, NumberReader):
            answer = reader.decide(answer, "")
        if isinstance(answer, Refused):
            value, args = visible(text), answer.args
            problems.append(DataProblem(code=answer.code, file=file, column=column.name, value=value, args=args))
        elif not isinstance(answer, Undecided):
            constants[column.name] = answer
    return constants


def _missing(file: str, row: int, names: Headings, headings: Sequence[str], accounted: set[str]) -> list[DataProblem]:
    """The required columns that nothing in the file or the mapping accounts for."""
    fact = names.fact
    problems = []
    for column in fact.columns:
        if not column.optional and not accounted.intersection(names_of(column)):
            unused = [h for h in headings if h and not names.known(h)]
            hits = dict.fromkeys(hit for name in names_of(column) for hit in near(name, unused))
            called = named("column", column.name, column.swedish)
            args = (*named("fact", fact.name, fact.swedish), *called, *suggest(list(hits)[:3]))
            problems.append(DataProblem(code="AVD16", file=file, row=row, column=column.name, args=args))
    return problems
