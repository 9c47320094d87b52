"""The tree of an expression: one frozen class a construct, position outside equality.

Names are names here: `interpreter` decides what they mean. Read it as part of `dsl.nodes`, which offers all of this.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from attrs import field, frozen

from dsl.alike import Alike
from dsl.spans import NOWHERE, Span


@frozen(kw_only=True, eq=False, repr=False)
class Node(Alike):
    """A piece of the text with its place."""

    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen(eq=False, repr=False)
class Number(Node):
    """A number as written, with the unit that followed it (`38 500 kr`, `80%`); `unit` is empty without one."""

    value: Fraction
    unit: str = ""
    text: str = field(default="", eq=False)
    unit_span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen(eq=False, repr=False)
class Text(Node):
    """A text in quotes."""

    value: str


@frozen(eq=False, repr=False)
class Date(Node):
    """A date (`2012-01-31`) or a month (`2012-01`) as written."""

    text: str


@frozen(eq=False, repr=False)
class Name(Node):
    """A bare name; in items also a compound unit such as `kr/drg_point`."""

    id: str


@frozen(eq=False, repr=False)
class Member(Node):
    """`of.name`: a column of a row, a value of a table entry, something that a clause gives."""

    of: Expr
    name: Name


@frozen(eq=False, repr=False)
class Lookup(Node):
    """`of[key, …]`: an entry of a table, a row of a fact by its key, a clause by its label or key."""

    of: Expr
    keys: tuple[Expr, ...]


@frozen(eq=False, repr=False)
class Call(Node):
    """`name(argument, …)`: a builtin."""

    name: Name
    arguments: tuple[Expr, ...]


@frozen(eq=False, repr=False)
class Group(Node):
    """`(a, b, …)`: members of a set, only after `in`."""

    members: tuple[Expr, ...]


@frozen(eq=False, repr=False)
class Minus(Node):
    """`-of`."""

    of: Expr


@frozen(eq=False, repr=False)
class Not(Node):
    """`not of`."""

    of: Expr


@frozen(eq=False, repr=False)
class Chain(Node):
    """`first op item op item …` of one precedence: `+ -`, or `* / of`. Operators are kept as English words."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]
    tight: bool = field(default=False, eq=False)
    """Whether some `/` was written without blanks around it."""


@frozen(eq=False, repr=False)
class Logic(Node):
    """`part and part …` or `part or part …`."""

    op: str
    parts: tuple[Expr, ...]


@frozen(eq=False, repr=False)
class Compare(Node):
    """`left op right`, op one of `= != < <= > >=`."""

    op: str
    left: Expr
    right: Expr


@frozen(eq=False, repr=False)
class Among(Node):
    """`of in (member, …)`, members perhaps code patterns."""

    of: Expr
    members: tuple[Expr, ...]


@frozen(eq=False, repr=False)
class Between(Node):
    """`of in low to high`, both ends included."""

    of: Expr
    low: Expr
    high: Expr


@frozen(eq=False, repr=False)
class Presence(Node):
    """`of is missing` or `of is present`."""

    of: Expr
    missing: bool


@frozen(eq=False, repr=False)
class Else(Node):
    """`of else default`: the default where `of` is missing."""

    of: Expr
    default: Expr


@frozen(eq=False, repr=False)
class Rounded(Node):
    """`of rounded to step`."""

    of: Expr
    step: Expr


@frozen(eq=False, repr=False)
class Case(Node):
    """`when condition then value`."""

    condition: Expr
    value: Expr


@frozen(eq=False, repr=False)
class Cases(Node):
    """Cases read from the top, with what holds otherwise (`None` when the author left it out)."""

    cases: tuple[Case, ...]
    otherwise: Expr | None


@frozen(eq=False, repr=False)
class Window(Node):
    """`in length before anchor`, `in length after anchor`, `in period` (`side` empty), `in any period` (no anchor)."""

    side: str
    anchor: Expr | None
    length: Expr | None = None


@frozen(eq=False, repr=False)
class Rows(Node):
    """Which rows: a fact (or `providers`), under which name, whose, in which window, on what condition."""

    fact: Name
    alias: Name | None = None
    all_providers: bool = False
    window: Window | None = None
    where: Expr | None = None


@frozen(eq=False, repr=False)
class Aggregate(Node):
    """`sum of x over rows` and its kin.

    `kind` is sum, running, mean, lowest, highest, percentile, count, distinct. `over` is missing when the rows are
    those of the surrounding group; `of` is missing for a plain count.
    """

    kind: str
    of: Expr | None
    over: Rows | None
    present: bool = False
    weight: Expr | None = None
    at_least: Expr | None = None
    rank: Expr | None = None


@frozen(eq=False, repr=False)
class Pick(Node):
    """`latest rows`, `earliest rows` (a row, perhaps missing) or `exists rows` (yes or no)."""

    kind: str
    rows: Rows


@frozen(eq=False, repr=False)
class Bad(Node):
    """An expression that could not be read; it absorbs what depends on it, and its problem is already reported."""


Expr: TypeAlias = (
    Number
    | Text
    | Date
    | Name
    | Member
    | Lookup
    | Call
    | Group
    | Minus
    | Not
    | Chain
    | Logic
    | Compare
    | Among
    | Between
    | Presence
    | Else
    | Rounded
    | Cases
    | Aggregate
    | Pick
    | Bad
)
