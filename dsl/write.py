"""An expression → its text: parentheses exactly where precedence needs them, one blank between words."""

from __future__ import annotations

import re

from attrs import frozen

from dsl import nodes as n
from dsl.lexicon import TERMINAL
from dsl.words import Words, attached, is_unit

ANY, LOGIC, CONJUNCTION, NEGATION, COMPARISON, FALLBACK, ROUNDED, SUM, PRODUCT, UNARY, POSTFIX, ATOM = range(12)
"""The rules of the grammar from `expr` to `atom`: what each binds tighter than."""

MARK = "\x01"
"""Stands behind a name that may be put in parentheses, until `settled` decides."""

_PHRASES = sorted((phrase.split() for phrase in TERMINAL if " " in phrase), key=lambda words: (-len(words), words))
_FIRST = frozenset(words[0] for words in _PHRASES)
_LETTER = "[0-9A-Za-z_/åäöÅÄÖéÉ]"
_CLASH = re.compile(
    f"(?<!{_LETTER})(?:"
    + "|".join(
        f"{re.escape(words[0])}{MARK}?" + "".join(f" {re.escape(word)}{MARK}?" for word in words[1:])
        for words in _PHRASES
    )
    + f")(?!{_LETTER})"
)

_ENDS_IN_NAME = re.compile(f"[A-Za-z_%åäöÅÄÖéÉ0-9{MARK}]$")
_BEGINS_WITH_NAME = re.compile("[A-Za-z_%åäöÅÄÖéÉ]")


def settled(text: str) -> str:
    """A line without its marks.

    Two names side by side may spell a phrase of the language (`at least`); one that may be is put in parentheses.
    """
    if MARK not in text:
        return text

    def apart(match: re.Match[str]) -> str:
        words = match.group().split(" ")
        at = next((at for at, word in enumerate(words) if word.endswith(MARK)), None)
        if at is not None:
            words[at] = f"({words[at][:-1]})"
        return " ".join(words)

    return _CLASH.sub(apart, text).replace(MARK, "")


def _strength(e: n.Expr) -> int:
    """The rule of the grammar that an expression is an instance of."""
    match e:
        case n.Cases() | n.Aggregate() | n.Pick():
            return ANY
        case n.Logic(op=op):
            return LOGIC if op == "or" else CONJUNCTION
        case n.Not():
            return NEGATION
        case n.Compare() | n.Among() | n.Between() | n.Presence():
            return COMPARISON
        case n.Else():
            return FALLBACK
        case n.Rounded():
            return ROUNDED
        case n.Chain(rest=rest):
            return SUM if rest[0][0] in "+-" else PRODUCT
        case n.Minus():
            return UNARY
        case n.Member() | n.Lookup():
            return POSTFIX
        case n.Number() | n.Text() | n.Date() | n.Name() | n.Call() | n.Group() | n.Bad():
            return ATOM


