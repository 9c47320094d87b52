"""Whole contracts with their data, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

from attrs import evolve

from agree import kinds as k
from agree.aggregates import Writer
from agree.case import FAR, HEAD, PERIODS, RESULT, Case, Given, Piece, Question
from agree.facts import BUYERS, PROVIDERS, Declarations, FactSpec, TableSpec
from agree.forms import Forms, FormSpec
from agree.models import model
from agree.said import Said
from agree.scope import Leaf, Scope
from interpreter.facts import Row


class Maker:
    """Makes one case."""

    def __init__(self, seed: int) -> None:
        self.random = r = Random(seed)
        huge, far, wild = r.random() < 0.12, r.random() < 0.1, r.random() < 0.35
        start, end = r.choice(FAR) if far and r.random() < 0.3 else r.choice(PERIODS)
        self.mode = k.Mode(huge, far, wild, start, end)
        self.names = Declarations(r, self.mode)
        self.writer = Writer(r, self.mode, self.names)
        self.buyers = r.choice(((), (), BUYERS[:1], BUYERS))
        self.providers = PROVIDERS[: r.choice((1, 1, 2, 3))]
        self.divided = bool(self.buyers)
        self.facts = [self.names.fact(buyers=self.divided) for _ in range(r.choice((1, 1, 2, 3)))]
        self.begin()
        self.indicators: list[str] = []
        self.asked = Question()

    def turn(self, to: str) -> None:
        """Go on to another contract over the same facts, with parties, tables and clauses of its own.

        Args:
            to: from which it is made.
        """
        self.random = self.names.random = r = Random(to)
        whole = self.asked == Question()
        mode = evolve(self.mode, wild=r.random() < 0.35)
        if whole and not mode.far:
            start, end = r.choice(PERIODS)
            mode = evolve(mode, start=start, end=end)
        self.mode = self.names.mode = mode
        self.writer = Writer(r, mode, self.names)
        self.buyers = r.choice(((), BUYERS[:1], BUYERS, BUYERS)) if self.divided else ()
        self.providers = PROVIDERS[: r.randint(1 if whole else len(self.providers), 3)]
        self.begin()

    def begin(self) -> None:
        """Begin a contract: its tables, and nothing known of its clauses."""
        r = self.random
        self.tables = [self.names.table() for _ in range(r.choice((0, 1, 1, 2)))]
        self.tables += [self.names.tariff()] if r.random() < 0.2 else []
        self.outer = Scope(facts=self.facts, contract=True, tables=[(t.name, t) for t in self.tables])
        self.handed: list[tuple[str, TableSpec]] = []
        self.said = Said(self.writer, self.mode, self.outer, self.handed)
        self.parts: list[str] = []
        self.inside: list[Leaf] = []
        self.forms: list[FormSpec] = []
        self.rules: list[str] = []
        self.pieces: list[Piece] = []

    def vary(self, to: str, *, figures: bool) -> None:
        """Go on to another contract of the same forms and clauses, for other parties, which says other things of some.

        Args:
            to: from which it is made.
            figures: whether only its figures are others.
        """
        self.random = self.names.random = r = Random(to)
        self.writer = Writer(r, self.mode, self.names)
        self.said = Said(self.writer, self.mode, self.outer, self.handed)
        if self.asked == Question():
            self.providers = PROVIDERS[: r.randint(1, 3)]
        if self.divided and r.random() < 0.3:
            self.buyers = r.choice(((), BUYERS[:1], BUYERS))
        otherwise = self.said.refigured if figures else self.said.otherwise
        self.pieces = [
            evolve(piece, lines=tuple(otherwise(piece.param, piece.lines)))
            if isinstance(piece, Given) and (figures or r.random() < 0.4)
            else piece
            for piece in self.pieces
        ]

    def written(self) -> str:
        """The contract as it is now."""
        lines = ['contract "Case"', *(f'  provider "{p}" code "{p}"' for p in self.providers)]
        lines += [f'  buyer "{b}" code "{b}"' for b in self.buyers]
        head = "\n".join([*lines, *self.rules])
        body = [
            line
            for piece in self.pieces
            for line in ([piece] if isinstance(piece, str) else [f"{piece.indent}{said}" for said in piece.lines])
        ]
        return "\n".join([f"{head}\n#{' ' * max(HEAD - len(head), 0)}", *body, ""])

    def head(self) -> list[str]:
        """The rules of the contract's head."""
        r = self.random
        lines: list[str] = []
        lines.append(f"  period {self.mode.start} to {self.mode.end}")
        lines += [f"  settle {r.choice(('quarterly', 'monthly', 'yearly'))}"] if r.random() < 0.35 else []
        if r.random() < 0.6:
            mode = r.choice(("half_away", "half_even", "up", "down"))
            lines.append(
                f"  rounding {r.choice(('clause', 'line', 'total'))} {r.choice(('öre', 'öre', 'kr', 'tkr'))} {mode}"
            )
        usual = 0.6 if self.mode.wild else 0.95
        lines += ["  prorate by days"] if r.random() < usual else []
        lines += [f"  month_end {r.choice(('last', 'following'))}"] if r.random() < usual else []
        return lines

    def text(self) -> str:
        """A contract made anew, as text."""
        r = self.random
        self.rules = self.head()
        lines = ["", k.UNITS]
        for fact in self.facts:
            lines += [*fact.text(), ""] if fact.name != "result" else []
        if self.indicators or r.random() < 0.12:
            lines += self.indicator_lines()
        for table in self.tables:
            lines += [f"table {table.name} ({table.name}s) : {table.signature()}", *table.grid("  "), ""]
        maker = Forms(self.writer, self.facts, self.tables)
        body: list[Piece] = []
        small = not self.mode.wild
        for _ in range(r.randint(4, 8) if small else r.choice((1, 1, 2, 2, 3))):
            nested = r.random() < (0.05 if small else 0.15)
            form = maker.make(offers=nested, small=small)
            self.forms.append(form)
            lines += [*form.lines, ""]
            inner = maker.make(offered=form.offers[0]) if nested else None
            lines += [*inner.lines, ""] if inner else []
            for _ in range(1 if small else r.choice((1, 1, 1, 2))):
                body += self.clause(form, inner)
            body += self.let() if r.random() < (0.1 if small else 0.35) else []
        if r.random() < 0.2:
            body += self.model(maker, lines)
        self.pieces = [*lines, *body, *self.tail()]
        return self.written()

    def indicator_lines(self) -> list[str]:
        """A fact of results, and an indicator that is worked out."""
        own = Scope(facts=[fact for fact in self.facts if fact.name != "result"], contract=True)
        if not self.indicators:
            self.facts.append(self.results())
        self.indicators = ["113", "Q7"]
        lines = [RESULT, ""]
        for code in self.indicators:
            lines.append(f'indicator {code} "Named"')
            lines.append(f"  let fulfilled = {self.writer.number(k.NUMBER, own, 2)}")
            lines.append(f"  let population = {self.writer.number(k.NUMBER, own, 2)}")
        return [*lines, ""]

    def results(self) -> FactSpec:
        """The fact of results."""
        r = self.random
        result = FactSpec("result", "resultat", [], ("clinic", "indicator", "measured"), "measured", "clinic")
        result.columns = [
            k.Column("clinic", "", k.CODE, role="provider"),
            k.Column("indicator", "", k.CODE, cells=["113", "Q7", "Q8"]),
            k.Column("measured", "", k.DATE, role="dated"),
            k.Column("value", "", k.SHARE, optional=True, cells=k.cells(k.SHARE, r, self.mode)),
        ]
        return result

    # --- clauses

    def clause(self, form: FormSpec, inner: FormSpec | None = None) -> list[Piece]:
        """A clause with all it must say."""
        label = self.names.name("L")
        key = f'{form.name}["{label}"]'
        lines: list[Piece] = [f'{form.name} "{label}"', *self.arguments(form, form, "  ")]
        if inner is not None:
            for _ in range(self.random.choice((1, 2))):
                own = self.names.name("L")
                lines.append(f'  {inner.name} "{own}"')
                lines += self.arguments(inner, form, "    ")
                self.known(f'{inner.name}["{own}"]', inner, outside=form.outside)
        self.known(key, form, outside=form.outside)
        return [*lines, ""]

    def arguments(self, form: FormSpec, outer: FormSpec, indent: str) -> list[Piece]:
        """What a clause of a form says, which stands in one of another form or by itself."""
        return [Given(p, form, indent, tuple(self.said.of(p, outer))) for p in form.params]

    def known(self, key: str, form: FormSpec, *, outside: bool) -> None:
        """Let later clauses use what a clause comes to and gives."""
        amount = Leaf(key, k.KR)
        self.parts.append(key)
        gives = [Leaf(f"{key}.{g.text}", g.kind) for g in form.gives]
        self.outer.clauses += [] if outside else [amount, *gives]
        self.inside += [] if outside else [amount]
        self.handed += [] if outside else [(f"{key}.{name}", table) for name, table in form.hands]

    def let(self) -> list[str]:
        """A let of the contract."""
        name, kind = self.names.name("x"), self.random.choice((*k.COMMON, k.KR, k.DATE, k.BOOL))
        line = f"let {name} = {self.writer.of(kind, self.outer, 3)}"
        self.outer.leaves.append(Leaf(name, kind))
        return [line, ""]

    def model(self, maker: Forms, lines: list[str]) -> list[Piece]:
        """A model, declared among `lines`, and its use."""
        made = model(maker, self.forms, self.said)
        lines += made.lines
        for key, form in made.clauses:
            self.known(key, form, outside=form.outside)
        return made.use

    def tail(self) -> list[Piece]:
        """Subtotals, amendments and promises."""
        r = self.random
        lines: list[Piece] = []
        known = list(self.inside)
        if self.parts and r.random() < 0.3:
            parts = r.sample(self.parts, min(len(self.parts), 2))
            lines.append(f"subtotal s1 = {', '.join(parts)}")
            known.append(Leaf("s1", k.KR))
        if self.parts and r.random() < 0.1:
            day = k.written(k.near(r, k.Mode(start=self.mode.start, end=self.mode.end)))
            lines += [f'amend "A" from {day}', f"  ends {r.choice(self.parts)}"]
        if r.random() < 0.15:
            day = k.written(k.near(r, k.Mode(start=self.mode.start, end=self.mode.end)))
            lines.append(f'amend "B" from {day}')
            for piece in self.clause(r.choice(self.forms)):
                lines.append(f"  {piece}" if isinstance(piece, str) else evolve(piece, indent=f"  {piece.indent}"))
        if r.random() < 0.3:
            left = r.choice(("total", "base", *(leaf.text for leaf in known)))
            most = "900 000 mkr" if r.random() < 0.8 else k.number(k.KR, r, self.mode)
            lines.append(f'always {left} <= {most} "a promise"')
        if r.random() < 0.15:
            lines.append(f'always {self.writer.condition(self.outer, 2)} "another"')
        return lines

    def data(self) -> dict[str, tuple[Row, ...]]:
        """The rows."""
        r = self.random
        return {f.name: tuple(self.names.rows(f)) for f in self.facts if r.random() < 0.97}

    def question(self) -> Question:
        """What is asked for: mostly all."""
        r = self.random
        if r.random() < 0.75:
            return Question()
        start, end = sorted(k.near(r, k.Mode(start=self.mode.start, end=self.mode.end)) for _ in range(2))
        parties = tuple(r.sample(self.providers, 1)) if r.random() < 0.5 else None
        return Question(start if r.random() < 0.5 else None, end if r.random() < 0.5 else None, parties, None)


def make(seed: int) -> Case:
    """The case of a seed."""
    return next(several(seed))


def several(seed: int) -> Iterator[Case]:
    """Cases over one data set, without end: the one of a seed, then others, of the same forms or of their own."""
    maker = Maker(seed)
    text = maker.text()
    data = maker.data()
    maker.asked = maker.question()
    yield Case(seed, text, data, maker.asked)
    for number in count(1):
        if number % 4:
            maker.vary(f"{seed}/{number}", figures=Random(f"{seed} {number // 4}").random() < 0.4)
            yield Case(f"{seed}/{number}", maker.written(), data, maker.asked)
        else:
            maker.turn(f"{seed}/{number}")
            yield Case(f"{seed}/{number}", maker.text(), data, maker.asked)


__all__ = ["Case", "Question", "TableSpec", "make", "several"]
