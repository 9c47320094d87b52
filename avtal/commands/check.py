"""`avtal check`: everything that is wrong in contracts, at once."""

from __future__ import annotations

from pathlib import Path

import click

from avtal.answers import Finding
from avtal.commands import PATHS, Manner, option, show, subcommand
from avtal.contract import load
from avtal.errors import UnreadableError
from avtal.findings import findings
from avtal.rendering.diagnostics import render, summary
from avtal.rendering.terminal import GREEN
from avtal.sources import texts


@subcommand("check", "Visa allt som är fel i avtal och biblioteksfiler. En mapp betyder alla .avtal-filer i den.")
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=PATHS)
@option("-O", "form", type=click.Choice(["text", "json"]), default="text", sv="Form.", en="Form of the output.")
@option("--strict", is_flag=True, sv="Räkna varningar som fel.", en="Let warnings count as errors.")
def command(manner: Manner, paths: tuple[Path, ...], form: str, strict: bool) -> int:  # noqa: FBT001
    """Show everything that is wrong in contracts and library files. A folder means every .avtal file in it."""
    code = 0
    told: list[Finding] = []
    paint = manner.out()
    for given in paths:
        try:
            files = texts(given)
        except UnreadableError as error:
            show(error, manner)
            code = 2
            continue
        for file in files:
            try:
                contract = load(file, language=manner.asked)
            except UnreadableError as error:
                show(error, manner)
                code = 2
                continue
            found, language = contract.diagnostics, manner.language(contract.language)
            known = contract.texts
            if any(d.is_error or strict for d in found):
                code = max(code, 1)
            if form == "json":
                told += findings(found, known, language)
                continue
            if found:
                click.echo(render(found, known, language, paint), color=paint.on)
            short = summary(found, language) or paint("utan anmärkning" if language == "sv" else "clean", GREEN)
            click.echo(f"{file}: {short}", color=paint.on)
    if form == "json":
        from avtal.structure import to_json

        click.echo(to_json(told), nl=False)
    return code
