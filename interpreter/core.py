"""What is meant: resolved, typed, one node an operation. Form instances keep their form and arguments apart, so that
diff, proof and the set engine need no other tree.

INVARIANT: every name is bound, every number is in base units, and a rate per time that meets its own kind without
the time is wrapped in `PerPeriod`.
"""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from attrs import define, field, frozen

from dsl.spans import NOWHERE, Span
from interpreter.facts import Cell, Fact
from interpreter.types import Signature, Type
from interpreter.units import Unit


@frozen(kw_only=True)
class Node:
    """A typed expression with the place it came from."""

    type: Type
    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Const(Node):
    """A value written in the text; `text` is how."""

    value: Cell
    text: str = field(default="", eq=False)


@frozen
class Absorbed(Node):
    """What was already reported as wrong."""


@frozen
class Param(Node):
    """A parameter of the form; dated values are chosen by the moment it is asked at."""

    name: str


@frozen
class LetRef(Node):
    """A named expression of the form or contract, outside or inside `each` (then `row` is the row's variable)."""

    name: str
    row: str = ""


@frozen
class ColumnRef(Node):
    """A column of the row that the variable `row` stands for."""

    row: str
    name: str


@frozen
class RowRef(Node):
    """The row itself."""

    row: str


@frozen
class GroupKey(Node):
    """What the surrounding `each … by` groups by."""

    name: str


@frozen
class PeriodRef(Node):
    """`period` (the settled period) or `month` (of `each month`)."""

    name: str


@frozen
class PartyRef(Node):
    """`contract.provider` or `contract.buyer`: the code of the party that is settled."""

    role: str


@frozen
class Previous(Node):
    """The value of the parameter before the stretch that is being worked out."""


@frozen
class TableRef(Node):
    """A table by its name."""

    name: str


@frozen
class Renamed(Node):
    """A table seen by the names of a form's signature: (the form's name, the table's own)."""

    of: Expr
    names: tuple[tuple[str, str], ...]


@frozen
class EntryOf(Node):
    """`table[key, …]`."""

    table: Expr
    keys: tuple[Expr, ...]


@frozen
class FactRow(Node):
    """`fact[key, …]`: the one row in scope with that key."""

    fact: str
    keys: tuple[Expr, ...]


@frozen
class Member(Node):
    """A column of a row or an entry, or the start or end of a period."""

    of: Expr
    name: str


@frozen
class Amount(Node):
    """The sum of the payable amounts of clauses: those `within` a selection of keys, or the base."""

    what: str
    clauses: tuple[str, ...] = ()


@frozen
class Given(Node):
    """What another clause gives under `name`."""

    clause: str
    name: str


@frozen
class Add(Node):
    """`first ± item ± …`."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


@frozen
class Multiply(Node):
    """`first */ item */ …`."""

    first: Expr
    rest: tuple[tuple[str, Expr], ...]


@frozen
class Negate(Node):
    """`-of`."""

    of: Expr


@frozen
class Not(Node):
    """`not of`."""

    of: Expr


@frozen
class Logic(Node):
    """`and` or `or`, from left to right."""

    op: str
    parts: tuple[Expr, ...]


@frozen
class Compare(Node):
    """A comparison of two values of one kind."""

    op: str
    left: Expr
    right: Expr


@frozen
class Among(Node):
    """Membership; members of codes may be patterns (`I10*`)."""

    of: Expr
    members: tuple[Expr, ...]


@frozen
class Between(Node):
    """Both ends included; codes compare by their leading characters."""

    of: Expr
    low: Expr
    high: Expr


@frozen
class Presence(Node):
    """Whether a value is missing (or present)."""

    of: Expr
    missing: bool


@frozen
class Else(Node):
    """A default where a value is missing."""

    of: Expr
    default: Expr


@frozen
class Round(Node):
    """To a multiple of a step, in the contract's mode."""

    of: Expr
    step: Expr


@frozen
class Cases(Node):
    """The value of the first case that holds."""

    cases: tuple[tuple[Expr, Expr], ...]
    otherwise: Expr


@frozen
class PerPeriod(Node):
    """A rate per month or day over the current period, split where a dated value in it changes."""

    of: Expr
    time: str


@frozen
class Call(Node):
    """A builtin."""

    name: str
    arguments: tuple[Expr, ...]


@frozen
class Window:
    """Which days rows may have: `side` before or after an anchor for a length, inside a period, or any."""

    side: str
    anchor: Expr | None
    length: Expr | None


@frozen
class Rows:
    """Rows of a fact: `row` is the variable they are seen by in `where`; `group` means those of the group around."""

    fact: str
    row: str
    all_providers: bool = False
    window: Window | None = None
    where: Expr | None = None
    group: bool = False


@frozen
class Aggregate(Node):
    """A sum, mean … over rows, or over the contract's providers (`rows` is then `None`)."""

    kind: str
    of: Expr | None
    rows: Rows | None
    present: bool = False
    weight: Expr | None = None
    at_least: Expr | None = None
    rank: Expr | None = None


@frozen
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
    | RowRef
    | GroupKey
    | PeriodRef
    | PartyRef
    | Previous
    | TableRef
    | Renamed
    | EntryOf
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


# --- statements of a form -----------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Step:
    """A statement of a form's body."""

    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Let(Step):
    """A named expression."""

    name: str
    value: Expr


