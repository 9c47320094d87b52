"""The tree of what was written: one frozen class a construct, position outside equality.

Every line of a file is one statement; the lines indented below it are its block. Nothing here knows what a form or a
unit is: names are names, and `interpreter` decides what they mean.
"""

# ruff: noqa: PLC0414  # `X as X` is how a module says that it offers X
from __future__ import annotations

from typing import TypeAlias

from attrs import field, frozen

from dsl.cells import same
from dsl.expressions import (
    Aggregate as Aggregate,
    Among as Among,
    Bad as Bad,
    Between as Between,
    Call as Call,
    Case as Case,
    Cases as Cases,
    Chain as Chain,
    Compare as Compare,
    Date as Date,
    Else as Else,
    Expr as Expr,
    Group as Group,
    Logic as Logic,
    Lookup as Lookup,
    Member as Member,
    Minus as Minus,
    Name as Name,
    Node as Node,
    Not as Not,
    Number as Number,
    Pick as Pick,
    Presence as Presence,
    Rounded as Rounded,
    Rows as Rows,
    Text as Text,
    Window as Window,
)
from dsl.parts import (
    ChoiceWord as ChoiceWord,
    Item as Item,
    Signature as Signature,
    SignatureItem as SignatureItem,
    TypeChoice as TypeChoice,
    TypeExpr as TypeExpr,
    TypeTable as TypeTable,
    TypeWords as TypeWords,
)

# --- statements: one a line -------------------------------------------------------------------------------------


@frozen(eq=False, repr=False)
class Clause(Node):
    """`head "label" items`: a clause, a term of the contract's head, an argument line, a line of a declaration."""

    head: Name
    items: tuple[Item, ...] = ()


@frozen(eq=False, repr=False)
class Use(Node):
    """`use module, module`."""

    modules: tuple[Name, ...]


@frozen(eq=False, repr=False)
class Define(Node):
    """`form name (namn)`, `model …`, `fact …`, `index …`: `kind` is the English word."""

    kind: str
    name: Name
    alias: Name | None = None


@frozen(eq=False, repr=False)
class DefineUnit(Node):
    """`unit name, plural (namn, plural) = size`."""

    names: tuple[Name, ...]
    aliases: tuple[Name, ...] = ()
    size: Expr | None = None


@frozen(eq=False, repr=False)
class DefineTable(Node):
    """`table name (namn) : key type -> value type`."""

    name: Name
    alias: Name | None
    signature: Signature


@frozen(eq=False, repr=False)
class Declare(Node):
    """`param name (namn) : type = default` or `column …`."""

    kind: str
    name: Name
    alias: Name | None
    type: TypeExpr
    default: Expr | None = None


@frozen(eq=False, repr=False)
class Let(Node):
    """`let name (namn) = value`, or with the cases in its block."""

    name: Name
    value: Expr | None = None
    alias: Name | None = None


@frozen(eq=False, repr=False)
class Pays(Node):
    """`pays "label" "etikett" value`, or over cases: the label in the file's language, then in the other."""

    label: Text | None = None
    value: Expr | None = None
    other: Text | None = None


@frozen(eq=False, repr=False)
class Gives(Node):
    """`gives name (namn) = value`, or with the cases in its block."""

    name: Name
    value: Expr | None = None
    alias: Name | None = None


@frozen(eq=False, repr=False)
class When(Node):
    """`when condition then value`, `when condition pays …`, or `when condition` over a block."""

    condition: Expr
    then: Expr | Pays | Gives | None = None


@frozen(eq=False, repr=False)
class Otherwise(Node):
    """`otherwise value`, `otherwise pays …`, or `otherwise` over a block."""

    then: Expr | Pays | Gives | None = None


@frozen(eq=False, repr=False)
class Each(Node):
    """`each rows by key, key, spell of 12 months`; `each month`."""

    rows: Rows
    by: tuple[Name, ...] = ()
    spell: Expr | None = None


