"""Runs the command line for tests: inside this process, or as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
from click.testing import CliRunner, Result

from avtal.commands.program import program

ROOT = Path(__file__).resolve().parents[1]
CALM = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}


def run(*arguments: object, code: int = 0, feed: str | None = None) -> Result:
    """A command run in this process; its exit code must be `code`."""
    result = CliRunner(env={"NO_COLOR": "1"}).invoke(
        program, [str(a) for a in arguments], input=feed, standalone_mode=False
    )
    found = result.return_value if result.exception is None else _code(result)
    assert (found or 0) == code, result.output
    return result


def _code(result: Result) -> int:
    assert isinstance(result.exception, click.ClickException | SystemExit), repr(result.exception)
    return 2


def process(*arguments: object, feed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """A command run as a process of its own."""
    command = [sys.executable, "-m", "avtal.cli", *map(str, arguments)]
    return subprocess.run(command, input=feed, capture_output=True, env=CALM, timeout=60, check=False)
