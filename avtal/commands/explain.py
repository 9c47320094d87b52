"""`avtal explain`: from a clause's amount down to the data."""

from __future__ import annotations

from pathlib import Path

import click

from avtal.answering import explainers
from avtal.commands import PATHS, Manner, option, subcommand, what_to_settle
from avtal.commands.settling import Asked, settled
from avtal.rendering.explanation import DEPTH, explanation
from interpreter.settlement import Status


@subcommand("explain", "Visa hur en posts belopp har uppstått, från beloppet ner till uppgiften i underlaget.")
@click.argument("path", metavar="CONTRACT", type=PATHS)
@click.argument("clause", metavar="CLAUSE")
@what_to_settle
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
    data: tuple[Path, ...],
    mapping: Path | None,
    period: str,
    providers: tuple[str, ...],
    buyers: tuple[str, ...],
    depth: int,
    deep: bool,  # noqa: FBT001
) -> int:
    """Show how a clause's amount came about, from the amount down to the datum.

    CLAUSE is the clause's key, or its label, or the end of its key, as far as only one clause has it.
    """
    done = settled(path, Asked(data, mapping, period, providers, buyers), manner)
    contract = done.contract
    paint = manner.out()
    code = 0
    for at, explainer in enumerate(explainers(contract, done.reading, done.reports, clause, deep=deep)):
        report = explainer.report
        parties = ", ".join(filter(None, (report.party("buyer"), report.party("provider"), report.period)))
        click.echo(("\n" if at else "") + parties, color=paint.on)
        shown = explanation(explainer, depth=depth, paint=paint)
        click.echo(shown, nl=False, color=True)
        code = code if explainer.clause.status is Status.SETTLED else 1
    return code
