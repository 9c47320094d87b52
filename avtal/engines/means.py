"""What to settle with: which engine, and what it may use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import field, frozen

from avtal.errors import UnreadableError
from dsl.alike import Alike

AUTO, REFERENCE, SQLITE, DUCKDB, SPARK = "auto", "reference", "sqlite", "duckdb", "spark"
ENGINES = (AUTO, REFERENCE, SQLITE, DUCKDB, SPARK)
CONNECT = "sc://"
POSTGRES = ("postgresql://", "postgres://")
SERVERS = (*POSTGRES, CONNECT)
"""What may be asked for, and how the address of a server begins that may be asked for instead. `spark` is the session
of the environment: the one that is active, that of the variable SPARK_REMOTE, or one on this machine."""

SAID = (*ENGINES, f"{POSTGRES[0]}…", f"{CONNECT}…")
"""All that may be asked for, as help and messages say it."""


def _known(means: Means, attribute: object, engine: str) -> None:
    """See to it that an engine is one that may be asked for; nothing of what may be secret in it is told.

    Raises:
        UnreadableError: it is not.
    """
    del means, attribute
    if engine in ENGINES or engine.startswith(SERVERS):
        return
    name, address, _ = engine.partition(":")
    kind = name.casefold().partition("+")[0]
    if address and kind in (SQLITE, DUCKDB):
        raise UnreadableError(
            f"--engine säger vad som räknar, {kind}, och tar ingen adress. En tabell i en databasfil är underlag: "
            f"--data {kind}:///…#tabell.",
            f"--engine says what reckons, {kind}, and takes no address. A table of a database file is data: "
            f"--data {kind}:///…#table.",
        )
    from dsl.diagnostics import nearest

    names = {one.partition(":")[0]: one for one in SAID}
    meant = names.get(nearest(name, names))
    raise UnreadableError(
        f"--engine ska vara ett av {', '.join(SAID)}.{f' Menade du {meant}?' * bool(meant)}",
        f"--engine must be one of {', '.join(SAID)}.{f' Did you mean {meant}?' * bool(meant)}",
    )


@frozen(kw_only=True, eq=False, repr=False)
class Means(Alike):
    """What to settle with.

    Args:
        engine: one of `ENGINES`, or the address of a server; any other is an `UnreadableError`.
        session: with `spark`: a session of PySpark, which is left open; that of the environment when `None`.
        keep: whether the snapshot of the data is kept beside them, for the next settlement.
        spill: the folder that a database may spill into when memory is short; without one it is refused.
        memory: the most bytes that a database may hold; its own measure when `None`.
        outputs: folders that a database may write into.
        ends: whether the process ends with the settlement: what lies in memory is then not taken apart.
    """

    engine: str = field(default=REFERENCE, repr=False, validator=_known)  # an address may hold a password
    session: Any = field(default=None, eq=False, repr=False)
    keep: bool = True
    spill: Path | None = None
    memory: int | None = None
    outputs: tuple[Path, ...] = ()
    ends: bool = field(default=False, eq=False)

    @property
    def on_server(self) -> bool:
        """Whether a server settles that somebody else runs."""
        return self.engine == SPARK or self.engine.startswith(SERVERS)


ROWS = Means()
"""Rows in memory, settled by the reference evaluator."""


def means(engine: str, spill: Path | None, memory: int | None, *, no_snapshot: bool) -> Means:
    """What to settle with, as the options say.

    Raises:
        UnreadableError: there is no such engine, or no such folder to spill into.
    """
    if spill is not None and not spill.is_dir():
        raise UnreadableError(f"Mappen {spill} finns inte.", f"There is no folder {spill}.")
    return Means(engine=engine, keep=not no_snapshot, spill=spill, memory=None if memory is None else memory << 20)
