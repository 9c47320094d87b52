"""Two contracts compared in meaning and, on data, in kronor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from attrs import define, field

from avtal.contract import Contract
from avtal.diffing.crossings import Crosser
from avtal.diffing.difference import Difference
from avtal.diffing.effect import effect
from avtal.reading import Reading
from interpreter.diff import compare
from interpreter.settlement import Settlement
from interpreter.vary import Indexed, indexed

Read = Callable[[Contract], Reading]
Settle = Callable[[Contract, Reading, Indexed], Sequence[Settlement]]


@define(eq=False)
class Data:
    """The data of both contracts, read and indexed once where their facts are the same."""

    read: Read
    sides: list[tuple[Contract, Reading, Indexed]] = field(factory=list)

    def of(self, contract: Contract) -> tuple[Reading, Indexed]:
        """The data of a contract."""
        program = contract.program
        for other, reading, of in self.sides:
            if other.program.facts == program.facts and contract.needed <= reading.facts:
                if len(other.program.terms.buyers) == len(program.terms.buyers):
                    own = Indexed(program, of.facts, indexed(program, {}).tables)
                else:
                    own = _indexed(contract, reading)
                break
        else:
            reading = self.read(contract)
            own = _indexed(contract, reading)
        self.sides.append((contract, reading, own))
        return reading, own


def _indexed(contract: Contract, reading: Reading) -> Indexed:
    """The data as both sides ask for them; those in a database are asked for when they are needed."""
    if reading.dataset is None:
        return indexed(contract.program, reading.data)
    from interpreter.sets import settle as sets

    facts = sets.indexed(contract.program, reading.dataset)
    return Indexed(contract.program, facts, indexed(contract.program, {}).tables)


def difference(old: Contract | None, new: Contract | None, read: Read | None, settle: Settle) -> Difference:
    """What a change of a contract means and comes to.

    Args:
        old, new: the contracts; `None` where there is none.
        read: reads the data of a contract; `None` when no effect is asked for.
        settle: settles a contract on its data.

    Raises:
        AvtalError: a contract has errors, or neither can be settled.
    """
    for side in (old, new):
        if side is not None:
            _ = side.program  # raises where there are errors
    sides = [side.analysed if side is not None else None for side in (old, new)]
    changes = compare(sides[0], sides[1])
    if read is None:
        return Difference(old=old, new=new, changes=changes)
    data = Data(read)
    crosser = Crosser(changes.turning, changes.rows)

    def settled(side: Contract, at: int) -> Sequence[Settlement]:
        reading, of = data.of(side)
        crosser.sides[at] = of
        return settle(side, reading, of)

    asked = [partial(settled, side, at) if side is not None else None for at, side in enumerate((old, new))]
    return Difference(old=old, new=new, changes=changes, effect=effect(changes, asked[0], asked[1], crosser))
