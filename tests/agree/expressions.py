"""Expressions of a kind that are right by the rules of the language, written as text."""

from __future__ import annotations

from random import Random

from agree import kinds as k
from agree.facts import Declarations, FactSpec
from agree.scope import Leaf, Scope

PRODUCTS = {
    k.KR: [(k.NUMBER, k.KR), (k.SHARE, k.KR), *k.PRICES.items()],
    k.NUMBER: [(k.NUMBER, k.NUMBER), (k.SHARE, k.NUMBER)],
}
QUOTIENTS = {
    k.NUMBER: [(kind, kind) for kind in (k.KR, k.VISIT, k.DAY, k.NUMBER, k.DRIP)],
    k.KR: [(k.KR, k.NUMBER)],
    **{price: [(k.KR, unit), (price, k.NUMBER)] for price, unit in k.PRICES.items()},
    **{unit: [(k.KR, price), (unit, k.NUMBER)] for price, unit in k.PRICES.items()},
}
PARTIES = ("contract.provider", "contract.provider", "contract.buyer")
MOST_DEEP = 2


class Expressions:
    """Writes expressions; `d` says how many levels more they may have. A timeless one never asks for the period."""

    def __init__(self, random: Random, mode: k.Mode, names: Declarations) -> None:
        self.random = random
        self.mode = mode
        self.names = names
        self.timeless = False

    def of(self, kind: str, s: Scope, d: int) -> str:
        """An expression of any kind."""
        match kind:
            case k.BOOL:
                return self.condition(s, d)
            case k.CODE:
                return self.code(s, d)
            case k.DATE:
                return self.date(s, d)
            case k.CHOICE:
                return self.choice(s, d)
            case _:
                return self.number(kind, s, d)

    def leaf(self, kind: str, s: Scope) -> str | None:
        """A name of a kind, mostly guarded where it may be missing; innermost rows first."""
        seen = s.seen(kind)
        if not seen or (s.frames and not any(leaf.row for leaf in seen) and self.random.random() < 0.7):
            return self.turned(kind, s)
        leaf = seen[-1 - min(int(self.random.expovariate(0.25)), len(seen) - 1)]
        return self.guarded(leaf, s)

    def turned(self, kind: str, s: Scope) -> str | None:
        """A plain number of a row, of the kind asked for: what a constant would not show of the row."""
        if not s.frames or kind not in k.NUMERIC:
            return None
        seen = [leaf for leaf in s.seen(k.NUMBER) if leaf.row]
        unit = k.SPELLED[kind][0]
        return f"({self.guarded(self.random.choice(seen), s)} * 1 {unit})".replace(" %", "%") if seen else None

    def guarded(self, leaf: Leaf, s: Scope) -> str:
        """A name that may be missing, with what then holds instead."""
        if not leaf.maybe or self.random.random() < (0.25 if self.mode.wild else 0.02):
            return leaf.text
        return f"({leaf.text} else {self.constant(leaf.kind, s)})"

    def constant(self, kind: str, s: Scope) -> str:
        """A constant of a kind."""
        r = self.random
        match kind:
            case k.BOOL:
                return r.choice(("yes", "no"))
            case k.CODE:
                return k.code(r.choice(k.CODES[:-1]))
            case k.DATE:
                return k.written(k.near(r, self.mode))
            case k.CHOICE:
                leaf = next((x for x in s.seen(k.CHOICE) if not x.maybe), None)
                return leaf.text if leaf else r.choice(k.WORDS)[0]
            case _:
                return k.number(kind, r, self.mode)

    # --- numbers

    def number(self, kind: str, s: Scope, d: int) -> str:
        """A number of a kind."""
        r = self.random
        if d <= 0 or r.random() < 0.22:
            leaf = self.leaf(kind, s) if r.random() < (0.92 if s.frames else 0.8) else None
            return leaf or k.number(kind, r, self.mode)
        ways = ["add"] * 4 + ["times"] * 5 + ["over"] * 2 + ["minus", "round", "else", "cases", "cases", "call", "call"]
        ways += ["aggregate"] * 7 if s.facts and s.deep < MOST_DEEP else []
        ways += ["providers"] * 2 if s.facts and not s.deep and not s.alone else []
        ways += ["entry"] * 3 + ["tariff"] if s.tables else []
        ways += ["pick"] * 2 if s.facts and s.deep < MOST_DEEP else []
        ways += ["row"] if s.facts and s.deep < MOST_DEEP and (self.mode.wild or r.random() < 0.2) else []
        ways += ["rate"] if kind in k.RATES and not self.timeless else []
        ways += ["dates"] * 2 if kind in (k.NUMBER, k.DAY) else []
        return getattr(self, f"_{r.choice(ways)}")(kind, s, d - 1)

    def _add(self, kind: str, s: Scope, d: int) -> str:
        r = self.random
        parts = [self.number(kind, s, d) for _ in range(r.choice((2, 2, 3)))]
        rest = "".join(f" {r.choice('+-')} {part}" for part in parts[1:])
        return f"({parts[0]}{rest})"

    def _times(self, kind: str, s: Scope, d: int) -> str:
        r = self.random
        left, right = r.choice(PRODUCTS.get(kind, [(k.NUMBER, kind), (k.SHARE, kind)]))
        word = "of" if left == k.SHARE else "*"
        parts = [self.number(left, s, d), self.number(right, s, d)]
        if word == "*" and r.random() < 0.5:
            parts.reverse()
        extra = f" * {self.number(k.NUMBER, s, d - 1)}" if r.random() < 0.15 else ""
        return f"({parts[0]} {word} {parts[1]}{extra})"

    def _over(self, kind: str, s: Scope, d: int) -> str:
        above, below = self.random.choice(QUOTIENTS.get(kind, [(kind, k.NUMBER)]))
        if self.mode.wild:
            divisor = self.number(below, s, d)
        elif self.random.random() < 0.5:
            divisor = f"{self.random.choice('2347')} {k.SPELLED[below][0]}".strip().replace(" %", "%")
        else:
            divisor = f"greater({self.number(below, s, d)}, {f'0.5 {k.SPELLED[below][0]}'.strip().replace(' %', '%')})"
        return f"({self.number(above, s, d)} / {divisor})"

    def _minus(self, kind: str, s: Scope, d: int) -> str:
        return f"(-{self.number(kind, s, d)})"

    def _round(self, kind: str, s: Scope, d: int) -> str:
        r = self.random
        digits = r.choice(("1", "1", "1", "2", "10", "0.5", "0.3", "0" if self.mode.wild else "5"))
        step = f"{digits} {r.choice(k.SPELLED[kind])}".strip().replace(" %", "%")
        return f"({self.number(kind, s, d)} rounded to {step})"

    def _else(self, kind: str, s: Scope, d: int) -> str:
        maybe = [leaf for leaf in s.seen(kind) if leaf.maybe]
        if maybe:
            return f"({self.random.choice(maybe).text} else {self.number(kind, s, d)})"
        return self._entry(kind, s, d) if s.tables else self._pick(kind, s, d)

    def _cases(self, kind: str, s: Scope, d: int) -> str:
        count = self.random.choice((1, 1, 2))
        conditions = {self.condition(s, d): None for _ in range(count)}
        cases = [f"when {condition} then {self.of(kind, s, d - 1)}" for condition in conditions]
        return f"({' '.join(cases)} otherwise {self.of(kind, s, d - 1)})"

    def _call(self, kind: str, s: Scope, d: int) -> str:
        names = ["clamp", "lesser", "greater", "absolute"] + (["floor", "ceiling"] * 2 if kind == k.NUMBER else [])
        name = self.random.choice(names)
        count = {"clamp": 3, "lesser": 2, "greater": 2}.get(name, 1)
        return f"{name}({', '.join(self.number(kind, s, d) for _ in range(count))})"

    def _dates(self, kind: str, s: Scope, d: int) -> str:
        one = self.date(s, d)
        if kind == k.DAY:
            return f"({one} - {self.date(s, d)})"
        name = self.random.choice(("age", "year_of", "month_of"))
        return f"age({one}, {self.date(s, d)})" if name == "age" else f"{name}({one})"

    def _rate(self, kind: str, s: Scope, d: int) -> str:
        unit = self.random.choice(k.RATES[kind])
        return f"({self.number(kind, s, d)} + {self.random.choice(('12', '1 200', '365'))} {unit})"

    # --- rows, by the class that knows how to choose them

    def rows(self, fact: FactSpec, s: Scope, d: int, *, plain: bool = False) -> tuple[str, Scope]:
        """Rows of a fact, and the scope of one of them."""
        raise NotImplementedError

    # --- references

    def _entry(self, kind: str, s: Scope, d: int) -> str:
        found = self.entry(kind, s, d)
        return found or self.number(kind, s, d)

    def entry(self, kind: str, s: Scope, d: int) -> str | None:
        """A look-up in a table, mostly with what holds when it finds nothing."""
        r = self.random
        fitting = [(text, t, v) for text, t in s.tables if not t.tariff for v in t.values if v.kind == kind]
        if not fitting:
            return None
        text, table, value = r.choice(fitting)
        found = f"{text}[{', '.join(self.of(key.kind, s, min(d, 1)) for key in table.keys)}].{value.name}"
        return found if r.random() < (0.3 if self.mode.wild else 0.02) else f"({found} else {self.of(kind, s, 0)})"

    def _tariff(self, kind: str, s: Scope, d: int) -> str:
        fitting = [(text, t) for text, t in s.tables if t.tariff and t.keys[0].kind == kind]
        if not fitting:
            return self._entry(kind, s, d)
        text, table = self.random.choice(fitting)
        amount = self.number(table.keys[0].kind, s, d)
        low = table.rows[0][0]
        bound = f"{low} {k.SPELLED[kind][0]}".strip()
        safe = self.random.random() < (0.8 if self.mode.wild else 0.98)
        return f"tariff({text}, {f'greater({amount}, {bound})' if safe else amount})"

    def _pick(self, kind: str, s: Scope, d: int) -> str:
        found = self.pick(kind, s, d)
        return found or self.number(kind, s, d)

    def pick(self, kind: str, s: Scope, d: int) -> str | None:
        """A column of the latest or earliest row."""
        r = self.random
        fitting = [(f, c) for f in s.facts for c in f.of_kind(kind)]
        if not fitting or s.deep >= MOST_DEEP:
            return None
        fact, column = r.choice(fitting)
        rows, _ = self.rows(fact, s, d)
        found = f"({r.choice(('latest', 'earliest'))} {rows}).{column.name}"
        return found if r.random() < (0.2 if self.mode.wild else 0.02) else f"({found} else {self.constant(kind, s)})"

    def _row(self, kind: str, s: Scope, d: int) -> str:
        fitting = [(f, c) for f in s.facts for c in f.of_kind(kind) if f.keys]
        if not fitting:
            return self._pick(kind, s, d)
        fact, column = self.random.choice(fitting)
        roles = (fact.provider, fact.buyer, fact.dated)
        kinds = {c.name: c.kind for c in fact.columns}
        keys = [self.of(kinds[name], s, min(d, 1)) for name in fact.keys if name not in roles]
        found = f"{fact.name}[{', '.join(keys)}].{column.name}"
        return found if self.random.random() < 0.2 else f"({found} else {self.constant(kind, s)})"

    # --- dates, codes, choices, conditions

    def date(self, s: Scope, d: int) -> str:
        """A date."""
        r = self.random
        roll = r.random()
        if d > 0 and roll < 0.2:
            return f"({self.date(s, d - 1)} {r.choice('+-')} {r.choice(k.LENGTHS)})"
        if d > 0 and roll < 0.3 and s.facts and s.deep < MOST_DEEP:
            found = self.pick(k.DATE, s, d - 1)
            if found:
                return found
        if d > 0 and roll < 0.36:
            return self._cases(k.DATE, s, d - 1)
        if d > 0 and roll < 0.42 and s.facts and s.deep < MOST_DEEP:
            fact = r.choice(s.facts)
            if fact.of_kind(k.DATE):
                rows, inner = self.rows(fact, s, d - 1)
                which = r.choice(("lowest", "highest"))
                return f"(({which} of {self.date(inner, 0)} over {rows}) else {k.written(k.near(r, self.mode))})"
        leaf = self.leaf(k.DATE, s) if roll < 0.85 else None
        if self.timeless and leaf is None:
            return k.written(k.near(r, self.mode))
        periods = ["period"] + (["month"] if s.month else [])
        return leaf or r.choice((k.written(k.near(r, self.mode)), f"{r.choice(periods)}.{r.choice(('start', 'end'))}"))

    def code(self, s: Scope, d: int) -> str:
        """A code."""
        roll = self.random.random()
        if d > 0 and roll < 0.12:
            return self._cases(k.CODE, s, d - 1)
        if d > 0 and roll < 0.24:
            found = self.entry(k.CODE, s, d - 1) if s.tables else self.pick(k.CODE, s, d - 1)
            if found:
                return found
        leaf = self.leaf(k.CODE, s) if roll < 0.85 else None
        return leaf or (self.constant(k.CODE, s) if roll < 0.97 else self.random.choice(PARTIES))

    def choice(self, s: Scope, d: int) -> str:
        """One of a choice; a name, for a bare word has no kind of its own."""
        leaves = s.seen(k.CHOICE)
        del d
        return self.random.choice(leaves).text if leaves else self.random.choice(k.WORDS)[0]

    def condition(self, s: Scope, d: int) -> str:
        """Yes or no."""
        r = self.random
        ways = ["compare"] * 6 + ["codes"] * 3 + ["presence", "yes", "yes", "choices", "within", "within", "among"]
        if d > 0:
            ways += ["not", "logic", "logic", "logic"]
            ways += ["exists"] * 3 if s.facts and s.deep < MOST_DEEP else []
        found: str = getattr(self, f"_if_{r.choice(ways)}")(s, d - 1)
        return found

    def _if_compare(self, s: Scope, d: int) -> str:
        r = self.random
        kind = r.choice((*k.COMMON, k.DATE, k.DATE))
        seen = [x for x in (*k.NUMERIC, k.DATE) if any(f.prefix or f.fact for f in s.frames) and s.seen(x)]
        kind = r.choice(seen) if seen and r.random() < 0.8 else kind
        left = self.of(kind, s, d)
        right = self.of(kind, s, min(d, 1))
        return f"({left} {r.choice(('=', '!=', '<', '<=', '>', '>='))} {right})"

    def _if_codes(self, s: Scope, d: int) -> str:
        return f"({self.code(s, d)} {self.random.choice(('=', '=', '!='))} {self.code(s, min(d, 0))})"

    def _if_presence(self, s: Scope, d: int) -> str:
        r = self.random
        maybe = [leaf.text for kind in (*k.NUMERIC, k.DATE, k.CODE, k.BOOL) for leaf in s.seen(kind) if leaf.maybe]
        found = r.choice(maybe) if maybe else (s.tables and self.entry(k.KR, s, d)) or self.number(k.KR, s, d)
        return f"({found} {r.choice(('is missing', 'is present'))})"

    def _if_yes(self, s: Scope, d: int) -> str:
        del d
        leaf = self.leaf(k.BOOL, s)
        return leaf or self._if_compare(s, 0)

    def _if_choices(self, s: Scope, d: int) -> str:
        leaves = s.seen(k.CHOICE)
        if not leaves:
            return self._if_codes(s, d)
        leaf, words = self.random.choice(leaves), [en for en, _ in k.WORDS]
        if self.random.random() < 0.3:
            return f"({leaf.text} in ({', '.join(self.random.sample(words, 2))}))"
        return f"({leaf.text} {self.random.choice(('=', '!='))} {self.random.choice(words)})"

    def _if_within(self, s: Scope, d: int) -> str:
        r = self.random
        kind = r.choice((k.CODE, k.CODE, k.DATE, k.NUMBER, k.KR, k.DAY))
        if kind == k.CODE:
            low, high = sorted(r.sample(("A1", "B1", "I10*", "I15", "P0*", "x", "0113", "1*"), 2))
            return f'({self.code(s, d)} in "{low}" to "{high}")'
        return f"({self.of(kind, s, d)} in {self.of(kind, s, 0)} to {self.of(kind, s, 0)})"

    def _if_among(self, s: Scope, d: int) -> str:
        r = self.random
        if r.random() < 0.7:
            members = r.sample((*k.CODES[:12], "I1*", "A*", "P0*", "A_*", "1*"), r.randint(2, 4))
            return f"({self.code(s, d)} in ({', '.join(map(k.code, members))}))"
        kind = r.choice((k.NUMBER, k.KR, k.DATE))
        return f"({self.of(kind, s, d)} in ({', '.join(self.of(kind, s, 0) for _ in range(2))}))"

    def _if_not(self, s: Scope, d: int) -> str:
        return f"(not {self.condition(s, d)})"

    def _if_logic(self, s: Scope, d: int) -> str:
        word = self.random.choice((" and ", " or "))
        return f"({word.join(self.condition(s, d) for _ in range(self.random.choice((2, 2, 3))))})"

    def _if_exists(self, s: Scope, d: int) -> str:
        rows, _ = self.rows(self.random.choice(s.facts), s, d)
        return f"(exists {rows})"
