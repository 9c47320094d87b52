"""What changed beside the clauses: forms, lists, lets, sums, indicators, promises, facts, examples."""

from __future__ import annotations

from collections.abc import Container, Iterator

from attrs import define, evolve, field

from dsl.lexicon import NAMES
from dsl.spans import Span
from interpreter import core
from interpreter.diff import forms
from interpreter.diff.changes import Change, Kind, Thing, Words
from interpreter.diff.prints import both
from interpreter.diff.reach import Named, reached
from interpreter.diff.sides import Side, Where
from interpreter.diff.tables import rows
from interpreter.diff.values import changed
from interpreter.facts import Fact
from interpreter.order import expressions
from interpreter.tables import INDEX


@define(eq=False)
class Things:
    """The changes of all that is neither a clause nor a term.

    Args:
        sides: the contracts.
        pairs: the clauses that both have, old and new.
    """

    sides: tuple[Side, Side]
    pairs: list[tuple[core.Instance, core.Instance]]
    reach: list[dict[str, set[Named]]] = field(factory=list)

    def all(self) -> Iterator[Change]:
        """Every change."""
        yield from self.forms()
        yield from self.tables()
        yield from self.lets()
        yield from self.subtotals()
        yield from self.indicators()
        yield from self.promises()
        yield from self.facts()
        yield from self.examples()

    def affects(self, thing: Thing, *names: str) -> tuple[str, ...]:
        """The clauses that both contracts have and that are worked out from a thing in either."""
        wanted = {(thing, name) for name in names}
        if not self.reach:
            self.reach = [reached(side.program) for side in self.sides]
        return tuple(new.key for old, new in self.pairs if (self.reach[0][old.key] | self.reach[1][new.key]) & wanted)

    def change(
        self, kind: Kind, where: Where, old: Span | None, new: Span | None, shown: tuple[str, str] | None = None
    ) -> Change:
        """A change of a whole thing, by its places."""
        texts = shown or (self.sides[0].text(old), self.sides[1].text(new))
        return Change(
            kind=kind,
            thing=where.thing,
            key=where.key,
            name=where.name,
            part=where.part,
            old=texts[0],
            new=texts[1],
            old_span=old,
            new_span=new,
            affects=where.affects,
        )

    def forms(self) -> Iterator[Change]:
        """The forms that clauses of both contracts have."""
        seen: dict[tuple[int, int], list[tuple[core.Instance, core.Instance]]] = {}
        for old, new in self.pairs:
            seen.setdefault((id(old.form), id(new.form)), []).append((old, new))
        for pairs in seen.values():
            old_form, new_form = pairs[0][0].form, pairs[0][1].form
            name = (new_form.name, new_form.swedish or new_form.name)
            where = Where(Thing.FORM, new_form.name, name, ("", ""), tuple(i.key for _, i in pairs))
            if self.sides[0].form(old_form) != self.sides[1].form(new_form):
                yield from forms.form(self.sides, where, old_form, new_form)
            yield from forms.defaults(self.sides, where, pairs)

    def tables(self) -> Iterator[Change]:
        """Lists and indices by name: their rows. One that no clause is worked out from changes nothing."""
        named = [
            {both(d.name, d.swedish): d for name, d in side.program.tables.items() if "@" not in name}
            for side in self.sides
        ]
        for at, new in named[1].items():
            old = named[0].get(at)
            thing = Thing.INDEX if new.signature == INDEX else Thing.TABLE
            if old is not None:
                affects = self.affects(Thing.TABLE, old.name, new.name)
                where = Where(thing, new.name, (new.name, new.swedish or new.name), ("", ""), affects)
                yield from self.meant(where, rows(self.sides, where, (old, new)))

    def meant(self, where: Where, changes: Iterator[Change]) -> Iterator[Change]:
        """Changes of what clauses are worked out from; where there are none, nothing is meant by them."""
        for change in changes:
            yield change if where.affects else evolve(change, kind=Kind.EDITORIAL)

    def lets(self) -> Iterator[Change]:
        """The contract's own lets by name; one that came or went means something where it is used."""
        before = {let.name: let for let in self.sides[0].program.lets}
        kept = {name for side in self.sides for name in promised(side.program)}
        for let in self.sides[1].program.lets:
            old = before.get(let.name)
            where = Where(Thing.LET, let.name, (let.name, let.name), ("", ""), self.affects(Thing.LET, let.name))
            if old is not None and self._prints(old.value, let.value, deep=False):
                change = changed(self.sides, where, old.value, let.value)
                meant = where.affects or let.name in kept
                yield change if meant else evolve(change, kind=Kind.EDITORIAL)

    def _prints(self, old: core.Expr, new: core.Expr, *, deep: bool) -> bool:
        """Whether two expressions of the contracts themselves differ."""
        prints = [side.deep if deep else side.shallow for side in self.sides]
        return prints[0].expr(old, prints[0].contract) != prints[1].expr(new, prints[1].contract)

    def subtotals(self) -> Iterator[Change]:
        """Sums by name: which of the clauses that both contracts have are part of them."""
        shared = {old.key: new.key for old, new in self.pairs}
        before = {
            name: [shared[key] for key in keys if key in shared] for name, keys in self.sides[0].program.subtotals
        }
        for name, keys in self.sides[1].program.subtotals:
            here = [key for key in keys if key in shared.values()]
            where = Where(Thing.SUBTOTAL, name, (name, name), ("", ""), self.affects(Thing.SUBTOTAL, name))
            old = before.pop(name, None)
            if old is None:
                yield self.change(Kind.ADDED, where, None, None, ("", ", ".join(here)))
            elif set(old) != set(here):
                shown = (", ".join(k for k in old if k not in here), ", ".join(k for k in here if k not in old))
                yield self.change(Kind.VALUE, where, None, None, shown)
        for name, old in before.items():
            where = Where(Thing.SUBTOTAL, name, (name, name), ("", ""), self.affects(Thing.SUBTOTAL, name))
            yield self.change(Kind.REMOVED, where, None, None, (", ".join(old), ""))

    def indicators(self) -> Iterator[Change]:
        """Indicators by code: what they are called, and how they are worked out."""
        before = dict(self.sides[0].program.indicators)
        for code, new in self.sides[1].program.indicators.items():
            where = Where(Thing.INDICATOR, code, (code, code), ("", ""), self.affects(Thing.INDICATOR, code))
            old = before.pop(code, None)
            if old is None:
                yield from self.meant(where, iter([self.change(Kind.ADDED, where, None, new.span)]))
                continue
            if old.name != new.name:
                yield self.change(Kind.RENAMED, where, old.span, new.span, (old.name, new.name))
            for name, sv in (("fulfilled", "uppfyllda"), ("population", "population")):
                parts = [getattr(indicator, name) for indicator in (old, new)]
                if self.sides[0].expr(parts[0]) != self.sides[1].expr(parts[1]):
                    yield changed(self.sides, evolve(where, part=(name, sv)), *parts)
        for code, old in before.items():
            where = Where(Thing.INDICATOR, code, (code, code), ("", ""), self.affects(Thing.INDICATOR, code))
            yield from self.meant(where, iter([self.change(Kind.REMOVED, where, old.span, None)]))

    def promises(self) -> Iterator[Change]:
        """What the contract promises: those of one reason are changed; the others went or came."""
        left = list(self.sides[0].program.promises)
        come = []
        for new in self.sides[1].program.promises:
            same = next(
                (old for deep in (True, False) for old in left if not self._prints(old[0], new[0], deep=deep)), None
            )
            if same is None:
                come.append(new)
            else:
                left.remove(same)
        for condition, reason, span in come:
            where = Where(Thing.PROMISE, reason, (reason, reason), ("", ""), ())
            old = next((o for o in left if o[1] == reason), left[0] if len(left) == len(come) == 1 else None)
            if old is None:
                yield self.change(Kind.ADDED, where, None, span)
                continue
            left.remove(old)
            yield evolve(changed(self.sides, where, old[0], condition), old_span=old[2], new_span=span)
        for _, reason, span in left:
            where = Where(Thing.PROMISE, reason, (reason, reason), ("", ""), ())
            yield self.change(Kind.REMOVED, where, span, None)

    def facts(self) -> Iterator[Change]:
        """Facts that clauses see: the columns that they see, and what tells rows apart, dates and owns them."""
        for name, columns in sorted(self._needs().items()):
            old, new = (
                next(f for f in s.program.facts.values() if both(f.name, f.swedish) == name) for s in self.sides
            )
            affects = self.affects(Thing.FACT, old.name, new.name)
            where = Where(Thing.FACT, new.name, (new.name, new.swedish or new.name), ("", ""), affects)
            before, after = _described(old, columns), _described(new, columns)
            for part in sorted(before.keys() | after.keys()):
                shown = (before.get(part, ""), after.get(part, ""))
                if shown[0] != shown[1]:
                    yield self.change(Kind.VALUE, evolve(where, part=part), None, None, shown)

    def _needs(self) -> dict[str, set[str]]:
        """The facts that clauses of both contracts see, with the columns that they see of them."""
        found: list[dict[str, set[str]]] = [{}, {}]
        for pair in self.pairs:
            for needed, instance, side in zip(found, pair, self.sides, strict=True):
                for fact, columns in instance.form.needs:
                    own = needed.setdefault(side.deep.fact(fact), set())
                    own |= {side.deep.column(fact, column) for column in columns}
        return {name: found[0][name] | found[1][name] for name in found[0].keys() & found[1].keys()}

    def examples(self) -> Iterator[Change]:
        """Worked examples: they prove the contract and change nothing in it."""
        if self.sides[0].program.language != self.sides[1].program.language:
            return
        before = {example.name: example for example in self.sides[0].program.examples}
        for new in self.sides[1].program.examples:
            old = before.pop(new.name, None)
            where = Where(Thing.EXAMPLE, new.name, (new.name, new.name), ("", ""), ())
            if old is None or self.sides[0].block(old.span) != self.sides[1].block(new.span):
                shown = None if old is None else ("", "")
                yield self.change(Kind.EDITORIAL, where, old.span if old is not None else None, new.span, shown)
        for old in before.values():
            where = Where(Thing.EXAMPLE, old.name, (old.name, old.name), ("", ""), ())
            yield self.change(Kind.EDITORIAL, where, old.span, None)


