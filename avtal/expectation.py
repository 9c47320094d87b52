"""The expected settlement beside a contract (`expected/settlement.csv`), compared with what the engine settles.

The file is worked out without the engine. Columns: period; buyer; provider; clause; amount, where the clause is a key
or `total` and the amount has two decimals and a point.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

from attrs import frozen

from avtal import periods
from avtal.errors import UnreadableError
from avtal.rendering.numbers import kronor
from avtal.sources import read_text
from interpreter.settlement import Settlement

FILE = Path("expected") / "settlement.csv"
COLUMNS = ["period", "buyer", "provider", "clause", "amount"]
TOTAL = "total"
_AMOUNT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?")

Key = tuple[str, str, str]


@frozen
class Expected:
    """One amount that must come out: for a period and a pair of parties by their codes, of a clause or the total."""

    key: Key
    clause: str
    amount: Fraction
    line: int


@frozen
class Difference:
    """An amount that came out otherwise; `None` stands for an amount that there is not."""

    key: Key
    clause: str
    expected: Fraction | None
    found: Fraction | None
    line: int

    def text(self, language: str) -> str:
        """The difference in words."""
        sv = language == "sv"
        nothing = "inget belopp" if sv else "no amount"
        expected = kronor(self.expected, language) if self.expected is not None else nothing
        found = kronor(self.found, language) if self.found is not None else nothing
        at = ", ".join(filter(None, self.key))
        words = ("väntat", "avräknat") if sv else ("expected", "settled")
        return f"{at}: {self.clause}: {words[0]} {expected}, {words[1]} {found}"


@frozen
class Comparison:
    """An expected settlement, and every amount that came out otherwise."""

    path: Path
    expected: tuple[Expected, ...]
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> int:
        """How many expected amounts came out."""
        return len(self.expected) - sum(one.expected is not None for one in self.differences)

    @property
    def failed(self) -> int:
        """How many amounts came out otherwise, or were not expected."""
        return len(self.differences)


def read(path: Path) -> list[Expected]:
    """The expected amounts.

    Raises:
        UnreadableError: the file can't be read, or a row is not in the form above.
    """
    text, _ = read_text(path)
    rows = csv.reader(text.removeprefix("\ufeff").splitlines(), delimiter=";")
    found: list[Expected] = []
    for line, row in enumerate(rows, start=1):
        if line == 1 and row == COLUMNS:
            continue
        if line == 1 or len(row) != len(COLUMNS) or not _AMOUNT.fullmatch(row[4]):
            wanted = ";".join(COLUMNS)
            raise UnreadableError(
                f"{path}:{line}: raden är inte på formen {wanted} (belopp som -1234.50).",
                f"{path}:{line}: the row is not in the form {wanted} (amounts as -1234.50).",
            )
        period = periods.name(*periods.parse(row[0]))
        found.append(Expected((period, row[1], row[2]), row[3], Fraction(row[4]), line))
    return found


def compare(expected: Iterable[Expected], settlements: Iterable[Settlement]) -> Iterator[Difference]:
    """Every amount that differs, of the periods and parties that the expectation speaks of."""
    by_key = {(periods.name(s.start, s.end), s.buyer[1], s.provider[1]): s for s in settlements}
    seen: dict[Key, set[str]] = {}
    for one in expected:
        settlement = by_key.get(one.key)
        amounts = _amounts(settlement) if settlement is not None else {}
        seen.setdefault(one.key, set()).add(one.clause)
        if amounts.get(one.clause) != one.amount:
            yield Difference(one.key, one.clause, one.amount, amounts.get(one.clause), one.line)
    for key, clauses in seen.items():
        settlement = by_key.get(key)
        for clause, amount in (_amounts(settlement) if settlement is not None else {}).items():
            if clause not in clauses:
                yield Difference(key, clause, None, amount, 0)


def _amounts(settlement: Settlement) -> dict[str, Fraction | None]:
    """What must be expected: the amount of every clause that pays, and the total."""
    return {clause.key: clause.amount for clause in settlement.clauses if clause.pays} | {TOTAL: settlement.total}
