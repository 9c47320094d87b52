"""A tree of tokens → the nodes of an expression. Assumes: the tree is at most `MAX_DEPTH` levels deep."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from dsl import nodes as n, problems
from dsl.cells import perhaps_thousands
from dsl.dates import advice, parse_date
from dsl.diagnostics import Diagnostic
from dsl.lalr import Part, Token, Tree, as_token, as_tree
from dsl.lexicon import ENGLISH_UNIT
from dsl.spans import Span

OPERATORS = {"≤": "<=", "≥": ">=", "≠": "!="}
_MONEY = frozenset({"kr", "tkr", "mkr", "eur"})
_BLANKS = str.maketrans("", "", " \u00a0\u202f")


def number(text: str) -> Fraction:
    """The exact value of a number as written: blanks group digits, a comma or a point starts the decimals."""
    return Fraction(text.translate(_BLANKS).replace(",", "."))


class ExpressionBuilder:
    """Builds the expressions of one logical line.

    Args:
        file: the file's name.
        offset: where in the file the line starts.
        source: the line's text.
    """

    def __init__(self, file: str, offset: int, source: str) -> None:
        self.file = file
        self.offset = offset
        self.source = source
        self.found: list[Diagnostic] = []

    def span(self, part: Tree | Token) -> Span:
        """The place in the file of a tree or a token."""
        return Span(self.file, self.offset + part.start, self.offset + part.end)

    def name(self, token: Part) -> n.Name:
        """A token as a name."""
        word = as_token(token)
        return n.Name(word.text, span=self.span(word))

    def text(self, token: Part) -> n.Text:
        """A token as a text, without its quotes."""
        quoted = as_token(token)
        return n.Text(quoted.text[1:-1], span=self.span(quoted))

    def date(self, token: Part) -> n.Date:
        """A token as a date that exists."""
        day = as_token(token)
        span = self.span(day)
        if parse_date(day.text) is None:
            self.found.append(problems.NO_SUCH_DATE.at(span, found=day.text, **advice(day.text)))
        return n.Date(day.text, span=span)

    def maybe(self, part: Part) -> n.Expr | None:
        """An expression that may be absent."""
        return None if part is None else self.expr(part)

    def exprs(self, part: Part) -> tuple[n.Expr, ...]:
        """A list of expressions that may be absent."""
        return () if part is None else tuple([self.expr(child) for child in as_tree(part).children])

    def expr(self, part: Part) -> n.Expr:
        """The node of an expression's tree."""
        tree = as_tree(part)
        c = tree.children
        span = self.span(tree)
        match tree.data:
            case "number":
                return self._number(c, span)
            case "text":
                return self.text(c[0])
            case "date":
                return self.date(c[0])
            case "name":
                return self.name(c[0])
            case "member":
                return n.Member(self.expr(c[0]), self.name(c[1]), span=span)
            case "lookup":
                return n.Lookup(self.expr(c[0]), self.exprs(c[1]), span=span)
            case "call":
                return n.Call(self.name(c[0]), self.exprs(c[1]), span=span)
            case "group":
                members = self.exprs(c[0])
                return members[0] if len(members) == 1 else n.Group(members, span=span)
            case "minus":
                return n.Minus(self.expr(c[1]), span=span)
            case "not_":
                return n.Not(self.expr(c[1]), span=span)
            case "chain":
                return self._chain(c, span)
            case "or_" | "and_":
                return n.Logic(tree.data[:-1], tuple([self.expr(p) for p in c[::2]]), span=span)
            case "equal":
                return n.Compare("=", self.expr(c[0]), self.expr(c[1]), span=span)
            case "compare":
                sign = as_token(c[1]).text
                return n.Compare(OPERATORS.get(sign, sign), self.expr(c[0]), self.expr(c[2]), span=span)
            case "missing" | "present":
                return n.Presence(self.expr(c[0]), tree.data == "missing", span=span)
            case "among":
                return n.Among(self.expr(c[0]), self._members(c[2]), span=span)
            case "between":
                return n.Between(self.expr(c[0]), self.expr(c[2]), self.expr(c[4]), span=span)
            case "else_":
                return n.Else(self.expr(c[0]), self.expr(c[2]), span=span)
            case "rounded_to":
                return n.Rounded(self.expr(c[0]), self.expr(c[2]), span=span)
            case "cases":
                return self._cases(c, span)
            case "aggregate" | "count" | "distinct":
                return self._aggregate(tree, span)
            case _:
                return n.Pick(as_token(c[0]).type.lower(), self.rows(c[1]), span=span)

    def _members(self, part: Part) -> tuple[n.Expr, ...]:
        """The members after `in`; `(1,2)` is one number with a decimal comma, which nobody means there."""
        if not (isinstance(part, Tree) and part.data == "group"):
            return (self.expr(part),)
        members = self.exprs(part.children[0])
        match members:
            case (n.Number(text=text),) if "," in text:
                self.found.append(problems.COMMA_IN_LIST.at(members[0].span, found=text, list=text.replace(",", ", ")))
                return (n.Bad(span=members[0].span),)
        return members

    def _number(self, c: Sequence[Part], span: Span) -> n.Expr:
        token = as_token(c[0])
        unit = as_token(c[1]) if len(c) > 1 else None
        unit_span = self.span(unit) if unit else Span(self.file, span.end, span.end)
        name = unit.text if unit else ""
        if not self.unit_after(token, unit):
            return n.Bad(span=span)
        return n.Number(number(token.text), name, token.text, unit_span, span=span)

    def unit_after(self, digits: Token | None, unit: Part) -> bool:
        """Report what is easily misread in a number with a unit; whether it is a number with a unit at all.

        `801A` is a code, not 801 of the unit A. `1,500 kr` is read as one krona and fifty öre, though thousands may
        have been meant.
        """
        if digits is None or not isinstance(unit, Token):
            return True
        core = unit.text.split("/")[0]
        if unit.type == "NAME" and digits.end == unit.start and core not in ENGLISH_UNIT:
            span = self.span(digits).to(self.span(unit))
            self.found.append(problems.UNQUOTED_CODE.at(span, found=digits.text + unit.text))
            return False
        told = perhaps_thousands(digits.text)
        if told and ENGLISH_UNIT.get(core, core) in _MONEY:
            self.found.append(problems.THREE_DECIMALS.at(self.span(digits), **told))
        return True

    def _chain(self, c: Sequence[Part], span: Span) -> n.Chain:
        rest: list[tuple[str, n.Expr]] = []
        tight = False
        for sign, operand in zip(c[1::2], c[2::2], strict=True):
            operator = as_token(sign)
            around = self.source[operator.start - 1 : operator.end + 1]
            tight = tight or (operator.type == "SLASH" and not (around[:1].isspace() and around[-1:].isspace()))
            rest.append(("of" if operator.type == "OF" else operator.text, self.expr(operand)))
        return n.Chain(self.expr(c[0]), tuple(rest), tight, span=span)

    def _cases(self, c: Sequence[Part], span: Span) -> n.Cases:
        cases = []
        for part in c[:-2]:
            case = as_tree(part)
            _, condition, _, value = case.children
            cases.append(n.Case(self.expr(condition), self.expr(value), span=self.span(case)))
        return n.Cases(tuple(cases), self.expr(c[-1]), span=span)

    def _aggregate(self, part: Tree, span: Span) -> n.Aggregate:
        c = part.children
        if part.data == "count":
            return n.Aggregate("count", None, self.rows(c[-1]) if c[-1] else None, span=span)
        if part.data == "distinct":
            return n.Aggregate("distinct", self.expr(c[2]), self.rows(c[4]) if c[4] else None, span=span)
        kind = as_tree(c[0]).children
        word = as_token(kind[0])
        return n.Aggregate(
            word.type.lower(),
            self.expr(c[2]),
            self.rows(c[4]) if c[4] else None,
            c[1] is not None,
            self.maybe(c[6]),
            self.maybe(c[8]),
            self.expr(kind[1]) if word.type == "PERCENTILE" else None,
            span=span,
        )

    def rows(self, part: Part) -> n.Rows:
        """Which rows: a fact with its alias and window, and the condition on them."""
        tree = as_tree(part)
        fact, _, where = tree.children
        rows = self.fact(fact)
        return n.Rows(rows.fact, rows.alias, rows.all_providers, rows.window, self.maybe(where), span=self.span(tree))

    def fact(self, part: Part) -> n.Rows:
        """Rows of a fact without a condition."""
        tree = as_tree(part)
        name, _, alias, everybody, _, window = tree.children
        called = self.name(alias) if alias else None
        return n.Rows(self.name(name), called, everybody is not None, self._window(window), span=self.span(tree))

    def _window(self, part: Part) -> n.Window | None:
        if part is None:
            return None
        tree = as_tree(part)
        span = self.span(tree)
        if isinstance(tree.children[0], Token):
            return n.Window("", None, span=span)
        length, side, anchor = tree.children
        if side is None:
            return n.Window("", self.expr(length), span=span)
        word = as_token(as_tree(side).children[0])
        return n.Window(word.type.lower(), self.expr(anchor), self.expr(length), span=span)
