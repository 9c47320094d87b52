"""Progress bars on standard error, when it is a terminal and the work takes time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[str, int, int], None]
PATIENCE = 0.5
"""How many seconds pass before a bar is shown; shorter work needs none."""


@contextmanager
def progress(colour: bool | None = None) -> Iterator[Progress]:  # noqa: FBT001
    """What to tell about work under way: (what, done, of), where `of` is 0 when it is not known.

    Args:
        colour: whether colour was asked for; `None` is not said.
    """
    if not sys.stderr.isatty():
        yield _silent
        return
    bar = _Bar(colour)
    try:
        yield bar.tell
    finally:
        bar.close()


def _silent(what: str, done: int, of: int) -> None:
    """Progress that nobody watches."""


class _Bar:
    def __init__(self, colour: bool | None) -> None:  # noqa: FBT001
        self.colour = colour
        self.started = time.monotonic()
        self.close: Callable[[], None] = lambda: None
        self.update: Progress = self._wait

    def tell(self, what: str, done: int, of: int) -> None:
        self.update(what, done, of)

    def _wait(self, what: str, done: int, of: int) -> None:
        if time.monotonic() - self.started > PATIENCE:
            self._open()
            self.update(what, done, of)

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        from avtal.rendering.terminal import visible, wants_colour

        plain = not wants_colour(sys.stderr, asked=self.colour)
        console = Console(stderr=True, no_color=plain, force_terminal=True)
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
        bars = Progress(*columns, console=console, transient=True)
        bars.start()
        task = bars.add_task("", total=None)

        def update(what: str, done: int, of: int) -> None:
            bars.update(task, description=visible(what)[:60], completed=done, total=of or None)

        self.update = update
        self.close = bars.stop
