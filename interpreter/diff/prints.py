"""Fingerprints of meaning: two expressions of two contracts mean the same exactly when their prints are one number.

A print looks through names: a `let` is what it stands for, a table its rows, a parameter of a model what the contract
gives it. It does not look at places, at how a number is written (`84 mkr` is `84 000 000 kr`), at what a row is called
inside a form, at which of a thing's two names is declared first, or at the order of terms and factors.

Guarantees: prints are exact, not hashes; a shared definition is printed once however often it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction

from attrs import define, evolve, field, fields

from interpreter import core, types as t
from interpreter.order import expressions
from interpreter.units import combine

ONE_DAY = timedelta(days=1)
NOT_MEANT = ("type", "span", "text")
Print = int
Limits = tuple[date | None, date | None]
Row = tuple[int, str]
"""Which row around (0 is the innermost of a definition) and the fact that it belongs to."""


@define(eq=False)
class Ids:
    """Every shape met so far by its number; both contracts share one."""

    numbers: dict[object, Print] = field(factory=dict)
    shapes: list[object] = field(factory=list)

    def of(self, shape: object) -> Print:
        """The number of a shape."""
        found = self.numbers.get(shape)
        if found is None:
            found = self.numbers[shape] = len(self.shapes)
            self.shapes.append(shape)
        return found


def both(name: str, other: str) -> str:
    """A thing's name whichever of its two is declared first."""
    return "|".join(sorted({name, other} - {""}))


@define(eq=False)
class Around:
    """What an expression stands in.

    Args:
        form: whose parameters are seen, for their second names.
        model: the use of a model whose parameters are seen.
        lets: definitions by name, each with where it stands.
        columns: the lets of rows by (fact, name), each with its row's variable and where it stands.
        rows: the rows around by variable.
    """

    form: core.Form | None = None
    model: core.ModelUse | None = None
    lets: Mapping[str, tuple[core.Expr, Around]] = field(factory=dict)
    columns: Mapping[tuple[str, str], tuple[str, core.Expr, Around]] = field(factory=dict)
    rows: Mapping[str, Row] = field(factory=dict)
    _inner: dict[tuple[str, str], Around] = field(factory=dict, init=False, repr=False)

    def with_row(self, variable: str, fact: str) -> Around:
        """The same with one more row in sight; the same one when asked again, so that what is printed is remembered."""
        at = (variable, fact)
        if at not in self._inner:
            self._inner[at] = evolve(self, rows={**self.rows, variable: (len(self.rows), fact)})
        return self._inner[at]


