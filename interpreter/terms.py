"""The head of a contract: parties, period and settlement terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dsl import nodes as n
from dsl.dates import advice, parse_date, parse_end
from dsl.diagnostics import nearest
from dsl.lexicon import ENGLISH_NAME
from dsl.problems import BLOCK_NOT_ALLOWED, NO_SUCH_DATE
from dsl.spans import Span
from interpreter import core, problems, types as t
from interpreter.units import CORE_UNITS
from interpreter.world import World, core_pairs, first_word

TERMS = ("buyer", "provider", "period", "settle", "rounding", "prorate", "month_end")
SETTLE = ("yearly", "quarterly", "monthly")
WHERE = ("line", "clause", "total")
MODES = ("half_away", "half_even", "up", "down")
MONTH_END = ("last", "following")
ROUNDING = {
    "where": {"what_en": "what is rounded", "what_sv": "vad som avrundas"},
    "step": {"what_en": "what it is rounded to", "what_sv": "vad det avrundas till"},
    "mode": {"what_en": "how it is rounded", "what_sv": "hur det avrundas"},
}
"""What each part of `rounding` says."""
QUARTERS = {f"{letter}{number}": 3 * number for letter in "qkQK" for number in (1, 2, 3, 4)}
"""A quarter as it is written → its last month."""


def default_step() -> core.Const:
    """Amounts are rounded to öre unless the contract says otherwise."""
    ore = CORE_UNITS["öre"]
    return core.Const(ore.factor, "1 öre", type=t.Num(ore))


def head(world: World, line: n.Line) -> core.Terms:
    """Read `contract "name"` with its block; problems are reported to the world."""
    return _Head(world, line).read()


class _Head:
    def __init__(self, world: World, line: n.Line) -> None:
        self.world = world
        self.line = line
        self.period: tuple[date, date] | None = None
        self.parties: dict[str, list[tuple[str, str]]] = {"buyer": [], "provider": []}
        self.words: dict[str, str] = {"settle": "yearly", "where": "clause", "mode": "half_away"}
        self.step = default_step()
        self.given: set[str] = set()
        self.seen: set[str] = set()

    def read(self) -> core.Terms:
        world, line = self.world, self.line
        assert isinstance(line.statement, n.Clause)
        title = [item.value for item in line.statement.items]
        for below in line.block:
            match below.statement:
                case n.Clause(name, items):
                    self.term(name, items, below.span)
                    if below.block:
                        world.report(BLOCK_NOT_ALLOWED, below.block[0].span, below.span, head=name.id)
                        self.seen |= {ENGLISH_NAME.get(first_word(ln.statement), "") for ln in below.block}
                case n.BadLine(text):
                    self.mistaken(text.split(maxsplit=1)[0].rstrip(":=") if text.strip() else "")
                case n.Sentence() | n.Source():
                    pass
                case _:
                    of = "avtalets huvud" if world.language == "sv" else "the contract's head"
                    world.misplaced(below, of, TERMS)
        if "period" not in self.seen:
            self.lacking("period")
        if "provider" not in self.seen:
            self.lacking("provider")
        start, end = self.period or (date(1900, 1, 1), date(2199, 12, 31))
        world.core_name(line.statement.head)
        return core.Terms(
            name=title[0].value if title and isinstance(title[0], n.Text) else "",
            buyers=tuple(self.parties["buyer"]),
            providers=tuple(self.parties["provider"]),
            start=start,
            end=end,
            settle=self.words["settle"],
            round_where=self.words["where"],
            round_step=self.step,
            round_mode=self.words["mode"],
            prorate=self.words.get("prorate", ""),
            month_end=self.words.get("month_end", ""),
            span=line.span,
        )

    def lacking(self, name: str) -> None:
        self.world.report(problems.TERM_MISSING, self.line.span, **example(self.world, name))

    def mistaken(self, word: str) -> None:
        """Take a word that can't be read for the term it is most like, so that the term isn't reported missing too.

        It may be any when it is like none.
        """
        meant = nearest(word, [spelling for pair in core_pairs(TERMS) for spelling in pair])
        self.seen |= {ENGLISH_NAME[meant]} if meant else {*TERMS}

    def term(self, name: n.Name, items: Sequence[n.Item], span: Span) -> None:
        world = self.world
        term = world.core_name(name)
        if term not in TERMS:
            of = "avtalets huvud" if world.language == "sv" else "the contract's head"
            world.unknown(problems.UNKNOWN_TERM, name, core_pairs(TERMS), of=of)
            self.mistaken(name.id)
            return
        if term in self.given and term not in self.parties:
            world.report(problems.ARGUMENT_TWICE, span, name=name.id)
        self.given.add(term)
        self.seen.add(term)
        if term in self.parties:
            self.party(term, items, span)
        elif term == "period":
            self.period = dates(world, items, span) or self.period
        elif term == "rounding":
            self.rounding(items, span)
        elif term == "prorate":
            rest = [item for item in items if item.word != "by"]
            self.word("prorate", rest, ("days",), name, span)
        elif term == "settle":
            self.word("settle", items, SETTLE, name, span)
        else:
            self.word("month_end", items, MONTH_END, name, span)

    def word(self, slot: str, items: Sequence[n.Item], known: Sequence[str], name: n.Name, span: Span) -> None:
        value = items[0].value if items else None
        word = self.world.core_name(value) if isinstance(value, n.Name) else ""
        if word in known and len(items) == 1:
            self.words[slot] = word
            return
        wrong = value if isinstance(value, n.Name) else n.Name(name.id, span=span)
        self.world.unknown(problems.WRONG_WORD, wrong, core_pairs(known), what=f"`{name.id}`", found=wrong.id)

    def party(self, role: str, items: Sequence[n.Item], span: Span) -> None:
        values = [item.value for item in items]
        name = values[0].value if values and isinstance(values[0], n.Text) else ""
        code = name
        fits = bool(name) and len(values) in (1, 3)
        if len(values) == 3 and isinstance(values[1], n.Name) and self.world.core_name(values[1]) == "code":
            given = values[2]
            fits = fits and isinstance(given, n.Text | n.Number)
            code = given.value if isinstance(given, n.Text) else given.text if isinstance(given, n.Number) else ""
        elif len(values) != 1:
            fits = False
        if not fits or not code:
            self.world.report(problems.TERM_SHAPE, span, **example(self.world, role))
            return
        if any(code == other for _, other in self.parties[role]):
            self.world.report(problems.TWO_WITH_ONE_NAME, span, name=code)
        self.parties[role].append((name, code))

    def rounding(self, items: Sequence[n.Item], span: Span) -> None:
        said: dict[str, n.Name] = {}
        if not items:
            example_ = f"{self.world.word('rounding')} {self.world.word('clause')} öre {self.world.word('half_away')}"
            self.world.report(problems.TERM_SHAPE, span, name=self.world.word("rounding"), example=example_)
        for item in items:
            value = item.value
            word = self.world.core_name(value) if isinstance(value, n.Name) else ""
            unit = self.world.simple_unit(value.id) if isinstance(value, n.Name) else None
            part = "where" if word in WHERE else "mode" if word in MODES else ""
            if unit is not None and unit.dimension == (("kr", 1),):
                part = "step"
            if isinstance(value, n.Name) and part in said:
                both = {"first": said[part].id, "second": value.id}
                self.world.report(problems.TWO_SAY, value.span, said[part].span, **both, **ROUNDING[part])
            elif isinstance(value, n.Name) and part:
                said[part] = value
                self.words[part] = word
                if unit is not None:
                    self.step = core.Const(unit.factor, f"1 {value.id}", type=t.Num(unit), span=item.span)
            else:
                known = core_pairs((*WHERE, "öre", "kr", *MODES))
                found = value if isinstance(value, n.Name) else n.Name("…", span=item.span if item.value else span)
                what = f"`{self.world.word('rounding')}`"
                self.world.unknown(problems.WRONG_WORD, found, known, what=what, found=found.id)


def dates(world: World, items: Sequence[n.Item], span: Span) -> tuple[date, date] | None:
    """`DATE to DATE`, or one day, month (`2012-03`), quarter (`2012 q1`) or year, as its first and last day."""
    values = [item.value for item in items if item.value is not None]
    match values:
        case [n.Number(text=text)] if text.isdigit() and len(text) == 4:
            return _months(world, f"{text}-01", f"{text}-12", span)
        case [n.Number(text=text), n.Name(name)] if text.isdigit() and len(text) == 4 and name in QUARTERS:
            last = QUARTERS[name]
            return _months(world, f"{text}-{last - 2:02}", f"{text}-{last:02}", span)
        case [n.Date(text)] if len(items) == 1:
            start, end = parse_date(text), parse_end(text)
            return None if start is None or end is None else (start, end)
        case [n.Date(first), n.Date(last)] if len(items) == 3 and items[1].word == "to":
            start, end = parse_date(first), parse_end(last)
            if start is None or end is None:
                return None
            if end < start:
                world.report(problems.PERIOD_REVERSED, span, start=start, end=end)
                return None
            return start, end
        case _:
            pass
    if not any(isinstance(v, n.Bad) for v in values):
        world.report(problems.TERM_SHAPE, span, **example(world, "period"))
    return None


def _months(world: World, first: str, last: str, span: Span) -> tuple[date, date] | None:
    """The days from one month to another, whose year the text has named; `None` when the calendar has no such year."""
    start, end = parse_date(first), parse_end(last)
    if start is None or end is None:
        world.report(NO_SUCH_DATE, span, found=first, **advice(first))
        return None
    return start, end


def example(world: World, term: str) -> dict[str, str]:
    """A term that must be there, by name and as it may be written."""
    word = world.word(term)
    if term == "period":
        return {"name": word, "example": f"{word} 2012-01-01 {world.word('to')} 2012-12-31"}
    return {"name": word, "example": f'{word} "Danderyds sjukhus AB" {world.word("code")} "DS"'}
