"""The application: the addresses, the gate around them, and their description."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, Contact, License, SecurityScheme
from litestar.types import Method
from litestar.types.internal_types import PathParameterDefinition

from avtal.server.bodies import parse
from avtal.server.gate import Gate, guard, refuse, refuse_fault, refuse_http
from avtal.server.jobs import Jobs
from avtal.server.problems import ServerError
from avtal.server.routes import HANDLERS, JOB_HANDLERS, openapi
from avtal.server.service import Service
from avtal.server.spec import completed
from avtal.version import version

ABOUT = (
    "Payment contracts as text that computes. Amounts are exact decimal texts. A refusal is `application/problem+json` "
    "and carries the diagnostics that the command line shows."
)


def application(service: Service) -> Gate:
    """The server as an ASGI application."""
    jobs = Jobs(service.folder, service.settings.jobs, service.settings.kept)

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        del app
        await service.start()
        try:
            yield
        finally:
            await jobs.stop()
            await service.stop()

    app = Litestar(
        route_handlers=[
            *HANDLERS,
            openapi,
            Router("/", route_handlers=list(JOB_HANDLERS), request_max_body_size=service.settings.job_body),
        ],
        guards=[guard],
        before_request=parse,
        exception_handlers={
            ServerError: refuse,
            HTTPException: refuse_http,
            Exception: refuse_fault,
        },
        lifespan=[lifespan],
        request_max_body_size=service.settings.body,
        state=State({"service": service, "jobs": jobs, "described": description(service)}),
        # No page of the framework's own, which would fetch scripts from elsewhere: the description is JSON alone.
        openapi_config=None,
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
    )
    return Gate(app, service)


def description(service: Service) -> bytes:
    """The interface as OpenAPI 3.1, in JSON."""
    security: list[dict[str, list[str]]] | None = [{"key": []}] if service.keys is not None else None
    shown = Litestar(
        route_handlers=[*HANDLERS, openapi, *JOB_HANDLERS],
        logging_config=None,
        openapi_config=OpenAPIConfig(
            title="Avtal",
            version=version(),
            description=ABOUT,
            contact=Contact(name="Avtal"),
            license=License(name="EUPL-1.2", identifier="EUPL-1.2"),
            components=Components(
                security_schemes={"key": SecurityScheme(type="http", scheme="bearer", description="`avtal key new`")}
            ),
            security=security,
            use_handler_docstrings=True,
            operation_id_creator=_operation,
            create_examples=False,
        ),
    )
    return json.dumps(completed(shown.openapi_schema.to_schema()), ensure_ascii=False, indent=2).encode()


def _operation(handler: HTTPRouteHandler, method: Method, path: list[str | PathParameterDefinition]) -> str:
    """An operation is called what its function is."""
    del method, path
    return handler.handler_name.rstrip("_")
