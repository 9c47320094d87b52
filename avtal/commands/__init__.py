"""What the commands share: options in both languages, the language and colour in force, and how errors are shown."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from avtal.engines.means import AUTO, SAID, means
from avtal.errors import UnreadableError
from avtal.manner import LANGUAGES, Manner, ended, show

F = TypeVar("F", bound=Callable[..., Any])
RANGES = (click.IntRange, click.FloatRange)
"""The types of numbers that have a least and a most."""


def english(ctx: click.Context) -> bool:
    """Whether English was asked for so far."""
    return ctx.meta.get("avtal.lang") == "en"


class _Speaks(click.Command):
    """Help in Swedish (`help`), or in English (the docstring) where that is asked for."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help in the language asked for."""
        if not english(ctx) or self.callback is None or not self.callback.__doc__:
            super().format_help_text(ctx, formatter)
            return
        formatter.write_paragraph()
        with formatter.indentation():
            for paragraph in self.callback.__doc__.strip().split("\n\n"):
                formatter.write_text(" ".join(paragraph.split()))
                formatter.write_paragraph()

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """How the command is written."""
        prefix = None if english(ctx) else "Användning: "
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, under a heading in the language asked for."""
        records = [p.get_help_record(ctx) for p in self.get_params(ctx)]
        with formatter.section("Options" if english(ctx) else "Val"):
            formatter.write_dl([record for record in records if record is not None])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option that shows the help."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = "Show this message and exit." if english(ctx) else "Visa den här hjälpen."
        return found


class Command(_Speaks):
    """A command with help in both languages."""


class Group(_Speaks, click.Group):
    """A group of commands with help in both languages."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, and the commands below them."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


