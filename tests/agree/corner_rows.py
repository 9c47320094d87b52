"""The rows of the contracts made by hand: halves and negative numbers, months' ends, what is missing."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from interpreter.facts import Cell, Row


def rows() -> dict[str, tuple[Row, ...]]:
    """The rows."""
    days = [date(2012, 1, 1), date(2012, 1, 31), date(2012, 2, 29), date(2012, 3, 1), date(2012, 3, 31)]
    days += [date(2012, 5, 31), date(2012, 12, 31), date(2011, 12, 31), date(2013, 1, 1)]
    money = [Fraction(n, 200) for n in (-301, -300, -100, 0, 100, 101, 300, 301, 500, 9000)]
    numbers = [Fraction(0), Fraction(9), Fraction(19, 2), Fraction(10), Fraction(19), Fraction(-5, 2), Fraction(1, 4)]
    codes = ["I10", "I109", "I15", "x", "A", "I159", "Å"]
    stays = []
    for at in range(63):
        cells: dict[str, Cell] = {
            "id": f"a{at}",
            "p": ("H", "K", "H")[at % 3],
            "u": ("R", "S", None)[at % 3 if at > 40 else 0],
            "d": days[at * 5 % len(days)],
            "b": None if at % 7 == 0 else date(1940 + at, 2 if at % 2 else 12, 28),
            "x": money[at * 3 % len(money)],
            "y": None if at % 4 == 0 else money[at * 7 % len(money)],
            "n": numbers[at % len(numbers)],
            "q": None if at % 5 else Fraction(at),
            "w": None if at % 6 == 0 else Fraction(at % 3),
            "c": None if at % 5 == 0 else codes[at * 2 % 5],
            "e": codes[at % len(codes)],
            "k": (None, "planned", "urgent")[at % 3],
            "h": at % 2 == 0,
        }
        stays.append(Row("stay", cells, f"stay_{at % 2}.csv", 2 + at // 2))
    plain = [
        Row("plain", {"m": m, "z": z}, "plain.csv", i + 2)
        for i, (m, z) in enumerate(zip(money, codes * 2, strict=False))
    ]
    said = [
        ("once", "H", days[2], 11),
        ("once", "K", days[3], 13),
        *[("twice", party, day, 17) for party in "HK" for day in days[2:4]],
        *[("other year", party, day, 19) for party in "HK" for day in days[7:]],
        ("empty", "H", days[2], None),
        ("none", "K", days[3], 23),
    ]
    notices = [
        Row("notice", {"z": z, "p": p, "d": d, "s": s and Fraction(s)}, "notice.csv", at)
        for at, (z, p, d, s) in enumerate(said, 2)
    ]
    return {"stay": tuple(stays), "plain": tuple(plain), "notice": tuple(notices)}
