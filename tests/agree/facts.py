"""Facts and tables: their declarations, and rows for them."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random

from attrs import define, field

from agree import kinds as k
from interpreter.facts import Cell, Row

PROVIDERS = ("H", "K", "L")
BUYERS = ("R", "S")


@define
class FactSpec:
    """A fact as it is declared."""

    name: str
    swedish: str
    columns: list[k.Column]
    keys: tuple[str, ...] = ()
    dated: str = ""
    provider: str = ""
    buyer: str = ""
    counts: str = k.NUMBER

    def of_kind(self, kind: str) -> list[k.Column]:
        """Its columns of a kind."""
        return [c for c in self.columns if c.kind == kind]

    def text(self) -> list[str]:
        """Its declaration."""
        lines = [f"fact {self.name} ({self.swedish})"]
        lines += [f"  key {', '.join(self.keys)}"] if self.keys else []
        lines += [f"  dated {self.dated}"] if self.dated else []
        lines += [f"  provider {self.provider}"] if self.provider else []
        lines += [f"  buyer {self.buyer}"] if self.buyer else []
        lines += [f"  counts {self.counts}"] if self.counts != k.NUMBER else []
        return lines + [f"  column {c.name} ({c.swedish}) : {c.written}" for c in self.columns]


@define
class TableSpec:
    """A table: what it is looked up by, what an entry holds, and its rows as they are written."""

    name: str
    keys: list[k.Column]
    values: list[k.Column]
    rows: list[list[str]] = field(factory=list)
    dated: bool = False
    tariff: bool = False

    def signature(self, *, turned: bool = False) -> str:
        """Its signature; `turned` names the columns by their other names."""

        def one(c: k.Column) -> str:
            names = f"{c.swedish} ({c.name})" if turned else f"{c.name} ({c.swedish})"
            return f"{names} {c.kind}{' optional' if c.optional else ''}"

        return f"{', '.join(map(one, self.keys))} -> {', '.join(map(one, self.values))}"

    def grid(self, indent: str) -> list[str]:
        """Its rows as a table in the text."""
        head = [c.name for c in (*self.keys, *self.values)] + (["from", "to"] if self.dated else [])
        return [f"{indent}| {' | '.join(row)} |" for row in [head, *self.rows]]


class Declarations:
    """Makes facts and tables with names of their own."""

    def __init__(self, random: Random, mode: k.Mode) -> None:
        self.random = random
        self.mode = mode
        self.made = 0

    def name(self, letter: str) -> str:
        """A name that nothing else has."""
        self.made += 1
        return f"{letter}{self.made}"

    def column(self, kind: str, *, optional: float = 0.3, role: str = "") -> k.Column:
        """A column of a kind."""
        name = self.name("c")
        column = k.Column(name, f"{name}s", kind, self.random.random() < optional, role=role)
        column.cells = k.cells(kind, self.random, self.mode)
        numbers = [c for c in column.cells if isinstance(c, Fraction)]
        written = all(abs(n) < 10**17 for n in numbers)
        if numbers and written and kind in (k.KR, k.NUMBER, k.DAY) and self.random.random() < 0.3:
            unit = "" if kind == k.NUMBER else f" {kind}"
            column.low, column.high = f"{min(numbers).__floor__()}{unit}", f"{max(numbers).__ceil__()}{unit}"
        return column

    def fact(self, *, buyers: bool) -> FactSpec:
        """A fact with a column of most kinds; its roles are there or not."""
        r = self.random
        name = self.name("f")
        spec = FactSpec(name, f"{name}s", [])
        wanted = [k.CODE, k.CODE, k.KR, k.KR, k.NUMBER, k.NUMBER, *r.choices(k.COMMON, k=r.randint(0, 3))]
        wanted += [kind for kind in (k.DATE, k.DATE, k.BOOL, k.CHOICE, k.DAY, k.SHARE) if r.random() < 0.5]
        spec.columns = [self.column(kind) for kind in wanted]
        if r.random() < 0.95:
            spec.columns.append(self.column(k.DATE, optional=0.05, role="dated"))
            spec.dated = spec.columns[-1].name
        if r.random() < 0.92:
            column = self.column(k.CODE, optional=0.06, role="provider")
            spec.columns.append(column)
            spec.provider = column.name
        if buyers and r.random() < 0.8:
            column = self.column(k.CODE, optional=0.5, role="buyer")
            spec.columns.append(column)
            spec.buyer = column.name
        if r.random() < 0.85:
            spec.columns.append(self.column(r.choice((k.CODE, k.NUMBER, k.CODE)), optional=0, role="key"))
            spec.columns[-1].low = spec.columns[-1].high = ""
            others = [c.name for c in spec.columns if c.role in ("dated", "provider") or c.kind == k.CODE]
            also = tuple(n for n in others if n != spec.columns[-1].name)[: r.choice((0, 0, 0, 1, 2))]
            spec.keys = (spec.columns[-1].name, *also)
        spec.counts = r.choice((k.NUMBER, k.VISIT, k.VISIT, k.DRIP))
        r.shuffle(spec.columns)
        return spec

    def rows(self, spec: FactSpec) -> list[Row]:
        """Rows of a fact in one to three files, no two with one key; some hold what is missing, or nobody's."""
        r = self.random
        count = r.choice((0, 1, 2, 5, 8, 12, 16, 24))
        holes = {c.name: r.choice((0.0, 0.1, 0.4)) for c in spec.columns if c.optional}
        seen: set[tuple[Cell, ...]] = set()
        found: list[Row] = []
        files = r.randint(1, 3)
        for line in range(count):
            cells: dict[str, Cell] = {}
            for c in spec.columns:
                hole = holes.get(c.name, 0.0) * (0.15 if c.role in ("provider", "buyer") else 1)
                cells[c.name] = None if r.random() < hole else self.cell(c, line)
            key = tuple(cells[name] for name in spec.keys)
            if spec.keys and key in seen:
                continue
            seen.add(key)
            found.append(Row(spec.name, cells, f"{spec.name}_{line % files}.csv", line + 2))
        r.shuffle(found)
        return found

    def cell(self, c: k.Column, line: int) -> Cell:
        """A cell of a column."""
        r = self.random
        if c.role == "dated":
            return k.near(r, self.mode)
        if c.role == "provider":
            return r.choice((*PROVIDERS, "H", "H", "K", "Z"))
        if c.role == "buyer":
            return r.choice((*BUYERS, "R", "T"))
        if c.role == "key" and r.random() < 0.9:
            return f"{r.choice('abAÅ')}{line}" if c.kind == k.CODE else Fraction(line)
        return r.choice(c.cells)

    # --- tables

    def table(self) -> TableSpec:
        """A table with one to three keys: values, patterns, bands; its rows hold always or for a while."""
        r = self.random
        name = self.name("t")
        kinds = r.choices((k.CODE, k.CODE, k.NUMBER, k.NUMBER, k.BOOL, k.DATE, k.DAY), k=r.choice((1, 1, 1, 2, 2, 3)))
        keys = [self.column(kind, optional=0) for kind in kinds]
        values = [self.column(kind) for kind in r.choices((*k.COMMON, k.DATE, k.BOOL, k.CODE), k=r.randint(1, 3))]
        if not any(v.kind in k.NUMERIC for v in values):
            values.append(self.column(k.KR))
        spec = TableSpec(name, keys, values, dated=r.random() < 0.35)
        banded = next((i for i, kind in enumerate(kinds) if kind in (k.NUMBER, k.DAY) and r.random() < 0.6), None)
        matchers = [self.matchers(kind, banded=i == banded) for i, kind in enumerate(kinds)]
        combined: list[list[str]] = [[]]
        for i, own in enumerate(matchers):
            combined = [
                [*row, one] for row in combined for one in own if i == banded or len(own) < 3 or r.random() < 0.7
            ]
        if banded is not None:
            rest = sorted({tuple(row[:banded] + row[banded + 1 :]) for row in combined})[:5]
            combined = [[*o[:banded], m, *o[banded:]] for o in rest for m in matchers[banded]]
        common = self.stretches()
        for row in combined[:16]:
            for start, end in (common if banded is not None else self.stretches()) if spec.dated else [("", "")]:
                spec.rows.append([*row, *(self.value(v) for v in values), *([start, end] if spec.dated else [])])
        return spec

    def tariff(self) -> TableSpec:
        """Brackets of money or plain numbers."""
        r = self.random
        kind = r.choice((k.KR, k.KR, k.NUMBER, k.VISIT))
        key = self.column(kind, optional=0)
        rate = self.column(r.choice((k.SHARE, k.NUMBER)), optional=0.1)
        spec = TableSpec(self.name("t"), [key], [rate], tariff=True)
        bounds = r.sample(("0", "10", "100", "500.5", "10000"), r.randint(1, 4))
        if r.random() < 0.8:
            bounds = ["-100000" if r.random() < 0.5 else "0", *(b for b in bounds if b != "0")]
        spec.rows = [[bound, self.value(rate)] for bound in bounds]
        return spec

    def matchers(self, kind: str, *, banded: bool) -> list[str]:
        """Key cells of a kind, no two of which fit one value."""
        r = self.random
        if kind == k.CODE:
            found: list[str] = []
            for one in r.sample((*k.CODES[:12], *k.CODES[14:-1], "I1*", "A*", "P0*", "B1*", "01*"), r.randint(2, 6)):
                stem = one.rstrip("*")
                clash = any(
                    (f.endswith("*") and stem.startswith(f[:-1]))
                    or (one.endswith("*") and f.rstrip("*").startswith(stem))
                    for f in found
                )
                if not clash and one not in found:
                    found.append(one)
            return found
        if kind == k.BOOL:
            return ["yes", "no"]
        if kind == k.DATE:
            return sorted({k.written(k.near(r, self.mode)) for _ in range(3)})
        if banded:
            return list(k.BANDS[: r.randint(2, 4)])
        return r.sample(("0", "1", "2", "3", "7", "10", "12.5", "100"), r.randint(2, 5))

    def value(self, column: k.Column) -> str:
        """A value's cell as it is written."""
        r = self.random
        if column.optional and r.random() < 0.2:
            return ""
        if column.kind == k.CODE:
            return r.choice(k.CODES[:11])
        if column.kind == k.DATE:
            return k.written(k.near(r, self.mode))
        if column.kind == k.BOOL:
            return r.choice(("yes", "no"))
        return k.number(column.kind, r, self.mode, signed=False)

    def stretches(self) -> list[tuple[str, str]]:
        """The days that the rows for one key hold, one after the other."""
        r = self.random
        if r.random() < 0.4:
            return [("", "")]
        whole = max((self.mode.end - self.mode.start).days, 40)
        cut = self.mode.start + timedelta(days=r.choice((0, 1, 31, 60, whole // 2, whole)))
        before = k.written(cut - timedelta(days=1))
        last = r.choice(("", "", "", date(2199, 12, 31).isoformat(), k.written(cut + timedelta(days=whole // 2))))
        first = r.choice(("", "", k.written(self.mode.start - timedelta(days=400))))
        if r.random() < 0.15:
            return [(k.written(cut), last)]
        return [(first, before), (k.written(cut), last)]
