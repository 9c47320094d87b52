"""`avtal settle`: what is to be paid, as a table to sign or for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from avtal import api
from avtal.commands import PATHS, Manner, means, option, show, subcommand, what_to_settle, what_to_settle_with
from avtal.commands.settling import Asked, Settled, settled_all
from avtal.errors import AvtalError, UnreadableError
from avtal.progress import progress
from avtal.reading.places import Database
from avtal.rendering.settlement import Report, table
from avtal.sources import contracts
from interpreter.settlement import Trace

FORMS = ("table", "json", "csv", "xlsx")
ENDINGS = {".txt": "table", ".json": "json", ".csv": "csv", ".xlsx": "xlsx"}


@subcommand("settle", "Räkna ut vad som ska betalas. En mapp utan eget avtal betyder avtalen i mapparna under den.")
@click.argument("paths", metavar="CONTRACT…", nargs=-1, required=True, type=PATHS)
@what_to_settle
@what_to_settle_with
@option(
    "-O",
    "form",
    type=click.Choice(FORMS),
    default=None,
    sv="Form; annars efter filens ändelse.",
    en="Form; else by the file's ending.",
)
@option(
    "-o",
    "output",
    type=PATHS,
    default=None,
    sv="Skriv till en fil (.txt, .json, .csv, .xlsx).",
    en="Write to a file (.txt, .json, .csv, .xlsx).",
)
@option("--show-lines", is_flag=True, sv="Visa också betalningsraderna.", en="Show the payment lines too.")
@option(
    "--lines",
    "lines_file",
    metavar="FILE.parquet",
    type=PATHS,
    default=None,
    sv="Skriv betalningsraderna till en Parquet-fil vid sidan av.",
    en="Write the payment lines to a Parquet file beside the settlement.",
)
def command(
    manner: Manner,
    paths: tuple[Path, ...],
    data: tuple[Path | Database, ...],
    mapping: Path | None,
    period: str,
    providers: tuple[str, ...],
    buyers: tuple[str, ...],
    engine: str,
    spill: Path | None,
    memory: int | None,
    no_snapshot: bool,  # noqa: FBT001
    form: str | None,
    output: Path | None,
    show_lines: bool,  # noqa: FBT001
    lines_file: Path | None,
) -> int:
    """Work out what is to be paid. A folder without a contract of its own means those of the folders below it.

    The table goes to standard output; what stands in the way goes to standard error. The exit code is 1 when any
    clause is not settled.
    """
    asked = form or _by_ending(output)
    if lines_file is not None:
        from avtal.lines import check_name

        check_name(lines_file)
    what = Asked(data, mapping, period, providers, buyers, means(engine, spill, memory, no_snapshot=no_snapshot))
    code = 0
    done: list[Settled] = []
    for found in settled_all([file for path in paths for file in contracts(path)], what, manner):
        if isinstance(found, AvtalError):
            show(found, manner)
            code = max(code, 2 if isinstance(found, UnreadableError) else 1)
        else:
            done.append(found)
    reports = [report for one in done for report in one.reports]
    if reports:
        _write(manner, done, asked, output, lines=show_lines)
        if lines_file is not None:
            from avtal.lines import write

            write(lines_file, [(one.contract, [report.settlement for report in one.reports]) for one in done])
    if any(report.settlement.failures or report.settlement.total is None for report in reports):
        code = max(code, 1)
    return code


def _by_ending(output: Path | None) -> str:
    if output is None:
        return "table"
    found = ENDINGS.get(output.suffix.lower())
    if found is None:
        known = ", ".join(ENDINGS)
        raise UnreadableError(
            f"{output}: ändelsen säger ingen form. Sluta namnet med {known}, eller ange -O.",
            f"{output}: the ending says no form. End the name with {known}, or give -O.",
        )
    return found


def _write(manner: Manner, done: list[Settled], form: str, output: Path | None, *, lines: bool) -> None:
    reports = [report for one in done for report in one.reports]
    if form == "xlsx":
        _workbook(manner, done, output)
        return
    if form == "json":
        from avtal.rendering.machine import as_json

        text = as_json(reports, lines=lines)
    elif form == "csv":
        from avtal.rendering.machine import as_csv

        text = as_csv(reports, lines=lines)
    else:
        paint = manner.out() if output is None else None
        text = "\n\n".join(table(report, paint, lines=lines) for report in reports)
        _reasons(manner, done)
    if output is None:
        click.echo(text, nl=False, color=True)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise _unwritable(output, error) from None


def _reasons(manner: Manner, done: list[Settled]) -> None:
    """Show, once each, the places in the contract where settling stopped."""
    from avtal.rendering.stuck import stuck

    paint = manner.err()
    for one in done:
        for text in stuck(one.reports, one.contract.texts, paint):
            click.echo(text, err=True, color=paint.on)


def _workbook(manner: Manner, done: list[Settled], output: Path | None) -> None:
    from avtal.rendering.workbook import workbook

    if output is None:
        raise UnreadableError(
            "En arbetsbok skrivs till en fil: ange -o avräkning.xlsx.",
            "A workbook is written to a file: give -o settlement.xlsx.",
        )
    reports = [report for one in done for report in one.reports]
    owner = {id(report): one for one in done for report in one.reports}
    texts = {at: owner[id(report)].contract.texts for at, report in enumerate(reports)}
    total = sum(len(report.settlement.clauses) for report in reports)
    count = 0
    with progress(manner.colour) as tell:

        def explain(report: Report, key: str) -> Trace:
            nonlocal count
            count += 1
            tell(key, count, max(count, total))
            one = owner[id(report)]
            return api.explain(one.contract, one.reading, report.settlement, key)

        try:
            workbook(output, reports, texts, explain)
        except OSError as error:
            raise _unwritable(output, error) from None


def _unwritable(output: Path, error: OSError) -> UnreadableError:
    reason = error.strerror or str(error)
    return UnreadableError(f"{output} går inte att skriva: {reason}.", f"{output} can't be written: {reason}.")
