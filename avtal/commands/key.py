"""`avtal key`: the keys of `avtal serve`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from avtal.commands import PATHS, Group, Manner, option, shared, subcommand
from avtal.errors import UnreadableError
from avtal.rendering.terminal import visible

SCOPES = ("read", "settle")


@click.group("key", cls=Group, help="Nycklar till avtal serve: gör, visa och ta bort.")
@shared
def command() -> None:
    """Keys for avtal serve: make, list and take away."""


def _file(function: Callable[..., int]) -> Callable[..., int]:
    return option(
        "--keys",
        type=PATHS,
        default=Path("avtal-keys.json"),
        show_default=True,
        sv="Filen med nycklar.",
        en="The file of keys.",
    )(function)


@subcommand("new", "Gör en nyckel. Den skrivs ut en gång; filen har bara ett kondensat av den.")
@option("--name", required=True, sv="Vems den är.", en="Whose it is.")
@option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(SCOPES),
    sv="Vad den får: read (läsa), settle (räkna av). Kan anges flera gånger.",
    en="What it may: read, settle. May be given several times.",
)
@option(
    "--region",
    "regions",
    multiple=True,
    required=True,
    sv="Koden för en beställare som den får se; * är alla. Kan anges flera gånger.",
    en="The code of a buyer that it may see; * is all. May be given several times.",
)
@_file
def new(manner: Manner, name: str, scopes: tuple[str, ...], regions: tuple[str, ...], keys: Path) -> int:
    """Make a key. It is printed once; the file has only a digest of it."""
    from avtal.server import keys as ring

    known = ring.read(keys) if keys.exists() else ()
    token, made = ring.make(name, scopes, regions, now=datetime.now(UTC))
    ring.write(keys, (*known, made))
    click.echo(token)
    manner.say(
        f"Nyckeln {made.id} är lagd i {keys}. Spara den nu: den visas inte igen.",
        f"The key {made.id} is in {keys}. Save it now: it is not shown again.",
    )
    return 0


@subcommand("list", "Visa nycklarna: namn, vad de får och när de gjordes, aldrig nycklarna själva.")
@_file
def list_(manner: Manner, keys: Path) -> int:
    """Show the keys: names, what they may and when they were made, never the keys themselves."""
    from avtal.server import keys as ring

    del manner
    for key in ring.read(keys):
        regions = ", ".join(map(visible, key.regions))
        click.echo(f"{key.id}  {key.created}  {', '.join(key.scopes)}  {regions}  {visible(key.name)}")
    return 0


@subcommand("revoke", "Ta bort en nyckel. Servern släpper inte längre in den.")
@click.argument("identity", metavar="ID")
@_file
def revoke(manner: Manner, identity: str, keys: Path) -> int:
    """Take a key away. The server no longer lets it in."""
    from avtal.server import keys as ring

    known = ring.read(keys)
    left = [key for key in known if key.id != identity]
    if len(left) == len(known):
        raise UnreadableError(
            f"{keys} har ingen nyckel {identity!r}. Visa dem med avtal key list.",
            f"{keys} has no key {identity!r}. Show them with avtal key list.",
        )
    ring.write(keys, left)
    manner.say(f"Nyckeln {identity} är borttagen.", f"The key {identity} is taken away.")
    return 0


command.add_command(new)
command.add_command(list_)
command.add_command(revoke)
