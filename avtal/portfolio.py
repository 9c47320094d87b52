"""Data for contracts, and contracts settled on them: one, or many that share a data set and are settled as one plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from avtal import periods
from avtal.contract import Contract
from avtal.engines.means import ROWS, Means
from avtal.errors import AvtalError, DataError, UnreadableError
from avtal.reading import Reading
from avtal.reading.places import Database, place
from interpreter import core, settle as engine
from interpreter.lookup import FactIndex, index_data
from interpreter.settlement import Settlement

DATA = "data"
Period = str | tuple[date, date]
Progress = Callable[[str, int, int], None]


def read_for(
    contracts: Sequence[Contract],
    paths: Sequence[str | Path | Database] = (),
    *,
    tables: Mapping[str, Any] | None = None,
    mapping: str | Path | None = None,
    means: Means = ROWS,
    progress: Progress | None = None,
) -> Reading:
    """Read data once for several contracts, which `on_one_data_set` has put together; as `read` does for one.

    A fact that only some of them are worked out from may be lacking: `settle_all` then says which those are.
    """
    from avtal.engines.choice import read_by

    program = contracts[0].program
    needed = frozenset[str]().union(*(contract.needed for contract in contracts))
    found = [place(path) for path in paths]
    if not found and not tables:
        folder = contracts[0].path.parent / DATA
        if not folder.is_dir():
            if not all(contract.needed for contract in contracts):
                return Reading()
            raise UnreadableError(
                f"Avtalet saknar underlag: mappen {folder} finns inte. Lägg filerna där, eller ange --data.",
                f"The contract has no data: there is no folder {folder}. Put the files there, or give --data.",
            )
        found = [folder]
    facts = list(program.facts.values())
    reading = read_by(means, found, facts, Path(mapping) if mapping else None, progress, tables)
    if reading.problems:
        reading.close()
        raise DataError(reading)
    if all(contract.needed - reading.facts for contract in contracts):
        reading.close()
        raise _no_file(program, needed - reading.facts)
    return reading


def _no_file(program: core.Program, lacking: Collection[str], of: str = "") -> AvtalError:
    """What to say of facts that no file gives; `of` is the contract that needs them, where others do not."""
    names = sorted(lacking)
    sv = ", ".join(program.facts[name].swedish or name for name in names)
    return AvtalError(
        f"{of}Ingen fil ger underlaget {sv}. En fil utan rader betyder att inget har hänt; ingen fil alls betyder "
        "att uppgiften saknas. Lägg till filen, eller säg i mapping.toml vilken fil det är.",
        f"{of}No file gives the fact {', '.join(names)}. A file without rows says that nothing happened; no file at "
        "all says that the data are missing. Add the file, or say in mapping.toml which file it is.",
    )


def on_one_data_set(contracts: Sequence[Contract], paths: Sequence[str | Path | Database] = ()) -> list[list[Contract]]:
    """Contracts by the data that they are settled on: those that declare the same facts and share their data.

    Args:
        contracts: contracts without errors.
        paths: as in `read`: without them each contract has the data beside it.
    """
    groups: list[list[Contract]] = []
    for contract in contracts:
        for group in groups:
            shared = bool(paths) or group[0].path.parent == contract.path.parent
            if shared and group[0].program.facts == contract.program.facts:
                group.append(contract)
                break
        else:
            groups.append([contract])
    return groups


def settle_all(
    contracts: Sequence[Contract],
    reading: Reading,
    *,
    period: Period = "",
    providers: Collection[str] = (),
    buyers: Collection[str] = (),
    progress: Progress | None = None,
) -> list[tuple[Settlement, ...] | AvtalError]:
    """Settle several contracts on one data set; in a database as one plan, for all of them at once.

    Args:
        contracts: contracts without errors, which `on_one_data_set` has put together.
        reading, period, providers, buyers, progress: those of `settle`. A party that only some of the contracts have
            leaves the others out.

    Returns:
        For each contract what `settle` gives, or why it can't be settled.

    Raises:
        AvtalError: the database gave up.
    """
    found: dict[int, tuple[Settlement, ...] | AvtalError] = {}
    asked: list[tuple[int, date, date]] = []
    for at, contract in enumerate(contracts):
        try:
            if contract.needed - reading.facts:
                raise _no_file(contract.program, contract.needed - reading.facts, f"{contract.path}: ")
            asked.append((at, *_days_of(contract, period, providers, buyers)))
        except AvtalError as error:
            found[at] = error
    if reading.dataset is None:
        facts: dict[bool, Mapping[str, FactIndex]] = {}
        for at, _, _ in asked:
            program = contracts[at].program
            single = len(program.terms.buyers) <= 1
            if single not in facts:
                facts[single] = index_data(program.facts, reading.data, len(program.terms.buyers))
            found[at] = settle_one(contracts[at], reading, facts[single], period, providers, buyers, progress)
        return [found[at] for at in range(len(contracts))]
    from avtal.engines.choice import said
    from interpreter.sets import settle as sets

    days = {(start, end) for _, start, end in asked}
    for start, end in sorted(days):
        mine = [at for at, *own in asked if own == [start, end]]
        wanted = sets.Asked(start, end, tuple(providers) or None, tuple(buyers) or None)
        programs = [contracts[at].program for at in mine]
        with said():
            outcomes = sets.settle_all(programs, reading.dataset, wanted, progress=progress)
        found |= dict(zip(mine, outcomes, strict=True))
    return [found[at] for at in range(len(contracts))]


def indexes_of(program: core.Program, reading: Reading) -> Mapping[str, FactIndex]:
    """A reading's data indexed for a contract: made when they are first asked for, and kept with the reading."""
    known = reading.indexes.get(id(program))
    if known is None:
        if reading.dataset is not None:
            from interpreter.sets import settle as sets

            found: Mapping[str, FactIndex] = sets.indexed(program, reading.dataset)
        else:
            found = index_data(program.facts, reading.data, len(program.terms.buyers))
        known = reading.indexes[id(program)] = (
            program,
            found,
        )  # kept, so that its identity stays its own
    facts: Mapping[str, FactIndex] = known[1]
    return facts


