"""A tree of tokens → the statement of one line: items, types and declarations. Expressions are its base class's."""

from __future__ import annotations

from collections.abc import Sequence

from dsl import nodes as n, problems
from dsl.build_expressions import ExpressionBuilder, number
from dsl.lalr import Part, Token, Tree, as_token, as_tree

_KINDS = {"FORM": "form", "MODEL": "model", "FACT": "fact", "INDEX": "index"}
_WORDS = {"OF": "of", "FROM": "from", "TO": "to", "BY": "by"}


class Builder(ExpressionBuilder):
    """Builds the nodes of one logical line."""

    def _alias(self, part: Part) -> n.Name | None:
        return self.name(part.children[0]) if isinstance(part, Tree) else None

    def _names(self, part: Part) -> tuple[n.Name, ...]:
        return tuple([self.name(child) for child in part.children]) if isinstance(part, Tree) else ()

    def statement(self, tree: Tree) -> n.Statement:
        """The statement of a line's tree."""
        c = tree.children
        match tree.data:
            case "clause":
                return n.Clause(self.name(c[0]), self._items(c[1:]))
            case "use":
                return n.Use(self._names(c[1]))
            case "unit":
                aliases = next((p.children[0] for p in c if isinstance(p, Tree) and p.data == "aliases"), None)
                last = c[-1] if isinstance(c[-1], Tree) and c[-1].data not in ("names", "aliases") else None
                return n.DefineUnit(self._names(c[1]), self._names(aliases), self.maybe(last))
            case "define":
                return n.Define(_KINDS[as_token(c[0]).type], self.name(c[1]), self._alias(c[2]))
            case "table":
                return n.DefineTable(self.name(c[1]), self._alias(c[2]), self._signature(c[3]))
            case "declare":
                kind = "param" if as_token(c[0]).type == "PARAM" else "column"
                return n.Declare(kind, self.name(c[1]), self._alias(c[2]), self._type(c[3]), self.maybe(c[4]))
            case "let":
                return n.Let(self.name(c[1]), self.maybe(c[3]), self._alias(c[2]))
            case "pays" | "gives":
                return self._result(tree)
            case "when":
                return n.When(self.expr(c[1]), self._consequence(c[-1]))
            case "otherwise":
                return n.Otherwise(self._consequence(c[1]))
            case "each":
                return self._each(tree)
            case "requires":
                return n.Requires(self.expr(c[1]), self.text(c[2]), self.text(c[3]) if c[3] is not None else None)
            case "unsettled":
                return n.Unsettled(self.expr(c[1]), self.text(c[2]), self.text(c[3]) if c[3] is not None else None)
            case "needs":
                return n.Needs(self.name(c[1]), self._names(c[2]))
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

    def _result(self, tree: Tree) -> n.Pays | n.Gives:
        c = tree.children
        if tree.data == "pays":
            label, other = (self.text(part) if part is not None else None for part in c[1:3])
            return n.Pays(label, self.maybe(c[3]), other)
        return n.Gives(self.name(c[1]), self.maybe(c[3]), self._alias(c[2]))

    def _consequence(self, part: Part) -> n.Expr | n.Pays | n.Gives | None:
        if isinstance(part, Tree) and part.data in ("pays", "gives"):
            return self._result(part)
        return self.maybe(part)

    def _each(self, tree: Tree) -> n.Each:
        c = tree.children
        rows = self.fact(c[1])
        where = self.maybe(c[-1])
        by: list[n.Name] = []
        spell = None
        for part in c[2:-2]:
            if isinstance(part, Tree):
                if spell is not None:
                    self.found.append(problems.TWO_SPELLS.at(self.span(part)))
                spell = self.expr(part.children[1])
            elif isinstance(part, Token) and part.type == "NAME":
                by.append(self.name(part))
        rows = n.Rows(rows.fact, rows.alias, rows.all_providers, rows.window, where, span=rows.span)
        return n.Each(rows, tuple(by), spell)

    # --- items of a clause line

    def _items(self, parts: Sequence[Part]) -> tuple[n.Item, ...]:
        items: list[n.Item] = []
        last: Token | None = None
        for part in parts:
            tree = as_tree(part)
            span = self.span(tree)
            digits: Token | None = None
            match tree.data:
                case "word":
                    items.append(n.Item(None, _WORDS[as_token(tree.children[0]).type], span=span))
                case "comma":
                    items.append(n.Item(None, ",", span=span))
                case "item_number":
                    sign, digits = tree.children[0], as_token(tree.children[-1])
                    value: n.Expr = n.Number(number(digits.text), "", digits.text, span=self.span(digits))
                    items.append(n.Item(value if sign is digits else n.Minus(value, span=span), span=span))
                case "item_percent" | "name":
                    if self.unit_after(last, tree.children[0]):
                        items.append(n.Item(self.name(tree.children[0]), span=span))
                    else:
                        whole = items.pop().span.to(span)
                        items.append(n.Item(n.Bad(span=whole), span=whole))
                case _:
                    items.append(n.Item(self.expr(tree), span=span))
            last = digits
        return tuple(items)

    # --- types

    def _signature(self, part: Part) -> n.Signature:
        tree = as_tree(part)
        arrow = next(i for i, child in enumerate(tree.children) if isinstance(child, Token))
        keys = [self._sigitem(child) for child in tree.children[:arrow]]
        values = [self._sigitem(child) for child in tree.children[arrow + 1 :]]
        return n.Signature(tuple(keys), tuple(values), span=self.span(tree))

    def _sigitem(self, part: Part) -> n.SignatureItem:
        tree = as_tree(part)
        name, alias, *words = tree.children
        kinds = tuple([self._word(word) for word in words if isinstance(word, Token)])
        return n.SignatureItem(self.name(name), self._alias(alias), kinds, *self._range(words), span=self.span(tree))

    def _word(self, part: Part) -> n.Name:
        """A word of a type; `optional` is kept in English, for the tree is the same in both vocabularies."""
        word = as_token(part)
        return n.Name("optional", span=self.span(word)) if word.type == "OPTIONAL" else self.name(word)

    def _type(self, part: Part) -> n.TypeExpr:
        tree = as_tree(part)
        c = tree.children
        span = self.span(tree)
        if tree.data == "type_choice":
            optional = isinstance(c[-1], Token) and c[-1].type == "OPTIONAL"
            choices = [
                n.ChoiceWord(self.name(o.children[0]), self._alias(o.children[1]), span=self.span(o))
                for o in c
                if isinstance(o, Tree)
            ]
            return n.TypeChoice(tuple(choices), optional, span=span)
        if tree.data == "type_table":
            return n.TypeTable(self._signature(c[1]), span=span)
        names = tuple(
            [self.name(child) for child in c if isinstance(child, Token) and child.type in ("NAME", "PERCENT")]
        )
        optional = any(isinstance(child, Token) and child.type == "OPTIONAL" for child in c)
        return n.TypeWords(names, *self._range(c), optional, span=span)

    def _range(self, parts: Sequence[Part]) -> tuple[n.Expr | None, n.Expr | None]:
        """The ends of the range that a type ends with, if it has one; the upper may be left open."""
        found = next((part for part in parts if isinstance(part, Tree)), None)
        if found is None:
            return None, None
        _, low, _, high = found.children
        return self.expr(low), self.maybe(high)
