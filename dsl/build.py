"""Lark's tree of one line → nodes. One method a level: statements, items, types, expressions."""

from __future__ import annotations

import re
from fractions import Fraction

from lark import Token, Tree

from dsl import nodes as n
from dsl import problems
from dsl.dates import parse_date
from dsl.diagnostics import Diagnostic
from dsl.lexicon import ENGLISH_UNIT
from dsl.spans import Span

Part = Tree[Token] | Token | None

OPERATORS = {"≤": "<=", "≥": ">=", "≠": "!="}
_MONEY = {"kr", "tkr", "mkr", "eur"}


def number(text: str) -> Fraction:
    """The exact value of a number as written: blanks group digits, a comma or a point starts the decimals."""
    return Fraction(re.sub(r"[ \u00a0\u202f]", "", text).replace(",", "."))


class Builder:
    """Builds the nodes of one logical line.

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
        self.tokens = 0

    # --- places

    def at(self, token: Token) -> Span:
        start = self.offset + (token.start_pos or 0)
        self.tokens += 1
        return Span(self.file, start, start + len(token))

    def name(self, token: Part) -> n.Name:
        assert isinstance(token, Token)
        return n.Name(str(token), span=self.at(token))

    def text(self, token: Part) -> n.Text:
        assert isinstance(token, Token)
        return n.Text(str(token)[1:-1], span=self.at(token))

    def alias(self, part: Part) -> n.Name | None:
        return self.name(part.children[0]) if isinstance(part, Tree) else None

    def names(self, part: Part) -> tuple[n.Name, ...]:
        return tuple(self.name(child) for child in part.children) if isinstance(part, Tree) else ()

    def maybe(self, part: Part) -> n.Expr | None:
        return None if part is None else self.expr(part)

    def exprs(self, part: Part) -> tuple[n.Expr, ...]:
        return tuple(self.expr(child) for child in part.children) if isinstance(part, Tree) else ()

    # --- statements

    def statement(self, tree: Tree[Token]) -> n.Statement:
        """The statement of a line's tree."""
        c = tree.children
        match tree.data:
            case "clause":
                return n.Clause(self.name(c[0]), self.items(c[1:]))
            case "use":
                return n.Use(self.names(c[1]))
            case "unit":
                aliases = c[2]
                inner = aliases.children[0] if isinstance(aliases, Tree) and aliases.data == "aliases" else None
                size = c[-1] if len(c) == 4 or (inner is None and len(c) == 3) else None
                return n.DefineUnit(self.names(c[1]), self.names(inner), self.maybe(size))
            case "define":
                kinds = {"FORM": "form", "MODEL": "model", "FACT": "fact", "INDEX": "index"}
                assert isinstance(c[0], Token)
                return n.Define(kinds[c[0].type], self.name(c[1]), self.alias(c[2]))
            case "table":
                return n.DefineTable(self.name(c[1]), self.alias(c[2]), self.signature(c[3]))
            case "declare":
                assert isinstance(c[0], Token)
                kind = "param" if c[0].type == "PARAM" else "column"
                return n.Declare(kind, self.name(c[1]), self.alias(c[2]), self.type(c[3]), self.maybe(c[4]))
            case "let":
                return n.Let(self.name(c[1]), self.maybe(c[2]))
            case "pays" | "gives":
                return self.result(tree)
            case "when":
                return n.When(self.expr(c[1]), self.consequence(c[-1]))
            case "otherwise":
                return n.Otherwise(self.consequence(c[1]))
            case "each":
                return self.each(tree)
            case "requires":
                return n.Requires(self.expr(c[1]), self.text(c[2]))
            case "unsettled":
                return n.Unsettled(self.expr(c[1]), self.text(c[2]))
            case "needs":
                return n.Needs(self.name(c[1]), self.names(c[2]))
            case "inside":
                return n.Inside(self.name(c[1]), self.expr(c[2]))
            case "since":
                to = next((i for i, part in enumerate(c) if isinstance(part, Token) and part.type == "TO"), None)
                end = self.date(c[to + 1]) if to is not None else None
                return n.Since(self.date(c[1]), end, self.maybe(c[-1]))
            case "example":
                return n.Example(self.text(c[1]))
            case "given":
                return n.Given(self.exprs(c[1]))
            case "expect":
                return n.Expect(self.exprs(c[1]))
            case "always":
                return n.Always(self.expr(c[1]), self.text(c[2]) if c[2] is not None else None)
            case "subtotal":
                return n.Subtotal(self.name(c[1]), self.exprs(c[2]))
            case "amend":
                return n.Amend(self.text(c[1]), self.date(c[3]))
            case "ends":
                return n.Ends(self.expr(c[1]))
            case "sentence":
                return n.Sentence(self.text(c[0]))
            case "source":
                return n.Source(self.text(c[1]))
            case _:
                return n.OutsideBase()

    def result(self, tree: Tree[Token]) -> n.Pays | n.Gives:
        c = tree.children
        if tree.data == "pays":
            return n.Pays(self.text(c[1]) if c[1] is not None else None, self.maybe(c[2]))
        return n.Gives(self.name(c[1]), self.maybe(c[2]))

    def consequence(self, part: Part) -> n.Expr | n.Pays | n.Gives | None:
        if isinstance(part, Tree) and part.data in ("pays", "gives"):
            return self.result(part)
        return self.maybe(part)

    def each(self, tree: Tree[Token]) -> n.Each:
        c = tree.children
        rows = self.fact(c[1])
        where = self.maybe(c[-1])
        by: list[n.Name] = []
        spell = None
        for part in c[2:-2]:
            if isinstance(part, Tree):
                spell = self.expr(part.children[1])
            elif isinstance(part, Token) and part.type == "NAME":
                by.append(self.name(part))
        rows = n.Rows(rows.fact, rows.alias, rows.all_providers, rows.window, where, span=rows.span)
        return n.Each(rows, tuple(by), spell)

    # --- items of a clause line

    def items(self, parts: list[Part]) -> tuple[n.Item, ...]:
        items: list[n.Item] = []
        for part in parts:
            if isinstance(part, Tree) and part.data == "word":
                token = part.children[0]
                assert isinstance(token, Token)
                items.append(n.Item(None, {"OF": "of", "FROM": "from", "TO": "to"}[token.type], span=self.at(token)))
            elif isinstance(part, Tree) and part.data == "comma":
                items.append(n.Item(None, ",", span=items[-1].span if items else Span(self.file, self.offset, self.offset)))
            elif isinstance(part, Tree) and part.data == "item_percent":
                word = self.name(part.children[0])
                items.append(n.Item(word, span=word.span))
            elif isinstance(part, Tree) and part.data == "item_number":
                *sign, token = part.children
                assert isinstance(token, Token)
                span = self.at(token)
                value: n.Expr = n.Number(number(token), "", str(token), span=span)
                if sign and sign[0] is not None:
                    assert isinstance(sign[0], Token)
                    span = self.at(sign[0]).to(span)
                    value = n.Minus(value, span=span)
                items.append(n.Item(value, span=span))
            else:
                value = self.expr(part)
                items.append(n.Item(value, span=value.span))
        return tuple(items)

    # --- types

    def signature(self, part: Part) -> n.Signature:
        assert isinstance(part, Tree)
        arrow = next(i for i, child in enumerate(part.children) if isinstance(child, Token))
        keys, values = part.children[:arrow], part.children[arrow + 1 :]
        return n.Signature(tuple(map(self.sigitem, keys)), tuple(map(self.sigitem, values)))

    def sigitem(self, part: Part) -> n.SignatureItem:
        assert isinstance(part, Tree)
        name = self.name(part.children[0])
        return n.SignatureItem(name, self.alias(part.children[1]), tuple(map(self.name, part.children[2:])), span=name.span)

    def type(self, part: Part) -> n.TypeExpr:
        assert isinstance(part, Tree)
        if part.data == "type_choice":
            options = [child for child in part.children if isinstance(child, Tree)]
            optional = isinstance(part.children[-1], Token) and part.children[-1].type == "OPTIONAL"
            choices = tuple(n.ChoiceWord(self.name(o.children[0]), self.alias(o.children[1])) for o in options)
            return n.TypeChoice(choices, optional, span=choices[0].name.span)
        if part.data == "type_table":
            return n.TypeTable(self.signature(part.children[1]))
        words = [child for child in part.children if isinstance(child, Token) and child.type in ("NAME", "PERCENT")]
        optional = any(isinstance(child, Token) and child.type == "OPTIONAL" for child in part.children)
        bounds = [child for child in part.children if isinstance(child, Tree)]
        low, high = (self.expr(bounds[0]), self.expr(bounds[1])) if bounds else (None, None)
        names = tuple(self.name(word) for word in words)
        span = names[0].span.to(names[-1].span) if names else Span(self.file, self.offset, self.offset)
        return n.TypeWords(names, low, high, optional, span=span)

    # --- expressions

    def date(self, token: Part) -> n.Date:
        assert isinstance(token, Token)
        span = self.at(token)
        if parse_date(str(token)) is None:
            self.found.append(problems.NO_SUCH_DATE.at(span, found=token))
        return n.Date(str(token), span=span)

    def expr(self, part: Part) -> n.Expr:
        """The node of an expression's tree, with the span of all its tokens."""
        assert isinstance(part, Tree)
        c = part.children
        span = self.span(part)
        match part.data:
            case "number":
                return self.number(c, span)
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
                return self.chain(c, span)
            case "or_" | "and_":
                return n.Logic(part.data[:-1], tuple(self.expr(p) for p in c[::2]), span=span)
            case "equal":
                return n.Compare("=", self.expr(c[0]), self.expr(c[1]), span=span)
            case "compare":
                return n.Compare(OPERATORS.get(str(c[1]), str(c[1])), self.expr(c[0]), self.expr(c[2]), span=span)
            case "missing" | "present":
                return n.Presence(self.expr(c[0]), part.data == "missing", span=span)
            case "among":
                members = self.expr(c[2])
                inner = members.members if isinstance(members, n.Group) else (members,)
                return n.Among(self.expr(c[0]), inner, span=span)
            case "between":
                return n.Between(self.expr(c[0]), self.expr(c[2]), self.expr(c[4]), span=span)
            case "else_":
                return n.Else(self.expr(c[0]), self.expr(c[2]), span=span)
            case "rounded_to":
                return n.Rounded(self.expr(c[0]), self.expr(c[2]), span=span)
            case "cases":
                return self.cases(c, span)
            case "aggregate" | "count" | "distinct":
                return self.aggregate(part, span)
            case _:
                kind, rows = c
                assert isinstance(kind, Token)
                return n.Pick(kind.type.lower(), self.rows(rows), span=span)

    def number(self, c: list[Part], span: Span) -> n.Number:
        token, unit = c[0], c[1] if len(c) > 1 else None
        assert isinstance(token, Token)
        self.at(token)
        value = number(token)
        unit_span = self.at(unit) if isinstance(unit, Token) else Span(self.file, span.end, span.end)
        name = str(unit) if isinstance(unit, Token) else ""
        self.thousands(str(token), name, span)
        return n.Number(value, name, str(token), unit_span, span=span)

    def thousands(self, text: str, unit: str, span: Span) -> None:
        """Warn of `1,500 kr`: read as one krona and fifty öre, though thousands may have been meant."""
        if re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", text) and ENGLISH_UNIT.get(unit, unit) in _MONEY:
            grouped = text.replace(",", " ")
            self.found.append(problems.THREE_DECIMALS.at(span, found=text, read=text.replace(",", "."), grouped=grouped))

    def chain(self, c: list[Part], span: Span) -> n.Chain:
        rest: list[tuple[str, n.Expr]] = []
        tight = False
        for operator, operand in zip(c[1::2], c[2::2], strict=True):
            assert isinstance(operator, Token)
            start = operator.start_pos or 0
            around = self.source[start - 1 : start + 2]
            tight = tight or (operator == "/" and around != " / ")
            rest.append(("of" if operator.type == "OF" else str(operator), self.expr(operand)))
        return n.Chain(self.expr(c[0]), tuple(rest), tight, span=span)

    def cases(self, c: list[Part], span: Span) -> n.Cases:
        cases = []
        for part in c[:-2]:
            assert isinstance(part, Tree)
            condition, value = part.children[1], part.children[3]
            cases.append(n.Case(self.expr(condition), self.expr(value), span=self.span(part)))
        return n.Cases(tuple(cases), self.expr(c[-1]), span=span)

    def aggregate(self, part: Tree[Token], span: Span) -> n.Aggregate:
        c = part.children
        if part.data == "count":
            return n.Aggregate("count", None, self.rows(c[-1]) if c[-1] is not None else None, span=span)
        if part.data == "distinct":
            over = self.rows(c[4]) if c[4] is not None else None
            return n.Aggregate("distinct", self.expr(c[2]), over, span=span)
        kind = c[0]
        assert isinstance(kind, Tree)
        word = kind.children[0]
        assert isinstance(word, Token)
        rank = self.expr(kind.children[1]) if word.type == "PERCENTILE" else None
        return n.Aggregate(
            word.type.lower(),
            self.expr(c[2]),
            self.rows(c[4]) if c[4] is not None else None,
            c[1] is not None,
            self.maybe(c[6]),
            self.maybe(c[8]),
            rank,
            span=span,
        )

    def rows(self, part: Part) -> n.Rows:
        assert isinstance(part, Tree)
        if part.data == "fact":
            return self.fact(part)
        fact = self.fact(part.children[0])
        where = self.maybe(part.children[2])
        return n.Rows(fact.fact, fact.alias, fact.all_providers, fact.window, where, span=self.span(part))

    def fact(self, part: Part) -> n.Rows:
        assert isinstance(part, Tree)
        c = part.children
        alias = self.name(c[2]) if c[2] is not None else None
        return n.Rows(self.name(c[0]), alias, c[3] is not None, self.window(c[5]), span=self.span(part))

    def window(self, part: Part) -> n.Window | None:
        if not isinstance(part, Tree):
            return None
        c = part.children
        span = self.span(part)
        if isinstance(c[0], Token):
            return n.Window("", None, span=span)
        if c[1] is None:
            return n.Window("", self.expr(c[0]), span=span)
        side = c[1]
        assert isinstance(side, Tree)
        word = side.children[0]
        assert isinstance(word, Token)
        return n.Window(word.type.lower(), self.expr(c[2]), self.expr(c[0]), span=span)

    def span(self, part: Tree[Token]) -> Span:
        """From the first to the last token of a tree."""
        tokens = [token for token in part.scan_values(lambda value: isinstance(value, Token))]
        start = min(token.start_pos or 0 for token in tokens)
        end = max((token.start_pos or 0) + len(token) for token in tokens)
        return Span(self.file, self.offset + start, self.offset + end)
