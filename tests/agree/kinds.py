"""Kinds of values: which units meet, constants as they are written, and cells of data."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random

from attrs import define, field, frozen

from interpreter.facts import Cell

NUMBER, SHARE, KR, VISIT, DAY, MONTH, HOUR, DRIP = "number", "%", "kr", "visit", "day", "month", "hour", "drip"
CODE, DATE, BOOL, CHOICE = "code", "date", "yes_no", "choice"

PRICES = {"kr/visit": VISIT, "kr/day": DAY, "kr/hour": HOUR, "kr/drip": DRIP}
"""A price and what it is a price of."""

AMOUNTS = (KR, VISIT, DAY, HOUR, DRIP)
NUMERIC = (NUMBER, SHARE, *AMOUNTS, *PRICES)
COMMON = (NUMBER, NUMBER, SHARE, KR, KR, KR, VISIT, DAY, HOUR, DRIP, *PRICES)
"""Kinds of numbers, the ones that contracts are full of more often."""

RATES = {KR: ("kr/year", "kr/month", "kr/day", "kr/week", "tkr/quarter"), VISIT: ("visits/year",), DAY: ("days/month",)}
SPELLED = {
    NUMBER: ("",),
    SHARE: ("%",),
    KR: ("kr", "kr", "öre", "tkr"),
    VISIT: ("visits",),
    DAY: ("days", "weeks"),
    HOUR: ("hours", "minutes"),
    DRIP: ("drips", "dozens"),
    "kr/visit": ("kr/visit", "öre/visit"),
    "kr/day": ("kr/day",),
    "kr/hour": ("kr/hour", "öre/minute"),
    "kr/drip": ("kr/drip",),
}
UNITS = "unit drip, drips (dropp)\nunit dozen, dozens (dussin) = 12 drips\n"
WORDS = (("planned", "planerad"), ("urgent", "akut"), ("other", "annan"))
"""What a choice chooses among."""

CODES = (
    "A1",
    "A2",
    "B1",
    "B12",
    "I10",
    "I109",
    "I15",
    "113",
    "0113",
    "P05C",
    "P0",
    "x",
    "A_1",
    "A%1",
    "Å9",
    "ä",
    "\U00010330",
)
BANDS = ("0-9", "10-19", "20-64", "65+")
PLAIN = ("0", "1", "2", "3", "5", "7", "10", "12.5", "0.25", "0.333333", "100")
MONEY = ("0", "1", "100", "250", "99.50", "0.005", "1 000", "38 500", "0.333333")
SHARES = ("0", "2", "12.5", "33.333333", "50", "95", "100", "150")
LENGTHS = ("1 day", "10 days", "30 days", "2 weeks", "1 month", "2 months", "1 quarter", "1 year", "2 years")


@frozen
class Mode:
    """What is unusual about a case: numbers that overflow, dates at the ends of the calendar, data that fail often."""

    huge: bool = False
    far: bool = False
    wild: bool = True
    start: date = date(2012, 1, 1)
    end: date = date(2012, 12, 31)


@define
class Column:
    """A column of a fact or a table, and what stands in it."""

    name: str
    swedish: str
    kind: str
    optional: bool = False
    cells: list[Cell] = field(factory=list)
    low: str = ""
    high: str = ""
    role: str = ""

    @property
    def written(self) -> str:
        """Its type as it is declared."""
        kind = f"choice {', '.join(f'{en} ({sv})' for en, sv in WORDS)}" if self.kind == CHOICE else self.kind
        bounds = f" from {self.low} to {self.high}" if self.low else ""
        return f"{kind}{' optional' if self.optional else ''}{bounds}"


def number(kind: str, random: Random, mode: Mode, *, signed: bool = True) -> str:
    """A constant of a kind of number."""
    unit = random.choice(SPELLED[kind])
    pool = SHARES if kind == SHARE else MONEY if kind.startswith("kr") else PLAIN
    digits = random.choice(pool)
    if mode.huge and random.random() < 0.2:
        digits = random.choice(("999999999999999999", "123456789012345678.654321", "1000000000000", "0.000001"))
    minus = "-" if signed and random.random() < 0.08 else ""
    text = f"{minus}{digits}{unit}" if unit == "%" else f"{minus}{digits} {unit}".rstrip()
    return f"({text})" if minus else text


def code(text: str) -> str:
    """A code as a constant."""
    return f'"{text}"'


def written(day: date) -> str:
    """A day as a text may name it; those that no text may name are moved."""
    return max(date(1900, 1, 1), min(day, date(2199, 12, 31))).isoformat()


def near(random: Random, mode: Mode) -> date:
    """A day in or about the contract's period, often on an edge of it, of a month or of a leap year."""
    start, end = mode.start, mode.end
    whole = (end - start).days
    roll = random.random()
    if roll < 0.55:
        return start + timedelta(days=random.randint(0, whole))
    if roll < 0.75:
        edges = [start, end, start - timedelta(days=1), end + timedelta(days=1), start + timedelta(days=31)]
        edges += [date(start.year, 3, 1) - timedelta(days=1), date(start.year, 3, 31), date(2012, 2, 29)]
        return random.choice(edges)
    if mode.far and roll < 0.95:
        return random.choice(
            (date.min, date.max, date(1, 3, 1), date(9999, 12, 1), date(9998, 12, 31), date(1900, 2, 28))
        )
    return start + timedelta(days=random.randint(-800, whole + 800))


def cells(kind: str, random: Random, mode: Mode) -> list[Cell]:
    """What may stand in a column: few values, so that they tie."""
    count = random.randint(2, 6)
    if kind == CODE:
        return list(random.sample(CODES, count))
    if kind == DATE:
        born = [date(1940, 6, 15), date(1952, 2, 29), date(2000, 2, 29), date(2011, 12, 31)]
        return [*random.sample(born, 2), *(near(random, mode) for _ in range(count))]
    if kind == BOOL:
        return [True, False]
    if kind == CHOICE:
        return [en for en, _ in WORDS]
    if mode.huge and random.random() < 0.4:
        return list(random.choice(HUGE)[:count])
    return [_amount(kind, random) for _ in range(count)]


HUGE: tuple[tuple[Fraction, ...], ...] = (
    (Fraction(2**63 - 1), Fraction(10**18), Fraction(-(10**18)), Fraction(3), Fraction(0)),
    (Fraction(10**18 - 1, 1000), Fraction(-1, 1000), Fraction(10**15), Fraction(1, 2)),
    (Fraction(123456789012, 10**6), Fraction(10**12), Fraction(1, 10**6), Fraction(-(10**12))),
    (Fraction(10**18 - 1), Fraction(1, 10**6), Fraction(7)),
)
"""What stands in columns whose sums and products need more than 63 and than 127 bits; the last needs them itself."""


def _amount(kind: str, random: Random) -> Fraction:
    sign = -1 if random.random() < 0.3 else 1
    if kind == SHARE:
        return sign * Fraction(random.choice((0, 25, 50, 333, 875, 1000, 1200)), 1000)
    if kind == HOUR and random.random() < 0.5:
        return Fraction(random.choice((0, 15, 20, 50, 125)), 60)
    roll = random.random()
    if roll < 0.4:
        return sign * Fraction(random.choice((0, 0, 1, 2, 3, 7, 10, 19, 20, 64, 100)))
    if roll < 0.75:
        return sign * Fraction(random.randint(0, 60), random.choice((2, 2, 4, 200)))
    return sign * Fraction(random.randint(0, 200_000), random.choice((10, 100, 1000)))
