"""What stood where the parser stopped: the common slips by name, all others by what could have stood there."""

from __future__ import annotations

import re
from functools import cache

from dsl import problems
from dsl.diagnostics import Diagnostic, nearest
from dsl.lalr import END, Unexpected
from dsl.lexicon import KEYWORDS
from dsl.spans import Span

_SIGNS = {"LPAR": "(", "RPAR": ")", "LSQB": "[", "RSQB": "]", "EQUAL": "=", "COMMA": ",", "COLON": ":", "ARROW": "->"}

_VALUE = (("a value", "ett värde"), ("an expression", "ett uttryck"))
_KINDS = (
    ("NAME", "a name", "ett namn"),
    ("NUMBER", "a number", "ett tal"),
    ("DATE", "a date", "ett datum"),
)
_TEXT = ('a text "…"', 'en text "…"')
_OPERATOR = ("an operator such as `+` or `=`", "ett räknetecken som `+` eller `=`")
_END = ("the end of the line", "radens slut")

_WRITTEN_ELSEWHERE = {
    "==": ("=", "="),
    "===": ("=", "="),
    "=>": (">=", ">="),
    "=<": ("<=", "<="),
    "=!": ("!=", "!="),
    "<>": ("!=", "!="),
    ":=": ("=", "="),
    "&&": ("and", "och"),
    "&": ("and", "och"),
    "||": ("or", "eller"),
    "!": ("not", "inte"),
    "×": ("*", "*"),
    "·": ("*", "*"),
    "•": ("*", "*"),
    "÷": ("/", "/"),
    "**": ("*", "*"),
    "–": ("-", "-"),
    "—": ("-", "-"),
    ":-": ("kr", "kr"),
    "→": ("->", "->"),
    "€": ("eur", "eur"),
    "'": ('"', '"'),
    ";": (",", ","),
}
"""Signs of other programs and languages → what is written here, in English and Swedish."""

_FOREIGN = re.compile("|".join(re.escape(sign) for sign in sorted(_WRITTEN_ELSEWHERE, key=len, reverse=True)))
_DIGITS = re.compile("[0-9](?:[ .,\u00a0\u202f]?[0-9])*")
_PATTERN = re.compile("[0-9A-Za-zåäöÅÄÖ]+[*?]")
_FOREIGN_DATE = re.compile(
    r"(?<![0-9])([0-9]{1,2}[./][0-9]{1,2}[./](19|2[01])[0-9]{2}|(19|2[01])[0-9]{2}/[0-9]{1,2}/[0-9]{1,2})(?![0-9])"
)
_SHORT = re.compile(r"(?<![\w.])((fr)\.o\.m\b\.?|t\.o\.m\b\.?) *")
LIKE = 80
"""How much alike, in per cent, a word and a word of the language must be, for the one to be taken for the other."""

_AGGREGATES = frozenset({"SUM", "RUNNING", "MEAN", "LOWEST", "HIGHEST", "PERCENTILE", "COUNT"}) | frozenset(
    {"LATEST", "EARLIEST", "EXISTS", "WHEN"}
)
"""Terminals that begin what stands at the top of an expression, or in parentheses."""

STARTERS = frozenset(
    {
        "LET",
        "PAYS",
        "GIVES",
        "WHEN",
        "OTHERWISE",
        "EACH",
        "REQUIRES",
        "UNSETTLED",
        "NEEDS",
        "EXAMPLE",
        "GIVEN",
        "EXPECT",
    }
    | {"ALWAYS", "SUBTOTAL", "AMEND", "ENDS", "SOURCE", "PARAM", "COLUMN", "FORM", "MODEL", "FACT", "TABLE", "INDEX"}
    | {"USE", "UNIT", "INSIDE", "OUTSIDE_BASE"}
)
"""Terminals that begin a statement."""


def problem(error: Unexpected, source: str, file: str, offset: int, skipped: int) -> Diagnostic:
    """Why a line could not be read on.

    Args:
        error: what the parser stumbled on.
        source: the line.
        file: the file that the line stands in.
        offset: where it starts there.
        skipped: how many characters at its start are not the author's.
    """
    token = error.token
    at = max(token.start, skipped)
    span = Span(file, offset + at, offset + max(token.end, at))
    short = next((m for m in _SHORT.finditer(source, skipped) if m.start() <= at <= m.end()), None)
    if short:
        right_en, right_sv = KEYWORDS["FROM" if short[2] else "TO"]
        place = Span(file, offset + short.start(), offset + short.end(1))
        return problems.ABBREVIATED.at(place, found=short[1], right_en=right_en, right_sv=right_sv)
    foreign = _foreign(source, at, skipped, bare=token.type in ("", "EQUAL", "OPERATOR", "STAR", "COLON"))
    if foreign:
        start, sign = foreign
        right_en, right_sv = _WRITTEN_ELSEWHERE[sign]
        place = Span(file, offset + start, offset + start + len(sign))
        return problems.WRONG_SIGN.at(place, found=sign, right_en=right_en, right_sv=right_sv)
    if not token.type:
        return _character(source, at, span)
    pattern = _pattern(error, source, skipped)
    if pattern:
        place = Span(file, offset + pattern.start(), offset + pattern.end())
        return problems.UNQUOTED_PATTERN.at(place, found=pattern.group())
    if token.type == END:
        return problems.UNFINISHED.at(span, **expectation(error.accepted))
    if token.type in KEYWORDS and error.accepted == {"NAME"}:
        return problems.RESERVED.at(span, found=token.text)
    if token.type == "EQUAL" and len(error.before) > 1 and error.before[1] is token:
        return problems.MISSING_LET.at(span, name=error.before[0].text)
    meant = _misspelt(error, skipped)
    if meant:
        first = error.before[0]
        place = Span(file, offset + first.start, offset + first.end)
        return problems.UNKNOWN_START.at(place, found=first.text, suggestion=meant)
    if error.before[:1] and error.before[0].type == "STRING" and error.before[0] is not token and not skipped:
        return problems.TEXT_FIRST.at(Span(file, offset + error.before[0].start, offset + error.before[0].end))
    if token.type in ("EQUAL", "COLON") and len(error.before) > 1 and error.before[0].type == "NAME":
        keyword = error.before[error.before.index(token) - 1].text
        return problems.ARGUMENT_SIGN.at(span, found=token.text, name=keyword)
    if token.type in _AGGREGATES and {"LPAR", "NUMBER"} <= error.accepted and "COUNT" not in error.accepted:
        return problems.AGGREGATE_INSIDE.at(span, found=token.text)
    if token.type in STARTERS and END in error.accepted and error.before and error.before[0] is not token:
        return problems.TWO_STATEMENTS.at(span, found=token.text)
    return problems.UNREADABLE.at(span, found=token.text, **(_usual(error) or expectation(error.accepted)))