@frozen
class Pays(Step):
    """An amount in kr, under a label when a form has several."""

    label: str
    value: Expr


@frozen
class Gives(Step):
    """A value that other clauses and reports may use."""

    name: str
    value: Expr


@frozen
class When(Step):
    """Steps of the first case that holds; `otherwise` may be empty."""

    cases: tuple[tuple[Expr, tuple[Stmt, ...]], ...]
    otherwise: tuple[Stmt, ...] = ()


@frozen
class Unsettled(Step):
    """Stops the clause, with its reason, when the condition holds."""

    condition: Expr
    reason: str


@frozen
class Each(Step):
    """Steps for each row, group of rows or month (`rows` is then `None`)."""

    rows: Rows | None
    by: tuple[str, ...]
    spell: Expr | None
    steps: tuple[Stmt, ...]


@frozen
class Offer(Step):
    """A value that nested clauses take for a parameter before its default."""

    name: str
    value: Expr


Stmt: TypeAlias = Let | Pays | Gives | When | Unsettled | Each | Offer


# --- declarations -------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Parameter:
    """A parameter of a form or model."""

    name: str
    swedish: str
    type: Type
    optional: bool = False
    key: bool = False
    first: bool = False
    share: bool = False
    default: Expr | None = None
    low: Expr | None = None
    high: Expr | None = None
    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen(kw_only=True)
class Form:
    """A reimbursement form (*ersättningsform*)."""

    name: str
    swedish: str
    sentence: str = ""
    source: str = ""
    outside_base: bool = False
    parameters: tuple[Parameter, ...] = ()
    requires: tuple[tuple[Expr, str, Span], ...] = ()
    steps: tuple[Stmt, ...] = ()
    offers: tuple[tuple[str, Type], ...] = ()
    gives: tuple[tuple[str, Type], ...] = ()
    lets: tuple[tuple[str, Type], ...] = ()
    needs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    span: Span = field(default=NOWHERE, eq=False, repr=False)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name in either language."""
        return next((p for p in self.parameters if name in (p.name, p.swedish)), None)


@frozen
class TableLine:
    """One row of a table: key matchers, values, and the days it holds."""

    keys: tuple[Matcher, ...]
    values: tuple[Cell, ...]
    start: date | None
    end: date | None
    span: Span = field(eq=False)


@frozen
class Matcher:
    """What a key cell matches: a value, a code pattern (its prefix), or a band of numbers."""

    kind: str
    low: Cell
    high: Cell = None


@frozen(kw_only=True)
class TableData:
    """A table with its rows."""

    name: str
    swedish: str = ""
    signature: Signature
    lines: tuple[TableLine, ...]
    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen
class Argument:
    """What a parameter is given: dated values, each a rate per `per` (month, day) when that is not empty."""

    stretches: tuple[Stretch, ...]
    per: str = ""


@frozen
class Stretch:
    """A value of an argument, and the days it holds; an open end is `None`."""

    start: date | None
    end: date | None
    value: Expr
    span: Span = field(eq=False)


@define(eq=False)
class Instance:
    """A clause of the contract: a form with its arguments.

    Args:
        key: the path of form and label, never a position: `withheld["Kvalitet"]/p4p[113]`.
        arguments: dated values by parameter; the expressions are the contract's, not the form's.
        parent: the clause it is nested in.
    """

    key: str
    form: Form
    label: str
    arguments: dict[str, Argument]
    parent: Instance | None
    span: Span
    inside_base: bool
    start: date | None = None
    end: date | None = None
    words: str = ""
    model: dict[str, Argument] = field(factory=dict)


@frozen(kw_only=True)
class Terms:
    """The settlement terms of a contract's head."""

    name: str = ""
    buyers: tuple[tuple[str, str], ...] = ()
    providers: tuple[tuple[str, str], ...] = ()
    start: date = date(1900, 1, 1)
    end: date = date(2199, 12, 31)
    settle: str = "yearly"
    round_where: str = "clause"
    round_step: Const | None = None
    round_mode: str = "half_away"
    prorate: str = ""
    month_end: str = ""
    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen(kw_only=True)
class Example:
    """A worked example: what is given, and what must come out."""

    name: str
    amounts: tuple[tuple[str, Expr], ...]
    rows: tuple[tuple[str, dict[str, Expr], Span], ...]
    clauses: tuple[Instance, ...]
    expects: tuple[tuple[Expr, Expr | None, str, Span], ...]
    start: date | None = None
    end: date | None = None
    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen(kw_only=True)
class Indicator:
    """A named measure, reported or defined: its code, sentence and, when defined, its two counts."""

    code: str
    name: str
    fulfilled: Expr | None = None
    population: Expr | None = None
    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen(kw_only=True)
class Program:
    """A contract that passed its checks, ready for data."""

    terms: Terms
    instances: tuple[Instance, ...]
    order: tuple[Instance, ...]
    subtotals: tuple[tuple[str, tuple[str, ...]], ...] = ()
    promises: tuple[tuple[Expr, str, Span], ...] = ()
    lets: tuple[Let, ...] = ()
    facts: dict[str, Fact] = field(factory=dict)
    used_facts: frozenset[str] = frozenset()
    tables: dict[str, TableData] = field(factory=dict)
    indicators: dict[str, Indicator] = field(factory=dict)
    units: dict[str, Unit] = field(factory=dict)
    examples: tuple[Example, ...] = ()


