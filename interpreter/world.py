"""Everything that has a name: units, facts, tables, forms, models, indicators, and where each name was used.

A world is filled by `declare` and read by `elaborate`; it collects the diagnostics of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol, TypeVar

from attrs import define, field

from dsl import nodes as n
from dsl.diagnostics import Diagnostic, Problem, nearest
from dsl.lexicon import ENGLISH_NAME, ENGLISH_UNIT, KEYWORDS, NAMES, UNITS
from dsl.limits import MAX_PROBLEMS
from dsl.problems import TOO_WRONG
from dsl.spans import Span
from interpreter import core, problems
from interpreter.facts import Fact
from interpreter.types import Type, words
from interpreter.units import CORE_UNITS, NUMBER, Unit, unit_elsewhere

T = TypeVar("T")

MAX_COMPARED = 30_000
"""How many comparisons spelling hints may cost for one program."""

SWEDISH = {**dict(KEYWORDS.values()), **NAMES}
"""A word of the language in English → in Swedish."""


class Named(Protocol):
    """A thing with a name in each language; the Swedish one may be empty."""

    @property
    def name(self) -> str:
        """The English name."""

    @property
    def swedish(self) -> str:
        """The Swedish name."""


def pairs(things: Iterable[Named]) -> list[tuple[str, str]]:
    """The two names of each thing."""
    return [(thing.name, thing.swedish or thing.name) for thing in things]


def core_pairs(words: Iterable[str]) -> list[tuple[str, str]]:
    """The two spellings of words of the language."""
    return [(word, SWEDISH.get(word, word)) for word in words]


def first_word(statement: n.Statement) -> str:
    """The English word that a statement starts with, or the name at its head."""
    match statement:
        case n.Clause(head):
            return head.id
        case n.Define(kind=kind) | n.Declare(kind=kind):
            return kind
        case n.DefineUnit():
            return "unit"
        case n.DefineTable():
            return "table"
        case n.Unsettled():
            return "unsettled when"
        case n.Inside():
            return "for inside"
        case n.Since():
            return "from"
        case n.OutsideBase():
            return "outside base"
        case n.TableRow() | n.Sentence():
            return "|" if isinstance(statement, n.TableRow) else '"…"'
        case _:
            return type(statement).__name__.lower()


@define
class Needs:
    """The columns of a fact that a form may see."""

    fact: Fact
    columns: frozenset[str]


@define(eq=False)
class Model:
    """A reusable group of clauses: its parameters, and its lines still as written."""

    name: str
    swedish: str
    parameters: tuple[core.Parameter, ...]
    lines: tuple[n.Line, ...]
    sentence: str
    source: str
    span: Span

    def parameter(self, name: str) -> core.Parameter | None:
        """The parameter of that name in either language."""
        return next((p for p in self.parameters if name in (p.name, p.swedish)), None)


@define(eq=False)
class World:
    """The names of a program and what is wrong with it so far.

    Args:
        paths: the clauses that a path stands for, with the clauses (and how many) it was looked up among.
        compared: how many names were compared for spelling hints; past `MAX_COMPARED` there are no more hints.
        shared: the lets at the margin of each file, which its forms see.
        library: the texts of the library's modules, to say which of them has a form.
        flawed: tables whose columns are reported already, so that what is looked up in them may only seem to be wrong.
        unread: forms with a line that can't be read, so that they may have more parameters than are known.
        never: days of amendments that lie outside the contract's period, reported already.
        language: the vocabulary of the main file, `sv` or `en`, for names inside messages.
        uses: where a name with two spellings was used, so that a formatter can turn one into the other.
    """

    language: str = "en"
    units: dict[str, Unit] = field(factory=dict)
    unit_names: dict[str, tuple[str, str]] = field(factory=dict)
    facts: dict[str, Fact] = field(factory=dict)
    tables: dict[str, core.TableData] = field(factory=dict)
    forms: dict[str, core.Form] = field(factory=dict)
    models: dict[str, Model] = field(factory=dict)
    indicators: dict[str, core.Indicator] = field(factory=dict)
    form_examples: list[tuple[core.Form, n.Line]] = field(factory=list)
    uses: dict[Span, tuple[str, str]] = field(factory=dict)
    languages: dict[str, str] = field(factory=dict)
    found: list[Diagnostic] = field(factory=list)
    compared: int = 0
    flawed: set[str] = field(factory=set)
    unread: set[str] = field(factory=set)
    never: set[date] = field(factory=set)
    shared: dict[str, list[n.Line]] = field(factory=dict)
    paths: dict[str, tuple[Mapping[str, object], int, tuple[str, ...]]] = field(factory=dict)
    library: Mapping[str, str] = field(factory=dict)

    def both(self, first: n.Text | None, other: n.Text | None = None) -> tuple[str, str]:
        """A text of the file in (English, Swedish): the first is in the file's language, the other may be missing.

        Two texts change places when the file is turned into the other language.
        """
        if first is None:
            return "", ""
        if other is None:
            return first.value, first.value
        english, swedish = (other, first) if self.languages.get(first.span.file) == "sv" else (first, other)
        quoted = f'"{english.value}"', f'"{swedish.value}"'
        self.use(first.span, *quoted)
        self.use(other.span, *reversed(quoted))
        return english.value, swedish.value

    def spelled(self, span: Span, names: tuple[str, str]) -> str:
        """The first of a thing's two names, its use noted."""
        self.use(span, *names)
        return names[0]

    # --- diagnostics

    def report(self, problem: Problem, span: Span, *others: Span, **arguments: object) -> None:
        """Note a problem at a place; a text with very many problems is not read to its end."""
        if len(self.found) == MAX_PROBLEMS:
            self.found.append(TOO_WRONG.at(span, limit=MAX_PROBLEMS))
        elif len(self.found) < MAX_PROBLEMS:
            self.found.append(problem.at(span, *others, **arguments))

    def kind(self, name: str, kind: Type) -> dict[str, str]:
        """A type as an argument of a problem, `name_en` and `name_sv`."""
        return {f"{name}_{language}": words(kind, language, self.unit_names) for language in ("en", "sv")}

    def word(self, english: str) -> str:
        """A word of the language in the vocabulary of the main file."""
        return SWEDISH.get(english, english) if self.language == "sv" else english

    def called(self, thing: Named) -> str:
        """The name of a thing in the vocabulary of the main file."""
        return (self.language == "sv" and thing.swedish) or thing.name

    def key(self, key: str) -> str:
        """A clause's key with its forms named in the vocabulary of the main file."""
        if self.language != "sv":
            return key
        parts = re.split(r'(\["[^"]*"\]|\[[^\]]*\]|/)', key)
        return "".join(self.called(self.forms[part]) if part in self.forms else part for part in parts)

    def listed(self, known: Iterable[str | tuple[str, str]]) -> str:
        """Names in the vocabulary of the main file, for a message."""
        at = int(self.language == "sv")
        names = sorted({k if isinstance(k, str) else k[at] for k in known} - {""})
        return ", ".join(f"`{k}`" for k in names[:30]) + (", …" if len(names) > 30 else "") or "–"

    def unknown(
        self,
        problem: Problem,
        name: n.Name,
        known: Iterable[str | tuple[str, str]],
        also: Iterable[str | tuple[str, str]] = (),
        otherwise: str = "",
        meant: str = "",
        **arguments: object,
    ) -> None:
        """Note that a name is unknown, with the nearest known one and the list of all.

        Args:
            problem: what it is unknown as.
            name: what is unknown.
            known: what could stand there; a pair is one thing's English and Swedish names.
            also: what was perhaps meant though it belongs elsewhere; suggested but not listed.
            otherwise: what to suggest when no known name is near.
            meant: what to suggest whether one is near or not.
            arguments: what else the problem's texts need.
        """
        if len(self.found) > MAX_PROBLEMS:
            return
        wanted = [*known]
        at = int(self.language == "sv")
        every = [k if isinstance(k, tuple) else (k, k) for k in (*wanted, *also)]
        self.compared += len(every)
        suggestion = meant
        if not meant and self.compared < MAX_COMPARED:
            suggestion = nearest(name.id, [k[at] for k in every]) or nearest(name.id, [k[1 - at] for k in every])
        listed = self.listed(wanted)
        self.report(problem, name.span, name=name.id, known=listed, suggestion=suggestion or otherwise, **arguments)

    def misplaced(self, line: n.Line, of: str, known: Sequence[str]) -> None:
        """Note that a line can't stand where it stands.

        Args:
            line: the line.
            of: what it stands in.
            known: the English words of the lines that may stand there.
        """
        listed = ", ".join(f"`{self.word(word)}`" for word in known) or "–"
        self.report(problems.MISPLACED, line.span, name=self.word(first_word(line.statement)), of=of, known=listed)

    def use(self, span: Span, english: str, swedish: str) -> None:
        """Note that a name with two spellings stands at `span`."""
        if swedish and swedish != english:
            self.uses[span] = (english, swedish)

    def core_name(self, name: n.Name, *words: str) -> str:
        """The English name of a word of the language's own, noting its use; empty when it is none, or none of `words`.

        A file's own names may be the language's words too (a let called `share`), so ask for the words that are meant.
        """
        english = ENGLISH_NAME.get(name.id, "")
        if words and english not in words:
            return ""
        if english:
            self.use(name.span, english, NAMES[english])
        return english

    # --- declaring

    def declare(self, kind: dict[str, T], thing: T, name: n.Name, alias: n.Name | None) -> None:
        """Put a thing under its names, noting a clash."""
        for part in (name, alias):
            if part is None:
                continue
            if part.id in kind and kind[part.id] is not thing:
                self.report(problems.TWO_WITH_ONE_NAME, part.span, name=part.id)
            kind[part.id] = thing
        self.named(name, alias)

    def named(self, name: n.Name, alias: n.Name | None) -> None:
        """Note that a thing is called `name` in English and `alias` in Swedish, where it is declared.

        The first of the two is in the file's language, so they change places when the file is turned into the other.
        """
        if alias is not None:
            first, second = sorted((name.span, alias.span))
            self.uses[first] = (name.id, alias.id)
            self.uses[second] = (alias.id, name.id)

    # --- units

    def unit(self, name: n.Name) -> Unit | None:
        """The unit of that name, compound or not, or `None` with a diagnostic."""
        parts = name.id.split("/")
        units = [self.simple_unit(part) for part in parts]
        for part, unit in zip(parts, units, strict=True):
            if unit is None:
                known = [*UNIT_PAIRS, *self.unit_names.values()]
                wrong = n.Name(part, span=name.span)
                self.unknown(problems.UNKNOWN_UNIT, wrong, known, meant=unit_elsewhere(part))
                return None
        whole = units[0] or NUMBER
        for unit in units[1:]:
            whole = whole / (unit or NUMBER)
        if any(part in self.unit_names for part in parts):
            pairs = [self.unit_names.get(part) or _core_pair(part) for part in parts]
            self.use(name.span, "/".join(p[0] for p in pairs), "/".join(p[1] for p in pairs))
        return Unit(whole.dimension, whole.factor, name.id)

    def simple_unit(self, name: str) -> Unit | None:
        """A unit without a slash, core or declared."""
        return CORE_UNITS.get(ENGLISH_UNIT.get(name, "")) or self.units.get(name)

    def is_unit(self, name: str) -> bool:
        """Whether every part of a name is a unit."""
        return all(self.simple_unit(part) is not None for part in name.split("/"))


