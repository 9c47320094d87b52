"""A command that was not written as it can be: what is said of it, in Swedish unless English was asked for."""

from __future__ import annotations

import re

import click

from avtal.commands import RANGES, english
from dsl.diagnostics import nearest

_COMMAND = re.compile("No such command '(.*)'\\.", re.DOTALL)


def show(error: click.ClickException) -> None:
    """Print to standard error what is wrong with a command, how it is written, and where its help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None or english(context):
        error.show()
        return
    click.echo(context.get_usage(), err=True)
    click.echo(f"Hjälp: {context.command_path} --help\n\nfel: {_swedish(error, context)}", err=True)


def _swedish(error: click.ClickException, context: click.Context) -> str:
    group = context.command
    unknown = _COMMAND.fullmatch(error.message)
    if unknown is not None and isinstance(group, click.Group):
        meant = nearest(unknown.group(1), group.list_commands(context))
        return f"det finns inget kommando som heter {unknown.group(1)}.{f' Menade du {meant}?' * bool(meant)}"
    if isinstance(error, click.NoSuchOption):
        meant = nearest(error.option_name, error.possibilities or ())
        return f"det finns inget val som heter {error.option_name}.{f' Menade du {meant}?' * bool(meant)}"
    if isinstance(error, click.MissingParameter):
        name = error.param.make_metavar(context) if error.param is not None else error.param_hint
        return f"{name} saknas: skriv det efter {context.command_path}."
    if isinstance(error, click.BadParameter):
        name = error.param.get_error_hint(context) if error.param is not None else error.param_hint
        kind = error.param.type if error.param is not None else None
        if isinstance(kind, click.Choice):
            return f"värdet för {name} ska vara ett av {', '.join(map(str, kind.choices))}."
        if isinstance(kind, RANGES):
            number = "heltal" if isinstance(kind, click.IntRange) else "tal"
            return f"värdet för {name} ska vara ett {number} från {kind.min} till {kind.max}."
        return f"värdet för {name} går inte att läsa: {error.message}"
    return error.message
