"""The parts of a statement that are no expressions: the atoms of a clause line, types and signatures.

Read it as part of `dsl.nodes`, which offers all of this too.
"""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen

from dsl.expressions import Expr, Name, Node


@frozen(eq=False, repr=False)
class Item(Node):
    """One atom of a clause line: an expression, or a word between atoms: `of`, `from`, `to`, `by` or `,`."""

    value: Expr | None
    word: str = ""


@frozen(eq=False, repr=False)
class ChoiceWord(Node):
    """A value of a choice, with its name in the other language."""

    name: Name
    alias: Name | None = None


@frozen(eq=False, repr=False)
class SignatureItem(Node):
    """`name (namn) type flags` in a table's signature, then a range."""

    name: Name
    alias: Name | None = None
    words: tuple[Name, ...] = ()
    low: Expr | None = None
    high: Expr | None = None


@frozen(eq=False, repr=False)
class Signature(Node):
    """`key, key -> value, value`: what a table is looked up by and what it holds."""

    keys: tuple[SignatureItem, ...]
    values: tuple[SignatureItem, ...]


@frozen(eq=False, repr=False)
class TypeWords(Node):
    """A type of words: a unit or a kind (`kr/visit`, `code`, `date`), then flags (`key`, `first`), then a range."""

    words: tuple[Name, ...]
    low: Expr | None = None
    high: Expr | None = None
    optional: bool = False


@frozen(eq=False, repr=False)
class TypeChoice(Node):
    """`choice a (å), b (ä)`."""

    choices: tuple[ChoiceWord, ...]
    optional: bool = False


@frozen(eq=False, repr=False)
class TypeTable(Node):
    """`table key -> value`."""

    signature: Signature
    optional: bool = False


TypeExpr: TypeAlias = TypeWords | TypeChoice | TypeTable
