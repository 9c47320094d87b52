"""What `settle`, `explain` and `test` share: a contract, its data and its settlements, with progress."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from avtal import api, periods
from avtal.answering import reports
from avtal.commands import Manner
from avtal.contract import Contract, load
from avtal.engines.means import ROWS, Means
from avtal.progress import progress
from avtal.reading import Reading
from avtal.rendering.diagnostics import render
from avtal.rendering.settlement import Report
from dsl.classes import frozen


@frozen
class Asked:
    """What is to be settled: the data, and the days and parties; empty means those of the contract.

    Args:
        data: files and folders; `data` beside the contract when empty.
        mapping: a mapping file; those beside the data when `None`.
        period: as on the command line.
        providers, buyers: codes.
        means: what it is settled with.
    """

    data: tuple[Path, ...] = ()
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
    period = periods.parse(asked.period) if asked.period else ""
    contract = load(file, language=manner.asked)
    if contract.analysed.sound and contract.diagnostics:
        paint = manner.err()
        language = manner.language(contract.language)
        click.echo(render(contract.diagnostics, contract.analysed.texts, language, paint), err=True, color=paint.on)
    with progress(manner.colour) as tell:
        reading = api.read(contract, asked.data, mapping=asked.mapping, means=asked.means, progress=tell)
    click.get_current_context().call_on_close(reading.close)
    with progress(manner.colour) as tell:
        found = api.settle(
            contract, reading, period=period, providers=asked.providers, buyers=asked.buyers, progress=tell
        )
    return Settled(contract, reading, reports(contract, reading, found, language=manner.asked))
