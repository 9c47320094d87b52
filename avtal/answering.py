"""The answers of `-O json` and of the HTTP interface: each function asks `avtal.api` and gives plain data.

A verb (`settle`) gives exact numbers to reckon with; its participle (`settled`) gives the answer as it is sent. Every
function raises what the verb that it is named after raises.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import partial

from avtal import api
from avtal.answers import (
    Checked,
    DifferentAmount,
    ExampleRun,
    ExampleRuns,
    Explanations,
    FormattedText,
    Settlements,
)
from avtal.contract import Contract, find_clause
from avtal.findings import findings
from avtal.portfolio import Period, Progress
from avtal.reading import Reading
from avtal.rendering.explanation import DEPTH, Explainer
from avtal.rendering.plain import explained_clause, money, settled_period
from avtal.rendering.report import Report, reports
from avtal.strangers import observed
from dsl.spans import place
from dsl.words import language_of


def checked(contract: Contract, *, language: str = "") -> Checked:
    """Everything that is wrong with a contract or module file.

    Args:
        contract: as `load` gave it.
        language: of the words, `sv` or `en`; the contract's own when empty.
    """
    found = contract.diagnostics
    errors = sum(d.is_error for d in found)
    return Checked(
        file=str(contract.path),
        language=contract.language,
        sound=contract.sound,
        errors=errors,
        warnings=len(found) - errors,
        findings=findings(found, contract.texts, language or contract.language),
    )


def formatted(text: str, *, file: str = "", to: str = "") -> FormattedText:
    """A text in its canonical layout; arguments and errors are those of `format_text`."""
    after = api.format_text(text, file=file, to=to)
    return FormattedText(text=after, language=language_of(after), changed=after != text)


def tested(  # a participle like the others, no test
    contract: Contract,
    *,
    language: str = "",  # noqa: PT028
    progress: Progress | None = None,  # noqa: PT028
) -> ExampleRuns:
    """Worked examples, and the expected settlement beside the contract where there is one.

    Args:
        contract: as `load` gave it.
        language: of the words, `sv` or `en`; the contract's own when empty.
        progress: told (what, done, of) while the expected settlement is worked out.
    """
    language = language or contract.language
    texts = contract.texts
    examples = tuple(
        ExampleRun(
            name=one.name,
            holds=one.ok,
            file=one.span.file,
            line=place(texts[one.span.file], one.span).line if one.span.file in texts else 0,
            findings=findings(one.diagnostics, texts, language),
        )
        for one in api.test(contract)
    )
    compared = api.compare(contract, progress=progress)
    passed, failed = sum(e.holds for e in examples), sum(not e.holds for e in examples)
    if compared is not None:
        passed, failed = passed + compared.passed, failed + compared.failed
    return ExampleRuns(
        file=str(contract.path),
        holds=not failed,
        passed=passed,
        failed=failed,
        examples=examples,
        expected_amounts=len(compared.expected) if compared is not None else None,
        differences=tuple(
            DifferentAmount(
                period=one.key[0],
                buyer=one.key[1],
                provider=one.key[2],
                clause=one.clause,
                expected=money(one.expected),
                settled=money(one.found),
                line=one.line,
            )
            for one in (compared.differences if compared is not None else ())
        ),
    )


def settled(
    contract: Contract,
    reading: Reading,
    *,
    period: Period = "",
    providers: Collection[str] = (),
    buyers: Collection[str] = (),
    lines: bool = False,
    language: str = "",
    progress: Progress | None = None,
) -> Settlements:
    """What is to be paid.

    Args:
        contract, reading, period, providers, buyers, progress: those of `settle`.
        lines: whether the payment lines come with every clause.
        language: of the words, `sv` or `en`; the contract's own when empty.
    """
    found = api.settle(contract, reading, period=period, providers=providers, buyers=buyers, progress=progress)
    shown = reports(contract, reading, found, language=language)
    told = tuple(settled_period(report, lines=lines) for report in shown)
    return Settlements(settlements=told, notes=observed([contract], reading, language or contract.language))


def explainers(
    contract: Contract, reading: Reading, shown: Iterable[Report], clause: str, *, deep: bool = False
) -> Iterator[Explainer]:
    """What explains a clause of each settlement.

    Args:
        contract, reading: what was settled, on which data.
        shown: its settlements, as `reports` gave them.
        clause: what `find_clause` takes.
        deep: whether the amounts of other clauses are followed down too.
    """
    for report in shown:
        one = find_clause(contract, report.settlement, clause)
        again = partial(api.explain, contract, reading, report.settlement)
        yield Explainer(report, contract.texts, one, again, follow=deep)


def explained(
    contract: Contract,
    reading: Reading,
    clause: str,
    *,
    period: Period = "",
    providers: Collection[str] = (),
    buyers: Collection[str] = (),
    depth: int = DEPTH,
    deep: bool = False,
    language: str = "",
    progress: Progress | None = None,
) -> Explanations:
    """How a clause's amount came about, down to the data, for each period and pair of parties.

    Args:
        contract, reading, period, providers, buyers, progress: those of `settle`.
        clause: its key, its label, or the end of its key, as far as only one clause has it.
        depth: how many levels to show.
        deep: whether the amounts of other clauses are followed down too.
        language: of the words, `sv` or `en`; the contract's own when empty.
    """
    found = api.settle(contract, reading, period=period, providers=providers, buyers=buyers, progress=progress)
    shown = reports(contract, reading, found, language=language)
    every = explainers(contract, reading, shown, clause, deep=deep)
    return Explanations(explanations=tuple(explained_clause(one, depth=depth) for one in every))
