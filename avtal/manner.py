"""How the program speaks and how a command ends, without the library that reads command lines: it imports slowly."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack

from attrs import field, frozen

from avtal.errors import AvtalError, DataError, UnreadableError
from avtal.rendering.terminal import BOLD, RED, Paint, paint, visible
from dsl.alike import Alike

LANGUAGES = ("sv", "en")


def echo(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Write a text, with the colours it has, to standard output or standard error."""
    stream = sys.stderr if err else sys.stdout
    stream.write(f"{text}\n" if nl else text)
    stream.flush()


@frozen(eq=False, repr=False)
class Manner(Alike):
    """How to speak: the language asked for (empty: the contract's own) and the colour asked for.

    `closing` takes what is to be closed when the command has ended.
    """

    asked: str = ""
    colour: bool | None = None
    closing: ExitStack = field(factory=ExitStack, eq=False, repr=False)

    def language(self, own: str = "sv") -> str:
        """The language to speak about something that is written in `own`."""
        return self.asked or own

    def out(self) -> Paint:
        """Paint for standard output."""
        return paint(sys.stdout, asked=self.colour)

    def err(self) -> Paint:
        """Paint for standard error."""
        return paint(sys.stderr, asked=self.colour)

    def say(self, sv: str, en: str, own: str = "sv") -> None:
        """Tell the user something on standard error."""
        echo(en if self.language(own) == "en" else sv, err=True)


def show(error: AvtalError, manner: Manner, own: str = "sv") -> None:
    """Show what stands in the way on standard error."""
    language = manner.language(own)
    colour = manner.err()
    if isinstance(error, DataError):
        from avtal.rendering.refusals import refusals

        echo(refusals(error.reading, language, colour), err=True)
    if error.diagnostics:
        from avtal.rendering.diagnostics import render

        echo(render(error.diagnostics, error.texts, language, colour), err=True)
    text = "\n".join(visible(line) for line in error.text(language).splitlines())
    word = "error" if language == "en" else "fel"
    echo(f"{colour(f'{word}:', BOLD, RED)} {text}", err=True)
    if error.also is not None:
        show(error.also, manner, own)


def ended(manner: Manner, work: Callable[[], int]) -> int:
    """Do the work of a command and say how it ended.

    Returns:
        Its exit code. An `AvtalError` is shown, and ends it with 1, or with 2 when something can't be read or used.
    """
    try:
        with manner.closing:
            code = work()
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has gone (`avtal settle … | head`): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except AvtalError as error:
        show(error, manner)
        return 2 if isinstance(error, UnreadableError) else 1
    return code