def _usual(error: Unexpected) -> dict[str, str]:
    """What is written where a line is not read on, when that is known from how it begins; empty otherwise."""
    first, token = error.before[:1], error.token
    if first and first[0].text == "period":
        return {
            "expected_en": "two days, as in `period 2012-01-01 to 2012-12-31`",
            "expected_sv": "två datum, som i `period 2012-01-01 till 2012-12-31`",
        }
    if token.text in ("*", "+") and "PLUS" not in error.accepted and first and first[0].type == "NAME":
        return {
            "expected_en": "a calculation in parentheses, as in `(3 * 5 kr)`",
            "expected_sv": "en uträkning inom parentes, som i `(3 * 5 kr)`",
        }
    if token.text == "/" and "PLUS" not in error.accepted:
        return {
            "expected_en": "a number with its unit in one word, as in `1 200 000 kr/year`",
            "expected_sv": "ett tal med sin enhet i ett ord, som i `1 200 000 kr/år`",
        }
    return {}


def _misspelt(error: Unexpected, skipped: int) -> str:
    """The word of the language that a line begins with but for its spelling; empty when it is like none."""
    if skipped or len(error.before) < 2 or error.before[0].type != "NAME" or error.before[1] is error.token:
        return ""
    return nearest(error.before[0].text, [spelling for start in sorted(STARTERS) for spelling in KEYWORDS[start]], LIKE)


def foreign_date(source: str, at: int, skipped: int) -> re.Match[str] | None:
    """A date as other programs write it (`31/12/2012`) at or around a place."""
    return next((m for m in _FOREIGN_DATE.finditer(source, skipped) if m.start() <= at < m.end()), None)


def _pattern(error: Unexpected, source: str, skipped: int) -> re.Match[str] | None:
    """A code pattern at the token, or just before it: `I60*` is read as the start of a product."""
    tokens = error.before[: error.before.index(error.token) + 1] if error.token in error.before else error.before
    for token in tokens[-3:] if error.token in error.before else (*tokens[-2:], error.token):
        pattern = _PATTERN.match(source, token.start)
        if pattern and token.start >= skipped and token.type in ("NAME", "NUMBER"):
            return pattern
    return None


def _foreign(source: str, at: int, skipped: int, *, bare: bool) -> tuple[int, str] | None:
    """The sign of another language at or around a place: `=>` stops the parser at its second character."""
    if not bare:
        return None
    for start in (at - 1, at):
        match = _FOREIGN.match(source, start) if start >= skipped else None
        if match and match.end() > at:
            return start, match.group()
    return None


def _character(source: str, at: int, span: Span) -> Diagnostic:
    sign = source[at]
    digits = _DIGITS.match(source, at)
    if digits:
        found = digits.group()
        place = Span(span.file, span.start, span.start + len(found))
        whole, *decimals = re.split("[.,]", re.sub("[ \u00a0\u202f]", "", found))
        long = len(whole) > 18 or (len(decimals) == 1 and len(decimals[0]) > 6)
        return (problems.NUMBER_TOO_LONG if long else problems.DIGIT_GROUPS).at(place, found=found[:40])
    if sign in "“”„«»‘’":
        return problems.CURLY_QUOTE.at(span, found=sign)
    return problems.BAD_CHARACTER.at(span, character=f"`{sign}`")


@cache
def expectation(terminals: frozenset[str]) -> dict[str, str]:
    """Terminals as words of both languages, `expected_en` and `expected_sv`: at most five, the telling ones first."""
    words: list[tuple[str, str]] = []
    unsaid = {"LPAR"}
    if terminals >= {"NUMBER", "NAME", "LPAR"}:
        words.append(_VALUE["SUM" in terminals])
        unsaid |= {"NOT"}
    else:
        words += [(en, sv) for terminal, en, sv in _KINDS if terminal in terminals]
    if "STRING" in terminals and "NUMBER" not in terminals:
        words.append(_TEXT)
    if "PLUS" in terminals:
        words.append(_OPERATOR)
        unsaid |= {"LSQB", "EQUAL", "IN", "OF", "AND", "OR", "IS_MISSING", "IS_PRESENT", "ELSE", "ROUNDED"}
    words += [(f"`{s}`", f"`{s}`") for terminal, s in _SIGNS.items() if terminal in terminals - unsaid]
    if END in terminals:
        words.append(_END)
    words += [(f"`{en}`", f"`{sv}`") for terminal, (en, sv) in KEYWORDS.items() if terminal in terminals - unsaid]
    return {"expected_en": ", ".join(en for en, _ in words[:5]), "expected_sv": ", ".join(sv for _, sv in words[:5])}