class Option(click.Option):
    """An option whose help is Swedish, and English where that is asked for."""

    def __init__(self, *args: Any, english: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.english = english

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option with its help in the language asked for, and what it is without it and at most."""
        record = super().get_help_record(ctx)
        if record is None:
            return None
        notes, kind = [], self.type
        default, required = ("default", "required") if english(ctx) else ("förval", "måste anges")
        usual = self.get_help_extra(ctx).get("default")
        if usual is not None:
            notes.append(f"{default}: {usual}")
        if isinstance(kind, RANGES):
            notes.append(f"{kind.min}–{kind.max}")
        if self.required:
            notes.append(required)
        said = self.english if english(ctx) else self.help or ""
        return record[0], f"{said}  [{'; '.join(notes)}]" if notes else said


def option(*names: str, sv: str, en: str, **settings: Any) -> Callable[[F], F]:
    """An option with help in both languages."""
    return click.option(*names, cls=Option, help=sv, english=en, **settings)


def what_to_settle(command: F) -> F:
    """The options that say which data, days and parties a command is about."""
    options = (
        option(
            "--data",
            multiple=True,
            type=Place(),
            sv="Fil, mapp, adress#tabell, eller table:tabell på servern i --engine; annars data/ bredvid avtalet.",
            en="File, folder, address#table, or table:name on the server of --engine; else data/ beside the contract.",
        ),
        option(
            "--mapping",
            type=PATHS,
            sv="Rubriker till kolumner; annars mapping.toml bredvid filerna.",
            en="Headings to columns; else mapping.toml beside the files.",
        ),
        option(
            "--period",
            default="",
            sv="2012, 2012-03, 2012-q1 eller från..till; annars hela avtalet.",
            en="2012, 2012-03, 2012-q1 or from..to; else the whole contract.",
        ),
        option("--provider", "providers", multiple=True, sv="Vårdgivarens kod.", en="The provider's code."),
        option("--buyer", "buyers", multiple=True, sv="Beställarens kod.", en="The buyer's code."),
    )
    for add in reversed(options):
        command = add(command)
    return command


def what_to_settle_with(command: F) -> F:
    """The options that say which engine settles, and what it may use."""
    options = (
        option(
            "--engine",
            default=AUTO,
            show_default=True,
            metavar="|".join(SAID),
            sv="Vad som räknar: auto väljer efter hur stort underlaget är. Svaren är desamma.",
            en="What reckons: auto chooses by the size of the data. The answers are the same.",
        ),
        option(
            "--spill",
            type=PATHS,
            default=None,
            sv="Mapp som databasen får skriva i när minnet inte räcker.",
            en="Folder that the database may write in when memory is short.",
        ),
        option(
            "--memory",
            type=click.IntRange(64, 1_000_000),
            default=None,
            metavar="MB",
            sv="Minne som databasen högst får ta, i megabyte.",
            en="Memory that the database may take at most, in megabytes.",
        ),
        option(
            "--no-snapshot",
            is_flag=True,
            sv="Spara inget bearbetat underlag i mappen .avtal bredvid datat.",
            en="Keep no prepared data in the folder .avtal beside the data.",
        ),
    )
    for add in reversed(options):
        command = add(command)
    return command


def _language(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    del param
    if value:
        ctx.meta["avtal.lang"] = value


def _colour(ctx: click.Context, param: click.Parameter, value: bool | None) -> None:  # noqa: FBT001
    del param
    if value is not None:
        ctx.meta["avtal.colour"] = value


def show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: FBT001
    """Print the version and end."""
    del param
    if value and not ctx.resilient_parsing:
        from avtal.version import version

        click.echo(f"avtal {version()}")
        ctx.exit(0)


def shared(function: F) -> F:
    """The options that every command has: the language and the colour of messages."""
    function = option(
        "--color/--no-color",
        default=None,
        expose_value=False,
        callback=_colour,
        sv="Färg eller inte; annars efter terminalen och NO_COLOR.",
        en="Colour or not; else by the terminal and NO_COLOR.",
    )(function)
    return option(
        "--lang",
        type=click.Choice(LANGUAGES),
        expose_value=False,
        is_eager=True,
        callback=_language,
        sv="Språk i meddelanden; annars avtalets eget.",
        en="Language of messages; else the contract's own.",
    )(function)


def subcommand(name: str, sv: str) -> Callable[[Callable[..., int]], click.Command]:
    """A command: `sv` is its Swedish help, the docstring its English one; it returns its exit code.

    The function gets the `Manner` first, and ends as `avtal.manner.ended` says.
    """

    def made(function: Callable[..., int]) -> click.Command:
        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> int:
            meta = click.get_current_context().meta
            manner = Manner(meta.get("avtal.lang", ""), meta.get("avtal.colour"))
            return ended(manner, lambda: function(manner, *args, **kwargs))

        return click.command(name, cls=Command, help=sv)(shared(run))

    return made


def _filled(value: Any, param: click.Parameter | None, ctx: click.Context | None) -> None:
    """See to it that a path is not empty, as a variable of the shell that is not set: that is the current folder.

    Raises:
        click.UsageError: it is.
    """
    if value == "" and param is not None and ctx is not None:
        name = param.get_error_hint(ctx).strip("'")
        raise click.UsageError(f"{name} is empty." if english(ctx) else f"{name} är tomt.", ctx)


class _Path(click.Path):
    """A path, which says something."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        _filled(value, param, ctx)
        return super().convert(value, param, ctx)


class Place(click.ParamType[Any]):
    """Where data are: a path, or an address such as `postgresql+psycopg://host/base#schema.table`."""

    name = "place"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """The path, or the table of a database."""
        from avtal.reading.places import place

        _filled(value, param, ctx)
        try:
            return place(value)
        except UnreadableError as error:
            self.fail(error.text("en" if ctx is not None and english(ctx) else "sv"), param, ctx)


__all__ = ["NAMES", "PATHS", "Manner", "means", "option", "show", "subcommand", "what_to_settle", "what_to_settle_with"]
PATHS, NAMES = _Path(path_type=Path), _Path()
"""The type of an argument that is a path, and of one that may name a path of a git revision."""
