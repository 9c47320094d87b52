"""The command line: how it begins and how it ends.

Exit codes: 0 clean, 1 findings, 2 usage or unreadable input, 130 interrupted. Data go to standard output, the rest to
standard error. No input makes a traceback.
"""

from __future__ import annotations

import atexit
import errno
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from io import TextIOWrapper

FINDINGS, UNUSABLE, INTERRUPTED = 1, 2, 130
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
"""What the system says when there is no room: on the device, or for this user."""
WATCHERS = frozenset({"cProfile", "profile", "pdb", "trace"})
"""What runs a program to look at it, and speaks when it has ended."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    gc.set_threshold(2_000_000, 50, 50)  # what is read stays: to look through it again and again takes half the time
    code = run(arguments)
    _end(code)
    sys.exit(code)


def _end(code: int) -> None:
    """End the process at once, where nothing is left to do: to take apart all that it holds takes a sixth of a start.

    What Python does at the end is done: exit functions are called and output is flushed. Where that goes wrong, or
    another thread is at work, or a tool of Python's runs the program, this returns, for Python to do it.
    """
    threading = sys.modules.get("threading")
    if threading is not None and any(not t.daemon and t is not threading.main_thread() for t in threading.enumerate()):
        return
    if sys.flags.inspect or not WATCHERS.isdisjoint(sys.modules):
        return
    atexit._run_exitfuncs()  # noqa: SLF001 - as multiprocessing ends its processes
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (OSError, ValueError, AttributeError):
        return
    os._exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        the exit code.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        # A console that can't show a sign gets a substitute, never an exception.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
        elif stream is None:  # closed by whoever started the program: what is written there is nobody's
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
    try:
        from avtal.quick import quick

        given = sys.argv[1:] if arguments is None else list(arguments)
        code = quick(given)
        return code if code is not None else _called(given)
    except KeyboardInterrupt:
        _tell("Avbrutet / Interrupted")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  (a user is never shown a traceback; the place is enough to report)
        _tell(_full(error) or _database(error) or _own_fault(error))
        return UNUSABLE


def _tell(text: str) -> None:
    """Say something on standard error, if that can be written to."""
    with suppress(OSError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _called(arguments: list[str]) -> int:
    """Run any command."""
    import click

    from avtal.commands.program import program

    try:
        result = program.main(args=arguments, prog_name="avtal", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        from avtal.usage import show

        show(error)
        return UNUSABLE
    except click.Abort:
        raise KeyboardInterrupt from None


def _database(error: Exception) -> str:
    """What to say when a database gave up while something was shown; empty for any other fault."""
    from avtal.engines.choice import gave_up
    from interpreter.sets.relation import EngineError

    if not isinstance(error, EngineError):
        return ""
    told = gave_up(error)
    return f"{told.sv}\n{told.en}"


def _full(error: Exception) -> str:
    """What to say when there is no room for what is written; empty for any other fault."""
    if not isinstance(error, OSError) or error.errno not in FULL:
        return ""
    sv, en = error.filename or "Utmatningen", error.filename or "The output"
    return f"{sv} går inte att skriva: enheten är full.\n{en} can't be written: there is no room left."


def _own_fault(error: Exception) -> str:
    """What to say when the program itself is at fault."""
    from pathlib import Path

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
