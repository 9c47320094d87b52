"""`avtal explain`: from a clause's amount down to the data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from avtal import periods
from avtal.answering import explainers
from avtal.commands import PATHS, Manner, means, option, subcommand, what_to_settle, what_to_settle_with
from avtal.contract import Contract, load
from avtal.errors import AvtalError, UnreadableError
from avtal.line_search import Lookup
from avtal.lines import PaymentLine, every, text_hash
from avtal.reading import Reading
from avtal.reading.places import Database
from avtal.rendering.contact import contact_lines, unpaid
from avtal.rendering.explained import explanation, sum_explanation, sum_named
from avtal.rendering.explanation import DEPTH, Explainer
from avtal.rendering.report import Report
from avtal.rendering.terminal import visible
from avtal.settling import Asked, settled
from interpreter.core import Terms
from interpreter.facts import Row
from interpreter.settlement import ClauseResult, Status


@subcommand("explain", "Visa hur en posts belopp har uppstått, från beloppet ner till uppgiften i underlaget.")
@click.argument("path", metavar="CONTRACT", type=PATHS)
@click.argument("clause", metavar="[CLAUSE]", required=False, default="")
@what_to_settle
@what_to_settle_with
@option(
    "--contact",
    metavar="KEY",
    default="",
    sv="Visa vad som betalades för en rad i underlaget, efter dess nyckel.",
    en="Show what was paid for a row of the data, by its key.",
)
@option(
    "--lines",
    metavar="FILE.parquet",
    type=PATHS,
    default=None,
    sv="Ta betalningsraderna ur en fil (avtal settle --lines), utan att avräkna igen.",
    en="Take the payment lines from a file (avtal settle --lines), without settling again.",
)
@option(
    "--depth",
    type=click.IntRange(1, 100),
    default=DEPTH,
    show_default=True,
    sv="Hur många nivåer som visas.",
    en="How many levels to show.",
)
@option(
    "--deep",
    is_flag=True,
    sv="Följ också andra posters belopp ner.",
    en="Follow the amounts of other clauses down too.",
)
def command(
    manner: Manner,
    path: Path,
    clause: str,
    data: tuple[Path | Database, ...],
    mapping: Path | None,
    period: str,
    providers: tuple[str, ...],
    buyers: tuple[str, ...],
    engine: str,
    spill: Path | None,
    memory: int | None,
    no_snapshot: bool,  # noqa: FBT001
    contact: str,
    lines: Path | None,
    depth: int,
    deep: bool,  # noqa: FBT001
) -> int:
    """Show how a clause's amount came about, from the amount down to the datum.

    CLAUSE is the clause's key, or its label, or the end of its key, as far as only one clause has it. It may also be
    the name of a subtotal, `base` or `total`. With --contact instead: what was paid for one contact, line by line.
    """
    with_ = means(engine, spill, memory, no_snapshot=no_snapshot)
    asked = Asked(data, mapping, period, providers, buyers, with_, one_by_one=True)
    if bool(clause) == bool(contact):
        raise UnreadableError(
            "Ange antingen en post eller --contact med en kontakts nyckel.",
            "Give either a clause or --contact with the key of a contact.",
        )
    if contact:
        return _contact(manner, path, asked, contact, lines)
    if lines is not None:
        raise UnreadableError(
            "--lines hör ihop med --contact: en fil med betalningsrader har inte hur en hel post uppstod.",
            "--lines belongs to --contact: a file of payment lines does not hold how a whole clause came about.",
        )
    done = settled(path, asked, manner)
    contract = done.contract
    paint = manner.out()
    code = 0
    for at, report in enumerate(done.reports):
        parties = ", ".join(filter(None, (report.party("buyer"), report.party("provider"), report.period)))
        found = sum_named(report, clause)
        if found is not None:

            def of_clause(one: ClauseResult, report: Report = report) -> Explainer:
                return next(explainers(contract, done.reading, [report], one.key, deep=deep))

            shown = sum_explanation(report, found, of_clause, depth=depth, deep=deep, paint=paint)
            settled_ = found.amount is not None
        else:
            explainer = next(explainers(contract, done.reading, [report], clause, deep=deep))
            shown = explanation(explainer, depth=depth, paint=paint)
            settled_ = explainer.clause.status is Status.SETTLED
        click.echo(("\n" if at else "") + parties, color=paint.on)
        click.echo(shown, nl=False, color=True)
        code = code if settled_ else 1
    return code


def _contact(manner: Manner, path: Path, asked: Asked, contact: str, file: Path | None) -> int:
    """Show what was paid for a contact, from a file of lines or from a settlement made now."""
    same, rows, unsaid = True, None, False
    reports: Sequence[Report] = ()
    if file is None:
        done = settled(path, asked, manner)
        contract, reports = done.contract, done.reports
        found = [line for line in every([(contract, [r.settlement for r in done.reports])]) if line.contact == contact]
        rows = _rows(contract, done.reading, contact) if not found else None
    else:
        if asked.data or asked.mapping:
            raise UnreadableError(
                "--data och --mapping behövs inte med --lines: inget avräknas igen.",
                "--data and --mapping are not needed with --lines: nothing is settled again.",
            )
        lookup = Lookup(file, contact)
        contract = load(path, language=manner.asked)
        name = contract.program.terms.name
        lines, made_from = lookup.result()
        hashes = made_from.get(name, "").split()
        parties = contract.program.terms if len(hashes) > 1 else None  # others have the same name
        found = [line for line in lines if line.contract == name and _asked_for(line, asked) and _of(line, parties)]
        if not found and (others := sorted({line.contract for line in lines} - {name})):
            manner.say(
                f"Nyckeln {contact} har rader enligt andra avtal i filen: {', '.join(others)}.",
                f"The key {contact} has lines by other contracts in the file: {', '.join(others)}.",
                contract.language,
            )
        if made_from and name not in made_from:
            made = ", ".join(sorted(map(visible, made_from)))
            raise AvtalError(
                f"{file} har inga rader enligt avtalet {visible(name)}, bara enligt {made}.",
                f"{file} has no lines by the contract {visible(name)}, only by {made}.",
            )
        unsaid = not any(line.contract == name for line in lines)
        same = not hashes or text_hash(contract) in hashes
    language = manner.language(contract.language)
    if not same:
        manner.say(
            "Avtalet eller biblioteket har ändrats sedan raderna skrevs: deras belopp visas, men inte textens rader.",
            "The contract or the library has changed since the lines were written: "
            "their amounts are shown, but not the lines of the text.",
            contract.language,
        )
    if not found:
        why = partial(unpaid, contract, contact, rows=rows, unsaid=unsaid, reports=reports)
        raise AvtalError(why("sv"), why("en"))
    paint = manner.out()
    shown = contact_lines(contract, found, language, paint, quote=same, reports=reports)
    click.echo(shown, nl=False, color=True)
    return 0


def _rows(contract: Contract, reading: Reading, contact: str) -> list[Row] | None:
    """The rows of the data that have a key; `None` where that is not found without reading them all."""
    from avtal.contacts import keyed
    from avtal.engines.choice import said

    with said():
        return keyed(contract, reading, contact)


def _of(line: PaymentLine, terms: Terms | None) -> bool:
    """Whether a line is of a contract's parties; of anybody's when they are not given."""
    if terms is None:
        return True
    buyers, providers = ([code for _, code in some] or [""] for some in (terms.buyers, terms.providers))
    return line.buyer in buyers and line.provider in providers


def _asked_for(line: PaymentLine, asked: Asked) -> bool:
    """Whether a line is of the days and parties asked for."""
    start, end = periods.parse(asked.period) if asked.period else (line.start, line.end)
    within = start <= line.end and line.start <= end
    return (
        within
        and line.provider in (asked.providers or (line.provider,))
        and line.buyer in (asked.buyers or (line.buyer,))
    )
