"""`avtal diff`: what a change of a contract means, clause by clause, and what it comes to in kronor."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from avtal.commands import NAMES, PATHS, Manner, option, show, subcommand, what_to_settle
from avtal.diffing.difference import Difference
from avtal.diffing.pairs import Pair, revisions, sides
from avtal.engines.means import AUTO, Means
from avtal.errors import AvtalError, UnreadableError
from avtal.output import check_apart, check_folder, files_read, write_text
from avtal.rendering.terminal import BOLD, Paint, visible
from avtal.sources import modules

FORMS = ("text", "markdown", "json")
ENDINGS = {".txt": "text", ".md": "markdown", ".json": "json"}
FAILED = 2


@subcommand("diff", "Visa vad en ändring betyder, post för post, och vad den kostar i kronor.")
@click.argument("asked", metavar="OLD NEW", nargs=-1, type=NAMES)
@option(
    "--git",
    "compared",
    nargs=2,
    default=None,
    metavar="OLD NEW",
    sv="Två revisioner; sökvägarna säger vad i dem.",
    en="Two revisions; the paths say what in them.",
)
@what_to_settle
@option("--no-data", is_flag=True, sv="Bara betydelsen, inga kronor.", en="The meaning alone, no kronor.")
@option("--old-library", type=PATHS, sv="Biblioteket som det gamla läses med.", en="The library to read the old with.")
@option("--new-library", type=PATHS, sv="Biblioteket som det nya läses med.", en="The library to read the new with.")
@option("--driver", is_flag=True, hidden=True, sv="Som git anropar den.", en="As git calls it.")
@option("--textconv", is_flag=True, hidden=True, sv="Som git anropar den.", en="As git calls it.")
@option("--shown-at", default="", hidden=True, sv="Som git difftool anropar den.", en="As git difftool calls it.")
@option("--exit-code", is_flag=True, sv="Sluta med 1 om något är ändrat.", en="End with 1 when something changed.")
@option("-O", "form", type=click.Choice(FORMS), default=None, sv="Form; annars efter -o.", en="Form; else by -o.")
@option("-o", "output", type=PATHS, default=None, sv="Skriv till fil (.txt, .md, .json).", en="Write to a file.")
def command(
    manner: Manner,
    asked: tuple[str, ...],
    compared: tuple[str, str] | None,
    data: tuple[Path, ...],
    mapping: Path | None,
    period: str,
    providers: tuple[str, ...],
    buyers: tuple[str, ...],
    no_data: bool,  # noqa: FBT001
    old_library: Path | None,
    new_library: Path | None,
    driver: bool,  # noqa: FBT001
    textconv: bool,  # noqa: FBT001
    shown_at: str,
    exit_code: bool,  # noqa: FBT001
    form: str | None,
    output: Path | None,
) -> int:
    """Show what a change means, clause by clause, and what it comes to in kronor.

    OLD and NEW are contract files, folders, or `REV:path` for a contract as it stood in a git revision. With --git they
    are two revisions of what the paths name. Kronor are shown on the data given, or on those beside the contract.

    The exit code is 0, and 2 when the two could not be compared; with --exit-code it is 1 when something changed.
    """
    from avtal import api

    if driver or textconv or shown_at:
        return _for_git(manner, asked, shown_at, convert=textconv)
    if compared is None and len(asked) != 2:
        raise UnreadableError(
            "Ange två avtal att jämföra: avtal diff GAMMALT NYTT.", "Give two contracts to compare: avtal diff OLD NEW."
        )
    if output is not None:
        check_folder(output)
    shape = form or (ENDINGS.get(output.suffix.lower(), "text") if output is not None else "text")
    failed = False
    found: list[Difference] = []
    with tempfile.TemporaryDirectory(prefix="avtal-") as folder:
        into = Path(folder)
        pairs: list[Pair] = (
            revisions(*compared, asked, into, manner.asked)
            if compared is not None
            else sides(asked[0], asked[1], into, (old_library, new_library), manner.asked)
        )
        libraries = [folder for folder in (old_library, new_library) if folder is not None]
        read: list[Path | str] = [file for folder in libraries for file in modules(folder)]
        for pair in pairs:
            known = data or ((pair.data,) if pair.data is not None else ())
            read += pair.files
            try:
                both = [side() if side is not None else None for side in (pair.old, pair.new)]
                read += files_read([one for one in both if one is not None], known, mapping) if output else ()
                found.append(
                    api.diff(
                        *both,
                        data=None if no_data or not known else known,
                        mapping=mapping,
                        period=period,
                        providers=providers,
                        buyers=buyers,
                        means=Means(engine=AUTO),
                    )
                )
            except AvtalError as error:
                failed = True
                show(error, manner)
        text = _written(found, shape, manner, to_file=output is not None)
        if failed and not found:
            return FAILED
        check_apart([output] if output is not None else [], read)
    _put(text, output)
    failed = failed or any(one.effect is not None and one.effect.failures for one in found)
    return FAILED if failed else int(exit_code and any(one.changed for one in found))


def _for_git(manner: Manner, asked: tuple[str, ...], shown_at: str, *, convert: bool) -> int:
    """What git asks for; it gives up when a driver fails, so that what is wrong is part of what is shown."""
    from avtal.diffing.driver import driven, told, version

    with tempfile.TemporaryDirectory(prefix="avtal-") as folder:
        into = Path(folder)
        if convert and len(asked) == 1:
            shown = told(Path(asked[0]), into, manner.asked)
        elif shown_at and len(asked) == 2:
            shown = driven(
                version(shown_at, asked[0], ""), version(shown_at, asked[1], ""), into, manner.out(), manner.asked
            )
        elif len(asked) >= 7:
            path, old, old_blob, _, new, new_blob, _, *more = asked
            sides = version(path, old, old_blob), version(more[0] if more else path, new, new_blob)
            shown = driven(*sides, into, for_pager(manner), manner.asked)
        else:
            shown = f"* Unmerged path {asked[0]}\n" if asked else ""
    click.echo(shown, nl=False, color=True)
    return 0


def for_pager(manner: Manner) -> Paint:
    """Colours as git itself has them: its pager is no terminal, but shows them."""
    if manner.colour is not None or not os.environ.get("GIT_PAGER_IN_USE") or os.environ.get("NO_COLOR"):
        return manner.out()
    from avtal.diffing.git import text

    return Paint(text("config", "--get-colorbool", "color.diff", "true") == "true")


def _written(found: Sequence[Difference], shape: str, manner: Manner, *, to_file: bool) -> str:
    """The differences in the form asked for."""
    if shape == "json":
        from attrs import asdict

        from avtal.diffing.answer import differed

        answers = [asdict(differed(one, language=manner.asked)) for one in found]
        return json.dumps({"differences": answers}, ensure_ascii=False, indent=2) + "\n"
    if shape == "markdown":
        from avtal.rendering.difference_markdown import markdown

        return markdown(found, manner.asked)
    from avtal.rendering.difference_text import text

    paint = Paint() if to_file else manner.out()
    several = len(found) > 1
    parts = []
    for one in found:
        head = paint(f"── {visible(one.name)}", BOLD) + "\n" if several else ""
        parts.append(head + text(one, manner.language(one.language), paint))
    return "\n".join(parts)


def _put(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False, color=True)
        return
    write_text(output, text)
