"""A form with files (`multipart/form-data`) as the same values that JSON would have held, so that `curl -F` does."""

from __future__ import annotations

import base64
import io
from typing import Any

from multipart import MultipartError, MultipartParser, MultipartPart

from avtal.server.problems import WRONG_SHAPE, ServerError
from avtal.server.spool import MOST
from avtal.server.strict import DIGITS, visible

LISTS = frozenset({"providers", "buyers"})
FILES = frozenset({"files", "data"})
YES_NO = frozenset({"lines", "deep"})
WHOLE = frozenset({"depth"})
WORDS = {"true": True, "false": False}
FIELDS = 100
"""The most fields beside files."""


def values(body: bytes, boundary: str) -> dict[str, Any]:
    """What a form holds.

    Args:
        body: the whole form.
        boundary: what stands between its parts.

    Raises:
        ServerError: `WRONG_SHAPE`, when it can't be read, a field stands twice, or a text is not UTF-8.
    """
    found: dict[str, Any] = {}
    try:
        parser = MultipartParser(
            io.BytesIO(body),
            boundary,
            content_length=len(body),
            strict=True,
            part_limit=2 * MOST + FIELDS,
            spool_limit=len(body) + 1,
            memory_limit=len(body) + 1,
        )
        for part in parser:
            _take(found, part)
    except (MultipartError, LookupError, UnicodeError, ValueError):
        raise ServerError(
            WRONG_SHAPE, reason_sv="formuläret går inte att läsa", reason_en="the form can't be read"
        ) from (None)
    return found


def _take(found: dict[str, Any], part: MultipartPart) -> None:
    name = part.name
    if name in FILES:
        contents = base64.b64encode(part.raw).decode("ascii")
        found.setdefault(name, []).append({"name": part.filename or "", "base64": contents})
        return
    text = part.raw.decode("utf-8")
    if name in LISTS:
        found.setdefault(name, []).append(text)
    elif name in found:
        shown = visible(name, 40)
        raise ServerError(WRONG_SHAPE, reason_sv=f"{shown} står två gånger", reason_en=f"{shown} stands twice")
    elif name in YES_NO:
        found[name] = WORDS.get(text, text)
    elif name in WHOLE:
        found[name] = int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else text
    else:
        found[name] = text
