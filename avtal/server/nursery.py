"""The process that child processes are forked from: it has loaded the engine, and reads nothing that a stranger sent.

A question comes on standard input and is answered by a fork, which has bounds on memory and processor time and ends
when it has answered. What a fork says goes on standard output as frames: a letter, four bytes of length, and as many
bytes. Whoever started this process kills its whole group when an answer takes too long.

    P  progress, as JSON [what, done, of]        A  the answer, as JSON
    R  refused, as JSON of `work.Refused`        E  the fork has ended in order, and the next question may come
"""

from __future__ import annotations

import gc
import json
import os
import resource
import shutil
import signal
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

from attrs import evolve

from avtal.answers import Refusal
from avtal.errors import AvtalError
from avtal.server import work
from avtal.structure import from_data, to_data, to_json
from avtal.templates import CLAUSES, TEMPLATES

HEAD = struct.Struct(">cI")
LENGTH = struct.Struct(">I")
PATIENCE = 0.1
"""How many seconds pass between two words of progress."""


class _TimeUpError(BaseException):
    """The processor time that was allowed is used."""


def frame(out: BinaryIO, letter: bytes, content: bytes) -> None:
    """Write one frame."""
    out.write(HEAD.pack(letter, len(content)) + content)
    out.flush()


def main(warm: str) -> None:
    """Answer questions until there are no more. `warm` is a folder for the contracts that load the engine."""
    questions, channel = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a library prints must not break the frames, and a fork's own children get neither.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    _load_engine(Path(warm))
    gc.collect()
    gc.freeze()
    frame(channel, b"E", b"")
    while head := questions.read(LENGTH.size):
        asked = json.loads(questions.read(LENGTH.unpack(head)[0]))
        child = os.fork()
        if child == 0:
            try:
                _answer(asked, channel)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        if status != 0:
            # A frame may be cut: whoever reads starts a new nursery.
            sys.exit(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 1)
        frame(channel, b"E", b"")


def _load_engine(folder: Path) -> None:
    """Load all that an answer needs, so that no fork has to.

    Classes write their methods, and modules are imported, when they are first used: so all are used once, here.
    """
    for template, clause in CLAUSES.items():  # they load the engine
        spool = Path(tempfile.mkdtemp(dir=folder))
        for side in ("", work.NEW, work.OLD):
            for name, text in TEMPLATES[template].items():
                path = spool / side / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text.replace("@NAME@", "A").replace("@YEAR@", "2024"), "utf-8")
        whole = work.Question(kind="settle", spool=str(spool), own_data=True, lines=True)
        for kind in ("check", "format", "examples", "settle", "explain", "diff"):
            asked = evolve(whole, kind=kind, name="en" if kind == "format" else clause)
            work.answer(from_data(work.Question, to_data(asked)), _silent)
        os.chdir("/")
        shutil.rmtree(spool, ignore_errors=True)
    to_json(work.Refused(code="AV663", refusal=Refusal(detail="", findings=(), refused_rows=())))


def _silent(what: str, done: int, of: int) -> None:
    """Progress that nobody watches."""


def _answer(asked: dict[str, object], channel: BinaryIO) -> None:
    """The life of a fork."""
    bounds = asked.pop("bounds")
    assert isinstance(bounds, dict)  # noqa: S101  (our own frame)
    signal.signal(signal.SIGXCPU, _time_is_up)
    seconds, memory = int(bounds["seconds"]), int(bounds["memory"])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds + 1, seconds + 3))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    question = from_data(work.Question, asked)
    if question.spool:
        tempfile.tempdir = question.spool  # what is left when it is killed goes with what was sent
    told = time.monotonic()

    def tell(what: str, done: int, of: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told > PATIENCE:
            told = now
            frame(channel, b"P", json.dumps([what[:200], done, of]).encode())

    letter, content = b"A", ""
    try:
        content = work.answer(question, tell)
    except AvtalError as error:
        letter, content = b"R", to_json(work.refused(question, error))
    except MemoryError:
        letter, content = b"R", to_json(work.Refused(code="AV653", arguments={"bound": "memory"}))
    except _TimeUpError:
        letter, content = b"R", to_json(work.Refused(code="AV653", arguments={"bound": "time"}))
    except Exception as error:  # noqa: BLE001  (a fault of ours is told by its place, and never with what was sent)
        letter, content = b"R", to_json(work.Refused(code="AV664", arguments={"place": _place(error)}))
    frame(channel, letter, content.encode())
    os._exit(0)


def _time_is_up(number: int, at: object) -> None:
    del number, at
    raise _TimeUpError


def _place(error: Exception) -> str:
    """Where a fault of ours happened, without what it happened with."""
    frame_ = error.__traceback__
    while frame_ is not None and frame_.tb_next is not None:
        frame_ = frame_.tb_next
    at = f"{Path(frame_.tb_frame.f_code.co_filename).name}:{frame_.tb_lineno}" if frame_ is not None else "?"
    return f"{type(error).__name__} ({at})"
