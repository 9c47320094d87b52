"""JSON as a server must read it: one meaning, bounded depth, no floating point.

What Python's reader lets through is refused: NaN and infinities, decimal numbers (an amount is a text), doubled keys,
lone surrogates, and nesting deeper than `DEEPEST`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from avtal.server.problems import NOT_JSON, WRONG_SHAPE, ServerError
from avtal.structure import from_data

DEEPEST = 32
DIGITS = 18
"""The most digits of a whole number."""

# A string that never ends is taken to the end of the text, so that each character is looked at once.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)


class _RefusedError(ValueError):
    def __init__(self, sv: str, en: str) -> None:
        super().__init__(en)
        self.sv, self.en = sv, en


def parse(body: bytes) -> Any:
    """The value that a body holds.

    Raises:
        ServerError: `NOT_JSON`, with the reason and the place.
    """
    try:
        text = body.decode("utf-8")
        _look(text)
        value = json.loads(
            text,
            parse_float=_number,
            parse_constant=_constant,
            parse_int=_whole,
            object_pairs_hook=_object,
        )
        _texts(value)
    except _RefusedError as wrong:
        raise ServerError(NOT_JSON, reason_sv=wrong.sv, reason_en=wrong.en) from None
    except UnicodeDecodeError as wrong:
        sv, en = f"byte {wrong.start + 1} är inte UTF-8", f"byte {wrong.start + 1} is not UTF-8"
        raise ServerError(NOT_JSON, reason_sv=sv, reason_en=en) from None
    except json.JSONDecodeError as wrong:
        sv = f"rad {wrong.lineno}, tecken {wrong.colno} går inte att läsa"
        en = f"line {wrong.lineno}, character {wrong.colno} can't be read"
        raise ServerError(NOT_JSON, reason_sv=sv, reason_en=en) from None
    return value


def read(body: bytes, kind: type[Any]) -> Any:
    """The request that a body holds.

    Raises:
        ServerError: `NOT_JSON`, or `WRONG_SHAPE` with every field that is wrong.
    """
    return shaped(parse(body), kind)


def shaped(value: object, kind: type[Any]) -> Any:
    """A parsed value as a request."""
    import cattrs

    try:
        return from_data(kind, value)
    except (cattrs.BaseValidationError, TypeError, ValueError, KeyError, AttributeError) as wrong:
        told = list(dict.fromkeys(_told(wrong)))[:10]
        sv, en = ("; ".join(one[at] for one in told) for at in (0, 1))
        raise ServerError(WRONG_SHAPE, reason_sv=sv, reason_en=en) from None


def _told(wrong: BaseException) -> Iterator[tuple[str, str]]:
    """What is wrong with the shape: places and the names of fields, and never what the sender wrote in them."""
    import cattrs

    if not isinstance(wrong, cattrs.BaseValidationError):
        yield "$ ska vara ett objekt", "$ must be an object"
        return
    for line in cattrs.transform_error(wrong, path="$"):
        found = re.search(r" @ (\$\S*)$", line)
        place = visible(found[1]) if found else "$"
        extra = re.search(r"extra fields found \((.*?)\)", line)
        if extra:
            yield f"{place} har inget fält {visible(extra[1])}", f"{place} has no field {visible(extra[1])}"
        elif "required field missing" in line:
            yield f"{place} saknas", f"{place} is missing"
        else:
            yield f"{place} har fel slag", f"{place} is of the wrong kind"


def visible(text: str, cut: int = 80) -> str:
    """A sender's text, cut, with what does not print as escapes."""
    short = text if len(text) <= cut else f"{text[: cut - 1]}…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in short)


def _look(text: str) -> None:
    """Refuse what can be seen before parsing: a byte order mark, and too deep nesting."""
    if text.startswith("\ufeff"):
        raise _RefusedError("den börjar med ett byteordningsmärke", "it starts with a byte order mark")
    depth = 0
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in "[{":
            depth += 1
            if depth > DEEPEST:
                raise _RefusedError(f"den är djupare än {DEEPEST} nivåer", f"it is deeper than {DEEPEST} levels")
        elif sign in "]}":
            depth -= 1


def _number(found: str) -> NoReturn:
    shown = visible(found, 20)
    raise _RefusedError(f"{shown} är ett decimaltal; skriv det som text", f"{shown} is a decimal number; write a text")


def _constant(found: str) -> NoReturn:
    raise _RefusedError(f"{found} är inget tal i JSON", f"{found} is no number in JSON")


def _whole(found: str) -> int:
    if len(found.lstrip("-")) > DIGITS:
        raise _RefusedError(f"ett heltal har fler än {DIGITS} siffror", f"a number has more than {DIGITS} digits")
    return int(found)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = visible(next(name for name in names if names.count(name) > 1), 40)
        raise _RefusedError(f"nyckeln {twice} står två gånger", f"the key {twice} stands twice")
    return made


def _texts(value: object) -> None:
    """Refuse texts with half a character."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and not one.isascii():
            try:
                one.encode()
            except UnicodeEncodeError:
                raise _RefusedError("en text har ett halvt tecken", "a text has half a character") from None