def promised(program: core.Program) -> set[str]:
    """The contract's lets that its promises are about."""
    lets = {let.name: let.value for let in program.lets}
    found: set[str] = set()
    stack: list[core.Expr] = [condition for condition, _, _ in program.promises]
    while stack:
        for e in expressions(stack.pop()):
            if isinstance(e, core.LetRef) and e.name in lets and e.name not in found:
                found.add(e.name)
                stack.append(lets[e.name])
    return found


def _described(fact: Fact, columns: Container[str]) -> dict[Words, str]:
    """What counts of a fact, in words: its roles, and the columns that clauses see or that have a role."""
    roles = {"key": fact.keys, "dated": (fact.dated,), "provider": (fact.provider,), "buyer": (fact.buyer,)}
    found: dict[Words, str] = {}
    own = {column.name: both(column.name, column.swedish) for column in fact.columns}
    for role, names in roles.items():
        found[role, NAMES[role]] = ", ".join(own[name] for name in names if name)
    found["counts", NAMES["counts"]] = fact.counts.name
    for c in fact.columns:
        if own[c.name] in columns or any(c.name in names for names in roles.values()):
            bounds = f"{c.low}–{c.high}" if c.low is not None or c.high is not None else ""
            words = [c.kind.value, c.unit.name, "optional" if c.optional else "", bounds]
            shown = " ".join(word for word in (*words, *("/".join(pair) for pair in c.choices)) if word)
            found[f"column {own[c.name]}", f"kolumn {own[c.name]}"] = shown
    return found
