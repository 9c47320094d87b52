"""The face of Avtal in Python: load a contract, check it, read data, settle, explain.

    import avtal

    contract = avtal.load("contracts/akutsjukhus")
    reading = avtal.read(contract)
    settlements = avtal.settle(contract, reading, period="2012")
    print(settlements[0].total)                     # a Fraction, in kr

Every function returns its result or raises `AvtalError`, which says what is wrong in Swedish and English and carries
the diagnostics when it is a contract that is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from avtal.contract import Contract, find_clause, load
from avtal.engines.means import ROWS, Means
from avtal.errors import AvtalError, DataError, UnreadableError
from avtal.portfolio import DATA, Period, Progress, indexes_of, read_for, settle_one
from avtal.reading import Reading
from avtal.reading.places import Database
from avtal.record import amounts_sha256, provenance
from avtal.version import version
from dsl.diagnostics import Diagnostic
from interpreter import settle as engine
from interpreter.settlement import Settlement, Trace

TYPE_CHECKING = False  # what reads texts is imported by what reads them: a settlement of a cached contract reads none
if TYPE_CHECKING:
    from avtal import expectation
    from avtal.diffing.difference import Difference
    from interpreter.examples import ExampleResult
    from interpreter.vary import Indexed

__all__ = [
    "AvtalError",
    "Contract",
    "DataError",
    "Means",
    "UnreadableError",
    "amounts_sha256",
    "check",
    "compare",
    "diff",
    "explain",
    "find_clause",
    "format_text",
    "load",
    "provenance",
    "read",
    "settle",
    "test",
    "version",
]


def check(path: str | Path) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a contract or module file, in the order of the text."""
    return load(path).diagnostics


def format_text(text: str, *, file: str = "", to: str = "") -> str:
    """A text in its canonical layout.

    Args:
        text: of a contract or module file.
        file: its path, for finding what it uses; without one a text can be turned that uses the library alone.
        to: the vocabulary to turn it into, `en` or `sv`; its own when empty.

    Raises:
        AvtalError: the text can't be read; with its diagnostics.
    """
    from avtal.texts import laid_out

    return laid_out(text, file, to)


def test(contract: Contract) -> tuple[ExampleResult, ...]:
    """Run a file's worked examples: those of the contract, and those of the forms that the file defines.

    Raises:
        AvtalError: the file has errors.
    """
    from interpreter import examples

    analysed = contract.analysed
    if analysed.program is None:
        found: tuple[ExampleResult, ...] = ()
    else:
        found = examples.run(contract.program, analysed.program.examples)
    if not analysed.sound:
        raise AvtalError(
            f"{contract.path} har fel som måste rättas först.",
            f"{contract.path} has errors that must be mended first.",
            diagnostics=analysed.diagnostics,
            texts=analysed.texts,
        )
    return found + _form_examples(contract)


def _form_examples(contract: Contract) -> tuple[ExampleResult, ...]:
    from interpreter import examples
    from interpreter.example_reader import read_example
    from interpreter.world import Scope

    analysed = contract.analysed
    world, file = analysed.world, analysed.module.file
    own = [(form, line) for form, line in world.form_examples if line.span.file == file]
    before = len(world.found)
    read = [read_example(world, Scope(), line, analysed.module.text) for _, line in own]
    wrong = [d for d in world.found[before:] if d.is_error and d not in analysed.diagnostics]
    if wrong:
        raise AvtalError(
            f"Räkneexemplen i {contract.path} har fel.",
            f"The examples of {contract.path} have errors.",
            diagnostics=wrong,
            texts=analysed.texts,
        )
    facts = {fact.name: fact for fact in world.facts.values()}
    return examples.run(examples.form_program(facts, dict(world.tables)), read)


def compare(contract: Contract, *, progress: Progress | None = None) -> expectation.Comparison | None:
    """Compare the expected settlement beside a contract with what comes out on the data beside it.

    Args:
        contract: a contract or module file.
        progress: told (what, done, of) as work goes on.

    Returns:
        Every expected amount and those that differ; `None` when the file holds no contract, or there is no
        `expected/settlement.csv` beside it.

    Raises:
        UnreadableError: the expected settlement can't be read, or there are no data.
        DataError: some of the data were refused.
        AvtalError: the contract has errors, or a fact has no file.
    """
    from avtal import expectation

    path = contract.path.parent / expectation.FILE
    if not contract.settles or not path.is_file():
        return None
    expected = expectation.read(path)
    found = settle(contract, read(contract, progress=progress), progress=progress)
    return expectation.Comparison(path, tuple(expected), tuple(expectation.compare(expected, found)))