@frozen(eq=False, repr=False)
class Requires(Node):
    """`requires condition "reason" "skäl"`: the reason in the file's language, perhaps in the other too."""

    condition: Expr
    reason: Text
    other: Text | None = None


@frozen(eq=False, repr=False)
class Unsettled(Node):
    """`unsettled when condition "reason" "skäl"`: the reason in the file's language, perhaps in the other too."""

    condition: Expr
    reason: Text
    other: Text | None = None


@frozen(eq=False, repr=False)
class Needs(Node):
    """`needs fact: column, column`."""

    fact: Name
    columns: tuple[Name, ...]


@frozen(eq=False, repr=False)
class Inside(Node):
    """`for inside name = value`: what a parent offers the clauses nested in it."""

    name: Name
    value: Expr


@frozen(eq=False, repr=False)
class Since(Node):
    """`from date to date value`: one stretch of a dated value; without a value it dates the block or table below."""

    start: Expr
    end: Expr | None
    value: Expr | None


@frozen(eq=False, repr=False)
class Example(Node):
    """`example "name"` over given and expect."""

    name: Text


@frozen(eq=False, repr=False)
class Given(Node):
    """`given name = value, …`, or `given fact` over a table of rows."""

    bindings: tuple[Expr, ...]


@frozen(eq=False, repr=False)
class Expect(Node):
    """`expect clause = amount, …`."""

    bindings: tuple[Expr, ...]


@frozen(eq=False, repr=False)
class Always(Node):
    """`always condition "reason"`: a promise that every settlement is checked against."""

    condition: Expr
    reason: Text | None = None


@frozen(eq=False, repr=False)
class Subtotal(Node):
    """`subtotal name = clause, form, …`."""

    name: Name
    parts: tuple[Expr, ...]


@frozen(eq=False, repr=False)
class Amend(Node):
    """`amend "name" from date` over changed clauses."""

    name: Text
    start: Expr


@frozen(eq=False, repr=False)
class Ends(Node):
    """`ends clause`, in an amendment."""

    clause: Expr


@frozen(eq=False, repr=False)
class Sentence(Node):
    """A text alone on its line: what the thing above it is, in a sentence."""

    text: Text


@frozen(eq=False, repr=False)
class Source(Node):
    """`source "where this comes from"`."""

    text: Text


@frozen(eq=False, repr=False)
class OutsideBase(Node):
    """`outside base`: the form pays a share of the base and is not part of it."""


@frozen(eq=False, repr=False)
class Cell(Node):
    """One cell of a table row, its text stripped; `2,3 %` and `2,3%` are the same cell."""

    text: str = field(eq=same)


@frozen(eq=False, repr=False)
class TableRow(Node):
    """`| cell | cell |`."""

    cells: tuple[Cell, ...]


@frozen(eq=False, repr=False)
class BadLine(Node):
    """A line that could not be read; its problem is already reported."""

    text: str


Statement: TypeAlias = (
    Clause
    | Use
    | Define
    | DefineUnit
    | DefineTable
    | Declare
    | Let
    | Pays
    | Gives
    | When
    | Otherwise
    | Each
    | Requires
    | Unsettled
    | Needs
    | Inside
    | Since
    | Example
    | Given
    | Expect
    | Always
    | Subtotal
    | Amend
    | Ends
    | Sentence
    | Source
    | OutsideBase
    | TableRow
    | BadLine
)


@frozen(eq=False, repr=False)
class Line(Node):
    """A statement with the lines indented below it and the comments around it.

    Args:
        before: comment lines above it without their indentation; an empty string is a blank line.
        comment: the comment at the end of its line, with its `#`.
    """

    statement: Statement
    block: tuple[Line, ...] = ()
    before: tuple[str, ...] = field(default=(), eq=False)
    comment: str = field(default="", eq=False)


@frozen(eq=False, repr=False)
class Module(Node):
    """A whole file, with the comments below its last line."""

    file: str = field(eq=False)
    text: str = field(eq=False, repr=False)
    lines: tuple[Line, ...]
    after: tuple[str, ...] = field(default=(), eq=False)
