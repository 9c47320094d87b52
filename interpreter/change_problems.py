"""Problems of what a contract says of an earlier one (AV601 to AV649)."""

from __future__ import annotations

from dsl.diagnostics import Problem

STILL_HERE = Problem(
    "AV601",
    "`{name}` is still a clause of this contract, and can't be what another was called",
    "`{name}` är fortfarande en post i avtalet, och kan inte vara vad en annan hette förut",
    "leave `was` out, or name a clause that is gone",
    "ta bort `förut`, eller ange en post som inte finns kvar",
)
