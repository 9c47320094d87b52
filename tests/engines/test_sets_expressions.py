"""Expressions in a row: a query comes to what the reference says, or gives them back to it with a reason."""

from __future__ import annotations

import pytest
from sets_case import ENGINES, Construct, differing, row, when

from interpreter.functions import BUILTINS, Builtin

TWO_DAYS = "\n  from 2012-01-01 {}\n  from 2012-03-01 {}"


def changing(name: str, first: str, second: str) -> str:
    """A parameter that has another value from March."""
    return name + TWO_DAYS.format(first, second)


CODES = "two codes of the contract"
CONDITIONS = {
    "codes of two columns that have none in common": Construct(when("c = z")),
    "codes of two columns, one of them missing": Construct(when("e is present and c = e")),
    "two codes that are chosen before the row": Construct(
        when('(when c is present then "A" otherwise "B") = "A"'), by=CODES
    ),
    "a code with a brace": Construct(when('c = "a{b"')),
    "entries of a table": Construct(when("codes[c] = codes[z]"), by="a comparison of such values"),
    "a code that may be missing among codes": Construct(when('(e in ("A", "D")) else no')),
    "a code that may be missing among others": Construct(when('(e in ("Q", "R")) is missing')),
    "a number that may be missing among numbers": Construct(when("(y in (2 kr, 4 kr)) else yes")),
    "a day that may be missing among days": Construct(when("(b in (1941-02-28, 1942-02-28)) else yes")),
    "a code that may be missing from and to codes": Construct(when('(e in "A" to "B") is missing')),
    "a number from and to what may be missing": Construct(when("(x in -1 kr to y) else no")),
    "a day from and to what may be missing": Construct(when("(2012-01-31 in d to b) is missing")),
    "what every row has": Construct(when("c is present and d is present")),
    "what no row has": Construct(when("c is missing or d is missing")),
    "a day among days": Construct(when("d in (2012-01-01, 2012-02-06, 2012-03-31)")),
    "a number among numbers": Construct(when("x in (0.5 kr, 1 kr, 7 kr)")),
    "yes or no among them": Construct(when("h in (yes, no)"), by="members of such values"),
    "a word among words": Construct(when("k in (planned)")),
    "members by the row": Construct(when("c in (z, e)"), by="members that differ by row"),
    "members that change": Construct(
        "param first : code\n" + row(when('c in (first, "C")')),
        by="members that change",
        given=changing("first", "A", "B1"),
    ),
    "codes from and to codes": Construct(
        "param first : code\nparam last : code\n" + row(when("c in first to last")), given="first A\nlast B1"
    ),
    "codes from and to what changes": Construct(
        "param first : code\nparam last : code\n" + row(when("c in first to last")),
        by="codes from and to what changes",
        given=changing("first", "A", "B1") + "\nlast C",
    ),
    "codes from and to the row's": Construct(when("c in z to z"), by="such values from and to"),
}
NUMBERS = {
    "the lesser of what is known of every row": Construct("lesser((when c is present then 1 kr otherwise 2 kr), 3 kr)"),
    "a sum of what is known of every row": Construct("(when c is present then 1 kr otherwise 2 kr) + 3 kr"),
    "the lesser of more than 63 bits and less": Construct(
        "lesser(absolute(big) * 8, 5 kr)", lite="a number of more than 63 bits"
    ),
    "the greater of more than 63 bits": Construct("greater(big * 8, x)", lite="a number of more than 63 bits"),
    "more than 63 bits rounded": Construct("(big * 8) rounded to 3 kr", lite="division of more than 63 bits"),
    "more than 63 bits rounded to fewer": Construct("(big * 8) rounded to 1 mkr", lite="division of more than 63 bits"),
    "rounding to what changes": Construct(
        "param step : kr\n" + row("x rounded to step"),
        by="rounding to what changes",
        given=changing("step", "1 kr", "2 kr"),
    ),
    "rounding to nothing": Construct(
        "param step : kr\n" + row("x rounded to step"), by="rounding to what changes", given="step 0 kr"
    ),
    "a price beside another in a product": Construct("each visit\n  pays x * (y else 1 kr) * (1 / 5 kr)"),
    "the size of what is never above nothing": Construct("absolute(-absolute(x)) - absolute(x - 100 kr)"),
    "a quotient by something of the row": Construct("x / (n + 1)", by="division by something of the row"),
    "days between two dates": Construct("(d - 2012-01-01) * 1 kr/day"),
    "the first day of a row's week": Construct(
        "((2001-01-01 + floor((d - 2001-01-01) / 7 days) * 7 days) - 2012-01-01) * 1 kr/day"
    ),
    "the first day of a row's month": Construct(
        "((2001-01-01 + (12 * (year_of(d) - 2001) + month_of(d) - 1) * 1 month) - 2012-01-01) * 1 kr/day"
    ),
    "a date moved by halves that are whole": Construct(
        "when n in (2, 4) then ((d - n * 0.5 months - n * -1.5 days) - d) * 1 kr/day otherwise 1 kr"
    ),
    "a date moved by halves": Construct("((d + n * 0.5 days) - d) * 1 kr/day", by="a row fails"),
    "a date moved by what may be missing": Construct("(((d + q * 4 days) - d) * 1 kr/day) else 3 kr"),
    "a date moved very far": Construct("((d + n * 40 000 days) - d) * 1 kr/day", by="a row fails"),
    "a date moved by months out of the calendar": Construct("((d + n * 3 000 years) - d) * 1 kr/day", by="a row fails"),
    "a date moved by more than 63 bits": Construct(
        "((d + (big * 4 / 1 kr) * 1 day) - d) * 1 kr/day", by="a date moved very far"
    ),
    "a date moved by days and by months": Construct("((d + 2 days + 1 month - 1 day) - d) * 1 kr/day"),
}
LIST = "param list : table c code -> v kr\n" + row("list[c].v")
TARIFF = "param list : table above number -> rate kr\n" + row("tariff(list, n)")
LADDER = "param list : table above kr -> rate number{}\n" + row("tariff(list, absolute(x)) else 9 kr")
TABLES = {
    "a choice between entries of one table": Construct("(when h then codes[c] otherwise codes[c]).t * 1 kr"),
    "a choice between entries and one that is the same for all": Construct(
        '(when h then codes["A"] otherwise codes[c]).t * 1 kr',
        by="a value of the contract that is no number, code, date or condition",
    ),
    "a choice between codes as a key": Construct(
        'codes[when h then "A" otherwise "C"].t * 1 kr', by="values of different kinds"
    ),
    "an entry by a code of an entry": Construct("codes[codes[c].s].t * 1 kr else 2 kr"),
    "a date of an entry": Construct("(codes[c].g - d) * 1 kr/day"),
    "yes or no of an entry": Construct(when("codes[c].f")),
    "a code of an entry": Construct(when("codes[c].s = z")),
    "an entry by a date": Construct(
        "param fees : table d date -> v kr\n" + row("fees[d].v else 5 kr"),
        given="fees\n  | d | v |\n  | 2012-01-01 | 1 kr |\n  | 2012-02-06 | 2 kr |\n  | 2013-01-01 | 3 kr |",
    ),
    "an entry by the provider and a code": Construct(
        "param two : table who code, c code -> v kr\n" + row("two[contract.provider, c].v else 6 kr"),
        given="two\n  | who | c | v |\n  | N | A | 1 kr |\n  | N | B* | 2 kr |\n  | S | A | 3 kr |\n  | S | C | 4 kr |",
    ),
    "a table": Construct(LIST, given="list prices"),
    "a table by the form's names": Construct(LIST, given="list swedish"),
    "two tables, one after the other": Construct(LIST, given=changing("list", "prices", "dearer")),
    "two tables with different columns": Construct(
        LIST, by="tables with different columns", given=changing("list", "prices", "wider")
    ),
    "two tables with different names": Construct(
        LIST, by="tables with different columns", given=changing("list", "prices", "swedish")
    ),
    "a table that is not there yet": Construct(
        LIST, by="a table that may be missing", given="list\n  from 2012-03-01 prices"
    ),
    "brackets": Construct(TARIFF, given="list ladder"),
    "brackets that change": Construct(TARIFF, by="brackets that change", given=changing("list", "ladder", "steeper")),
    "brackets that hold for a time": Construct(
        LADDER.format(""),
        by="brackets that change",
        given="list\n  | above | rate | to |\n  | 0 kr | 1 | 2013-12-31 |\n  | 2 kr | 0.5 | 2012-12-31 |",
    ),
    "a bracket without a rate": Construct(
        LADDER.format(" optional"),
        by="a bracket without a rate",
        given="list\n  | above | rate |\n  | 0 kr | 1 |\n  | 2 kr | |",
    ),
    "no brackets": Construct(LADDER.format(""), by="no brackets", given="list\n  | above | rate |"),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("constructs", [CONDITIONS, NUMBERS, TABLES], ids=["conditions", "numbers", "tables"])
def test_constructs_come_to_what_the_reference_says(constructs: dict[str, Construct], engine: str) -> None:
    assert differing(constructs, engine) == {}


def test_a_builtin_that_no_query_knows_is_worked_out_by_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUILTINS, "share", Builtin("share", 1, lambda a: a[0] * 2, "twice", same=True))  # type: ignore[operator]
    assert differing({"twice": Construct("share(x)", by="share")}, "sqlite") == {}
