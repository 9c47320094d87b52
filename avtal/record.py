"""What a settlement is made from: the hashes of its texts, library, data and engine.

No time is recorded: the same input gives the same bytes, and the day is written by whoever signs.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from avtal.contract import Contract
from avtal.reading import Reading
from avtal.version import version


@frozen(kw_only=True)
class Provenance:
    """What a settlement was made from: (name, SHA-256) of each file, and the engine with the hash of its code."""

    text: tuple[tuple[str, str], ...]
    library: tuple[tuple[str, str], ...]
    data: tuple[tuple[str, str], ...]
    version: str
    engine: str


def provenance(contract: Contract, reading: Reading) -> Provenance:
    """The record of what a settlement of this contract on these data is made from."""
    return Provenance(
        text=_pairs(contract.hashes.text),
        library=_pairs(contract.hashes.library),
        data=tuple((file.name, file.sha256) for file in reading.files),
        version=version(),
        engine=_engine(),
    )


def _pairs(hashes: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(hashes.items()))


def _engine() -> str:
    """SHA-256 over the code that decides what a contract means."""
    import hashlib
    from importlib.resources import files

    total = hashlib.sha256()
    for package in ("dsl", "interpreter"):
        entries = [e for e in files(package).iterdir() if e.name.endswith((".py", ".lark", ".json"))]
        for entry in sorted(entries, key=lambda e: e.name):
            total.update(f"{package}/{entry.name}\0".encode())
            total.update(hashlib.sha256(entry.read_bytes()).digest())
    return total.hexdigest()
