"""Expressions as they are meant: resolved, typed, one node an operation.

INVARIANT: every name is bound, every number is in base units, and a rate per time that meets its own kind without
the time is wrapped in `PerPeriod`.
"""

from __future__ import annotations

from typing import TypeAlias

from attrs import field, frozen

from dsl.alike import Alike
from dsl.spans import NOWHERE, Span
from interpreter.facts import Cell
from interpreter.types import Type


@frozen(kw_only=True, eq=False, repr=False)
class Node(Alike):
    """A typed expression with the place it came from."""

    type: Type
    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen(eq=False, repr=False)
class Const(Node):
    """A value written in the text; `text` is how."""

    value: Cell
    text: str = field(default="", eq=False)


@frozen(eq=False, repr=False)
class Absorbed(Node):
    """What was already reported as wrong."""


@frozen(eq=False, repr=False)
class Param(Node):
    """A parameter of the form; dated values are chosen by the moment it is asked at."""

    name: str


@frozen(eq=False, repr=False)
class LetRef(Node):
    """A named expression of the form or contract, outside or inside `each` (then `row` is the row's variable)."""

    name: str
    row: str = ""


@frozen(eq=False, repr=False)
class ColumnRef(Node):
    """A column of the row that the variable `row` stands for."""

    row: str
    name: str


@frozen(eq=False, repr=False)
class GroupKey(Node):
    """What the surrounding `each … by` groups by."""

    name: str


@frozen(eq=False, repr=False)
class PeriodRef(Node):
    """`period` (the settled period) or `month` (of `each month`)."""

    name: str


@frozen(eq=False, repr=False)
class PartyRef(Node):
    """`contract.provider` or `contract.buyer`: the code of the party that is settled."""

    role: str


@frozen(eq=False, repr=False)
class Previous(Node):
    """The value of the parameter before the stretch that is being worked out."""


@frozen(eq=False, repr=False)
class TableRef(Node):
    """A table by its name."""

    name: str


@frozen(eq=False, repr=False)
class Renamed(Node):
    """A table seen by the names of a form's signature: (the form's name, the table's own)."""

    of: Expr
    names: tuple[tuple[str, str], ...]


@frozen(eq=False, repr=False)
class EntryOf(Node):
    """`table[key, …]`."""

    table: Expr
    keys: tuple[Expr, ...]


@frozen(eq=False, repr=False)
class Tariff(Node):
    """`tariff(table, amount)`: each part of the amount at the rate of the bracket it lies in."""

    table: Expr
    of: Expr


@frozen(eq=False, repr=False)
class FactRow(Node):
    """`fact[key, …]`: the one row in scope with that key."""

    fact: str
    keys: tuple[Expr, ...]


@frozen(eq=False, repr=False)
class Member(Node):
    """A column of a row or an entry, or the start or end of a period."""

    of: Expr
    name: str


@frozen(eq=False, repr=False)
class Amount(Node):
    """The sum of the payable amounts of clauses: those `within` a selection of keys, or the base."""

    what: str
    clauses: tuple[str, ...] = ()


@frozen(eq=False, repr=False)
class Given(Node):
    """What another clause gives under `name`."""

    clause: str
    name: str


@frozen(eq=False, repr=False)
class Add(Node):
    """`first ± item ± …`."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


@frozen(eq=False, repr=False)
class Multiply(Node):
    """`first */ item */ …`."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


@frozen(eq=False, repr=False)
class Negate(Node):
    """`-of`."""

    of: Expr


@frozen(eq=False, repr=False)
class Not(Node):
    """`not of`."""

    of: Expr


@frozen(eq=False, repr=False)
class Logic(Node):
    """`and` or `or`, from left to right."""

    op: str
    parts: tuple[Expr, ...]


@frozen(eq=False, repr=False)
class Compare(Node):
    """A comparison of two values of one kind."""

    op: str
    left: Expr
    right: Expr


@frozen(eq=False, repr=False)
class Among(Node):
    """Membership; members of codes may be patterns (`I10*`)."""

    of: Expr
    members: tuple[Expr, ...]


@frozen(eq=False, repr=False)
class Between(Node):
    """Both ends included; codes compare by their leading characters."""

    of: Expr
    low: Expr
    high: Expr


@frozen(eq=False, repr=False)
class Presence(Node):
    """Whether a value is missing (or present)."""

    of: Expr
    missing: bool


@frozen(eq=False, repr=False)
class Else(Node):
    """A default where a value is missing."""

    of: Expr
    default: Expr


@frozen(eq=False, repr=False)
class Round(Node):
    """To a multiple of a step, in the contract's mode."""

    of: Expr
    step: Expr


@frozen(eq=False, repr=False)
class Cases(Node):
    """The value of the first case that holds."""

    cases: tuple[tuple[Expr, Expr], ...]
    otherwise: Expr


@frozen(eq=False, repr=False)
class PerPeriod(Node):
    """A rate per month or day over the current period, split where a dated value in it changes."""

    of: Expr
    time: str


@frozen(eq=False, repr=False)
class Call(Node):
    """A builtin."""

    name: str
    arguments: tuple[Expr, ...]


@frozen(eq=False, repr=False)
class Window(Alike):
    """Which days rows may have: `side` before or after an anchor for a length, inside a period, or any."""

    side: str
    anchor: Expr | None
    length: Expr | None


@frozen(eq=False, repr=False)
class Rows(Alike):
    """Rows of a fact: `row` is the variable they are seen by in `where`; `group` means those of the group around."""

    fact: str
    row: str
    all_providers: bool = False
    window: Window | None = None
    where: Expr | None = None
    group: bool = False
    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen(eq=False, repr=False)
class Aggregate(Node):
    """A sum, mean … over rows, or over the contract's providers (`rows` is then `None`).

    A running sum goes up to and with the row that the variable `until` stands for.
    """

    kind: str
    of: Expr | None
    rows: Rows | None
    present: bool = False
    weight: Expr | None = None
    at_least: Expr | None = None
    rank: Expr | None = None
    until: str = ""


@frozen(eq=False, repr=False)
class Pick(Node):
    """The latest or earliest of rows, or whether there are any."""

    kind: str
    rows: Rows


Expr: TypeAlias = (
    Const
    | Absorbed
    | Param
    | LetRef
    | ColumnRef
    | GroupKey
    | PeriodRef
    | PartyRef
    | Previous
    | TableRef
    | Renamed
    | EntryOf
    | Tariff
    | FactRow
    | Member
    | Amount
    | Given
    | Add
    | Multiply
    | Negate
    | Not
    | Logic
    | Compare
    | Among
    | Between
    | Presence
    | Else
    | Round
    | Cases
    | PerPeriod
    | Call
    | Aggregate
    | Pick
)
