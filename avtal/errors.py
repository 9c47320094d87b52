"""What the program raises: one class that says what is wrong in both languages, with the places that it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dsl.diagnostics import Diagnostic


class AvtalError(Exception):
    """Something stands in the way.

    Args:
        sv, en: what is wrong and what to do, in Swedish and English.
        diagnostics: the problems of a contract, when it is they that stand in the way.
        texts: the contract's files by name, for showing the places of `diagnostics`.

    `also` is what stands in the way besides, and is mended in the same round.
    """

    also: AvtalError | None = None

    def __init__(
        self, sv: str, en: str, *, diagnostics: Sequence[Diagnostic] = (), texts: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(en)
        self.sv = sv
        self.en = en
        self.diagnostics = tuple(diagnostics)
        self.texts = dict(texts or {})

    def text(self, language: str) -> str:
        """What is wrong, in `sv` or `en`."""
        return self.sv if language == "sv" else self.en


class UnreadableError(AvtalError):
    """A file or an argument can't be used at all; the program ends with exit code 2."""


REST = "AVD99"
"""The code of the problem that counts those of a file that are not told one by one."""


class DataError(AvtalError):
    """Data that can't be used: `reading.problems` lists every refused row."""

    def __init__(self, reading: Any) -> None:
        told = [dict(problem.args)["count"] if problem.code == REST else 1 for problem in reading.problems]
        count = sum(map(int, told))
        super().__init__(
            f"Underlaget har {count} fel. Inget avräknas förrän alla är åtgärdade.",
            f"The data have {count} problem{'s' * (count > 1)}. Nothing is settled until all are mended.",
        )
        self.reading = reading