@frozen
class Writer:
    """Writes expressions with the words of one vocabulary.

    Args:
        words: how words, numbers and units are written.
        source: the text that the tree was read from; what could not be read is copied from it.
    """

    words: Words
    source: str = ""

    def expr(self, e: n.Expr, level: int = ANY) -> str:
        """An expression where the grammar asks for rule `level`; names may be marked: see `settled`."""
        text = self._bare(e)
        return f"({text})" if _strength(e) < level else text

    def exprs(self, expressions: tuple[n.Expr, ...]) -> str:
        """Expressions with commas between them."""
        return ", ".join([self.expr(e) for e in expressions])

    def _bare(self, e: n.Expr) -> str:
        word = self.words.word
        match e:
            case n.Number():
                return self._number(e)
            case n.Text(value):
                return f'"{value}"'
            case n.Date(text):
                return text
            case n.Name():
                return self.words.name(e) + MARK
            case n.Member(of, name):
                return f"{self.expr(of, POSTFIX)}.{self.words.name(name)}"
            case n.Lookup(of, keys):
                return f"{self.expr(of, POSTFIX)}[{self.exprs(keys)}]"
            case n.Call(name, arguments):
                return f"{self.words.name(name)}({self.exprs(arguments)})"
            case n.Group(members):
                return f"({self.exprs(members)})"
            case n.Minus(of):
                return f"-{self.expr(of, UNARY)}"
            case n.Not(of):
                return f"{word('NOT')} {self.expr(of, NEGATION)}"
            case n.Chain(first, rest):
                below = PRODUCT if rest[0][0] in "+-" else UNARY
                text = self.expr(first, below)
                for op, operand in rest:
                    text += self._operator(op, text, self.expr(operand, below), tight=e.tight)
                return text
            case n.Logic(op, parts):
                below = CONJUNCTION if op == "or" else NEGATION
                return f" {word(op.upper())} ".join([self.expr(part, below) for part in parts])
            case n.Compare(op, left, right):
                return f"{self.expr(left, FALLBACK)} {op} {self.expr(right, FALLBACK)}"
            case n.Among(of, members):
                listed = self.exprs(members)
                # One number with a decimal comma in parentheses would look like two members.
                lone = len(members) == 1 and isinstance(members[0], n.Number) and "," in listed
                return f"{self.expr(of, FALLBACK)} {word('IN')} {listed if lone else f'({listed})'}"
            case n.Between(of, low, high):
                ends = f"{self.expr(low, SUM)} {word('TO')} {self.expr(high, SUM)}"
                return f"{self.expr(of, FALLBACK)} {word('IN')} {ends}"
            case n.Presence(of, missing):
                return f"{self.expr(of, FALLBACK)} {word('IS_MISSING' if missing else 'IS_PRESENT')}"
            case n.Else(of, default):
                return f"{self.expr(of, ROUNDED)} {word('ELSE')} {self.expr(default, FALLBACK)}"
            case n.Rounded(of, step):
                return f"{self.expr(of, SUM)} {word('ROUNDED')} {self.expr(step, SUM)}"
            case n.Cases(cases, otherwise):
                return self._cases(cases, otherwise)
            case n.Aggregate():
                return self._aggregate(e)
            case n.Pick(kind, rows):
                return f"{word(kind.upper())} {self.rows(rows)}"
            case n.Bad(span=span):
                return self.source[span.start : span.end]

    def _operator(self, op: str, before: str, operand: str, *, tight: bool) -> str:
        """An operator and what follows it. `a["x"]/b` stays a path of clauses, but `a/b` would be read as a unit."""
        if op == "/" and tight and not (_ENDS_IN_NAME.search(before) and _BEGINS_WITH_NAME.match(operand)):
            return f"/{operand}"
        return f" {self.words.word('OF') if op == 'of' else op} {operand}"

    def _number(self, number: n.Number) -> str:
        digits = self.words.number(number, group=bool(number.unit))
        if not number.unit:
            return digits
        unit = self.words.rename.get(number.unit_span) or self.words.unit(number.unit, number.value)
        text = attached(digits, unit)
        return f"({text})" if unit in _FIRST else text

    def _cases(self, cases: tuple[n.Case, ...], otherwise: n.Expr | None) -> str:
        word = self.words.word
        parts = [
            f"{word('WHEN')} {self.expr(c.condition, LOGIC)} {word('THEN')} {self.expr(c.value, LOGIC)}" for c in cases
        ]
        if otherwise is not None:
            parts.append(f"{word('OTHERWISE')} {self.expr(otherwise)}")
        return " ".join(parts)

    def _aggregate(self, a: n.Aggregate) -> str:
        word = self.words.word
        if a.kind == "count":
            return f"{word('COUNT')} {word('OF')} {self.rows(a.over)}" if a.over else word("COUNT")
        parts = [word("COUNT"), word("DISTINCT")] if a.kind == "distinct" else [word(a.kind.upper())]
        if a.rank is not None:
            parts.append(self.expr(a.rank, UNARY))
        if a.kind != "distinct":
            parts.append(word("OF"))
        if a.present:
            parts.append(word("PRESENT"))
        if a.of is not None:
            parts.append(self.expr(a.of, SUM))
        if a.over is not None:
            parts += [word("OVER"), self.rows(a.over)]
        if a.weight is not None:
            parts += [word("WEIGHTED"), self.expr(a.weight, SUM)]
        if a.at_least is not None:
            parts += [word("AT_LEAST"), self.expr(a.at_least, SUM)]
        return " ".join(parts)

    def rows(self, rows: n.Rows) -> str:
        """Which rows, with their condition."""
        where = f" {self.words.word('WHERE')} {self.expr(rows.where, LOGIC)}" if rows.where is not None else ""
        return self.fact(rows) + where

    def fact(self, rows: n.Rows) -> str:
        """Which rows, without their condition."""
        word = self.words.word
        parts = [self.words.name(rows.fact)]
        if rows.alias is not None:
            parts += [word("AS"), self.words.name(rows.alias)]
        if rows.all_providers:
            parts.append(word("ALL_PROVIDERS"))
        if rows.window is not None:
            parts += [word("IN"), self._window(rows.window)]
        return " ".join(parts)

    def _window(self, window: n.Window) -> str:
        if window.anchor is None:
            return self.words.word("ANY_PERIOD")
        anchor = self.expr(window.anchor, SUM)
        if window.length is None:
            return anchor
        return f"{self.expr(window.length, SUM)} {self.words.word(window.side.upper())} {anchor}"

    def items(self, items: tuple[n.Item, ...]) -> str:
        """The atoms of a clause line, one blank between them; a number and its unit are one amount."""
        parts: list[str] = []
        amount: n.Number | None = None
        for at, item in enumerate(items):
            value = item.value
            inner = value.of if isinstance(value, n.Minus) else value
            number = inner if isinstance(inner, n.Number) and not inner.unit else None
            if value is None:
                if item.word == ",":
                    parts.append(f"{parts.pop()}," if parts else ",")
                else:
                    parts.append(self.words.word(item.word.upper()))
            elif number is not None:
                following = items[at + 1].value if at + 1 < len(items) else None
                unit = following.id if isinstance(following, n.Name) else ""
                digits = self.words.number(number, group=is_unit(unit))
                parts.append(f"-{digits}" if inner is not value else digits)
            elif amount is not None and isinstance(value, n.Name) and is_unit(value.id):
                text = self.words.rename.get(value.span) or self.words.unit(value.id, amount.value)
                parts.append(attached(parts.pop(), text))
            else:
                parts.append(self._atom(value))
            amount = number
        return " ".join(parts)

    def _atom(self, value: n.Expr) -> str:
        root = value
        while isinstance(root, n.Member | n.Lookup):
            root = root.of
        if isinstance(root, n.Name) or isinstance(value, n.Text | n.Date):
            return self.expr(value)
        return f"({self._bare(value)})"
