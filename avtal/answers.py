"""What Avtal answers, as plain data: the shapes that `-O json` prints and the HTTP interface sends.

Guarantees: every field is a text, a whole number, yes/no, nothing, or a sequence or mapping of such; an amount is an
exact decimal text (`1234.50`, or `1/3` when it has no end), never floating point. Lines and columns start at 1.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

# --- what is wrong --------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Position:
    """A place in a text; the end is just after the last character. Lines are `None` where the text is not known."""

    file: str
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None


@frozen(kw_only=True)
class Finding:
    """One thing that is wrong with a text: its code, what is wrong, what to do, and where.

    Args:
        code: `AV` and three digits; its page is `docs/errors/AVnnn.md`.
        severity: `error` or `warning`.
        related: places that belong to it.
    """

    code: str
    severity: str
    message: str
    help: str
    file: str
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    related: tuple[Position, ...] = ()


@frozen(kw_only=True)
class RefusedRow:
    """One thing that is wrong with a data file. `row` is 0 for the whole file; `heading` may be empty."""

    code: str
    file: str
    row: int
    heading: str
    message: str


@frozen(kw_only=True)
class Refusal:
    """What stands in the way: in words, and everything that it consists of.

    Args:
        detail: what is wrong and what to do.
        findings: the problems of a text.
        refused_rows: the problems of data files.
        suggestion: a `mapping.toml` to start from, when headings or files were not recognised.
    """

    detail: str
    findings: tuple[Finding, ...] = ()
    refused_rows: tuple[RefusedRow, ...] = ()
    suggestion: str = ""


# --- check, format, test --------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Checked:
    """A text that was checked. `sound` says whether nothing stands in the way of settling it."""

    file: str
    language: str
    sound: bool
    errors: int
    warnings: int
    findings: tuple[Finding, ...] = ()


@frozen(kw_only=True)
class FormattedText:
    """A text in its canonical layout, and whether that differs from what was given."""

    text: str
    language: str
    changed: bool


@frozen(kw_only=True)
class ExampleRun:
    """A worked example, and whether it holds; `findings` say why not."""

    name: str
    holds: bool
    file: str
    line: int
    findings: tuple[Finding, ...] = ()


@frozen(kw_only=True)
class DifferentAmount:
    """An amount that came out otherwise than expected; nothing stands for an amount that there is not."""

    period: str
    buyer: str
    provider: str
    clause: str
    expected: str | None
    settled: str | None
    line: int


@frozen(kw_only=True)
class ExampleRuns:
    """Worked examples, and the expected settlement beside the contract, compared with what comes out.

    Args:
        passed, failed: how many examples and expected amounts hold, and do not.
        expected_amounts: how many amounts the expected settlement has; `None` when there is none.
    """

    file: str
    holds: bool
    passed: int
    failed: int
    examples: tuple[ExampleRun, ...] = ()
    expected_amounts: int | None = None
    differences: tuple[DifferentAmount, ...] = ()


# --- settle ---------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Party:
    """A party of a contract; both texts are empty when the contract names none."""

    name: str
    code: str


@frozen(kw_only=True)
class Subtotal:
    """A subtotal in kr; `None` when a clause in it was not settled."""

    name: str
    amount: str | None


@frozen(kw_only=True)
class ReasonRow:
    """A row of data for which something was not settled, by its place: its key may be a person's number."""

    fact: str
    file: str
    line: int


@frozen(kw_only=True)
class Reason:
    """Why something was not settled.

    `rows` are the rows of data that it is about, in their order; `more_rows` says that there are others beside them.
    """

    code: str
    message: str
    rows: tuple[ReasonRow, ...] = ()
    more_rows: bool = False


@frozen(kw_only=True)
class PaymentLine:
    """What a row, a group of rows, or the clause as a whole is paid, exact before rounding."""

    label: str
    fact: str
    row: str
    day: str | None
    quantity: str | None
    unit: str | None
    unit_price: str | None
    amount: str | None
    file: str | None
    line: int | None


