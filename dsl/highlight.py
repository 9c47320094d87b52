"""The language for Pygments: `pygmentize -l avtal`. Colours any text without losing a character of it."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, default, words
from pygments.token import (
    Comment,
    Error,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    Whitespace,
)

from dsl.lexicon import KEYWORDS, NAMES, UNITS
from dsl.slips import STARTERS

_LETTER = "A-Za-z_åäöÅÄÖéÉ"
_NAME = f"[{_LETTER}][0-9{_LETTER}]*"
_DIGITS = "[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3}){1,5}(?:[.,][0-9]+)?(?![0-9])|[0-9]+(?:[.,][0-9]+)?"
_BLANK = "[ \u00a0\u202f]+"

_HEADS = sorted(STARTERS - {"WHEN", "OTHERWISE"})
"""Terminals that begin a statement and do not stand inside one."""


def _spellings(terminals: list[str]) -> list[str]:
    return sorted({word for terminal in terminals for word in KEYWORDS[terminal]}, key=lambda word: (-len(word), word))


def _any(spellings: list[str]) -> str:
    """A pattern of whole words; the blanks of a phrase may be several."""
    return "(?:" + "|".join(re.escape(s).replace("\\ ", " {1,20}") for s in spellings) + f")(?![0-9{_LETTER}])"


_AMOUNT = bygroups(Number, Whitespace, Keyword.Type)  # type: ignore[no-untyped-call]  # Pygments has no types there
_UNIT_WORDS = sorted(
    {word for pair in UNITS.values() for spellings in pair for word in spellings}, key=len, reverse=True
)
_UNIT = f"(?:{'|'.join(re.escape(word) for word in _UNIT_WORDS)})(?![0-9{_LETTER}])(?:/(?:{_NAME}|%))*"
_CORE = _any(sorted({*NAMES, *NAMES.values()}, key=lambda word: (-len(word), word)))


class AvtalLexer(RegexLexer):
    """Keywords, head words, numbers with units, dates, texts, comments and table rows.

    Args:
        options: those of every Pygments lexer; blank lines and line ends at the edges of the text are kept.
    """

    name = "Avtal"
    aliases: ClassVar[list[str]] = ["avtal"]
    filenames: ClassVar[list[str]] = ["*.avtal"]
    mimetypes: ClassVar[list[str]] = ["text/x-avtal"]
    url = ""
    flags = re.MULTILINE

    tokens: ClassVar[dict[str, Any]] = {
        "root": [
            (r"\n", Whitespace),
            (_BLANK, Whitespace),
            (r"#[^\n]*", Comment.Single),
            (r"\|", Punctuation, "row"),
            (_any(_spellings(_HEADS)), Keyword.Declaration, "line"),
            (_any(_spellings([t for t in KEYWORDS if t not in _HEADS])), Keyword, "line"),
            (_NAME, Name.Function, "line"),
            default("line"),
        ],
        "line": [
            (r"\n", Whitespace, "#pop"),
            (_BLANK, Whitespace),
            (r"#[^\n]*", Comment.Single),
            (r'"[^"\n]*"', String),
            (r'"[^"\n]*', Error),
            (r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?(?![0-9])", Literal.Date),
            (f"({_DIGITS})({_BLANK})?({_UNIT})", _AMOUNT),
            (f"({_DIGITS})({_BLANK})?(%(?:/{_NAME})*)", _AMOUNT),
            (_DIGITS, Number),
            (_any(_spellings(list(KEYWORDS))), Keyword),
            (_CORE, Name.Builtin),
            (f"{_NAME}(?=\\()", Name.Function),
            (f"{_NAME}(?:/(?:{_NAME}|%))*", Name),
            (words(("->", "<=", ">=", "!=")), Operator),
            (r"[-+*/=<>≤≥≠%]", Operator),
            (r"[()\[\].,:|]", Punctuation),
        ],
        "row": [
            (r"\n", Whitespace, "#pop"),
            (r"\|", Punctuation),
            (r"#[^\n]*", Comment.Single),
            (_BLANK, Whitespace),
            (r'"[^"\n]*"', String),
            (r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?(?![0-9])", Literal.Date),
            (f"(-?(?:{_DIGITS}))({_BLANK})?({_UNIT}|%)", _AMOUNT),
            (f"-?(?:{_DIGITS})(?![0-9{_LETTER}])", Number),
            (r'[^|#"\n \u00a0\u202f]+', Text),
            (r'"', Error),
        ],
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"stripnl": False, "ensurenl": False, **options})
