"""Rows of parties that no contract has: a misspelt code takes rows out of a settlement without anything failing.

Data of a whole region hold other parties' rows as well, and nothing is said of those. It is told when no row of a fact
is of the contracts' parties, and when a code is like one of theirs and stands in one fact alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from avtal.contract import Contract
from avtal.reading import Reading
from avtal.rendering.terminal import visible
from dsl.diagnostics import nearest
from interpreter.facts import Fact

MOST = 5
"""How many codes are told."""

WORDS = {"provider": ("vårdgivare", "provider"), "buyer": ("beställare", "buyer")}
Found = Mapping[str, tuple[int, str]]
"""For each code how many rows there are, and where the first of them stands, by the file's name and the row: the file,
and the row where rows have numbers."""
LIKE = 50
"""How alike two codes are that may be one misspelt, in per cent: of two letters one."""


def observed(contracts: Sequence[Contract], reading: Reading, language: str) -> tuple[str, ...]:
    """What is to be told of the data, in a language: other parties' rows, and shares that are very small.

    Args:
        contracts, reading: those of `strangers`.
        language: `sv` or `en`.

    Raises:
        AvtalError: the database gave up.
    """
    from avtal.engines.choice import said
    from avtal.shares import small_shares

    with said():
        told = (*strangers(contracts, reading), *small_shares(contracts, reading))
    return tuple(sv if language == "sv" else en for sv, en in told)


def strangers(contracts: Sequence[Contract], reading: Reading) -> Iterator[tuple[str, str]]:
    """What is to be told of other parties' rows in the facts that contracts without errors need.

    Args:
        contracts: which are settled on the same data.
        reading: the data.

    Yields:
        it in Swedish and in English.

    Raises:
        EngineError: the database gave up.
    """
    terms = [contract.program.terms for contract in contracts]
    providers = {code for own in terms for _, code in own.providers}
    buyers = {code for own in terms for _, code in own.buyers}
    told: list[tuple[Fact, str, set[str], Found]] = []
    for name, fact in contracts[0].program.facts.items():
        for role, column, codes in (("provider", fact.provider, providers), ("buyer", fact.buyer, buyers)):
            if column and codes and name in reading.facts:
                found = _counted(fact, column, codes, reading)
                told += [(fact, role, codes, found)] if found else []
    needed = frozenset[str]().union(*(contract.needed for contract in contracts)) if told else frozenset()
    where = Counter((role, code) for _, role, _, found in told for code in found)
    for fact, role, codes, found in told:
        others = {code: of for code, of in found.items() if code not in codes}
        alone = {code: of for code, of in others.items() if where[role, code] == 1}
        like = {code: of for code, of in alone.items() if nearest(code, sorted(codes), LIKE)}
        if fact.name in needed and len(others) == len(found):
            yield _all(fact, role, sorted(codes), others)
        elif fact.name in needed and like:
            yield _some(fact, role, like)


def _all(fact: Fact, role: str, own: Sequence[str], others: Found) -> tuple[str, str]:
    """That no row is of the contracts' parties."""
    ours = ", ".join(map(visible, own[:MOST])) + ", …" * (len(own) > MOST)
    (party, its), (codes, its_codes) = WORDS[role], _told(others)
    sv = f"Obs: ingen rad i underlaget {fact.swedish or fact.name} hör till avtalets {party} ({ours}). Koderna där är "
    sv += f"{codes}. Är en kod felstavad, ändra den i underlaget eller i avtalet."
    en = f"Note: no row of the fact {fact.name} is of the contract's {its} ({ours}). The codes there are {its_codes}. "
    return sv, f"{en}If one is misspelt, change it in the data or in the contract."


def _some(fact: Fact, role: str, others: Found) -> tuple[str, str]:
    """That some rows are of others who are called nearly the same."""
    (party, its), (codes, its_codes) = WORDS[role], _told(others)
    sv = f"Obs: underlaget {fact.swedish or fact.name} har rader för en {party} som avtalet saknar: {codes}. De räknas "
    sv += "inte med. Är koden felstavad, ändra den i underlaget."
    en = f"Note: the fact {fact.name} has rows of a {its} that the contract lacks: {its_codes}. They are not counted. "
    return sv, f"{en}If the code is misspelt, change it in the data."


def _told(others: Found) -> tuple[str, str]:
    """Codes with their rows, the most first."""
    most = sorted(others.items(), key=lambda one: (-one[1][0], one[0]))
    rest = ", …" * (len(most) > MOST)
    sv, en = [
        ", ".join(
            f"{visible(code)} ({count} {one if count == 1 else many}, {visible(place)})"
            for code, (count, place) in most[:MOST]
        )
        for one, many in (("rad", "rader"), ("row", "rows"))
    ]
    return sv + rest, en + rest


def _counted(fact: Fact, column: str, codes: set[str], reading: Reading) -> Found:
    """How many rows the codes of a column have; nothing where it is known without counting that all are some codes."""
    if reading.dataset is not None and fact.name not in reading.data:
        relation, engine = reading.dataset.relations[fact.name], reading.dataset.engine
        info = relation.columns[column]
        if info.codes is not None and codes.issuperset(info.codes):
            return {}
        from interpreter.sets.brought import decoder
        from interpreter.sets.dialect import DIALECTS

        make, cell = decoder(info), f"r.{info.sql}"
        line = "0" if relation.stays else "MIN(r.n)"
        sql = f"SELECT {cell}, COUNT(*), r.f, {line} FROM {relation.source} r"  # noqa: S608  # names are ours
        sql += f" WHERE {cell} IS NOT NULL GROUP BY {cell}, r.f"
        return _first(
            (str(make(stored)), int(str(count)), relation.files[int(str(file))], int(str(line)))
            for stored, count, file, line in engine.query(DIALECTS[engine.dialect].final(sql))
        )
    rows = reading.data[fact.name]
    if codes.issuperset(code for row in rows if isinstance(code := row.cells.get(column), str)):
        return {}
    placed = ((row.cells.get(column), row) for row in rows)
    return _first((code, 1, row.file, row.line) for code, row in placed if isinstance(code, str))


def _first(some: Iterable[tuple[str, int, str, int]]) -> Found:
    """For each code how many rows it has in all, and the first place by the file's name and the line.

    Args:
        some: codes with some of their rows: how many, the file, and the first line in it, 0 when lines are not known.
    """
    counts: Counter[str] = Counter()
    places: dict[str, tuple[str, int]] = {}
    for code, count, file, line in some:
        counts[code] += count
        places[code] = min(places.get(code, (file, line)), (file, line))
    return {code: (counts[code], f"{file}:{line}" if line else file) for code, (file, line) in places.items()}
