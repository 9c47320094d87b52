"""Many contracts settled as one plan: what is asked for of each, and what they have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from attrs import define, field, fields, frozen, has

from dsl.alike import Alike, Shown
from dsl.spans import Span
from interpreter import core
from interpreter.casts import cast_of, in_common
from interpreter.columns import same_places
from interpreter.lookup import TableIndex
from interpreter.moulds import Mould
from interpreter.runtime import Ledger
from interpreter.settle import periods
from interpreter.values import Days

Parties = Collection[str] | None


@frozen(eq=False, repr=False)
class Asked(Alike):
    """Which days and parties are settled; `None` is all of the contract's."""

    start: date | None = None
    end: date | None = None
    providers: Parties = None
    buyers: Parties = None

    def ledgers(self, program: core.Program) -> Iterator[tuple[Days, tuple[str, str], tuple[str, str]]]:
        """The periods and pairs of parties of a contract that are asked for, by period first."""
        for period in periods(program.terms, self.start, self.end):
            for buyer in program.terms.buyers or (("", ""),):
                for provider in program.terms.providers:
                    known = self.providers is None or provider[1] in self.providers
                    if known and (self.buyers is None or buyer[1] in self.buyers):
                        yield period, buyer, provider


EVERYTHING = Asked()


@frozen(eq=False, repr=False)
class Open(Shown):
    """The ledger of a contract for a period and a pair of parties, with the parties' names and codes."""

    program: core.Program
    ledger: Ledger
    buyer: tuple[str, str]
    provider: tuple[str, str]


def shape(program: core.Program) -> tuple[object, ...]:
    """What contracts must have in common to be asked about in the same queries: clauses in their order, and rules."""
    return (*in_common(program, "keys in order", _keys), *rules(program))


def _keys(program: core.Program) -> tuple[str, ...]:
    return tuple([instance.key for instance in program.order])


class Keyed(Mapping[str, core.Instance]):
    """The clauses of a contract by key.

    Args:
        program: the contract.
    """

    def __init__(self, program: core.Program) -> None:
        self._clauses = program.instances
        self._places = in_common(program, "places", _places)

    def __getitem__(self, key: str) -> core.Instance:
        return self._clauses[self._places[key]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _places(program: core.Program) -> dict[str, int]:
    return {instance.key: place for place, instance in enumerate(program.instances)}


def rules(program: core.Program) -> tuple[object, ...]:
    """What of a contract's rules a query says for all rows: how it rounds and counts months, and whose rows it takes.

    A row that names no buyer is the one buyer's, where there is one; without buyers all rows are the contract's.
    """
    terms = program.terms
    return terms.round_where, terms.round_step, terms.round_mode, terms.month_end, min(len(terms.buyers), 2)


def spans(thing: object) -> list[Span]:
    """Where all that something is made of stands, in a fixed order."""
    found: list[Span] = []
    stack: list[Any] = [thing]
    while stack:
        top = stack.pop()
        cls: Any = type(top)
        if cls is Span:
            found.append(top)
        elif cls is tuple:
            stack.extend(top)
        elif has(cls):
            stack.extend([getattr(top, a.name) for a in fields(cls)])
    return found


def same_rows(one: core.TableData, other: core.TableData) -> bool:
    """Whether two tables hold the same, wherever they stand."""
    return len(one.lines) == len(other.lines) and one.signature == other.signature and one.lines == other.lines


@define(eq=False, repr=False)
class Shared(Shown):
    """Forms, tables and periods that contracts have in common, so that each is one thing.

    Two forms are the same when they say the same in the same places of the same text, and so are two tables; tables
    that hold the same in other places are twins. Of `moulds` all contracts have the forms that one of them has.
    """

    forms: dict[str, list[core.Form]] = field(factory=dict)
    stands: dict[int, list[Span]] = field(factory=dict)
    tables: dict[tuple[str, str, int, int], list[TableIndex]] = field(factory=dict)
    different: dict[str, list[TableIndex]] = field(factory=dict)
    periods: dict[tuple[date, date], Days] = field(factory=dict)
    moulds: dict[int, Mould] = field(factory=dict)

    def period(self, days: Days) -> Days:
        """A period: the same thing wherever it has the same days."""
        return self.periods.setdefault((days.start, days.end), days)

    def share_forms(self, program: core.Program) -> None:
        """Let a contract's clauses have the forms that earlier contracts have."""
        cast = cast_of(program)
        if cast is not None and not cast.reformed and id(cast.mould) in self.moulds:
            return
        known: dict[int, core.Form] = {}
        for instance in program.instances:
            form = instance.form
            if id(form) not in known:
                alike = self.forms.setdefault(form.name, [])
                same = next((other for other in alike if other is form or self.same_form(other, form)), None)
                if same is None:
                    alike.append(form)
                known[id(form)] = same or form
            instance.form = known[id(form)]
        if cast is not None:
            cast.reformed = cast.reformed or any(id(form) != own for own, form in known.items())
            if cast.mould.fixed and not cast.reformed:
                self.moulds[id(cast.mould)] = cast.mould

    def same_form(self, known: core.Form, other: core.Form) -> bool:
        """Whether two forms say the same, all of it in the same places: what fails is told by its place."""
        if known.span != other.span or known != other:
            return False
        if id(known) not in self.stands:
            self.stands[id(known)] = spans(known)
        return self.stands[id(known)] == spans(other)

    def table(self, table: core.TableData) -> TableIndex:
        """A table's index: that of an earlier contract when it is the same table in the same place."""
        place = table.span
        here = self.tables.setdefault((table.name, place.file, place.start, place.end), [])
        for other in here:
            if other.data is table:
                return other
            if same_rows(other.data, table) and same_places(other.data.lines, table.lines):
                return other
        found = TableIndex(table)
        alike = self.different.setdefault(table.name, [])
        found.twin = next((other for other in alike if same_rows(other.data, table)), None)
        if found.twin is None:
            alike.append(found)
        here.append(found)
        return found
