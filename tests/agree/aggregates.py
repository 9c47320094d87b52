"""Rows that a window and a condition choose, and what is worked out over them, written as text."""

from __future__ import annotations

from agree import kinds as k
from agree.expressions import Expressions
from agree.facts import FactSpec
from agree.scope import Frame, Scope


class Writer(Expressions):
    """Writes expressions with aggregates in them."""

    def rows(self, fact: FactSpec, s: Scope, d: int, *, plain: bool = False, spaced: bool = True) -> tuple[str, Scope]:
        """Rows of a fact, and the scope of one of them."""
        r = self.random
        crowded = any(not f.prefix and f.fact is fact for f in s.frames) or any(
            f.own and f.lets and f.fact is fact for f in s.frames
        )
        alias = self.names.name("r") if crowded or r.random() < 0.35 else ""
        everybody = " of all providers" if fact.provider and not plain and r.random() < 0.15 else ""
        window = self.window(s) if spaced and not plain and r.random() < (0.35 if fact.dated else 0.1) else ""
        grouped = fact is s.group and not everybody and not window
        frame = Frame(f"{alias}." if alias else "", fact, s.lets.get(fact.name, []), grouped=grouped)
        inner = s.inner(frame)
        where = ""
        if r.random() < 0.55:
            condition = self.same(s, frame) if r.random() < 0.35 else self.condition(inner, min(d, 2))
            if r.random() < 0.25:
                condition += f" and {self.condition(inner, 0)}"
            where = f" where {condition}"
        text = f"{fact.name}{f' as {alias}' if alias else ''}{everybody}{window}{where}"
        return text, inner

    def same(self, s: Scope, frame: Frame) -> str:
        """A condition that a row has a code in common with what is around: the same patient."""
        r = self.random
        own = [c for c in frame.fact.of_kind(k.CODE) if frame.prefix or len(s.frames) == 0 or not _shadowed(s, frame)]
        if not own:
            return self.condition(s.inner(frame), 1)
        own = [c for c in own if not s.hides(frame, c.name)]
        if not own:
            return self.condition(s.inner(frame), 1)
        column = r.choice(own)
        twins = [
            f.prefix + column.name
            for f in s.frames
            if f.fact is frame.fact and (f.prefix or (frame.prefix and not s.hides(f, column.name)))
        ]
        other = r.choice(twins) if twins and r.random() < 0.7 else self.code(s.inner(frame) if s.keys else s, 0)
        pair = [frame.prefix + column.name, other]
        if r.random() < 0.3:
            pair.reverse()
        return f"({pair[0]} = {pair[1]})"

    def window(self, s: Scope) -> str:
        """A window."""
        r = self.random
        roll = r.random()
        if roll < 0.2:
            return " in any period"
        if roll < 0.35:
            return " in month" if s.month and r.random() < 0.6 else " in period"
        dated = [f for f in s.frames if f.fact.dated and (f.prefix or len(s.frames) == 1)]
        dates = [f.prefix + f.fact.dated for f in dated if not s.hides(f, f.fact.dated)]
        anchor = r.choice(dates) if dates and r.random() < 0.5 else f"({self.date(s, 1)})"
        anchor = "month" if s.month and r.random() < 0.2 else "period" if r.random() < 0.2 else anchor
        lengths = [leaf.text for kind in (k.DAY, k.MONTH) for leaf in s.seen(kind) if not leaf.maybe]
        length = r.choice(lengths) if lengths and r.random() < 0.15 else r.choice(k.LENGTHS)
        return f" in {length} {r.choice(('before', 'after'))} {anchor}"

    # --- aggregates

    def over(self, s: Scope, d: int) -> tuple[str, Scope]:
        """What an aggregate runs over, with the word before it; empty for the group around."""
        r = self.random
        if s.group is not None and r.random() < 0.6:
            if r.random() < 0.5 and not any(f.fact is s.group for f in s.frames):
                return "", s.inner(Frame("", s.group, s.lets.get(s.group.name, []), grouped=True))
            rows, inner = self.rows(s.group, s, d, plain=True)
            return f" over {rows}", inner
        rows, inner = self.rows(r.choice(s.facts), s, d)
        return f" over {rows}", inner

    def _aggregate(self, kind: str, s: Scope, d: int) -> str:
        return self.aggregate(kind, s, d)

    def aggregate(self, kind: str, s: Scope, d: int) -> str:
        """What a number comes to over rows."""
        r = self.random
        if kind in (k.NUMBER, k.VISIT, k.DRIP) and r.random() < 0.4:
            counted = self.count(kind, s, d)
            if counted:
                return counted
        running = [f for f in s.frames if f.fact in s.facts]
        if running and r.random() < 0.3:
            return self.running(kind, running[-1].fact, s, d)
        over, inner = self.over(s, d)
        frame = inner.frames[-1]
        maybe = [frame.prefix + c.name for c in frame.fact.of_kind(kind) if c.optional]
        if maybe and r.random() < 0.35 and not _shadowed(s, frame):
            of, present = r.choice(maybe), "present " if r.random() < (0.85 if self.mode.wild else 0.99) else ""
        else:
            of, present = self.number(kind, inner, min(d, 2)), "present " if r.random() < 0.25 else ""
        word = r.choice(("sum", "sum", "sum", "mean", "mean", "lowest", "highest", "percentile"))
        odd = "0%" if self.mode.wild and r.random() < 0.1 else "75%"
        rank = f" {r.choice(('5%', '25%', '50%', '66.7%', '95%', '100%', '100%', odd))}"
        weight = f" weighted by {self.number(r.choice((k.NUMBER, k.DAY, k.KR)), inner, 1)}" if r.random() < 0.3 else ""
        least = f" at least {r.choice('0123')}" if r.random() < 0.2 else ""
        weight = weight if word == "mean" else ""
        text = f"({word}{rank if word == 'percentile' else ''} of {present}{of}{over}{weight}{least})"
        if (word == "sum" and not least) or r.random() < (0.15 if self.mode.wild else 0.01):
            return text
        return f"({text} else {self.number(kind, s, 0)})"

    def count(self, kind: str, s: Scope, d: int) -> str | None:
        """How many rows, or how many different values."""
        r = self.random
        if kind == k.NUMBER and r.random() < 0.5:
            over, inner = self.over(s, d)
            of = self.of(r.choice((k.CODE, k.CODE, k.NUMBER, k.DATE, k.KR)), inner, 1)
            return f"(count distinct {of}{over})"
        if s.group is not None and s.group.counts == kind and r.random() < 0.4:
            return "(count)"
        fitting = [f for f in s.facts if f.counts == kind]
        if not fitting:
            return None
        return f"(count of {self.rows(r.choice(fitting), s, d)[0]})"

    def running(self, kind: str, fact: FactSpec, s: Scope, d: int) -> str:
        """A sum up to and with the row around."""
        rows, inner = self.rows(fact, s, d)
        return f"(running sum of {self.number(kind, inner, min(d, 1))} over {rows})"

    def _providers(self, kind: str, s: Scope, d: int) -> str:
        r = self.random
        alone = s.block()
        alone.alone = True
        alone.clauses = []
        of = self.aggregate(kind, alone, d)
        if kind == k.KR and r.random() < 0.5:
            weight = f"absolute({self.aggregate(k.NUMBER, alone, 1)})"
            weight = weight if r.random() < 0.9 else self.number(k.NUMBER, alone, 1)
            pool = self.number(k.KR, alone, 1) if r.random() < 0.7 else k.number(k.KR, r, self.mode)
            return f"((portion of {pool} over providers weighted by {weight}) else 0 kr)"
        word = r.choice(("sum", "mean", "lowest", "highest", "percentile 50%"))
        present = "present " if r.random() < 0.2 else ""
        weight = f" weighted by {self.aggregate(k.NUMBER, alone, 1)}" if word == "mean" and r.random() < 0.4 else ""
        text = f"({word} of {present}{of} over providers{weight})"
        return text if word == "sum" else f"({text} else {self.number(kind, s, 0)})"


def _shadowed(s: Scope, frame: Frame) -> bool:
    """Whether a bare column of a row could also be that of a row around."""
    return not frame.prefix and any(not f.prefix and f.fact is frame.fact for f in s.frames)
