"""Settle a contract on data that lie in an engine.

The reference evaluator settles clause by clause, as always; where it meets the rows of a large fact it is given an
answer that one query has worked out for every pair of parties and period at once. What a query can't say exactly, and
every scope in which some row fails, is left to the reference evaluator, which then reads those rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from fractions import Fraction

from attrs import define, field

from dsl.alike import Shown
from interpreter import core
from interpreter.aggregate import over, window_days
from interpreter.clerk import clause_days
from interpreter.evaluate import evaluate
from interpreter.facts import Row
from interpreter.indicators import with_indicators
from interpreter.lookup import FactIndex
from interpreter.runtime import Env, Ledger, contract_env
from interpreter.scopes import months_within
from interpreter.sets.ahead import Facts, asking_facts, complete, keyed_facts, placed, plain, surely
from interpreter.sets.answers import Answer, Answers, Begun, Key, Place, Summed, combined, counted, refused
from interpreter.sets.apart import apart
from interpreter.sets.clauses import Plans
from interpreter.sets.depth import Depths
from interpreter.sets.expressions import Quick, offered
from interpreter.sets.failing import Failing
from interpreter.sets.fetch import SMALL, LazyIndex, away, index, indexed
from interpreter.sets.groups import key_lets, paying_groups
from interpreter.sets.points import Ask, reached
from interpreter.sets.portfolio import EVERYTHING, Asked, Keyed, Open, Parties, Shared, shape
from interpreter.sets.related import Related
from interpreter.sets.relation import Dataset, EngineError
from interpreter.sets.set_clerk import SetClerk
from interpreter.sets.sites import Site, aggregate, paying
from interpreter.sets.small import SmallTables
from interpreter.sets.turns import Turns, grouped
from interpreter.sets.values import Refused
from interpreter.settle import Looked, Progress, settlement_of
from interpreter.settlement import Settlement
from interpreter.values import Failure


def settle(
    program: core.Program,
    dataset: Dataset,
    *,
    start: date | None = None,
    end: date | None = None,
    providers: Parties = None,
    buyers: Parties = None,
    progress: Progress | None = None,
    small_facts: int | None = None,
    counters: Counter[str] | None = None,
) -> tuple[Settlement, ...]:
    """Settle a contract: what `interpreter.settle.settle` gives, to the last öre.

    Args:
        program: a contract without errors.
        dataset: its data.
        start, end: the days to settle; the contract's whole period when not given.
        providers, buyers: codes of the parties to settle; all of the contract's when not given.
        progress: told (clause, done, of) as work goes on.
        small_facts: how many rows a fact has at most that is read whole; what is fastest when `None`.
        counters: is told how many scopes a query answered for, and how many it did not and why.

    Returns:
        One settlement for each settlement period and pair of parties, by period first.
    """
    asked = Asked(start, end, providers, buyers)
    return settle_all([program], dataset, asked, progress=progress, small_facts=small_facts, counters=counters)[0]


def settle_all(
    programs: Sequence[core.Program],
    dataset: Dataset,
    asked: Asked = EVERYTHING,
    *,
    progress: Progress | None = None,
    small_facts: int | None = None,
    counters: Counter[str] | None = None,
) -> tuple[tuple[Settlement, ...], ...]:
    """Settle many contracts on one data set, as one plan: contracts alike are asked about in the same queries.

    Args:
        programs: contracts without errors, which declare the same facts.
        dataset, progress, small_facts, counters: those of `settle`.
        asked: which days and parties.

    Returns:
        For each contract what `settle` gives.
    """
    return Sets.open(programs, dataset, asked, small_facts, counters).settle(progress)


@define(eq=False, repr=False)
class Sets(Shown):
    """A settlement under way: its ledgers, and the answers that queries have given.

    Args:
        dataset: the data.
        tables: small tables in the engine.
        contracts: the ledgers of each contract, one for each period and pair of parties.
        alike: contracts that are settled in the same order by the same rules, by the identity of each program.
        answers: by place and scope.
        places: for each form, its places.
        stuck: by place and scope, where some rows may fail.
        own: the ledgers that the settlement is of, by identity; a scope of another is a provider's beside them.
        counters: how many scopes were answered by a query, and how many were not, and why.
        kept: what is known by its identity.
        quick, plans: expressions and forms as functions.
        depths: how deep places lie.
    """

    dataset: Dataset
    tables: SmallTables
    contracts: list[tuple[core.Program, list[Open]]] = field(factory=list)
    own: set[int] = field(factory=set)
    alike: dict[int, list[tuple[Mapping[str, core.Instance], list[Open]]]] = field(factory=dict)
    answers: dict[Key, Answer | Begun] = field(factory=dict)
    places: dict[int, dict[int, core.Each | None]] = field(factory=dict)
    stuck: dict[Key, Failing] = field(factory=dict)
    counters: Counter[str] = field(factory=Counter)
    kept: list[object] = field(factory=list)
    quick: Quick = field(factory=Quick)
    depths: Depths = field(factory=Depths)
    plans: Plans = field(init=False)

    @classmethod
    def open(
        cls,
        programs: Sequence[core.Program],
        dataset: Dataset,
        asked: Asked,
        small_facts: int | None,
        counters: Counter[str] | None,
    ) -> Sets:
        """The ledgers of a settlement, computed indicators among their results."""
        self = cls(dataset, SmallTables(dataset.engine))
        self.quick.aggregate = self.aggregate
        self.plans = Plans(self.quick)
        if counters is not None:
            self.counters = counters
        shared = Shared()
        askers = sum(1 for program in programs for _ in asked.ledgers(program))
        facts: dict[tuple[str, bool], Callable[[], FactIndex]] = {}
        groups: dict[tuple[object, ...], list[tuple[Mapping[str, core.Instance], list[Open]]]] = {}
        large = away(dataset) if small_facts is None else frozenset()
        for program in programs:
            single = len(program.terms.buyers) <= 1
            if len(programs) > 1:
                shared.share_forms(program)
            new = [fact for name, fact in program.facts.items() if (name, single) not in facts]
            keyed = keyed_facts(program) if new else frozenset()
            asking = asking_facts(program, large) if new else frozenset()
            for fact in new:
                facts[fact.name, single] = index(
                    fact,
                    dataset,
                    small_facts,
                    single=single,
                    askers=askers,
                    keyed=fact.name in keyed,
                    asking=fact.name in asking,
                )
            own = Facts({name: facts[name, single] for name in program.facts})
            tables = {name: shared.table(table) for name, table in program.tables.items()}
            opened: list[Open] = []
            common: dict[tuple[str, date, date], dict[tuple[object, ...], object]] = {}
            for period, buyer, provider in asked.ledgers(program):
                days, value = shared.period(period), self.quick.value
                ledger = Ledger(program, own, tables, provider[1], buyer[1] or None, days, value)
                ledger.shared = common.setdefault((buyer[1], days.start, days.end), {})
                opened.append(Open(program, ledger, buyer, provider))
            self.contracts.append((program, opened))
            group = groups.setdefault(shape(program), [])
            group.append((Keyed(program), opened))
            self.alike[id(program)] = group
        self.own = {id(one.ledger) for _, opened in self.contracts for one in opened}
        for program, opened in self.contracts:
            if any(i.fulfilled is not None for i in program.indicators.values()):
                complete(opened)
                computed = {id(one.ledger.shared): one.ledger for one in opened}
                found = {key: with_indicators(ledger) for key, ledger in computed.items()}
                for one in opened:
                    one.ledger.facts, one.ledger.contract = found[id(one.ledger.shared)], None
        return self

    def settle(self, progress: Progress | None) -> tuple[tuple[Settlement, ...], ...]:
        """Settle every clause of every ledger: the first of all of them, then the second, and so on."""
        self.begin()
        every = [[one for _, opened in group for one in opened] for group in self.groups()]
        turns = Turns([grouped(opened) for opened in every if opened], self.quick.value, self.clerk)
        turns.prepare(self.dataset.engine)
        turns.settle(progress)
        looked = Looked()
        for _, opened in self.contracts:
            complete(opened)
        return tuple(
            tuple(settlement_of(one.ledger, one.buyer, one.provider, looked) for one in opened)
            for _, opened in self.contracts
        )

    def groups(self) -> Iterable[list[tuple[Mapping[str, core.Instance], list[Open]]]]:
        """The contracts that are alike, each group of them once."""
        return {id(group): group for group in self.alike.values()}.values()

    def begin(self) -> None:
        """Ask what clauses will ask in any case and no amount decides; the engine adds up while they are settled."""
        for group in self.groups():
            _, opened = group[0]
            for instance in opened[0].program.order if opened else ():
                asked = list(surely(instance.form.steps))
                others = [own[instance.key] for own, _ in group[1:]] if asked else []
                if not asked or any(map(offered, [instance, *others])) or not plain(others):
                    continue
                for place, month in asked:
                    env = self.first(instance, month, opened)
                    if env is None or place.rows is None or self.leans_on_clauses(place, env):
                        continue
                    if self.answerable(place.rows, env):
                        with suppress(Failure):  # whoever asks for it fails
                            self.sought(place, place.rows, env)

    def first(self, instance: core.Instance, month: core.Each | None, opened: Sequence[Open]) -> Env | None:
        """The first scope in which a clause comes to a place."""
        for one in opened:
            days = clause_days(one.ledger, instance)
            if days is not None:
                whole = self.clerk(instance, one.ledger).scope(days)
                return next(iter(months_within(month, whole)), None) if month is not None else whole
        return None

    def clerk(self, instance: core.Instance, ledger: Ledger) -> SetClerk:
        """Who carries out the steps of a clause."""
        return SetClerk(instance, ledger, sets=self, plan=self.plans.of(instance))

    def aggregate(self, e: core.Expr, env: Env) -> object:
        """What an aggregate comes to, or whether there are rows."""
        assert isinstance(e, core.Aggregate | core.Pick)
        if e.rows is not None and self.answerable(e.rows, env):
            answer = self.answer(e, e.rows, env)
            what = counted(e) if isinstance(e, core.Pick) else e
            if isinstance(answer, Summed):
                return combined(what, answer, env) if what is e else answer.count > 0
            if failing := self.failing(e, env):
                over(what, e.rows, env, failing)  # raises what stands in the way
        return evaluate(e, env)

    def failing(self, place: Place, env: Env) -> Sequence[Row]:
        """The rows of a scope that may fail, in order, where they alone tell why it does; none where they do not."""
        key = self.key(place, env)
        return self.stuck[key].rows(key) if key in self.stuck else ()

    def answerable(self, rows: core.Rows, env: Env) -> bool:
        """Whether the rows lie in the engine, and the scope asks for all of them at once, untraced."""
        within = rows.group or bool(env.rows) or bool(env.group) or env.ledger.trace is not None
        return not within and isinstance(env.ledger.facts[rows.fact], LazyIndex)

    def answer(self, place: Place, rows: core.Rows, env: Env) -> Answer:
        """What a query says for a place in a scope; `None` when the reference evaluator is to say it."""
        if self.depths.too_deep(place, env):
            self.counters["reference: very deep"] += 1
            return None
        shared = id(env.ledger) in self.own
        if not shared and (env.offers or self.leans_on_clauses(place, env)):
            self.counters["reference: in another provider's scope"] += 1
            return None
        key = self.sought(place, rows, env)
        if isinstance(found := self.answers[key], Begun):
            found = self.collect(found)[key]
        return found

    def sought(self, place: Place, rows: core.Rows, env: Env) -> Key:
        """The key of a scope that a query has been sent for."""
        key = self.key(place, env)
        if key not in self.answers:
            self.kept.append(place)
            index = env.ledger.facts[rows.fact]  # of its own where indicators are worked out
            siblings = [scope for scope in self.siblings(place, env) if scope.ledger.facts[rows.fact] is index]
            scopes = {self.key(place, scope): scope for scope in [*siblings, env]}
            self.ask(place, rows, {k: scope for k, scope in scopes.items() if k not in self.answers})
        return key

    def key(self, place: object, env: Env) -> tuple[object, ...]:
        """What tells one scope of a place from another."""
        ledger = env.ledger
        period = env.period
        around = period.start, period.end
        return id(place), id(env.instance), ledger.provider, ledger.buyer, *around, env.start, env.end

    def leans_on_clauses(self, place: Place, env: Env) -> bool:
        """Whether what is asked for depends on what other clauses came to."""
        parts: list[object] = [place]
        if isinstance(place, core.Each) and place.rows is not None:
            parts += key_lets(place, env.ledger.facts[place.rows.fact].fact)
        return any(isinstance(e, core.Amount | core.Given) for e, _ in reached(parts, env))

    def siblings(self, place: Place, env: Env) -> Iterator[Env]:
        """The scopes of all ledgers that will ask the same, as far as that can be known."""
        group = self.alike[id(env.ledger.program)]
        if env.instance is None and not env.keys and env.previous is None:
            for _, opened in group:
                if opened and opened[0].program is env.ledger.program:
                    yield from (contract_env(one.ledger) for one in opened)
        if not isinstance(env.instance, core.Instance):
            return
        form = env.instance.form
        places = self.places.get(id(form))
        if places is None:
            places = self.places[id(form)] = {id(at): within for at, within in placed(form.steps)}
        if id(place) not in places:
            return
        month = places[id(place)]
        for instances, opened in group:
            instance = instances[env.instance.key]
            for one in opened if instance.form is form else ():
                days = clause_days(one.ledger, instance)
                if days is not None:
                    whole = self.clerk(instance, one.ledger).scope(days)
                    yield from months_within(month, whole) if month is not None else [whole]

    def ask(self, place: Place, rows: core.Rows, scopes: dict[tuple[object, ...], Env]) -> None:
        """Send the query for a place, for all the scopes; that a query can't say it is told when they are asked for."""
        asks: dict[Key, Ask] = {}
        windowless: list[Key] = []
        index = next(iter(scopes.values())).ledger.facts[rows.fact]
        assert isinstance(index, LazyIndex)
        fact = index.fact
        for key, env in scopes.items():
            self.answers[key] = None
            if self.depths.too_deep(place, env):
                continue
            try:
                start, end = window_days(rows, env)
            except Failure:
                windowless.append(key)
                continue
            asks[key] = Ask.of(rows, env, fact, start, end)
        self.answers |= dict.fromkeys(windowless, Begun(refused(Refused("no window")), windowless))
        if not asks:
            return
        site = self.site(index, next(iter(asks.values())).env.ledger.program.terms)

        what = counted(place) if isinstance(place, core.Pick) else place

        def query(scopes: Sequence[Ask]) -> Answers:
            if isinstance(what, core.Aggregate):
                return aggregate(site, what, scopes)
            return paying_groups(site, what, scopes) if what.by or what.spell else paying(site, what, scopes)

        keys = tuple(asks)
        for own, found in apart(query, what, tuple(asks.values())):
            mine = tuple([keys[at] for at in own])
            begun = Begun(found, mine, Failing(site, what, {key: asks[key] for key in mine}))
            self.answers |= dict.fromkeys(mine, begun)

    def collect(self, begun: Begun) -> dict[Key, Answer]:
        """Wait for a query: its answer for each scope."""
        found: dict[Key, Answer] = dict.fromkeys(begun.keys)
        try:
            found.update(zip(begun.keys, begun.answers(), strict=True))
            answered = sum(answer is not None for answer in found.values())
            self.counters += Counter({"query": answered, "reference: a row fails": len(found) - answered})
            failed = [key for key, answer in found.items() if answer is None]
            if failed and begun.failing is not None:
                self.stuck |= dict.fromkeys(failed, begun.failing.only(failed))
        except (Refused, EngineError) as reason:
            self.counters[f"{'reference' if isinstance(reason, Refused) else 'engine'}: {reason}"] += len(found)
        self.answers |= found
        return found

    def site(self, index: LazyIndex, terms: core.Terms) -> Site:
        """What the queries over a fact have in common."""
        step = terms.round_step.value if terms.round_step is not None and terms.round_where == "line" else None
        line_step = step if isinstance(step, Fraction) else None
        related = Related(self.dataset, self.tables, index.single_buyer)
        return Site(index.relation, self.tables, index.single_buyer, terms.round_mode, line_step, related)


__all__ = ["SMALL", "Asked", "Sets", "indexed", "settle", "settle_all"]
