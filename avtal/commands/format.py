"""`avtal format`: the canonical layout of contracts, and their words in the other language."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from avtal.api import format_text
from avtal.commands import PATHS, Manner, option, show, subcommand
from avtal.errors import AvtalError, UnreadableError
from avtal.output import write_text
from avtal.rendering.terminal import BOLD, GREEN, RED, visible
from avtal.sources import read_text, texts
from dsl.words import language_of


@subcommand("format", "Skriv avtal i sin givna form, i filerna själva. En mapp betyder alla .avtal-filer i den.")
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=PATHS)
@option(
    "--check",
    "only",
    is_flag=True,
    sv="Ändra inget; säg vilka som skulle ändras.",
    en="Change nothing; say which would change.",
)
@option("--diff", is_flag=True, sv="Ändra inget; visa ändringarna.", en="Change nothing; show the changes.")
@option(
    "--to",
    type=click.Choice(["sv", "en"]),
    default=None,
    sv="Skriv om orden till språket.",
    en="Turn the words into the language.",
)
def command(manner: Manner, paths: tuple[Path, ...], only: bool, diff: bool, to: str | None) -> int:  # noqa: FBT001
    """Lay contracts out in their canonical form, in the files themselves. A folder means every .avtal file in it.

    The file - is standard input, which is written to standard output.
    """
    code = 0
    for given in paths:
        try:
            files = [given] if str(given) == "-" else texts(given)
        except UnreadableError as error:
            show(error, manner)
            code = 2
            continue
        for file in files:
            try:
                changed = _one(manner, file, only=only, diff=diff, to=to or "")
            except AvtalError as error:
                show(error, manner)
                code = max(code, 2 if isinstance(error, UnreadableError) else 1)
                continue
            if changed and (only or diff):
                code = max(code, 1)
    return code


def _one(manner: Manner, file: Path, *, only: bool, diff: bool, to: str) -> bool:
    """Format one file; whether it changes."""
    piped = str(file) == "-"
    before = sys.stdin.read() if piped else read_text(file)[0]
    after = format_text(before, file="" if piped else str(file), to=to)
    if diff:
        _show(manner, file, before, after)
    if piped and not only and not diff:
        click.echo(after, nl=False)
    elif after != before and not only and not diff:
        write_text(file, after)
        manner.say(f"{file}: omskriven", f"{file}: laid out anew", language_of(after))
    elif after != before and only:
        manner.say(f"{file}: skulle skrivas om", f"{file}: would be laid out anew", language_of(before))
    return after != before


def _show(manner: Manner, file: Path, before: str, after: str) -> None:
    paint = manner.out()
    colours = {"+": (GREEN,), "-": (RED,), "@": (BOLD,)}
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), str(file), str(file), lineterm="")
    for line in lines:
        click.echo(paint(visible(line), *colours.get(line[:1], ("0",))), color=paint.on)
