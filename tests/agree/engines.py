"""The engines that cases are settled on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any

from attrs import define, field

from agree.contracts import Case
from interpreter import core
from interpreter.moulds import Mould
from interpreter.settlement import Settlement
from interpreter.store import cast, decode, encode, figures_in, mould_of

ENGINES = ("duckdb", "sqlite", "postgres", "sail")
"""Those that need no server, and those whose server is started for them (`tests/engine_servers`)."""


@define
class Settler:
    """An engine, and the set engine that settles on it.

    Args:
        engine: a connection (`avtal.engines`).
        package: where the set engine is imported from; a fault is planted in one of another name.
        lines: whether payment lines are made.
    """

    engine: Any
    package: str = "interpreter.sets"
    lines: bool = True
    counters: Counter[str] = field(factory=Counter)

    def settle(self, program: core.Program, case: Case) -> tuple[Settlement, ...]:
        """What the engine comes to, every fact of the case lying in it however small.

        Raises:
            EngineError: the data don't fit it.
        """
        return self.settle_all([program], case)[0]

    def settle_all(self, programs: Sequence[core.Program], case: Case) -> tuple[tuple[Settlement, ...], ...]:
        """What the engine comes to for contracts over the data of one case, settled as one plan.

        Raises:
            EngineError: the data don't fit it.
        """
        from avtal.engines.load import from_rows
        from interpreter.sets.portfolio import Asked

        if len(case.text) % 5 < 2:  # as contracts that have not changed come from the cache
            programs = kept(programs)
        facts = {name: fact for program in programs for name, fact in program.facts.items()}
        crowd = len(case.text) % 2 == 1
        dataset = from_rows(facts, case.data, self.engine)
        module = import_module(f"{self.package}.settle")
        gather = import_module(f"{self.package}.gather")
        turns = import_module(f"{self.package}.turns")
        fetch = import_module(f"{self.package}.fetch")
        usual = gather.FEWEST, gather.SHARE, turns.MANY, fetch.CROWD
        gather.FEWEST = gather.SHARE = 0  # however few rows there are, they are gathered
        # However few ledgers there are, a clause is settled for all at once; of every third case as few as ever are.
        turns.MANY = 1 if len(case.text) % 3 else turns.MANY
        # Of every other case all rows are brought at once, however few parties there are.
        fetch.CROWD = 1 if crowd else fetch.CROWD
        q = case.question
        asked = Asked(q.start, q.end, q.providers, q.buyers)
        try:
            found: tuple[tuple[Settlement, ...], ...] = module.settle_all(
                programs, dataset, asked, small_facts=0, counters=self.counters
            )
        finally:
            gather.FEWEST, gather.SHARE, turns.MANY, fetch.CROWD = usual
        return found

    def misread(self) -> list[str]:
        """What the engine could not read of what it was sent since it was last asked: that is a fault of the query's.

        That a number is too large, or memory too short, it says in words; all else by the name of its error.
        """
        whys = [why.removeprefix("engine: ") for why in self.counters if why.startswith("engine: ")]
        return [why for why in whys if " " not in why]

    def sites(self) -> Counter[str]:
        """How many scopes were answered by the engine, and how many were not and why, since it was last asked."""
        found, self.counters = self.counters, Counter()
        return found


def kept(programs: Sequence[core.Program]) -> list[core.Program]:
    """Contracts written as moulds and figures, and read again: those of one making share their mould."""
    moulds: dict[tuple[str, tuple[str, ...]], Mould] = {}
    parts: dict[str, object] = {}
    found: list[core.Program] = []
    for program in programs:
        main = program.terms.span.file
        stored = encode(program, main)
        figures = figures_in(stored.figures)
        key = stored.mould, stored.parts
        if key in moulds:
            found.append(cast(moulds[key], main, figures))
            continue
        parts |= {text: decode(text, "") for text in stored.parts if text not in parts}
        moulds[key] = mould_of(stored.mould, [parts[text] for text in stored.parts], figures, main)
        found.append(moulds[key].first)
    return found


@contextmanager
def opened(name: str, package: str = "interpreter.sets") -> Iterator[Settler]:
    """An engine by its name; where it needs a server, one of its own.

    Raises:
        RuntimeError: the server can't be started.
    """
    with ExitStack() as stack:
        engine: Any
        match name:
            case "duckdb":
                from avtal.engines.duck import DuckEngine

                class Busy(DuckEngine):
                    """DuckDB that is said to be at work, so that all is prepared that can be."""

                    def idle(self) -> bool:
                        return False

                engine = Busy(threads=1)
            case "sqlite":
                from avtal.engines.lite import LiteEngine

                engine = LiteEngine()
            case "postgres":
                from engine_servers.postgres_server import running

                from avtal.engines.postgres import PostgresEngine

                engine = PostgresEngine(stack.enter_context(running()))
            case "sail":
                from engine_servers.sail_server import sail

                from avtal.engines.spark import SparkEngine

                engine = SparkEngine(stack.enter_context(sail())[0])
            case _:
                raise ValueError(name)
        stack.callback(engine.close)
        yield Settler(engine, package)
