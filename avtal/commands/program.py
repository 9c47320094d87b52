"""The commands by name, and what they share. Each command's module is imported when the command is called."""

from __future__ import annotations

from importlib import import_module

import click

from avtal.commands import Group, english, shared, show_version

COMMANDS = {
    "new": ("Skapa en mapp med ett avtal att börja från.", "Make a folder with a contract to start from."),
    "forms": ("Visa ersättningsformerna, och vad en av dem behöver.", "Show the forms, and what one of them needs."),
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
