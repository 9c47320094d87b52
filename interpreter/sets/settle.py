"""Settle a contract on data that lie in an engine.

The reference evaluator settles clause by clause, as always; where it meets the rows of a large fact it is given an
answer that one query has worked out for every pair of parties and period at once. What a query can't say exactly, and
every scope in which some row fails, is left to the reference evaluator, which then reads those rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from fractions import Fraction

from dsl.classes import define, field
from interpreter import core, types as t
from interpreter.aggregate import window_days
from interpreter.clerk import Clerk, clause_days, clause_env, settle_clause
from interpreter.evaluate import evaluate
from interpreter.indicators import with_indicators
from interpreter.lookup import FactIndex, TableIndex
from interpreter.order import expressions
from interpreter.runtime import Env, Known, Ledger, contract_env
from interpreter.scopes import months_within
from interpreter.sets.fetch import LazyIndex, fetched, in_order
from interpreter.sets.groups import paying_groups
from interpreter.sets.lines import lines_of
from interpreter.sets.points import Ask, reached
from interpreter.sets.related import Related
from interpreter.sets.relation import Dataset, EngineError
from interpreter.sets.sites import Answer, Site, Summed, aggregate, paying
from interpreter.sets.small import SmallTables
from interpreter.sets.values import Refused
from interpreter.settle import Progress, periods, settlement_of
from interpreter.settlement import Line, Lines, Settlement
from interpreter.values import Failure, Missing, small

SMALL = 20_000
"""A fact with no more rows is read whole by the reference evaluator: that is faster than asking."""

Parties = Collection[str] | None


def settle(
    program: core.Program,
    dataset: Dataset,
    *,
    start: date | None = None,
    end: date | None = None,
    providers: Parties = None,
    buyers: Parties = None,
    progress: Progress | None = None,
    small_facts: int = SMALL,
    counters: Counter[str] | None = None,
) -> tuple[Settlement, ...]:
    """Settle a contract: what `interpreter.settle.settle` gives, to the last öre.

    Args:
        program: a contract without errors.
        dataset: its data.
        start, end: the days to settle; the contract's whole period when not given.
        providers, buyers: codes of the parties to settle; all of the contract's when not given.
        progress: told (clause, done, of) as work goes on.
        small_facts: how many rows a fact has at most that is read whole.
        counters: is told how many scopes a query answered for, and how many it did not and why.

    Returns:
        One settlement for each settlement period and pair of parties, by period first.
    """
    return Sets.open(program, dataset, start, end, providers, buyers, small_facts, counters).settle(progress)


def indexed(program: core.Program, dataset: Dataset, small_facts: int = SMALL) -> dict[str, FactIndex]:
    """The data as the reference evaluator asks for them: small facts whole, rows of large ones when it asks.

    Args:
        program: a contract.
        dataset: its data.
        small_facts: how many rows a fact has at most that is read whole.
    """
    single = len(program.terms.buyers) <= 1
    found: dict[str, FactIndex] = {}
    for name, fact in program.facts.items():
        relation = dataset.relations.get(name)
        if relation is None:
            found[name] = FactIndex(fact, [], single, absent=True)
        elif relation.rows <= small_facts:
            found[name] = FactIndex(fact, in_order(fact, fetched(dataset.engine, relation)), single)
        else:
            found[name] = LazyIndex(fact=fact, rows=[], single_buyer=single, relation=relation, engine=dataset.engine)
    return found


@define(eq=False)
class Sets:
    """A settlement under way: its ledgers, and the answers that queries have given.

    Args:
        program, dataset: the contract and its data.
        ledgers: one for each period and pair of parties, with the parties' names and codes.
        tables: small tables in the engine.
        answers: by place and scope.
    """

    program: core.Program
    dataset: Dataset
    tables: SmallTables
    ledgers: list[tuple[Ledger, tuple[str, str], tuple[str, str]]] = field(factory=list)
    own: set[int] = field(factory=set)
    answers: dict[tuple[object, ...], Answer] = field(factory=dict)
    places: dict[int, dict[int, core.Each | None]] = field(factory=dict)
    counters: Counter[str] = field(factory=Counter)
    kept: list[object] = field(factory=list)

    @classmethod
    def open(
        cls,
        program: core.Program,
        dataset: Dataset,
        start: date | None,
        end: date | None,
        providers: Parties,
        buyers: Parties,
        small_facts: int,
        counters: Counter[str] | None,
    ) -> Sets:
        """The ledgers of a settlement, computed indicators among their results."""
        self = cls(program, dataset, SmallTables(dataset.engine))
        if counters is not None:
            self.counters = counters
        facts = indexed(program, dataset, small_facts)
        tables = {name: TableIndex(table) for name, table in program.tables.items()}
        for period in periods(program.terms, start, end):
            for buyer in program.terms.buyers or (("", ""),):
                for provider in program.terms.providers:
                    if (buyers is None or buyer[1] in buyers) and (providers is None or provider[1] in providers):
                        ledger = Ledger(program, facts, tables, provider[1], buyer[1] or None, period, self.evaluate)
                        self.ledgers.append((ledger, buyer, provider))
        self.own = {id(ledger) for ledger, _, _ in self.ledgers}
        if any(i.fulfilled is not None for i in program.indicators.values()):
            computed = [with_indicators(ledger) for ledger, _, _ in self.ledgers]
            for (ledger, _, _), found in zip(self.ledgers, computed, strict=True):
                ledger.facts, ledger.contract = found, None
        return self

    def settle(self, progress: Progress | None) -> tuple[Settlement, ...]:
        """Settle every clause of every ledger, a clause for all of them before the next."""
        total, done = len(self.ledgers) * len(self.program.order), 0
        for instance in self.program.order:
            for ledger, _, _ in self.ledgers:
                settle_clause(ledger, instance, self.clerk)
                done += 1
                if progress is not None:
                    progress(instance.key, done, total)
        return tuple(settlement_of(ledger, buyer, provider) for ledger, buyer, provider in self.ledgers)

    def clerk(self, instance: core.Instance, ledger: Ledger) -> Clerk:
        """Who carries out the steps of a clause."""
        return SetClerk(instance, ledger, sets=self)

    def evaluate(self, e: core.Expr, env: Env) -> object:
        """The value of an expression: the reference evaluator's, with aggregates over large facts by query."""
        if isinstance(e, core.Param) and env.ledger.trace is None:
            return self.parameter(e, env)
        if isinstance(e, core.Aggregate) and e.rows is not None and self.answerable(e.rows, env):
            answer = self.answer(e, e.rows, env)
            if isinstance(answer, Summed):
                return combined(e, answer, env)
        return evaluate(e, env)

    def parameter(self, e: core.Param, env: Env) -> object:
        """A parameter, worked out once in a scope: it means the same wherever it is asked for there."""
        key = ("parameter", e.name)
        known = env.lets.get(key)
        if known is None:
            try:
                known = Known(evaluate(e, env))
            except Failure as failure:
                known = Known(failure)
            env.lets[key] = known
        if isinstance(known.value, Failure):
            raise Failure(known.value.causes)
        return known.value

    def answerable(self, rows: core.Rows, env: Env) -> bool:
        """Whether the rows lie in the engine, and the scope asks for all of them at once, untraced."""
        within = rows.group or bool(env.rows) or bool(env.group) or env.ledger.trace is not None
        return not within and isinstance(env.ledger.facts[rows.fact], LazyIndex)

    def answer(self, place: core.Aggregate | core.Each, rows: core.Rows, env: Env) -> Answer:
        """What a query says for a place in a scope; `None` when the reference evaluator is to say it."""
        shared = id(env.ledger) in self.own
        if not shared and (env.offers or self.leans_on_clauses(place, env)):
            self.counters["reference: in another provider's scope"] += 1
            return None
        key = self.key(place, env)
        if key not in self.answers:
            self.kept.append(place)
            scopes = {self.key(place, scope): scope for scope in self.siblings(place, env)}
            scopes.setdefault(key, env)
            self.ask(place, rows, {k: scope for k, scope in scopes.items() if k not in self.answers})
        return self.answers[key]

    def key(self, place: object, env: Env) -> tuple[object, ...]:
        """What tells one scope of a place from another."""
        ledger = env.ledger
        return id(place), id(env.instance), ledger.provider, ledger.buyer, env.period, env.start, env.end

    def leans_on_clauses(self, place: core.Aggregate | core.Each, env: Env) -> bool:
        """Whether what is asked for depends on what other clauses came to."""
        parts = [place] if isinstance(place, core.Aggregate) else [place.rows, place.steps]
        return any(isinstance(e, core.Amount | core.Given) for e, _ in reached(parts, env))

    def siblings(self, place: core.Aggregate | core.Each, env: Env) -> Iterator[Env]:
        """The scopes of all ledgers that will ask the same, as far as that can be known."""
        if env.instance is None and not env.keys:
            yield from (contract_env(ledger) for ledger, _, _ in self.ledgers)
        if not isinstance(env.instance, core.Instance):
            return
        instance = env.instance
        places = self.places.get(id(instance.form))
        if places is None:
            places = self.places[id(instance.form)] = dict(placed(instance.form.steps, None))
        if id(place) not in places:
            return
        month = places[id(place)]
        for ledger, _, _ in self.ledgers:
            if clause_days(ledger, instance) is not None:
                whole = clause_env(ledger, instance)
                yield from months_within(month, whole) if month is not None else [whole]

    def ask(self, place: core.Aggregate | core.Each, rows: core.Rows, scopes: dict[tuple[object, ...], Env]) -> None:
        """Send the query for a place, and note its answer for each scope."""
        asks: dict[tuple[object, ...], Ask] = {}
        index = next(iter(scopes.values())).ledger.facts[rows.fact]
        assert isinstance(index, LazyIndex)
        fact = index.fact
        for key, env in scopes.items():
            self.answers[key] = None
            try:
                start, end = window_days(rows, env)
            except Failure:
                self.counters["reference: no window"] += 1
                continue
            provider = env.ledger.provider if fact.provider and not rows.all_providers else None
            asks[key] = Ask(env, provider, env.ledger.buyer if fact.buyer else None, start, end)
        if not asks:
            return
        site = self.site(index)
        try:
            whole = list(asks.values())
            if isinstance(place, core.Aggregate):
                found = aggregate(site, place, whole)
            else:
                found = paying_groups(site, place, whole) if place.by or place.spell else paying(site, place, whole)
        except (Refused, EngineError) as reason:
            self.counters[f"reference: {reason}"] += len(asks)
            return
        for key, answer in zip(asks, found, strict=True):
            self.answers[key] = answer
            self.counters["query" if answer is not None else "reference: a row fails"] += 1

    def site(self, index: LazyIndex) -> Site:
        """What the queries over a fact have in common."""
        terms = self.program.terms
        step = terms.round_step.value if terms.round_step is not None and terms.round_where == "line" else None
        line_step = step if isinstance(step, Fraction) else None
        related = Related(self.dataset, self.tables, index.single_buyer)
        return Site(index.relation, self.tables, index.single_buyer, terms.round_mode, line_step, related)


