"""`avtal settle`: what is to be paid, as a table to sign or for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from avtal.commands import PATHS, Manner, means, option, subcommand, what_to_settle, what_to_settle_with
from avtal.reading.places import Database
from avtal.settling import FORMS, Asked, settle


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
@option(
    "--refuse-outside",
    is_flag=True,
    sv="Räkna inte om rader ligger utanför avtalets tid, där inget i avtalet ser dem; annars räknas de som utanför.",
    en="Refuse rows outside the contract's days, where nothing in it looks at them; else they are counted as outside.",
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
    refuse_outside: bool,  # noqa: FBT001
    show_lines: bool,  # noqa: FBT001
    lines_file: Path | None,
) -> int:
    """Work out what is to be paid. A folder without a contract of its own means those of the folders below it.

    The table goes to standard output; what stands in the way goes to standard error. The exit code is 1 when any
    clause is not settled.
    """
    with_ = means(engine, spill, memory, no_snapshot=no_snapshot)
    what = Asked(data, mapping, period, providers, buyers, with_, refuse_outside)
    return settle(manner, paths, what, form=form, output=output, show_lines=show_lines, lines_file=lines_file)
