"""Settle a contract on data: each pair of parties, each settlement period, each clause in its order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import cast

from attrs import define, field

from dsl.alike import Shown
from dsl.diagnostics import Diagnostic
from interpreter import core, problems
from interpreter.casts import in_common
from interpreter.causes import once
from interpreter.clerk import clause_days, settle_clause
from interpreter.evaluate import evaluate
from interpreter.facts import Column, Data, Row
from interpreter.indicators import with_indicators
from interpreter.lookup import FactIndex, TableIndex, index_data
from interpreter.noted import Results
from interpreter.references import payable_total
from interpreter.runtime import Ledger, contract_env
from interpreter.settlement import Settlement, Trace
from interpreter.values import Days, Failure, last_day

MONTHS = {"yearly": 12, "quarterly": 3, "monthly": 1}
ONE_DAY = timedelta(days=1)
INDICATORS = ("indicators",)
"""Where the facts with computed indicators are kept among what is shared."""
Progress = Callable[[str, int, int], None]
Role = tuple[str, Column, Sequence[Row]]
"""`provider`, `buyer` or `dated`, the column that says so, and the rows that lack it."""


@define(eq=False, repr=False)
class Looked(Shown):
    """Rows that nobody owns, as far as they have been looked for.

    Args:
        roles: what makes rows of an index somebody's, by its identity, with the index, which is so kept.
        contracts: what is wrong for a contract, by its identity and the index's.
    """

    roles: dict[int, tuple[FactIndex, Sequence[Role]]] = field(factory=dict)
    contracts: dict[tuple[int, int], list[Diagnostic]] = field(factory=dict)


def periods(terms: core.Terms, start: date | None = None, end: date | None = None) -> list[Days]:
    """The settlement periods that lie inside the contract's period and the days asked for.

    A period that the question or the contract cuts is settled for the days it has.
    """
    first, last = max(start or terms.start, terms.start), min(end or terms.end, terms.end)
    months = MONTHS[terms.settle]
    found: list[Days] = []
    day = first
    while day <= last:
        month = (day.month - 1) // months * months + months
        end_of = date(day.year, month, last_day(day.year, month))
        found.append(Days(day, min(end_of, last)))
        day = end_of + ONE_DAY
    return found


def settle(
    program: core.Program,
    data: Data,
    *,
    start: date | None = None,
    end: date | None = None,
    providers: Collection[str] | None = None,
    buyers: Collection[str] | None = None,
    progress: Progress | None = None,
    facts: Mapping[str, FactIndex] | None = None,
) -> tuple[Settlement, ...]:
    """Settle a contract.

    Args:
        program: a contract without errors.
        data: rows by the fact's English name.
        start, end: the days to settle; the contract's whole period when not given.
        providers, buyers: codes of the parties to settle; all of the contract's when not given.
        progress: told (clause, done, of) as work goes on.
        facts: the data, where they are indexed already: by `index_data`, for as many buyers.

    Returns:
        One settlement for each settlement period and pair of parties, by period first.
    """
    facts = index_data(program.facts, data, len(program.terms.buyers)) if facts is None else facts
    tables = {name: TableIndex(table) for name, table in program.tables.items()}
    pairs = [
        (buyer, provider)
        for buyer in (program.terms.buyers or (("", ""),))
        for provider in program.terms.providers
        if (buyers is None or buyer[1] in buyers) and (providers is None or provider[1] in providers)
    ]
    found = []
    all_periods = periods(program.terms, start, end)
    total = len(all_periods) * len(pairs) * len(program.order)
    done, looked = 0, Looked()
    for period in all_periods:
        shared: dict[str, dict[tuple[object, ...], object]] = {buyer[1]: {} for buyer, _ in pairs}
        for buyer, provider in pairs:
            ledger = ledger_for(program, facts, tables, provider[1], buyer[1], period, shared[buyer[1]])
            for instance in program.order:
                settle_clause(ledger, instance)
                done += 1
                if progress is not None:
                    progress(instance.key, done, total)
            found.append(settlement_of(ledger, buyer, provider, looked))
    return tuple(found)


def ledger_for(
    program: core.Program,
    facts: Mapping[str, FactIndex],
    tables: Mapping[str, TableIndex],
    provider: str,
    buyer: str,
    period: Days,
    shared: dict[tuple[object, ...], object] | None = None,
) -> Ledger:
    """An empty ledger for a pair and a period, its computed indicators among the results.

    Args:
        program, facts, tables, provider, buyer, period: what is settled, for whom and when.
        shared: what ledgers of the other providers of that buyer and period have worked out for all.
    """
    ledger = Ledger(program, facts, tables, provider, buyer or None, period, evaluate)
    ledger.shared = {} if shared is None else shared
    if any(i.fulfilled is not None for i in program.indicators.values()):
        if INDICATORS not in ledger.shared:
            ledger.shared[INDICATORS] = with_indicators(ledger)
        ledger.facts = cast("dict[str, FactIndex]", ledger.shared[INDICATORS])
        ledger.contract = None
    return ledger


def settlement_of(
    ledger: Ledger, buyer: tuple[str, str], provider: tuple[str, str], looked: Looked | None = None
) -> Settlement:
    """What came out for a pair and a period, when every clause is settled.

    Args:
        ledger, buyer, provider: of the pair.
        looked: what rows nobody owns in the facts that have been looked through, by contract and index.
    """
    program = ledger.program
    keys, results = in_force(ledger), ledger.results
    nobodys = unowned(ledger, looked or Looked())
    failures = results.failures(keys) + nobodys
    subtotals = tuple((name, results.sum(own)) for name, own in program.subtotals)
    total = None if nobodys else results.sum(keys)
    if total is not None:
        total = payable_total(total, program.terms)
    promises = []
    for condition, reason, span in program.promises:
        try:
            kept = contract_env(ledger).holds(condition)
        except Failure as failure:
            failures.extend(failure.causes)
            continue
        promises.append((reason, kept))
        if not kept:
            failures.append(problems.PROMISE_BROKEN.at(span, reason=reason))
    return Settlement(
        contract=program.terms.name,
        buyer=buyer,
        provider=provider,
        start=ledger.period.start,
        end=ledger.period.end,
        clauses=results.of(keys),
        subtotals=subtotals,
        total=total,
        promises=tuple(promises),
        failures=once(failures),
        rows={
            name: (
                index.count(ledger.provider, ledger.buyer, ledger.period.start, ledger.period.end),
                index.size(),
            )
            for name, index in ledger.facts.items()
            if index.size()
        },
    )


def in_force(ledger: Ledger) -> tuple[str, ...]:
    """The keys of the clauses that are in force on some day of the period."""
    always = in_common(ledger.program, "always in force", _always)
    return always or tuple([i.key for i in ledger.program.instances if clause_days(ledger, i) is not None])


def _always(program: core.Program) -> tuple[str, ...]:
    """The keys of all clauses where none begins or ends; else none."""
    begins = any(i.start is not None or i.end is not None for i in program.instances)
    return () if begins else tuple([i.key for i in program.instances])


def unowned(ledger: Ledger, looked: Looked) -> list[Diagnostic]:
    """Rows without a provider, a date, or one of several buyers; and rows of a party but for upper and lower case."""
    found: list[Diagnostic] = []
    for index in ledger.facts.values():
        if not index.size():
            continue
        key = id(ledger.program), id(index)
        if key not in looked.contracts:
            if id(index) not in looked.roles:
                looked.roles[id(index)] = index, list(roles_of(index))
            looked.contracts[key] = list(nobodys(ledger.program, index, looked.roles[id(index)][1]))
        found += looked.contracts[key]
    return found


def roles_of(index: FactIndex) -> Iterator[Role]:
    """What makes rows of a fact somebody's: the parties, and the days."""
    fact = index.fact
    for role, name in (("provider", fact.provider), ("buyer", fact.buyer), ("dated", fact.dated)):
        column = fact.column(name) if name else None
        if column is not None:
            anybodys = role == "buyer" and index.single_buyer
            yield role, column, () if anybodys else index.having(name, None)