def placed(steps: Sequence[core.Stmt], month: core.Each | None) -> Iterator[tuple[int, core.Each | None]]:
    """Every aggregate and every `each` over rows of a form that is asked for once a clause, or once a month."""
    for step in steps:
        match step:
            case core.Each(None, _, _, inner):
                yield from placed(inner, step) if month is None else ()
            case core.Each():
                yield id(step), month
            case core.When(cases, otherwise):
                for condition, then in cases:
                    yield from ((id(e), month) for e in expressions(condition))
                    yield from placed(then, month)
                yield from placed(otherwise, month)
            case _:
                yield from ((id(e), month) for e in expressions(step))


def combined(e: core.Aggregate, answer: Summed, env: Env) -> object:
    """What an aggregate's sums come to; see `interpreter.aggregate.combine`."""
    if e.of is None:
        assert isinstance(e.type, t.Num)
        return Fraction(answer.count) * e.type.unit.factor
    least = env.number(e.at_least) if e.at_least is not None else None
    if least is not None and answer.count < least:
        return Missing(f"{e.kind}: {answer.count} < {least}", e.span)
    match e.kind:
        case "sum" | "distinct":
            total = answer.found if answer.found is not None else Fraction(0)
            assert isinstance(total, Fraction)
            return small(total, e.span) if e.kind == "sum" else total
        case _ if not answer.count:
            return Missing(e.kind, e.span)
        case "mean":
            assert isinstance(answer.found, Fraction)
            return small(answer.found / answer.weights, e.span) if answer.weights else Missing(e.kind, e.span)
        case _:
            return answer.found


