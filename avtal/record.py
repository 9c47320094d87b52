"""What a settlement is made from: the hashes of its texts, library, data and engine.

No time is recorded: the same input gives the same bytes, and the day is written by whoever signs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from avtal.cache import place
from avtal.contract import Contract
from avtal.engine import engine_at
from avtal.reading import Reading
from dsl.alike import Alike
from interpreter.settlement import Settlement


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
    number, code = engine_at(place())
    return Provenance(
        text=_pairs(contract.hashes.text),
        library=_pairs(contract.hashes.library),
        data=tuple((file.name, file.sha256) for file in reading.files),
        version=number,
        engine=code,
    )


def _pairs(hashes: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(hashes.items()))


def amounts_sha256(settlements: Sequence[Settlement]) -> str:
    """SHA-256 of what is to be paid: equal when two settlements say the same of every clause, whatever engine settled.

    Args:
        settlements: as `settle` gave them.

    Returns:
        The hash of their canonical JSON: contract, codes of the parties, days, and for each clause and the total its
        status, its amount and its exact amount in kr as a fraction, and the codes of what failed.
    """
    import json
    from hashlib import sha256

    plain = [
        [
            [one.contract, one.buyer[1], one.provider[1], str(one.start), str(one.end)],
            [
                [c.key, c.status.value, _exact(c.amount), _exact(c.exact), [f.code for f in c.failures]]
                for c in one.clauses
            ],
            [_exact(one.total), [f.code for f in one.failures]],
        ]
        for one in settlements
    ]
    return sha256(json.dumps(plain, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def _exact(amount: Fraction | None) -> str | None:
    return None if amount is None else str(amount)
