"""What is meant: expressions (from `interpreter.expr`), the steps of forms, declarations, and the program they make.

Form instances keep their form and arguments apart, so that diff, proof and the set engine need no other tree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from attrs import define, field, frozen

from dsl.alike import Alike, Shown
from dsl.spans import NOWHERE, Span
from interpreter.expr import (
    Absorbed as Absorbed,
    Add as Add,
    Aggregate as Aggregate,
    Among as Among,
    Amount as Amount,
    Between as Between,
    Call as Call,
    Cases as Cases,
    ColumnRef as ColumnRef,
    Compare as Compare,
    Const as Const,
    Else as Else,
    EntryOf as EntryOf,
    Expr as Expr,
    FactRow as FactRow,
    Given as Given,
    GroupKey as GroupKey,
    LetRef as LetRef,
    Logic as Logic,
    Member as Member,
    Multiply as Multiply,
    Negate as Negate,
    Node as Node,
    Not as Not,
    Param as Param,
    PartyRef as PartyRef,
    PeriodRef as PeriodRef,
    PerPeriod as PerPeriod,
    Pick as Pick,
    Presence as Presence,
    Previous as Previous,
    Renamed as Renamed,
    Round as Round,
    Rows as Rows,
    TableRef as TableRef,
    Tariff as Tariff,
    Window as Window,
)
from interpreter.facts import Cell, Fact
from interpreter.steps import (
    Each as Each,
    Gives as Gives,
    Let as Let,
    Offer as Offer,
    Pays as Pays,
    Step as Step,
    Stmt as Stmt,
    Unsettled as Unsettled,
    When as When,
)
from interpreter.types import ANYTHING, Range, Signature, Type
from interpreter.units import Unit

# --- declarations -------------------------------------------------------------------------------------------------


@frozen(kw_only=True, eq=False, repr=False)
class Parameter(Alike):
    """A parameter of a form or model."""

    name: str
    swedish: str
    type: Type
    optional: bool = False
    key: bool = False
    first: bool = False
    share: bool = False
    indicator: bool = False
    default: Expr | None = None
    range: Range = ANYTHING
    span: Span = field(default=NOWHERE, eq=False, repr=False)

    @property
    def spellings(self) -> tuple[str, ...]:
        """Its names, the declared one first."""
        return (self.name, self.swedish) if self.swedish else (self.name,)


@frozen(kw_only=True, eq=False, repr=False)
class Form(Alike):
    """A reimbursement form (*ersättningsform*).

    Args:
        labels: what its payments are called, in English and in Swedish.
        spellings: the two names of its lets and of what it gives.
    """

    name: str
    swedish: str
    sentence: str = ""
    sentence_sv: str = ""
    source: str = ""
    outside_base: bool = False
    component: str = ""
    parameters: tuple[Parameter, ...] = ()
    requires: tuple[tuple[Expr, tuple[str, str], Span], ...] = ()
    steps: tuple[Stmt, ...] = ()
    offers: tuple[tuple[str, Type], ...] = ()
    gives: tuple[tuple[str, Type], ...] = ()
    lets: tuple[tuple[str, Type], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    spellings: tuple[tuple[str, str], ...] = ()
    needs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    span: Span = field(default=NOWHERE, eq=False, repr=False)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name in either language."""
        return next((p for p in self.parameters if name in (p.name, p.swedish)), None)


@frozen(eq=False, repr=False)
class TableLine(Alike):
    """One row of a table: key matchers, values, and the days it holds."""

    keys: tuple[Matcher, ...]
    values: tuple[Cell, ...]
    start: date | None
    end: date | None
    span: Span = field(eq=False)


@frozen(eq=False, repr=False)
class Matcher(Alike):
    """What a key cell matches: a value, a code pattern (its prefix), or a band of numbers."""

    kind: str
    low: Cell
    high: Cell = None


@frozen(kw_only=True, eq=False, repr=False)
class TableData(Alike):
    """A table with its rows."""

    name: str
    swedish: str = ""
    signature: Signature
    lines: Sequence[TableLine]
    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen(eq=False, repr=False)
