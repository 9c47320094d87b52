"""Payment lines in a Parquet file beside a settlement; `avtal.line_search` finds one contact's lines again.

The file is the same, byte for byte, for equal settlements, whichever engine made it: the columns of `COLUMNS`, in the
order of the settlement (periods and parties, then clauses as in the text, then lines as they were paid). The amounts of
a clause's lines add up to what the clause pays: where something was rounded, a line labelled `rounding` closes the gap.
A clause that is not settled has one line without an amount, and so has a total that is not there (clause `total`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import cache, partial
from pathlib import Path

from attrs import frozen

from avtal.contract import Contract
from avtal.errors import AvtalError, UnreadableError
from avtal.output import check_folder
from avtal.rendering.numbers import half_away, plain
from dsl.spans import Span, place
from interpreter.sets.relation import Stored
from interpreter.settlement import ClauseResult, Line, LineList, Lines, Settlement, Status

SUFFIX = ".parquet"
TOTAL = "total"
ROUNDING = "rounding"
DECIMALS = 6
"""The decimals of quantities, prices and amounts; `exact` has the amount that needs more."""

_LARGEST = 10**18


@frozen
class FileColumn:
    """A column of the file.

    Args:
        name: what it is called.
        type: how an engine hands it over, as `l_` and the name; a TEXT or a DATE stands in the file as it is.
        decimal: whether it is handed over in whole millionths, and stands in the file as DECIMAL(18, 6).
    """

    name: str
    type: str = "TEXT"
    decimal: bool = False

    @property
    def handed(self) -> str:
        """What an engine calls it when it hands it over."""
        return f"l_{self.name}"


COLUMNS: tuple[FileColumn, ...] = (
    FileColumn("contract"),
    FileColumn("buyer"),
    FileColumn("provider"),
    FileColumn("start", "DATE"),
    FileColumn("end", "DATE"),
    FileColumn("clause"),
    FileColumn("label"),
    FileColumn("status"),
    FileColumn("fact"),
    FileColumn("contact"),
    FileColumn("day", "DATE"),
    FileColumn("quantity", "BIGINT", decimal=True),
    FileColumn("unit"),
    FileColumn("unit_price", "BIGINT", decimal=True),
    FileColumn("amount", "BIGINT", decimal=True),
    FileColumn("exact"),
    FileColumn("file"),
    FileColumn("line", "INTEGER"),
    FileColumn("rule"),
)


@frozen(kw_only=True)
class PaymentLine:
    """A payment line as it stands in a file.

    Args:
        contract, buyer, provider: the contract's name and the parties' codes; `start` and `end` of what was settled.
        clause: the clause's key, or `total` for the rounding of the total.
        label: the part of the clause in English, empty when it has one only; `rounding` for what rounding adds.
        status: `settled`; else the clause's, and then there is no amount.
        fact, contact: the fact and the key of the row or group that is paid for; empty for a clause as a whole.
        day: the row's date.
        quantity, unit, unit_price: how many of what at how many kr each; `None` when the amount is no such product.
        amount: kr, exact; `None` when the clause is not settled.
        file, line: where the row stands in the data; empty and 0 without one.
        rule: the `pays` that caused it, as file and line of the text.
    """

    contract: str
    buyer: str
    provider: str
    start: date
    end: date
    clause: str
    label: str = ""
    status: str = Status.SETTLED.value
    fact: str = ""
    contact: str = ""
    day: date | None = None
    quantity: Fraction | None = None
    unit: str = ""
    unit_price: Fraction | None = None
    amount: Fraction | None = None
    file: str = ""
    line: int = 0
    rule: str = ""


def decimal(millionths: str) -> str:
    """Whole millionths as they stand in the file."""
    return f"({millionths}::DECIMAL(18, 0) * 0.000001::DECIMAL(6, 6))::DECIMAL(18, 6)"


def check_name(path: Path) -> None:
    """Refuse a name that no file of lines can have, before anything is settled.

    Raises:
        UnreadableError: it does not end in `.parquet`, or its folder does not exist.
    """
    if path.suffix.lower() != SUFFIX:
        raise UnreadableError(
            f"{path}: betalningsrader skrivs som Parquet. Sluta namnet med {SUFFIX}, eller visa dem med --show-lines.",
            f"{path}: payment lines are written as Parquet. End the name with {SUFFIX}, or show them by --show-lines.",
        )
    check_plain(path)
    check_folder(path)


def check_plain(path: Path) -> None:
    """Refuse a name that stands for several files.

    Raises:
        UnreadableError: it does.
    """
    if set(path.name) & set("*?[]"):
        raise UnreadableError(
            f"{path}: namnet har något av tecknen * ? [ ]. Döp om filen.",
            f"{path}: the name has one of the characters * ? [ ]. Rename the file.",
        )


def record(contracts: Sequence[Contract]) -> dict[str, str]:
    """What a file of lines says of the texts that it was made from: by name a hash for each contract of that name."""
    found: dict[str, list[str]] = {}
    for contract in contracts:
        found.setdefault(contract.name, []).append(text_hash(contract))
    said = {name: " ".join(sorted(set(hashes))) for name, hashes in found.items()}
    return {"avtal": json.dumps(said, sort_keys=True)}


def text_hash(contract: Contract) -> str:
    """SHA-256 over the hashes of a contract's text, tables and library modules."""
    read = sorted((*contract.hashes.text.items(), *contract.hashes.library.items()))
    return hashlib.sha256(json.dumps(read).encode()).hexdigest()


