"""Worked examples (*räkneexempel*): run with the contract or form that they stand in.

An example sets amounts and rows of data, perhaps clauses of its own, and says what must come out. In it a row needs
only the columns it is about: its date is the first day of the period, its provider the contract's first. A fact that
the example says nothing of has no rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import evolve, frozen

from dsl.diagnostics import Diagnostic
from dsl.spans import Span
from interpreter import core, problems
from interpreter.clerk import settle_clause
from interpreter.example_reader import read_example
from interpreter.facts import Cell, Fact, Kind, Row
from interpreter.lookup import TableIndex, index_data
from interpreter.order import in_order
from interpreter.pipeline import Analysed
from interpreter.runtime import Env, Ledger, contract_env
from interpreter.settle import ledger_for, periods
from interpreter.settlement import Status
from interpreter.terms import default_step
from interpreter.values import Days, Failure, Missing, present, written
from interpreter.world import Scope

YEAR = (date(2023, 1, 1), date(2023, 12, 31))
"""What a form's example is settled for when it does not say."""


@frozen(kw_only=True)
class ExampleResult:
    """How an example came out: its name, whether it held, and the problems when it did not."""

    name: str
    ok: bool
    diagnostics: tuple[Diagnostic, ...]
    span: Span


def run(program: core.Program, examples: Sequence[core.Example]) -> tuple[ExampleResult, ...]:
    """Run examples.

    Args:
        program: the contract they belong to; for a form's examples, a program without clauses.
        examples: as `read_example` gave them.
    """
    return tuple(run_example(program, example) for example in examples)


def form_examples(analysed: Analysed, file: str = "") -> tuple[ExampleResult, ...]:
    """Run the examples of the forms that one file defines.

    Args:
        analysed: a text with what it uses, sound.
        file: the file whose forms are meant: the main file when empty, else one of `analysed.texts`.

    Returns:
        One result for each example; a problem in an example's own text is a result that does not hold.
    """
    world, file = analysed.world, file or analysed.module.file
    facts = {fact.name: fact for fact in world.facts.values()}
    found: list[ExampleResult] = []
    for _, line in world.form_examples:
        if line.span.file != file:
            continue
        before = len(world.found)
        example = read_example(world, Scope(), line, analysed.texts[file])
        wrong = tuple(d for d in world.found[before:] if d.is_error)
        del world.found[before:]
        if wrong:
            found.append(ExampleResult(name=example.name, ok=False, diagnostics=wrong, span=example.span))
        else:
            found.append(run_example(form_program(facts, dict(world.tables)), example))
    return tuple(found)


def run_example(program: core.Program, example: core.Example) -> ExampleResult:
    """Run one example in a ledger of its own."""
    try:
        ledger = played(program, example)
    except Failure as failure:
        return ExampleResult(name=example.name, ok=False, diagnostics=failure.causes, span=example.span)
    found: list[Diagnostic] = []
    for left, right, text, span in example.expects:
        found += _judge(contract_env(ledger), left, right, text, span)
    return ExampleResult(name=example.name, ok=not found, diagnostics=tuple(found), span=example.span)


def played(program: core.Program, example: core.Example) -> Ledger:
    """The ledger in which an example's clauses are settled on what it gives.

    Raises:
        Failure: something that it gives has no value.
    """
    if example.clauses:
        order, _ = in_order(example.clauses, program.lets)
        program = evolve(program, instances=example.clauses, order=tuple(order), subtotals=())
    if not program.terms.providers:
        program = evolve(program, terms=evolve(program.terms, providers=_providers(program, example)))
    period = _period(program, example)
    provider = program.terms.providers[0][1]
    buyer = program.terms.buyers[0][1] if program.terms.buyers else ""
    tables = {name: TableIndex(table) for name, table in program.tables.items()}
    data: dict[str, list[Row]] = {name: [] for name in program.facts}
    bare = ledger_for(program, index_data(program.facts, data), tables, provider, buyer, period)
    for at, (fact, cells, _) in enumerate(example.rows):
        values = {name: contract_env(bare).value(value) for name, value in cells.items()}
        data[fact].append(_row(program.facts[fact], values, at + 1, period.start, provider, buyer))
    index = index_data(program.facts, data, len(program.terms.buyers))
    ledger = ledger_for(program, index, tables, provider, buyer, period)
    for name, amount in example.amounts:
        ledger.given[name] = contract_env(bare).number(amount)
    for instance in program.order:
        settle_clause(ledger, instance)
    return ledger


def _period(program: core.Program, example: core.Example) -> Days:
    """The example's own period, else the contract's first, else a year for forms."""
    if example.start is not None and example.end is not None:
        return Days(example.start, example.end)
    return periods(program.terms)[0] if program.terms.name else Days(*YEAR)


def _providers(program: core.Program, example: core.Example) -> tuple[tuple[str, str], ...]:
    """The providers that a form's example names in its rows, the first of them being the one that is settled."""
    columns = [(program.facts[fact].provider, cells) for fact, cells, _ in example.rows]
    named = [cells[column] for column, cells in columns if column in cells]
    codes = [e.value for e in named if isinstance(e, core.Const) and isinstance(e.value, str)]
    return tuple((code, code) for code in dict.fromkeys(codes or ["A"]))


def _row(fact: Fact, values: dict[str, object], at: int, start: date, provider: str, buyer: str) -> Row:
    """A row with what an example may leave out."""
    cells: dict[str, Cell] = {name: value for name, value in values.items() if not isinstance(value, Missing)}  # type: ignore[misc]
    for name, value in ((fact.dated, start), (fact.provider, provider), (fact.buyer, buyer)):
        if name:
            cells.setdefault(name, value)
    for key in fact.keys:
        column = fact.column(key)
        if column is not None and column.kind in (Kind.CODE, Kind.TEXT):
            cells.setdefault(key, str(at))
    return Row(fact.name, cells)


def _judge(env: Env, left: core.Expr, right: core.Expr | None, text: str, span: Span) -> list[Diagnostic]:
    """What is wrong with one expectation, if anything."""
    results = env.ledger.results
    keys = left.clauses if isinstance(left, core.Amount) else ()
    waiting = [results[k] for k in keys if k in results and results[k].status is not Status.SETTLED]
    if right is None:
        if waiting or not _worked_out(env, left):
            return []
        return [problems.EXAMPLE_SETTLED.at(span, name=text)]
    try:
        found, expected = present(env.value(left)), present(env.value(right))
    except Failure as failure:
        causes = [cause for result in waiting for cause in result.failures] or list(failure.causes)
        english, swedish = ("; ".join(dict.fromkeys(c.message(language) for c in causes)) for language in ("en", "sv"))
        return [problems.EXAMPLE_UNSETTLED.at(span, name=text, reason_en=english, reason_sv=swedish)]
    if found == expected:
        return []
    language = env.ledger.program.language
    shown, wanted = (written(value, left.type, language) for value in (found, expected))
    return [problems.EXAMPLE_FAILS.at(span, name=text, found=shown, expected=wanted)]


def _worked_out(env: Env, e: core.Expr) -> bool:
    """Whether there is a value."""
    try:
        return not isinstance(env.value(e), Missing)
    except Failure:
        return False


def form_program(facts: dict[str, Fact], tables: dict[str, core.TableData]) -> core.Program:
    """A program without clauses, in which the examples of forms run."""
    terms = core.Terms(start=YEAR[0], end=YEAR[1], round_step=default_step())
    return core.Program(terms=terms, instances=(), order=(), facts=facts, tables=tables)