def settle_one(
    contract: Contract,
    reading: Reading,
    facts: Mapping[str, FactIndex] | None,
    period: Period,
    providers: Collection[str],
    buyers: Collection[str],
    progress: Progress | None,
) -> tuple[Settlement, ...]:
    """Settle one contract; `facts` are its data where they are indexed already, the rest is as in `avtal.settle`."""
    start, end = _days_of(contract, period, providers, buyers)
    program = contract.program
    if reading.dataset is not None:
        from avtal.engines.choice import said
        from interpreter.sets import settle as sets

        with said():
            return sets.settle(
                program,
                reading.dataset,
                start=start,
                end=end,
                providers=tuple(providers) or None,
                buyers=tuple(buyers) or None,
                progress=progress,
            )
    return engine.settle(
        program,
        reading.data,
        start=start,
        end=end,
        providers=tuple(providers) or None,
        buyers=tuple(buyers) or None,
        progress=progress,
        facts=facts,
    )


def _days_of(
    contract: Contract, period: Period, providers: Collection[str], buyers: Collection[str]
) -> tuple[date, date]:
    """The days that are asked for.

    Raises:
        UnreadableError: they lie outside the contract, or there is no such party.
    """
    terms = contract.program.terms
    start, end = _days(period) if period else (terms.start, terms.end)
    if not engine.periods(terms, start, end):
        asked, whole = periods.name(start, end), periods.name(terms.start, terms.end)
        raise UnreadableError(
            f"Perioden {asked} ligger utanför avtalets period {whole}.",
            f"The period {asked} lies outside the contract's period {whole}.",
        )
    _known(providers, terms.providers, "vårdgivare", "provider")
    _known(buyers, terms.buyers, "beställare", "buyer")
    return start, end


def _days(period: Period) -> tuple[date, date]:
    return periods.parse(period) if isinstance(period, str) else period


def _known(asked: Collection[str], parties: Sequence[tuple[str, str]], sv: str, en: str) -> None:
    codes = [code for _, code in parties]
    for code in asked:
        if code not in codes:
            known = ", ".join(codes) or "–"
            raise UnreadableError(
                f"Avtalet har ingen {sv} med koden {code!r}. Koderna är: {known}.",
                f"The contract has no {en} with the code {code!r}. The codes are: {known}.",
            )
