"""A statement → its line, in two parts where a column may stand between them. Blocks are the formatter's."""

from __future__ import annotations

from attrs import frozen

from dsl import nodes as n
from dsl.words import Words
from dsl.write import LOGIC, SUM, Writer, settled

PLAIN, ARGUMENT, DECLARATION, SINCE, CASE, EXAMPLE, TABLE = (
    "plain",
    "argument",
    "declaration",
    "since",
    "case",
    "example",
    "table",
)
"""Kinds of lines; neighbours of one kind, other than plain ones, are put in columns together."""


@frozen
class Row:
    """A line in parts.

    Args:
        kind: which lines it is put in columns with.
        left: up to the column.
        right: from the column on; may be empty.
        word: in a case, `then`, which stands in a column of its own.
        statement: in a case, whether `right` is a statement of its own (`pays …`) and not a value.
    """

    kind: str
    left: str
    right: str = ""
    word: str = ""
    statement: bool = False


class StatementWriter:
    """Writes statements with the words of one vocabulary.

    Args:
        words: how words, numbers and units are written.
        source: the text that the tree was read from.
    """

    def __init__(self, words: Words, source: str) -> None:
        self.words = words
        self._writer = Writer(words, source)

    def row(self, line: n.Line, depth: int) -> Row:
        """A line's own statement, without its block and comments.

        Args:
            line: the line.
            depth: how many blocks it stands in; a clause at the margin is no argument of anything.
        """
        row = self._row(line.statement, bool(line.block))
        kind = PLAIN if row.kind == ARGUMENT and depth == 0 else row.kind
        if kind == ARGUMENT and isinstance(line.statement, n.Clause):
            whole = settled(f"{row.left} {row.right}")  # the head and the first item may spell a phrase together
            return Row(kind, row.left, whole[len(row.left) + 1 :])
        if kind == PLAIN and row.right:
            return Row(kind, settled(f"{row.left} {row.right}"))
        return Row(kind, settled(row.left), settled(row.right), row.word, row.statement)

    def _row(self, s: n.Statement, block: bool) -> Row:  # noqa: FBT001  # whether there is one
        word, name, expr = self.words.word, self.words.name, self._writer.expr
        match s:
            case n.Clause(head, items):
                return Row(ARGUMENT, name(head), self._writer.items(items))
            case n.Use(modules):
                return Row(PLAIN, f"{word('USE')} {self._names(modules)}")
            case n.Define(kind, called, alias):
                return Row(PLAIN, f"{word(kind.upper())} {self._called(called, alias)}")
            case n.DefineUnit(names, aliases, size):
                also = f" ({self._units(aliases)})" if aliases else ""
                value = f" = {expr(size, SUM)}" if size is not None else ""
                return Row(PLAIN, f"{word('UNIT')} {self._units(names)}{also}{value}")
            case n.DefineTable(called, alias, signature):
                return Row(PLAIN, f"{word('TABLE')} {self._called(called, alias)} : {self._signature(signature)}")
            case n.Declare(kind, called, alias, type_, default):
                value = f" = {expr(default)}" if default is not None else ""
                left = f"{word(kind.upper())} {self._called(called, alias)}"
                return Row(DECLARATION, left, f": {self._type(type_)}{value}")
            case n.Let(called, value, alias):
                return Row(PLAIN, f"{word('LET')} {self._called(called, alias)} ={self._after(value)}")
            case n.Pays() | n.Gives():
                return Row(PLAIN, self._result(s, block))
            case n.When(condition, then):
                return self._case(f"{word('WHEN')} {expr(condition, LOGIC)}", then, word("THEN"), block)
            case n.Otherwise(then):
                return self._case(word("OTHERWISE"), then, "", block)
            case n.Each(rows, by, spell):
                return Row(PLAIN, self._each(rows, by, spell))
            case n.Requires(condition, reason, other):
                return Row(PLAIN, f"{word('REQUIRES')} {expr(condition)}  {self._reasons(reason, other)}")
            case n.Unsettled(condition, reason, other):
                return Row(PLAIN, f"{word('UNSETTLED')} {expr(condition)}  {self._reasons(reason, other)}")
            case n.Needs(fact, columns):
                return Row(PLAIN, f"{word('NEEDS')} {name(fact)}: {self._names(columns)}")
            case n.Inside(called, offered):
                return Row(PLAIN, f"{word('INSIDE')} {name(called)} = {expr(offered)}")
            case n.Since(start, end, value):
                until = f" {word('TO')} {expr(end)}" if end is not None else ""
                left = f"{word('FROM')} {expr(start)}{until}"
                return Row(SINCE, left, self._after(value).lstrip()) if value is not None else Row(PLAIN, left)
            case n.Example(label):
                return Row(PLAIN, f'{word("EXAMPLE")} "{label.value}"')
            case n.Given(bindings):
                return Row(EXAMPLE, word("GIVEN"), self._writer.exprs(bindings))
            case n.Expect(bindings):
                return Row(EXAMPLE, word("EXPECT"), self._writer.exprs(bindings))
            case n.Always(condition, why):
                reason_text = f'  "{why.value}"' if why is not None else ""
                return Row(PLAIN, f"{word('ALWAYS')} {expr(condition)}{reason_text}")
            case n.Subtotal(called, parts):
                return Row(PLAIN, f"{word('SUBTOTAL')} {name(called)} = {self._writer.exprs(parts)}")
            case n.Amend(label, start):
                return Row(PLAIN, f'{word("AMEND")} "{label.value}" {word("FROM")} {expr(start)}')
            case n.Ends(clause):
                return Row(PLAIN, f"{word('ENDS')} {expr(clause)}")
            case n.Sentence(text):
                return Row(PLAIN, self.words.text(text))
            case n.Source(text):
                return Row(ARGUMENT, word("SOURCE"), f'"{text.value}"')
            case n.OutsideBase():
                return Row(PLAIN, word("OUTSIDE_BASE"))
            case n.TableRow():
                return Row(TABLE, "")
            case n.BadLine(text):
                return Row(PLAIN, text)

    def _names(self, names: tuple[n.Name, ...]) -> str:
        return ", ".join([self.words.name(name) for name in names])

    def _units(self, names: tuple[n.Name, ...]) -> str:
        """A unit's names in one language, one and many; those of the other language may be more or fewer."""
        return self.words.rename.get(names[0].span) or self._names(names)

    def _called(self, name: n.Name, alias: n.Name | None) -> str:
        return f"{self.words.name(name)} ({self.words.name(alias)})" if alias is not None else self.words.name(name)

    def _after(self, value: n.Expr | None) -> str:
        return f" {self._writer.expr(value)}" if value is not None else ""

    def _result(self, s: n.Pays | n.Gives, block: bool) -> str:  # noqa: FBT001  # whether there is one
        if isinstance(s, n.Gives):
            equals = " =" if s.value is not None or block else ""
            return f"{self.words.word('GIVES')} {self._called(s.name, s.alias)}{equals}{self._after(s.value)}"
        value = self._after(s.value)
        labels = "".join(f" {self.words.text(label)}" for label in (s.label, s.other) if label is not None)
        # The texts right after `pays` are its labels, so a value that begins with one stands in parentheses.
        return f"{self.words.word('PAYS')}{labels}" + (f" ({value[1:]})" if value.startswith(' "') else value)

    def _case(self, left: str, then: n.Expr | n.Pays | n.Gives | None, word: str, block: bool) -> Row:  # noqa: FBT001
        if then is None:
            return Row(CASE, left)
        if isinstance(then, n.Pays | n.Gives):
            return Row(CASE, left, self._result(then, block), statement=True)
        return Row(CASE, left, self._writer.expr(then), word)

    def _each(self, rows: n.Rows, by: tuple[n.Name, ...], spell: n.Expr | None) -> str:
        word = self.words.word
        keys = [self.words.name(key) for key in by]
        if spell is not None:
            keys.append(f"{word('SPELL')} {self._writer.expr(spell, SUM)}")
        parts = [word("EACH"), self._writer.fact(rows)]
        if keys:
            parts += [word("BY"), ", ".join(keys)]
        if rows.where is not None:
            parts += [word("WHERE"), self._writer.expr(rows.where, LOGIC)]
        return " ".join(parts)

    def _signature(self, signature: n.Signature) -> str:
        keys, values = (
            ", ".join([self._signature_item(item) for item in side]) for side in (signature.keys, signature.values)
        )
        return f"{keys} -> {values}"

    def _signature_item(self, item: n.SignatureItem) -> str:
        kinds = [self.words.word("OPTIONAL") if word.id == "optional" else self.words.name(word) for word in item.words]
        return " ".join([self._called(item.name, item.alias), *kinds, *self._range(item.low, item.high)])

    def _range(self, low: n.Expr | None, high: n.Expr | None) -> list[str]:
        """`from low to high`, the upper end perhaps open, as words."""
        ends = ((self.words.word("FROM"), low), (self.words.word("TO"), high))
        return [part for word, end in ends if end is not None for part in (word, self._writer.expr(end, SUM))]

    def _type(self, type_: n.TypeExpr) -> str:
        word = self.words.word
        optional = [word("OPTIONAL")] if type_.optional else []
        match type_:
            case n.TypeWords(words, low, high):
                return " ".join([*map(self.words.name, words), *optional, *self._range(low, high)])
            case n.TypeChoice(choices):
                listed = ", ".join([self._called(choice.name, choice.alias) for choice in choices])
                return " ".join([word("CHOICE"), listed, *optional])
            case n.TypeTable(signature):
                return f"{word('TABLE')} {self._signature(signature)}"

    def _reasons(self, reason: n.Text, other: n.Text | None) -> str:
        """A reason in one language or in both."""
        return self.words.text(reason) + (f"  {self.words.text(other)}" if other is not None else "")
