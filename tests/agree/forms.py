"""Forms: parameters, and steps that let, pay, give and offer, for the clause, its rows, groups and months."""

from __future__ import annotations

from attrs import define, evolve, field

from agree import kinds as k
from agree.aggregates import Writer
from agree.facts import FactSpec, TableSpec
from agree.scope import Frame, Leaf, Scope

Offer = tuple[str, str, TableSpec | None]
"""What a clause offers to those in it: its name, its kind, and the table that it is."""


@define
class Param:
    """A parameter of a form, or of a model, where it may be per time (`per`)."""

    name: str
    kind: str
    text: str
    table: TableSpec | None = None
    optional: bool = False
    default: bool = False
    low: str = ""
    high: str = ""
    offered: bool = False
    per: str = ""


@define
class FormSpec:
    """A form as it is declared, and what a clause of it must say; `hands` are the tables that it gives."""

    name: str
    params: list[Param] = field(factory=list)
    gives: list[Leaf] = field(factory=list)
    hands: list[tuple[str, TableSpec]] = field(factory=list)
    lines: list[str] = field(factory=list)
    outside: bool = False
    offers: list[Offer] = field(factory=list)


class Forms:
    """Writes forms."""

    def __init__(self, writer: Writer, facts: list[FactSpec], tables: list[TableSpec]) -> None:
        self.w = writer
        self.random = writer.random
        self.facts = facts
        self.tables = tables
        self.form = FormSpec("")
        self.small = False

    def make(self, *, offered: Offer | None = None, offers: bool = False, small: bool = False) -> FormSpec:
        """A form.

        Args:
            offered: a parameter that the clause around it offers.
            offers: whether it offers something.
            small: whether it is of a step or two, so that few others fail with one that does.
        """
        r = self.random
        self.small = small
        self.form = form = FormSpec(self.w.names.name("g"), outside=r.random() < 0.2)
        facts = r.sample(self.facts, r.randint(1, min(2, len(self.facts)))) if r.random() < 0.95 else []
        scope = Scope(facts=facts)
        head = [f"form {form.name} ({form.name}s)", '  "What is paid."']
        head += ["  outside base"] if form.outside else []
        head += [f"  needs {f.name}: {', '.join(c.name for c in f.columns)}" for f in facts]
        self.params(scope, offered)
        if r.random() < 0.15:
            head.append(f"  component {r.choice(('structure', 'process', 'outcome'))}")
        body = [f"  {line}" for line in self.steps(scope, 3, top=True)]
        if offers:
            name, kind = self.w.names.name("o"), r.choice((k.KR, k.NUMBER, k.SHARE))
            if scope.tables and r.random() < 0.6:
                text, table = r.choice(scope.tables)
                body.append(f"  for inside {name} = {text}")
                form.offers.append((name, "table", table))
            else:
                body.append(f"  for inside {name} = {self.w.number(kind, scope, 2)}")
                form.offers.append((name, kind, None))
        if r.random() < 0.2:
            seen = [p for p in form.params if p.low]
            if seen:
                p = r.choice(seen)
                body.insert(0, f'  requires {p.name} >= {p.low} or {p.name} is missing "no"')
        form.lines = [*head, *(f"  {p.text}" for p in form.params), *body]
        return form

    def params(self, scope: Scope, offered: Offer | None) -> None:
        """Declare parameters, and put them in sight."""
        r = self.random
        if offered:
            name, kind, table = offered
            declared = f"table {table.signature()}" if table is not None else kind
            self.form.params.append(Param(name, kind, f"param {name} : {declared}", table, offered=True))
            if table is not None:
                scope.tables.append((name, table))
            else:
                scope.leaves.append(Leaf(name, kind))
        for _ in range(r.choice((0, 0, 1, 2)) if self.small else r.randint(0, 4)):
            kind = r.choice((*k.COMMON, k.KR, "kr/visit", k.CODE, k.DATE, k.BOOL, k.CHOICE, k.MONTH, k.DAY))
            name = self.w.names.name("p")
            declared = f"choice {', '.join(f'{en} ({sv})' for en, sv in k.WORDS)}" if kind == k.CHOICE else kind
            p = Param(name, kind, f"param {name} ({name}s) : {declared}")
            roll = r.random()
            if roll < 0.15:
                p.optional, p.text = True, f"{p.text} optional"
            elif roll < 0.3 and kind in k.NUMERIC:
                p.low, p.high = (f"{x} {k.SPELLED[kind][0]}".replace(" %", "%").strip() for x in ("0", "1000"))
                p.text += f" from {p.low} to {p.high}"
            elif roll < 0.45 and kind not in {k.CHOICE, k.MONTH}:
                p.default = True
                default = self.w.leaf(kind, Scope(leaves=list(scope.leaves))) if r.random() < 0.3 else None
                p.text += f" = {default or self.w.constant(kind, scope)}"
            self.form.params.append(p)
            scope.leaves.append(Leaf(name, kind, p.optional))
        for table in self.tables:
            roll = r.random()
            if roll < 0.5:
                scope.tables.append((table.name, table))
            elif roll < 0.8:
                name = self.w.names.name("p")
                turned = r.random() < 0.5 and not table.tariff
                self.form.params.append(
                    Param(name, "table", f"param {name} : table {table.signature(turned=turned)}", table)
                )
                seen = table
                if turned:
                    seen = evolve(
                        table, keys=[_turned(c) for c in table.keys], values=[_turned(c) for c in table.values]
                    )
                scope.tables.append((name, seen))

    # --- steps

    def steps(self, s: Scope, size: int, *, top: bool = False) -> list[str]:
        """Steps of a block; the one at the top pays at least once."""
        r = self.random
        lines: list[str] = []
        for _ in range(r.choice((1, 1, 2)) if top and self.small else r.randint(1, size)):
            ways = (
                ["pays", *(["rows"] * 3 if s.facts else [])]
                if top and self.small
                else ["let"] * 4 + ["pays"] * 3 + ["when"] * 2
            )
            ways += ["gives"] * 3 if top else []
            ways += ["unsettled"] if r.random() < 0.12 else []
            deep = len(s.frames) + (s.group is not None) + s.month
            ways += ["rows"] * 4 + ["groups"] * 3 + ["months"] if s.facts and deep < 2 else []
            lines += getattr(self, f"_{r.choice(ways)}")(s)
        return lines if not top or any("pays" in line for line in lines) else [*lines, *self._pays(s)]

    def depth(self, s: Scope) -> int:
        """How many levels an expression may have: fewer where it is worked out many times."""
        return self.random.choice((1, 2, 3, 4)) if not s.deep else self.random.choice((1, 2, 2, 3))

    def _let(self, s: Scope) -> list[str]:
        r = self.random
        name = self.w.names.name("l")
        kind = r.choice((*k.COMMON, k.BOOL, k.BOOL, k.DATE, k.CODE))
        shown = f"{name} ({name}s)" if r.random() < 0.2 else name
        maybe = False
        if r.random() < 0.15:
            lines = [f"let {shown} ="]
            conditions = {self.w.condition(s, 2): None for _ in range(r.randint(1, 2))}
            lines += [f"  when {condition} then {self.w.of(kind, s, 1)}" for condition in conditions]
            lines.append(f"  otherwise {self.w.of(kind, s, 1)}")
        elif r.random() < 0.12 and s.tables and (found := self.entry(kind, s)):
            lines, maybe = [f"let {shown} = {found}"], True
        else:
            lines = [f"let {shown} = {self.w.of(kind, s, self.depth(s))}"]
        leaf = Leaf(name, kind, maybe)
        row = s.frames[-1] if s.frames and s.of_row else None
        (row.lets if row is not None else s.leaves).append(leaf)
        return lines

    def entry(self, kind: str, s: Scope) -> str | None:
        """A look-up whose result may be missing."""
        fitting = [(text, t, v) for text, t in s.tables if not t.tariff for v in t.values if v.kind == kind]
        if not fitting:
            return None
        text, table, value = self.random.choice(fitting)
        return f"{text}[{', '.join(self.w.of(key.kind, s, 1) for key in table.keys)}].{value.name}"

    def _pays(self, s: Scope) -> list[str]:
        r = self.random
        label = f'"{self.w.names.name("P")}" ' if r.random() < 0.6 else ""
        if r.random() < 0.1:
            return [
                f"pays {label}{self.w.number(k.NUMBER, s, 1)} * {r.choice(('12 kr/year', '7 kr/day', '100 kr/month'))}"
            ]
        if r.random() < 0.25:
            price, unit = r.choice(list(k.PRICES.items()))
            return [f"pays {label}{self.w.number(price, s, 1)} * {self.w.number(unit, s, self.depth(s))}"]
        return [f"pays {label}{self.meeting_rows(k.KR, s)}"]

    def _gives(self, s: Scope) -> list[str]:
        if s.tables and not s.frames and self.random.random() < 0.3:
            text, table = self.random.choice(s.tables)
            self.form.hands.append((self.w.names.name("v"), table))
            return [f"gives {self.form.hands[-1][0]} = {text}"]
        name, kind = self.w.names.name("v"), self.random.choice((*k.COMMON, k.DATE, k.BOOL, k.CODE))
        self.form.gives.append(Leaf(name, kind))
        return [f"gives {name} = {self.meeting_rows(kind, s)}"]

    def meeting_rows(self, kind: str, s: Scope) -> str:
        """An expression, in small forms mostly one that meets rows."""
        if self.small and s.facts and not s.deep and kind in k.NUMERIC and self.random.random() < 0.85:
            return self.w.aggregate(kind, s, self.random.choice((2, 3, 3)))
        return self.w.of(kind, s, self.depth(s))

    def _when(self, s: Scope) -> list[str]:
        r = self.random
        lines: list[str] = []
        conditions: set[str] = set()
        for _ in range(r.choice((1, 1, 2))):
            inner = self._pays(s)[0] if r.random() < 0.8 else ""
            condition = self.w.condition(s, self.depth(s))
            if condition in conditions:
                continue
            conditions.add(condition)
            lines.append(f"when {condition}{f' {inner}' if inner else ''}")
            if not inner:
                block = s.block()
                lines += [f"  {line}" for _ in range(r.randint(1, 2)) for line in self._pays(block)]
        return [*lines, f"otherwise {self._pays(s)[0]}"] if r.random() < 0.4 else lines

    def _unsettled(self, s: Scope) -> list[str]:
        return [f'unsettled when {self.w.condition(s, 1)} and {self.w.condition(s, 0)} "waits"']

    def _rows(self, s: Scope) -> list[str]:
        r = self.random
        fact = r.choice(s.facts)
        text, inner = self.w.rows(fact, s, 2)
        alias = bool(inner.frames[-1].prefix)
        nested = bool(s.frames) or s.group is not None or s.month
        lets = list(s.lets.get(fact.name, [])) if nested else s.lets.setdefault(fact.name, [])
        frame = Frame(inner.frames[-1].prefix if alias else "", fact, lets, own=True, grouped=inner.frames[-1].grouped)
        return [f"each {text}", *(f"  {line}" for line in self.steps(_row_scope(s, frame), 3))]

    def _groups(self, s: Scope) -> list[str]:
        r = self.random
        fact = r.choice(s.facts)
        text, _ = self.w.rows(fact, s, 1, plain=r.random() < 0.8)
        head, where = top_where(text)
        derived = [let for let in s.lets.get(fact.name, []) if not s.frames]
        columns = [Leaf(c.name, c.kind, c.optional) for c in fact.columns]
        by = r.sample(columns, r.choice((0, 1, 1, 1, 2)))
        if derived and r.random() < 0.4:
            by.append(r.choice(derived))
        names = [leaf.text for leaf in by]
        month = bool(fact.dated) and r.random() < 0.35
        if month:
            names.insert(r.randint(0, len(names)), "month")
        if (fact.dated and r.random() < 0.2) or not names:
            names.append(f"spell of {r.choice(k.LENGTHS)}")
        inner = s.inner(deep=1).block()
        inner.group, inner.month, inner.of_row = fact, s.month or month, False
        inner.keys = [*s.keys, *(Leaf(leaf.text, leaf.kind) for leaf in by)]
        line = f"each {head} by {', '.join(names)}{f' where {where}' if where else ''}"
        return [line, *(f"  {line}" for line in self.steps(inner, 2))]

    def _months(self, s: Scope) -> list[str]:
        inner = s.inner(deep=1).block()
        inner.month, inner.of_row = True, False
        return ["each month", *(f"  {line}" for line in self.steps(inner, 2))]


def top_where(text: str) -> tuple[str, str]:
    """Rows as what stands before their own `where`, and what after it: the one that no parenthesis holds."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and text.startswith(" where ", at):
            return text[:at], text[at + 7 :]
    return text, ""


def _row_scope(s: Scope, frame: Frame) -> Scope:
    inner = s.inner(frame)
    inner.of_row = True
    return inner


def _turned(c: k.Column) -> k.Column:
    return evolve(c, name=c.swedish, swedish=c.name)