def nobodys(program: core.Program, index: FactIndex, roles: Sequence[Role]) -> Iterator[Diagnostic]:
    """Those of one fact."""
    terms, sv, fact = program.terms, program.language == "sv", index.fact
    for role, column, without in roles:
        known = {"provider": terms.providers, "buyer": terms.buyers}.get(role, ())
        codes = {code for _, code in known}
        almost = [
            (code, row)
            for code in sorted(codes)
            for other in sorted(index.among(column.name, {code.lower(), code.upper(), code.capitalize()} - codes))
            for row in index.having(column.name, other)[:1]
        ]
        if without or almost:
            named = {"fact": (sv and fact.swedish) or fact.name, "column": (sv and column.swedish) or column.name}
            for row in without:
                yield problems.UNOWNED.at(terms.span, place=f"{row.file}:{row.line}", **named)
            for code, row in almost:
                place, other = f"{row.file}:{row.line}", row.cells[column.name]
                yield problems.ALMOST_A_PARTY.at(terms.span, place=place, found=other, name=code, **named)


def explain(
    program: core.Program,
    data: Data,
    settlement: Settlement,
    key: str,
    facts: Mapping[str, FactIndex] | None = None,
) -> Trace:
    """How a clause's amount came about: the clause is settled again with its trace on.

    Args:
        program, data, settlement: what was settled, and how it came out.
        key: the clause's key.
        facts: the data, where they are indexed already.

    Raises:
        KeyError: there is no clause with that key in the settlement.
    """
    instance = {i.key: i for i in program.instances}[key]
    facts = index_data(program.facts, data, len(program.terms.buyers)) if facts is None else facts
    tables = {name: TableIndex(table) for name, table in program.tables.items()}
    period = Days(settlement.start, settlement.end)
    ledger = ledger_for(program, facts, tables, settlement.provider[1], settlement.buyer[1], period)
    ledger.results = Results({clause.key: clause for clause in settlement.clauses})
    ledger.trace = [[]]
    result = settle_clause(ledger, instance)
    return Trace(expr=None, value=result.amount, parts=tuple(ledger.trace[0]), note=key, span=instance.span)
