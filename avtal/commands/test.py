"""`avtal test`: the worked examples of contracts and forms, and the expected settlement beside a contract."""

from __future__ import annotations

from pathlib import Path

import click

from avtal import api
from avtal.commands import PATHS, Manner, show, subcommand
from avtal.contract import Contract, load
from avtal.errors import AvtalError, UnreadableError
from avtal.progress import progress
from avtal.rendering.diagnostics import render
from avtal.rendering.terminal import BOLD, GREEN, RED, visible
from avtal.sources import texts
from dsl.spans import place


@subcommand("test", "Räkna räkneexemplen i avtal och bibliotek, och jämför med expected/settlement.csv där den finns.")
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=PATHS)
def command(manner: Manner, paths: tuple[Path, ...]) -> int:
    """Run the worked examples of contracts and library files, and compare with expected/settlement.csv where it is.

    A folder means every .avtal file in it.
    """
    code = 0
    passed = failed = 0
    own = []
    for file in [file for path in paths for file in texts(path)]:
        contract = None
        try:
            contract = load(file, language=manner.asked)
            own.append(contract.language)
            good, bad = _examples(contract, manner)
            passed, failed = passed + good, failed + bad
            good, bad = _expected(contract, manner)
            passed, failed = passed + good, failed + bad
        except AvtalError as error:
            show(error, manner, contract.language if contract is not None else "sv")
            code = max(code, 2 if isinstance(error, UnreadableError) else 1)
    paint = manner.out()
    told = (
        [f"{passed} stämmer", f"{failed} stämmer inte"]
        if manner.language("en" if set(own) == {"en"} else "sv") == "sv"
        else [f"{passed} hold", f"{failed} fail"]
    )
    colour = RED if failed else GREEN
    click.echo(paint(", ".join(told[: 2 if failed else 1]), BOLD, colour), color=paint.on)
    return max(code, 1 if failed else 0)


def _examples(contract: Contract, manner: Manner) -> tuple[int, int]:
    """How many examples hold and how many do not; each is told."""
    paint, language = manner.out(), manner.language(contract.language)
    texts_, good, bad = contract.texts, 0, 0
    for result in api.test(contract):
        line = place(texts_[result.span.file], result.span).line if result.span.file in texts_ else 0
        mark = paint("✓", GREEN) if result.ok else paint("✗", RED)
        click.echo(f"{mark} {contract.path}:{line} {visible(result.name)}", color=paint.on)
        if result.ok:
            good += 1
            continue
        bad += 1
        click.echo(render(result.diagnostics, texts_, language, paint), color=paint.on)
    return good, bad


def _expected(contract: Contract, manner: Manner) -> tuple[int, int]:
    """How many expected amounts come out and how many do not; those that do not are told."""
    paint, language = manner.out(), manner.language(contract.language)
    with progress(manner.colour) as tell:
        found = api.compare(contract, progress=tell)
    if found is None:
        return 0, 0
    mark = paint("✗", RED) if found.differences else paint("✓", GREEN)
    amounts = "belopp" if language == "sv" else "amounts"
    click.echo(f"{mark} {found.path}: {len(found.expected)} {amounts}", color=paint.on)
    for one in found.differences:
        click.echo(f"    {found.path.name}:{one.line} {visible(one.text(language))}", color=paint.on)
    return found.passed, found.failed
