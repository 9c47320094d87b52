"""What a settlement is made from: the hashes of its texts, library, data and engine.

No time is recorded: the same input gives the same bytes, and the day is written by whoever signs.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from avtal.cache import opened, place
from avtal.contract import Contract
from avtal.engine import engine
from avtal.reading import Reading
from dsl.alike import Alike


@frozen(kw_only=True, eq=False, repr=False)
class Provenance(Alike):
    """What a settlement was made from: (name, SHA-256) of each file, and the engine with the hash of its code."""

    text: tuple[tuple[str, str], ...]
    library: tuple[tuple[str, str], ...]
    data: tuple[tuple[str, str], ...]
    version: str
    engine: str


def provenance(contract: Contract, reading: Reading) -> Provenance:
    """The record of what a settlement of this contract on these data is made from."""
    number, code = engine(opened(place()))
    return Provenance(
        text=_pairs(contract.hashes.text),
        library=_pairs(contract.hashes.library),
        data=tuple((file.name, file.sha256) for file in reading.files),
        version=number,
        engine=code,
    )


def _pairs(hashes: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(hashes.items()))