@define(eq=False)
class Prints:
    """Prints what one contract means.

    Args:
        ids: shared with the contract that it is compared with.
        program: the contract.
        keys: what the clauses that both contracts have are called, by their key in this one.
        deep: look through names; else a name is its name, which finds the one place that was changed.
        strict: tell sums apart also by clauses that only one contract has, which else come and go unnoticed in them.
    """

    ids: Ids
    program: core.Program
    keys: Mapping[str, str]
    deep: bool = True
    strict: bool = False
    contract: Around = field(init=False)
    _memo: dict[tuple[int, int], Print] = field(factory=dict, repr=False)
    _held: list[object] = field(factory=list, repr=False)
    _tables: dict[str, Print] = field(factory=dict, repr=False)
    _models: dict[int, Around] = field(factory=dict, repr=False)
    _times: dict[int, list[Piece]] = field(factory=dict, repr=False)

    def __attrs_post_init__(self) -> None:
        self.contract = Around()
        self.contract.lets = {let.name: (let.value, self.contract) for let in self.program.lets}
        for let in self.program.lets:  # each builds on those before it, so that none is entered deeper than one
            self.expr(let.value, self.contract)

    # --- names

    def fact(self, name: str) -> str:
        """A fact's name."""
        fact = self.program.facts[name]
        return both(fact.name, fact.swedish)

    def column(self, fact: str, name: str) -> str:
        """A column's name."""
        column = self.program.facts[fact].column(name) if fact in self.program.facts else None
        return both(column.name, column.swedish) if column is not None else name

    def clause(self, key: str) -> str:
        """A clause's name in the words that both contracts share."""
        return self.keys.get(key, key)

    # --- expressions

    def expr(self, e: core.Expr | None, around: Around) -> Print:
        """The print of an expression; of none, that of nothing."""
        if e is None:
            return self.ids.of(None)
        at = (id(e), id(around))
        found = self._memo.get(at)
        if found is None:
            self._held += (e, around)  # ids are only good while the things live
            found = self._memo[at] = self.ids.of(self._shape(e, around))
        return found

    def exprs(self, found: Iterable[core.Expr], around: Around) -> tuple[Print, ...]:
        """The prints of expressions, in their order."""
        return tuple(self.expr(e, around) for e in found)

    def _shape(self, e: core.Expr, around: Around) -> object:
        match e:
            case core.Const(value):
                return self.constant(value, e.type)
            case core.Param(name):
                return self._param(name, around)
            case core.LetRef(name, row):
                return self._let(name, row, around)
            case core.ColumnRef(row, name):
                at, fact = around.rows.get(row, (-1, ""))
                return ("column", at if fact else row, self.column(fact, name))
            case core.GroupKey(name):
                return ("key", next((self.column(f, name) for f in self.program.facts if self._has(f, name)), name))
            case core.TableRef(name):
                return ("table", self.table(name))
            case core.Renamed(of, names):
                return ("renamed", self.expr(of, around), tuple(sorted(names)))
            case core.FactRow(fact, keys):
                return ("row of", self.fact(fact), self.exprs(keys, around))
            case core.Member(of, name):
                return ("member", self.expr(of, around), self._member(of.type, name))
            case core.Amount("base", _):
                return ("base",)
            case core.Amount(what, keys):
                shared = frozenset(self.keys[key] for key in keys if key in self.keys)
                alone = frozenset(key for key in keys if key not in self.keys) if self.strict else frozenset()
                return ("amount", shared, alone) if self.deep or not what else ("amount", what)
            case core.Given(clause, name):
                form = next((i.form for i in self.program.instances if i.key == clause), None)
                other = dict(form.spellings).get(name, "") if form is not None else ""
                return ("given", self.clause(clause), both(name, other))
            case core.Add(first, rest):
                terms = [("+", self.expr(first, around)), *((op, self.expr(part, around)) for op, part in rest)]
                return self._sum(terms)
            case core.Multiply(first, rest):
                factors = [("*", self.expr(first, around))]
                factors += [("/" if op == "/" else "*", self.expr(part, around)) for op, part in rest]
                return self._product(factors)
            case core.Negate(of):
                return self._sum([("-", self.expr(of, around))])
            case core.Aggregate():
                inner = around.with_row(e.rows.row, e.rows.fact) if e.rows is not None else around
                head = (e.kind, e.present, around.rows.get(e.until, (-1, ""))[0] if e.until else None)
                outside = (self.expr(e.at_least, around), self.expr(e.rank, around))
                return (head, self.rows(e.rows, around), self.expr(e.of, inner), self.expr(e.weight, inner), outside)
            case core.Pick(kind, rows):
                return (kind, self.rows(rows, around))
            case _:
                # The rest are what they are made of: no names, no order that does not count.
                parts = [getattr(e, a.name) for a in fields(type(e)) if a.name not in NOT_MEANT]
                return (type(e).__name__, *(self._item(part, around) for part in parts))

    def _item(self, found: object, around: Around) -> object:
        if isinstance(found, core.Node):
            return self.expr(found, around)  # type: ignore[arg-type]  # every node is an expression
        if isinstance(found, tuple):
            return tuple(self._item(one, around) for one in found)
        return found

    def _has(self, fact: str, name: str) -> bool:
        return self.program.facts[fact].column(name) is not None

    def constant(self, value: object, kind: t.Type) -> object:
        """The shape of a value that is written in the text."""
        match kind:
            case t.Num(unit):
                return ("number", unit.dimension, value)
            case t.Choice(words):
                return ("choice", both(str(value), dict(words).get(str(value), "")))
            case _:
                return (type(value).__name__, value)

    def _param(self, name: str, around: Around) -> object:
        if around.model is not None and self.deep:
            use = around.model
            return self.given(use.parameter(name), use.arguments.get(name), use.model)
        declared = around.form.parameter(name) if around.form is not None else None
        return ("param", both(declared.name, declared.swedish) if declared is not None else name)

    def _let(self, name: str, row: str, around: Around) -> object:
        at, fact = around.rows.get(row, (-1, ""))
        if not self.deep:
            return ("let", at, name)
        if not row:
            found = around.lets.get(name)
            return ("let", name) if found is None else self.ids.shapes[self.expr(*found)]
        variable, value, where = around.columns[fact, name]
        meant = self.expr(value, where.with_row(variable, fact))
        return self.ids.shapes[meant] if at == len(where.rows) else ("derived", at, meant)

    def _member(self, kind: t.Type, name: str) -> str:
        match kind:
            case t.Entry(signature):
                column = signature.value(name)
                return both(column.name, column.swedish) if column is not None else name
            case t.RowOf(fact):
                return self.column(fact, name)
            case _:
                return name

    def _number(self, of: Print) -> tuple[tuple[tuple[str, int], ...], Fraction] | None:
        match self.ids.shapes[of]:
            case ("number", tuple(dimension), Fraction() as value):
                return dimension, value
            case _:
                return None

    def _sum(self, terms: list[tuple[str, Print]]) -> object:
        known = [self._number(term) for _, term in terms]
        if all(number is not None for number in known):
            signed = [(-1 if op == "-" else 1) * n[1] for (op, _), n in zip(terms, known, strict=True) if n is not None]
            return ("number", known[0][0] if known[0] is not None else (), sum(signed, Fraction(0)))
        return ("sum", tuple(sorted(terms)))

    def _product(self, factors: list[tuple[str, Print]]) -> object:
        dimension: tuple[tuple[str, int], ...] = ()
        value = Fraction(1)
        for op, factor in factors:
            number = self._number(factor)
            if number is None or (op == "/" and not number[1]):
                return ("product", tuple(sorted(factors)))
            dimension = combine(dimension, number[0], -1 if op == "/" else 1)
            value = value / number[1] if op == "/" else value * number[1]
        return ("number", dimension, value)

    # --- rows and tables

    def rows(self, rows: core.Rows | None, around: Around) -> object:
        """The shape of which rows are meant."""
        if rows is None:
            return None
        window = rows.window
        shown = window and (window.side, self.expr(window.anchor, around), self.expr(window.length, around))
        inside = self.expr(rows.where, around.with_row(rows.row, rows.fact))
        return ("rows", self.fact(rows.fact), rows.all_providers, shown, inside, rows.group)

    def table(self, name: str) -> Print:
        """The print of a table: its signature and its rows, whatever their order and its name."""
        data = self.program.tables[name]
        if not self.deep and "@" not in name:
            return self.ids.of(("named", both(data.name, data.swedish)))
        if name not in self._tables:
            signature = data.signature
            heads = tuple((both(c.name, c.swedish), self.kind(c.type)) for c in (*signature.keys, *signature.values))
            lines = frozenset((line.keys, line.values, line.start, line.end) for line in data.lines)
            self._tables[name] = self.ids.of(("rows of", heads, lines))
        return self._tables[name]

    def kind(self, kind: t.Type) -> object:
        """The shape of a type that a list can hold, or of a list."""
        match kind:
            case t.Num(unit):
                return unit.dimension
            case t.Table(signature):
                return tuple((both(c.name, c.swedish), self.kind(c.type)) for c in (*signature.keys, *signature.values))
            case _:
                return type(kind).__name__

    # --- arguments

    def within(self, model: core.ModelUse | None) -> Around:
        """What the arguments of a clause see: the contract's lets, and the parameters of the model around."""
        if model is None:
            return self.contract
        if id(model) not in self._models:
            around = self.within(model.model)
            self._held.append(model)
            self._models[id(model)] = found = evolve(around, model=model)
            for name, argument in model.arguments.items():  # the outer models' first: see `contract.lets`
                self.given(model.parameter(name), argument, model.model)
            return found
        return self._models[id(model)]

    def given(
        self,
        parameter: core.Parameter | None,
        argument: core.Argument | None,
        model: core.ModelUse | None,
        days: Limits = (None, None),
    ) -> object:
        """The shape of what a parameter is given; of its default where it is given nothing, as if it were given.

        Args:
            parameter: what is given.
            argument: what it is given, if anything.
            model: the use of a model that the argument stands in.
            days: outside them a value means nothing; open when it may.
        """
        if argument is not None:
            cut = (piece.within(days) for piece in self.timeline(argument, model))
            return (argument.per, tuple((p.start, p.end, p.print) for p in cut if p is not None))
        if parameter is None or parameter.default is None:
            return None
        return ("", ((None, None, self.expr(parameter.default, Around())),))

    def timeline(self, argument: core.Argument, model: core.ModelUse | None) -> list[Piece]:
        """An argument's values in order of time, neighbours that mean the same as one."""
        if id(argument) not in self._times:
            found: list[Piece] = []
            around = self.within(model)
            for stretch in argument.stretches:
                print_ = self.expr(stretch.value, around)
                last = found[-1] if found else None
                builds = any(isinstance(e, core.Previous) for e in expressions(stretch.value))
                if builds and last is not None and self.deep:
                    print_ = self.ids.of(("after", last.print, print_))
                if last is not None and last.print == print_ and last.end and last.end + ONE_DAY == stretch.start:
                    found[-1] = evolve(last, end=stretch.end)
                else:
                    found.append(Piece(stretch.start, stretch.end, print_, stretch, builds))
            self._held.append(argument)
            self._times[id(argument)] = found
        return self._times[id(argument)]


@define
class Piece:
    """A value of an argument with the days that it holds, and its print; `builds` on the value before, or not."""

    start: date | None
    end: date | None
    print: Print
    stretch: core.Stretch
    builds: bool

    def within(self, days: Limits) -> Piece | None:
        """The value on some days alone, open where it reaches their ends; `None` when it holds on none of them."""
        first, last = days
        if (first and self.end and self.end < first) or (last and self.start and self.start > last):
            return None
        start = None if first and self.start and self.start <= first else self.start
        return evolve(self, start=start, end=None if last and self.end and self.end >= last else self.end)