class Provenance(Alike):
    """Where a figure or a clause comes from, and how sure it is.

    Args:
        source: the document, in the author's words.
        certainty: `printed`, `derived`, `public`, `illustrative` or `disputed`; empty when the author does not say.
    """

    source: str = ""
    certainty: str = ""


@frozen(eq=False, repr=False)
class Argument(Alike):
    """What a parameter is given: dated values, each a rate per `per` (month, day) when that is not empty."""

    stretches: tuple[Stretch, ...]
    per: str = ""


@frozen(eq=False, repr=False)
class Stretch(Alike):
    """A value of an argument, the days it holds, and where it comes from; an open end is `None`."""

    start: date | None
    end: date | None
    value: Expr
    span: Span = field(eq=False)
    provenance: Provenance = field(default=Provenance(), eq=False)


@define(eq=False, repr=False)
class ModelUse(Shown):
    """A model as a contract uses it: the arguments of its own parameters, seen by those of its clauses.

    Args:
        key: the model's name, for messages.
        model: the use of the model in which this one stands, if any.
    """

    key: str
    parameters: tuple[Parameter, ...]
    arguments: Mapping[str, Argument]
    model: ModelUse | None = None

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that English name."""
        return next((p for p in self.parameters if p.name == name), None)


@define(eq=False, repr=False)
class Instance(Shown):
    """A clause of the contract: a form with its arguments.

    Args:
        key: the path of form and label, never a position: `withheld["Kvalitet"]/p4p[113]`.
        arguments: dated values by parameter; the expressions are the contract's, not the form's.
        parent: the clause it is nested in.
        component: which link of the effect chain it pays for: `structure`, `process` or `outcome` (GOV-4).
        broken: something in it is reported, so that what it says can't be judged further.
        was: what it was called before: a label, a code or a whole key; empty when it does not say.
    """

    key: str
    form: Form
    label: str
    arguments: Mapping[str, Argument]
    parent: Instance | None
    span: Span
    inside_base: bool
    start: date | None = None
    end: date | None = None
    words: str = ""
    model: ModelUse | None = None
    provenance: Provenance = Provenance()
    component: str = ""
    broken: bool = False
    was: str = ""

    def parameter(self, name: str) -> Parameter | None:
        """The form's parameter of that English name."""
        return self.form.parameter(name)

    def all_arguments(self) -> list[Argument]:
        """Its arguments, and those of the models that it stands in."""
        found = list(self.arguments.values())
        model = self.model
        while model is not None:
            found.extend(model.arguments.values())
            model = model.model
        return found


@frozen(kw_only=True, eq=False, repr=False)
class Terms(Alike):
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


@frozen(kw_only=True, eq=False, repr=False)
class Example(Alike):
    """A worked example: what is given, and what must come out."""

    name: str
    amounts: tuple[tuple[str, Expr], ...]
    rows: tuple[tuple[str, dict[str, Expr], Span], ...]
    clauses: tuple[Instance, ...]
    expects: tuple[tuple[Expr, Expr | None, str, Span], ...]
    start: date | None = None
    end: date | None = None
    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen(kw_only=True, eq=False, repr=False)
class Indicator(Alike):
    """A named measure, reported or defined: its code, sentence and, when defined, its two counts."""

    code: str
    name: str
    fulfilled: Expr | None = None
    population: Expr | None = None
    span: Span = field(default=NOWHERE, eq=False, repr=False)


@frozen(kw_only=True, eq=False, repr=False)
class Program(Alike):
    """A contract that passed its checks, ready for data."""

    terms: Terms
    instances: Sequence[Instance]
    order: Sequence[Instance]
    subtotals: tuple[tuple[str, tuple[str, ...]], ...] = ()
    promises: tuple[tuple[Expr, str, Span], ...] = ()
    lets: tuple[Let, ...] = ()
    facts: dict[str, Fact] = field(factory=dict)
    used_facts: frozenset[str] = frozenset()
    tables: dict[str, TableData] = field(factory=dict)
    indicators: dict[str, Indicator] = field(factory=dict)
    units: dict[str, Unit] = field(factory=dict)
    examples: tuple[Example, ...] = ()
    language: str = "en"