@define(eq=False, kw_only=True)
class SetClerk(Clerk):
    """A clerk who has rows of large facts paid by query."""

    sets: Sets

    def each(self, step: core.Each, env: Env) -> None:
        """Carry out the steps of each row at once where a query can, else one by one."""
        answer: Answer = None
        if step.rows is not None and self.sets.answerable(step.rows, env):
            answer = self.sets.answer(step, step.rows, env)
        if answer is None or isinstance(answer, Summed):
            Clerk.each(self, step, env)
            return
        if not answer:
            return
        index = env.ledger.facts[step.rows.fact] if step.rows is not None else None
        assert isinstance(index, LazyIndex)
        exact = sum((block.exact for block in answer), Fraction(0))
        payable = sum((block.payable for block in answer), Fraction(0))
        count = sum(block.count for block in answer)
        site, key = self.sets.site(index), self.instance.key

        def fetch() -> Sequence[Line]:
            if not (step.by or step.spell):
                try:
                    return lines_of(site, step, key, scope(step, env, index))
                except (Refused, EngineError):  # a price or volume may be larger than the amount, which did fit
                    self.sets.counters["reference: lines"] += 1
            one_by_one = Clerk(self.instance, self.ledger)
            Clerk.each(one_by_one, step, env)
            return [line for line in one_by_one.lines if isinstance(line, Line)]

        self.lines.append(Lines(count, exact, payable, fetch))


def scope(step: core.Each, env: Env, index: LazyIndex) -> Ask:
    """Which rows an `each` asks for in a scope."""
    assert step.rows is not None
    start, end = window_days(step.rows, env)
    fact = index.fact
    provider = env.ledger.provider if fact.provider and not step.rows.all_providers else None
    return Ask(env, provider, env.ledger.buyer if fact.buyer else None, start, end)


__all__ = ["SMALL", "Sets", "indexed", "settle"]