def read(
    contract: Contract,
    paths: Sequence[str | Path | Database] = (),
    *,
    tables: Mapping[str, Any] | None = None,
    mapping: str | Path | None = None,
    means: Means = ROWS,
    progress: Progress | None = None,
) -> Reading:
    """Read data for a contract; those in a database stay open until `close` is called.

    Args:
        contract: whose facts are to be read.
        paths: files, folders, tables of databases (`sqlite:///dw.db#contacts`) and of the server that settles
            (`table:dm.contacts`); else the contract's folder `data`.
        tables: Arrow tables by the fact's name in either language: pyarrow, polars, pandas, or streams of batches.
        mapping: a mapping file for all of them; without it the `mapping.toml` beside each file is used.
        means: what they are settled with: rows in memory, or a database for millions of them.
        progress: told (file, lines done, lines in all or 0) now and then.

    Raises:
        DataError: anything at all was refused.
        AvtalError: no file gives a fact that the contract is worked out from; that is not the same as no rows.
        UnreadableError: there is no such file or folder.
    """
    return read_for([contract], paths, tables=tables, mapping=mapping, means=means, progress=progress)


def settle(
    contract: Contract,
    reading: Reading,
    *,
    period: Period = "",
    providers: Collection[str] = (),
    buyers: Collection[str] = (),
    progress: Progress | None = None,
) -> tuple[Settlement, ...]:
    """Settle a contract on data.

    Args:
        contract: a contract without errors.
        reading: its data, as `read` gave them.
        period: the days to settle, as `2012`, `2012-03`, `2012-q1`, `from..to` or two dates; all when empty.
        providers: the codes of the providers to settle; all when empty.
        buyers: likewise of the buyers.
        progress: told (clause, done, of) as work goes on.

    Returns:
        One settlement for each settlement period and pair of parties, by period first. A clause that could not be
        settled has its failures, and the settlement then has no total.

    Raises:
        AvtalError: the contract has errors.
        UnreadableError: the period lies outside the contract, or there is no such party.
    """
    return settle_one(contract, reading, None, period, providers, buyers, progress)


def explain(contract: Contract, reading: Reading, settlement: Settlement, clause: str) -> Trace:
    """How a clause's amount came about, from the amount down to the data.

    Args:
        contract: what was settled.
        reading: on which data.
        settlement: how it came out.
        clause: what `find_clause` takes.

    Raises:
        UnreadableError: no clause, or several, answer to it.
    """
    found = find_clause(contract, settlement, clause)
    program = contract.program
    return engine.explain(program, reading.data, settlement, found.key, indexes_of(program, reading))


def diff(
    old: Contract | str | Path | None,
    new: Contract | str | Path | None,
    *,
    data: Reading | Sequence[str | Path] | None = None,
    mapping: str | Path | None = None,
    period: Period = "",
    providers: Collection[str] = (),
    buyers: Collection[str] = (),
    means: Means = ROWS,
    progress: Progress | None = None,
) -> Difference:
    """What a change of a contract means and, with data, what it comes to in kronor.

    Args:
        old, new: the contract before and after, loaded or a path; `None` where there is none.
        data: what `read` gave, or files and folders, the folder `data` beside the new contract when there are none;
            `None` asks for the meaning alone.
        mapping: as in `read`.
        period: as in `settle`; the whole of each contract when empty.
        providers: the codes of the providers to settle; all when empty. A code needs to be known to one side only.
        buyers: likewise of the buyers.
        means: what to settle with, as in `read`.
        progress: told how reading and settling go on.

    Returns:
        The changes of meaning and their effect. Where one side can't be settled the effect says why, and no amount of
        it is taken for 0.

    Raises:
        AvtalError: a contract has errors, or neither side can be settled.
        DataError: data were refused.
        UnreadableError: there is no such file, or neither contract has such a period or party.
    """
    from avtal.diffing.comparing import difference

    sides = [load(side) if isinstance(side, str | Path) else side for side in (old, new)]
    main = sides[1] or sides[0]

    def reading(contract: Contract) -> Reading:
        if isinstance(data, Reading):
            return data
        beside = [main.path.parent / DATA] if main is not None and not data and contract.needed else []
        opened.append(read(contract, data or beside, mapping=mapping, means=means, progress=progress))
        return opened[-1]

    def settled(contract: Contract, found: Reading, of: Indexed) -> tuple[Settlement, ...]:
        known = [{code for _, code in parties} for parties in (contract.program.terms.providers,)]
        own = [code for code in providers if code in known[0] or not _other_knows(sides, contract, code)]
        if providers and not own:
            return ()
        return settle_one(contract, found, of.facts, period, own, buyers, progress)

    opened: list[Reading] = []
    try:
        return difference(sides[0], sides[1], reading if data is not None else None, settled)
    finally:
        for one in opened:
            one.close()


def _other_knows(sides: Sequence[Contract | None], contract: Contract, code: str) -> bool:
    """Whether the other side has a provider of that code."""
    others = [side for side in sides if side is not None and side is not contract]
    return any(code == own for side in others for _, own in side.program.terms.providers)
