"""Many contracts settled as one plan: what is asked for of each, and what they have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from attrs import define, field, frozen

from dsl.alike import Alike, Shown
from dsl.spans import Span
from interpreter import core
from interpreter.lookup import TableIndex
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
    terms = program.terms
    rules = (terms.round_where, terms.round_step, terms.round_mode, terms.month_end, len(terms.buyers) <= 1)
    return (*(instance.key for instance in program.order), *rules)


def same_rows(one: core.TableData, other: core.TableData) -> bool:
    """Whether two tables hold the same, wherever they stand."""
    return len(one.lines) == len(other.lines) and one.signature == other.signature and one.lines == other.lines


@define(eq=False, repr=False)
class Shared(Shown):
    """Forms, tables and periods that contracts have in common, so that each is one thing.

    Two forms are the same when they say the same in the same place of the same library, and so are two tables; tables
    that hold the same in other places are twins.
    """

    forms: dict[str, list[core.Form]] = field(factory=dict)
    tables: dict[tuple[str, Span], list[TableIndex]] = field(factory=dict)
    different: dict[str, list[TableIndex]] = field(factory=dict)
    periods: dict[tuple[date, date], Days] = field(factory=dict)

    def period(self, days: Days) -> Days:
        """A period: the same thing wherever it has the same days."""
        return self.periods.setdefault((days.start, days.end), days)

    def share_forms(self, program: core.Program) -> None:
        """Let a contract's clauses have the forms that earlier contracts have."""
        known: dict[int, core.Form] = {}
        for instance in program.instances:
            form = instance.form
            if id(form) not in known:
                alike = self.forms.setdefault(form.name, [])
                same = next(
                    (other for other in alike if other is form or (other.span == form.span and other == form)), None
                )
                if same is None:
                    alike.append(form)
                known[id(form)] = same or form
            instance.form = known[id(form)]

    def table(self, table: core.TableData) -> TableIndex:
        """A table's index: that of an earlier contract when it is the same table in the same place."""
        here = self.tables.setdefault((table.name, table.span), [])
        for other in here:
            if other.data is table or same_rows(other.data, table):
                return other
        found = TableIndex(table)
        alike = self.different.setdefault(table.name, [])
        found.twin = next((other for other in alike if same_rows(other.data, table)), None)
        if found.twin is None:
            alike.append(found)
        here.append(found)
        return found
