"""One contact's payment lines, found in a file of millions.

The file is read in a process of its own, which can be stopped: it may be a stranger's.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

from avtal.errors import AvtalError, UnreadableError
from avtal.lines import COLUMNS, PaymentLine, check_plain
from avtal.reading.child import StoppedError, messages
from interpreter.settlement import Status

READ_SECONDS = 60.0
READ_MEMORY = 4 << 30


def read(path: Path, contact: str) -> tuple[tuple[PaymentLine, ...], dict[str, str]]:
    """One contact's lines, and the hashes of the texts that the file was made from, by contract.

    The file is read in a process of its own, which can be stopped: it may be a stranger's.

    Args:
        path: a file that `write`, or another engine, wrote.
        contact: the key of a row or group.

    Raises:
        UnreadableError: there is no such file, or it holds no payment lines.
    """
    if not path.is_file():
        raise UnreadableError(
            f"{path} finns inte. Betalningsraderna skrivs av avtal settle … --lines FIL.parquet.",
            f"{path} does not exist. Payment lines are written by avtal settle … --lines FILE.parquet.",
        )
    check_plain(path)
    request = {"file": str(path.resolve()), "contact": contact, "columns": [column.name for column in COLUMNS]}
    rows: list[list[str | None]] = []
    texts: dict[str, str] = {}
    try:
        for message in messages("worker_lines", request, seconds=READ_SECONDS, memory=READ_MEMORY):
            if "refused" in message:
                raise _no_lines(path)
            texts = message.get("texts", texts)
            rows += message.get("rows", ())
        return tuple(_read_line(cells) for cells in rows), texts
    except (StoppedError, ValueError, TypeError):
        raise _no_lines(path) from None


class Lookup:
    """`read` under way: the file is read by another process while this one does something else."""

    def __init__(self, path: Path, contact: str) -> None:
        self._found: list[tuple[tuple[PaymentLine, ...], dict[str, str]]] = []
        self._wrong: list[AvtalError] = []
        self._thread = threading.Thread(target=self._read, args=(path, contact), daemon=True)
        self._thread.start()

    def _read(self, path: Path, contact: str) -> None:
        try:
            self._found.append(read(path, contact))
        except AvtalError as error:
            self._wrong.append(error)

    def result(self) -> tuple[tuple[PaymentLine, ...], dict[str, str]]:
        """What `read` gives, once it is there.

        Raises:
            UnreadableError: as `read`.
        """
        self._thread.join()
        if self._wrong:
            raise self._wrong[0]
        return self._found[0]


def _no_lines(path: Path) -> UnreadableError:
    return UnreadableError(
        f"{path} är ingen fil med betalningsrader. Skriv den med avtal settle … --lines FIL.parquet.",
        f"{path} is no file of payment lines. Write it by avtal settle … --lines FILE.parquet.",
    )


def _read_line(cells: Sequence[str | None]) -> PaymentLine:
    """A line from its cells as texts."""
    has = dict(zip((column.name for column in COLUMNS), cells, strict=True))
    text = {name: cell or "" for name, cell in has.items()}
    number = {name: _number(has[name]) for name in ("quantity", "unit_price", "amount", "exact")}
    exact = number["exact"]
    return PaymentLine(
        contract=text["contract"],
        buyer=text["buyer"],
        provider=text["provider"],
        start=date.fromisoformat(text["start"]),
        end=date.fromisoformat(text["end"]),
        clause=text["clause"],
        label=text["label"],
        status=Status(text["status"]).value,
        fact=text["fact"],
        contact=text["contact"],
        day=date.fromisoformat(text["day"]) if text["day"] else None,
        quantity=number["quantity"],
        unit=text["unit"],
        unit_price=number["unit_price"],
        amount=number["amount"] if exact is None else exact,
        file=text["file"],
        line=int(text["line"] or 0),
        rule=text["rule"],
    )


_NUMBER = re.compile(r"-?[0-9]{1,1300}(?:\.[0-9]{1,1300}|/[1-9][0-9]{0,1300})?")


def _number(cell: str | None) -> Fraction | None:
    if cell is None:
        return None
    if not _NUMBER.fullmatch(cell):
        raise ValueError(cell)
    return Fraction(cell)
