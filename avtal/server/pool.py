"""A few nurseries, and who may ask them: each question has a wall clock, and is killed when it runs out.

Guarantees: an answer comes, or the reason why there is none, within its bounds and the time it waited; a nursery that
was killed is replaced; no more than `most` questions wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from attrs import Factory, define, field, frozen

from avtal.answers import Refusal
from avtal.cache import SETTING
from avtal.server.nursery import HEAD, LENGTH
from avtal.server.problems import BUSY, ENDED, OWN_FAULT, PROBLEMS, ServerError
from avtal.server.work import Question
from avtal.structure import from_data, to_data

_BOOTSTRAP = """
import json, sys
asked = json.loads(sys.argv[1])
sys.path[:] = asked["path"]
from avtal.server.nursery import main
main(asked["warm"])
"""
START = 60.0
"""How many seconds a nursery may take to load."""
AGAIN = 5.0
"""How many seconds pass before one that could not be started is tried once more."""

REASONS = {
    "time": ("tiden är slut ({seconds} s)", "the time is up ({seconds} s)"),
    "memory": ("minnet räcker inte ({memory} MiB)", "the memory does not suffice ({memory} MiB)"),
    "cancel": ("det avbröts", "it was cancelled"),
}
Progress = Callable[[str, int, int], None]


@frozen(kw_only=True)
class Bounds:
    """What one question may take: seconds by the clock and of the processor, and bytes of address space."""

    seconds: float = 20.0
    memory: int = 1 << 30


@define(eq=False)
class _Nursery:
    """One nursery: its process, and whether it was killed on purpose."""

    process: asyncio.subprocess.Process

    async def frames(self) -> AsyncIterator[tuple[bytes, bytes]]:
        """What it says, until a question is over."""
        assert self.process.stdout is not None  # noqa: S101  (it was started with pipes)
        while True:
            letter, size = HEAD.unpack(await self.process.stdout.readexactly(HEAD.size))
            content = await self.process.stdout.readexactly(size)
            if letter == b"E":
                return
            yield letter, content

    async def ask(self, asked: bytes) -> None:
        """Put a question."""
        assert self.process.stdin is not None  # noqa: S101  (it was started with pipes)
        self.process.stdin.write(LENGTH.pack(len(asked)) + asked)
        await self.process.stdin.drain()

    async def kill(self) -> None:
        """End it and everything that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()


@define(eq=False)
class Pool:
    """Nurseries that answer questions, one each at a time.

    Args:
        size: how many.
        most: how many questions may wait.
        warm: a folder where the nurseries may write the contract that loads the engine.
        ended: told why a question was ended, for metrics.
    """

    size: int
    most: int
    warm: Path
    ended: Callable[[str], None] = lambda _: None
    waiting: int = 0
    busy: int = 0
    _idle: asyncio.Queue[_Nursery] = Factory(asyncio.Queue)
    _all: set[_Nursery] = field(factory=set)
    _starting: set[asyncio.Task[None]] = field(factory=set)
    _closed: bool = False

    async def start(self) -> None:
        """Start the nurseries, and come back when all are ready."""
        await asyncio.gather(*(self._add() for _ in range(self.size)))

    async def stop(self) -> None:
        """Kill them all."""
        self._closed = True
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        await asyncio.gather(*(nursery.kill() for nursery in self._all))

    @property
    def ready(self) -> bool:
        """Whether a question can be taken."""
        return not self._closed and bool(self._all) and self.waiting < self.most

    async def _add(self) -> None:
        asked = {"path": [entry for entry in sys.path if entry], "warm": str(self.warm)}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-c",
            _BOOTSTRAP,
            json.dumps(asked),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            # What is sent must not be kept: the cache of compiled contracts is off, but for the server's own (`work`).
            env={"LC_ALL": "C.UTF-8", "PATH": os.defpath, SETTING: "off"},
        )
        nursery = _Nursery(process)
        self._all.add(nursery)
        try:
            async with asyncio.timeout(START):
                async for _ in nursery.frames():
                    pass
        except BaseException:
            self._all.discard(nursery)
            await nursery.kill()
            raise
        self._idle.put_nowait(nursery)

    async def run(self, question: Question, bounds: Bounds, progress: Progress | None = None) -> bytes:
        """The answer to a question, as the bytes of JSON.

        Args:
            question: what is asked.
            bounds: what it may take.
            progress: told (what, done, of) now and then.

        Raises:
            ServerError: refused, ended at a bound, or too many wait.
        """
        if self._closed or self.waiting >= self.most:
            raise ServerError(BUSY, headers={"Retry-After": "5"})
        self.waiting += 1
        try:
            nursery = await self._idle.get()
        finally:
            self.waiting -= 1
        self.busy += 1
        whole = False
        try:
            async with asyncio.timeout(bounds.seconds):
                answer = await _question(nursery, question, bounds, progress or _silent)
            whole = True
        except TimeoutError:
            raise self._ended("time", bounds) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            # Killed by the system: its processor time or memory gave out.
            code = await nursery.process.wait()
            raise self._ended("time" if abs(code) == signal.SIGXCPU else "memory", bounds) from None
        finally:
            self.busy -= 1
            if whole:
                self._idle.put_nowait(nursery)
            else:
                await self._replace(nursery)
        if isinstance(answer, ServerError):
            if answer.problem is ENDED:
                raise self._ended(answer.arguments.get("bound", "memory"), bounds)
            raise answer
        return answer

    def _ended(self, why: str, bounds: Bounds) -> ServerError:
        self.ended(why)
        sv, en = REASONS[why]
        words = {"seconds": f"{bounds.seconds:g}", "memory": bounds.memory >> 20}
        return ServerError(ENDED, reason_sv=sv.format_map(words), reason_en=en.format_map(words))

    async def _replace(self, nursery: _Nursery) -> None:
        """End a nursery, and have another started in its place; nobody is at work on what it was asked after this."""
        self._all.discard(nursery)
        if not self._closed:
            task = asyncio.create_task(self._anew())
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)
        await nursery.kill()

    async def _anew(self) -> None:
        """Start a nursery, however often that fails: the machine may be short of memory or processes for a while."""
        while True:
            try:
                await self._add()
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                await asyncio.sleep(AGAIN)
            else:
                return


async def _question(nursery: _Nursery, question: Question, bounds: Bounds, progress: Progress) -> bytes | ServerError:
    limits = {"seconds": max(1, round(bounds.seconds)), "memory": bounds.memory}
    await nursery.ask(json.dumps({**to_data(question), "bounds": limits}).encode())
    answer: bytes | ServerError = ServerError(OWN_FAULT)
    async for letter, content in nursery.frames():
        if letter == b"P":
            progress(*json.loads(content))
        elif letter == b"A":
            answer = content
        else:
            answer = _refused(json.loads(content))
    return answer


def _refused(told: dict[str, object]) -> ServerError:
    refusal = from_data(Refusal, told["refusal"]) if told["refusal"] is not None else None
    arguments = told["arguments"]
    assert isinstance(arguments, dict)  # noqa: S101  (our own frame)
    return ServerError(PROBLEMS[str(told["code"])], refusal=refusal, **arguments)


def _silent(what: str, done: int, of: int) -> None:
    """Progress that nobody watches."""
