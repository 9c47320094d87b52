"""How a body becomes a request: read strictly, in a thread when it is large, before the handler is called."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, TypeVar

from litestar import Request
from litestar._openapi.schema_generation import SchemaCreator
from litestar.dto import AbstractDTO, DTOConfig
from litestar.dto.data_structures import DTOFieldDefinition
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition
from multipart import parse_options_header

from avtal.server import parts, strict
from avtal.server.gate import asked
from avtal.server.problems import NOT_JSON, WRONG_MEDIA, ServerError

T = TypeVar("T")
SMALL = 1 << 16
"""The most bytes that are read at once; more are read in a thread."""


async def parse(request: Request[Any, Any, Any]) -> None:
    """Read the body as strict JSON, or as a form with files, before the handler is called.

    Raises:
        ServerError: `WRONG_MEDIA`, `NOT_JSON`, or too large.
    """
    if request.method != "POST":
        return
    read = _reader(request.headers.get("content-type", ""))
    body = await request.body()
    if not body.strip():
        raise ServerError(NOT_JSON, reason_sv="det är tomt", reason_en="it is empty")
    about = asked(request)
    value = read(body) if len(body) <= SMALL else await asyncio.to_thread(read, body)
    said = value.get("language") if isinstance(value, dict) else None
    about.language = said if said in ("sv", "en") else ""
    about.parsed = value


def _reader(found: str) -> Callable[[bytes], Any]:
    """What reads a body of a media type: strict JSON, or a form with files.

    Raises:
        ServerError: `WRONG_MEDIA`.
    """
    media, options = parse_options_header(found)
    if media == "application/json" and options.get("charset", "utf-8").lower() == "utf-8":
        return strict.parse
    if media == "multipart/form-data" and options.get("boundary"):
        return partial(parts.values, boundary=options["boundary"])
    raise ServerError(WRONG_MEDIA, found=strict.visible(found, 60) or "–")


class Strict(AbstractDTO[T]):
    """Gives a handler the request that its body holds, and the description of the interface its attrs class."""

    config = DTOConfig()

    def decode_bytes(self, value: bytes) -> Any:
        """The request; its bytes were parsed already."""
        del value
        return strict.shaped(asked(self.asgi_connection).parsed, self.model_type)

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Generator[DTOFieldDefinition, None, None]:
        """None: the class is used as it is."""
        del model_type
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        """None: the class is used as it is."""
        del field_definition
        return False

    @classmethod
    def create_for_field_definition(cls, *args: Any, **kwargs: Any) -> None:
        """Nothing is made beside the class."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: SchemaCreator
    ) -> Reference | Schema:
        """The schema of the class."""
        del handler_id
        return schema_creator.for_field_definition(field_definition)
