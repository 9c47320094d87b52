"""Settle a contract on data: each pair of parties, each settlement period, each clause in its order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from attrs import define, evolve

from dsl.diagnostics import Diagnostic
from dsl.spans import Span
from interpreter import core, problems
from interpreter import types as t
from interpreter.aggregate import chosen, inside
from interpreter.evaluate import Env, Ledger, evaluate, holds, number, shift
from interpreter.facts import Data, Fact, Row
from interpreter.indicators import with_indicators
from interpreter.lookup import FactIndex, TableIndex, index_data
from interpreter.settlement import ClauseResult, Line, Settlement, Status, Trace
from interpreter.units import KRONA, NUMBER, Unit
from interpreter.values import Days, Failure, Missing, fail, last_day, present, round_to

MONTHS = {"yearly": 12, "quarterly": 3, "monthly": 1}
ONE_DAY = timedelta(days=1)
Progress = Callable[[str, int, int], None]


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
) -> tuple[Settlement, ...]:
    """Settle a contract.

    Args:
        program: a contract without errors.
        data: rows by the fact's English name.
        start, end: the days to settle; the contract's whole period when not given.
        providers, buyers: codes of the parties to settle; all of the contract's when not given.
        progress: told (clause, done, of) as work goes on.

    Returns:
        One settlement for each settlement period and pair of parties, by period first.
    """
    facts = index_data(program.facts, data, len(program.terms.buyers))
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
    done = 0
    for period in all_periods:
        for buyer, provider in pairs:
            ledger = ledger_for(program, facts, tables, provider[1], buyer[1], period)
            for instance in program.order:
                settle_clause(ledger, instance)
                done += 1
                if progress is not None:
                    progress(instance.key, done, total)
            found.append(_settlement(ledger, buyer, provider))
    return tuple(found)


def ledger_for(
    program: core.Program,
    facts: Mapping[str, FactIndex],
    tables: Mapping[str, TableIndex],
    provider: str,
    buyer: str,
    period: Days,
) -> Ledger:
    """An empty ledger for a pair and a period, its computed indicators among the results."""
    ledger = Ledger(program, facts, tables, provider, buyer or None, period)
    if any(i.fulfilled is not None for i in program.indicators.values()):
        ledger.facts = with_indicators(ledger, contract_env(ledger))
    return ledger


def contract_env(ledger: Ledger) -> Env:
    """The scope of the contract's own expressions."""
    lets = {let.name: let.value for let in ledger.program.lets}
    return Env(ledger, None, lets, {}, {}, ledger.period, ledger.period.start, ledger.period.end)


# --- one clause


@define
class Clerk:
    """Carries out the steps of one clause: collects its lines, gifts, offers and failures."""

    instance: core.Instance
    ledger: Ledger
    lines: list[Line]
    given: dict[str, object]
    offers: dict[str, object]
    failures: list[Diagnostic]
    unsettled: bool = False

    def steps(self, steps: Sequence[core.Stmt], env: Env, row: Row | None, name: str) -> None:
        """Carry out steps for the clause, a row or a group; `name` is the key of that row or group."""
        for step in steps:
            match step:
                case core.Let():
                    pass
                case core.Pays():
                    self.pay(step, env, row, name)
                case core.Gives(gift, value):
                    self.given[gift] = evaluate(value, env)
                case core.Offer(offer, value):
                    self.offers[offer] = evaluate(value, env)
                case core.Unsettled(condition, reason):
                    if holds(condition, env):
                        self.unsettled = True
                        raise fail(problems.UNSETTLED, step.span, reason=_at(reason, name))
                case core.When(cases, otherwise):
                    taken = next((then for condition, then in cases if holds(condition, env)), otherwise)
                    self.steps(taken, env, row, name)
                case core.Each():
                    self.each(step, env)

    def pay(self, step: core.Pays, env: Env, row: Row | None, name: str) -> None:
        amount = number(step.value, env)
        quantity, unit_price, unit = factors(step.value, env) if self.ledger.trace is None else (None, None, NUMBER)
        dated = self.ledger.facts[row.fact].fact.dated if row is not None else ""
        day = row.cells.get(dated) if row is not None else None
        self.lines.append(
            Line(
                clause=self.instance.key,
                label=step.label,
                fact=row.fact if row is not None else "",
                row=name,
                day=day if isinstance(day, date) else None,
                quantity=quantity,
                unit=unit,
                unit_price=unit_price,
                amount=amount,
                file=row.file if row is not None else "",
                number=row.line if row is not None else 0,
                span=step.span,
            )
        )

    def each(self, step: core.Each, env: Env) -> None:
        """Carry out the steps of each row, group or month; a failing one does not hide the failures of the next."""
        failures: list[Diagnostic] = []
        for inner, row, name in scopes(step, env):
            try:
                self.steps(step.steps, inner, row, name)
            except Failure as failure:
                failures.extend(failure.causes)
        if failures:
            raise Failure(failures)


