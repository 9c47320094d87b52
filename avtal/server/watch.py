"""What the server tells of itself: figures for Prometheus, and a line for every request. Never a word that was sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import IO

from attrs import define, field
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@define(eq=False)
class Figures:
    """Figures since the server started."""

    registry: CollectorRegistry = field(factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    ended: Counter = field(init=False)
    workers: Gauge = field(init=False)
    waiting: Gauge = field(init=False)
    jobs: Gauge = field(init=False)

    def __attrs_post_init__(self) -> None:
        own = self.registry
        told = ("method", "route", "status")
        self.requests = Counter("avtal_requests", "Requests that were answered.", told, registry=own)
        self.seconds = Histogram(
            "avtal_request_seconds", "How long an answer took.", ("route",), buckets=BUCKETS, registry=own
        )
        self.ended = Counter("avtal_ended", "Work that was ended at a bound.", ("bound",), registry=own)
        self.workers = Gauge("avtal_workers_busy", "Workers that are at work.", ("kind",), registry=own)
        self.waiting = Gauge("avtal_questions_waiting", "Questions that wait for a worker.", ("kind",), registry=own)
        self.jobs = Gauge("avtal_jobs", "Jobs by state.", ("state",), registry=own)

    def text(self) -> bytes:
        """The figures as Prometheus reads them."""
        return generate_latest(self.registry)


@define(eq=False)
class Audit:
    """A line of JSON for each request: who asked what of which contract, and how it went.

    Args:
        out: where the lines go; nowhere when `None`.
    """

    out: IO[str] | None

    def tell(self, **told: object) -> None:
        """Write one line."""
        if self.out is None:
            return
        line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), **told}
        self.out.write(json.dumps(line, ensure_ascii=True) + "\n")
        self.out.flush()