UNIT_PAIRS = [
    (english[min(at, len(english) - 1)], swedish[min(at, len(swedish) - 1)])
    for english, swedish in UNITS.values()
    for at in range(max(len(english), len(swedish)))
]
"""The spellings of the core units in both languages, one and many."""


def _core_pair(spelling: str) -> tuple[str, str]:
    """The spellings of a core unit in both languages, in the number (one or many) that it is written in."""
    english, swedish = UNITS[ENGLISH_UNIT[spelling]]
    at = english.index(spelling) if spelling in english else swedish.index(spelling)
    return english[min(at, len(english) - 1)], swedish[min(at, len(swedish) - 1)]


@define(eq=False)
class RowScope:
    """A row that names are looked up in: its variable, fact, visible columns, and the lets of its `each`.

    `bare` says whether its columns, `own_lets` whether its lets, are seen without a prefix; `grouped` whether it is one
    of the rows of the group around, so that what these are grouped by is the same by its column as by its name.
    """

    row: str
    fact: Fact
    columns: frozenset[str]
    bare: bool
    own_lets: bool = False
    grouped: bool = False
    spellings: dict[str, tuple[str, str]] = field(factory=dict)
    lets: dict[str, Type] = field(factory=dict)


@define(eq=False)
class Scope:
    """What an expression can see.

    Args:
        form: the form it stands in, `None` in a contract.
        parameters: parameters of the form or model around.
        needs: the facts and columns that the form declared; `None` in a contract, which sees all.
        rows: the rows around, outermost first.
        keys: what the surrounding `each … by` groups by, with its fact.
        row_lets: the lets of earlier `each` blocks by fact: derived columns of it in this form.
        clauses: in a contract, the keys of its clauses with their forms; `None` in a form.
        previous: the type of `previous`, inside a dated value.
        later: names that a line further down defines.
        spellings: both names of a let that has two, under each.
        of_row: whether the innermost block is that of a row, so that its lets are the row's.
        alike: those of `keys` that the rows of the innermost group have in common.
        twice: those of `keys` that rows around are grouped by as well, whose value is another.
    """

    parameters: dict[str, core.Parameter] = field(factory=dict)
    lets: dict[str, Type] = field(factory=dict)
    needs: dict[str, Needs] | None = None
    rows: tuple[RowScope, ...] = ()
    keys: dict[str, Type] = field(factory=dict)
    group: Fact | None = None
    month: bool = False
    row_lets: dict[str, dict[str, Type]] = field(factory=dict)
    clauses: dict[str, core.Form] | None = None
    subtotals: dict[str, tuple[str, ...]] = field(factory=dict)
    previous: Type | None = None
    later: frozenset[str] = frozenset()
    of_row: bool = False
    spellings: dict[str, tuple[str, str]] = field(factory=dict)
    alike: frozenset[str] = frozenset()
    twice: frozenset[str] = frozenset()

    def inner(self, *rows: RowScope) -> Scope:
        """The same with more rows in sight."""
        return Scope(
            self.parameters,
            self.lets,
            self.needs,
            (*self.rows, *rows),
            self.keys,
            self.group,
            self.month,
            self.row_lets,
            self.clauses,
            self.subtotals,
            self.previous,
            self.later,
            self.of_row,
            self.spellings,
            self.alike,
            self.twice,
        )
