"""`avtal report`: what a follow-up meeting looks at, as tables, CSV, a workbook or pictures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from avtal.commands import PATHS, Manner, option, subcommand, what_to_settle
from avtal.errors import UnreadableError
from avtal.output import check_output, replaced, unwritable, write_text
from avtal.reading.places import Database
from avtal.reports.view import Table, View
from avtal.settling import Asked, by_ending, settled

FORMS = ("table", "csv", "xlsx", "svg")
ENDINGS = {".txt": "table", ".csv": "csv", ".xlsx": "xlsx"}
KINDS = ("production", "dearest", "billing", "fulfilment", "mix", "review", "status", "curves")


@subcommand(
    "report",
    "Visa det som ett uppföljningsmöte tittar på. KIND är production (produktion och fakturering), "
    "dearest (dyraste raderna), billing (debiteringstyper), fulfilment (måluppfyllelse), mix (blandningen), "
    "review (svagheter att gå igenom), status (det som inte är pengar) eller curves (kurvor).",
)
@click.argument("path", metavar="CONTRACT", type=PATHS)
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@option("--by", multiple=True, sv="Kolumn att dela upp på (production).", en="A column to divide by (production).")
@option(
    "--top",
    type=click.IntRange(1, 10_000),
    default=None,
    sv="Hur många som visas (production, dearest).",
    en="How many to show (production, dearest).",
)
@what_to_settle
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
    sv="Skriv till en fil (.txt, .csv, .xlsx), eller till en mapp för bilder.",
    en="Write to a file (.txt, .csv, .xlsx), or to a folder for pictures.",
)
def command(
    manner: Manner,
    path: Path,
    kind: str,
    by: tuple[str, ...],
    top: int | None,
    data: tuple[Path | Database, ...],
    mapping: Path | None,
    period: str,
    providers: tuple[str, ...],
    buyers: tuple[str, ...],
    form: str | None,
    output: Path | None,
) -> int:
    """Show what a follow-up meeting looks at.

    KIND is production (production and invoicing), dearest (the dearest lines), billing (billing types), fulfilment
    (of goals), mix (of forms, structure, process and outcome), review (weaknesses to talk over), status (what is not
    money) or curves (payment against a result or a volume). The exit code is 1 when any clause is not settled: it is
    then in no sum, and a note says so.
    """
    wanted = form or ("svg" if kind == "curves" and output and not output.suffix else by_ending(output, ENDINGS))
    if wanted != "svg":
        check_output(output, wanted)
    written = (output,) if output is not None else ()
    done = settled(path, Asked(data, mapping, period, providers, buyers, outputs=written), manner)
    view = View(done.contract, done.reading, done.reports, manner.language(done.contract.language))
    if wanted == "svg":
        _pictures(view, kind, output)
    else:
        _tables(manner, view, MADE[kind](view, by, top), wanted, output)
    return 1 if view.lacking() else 0


def _production(view: View, by: Sequence[str], top: int | None) -> tuple[Table, ...]:
    from avtal.reports.production import TOP, production

    return production(view, by=by, top=top or TOP)


def _dearest(view: View, by: Sequence[str], top: int | None) -> tuple[Table, ...]:
    del by
    from avtal.reports.dearest import TOP, dearest

    return dearest(view, top=top or TOP)


def _billing(view: View, by: Sequence[str], top: int | None) -> tuple[Table, ...]:
    del by, top
    from avtal.reports.billing import billing

    return billing(view)


def _fulfilment(view: View, by: Sequence[str], top: int | None) -> tuple[Table, ...]:
    del by, top
    from avtal.reports.fulfilment import fulfilment

    return fulfilment(view)


def _mix(view: View, by: Sequence[str], top: int | None) -> tuple[Table, ...]:
    del by, top
    from avtal.reports.mix import mix

    return mix(view)


def _review(view: View, by: Sequence[str], top: int | None) -> tuple[Table, ...]:
    del by, top
    from avtal.reports.review import review

    return review(view)


def _status(view: View, by: Sequence[str], top: int | None) -> tuple[Table, ...]:
    del by, top
    from avtal.reports.status import status

    return status(view)


def _curves(view: View, by: Sequence[str], top: int | None) -> tuple[Table, ...]:
    del by, top
    from avtal.reports.curves import curves
    from avtal.reports.points import points

    return tuple(points(view, curve) for curve in curves(view) if curve.turns)


MADE: dict[str, Callable[[View, Sequence[str], int | None], tuple[Table, ...]]] = {
    "production": _production,
    "dearest": _dearest,
    "billing": _billing,
    "fulfilment": _fulfilment,
    "mix": _mix,
    "review": _review,
    "status": _status,
    "curves": _curves,
}


def _tables(manner: Manner, view: View, tables: Sequence[Table], form: str, output: Path | None) -> None:
    from avtal.rendering import tables as shown

    if not tables:
        manner.say(
            "Avtalet har inget att visa i den rapporten. För production kan en kolumn anges med --by.",
            "The contract has nothing to show in that report. For production, a column can be given with --by.",
        )
    if form == "xlsx" and output is not None:
        with replaced(output) as half:
            shown.workbook(half, tables)
        return
    if form == "csv":
        text = shown.as_csv(tables)
    else:
        paint = manner.out() if output is None else None
        text = "".join(f"{shown.text(table, view.language, paint)}\n\n" for table in tables)
    if output is None:
        click.echo(text, nl=False, color=True)
        return
    write_text(output, text)


def _pictures(view: View, kind: str, output: Path | None) -> None:
    from avtal.rendering.plots import svg
    from avtal.reports.curves import curves

    if kind != "curves" or output is None:
        raise UnreadableError(
            "Bilder görs av rapporten curves och skrivs till en mapp: avtal report AVTAL curves -O svg -o MAPP.",
            "Pictures are made by the report curves, into a folder: avtal report CONTRACT curves -O svg -o FOLDER.",
        )
    try:
        output.mkdir(parents=True, exist_ok=True)
        for curve in curves(view):
            if curve.turns:
                (output / f"{_file(curve.title)}.svg").write_text(svg(curve), encoding="utf-8", newline="")
    except OSError as error:
        raise unwritable(output, error) from None


def _file(title: str) -> str:
    """A title as a plain file name."""
    flat = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", flat).strip("-")[:100]