def _at(reason: str, name: str) -> str:
    return f"{reason} ({name})" if name else reason


def scopes(step: core.Each, env: Env) -> Iterator[tuple[Env, Row | None, str]]:
    """The scopes of an `each`: one a month, a row, or a group in the order of its first row."""
    if step.rows is None:
        for month in months(env.period):
            yield _fresh(evolve(env, period=month, start=month.start, end=month.end), step), None, f"{month.start:%Y-%m}"
        return
    rows = chosen(step.rows, env)
    fact = env.ledger.facts[step.rows.fact].fact
    if not step.by and step.spell is None:
        for row in rows:
            inner = inside(step.rows.row, row, env)
            yield evolve(inner, lets=_Layer(env.lets)), row, row_name(fact, row)
        return
    for keys, own in groups(step, rows, fact, env):
        named = dict(zip(step.by, keys, strict=False))
        period = next((k for k in keys if isinstance(k, Days)), env.period)
        both = {**env.keys, **named}
        for name in step.by:
            column = fact.column(name)
            if column is not None and column.swedish:
                both[column.swedish] = named[name]
        inner = evolve(env, group=tuple(own), keys=both, period=period, start=period.start, end=period.end)
        name = ", ".join(f"{k.start:%Y-%m}" if isinstance(k, Days) else _shown(k) for k in keys)
        yield _fresh(inner, step), None, name


class _Layer(dict[tuple[str, object], object]):
    """The lets of a row: its own are kept under the row, the others are shared with the scope around."""

    def __init__(self, outer: dict[tuple[str, object], object]) -> None:
        super().__init__()
        self.outer = outer

    def __contains__(self, key: object) -> bool:
        return key in self.outer

    def __getitem__(self, key: tuple[str, object]) -> object:
        return self.outer[key]

    def __setitem__(self, key: tuple[str, object], value: object) -> None:
        self.outer[key] = value


def _fresh(env: Env, step: core.Each) -> Env:
    """A group's or month's scope: its own lets are worked out anew."""
    own = {s.name: s.value for s in step.steps if isinstance(s, core.Let)}
    kept = {key: value for key, value in env.lets.items() if key[0] not in own and key[1] is not None}
    return evolve(env, lets=kept, definitions={**env.definitions, **own})


def months(period: Days) -> list[Days]:
    """The calendar months of a period, cut at its ends."""
    found, day = [], period.start
    while day <= period.end:
        end = date(day.year, day.month, last_day(day.year, day.month))
        found.append(Days(day, min(end, period.end)))
        day = end + ONE_DAY
    return found


def groups(step: core.Each, rows: Sequence[Row], fact: Fact, env: Env) -> list[tuple[list[object], list[Row]]]:
    """Rows by the values they share; `month` groups by the row's month, a spell by the row that opens it."""
    found: dict[tuple[object, ...], tuple[list[object], list[Row]]] = {}
    spells: dict[tuple[object, ...], tuple[date, date]] = {}
    for row in rows:
        keys: list[object] = []
        for name in step.by:
            if name == "month":
                day = row_day(fact, row, step.span)
                keys.append(Days(day.replace(day=1), date(day.year, day.month, last_day(day.year, day.month))))
            else:
                cell = row.cells.get(name)
                keys.append(present(Missing(f"{fact.name}.{name} ({row.file}:{row.line})", step.span) if cell is None else cell))
        if step.spell is not None:
            day = row_day(fact, row, step.span)
            opened, last = spells.get(tuple(map(_hashable, keys)), (date.max, date.min))
            if day > last:
                assert isinstance(step.spell.type, t.Num)
                by = number(step.spell, env)
                last = shift(day, by, step.spell.type.unit.dimension, env, step.spell) - ONE_DAY
                opened = day
                spells[tuple(map(_hashable, keys))] = (opened, last)
            keys.append(opened)
        found.setdefault(tuple(map(_hashable, keys)), (keys, []))[1].append(row)
    return list(found.values())


def _hashable(key: object) -> object:
    return (key.start, key.end) if isinstance(key, Days) else key


def row_day(fact: Fact, row: Row, span: Span) -> date:
    """The date of a row.

    Raises:
        Failure: AV514 when it has none.
    """
    day = row.cells.get(fact.dated) if fact.dated else None
    if not isinstance(day, date):
        raise fail(problems.NO_DATE, span)
    return day


def row_name(fact: Fact, row: Row) -> str:
    """The key of a row as text; its place in the file when it has no key."""
    keys = [_shown(row.cells.get(k)) for k in fact.keys]
    return ", ".join(keys) or f"{row.file}:{row.line}"


