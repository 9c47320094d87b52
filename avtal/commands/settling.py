"""What `settle`, `explain` and `test` share: a contract, its data and its settlements, with progress."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from attrs import frozen

from avtal import periods, portfolio
from avtal.commands import Manner
from avtal.contract import Contract, load
from avtal.engines.means import ROWS, Means
from avtal.errors import AvtalError
from avtal.progress import progress
from avtal.reading import Reading
from avtal.reading.places import Database
from avtal.rendering.diagnostics import render
from avtal.rendering.settlement import Report, reports


@frozen
class Asked:
    """What is to be settled: the data, and the days and parties; empty means those of the contract.

    Args:
        data: files, folders and tables of databases; `data` beside the contract when empty.
        mapping: a mapping file; those beside the data when `None`.
        period: as on the command line.
        providers, buyers: codes.
        means: what it is settled with.
    """

    data: tuple[Path | Database, ...] = ()
    mapping: Path | None = None
    period: str = ""
    providers: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()
    means: Means = ROWS


@frozen
class Settled:
    """A contract with its data and the reports of its settlements."""

    contract: Contract
    reading: Reading
    reports: Sequence[Report]


def settled(file: Path, asked: Asked, manner: Manner) -> Settled:
    """Load, read and settle a contract, its warnings shown and progress told on standard error.

    Raises:
        AvtalError: the contract or the data have errors, or can't be read.
    """
    (found,) = settled_all([file], asked, manner)
    if isinstance(found, AvtalError):
        raise found
    return found


def settled_all(files: Sequence[Path], asked: Asked, manner: Manner) -> list[Settled | AvtalError]:
    """Load, read and settle contracts; those on the same data are read for once, and settled as one plan.

    Returns:
        For each file what came out, or what stood in the way. An error that several contracts have in common is
        given once.
    """
    period = periods.parse(asked.period) if asked.period else ""
    found: dict[Path, Settled | AvtalError] = {}
    contracts: list[Contract] = []
    named: list[Path] = []
    for file in files:
        try:
            contracts.append(loaded(file, manner))
            named.append(contracts[-1].path)
        except AvtalError as error:
            found[file] = error
            named.append(file)
    for group in portfolio.on_one_data_set(contracts, asked.data):
        try:
            with progress(manner.colour) as tell:
                reading = portfolio.read_for(group, asked.data, mapping=asked.mapping, means=asked.means, progress=tell)
            click.get_current_context().call_on_close(reading.close)
        except AvtalError as error:
            found[group[0].path] = error
            continue
        with progress(manner.colour) as tell:
            outcomes = portfolio.settle_all(
                group, reading, period=period, providers=asked.providers, buyers=asked.buyers, progress=tell
            )
        for contract, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, AvtalError):
                found[contract.path] = outcome
            else:
                shown = reports(contract, reading, outcome, language=manner.asked)
                found[contract.path] = Settled(contract, reading, shown)
    return [found[file] for file in named if file in found]


def loaded(file: Path, manner: Manner) -> Contract:
    """A contract without errors, its warnings shown on standard error.

    Raises:
        AvtalError: it has errors, or can't be read.
    """
    contract = load(file, language=manner.asked)
    contract.program  # noqa: B018  # raises when the contract has errors
    if contract.diagnostics:
        paint = manner.err()
        language = manner.language(contract.language)
        click.echo(render(contract.diagnostics, contract.texts, language, paint), err=True, color=paint.on)
    return contract
