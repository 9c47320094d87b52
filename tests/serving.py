"""A real server on loopback for tests, in a thread of this process, with its workers in processes of their own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import folders
import httpx
import uvicorn

from avtal.server.keys import KeyRing
from avtal.server.run import config
from avtal.server.service import Service, Settings
from avtal.server.watch import Audit

TEXT = folders.CONTRACT
FILES = [{"name": "former.avtal", "text": folders.FORMS}, {"name": "priser.csv", "text": folders.PRICES}]
DATA = [{"name": "kontakt.csv", "text": folders.CONTACTS}, {"name": "utfall.csv", "text": folders.OUTCOMES}]
SENT: dict[str, Any] = {"text": TEXT, "files": FILES, "data": DATA}
"""The tests' small contract with its files and data, as it is sent."""


@contextmanager
def running(settings: Settings, *, keys: Path | None = None, audit: Audit | None = None) -> Iterator[str]:
    """A server that listens; gives its address."""
    with listening(Service(settings, KeyRing(keys) if keys is not None else None, audit or Audit(None))) as address:
        yield address


@contextmanager
def listening(service: Service) -> Iterator[str]:
    """A service that listens; gives its address."""
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        server = uvicorn.Server(config(service, "127.0.0.1", own.getsockname()[1]))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [own]}, daemon=True)
        thread.start()
        end = time.monotonic() + 60
        while not server.started and time.monotonic() < end:
            time.sleep(0.02)
        assert server.started
        try:
            yield f"http://127.0.0.1:{own.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(60)
            assert not thread.is_alive()
            assert not service.folder.exists()


@contextmanager
def client_of(service: Service) -> Iterator[httpx.Client]:
    """A client of a service that listens."""
    with listening(service) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


@contextmanager
def asking(settings: Settings, *, keys: Path | None = None, audit: Audit | None = None) -> Iterator[httpx.Client]:
    """A client of a server that listens."""
    with running(settings, keys=keys, audit=audit) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client
