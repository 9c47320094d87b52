"""A piece of a library's text in the reader's words: its names, keywords, units and decimal signs turned, nothing else.

A contract is quoted as its parties signed it; the library is a tool that speaks both languages, so that its lines are
shown in the one that the reader reads.
"""

from __future__ import annotations

import re
from fractions import Fraction

from avtal.rendering.values import Uses
from dsl.lexicon import KEYWORDS, LANGUAGES, TERMINAL
from dsl.spans import Span
from dsl.words import Words, is_unit

_LETTER = "A-Za-zåäöÅÄÖéÉ_"
_NAME = f"[{_LETTER}][0-9{_LETTER}]*"
_PHRASES = "|".join(re.escape(word).replace(r"\ ", " +") for word in sorted(TERMINAL, key=len, reverse=True))
_TOKEN = re.compile(
    r'"[^"\n]*"|#[^\n]*|[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?(?![0-9])'
    "|(?P<digits>[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]+)?)"
    rf"(?:[ \u00a0\u202f]*(?P<unit>(?:%|{_NAME})(?:/(?:%|{_NAME}))*))?"
    rf"|(?P<keyword>(?:{_PHRASES})(?![0-9{_LETTER}]))"
    f"|(?P<name>{_NAME})"
)


def quoted(text: str, span: Span, uses: Uses, language: str) -> str:
    """A piece of a text in a language's words.

    Args:
        text: the whole file.
        span: the piece.
        uses: the two spellings of the names that stand in it; a name that is not there stays as written.
        language: `sv` or `en`.
    """
    out, at = "", span.start
    while (found := _TOKEN.search(text, at, span.end)) is not None:
        out += text[at : found.start()]
        end = found.end()
        if found["digits"]:
            digits, end = _number(found, span.file, uses, language)
            out += digits
        else:
            out += _word(found, span.file, uses, language)
        at = end
    return out + text[at : span.end]


def _word(found: re.Match[str], file: str, uses: Uses, language: str) -> str:
    """A name, a keyword, or what is the same in both languages."""
    pair = uses.get(Span(file, *found.span()))
    if pair is None and found["keyword"]:
        pair = KEYWORDS[TERMINAL[re.sub(" +", " ", found["keyword"])]]
    return found[0] if pair is None else pair[LANGUAGES.index(language)]


def _number(found: re.Match[str], file: str, uses: Uses, language: str) -> tuple[str, int]:
    """A number, with the word after it when that is its unit; and where it ends."""
    at, words = LANGUAGES.index(language), Words(language, convert=True)
    own = uses.get(Span(file, *found.span("digits")))
    digits = own[at] if own is not None else words.digits(found["digits"], group=False)
    unit = found["unit"] or ""
    named = uses.get(Span(file, *found.span("unit")))
    if named is None and not is_unit(unit):
        return digits, found.end("digits")
    value = Fraction(re.sub("[ \u00a0\u202f]", "", found["digits"]).replace(",", "."))
    blank = found.string[found.end("digits") : found.start("unit")]
    return digits + blank + (named[at] if named is not None else words.unit(unit, value)), found.end()
