"""The command line: the commands by name, what they share, and how they end.

Exit codes: 0 clean, 1 findings, 2 usage or unreadable input, 130 interrupted. Data go to standard output, the rest to
standard error. No input makes a traceback. Each command's module is imported when the command is called.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

import click

from avtal.commands import Group, english, shared, show_version

FINDINGS, UNUSABLE, INTERRUPTED = 1, 2, 130
COMMANDS = {
    "new": ("Skapa en mapp med ett avtal att börja från.", "Make a folder with a contract to start from."),
    "check": ("Visa allt som är fel i avtal.", "Show everything that is wrong in contracts."),
    "format": ("Skriv avtal i sin givna form, på svenska eller engelska.", "Lay contracts out, in Swedish or English."),
    "test": ("Räkna räkneexemplen och kontrollräkningen.", "Run the worked examples and the expected settlement."),
    "settle": ("Räkna ut vad som ska betalas.", "Work out what is to be paid."),
    "report": ("Visa det som ett uppföljningsmöte tittar på.", "Show what a follow-up meeting looks at."),
    "diff": ("Visa vad en ändring betyder, och vad den kostar.", "Show what a change means, and what it costs."),
    "init": ("Ställ in git för avtal.", "Set up git for contracts."),
    "explain": ("Visa hur en posts belopp har uppstått.", "Show how a clause's amount came about."),
    "serve": ("Svara över HTTP.", "Answer over HTTP."),
    "key": ("Gör, visa och ta bort nycklar till servern.", "Make, list and take away keys of the server."),
}


class _Lazy(Group):
    """The commands, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order one meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"avtal.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        at = 1 if english(ctx) else 0
        with formatter.section(("Kommandon", "Commands")[at]):
            formatter.write_dl([(name, texts[at]) for name, texts in COMMANDS.items()])


@click.group(
    "avtal",
    cls=_Lazy,
    help="Ersättningsavtal som text som räknar.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=show_version, help="Visa versionen."
)
@shared
def program() -> None:
    """Payment contracts as text that computes."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    code = run(arguments)
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        the exit code.
    """
    for stream in (sys.stdout, sys.stderr):
        # A console that can't show a sign gets a substitute, never an exception.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        result = program.main(args=arguments, prog_name="avtal", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return UNUSABLE
    except (click.Abort, KeyboardInterrupt):
        click.echo("Avbrutet / Interrupted", err=True)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  (a user is never shown a traceback; the place is enough to report)
        click.echo(_own_fault(error), err=True)
        return UNUSABLE


def _own_fault(error: Exception) -> str:
    """What to say when the program itself is at fault."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    at = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame is not None else "?"
    what = f"{type(error).__name__} ({at})"
    return (
        f"avtal: ett fel i programmet självt: {what}. Rapportera det gärna, med det som gavs in.\n"
        f"avtal: a fault of the program itself: {what}. Please report it, with what was given."
    )


if __name__ == "__main__":
    main()
