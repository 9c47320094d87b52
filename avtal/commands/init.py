"""`avtal init --git`: lets git show what a change of a contract means, and check contracts before a commit."""

from __future__ import annotations

from pathlib import Path

import click

from avtal.commands import Manner, option, subcommand
from avtal.errors import UnreadableError


@subcommand("init", "Ställ in git så att `git diff` visar vad en ändring av ett avtal betyder och kostar.")
@option("--git", "for_git", is_flag=True, sv="Ställ in git i den här mappen.", en="Set up git in this folder.")
@option("--hook", is_flag=True, sv="Kontrollera avtal före varje commit.", en="Check contracts before each commit.")
@option("--undo", is_flag=True, sv="Ta bort det som ställdes in.", en="Take away what was set up.")
def command(manner: Manner, for_git: bool, hook: bool, undo: bool) -> int:  # noqa: FBT001
    """Let `git diff`, `git log -p` and `git difftool` show what a change of a contract means and costs.

    Writes a line in .gitattributes, which belongs in the repository, and settings for this clone alone. Doing it again
    changes nothing. --hook adds a pre-commit hook that checks, lays out and tests what is about to be committed.
    """
    from avtal.diffing.setup import install, remove

    if not for_git:
        raise UnreadableError("Ange vad som ska ställas in: avtal init --git.", "Say what to set up: avtal init --git.")
    done = remove(Path.cwd()) if undo else install(Path.cwd(), hook=hook)
    sv = manner.language() != "en"
    for step in done:
        click.echo(f"{step.sv if sv else step.en}")
    return 0