@frozen(kw_only=True)
class DaysGiven:
    """A stretch of days."""

    start: str
    end: str


@frozen(kw_only=True)
class MissingGiven:
    """A datum that is missing."""

    missing: str


@frozen(kw_only=True)
class RowGiven:
    """A row of data, by its place."""

    file: str
    line: int


Given = str | bool | DaysGiven | MissingGiven | RowGiven | None


@frozen(kw_only=True)
class SettledClause:
    """What came out of one clause.

    Args:
        key: the path of form and label, `withheld["Kvalitet"]/p4p[113]`.
        status: `settled`, `unsettled` (the contract itself says that it waits) or `failed`.
        amount, exact: kr after and before rounding; `None` unless it pays and is settled.
        given: what it gives other clauses.
        lines, rounding: the payment lines, and what rounding adds to their sum; absent unless asked for.
    """

    key: str
    name: str
    form: str
    label: str
    depth: int
    status: str
    pays: bool
    amount: str | None
    exact: str | None
    given: Mapping[str, Given] = field(factory=dict)
    failures: tuple[Reason, ...] = ()
    lines: tuple[PaymentLine, ...] | None = None
    rounding: str | None = None


@frozen(kw_only=True)
class Promise:
    """What the contract promises always holds, and whether it did."""

    promise: str
    holds: bool


@frozen(kw_only=True)
class RowCount:
    """How many rows of a fact were in the period, and how many were read."""

    in_period: int
    read: int


@frozen(kw_only=True)
class DataFile:
    """A data file that was read."""

    file: str
    sha256: str


@frozen(kw_only=True)
class Engine:
    """The engine: its version, and the SHA-256 of the code that decides what a contract means."""

    version: str
    sha256: str


@frozen(kw_only=True)
class MadeFrom:
    """What a settlement was made from: the SHA-256 of each text, library module and data file."""

    text: Mapping[str, str]
    library: Mapping[str, str]
    data: tuple[DataFile, ...]
    engine: Engine


@frozen(kw_only=True)
class SettledPeriod:
    """One contract settled for one pair of parties and one period.

    Args:
        total: kr; `None` when any clause was not settled: no partial total is ever called a total.
        rows: how many rows of each fact there were.
    """

    contract: str
    buyer: Party
    provider: Party
    period: str
    start: str
    end: str
    total: str | None
    subtotals: tuple[Subtotal, ...]
    clauses: tuple[SettledClause, ...]
    promises: tuple[Promise, ...]
    failures: tuple[Reason, ...]
    rows: Mapping[str, RowCount]
    provenance: MadeFrom


@frozen(kw_only=True)
class Settlements:
    """Settlements: one for each settlement period and pair of parties, by period first.

    Args:
        notes: rows of parties that no contract has, where that looks like a mistake in the data.
    """

    settlements: tuple[SettledPeriod, ...]
    notes: tuple[str, ...] = ()


# --- explain --------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Step:
    """One line of an explanation: what, its value in words, where it stands, and what it is made of."""

    text: str
    value: str = ""
    place: str = ""
    parts: tuple[Step, ...] = ()


@frozen(kw_only=True)
class ExplainedClause:
    """How a clause's amount came about, for one pair of parties and one period.

    Args:
        words: the clause as the contract has it; `place` is where.
        amount: kr; `None` unless it pays and is settled.
        sentence, source: what its form says of itself.
    """

    contract: str
    buyer: Party
    provider: Party
    period: str
    key: str
    name: str
    status: str
    amount: str | None
    words: str
    place: str
    sentence: str
    source: str
    steps: tuple[Step, ...]


@frozen(kw_only=True)
class Explanations:
    """Explanations of one clause: one for each settlement period and pair of parties, by period first."""

    explanations: tuple[ExplainedClause, ...]
