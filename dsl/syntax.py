"""The grammar as Lark reads it. Needed when the grammar changes and by the tests; a text is parsed by `lalr`."""

from __future__ import annotations

import pkgutil
import re
from typing import TYPE_CHECKING, Any

from dsl.lexicon import TERMINAL

if TYPE_CHECKING:
    from lark import Lark


def grammar() -> str:
    """The grammar with the phrases of the lexicon put in."""
    text = (pkgutil.get_data("dsl", "grammar.lark") or b"").decode("utf-8")
    phrases = sorted((phrase for phrase in TERMINAL if " " in phrase), key=lambda p: (-len(p), p))
    return text.replace("@PHRASES@", "(" + "|".join(re.escape(p).replace("\\ ", "[ \\n]+") for p in phrases) + ")")


def lark(*, strict: bool = False) -> Lark:
    """Lark's own parser of the grammar.

    Args:
        strict: refuse conflicts and colliding terminals (used by the tests; needs interegular).
    """
    from lark import Lark  # noqa: PLC0415  # half of the start-up time, and rarely needed

    options: dict[str, Any] = {"parser": "lalr", "lexer": "basic", "maybe_placeholders": True, "strict": strict}
    return Lark(grammar(), **options)
