"""Settlements that are worked out in the background, each for the key that asked, until they are forgotten."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from attrs import Factory, define, field

from avtal.server.keys import Key
from avtal.server.problems import BUSY, NOT_DONE, NOT_FOUND, OWN_FAULT, ServerError
from avtal.server.spool import finished
from avtal.server.wire import Job, JobProgress, JobState, ProblemDetails

Tell = Callable[[str, int, int], None]
Details = Callable[[ServerError], ProblemDetails]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@define(eq=False)
class _Kept:
    """A job with what it takes to run it; its result lies in a file."""

    id: str
    owner: str
    file: Path
    state: JobState = "waiting"
    created: str = Factory(_now)
    ended: str | None = None
    over: float = 0.0
    progress: JobProgress | None = None
    problem: ProblemDetails | None = None
    task: asyncio.Task[None] | None = None

    def shown(self) -> Job:
        """The job as it is told."""
        return Job(
            id=self.id,
            state=self.state,
            created=self.created,
            ended=self.ended,
            progress=self.progress,
            result=f"/v1/jobs/{self.id}/result" if self.state == "done" else None,
            problem=self.problem,
        )


@define(eq=False)
class Jobs:
    """The jobs of a server.

    Args:
        folder: where results are kept.
        most: how many are kept in all.
        kept: for how many seconds after they have ended.
    """

    folder: Path
    most: int
    kept: float
    _all: dict[str, _Kept] = field(factory=dict)

    def start(self, owner: Key, work: Callable[[Tell], Awaitable[bytes]], details: Details) -> Job:
        """Start a job.

        Args:
            owner: who asks.
            work: what gives the settlement; told where to tell of its progress.
            details: turns a refusal into what is told of it.

        Raises:
            ServerError: `BUSY`, when too many are kept.
        """
        self._forget()
        if len(self._all) >= self.most:
            raise ServerError(BUSY, headers={"Retry-After": "60"})
        identity = secrets.token_hex(8)
        job = _Kept(identity, owner.id, self.folder / f"job-{identity}.json")
        self._all[identity] = job
        job.task = asyncio.create_task(self._run(job, work, details))
        return job.shown()

    async def _run(self, job: _Kept, work: Callable[[Tell], Awaitable[bytes]], details: Details) -> None:
        def tell(what: str, done: int, of: int) -> None:
            job.state = "running"
            job.progress = JobProgress(what=what, done=done, of=of)

        try:
            answer = await work(tell)
            await finished(partial(job.file.write_bytes, answer))
            job.state = "done"
        except asyncio.CancelledError:
            job.state = "cancelled"
        except ServerError as error:
            job.state, job.problem = "failed", details(error)
        except Exception:  # noqa: BLE001  (a fault of ours ends the job and not the server)
            job.state, job.problem = "failed", details(ServerError(OWN_FAULT))
        finally:
            job.ended, job.over = _now(), time.monotonic()

    def _forget(self) -> None:
        for job in list(self._all.values()):
            if job.ended is not None and time.monotonic() - job.over > self.kept:
                self._drop(job)

    def _drop(self, job: _Kept) -> None:
        job.file.unlink(missing_ok=True)
        self._all.pop(job.id, None)

    def list(self, owner: Key) -> list[Job]:
        """The jobs of a key, the oldest first."""
        self._forget()
        return [job.shown() for job in self._all.values() if job.owner == owner.id]

    def _find(self, identity: str, owner: Key) -> _Kept:
        self._forget()
        job = self._all.get(identity)
        if job is None or job.owner != owner.id:
            raise ServerError(NOT_FOUND, what_sv="inget sådant jobb", what_en="such job")
        return job

    def get(self, identity: str, owner: Key) -> Job:
        """A job of a key.

        Raises:
            ServerError: `NOT_FOUND`, also when it is another's.
        """
        return self._find(identity, owner).shown()

    async def result(self, identity: str, owner: Key) -> bytes:
        """The settlement of a job that is done.

        Raises:
            ServerError: `NOT_FOUND` or `NOT_DONE`.
        """
        job = self._find(identity, owner)
        if job.state != "done":
            raise ServerError(NOT_DONE, state=job.state)
        return await asyncio.to_thread(job.file.read_bytes)

    async def cancel(self, identity: str, owner: Key) -> None:
        """End a job that runs, and forget it."""
        job = self._find(identity, owner)
        if job.task is not None:
            job.task.cancel()
            await asyncio.wait([job.task])
        self._drop(job)

    def counts(self) -> dict[str, int]:
        """How many there are in each state."""
        found = dict.fromkeys(("waiting", "running", "done", "failed", "cancelled"), 0)
        for job in self._all.values():
            found[job.state] += 1
        return found

    async def stop(self) -> None:
        """End all that run."""
        tasks = [job.task for job in self._all.values() if job.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
