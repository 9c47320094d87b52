"""The parser of a line: Lark's LALR tables over `grammar.lark`, with the words of both vocabularies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, ClassVar

from lark import Lark, Token

from dsl.lexicon import TERMINAL


class Labels:
    """A text right after `pays` is its label, not a value: the one thing that LALR(1) alone can't see."""

    always_accept: ClassVar[tuple[str, ...]] = ()

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Pass tokens through, turning a label's STRING into LABEL."""
        previous = ""
        for token in stream:
            if previous == "PAYS" and token.type == "STRING":
                yield Token.new_borrow_pos("LABEL", token.value, token)
            else:
                yield token
            previous = token.type


def keyword(token: Token) -> Token:
    """A NAME that is a word of the language becomes that word's terminal."""
    terminal = TERMINAL.get(" ".join(token.split())) if token in TERMINAL or " " in token else None
    return Token.new_borrow_pos(terminal, token.value, token) if terminal else token


def grammar() -> str:
    """The grammar with the phrases of the lexicon put in."""
    text = resources.files("dsl").joinpath("grammar.lark").read_text("utf-8")
    phrases = sorted((phrase for phrase in TERMINAL if " " in phrase), key=lambda p: (-len(p), p))
    return text.replace("@PHRASES@", "(" + "|".join(re.escape(p).replace("\\ ", "[ ]+") for p in phrases) + ")")


@cache
def parser(*, strict: bool = False) -> Lark:
    """The parser of one logical line.

    Args:
        strict: refuse conflicts and colliding terminals (used by the tests; needs interegular).
    """
    options: dict[str, Any] = {
        "parser": "lalr",
        "lexer": "basic",
        "postlex": Labels(),
        "lexer_callbacks": {"NAME": keyword},
        "maybe_placeholders": True,
        "strict": strict,
    }
    return Lark(grammar(), **options)