def every(parts: Sequence[tuple[Contract, Sequence[Settlement]]]) -> Iterator[PaymentLine]:
    """The payment lines of settlements, in the order of the file."""
    for contract, settlements in parts:
        rule = cache(partial(rule_place, contract))
        for settlement in settlements:
            yield from of_settlement(settlement, rule)


def rule_place(contract: Contract, span: Span) -> str:
    """A place in a contract's texts as file and line, the same wherever the contract's folder lies."""
    texts = contract.texts
    name = contract.path.name if span.file == contract.program.terms.span.file else span.file
    return f"{name}:{place(texts[span.file], span).line}" if span.file in texts else ""


def of_settlement(settlement: Settlement, rule: Callable[[Span], str]) -> Iterator[PaymentLine]:
    """The payment lines of one settlement.

    Args:
        settlement: how it came out.
        rule: what `rule_place` gives for a place.
    """
    for placed in placed_lines(settlement, rule, lambda _: False):
        assert isinstance(placed.line, PaymentLine)  # noqa: S101
        yield placed.line


@frozen
class Placed:
    """A payment line, or a block of them, and its place: the clause, the part of it, the line in the part."""

    clause: int
    part: int
    order: int
    line: PaymentLine | Lines


LAST = 10**9
"""The part of a clause that closes the gap of rounding."""


def placed_lines(
    settlement: Settlement, rule: Callable[[Span], str], kept: Callable[[Lines], bool]
) -> Iterator[Placed]:
    """The payment lines of one settlement with their places.

    Args:
        settlement: how it came out.
        rule: what `rule_place` gives for a place.
        kept: whether lines that are known by their sum only stay together; each of theirs then has at most millionths.
    """
    s = settlement
    whole = partial(
        PaymentLine, contract=s.contract, buyer=s.buyer[1], provider=s.provider[1], start=s.start, end=s.end
    )
    paid = 0
    for at, clause in enumerate(s.clauses):
        if clause.amount is None:
            yield Placed(at, 0, 0, whole(clause=clause.key, status=clause.status.value, rule=rule(clause.span)))
            continue
        own = 0
        for part, some in enumerate(parts_of(clause)):
            if isinstance(some, Lines) and kept(some):
                own += half_away(some.exact, DECIMALS)
                yield Placed(at, part, 0, some)
                continue
            for order, line in enumerate(some.all() if isinstance(some, Lines) else [some]):
                own += half_away(line.amount, DECIMALS)
                yield Placed(at, part, order, _paid(line, whole, rule))
        gap = half_away(clause.amount, DECIMALS) - own
        if gap:
            yield Placed(at, LAST, 0, whole(clause=clause.key, label=ROUNDING, amount=Fraction(gap, 10**DECIMALS)))
        paid += own + gap
    if s.total is None:
        yield Placed(len(s.clauses), 0, 0, whole(clause=TOTAL, status=Status.FAILED.value))
        return
    gap = half_away(s.total, DECIMALS) - paid
    if gap:
        yield Placed(len(s.clauses), 0, 0, whole(clause=TOTAL, label=ROUNDING, amount=Fraction(gap, 10**DECIMALS)))


def parts_of(clause: ClauseResult) -> Sequence[Line | Lines]:
    """A clause's lines, those that are known by their sum only together."""
    return clause.lines.parts if isinstance(clause.lines, LineList) else clause.lines


def _paid(line: Line, whole: Callable[..., PaymentLine], rule: Callable[[Span], str]) -> PaymentLine:
    return whole(
        clause=line.clause,
        label=line.label,
        fact=line.fact,
        contact=line.row,
        day=line.day,
        quantity=line.quantity,
        unit=line.unit.name if line.quantity is not None else "",
        unit_price=line.unit_price,
        amount=line.amount,
        file=line.file,
        line=line.number,
        rule=rule(line.span),
    )


def handed_over(line: PaymentLine) -> tuple[Stored, ...]:
    """A line as an engine takes it: `COLUMNS`, with numbers in whole millionths.

    Raises:
        AvtalError: a number is too large for the file.
    """
    amount = line.amount
    whole = amount is None or 10**DECIMALS % amount.denominator == 0
    return (
        line.contract,
        line.buyer,
        line.provider,
        line.start,
        line.end,
        line.clause,
        line.label,
        line.status,
        line.fact,
        line.contact,
        line.day,
        _millionths(line.quantity, line),
        line.unit,
        _millionths(line.unit_price, line),
        _millionths(amount, line),
        None if whole or amount is None else plain(amount),
        line.file,
        line.line,
        line.rule,
    )


def _millionths(value: Fraction | None, line: PaymentLine) -> int | None:
    if value is None:
        return None
    found = half_away(value, DECIMALS)
    if abs(found) >= _LARGEST:
        where = f"{line.clause} {line.contact}".strip()
        raise AvtalError(
            f"{where}: {plain(value)} är för stort för en betalningsrad, som rymmer tolv siffror och sex decimaler.",
            f"{where}: {plain(value)} is too large for a payment line, which holds twelve digits and six decimals.",
        )
    return found