def _shown(cell: object) -> str:
    if isinstance(cell, Fraction) and cell.denominator == 1:
        return str(cell.numerator)
    return "" if cell is None else str(cell)


def factors(value: core.Expr, env: Env) -> tuple[Fraction | None, Fraction | None, Unit]:
    """A product of one price and volumes as (quantity, kr per unit, unit); nothing when it is not one."""
    if not isinstance(value, core.Multiply) or any(op == "/" for op, _ in value.rest):
        return None, None, NUMBER
    parts = [value.first, *(part for _, part in value.rest)]
    priced = [p for p in parts if isinstance(p.type, t.Num) and ("kr", 1) in p.type.unit.dimension]
    if len(priced) != 1 or not isinstance(priced[0].type, t.Num):
        return None, None, NUMBER
    price = number(priced[0], env)
    quantity = Fraction(1)
    for part in parts:
        if part is not priced[0]:
            quantity *= number(part, env)
    per = KRONA / priced[0].type.unit
    unit = evolve(per, factor=Fraction(1), name=priced[0].type.unit.name.partition("/")[2])
    return quantity, price, unit


def clause_env(ledger: Ledger, instance: core.Instance) -> Env:
    """The scope of a form's steps, for the days in which the clause is in force."""
    period = clause_days(ledger, instance)
    assert period is not None
    definitions = {s.name: s.value for s in instance.form.steps if isinstance(s, core.Let)}
    offers: dict[str, object] = {}
    parent = instance.parent
    while parent is not None:
        result = ledger.results.get(parent.key)
        if result is not None:
            offers = {**result.offers, **offers}
        parent = parent.parent
    rows = row_lets(instance.form.steps)
    return Env(ledger, instance, definitions, {}, rows, period, period.start, period.end, offers=offers)


def row_lets(steps: Sequence[core.Stmt]) -> dict[str, tuple[str, dict[str, core.Expr]]]:
    """The lets of `each fact` blocks: derived columns of the fact, with the variable they see it by."""
    found: dict[str, tuple[str, dict[str, core.Expr]]] = {}
    stack = list(reversed(steps))
    while stack:
        step = stack.pop()
        match step:
            case core.Each(core.Rows() as rows, (), None, inner):
                own = found.setdefault(rows.fact, (rows.row, {}))[1]
                own.update(_lets(inner))
                stack.extend(reversed(inner))
            case core.Each(_, _, _, inner):
                stack.extend(reversed(inner))
            case core.When(cases, otherwise):
                for _, then in (*cases, (None, otherwise)):
                    stack.extend(reversed(then))
            case _:
                pass
    return found


def _lets(steps: Sequence[core.Stmt]) -> dict[str, core.Expr]:
    found: dict[str, core.Expr] = {}
    for step in steps:
        match step:
            case core.Let(name, value):
                found[name] = value
            case core.When(cases, otherwise):
                for _, then in (*cases, (None, otherwise)):
                    found.update(_lets(then))
            case _:
                pass
    return found


def clause_days(ledger: Ledger, instance: core.Instance) -> Days | None:
    """The days of the period in which a clause is in force; `None` when there are none."""
    starts, ends = [ledger.period.start], [ledger.period.end]
    up: core.Instance | None = instance
    while up is not None:
        starts += [up.start] if up.start else []
        ends += [up.end] if up.end else []
        up = up.parent
    start, end = max(starts), min(ends)
    return Days(start, end) if start <= end else None


def settle_clause(ledger: Ledger, instance: core.Instance) -> ClauseResult:
    """Settle one clause, whose dependencies are settled, and note it in the ledger."""
    if clause_days(ledger, instance) is None:
        result = _result(instance, Status.SETTLED, amount=Fraction(0), exact=Fraction(0))
        ledger.results[instance.key] = result
        return result
    clerk = Clerk(instance, ledger, [], {}, {}, [])
    try:
        _parent_settled(ledger, instance)
        clerk.steps(instance.form.steps, clause_env(ledger, instance), None, "")
    except Failure as failure:
        status = Status.UNSETTLED if clerk.unsettled and len(failure.causes) == 1 else Status.FAILED
        result = _result(instance, status, failures=_once(failure.causes))
    else:
        terms = ledger.program.terms
        step = terms.round_step
        assert step is not None
        assert isinstance(step.value, Fraction)
        exact = sum((line.amount for line in clerk.lines), Fraction(0))
        amount = exact
        if terms.round_where == "clause":
            amount = round_to(exact, step.value, terms.round_mode)
        elif terms.round_where == "line":
            amount = sum((round_to(line.amount, step.value, terms.round_mode) for line in clerk.lines), Fraction(0))
        result = _result(
            instance,
            Status.SETTLED,
            amount=amount,
            exact=exact,
            lines=tuple(clerk.lines),
            given=dict(clerk.given),
            offers=dict(clerk.offers),
        )
    ledger.results[instance.key] = result
    return result


