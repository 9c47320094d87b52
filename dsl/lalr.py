"""One logical line → a tree of tokens, by the tables. No recursion: a hostile line costs time, never the stack."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from dsl.lexicon import TERMINAL
from dsl.tables import Rule, Tables

END = "$END"

_LEVELLESS = frozenset(
    {"exprs", "group", "number", "text", "date", "name", "names", "aliases", "alias", "case", "rows", "fact", "window"}
    | {"side", "aggkind", "words", "signature", "sigitem", "choice"}
)
"""Nodes that are no level of nesting of their own: leaves, lists, parts of a node, and parentheses, which are counted
when the line is cut out."""


class Token(NamedTuple):
    """A word or sign: the terminal it is, its text, and where in the line it starts and ends."""

    type: str
    text: str
    start: int
    end: int


class Tree(NamedTuple):
    """What a rule of the grammar matched: from its first to its last token, `height` levels deep."""

    data: str
    children: list[Part]
    start: int
    end: int
    height: int


Part: TypeAlias = Tree | Token | None


def as_tree(part: Part) -> Tree:
    """A part that the grammar says is a tree.

    Raises:
        TypeError: it is not, so the grammar and its reader disagree.
    """
    if isinstance(part, Tree):
        return part
    raise TypeError(f"a tree was expected, not {part!r}")


def as_token(part: Part) -> Token:
    """A part that the grammar says is a token.

    Raises:
        TypeError: it is not, so the grammar and its reader disagree.
    """
    if isinstance(part, Token):
        return part
    raise TypeError(f"a token was expected, not {part!r}")


class Unexpected(Exception):  # noqa: N818  # it never leaves the parser
    """The line can't be read on from a token.

    Args:
        token: what stood there; its type is `$END` at the end of the line, and empty for a character of no terminal.
        accepted: terminals that could have stood there; empty for a character.
        before: the tokens before it.
    """

    def __init__(self, token: Token, accepted: frozenset[str], before: list[Token]) -> None:
        super().__init__(token.text)
        self.token = token
        self.accepted = accepted
        self.before = before


def tokens(tables: Tables, source: str) -> list[Token]:
    """The words and signs of a line, blanks left out.

    A NAME that is a word of the language becomes that word's terminal. A text right after `pays` becomes a LABEL, and
    so does the text right after it: the one thing that LALR(1) alone can't see.

    Raises:
        Unexpected: at a character that starts no terminal.
    """
    found: list[Token] = []
    position = 0
    previous = ""
    for match in tables.lexer.finditer(source):
        start, end = match.span()
        if start != position:
            break
        position = end
        kind = match.lastgroup or ""
        if kind in tables.ignored:
            continue
        text = match.group()
        if kind == "NAME":
            kind = TERMINAL.get(text) or (TERMINAL.get(" ".join(text.split())) if " " in text else None) or kind
        elif kind == "STRING" and (previous == "PAYS" or [token.type for token in found[-2:]] == ["PAYS", "LABEL"]):
            kind = "LABEL"
        found.append(Token(kind, text, start, end))
        previous = kind
    if position != len(source):
        raise Unexpected(Token("", source[position], position, position + 1), frozenset(), found)
    return found


def parse(tables: Tables, line: list[Token], length: int) -> Tree:
    """The tree of a line.

    Args:
        tables: the automaton.
        line: the line's tokens.
        length: how many characters the line has.

    Raises:
        Unexpected: at the first token that can't stand where it stands.
    """
    states = tables.states
    rules = tables.rules
    stack = [tables.start]
    values: list[Tree | Token] = []
    end = Token(END, "", length, length)
    for at, token in enumerate((*line, end)):
        while True:
            target = states[stack[-1]].get(token.type)
            if target is None:
                raise Unexpected(token, accepted(tables, line[:at]), line)
            if target >= 0:
                stack.append(target)
                values.append(token)
                break
            rule = rules[-1 - target]
            size = rule.size
            symbols = values[-size:]
            del values[-size:], stack[-size:]
            if rule.single and len(rule.kept) == 1 and not rule.absent and rule.kept[0] == (0, False, 0):
                value = symbols[0]
            else:
                value = _reduced(rule, symbols)
            stack.append(states[stack[-1]][rule.origin])
            values.append(value)
            if token is end and stack[-1] == tables.end:
                break
    return as_tree(values[0])


def _reduced(rule: Rule, symbols: list[Tree | Token]) -> Tree:
    children: list[Part] = []
    height = 0
    for position, inline, before in rule.kept:
        symbol = symbols[position]
        if before:
            children.extend([None] * before)
        if isinstance(symbol, Tree):
            height = max(height, symbol.height)
        if inline and isinstance(symbol, Tree):
            # The list of a repetition is grown in place: nothing else holds it any more.
            if children:
                children.extend(symbol.children)
            else:
                children = symbol.children
        else:
            children.append(symbol)
    if rule.absent:
        children.extend([None] * rule.absent)
    if rule.single and len(children) == 1:
        return as_tree(children[0])
    if rule.data not in _LEVELLESS and not rule.data.startswith("_"):
        height += 1
    return Tree(rule.data, children, symbols[0].start, symbols[-1].end, height)


def accepted(tables: Tables, line: list[Token]) -> frozenset[str]:
    """The terminals that could stand after tokens that can be read.

    A state lists more than these: some only lead to a refusal later.
    """
    stack = [tables.start]
    for token in line:
        _shifted(tables, stack, token.type)
    return frozenset(name for name in tables.states[stack[-1]] if name.isupper() and _shifted(tables, [*stack], name))


def _shifted(tables: Tables, stack: list[int], terminal: str) -> bool:
    """Whether a terminal can stand next; the stack is then the one after it."""
    while True:
        target = tables.states[stack[-1]].get(terminal)
        if target is None:
            return False
        if target >= 0:
            stack.append(target)
            return True
        rule = tables.rules[-1 - target]
        del stack[-rule.size :]
        stack.append(tables.states[stack[-1]][rule.origin])
        if terminal == END and stack[-1] == tables.end:
            return True
