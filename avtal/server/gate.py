"""The gate: who may ask what, what every answer carries, and how a refusal is told."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from typing import Any

from attrs import define, field
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException, ValidationException
from litestar.handlers.base import BaseRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from avtal.server.keys import OPEN, Key
from avtal.server.problems import (
    NO_KEY,
    NO_SCOPE,
    NOT_FOUND,
    OWN_FAULT,
    SLOW_SENDER,
    TOO_LARGE,
    WRONG_METHOD,
    WRONG_SHAPE,
    ServerError,
)
from avtal.server.service import Service
from avtal.server.strict import visible
from avtal.server.wire import ProblemDetails
from avtal.structure import to_json

PROBLEM_JSON = "application/problem+json"
BODY_SECONDS = 60.0
"""How many seconds may pass without a piece of a body."""
HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods that are counted by name; of others, which anybody may make up, there is no end."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@define(eq=False)
class Asked:
    """A request as the audit log tells it: its id, who asks, and what it is about."""

    id: str = field(factory=lambda: secrets.token_hex(8))
    key: Key | None = None
    language: str = ""
    contract: str = ""
    buyers: tuple[str, ...] = ()
    parsed: Any = None


def asked(connection: ASGIConnection[Any, Any, Any, Any]) -> Asked:
    """What is known of a request."""
    found: Asked = connection.scope["avtal"]  # type: ignore[typeddict-item]
    return found


def who(connection: ASGIConnection[Any, Any, Any, Any]) -> Key:
    """The key that asks."""
    found = asked(connection).key
    if found is None:
        raise ServerError(NO_KEY, headers={"WWW-Authenticate": "Bearer"})
    return found


@define(eq=False)
class Gate:
    """Stands around the application: every answer gets its headers, and every request its line in the log."""

    app: ASGIApp
    service: Service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        about = Asked()
        scope["avtal"] = about  # type: ignore[typeddict-unknown-key]
        method = str(scope.get("method"))
        started, status, size, taken = time.monotonic(), 500, 0, 0

        async def patient() -> Any:
            nonlocal taken
            try:
                async with asyncio.timeout(BODY_SECONDS):
                    message = await receive()
            except TimeoutError:
                raise ServerError(SLOW_SENDER, seconds=f"{BODY_SECONDS:g}") from None
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
            return message

        async def dressed(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                own = [*HEADERS, (b"x-request-id", about.id.encode())]
                message["headers"] = [*message["headers"], *own]
            elif message["type"] == "http.response.body":
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, patient, dressed)
        finally:
            route = str(scope.get("path_template") or "unknown")
            seconds = time.monotonic() - started
            figures = self.service.figures
            figures.requests.labels(method if method in METHODS else "other", route, str(status)).inc()
            figures.seconds.labels(route).observe(seconds)
            self.service.audit.tell(
                request=about.id,
                key=about.key.id if about.key is not None else "",
                name=about.key.name if about.key is not None else "",
                method=method,
                route=route,
                contract=about.contract,
                buyers=list(about.buyers),
                status=status,
                ms=round(1000 * seconds),
                bytes_in=taken,
                bytes_out=size,
            )


def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let in who has the scope that an address needs; an address without one takes everybody."""
    scope = handler.opt.get("scope")
    if scope is None:
        return
    key = _key(connection)
    asked(connection).key = key
    if scope not in key.scopes:
        raise ServerError(NO_SCOPE, scope=scope)


def _key(connection: ASGIConnection[Any, Any, Any, Any]) -> Key:
    service: Service = connection.app.state.service
    headers = connection.headers
    if service.keys is not None:
        word, _, token = headers.get("authorization", "").partition(" ")
        found = service.keys.find(token.strip()) if word.lower() == "bearer" else None
        if found is None:
            raise ServerError(NO_KEY, headers={"WWW-Authenticate": "Bearer"})
        return found
    # Without keys this machine alone is answered: not what a proxy passes on, and not what a page in a browser sends.
    host = headers.get("host", "")
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    client = connection.client
    near = client is not None and (client.host in LOOPBACK or client.host.startswith("127."))
    passed_on = any(name in headers for name in FORWARDED) or "origin" in headers
    if not near or passed_on or name.lower() not in LOOPBACK:
        raise ServerError(NO_KEY, headers={"WWW-Authenticate": "Bearer"})
    return OPEN


# --- refusals


def language(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The language to speak: what the request says, what its headings prefer, else Swedish."""
    said = asked(connection).language
    if said:
        return said
    wanted = connection.headers.get("accept-language", "").lower()
    at = {name: wanted.find(name) for name in ("sv", "en") if name in wanted}
    return min(at, key=lambda name: at[name]) if at else "sv"


def details(error: ServerError, speech: str, instance: str) -> ProblemDetails:
    """A refusal as it is sent."""
    words, refusal = error.words(speech), error.refusal
    return ProblemDetails(
        type=f"/v1/problems/{error.problem.code}",
        title=words.title,
        status=error.status,
        detail=words.detail,
        instance=instance,
        code=error.problem.code,
        findings=refusal.findings if refusal is not None else (),
        refused_rows=refusal.refused_rows if refusal is not None else (),
        suggestion=refusal.suggestion if refusal is not None else "",
    )


def refuse(request: Request[Any, Any, Any], error: ServerError) -> Response[bytes]:
    """The answer to a request that is refused."""
    shown = details(error, language(request), f"urn:avtal:request:{asked(request).id}")
    return Response(
        content=to_json(shown).encode(),
        status_code=error.status,
        media_type=PROBLEM_JSON,
        headers=error.headers,
    )


def refuse_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """The answer to what the framework refuses."""
    headers: Mapping[str, str] = error.headers or {}
    match error:
        case NotFoundException():
            own = ServerError(NOT_FOUND, what_sv="ingen sådan adress", what_en="such address")
        case MethodNotAllowedException():
            own = ServerError(WRONG_METHOD, method=visible(request.method, 20), headers=_allow(request, headers))
        case ValidationException():
            named = [str(one.get("key", "")) for one in error.extra or () if isinstance(one, dict)]
            told = ", ".join(visible(name) for name in named if name) or "data"
            own = ServerError(WRONG_SHAPE, reason_sv=f"{told} har fel slag", reason_en=f"{told} is of the wrong kind")
        case _ if error.status_code == 413:
            service: Service = request.app.state.service
            own = ServerError(TOO_LARGE, limit=service.limit(request.scope["path"]))
        case _ if error.status_code < 500:
            own = ServerError(WRONG_SHAPE, reason_sv="anropet", reason_en="the request")
        case _:
            own = ServerError(OWN_FAULT)
    return refuse(request, own)


def _allow(request: Request[Any, Any, Any], headers: Mapping[str, str]) -> dict[str, str]:
    found = {name.title(): value for name, value in headers.items()}
    if "Allow" not in found:
        routes = [route for route in request.app.routes if route.path_format == request.scope.get("path_template")]
        methods = sorted({method for route in routes for method in route.methods})
        found["Allow"] = ", ".join(methods) or "GET"
    return found


def refuse_fault(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The answer when the program itself is at fault; the log says where, and never with what."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    at = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame is not None else "?"
    service: Service = request.app.state.service
    service.audit.tell(request=asked(request).id, fault=type(error).__name__, at=at)
    return refuse(request, ServerError(OWN_FAULT))
