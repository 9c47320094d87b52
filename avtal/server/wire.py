"""What is asked and answered over HTTP beside `avtal.answers` and `avtal.cards`: requests, problems, jobs."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from avtal.answers import Finding, RefusedRow

Language = Literal["sv", "en"]


@frozen(kw_only=True)
class SentFile:
    """A file that is sent: its name without folders, and its contents as text or in base64, not both."""

    name: str
    text: str = ""
    base64: str = ""


@frozen(kw_only=True)
class CheckRequest:
    """A contract to check: one of the server's by its `id`, or a text with the files that it uses beside it.

    Args:
        contract: the `id` of a contract in the server's folder; empty when `text` is sent.
        text: of a contract or module.
        files: the modules (`.avtal`) and tables (`.csv`) that the text names.
        language: of messages; the contract's own when not given.
    """

    contract: str = ""
    text: str = ""
    files: tuple[SentFile, ...] = ()
    language: Language | None = None


@frozen(kw_only=True)
class FormatRequest:
    """A text to lay out. `to` turns its words into that language."""

    text: str
    files: tuple[SentFile, ...] = ()
    to: Language | None = None
    language: Language | None = None


@frozen(kw_only=True)
class RunExamplesRequest:
    """A contract whose worked examples are to be run.

    Args:
        data: data files, for `expected`; the server's own when `contract` is given and none are sent.
        expected: the text of an expected settlement to compare with (`period;buyer;provider;clause;amount`).
    """

    contract: str = ""
    text: str = ""
    files: tuple[SentFile, ...] = ()
    data: tuple[SentFile, ...] = ()
    expected: str = ""
    language: Language | None = None


@frozen(kw_only=True)
class SettleRequest:
    """A contract to settle.

    Args:
        contract: the `id` of a contract in the server's folder; empty when `text` is sent.
        text: of a contract.
        files: the modules (`.avtal`) and tables (`.csv`) that the text names.
        data: data files (`.csv`, `.txt`, `.xlsx`, `.parquet`, `mapping.toml`); those beside the server's contract
            when none are sent.
        period: `2012`, `2012-03`, `2012-q1`, `2012-01-15` or two of them with `..` between; all when empty.
        providers, buyers: codes; all when empty.
        lines: whether the payment lines come with every clause.
        language: of messages; the contract's own when not given.
    """

    contract: str = ""
    text: str = ""
    files: tuple[SentFile, ...] = ()
    data: tuple[SentFile, ...] = ()
    period: str = ""
    providers: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()
    lines: bool = False
    language: Language | None = None


@frozen(kw_only=True)
class ExplainRequest:
    """A clause to explain.

    Args:
        clause: its key, its label, or the end of its key, as far as only one clause has it.
        depth: how many levels to show, 1 to 100.
        deep: whether the amounts of other clauses are followed down too.
    """

    clause: str
    contract: str = ""
    text: str = ""
    files: tuple[SentFile, ...] = ()
    data: tuple[SentFile, ...] = ()
    period: str = ""
    providers: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()
    depth: int = 12
    deep: bool = False
    language: Language | None = None


@frozen(kw_only=True)
class DiffSide:
    """A contract before or after a change: one of the server's by its `id`, or a text with the files beside it."""

    contract: str = ""
    text: str = ""
    files: tuple[SentFile, ...] = ()


@frozen(kw_only=True)
class DiffRequest:
    """Two contracts to compare by what they mean.

    Args:
        old, new: before and after.
        data: data files to settle both on; the meaning alone is compared when none are sent.
        period, providers, buyers: what to settle, as in a settlement.
        language: of messages; the contract's own when not given.
    """

    old: DiffSide
    new: DiffSide
    data: tuple[SentFile, ...] = ()
    period: str = ""
    providers: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()
    language: Language | None = None


@frozen(kw_only=True)
class ProblemDetails:
    """Why a request was refused (RFC 9457), with the diagnostics that the command line shows.

    Args:
        type: where the problem is described.
        title: what kind it is; the same whenever it is the same problem.
        status: the HTTP status.
        detail: what is wrong this time, and what to do.
        instance: this request, as the audit log names it.
        code: `AV650` and on.
        findings: the problems of a text, each with its place.
        refused_rows: the problems of data files.
        suggestion: a `mapping.toml` to start from, when headings or files were not recognised.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    findings: tuple[Finding, ...] = ()
    refused_rows: tuple[RefusedRow, ...] = ()
    suggestion: str = ""


@frozen(kw_only=True)
class ProblemPage:
    """What a code means: what is wrong (words in braces stand for what is found) and what to do, in both languages."""

    code: str
    message: str
    message_sv: str
    help: str
    help_sv: str


@frozen(kw_only=True)
class Health:
    """Whether the server lives, or is ready to work. `status` is `pass` or `fail`."""

    status: Literal["pass", "fail"]
    version: str


JobState = Literal["waiting", "running", "done", "failed", "cancelled"]


@frozen(kw_only=True)
class JobProgress:
    """How far a job has come: what it works on, and how much of how much is done (`of` is 0 when that is not known)."""

    what: str
    done: int
    of: int


@frozen(kw_only=True)
class Job:
    """A settlement that is worked out in the background.

    Args:
        id: its name in addresses.
        state: `done` when the result can be fetched, `failed` when `problem` says why there is none.
        created, ended: when, in UTC.
        result: the address of the settlement, when it is done.
    """

    id: str
    state: JobState
    created: str
    ended: str | None
    progress: JobProgress | None
    result: str | None
    problem: ProblemDetails | None


@frozen(kw_only=True)
class JobList:
    """The jobs of the key that asks."""

    total: int
    jobs: tuple[Job, ...]
