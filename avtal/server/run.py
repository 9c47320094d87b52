"""Listen until told to stop, and then let what is under way end."""

from __future__ import annotations

import ipaddress
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from avtal.errors import UnreadableError
from avtal.server.app import application
from avtal.server.service import Service

GRACE = 30
"""How many seconds requests under way may take when the server is told to stop."""


def loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def config(service: Service, host: str, port: int) -> uvicorn.Config:
    """How to listen.

    Raises:
        UnreadableError: the address is not this machine's own, and there are no keys.
    """
    if service.keys is None and not loopback(host):
        raise UnreadableError(
            f"Utan nycklar lyssnar servern bara på den egna datorn, inte på {host}. Gör en nyckel med avtal key new, "
            "och ange filen med --keys.",
            f"Without keys the server listens on this machine alone, and not on {host}. Make a key with avtal key new, "
            "and give the file with --keys.",
        )
    return uvicorn.Config(
        application(service),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=GRACE,
        h11_max_incomplete_event_size=32 * 1024,
        limit_concurrency=1000,
        lifespan="on",
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        UnreadableError: the address is taken, or is not this machine's.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableError(
            f"Det går inte att lyssna på {host} port {port}: {reason}. Ange en annan port med --port.",
            f"Can't listen on {host} port {port}: {reason}. Give another port with --port.",
        ) from None


def serve(service: Service, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Answer until the process is told to end.

    Args:
        service: what answers.
        host, port: where to listen; any free port when 0.
        announce: told the address when questions are taken.

    Raises:
        UnreadableError: the server must not, or can't, listen there.
    """
    how = config(service, host, port)
    with listen(host, port) as own:
        shown = f"[{host}]" if ":" in host else host
        server = _Server(how, lambda: announce(f"http://{shown}:{own.getsockname()[1]}"))
        server.run(sockets=[own])


class _Server(uvicorn.Server):
    """A server that says when it listens, and ends in order with exit code 0 when it is told to."""

    def __init__(self, how: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(how)
        self.announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started:
            self.announce()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals that end a server; uvicorn's own sends them once more, to a process that has ended."""
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
