"""The data of a contract that has errors: read as well, so that what is wrong with either is told at once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from avtal.contract import Contract
from avtal.engines.choice import read_by
from avtal.errors import AvtalError, DataError
from avtal.manner import Manner
from avtal.portfolio import DATA
from avtal.progress import progress
from avtal.reading.places import place
from avtal.settling import Asked
from dsl import nodes as n
from interpreter import name_problems as problems

TEXT = ".avtal"
UNREAD = "AV0"
"""How the codes begin of what can't be read as the language at all."""


def tell(
    broken: Iterable[tuple[Contract, AvtalError]], sound: Iterable[Contract], asked: Asked, manner: Manner
) -> None:
    """Add what is wrong with the data of contracts to what is wrong with them, once for those that share data.

    Args:
        broken: contracts with errors, and the errors, which are added to.
        sound: those without, whose data are read anyway.
        asked: the data, and what they are read with.
        manner: how progress is told.
    """
    told = {_folder(contract, asked) for contract in sound}
    for contract, error in broken:
        folder = _folder(contract, asked)
        if folder not in told and _certain(contract):
            told.add(folder)
            error.also = _refused(contract, folder, asked, manner)


def _folder(contract: Contract, asked: Asked) -> Path | None:
    """The folder of data beside a contract, unless other data are given."""
    return None if asked.data else contract.path.parent / DATA


def _refused(contract: Contract, folder: Path | None, asked: Asked, manner: Manner) -> AvtalError | None:
    program = contract.analysed.program
    if program is None or (folder is not None and not folder.is_dir()):
        return None
    paths = [place(path) for path in asked.data or (folder,) if path is not None]
    try:
        with progress(manner.colour) as told:
            reading = read_by(asked.means, paths, list(program.facts.values()), asked.mapping, told)
    except AvtalError as error:
        return error
    reading.close()
    return DataError(reading) if reading.problems else None


def _certain(contract: Contract) -> bool:
    """Whether the columns of its facts are what they are, whatever is wrong with it: they stand in whole modules."""
    own = contract.analysed.module
    if any(isinstance(line.statement, n.Define) and line.statement.kind == "fact" for line in own.lines):
        return False
    errors = [d for d in contract.diagnostics if d.is_error]
    return not any(
        d.code.startswith(UNREAD)
        or d.problem is problems.UNKNOWN_MODULE
        or (d.span.file != own.file and d.span.file.endswith(TEXT))
        for d in errors
    )
