"""`avtal new`: a folder with a contract that checks, tests and settles from the start."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from avtal.commands import PATHS, Manner, option, subcommand
from avtal.errors import UnreadableError
from avtal.templates import TEMPLATES
from dsl.layout import characters

USUAL = next(iter(TEMPLATES))
FIRST_YEAR, LAST_YEAR = 1900, 2099


@subcommand("new", "Skapa mappen NAME med ett avtal, underlag, kontrollräkning och en beskrivning att börja från.")
@click.argument("folder", metavar="NAME", type=PATHS)
@option(
    "--template",
    type=click.Choice(list(TEMPLATES)),
    default=USUAL,
    show_default=True,
    sv="Vad avtalet börjar från: targets (anslag och målersättning) eller drg.",
    en="What the contract starts from: targets (a block and pay for performance) or drg.",
)
@option(
    "--year",
    type=click.IntRange(FIRST_YEAR, LAST_YEAR),
    default=None,
    sv="Avtalets år; annars i år.",
    en="The contract's year; else this year.",
)
def command(manner: Manner, folder: Path, template: str, year: int | None) -> int:
    """Make the folder NAME with a contract, data, an expected settlement and a description to start from."""
    name = folder.resolve().name
    if not name or '"' in name or any(characters(name, "")):
        raise UnreadableError(
            f"{str(folder)!r} kan inte vara avtalets namn: använd bokstäver, siffror, blanksteg och bindestreck.",
            f"{str(folder)!r} can't be the contract's name: use letters, digits, blanks and hyphens.",
        )
    if folder.exists():
        raise UnreadableError(
            f"{folder} finns redan. Välj ett annat namn.", f"{folder} exists already. Choose another name."
        )
    shown = year or date.today().year  # noqa: DTZ011  (the year where the user sits)
    try:
        for file, text in TEMPLATES[template].items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("@NAME@", name).replace("@YEAR@", str(shown)), encoding="utf-8", newline="\n")
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableError(f"{folder} går inte att skapa: {reason}.", f"{folder} can't be made: {reason}.") from None
    written = f'"{folder}"' if " " in str(folder) else folder
    manner.say(
        f"{folder} är skapad. Fortsätt med: avtal settle {written} --period {shown}",
        f"{folder} is made. Go on with: avtal settle {written} --period {shown}",
    )
    return 0