def _parent_settled(ledger: Ledger, instance: core.Instance) -> None:
    parent = instance.parent
    if parent is not None and instance.form.parameters and parent.key in ledger.results:
        if ledger.results[parent.key].status is not Status.SETTLED:
            raise fail(problems.DEPENDS, instance.span, name=parent.key)


def _once(causes: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple({(c.code, c.span, tuple(c.arguments.items())): c for c in causes}.values())


def _result(
    instance: core.Instance,
    status: Status,
    *,
    amount: Fraction | None = None,
    exact: Fraction | None = None,
    lines: tuple[Line, ...] = (),
    given: Mapping[str, object] | None = None,
    offers: Mapping[str, object] | None = None,
    failures: tuple[Diagnostic, ...] = (),
) -> ClauseResult:
    depth, parent = 0, instance.parent
    while parent is not None:
        depth, parent = depth + 1, parent.parent
    return ClauseResult(
        key=instance.key,
        form=instance.form.name,
        swedish=instance.form.swedish,
        label=instance.label,
        depth=depth,
        status=status,
        amount=amount,
        exact=exact,
        lines=lines,
        given=given or {},
        offers=offers or {},
        failures=failures,
        pays=pays(instance.form.steps),
        inside_base=instance.inside_base,
        span=instance.span,
    )


def pays(steps: Sequence[core.Stmt]) -> bool:
    """Whether some step pays."""
    for step in steps:
        match step:
            case core.Pays():
                return True
            case core.Each(_, _, _, inner) if pays(inner):
                return True
            case core.When(cases, otherwise) if pays(otherwise) or any(pays(then) for _, then in cases):
                return True
            case _:
                pass
    return False


# --- the whole


def _settlement(ledger: Ledger, buyer: tuple[str, str], provider: tuple[str, str]) -> Settlement:
    program = ledger.program
    results = tuple(ledger.results[i.key] for i in program.instances if clause_days(ledger, i) is not None)
    failures = [cause for result in results for cause in result.failures] + list(unowned(ledger))
    subtotals = tuple((name, _sum([ledger.results[k] for k in keys])) for name, keys in program.subtotals)
    total = None if any(unowned(ledger)) else _sum(results)
    if total is not None and program.terms.round_where == "total":
        step = program.terms.round_step
        assert step is not None
        assert isinstance(step.value, Fraction)
        total = round_to(total, step.value, program.terms.round_mode)
    promises = []
    for condition, reason, span in program.promises:
        try:
            kept = holds(condition, contract_env(ledger))
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
        clauses=results,
        subtotals=subtotals,
        total=total,
        promises=tuple(promises),
        failures=_once(failures),
        rows={
            name: (len(index.dated(ledger.provider, ledger.buyer, ledger.period.start, ledger.period.end)), len(index.rows))
            for name, index in ledger.facts.items()
            if index.rows
        },
    )


def unowned(ledger: Ledger) -> Iterator[Diagnostic]:
    """Rows that name no provider, or no buyer where there are several: nobody's, so nothing is complete."""
    for index in ledger.facts.values():
        fact = index.fact
        for column in (fact.provider, "" if index.single_buyer else fact.buyer):
            for row in index.having(column, None) if column else ():
                place = f"{row.file}:{row.line}"
                yield problems.UNOWNED.at(ledger.program.terms.span, fact=fact.name, column=column, place=place)


def _sum(results: Sequence[ClauseResult]) -> Fraction | None:
    total = Fraction(0)
    for result in results:
        if result.amount is None:
            return None
        total += result.amount
    return total


def explain(program: core.Program, data: Data, settlement: Settlement, key: str) -> Trace:
    """How a clause's amount came about: the clause is settled again with its trace on.

    Args:
        program, data, settlement: what was settled, and how it came out.
        key: the clause's key.

    Raises:
        KeyError: there is no clause with that key in the settlement.
    """
    instance = {i.key: i for i in program.instances}[key]
    facts = index_data(program.facts, data, len(program.terms.buyers))
    tables = {name: TableIndex(table) for name, table in program.tables.items()}
    period = Days(settlement.start, settlement.end)
    ledger = ledger_for(program, facts, tables, settlement.provider[1], settlement.buyer[1], period)
    ledger.results = {clause.key: clause for clause in settlement.clauses}
    ledger.trace = [[]]
    result = settle_clause(ledger, instance)
    return Trace(expr=None, value=result.amount, parts=tuple(ledger.trace[0]), note=key, span=instance.span)


